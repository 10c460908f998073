"""What the console says of campaigns: their state in words, what they reach, and what stands ready on their page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product, Variant
from displays import retreats
from displays.models import Campaign, Screen
from displays.reaching import reaches
from displays.screens import present
from server.core.clock import now
from server.core.rendering import ago
from social.models import Feed, Moderation, Screening
from social.tag_lint import Lint, lint


@dataclass(frozen=True)
class State:
    """A campaign's state: a word or two, and its tone for the chip ('good', 'warn', 'bad', 'live' or '')."""

    words: str
    tone: str = ""
    running: bool = False
    """Whether what is saved now reaches the glass at once."""


def state(campaign: Campaign, moment: datetime, *, retreated: bool = False) -> State:
    """Where a campaign stands at a moment."""
    if campaign.ended_at:
        return State("ended")
    if campaign.published_at is None:
        return State("draft")
    if campaign.ends_at and campaign.ends_at <= moment:
        return State("over")
    if campaign.starts_at and campaign.starts_at > moment:
        return State(f"starts {ago(campaign.starts_at)}", "live", running=True)
    if retreated:
        return State("evergreen only", "warn", running=True)
    return State("on air", "good", running=True)


@dataclass(frozen=True)
class Row:
    """A campaign as the list shows it."""

    campaign: Campaign
    feed: Feed
    state: State
    reached: tuple[Screen, ...]
    on_air: int
    """Approved posts that may play."""
    waiting: int


async def rows(db: AsyncSession) -> list[Row]:
    """All campaigns, those on air first, ended ones last."""
    pairs = await db.execute(select(Campaign, Feed).join(Feed, Feed.id == Campaign.feed_id))
    found = await _told(db, [(campaign, feed) for campaign, feed in pairs])
    return sorted(
        found, key=lambda row: (bool(row.campaign.ended_at), not row.state.running, row.campaign.name.casefold())
    )


async def row_of(db: AsyncSession, campaign: Campaign) -> Row:
    """One campaign as the list shows it."""
    return (await _told(db, [(campaign, await db.get_one(Feed, campaign.feed_id))]))[0]


async def _told(db: AsyncSession, pairs: list[tuple[Campaign, Feed]]) -> list[Row]:
    screens, moment, held = await present(db), now(), await retreats.in_force(db)
    on_air, waiting = await _on_air(db), await _waiting(db)
    return [
        Row(
            campaign,
            feed,
            state(campaign, moment, retreated=None in held or campaign.id in held),
            reached(screens, campaign.labels),
            on_air.get(feed.id, 0),
            waiting.get(feed.id, 0),
        )
        for campaign, feed in pairs
    ]


def reached(screens: Iterable[Screen], labels: Sequence[str]) -> tuple[Screen, ...]:
    """The screens that a campaign with these labels plays on."""
    wanted = {label.strip().lower() for label in labels}
    return tuple(screen for screen in screens if reaches(wanted, screen.labels))


def counted(screens: Iterable[Screen]) -> str:
    """How many screens, and how many tablets that play while nobody is there: "4 screens and 2 tablets"."""
    inside = [bool(screen.inside) for screen in screens]
    words = [
        _many(count, what) for count, what in ((inside.count(False), "screen"), (inside.count(True), "tablet")) if count
    ]
    return " and ".join(words) or "no screen"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


async def _on_air(db: AsyncSession) -> dict[int, int]:
    query = select(Moderation.feed_id, func.count()).where(
        Moderation.verdict == "approved", Moderation.over_at.is_(None)
    )
    return dict((await db.execute(query.group_by(Moderation.feed_id))).all())


async def _waiting(db: AsyncSession) -> dict[int, int]:
    query = select(Screening.feed_id, func.count()).where(Screening.state == "waiting")
    return dict((await db.execute(query.group_by(Screening.feed_id))).all())


async def labels_in_use(db: AsyncSession) -> dict[str, int]:
    """The labels that screens have, each with how many."""
    counts: dict[str, int] = {}
    for screen in await present(db):
        for label in screen.labels:
            counts[label] = counts.get(label, 0) + 1
    return dict(sorted(counts.items()))


def unknown(labels: Sequence[str], in_use: Iterable[str]) -> list[str]:
    """Labels that no screen has: a slip, or a screen still to come."""
    known = set(in_use)
    return [label for label in labels if label.strip().lower() not in known]


async def lints(db: AsyncSession, tags: Sequence[str], *, feed_id: int | None) -> list[Lint]:
    """What to know of these tags, beside those of the other feeds."""
    others: dict[str, str] = {}
    for feed in await db.scalars(
        select(Feed).where(Feed.ended_at.is_(None), Feed.id != (feed_id or 0)).order_by(Feed.id)
    ):
        others |= dict.fromkeys([*feed.tags, *([feed.optin_tag] if feed.optin_tag else [])], feed.name)
    return [lint(tag, others=others) for tag in tags]


async def names_of(db: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """What products and variants are called, by id; what is neither stands for itself."""
    wanted = list(dict.fromkeys(ids))[:1000]
    products = (await db.execute(select(Product.id, Product.title).where(Product.id.in_(wanted)))).all()
    query = select(Variant.id, Variant.title, Variant.colour, Product.title).join(Product).where(Variant.id.in_(wanted))
    variants = (await db.execute(query)).all()
    named = {id: f"{product}, {colour}" if colour else title for id, title, colour, product in variants}
    return {id: id for id in wanted} | named | dict(products)
