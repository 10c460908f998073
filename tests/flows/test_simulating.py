"""An operator tries the installation with a simulated fleet: it plays, breaks, comes back, is counted nowhere, and is gone."""

from datetime import timedelta
from typing import Any

from rich.console import Console
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from displays import plays, screens
from displays.models import Play, Screen
from kiosk import counting, kiosks
from server.commands import simulating
from server.console.results_days import Period
from server.console.results_figures import results
from server.core import devices
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.tables import Base
from server.gauges import counted
from server.simulation import clearing, device, fleet, furnishing, tablet
from server.simulation.plan import Plan
from tests import house, shopping
from tests.conftest import Served

PLAN = Plan(screens=10, tablets=4, seconds=7, storms=1, slow=0.1, change_every=0.3, drop_every=10, away=1)
KEPT = {"audit_entry", "topic", "lease", "epoch", "search_word"}
"""What grows by itself, or is looked at on its own."""


async def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.snapshot() as db:
        return {
            name: await db.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items() if name not in KEPT
        }  # fmt: skip


async def traces(database: Database) -> list[str]:
    """Whatever in the whole database names something simulated, but the entry that says that a simulation was."""
    found = []
    async with database.snapshot() as db:
        for name, table in Base.metadata.tables.items():
            for row in await db.execute(select(table)):
                said = [str(value) for value in row if isinstance(value, str | list | dict)]
                if any(text.startswith("sim") or ":sim" in text or "imulated-" in text for text in said):
                    found.append(f"{name}: {row}")
    return [one for one in found if "simulated devices" not in one]


async def test_a_fleet_lives_through_a_storm_is_told_exactly_once_and_leaves_nothing(
    served: Served, patient: None, monkeypatch: Any, tmp_path: Any
):
    monkeypatch.setattr(tablet, "TWICE", 0.6)
    monkeypatch.setattr(tablet, "PAUSE", (0.1, 0.5))
    monkeypatch.setattr(tablet, "TAPS", (0.1, 0.4))
    monkeypatch.setattr(tablet, "LATE_SECONDS", (0.5, 1.5))
    monkeypatch.setattr(device, "SLOW_READS", (0.1, 0.5))
    monkeypatch.setattr(device, "SLOW_WORD", (0.05, 0.3))
    monkeypatch.setattr(furnishing, "SECONDS", 4)
    monkeypatch.setattr(fleet, "METRICS_SECONDS", 0.5)
    await shopping.catalogue(served.database)
    async with served.database.transaction() as db:
        real, _ = await house.screen(db)
    before, out = await rows(served.database), Console(record=True, width=120)
    settings = served.app.state.settings
    card = await simulating.simulate(settings, PLAN, served.address, file=tmp_path / "card.json", out=out)
    assert (card.screens, card.tablets) == (10, 4)
    assert card.changes > 5 and card.delivered.count > 20 and card.applied.count > 20
    assert (
        card.plays.done >= 10
        and card.plays.lost == card.plays.doubled == card.plays.unsent == card.plays.unexpected == 0
    )
    assert card.operations.done > 3 and card.operations.lost == card.operations.doubled == card.operations.unsent == 0
    assert card.counts["operations sent twice"] > 0 and card.counts["drops"] > 0 and card.tapped.count > 0
    assert card.storms[0]["devices"] > 5 and card.storms[0]["back"] >= card.storms[0]["devices"] - 1
    assert not card.errors and not card.refused and card.outdated == 0
    assert card.memory or card.memory_trouble
    assert (tmp_path / "card.json").exists() and "Exactly once" in out.export_text()
    assert await rows(served.database) == before
    assert not await traces(served.database)
    async with served.database.snapshot() as db:
        assert [one.id for one in await screens.present(db)] == [real.id]


async def play(db: AsyncSession, screen_id: str, number: int) -> None:
    """One that a screen tells of."""
    began = now() - timedelta(minutes=1)
    told = {
        "id": f"00000000-0000-4000-8000-{number:012}", "seq": number, "spot": "e1", "card": "", "started_at": began,
        "ended_at": began + timedelta(seconds=8), "duration_ms": 8000, "result": "completed",
    }  # fmt: skip
    await plays.take(db, [(screen_id, plays.read(plays.Batch([told])))])


async def test_what_simulated_devices_do_counts_nowhere_while_they_are_there_and_is_cleared_away(served: Served):
    await shopping.catalogue(served.database)
    database = served.database
    async with database.transaction() as db:
        real, _ = await house.screen(db)
    before = await rows(database)
    made = await furnishing.furnish(database, "abcd", screens=2, tablets=1, seconds=60)
    assert all(devices.simulated(one.id) for one in (*made.screens, *made.tablets)) and not devices.simulated(real.id)
    async with database.transaction() as db:
        await play(db, real.id, 1)
        await play(db, made.screens[0].id, 2)
        kiosk = await db.get_one(kiosks.Kiosk, made.tablets[0].id)
        counts = [counting.Counted(str(now().date()), "stain-madder", "bag", 9)]
        await counting.take(db, kiosk, counting.Batch("00000000-0000-4000-8000-000000000009", counts), at=now())
    async with database.snapshot() as db:
        assert [one.id for one in await screens.present(db)] == [real.id] and not await kiosks.present(db)
        assert await db.scalar(select(func.count()).select_from(Play)) == 2
        today = now().date()
        found = await results(db, Period(today - timedelta(days=1), today + timedelta(days=1)))
        assert sum(figures.plays for figures in found.cells.values()) == 1 and set(found.screens) == {real.id}
        assert not (await counting.collected_everywhere(db, now())).counts
        [known, _] = (one for one in await counted(db) if one.name.startswith("vitrine_devices"))
        assert {sample.labels["kind"]: sample.value for sample in known.samples} == {"screen": 1, "tablet": 0}
        assert (await clearing.tally(database, "abcd")).plays[made.screens[0].id]
    async with database.transaction() as db:
        await db.delete(await db.get_one(Play, "00000000-0000-4000-8000-000000000001"))
    assert await clearing.clear_abandoned(database) == 0  # it may be going on
    async with database.transaction() as db:
        await db.execute(update(devices.Device).values(paired_at=now() - timedelta(days=2)))
    assert await clearing.clear_abandoned(database) == 3
    assert await rows(database) == before and not await traces(database)


async def test_tablets_without_a_store_to_stand_in_are_refused_and_leave_nothing(served: Served):
    before = await rows(served.database)
    out = Console(record=True, width=120)
    try:
        await simulating.simulate(served.app.state.settings, PLAN, served.address, file=None, out=out)
        raise AssertionError("it began")
    except Misconfigured as error:
        assert "--tablets 0" in error.detail
    assert await rows(served.database) == before
    async with served.database.snapshot() as db:
        assert not list(await db.scalars(select(Screen)))
