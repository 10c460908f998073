"""What goes on in a store at its tablets: who waits for somebody, what is in the bag that they called with, and how the tablets stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Store, Variant
from catalog.pricing import Price, price_at, written
from catalog.stocking import MAX_AGE_SECONDS, has
from catalog.tiles import thumbnail
from kiosk import calling, keeping, kiosks
from kiosk.models import Bag, Call, Kiosk, KioskReport, Visit
from kiosk.standing import Standing, stand
from server.core.clock import now
from server.core.colour import Room, room

STONE = "#8b8580"
"""The room of what has no colour of its own."""
MOST_ITEMS = 12
"""Items of a bag that a call shows; who comes sees the rest on the tablet."""


@dataclass(frozen=True)
class Line:
    """A tablet as lists show it."""

    kiosk: Kiosk
    report: KioskReport | None
    standing: Standing
    visit: Visit | None


@dataclass(frozen=True)
class Item:
    """Something in a bag, as somebody who fetches it from a shelf needs it."""

    title: str
    shade: str
    """Colour and size, as far as there are any."""
    room: Room
    picture: str | None
    price: str
    was: str
    stock: str
    there: bool
    """Whether it can be fetched here."""


@dataclass(frozen=True)
class Waiting:
    """An open call: a shopper at a tablet, without a name."""

    call: Call
    kiosk: Kiosk
    items: tuple[Item, ...]
    more: int
    """Items that are in the bag besides."""


@dataclass(frozen=True)
class Floor:
    """A store's floor now."""

    store: Store
    calls: tuple[Waiting, ...]
    tablets: tuple[Line, ...]
    collected: dict[str, int]
    """Items in the bag of each visit that goes on, by its id."""

    @property
    def waiting(self) -> int:
        """Calls that nobody has answered."""
        return sum(one.call.answered_at is None for one in self.calls)


@dataclass(frozen=True)
class Summary:
    """A store in the list of floors."""

    store: Store
    waiting: int
    answered: int
    visits: int
    tablets: int
    connected: int


async def floor(db: AsyncSession, store: Store) -> Floor:
    """What goes on in a store: the longest waiting first."""
    calls = [await _waiting(db, store, call) for call in await calling.open_calls(db, store.id)]
    tablets = await lines(db, await kiosks.present(db, store.id))
    collected = {one.visit.id: len(await _contents(db, one.visit)) for one in tablets if one.visit}
    return Floor(store, tuple(calls), tuple(tablets), collected)


async def lines(db: AsyncSession, tablets: Sequence[Kiosk]) -> list[Line]:
    """These tablets with how each stands."""
    ids, moment = [one.id for one in tablets], now()
    reports = {one.kiosk_id: one for one in await db.scalars(select(KioskReport).where(KioskReport.kiosk_id.in_(ids)))}
    open_now = select(Visit).where(Visit.kiosk_id.in_(ids), Visit.ended_at.is_(None)).order_by(Visit.began_at)
    visits = {one.kiosk_id: one for one in await db.scalars(open_now)}
    stores = select(Store.id, Store.time_zone).where(Store.id.in_({one.store_id for one in tablets}))
    zones = dict((await db.execute(stores)).all())
    standing = {
        one.id: stand(reports.get(one.id), moment=moment, zone=zones[one.store_id], busy=one.id in visits)
        for one in tablets
    }
    return [Line(one, reports.get(one.id), standing[one.id], visits.get(one.id)) for one in tablets]


async def summaries(db: AsyncSession) -> list[Summary]:
    """Every store that has a tablet, those where somebody waits first."""
    every = await lines(db, await kiosks.present(db))
    calls: dict[str, list[Call]] = {}
    for call in await db.scalars(select(Call).where(Call.ended_at.is_(None))):
        calls.setdefault(call.store_id, []).append(call)
    stores = await db.scalars(select(Store).where(Store.id.in_({one.kiosk.store_id for one in every})))
    found = [_summary(store, calls.get(store.id, ()), every) for store in stores]
    return sorted(found, key=lambda one: (-one.waiting, one.store.name.casefold()))


def _summary(store: Store, calls: Iterable[Call], every: list[Line]) -> Summary:
    tablets = [one for one in every if one.kiosk.store_id == store.id]
    answered = [call.answered_at is not None for call in calls]
    return Summary(
        store, waiting=answered.count(False), answered=answered.count(True), visits=sum(one.visit is not None for one in tablets),
        tablets=len(tablets), connected=sum(bool(one.report and one.report.connected) for one in tablets),
    )  # fmt: skip


# -- the bag of a call --------------------------------------------------------------------------------------------


async def _waiting(db: AsyncSession, store: Store, call: Call) -> Waiting:
    variants = await _contents(db, await db.get_one(Visit, call.visit_id))
    items = await _items(db, store, variants[:MOST_ITEMS])
    return Waiting(call, await db.get_one(Kiosk, call.kiosk_id), tuple(items), len(variants) - len(items))


async def _contents(db: AsyncSession, visit: Visit) -> list[str]:
    """The variants in the bag of a visit, the newest first."""
    return [item.variant for item in await keeping.contents(db, await db.get_one(Bag, visit.bag_id))]


async def _items(db: AsyncSession, store: Store, variants: list[str]) -> list[Item]:
    query = select(Variant, Product, Image, Stock).join(Product, Product.id == Variant.product_id)
    query = query.outerjoin(Image, Image.id == Variant.image_id)
    query = query.outerjoin(Stock, (Stock.variant_id == Variant.id) & (Stock.store_id == store.id))
    rows = {row[0].id: row for row in (await db.execute(query.where(Variant.id.in_(variants)))).all()}
    return [_item(*rows[id]) for id in variants if id in rows]


def _item(variant: Variant, product: Product, image: Image | None, stock: Stock | None) -> Item:
    price = price_at(variant, now(), in_store=stock.price if stock else None)
    there, words = stocked(stock)
    return Item(
        title=product.title, shade=", ".join(filter(None, (variant.colour, variant.size))), room=room(variant.swatch or STONE),
        picture=thumbnail(image, 160), price=written(price.amount, price.currency), was=_was(price), stock=words, there=there,
    )  # fmt: skip


def _was(price: Price) -> str:
    return written(price.was, price.currency) if price.was is not None else ""


def stocked(stock: Stock | None) -> tuple[bool, str]:
    """Whether the store has some of it, and how much in words; a count that is too old is not told."""
    if stock is None or not has(stock):
        return False, "none here"
    old = (now() - stock.as_of).total_seconds() > MAX_AGE_SECONDS
    if old:
        return True, "had some when last counted"
    if stock.quantity is None:
        return True, "a few here" if stock.availability == "limited" else "here"
    return True, f"{stock.quantity:,} here"
