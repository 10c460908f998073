"""Finds products by the words that people type, in any case and with or without accents, and by what is the matter."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Store, Variant
from catalog.stocking import in_store

MOST_TERMS = 8
MOST_CHOICES = 400
LETTERS = str.maketrans({"đ": "d", "ø": "o", "æ": "ae", "å": "a", "ł": "l", "œ": "oe"})
"""Letters that no rule of Unicode takes apart, as people type them on a keyboard that lacks them."""


def folded(text: str) -> str:
    """Words in small letters without accents, set apart by single spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which products somebody looks for; empty is any."""

    words: str = ""
    brand: str = ""
    type: str = ""
    """A product type, with all below it."""
    stock: str = ""
    """'in': some store has one; 'out': none has."""
    picture: str = ""
    """'missing': a variant that is sold has none that can be shown; 'refused': one was refused."""
    withdrawn: bool = False
    """Those that have left the feed, instead of those that are sold."""
    swatches: tuple[str, ...] | None = None
    """A variant that is sold has one of these colours (#rrggbb); None: any, and () is none at all."""
    here: str = ""
    """A store that has a variant, of these colours where some are named, to be taken home today."""

    def query(self) -> Select[Any]:
        """The products, best first: those whose title begins with the words, holds them, and all others by title."""
        query = select(Product).where(*self.conditions())
        words = folded(self.words)
        if not words:
            return query.order_by(Product.title, Product.id)
        rank = case(
            (Product.words.startswith(words, autoescape=True), 0), (_begins(words), 1), else_=2
        )  # fmt: skip
        return query.order_by(rank, Product.title, Product.id)

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a product that is looked for fulfils."""
        sold = _some(Variant.withdrawn_at.is_(None))
        found: list[ColumnElement[bool]] = [~sold if self.withdrawn else sold]
        if self.swatches is not None or self.here:
            found.append(self._such())
        if self.words.strip():
            found.append(_said(self.words))
        if self.brand:
            found.append(Product.brand == self.brand)
        if self.type:
            below = Product.product_type.startswith(f"{self.type} > ", autoescape=True)
            found.append(or_(Product.product_type == self.type, below))
        if self.stock in ("in", "out"):
            found.append(_in_stock() if self.stock == "in" else ~_in_stock())
        if self.picture in ("missing", "refused"):
            found.append(_without_picture(refused=self.picture == "refused"))
        return found

    def _such(self) -> ColumnElement[bool]:
        """One variant is all that is asked of a variant."""
        such = select(Variant.product_id).where(Variant.withdrawn_at.is_(None))
        if self.swatches is not None:
            such = such.where(Variant.swatch.in_(self.swatches))
        if self.here:
            held = (Stock.variant_id == Variant.id) & (Stock.store_id == self.here)
            such = such.join(Stock, held).where(in_store())
        return Product.id.in_(such)


async def page(db: AsyncSession, query: Select[Any], *, start: int, size: int) -> tuple[Sequence[Product], int]:
    """One page of a result, and how many there are in all."""
    total = await db.scalar(
        select(func.count()).select_from(query.order_by(None).with_only_columns(Product.id).subquery())
    )
    return (await db.scalars(query.offset(start).limit(size))).all(), total or 0


async def brands(db: AsyncSession) -> list[str]:
    """The brands there are."""
    query = select(Product.brand).where(Product.brand != "").distinct().order_by(Product.brand)
    return list(await db.scalars(query.limit(MOST_CHOICES)))


async def types(db: AsyncSession) -> list[str]:
    """The product types there are, with those above them: 'Beauty', 'Beauty > Lips', 'Beauty > Lips > Lipstick'."""
    query = select(Product.product_type).where(Product.product_type != "").distinct()
    found: set[str] = set()
    for path in await db.scalars(query.limit(5000)):
        parts = path.split(" > ")
        found |= {" > ".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return sorted(found)[:MOST_CHOICES]


def _said(words: str) -> ColumnElement[bool]:
    """Every word is in it, or it has a variant with that id or GTIN."""
    exact = words.strip()
    code = select(Variant.product_id).where(or_(Variant.id == exact, Variant.gtin == exact.replace(" ", "").zfill(14)))
    terms = folded(words).split()[:MOST_TERMS]
    holds = and_(*(_begins(term) for term in terms)) if terms else Product.id == exact
    return or_(holds, Product.id == exact, Product.id.in_(code))


def _begins(words: str) -> ColumnElement[bool]:
    """A word of it begins so: ‘lip’ is in lipstick and not in slip, ‘red’ not in hundred."""
    return (literal(" ") + Product.words).contains(f" {words}", autoescape=True)


def _some(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Variant.id).where(Variant.product_id == Product.id, condition).exists()


def _in_stock() -> ColumnElement[bool]:
    holding = (
        select(Stock.variant_id)
        .join(Store, Store.id == Stock.store_id)
        .where(Stock.variant_id == Variant.id, Store.withdrawn_at.is_(None), in_store())
    )
    return _some(and_(Variant.withdrawn_at.is_(None), holding.exists()))


def _without_picture(*, refused: bool) -> ColumnElement[bool]:
    if refused:
        bad: ColumnElement[bool] = Variant.image_id.in_(select(Image.id).where(Image.state == "refused"))
    else:
        ready = select(Image.id).where(Image.id == Variant.image_id, Image.state == "ready")
        bad = ~ready.exists()
    return _some(and_(Variant.withdrawn_at.is_(None), bad))


def products(words: str) -> Select[Any]:
    """Products that are sold and hold every word, best first."""
    return Search(words=words).query()
