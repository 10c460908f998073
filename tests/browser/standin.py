"""A small server that speaks docs/protocol.md and nothing else: what the player is tried against, without the rest of the product."""

import asyncio
import hashlib
import io
import json
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from aiohttp import WSMsgType, web
from PIL import Image

from server.core.assets import Assets, content_type, in_tree
from server.core.rendering import environment
from server.core.security import HEADERS, policy

SHAPES = ("21:9", "16:9", "16:10", "4:3", "1:1", "3:4", "10:16", "9:16", "9:21")


def milliseconds() -> int:
    return round(time.time() * 1000)


class Standin:
    """Topics, media, plays and pairing in memory. Its clock may be off by `skew` ms, and it can be told to misbehave."""

    def __init__(self) -> None:
        self.assets = Assets()
        self.edition = ""
        self.epoch = "e1"
        self.skew = 0
        self.public_url = "https://old.example"
        self.beat_seconds = 0.5
        self.port = 0
        self.tokens: dict[str, str] = {}
        self.documents: dict[str, Any] = {}
        self.numbers: dict[str, int] = {}
        self.withheld: set[str] = set()
        """Topics that may be read but don't come."""
        self.media: dict[str, tuple[str, bytes]] = {}
        self.pairings: dict[str, dict[str, Any]] = {}
        self.plays: dict[str, dict[str, Any]] = {}
        self.repeats = 0
        self.reports: list[dict[str, Any]] = []
        self.hellos: list[dict[str, Any]] = []
        self.lose_answers = 0
        """Answers to plays that get lost after the plays were stored."""
        self.sockets_allowed = True
        self._sockets: dict[web.WebSocketResponse, set[str]] = {}
        self._runner: web.AppRunner | None = None

    # what a test says

    def card(
        self,
        colour: str,
        words: str = "",
        *,
        picture: str | None = None,
        fits: tuple[str, ...] = SHAPES,
        kind: str = "post",
    ) -> str:
        """Keep a card of one colour and return its digest."""
        image = f'<img src="/media/{picture}" alt="" width="64" height="64">' if picture else ""
        fit = " ".join(f"{shape}=1" for shape in fits)
        html = (
            f'<article class="card card-{kind}" data-layout="test@1" lang="en" dir="ltr" data-field="{colour}" data-ink="#ffffff"'
            f' data-soft="#eeeeee" data-accent="#ffffff" data-fit="{fit}"><p>{words}</p>{image}</article>'
        )
        return self.keep("text/html; charset=utf-8", html.encode())

    def picture(self, colour: str) -> str:
        bytes_ = io.BytesIO()
        Image.new("RGB", (64, 64), colour).save(bytes_, "PNG")
        return self.keep("image/png", bytes_.getvalue())

    def keep(self, kind: str, body: bytes) -> str:
        digest = hashlib.sha256(body).hexdigest()
        self.media[digest] = (kind, body)
        return digest

    def spot(
        self, name: str, colour: str = "#000000", *, kind: str = "evergreen", seconds: float = 12, **more: Any
    ) -> dict[str, Any]:
        """A spot whose card is one colour; kinds that stem from posts are live."""
        card = more.pop("card", None) or self.card(colour, name)
        live = kind in ("post", "post_item", "trend")
        base = {
            "pictures": [],
            "fonts": [],
            "variants": [],
            "at": "2026-11-01T10:00:00Z",
            "from": None,
            "until": None,
            "campaign": "c1",
        }
        return base | {"id": name, "kind": kind, "card": card, "seconds": seconds, "live": live} | more

    def screen(self, name: str = "s1", **more: Any) -> str:
        """Make a screen and return its token."""
        slate = {
            "name": "Maison Test",
            "logo": None,
            "field": "#ff00ff",
            "ink": "#ffffff",
            "accent": "#ffffff",
            "display": "fraunces",
            "text": "source-sans-3",
        }
        document = {
            "screen": name,
            "name": name,
            "loop": "loop:main",
            "rotation": 0,
            "language": "en",
            "time_zone": "Europe/London",
            "lease_seconds": 900,
            "range_minutes": 10,
            "stock_max_age_seconds": 7200,
            "stores": [],
            "reload": 0,
            "slate": slate,
        }
        self.publish(f"screen:{name}", document | more)
        self.tokens[_token(name)] = name
        return _token(name)

    def loop(self, *spots: dict[str, Any], mode: str = "live", topic: str = "loop:main") -> None:
        self.publish(topic, {"as_of": "2026-11-01T10:00:00Z", "mode": mode, "spots": list(spots)})

    def publish(self, topic: str, document: Any) -> None:
        """Change a document and push it to whoever holds it."""
        self.documents[topic] = document
        self.numbers[topic] = self.numbers.get(topic, 0) + 1
        for socket, topics in self._sockets.items():
            if topic in topics:
                asyncio.ensure_future(_send(socket, self._message(topic)))

    def change(self, topic: str, **fields: Any) -> None:
        self.publish(topic, self.documents[topic] | fields)

    def revoke(self, token: str) -> None:
        """The token is void, and sockets that came with it are closed."""
        self.tokens.pop(token, None)
        for socket in self._sockets:
            asyncio.ensure_future(socket.close(code=4401))

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [report for report in self.reports if report["type"] == kind]

    # what a screen hears

    async def start(self) -> None:
        app = web.Application(client_max_size=4 * 2**20)
        app.on_response_prepare.append(_harden)
        app.add_routes(
            [
                web.get("/screen", self._pairing_page),
                web.get("/screen/worker.js", self._worker),
                web.get("/screen/shell.json", self._shell),
                web.get("/screen/preview", self._preview_page),
                web.get("/screen/adopt", self._adopt_page),
                web.get("/screen/{id}", self._screen_page),
                web.get("/live", self._live),
                web.get("/static/{digest}/{name:.+}", self._static),
                web.get("/media/{digest}", self._media),
                web.get("/qr/{screen}/{name}", self._code),
                web.get("/api/topics/{topic}", self._topic),
                web.post("/api/pairing", self._offer),
                web.get("/api/pairing", self._collect),
                web.post("/api/plays", self._plays),
                web.get("/api/preview/loop/{campaign}", self._preview),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def stop(self) -> None:
        for socket in list(self._sockets):
            await socket.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def digest(self) -> str:
        return self.assets.digest + self.edition

    def _now(self) -> int:
        return milliseconds() + self.skew

    def _message(self, topic: str) -> dict[str, Any]:
        version = [self.epoch, self.numbers[topic]]
        return {"type": "topic", "topic": topic, "version": version, "doc": self.documents[topic], "now": self._now()}

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if not self.sockets_allowed:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = await socket.receive_json()
        if hello.get("token") not in self.tokens:
            await socket.close(code=4401)
            return socket
        self.hellos.append(hello)
        self._sockets[socket] = set()
        await _send(socket, {"type": "welcome", "now": self._now(), "epoch": self.epoch})
        await self._subscribe(socket, hello["have"])
        beats = asyncio.create_task(self._beat(socket))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self._hear(socket, json.loads(message.data))
        beats.cancel()
        self._sockets.pop(socket, None)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            await self._subscribe(socket, message["have"])
        elif message["type"] == "unsubscribe":
            self._sockets[socket] -= set(message["topics"])
        elif message["type"] != "beat":
            self.reports.append(message)

    async def _subscribe(self, socket: web.WebSocketResponse, have: dict[str, Any]) -> None:
        for topic, version in have.items():
            if topic not in self.documents:
                await _send(socket, {"type": "denied", "topic": topic})
                continue
            self._sockets[socket].add(topic)
            if topic not in self.withheld and version != [self.epoch, self.numbers[topic]]:
                await _send(socket, self._message(topic))

    async def _beat(self, socket: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(self.beat_seconds)
            await _send(socket, {"type": "beat", "now": self._now()})

    async def _topic(self, request: web.Request) -> web.Response:
        self._authorise(request)
        topic = request.match_info["topic"]
        if topic not in self.documents:
            raise web.HTTPNotFound
        etag = f'"{self.epoch}-{self.numbers[topic]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.json_response(self._message(topic), headers={"ETag": etag})

    def _authorise(self, request: web.Request) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise web.HTTPUnauthorized
        return self.tokens[token]

    async def _plays(self, request: web.Request) -> web.Response:
        self._authorise(request)
        plays = (await request.json())["plays"]
        assert 0 < len(plays) <= 200
        for play in plays:
            self.repeats += play["id"] in self.plays
            self.plays[play["id"]] = play
        if self.lose_answers:
            self.lose_answers -= 1
            request.transport.abort()  # type: ignore[union-attr]
        return web.json_response({"accepted": [play["id"] for play in plays]})

    async def _offer(self, request: web.Request) -> web.Response:
        number = len(self.pairings)
        secret, code = f"secret-{number}", f"K7M4Q{number}"
        self.pairings[secret] = {"code": code, "id": None, "gone": False} | await request.json()
        return web.json_response({"code": code, "secret": secret, "expires_seconds": 600}, status=201)

    async def _collect(self, request: web.Request) -> web.Response:
        pairing = self.pairings.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if pairing is None or pairing["gone"]:
            raise web.HTTPNotFound
        if not pairing["id"]:
            return web.json_response({"paired": False})
        pairing["gone"] = True
        return web.json_response({"paired": True, "id": pairing["id"], "token": _token(pairing["id"])})

    async def _media(self, request: web.Request) -> web.Response:
        if request.match_info["digest"] not in self.media:
            raise web.HTTPNotFound
        kind, body = self.media[request.match_info["digest"]]
        return web.Response(
            body=body, headers={"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}
        )

    async def _code(self, request: web.Request) -> web.Response:
        body = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="90" height="90"><desc>{self.public_url}</desc></svg>'
        return web.Response(text=body, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if request.match_info["digest"] != self.digest:
            raise web.HTTPNotFound
        body = self.assets.made.get(name) or self.assets.files[name].read_bytes()
        return web.Response(
            body=body,
            headers={"Content-Type": content_type(name), "Cache-Control": "public, max-age=31536000, immutable"},
        )

    async def _worker(self, request: web.Request) -> web.Response:
        body = self.assets.files["server/core/web/device/worker.js"].read_bytes()
        return web.Response(
            body=body,
            headers={
                "Content-Type": "text/javascript",
                "Cache-Control": "no-cache",
                "Service-Worker-Allowed": "/screen",
            },
        )

    async def _shell(self, request: web.Request) -> web.Response:
        own = ("displays/player/", "server/core/web/device/")
        names = [name for name in self.assets.files if name.startswith(own)] + ["vendor/fonts.css"]
        return web.json_response({"digest": self.digest, "files": [f"/static/{self.digest}/{name}" for name in names]})

    async def _pairing_page(self, request: web.Request) -> web.Response:
        return self._page("core/pairing.html", kind="screen")

    async def _screen_page(self, request: web.Request) -> web.Response:
        return self._page("displays/screen.html")

    async def _adopt_page(self, request: web.Request) -> web.Response:
        return self._page("core/adopt.html", kind="screen")

    async def _preview_page(self, request: web.Request) -> web.Response:
        return self._page("displays/screen.html", preview=True)

    async def _preview(self, request: web.Request) -> web.Response:
        documents = {"screen": self.documents["screen:s1"], "loop": self.documents["loop:main"], "stores": []}
        return web.json_response(documents)

    def _page(self, template: str, **more: Any) -> web.Response:
        request = SimpleNamespace(
            app=SimpleNamespace(state=SimpleNamespace(assets=SimpleNamespace(digest=self.digest)))
        )
        html = (
            environment()
            .get_template(template)
            .render(request=request, static=lambda name: f"/static/{self.digest}/{in_tree(name)}", **more)
        )
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def _token(screen: str) -> str:
    return f"token-of-the-screen-{screen}"


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS | {"Content-Security-Policy": policy(request.host)})


async def _send(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
    if not socket.closed:
        with suppress(ConnectionError):
            await socket.send_json(message)
