"""The queue as a list: which posts wait, in which part of it somebody works, and what was decided lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Card, Proposal
from server.core.clock import now
from social import moderation
from social.models import Moderation, Post, Screening

STATES = {"": "waiting", "pass": "waiting", "hold": "waiting", "refuse": "refused"}
AROUND = (4, 28)
"""How many of the list are shown before and after the one on the table."""
LATELY = timedelta(hours=2)
MOST_DECIDED = 8


@dataclass(frozen=True)
class Filter:
    """Which part of the queue somebody works on."""

    feed: int | None = None
    verdict: str = ""
    """'pass', 'hold', 'refuse' (what screening kept out), or '' for all that waits."""
    language: str = ""

    @property
    def query(self) -> str:
        """As it stands in an address, with its question mark; empty for everything."""
        parts = [f"feed={self.feed}" if self.feed else "", f"verdict={self.verdict}" if self.verdict else ""]
        parts.append(f"language={self.language}" if self.language else "")
        return "?" + "&".join(part for part in parts if part) if any(parts) else ""


def filter_of(query: Mapping[str, str]) -> Filter:
    """The filter that an address names; what it names wrongly counts as not named."""
    feed, verdict, language = query.get("feed", ""), query.get("verdict", ""), query.get("language", "")
    return Filter(
        feed=int(feed) if feed.isdecimal() and len(feed) < 10 else None,
        verdict=verdict if verdict in STATES else "",
        language=language.lower() if language.isalnum() and len(language) <= 8 else "",
    )


def chosen(which: Filter) -> Select[tuple[Screening]]:
    """The rows of the queue that a filter lets through, in no order."""
    query = select(Screening).where(Screening.state == STATES[which.verdict])
    if which.feed:
        query = query.where(Screening.feed_id == which.feed)
    if which.verdict in ("pass", "hold"):
        query = query.where(Screening.verdict == which.verdict)
    if which.language:
        language = func.lower(Post.lang)
        query = query.join(Post).where(
            (language == which.language) | language.startswith(f"{which.language}-", autoescape=True)
        )
    return query


async def first(db: AsyncSession, which: Filter) -> int | None:
    """The post that has waited longest."""
    return await db.scalar(chosen(which).with_only_columns(func.min(Screening.id)))


# -- the strip ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One of the list."""

    screening: Screening
    post: Post
    card: str | None
    field: str


@dataclass(frozen=True)
class Strip:
    """The part of the queue around the post on the table, and what was decided lately."""

    rows: tuple[Row, ...]
    total: int
    before: int
    """How many wait that came earlier than the first row."""
    next: int | None
    previous: int | None
    current: Screening | None
    current_card: str | None
    verdict: Moderation | None
    """The verdict that counts on the post on the table, once somebody gave one."""
    decided: tuple[tuple[Moderation, Post], ...]

    @property
    def after(self) -> int:
        """How many wait behind the last row."""
        return self.total - self.before - len(self.rows)


async def strip(db: AsyncSession, which: Filter, current: int | None) -> Strip:
    """The list as it is now. `current` need not wait any more; then its place in the list is still what counts."""
    here, query = current or 0, chosen(which)
    earlier = await _rows(db, query.where(Screening.id < here).order_by(Screening.id.desc()).limit(AROUND[0]))
    later = await _rows(db, query.where(Screening.id >= here).order_by(Screening.id).limit(AROUND[1]))
    rows = (*reversed(earlier), *later)
    counting = query.with_only_columns(func.count(Screening.id))
    behind = [row.screening.id for row in later if row.screening.id != here]
    screening = await db.get(Screening, here) if here else None
    proposal = await db.get(Proposal, here) if here else None
    return Strip(
        rows=rows, total=await db.scalar(counting) or 0,
        before=await db.scalar(counting.where(Screening.id < rows[0].screening.id)) or 0 if rows else 0,
        next=behind[0] if behind else await _around(db, which, here), previous=earlier[0].screening.id if earlier else None,
        current=screening, current_card=proposal.card if proposal else None,
        verdict=await moderation.latest(db, screening) if screening else None, decided=await _decided(db),
    )  # fmt: skip


async def _around(db: AsyncSession, which: Filter, here: int) -> int | None:
    """Behind the last comes the first again."""
    head = await first(db, which)
    return head if head != here else None


async def _rows(db: AsyncSession, query: Select[tuple[Screening]]) -> list[Row]:
    ids = list(await db.scalars(query.with_only_columns(Screening.id)))
    full = (
        select(Screening, Post, Proposal.card, Card.field)
        .join(Post, Post.id == Screening.post_id)
        .outerjoin(Proposal, Proposal.screening_id == Screening.id)
        .outerjoin(Card, Card.digest == Proposal.card)
    )
    found = {
        row[0].id: Row(row[0], row[1], row[2], row[3] or "")
        for row in await db.execute(full.where(Screening.id.in_(ids)))
    }
    return [found[id] for id in ids]


async def _decided(db: AsyncSession) -> tuple[tuple[Moderation, Post], ...]:
    query = select(Moderation, Post).join(Post, Post.id == Moderation.post_id)
    query = query.where(
        Moderation.over_at.is_(None), Moderation.by != moderation.RULE, Moderation.decided_at > now() - LATELY
    )
    rows = await db.execute(query.order_by(Moderation.id.desc()).limit(MOST_DECIDED))
    return tuple((verdict, post) for verdict, post in rows)


async def languages(db: AsyncSession) -> list[str]:
    """The languages that waiting posts are in."""
    query = (
        select(Post.lang).join(Screening, Screening.post_id == Post.id).where(Screening.state == "waiting").distinct()
    )
    return sorted({lang.partition("-")[0].lower() for lang in await db.scalars(query.limit(200)) if lang})
