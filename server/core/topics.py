"""Topics: small versioned documents that everything live shows, bumped in the transaction that changes them.

A version is (epoch, number): the epoch is random per database and renewed at a restore, so that a client never takes
an old number of another history for a newer one.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core.clock import now
from server.core.tables import Base, among, insert, insert_of

LARGEST_DOCUMENT = 64 * 1024
"""Bytes of a document at most; what does not fit belongs behind a page or an address of its own."""

Version = tuple[str, int]


class Topic(Base):
    """The number of a topic's last change. Never deleted: the last document says that it is over."""

    __tablename__ = "topic"
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class Epoch(Base):
    """One row: the random name of this database's history."""

    __tablename__ = "epoch"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[str] = mapped_column(String(16))


@dataclass(frozen=True)
class Reader:
    """Who asks for a topic: a device, a member of staff or a shopper."""

    kind: str
    """'device', 'staff', 'associate' (of staff, who sees one store's floor and nothing else) or 'shopper'."""
    id: str

    @property
    def topic(self) -> str:
        """The topic that is bumped when this reader's access may have changed."""
        return f"{self.kind}:{self.id}"


Build = Callable[[AsyncSession, str], Awaitable[dict[str, Any] | None]]
MayRead = Callable[[AsyncSession, Reader, str], Awaitable[bool]]
_kinds: dict[str, tuple[Build, MayRead]] = {}
preload: list[Callable[[AsyncSession, Collection[str]], Awaitable[object]]] = []
"""Each loads, in a statement or two, what documents and rules would ask for one by one of devices with these ids."""
OF_DEVICES = frozenset({"device", "screen", "kiosk"})
"""Kinds of topics under a device's id."""
AT_ONCE = 1024
"""Topics in one statement."""
GONE: dict[str, Any] = {"gone": True, "moved": None}


def document(kind: str, *, readers: MayRead) -> Callable[[Build], Build]:
    """Register how the documents `<kind>:<id>` are built from rows, and who may read them."""

    def register(build: Build) -> Build:
        _kinds[kind] = (build, readers)
        return build

    return register


async def staff_only(db: AsyncSession, reader: Reader, id: str) -> bool:
    """For topics of the console."""
    return reader.kind == "staff"


def note(db: AsyncSession, *names: str) -> None:
    """Mark topics as changed by this transaction; they are bumped together just before it commits."""
    db.info.setdefault("topics", set()).update(names)


def once_bumped(db: AsyncSession, work: Callable[[dict[str, int]], None]) -> None:
    """Have `work` done at the end of this transaction with the new numbers by name: what it sets in rows is kept too.

    A number that was read earlier may be another transaction's by then.
    """
    db.info.setdefault("once_bumped", []).append(work)


async def bump(db: AsyncSession) -> list[tuple[str, int]]:
    """Raise the number of every noted topic, sorted by name so that no two transactions wait for each other in turn."""
    moment, found = now(), []
    rows = [{"name": name, "number": 1, "changed_at": moment} for name in sorted(db.info.pop("topics", ()))]
    if rows:
        raised = await db.execute(_raising(db.get_bind().dialect.name), rows)
        found = [(name, number) for name, number in raised]
    for work in db.info.pop("once_bumped", ()):
        work(dict(found))
    return found


@cache
def _raising(dialect: str) -> Any:
    """Made once: every change runs it, and making it anew costs more than that."""
    statement = insert_of(dialect, Topic)
    return statement.on_conflict_do_update(
        index_elements=[Topic.name], set_={"number": Topic.number + 1, "changed_at": statement.excluded.changed_at}
    ).returning(Topic.name, Topic.number)


# Made once: every read of a document runs them, and making them anew costs more than that.
EPOCH = select(Epoch.value)
NUMBER = select(Topic.number).where(Topic.name == bindparam("name")).scalar_subquery()
VERSION = select(NUMBER.label("number"), EPOCH.scalar_subquery().label("epoch"))


async def read(db: AsyncSession, name: str) -> tuple[Version, dict[str, Any]]:
    """A topic's version and document, as of the snapshot that `db` holds."""
    return await version(db, name), await content(db, name)


async def version(db: AsyncSession, name: str) -> Version:
    """A topic's version."""
    row = (await db.execute(VERSION, {"name": name})).one()
    return (row.epoch or "0", row.number or 0)


async def content(db: AsyncSession, name: str) -> dict[str, Any]:
    """A topic's document."""
    kind, _, id = name.partition(":")
    built = await _kinds[kind][0](db, id) if kind in _kinds else None
    return GONE if built is None else built


async def may_read(db: AsyncSession, reader: Reader, name: str) -> bool:
    """Whether this reader may see the topic; an unknown kind of topic is nobody's."""
    kind, _, id = name.partition(":")
    return kind in _kinds and await _kinds[kind][1](db, reader, id)


async def rights(db: AsyncSession, asked: Collection[tuple[Reader, str]]) -> set[tuple[Reader, str]]:
    """Which readers may see which topic, of many at once."""
    kept = await _at_hand(db, {reader.id for reader, _ in asked})
    allowed = {(reader, name) for reader, name in asked if await may_read(db, reader, name)}
    kept.clear()
    return allowed


async def read_each(db: AsyncSession, names: list[str]) -> AsyncIterator[tuple[str, Version, dict[str, Any]]]:
    """Name, version and document of several topics, as of the same snapshot."""
    parts = [name.partition(":") for name in names]
    kept = await _at_hand(db, {id for kind, _, id in parts if kind in OF_DEVICES})
    history, found = await epoch(db), await numbers(db, names)
    for name in names:
        yield name, (history, found.get(name, 0)), await content(db, name)
    kept.clear()


async def _at_hand(db: AsyncSession, ids: Collection[str]) -> list[object]:
    """What the session would load one by one for these; at hand as long as it is held."""
    return [await load(db, ids) for load in preload] if ids else []


async def numbers(db: AsyncSession, names: list[str]) -> dict[str, int]:
    """The current numbers of many topics."""
    found: dict[str, int] = {}
    for start in range(0, len(names), AT_ONCE):
        rows = await db.execute(
            select(Topic.name, Topic.number).where(among(Topic.name, names[start : start + AT_ONCE]))
        )
        found.update((name, number) for name, number in rows)
    return found


async def epoch(db: AsyncSession) -> str:
    """The name of this database's history."""
    return await db.scalar(EPOCH) or "0"


async def renew_epoch(db: AsyncSession) -> str:
    """Begin a new history: at the first migration, and after a backup has been restored."""
    value = secrets.token_hex(4)
    if await db.scalar(select(func.count()).select_from(Epoch)):
        await db.execute(update(Epoch).values(value=value))
    else:
        await db.execute(insert(db, Epoch).values(id=1, value=value))
    return value
