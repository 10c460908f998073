"""The replica as a server: X's API v2 as far as Vitrine uses it, pictures, and the control of the rehearsal."""

import asyncio
import hmac
import inspect
import itertools
import re
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from server.core import clock
from server.core.errors import VitrineError
from social.rehearsal import control, payload, search
from social.rehearsal.player import Player
from social.rehearsal.rules import Rules
from social.rehearsal.scenario import Scenario
from social.rehearsal.stream import Stream
from social.rehearsal.world import Revision, World
from social.sources.x_ids import id_at

Pictures = Callable[[str], bytes | None | Awaitable[bytes | None]]
TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"GIF8": "image/gif"}


class Replica:
    """X, played on 127.0.0.1.

    `pictures` gives the bytes of /media/<name> (a folder, or a callable of the name, which may be a coroutine
    function); people's avatars are named `avatar-<handle>`. `keep_alive` in seconds; `connects`: connections allowed in
    15 minutes; `search_lag`: seconds until a post is found by search (X: up to 30).
    """

    def __init__(
        self,
        *,
        token: str,
        pictures: Path | Pictures | None = None,
        keep_alive: float = 20,
        connects: int = 50,
        search_lag: float = 0,
        now: Callable[[], datetime] = clock.now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._token, self._pictures, self._now, self._search_lag = token, pictures, now, search_lag
        self._first_id = int(id_at(now()))
        self.world, self.rules = World(now), Rules()
        self.stream = Stream(now=now, keep_alive=keep_alive, connects=connects)
        self.player = Player(self.world, self.stream, self.publish, sleep=sleep)
        self.playing: tuple[Scenario, asyncio.Task] | None = None
        self.base = ""
        """Its address once it has started, to be given to XSource as `api_base`."""
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0, *, listening: socket.socket | None = None) -> str:
        """Answer on a port of 127.0.0.1, a free one if none is given, or on a socket that listens already; returns the
        address."""
        app = web.Application(middlewares=[_errors], client_max_size=4_500_000)
        app.add_routes(
            [
                web.get("/2/tweets/search/stream", self._x(self._stream)),
                web.get("/2/tweets/search/stream/rules", self._x(self._get_rules)),
                web.post("/2/tweets/search/stream/rules", self._x(self._post_rules)),
                web.get("/2/tweets/search/recent", self._x(self._search)),
                web.get("/2/tweets", self._x(self._look_up)),
                web.get("/media/{name}", self._medium),
                *control.routes(self),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        on = web.SockSite(self._runner, listening) if listening else web.TCPSite(self._runner, "127.0.0.1", port)
        await on.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.base

    async def stop(self) -> None:
        """Stop playing and listening."""
        await self.stop_playing()
        self.stream.cut()
        if self._runner:
            await self._runner.cleanup()

    async def play(self, scenario: Scenario, *, speed: float = 1, loop: bool = False) -> None:
        """Begin to play a scenario, in place of the one that plays."""
        await self.stop_playing()
        self.playing = scenario, asyncio.create_task(self.player.play(scenario, speed=speed, loop=loop))

    async def stop_playing(self) -> None:
        """End what plays; posts and rules stay."""
        if self.playing:
            task = self.playing[1]
            self.playing = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def publish(self, revision: Revision) -> None:
        """Send a revision to the stream, if a rule lets it in."""
        if matching := self.rules.matching(payload.subject(revision)):
            query = self.stream.queries[-1] if self.stream.queries else {}
            self.stream.send({**payload.envelope(revision, query, base=self.base), "matching_rules": matching})

    def _x(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        async def guarded(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("Authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                return _problem(401, "Unauthorized", "Unauthorized")
            return await handler(request)

        return guarded

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not self.rules.rules:
            words = "Your stream has no rules configured, please add rules before connecting."
            self.stream.note_attempt()
            return _problem(409, "ConnectionException", words, connection_issue="RuleConfigurationIssue")
        return await self.stream.serve(request)

    async def _get_rules(self, request: web.Request) -> web.Response:
        return web.json_response(self.rules.listed())

    async def _post_rules(self, request: web.Request) -> web.Response:
        status, answer = self.rules.change(await request.json(), dry=request.query.get("dry_run") == "true")
        return web.json_response(answer, status=status)

    async def _look_up(self, request: web.Request) -> web.Response:
        ids = [i for i in request.query.get("ids", "").split(",") if i]
        if not 0 < len(ids) <= 100 or not all(re.fullmatch(r"\d{1,19}", i) for i in ids):
            return _problem(400, "Invalid Request", "`ids` takes 1 to 100 ids.")
        found, errors = [], []
        for i in ids:
            # Of posts of an earlier rehearsal nothing is known here, and to call them deleted would take them off air.
            if int(i) < self._first_id:
                continue
            revision, error = self._standing(i)
            found += [revision] if revision else []
            errors += [error] if error else []
        return web.json_response(self._many(found, request) | ({"errors": errors} if errors else {}))

    def _standing(self, post_id: str) -> tuple[Revision | None, dict | None]:
        revision = self.world.revisions.get(post_id)
        if revision is None or revision.thread.deleted:
            return None, _missing(post_id, "Not Found Error", "Could not find tweet", "resource-not-found")
        if revision.author.suspended:
            return None, _missing(post_id, "Forbidden", "User has been suspended", "resource-not-found")
        if revision.author.protected:
            words = "Sorry, you are not authorized to see the Tweet"
            return None, _missing(post_id, "Authorization Error", words, "not-authorized-for-resource")
        return revision, None

    async def _search(self, request: web.Request) -> web.Response:
        if refusal := self.stream.search_refusal():
            return refusal
        try:
            return web.json_response(self._found(request))
        except ValueError as error:
            return _problem(400, "Invalid Request", str(error))

    def _found(self, request: web.Request) -> dict:
        """A page of recent search, the newest first. Raises ValueError in X's words."""
        asked = search.read(request.query, self._now())
        hits = (r for r in self.world.newest_first() if asked.wants(r) and asked.test(payload.subject(r)))
        known = (r for r in hits if r.created_at <= self._now() - timedelta(seconds=self._search_lag))
        page = list(itertools.islice(known, asked.size + 1))
        more, page = len(page) > asked.size, page[: asked.size]
        return {**self._many(page, request), "meta": search.meta(page, more=more)}

    def _many(self, revisions: list[Revision], request: web.Request) -> dict:
        if not revisions:
            return {}
        found = {"data": [payload.data(revision, request.query) for revision in revisions]}
        return found | payload.includes(revisions, request.query, base=self.base)

    async def _medium(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if not re.fullmatch(r"[A-Za-z0-9_\-]{1,80}(\.[a-z]{3,4})?", name):
            raise web.HTTPNotFound
        body = await self._picture(name)
        kind = next((kind for magic, kind in TYPES.items() if body and body.startswith(magic)), None)
        if body is None or kind is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type=kind)

    async def _picture(self, name: str) -> bytes | None:
        if isinstance(self._pictures, Path):
            path = self._pictures / name
            return await asyncio.to_thread(path.read_bytes) if path.is_file() else None
        found = self._pictures(name) if self._pictures else None
        return await found if inspect.isawaitable(found) else found


@web.middleware
async def _errors(request: web.Request, handler: Callable) -> web.StreamResponse:
    try:
        return await handler(request)
    except VitrineError as error:
        return _problem(error.status, error.title, error.detail)
    except ValueError:
        return _problem(400, "Invalid Request", "The body is not JSON.")


def _missing(post_id: str, title: str, words: str, kind: str) -> dict:
    return {
        "value": post_id,
        "resource_id": post_id,
        "detail": f"{words} with ids: [{post_id}].",
        "title": title,
        "resource_type": "tweet",
        "parameter": "ids",
        "type": f"https://api.twitter.com/2/problems/{kind}",
    }


def _problem(status: int, title: str, detail: str, **more: Any) -> web.Response:
    body = {"title": title, "detail": detail, "status": status, "type": "about:blank", **more}
    return web.json_response(body, status=status, content_type="application/problem+json")
