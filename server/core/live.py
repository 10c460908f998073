"""The live protocol: one websocket for screens, tablets and console pages, and the same documents over HTTP.

docs/protocol.md describes it for whoever writes another screen.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, Response, WebSocket, get, websocket
from litestar.connection import ASGIConnection
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, HeaderParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import devices, hub, staff, topics
from server.core.clock import milliseconds, now
from server.core.database import Database
from server.core.errors import BadInput, NotFound, SignInNeeded, TooMany
from server.core.hub import Hub, Peer
from server.core.security import bearer, client_address, limiter, own_origin
from server.core.wire import EXTENSION, Closing, DirectWire, QueuedWire

log = structlog.get_logger()
GREETING_SECONDS = 10
TOPIC = re.compile(r"[a-z]{1,20}(:[A-Za-z0-9._-]{1,80})?")
LARGEST_MESSAGE = 16 * 1024


class Message(msgspec.Struct):
    """Any message of a client; the fields that its type does not use stay empty."""

    type: str
    token: str = ""
    as_: str = msgspec.field(name="as", default="")
    """Whom a browser's cookies shall speak for, where it has those of several: empty is staff."""
    have: dict[str, Any] = {}
    topics: list[str] = []


@dataclass(frozen=True)
class Caller:
    """Who asks, as of which number of their own topic: when it grows, they may have lost what they had."""

    reader: topics.Reader
    number: int


_decode = msgspec.json.Decoder(Message).decode
Report = Callable[[topics.Reader, dict[str, Any]], None]
reports: dict[str, Report] = {}
"""Message types that packages above take from their devices, such as 'applied'; they must not block or raise."""
Identify = Callable[[AsyncSession, ASGIConnection], Awaitable[topics.Reader]]
callers: dict[str, Identify] = {}
"""By what a hello calls itself: who the request's cookies speak for. They raise SignInNeeded."""
StillWelcome = Callable[[AsyncSession, topics.Reader], Awaitable[bool]]
stays: dict[str, StillWelcome] = {}
"""By kind of reader: whether one that was let in may stay."""
presence: list[Callable[[topics.Reader, bool, str], None]] = []
"""Told when a device's socket opens and closes, with what its browser calls itself."""


@websocket("/live")
async def live(socket: WebSocket, database: Database) -> None:
    """Serve one socket until either side is done."""
    if not own_origin(socket, socket.app.state.settings.public_url):
        await socket.close(code=hub.REFUSED, reason="This site's own pages only.")
        return
    await socket.accept()
    greeted = await _greet(socket, database)
    if greeted is None:
        return
    caller, hello = greeted
    closing: Closing = asyncio.get_running_loop().create_future()
    lent = (socket.scope.get("extensions") or {}).get(EXTENSION)
    wire = DirectWire(lent, closing) if lent else QueuedWire(socket.send_text, closing)
    here: Hub = socket.app.state.hub
    peer = Peer(caller.reader, wire)
    here.welcome(peer)
    here.vouch(caller.reader, caller.number)
    await _serve(socket, here, peer, hello, closing)


async def _greet(socket: WebSocket, database: Database) -> tuple[Caller, Message] | None:
    try:
        limiter.hit("live", client_address(socket), most=3000, seconds=60)
        hello = await asyncio.wait_for(_receive(socket), GREETING_SECONDS)
        if hello.type != "hello":
            raise BadInput("The first message has to be a hello.")
        return await identify(database, socket, hello.token, hello.as_), hello
    except (SignInNeeded, TooMany, BadInput, TimeoutError) as error:
        codes = {SignInNeeded: hub.REFUSED, TooMany: hub.TOO_MANY, TimeoutError: hub.SILENT}
        await _close(socket, codes.get(type(error), hub.BAD_MESSAGE), str(error))
    except WebSocketDisconnect:
        pass
    return None


async def identify(database: Database, connection: ASGIConnection, token: str, caller: str = "") -> Caller:
    """Who holds this token, or else whom the request's cookies speak for. Raises SignInNeeded."""
    async with database.snapshot() as db:
        device = await devices.by_token(db, token) if token else None
        reader = topics.Reader("device", device.id) if device else await _by_cookie(db, connection, caller)
        number = (await topics.numbers(db, [reader.topic])).get(reader.topic, 0)
    if device and device.first_used_at is None:
        async with database.transaction() as db:
            await devices.first_use(db, device.id)
    return Caller(reader, number)


async def _by_cookie(db: AsyncSession, connection: ASGIConnection, caller: str) -> topics.Reader:
    if caller not in callers:
        raise SignInNeeded("Sign in first.")
    return await callers[caller](db, connection)


async def _staff(db: AsyncSession, connection: ASGIConnection) -> topics.Reader:
    found = await staff.session_of(db, connection.cookies.get(staff.COOKIE))
    if found is None:
        raise SignInNeeded("Sign in first.")
    return topics.Reader(staff.reader(found[0]), found[1].digest)


async def still_welcome(db: AsyncSession, reader: topics.Reader) -> bool:
    """Whether somebody who was let in may stay."""
    return await stays[reader.kind](db, reader)


async def _device_stays(db: AsyncSession, reader: topics.Reader) -> bool:
    device = await db.get(devices.Device, reader.id)
    return device is not None and device.revoked_at is None


async def _staff_stays(db: AsyncSession, reader: topics.Reader) -> bool:
    session = await db.get(staff.StaffSession, reader.id)
    person = await db.get(staff.Staff, session.staff_id) if session else None
    return bool(session and session.expires_at > now() and person and staff.reader(person) == reader.kind)


callers[""] = _staff
stays |= {"device": _device_stays, "staff": _staff_stays, "associate": _staff_stays}


async def _serve(socket: WebSocket, here: Hub, peer: Peer, hello: Message, closing: Closing) -> None:
    _tell(peer.reader, True, socket.headers.get("user-agent", ""))
    reading = asyncio.create_task(_read(socket, here, peer, hello))
    try:
        await asyncio.wait((reading, closing), return_when=asyncio.FIRST_COMPLETED)
        here.leave(peer)  # before the close frame: nothing may be written behind it
        if closing.done():
            await _close(socket, *closing.result())
        elif error := reading.exception():
            if not isinstance(error, (WebSocketDisconnect, BadInput)):
                log.error("socket_failed", reason=repr(error))
            if not isinstance(error, WebSocketDisconnect):
                await _close(
                    socket, hub.BAD_MESSAGE, str(error) if isinstance(error, BadInput) else "That went wrong here."
                )
    finally:
        here.leave(peer)
        await hub.cancelled(reading)
        if isinstance(peer.wire, QueuedWire):
            peer.wire.task.cancel()
        _tell(peer.reader, False, "")


def _tell(reader: topics.Reader, open: bool, browser: str) -> None:
    for call in presence:
        call(reader, open, browser)


async def _read(socket: WebSocket, here: Hub, peer: Peer, hello: Message) -> None:
    peer.say({"type": "welcome", "now": milliseconds(), "epoch": here.epoch})
    await _subscribe(socket, here, peer, hello.have)
    budget, since = 200.0, time.monotonic()
    while True:
        text = await socket.receive_data(mode="text")
        peer.heard_at = time.monotonic()
        # A device that talks without end is closed before it costs the others anything: 20 messages a second, 200 at once.
        budget, since = min(200.0, budget + (peer.heard_at - since) * 20) - 1, peer.heard_at
        if budget < 0:
            peer.wire.close(hub.TOO_MANY, "Too many messages.")
            return
        if peer.wire.buffered > hub.SLOW_BYTES:  # asks and asks, and does not read the answers
            peer.wire.close(hub.SLOW, "Not reading fast enough.")
            return
        message = _parse(text)
        if message.type == "subscribe":
            await _subscribe(socket, here, peer, message.have)
        elif message.type == "unsubscribe":
            for name in message.topics:
                here.unsubscribe(peer, name)
        elif message.type in reports and peer.reader.kind == "device":
            reports[message.type](peer.reader, _parse(text, msgspec.json.decode))


async def _subscribe(socket: WebSocket, here: Hub, peer: Peer, have: dict[str, Any]) -> None:
    database: Database = socket.app.state.database
    wanted = {name: _version(value) for name, value in have.items() if name not in peer.topics}
    if not wanted:
        return
    if len(peer.topics) + len(wanted) > hub.TOPICS_A_PEER:
        raise BadInput(f"At most {hub.TOPICS_A_PEER} topics on one socket.")
    async with database.snapshot() as db:
        principal = peer.reader.topic
        number = (await topics.numbers(db, [principal])).get(principal, 0)
        allowed = {name: await topics.may_read(db, peer.reader, name) for name in wanted if TOPIC.fullmatch(name)}
    for name, version in wanted.items():
        if allowed.get(name):
            here.subscribe(peer, name, version)
        else:
            peer.say({"type": "denied", "topic": name[:120]})
    here.vouch(peer.reader, number)


def _version(value: Any) -> topics.Version | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int):
        return (value[0], value[1])
    return None


async def _receive(socket: WebSocket) -> Message:
    return _parse(await socket.receive_data(mode="text"))


def _parse(text: str | bytes, decode: Callable[[str | bytes], Any] = _decode) -> Any:
    if len(text) > LARGEST_MESSAGE:
        raise BadInput("That message is too large.")
    try:
        return decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"That message cannot be read: {error}") from None


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        await asyncio.wait_for(socket.close(code=code, reason=reason.encode()[:120].decode(errors="ignore")), 2)
    except Exception:  # the peer is gone already, which is what was wanted
        log.debug("socket_gone", code=code)


@get("/api/topics/{name:str}")
async def topic(
    request: Request,
    database: Database,
    name: FromPath[str],
    caller: Annotated[str, QueryParameter(name="as")] = "",
    etag: Annotated[str | None, HeaderParameter(name="If-None-Match")] = None,
) -> Response[Any]:
    """The same document as on the socket, for whoever cannot hold one open."""
    reader = (await identify(database, request, bearer(request) or "", caller)).reader
    async with database.snapshot() as db:
        if not TOPIC.fullmatch(name) or not await topics.may_read(db, reader, name):
            limiter.hit("no such topic", client_address(request), most=600, seconds=60)
            raise NotFound("There is no such topic for you.")
        version, document = await topics.read(db, name)
    tag = f'"{version[0]}-{version[1]}"'
    if etag == tag:
        return Response(None, status_code=304, headers={"ETag": tag})
    body = {"topic": name, "version": version, "doc": document, "now": milliseconds()}
    return Response(body, headers={"ETag": tag, "Cache-Control": "no-cache"})
