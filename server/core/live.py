"""The live protocol: one websocket for screens, tablets and console pages, and the same documents over HTTP.

docs/protocol.md describes it for whoever writes another screen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

import msgspec
import structlog
from litestar import MediaType, Request, Response, WebSocket, get, websocket
from litestar.connection import ASGIConnection
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, HeaderParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import devices, staff, topics
from server.core.clock import milliseconds, now
from server.core.conversation import TOPIC, Conversation
from server.core.database import Database, kept
from server.core.door import Hello
from server.core.errors import NotFound, SignInNeeded, TooMany
from server.core.hub import Hub, cancelled
from server.core.lanes import Lane
from server.core.peers import REFUSED
from server.core.refusals import told
from server.core.security import bearer, client_address, limiter, own_origin
from server.core.wire import EXTENSION, Closing, DirectWire, QueuedWire, brief

log = structlog.get_logger()
STRANGERS = 600
"""Hellos of one address that may come to nothing in a minute, before it is told to wait."""
IdentifyBrowser = Callable[[AsyncSession, ASGIConnection], Awaitable[topics.Reader]]
callers: dict[str, IdentifyBrowser] = {}
"""By what a hello calls itself: who the request's cookies speak for. They raise SignInNeeded."""
StillWelcome = Callable[[AsyncSession, topics.Reader], Awaitable[bool]]
stays: dict[str, StillWelcome] = {}
"""By kind of reader: whether one that was let in may stay."""


@websocket("/live")
async def live(socket: WebSocket) -> None:
    """Open one socket, and hand it to its conversation."""
    state = socket.app.state
    if not own_origin(socket, state.settings.public_url):
        await socket.close(code=REFUSED, reason="This site's own pages only.")
        return
    await socket.accept()
    if lent := (socket.scope.get("extensions") or {}).get(EXTENSION):  # the socket lives on when this request is over
        lent.adopt(Conversation(state.door, DirectWire(lent), socket))
        return
    closing: Closing = asyncio.get_running_loop().create_future()
    wire = QueuedWire(socket.send_text, closing)
    await _serve(socket, Conversation(state.door, wire, socket), closing)
    wire.abort()


async def _serve(socket: WebSocket, talk: Conversation, closing: Closing) -> None:
    """Serve a socket whose server lends no transport, until either side is done."""
    reading = asyncio.create_task(_read(socket, talk))
    try:
        await asyncio.wait((reading, closing), return_when=asyncio.FIRST_COMPLETED)
        if closing.done():
            await _close(socket, *closing.result())
    finally:
        talk.gone()
        await cancelled(reading)


async def _read(socket: WebSocket, talk: Conversation) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            talk.heard(await socket.receive_data(mode="text"))


async def identify(db: AsyncSession, hellos: list[Hello]) -> list[topics.Reader | Exception]:
    """Who says each of these: who holds its token, or else whom the request's cookies speak for; or why nobody does.

    A right token or cookie is let in however often it comes: a chain's screens stand behind one address, and after a
    restart all of them come at once. Counted is who has none. To guess one of 256 bits this bounds far more than needed;
    what it saves is the answering of whoever tries all the same.
    """
    known = await devices.by_tokens(db, {hello.token for hello in hellos if hello.token})
    for device in known.values():
        if device.first_used_at is None:
            kept(db, _first_uses).add(device.id)
    return [await _who(db, hello, known) for hello in hellos]


def _first_uses(database: Database) -> Lane[str]:
    """Notes them apart from the answer, which would else hold its snapshot until whoever writes, such as an import, is done."""

    async def note(ids: list[str]) -> None:
        try:
            async with database.transaction() as db:
                await devices.first_use(db, ids)
        except Exception as error:  # they are still new when they come again
            told("first_use_not_noted", error, count=len(ids))

    return Lane(note, tasks=1, at_once=64)


async def _who(db: AsyncSession, hello: Hello, known: dict[str, devices.Device]) -> topics.Reader | Exception:
    try:
        if not hello.token:
            return await _by_cookie(db, hello.connection, hello.caller)
        if hello.token not in known:
            raise SignInNeeded(devices.UNKNOWN)
        return topics.Reader("device", known[hello.token].id)
    except SignInNeeded as error:
        try:
            limiter.hit("live", client_address(hello.connection), most=STRANGERS, seconds=60)
        except TooMany as too_many:
            return too_many
        return error


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


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        await asyncio.wait_for(socket.close(code=code, reason=brief(reason)), 2)
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
    hub: Hub = request.app.state.hub
    async with database.snapshot() as db:
        [reader] = await identify(db, [Hello(request, bearer(request) or "", caller)])
        if isinstance(reader, Exception):
            raise reader
        if not TOPIC.fullmatch(name) or not await topics.may_read(db, reader, name):
            limiter.hit("no such topic", client_address(request), most=600, seconds=60)
            raise NotFound("There is no such topic for you.")
        version = await topics.version(db, name)
        tag = f'"{version[0]}-{version[1]}"'
        if etag == tag:  # thousands of blocked screens ask every few seconds
            return Response(None, status_code=304, headers={"ETag": tag})
        document = hub.channels.at_hand(name, version) or await topics.content(db, name)
    body = msgspec.json.encode({"topic": name, "version": version, "doc": document, "now": milliseconds()})
    return Response(body, media_type=MediaType.JSON, headers={"ETag": tag, "Cache-Control": "no-cache"})
