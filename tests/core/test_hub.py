"""The hub: each change built once, written to all, and never to those who have it."""

import asyncio
from typing import Any

import pytest

from server.core import staying, topics
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.hub import Hub
from server.core.peers import Peer
from server.core.topics import Reader


class Wire:
    """A socket that keeps what is written to it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.buffered = 0
        self.closed: tuple[int, str] | None = None

    def send(self, framed: bytes) -> int:
        if self.buffered:
            raise BlockingIOError
        self.write(framed)
        return len(framed)

    def write(self, framed: bytes) -> None:
        self.frames.append(framed)

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def abort(self) -> None: ...


async def everyone(db: Any, reader: Reader, id: str = "") -> bool:
    return True


builds: list[str] = []


@topics.document("test", readers=everyone)
async def document(db: Any, id: str) -> dict[str, Any]:
    builds.append(id)
    return {"id": id}


def listener(hub: Hub, name: str, have: topics.Version | None = None, *, kind: str = "device") -> tuple[Peer, Wire]:
    wire = Wire()
    peer = Peer(Reader(kind, name), wire)  # type: ignore[arg-type]
    hub.welcome(peer, 0)
    hub.subscribe(peer, "test:a", have)
    return peer, wire


async def bumped(database: Database) -> None:
    async with database.transaction() as db:
        topics.note(db, "test:a")


async def settled(hub: Hub) -> None:
    while not (hub.channels.idle and hub.staying.idle):
        await asyncio.sleep(0)


async def made(database: Database) -> Hub:
    builds.clear()
    hub = Hub(database, still_welcome=everyone)
    database.after_commit.append(lambda pairs: [hub.nudge(*pair) for pair in pairs] and None)
    await hub.sweep()
    return hub


async def test_a_change_is_built_and_framed_once_for_all_who_listen(database: Database) -> None:
    hub = await made(database)
    wires = [listener(hub, str(n))[1] for n in range(50)]
    await settled(hub)
    builds.clear()
    await bumped(database)
    await settled(hub)
    assert builds == ["a"]
    assert len({id(wire.frames[-1]) for wire in wires}) == 1 and all(len(wire.frames) == 2 for wire in wires)
    late = [listener(hub, f"late {n}")[1] for n in range(50)]
    await settled(hub)
    assert builds == ["a"] and all(wire.frames == [wires[0].frames[-1]] for wire in late)


async def test_changes_that_come_while_one_is_built_are_told_as_one(database: Database) -> None:
    hub = await made(database)
    _, wire = listener(hub, "x")
    await settled(hub)
    for _ in range(20):
        await bumped(database)
    await settled(hub)
    assert 2 <= len(wire.frames) <= 21 and b'"version":["' + hub.epoch.encode() + b'",20]' in wire.frames[-1]


async def test_a_full_peer_is_only_marked_and_gets_the_newest_when_it_drains(database: Database) -> None:
    hub = await made(database)
    _, full = listener(hub, "full")
    _, free = listener(hub, "free")
    await settled(hub)
    full.buffered = 1000
    for _ in range(5):
        await bumped(database)
        await settled(hub)
    assert len(full.frames) == 1 and len(free.frames) == 6
    hub.patience.drain()
    assert len(full.frames) == 1
    full.buffered = 0
    hub.patience.drain()
    assert len(full.frames) == 2 and full.frames[-1] == free.frames[-1]


async def test_nothing_is_sent_past_what_a_peer_holds_unsent_though_it_has_the_newest(database: Database) -> None:
    hub = await made(database)
    listener(hub, "another")
    await settled(hub)
    wire = Wire()
    peer = Peer(Reader("device", "x"), wire)  # type: ignore[arg-type]
    hub.welcome(peer, 0)
    wire.buffered = 1000
    hub.subscribe(peer, "test:a", hub.channels["test:a"].built)
    hub.subscribe(peer, "test:b", (hub.epoch, 0), (hub.epoch, 0))
    assert not any(hub.channels[name].abreast.get(wire.send) for name in peer.topics)
    await bumped(database)
    await settled(hub)

    def fill(framed: bytes) -> None:
        wire.frames.append(framed)
        wire.buffered = len(framed)
        hub.channels.hold(peer)

    wire.buffered, wire.write = 0, fill  # type: ignore[method-assign]
    hub.patience.drain()
    assert wire.frames == [hub.channels["test:a"].framed] and wire.buffered
    assert not any(hub.channels[name].abreast.get(wire.send) for name in peer.topics)
    wire.buffered = 0
    hub.patience.drain()
    assert len(wire.frames) == 1 and all(hub.channels[name].abreast.get(wire.send) for name in peer.topics)


async def test_a_peer_with_too_much_unread_is_let_go(database: Database) -> None:
    hub = await made(database)
    _, wire = listener(hub, "x")
    await settled(hub)
    wire.buffered = 300 * 1024
    await bumped(database)
    await settled(hub)
    hub.patience.drain()
    assert wire.closed and wire.closed[0] == 4409


async def test_who_has_drained_while_the_process_stood_still_is_not_let_go(database: Database) -> None:
    hub = await made(database)
    peer, wire = listener(hub, "x")
    await settled(hub)
    wire.buffered = 1000
    await bumped(database)
    await settled(hub)
    wire.buffered, peer.marked_at = 0, peer.marked_at - 11
    hub.patience.drain()
    assert wire.closed is None and len(wire.frames) == 2
    wire.buffered = 1000
    await bumped(database)
    await settled(hub)
    peer.marked_at -= 11
    hub.patience.drain()
    assert wire.closed and wire.closed[0] == 4409


async def test_what_the_network_did_not_take_of_a_frame_follows_and_nothing_else_until_it_has(
    database: Database,
) -> None:
    hub = await made(database)
    peer, wire = listener(hub, "x")
    await settled(hub)

    def half(framed: bytes) -> int:
        wire.buffered = len(framed) - 10
        return 10

    hub.channels.unsubscribe(peer, "test:a")
    wire.send = half  # type: ignore[method-assign]
    hub.subscribe(peer, "test:a", None)
    await settled(hub)
    before = wire.frames[-1]
    await bumped(database)
    await settled(hub)
    rest = wire.frames[-1]
    assert rest == hub.channels["test:a"].framed[10:] and len(wire.frames) == 3
    hub.channels.hold(peer)
    await bumped(database)
    await settled(hub)
    assert wire.frames[-1] is rest and before != rest
    wire.buffered = 0
    hub.patience.drain()
    assert wire.frames[-1] == hub.channels["test:a"].framed and len(wire.frames) == 4


async def test_nobody_s_topic_is_not_built_and_what_nobody_hears_any_more_is_forgotten(database: Database) -> None:
    hub = await made(database)
    await bumped(database)
    assert builds == []
    peer, _ = listener(hub, "x")
    await settled(hub)
    hub.leave(peer)
    assert (len(hub.channels), len(hub.staying), hub.peers) == (0, 0, 0)


async def test_what_the_database_leaves_unanswered_stops_neither_documents_nor_the_sweep(
    database: Database, monkeypatch
) -> None:
    hub = await made(database)
    peer, wire = listener(hub, "x")
    await settled(hub)

    async def silent(*_: Any) -> Any:
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr("server.core.looking.LOOK_SECONDS", 0.05)
        patch.setattr(topics, "epoch", silent)
        with pytest.raises(Unavailable):
            await hub.sweep()
        patch.setattr(topics, "read", silent)
        patch.setattr(hub.staying, "_still_welcome", silent)
        hub.nudge("device:x", 1)
        await bumped(database)
        await settled(hub)
    assert len(wire.frames) == 1 and not hub.channels.building(["test:a"])
    keeper = hub.staying._still_welcome = Doorkeeper()
    await hub.sweep()
    await settled(hub)
    assert len(wire.frames) == 2 and keeper.asked == ["x"]


async def test_a_topic_that_somebody_left_and_came_back_to_is_built_once_at_a_time(
    database: Database, monkeypatch
) -> None:
    hub = await made(database)
    real, gate, reading = topics.read, asyncio.Event(), []

    async def slowly(db: Any, name: str) -> Any:
        reading.append(name)
        await gate.wait()
        return await real(db, name)

    monkeypatch.setattr(topics, "read", slowly)
    for n in range(2):  # both lanes are busy
        other = Peer(Reader("device", str(n)), Wire())  # type: ignore[arg-type]
        hub.welcome(other, 0)
        hub.subscribe(other, f"test:{n}", None)
        while len(reading) == n:
            await asyncio.sleep(0)
    peer, _ = listener(hub, "x")
    hub.leave(peer)
    peer, wire = listener(hub, "x")
    gate.set()
    await settled(hub)
    assert reading == ["test:0", "test:1", "test:a"] and builds.count("a") == 1 and len(wire.frames) == 1


async def test_a_document_that_cannot_be_built_is_tried_again_by_the_sweep(database: Database, monkeypatch) -> None:
    hub = await made(database)
    _, wire = listener(hub, "x")
    await settled(hub)
    real = topics.read

    async def broken(db: Any, name: str) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(topics, "read", broken)
    await bumped(database)
    await settled(hub)
    assert len(wire.frames) == 1
    monkeypatch.setattr(topics, "read", real)
    await hub.sweep()
    await settled(hub)
    assert len(wire.frames) == 2


class Doorkeeper:
    """Says who may stay, and counts how often it is asked."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.asked: list[str] = []

    async def __call__(self, db: Any, reader: Reader) -> bool:
        self.asked.append(reader.id)
        return reader.id not in self.ended


async def revoked(database: Database, keeper: Doorkeeper, id: str) -> int:
    keeper.ended.add(id)
    async with database.transaction() as db:
        topics.note(db, f"device:{id}")
    async with database.snapshot() as db:
        return (await topics.numbers(db, [f"device:{id}"]))[f"device:{id}"]


async def test_what_anybody_says_on_the_backplane_keeps_no_revoked_device_in(database: Database) -> None:
    keeper = Doorkeeper()
    hub = Hub(database, still_welcome=keeper)
    await hub.sweep()
    _, wire = listener(hub, "x")
    hub.nudge("device:x", 10**6)
    hub.nudge("device:x", 10**6 + 1)
    await settled(hub)
    assert keeper.asked == ["x"] and wire.closed is None
    hub.nudge("device:x", await revoked(database, keeper, "x"))
    await settled(hub)
    assert wire.closed and wire.closed[0] == 4401


async def test_who_is_revoked_during_its_hello_is_closed_at_once_and_leaves_nothing(database: Database) -> None:
    keeper = Doorkeeper()
    hub = Hub(database, still_welcome=keeper)
    await hub.sweep()
    await revoked(database, keeper, "x")
    wire = Wire()
    peer = Peer(Reader("device", "x"), wire)  # type: ignore[arg-type]
    hub.welcome(peer, -1)
    hub.subscribe(peer, "test:a", None)
    hub.staying.vouch(peer.reader, -1)
    await settled(hub)
    assert wire.closed and wire.closed[0] == 4401 and keeper.asked == ["x"]
    hub.staying.vouch(peer.reader, 1)
    assert not (hub.staying._peers or hub.staying._numbers or hub.staying._due)


async def test_a_socket_that_was_let_in_as_of_an_older_number_than_the_last_judgement_is_judged(
    database: Database,
) -> None:
    keeper = Doorkeeper()
    hub = Hub(database, still_welcome=keeper)
    await hub.sweep()
    listener(hub, "x")
    await settled(hub)
    hub.nudge("device:x", await revoked(database, keeper, "x"))
    keeper.ended.clear()  # paired anew: the first stays, and was judged as of this
    await settled(hub)
    keeper.asked.clear()
    late = Peer(Reader("device", "x"), Wire())  # type: ignore[arg-type]
    hub.welcome(late, 0)
    await settled(hub)
    assert keeper.asked == ["x"]
    await hub.sweep()
    await settled(hub)
    assert keeper.asked == ["x"], "what was judged is judged again only when its number grows"


async def test_a_revoked_device_does_not_wait_until_a_thousand_people_were_looked_at(
    database: Database, monkeypatch
) -> None:
    keeper = Doorkeeper()
    hub = Hub(database, still_welcome=keeper)
    await hub.sweep()
    for n in range(100):
        listener(hub, str(n), kind="shopper")
    _, wire = listener(hub, "x")
    monkeypatch.setattr(staying, "PEOPLE_SECONDS", -1)
    await hub.sweep()
    hub.nudge("device:x", await revoked(database, keeper, "x"))
    await settled(hub)
    assert wire.closed and keeper.asked.index("x") < 20 and len(keeper.asked) == 101


async def test_who_comes_in_while_the_sweep_reads_is_not_judged_for_it(database: Database, monkeypatch) -> None:
    keeper = Doorkeeper()
    hub = Hub(database, still_welcome=keeper)
    number = await revoked(database, keeper, "x")
    real = topics.numbers

    async def meanwhile(db: Any, names: list[str]) -> dict[str, int]:
        found = await real(db, names)
        peer = Peer(Reader("device", "x"), Wire())  # type: ignore[arg-type]
        hub.welcome(peer, number)
        return found

    await hub.sweep()
    with monkeypatch.context() as patch:
        patch.setattr(topics, "numbers", meanwhile)
        await hub.sweep()
    await settled(hub)
    assert keeper.asked == [] and hub.peers == 1
