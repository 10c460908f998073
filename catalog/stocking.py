"""Whether a store has a variant, to be taken home today: one judgement, for rows and for queries."""

from sqlalchemy import ColumnElement

from catalog.models import Stock


def in_store() -> ColumnElement[bool]:
    """That a row of stock says so; a store that counts nothing is believed."""
    return (Stock.availability != "out_of_stock") & ((Stock.quantity > 0) | Stock.quantity.is_(None))


def has(stock: Stock | None) -> bool:
    """Whether this row of stock says so; without a row there is none."""
    return stock is not None and stock.availability != "out_of_stock" and stock.quantity != 0
