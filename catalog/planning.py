"""Compares what a feed says with what is there: which rows are new, changed, as they were, gone. Pure.

Rows are tuples in the order of the columns named here: 50,000 of them are compared in a tenth of a second and held in a
few megabytes.
"""

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.feeds.reading import Reading
from catalog.feeds.rows import InventoryRow, ProductRow, Rejection, StoreRow

PRODUCT = ("id", "title", "description", "brand", "product_type", "google_category")
VARIANT = (
    "id", "product_id", "title", "description", "colour", "size", "gender", "gtin", "link", "image_link", "price", "sale_price",
    "sale_from", "sale_until", "currency", "availability", "withdrawn_at", "swatch",
)  # fmt: skip
STOCK = ("variant_id", "store_id", "quantity", "availability", "price")
STORE = ("id", "name", "address", "latitude", "longitude", "time_zone", "hours", "withdrawn_at")
LINK, WITHDRAWN, SWATCH = VARIANT.index("image_link"), VARIANT.index("withdrawn_at"), VARIANT.index("swatch")
Row = tuple[Any, ...]
MOST_WITHDRAWN = 0.5
"""A feed that would withdraw a larger share than this is refused unless somebody insists."""
FEW = 20
"""Of fewer it says nothing: a small house may change most of what it has."""


@dataclass(frozen=True)
class Sweep:
    """`gone` of the `there` that are in the catalogue, or in a store, are missing from a feed."""

    gone: int
    there: int
    store: str = ""

    @classmethod
    def of(cls, gone: int, there: int, store: str = "") -> "Sweep | None":
        """Worth asking about, or None."""
        return cls(gone, there, store) if there >= FEW and gone > MOST_WITHDRAWN * there else None


@dataclass
class Plan:
    """What a feed would do to the catalogue: the rows to write, and the figures of its report."""

    products: list[Row] = field(default_factory=list)
    variants: list[Row] = field(default_factory=list)
    stores: list[Row] = field(default_factory=list)
    stock: list[Row] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    emptied: dict[str, list[str]] = field(default_factory=dict)
    """Variants that a store no longer names in its inventory, by store."""
    left_out: list[Rejection] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    sold: int = 0
    """How many of them there are now, before this feed."""
    swept: "Sweep | None" = None
    """The store of whose stock an inventory would take most away."""

    @property
    def sweeping(self) -> "Sweep | None":
        """That it would withdraw most of what is there: more likely a part of a feed, or another shop's."""
        return self.swept or Sweep.of(len(self.withdrawn), self.sold)

    @property
    def gone(self) -> int:
        """How many are there and missing from the feed."""
        return len(self.withdrawn) + sum(map(len, self.emptied.values()))

    @property
    def touched(self) -> list[tuple[str, set[str]]]:
        """What it is about, as (name of a column, ids): variants by their own ids or those of their products."""
        products = {row[0] for row in self.products} | {row[VARIANT.index("product_id")] for row in self.variants}
        stocked = {row[0] for row in self.stock}.union(*self.emptied.values())
        return [("product_id", products), ("id", stocked.union(self.withdrawn))]

    @property
    def empty(self) -> bool:
        """Whether writing it would change nothing."""
        return not (self.products or self.variants or self.stores or self.stock or self.gone)

    def _take(self, wanted: Row, old: Row | None) -> bool:
        """Count a row; whether it has to be written."""
        self.added += old is None
        self.unchanged += old == wanted
        self.changed += old is not None and old != wanted
        return old != wanted


def plan_products(reading: Reading[ProductRow], variants: Mapping[str, Row], products: Mapping[str, Row]) -> Plan:
    """What a product feed would do, beside the variants and products that are there, by id."""
    plan, named, groups = Plan(), _left_out(reading), {}
    for row in reading.rows:
        named.add(row.id)
        first, titles = groups.setdefault(row.item_group_id, (row, set()))
        old = variants.get(row.id)
        wanted = _variant(row, old, first)
        if plan._take(wanted, old):
            plan.variants.append(wanted)
        titles.add(row.title)
    for row, titles in groups.values():
        wanted = _product(row, titles)
        if products.get(row.item_group_id) != wanted:
            plan.products.append(wanted)
    there = [id for id, old in variants.items() if old[WITHDRAWN] is None]
    plan.sold, plan.withdrawn = len(there), [id for id in there if id not in named]
    return plan


def plan_inventory(
    reading: Reading[InventoryRow],
    stock: Mapping[str, Mapping[str, Row]],
    currencies: Mapping[str, str],
    sold: Set[str],
) -> Plan:
    """What an inventory feed would do, beside the stock of each store by variant: (quantity, availability, price).
    `currencies` are those of all variants, `sold` the variants that have not been withdrawn.

    A count that was confirmed is as fresh as one that changed, so every row is written: its moment moves. What a store
    named before and does not name now it no longer has; of stores that the feed does not name it says nothing.
    """
    plan, named = Plan(), {}
    for row in reading.rows:
        named.setdefault(row.store_code, set()).add(row.id)
        if reason := _unusable(row, stock, currencies):
            plan.left_out.append(Rejection(row.line, row.id, reason))
            continue
        price = row.sale_price or row.price
        wanted = (row.quantity, str(row.availability), price.amount if price else None)
        plan._take(wanted, stock[row.store_code].get(row.id))
        plan.stock.append((row.id, row.store_code, *wanted))
    unread = _left_out(reading)
    for store in sorted(named.keys() & stock.keys()):
        if gone := stock[store].keys() - named[store] - unread:
            plan.emptied[store] = sorted(gone)
            plan.swept = plan.swept or Sweep.of(len(gone & sold), len(stock[store].keys() & sold), store)
    return plan


def plan_stores(reading: Reading[StoreRow], stores: Mapping[str, Row]) -> Plan:
    """What a stores file would do, beside the stores that are there, by id."""
    plan, named = Plan(), _left_out(reading)
    for row in reading.rows:
        named.add(row.store_code)
        wanted = _store(row)
        if plan._take(wanted, stores.get(row.store_code)):
            plan.stores.append(wanted)
    there = [id for id, old in stores.items() if old[-1] is None]
    plan.sold, plan.withdrawn = len(there), [id for id in there if id not in named]
    return plan


def _left_out(reading: Reading) -> set[str]:
    """Ids of rows that could not be used: they are in the feed all the same, so what is there of them stays as it was."""
    return {rejection.id for rejection in reading.rejections if rejection.id}


def common_title(titles: set[str]) -> str:
    """What the titles of a product's variants share: ‘Velvet Lipstick’ of ‘Velvet Lipstick in Madder’ and its sisters."""
    shared = os.path.commonprefix(list(titles))
    if len(titles) == 1 or shared in titles:
        return shared
    words = shared[: shared.rfind(" ") + 1].rstrip(" -–—,:(/|").removesuffix(" in").rstrip(" -,")
    return words if len(words) >= 3 else min(titles)


def _variant(row: ProductRow, old: Row | None, first: ProductRow) -> Row:
    # A swatch that was taken from the picture stays while the picture does: the feed has none of its own against it.
    taken = old[SWATCH] if old is not None and old[LINK] == row.image_link else None
    sale: tuple[int | None, datetime | None, datetime | None] = (None, None, None)
    if row.sale_price:
        sale = (row.sale_price.amount, row.sale_starts_at, row.sale_ends_at)
    own_words = row.description if row.description != first.description else ""
    return (
        row.id, row.item_group_id, row.title, own_words, row.color, row.size, row.gender, row.gtin, row.link, row.image_link,
        row.price.amount, *sale, row.price.currency, str(row.availability), None, row.swatch_hex or taken,
    )  # fmt: skip


def _product(row: ProductRow, titles: set[str]) -> Row:
    path = " > ".join(row.product_type)
    return (
        row.item_group_id, common_title(titles), row.description, row.brand, path[:300], row.google_product_category[:300],
    )  # fmt: skip


def _unusable(row: InventoryRow, stock: Mapping[str, object], currencies: Mapping[str, str]) -> str:
    if row.store_code not in stock:
        return f"there is no store ‘{row.store_code}’; import the stores first"
    if row.id not in currencies:
        return f"there is no variant ‘{row.id}’; import the products first"
    if row.price and row.price.currency != currencies[row.id]:
        return f"priced in {row.price.currency}, the variant in {currencies[row.id]}"
    return ""


def _store(row: StoreRow) -> Row:
    hours = row.hours.as_document() if row.hours else {}
    return (row.store_code, row.name, row.address, row.latitude, row.longitude, row.time_zone, hours, None)
