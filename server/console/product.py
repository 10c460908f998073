"""A product: its shades, prices, stock by store, the posts that matched it, and where it plays now."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.codes import variant_address
from catalog.links import safe_link
from catalog.models import Image, Product, Stock, Store, Variant
from catalog.pricing import Price, price_at, written
from catalog.stocking import MAX_AGE_SECONDS
from catalog.tiles import STONE, thumbnail
from displays.item_view import opening_words
from displays.item_words import Speaker
from displays.models import Campaign, Scan, Spot
from displays.playing import playing, published
from kiosk import counting
from server.core import colour, staff
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotFound
from server.core.rendering import console_page
from social.models import Feed, Match, Post, Screening, Trend

POSTS = 20
MOST_PLAYING = 40
SCANNED = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ShadeRow:
    """A variant in the row of swatches."""

    variant: Variant
    picture: str | None
    room: colour.Room
    path: str


@dataclass(frozen=True)
class Shelf:
    """What a store has of a variant."""

    store: Store
    stock: Stock | None
    price: str
    opening: str
    open: bool
    old: bool


@dataclass(frozen=True)
class Echo:
    """A post that matched."""

    post: Post
    screening: Screening
    feed: Feed
    score: float
    variant: str


@dataclass(frozen=True)
class Playing:
    """A place in a loop where it is shown."""

    kind: str
    words: str
    campaign: Campaign


@get("/console/catalogue/product")
async def product_page(
    request: Request, database: Database, id: FromQuery[str] = "", variant: FromQuery[str] = ""
) -> Response[str]:
    """One product, with one of its variants at the front."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        product = await db.get(Product, id) if 0 < len(id) <= 100 and "\0" not in id else None
        shades = await _shades(db, product) if product else []
        if product is None or not shades:
            raise NotFound("There is no such product.")
        front = next((one for one in shades if one.variant.id == variant), None) or _first(shades)
        image = await db.get(Image, front.variant.image_id) if front.variant.image_id else None
        return console_page(
            request, "console/product.html", person, title=product.title, product=product, shades=shades, front=front,
            image=image, large=thumbnail(image, 1000), price=_price(front.variant), address=variant_address(front.variant),
            link=safe_link(front.variant.link), shelves=await _shelves(db, front.variant, now()),
            echoes=await _echoes(db, [one.variant.id for one in shades]),
            playing=await _playing(db, [one.variant.id for one in shades]),
            names={one.variant.id: one.variant.colour or one.variant.size or one.variant.id for one in shades},
            scans=await _scans(db, [one.variant.id for one in shades]),
            counted=await counting.lately(db, [one.variant.id for one in shades], since=(now() - SCANNED).date()),
            least=counting.LEAST,
        )  # fmt: skip


def _first(shades: list[ShadeRow]) -> ShadeRow:
    sold = [one for one in shades if one.variant.withdrawn_at is None] or shades
    return next((one for one in sold if one.picture), sold[0])


def _price(variant: Variant) -> tuple[str, str]:
    """What is paid, and what was asked before; the latter may be empty."""
    price: Price = price_at(variant, now())
    return written(price.amount, price.currency), written(price.was, price.currency) if price.was is not None else ""


async def _shades(db: AsyncSession, product: Product) -> list[ShadeRow]:
    query = (
        select(Variant, Image).outerjoin(Image, Image.id == Variant.image_id).where(Variant.product_id == product.id)
    )
    rows = await db.execute(query.order_by(Variant.withdrawn_at.is_not(None), Variant.id).limit(400))
    return [
        ShadeRow(
            variant=variant, picture=thumbnail(image, 1000), room=colour.room(variant.swatch or STONE),
            path="/console/catalogue/product?" + urlencode({"id": product.id, "variant": variant.id}),
        )
        for variant, image in rows
    ]  # fmt: skip


async def _shelves(db: AsyncSession, variant: Variant, at: datetime) -> list[Shelf]:
    stock = {row.store_id: row for row in await db.scalars(select(Stock).where(Stock.variant_id == variant.id))}
    stores = await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.name).limit(500))
    return [_shelf(store, stock.get(store.id), variant, at) for store in stores]


def _shelf(store: Store, stock: Stock | None, variant: Variant, at: datetime) -> Shelf:
    price = price_at(variant, at, in_store=stock.price if stock else None)
    opening, is_open = opening_words(store, say=Speaker("en"), at=at)
    old = stock is not None and (at - stock.as_of).total_seconds() > MAX_AGE_SECONDS
    return Shelf(store, stock, written(price.amount, price.currency), opening, is_open, old)


async def _echoes(db: AsyncSession, variants: list[str]) -> list[Echo]:
    """The newest posts that matched one of the variants; the best match of each."""
    query = (
        select(Match, Screening, Post, Feed)
        .join(Screening, Screening.id == Match.screening_id)
        .join(Post, Post.id == Screening.post_id)
        .join(Feed, Feed.id == Screening.feed_id)
        .where(Match.variant_id.in_(variants), Post.gone_at.is_(None), Screening.state != "over")
        .order_by(Match.screening_id.desc(), Match.rank)
        .limit(POSTS * 5)
    )
    found: dict[int, Echo] = {}
    for match, screening, post, feed in await db.execute(query):
        found.setdefault(screening.id, Echo(post, screening, feed, match.score, match.variant_id))
    return list(found.values())[:POSTS]


async def _playing(db: AsyncSession, variants: list[str]) -> list[Playing]:
    """Where one of the variants is on a card that may play now."""
    wanted, found = set(variants), []
    for campaign in await published(db):
        one = await playing(db, campaign)
        for spot in (*one.posts, *one.trends, *one.evergreens, *one.calls):
            if wanted & set(spot.card.variants):
                found.append(Playing(spot.kind.replace("_", " and "), await _said(db, spot.id), campaign))
    return found[:MOST_PLAYING]


async def _said(db: AsyncSession, spot: str) -> str:
    """What a spot says, in its own words."""
    number = int(re.match(r"\D(\d+)", spot)[1])
    if spot[0] == "p":
        post = await db.get(Post, number)
        return f"@{post.author_handle}: {post.text}" if post else ""
    if spot[0] == "t":
        trend = await db.get(Trend, number)
        return trend.word if trend else ""
    own = await db.get(Spot, number) if spot[0] == "e" else None
    return own.headline if own else ""


async def _scans(db: AsyncSession, variants: list[str]) -> int:
    recent = select(func.count()).select_from(Scan).where(Scan.scanned_at > now() - SCANNED)
    return await db.scalar(recent.where(Scan.variant_id.in_(variants))) or 0


ROUTES = [product_page]
