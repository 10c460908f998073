"""Whether a store has a variant, to be taken home today: one judgement, for rows and for queries."""

from sqlalchemy import ColumnElement

from catalog.models import Stock

MAX_AGE_SECONDS = 36 * 3600
"""A count older than this is not printed; shops send theirs once a day at least."""


def in_store() -> ColumnElement[bool]:
    """That a row of stock says so; a store that counts nothing is believed."""
    return (Stock.availability != "out_of_stock") & ((Stock.quantity > 0) | Stock.quantity.is_(None))


def has(stock: Stock | None) -> bool:
    """Whether this row of stock says so; without a row there is none."""
    return stock is not None and stock.availability != "out_of_stock" and stock.quantity != 0
