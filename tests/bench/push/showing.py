"""What `make bench-push` prints: the table beside the field, and a few sentences for each of the other rows."""

import statistics
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.push.delivering import OURS

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
MEASURE = "nchan"
"""Whose CPU a delivery ours is held to."""


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


def show_stalled(found: dict[str, Any]) -> None:
    """What a screen that does not read costs the others, and what becomes of it."""
    without, beside, ends = found["without"], found["beside"], found["ends"]
    closed = [f"{one['closed_seconds']:.0f} s" if one["closed_seconds"] else "never" for one in ends]
    documents, missed = ([str(one[name]) for one in ends] for name in ("documents_on_return", "versions_missed"))
    caught = statistics.median(one["caught_up_ms"] for one in ends)
    table = Table(f"p95 of {found['sockets']:,} others", title="A screen that stops reading", title_justify="left")
    for name in ("without it, ms (quartiles)", "with it, ms (quartiles)", "times"):
        table.add_column(name, justify="right")
    for name, words in (("p95_ms", "after the edit was asked for"), ("p95_after_first_ms", "after the first had it")):
        one, other = without[name], beside[name]
        table.add_row(words, _words(one, 1), _words(other, 1), f"{other[0] / one[0]:.2f}")
    out.print(table)
    out.print(
        f"{found['changes'][0]} and {found['changes'][1]} changes of {found['document_bytes']:,} bytes. Closed after "
        f"{', '.join(closed)}. On its return it was sent {', '.join(documents)} documents for {', '.join(missed)} missed "
        f"versions, in {caught:.0f} ms. {_loads(found)}\n"
    )


def show_flooding(found: dict[str, Any]) -> None:
    """What becomes of more changes than screens can use."""
    if "missing" in found:
        out.print(f"[yellow]The flood was not measured: {found['missing']}.[/yellow]")
        return
    least, most = found["deliveries"]
    before, peak, after = (kib / 1024 for kib in found["memory_kib"])
    newest = (
        "every screen ends with the newest" if found["newest_everywhere"] else "NOT every screen ends with the newest"
    )
    out.print(
        f"[bold]A flood[/bold]: {found['changes']:,} changes to one topic in {found['seconds']:.1f} s by another process, over "
        f"Redis ({found['a_second']} a second were asked for), {found['sockets']:,} screens: {least:,} to {most:,} deliveries "
        f"for each; {newest}. {found['cpu_share']:.0%} of a core; {before:.1f} MiB before, {peak:.1f} at most, "
        f"{after:.1f} at the end. {_loads(found)}\n"
    )


def show_restart(found: dict[str, Any]) -> None:
    """How screens come back."""
    where = "each from an address of its own" if found["addresses"] == "own" else "all from one address"
    table = Table("seconds after the server answers again")
    for name in ("half", "95 of a hundred", "all"):
        table.add_column(name, justify="right")
    for name, words in (("current_seconds", "has the newest"), ("back_seconds", "its socket is back")):
        table.add_row(words, *(f"{seconds:.1f}" for seconds in found[name]))
    out.print(f"[bold]{found['sockets']:,} screens come back after a restart[/bold], {where}")
    out.print(table)
    refused = found["refusals"] | {code: many for code, many in found["closes"].items() if code != "1012"}
    out.print(
        f"The server was away until {found['start_seconds']:.1f} s after its start; all had the newest "
        f"{found['current_from_gone_seconds'][2]:.1f} s after it went. {found['attempts']:,} attempts, "
        f"{found['unreachable']:,} of them while nobody answered, at most {found['most_attempts']} of one screen. Refused or "
        f"closed: {_counts(refused)}; refused for good: {found['given_up']}.\n"
        f"{found['polls']:,} polls over HTTP: {_counts(found['poll_answers'])}. Documents: {_counts(found['documents'])}, of "
        f"{found['document_bytes']:,} bytes; {found['bytes_sockets'] / 1e6:.1f} MB over sockets and "
        f"{found['bytes_polls'] / 1e6:.1f} MB over HTTP. {found['cpu_seconds']:.1f} s of the server's CPU, its start among "
        f"it. {_loads(found)}\n"
    )


def _counts(table: dict[str, int]) -> str:
    return ", ".join(f"{many:,} × {name}" for name, many in table.items()) or "none"


def _loads(found: dict[str, Any]) -> str:
    return f"Load {found['load']}, then {found['load_after']}."


def show_setting(found: dict[str, Any]) -> None:
    """What it was measured on, and what was not measured."""
    for name, why in found["missing"].items():
        out.print(f"[yellow]{name} was not measured: {why}.[/yellow]")
    out.print(f"Measured on {found['machine']['words']}, with {found['client']}, {'; '.join(found['peers'].values())}.")
    out.print(f"Load at the start {found['machine']['load']}, at the end {found['load_after']}.")
