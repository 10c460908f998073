"""From a record's texts to a row of its kind, or the reason why it cannot be one."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from sys import intern
from typing import Generic, TypeVar

from catalog import codes, hours, money
from catalog.feeds import texts
from catalog.feeds.records import Record
from catalog.feeds.rows import Availability, InventoryRow, ProductRow, RowError, StoreRow
from server.core.zones import known_zones

RowT = TypeVar("RowT", ProductRow, InventoryRow, StoreRow)


@dataclass(frozen=True)
class Kind(Generic[RowT]):
    """A kind of feed: its columns, those it cannot do without, how a row is judged, and what is unique in it."""

    name: str
    columns: frozenset[str]
    required: tuple[str, ...]
    id_column: str
    row: Callable[[Record], RowT]
    key: Callable[[RowT], Hashable]
    key_words: str


def product(record: Record) -> ProductRow:
    """Raises RowError, or the CodeError or PriceError of a cell."""
    get = record.texts.get
    id = texts.identifier(get("id", ""), "id")
    group = get("item_group_id", "").strip()
    title = texts.clean(get("title", ""), 150)
    if not title:
        raise RowError("no title")
    price = _price(get("price", ""))
    starts_at, ends_at = texts.span(get("sale_price_effective_date", ""))
    gtin = get("gtin", "").strip()
    return ProductRow(
        line=record.line,
        id=id,
        item_group_id=intern(texts.identifier(group, "item_group_id")) if group else id,
        title=title,
        description=intern(texts.prose(get("description", ""), 5_000)),
        link=texts.link(get("link", ""), "link"),
        image_link=texts.link(get("image_link", ""), "image_link"),
        price=price,
        sale_price=_sale(get("sale_price", ""), price),
        sale_starts_at=starts_at,
        sale_ends_at=ends_at,
        availability=texts.availability(get("availability", "")),
        brand=intern(texts.clean(get("brand", ""), 70)),
        gtin=codes.parse_gtin(gtin) if gtin else None,
        color=intern(texts.clean(get("color", ""), 100)),
        size=intern(texts.clean(get("size", ""), 60)),
        gender=intern(texts.clean(get("gender", ""), 20).lower()),
        product_type=texts.path(get("product_type", "")),
        google_product_category=intern(texts.clean(get("google_product_category", ""), 300)),
        swatch_hex=texts.swatch(get("swatch_hex", "")),
    )


TO_ORDER = {Availability.PREORDER, Availability.BACKORDER}


def inventory(record: Record) -> InventoryRow:
    """Raises RowError, or the PriceError of a cell. A quantity of none is out of stock, whatever else the row says; so is
    what can only be ordered: nobody should walk to a store for it."""
    get = record.texts.get
    count = texts.quantity(get("quantity", ""))
    said = get("availability", "").strip()
    if count is None and not said:
        raise RowError("neither a quantity nor an availability")
    found = texts.availability(said) if said else Availability.IN_STOCK
    price = _price(get("price", "")) if get("price", "").strip() else None
    return InventoryRow(
        line=record.line,
        store_code=intern(_store_code(record)),
        id=intern(texts.identifier(get("id", ""), "id")),
        quantity=count,
        availability=Availability.OUT_OF_STOCK if count == 0 or found in TO_ORDER else found,
        price=price,
        sale_price=_sale(get("sale_price", ""), price) if price else None,
    )


def store(record: Record) -> StoreRow:
    """Raises RowError, or the HoursError of a cell."""
    get = record.texts.get
    code = _store_code(record)
    name = texts.clean(get("name", ""), 100)
    if not name:
        raise RowError("no name")
    latitude = texts.degrees(get("latitude", ""), "latitude", limit=90)
    longitude = texts.degrees(get("longitude", ""), "longitude", limit=180)
    if latitude == longitude == 0:
        raise RowError("latitude 0 and longitude 0 are a place at sea: the coordinates were left blank")
    opening = get("hours", "").strip()
    return StoreRow(
        line=record.line,
        store_code=code,
        name=name,
        address=texts.clean(get("address", ""), 300),
        latitude=latitude,
        longitude=longitude,
        time_zone=_time_zone(get("time_zone", "").strip()),
        hours=hours.parse(opening) if opening else None,
    )


def _price(text: str) -> money.Money:
    price = money.parse(text)
    if not price.amount:
        raise RowError(f"no price: {texts.quoted(text)} is nothing")
    return price


def _sale(text: str, price: money.Money) -> money.Money | None:
    """The sale price. The same as the price is no sale, as many exports write it."""
    if not text.strip():
        return None
    sale = _price(text)
    if sale.currency != price.currency:
        raise RowError(f"sale_price {sale} is in another currency than the price, {price}")
    if sale.amount > price.amount:
        raise RowError(f"sale_price {sale} is above the price, {price}")
    return sale if sale.amount < price.amount else None


def _store_code(record: Record) -> str:
    code = texts.identifier(record.texts.get("store_code", ""), "store_code")
    if len(code) > 60:
        raise RowError(f"store_code {texts.quoted(code)} is longer than 60 characters")
    return code


def _time_zone(name: str) -> str:
    if not name:
        raise RowError("no time_zone; write one such as Europe/London")
    if name not in known_zones():
        raise RowError(f"time_zone {texts.quoted(name)} is not known; write one such as Europe/London")
    return name


PRODUCTS = Kind(
    name="product",
    columns=frozenset(
        {
            "id",
            "item_group_id",
            "title",
            "description",
            "link",
            "image_link",
            "price",
            "sale_price",
            "sale_price_effective_date",
            "availability",
            "brand",
            "gtin",
            "color",
            "size",
            "gender",
            "product_type",
            "google_product_category",
            "swatch_hex",
        }
    ),  # fmt: skip
    required=("id", "title", "price", "availability"),
    id_column="id",
    row=product,
    key=lambda row: row.id,
    key_words="id",
)
INVENTORY = Kind(
    name="inventory",
    columns=frozenset({"store_code", "id", "quantity", "price", "sale_price", "availability"}),
    required=("store_code", "id"),
    id_column="id",
    row=inventory,
    key=lambda row: (row.store_code, row.id),
    key_words="store_code and id",
)
STORES = Kind(
    name="stores",
    columns=frozenset({"store_code", "name", "address", "latitude", "longitude", "hours", "time_zone"}),
    required=("store_code", "name", "latitude", "longitude", "time_zone"),
    id_column="store_code",
    row=store,
    key=lambda row: row.store_code,
    key_words="store_code",
)
