"""`make bench`: what the product takes, from one run, as a table and as JSON under var/.

It never passes or fails by the clock: it says how busy the machine was, and leaves the judgement to whoever reads it.
"""

import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.table import Table

from tests.bench import bag, importing, journey, searching
from tests.bench.running import ROOT

out = Console(highlight=False)
CROWD = 1000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", type=click.Choice(["journey", "import", "search", "bag"]), help="One of the measurements.")
@click.option("--to", "path", type=click.Path(path_type=Path), help="Where the JSON goes; by default under var/bench/.")
def bench(only: str | None, path: Path | None) -> None:
    """Measure a post's way to the glass, a feed import, searches, and a tap's way to the phone. Takes about five minutes."""
    asyncio.run(_run(only, path))


async def _run(only: str | None, path: Path | None) -> None:
    here = ROOT / "var" / "bench"
    here.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    with tempfile.TemporaryDirectory(dir=here) as folder:
        for name, title, measure, show in _measurements(Path(folder)):
            if only in (None, name.partition("-")[0]):
                with out.status(title):
                    found[name] = await _measured(measure)
                show(found[name])
    out.print(f"Measured on {found['machine']['words']}; load when done: {_load()}.")
    found["load_after"] = _load()
    path = path or here / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(found, indent=1))
    out.print(f"All figures: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _measurements(folder: Path) -> list[tuple[str, str, Any, Any]]:
    def home(name: str) -> Path:
        (folder / name).mkdir()
        return folder / name

    crowd = f"A post's way to the glass, {CROWD:,} other screens listening"
    return [
        ("journey", "A post's way to the glass", lambda: journey.measure(home("alone"), crowd_size=0), show_journey),
        ("journey-crowd", crowd, lambda: journey.measure(home("crowd"), crowd_size=CROWD), show_journey),
        ("import", "A feed import", lambda: importing.measure(home("import")), show_import),
        ("search", "Searches by people", lambda: searching.measure(home("search-home")), show_search),
        ("bag", "A tap's way to the phone", lambda: bag.measure(home("bag")), show_bag),
    ]


async def _measured(measure: Any) -> dict[str, Any]:
    """What was found, with how busy the machine was; a measurement that fails is said and spoils no other."""
    load = _load()
    try:
        work: Awaitable[dict[str, Any]] = measure()
        return {**await work, "load": load}
    except Exception as error:
        return {"missing": f"not measured: {type(error).__name__}: {error}", "load": load}


def show_journey(found: dict[str, Any]) -> None:
    """The stages of a post's way."""
    if "stages" not in found:
        out.print(f"[yellow]A post's way to the glass: {found['missing']}[/yellow]")
        return
    who = f"{found['crowd']:,} other screens listening and reporting" if found["crowd"] else "one screen"
    table = Table("stage", title=f"A post's way to the glass, {who}", title_justify="left")
    for name in ("median ms", "p95 ms", "posts"):
        table.add_column(name, justify="right")
    for stage in found["stages"]:
        whole = stage["name"] == "received to ready"
        row = (stage["name"], f"{stage['median_ms']:,.0f}", f"{stage['p95_ms']:,.0f}", str(stage["posts"]))
        table.add_row(*row, style="bold" if whole else None, end_section=whole)
    out.print(table)


def show_import(found: dict[str, Any]) -> None:
    """The import in one line."""
    if "rows" not in found:
        out.print(f"[yellow]A feed import: {found['missing']}[/yellow]")
        return
    out.print(
        f"[bold]A feed import[/bold], {found['feed']}, into SQLite: {found['rows']:,} rows in {found['seconds']:.1f} s, "
        f"{found['rows_a_second']:,.0f} rows a second ({found['cpu']:.1f} s of CPU), at most {found['memory'] / 1e6:.0f} MB; "
        f"others waited to write for at most {found['locked_ms']:.0f} ms.\n"
    )


def show_search(found: dict[str, Any]) -> None:
    """How long people wait, and how right it is."""
    if "answers" not in found:
        out.print(f"[yellow]Searches by people: {found['missing']}[/yellow]")
        return
    table = Table(
        "Searches by people", title=f"At {found['variants']:,} variants, {found['feed']}", title_justify="left"
    )
    for name in ("wall p50 ms", "p95 ms", "most ms", "CPU p50 ms", "p95 ms", "asked"):
        table.add_column(name, justify="right")
    for name, title in (("answers", "the whole answer"), ("counts", "what narrows it"), ("index", "the index alone")):
        row = found[name]
        figures = [f"{row[f'{kind}_{at}_ms']:,.1f}" for kind, at in _COLUMNS]
        table.add_row(title, *figures, f"{row['count']:,}")
    out.print(table)
    out.print(
        f"The index: made in {found['made_seconds']:.1f} s ({found['made_cpu']:.1f} s of CPU), {found['memory'] / 1e6:.0f} MB; "
        f"a change of one product {found['change_ms']:.0f} ms of CPU."
    )
    for name, gains in found.get("right", {}).items():
        kinds = ", ".join(f"{kind} {gain:.2f}" for kind, gain in gains.items())
        out.print(f"NDCG of the first ten, {name} queries: {kinds}.")
    out.print()


_COLUMNS = (("wall", "p50"), ("wall", "p95"), ("wall", "most"), ("cpu", "p50"), ("cpu", "p95"))


def show_bag(found: dict[str, Any]) -> None:
    """Taps, and what came of many operations."""
    if "flood" not in found:
        out.print(f"[yellow]A tap's way to the phone: {found['missing']}[/yellow]")
        return
    out.print(
        f"[bold]Tablet tap to phone[/bold], {found['visits']} visits at once, {found['taps']:,} taps: median "
        f"{found['tap_p50_ms']:.0f} ms, p95 {found['tap_p95_ms']:.0f} ms, at most {found['tap_most_ms']:.0f} ms."
    )
    flood = found["flood"]
    out.print(
        f"[bold]Operations on SQLite[/bold]: {flood['sent']:,} sent in {flood['seconds']:.1f} s, {flood['kept']:,} kept, "
        f"{flood['errors']:,} errors, {flood['lost']:,} lost, {flood['again']:,} sent again; answered in median "
        f"{flood['answer_p50_ms']:.0f} ms, p95 {flood['answer_p95_ms']:.0f} ms, at most {flood['answer_most_ms']:.0f} ms; "
        f"{flood['cpu_ms']:.1f} ms of the server's CPU for each, with what its phone is told. {flood['first_error']}\n"
    )


def machine() -> dict[str, Any]:
    """What this runs on."""
    words = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    return {"words": words, "load": _load()}


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    bench()
