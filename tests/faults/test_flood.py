"""A network that sends 5,000 posts a second: memory is bounded, people are served, and what was left out is counted and said."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from social.rehearsal.replica import Replica
from social.sources.x import Limits
from tests import stories
from tests.conftest import until
from tests.console import moderating
from tests.faults.flood import Flood
from tests.faults.serving import Serving, sqlite_home
from tests.live import Live

RATE = 5000
QUIET, FLOODED = 120, 240
"""Rounds of work at full length."""
EVERY = 0.25
"""Seconds from one round of work to the next."""
MEGABYTE = 1024 * 1024
LEFT_OUT = "vitrine_posts_left_out_total"


class Street:
    """A server that listens to the network, a screen, and somebody who moderates."""

    def __init__(self, shop: Serving, screen: str, live: Live, person: httpx.AsyncClient, waiting: list[int]) -> None:
        self.shop, self._screen, self._live, self.person = shop, screen, live, person
        self._waiting = iter(waiting)

    async def work(self, rounds: int) -> tuple[list[float], list[float]]:
        """Approve a post and change the screen, again and again; the seconds that each took, the change until it was there."""
        approvals, pushes = [], []
        for _ in range(rounds):
            started = time.monotonic()
            approvals.append(await self._approve(next(self._waiting)))
            pushes.append(await self._change())
            await asyncio.sleep(max(0.0, started + EVERY - time.monotonic()))
        return approvals, pushes

    async def _approve(self, id: int) -> float:
        digest = await moderating.card_of(self.shop, id)  # type: ignore[arg-type]
        began = time.monotonic()
        answer = await self.person.post(
            f"/console/queue/{id}/approval", data={"digest": digest}, headers=moderating.JSON
        )
        assert answer.status_code == 201, answer.text
        return time.monotonic() - began

    async def _change(self) -> float:
        topic = f"screen:{self._screen}"
        began, before = time.monotonic(), self._live.versions[topic]
        assert (await self.person.post(f"/console/screens/{self._screen}/reloads")).status_code == 303
        await self._live.until(lambda live: live.versions[topic] != before, seconds=60)
        took = time.monotonic() - began
        await self._live.send(type="beat")
        return took


@pytest.fixture
async def replica() -> AsyncIterator[Replica]:
    made = Replica(token="drill", keep_alive=1)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def street(
    replica: Replica, sqlite_template: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Street]:
    settings = sqlite_home(tmp_path / "home", sqlite_template)
    shop = Serving(settings, constants=("social.listening.TELL_SECONDS=0.5",))
    screen, token = next(iter((await moderating.open_house(shop)).items()))  # type: ignore[arg-type]
    many = QUIET + FLOODED if request.node.get_closest_marker("soak") else 8
    posts = [stories.post(f"Madder red lipstick, day {n} of it. #HouseLoves", handle=f"reader{n}") for n in range(many)]
    waiting = await moderating.waits(shop, settings, *posts)  # type: ignore[arg-type]

    async def listens() -> bool:
        return bool(replica.stream.listeners and replica.rules.rules)

    try:
        await shop.start(
            VITRINE_SOURCES="1", VITRINE_X_BEARER_TOKEN="drill", VITRINE_X_API_BASE=replica.base,
            VITRINE_X_POSTS_A_DAY="100000000",
        )  # fmt: skip
        await until(listens, seconds=30)
        async with (
            await shop.staff() as person,
            Live(shop.live, token=token, have={f"screen:{screen}": None}) as live,
        ):
            await live.document(f"screen:{screen}")
            yield Street(shop, screen, live, person, waiting)
            assert live.socket.close_code is None
    finally:
        await shop.stop()


async def all_counted(street: Street, flood: Flood) -> None:
    """Wait until every post of a flood was heard: left out and counted, judged, or waiting to be."""
    room = Limits().queue + 1

    async def counted() -> bool:
        left_out, taken = await street.shop.metric(LEFT_OUT), await street.shop.metric("vitrine_posts_total")
        return flood.sent - room <= left_out + taken <= flood.sent

    await until(counted, seconds=60)


async def test_a_flood_is_left_out_counted_and_said_and_people_are_served_meanwhile(
    street: Street, replica: Replica
) -> None:
    flood, before = Flood(replica, "HouseLoves"), street.shop.memory()
    flooding = asyncio.create_task(flood.run(a_second=RATE, seconds=2))
    await street.work(8)
    await flooding
    assert street.shop.memory() - before < 100 * MEGABYTE
    await all_counted(street, flood)

    async def said() -> bool:
        page = (await street.person.get("/console/health")).text
        return "that came faster than we judge" in page and "rarer tags" in page

    await until(said, seconds=20)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_a_minute_of_flood_at_full_length(street: Street, replica: Replica) -> None:
    quiet, before = await street.work(QUIET), street.shop.memory()
    flood, worked = Flood(replica, "HouseLoves"), street.shop.cpu()
    flooding = asyncio.create_task(flood.run(a_second=RATE, seconds=60))
    flooded = await street.work(FLOODED)
    worked = street.shop.cpu() - worked
    await flooding
    after = street.shop.memory()
    await all_counted(street, flood)
    left_out, taken = await street.shop.metric(LEFT_OUT), await street.shop.metric("vitrine_posts_total")
    for name, calm, busy in zip(("approval", "push"), quiet, flooded, strict=True):
        print(
            f"\n{name}: p50 {part(calm, 0.5):.0f} ms, p95 {part(calm, 0.95):.0f} ms quiet; "
            f"{part(busy, 0.5):.0f} ms, {part(busy, 0.95):.0f} ms in the flood"
        )
        assert part(busy, 0.95) < 2 * part(calm, 0.95) + 1000  # a second for what else this machine has to do
    print(
        f"{flood.sent:,} offered, {taken:,.0f} taken in, {left_out:,.0f} left out, the others wait; CPU {worked:.0f} s"
    )
    print(f"memory {before / MEGABYTE:.0f} MiB before, {after / MEGABYTE:.0f} MiB after; load {os.getloadavg()[0]:.1f}")
    assert after - before < 150 * MEGABYTE
    assert taken + left_out > flood.sent - Limits().queue - 2


def part(seconds: list[float], quantile: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[int(quantile * (len(seconds) - 1))] * 1000
