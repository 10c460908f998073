"""A post's way from the network to the glass, stage by stage, on a real browser with the real player.

The network is the rehearsal's replica, read by the real source over tweepy; the server is a process of its own.
"""

import asyncio
import io
import shutil
import statistics
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import async_playwright
from sqlalchemy import select

from displays import campaigns
from displays.models import Arrival
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from social.models import Post
from social.rehearsal.replica import Replica
from tests import house
from tests.bench.running import Server, crowd, server
from tests.browser.glass import EXECUTABLE, Chromium, profile

POSTS, EVERY_SECONDS = 20, 2.5
TOKEN = "bench"
OPENINGS = (
    "Never taking off",
    "My sister stole",
    "Wore to the rehearsal dinner",
    "Rain or shine,",
    "Half of Soho asked about",
)
ENDINGS = (
    "and the train was late anyway.", "with the old denim jacket.", "before coffee, before anything.", "twice this week already.",
)  # fmt: skip
STAGES = (
    ("published", "received", "on the network's stream, read by tweepy"),
    ("received", "stored", "written down"),
    ("stored", "matched", "its author's picture fetched; words compared with the catalogue"),
    ("matched", "judged", "screened and weighed by the feed's rule"),
    ("judged", "composed", "made into a card"),
    ("composed", "approved", "approved by the feed's rule"),
    ("approved", "sent", "committed; loop built, framed, written to the last socket"),
    ("sent", "arrived", "received by the browser (below 0: it was not the last to be written to)"),
    ("arrived", "ready", "card and pictures fetched, laid out, decoded"),
)
WHOLE, WAITING = ("received", "ready"), ("ready", "shown")


@dataclass(frozen=True)
class Stage:
    """How long one stage took, in milliseconds."""

    name: str
    median_ms: float
    p95_ms: float
    posts: int


async def measure(folder: Path, *, crowd_size: int) -> dict[str, Any]:
    """Let posts come, every few seconds, while one browser and `crowd_size` sockets listen."""
    if shutil.which(EXECUTABLE) is None:
        return {"missing": "Chromium is not installed (Debian: apt install chromium)"}
    replica = Replica(token=TOKEN, pictures=_avatar)
    await replica.start()
    settings = Settings(
        home=folder, x_bearer_token=TOKEN, x_api_base=replica.base, allow_fetch=replica.base.partition("://")[2]
    )
    try:
        one, others, loop = await _furnish(settings, crowd_size)
        published, told = await _play(replica, settings, one, _targets(others, loop))
        return {"crowd": crowd_size, "stages": [asdict(stage) for stage in await _stages(settings, published, told)]}
    finally:
        await replica.stop()


async def _play(
    replica: Replica, settings: Settings, one: tuple[str, str], targets: list[tuple[str, str, str]]
) -> tuple[dict[str, float], dict[str, Any]]:
    environment = {
        "x_bearer_token": TOKEN, "x_api_base": replica.base, "allow_fetch": settings.allow_fetch,
        "public_url": "http://bench.test",
    }  # fmt: skip
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(settings.home, **environment))
        if targets:
            await stack.enter_async_context(crowd(settings.home, running.port, targets, report=True))
        playwright = await stack.enter_async_context(async_playwright())
        browser = Chromium(profile(playwright, settings.home / "profile"))
        await browser.start()
        stack.push_async_callback(browser.stop)
        await browser.goto(f"http://127.0.0.1:{running.port}/screen/adopt#{one[0]}.{one[1]}")
        await _everybody_listens(replica, running, len(targets) + 1)
        published = await _post(replica)
        await asyncio.sleep(6)
        return published, await running.state()


async def _everybody_listens(replica: Replica, running: Server, sockets: int) -> None:
    for _ in range(600):
        if replica.stream.listeners and (await running.state())["sockets"] >= sockets:
            return await asyncio.sleep(4)  # until the evergreens stand and the page is kept
        await asyncio.sleep(0.1)
    raise RuntimeError("the source or the screens did not connect within a minute")


async def _post(replica: Replica) -> dict[str, float]:
    """Publish the posts, each by another author; when, by the network's id, in milliseconds since 1970."""
    published: dict[str, float] = {}
    async with httpx.AsyncClient(base_url=replica.base, timeout=10) as network:
        for number in range(POSTS):
            text = f"{OPENINGS[number % 5]} the madder red lipstick {ENDINGS[number // 5 % 4]} #HouseLoves"
            body = {"author": f"reader{number}", "name": f"Reader {number}", "text": text, "lang": "en"}
            at = datetime.now().timestamp() * 1000
            answer = (await network.post("/rehearsal/post", json=body)).raise_for_status()
            published[answer.json()["id"]] = at
            await asyncio.sleep(EVERY_SECONDS)
    return published


async def _stages(settings: Settings, published: dict[str, float], told: dict[str, Any]) -> list[Stage]:
    database = Database(settings.database, settings)
    async with database.snapshot() as db:
        posts = list(await db.scalars(select(Post)))
        arrivals = {arrival.spot: arrival for arrival in await db.scalars(select(Arrival))}
    await database.close()
    moments = [_moments(post, published, arrivals, told) for post in posts]
    pairs = [(*pair, f"{pair[0]} to {pair[1]}: {words}") for *pair, words in STAGES]
    pairs += [(*WHOLE, "received to ready"), (*WAITING, "waiting in the loop for its turn")]
    return [_stage(name, [m[end] - m[start] for m in moments if start in m and end in m]) for start, end, name in pairs]


def _moments(
    post: Post, published: dict[str, float], arrivals: dict[str, Arrival], told: dict[str, Any]
) -> dict[str, float]:
    found = {name: datetime.fromisoformat(at).timestamp() * 1000 for name, at in post.stamps.items()}
    if post.network_id in published:
        found["published"] = published[post.network_id]
    for spot, arrival in arrivals.items():
        if spot.startswith(f"p{post.id}r"):
            found["arrived"] = arrival.received_at.timestamp() * 1000
            found["ready"] = arrival.ready_at.timestamp() * 1000
            found |= {
                name: told[key][spot] for name, key in (("sent", "sent"), ("shown", "shown")) if spot in told[key]
            }
    return found


def _stage(name: str, taken: list[float]) -> Stage:
    if not taken:
        return Stage(name, 0, 0, 0)
    ordered = sorted(taken)
    return Stage(name, statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))], len(ordered))


async def _furnish(settings: Settings, crowd_size: int) -> tuple[tuple[str, str], list[tuple[str, str]], str]:
    """A small house with a campaign; the browser's screen and the others, each with its token, and their loop."""
    database = Database(settings.database, settings)
    await migrate(database)
    async with database.transaction() as db:
        await house.catalogue(db)
        made = await house.campaign(db, await house.feed(db))
        made.seconds = {"post": 4, "post_item": 4}
        await campaigns.publish(db, made, by="the bench") if made.published_at is None else None
        screen, token = await house.screen(db, "Browser")
        others = [await house.screen(db, f"Simulated {n}") for n in range(crowd_size)]
    await database.close()
    return (screen.id, token), [(other.id, secret) for other, secret in others], screen.loop_key


def _targets(others: list[tuple[str, str]], loop: str) -> list[tuple[str, str, str]]:
    hello = '{{"type":"hello","token":"{1}","have":{{"screen:{0}":null,"loop:{2}":null,"store:OXF":null}}}}'
    return [("/live", "", hello.format(id, token, loop)) for id, token in others]


def _avatar(name: str) -> bytes | None:
    """A picture for anybody."""
    body = io.BytesIO()
    colour = "#" + name.encode().hex()[-6:].rjust(6, "7")
    Image.new("RGB", (200, 200), colour).save(body, "PNG")
    return body.getvalue()
