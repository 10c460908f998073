"""What a stranger's bytes may cost: frames that never become a message, and pongs that nobody reads."""

import asyncio
import base64
import contextlib
import os
import socket

import pytest

from server.core import conversation, wire
from tests.conftest import Served, until

EMPTY_TEXT, EMPTY_MORE, PONG = b"\x01\x80\0\0\0\0", b"\x00\x80\0\0\0\0", b"\x8a\x80\0\0\0\0"
PING = b"\x89\xfd\0\0\0\0" + b"x" * 125


def _upgraded(served: Served) -> socket.socket:
    """A socket that has asked for /live; it takes little at a time, so that what is sent to it waits on our side."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", served.port))
    raw.setblocking(False)
    key = base64.b64encode(os.urandom(16)).decode()
    raw.send(
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return raw


def _sockets(served: Served) -> list[wire.PushProtocol]:
    return [one for one in served._server.server_state.connections if isinstance(one, wire.PushProtocol)]


async def _greeted(served: Served, raw: socket.socket) -> wire.PushProtocol:
    assert b"101 Switching" in await asyncio.get_running_loop().sock_recv(raw, 4096)
    (ours,) = _sockets(served)
    return ours


@pytest.mark.parametrize(
    "flood", [PONG * 8000, EMPTY_TEXT + EMPTY_MORE * 8000, PING * 2000], ids=["pongs", "parts", "pings"]
)
async def test_frames_without_end_end_the_socket_before_most_of_them_are_looked_at(
    served: Served, flood: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    before = wire.PushProtocol.handle_events

    def counting(self: wire.PushProtocol) -> None:
        nonlocal looked_at
        looked_at += len(self.conn.events)
        before(self)

    monkeypatch.setattr(wire.PushProtocol, "handle_events", counting)
    with _upgraded(served) as raw:
        await _greeted(served, raw)
        with contextlib.suppress(ConnectionError):
            await asyncio.get_running_loop().sock_sendall(raw, flood)
        await until(lambda: _none(served))
    assert looked_at < 1500


async def test_a_peer_that_pings_and_does_not_read_costs_little_and_not_for_long(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ALLOWANCE", 1e9)
    monkeypatch.setattr(wire, "ALLOWANCE_A_SECOND", 1e9)
    monkeypatch.setattr(wire.PushProtocol, "_left", 1e9)
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.2)
    monkeypatch.setattr(conversation, "GREETING_SECONDS", 1)
    with _upgraded(served) as raw:
        ours, most = await _greeted(served, raw), 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            for _ in range(200):
                await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(raw, PING * 400), 0.5)
                most = max(most, ours.transport.get_write_buffer_size())
        assert 0 < most < 256 * 1024
        await until(lambda: _none(served))


async def _none(served: Served) -> bool:
    return not _sockets(served)
