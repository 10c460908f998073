"""Sockets whose descriptor is lent to the fan-out: thousands that come and go in every way, and nothing but theirs is touched."""

import asyncio
import contextlib
import gc
import os
import random
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import uvloop
from websockets.asyncio.client import connect

from server.core import tls
from server.core.settings import Settings
from server.core.wire import EXTENSION, DirectWire, Lent, PushProtocol, Send, frame
from server.serving import options

NEWS = frame(b"n" * 2000)
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


class House:
    """An application that adopts every socket and sends to all of them, as the hub does."""

    def __init__(self) -> None:
        self.sends: dict[Send, Guest] = {}
        self.past: deque[Send] = deque(maxlen=200)
        """Of sockets that are gone; the hub forgets these, a mistake would not."""
        self.opened = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        lent: PushProtocol = scope["extensions"][EXTENSION]
        lent.adopt(Guest(self, lent))

    def tell(self) -> None:
        for send in [*self.sends, *self.past]:
            with contextlib.suppress(OSError):
                taken = send(NEWS)
                if (guest := self.sends.get(send)) and 0 < taken < len(NEWS):
                    guest.wire.write(NEWS[taken:])


class Guest:
    """One socket of the house."""

    def __init__(self, house: House, lent: PushProtocol) -> None:
        self.house, self.protocol, self.wire = house, lent, DirectWire(lent)
        house.opened += 1
        house.sends[self.wire.send] = self

    def heard(self, text: str) -> None:
        if text == "abort":
            self.wire.abort()
        elif text == "part":
            self.gone()
            self.wire.close(4400, "Enough.")

    def full(self) -> None:
        self.house.sends.pop(self.wire.send, None)

    def gone(self) -> None:
        if self.house.sends.pop(self.wire.send, None):
            self.house.past.append(self.wire.send)


@contextlib.asynccontextmanager
async def serving(house: House, home: Path, *, secure: bool = False) -> Any:
    """The house on a port of its own, in this event loop."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    how = options(host="127.0.0.1", port=port, settings=Settings(home=home)) | {"loop": "none", "lifespan": "off"}
    if secure:
        how["ssl_certfile"] = how["ssl_keyfile"] = tls.certificate(home / "tls", ["127.0.0.1"])
    server = uvicorn.Server(uvicorn.Config(house, **how))
    task = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await task


def in_loop(kind: str, story: Callable[[], Awaitable[None]]) -> None:
    """Tell a story in an event loop of this kind."""

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=LOOPS[kind]) as runner:
                runner.run(story())  # type: ignore[arg-type]
        except BaseException as error:
            failed.append(error)

    failed: list[BaseException] = []
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def masked(opcode: int, payload: bytes) -> bytes:
    return bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload


def visit(port: int, chance: random.Random) -> None:
    """Come, and go in one of the ways in which sockets go."""
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(HANDSHAKE)
        way = chance.randrange(8)
        if way == 0:  # gone before the answer
            return
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += raw.recv(4096)
        if way == 1:  # reset
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif way == 2:  # half-closed
            raw.shutdown(socket.SHUT_WR)
            _rest(raw)
        elif way == 3:  # a goodbye
            raw.sendall(masked(8, b"\x03\xe8"))
            _rest(raw)
        elif way == 4:  # cut off by the house
            raw.sendall(masked(1, b"abort"))
            _rest(raw)
        elif way == 5:  # let go by the house, and gone without an answer
            raw.sendall(masked(1, b"part"))
            raw.recv(10_000)
        elif way == 6:  # nonsense
            raw.sendall(b"\xff\xff\xff\xff")
            _rest(raw)
        elif way == 7:  # a while of news
            raw.recv(10_000)


def _rest(raw: socket.socket) -> None:
    raw.settimeout(5)
    with contextlib.suppress(ConnectionError):
        while raw.recv(65536):
            pass


class Canaries:
    """Descriptors of others, opened all the while as numbers become free: nobody may close them or write to them."""

    def __init__(self) -> None:
        self.pairs: list[tuple[socket.socket, socket.socket, int]] = []

    def add(self) -> None:
        """One more; some go, so that numbers are used again and again."""
        ours, far = socket.socketpair()
        far.setblocking(False)
        self.pairs.append((ours, far, os.fstat(ours.fileno()).st_ino))
        if len(self.pairs) > 60:
            self.check(self.pairs.pop(random.randrange(len(self.pairs))))

    @staticmethod
    def check(pair: tuple[socket.socket, socket.socket, int]) -> None:
        ours, far, inode = pair
        assert os.fstat(ours.fileno()).st_ino == inode, "the descriptor was closed, and is another's"
        with pytest.raises(BlockingIOError):
            far.recv(1)
        ours.close()
        far.close()

    def check_all(self) -> None:
        """At the end."""
        while self.pairs:
            self.check(self.pairs.pop())


@pytest.mark.parametrize("kind", LOOPS)
def test_thousands_of_sockets_that_go_in_every_way_touch_no_other_descriptor(kind: str, tmp_path: Path) -> None:
    house, canaries = House(), Canaries()

    async def story() -> None:
        async with serving(house, tmp_path) as port:
            done = asyncio.Event()

            async def news() -> None:
                while not done.is_set():
                    house.tell()
                    canaries.add()
                    await asyncio.sleep(0.0005)

            telling = asyncio.create_task(news())
            chances = [random.Random(n) for n in range(8)]
            for _ in range(150):
                await asyncio.gather(*(asyncio.to_thread(visit, port, chance) for chance in chances))
            while house.sends:
                await asyncio.sleep(0.01)
            done.set()
            await telling

    in_loop(kind, story)
    canaries.check_all()
    assert house.opened > 900


@pytest.mark.parametrize("kind", LOOPS)
def test_a_loop_that_ends_with_open_sockets_closes_each_once(kind: str, tmp_path: Path) -> None:
    """No connection_lost comes then; what was lent must not be closed again when the garbage is collected."""
    house, kept = House(), []

    async def story() -> None:
        async with serving(house, tmp_path) as port:
            for _ in range(20):
                raw = socket.create_connection(("127.0.0.1", port))
                raw.sendall(HANDSHAKE)
                kept.append(raw)
            while len(house.sends) < 20:
                await asyncio.sleep(0.01)
            kept.extend(house.sends.values())
            house.sends.clear()
            for guest in kept[20:]:
                guest.protocol.connections.clear()  # the server waits for nobody

    in_loop(kind, story)
    for raw in kept[:20]:
        raw.close()
    canaries = Canaries()
    for _ in range(60):
        canaries.add()
    kept.clear()
    gc.collect()
    canaries.check_all()


def test_what_is_lent_never_closes_and_refuses_once_it_is_detached() -> None:
    ours, far = socket.socketpair()
    lent = Lent(ours.family, ours.type, ours.proto, fileno=ours.fileno())
    send = lent.send
    assert send(b"x") == 1 and far.recv(10) == b"x"
    lent.detach()
    with pytest.raises(OSError, match="Bad file descriptor"):
        send(b"y")
    Lent(ours.family, ours.type, ours.proto, fileno=ours.fileno())  # forgotten at once
    assert ours.send(b"z") == 1 and far.recv(10) == b"z"
    ours.close()
    far.close()


@pytest.mark.parametrize("kind", LOOPS)
def test_over_tls_frames_go_through_the_transport_and_wait_there(kind: str, tmp_path: Path) -> None:
    house = House()

    async def story() -> None:
        async with serving(house, tmp_path, secure=True) as port:
            trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "authority.crt"))
            async with connect(f"wss://127.0.0.1:{port}/", ssl=trusting, max_queue=1, close_timeout=0.1) as client:
                while not house.sends:  # the guest is in
                    await asyncio.sleep(0.01)
                ((send, guest),) = house.sends.items()
                assert guest.protocol._lent is None
                client.transport.pause_reading()
                while send in house.sends:  # until the transport is full
                    house.tell()
                    await asyncio.sleep(0)
                assert guest.wire.buffered > 0 and send(NEWS) == 0
                client.transport.resume_reading()
                while guest.wire.buffered:
                    assert len(await client.recv()) == 2000
                assert send(NEWS) == len(NEWS)
            while not guest.protocol.disconnected:
                await asyncio.sleep(0.01)
            assert send(NEWS) == 0

    in_loop(kind, story)


@pytest.mark.parametrize("kind", sorted(LOOPS))
def test_sockets_that_are_gone_leave_nothing_to_the_collector(kind: str, tmp_path: Path) -> None:
    house = House()

    async def story() -> None:
        async with serving(house, tmp_path) as port:
            for seed in range(40):
                visiting = asyncio.ensure_future(asyncio.to_thread(visit, port, random.Random(seed)))
                while not visiting.done():
                    house.tell()
                    await asyncio.sleep(0.001)
            while house.sends:
                house.tell()
                await asyncio.sleep(0.01)
            house.past.clear()
            await asyncio.sleep(0.05)
            left.append(sum(type(one) is PushProtocol for one in gc.get_objects()))

    left: list[int] = []
    gc.collect()
    before = sum(type(one) is PushProtocol for one in gc.get_objects())
    gc.disable()
    try:
        in_loop(kind, story)
    finally:
        gc.enable()
    assert house.opened > 20 and left[0] - before == 0
