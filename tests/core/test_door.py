"""Hellos are answered many at a time: what is asked of the database, what changes meanwhile, and what one does to the others."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from displays import screens
from displays.models import Screen
from server.core import conversation, live, peers, topics
from server.core.conversation import Conversation
from server.core.database import Database
from server.core.door import Answer, Door, Hello, Question
from server.core.errors import SignInNeeded
from server.core.hub import Hub
from server.core.security import Limiter
from tests import house
from tests.conftest import Served, until
from tests.core.test_hub import Wire, everyone, settled
from tests.live import Live

FROM: Any = SimpleNamespace(client=SimpleNamespace(host="203.0.113.9"), headers={}, cookies={})


async def opened(database: Database) -> tuple[Hub, Door]:
    hub = Hub(database, still_welcome=everyone)
    database.after_commit.append(lambda pairs: [hub.nudge(*pair) for pair in pairs] and None)
    await hub.sweep()
    return hub, Door(hub, database, live.identify)


async def some(database: Database, count: int) -> dict[str, str]:
    """Screens in one street; their tokens by id."""
    async with database.transaction() as db:
        await house.catalogue(db)
        made = [await house.screen(db, f"Window {n}") for n in range(count)]
        for screen, _ in made:
            (await db.get_one(live.devices.Device, screen.id)).first_used_at = screen.added_at
    return {screen.id: token for screen, token in made}


async def answers(door: Door, hellos: list[Hello], wanted: Any = lambda hello: []) -> list[Answer | Exception]:
    found: list[Answer | Exception] = []
    for hello in hellos:
        door.ask(Question(hello, wanted(hello), found.append))
    await until(lambda: _are(door))
    return found


async def _are(door: Door) -> bool:
    return door._lane.idle


async def test_sixty_screens_ask_the_database_no_more_than_two_do(database: Database) -> None:
    tokens = await some(database, 60)
    _, door = await opened(database)
    async with database.snapshot() as db:
        loop = f"loop:{(await db.get_one(Screen, next(iter(tokens)))).loop_key}"
    of = {token: id for id, token in tokens.items()}
    asked: list[int] = []
    count = lambda *_: asked.append(1)  # noqa: E731
    event.listen(database._reader.sync_engine, "before_cursor_execute", count)
    statements = []
    for few in (2, 60):
        asked.clear()
        hellos = [Hello(FROM, token, "") for token in list(of)[:few]]
        found = await answers(door, hellos, lambda hello: [f"screen:{of[hello.token]}", loop, "store:OXF", "queue"])
        statements.append(len(asked))
        assert [sorted(answer.allowed) for answer in found] == [
            [loop, f"screen:{of[hello.token]}", "store:OXF"] for hello in hellos
        ]
        assert all(version and version[0] for answer in found for version in answer.allowed.values())
    assert statements[0] == statements[1] < 12


async def test_who_has_what_is_newest_causes_no_document_and_still_gets_the_next(database: Database) -> None:
    (id, token), *_ = (await some(database, 1)).items()
    name, built = f"screen:{id}", []
    hub, door = await opened(database)
    hub.on_sent.append(lambda *sent: built.append(sent))
    async with database.snapshot() as db:
        version = [await topics.epoch(db), (await topics.numbers(db, [name]))[name]]
    wire = Wire()
    Conversation(door, wire, FROM).heard(_hello(token, {name: version}))
    await until(lambda: _are(door))
    await settled(hub)
    assert built == [] and len(wire.frames) == 1
    async with database.transaction() as db:
        await screens.reload(db, await db.get_one(Screen, id), by="a test")
    await settled(hub)
    assert len(wire.frames) == 2 and b'"reload":1' in wire.frames[-1]
    other = Wire()
    Conversation(door, other, FROM).heard(_hello(token, {name: version}))
    await until(lambda: _are(door))
    await settled(hub)
    assert other.frames[-1] == wire.frames[-1]


async def test_what_changes_while_a_hello_is_answered_is_not_missed(database: Database, monkeypatch: Any) -> None:
    (id, token), *_ = (await some(database, 1)).items()
    name = f"screen:{id}"
    hub, door = await opened(database)
    async with database.snapshot() as db:
        version = [await topics.epoch(db), (await topics.numbers(db, [name]))[name]]
    before = topics.rights

    async def slowly(db: Any, asked: Any) -> Any:
        found = await before(db, asked)
        async with database.transaction() as writing:
            await screens.reload(writing, await writing.get_one(Screen, id), by="a test")
        return found

    monkeypatch.setattr(topics, "rights", slowly)
    wire = Wire()
    Conversation(door, wire, FROM).heard(_hello(token, {name: version}))
    await until(lambda: _are(door))
    await settled(hub)
    assert b'"reload":1' in wire.frames[-1]


async def test_one_that_breaks_is_not_the_others_trouble_and_no_database_is_nobody_s_fault(
    database: Database, monkeypatch: Any
) -> None:
    tokens = list((await some(database, 3)).values())
    hub, door = await opened(database)
    before = live.identify

    async def picky(db: Any, hellos: list[Hello]) -> Any:
        if any(hello.caller == "broken" for hello in hellos):
            raise ValueError("no")
        return await before(db, hellos)

    door._identify = picky
    hellos = [Hello(FROM, token, "broken" if n == 1 else "") for n, token in enumerate([*tokens, "unknown"])]
    first, second, third, fourth = await answers(door, hellos)
    assert isinstance(first, Answer) and isinstance(third, Answer)
    assert isinstance(second, ValueError) and isinstance(fourth, SignInNeeded)

    async def gone(db: Any, hellos: list[Hello]) -> Any:
        raise ConnectionRefusedError("no database")

    door._identify = gone
    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("server.core.door.AGAIN_SECONDS", 0.1)
    wires = [Wire() for _ in range(130)]  # more than are asked for at once
    for wire in wires:
        Conversation(door, wire, FROM).heard(_hello(tokens[0], {}))
    await until(lambda: _are(door))
    assert {wire.closed and wire.closed[0] for wire in wires} == {peers.AGAIN}


async def test_a_question_that_the_database_leaves_unanswered_is_cut_off_and_asked_again(
    database: Database, monkeypatch: Any
) -> None:
    tokens = list((await some(database, 1)).values())
    _, door = await opened(database)
    monkeypatch.setattr("server.core.looking.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("server.core.door.AGAIN_SECONDS", 0.1)
    asked = 0

    async def silent(db: Any, hellos: list[Hello]) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        monkeypatch.undo()
        return await live.identify(db, hellos)

    door._identify = silent
    wire = Wire()
    Conversation(door, wire, FROM).heard(_hello(tokens[0], {}))
    await until(lambda: _are(door))
    assert asked == 2 and b"welcome" in wire.frames[0] and wire.closed is None


def _hello(token: str, have: dict[str, Any]) -> str:
    return json.dumps({"type": "hello", "token": token, "have": have})


async def test_strangers_behind_an_address_keep_nobody_out_who_has_a_token(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STRANGERS", 3)
    monkeypatch.setattr(live, "limiter", Limiter())
    monkeypatch.setattr(conversation, "SOCKETS_A_READER", 2)
    (id, token), *_ = (await some(served.database, 1)).items()
    codes = []
    for _ in range(5):
        async with Live(served.live, token="x" * 43) as stranger:
            codes.append(await stranger.closed())
    assert codes == [peers.REFUSED] * 3 + [peers.TOO_MANY] * 2
    async with (
        Live(served.live, token=token, have={f"screen:{id}": None}) as first,
        Live(served.live, token=token, have={f"screen:{id}": None}) as second,
    ):
        await first.document(f"screen:{id}")
        await second.document(f"screen:{id}")
        async with Live(served.live, token=token) as third:
            assert await third.closed() == peers.TOO_MANY


async def test_who_has_given_up_waiting_is_not_looked_up(database: Database) -> None:
    hub, door = await opened(database)
    looked = []

    async def counting(db: Any, hellos: list[Hello]) -> Any:
        looked.extend(hellos)
        return await live.identify(db, hellos)

    door._identify = counting
    gone = Conversation(door, Wire(), FROM)
    gone.heard(_hello("x" * 43, {}))
    gone.gone()
    await until(lambda: _are(door))
    assert looked == [] and hub.peers == 0


async def test_a_new_screen_s_hello_does_not_wait_for_whoever_is_writing(database: Database) -> None:
    (id, token), *_ = (await some(database, 1)).items()
    async with database.transaction() as db:
        (await db.get_one(live.devices.Device, id)).first_used_at = None
    _, door = await opened(database)
    async with database.transaction() as db:
        await db.get(live.devices.Device, id, with_for_update=True)
        (answer,) = await answers(door, [Hello(FROM, token, "")])
        assert isinstance(answer, Answer)

    async def noted() -> bool:
        async with database.snapshot() as db:
            return (await db.get_one(live.devices.Device, id)).first_used_at is not None

    await until(noted)
