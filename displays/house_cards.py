"""Cards that are the house's own: trends with what goes with them, calls for posts, evergreen spots."""

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.cards import content as say
from displays.cards.errors import CannotShow
from displays.changes import note_loops
from displays.keeping import having_stock, item, keep
from displays.models import CallCard, Campaign, Spot, TrendCard
from displays.playing import campaign_of
from server.core import media, topics
from server.core.clock import now
from server.core.database import settings_of
from server.core.events import FeedChanged, PictureReady, TrendChanged, on
from server.core.tables import add_unless_there
from social import consent
from social.models import Feed, Trend

log = structlog.get_logger()
LINE_UP = 4
EVERYWHERE = ("0.0.0.0", "[::]")  # noqa: S104 - nobody can open that: a call needs an address


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
    many = trend.kind != "visits" and trend.authors >= int(
        feed.trends.get("least_authors", 3)
    )  # a pinned trend may be down to one
    what = say.TrendContent(
        word=word,
        items=items,
        curve=tuple(float(n) for n in trend.curve),
        count=trend.authors if many else None,
        minutes=trend.minutes,
        collected=trend.kind == "visits",
    )
    try:
        card = await keep(db, what, variants=tuple(one.variant for one in items))
    except CannotShow:
        return
    if made and made.card != card:
        made.card, made.composed_at = card, now()
    elif made is None:
        await add_unless_there(db, TrendCard, trend_id=trend.id, card=card, composed_at=now())
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
        made.card = card
    else:
        await add_unless_there(db, CallCard, feed_id=feed.id, card=card)
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
    spot.card = await keep(db, what, variants=(spot.variant_id,) if spot.variant_id else ())
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
    """Evergreens that waited for their item's picture get it."""
    for spot in list(await db.scalars(select(Spot).where(Spot.variant_id.in_(event.variant_ids)))):
        await recompose_spot(db, spot)
        await note_loops(db, await db.get(Campaign, spot.campaign_id))
