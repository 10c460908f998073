"""Finds products by the words that people type, in any case and with or without accents."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product, Variant


def folded(text: str) -> str:
    """Words in small letters without accents, set apart by single spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def products(words: str, *, include_withdrawn: bool = False) -> Select[tuple[Product]]:
    """Products that hold every word, or whose variant has that id or GTIN; those whose title holds them first."""
    terms = folded(words).split()[:8]
    query = select(Product)
    if not include_withdrawn:
        query = query.where(
            select(Variant.id).where(Variant.product_id == Product.id, Variant.withdrawn_at.is_(None)).exists()
        )
    if not terms:
        return query.order_by(Product.title, Product.id)
    exact = words.strip()
    by_code = select(Variant.id).where(
        Variant.product_id == Product.id, or_(Variant.id == exact, Variant.gtin == exact.zfill(14))
    )
    holds = and_(*(Product.words.contains(term, autoescape=True) for term in terms))
    titled = func.lower(Product.title).contains(terms[0], autoescape=True)
    return query.where(or_(holds, by_code.exists(), Product.id == exact)).order_by(
        titled.desc(), Product.title, Product.id
    )


async def page(
    db: AsyncSession, query: Select[tuple[Product]], *, start: int, size: int
) -> tuple[Sequence[Product], int]:
    """One page of a result, and how many there are in all."""
    total = await db.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    return (await db.scalars(query.offset(start).limit(size))).all(), total or 0
