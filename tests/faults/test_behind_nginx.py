"""Two processes on PostgreSQL and Redis behind nginx, as `deploy/` ships it: over TLS, and one process more or less is nothing."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import delete

from server.core import media, staff
from server.core.settings import Settings
from tests import house
from tests.conftest import until
from tests.faults.nginx import Nginx, find_nginx
from tests.faults.servers import Redis, find_redis
from tests.faults.serving import Serving
from tests.live import Live
from tests.postgres import Postgres

pytestmark = [pytest.mark.postgresql, pytest.mark.redis]


class Site(NamedTuple):
    """What stands there: the proxy, and the processes behind it."""

    nginx: Nginx
    one: Serving
    other: Serving
    surroundings: dict[str, str]

    def client(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.nginx.address, verify=self.nginx.trust, timeout=30, **options)

    def live(self, token: str, have: dict[str, Any]) -> Live:
        return Live(self.nginx.live, token=token, have=have, ssl=self.nginx.trust, origin=self.nginx.address)


@pytest.fixture
async def site(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Site]:
    program, redis = find_nginx(), find_redis()
    if program is None:
        pytest.skip("nginx is not installed (Debian: apt install nginx)")
    if redis is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    lines, name = Redis(redis), postgres.create()
    settings = Settings(home=tmp_path, database_url=postgres.url(name))
    one, other = Serving(settings), Serving(settings)
    nginx = Nginx(program, one.port, other.port)
    surroundings = {
        "VITRINE_BACKPLANE_URL": lines.url,
        "VITRINE_PROXIES": "127.0.0.1",
        "VITRINE_PUBLIC_URL": nginx.address,
        "VITRINE_DATABASE_CONNECTIONS": "5",
        "VITRINE_METRICS_TOKEN": "",
    }
    try:
        lines.start()
        await nginx.start()
        # The other comes later: until then whoever asks nginx is served by the first.
        await one.start(log=tmp_path / "one.log", **surroundings)
        yield Site(nginx, one, other, surroundings)
    finally:
        for running in (nginx, one, other):
            await running.stop()
        lines.remove()
        postgres.drop(name)


async def reloaded(client: httpx.AsyncClient, screen: str) -> None:
    answer = await client.post(f"/console/screens/{screen}/reloads")
    assert answer.status_code < 400, answer.text


async def test_screens_behind_the_proxy_are_served_by_whichever_process_there_is(site: Site, tmp_path: Path) -> None:
    one, other = site.one, site.other
    async with one.database.transaction() as db:
        await house.catalogue(db)
        screen, token = await house.screen(db)
        digest = await media.store(db, b"<svg/>" * 100, "image/svg+xml")
        person = await staff.add(db, email="a@house.test", name="Ada", role="admin")
        cookies = {staff.COOKIE: await staff.sign_in(db, person, hours=1)}
    name = f"screen:{screen.id}"
    async with site.client(cookies=cookies) as through, site.live(token, {name: None}) as live:
        await live.document(name)
        assert await one.metric("vitrine_sockets") == 1
        await other.start(log=tmp_path / "other.log", **site.surroundings)

        # A change through the other process is on the socket that the first one holds, and sooner than by the sweep.
        times = []
        async with httpx.AsyncClient(base_url=other.address, cookies=cookies, timeout=30) as beside:
            for count in range(1, 6):
                began = time.monotonic()
                await reloaded(beside, screen.id)
                await live.document(name, lambda document, count=count: document["reload"] == count)
                times.append(time.monotonic() - began)
        assert min(times) < 1
        assert await other.metric("vitrine_sockets") == 0

        await cached(site, through, digest)
        await told_who_asks(site, through)
        await sized(through)

        # A process that is killed is noticed by its sockets alone, and they come back to the other.
        assert one.process
        one.process.kill()
        await one.process.wait()
        await until(lambda: over(live))
        async with site.live(token, {name: live.versions[name]}) as back:
            await reloaded(through, screen.id)
            await back.document(name, lambda document: document["reload"] == 6)
            assert [message["type"] for message in back.messages].count("topic") == 1  # only what is newer
            for _ in range(20):
                assert (await through.get("/health/ready")).status_code == 200

            assert other.process
            other.process.kill()
            await other.process.wait()
            away = await through.get("/console")
            assert (away.status_code, away.headers["retry-after"]) == (503, "3")
            assert away.json()["title"] == "Not here at the moment"
            assert (await through.get(f"/media/{digest}")).status_code == 200


async def over(live: Live) -> bool:
    return live._task.done()


async def cached(site: Site, through: httpx.AsyncClient, digest: str) -> None:
    """What never changes comes from the proxy from the second time on, even when it is there no more."""
    answers = [await through.get(f"/media/{digest}") for _ in range(2)]
    async with site.one.database.transaction() as db:
        await db.execute(delete(media.Media).where(media.Media.digest == digest))
    answers.append(await through.get(f"/media/{digest}"))
    assert [answer.headers["x-cache"] for answer in answers] == ["MISS", "HIT", "HIT"]
    assert all("immutable" in answer.headers["cache-control"] and "etag" in answer.headers for answer in answers)
    assert len({answer.content for answer in answers}) == 1
    assert "x-cache" not in (await through.get("/console")).headers


async def told_who_asks(site: Site, through: httpx.AsyncClient) -> None:
    """A process believes its proxy; /metrics speaks to this machine alone, and to nobody through a proxy."""
    assert (await through.get("/metrics")).status_code == 404
    async with site.one.client() as beside:
        assert (await beside.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 404
    secure = (await through.get("/console/sign-in")).headers
    assert "strict-transport-security" in secure


async def sized(through: httpx.AsyncClient) -> None:
    """What is too large is refused by Vitrine in words up to what the proxy lets pass, and uploads pass whole."""
    answer = await through.post("/api/items", content=b"[" + b" " * 300_000 + b"]")
    assert (answer.status_code, answer.json()["title"]) == (413, "Too large")
    assert (await through.post("/api/items", content=b" " * 2_000_000)).status_code == 413
    row = b"v\tg\tVelvet" + b" so soft" * 400 + b"\t10 GBP\tin_stock\n"
    feed = b"id\titem_group_id\ttitle\tprice\tavailability\n" + row * 500
    answer = await through.post(
        "/console/catalogue/imports", data={"kind": "products"}, files={"file": ("products.tsv", feed)}
    )
    assert answer.status_code in (200, 303), answer.text
