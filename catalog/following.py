"""Keeps what a process makes of the catalogue up with its changes: made of everything once, then of what changed.

What is made is never changed itself. Another takes its place when it is ready, made in a thread; whoever has the one
before goes on with it.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AsyncExitStack
from math import inf
from typing import Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import changes
from server.core.database import Database
from server.core.refusals import told

log = structlog.get_logger()
RESTS = 10
"""How many times as long as making took it is not made anew, unless somebody waits for it: a night of imports, or of
pictures, does so a few times."""
COLOURS_SECONDS = 300
"""Pictures bring colours without news of the catalogue: so often it is looked whether any came."""

Row = TypeVar("Row")
Made = TypeVar("Made")


class Following(ABC, Generic[Row, Made]):
    """One thing made of all rows of the catalogue, which follows it."""

    rest_seconds = 0.0
    """How long it is not made anew at least."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.made: Made | None = None
        self.change = 0
        """The newest change of the catalogue that is in `made`."""
        self._off_colour = False
        self._began_at, self._took, self._looked_at = -inf, 0.0, 0.0
        self._lock, self._alone = asyncio.Lock(), asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._news = False

    @abstractmethod
    async def rows(self, db: AsyncSession, products: Collection[str] | None = None) -> list[Row]:
        """All that it is made of, or what is of these products."""

    @abstractmethod
    def make(self, rows: list[Row]) -> Made:
        """Make it of everything; in a thread."""

    @abstractmethod
    def rework(self, made: Made, rows: list[Row], products: Collection[str]) -> Made:
        """Another with these rows in place of all that is of these products; in a thread."""

    @abstractmethod
    async def colours(self, db: AsyncSession, made: Made) -> bool:
        """Whether it knows as many colours as the catalogue has."""

    @property
    def busy(self) -> bool:
        """Whether another is being made."""
        return self._lock.locked()

    @property
    def idle(self) -> bool:
        """Whether nothing is being done behind people's backs."""
        return self._task is None or self._task.done()

    async def behind(self, db: AsyncSession) -> bool:
        """Whether the catalogue has changed since."""
        return await changes.newest(db) > self.change

    async def follow(self, db: AsyncSession) -> bool:
        """Work in what changed, if it was a few products; False where it was many, or is not known."""
        # Asked before the lock: whoever holds it has a connection, for which all that wait could leave none.
        if not await self.behind(db) and self.made is not None:
            return True
        async with self._lock:
            newest, products = await changes.since(db, self.change)
            if self.made is not None and newest <= self.change:
                return True
            if self.made is None or products is None:
                return False
            made = await self._changed(self.made, await self.rows(db, products), products) if products else self.made
            if made is not None:
                self.take(made, newest)
            return made is not None

    async def _changed(self, made: Made, rows: list[Row], products: Collection[str]) -> Made | None:
        try:
            return await asyncio.to_thread(self.rework, made, rows, products)
        except Exception:  # it would fail for ever: what is made of everything owes nothing to what was
            log.exception("change_not_worked_in", by=type(self).__name__)
            return None

    async def make_anew(self, db: AsyncSession) -> None:
        """Make it of everything, unless somebody did meanwhile."""
        async with self._lock:
            if found := await self._read(db):
                await self._make(*found)

    async def make_anew_alone(self) -> None:
        """The same for whoever has no session: one of them at a time opens one, for the reading alone."""
        async with self._alone, AsyncExitStack() as reading:
            db = await reading.enter_async_context(self._database.snapshot())
            await changes.newest(db)  # before the lock, as in `follow`
            async with self._lock:
                found = await self._read(db)
                await reading.aclose()
                if found:
                    await self._make(*found)

    async def follow_colours(self, db: AsyncSession) -> None:
        """Make it anew behind people's backs if pictures brought colours; asked now and then, looks every few minutes."""
        if self.made is not None and time.monotonic() - self._looked_at > COLOURS_SECONDS and not self.busy:
            self._looked_at = time.monotonic()
            self._off_colour = not await self.colours(db, self.made)
            if self._off_colour:
                self.follow_behind()

    def follow_behind(self) -> None:
        """Follow what has changed while people go on with what there is."""
        self._news = True
        if self.idle:
            self._task = asyncio.create_task(self._follow_behind())

    async def _follow_behind(self) -> None:
        while self._news:  # what is said while it is at work is not in it
            self._news = False
            try:
                await self._catch_up()
            except Exception as error:
                told("catalogue_not_followed", error, by=type(self).__name__)

    async def _catch_up(self) -> None:
        async with self._database.snapshot() as db:
            if await self.follow(db) and not self._off_colour:
                return
        if time.monotonic() - self._began_at >= max(self.rest_seconds, RESTS * self._took):
            await self.make_anew_alone()

    async def _read(self, db: AsyncSession) -> tuple[int, list[Row]] | None:
        """The newest change with everything; None where that is in already."""
        newest = await changes.newest(db)
        if self.made is not None and newest <= self.change and not self._off_colour:
            return None
        return newest, await self.rows(db)

    async def _make(self, newest: int, rows: list[Row]) -> None:
        self._began_at = time.monotonic()  # also of one that fails: it is tried again after a rest
        made = await asyncio.to_thread(self.make, rows)
        self._looked_at, self._off_colour = time.monotonic(), False
        self._took = self._looked_at - self._began_at
        self.take(made, newest)

    def take(self, made: Made, newest: int) -> None:
        """Put it in the place of the one before; it has all changes up to `newest`."""
        self.made, self.change = made, newest
