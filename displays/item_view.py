"""What the page behind a code shows: an item with its price now, its stores by distance, and its other shades."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from catalog import hours
from catalog.links import safe_link
from catalog.models import Image, Product, Stock, Store, Variant
from catalog.pricing import Price, price_at
from catalog.stocking import MAX_AGE_SECONDS, has
from catalog.walking import haversine, walking_minutes
from displays.item_words import Speaker
from displays.models import Screen
from server.core import colour

FEW = 9
"""More than this are not counted aloud."""
NEAR_METRES = 25_000
"""Beyond it a store is in another town, and stands below."""
LONGEST_WALK = 45
"""Minutes; further stores are told in kilometres."""
CLOSING_SOON = timedelta(minutes=30)
MOST_SHADES = 60
ALIKE = 4
LARGEST = 1200
STONE = "#8b8580"
"""The room of what has no colour of its own."""


@dataclass(frozen=True)
class Picture:
    """Renditions of a picture, the smallest first: (digest, width, height)."""

    sizes: tuple[tuple[str, int, int], ...]

    @property
    def small(self) -> tuple[str, int, int]:
        return self.sizes[0]

    @property
    def large(self) -> tuple[str, int, int]:
        return max((one for one in self.sizes if one[1] <= LARGEST), key=lambda one: one[1], default=self.sizes[0])

    @property
    def srcset(self) -> str:
        return ", ".join(f"/media/{digest} {width}w" for digest, width, _ in self.sizes)


@dataclass(frozen=True, kw_only=True)
class Shade:
    """A variant beside the one that is shown."""

    path: str
    name: str
    swatch: str | None
    picture: Picture | None
    title: str
    price: str
    room: colour.Room


@dataclass(frozen=True, kw_only=True)
class Place:
    """A store with what it has of the item, in words."""

    name: str
    address: str
    way: str
    opening: str
    open: bool
    stock: str
    counted: str
    has: bool
    metres: float | None


@dataclass(frozen=True, kw_only=True)
class View:
    """The page of one item."""

    variant: Variant
    product: Product
    picture: Picture | None
    room: colour.Room
    price: Price
    link: str
    gone: bool
    places: tuple[Place, ...]
    """Those that have it, the nearest first."""
    further: tuple[Place, ...]
    """Those in other towns that have it."""
    without: tuple[Place, ...]
    shades: tuple[Shade, ...]
    sizes: tuple[Shade, ...]

    @property
    def swatch_differs(self) -> bool:
        """Whether the swatch could be told from the room that was made of it."""
        return bool(self.variant.swatch) and colour.distance(self.variant.swatch, self.room.field) > 0.06


async def view(db: AsyncSession, variant: Variant, screen: Screen | None, *, say: Speaker, at: datetime) -> View:
    """All that the page of a variant shows, as seen from a screen where one is known."""
    product = await db.get_one(Product, variant.product_id)
    places = await _places(db, variant, screen, say=say, at=at)
    gone = variant.withdrawn_at is not None
    having = [place for place in places if place.has]
    siblings = await _siblings(db, variant, say=say, at=at, screen=screen)
    if gone:
        siblings = await _alternatives(db, variant, product, siblings, say=say, at=at, screen=screen)
    image = await db.get(Image, variant.image_id) if variant.image_id else None
    return View(
        variant=variant, product=product, picture=picture(image), room=colour.room(_swatch(variant)), gone=gone,
        price=price_at(variant, at), link=safe_link(variant.link),
        places=tuple(place for place in having if not _beyond(place)), further=tuple(place for place in having if _beyond(place)),
        without=tuple(place for place in places if not place.has and not _beyond(place)),
        shades=tuple(one for one in siblings if gone or one.name != variant.colour),
        sizes=() if gone else await _sizes(db, variant, say=say, at=at, screen=screen),
    )  # fmt: skip


def picture(image: Image | None) -> Picture | None:
    """The renditions of a picture that is there; None while it is not."""
    if image is None or not image.renditions:
        return None
    return Picture(tuple((one["digest"], one["width"], one["height"]) for one in image.renditions))


def path_of(variant: Variant, screen: Screen | None = None) -> str:
    """A variant's page as seen from the same screen; without a spot, since going on is no other scan."""
    base = f"/01/{variant.gtin}" if variant.gtin else f"/v/{quote(variant.id, safe='')}"
    return f"{base}?s={screen.id}" if screen else base


def _swatch(variant: Variant) -> str:
    return variant.swatch or STONE


# -- stores -------------------------------------------------------------------------------------------------------


async def _places(
    db: AsyncSession, variant: Variant, screen: Screen | None, *, say: Speaker, at: datetime
) -> list[Place]:
    stock = {row.store_id: row for row in await db.scalars(select(Stock).where(Stock.variant_id == variant.id))}
    stores = list(await db.scalars(select(Store).where(Store.withdrawn_at.is_(None))))
    found = [_place(store, stock.get(store.id), screen, say=say, at=at) for store in stores]
    return sorted(found, key=lambda place: (place.metres is None, place.metres or 0, place.name))


def _place(store: Store, stock: Stock | None, screen: Screen | None, *, say: Speaker, at: datetime) -> Place:
    metres = None
    if screen is not None and screen.latitude is not None and screen.longitude is not None:
        metres = haversine(screen.latitude, screen.longitude, store.latitude, store.longitude)
    opening, is_open = opening_words(store, say=say, at=at)
    return Place(
        name=store.name, address=store.address, way=_way(metres, say), opening=opening, open=is_open,
        stock=stock_words(stock, say=say, at=at), counted=say("counted", ago=say.ago((at - stock.as_of).total_seconds())) if stock else "",
        has=has(stock), metres=metres,
    )  # fmt: skip


def _way(metres: float | None, say: Speaker) -> str:
    if metres is None:
        return ""
    minutes = walking_minutes(metres)
    if minutes > LONGEST_WALK:
        return say.kilometres(metres)
    return say("minute") if minutes == 1 else say("minutes", n=minutes)


def stock_words(stock: Stock | None, *, say: Speaker, at: datetime) -> str:
    """What a store has; a count that is too old is not printed."""
    if stock is None or not has(stock):
        return say("none")
    if (at - stock.as_of).total_seconds() > MAX_AGE_SECONDS:
        return say("was_there")
    if stock.quantity is not None and stock.quantity <= FEW:
        return say("left", n=stock.quantity)
    return say("few") if stock.availability == "limited" else say("in_stock")


def opening_words(store: Store, *, say: Speaker, at: datetime) -> tuple[str, bool]:
    """Whether a store is open, and until or from when; nothing where its hours are not told."""
    if not store.hours:
        return "", False
    known, zone = hours.from_document(store.hours), store.time_zone
    if known.open_at(at, zone):
        until = known.open_until(at, zone)
        if until is None:
            return say("open"), True
        return say("closes_soon" if until - at <= CLOSING_SOON else "open_until", time=say.time(until, zone)), True
    opens = known.next_opening(at, zone)
    if opens is None:
        return say("closed"), False
    return _opens(opens, zone, say=say, at=at), False


def _opens(opens: datetime, zone: str, *, say: Speaker, at: datetime) -> str:
    days = (opens.astimezone(ZoneInfo(zone)).date() - at.astimezone(ZoneInfo(zone)).date()).days
    key = {0: "today", 1: "tomorrow"}.get(days, "later" if days < 7 else "closed")
    return say(key, time=say.time(opens, zone), day=say.day(opens, zone))


def _beyond(place: Place) -> bool:
    return place.metres is not None and place.metres > NEAR_METRES


# -- what is beside it --------------------------------------------------------------------------------------------


async def _siblings(
    db: AsyncSession, variant: Variant, *, say: Speaker, at: datetime, screen: Screen | None
) -> list[Shade]:
    """The product's colours that are sold, one variant each."""
    query = (
        select(Variant)
        .where(Variant.product_id == variant.product_id, Variant.withdrawn_at.is_(None), Variant.colour != "")
        .options(selectinload(Variant.image))
        .order_by(Variant.id)
    )
    found: dict[str, Variant] = {}
    for one in await db.scalars(query.limit(400)):
        # Of several sizes of a colour, the one of the size that is shown.
        if one.colour not in found or one.size == variant.size:
            found[one.colour] = one
    return [_shade(one, say=say, at=at, screen=screen) for one in list(found.values())[:MOST_SHADES]]


async def _sizes(
    db: AsyncSession, variant: Variant, *, say: Speaker, at: datetime, screen: Screen | None
) -> tuple[Shade, ...]:
    query = select(Variant).where(
        Variant.product_id == variant.product_id, Variant.withdrawn_at.is_(None), Variant.colour == variant.colour,
        Variant.size != "", Variant.size != variant.size,
    ).options(selectinload(Variant.image)).order_by(Variant.id).limit(30)  # fmt: skip
    return tuple([_shade(one, say=say, at=at, screen=screen, name=one.size) for one in await db.scalars(query)])


async def _alternatives(
    db: AsyncSession, variant: Variant, product: Product, siblings: list[Shade], *, say: Speaker, at: datetime,
    screen: Screen | None,
) -> list[Shade]:  # fmt: skip
    """What comes closest to a variant that is no longer sold: by colour, of the product, else of its kind and brand."""
    if not siblings:
        query = (
            select(Variant)
            .join(Product)
            .where(Product.product_type == product.product_type, Product.product_type != "")
            .where(Variant.withdrawn_at.is_(None))
            .options(selectinload(Variant.image))
            .order_by((Product.brand != product.brand), Variant.id)
        )
        siblings = [_shade(one, say=say, at=at, screen=screen) for one in await db.scalars(query.limit(200))]
    own = _swatch(variant)
    return sorted(siblings, key=lambda one: colour.distance(own, one.swatch or STONE))[:ALIKE]


def _shade(variant: Variant, *, say: Speaker, at: datetime, screen: Screen | None, name: str = "") -> Shade:
    return Shade(
        path=path_of(variant, screen), name=name or variant.colour, swatch=variant.swatch, picture=picture(variant.image),
        title=variant.title, price=say.price(price_at(variant, at)), room=colour.room(_swatch(variant)),
    )  # fmt: skip
