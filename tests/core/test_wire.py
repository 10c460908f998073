"""Frames are what RFC 6455 says, and both kinds of wire bound what a peer that does not read can cost."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from server.core.wire import QueuedWire, frame, payload_of


def parsed(data: bytes) -> list[Frame]:
    """What the websockets library reads from these bytes, all of them."""
    reader, found = StreamReader(), []
    reader.feed_data(data)
    reader.feed_eof()
    while len(reader.buffer):
        reading = Frame.parse(reader.read_exact, mask=False, max_size=None)
        try:
            while True:
                next(reading)
        except StopIteration as done:
            found.append(done.value)
    return found


@pytest.mark.parametrize("size", [0, 1, 124, 125, 126, 127, 65535, 65536, 65537, 200_000])
def test_a_frame_of_every_kind_of_length_is_read_as_it_was_written(size: int) -> None:
    payload = b"x" * size
    (read,) = parsed(frame(payload))
    assert (read.opcode, read.fin, bytes(read.data)) == (Opcode.TEXT, True, payload)
    assert frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert payload_of(frame(payload)) == payload


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_frames_written_one_after_the_other_stay_apart(payloads: list[bytes]) -> None:
    assert [bytes(read.data) for read in parsed(b"".join(map(frame, payloads)))] == payloads


class Peer:
    """The far side of a plain send: takes messages only while it reads."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.gone: Exception | None = None

    async def send(self, text: str) -> None:
        await self.reads.wait()
        if self.gone:
            raise self.gone
        self.got.append(text)


@pytest.fixture
async def far() -> Peer:
    return Peer()


@pytest.fixture
async def closing() -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_plain_wire_sends_in_order_and_counts_what_waits(far: Peer, closing: Any) -> None:
    wire = QueuedWire(far.send, closing)
    far.reads.clear()
    for word in ("one", "two", "three"):
        wire.write(frame(word.encode()))
    await turns()
    assert wire.buffered >= len("onetwothree") and far.got == []
    far.reads.set()
    await turns()
    assert wire.buffered == 0 and far.got == ["one", "two", "three"]
    wire.abort()


async def test_the_plain_wire_takes_nothing_more_once_it_closes_or_was_dropped(far: Peer, closing: Any) -> None:
    wire = QueuedWire(far.send, closing)
    far.reads.clear()
    wire.write(frame(b"x" * 100))
    wire.close(4409, "slow")
    wire.close(4408, "a later reason does not count")
    wire.abort()
    await turns()
    wire.write(frame(b"y" * 100_000))
    assert wire.buffered <= 110 and closing.result() == (4409, "slow") and wire.task.done()


async def test_the_plain_wire_has_its_socket_closed_when_sending_fails(far: Peer, closing: Any) -> None:
    wire = QueuedWire(far.send, closing)
    far.gone = ConnectionResetError()
    wire.write(frame(b"x"))
    await turns()
    assert wire.task.done() and wire.task.exception() is None and closing.done()
