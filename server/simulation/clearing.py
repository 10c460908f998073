"""Counts what of a simulation reached the database, and takes all of it out again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from displays.models import (
    Arrival,
    Campaign,
    Card,
    LoopGroup,
    Play,
    Retreat,
    Screen,
    ScreenReport,
    Shown,
    Spot,
    Withdrawal,
)
from kiosk import keeping
from kiosk.models import Bag, BagOperation, BagRemoval, Call, Kiosk, KioskReport, Ticket, Visit
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.database import Database
from server.core.devices import SIMULATED, Device, Pairing
from server.core.media import Media
from server.core.staff import SignInLink, Staff, StaffSession
from server.core.topics import Topic
from server.simulation.furnishing import BY, LABEL, label
from social.models import Feed, FeedCall

AT_ONCE = 100
ABANDONED = timedelta(days=1)


@dataclass
class Tally:
    """What the server counted."""

    plays: dict[str, set[str]] = field(default_factory=dict)
    """Ids of plays by screen."""
    plays_again: int = 0
    """Rows whose screen and number another has too."""
    bags: dict[str, set[str]] = field(default_factory=dict)
    """Adds that hold, by bag."""
    operations: set[str] = field(default_factory=set)
    """All that were kept."""


async def tally(database: Database, run: str) -> Tally:
    """What the database has of a run: to be compared with what its devices did."""
    found = Tally()
    for screens in await _some(database, select(Screen.id).where(Screen.id.like(f"{SIMULATED}{run}%"))):
        async with database.snapshot() as db:
            for screen, id in await db.execute(select(Play.screen_id, Play.id).where(Play.screen_id.in_(screens))):
                found.plays.setdefault(screen, set()).add(id)
            of_each = select(func.count() - func.count(Play.seq.distinct())).where(Play.screen_id.in_(screens))
            found.plays_again += sum(await db.scalars(of_each.group_by(Play.screen_id)))
    for bags in await _some(database, _bags(run)):
        async with database.snapshot() as db:
            found.operations |= set(await db.scalars(select(BagOperation.id).where(BagOperation.bag_id.in_(bags))))
            for bag in await db.scalars(select(Bag).where(Bag.id.in_(bags))):
                found.bags[bag.id] = set(await keeping.holding(db, bag))
    return found


async def clear(database: Database, run: str = "", *, cards: Collection[str] = ()) -> int:
    """Take a run out, or all of them; returns how many devices went. `cards` are digests that its campaign showed; what of
    them is not named here, the installation forgets by itself within a day."""
    ids = f"{SIMULATED}{run}%"
    for bags in await _some(database, _bags(run)):
        async with database.transaction() as db:
            await _clear_bags(db, bags)
    count = 0
    for some in await _some(database, select(Device.id).where(Device.id.like(ids)).order_by(Device.id)):
        async with database.transaction() as db:
            await _clear_devices(db, some)
        count += len(some)
    async with database.transaction() as db:
        await _clear_campaigns(db, run, cards)
        await _clear_people(db, run)
    await _clear_arrivals(database, ids)
    return count


async def running(database: Database) -> bool:
    """Whether devices of another simulation are connected now."""
    async with database.snapshot() as db:
        there = select(ScreenReport.screen_id).where(
            ScreenReport.screen_id.like(f"{SIMULATED}%"), ScreenReport.connected
        )
        return await db.scalar(there.limit(1)) is not None


async def clear_abandoned(database: Database) -> int:
    """Take out what a simulation left that was killed more than a day ago; returns how many devices went."""
    async with database.snapshot() as db:
        old = Device.id.like(f"{SIMULATED}%") & (Device.paired_at < now() - ABANDONED)
        abandoned = await db.scalar(select(Device.id).where(old).limit(1)) is not None
    return await clear(database) if abandoned and not await running(database) else 0


def _bags(run: str) -> Select[tuple[str]]:
    here = Visit.kiosk_id.like(f"{SIMULATED}{run}%")
    return select(Visit.own_bag_id).where(here).union(select(Visit.bag_id).where(here))  # type: ignore[return-value]


async def _some(database: Database, query: Select[tuple[str]]) -> list[Sequence[str]]:
    """What a query finds, in portions: SQLite's one writer, and the installation's own changes, wait for none for long."""
    async with database.snapshot() as db:
        found = list(await db.scalars(query))
    return [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]


async def _delete(db: AsyncSession, values: Iterable[object], *columns: InstrumentedAttribute[Any]) -> None:
    """Delete, table after table, the rows that have one of these values in a column."""
    for column in columns:
        await db.execute(delete(column.class_).where(column.in_(list(values))))


async def _clear_bags(db: AsyncSession, bags: Collection[str]) -> None:
    visits = select(Visit.id).where(or_(Visit.own_bag_id.in_(bags), Visit.bag_id.in_(bags)))
    await db.execute(delete(Ticket).where(Ticket.visit_id.in_(visits)))
    await db.execute(delete(Call).where(Call.visit_id.in_(visits)))
    await db.execute(delete(Visit).where(or_(Visit.own_bag_id.in_(bags), Visit.bag_id.in_(bags))))
    await _delete(db, bags, BagRemoval.bag_id, BagOperation.bag_id, Bag.id)
    await _clear_topics(db, [f"bag:{id}" for id in bags])


async def _clear_devices(db: AsyncSession, ids: Collection[str]) -> None:
    await _delete(
        db, ids, Play.screen_id, Arrival.screen_id, ScreenReport.screen_id, Screen.id, KioskReport.kiosk_id, Kiosk.id,
        Pairing.device_id, Device.id,
    )  # fmt: skip
    await _clear_topics(db, [f"{kind}:{id}" for kind in ("screen", "kiosk", "device") for id in ids])


async def _clear_arrivals(database: Database, ids: str) -> None:
    """What a server's batch of reports brought after its screen had gone."""
    async with database.transaction() as db:
        await db.execute(delete(Arrival).where(Arrival.screen_id.like(ids)))


async def _clear_campaigns(db: AsyncSession, run: str, cards: Collection[str]) -> None:
    mark = label(run) if run else LABEL
    campaigns = [one for one in await db.scalars(select(Campaign)) if any(name.startswith(mark) for name in one.labels)]
    groups = [
        one.key for one in await db.scalars(select(LoopGroup)) if any(name.startswith(mark) for name in one.labels)
    ]
    ids, feeds = [one.id for one in campaigns], [one.feed_id for one in campaigns]
    shown = {*cards, *await db.scalars(select(Spot.card).where(Spot.campaign_id.in_(ids)))}
    await _delete(
        db, ids, Withdrawal.campaign_id, Retreat.campaign_id, Shown.campaign_id, Spot.campaign_id, Campaign.id
    )
    await _delete(db, feeds, FeedCall.feed_id, Feed.id)
    await _delete(db, groups, LoopGroup.key)
    shown -= set(await db.scalars(select(Spot.card).where(Spot.card.in_(shown))))
    await _delete(db, shown, Card.digest, Media.digest)
    await _clear_topics(db, [*(f"campaign:{id}" for id in ids), *(f"loop:{key}" for key in groups)])


async def _clear_people(db: AsyncSession, run: str) -> None:
    email = f"{label(run) if run else LABEL}%@vitrine.invalid"
    people = list(await db.scalars(select(Staff.id).where(Staff.email.like(email))))
    digests = list(await db.scalars(select(StaffSession.digest).where(StaffSession.staff_id.in_(people))))
    await _delete(db, people, StaffSession.staff_id, SignInLink.staff_id, Staff.id)
    await _clear_topics(db, [f"staff:{one}" for one in digests])
    await db.execute(delete(AuditEntry).where(AuditEntry.who == BY))


async def _clear_topics(db: AsyncSession, names: Iterable[str]) -> None:
    """Their ids are never used again, so nobody can take an old number for a newer one."""
    await db.execute(delete(Topic).where(Topic.name.in_(list(names))))
