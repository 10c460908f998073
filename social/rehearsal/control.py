"""The control of a rehearsal, for `vitrine rehearse` and drills: from this machine only, and never from a web page.

GET    /rehearsal             what plays, who listens
POST   /rehearsal/play        {"scenario": "<name>" | "text": "<JSON lines>", "speed"?: 4, "loop"?: true}
DELETE /rehearsal/play        stop playing
POST   /rehearsal/post        a step's `post` (its author may be new)
POST   /rehearsal/misbehave   a step's `misbehave`
"""

import ipaddress
import json
import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from server.core.errors import BadInput, NotAllowed
from social.rehearsal import scenario

if TYPE_CHECKING:
    from social.rehearsal.replica import Replica

FASTEST = 1_000


def routes(replica: "Replica") -> list[web.RouteDef]:
    """The routes of the control, each guarded."""

    async def show(_: Any) -> dict:
        return _state(replica)

    async def play(body: dict) -> dict:
        text, name = body.get("text"), str(body.get("scenario", ""))
        chosen = scenario.read(text, title=name or "inline") if isinstance(text, str) else scenario.load(name)
        await replica.play(chosen, speed=_speed(body.get("speed", 1)), loop=body.get("loop") is True)
        return _state(replica)

    async def stop(_: Any) -> dict:
        await replica.stop_playing()
        return _state(replica)

    async def post(body: dict) -> dict:
        handle = body.get("author")
        author = {"handle": handle, "name": body.get("name") or handle}
        introduction, step = scenario.read(f"{json.dumps({'author': author})}\n{json.dumps({'post': body})}").steps
        if handle not in replica.world.people:
            replica.player.do(introduction)
        replica.player.do(step)
        return {"id": next(reversed(replica.world.revisions))}

    async def misbehave(body: dict) -> dict:
        replica.stream.misbehave(str(body.pop("how", "")), **body)
        return _state(replica)

    return [
        web.get("/rehearsal", _guarded(show)),
        web.post("/rehearsal/play", _guarded(play)),
        web.delete("/rehearsal/play", _guarded(stop)),
        web.post("/rehearsal/post", _guarded(post)),
        web.post("/rehearsal/misbehave", _guarded(misbehave)),
    ]


def _state(replica: "Replica") -> dict:
    playing = replica.playing
    return {
        "scenario": playing[0].title if playing and not playing[1].done() else None,
        "listeners": replica.stream.listeners,
        "rules": len(replica.rules.rules),
        "posts": len(replica.world.revisions),
        "scenarios": scenario.names(),
    }


def _speed(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= FASTEST or math.isnan(value):
        raise BadInput(f"‘speed’ is a number over 0 and up to {FASTEST:,}.")
    return float(value)


def _guarded(verb: Callable[[dict], Awaitable[dict]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        _check(request)
        body = await request.json() if request.can_read_body else {}
        if not isinstance(body, dict):
            raise BadInput("The body is an object in braces.")
        return web.json_response(await verb(body))

    return handle


def _check(request: web.Request) -> None:
    """Pages in a browser on this machine could reach the port: they send an Origin, or a name that was bent to here."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    local = request.remote is not None and ipaddress.ip_address(request.remote).is_loopback
    if not local or host not in {"127.0.0.1", "localhost", "::1"} or "Origin" in request.headers:
        raise NotAllowed("The rehearsal is directed from its own machine only.")
    if request.can_read_body and request.content_type != "application/json":
        raise BadInput("Send JSON, as application/json.")
