"""What every table shares: the declarative base, its naming of constraints, and the column types of the house."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import JSON, ColumnElement, DateTime, MetaData, TypeDecorator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

Value = TypeVar("Value")


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


async def add_unless_there(db: AsyncSession, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key is there: two transactions may both have found it missing. Whether it was added."""
    added = await db.execute(_unless_there(db.get_bind().dialect.name, model), values)
    return added.rowcount == 1  # type: ignore[attr-defined]


@cache
def _unless_there(dialect: str, model: type[Base]) -> Any:
    """Made once, since making it anew costs more than running it, and of the table: the ORM's own tells no number of rows."""
    return insert_of(dialect, model.__table__).on_conflict_do_nothing()


def among(column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column holds one of very many values, in a statement of one of few lengths."""
    return column.in_(padded(list(values)))


def padded(values: Sequence[Value]) -> list[Value]:
    """So many values that it is a power of two, by repeating the last one.

    A database keeps each statement that it has prepared, on each connection, and SQLAlchemy each that it has compiled. The
    sweep alone asks for thousands of topics, each time for another number of them: what was kept of that grew by megabytes
    a minute.
    """
    room = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return [*values, *values[-1:] * room]


def insert(db: AsyncSession, model: type[Base]) -> Any:
    """An INSERT of this database's kind, which knows ON CONFLICT. Only the dialect that is used is ever loaded."""
    return insert_of(db.get_bind().dialect.name, model)


def insert_of(dialect: str, model: Any) -> Any:
    """The same for a statement that is made once and used often."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(model)
