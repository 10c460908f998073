"""Composes the cards that may play: for waiting posts, trends, evergreen spots and calls; and hears what asks for new ones."""

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Store, Variant
from displays import withdrawals
from displays.cards import content as say
from displays.cards.compose import compose
from displays.cards.errors import CannotShow
from displays.changes import note_loops
from displays.models import CallCard, Campaign, Card, Proposal, Spot, TrendCard
from displays.playing import campaign_of
from server.core import brand, media, topics
from server.core.clock import iso, now
from server.core.database import settings_of
from server.core.events import (
    FeedChanged,
    PictureReady,
    PostApproved,
    PostJudged,
    PostWithdrawn,
    TrendChanged,
    on,
)
from server.core.tables import add_unless_there
from social import consent, moderation
from social.models import Feed, Match, Moderation, Picture, Post, Screening, Trend

log = structlog.get_logger()
CARD_PICTURE_WIDTH = 1200
LINE_UP = 4
EVERYWHERE = ("0.0.0.0", "[::]")  # noqa: S104 - nobody can open that: a call needs an address


# -- the composed card --------------------------------------------------------------------------------------------


async def keep(db: AsyncSession, what: say.Content, *, variants: tuple[str, ...] = ()) -> Card:
    """Compose a content in the brand's kit and keep it with all it needs. Raises CannotShow."""
    language = settings_of(db).language
    composed = compose(what, brand=await brand.current(db), language=language)
    digest = await media.store(db, composed.html, "text/html; charset=utf-8")
    for part in sorted(composed.media, key=lambda part: part.digest):
        await media.store(db, part.body, part.content_type)
    if card := await db.get(Card, digest):
        return card
    await add_unless_there(
        db, Card,
        digest=digest, kind=composed.kind, layout=f"{composed.layout}@{composed.revision}", language=language,
        pictures=list(composed.pictures), fonts=list(composed.fonts), fits=list(composed.fits), variants=list(variants),
        field=composed.html.decode().partition('data-field="')[2][:7], composed_at=now(),
    )  # fmt: skip
    return await db.get_one(Card, digest)


# -- what goes on a card ------------------------------------------------------------------------------------------


async def item(db: AsyncSession, variant_id: str) -> say.Item | None:
    """A variant as cards name it; None when it was withdrawn."""
    query = select(Variant, Product, Image).join(Product).outerjoin(Image, Image.id == Variant.image_id)
    row = (await db.execute(query.where(Variant.id == variant_id, Variant.withdrawn_at.is_(None)))).one_or_none()
    if row is None:
        return None
    variant, product, image = row
    return say.Item(
        variant=variant.id, name=product.title, shade=variant.colour, swatch=variant.swatch, brand=product.brand,
        picture=_largest(image, alt=f"{product.title} {variant.colour}".strip()),
    )  # fmt: skip


def _largest(image: Image | None, *, alt: str) -> say.Picture | None:
    fitting = [one for one in (image.renditions if image else []) if one["width"] <= CARD_PICTURE_WIDTH]
    if not fitting:
        return None
    best = max(fitting, key=lambda one: one["width"])
    return say.Picture(best["digest"], best["width"], best["height"], alt, image.backdrop if image else None)


async def quoted(db: AsyncSession, post: Post) -> say.Post:
    """A post as its network asks for it to be shown. Raises CannotShow when a picture of it could not be fetched."""
    avatar = await db.get(Picture, post.author_avatar) if post.author_avatar else None
    pictures = []
    for one in post.media:
        found = await db.get(Picture, one["url"]) if one.get("url") else None
        if (picture := _picture(found, one.get("alt", ""))) is None:
            raise CannotShow("A picture of the post is not here, and a post is shown whole or not at all.")
        pictures.append(picture)
    return say.Post(
        network=post.network,
        author=say.Author(post.author_name, post.author_handle, _picture(avatar, "")),
        text=post.text, posted_at=post.created_at, language=post.lang or None, edited=bool(post.flags.get("edited")),
        pictures=tuple(pictures),
    )  # fmt: skip


def _picture(found: Picture | None, alt: str) -> say.Picture | None:
    return say.Picture(found.digest, found.width, found.height, alt) if found and found.digest else None


# -- posts --------------------------------------------------------------------------------------------------------


async def propose(db: AsyncSession, screening: Screening, *, variant_id: str | None = None, mode: str = "") -> Proposal:
    """Compose what would play if this post were approved now: beside an item with consent, alone without.

    A person may choose the variant, or with `mode` 'post' that there is none.
    """
    post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
    await add_unless_there(db, Proposal, screening_id=screening.id, mode="")
    proposal = await db.get_one(Proposal, screening.id)
    campaign = await campaign_of(db, feed.id)
    modes = campaign.modes if campaign else ["post", "post_item"]
    agreed = await consent.current(db, post, feed) is not None
    chosen = (
        variant_id or await best_variant(db, screening) if agreed and "post_item" in modes and mode != "post" else None
    )
    beside = await item(db, chosen) if chosen else None
    proposal.mode, proposal.variant_id = ("post_item", chosen) if beside else ("post", None)
    proposal.card, proposal.reason = None, ""
    if proposal.mode not in modes:
        proposal.reason = "Without the author's consent this campaign shows no post; it counts towards trends."
        return proposal
    try:
        quote = await quoted(db, post)
        what = say.PostItemContent(quote, beside) if beside else say.PostContent(quote)
        proposal.card = (await keep(db, what, variants=(chosen,) if beside and chosen else ())).digest
    except CannotShow as error:
        proposal.reason = str(error)[:300]
    await db.flush()
    return proposal


async def propose_again(db: AsyncSession, screening: Screening) -> None:
    """Compose a waiting post's card anew beside the item that it stands beside, which somebody may have chosen."""
    proposal = await db.get(Proposal, screening.id)
    await propose(db, screening, variant_id=proposal.variant_id if proposal else None)


async def propose_all(db: AsyncSession, feed_id: int) -> None:
    """Compose the proposals of a feed's queue anew, the newest five hundred."""
    waiting = select(Screening).where(Screening.feed_id == feed_id, Screening.state == "waiting")
    for screening in list(await db.scalars(waiting.order_by(Screening.id.desc()).limit(500))):
        await propose_again(db, screening)
    topics.note(db, "queue")


async def best_variant(db: AsyncSession, screening: Screening) -> str | None:
    """The best match that some store has now; none when nothing that matched can be had."""
    if not screening.show:
        return None
    in_stock = await having_stock(db, [match.variant_id for match in await matches(db, screening)])
    return next((match.variant_id for match in await matches(db, screening) if match.variant_id in in_stock), None)


async def matches(db: AsyncSession, screening: Screening) -> list[Match]:
    """What goes with a post, best first."""
    return list(await db.scalars(select(Match).where(Match.screening_id == screening.id).order_by(Match.rank)))


async def having_stock(db: AsyncSession, variants: list[str]) -> set[str]:
    """Those of the variants that an open store has on its shelf."""
    query = select(Stock.variant_id).join(Store, Store.id == Stock.store_id).where(
        Stock.variant_id.in_(variants), Store.withdrawn_at.is_(None), Stock.availability != "out_of_stock"
    )  # fmt: skip
    return set(await db.scalars(query.where((Stock.quantity > 0) | Stock.quantity.is_(None))))


def frame(proposal: Proposal, card: Card) -> moderation.Frame:
    """What a verdict keeps of the card that was seen."""
    return moderation.Frame(
        mode=proposal.mode, variant_id=proposal.variant_id, layout=card.layout, language=card.language, card=card.digest
    )


@on(PostJudged)
async def post_judged(db: AsyncSession, event: PostJudged) -> None:
    """Compose the proposal; approve it at once where the feed's rule has said so."""
    screening = await db.get_one(Screening, event.screening_id)
    if screening.state != "waiting":
        return
    proposal = await propose(db, screening)
    post = await db.get_one(Post, screening.post_id)
    post.stamps = {**post.stamps, "composed": iso(now())}
    if screening.rule_approves and proposal.card:
        card = await db.get_one(Card, proposal.card)
        await moderation.approve(db, screening, frame(proposal, card), by=moderation.RULE, reason=screening.rule_reason)


@on(PostApproved)
async def post_approved(db: AsyncSession, event: PostApproved) -> None:
    """It plays next on every screen of the feed's campaign."""
    verdict = await db.get_one(Moderation, event.moderation_id)
    if campaign := await campaign_of(db, verdict.feed_id):
        await note_loops(db, campaign)


@on(PostWithdrawn)
async def post_withdrawn(db: AsyncSession, event: PostWithdrawn) -> None:
    """It leaves the glass at once, and which screens no longer have it is counted."""
    for feed_id in event.feed_ids:
        if campaign := await campaign_of(db, feed_id):
            await withdrawals.begin(db, event.post_id, campaign)
            await note_loops(db, campaign)


# -- trends, calls, evergreens ------------------------------------------------------------------------------------


@on(TrendChanged)
async def trend_changed(db: AsyncSession, event: TrendChanged) -> None:
    """Give a trend that may be shown, or that waits for somebody's word, a card with variants that are in stock."""
    trend = await db.get_one(Trend, event.trend_id)
    made = await db.get(TrendCard, trend.id)
    topics.note(db, "trends")
    if trend.state in ("rising", "allowed", "pinned"):
        await compose_trend(db, trend, made)
    elif made:
        await db.delete(made)
    if campaign := await campaign_of(db, trend.feed_id):
        await note_loops(db, campaign)


async def compose_trend(db: AsyncSession, trend: Trend, made: TrendCard | None) -> None:
    """A trend's card with what goes with it and is in stock; none when nothing is."""
    in_stock = await having_stock(db, trend.variants)
    ids = [id for id in trend.variants if id in in_stock][:LINE_UP]
    items = tuple([found for id in ids if (found := await item(db, id))])
    if not items:
        if made:
            await db.delete(made)
        return
    word = f"#{trend.word}" if trend.kind == "hashtag" else trend.word
    feed = await db.get_one(Feed, trend.feed_id)
    many = trend.authors >= int(feed.trends.get("least_authors", 3))  # a pinned trend may be down to one
    what = say.TrendContent(
        word=word,
        items=items,
        curve=tuple(float(n) for n in trend.curve),
        count=trend.authors if many else None,
        minutes=trend.minutes,
    )
    try:
        card = await keep(db, what, variants=tuple(one.variant for one in items))
    except CannotShow:
        return
    if made and made.card != card.digest:
        made.card, made.composed_at = card.digest, now()
    elif made is None:
        await add_unless_there(db, TrendCard, trend_id=trend.id, card=card.digest, composed_at=now())
    await db.flush()


async def compose_call(db: AsyncSession, feed: Feed) -> None:
    """The card with a feed's opt-in tag and the address of its terms; none without both."""
    made = await db.get(CallCard, feed.id)
    terms = await consent.versions(db, feed.id)
    address = settings_of(db).address.partition("://")[2]
    if not feed.optin_tag or not terms or address.startswith(EVERYWHERE):
        if made:
            await db.delete(made)
        return
    address += f"/terms/{feed.id}"
    try:
        card = await keep(db, say.CallContent(tag=feed.optin_tag, terms=address))
    except CannotShow:
        if made:  # calls for a tag, or names an address, that is no longer right
            await db.delete(made)
        return
    if made:
        made.card = card.digest
    else:
        await add_unless_there(db, CallCard, feed_id=feed.id, card=card.digest)
    await db.flush()


async def compose_spot(db: AsyncSession, spot: Spot) -> None:
    """An evergreen spot's card. Raises CannotShow when its words do not fit anywhere."""
    pictures = {name: await _own_picture(db, getattr(spot, name), spot.headline) for name in ("landscape", "portrait")}
    what = say.EvergreenContent(
        headline=spot.headline,
        words=spot.words,
        item=await item(db, spot.variant_id) if spot.variant_id else None,
        field=spot.field,
        **pictures,
    )
    spot.card = (await keep(db, what, variants=(spot.variant_id,) if spot.variant_id else ())).digest
    await db.flush()


async def recompose_spot(db: AsyncSession, spot: Spot) -> None:
    """Compose a spot anew for a reason that is not its author's: what cannot be shown so keeps the card that it has."""
    try:
        await compose_spot(db, spot)
    except CannotShow as error:
        log.warning("spot_not_composed", spot=spot.id, reason=str(error))


async def _own_picture(db: AsyncSession, digest: str | None, alt: str) -> say.Picture | None:
    if digest is None:
        return None
    from io import BytesIO

    from PIL import Image as Pillow

    found = await media.find(db, digest)
    width, height = Pillow.open(BytesIO(found[0])).size if found else (0, 0)
    return say.Picture(digest, width, height, alt) if found else None


@on(FeedChanged)
async def feed_changed(db: AsyncSession, event: FeedChanged) -> None:
    """Compose the call anew."""
    await compose_call(db, await db.get_one(Feed, event.feed_id))
    if campaign := await campaign_of(db, event.feed_id):
        await note_loops(db, campaign)


@on(PictureReady)
async def picture_ready(db: AsyncSession, event: PictureReady) -> None:
    """Cards that waited for a product's picture get it; those of approved posts keep what was approved."""
    for spot in await db.scalars(select(Spot).where(Spot.variant_id.in_(event.variant_ids))):
        await recompose_spot(db, spot)
        await note_loops(db, await db.get(Campaign, spot.campaign_id))
    query = (
        select(Screening).join(Proposal).where(Screening.state == "waiting", Proposal.variant_id.in_(event.variant_ids))
    )
    for screening in list(await db.scalars(query)):
        await propose_again(db, screening)
        topics.note(db, "queue")
