"""Alkanet Row, the invented house of the demonstration: its story and its range, expanded to products and variants."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from catalog.demo.beauty import BEAUTY
from catalog.demo.fashion import FASHION
from catalog.demo.shades import SHADES, Shade

BRAND = "Alkanet Row"
SITE = "https://alkanetrow.example"
CURRENCY = "GBP"
STORY = (
    "Alkanet is a small blue flower with a red root. Steeped in oil it stains a lip; in the vat it stains silk. "
    "Alkanet Row began as one dye-house that did both, and still keeps a single colour book: "
    "every shade is mixed once, for mouths and for hems."
)
TAGLINE = "One colour book, for lips and hems."
INK = "#241730"  # the near-black of the packaging
FIELD = "#5A2A6F"  # the house purple
ACCENT = "#D9B872"  # the pale gold of cases and clasps

# One variant in this many carries no GTIN, as in real feeds.
WITHOUT_GTIN_EVERY = 17


@dataclass(frozen=True)
class Product:
    """What the house designs: one form, one description, poured or dyed in several shades."""

    id: str
    number: int
    name: str
    form: str
    product_type: str
    google_product_category: str
    pence: int
    sale_pence: int | None
    shades: tuple[Shade, ...]
    sizes: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Variant:
    """What is sold: a product in one shade and, where it fits, one size. Sizes of a shade share a `picture`."""

    id: str
    product: Product
    shade: Shade
    size: str
    gtin: str
    picture: str
    availability: str

    @property
    def title(self) -> str:
        size = f", {self.size}" if self.size else ""
        return f"{self.product.name} in {self.shade.name}{size}"

    @property
    def description(self) -> str:
        return f"{self.product.description} {self.shade.name}: {self.shade.words[0].lower()}{self.shade.words[1:]}"

    @property
    def link(self) -> str:
        return f"{SITE}/products/{self.product.id}?variant={self.id}"

    @property
    def image_link(self) -> str:
        return f"{SITE}/pictures/{self.picture}.png"

    @property
    def gender(self) -> str:
        return "female" if re.search("Dress|Skirt|Heels|Evening", self.product.product_type) else "unisex"


@cache
def products() -> tuple[Product, ...]:
    """The whole range, beauty first, in a fixed order."""
    rows = [*_rows(BEAUTY), *_rows(FASHION)]
    return tuple(_product(number, row) for number, row in enumerate(rows, start=101))


@cache
def variants() -> tuple[Variant, ...]:
    """Every variant of the range, in a fixed order; ids, GTINs and pictures never depend on anything but the tables."""
    return tuple(variant for product in products() for variant in _variants(product))


def check_digit(digits: str) -> int:
    """The GS1 check digit for twelve digits of a GTIN-13."""
    return -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, for ids and file names."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _rows(table: str) -> list[list[str]]:
    joined = re.sub(r"\n  \| ", " | ", table.strip())
    return [re.split(r"\s*\|\s*", line) for line in joined.splitlines()]


def _product(number: int, row: list[str]) -> Product:
    name, form, product_type, category, price, shades, sizes, words = row
    full, _, sale = price.partition(">")
    return Product(
        id=slug(" ".join(name.split()[:2])), number=number, name=name, form=form, product_type=product_type,
        google_product_category=category, pence=int(full), sale_pence=int(sale) if sale else None,
        shades=tuple(SHADES[s.strip()] for s in shades.split(",")),
        sizes=tuple(s.strip() for s in sizes.split(",")) if sizes else (), description=words,
    )  # fmt: skip


def _variants(product: Product) -> list[Variant]:
    pairs = [(shade, size) for shade in product.shades for size in product.sizes or ("",)]
    return [_variant(product, index, shade, size) for index, (shade, size) in enumerate(pairs, start=1)]


def _variant(product: Product, index: int, shade: Shade, size: str) -> Variant:
    picture = slug(f"{product.id} {shade.name}")
    serial = product.number * 31 + index
    return Variant(
        id=slug(f"{picture} {size}"), product=product, shade=shade, size=size, picture=picture,
        gtin="" if serial % WITHOUT_GTIN_EVERY == 0 else _gtin(product, index),
        availability="out_of_stock" if serial % 23 == 0 else "in_stock",
    )  # fmt: skip


def _gtin(product: Product, index: int) -> str:
    digits = f"9526{product.number:04d}{index:04d}"
    return f"{digits}{check_digit(digits)}"
