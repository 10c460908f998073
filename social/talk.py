"""What is being said of items, where it may stand beside them: approved, whole, with its author's consent, and not kept quiet.

A tablet and a phone obey the same rule as a billboard. What a billboard knows besides (a campaign that is over, the red
button) is asked of whoever registered as knowing it.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.events import PostWithdrawn, TrendChanged, on
from server.core.topics import Reader, document
from social.models import Consent, Feed, Moderation, Picture, Post, Screening, Trend

MOST = 6
MOST_LOOKED_AT = 60
MOST_SPOKEN_OF = 300
MOST_TRENDS = 200
SHOWN = ("allowed", "pinned")
"""States of trends that may be shown."""
TOPIC = "talk:now"
"""Moves when something that was said must leave a page that shows it."""

Quiet = Callable[[AsyncSession, str, datetime], Awaitable[Collection[int]]]
_quiet: list[Quiet] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post as its network asks for it to be shown: whole, unaltered, with its author's name, handle and picture.

    `avatar` and `pictures` are digests, `alts` what the pictures show in their author's words.
    """

    network: str
    author: str
    handle: str
    avatar: str
    text: str
    lang: str
    created_at: datetime
    url: str
    edited: bool
    pictures: tuple[str, ...]
    alts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rising:
    """A word that people say, and the variants that go with it."""

    word: str
    kind: str
    variants: tuple[str, ...]


def knows_quiet(ask: Quiet) -> Quiet:
    """Register who knows of feeds that may not be heard now: asked with a mode of cards ('post_item', 'trend') and a
    moment, it answers with the feeds' ids."""
    if ask not in _quiet:
        _quiet.append(ask)
    return ask


async def said_of(db: AsyncSession, variants: Collection[str], *, at: datetime, most: int = MOST) -> list[Said]:
    """What is said of any of these variants, the newest first."""
    query = (await _shown(db, at)).with_only_columns(Post).where(Moderation.variant_id.in_(variants))
    posts = list(dict.fromkeys(await db.scalars(query.limit(MOST_LOOKED_AT))))
    digests = await _digests(db, posts)
    whole = (said for post in posts if (said := as_said(post, digests)) is not None)
    return [said for said, _ in zip(whole, range(most), strict=False)]


async def variants_spoken_of(db: AsyncSession, *, at: datetime) -> list[str]:
    """The variants beside which posts stand now, those of the newest posts first; as many as are worth looking at."""
    query = (await _shown(db, at)).with_only_columns(Moderation.variant_id).limit(MOST_SPOKEN_OF)
    return [variant for variant in dict.fromkeys(await db.scalars(query)) if variant]


async def _shown(db: AsyncSession, at: datetime) -> Select[Any]:
    """Posts that may stand beside the item they are approved with, the newest first."""
    return (
        select(Post)
        .select_from(Post)
        .join(Moderation, Moderation.post_id == Post.id)
        .join(Screening, Screening.id == Moderation.screening_id)
        .join(Feed, Feed.id == Moderation.feed_id)
        .where(Moderation.verdict == "approved", Moderation.over_at.is_(None), Moderation.mode == "post_item")
        .where(Moderation.revision == Post.revision, Post.gone_at.is_(None))
        .where(Screening.state == "approved", Feed.ended_at.is_(None), _consented())
        .where(Feed.id.not_in(await _quiet_feeds(db, "post_item", at)))
        .order_by(Post.created_at.desc(), Post.id.desc())
    )


def as_said(post: Post, digests: Mapping[str, str]) -> Said | None:
    """A post with its pictures by address; None where one is not here: a post is shown whole or not at all."""
    pictures = [digests.get(one.get("url", "")) for one in post.media]
    avatar = digests.get(post.author_avatar)
    if avatar is None or not all(pictures) or not (post.author_name.strip() and post.author_handle.strip("@ ")):
        return None
    return Said(
        network=post.network, author=post.author_name, handle=post.author_handle, avatar=avatar, text=post.text,
        lang=post.lang, created_at=post.created_at, url=post.url, edited=bool(post.flags.get("edited")),
        pictures=tuple(filter(None, pictures)), alts=tuple(one.get("alt") or "" for one in post.media),
    )  # fmt: skip


async def trends_of(db: AsyncSession, variant: str, *, at: datetime) -> list[Rising]:
    """The trends that somebody, or a rule, has let onto the glass and that this variant goes with: pinned ones first."""
    query = (
        select(Trend)
        .join(Feed, Feed.id == Trend.feed_id)
        .where(Trend.state.in_(SHOWN), Trend.kind != "visits", Feed.ended_at.is_(None))
        .where(Feed.id.not_in(await _quiet_feeds(db, "trend", at)))
        .order_by((Trend.state == "pinned").desc(), Trend.rise.desc(), Trend.id)
        .limit(MOST_TRENDS)
    )
    found = [one for one in await db.scalars(query) if variant in one.variants]
    return [Rising(one.word, one.kind, tuple(one.variants)) for one in found]


def _consented() -> Any:
    query = select(Consent.id).where(
        and_(Consent.post_id == Moderation.post_id, Consent.feed_id == Moderation.feed_id),
        and_(Consent.revision == Moderation.revision, Consent.withdrawn_at.is_(None)),
    )
    return query.exists()


async def _quiet_feeds(db: AsyncSession, mode: str, at: datetime) -> set[int]:
    return {feed for ask in _quiet for feed in await ask(db, mode, at)}


async def _digests(db: AsyncSession, posts: Iterable[Post]) -> dict[str, str]:
    """By address, the pictures of these posts and their authors that are here."""
    urls = {url for post in posts for url in (post.author_avatar, *(one.get("url") for one in post.media)) if url}
    query = select(Picture.url, Picture.digest).where(Picture.url.in_(urls), Picture.digest.is_not(None))
    return dict((await db.execute(query)).all())


# -- topic --------------------------------------------------------------------------------------------------------


async def _anybody(db: AsyncSession, reader: Reader, id: str) -> bool:
    return id == "now"


@document("talk", readers=_anybody)
async def talk_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """That something was withdrawn: a page that shows what is said asks for it again."""
    return {"talk": id}


@on(PostWithdrawn)
async def _withdrawn(db: AsyncSession, event: PostWithdrawn) -> None:
    topics.note(db, TOPIC)


@on(TrendChanged)
async def _decided(db: AsyncSession, event: TrendChanged) -> None:
    trend = await db.get(Trend, event.trend_id)
    if trend is None or trend.state not in SHOWN:
        topics.note(db, TOPIC)
