"""Writes many rows in few statements: they travel as JSON that was packed before the transaction began.

Row by row, Python would hold the database's lock while it hands over values, and every busy thread would make that
longer. So the lock lasts only as long as the database itself needs: `INSERT ... SELECT` from what it unpacks.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Select, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.tables import Base, Moment

A_CHUNK = 4_000
"""Rows a statement, about a megabyte or two of JSON."""
A_PART = 2_000
"""Rows read at once; between two parts other work of this process has its turn."""
LOCK = 7_436_914_301
"""Any number that nobody else locks by."""


@dataclass(frozen=True)
class Packed:
    """Rows of one table, ready to be written; `but` says in SQL what a column becomes where its row is there already."""

    model: type[Base]
    columns: tuple[str, ...]
    chunks: tuple[str, ...] = ()
    but: Mapping[str, str] = field(default_factory=dict)


def pack(
    model: type[Base],
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    but: Mapping[str, str] | None = None,
) -> Packed:
    """Pack rows, tuples in the order of `columns`. No floats: SQLite reads their last digit otherwise than Python."""
    chunks = (rows[start : start + A_CHUNK] for start in range(0, len(rows), A_CHUNK))
    return Packed(model, columns, tuple(_packed(chunk) for chunk in chunks), but or {})


async def alone(db: AsyncSession) -> None:
    """Let one transaction at a time write the catalogue: two that took its rows in turn would wait for each other.

    SQLite has one writer anyway. Readers never wait.
    """
    if not _sqlite(db):
        await db.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": LOCK})


async def upsert(db: AsyncSession, packed: Packed) -> None:
    """Add the rows; those whose key is there are changed."""
    keys = [column.name for column in packed.model.__table__.primary_key]
    rest = [name for name in packed.columns if name not in keys]
    changes = ", ".join(f"{name} = {packed.but.get(name, f'excluded.{name}')}" for name in rest)
    await _insert(db, packed, f"({', '.join(keys)}) DO UPDATE SET {changes}")


async def add_new(db: AsyncSession, packed: Packed) -> None:
    """Add the rows that are not there yet, and leave the others alone."""
    await _insert(db, packed, "DO NOTHING")


async def change_many(db: AsyncSession, statement: str, ids: Iterable[str], **values: Any) -> None:
    """Run an UPDATE or DELETE in which `IN :ids` stands for a list of any length."""
    listed = (
        "SELECT value FROM json_each(:ids)" if _sqlite(db) else "SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))"
    )
    query = text(statement.replace("IN :ids", f"IN ({listed})"))
    moments = [bindparam(name, type_=Moment()) for name, value in values.items() if isinstance(value, datetime)]
    await db.execute(query.bindparams(*moments), {"ids": _packed(list(ids)), **values})


async def rows(db: AsyncSession, query: Select[Any]) -> AsyncIterator[Any]:
    """The rows of a long result, part by part."""
    result = await db.stream(query.execution_options(yield_per=A_PART))
    async for part in result.partitions(A_PART):
        for row in part:
            yield row


async def _insert(db: AsyncSession, packed: Packed, conflict: str) -> None:
    table, names = packed.model.__table__, ", ".join(packed.columns)
    unpack, source = (_from_sqlite, "json_each(:rows)") if _sqlite(db) else (
        _from_postgres, "jsonb_array_elements(CAST(:rows AS jsonb)) AS value"
    )  # fmt: skip
    values = ", ".join(unpack(table.columns[name], at) for at, name in enumerate(packed.columns))
    # WHERE true: without it SQLite takes ON for the beginning of a join.
    into = f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {source}"  # noqa: S608 - our own names alone
    query = text(f"{into} WHERE true ON CONFLICT {conflict}")
    for chunk in packed.chunks:
        await db.execute(query, {"rows": chunk})


def _from_sqlite(column: Column[Any], at: int) -> str:
    return f"json_extract(value, '$[{at}]')"


def _from_postgres(column: Column[Any], at: int) -> str:
    if isinstance(column.type, Moment):
        return f"(value->>{at} || '+00')::timestamptz"
    if isinstance(column.type, JSON):
        return f"(value->>{at})::json"
    return f"(value->>{at})::{column.type.compile()}"


def _packed(values: Sequence[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: datetime) -> str:
    """As SQLAlchemy writes moments into SQLite, so that all that is stored compares as text."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _sqlite(db: AsyncSession) -> bool:
    return db.get_bind().dialect.name == "sqlite"
