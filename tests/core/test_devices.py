"""A code is worth one device, however many hands type it in."""

import asyncio

from server.core import devices
from server.core.database import Database
from server.core.errors import Conflict


async def test_a_code_that_two_people_type_at_once_makes_one_device(database: Database) -> None:
    async with database.transaction() as db:
        offer = await devices.offer(db, kind="screen", width=1920, height=1080)
    both = asyncio.Barrier(2)

    async def pair(name: str) -> str:
        try:
            async with database.transaction() as db:
                pairing = await devices.waiting(db, offer.code)
                if not database.sqlite:  # which has one writer at a time, and the second finds no such code
                    await both.wait()
                await devices.pair(db, pairing, by=name)
        except Exception as error:
            return type(error).__name__
        return "paired"

    told = sorted(await asyncio.gather(pair("Ann"), pair("Ben")))
    assert told == (["NotFound", "paired"] if database.sqlite else [Conflict.__name__, "paired"])
