"""Results: what came in, what was shown and who looked, by campaign, screen and day; on a page and as CSV."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import Provide
from litestar.params import FromQuery
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Campaign, Screen
from server.console import results_days
from server.console.results_chart import chart, written
from server.console.results_days import LONGEST, Period
from server.console.results_figures import Figures, Key, Results, results
from server.console.results_speed import speed
from server.core import staff
from server.core.clock import now
from server.core.database import Database
from server.core.rendering import Section, add_section, console_page
from server.core.spreadsheets import download

add_section(Section(50, "/console/results", "Results", "r"))

VIEWS = {"campaign": "By campaign", "screen": "By screen", "day": "By day"}
PLACES = {"campaign": 0, "screen": 1, "day": 2}
HEAD = (
    "day", "clock", "campaign_id", "campaign", "screen_id", "screen", "posts_in", "held", "refused", "approved_by_rule",
    "approved_by_person", "plays", "plays_cut_short", "plays_failed", "screen_seconds", "scans",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: a period in days or from one day to another, perhaps of one campaign or one screen."""

    period: str
    first: str
    last: str
    campaign: str
    screen: str

    @property
    def campaign_id(self) -> int | None:
        """The campaign's id; None for all of them."""
        return (
            int(self.campaign)
            if self.campaign.isascii() and self.campaign.isdigit() and len(self.campaign) < 10
            else None
        )

    async def find(self, db: AsyncSession) -> tuple[Period, Results]:
        """The period and its figures. Raises BadInput for a period that there is not."""
        chosen = results_days.chosen(self.period, self.first, self.last, today=now().date())
        return chosen, await results(db, chosen, campaign=self.campaign_id, screen=self.screen[:16] or None)


def _asked(
    period: FromQuery[str] = "7",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    campaign: FromQuery[str] = "",
    screen: FromQuery[str] = "",
) -> Asked:
    return Asked("" if first or last else period, first, last, campaign, screen)


ASKED = {"asked": Provide(_asked, sync_to_thread=False)}


@get("/console/results", dependencies=ASKED)
async def results_page(
    request: Request, database: Database, asked: Asked, by: FromQuery[str] = "campaign"
) -> Response[str]:
    """The results of a period."""
    view = by if by in VIEWS else "campaign"
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        chosen, found = await asked.find(db)
        measured = [one for one in found.campaigns.values() if asked.campaign_id in (None, one.id)]
        fast = await speed(db, chosen, measured)
    parts = asdict(asked)
    return console_page(
        request, "console/results.html", person, title="Results", period=chosen, views=VIEWS, view=view, found=found,
        total=found.total(), rows=rows(found, view), charts=_charts(found), speed=fast, screens=found.every_screen, asked=parts,
        address=lambda **more: urlencode({name: value for name, value in {**parts, "by": view, **more}.items() if value}),
        words=_words(chosen), most=LONGEST, campaign=asked.campaign_id, screen=asked.screen, hours=hours, seconds=seconds,
    )  # fmt: skip


@get("/console/results.csv", dependencies=ASKED)
async def results_csv(request: Request, database: Database, asked: Asked) -> Stream:
    """Every figure of a period: a row for each campaign, screen and day of which there is any. Empty is no data."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        chosen, found = await asked.find(db)
    name = f"vitrine-results-{chosen.first}-to-{chosen.last}.csv"
    return download(name, HEAD, _lines(found))


async def _lines(found: Results) -> AsyncIterator[tuple[object, ...]]:
    for key in sorted(found.cells, key=lambda key: (key[2], key[0] or 0, key[1] or "")):
        yield line(found, key)


def line(found: Results, key: Key) -> tuple[object, ...]:
    """One row of the CSV."""
    campaign, screen, figures = found.campaigns.get(key[0] or 0), found.screens.get(key[1] or ""), found.cells[key]
    clock = screen.time_zone if screen else campaign.time_zone if campaign and figures.posts is not None else "UTC"
    shown = None if figures.shown_ms is None else round(figures.shown_ms / 1000)
    return (
        key[2], clock, key[0], campaign.name if campaign else None, key[1], screen.told if screen else None, figures.posts,
        figures.held, figures.refused, figures.by_rule, figures.by_person, figures.plays, figures.cut, figures.failed, shown,
        figures.scans,
    )  # fmt: skip


def rows(found: Results, view: str) -> list[tuple[str, Campaign | Screen | str | None, Figures]]:
    """The lines of a table: a name, what it is of, its figures. Campaigns that are on are there though nothing came."""
    sums = found.by(PLACES[view])
    if view == "day":
        return [(written(day), day, sums.get(day, Figures())) for day in reversed(found.period.days)]
    things: dict = found.campaigns if view == "campaign" else found.screens
    named = [
        (thing.told if isinstance(thing, Screen) else thing.name, thing, sums.get(id, Figures()))
        for id, thing in things.items()
        if id in sums or _expected(thing)
    ]
    other = "Without a campaign" if view == "campaign" else "Not of one screen"
    rest = sums.get(None, Figures())
    worth = view == "campaign" or rest.plays is not None or rest.scans is not None
    return named + ([(other, None, rest)] if None in sums and worth else [])


def _expected(thing: Campaign | Screen) -> bool:
    if isinstance(thing, Campaign):
        return thing.published_at is not None and thing.ended_at is None
    return thing.loop_key != ""


def _charts(found: Results) -> dict:
    days, sums = found.period.days, found.by(PLACES["day"])
    told = [sums.get(day, Figures()) for day in days]
    return {
        "posts": chart(days, [one.posts for one in told], parts=[one.approved for one in told], unit="posts in"),
        "plays": chart(days, [one.plays for one in told], unit="plays"),
        "scans": chart(days, [one.scans for one in told], unit="scans"),
    }


def _words(period: Period) -> str:
    """The period in words: 16 Nov to 22 Nov 2026."""
    if period.first == period.last:
        return f"{written(period.first.isoformat())} {period.last.year}"
    year = f" {period.first.year}" if period.first.year != period.last.year else ""
    return f"{written(period.first.isoformat())}{year} to {written(period.last.isoformat())} {period.last.year}"


def hours(milliseconds: int | None) -> str:
    """Time on the glass, in a unit that keeps it short."""
    if milliseconds is None:
        return ""
    told = timedelta(milliseconds=milliseconds).total_seconds()
    if told < 90:
        return f"{told:.0f} s"
    return (
        f"{told / 60:.0f} min"
        if told < 5400
        else f"{told / 3600:,.1f} h"
        if told < 360_000
        else f"{told / 3600:,.0f} h"
    )


def seconds(milliseconds: float | None) -> str:
    """How long something took."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s" if milliseconds < 90_000 else f"{milliseconds / 60_000:.0f} min"


ROUTES = [results_page, results_csv]
