"""Topics: versions that only grow, in the transaction that changes them."""

import asyncio

from sqlalchemy import event

from server.core import topics
from server.core.database import Database


async def test_a_topic_is_bumped_once_for_a_transaction_that_notes_it_twice(database: Database) -> None:
    heard: list[list[tuple[str, int]]] = []
    database.after_commit.append(heard.append)
    async with database.transaction() as db:
        topics.note(db, "queue", "loop:a")
        topics.note(db, "queue")
    async with database.transaction() as db:
        topics.note(db, "queue")
    assert heard == [[("loop:a", 1), ("queue", 1)], [("queue", 2)]]


async def test_a_transaction_that_fails_bumps_nothing_and_tells_nobody(database: Database) -> None:
    heard: list[object] = []
    database.after_commit.append(heard.append)
    try:
        async with database.transaction() as db:
            topics.note(db, "queue")
            raise RuntimeError
    except RuntimeError:
        pass
    async with database.snapshot() as db:
        assert await topics.numbers(db, ["queue"]) == {}
    assert heard == []


async def test_many_transactions_at_once_that_bump_the_same_topics_all_succeed(database: Database) -> None:
    async def one(turn: int) -> None:
        async with database.transaction() as db:
            names = [f"store:{n}" for n in range(10)]
            topics.note(db, *(names if turn % 2 else reversed(names)))

    await asyncio.gather(*(one(turn) for turn in range(40)))
    async with database.snapshot() as db:
        assert set((await topics.numbers(db, [f"store:{n}" for n in range(10)])).values()) == {40}


async def test_a_restored_database_begins_another_epoch(database: Database) -> None:
    async with database.snapshot() as db:
        before = await topics.epoch(db)
    async with database.transaction() as db:
        await topics.renew_epoch(db)
    async with database.snapshot() as db:
        assert await topics.epoch(db) != before


async def test_more_topics_than_a_statement_takes_are_bumped_together(database: Database) -> None:
    names = [f"store:{n}" for n in range(12_000)]
    async with database.transaction() as db:
        topics.note(db, *names)
    async with database.snapshot() as db:
        assert await topics.numbers(db, names) == dict.fromkeys(names, 1)


async def test_what_is_done_once_bumped_learns_this_transactions_own_numbers(database: Database) -> None:
    learnt: list[dict[str, int]] = []

    async def other() -> None:
        async with database.transaction() as db:
            topics.note(db, "loop:a")

    async with database.transaction() as db:
        topics.once_bumped(db, learnt.append)
        topics.note(db, "loop:a")
        if not database.sqlite:  # which has one writer at a time
            await other()
    assert learnt == [{"loop:a": 1 if database.sqlite else 2}]


async def test_however_many_topics_are_asked_for_there_are_few_statements_for_a_database_to_keep(
    database: Database,
) -> None:
    names = [f"screen:{number:03}" for number in range(100)]
    async with database.transaction() as db:
        topics.note(db, *names)
    said: set[str] = set()
    async with database.snapshot() as db:
        engine = (await db.connection()).sync_engine
        event.listen(engine, "before_cursor_execute", lambda *about: said.add(about[2]))
        for count in range(101):
            assert await topics.numbers(db, names[:count]) == dict.fromkeys(names[:count], 1)
    assert len(said) <= 8
