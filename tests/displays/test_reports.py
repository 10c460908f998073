"""What screens say of themselves: kept in batches, whatever one of them sends."""

import pytest
from sqlalchemy import select

from displays import plays, spots
from displays.models import Arrival, Play, Screen, ScreenReport
from displays.reports import MOST_TRIES, Gathering
from displays.screens import aspect
from server.core.clock import milliseconds, now
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.refusals import lost
from server.core.topics import Reader
from tests import house
from tests.conftest import Served


async def _screen(database: Database, *, rotation: int = 0) -> str:
    async with database.transaction() as db:
        screen, _ = await house.screen(db)
        screen.rotation = rotation
        return screen.id


@pytest.mark.parametrize("spot", ["p²r1", "p" + "9" * 30 + "r1c00000000", "p1\0", "p1r1c", "", "‮"])
async def test_what_one_screen_calls_a_spot_cannot_lose_what_others_said(database: Database, spot: str) -> None:
    gathering, id = Gathering(), await _screen(database)
    gathering.ready(Reader("device", "other"), {"spot": spot, "at": milliseconds(), "received": milliseconds()})
    gathering.applied(Reader("device", id), {"topic": "loop:x", "version": ["e", 7]})
    await gathering.write(database)
    async with database.snapshot() as db:
        assert (await db.get_one(ScreenReport, id)).applied["loop:x"][1] == 7


async def test_a_live_spot_that_is_ready_is_kept(database: Database) -> None:
    gathering, id = Gathering(), await _screen(database)
    gathering.ready(Reader("device", id), {"spot": "p1r1c0123abcd", "at": milliseconds(), "received": milliseconds()})
    await gathering.write(database)
    async with database.snapshot() as db:
        assert (await db.scalars(select(Arrival))).one().screen_id == id


async def test_what_the_database_did_not_take_is_written_the_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathering, id = Gathering(), await _screen(database)
    gathering.applied(Reader("device", id), {"topic": "loop:x", "version": ["e", 7]})

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(gathering, "_write_reports", away)
        with pytest.raises(Unavailable):
            await gathering.write(database)
    gathering.applied(Reader("device", id), {"topic": "loop:y", "version": ["e", 1]})
    await gathering.write(database)
    async with database.snapshot() as db:
        assert set((await db.get_one(ScreenReport, id)).applied) == {"loop:x", "loop:y"}


async def test_what_screens_say_while_the_database_is_away_is_written_when_it_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that stays connected says it once: an outage of minutes must not lose it."""
    gathering, id = Gathering(), await _screen(database)
    reader = Reader("device", id)
    gathering.applied(reader, {"topic": "loop:x", "version": ["e", 3]})
    gathering.ready(reader, {"spot": "p1r1c00000000", "at": milliseconds()})
    for _ in range(3 * MOST_TRIES):
        with monkeypatch.context() as patched, pytest.raises(Unavailable):
            patched.setattr(database, "_writing", _nowhere)
            await gathering.write(database)
    await gathering.write(database)
    async with database.snapshot() as db:
        report = await db.get_one(ScreenReport, id)
        assert report.applied["loop:x"][:2] == ["e", 3]
        assert (await db.scalars(select(Arrival))).one().screen_id == id


def _nowhere() -> None:
    raise lost()


async def test_a_turned_panel_that_tells_its_upright_size_stays_upright(database: Database) -> None:
    gathering, id = Gathering(), await _screen(database, rotation=90)
    gathering.showing(Reader("device", id), {"spot": "e1", "at": 1, "width": 1080, "height": 1920, "error": None})
    await gathering.write(database)
    async with database.snapshot() as db:
        screen = await db.get_one(Screen, id)
        assert (screen.width, screen.height, aspect(screen)) == (1920, 1080, "9:16")


@pytest.mark.parametrize("changes", [{"campaign": "²"}, {"spot": "a\0b"}, {"campaign": "9" * 9}])
async def test_a_play_that_cannot_be_right_keeps_no_other_from_being_taken(database: Database, changes: dict) -> None:
    id = await _screen(database)
    moment = now().isoformat()
    good = {
        "id": "0b54aaaa-0000-4000-8000-00000000000", "seq": 1, "spot": "e1", "card": "", "campaign": "1",
        "started_at": moment, "ended_at": moment, "duration_ms": 1, "result": "completed",
    }  # fmt: skip
    async with database.transaction() as db:
        batch = plays.Batch([good | {"id": good["id"] + "1"}, good | {"id": good["id"] + "2"} | changes])
        await plays.take(db, [(id, plays.read(batch))])
        assert len(plays.accepted(batch)) == 2
    async with database.snapshot() as db:
        assert good["id"] + "1" in list(await db.scalars(select(Play.id)))


async def test_numbers_that_no_id_can_have_are_no_spot(database: Database) -> None:
    async with database.snapshot() as db:
        assert await spots.find(db, "e999999999999") is None
        assert await spots.find(db, "p999999999999r1c00000000") is None


async def test_what_is_no_digest_is_no_picture(served: Served) -> None:
    async with served.client() as client:
        assert (await client.get("/media/a%00b")).status_code == 404
