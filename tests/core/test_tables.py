"""Rows that are added unless they are there."""

from server.core.clock import now
from server.core.database import Database
from server.core.lease import Lease
from server.core.tables import add_unless_there


async def test_a_row_is_added_once_and_whoever_adds_it_hears_whether_it_was_he(database: Database) -> None:
    async with database.transaction() as db:
        told = [await add_unless_there(db, Lease, name="a", holder="", term=n, until=now()) for n in range(2)]
        assert told == [True, False]
        assert (await db.get_one(Lease, "a")).term == 0


async def test_what_waits_to_be_written_is_written_before_a_row_is_added(database: Database) -> None:
    async with database.transaction() as db:
        before = Lease(name="a", holder="", term=7, until=now())
        db.add(before)
        await db.flush()
        before.name = "b"
        assert await add_unless_there(db, Lease, name="a", holder="", term=8, until=now())
    async with database.snapshot() as db:
        assert ((await db.get_one(Lease, "a")).term, (await db.get_one(Lease, "b")).term) == (8, 7)
