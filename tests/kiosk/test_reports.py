"""What tablets say of themselves: kept in batches, checked and bounded, whatever one of them sends."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kiosk import reports
from kiosk.models import KioskReport
from kiosk.reports import Gathering
from kiosk.standing import stand
from server.core.clock import milliseconds, now
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.topics import Reader, numbers
from tests import shopping
from tests.conftest import Served, until
from tests.live import Live
from tests.shopping import Tablet

HOSTILE: list[Any] = [
    None, "", "x" * 9999, -1, 101, 1e308, float("inf"), float("nan"), True, [1], {"a": {}}, "<script>alert(1)</script>", "a\0b\u202e",
]  # fmt: skip


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet of a store."""
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


async def report_of(database: Database, id: str) -> KioskReport:
    async with database.snapshot() as db:
        return await db.get_one(KioskReport, id)


async def test_a_tablet_that_is_open_is_there_and_says_how_it_is(served: Served, tablet: Tablet) -> None:
    async with Live(served.live, token=tablet.token, have={}, user_agent_header="Tablet 1") as glass:
        await glass.send(
            type="tablet", battery=12.4, charging=False, unsent=3, version="abc", range_at=milliseconds(), error=""
        )

        async def told() -> bool:
            report = await report_of(served.database, tablet.id)
            return report.connected and report.unsent == 3

        await until(told)
        report = await report_of(served.database, tablet.id)
        assert (report.battery, report.charging, report.version, report.browser) == (12, False, "abc", "Tablet 1")
        assert report.range_at and abs(now() - report.range_at) < timedelta(minutes=1)
        standing = stand(report, moment=now())
        assert (standing.words, standing.tone) == ("battery low", "warn")
        assert [words.partition(" ")[0] for words in standing.besides] == ["12", "3"]

    async def gone() -> bool:
        return not (await report_of(served.database, tablet.id)).connected

    await until(gone)
    standing = stand(await report_of(served.database, tablet.id), moment=now())
    assert standing.words.startswith("away since ") and standing.besides == ("3 changes will be sent when it is back.",)


async def test_whatever_a_tablet_says_is_kept_within_bounds(database: Database) -> None:
    await shopping.catalogue(database)
    gathering, id = Gathering(), await _kiosk(database)
    for value in HOSTILE:
        gathering.tablet(Reader("device", id), dict.fromkeys(reports.READ, value))
        await gathering.write(database)
        report = await report_of(database, id)
        assert report.battery is None or 0 <= report.battery <= 100
        assert 0 <= report.unsent <= reports.MOST_UNSENT and report.range_at is None
        assert len(report.version) <= 32 and len(report.error) <= 300 and report.error.isprintable()


async def test_pages_hear_of_what_changed_and_of_nothing_else(database: Database) -> None:
    await shopping.catalogue(database)
    gathering, id = Gathering(), await _kiosk(database)
    seen = []
    for battery in (80, 80, 79):
        gathering.tablet(Reader("device", id), {"battery": battery})
        gathering.tablet(Reader("device", "another"), {"battery": battery})
        await gathering.write(database)
        async with database.snapshot() as db:
            seen.append((await numbers(db, ["kiosks"]))["kiosks"])
    assert seen[0] == seen[1] == seen[2] - 1


async def test_what_the_database_did_not_take_is_written_the_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shopping.catalogue(database)
    gathering, id = Gathering(), await _kiosk(database)
    gathering.tablet(Reader("device", id), {"battery": 50, "unsent": 1})

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(reports, "_write", away)
        with pytest.raises(Unavailable):
            await gathering.write(database)
    gathering.tablet(Reader("device", id), {"unsent": 2})
    await gathering.write(database)
    report = await report_of(database, id)
    assert (report.battery, report.unsent) == (50, 2)


async def test_a_tablet_whose_server_ended_without_a_word_is_away(database: Database) -> None:
    await shopping.catalogue(database)
    ended, other, id = Gathering(), Gathering(), await _kiosk(database)
    ended.presence(Reader("device", id), True, "x")
    await ended.write(database)
    async with database.transaction() as db:
        (await db.get_one(KioskReport, id)).seen_at = now() - timedelta(minutes=2)
    await other.touch(database)
    assert not (await report_of(database, id)).connected


async def test_a_thousand_strange_devices_cost_nothing(database: Database) -> None:
    gathering = Gathering()
    for number in range(reports.MOST_PENDING + 50):
        gathering.tablet(Reader("device", f"d{number}"), {"battery": 1})
    assert len(gathering.reports) == reports.MOST_PENDING
    await asyncio.wait_for(gathering.write(database), 20)
    async with database.snapshot() as db:
        assert list(await db.scalars(select(KioskReport))) == []


async def _kiosk(database: Database) -> str:
    from kiosk import kiosks
    from server.core import devices

    async with database.transaction() as db:
        device = devices.create(db, kind="kiosk", by="a test")
        await db.flush()
        await kiosks.add(db, device, kiosks.Setting(name="Lips", store_id="OXF"), by="a test")
        return device.id
