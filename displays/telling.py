"""Takes the plays that screens tell: those of many in one transaction, since after a storm a thousand tell theirs within seconds.

Each on its own would be a transaction, a look at its token and a flush of the disk, one after the other.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from displays import plays
from server.core import devices
from server.core.database import Database, tally
from server.core.errors import SignInNeeded, TooMany, VitrineError
from server.core.lanes import Lane
from server.core.security import limiter

AT_ONCE = 50
BATCHES_A_MINUTE = 120
"""Of 200 plays each: a month without a network is told in twenty minutes."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one screen tells, and who waits for its being kept."""

    token: str
    told: Sequence[plays.Told]
    done: "asyncio.Future[None]"


class Telling:
    """The batches of one process that wait to be kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lane = Lane(self._take, tasks=1, at_once=AT_ONCE)

    async def tell(self, token: str, told: Sequence[plays.Told]) -> None:
        """Return when these plays of the screen with this token are kept. Raises SignInNeeded or TooMany."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lane.add(Batch(token, told, done))
        await done
        if mine := tally.get():
            mine.commits += 1

    async def _take(self, batches: list[Batch]) -> None:
        outcomes: Sequence[Exception | None]
        try:
            outcomes = await self._database.change(lambda db: _kept(db, batches))
        except Exception as error:
            if len(batches) > 1 and not isinstance(error, VitrineError):  # what one cannot, the others may
                for batch in batches:
                    await self._take([batch])
                return
            outcomes = [error] * len(batches)
        for batch, outcome in zip(batches, outcomes, strict=True):
            if not batch.done.done():  # who told may have gone
                batch.done.set_exception(outcome) if outcome else batch.done.set_result(None)


async def _kept(db: AsyncSession, batches: list[Batch]) -> list[Exception | None]:
    known = await devices.by_tokens(db, {batch.token for batch in batches if batch.token})
    outcomes = [_refusal(known.get(batch.token)) for batch in batches]
    allowed = [batch for batch, refused in zip(batches, outcomes, strict=True) if refused is None]
    await plays.take(db, [(known[batch.token].id, batch.told) for batch in allowed])
    return outcomes


def _refusal(device: devices.Device | None) -> Exception | None:
    if device is None:
        return SignInNeeded(devices.UNKNOWN)
    try:
        limiter.hit("plays", device.id, most=BATCHES_A_MINUTE, seconds=60)
    except TooMany as error:
        return error
    return None
