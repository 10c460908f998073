"""`vitrine match`: posts as JSON lines in, what would be shown beside each out."""

import asyncio
import io
from pathlib import Path
from typing import BinaryIO, TextIO

from catalog.feeds.reading import read_products
from catalog.feeds.rows import ProductRow
from catalog.matching.command import match_lines
from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from catalog.pricing import decimals
from catalog.shelving import items
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import require


async def run(settings: Settings, feed: Path | None, lines: BinaryIO, out: TextIO) -> None:
    """Match every line against a feed's file, or else against the catalogue in the database."""
    if feed:
        shelf = [item(row) for row in (await asyncio.to_thread(read_products, feed)).rows]
    else:
        await require(settings)
        database = Database(settings.database, settings)
        async with database.snapshot() as db:
            shelf = await items(db)
        await database.close()
    matcher = await asyncio.to_thread(Matcher, shelf)
    for answer in match_lines(io.TextIOWrapper(lines, encoding="utf-8", errors="replace"), matcher):
        out.write(answer + "\n")
        out.flush()


def item(row: ProductRow) -> MatchItem:
    """A row of a feed as the matcher takes it."""
    return MatchItem(
        variant=row.id, product=row.item_group_id, title=row.title, brand=row.brand, colour=row.color,
        product_type=" > ".join(row.product_type), swatch=row.swatch_hex, gender=row.gender,
        google_category=row.google_product_category, stock=float(row.availability != "out_of_stock"), size=row.size,
        price=row.price.amount / 10 ** decimals(row.price.currency), currency=row.price.currency,
    )  # fmt: skip
