"""Writes the house's three feeds as files, in the form that shops already have: products, local inventory, stores.

Opening hours are one text per store: parts joined by `; `, each `days spans`. Days are `mon`..`sun`, a run `mon-fri`,
or one date `2026-12-25`, which outranks its weekday. Spans are `closed` or `09:30-12:30,13:30-21:30`, in the store's
own time zone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from catalog.demo.house import BRAND, CURRENCY, Variant, variants
from catalog.demo.stores import STORES, availability, quantity

PRODUCT_COLUMNS = (
    "id", "item_group_id", "title", "description", "link", "image_link", "price", "sale_price", "availability", "brand",
    "gtin", "color", "size", "gender", "product_type", "google_product_category", "swatch_hex",
)  # fmt: skip
INVENTORY_COLUMNS = ("store_code", "id", "quantity", "price", "availability")
STORE_COLUMNS = ("store_code", "name", "address", "latitude", "longitude", "time_zone", "hours")


def write_feeds(folder: Path) -> tuple[Path, Path, Path]:
    """Write `products.tsv`, `inventory.tsv` and `stores.tsv` (UTF-8, LF) into a folder; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _write(folder / "products.tsv", PRODUCT_COLUMNS, map(product_row, variants())),
        _write(folder / "inventory.tsv", INVENTORY_COLUMNS, inventory_rows()),
        _write(folder / "stores.tsv", STORE_COLUMNS, store_rows()),
    )


def product_row(variant: Variant) -> tuple[str, ...]:
    """One line of the product feed."""
    product = variant.product
    sale = money(product.sale_pence) if product.sale_pence else ""
    return (
        variant.id, product.id, variant.title, variant.description,
        variant.link, variant.image_link, money(product.pence), sale, variant.availability,
        BRAND, variant.gtin, variant.shade.name, variant.size, variant.gender,
        product.product_type, product.google_product_category, variant.shade.hex,
    )  # fmt: skip


def inventory_rows() -> Iterator[tuple[str, ...]]:
    """One line for each variant and store, also for those that are out."""
    for store in STORES:
        for variant in variants():
            count = quantity(variant, store)
            pence = variant.product.sale_pence or variant.product.pence
            yield store.code, variant.id, str(count), money(pence), availability(count)


def store_rows() -> Iterator[tuple[str, ...]]:
    """One line for each store."""
    for s in STORES:
        yield s.code, s.name, s.address, f"{s.latitude:.5f}", f"{s.longitude:.5f}", s.time_zone, s.hours


def money(pence: int) -> str:
    """Minor units as Google Merchant writes a price: `24.00 GBP`."""
    return f"{pence // 100}.{pence % 100:02d} {CURRENCY}"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path
