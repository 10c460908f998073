"""Forgets what has been kept long enough: the settings say how long, and this enforces it."""

from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Import
from displays.models import Arrival, CallCard, Card, Play, Proposal, Scan, Spot, TrendCard
from kiosk import forgetting
from kiosk.models import (
    Call,
    Mail,
    PasskeyChallenge,
    SealingKey,
    Share,
    ShopperSession,
    SignInCode,
    Ticket,
    Visit,
    VisitCount,
)
from server.core import brand
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.database import Database
from server.core.devices import Pairing
from server.core.media import Media
from server.core.settings import Settings
from server.core.staff import SignInLink, StaffSession
from server.simulation import clearing
from social.holding import held
from social.intake import take_down, wipe
from social.models import Correction, Moderation, Picture, Post, Trend

log = structlog.get_logger()
BATCH = 500
POSTS_AT_ONCE = 20
ROWS_AT_ONCE = 5000


async def forget_old(database: Database, settings: Settings) -> dict[str, int]:
    """One round; returns what went, by kind. Posts keep their id alone; a post on air that grows old leaves the glass."""
    gone: dict[str, int] = {"posts": 0}
    while some := await _forget_posts(database, settings):
        gone["posts"] += some
    for name, column, days in (
        ("plays", Play.started_at, settings.keep_plays_days),
        ("scans", Scan.scanned_at, settings.keep_plays_days),
        ("arrivals", Arrival.ready_at, settings.keep_posts_days),
        ("audit entries", AuditEntry.at, settings.keep_audit_days),
        ("corrections taken back", Correction.undone_at, settings.keep_audit_days),
        ("imports", Import.started_at, 90),
        ("post pictures", Picture.fetched_at, settings.keep_posts_days),
        ("pairings", Pairing.expires_at, 0),
        ("sessions", StaffSession.expires_at, 0),
        ("links", SignInLink.expires_at, 0),
        ("calls", Call.made_at, settings.keep_visits_days),
        ("tickets", Ticket.expires_at, 1),
        ("codes", SignInCode.expires_at, 0),
        ("challenges", PasskeyChallenge.expires_at, 0),
        ("mails", Mail.made_at, 2),  # a day of them says how many codes an address was sent
        ("shares", Share.expires_at, 0),
        (
            "sealing keys",
            SealingKey.made_at,
            180,
        ),  # a box that was sealed before that is of a tablet that never came back
        ("shoppers", ShopperSession.expires_at, 0),
    ):
        gone[name] = await _older(database, column < now() - timedelta(days=days))
    long_ago = Visit.began_at < now() - timedelta(days=settings.keep_visits_days)
    gone["visits"] = await _older(database, long_ago, Visit.ended_at.is_not(None))
    gone["simulated devices"] = await clearing.clear_abandoned(database)
    counted = VisitCount.day < (now() - timedelta(days=settings.keep_visits_days)).date()
    gone["counts"] = await _older(database, counted)
    gone["bags"] = await forgetting.forget_old_bags(database, days=settings.keep_bags_days)
    gone["customers"] = await forgetting.forget_old_customers(database, days=settings.keep_customers_days)
    gone["operations"] = await forgetting.settle(database)
    gone["topics"] = await forgetting.forget_topics(database)
    counted_before = now() - timedelta(days=settings.keep_posts_days)
    gone["trends"] = await _older(database, Trend.counted_at < counted_before, Trend.state == "faded")
    gone["media"] = await _orphans(database)
    log.info("retention", **{name: count for name, count in gone.items() if count})
    return gone


async def _forget_posts(database: Database, settings: Settings) -> int:
    """Forget a few old posts in a transaction of their own: whatever else is to be written waits for no more."""
    before = now() - timedelta(days=settings.keep_posts_days)
    async with database.transaction() as db:
        query = select(Post.id).where(Post.received_at < before, Post.gone_at.is_(None)).order_by(Post.received_at)
        old = sorted(await db.scalars(query.limit(POSTS_AT_ONCE)))  # in the order in which everybody holds several
        for id in old:
            post = await held(db, id)
            await take_down(db, post, because="kept long enough")
            await wipe(db, post, because="kept long enough")
    return len(old)


async def _older(database: Database, old: ColumnElement[bool], *others: ColumnElement[bool]) -> int:
    """Delete the rows of one table that are old, a few thousand at a time: a year of plays is not to hold up a tap."""
    model = old.left.entity_namespace
    keys, total = list(model.__table__.primary_key), 0
    while True:
        async with database.transaction() as db:
            some = select(*keys).where(old, *others).limit(ROWS_AT_ONCE)
            went = (await db.execute(delete(model).where(tuple_(*keys).in_(some)))).rowcount
        total += went
        if went < ROWS_AT_ONCE:
            return total


async def _orphans(database: Database) -> int:
    """Media that nothing names any more, a day after it was stored: cards, then pictures."""
    before = now() - timedelta(days=1)
    async with database.snapshot() as db:
        held = await _held(db)
        query = select(Media.digest).where(Media.created_at < before)
        old = [digest for digest in await db.scalars(query) if digest not in held]
    for start in range(0, len(old), BATCH):
        async with database.transaction() as db:
            # What was named meanwhile has been stored again and is not old any more, or is named by a row of its own.
            still = select(Media.digest).where(Media.digest.in_(old[start : start + BATCH]), Media.created_at < before)
            chosen = set(await db.scalars(still.with_for_update())) - await _named(db)
            await db.execute(delete(Card).where(Card.digest.in_(chosen)))
            await db.execute(delete(Media).where(Media.digest.in_(chosen)))
    return len(old)


NAMING = (
    select(Moderation.card).where(Moderation.over_at.is_(None)), select(Proposal.card), select(Spot.card),
    select(TrendCard.card), select(CallCard.card),
)  # fmt: skip


async def _named(db: AsyncSession) -> set[str | None]:
    """Digests that a row names by itself: a verdict's card, a proposal's, a spot's and its pictures, a post's, the logo."""
    kept: set[str | None] = {(await brand.current(db)).logo}
    for query in (*NAMING, *(select(column) for column in (Picture.digest, Spot.landscape, Spot.portrait))):
        kept |= set(await db.scalars(query))
    return kept


async def _held(db: AsyncSession) -> set[str]:
    """Every digest that something names, the pictures of cards and the sizes of the catalogue's among them."""
    kept = await _named(db)
    # Asked by the tables themselves: a busy month names more cards than a statement takes as values.
    named = or_(*(Card.digest.in_(query) for query in NAMING))
    for pictures in await db.scalars(select(Card.pictures).where(named)):
        kept |= set(pictures)
    for renditions in await db.scalars(select(Image.renditions)):
        kept |= {one["digest"] for one in renditions}
    return {digest for digest in kept if digest}
