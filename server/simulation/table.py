"""The scorecard as tables for a terminal, in plain words."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from server.simulation.scorecard import Scorecard, Spread, Tallied

MIB = 1024 * 1024
EXPLAINED = {
    "broke before the welcome": "the line opened and broke without a word: the server or a proxy was restarted or full; each came again"
}
"""What the short names of failures mean that an operator cannot know."""


def show(card: Scorecard, out: Console) -> None:
    """Print it."""
    out.print(
        f"\n{card.screens:,} screens and {card.tablets:,} tablets for {clock(card.seconds)}, {card.changes:,} changes.\n"
    )
    out.print(_times(card))
    if card.storms:
        out.print(_storms(card))
    out.print(_counts(card))
    out.print(f"Screens that did not show the newest in the end: {card.outdated:,}.")
    for title, found in (("Connections not let in", card.refused), ("Errors", card.errors)):
        out.print(f"{title}: " + ("none." if not found else ""))
        for what, count in sorted(found.items(), key=lambda one: -one[1]):
            why = f" ({EXPLAINED[what]})" if what in EXPLAINED else ""
            out.print(f"  {count:>8,}  {what}{why}", soft_wrap=True, markup=False)
    for line in _memory(card):
        out.print(line, soft_wrap=True)
    out.print(f"The simulation itself: {card.own_cpu:.0%} of a core, late by {ms(card.own_lag.p95)} (p95).")
    for warning in card.warnings:
        out.print(f"[yellow]{warning}[/yellow]", soft_wrap=True)


def _times(card: Scorecard) -> Table:
    table = Table("", "p50", "p95", "p99", "most", "of", title="How fast", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for words, one in (
        ("change written to screen", card.delivered),
        ("change written to applied", card.applied),
        ("the same, with a new card to fetch", card.applied_with_media),
        ("change written to screen, slow links", card.delivered_slow),
        ("tap on a tablet to its bag", card.tapped),
        ("a card or picture fetched", card.media),
        ("out of date, connected", card.stale),
        ("out of date, away", card.stale_away),
        ("error of a device's server time", card.clock_error),
    ):
        table.add_row(words, *_cells(one))
    return table


def _cells(one: Spread) -> Iterable[str]:
    return ms(one.p50), ms(one.p95), ms(one.p99), ms(one.most), f"{one.count:,}"


def _storms(card: Scorecard) -> Table:
    table = Table(
        "storm", "cut off", "back p50", "p95", "last", "current p95", "last", title="Storms", title_justify="left"
    )
    for one in card.storms:
        cells = (one[name] for name in ("back_p50", "back_p95", "back_last", "current_p95", "current_last"))
        missing = f" ({one['devices'] - one['current']:,} never)" if one["current"] < one["devices"] else ""
        table.add_row(f"at {clock(one['at'])}", f"{one['devices']:,}{missing}", *(_seconds(cell) for cell in cells))
    return table


def _counts(card: Scorecard) -> Table:
    table = Table("", "done", "lost", "doubled", "not sent yet", title="Exactly once", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for words, one in (("plays", card.plays), ("operations on bags", card.operations)):
        table.add_row(words, f"{one.done:,}", _bad(one, "lost"), _bad(one, "doubled"), f"{one.unsent:,}")
    return table


def _bad(one: Tallied, name: str) -> str:
    count = getattr(one, name)
    return f"[red]{count:,}[/red]" if count else "0"


def _memory(card: Scorecard) -> Iterable[str]:
    if not card.memory:
        yield f"The server's memory is not known: {card.memory_trouble}."
    for one in card.memory.values():
        yield (
            f"The server's memory: {one.first / MIB:,.0f} MiB in the minute from {clock(one.since)} on, "
            f"{one.last / MIB:,.0f} MiB in the last ({one.growth:+.1%}), {one.most / MIB:,.0f} MiB at most. "
            f"It used {one.cpu:.0%} of a core."
        )


def ms(value: float | None) -> str:
    """Milliseconds as people read them."""
    if value is None:
        return "-"
    return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1000:,.0f} s"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
