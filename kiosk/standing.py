"""How a tablet stands, in words: whether it is there, and what about it somebody in the store should see to. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.stocking import MAX_AGE_SECONDS
from kiosk.models import KioskReport
from server.core.zones import zone_of

LOW = 20
"""Percent of battery, without a charger, at which somebody should see to it."""
OLD = timedelta(seconds=MAX_AGE_SECONDS)


@dataclass(frozen=True)
class Standing:
    """A tablet's state: a word, its tone for the chip, and what there is to say besides, the weightiest first."""

    words: str
    tone: str
    """'good', 'warn', 'bad' or '': each has a shape of its own."""
    besides: tuple[str, ...] = ()


def stand(report: KioskReport | None, *, moment: datetime, zone: str = "UTC", busy: bool = False) -> Standing:
    """Judge a tablet by what it last said; `busy` while a visit goes on at it. Text of the tablet's own may be in it."""
    if report is None or report.seen_at is None:
        return Standing("not begun", "", ("It has been paired, and its page has not been opened since.",))
    if not report.connected:
        left = (unsent(report.unsent, "will be sent when it is back"),) if report.unsent else ()
        return Standing(f"away since {clock(report.seen_at, zone, moment)}", "bad", left)
    troubles = _troubles(report, moment, zone)
    if troubles:
        return Standing(troubles[0][0], "warn", tuple(sentence for _, sentence in troubles))
    return Standing("in use" if busy else "ready", "live" if busy else "good")


def _troubles(report: KioskReport, moment: datetime, zone: str) -> list[tuple[str, str]]:
    """What is wrong with a tablet that is there: a word or two for the chip, and a sentence."""
    found = []
    if report.error:
        found.append(("has an error", f"It says: {report.error}"))
    if low(report):
        found.append(("battery low", f"{report.battery} % of its battery are left, and it is not charging."))
    if report.unsent:
        found.append(("unsent work", unsent(report.unsent, "not sent yet")))
    if report.range_at and moment - report.range_at > OLD:
        since = clock(report.range_at, zone, moment)
        found.append(("old range", f"Its items and stock are as of {since}; it prints no stock until it gets newer."))
    return found


def low(report: KioskReport) -> bool:
    """Whether its battery needs somebody."""
    return report.battery is not None and report.battery <= LOW and not report.charging


def unsent(number: int, words: str) -> str:
    """How much work a tablet holds back."""
    return f"{number:,} {'change' if number == 1 else 'changes'} {words}."


def clock(at: datetime, zone: str, moment: datetime) -> str:
    """A moment as a clock in the store showed it; with the day where that is not today."""
    place = zone_of(zone)
    there = at.astimezone(place)
    return f"{there:%H:%M}" if there.date() == moment.astimezone(place).date() else f"{there:%-d %b}, {there:%H:%M}"
