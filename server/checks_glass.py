"""The checks of what shoppers and passers-by look at: screens and tablets that are away, or that complain."""

from collections.abc import Iterator

from displays.documents import MOST_SHOWN
from server.facts import Facts
from server.findings import BAD, GOOD, WARN, Finding

MOST_NAMED = 20
"""Devices that get a line of their own."""


def screens(facts: Facts) -> Iterator[Finding]:
    """Screens that say nothing, or that something is wrong."""
    silent = [one for one in facts.screens if not one.connected and one.seen_at]
    unopened = [one.name for one in facts.screens if one.seen_at is None]
    failing = [one for one in facts.screens if one.connected and one.error]
    for one in failing[:MOST_NAMED]:
        yield Finding(BAD, f"{one.name} reports: {one.error}", "Reload it from its page in the console.")
    if len(failing) > MOST_NAMED:
        words = f"{some(len(failing) - MOST_NAMED, 'more screen')} {'reports' if len(failing) == MOST_NAMED + 1 else 'report'} an error."
        yield Finding(BAD, words, "The page of screens in the console has them all.")
    if silent:
        state = BAD if len(silent) == len(facts.screens) else WARN
        are = "is" if len(silent) == 1 else "are"
        words = f"{len(silent)} of {len(facts.screens)} screens {are} offline: {few([one.name for one in silent])}."
        yield Finding(
            state,
            words,
            "They play on from what they keep, without live posts once their lease has ended. See to their power and network.",
        )
    elif facts.screens and not unopened:
        yield Finding(
            GOOD,
            f"{'The one screen is' if len(facts.screens) == 1 else f'All {len(facts.screens)} screens are'} online.",
        )
    elif not facts.screens and not facts.unreadable:
        yield Finding(
            WARN,
            "No screen is paired.",
            "Open /screen in a browser on the glass, and pair it in the console by the code that it shows.",
        )
    if unopened:
        waiting = "1 screen has" if len(unopened) == 1 else f"{len(unopened)} screens have"
        yield Finding(
            WARN, f"{waiting} been paired and not opened yet: {few(unopened)}.", "Open its page on the glass."
        )
    if facts.shown > MOST_SHOWN:
        yield Finding(
            WARN,
            f"{facts.shown:,} variants are on cards that may play; a screen hears of the stock of {MOST_SHOWN} in each store.",
            "Cards of the others are left out where their store has more than that. End campaigns, or part them by labels.",
        )
    if facts.screens and not facts.published:
        yield Finding(WARN, "No campaign is published: screens show the brand slate.", "Publish one in the console.")


def tablets(facts: Facts) -> Iterator[Finding]:
    """Tablets that are away, or that somebody in the store should see to."""
    away = [one.name for one in facts.tablets if one.standing.tone == "bad"]
    if away:
        words = f"{len(away)} of {some(len(facts.tablets), 'tablet')} {'is' if len(away) == 1 else 'are'} away: {few(away)}."
        yield Finding(
            WARN,
            words,
            "They work on from what they keep, and send it when they are back. See to their power and network.",
        )
    complaining = [one for one in facts.tablets if one.standing.tone == "warn"]
    for one in complaining[:MOST_NAMED]:
        words = f"{one.name}: {' '.join(one.standing.besides)}"
        yield Finding(WARN, words, "See to it in the store; its page in the console says more.")
    if len(complaining) > MOST_NAMED:
        words = f"{some(len(complaining) - MOST_NAMED, 'more tablet')} should be seen to."
        yield Finding(WARN, words, "The page of tablets in the console has them all.")
    if facts.tablets and not any(one.standing.tone in ("bad", "warn") for one in facts.tablets):
        yield Finding(
            GOOD,
            f"{some(len(facts.tablets), 'tablet')} {'has' if len(facts.tablets) == 1 else 'have'} nothing to complain of.",
        )


def some(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def few(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    return "; ".join(names[:5]) + (f"; and {len(names) - 5} more" if len(names) > 5 else "")
