"""A server whose clock is set by an hour, ahead and back, while screens, tablets and people are at it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from displays.models import Play
from server.core.clock import iso, milliseconds, now
from tests import house, shopping
from tests.faults.serving import Serving, sqlite_home
from tests.live import Live

HOUR = timedelta(hours=1)


class Clock:
    """The clock of a process, as a file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(timedelta())

    def set(self, ahead: timedelta) -> None:
        """How far ahead of ours it is from now on."""
        part = self.file.with_suffix(".part")
        part.write_text(str(ahead.total_seconds()))
        part.replace(self.file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
async def shop(clock: Clock, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Serving]:
    quick = ("server.core.hub.BEAT_SECONDS=0.2", f"clock={clock.file}")
    running = Serving(sqlite_home(tmp_path / "home", sqlite_template), constants=quick)
    await shopping.catalogue(running.database)
    await running.start()
    yield running
    await running.stop()


def ahead(live: Live) -> timedelta:
    """How far ahead of ours the server's clock is, by its last beat."""
    beats = [one["now"] for one in live.messages if one["type"] == "beat"]
    return timedelta(milliseconds=beats[-1] - milliseconds()) if beats else timedelta(days=1)


async def test_nothing_is_ended_lost_or_let_in_because_the_servers_clock_is_set(clock: Clock, shop: Serving) -> None:
    async with shop.database.transaction() as db:
        screen, token = await house.screen(db)
    tablet, viewer = await shopping.tablet_at(shop), await shop.staff("viewer")  # type: ignore[arg-type]
    stranger = shop.client()
    await tablet.begin()
    while await ask(stranger) != 429:
        continue
    plays, before = set[str](), timedelta()
    names = {f"screen:{screen.id}": None}
    async with Live(shop.live, token=token, have=names) as live, Live(shop.live, token=tablet.token) as other:
        for leap in (timedelta(), HOUR, timedelta(), -HOUR, timedelta()):
            clock.set(leap)
            for line in (live, other):
                await line.until(lambda line, leap=leap: abs(ahead(line) - leap) < timedelta(minutes=1))
            # As the screen told the time until then.
            plays.add(await play(shop, token, now() + before - timedelta(minutes=1)))
            before = leap
            if leap == HOUR:
                (await tablet.client.post(f"/api/visits/{tablet.visit}/call")).raise_for_status()
            assert (await viewer.get("/console")).status_code == 200
            assert (await tablet.document())["visit"]["id"] == tablet.visit
            assert 429 in [await ask(stranger) for _ in range(4)]  # an hour would let thirty in
            assert live.socket.close_code is None and other.socket.close_code is None
    async with shop.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Play).where(Play.id.in_(plays))) == len(plays) == 5
    page = (await viewer.get("/console/health")).text
    assert "The clock has gone back" in page
    for client in (tablet.client, viewer, stranger):
        await client.aclose()


async def ask(stranger: httpx.AsyncClient) -> int:
    """Ask to be paired, as nobody may without end."""
    return (await stranger.post("/api/pairing", json={"kind": "screen", "width": 800, "height": 600})).status_code


async def play(shop: Serving, token: str, at: datetime) -> str:
    """Tell of a play that began then; its id."""
    told = {
        "id": str(uuid4()), "seq": 1, "spot": "e1", "card": "a" * 64, "started_at": iso(at),
        "ended_at": iso(at + timedelta(seconds=5)), "duration_ms": 5000, "result": "completed",
    }  # fmt: skip
    async with shop.client() as screen:
        headers = {"Authorization": f"Bearer {token}"}
        (await screen.post("/api/plays", json={"plays": [told]}, headers=headers)).raise_for_status()
    return told["id"]
