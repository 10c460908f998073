"""Forgets what has been kept long enough: the settings say how long, and this enforces it."""

from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Import
from displays.models import Arrival, CallCard, Card, Play, Proposal, Scan, Spot, TrendCard
from server.core import brand
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.database import Database
from server.core.devices import Pairing
from server.core.media import Media
from server.core.settings import Settings
from server.core.staff import SignInLink, StaffSession
from social.intake import take_down, wipe
from social.models import Moderation, Picture, Post

log = structlog.get_logger()
BATCH = 500


async def forget_old(database: Database, settings: Settings) -> dict[str, int]:
    """One round; returns what went, by kind. Posts keep their id alone; a post on air that grows old leaves the glass."""
    gone: dict[str, int] = {}
    async with database.transaction() as db:
        gone["posts"] = await _old_posts(db, settings)
    async with database.transaction() as db:
        moment = now()
        for name, model, column, days in (
            ("plays", Play, Play.started_at, settings.keep_plays_days),
            ("scans", Scan, Scan.scanned_at, settings.keep_plays_days),
            ("arrivals", Arrival, Arrival.ready_at, settings.keep_posts_days),
            ("audit entries", AuditEntry, AuditEntry.at, settings.keep_audit_days),
            ("imports", Import, Import.started_at, 90),
            ("post pictures", Picture, Picture.fetched_at, settings.keep_posts_days),
            ("pairings", Pairing, Pairing.expires_at, 0),
            ("sessions", StaffSession, StaffSession.expires_at, 0),
            ("links", SignInLink, SignInLink.expires_at, 0),
        ):
            result = await db.execute(delete(model).where(column < moment - timedelta(days=days)))
            gone[name] = result.rowcount
    async with database.transaction() as db:
        gone["media"] = await _orphans(db)
    log.info("retention", **{name: count for name, count in gone.items() if count})
    return gone


async def _old_posts(db: AsyncSession, settings: Settings) -> int:
    before = now() - timedelta(days=settings.keep_posts_days)
    old = list(await db.scalars(select(Post).where(Post.received_at < before, Post.gone_at.is_(None)).limit(BATCH)))
    for post in old:
        await take_down(db, post, because="kept long enough")
        await wipe(db, post, because="kept long enough")
    return len(old)


async def _orphans(db: AsyncSession) -> int:
    """Media that nothing names any more, a day after it was stored: cards, then pictures."""
    held = await _held(db)
    query = select(Media.digest).where(Media.created_at < now() - timedelta(days=1))
    old = [digest for digest in await db.scalars(query) if digest not in held]
    for start in range(0, len(old), BATCH):
        chosen = old[start : start + BATCH]
        await db.execute(delete(Card).where(Card.digest.in_(chosen)))
        await db.execute(delete(Media).where(Media.digest.in_(chosen)))
    return len(old)


async def _held(db: AsyncSession) -> set[str]:
    """Every digest that something names: a verdict, a proposal, a spot, a variant's picture, a post's, the brand's."""
    playing = select(Moderation.card).where(Moderation.over_at.is_(None))
    held: set[str | None] = {(await brand.current(db)).logo}
    for query in (playing, select(Proposal.card), select(Spot.card), select(TrendCard.card), select(CallCard.card)):
        held |= set(await db.scalars(query))
    for pictures in await db.scalars(select(Card.pictures).where(Card.digest.in_(held))):
        held |= set(pictures)
    for renditions in await db.scalars(select(Image.renditions)):
        held |= {one["digest"] for one in renditions}
    for column in (Picture.digest, Spot.landscape, Spot.portrait):
        held |= set(await db.scalars(select(column)))
    return {digest for digest in held if digest}
