"""`make bench-push`: how much it costs to tell a change to thousands of screens, ours beside the servers of the field.

It never passes or fails by the clock: it prints what it measured and how busy the machine was, and leaves the judgement
to whoever reads it. All figures are in var/bench-push.json too.
"""

import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.table import Table

from tests.bench.__main__ import machine
from tests.bench.push import delivering, peers, shop
from tests.bench.push.delivering import OURS, Subject
from tests.bench.running import ROOT, client_program

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
SIZES = (1000, 5000)
ROUNDS = 3
RESULT = ROOT / "var" / "bench-push.json"
LIMIT = "bare C"
MEASURE = "nchan"
"""Whose CPU a delivery ours is held to (DESIGN section 1)."""
Open = Callable[[Path], AbstractAsyncContextManager[Subject]]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sockets", type=int, multiple=True, help="How many sockets; by default 1,000 and then 5,000.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each server is measured, in turn.")
@click.option("--to", "path", type=click.Path(path_type=Path), default=RESULT, help="Where the JSON goes.")
def bench(sockets: tuple[int, ...], rounds: int, path: Path) -> None:
    """Measure the push beside nchan, NATS, Mosquitto and a bare loop in C. Takes about fifteen minutes."""
    raise_limit()
    asyncio.run(_run(sockets or SIZES, rounds, path))


def raise_limit() -> None:
    """Let this process and its children hold as many sockets as the machine lets them."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _run(sizes: tuple[int, ...], rounds: int, path: Path) -> None:
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "peers": peers.versions(),
        "missing": peers.missing(), "open_files": peers.open_files(),
    }  # fmt: skip
    here = ROOT / "var" / "bench"
    here.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=here) as folder:
        house = await shop.furnish(Path(folder) / "shop", max(sizes))
        found["client"] = client_program(Path(folder))[1]
        found["fanout"] = [await fanout(Path(folder), house, size, rounds) for size in sizes]
        for one in found["fanout"]:
            show_fanout(one)
    found["load_after"] = load()
    show_setting(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1))
    out.print(f"All figures: {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


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


def show_fanout(found: dict[str, Any]) -> None:
    """Ours beside the others'."""
    title = f"One change of {found['bytes']:,} bytes to {found['sockets']:,} sockets: median of rounds (least to most)"
    table = Table("server", title=title, title_justify="left")
    for name in ("CPU µs a delivery", f"times {MEASURE}", "first ms", "p95 ms", "last ms", "KiB a connection"):
        table.add_column(name, justify="right")
    columns = (("cpu_us", 1), ("ratio", 2), ("first_ms", 0), ("p95_ms", 0), ("last_ms", 0), ("memory_kib", 1))
    for name, row in sorted(found["summary"].items(), key=lambda one: one[1]["cpu_us"][0]):
        figures = [_words(row[column], digits) if column in row else "" for column, digits in columns]
        table.add_row(name, *figures, style="bold" if name == OURS else None)
    out.print(table)
    edit = found["summary"][OURS]["change_us"][0] / 1000
    out.print(
        f"The edit in the console that makes the change takes {edit:.1f} ms of CPU besides. Holding {found['sockets']:,} screens to "
        f"which nothing is said but beats takes {found['holding_share']:.1%} of a core. Load {found['load']}, then {found['load_after']}.\n"
    )


def _words(spread: list[float], digits: int) -> str:
    median, least, most = (f"{figure:,.{digits}f}" for figure in spread)
    return f"{median} ({least} to {most})" if digits else median


def show_setting(found: dict[str, Any]) -> None:
    """What it was measured on, and what was not measured."""
    for name, why in found["missing"].items():
        out.print(f"[yellow]{name} was not measured: {why}.[/yellow]")
    out.print(f"Measured on {found['machine']['words']}, with {found['client']}, {'; '.join(found['peers'].values())}.")
    out.print(f"Load at the start {found['machine']['load']}, at the end {found['load_after']}.")


def load() -> str:
    """How busy the machine is: processes that want a core, over 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    bench()
