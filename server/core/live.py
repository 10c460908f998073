"""The live protocol: one websocket for screens, tablets and console pages, and the same documents over HTTP.

docs/protocol.md describes it for whoever writes another screen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

import structlog
from litestar import Request, Response, WebSocket, get, websocket
from litestar.connection import ASGIConnection
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, HeaderParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import devices, staff, topics
from server.core.clock import milliseconds, now
from server.core.conversation import TOPIC, Caller, Conversation, Identify, Message
from server.core.database import Database
from server.core.errors import NotFound, SignInNeeded
from server.core.hub import REFUSED, cancelled
from server.core.security import bearer, client_address, limiter, own_origin
from server.core.wire import EXTENSION, Closing, DirectWire, QueuedWire, brief

log = structlog.get_logger()


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
    browser = socket.headers.get("user-agent", "")
    if lent := (socket.scope.get("extensions") or {}).get(EXTENSION):  # the socket lives on when this request is over
        lent.adopt(Conversation(state.door, DirectWire(lent), _identifier(socket), browser))
        return
    closing: Closing = asyncio.get_running_loop().create_future()
    wire = QueuedWire(socket.send_text, closing)
    await _serve(socket, Conversation(state.door, wire, _identifier(socket), browser), closing)
    wire.abort()


def _identifier(socket: WebSocket) -> Identify:
    async def identifier(hello: Message) -> Caller:
        limiter.hit("live", client_address(socket), most=3000, seconds=60)
        return await identify(socket.app.state.database, socket, hello.token, hello.as_)

    return identifier


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
