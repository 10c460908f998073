"""The light table: all that a moderator needs to decide on one post of the queue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Variant
from displays import composing
from displays.keeping import having_stock
from displays.models import Campaign, Card, Proposal
from displays.playing import campaign_of
from displays.reaching import reaches
from displays.screens import aspect, present
from server.console.marking import Told, told
from server.core.errors import NotFound
from social import consent, corrections, moderation
from social.models import Consent, Correction, Feed, Match, Moderation, Post, PostRevision, Screening


@dataclass(frozen=True)
class Choice:
    """A variant that could stand beside the post."""

    variant: Variant
    product: Product
    picture: str | None
    in_stock: bool
    reasons: tuple[dict[str, Any], ...] = ()
    score: float | None = None
    wrong: Correction | None = None
    """That somebody called it wrong for this post."""

    @property
    def name(self) -> str:
        """The item with its shade or size."""
        return ", ".join(part for part in (self.product.title, self.variant.colour or self.variant.size) if part)


@dataclass(frozen=True)
class Fit:
    """On how many of the campaign's screens the card can stand."""

    fits: int
    screens: int
    landscape: bool
    portrait: bool
    without: tuple[str, ...]
    """Names of screens that it does not fit."""


@dataclass(frozen=True)
class Table:
    """One post, laid out to be decided on."""

    screening: Screening
    post: Post
    feed: Feed
    campaign: Campaign | None
    proposal: Proposal | None
    card: Card | None
    told: Told
    """The post's words, with those marked that speak for `about`, or that held it."""
    about: Choice | None
    choices: tuple[Choice, ...]
    chosen: Choice | None
    consent: Consent | None
    revisions: tuple[PostRevision, ...]
    fit: Fit | None
    verdict: Moderation | None
    before: Mapping[str, int]
    """How often posts of this author were approved, rejected or withdrawn in this feed."""
    nothing: Correction | None = None
    """That somebody said that nothing fits this post."""

    @property
    def tagged(self) -> bool:
        """Whether the author used the opt-in tag, which is consent only while its call is on the glass."""
        return consent.has_optin_tag(self.feed, self.post)

    @property
    def may_pair(self) -> bool:
        """Whether the campaign shows posts beside items at all."""
        return self.campaign is None or "post_item" in self.campaign.modes

    @property
    def may_stand_alone(self) -> bool:
        """Whether the campaign shows posts alone."""
        return self.campaign is None or "post" in self.campaign.modes


async def find(db: AsyncSession, id: int) -> Screening:
    """A row of the queue. Raises NotFound."""
    screening = await db.get(Screening, id)
    if screening is None:
        raise NotFound("This post is not in the queue.")
    return screening


async def table(db: AsyncSession, id: int) -> Table:
    """Everything about one post of the queue. Raises NotFound."""
    screening = await find(db, id)
    post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
    campaign, proposal = await campaign_of(db, feed.id), await db.get(Proposal, id)
    card = await db.get(Card, proposal.card) if proposal and proposal.card else None
    standing = await corrections.of(db, screening)
    choices = await _choices(db, await composing.matches(db, screening), standing)
    variant = proposal.variant_id if proposal else None
    picked = next((one for one in choices if one.variant.id == variant), None)
    if variant and picked is None:
        picked = next(iter(await variants(db, [variant])), None)
    about = picked or next((one for one in choices if not one.wrong), None)
    revisions = (
        select(PostRevision).where(PostRevision.post_id == post.id).order_by(PostRevision.number.desc()).limit(10)
    )
    return Table(
        screening=screening, post=post, feed=feed, campaign=campaign, proposal=proposal, card=card,
        told=told(post.text, [*(about.reasons if about else ()), *screening.held]), about=about, choices=choices,
        chosen=picked, consent=await consent.current(db, post, feed),
        revisions=tuple(await db.scalars(revisions)), fit=await fit(db, campaign, card) if card else None,
        verdict=await moderation.latest(db, screening), before=await _before(db, post, feed),
        nothing=next((one for one in standing if one.kind == "nothing"), None),
    )  # fmt: skip


async def _choices(db: AsyncSession, matches: list[Match], standing: list[Correction]) -> tuple[Choice, ...]:
    wrong = {one.shown_variant: one for one in standing if one.kind == "wrong"}
    found = {one.variant.id: one for one in await variants(db, [match.variant_id for match in matches])}
    return tuple(
        replace(one, reasons=tuple(match.reasons), score=match.score, wrong=wrong.get(one.variant.id))
        for match in matches if (one := found.get(match.variant_id))
    )  # fmt: skip


async def variants(db: AsyncSession, ids: list[str]) -> list[Choice]:
    """Variants that are sold, by their ids, in that order."""
    query = select(Variant, Product, Image).join(Product).outerjoin(Image, Image.id == Variant.image_id)
    in_stock = await having_stock(db, ids)
    found: dict[str, Choice] = {}
    for variant, product, image in await db.execute(query.where(Variant.id.in_(ids), Variant.withdrawn_at.is_(None))):
        smallest = image.renditions[0]["digest"] if image and image.renditions else None
        found[variant.id] = Choice(variant, product, smallest, variant.id in in_stock)
    return [found[id] for id in ids if id in found]


async def fit(db: AsyncSession, campaign: Campaign | None, card: Card) -> Fit:
    """Which of a campaign's screens can show a card; of all screens where there is no campaign yet."""
    labels = campaign.labels if campaign else ()
    screens = [one for one in await present(db) if reaches(labels, one.labels)]
    without = [one for one in screens if aspect(one) not in card.fits]
    return Fit(
        fits=len(screens) - len(without), screens=len(screens), landscape="16:9" in card.fits, portrait="9:16" in card.fits,
        without=tuple(one.name for one in without),
    )  # fmt: skip


async def _before(db: AsyncSession, post: Post, feed: Feed) -> dict[str, int]:
    query = (
        select(Moderation.verdict, func.count())
        .join(Post, Post.id == Moderation.post_id)
        .where(Post.network == post.network, Post.author_id == post.author_id, Post.id != post.id)
        .where(Moderation.feed_id == feed.id, Moderation.over_at.is_(None))
    )
    return dict((await db.execute(query.group_by(Moderation.verdict))).all())
