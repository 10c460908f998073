"""`vitrine rehearse`: a scenario of invented posts, played into a running installation."""

import asyncio
import json
from pathlib import Path

import httpx
from rich.console import Console

from server.commands.demo import CONTROL
from server.core.errors import BadInput, Misconfigured
from server.core.settings import Settings
from social.rehearsal import scenario
from social.rehearsal.replica import Replica

PORT = 8010
TOKEN = "rehearsal"  # noqa: S105 - of the replica on loopback, not of X


async def run(settings: Settings, name: str, *, speed: float, loop: bool, address: str, out: Console) -> None:
    """Play into the rehearsal that already runs (the demo's, or `address`), else into one of our own until interrupted."""
    chosen = _chosen(name)
    control = address or _running(settings)
    if control:
        await _ask(control, name, speed=speed, loop=loop)
        out.print(f"Playing ‘{chosen.title}’: {len(chosen.steps)} steps in about {chosen.seconds / speed:.0f} s.")
        return
    replica = Replica(token=TOKEN)
    await replica.start(PORT)
    out.print(f"A rehearsal of X listens on {replica.base}. Point an installation at it and it plays:")
    out.print(
        f"  VITRINE_X_API_BASE={replica.base} VITRINE_X_BEARER_TOKEN={TOKEN} VITRINE_ALLOW_FETCH=127.0.0.1:{PORT} vitrine serve"
    )
    try:
        while not replica.stream.listeners:  # noqa: ASYNC110 - a person is what is waited for
            await asyncio.sleep(0.2)
        out.print(f"It listens. Playing ‘{chosen.title}’; Ctrl-C ends it.")
        await replica.play(chosen, speed=speed, loop=loop)
        await asyncio.Event().wait()
    finally:
        await replica.stop()


def _running(settings: Settings) -> str:
    """The control address of the demo that runs here, if one does."""
    found = [path for path in (settings.home / CONTROL, settings.home / "demo" / CONTROL) if path.exists()]
    for path in found:
        control = str(json.loads(path.read_text())["control"])
        try:
            httpx.get(control, timeout=2).raise_for_status()
        except httpx.HTTPError:
            continue
        return control
    return ""


async def _ask(control: str, name: str, *, speed: float, loop: bool) -> None:
    body = {"speed": speed, "loop": loop, **_scenario(name)}
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.post(f"{control.rstrip('/')}/play", json=body)
    if answer.status_code != 200:
        raise Misconfigured(f"The rehearsal at {control} refused: {answer.text[:200]}")


def _chosen(name: str) -> scenario.Scenario:
    """A file's scenario, or one that comes along. Raises NotFound, or BadInput with the line that is wrong."""
    file = Path(name)
    return scenario.read(_text(file), title=file.stem) if file.is_file() else scenario.load(name)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as a scenario: {error}.") from error


def _scenario(name: str) -> dict[str, str]:
    """A file's text, or the name of a scenario that the rehearsal has."""
    file = Path(name)
    return {"text": _text(file)} if file.is_file() else {"scenario": name}
