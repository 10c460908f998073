"""Bytes under their digest: kept once, and known to be wanted when they are stored again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from server.core import media
from server.core.clock import now
from server.core.database import Database
from server.core.media import Media

FIRE, HEART = b"<svg>fire</svg>", b"<svg>heart</svg>"


async def store(database: Database, *bodies: bytes) -> None:
    async with database.transaction() as db:
        for body in bodies:
            await media.store(db, body, "image/svg+xml")


async def stored_at(database: Database, body: bytes) -> float:
    async with database.snapshot() as db:
        return (await db.get_one(Media, media.digest(body))).created_at.timestamp()


async def test_what_is_stored_again_counts_as_new_when_it_was_old(database: Database) -> None:
    await store(database, FIRE, HEART)
    long_ago = now() - timedelta(days=3)
    async with database.transaction() as db:
        await db.execute(update(Media).values(created_at=long_ago))
    await store(database, FIRE)
    assert await stored_at(database, FIRE) > now().timestamp() - 60
    assert await stored_at(database, HEART) < now().timestamp() - 86400


@pytest.mark.postgresql
async def test_two_that_store_the_same_in_other_orders_never_wait_for_each_other(database: Database) -> None:
    if database.sqlite:
        pytest.skip("SQLite has one writer at a time")
    await store(database, FIRE, HEART)
    async with asyncio.timeout(20), database.transaction() as one, database.transaction() as other:
        await media.store(one, FIRE, "image/svg+xml")
        await media.store(other, HEART, "image/svg+xml")
        await media.store(one, HEART, "image/svg+xml")
        await media.store(other, FIRE, "image/svg+xml")
