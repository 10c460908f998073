"""`make bench-push`: how much it costs to tell a change to thousands of screens, ours beside the servers of the field.

It never passes or fails by the clock: it prints what it measured and how busy the machine was, and leaves the judgement
to whoever reads it. All figures are in var/bench-push.json too.
"""

import asyncio
import json
import os
import resource
import statistics
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rich_click as click

from tests.bench.__main__ import machine
from tests.bench.push import delivering, flooding, peers, restart, shop, stalled
from tests.bench.push.delivering import OURS, Subject
from tests.bench.push.showing import MEASURE, out, show_fanout, show_flooding, show_restart, show_setting, show_stalled
from tests.bench.running import ROOT, client_program

SIZES = (1000, 5000)
ROWS = ("fanout", "stalled", "restart", "flooding")
ROUNDS = 3
RESULT = ROOT / "var" / "bench-push.json"
Open = Callable[[Path], AbstractAsyncContextManager[Subject]]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sockets", type=int, multiple=True, help="How many sockets; by default 1,000 and then 5,000.")
@click.option("--only", type=click.Choice(ROWS), multiple=True, help="Some of the measurements.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each server is measured, in turn.")
@click.option("--to", "path", type=click.Path(path_type=Path), default=RESULT, help="Where the JSON goes.")
def bench(sockets: tuple[int, ...], only: tuple[str, ...], rounds: int, path: Path) -> None:
    """Measure the push beside nchan, NATS, Mosquitto and a bare loop in C; a screen that stops reading; a restart under all
    screens; a flood of changes. Takes about half an hour."""
    raise_limit()
    asyncio.run(_run(sockets or SIZES, only or ROWS, rounds, path))


def raise_limit() -> None:
    """Let this process and its children hold as many sockets as the machine lets them."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _run(sizes: tuple[int, ...], rows: tuple[str, ...], rounds: int, path: Path) -> None:
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "peers": peers.versions(),
        "missing": peers.missing(), "open_files": peers.open_files(),
    }  # fmt: skip
    here = ROOT / "var" / "bench"
    here.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=here) as folder:
        house = await shop.furnish(Path(folder) / "shop", max(sizes))
        found["client"] = client_program(Path(folder))[1]
        if "fanout" in rows:
            found["fanout"] = []
            for size in sizes:
                found["fanout"].append(await fanout(Path(folder), house, size, rounds))
                show_fanout(found["fanout"][-1])
                _keep(found, path)
        for name, measure, show in _others(Path(folder), house, sizes):
            if name.partition("-")[0] in rows:
                before = load()
                with out.status(name):
                    found[name] = {**await measure(), "load": before, "load_after": load()}
                show(found[name])
                _keep(found, path)
    show_setting(found)
    out.print(f"All figures: {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


def _keep(found: dict[str, Any], path: Path) -> None:
    """Write down what is known so far: who ends a run early has that."""
    found["load_after"] = load()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1))


def _others(folder: Path, house: shop.Shop, sizes: tuple[int, ...]) -> list[tuple[str, Any, Callable[[Any], None]]]:
    """The rows that are about ours alone: each with its name, how it is measured, and how it is shown."""
    few, many = min(sizes), max(sizes)

    def returning(addresses: str) -> Any:
        return lambda: restart.measure(_new(folder / f"restart-{addresses}"), house, many, addresses=addresses)

    return [
        ("stalled", lambda: stalled.measure(_new(folder / "stalled"), house, few), show_stalled),
        ("flooding", lambda: flooding.measure(_new(folder / "flooding"), house, few), show_flooding),
        ("restart-own", returning("own"), show_restart),
        ("restart-one", returning("one"), show_restart),
    ]


async def fanout(folder: Path, house: shop.Shop, sockets: int, rounds: int) -> dict[str, Any]:
    """Each server in turn, so many rounds, with the same bytes."""
    body, before = await _document(folder / f"look-{sockets}", house), load()
    names = [OURS, *(name for name in peers.PEERS if name not in peers.missing())]
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            here = _new(folder / f"{sockets}-{number}-{name.replace(' ', '-')}")
            with out.status(f"{sockets:,} sockets, round {number + 1} of {rounds}: {name}"):
                async with _opened(name, here, house, body) as subject:
                    rows[name].append(asdict(await delivering.measure(here, subject, sockets)))
    async with delivering.ours(house, _new(folder / f"{sockets}-holding")) as subject:
        held = await delivering.holding(folder, subject, sockets)
    summary = {name: summed(found, rows.get(MEASURE, [])) for name, found in rows.items()}
    return {
        "sockets": sockets, "bytes": len(body), "rounds": rows, "summary": summary, "holding_share": held,
        "load": before, "load_after": load(),
    }  # fmt: skip


def _opened(name: str, folder: Path, house: shop.Shop, body: bytes) -> AbstractAsyncContextManager[Subject]:
    return delivering.ours(house, folder) if name == OURS else delivering.theirs(name, folder, body)


async def _document(folder: Path, house: shop.Shop) -> bytes:
    """What a screen of ours is sent when its loop changes: every server sends as many bytes."""
    async with shop.serving(house, _new(folder)) as running:
        return await running.document(delivering.ALL)


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def summed(rounds: list[dict[str, float]], measure: list[dict[str, float]]) -> dict[str, list[float]]:
    """Median, least and most of each figure over the rounds; `ratio` is CPU a delivery against the measure's in the same round."""
    found = {name: _spread([one[name] for one in rounds]) for name in rounds[0]}
    if measure:
        pairs = zip(rounds, measure, strict=True)
        found["ratio"] = _spread([one["cpu_us"] / other["cpu_us"] for one, other in pairs])
    return found


def _spread(values: list[float]) -> list[float]:
    return [statistics.median(values), min(values), max(values)]


def load() -> str:
    """How busy the machine is: processes that want a core, over 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    bench()
