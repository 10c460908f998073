"""What the console says of screens: their standing, what they show, who is near, what they played."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import walking
from catalog.models import Store
from displays import documents, screen_form, spots
from displays.behind import Standing, standings
from displays.models import Campaign, Card, Play, Screen, ScreenReport
from displays.screens import billboards, portrait
from server.core.clock import now

KINDS = {
    "post": "post", "post_item": "post beside an item", "trend": "trend", "evergreen": "evergreen", "call": "call",
}  # fmt: skip
WORTH_KNOWING = 6_000
"""Metres: nobody walks farther from a billboard."""


@dataclass(frozen=True)
class Row:
    """A screen as the list shows it."""

    screen: Screen
    report: ScreenReport | None
    standing: Standing
    card: Card | None
    """What it says it shows, or last showed."""
    portrait: bool


async def rows(db: AsyncSession, screens: Sequence[Screen]) -> list[Row]:
    """These screens with their standing and what they show."""
    stand = await standings(db, screens)
    reports = await _reports(db, screens)
    cards = {name: await _card(db, name) for name in {report.spot for report in reports.values() if report.spot}}
    return [
        Row(
            screen,
            report := reports.get(screen.id),
            stand[screen.id],
            cards.get(report.spot) if report else None,
            portrait(screen),
        )
        for screen in screens
    ]


async def _reports(db: AsyncSession, screens: Sequence[Screen]) -> dict[str, ScreenReport]:
    query = select(ScreenReport).where(ScreenReport.screen_id.in_([screen.id for screen in screens]))
    return {report.screen_id: report for report in await db.scalars(query)}


async def _card(db: AsyncSession, spot: str) -> Card | None:
    found = await spots.find(db, spot)
    return found.card if found else None


def chosen(screens: Iterable[Screen], words: str) -> list[Screen]:
    """The screens whose name, venue or labels hold every word."""
    wanted = words.casefold().split()
    return [
        one
        for one in screens
        if all(word in " ".join((one.name, one.venue, *one.labels)).casefold() for word in wanted)
    ]


# -- the map ----------------------------------------------------------------------------------------------------------


async def chart(
    db: AsyncSession, *, standing: dict[str, Standing] | None = None, only: Screen | None = None
) -> list[dict[str, Any]]:
    """Stores and screens as the map draws them; with `only`, that screen stands out with its walking range."""
    stores = await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.id))
    places = [screen_form.chart_place(store, kind="store") for store in stores]
    drawn = await billboards(db)
    for screen in drawn if only is None or not only.inside else [*drawn, only]:
        state = standing[screen.id].tone if standing else ""
        radius = reach_metres(screen.range_minutes) if only is None or only.id == screen.id else 0
        kind = "here" if only and only.id == screen.id else "screen"
        places.append(
            screen_form.chart_place(screen, kind=kind, href=f"/console/screens/{screen.id}", state=state, radius=radius)
        )
    return [place for place in places if place]


def reach_metres(minutes: int) -> float:
    """The straight-line metres that `minutes` on foot reach, by the formula of catalog.walking."""
    return minutes * walking.METRES_PER_MINUTE / walking.DETOUR


# -- one screen -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """A store with its walk: whether it is in range decides whether cards name it."""

    store: Store
    metres: int
    minutes: int
    in_range: bool


async def near(db: AsyncSession, screen: Screen) -> list[Near]:
    """The nearest stores, also some that are out of range, so that a range can be chosen by looking; one, if all are far."""
    if screen.latitude is None or screen.longitude is None:
        return []
    stores = {store.id: store for store in await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)))}
    found = walking.nearest(stores.values(), screen.latitude, screen.longitude, range_minutes=10**6)
    close = [one for one in found if one.metres <= WORTH_KNOWING][: documents.MOST_STORES] or found[:1]
    return [Near(stores[one.store_id], one.metres, one.minutes, one.minutes <= screen.range_minutes) for one in close]


@dataclass(frozen=True)
class Playing:
    """A spot of a screen's loop."""

    id: str
    kind: str
    card: str
    seconds: int
    campaign: str
    fits: bool
    showing: bool


async def playing(
    db: AsyncSession, screen: Screen, report: ScreenReport | None, aspect: str
) -> tuple[str, list[Playing]]:
    """The loop that a screen plays now: its mode and its spots in order."""
    document = await documents.loop_document(db, screen.loop_key) or {"mode": "live", "spots": []}
    names = dict((await db.execute(select(Campaign.id, Campaign.name))).all())
    digests = [spot["card"] for spot in document["spots"]]
    fits = dict((await db.execute(select(Card.digest, Card.fits).where(Card.digest.in_(digests)))).all())
    return document["mode"], [
        Playing(
            spot["id"], KINDS.get(spot["kind"], spot["kind"]), spot["card"], spot["seconds"], names.get(int(spot["campaign"]), ""),
            aspect in fits.get(spot["card"], ()), bool(report and report.connected and report.spot == spot["id"]),
        )
        for spot in document["spots"]
    ]  # fmt: skip


@dataclass(frozen=True)
class Today:
    """What a screen proved to have played since midnight on its own clock."""

    since: datetime
    plays: int
    completed: int
    seconds: int
    newest: tuple[tuple[Play, str], ...]
    """The newest plays, each with the kind of its card in words."""


async def today(db: AsyncSession, screen: Screen) -> Today:
    """Proof of play of the screen's own day so far."""
    zone = ZoneInfo(screen.time_zone)
    since = datetime.combine(now().astimezone(zone).date(), time(), zone)
    where = (Play.screen_id == screen.id, Play.started_at >= since)
    counts = (
        await db.execute(
            select(Play.result, func.count(), func.sum(Play.duration_ms)).where(*where).group_by(Play.result)
        )
    ).all()
    newest = list(await db.scalars(select(Play).where(*where).order_by(Play.started_at.desc()).limit(20)))
    cards = dict(
        (await db.execute(select(Card.digest, Card.kind).where(Card.digest.in_([p.card for p in newest])))).all()
    )
    return Today(
        since=since, plays=sum(count for _, count, _ in counts), completed=sum(c for result, c, _ in counts if result == "completed"),
        seconds=sum(int(ms or 0) for _, _, ms in counts) // 1000,
        newest=tuple((play, KINDS.get(cards.get(play.card, ""), "card")) for play in newest),
    )  # fmt: skip


def lease_ends(screen: Screen, report: ScreenReport | None) -> datetime | None:
    """When a screen that is not connected drops its live cards; None while it is connected or was never seen."""
    if report is None or report.connected or report.seen_at is None:
        return None
    return report.seen_at + timedelta(seconds=screen.lease_seconds)
