"""Trends: what rises in each feed, what goes with it, and what people let onto the glass, keep off, or keep there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Campaign, Card, TrendCard
from displays.playing import campaign_of
from server.console import table
from server.core import staff
from server.core.database import Database
from server.core.errors import NotFound
from server.core.rendering import Section, add_section, console_page, page
from social import trends as verbs
from social.models import Feed, Trend

add_section(Section(35, "/console/trends", "Trends", "t"))
MOST = 40
"""Of one feed."""
ORDER = {"pinned": 0, "allowed": 1, "rising": 2, "muted": 3, "faded": 4}
WIDTH, HEIGHT = 120.0, 32.0


class Wish(msgspec.Struct):
    """The state that somebody wants for a trend."""

    state: str = ""


@dataclass(frozen=True)
class Row:
    """A trend with what goes with it."""

    trend: Trend
    card: Card | None
    line: str
    """The curve as points of an SVG polyline, 120 wide and 32 high."""
    variants: tuple[table.Choice, ...]

    @property
    def on_air(self) -> bool:
        """Whether its card may play."""
        return self.card is not None and self.trend.state in ("allowed", "pinned")


@dataclass(frozen=True)
class Group:
    """A feed with its trends, those that may be shown first."""

    feed: Feed
    campaign: Campaign | None
    rows: tuple[Row, ...]


@get("/console/trends")
async def trends(request: Request, database: Database) -> Response[str]:
    """What rises, feed by feed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return console_page(
            request,
            "console/trends.html",
            person,
            title="Trends",
            may_decide=person.may("moderator"),
            groups=await _groups(db),
        )


@get("/console/trends/list")
async def listed(request: Request, database: Database) -> Response[str]:
    """The same without the frame, for when the counting has gone on."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return page(request, "console/trends_list.html", may_decide=person.may("moderator"), groups=await _groups(db))


@post("/console/trends/{id:int}/state", status_code=200)
async def decide(
    request: Request,
    database: Database,
    id: FromPath[int],
    data: Annotated[Wish, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[dict[str, Any]]:
    """Allow, mute, pin or reset a trend. Answers with the state that it had, for undoing."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        trend = await db.get(Trend, id, with_for_update=True)
        if trend is None:
            raise NotFound("There is no such trend any more.")
        before = await verbs.decide(db, trend, data.state, by=person.name)
        words = {
            "allowed": "may be shown",
            "muted": "is kept off the glass",
            "pinned": "stays on the glass",
            "rising": "waits again",
        }
        return Response(
            {"trend": id, "state": trend.state, "before": before, "words": f"{named(trend)} {words[trend.state]}."}
        )


async def _groups(db: AsyncSession) -> list[Group]:
    feeds = list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.name)))
    groups = [Group(feed, await campaign_of(db, feed.id), await _rows(db, feed)) for feed in feeds]
    return sorted(groups, key=lambda group: not group.rows)


async def _rows(db: AsyncSession, feed: Feed) -> tuple[Row, ...]:
    query = (
        select(Trend, Card)
        .outerjoin(TrendCard, TrendCard.trend_id == Trend.id)
        .outerjoin(Card, Card.digest == TrendCard.card)
        .where(Trend.feed_id == feed.id, Trend.state != "faded")
    )
    found = (
        await db.execute(query.order_by((Trend.state == "pinned").desc(), Trend.rise.desc(), Trend.id).limit(MOST))
    ).all()
    goes = {
        one.variant.id: one
        for one in await table.variants(db, sorted({id for trend, _ in found for id in trend.variants}))
    }
    rows = [
        Row(trend, card, line(trend.curve), tuple(goes[id] for id in trend.variants if id in goes))
        for trend, card in found
    ]
    return tuple(sorted(rows, key=lambda row: ORDER.get(row.trend.state, 9)))


def line(curve: Sequence[float]) -> str:
    """Points of a polyline over equal steps of time, the newest at the right; empty for fewer than two."""
    if len(curve) < 2:
        return ""
    top = max(max(curve), 1)
    step = WIDTH / (len(curve) - 1)
    return " ".join(
        f"{index * step:.1f},{HEIGHT - 2 - (HEIGHT - 4) * max(0, value) / top:.1f}" for index, value in enumerate(curve)
    )


def named(trend: Trend) -> str:
    """A trend as people know it."""
    if trend.kind == "visits":
        return "What was collected the most today"
    return f"#{trend.word}" if trend.kind == "hashtag" else f"‘{trend.word}’"


ROUTES = [trends, listed, decide]
