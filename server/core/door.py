"""Answers hellos and subscriptions, those of many sockets from one snapshot of the database.

When 5,000 screens come back at once, each would ask who it is, what it may read and what is new of that. Those that wait
are asked for together: their tokens, their rights and the numbers of their topics are a few statements for all of them.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from litestar.connection import ASGIConnection
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.hub import Hub
from server.core.lanes import Lane
from server.core.looking import look
from server.core.refusals import told

log = structlog.get_logger()
SNAPSHOTS, AT_ONCE = 2, 64
AGAIN_SECONDS = 1.0


class Message(msgspec.Struct):
    """Any message of a client; the fields that its type does not use stay empty."""

    type: str
    token: str = ""
    as_: str = msgspec.field(name="as", default="")
    """Whom a browser's cookies shall speak for, where it has those of several: empty is staff."""
    have: dict[str, Any] = {}
    topics: list[str] = []


@dataclass(frozen=True, slots=True)
class Hello:
    """What says who somebody is."""

    connection: ASGIConnection
    token: str
    caller: str
    """By what name the request's cookies shall speak where there is no token."""


@dataclass(slots=True)
class Answer:
    """What the database said."""

    reader: topics.Reader
    number: int
    """As of which number of the reader's own topic this was judged."""
    allowed: dict[str, topics.Version | None] = field(default_factory=dict)
    """What may be read, with its version; None where it has changed since."""


@dataclass(frozen=True, slots=True)
class Question:
    """One socket's hello or subscription."""

    who: Hello | topics.Reader
    wanted: list[str]
    tell: Callable[[Answer | Exception], None]
    """Takes the answer, or why there is none; must not raise."""
    waits: Callable[[], bool] = lambda: True
    """Whether the socket is still there: who has given up is not looked up."""


Identify = Callable[[AsyncSession, list[Hello]], Awaitable[list[topics.Reader | Exception]]]


class Door:
    """Where sockets ask; so many at a time are answered."""

    def __init__(self, hub: Hub, database: Database, identify: Identify) -> None:
        self.hub = hub
        self._database, self._identify = database, identify
        self._lane = Lane(self._answer, tasks=SNAPSHOTS, at_once=AT_ONCE)

    def ask(self, question: Question) -> None:
        """Have it answered in its turn."""
        self._lane.add(question)

    async def _answer(self, asked: list[Question]) -> None:
        """Until the database answers; those who ask say how long they wait for that: who stays costs less than who comes back."""
        failed = False
        while asked := [question for question in asked if question.waits()]:
            try:
                await self._answered(asked)
                return
            except Unavailable as error:  # asking one by one would not help
                if not failed:
                    told("hellos_not_answered", error, count=len(asked))
                failed = True
            await asyncio.sleep(random.uniform(0.5, 1) * AGAIN_SECONDS)

    async def _answered(self, asked: list[Question]) -> None:
        try:
            with self.hub.listening() as changed:
                async with look(self._database) as db:
                    answers = await self._look(db, asked)
                for question, answer in zip(asked, answers, strict=True):
                    question.tell(_as_of_now(answer, changed) if isinstance(answer, Answer) else answer)
        except Unavailable:
            raise
        except Exception as error:
            if len(asked) == 1:
                log.exception("hello_not_answered")
                asked[0].tell(error)
                return
            for question in asked:  # whatever one of them has said, it is not the others' trouble
                await self._answer([question])

    async def _look(self, db: AsyncSession, asked: list[Question]) -> list[Answer | Exception]:
        hellos = [question.who for question in asked if isinstance(question.who, Hello)]
        found = iter(await self._identify(db, hellos))
        readers = [next(found) if isinstance(question.who, Hello) else question.who for question in asked]
        pairs = [
            (reader, question.wanted)
            for reader, question in zip(readers, asked, strict=True)
            if not isinstance(reader, Exception)
        ]
        epoch = await topics.epoch(db)
        names = {name for reader, wanted in pairs for name in (reader.topic, *wanted)}
        numbers = await topics.numbers(db, list(names))
        rights = await topics.rights(db, [(reader, name) for reader, wanted in pairs for name in wanted])
        return [
            reader
            if isinstance(reader, Exception)
            else Answer(
                reader,
                numbers.get(reader.topic, 0),
                {name: (epoch, numbers.get(name, 0)) for name in question.wanted if (reader, name) in rights},
            )
            for reader, question in zip(readers, asked, strict=True)
        ]


def _as_of_now(answer: Answer, changed: dict[str, int]) -> Answer:
    for name in answer.allowed.keys() & changed.keys():
        answer.allowed[name] = None
    if changed.get(answer.reader.topic, 0) > answer.number:
        answer.number = -1  # judged again as soon as it is in
    return answer
