"""The red button: who has confirmed, whatever happens to screens and histories meanwhile."""

from displays import retreats, screens
from displays.models import Retreat, Screen, ScreenReport
from displays.screens import Setting
from server.core import topics
from server.core.clock import iso, now
from server.core.database import Database
from tests import house


async def _pressed(database: Database) -> tuple[str, int]:
    async with database.transaction() as db:
        screen, _ = await house.screen(db)
        retreat = await retreats.begin(db, None, by="Mo")
        return screen.id, retreat.id


async def _applied(database: Database, screen_id: str, number: int, epoch: str | None = None) -> None:
    async with database.transaction() as db:
        screen, report = await db.get_one(Screen, screen_id), await db.get_one(ScreenReport, screen_id)
        version = [epoch or await topics.epoch(db), number, iso(now())]
        report.applied = {f"loop:{screen.loop_key}": version}


async def _confirmed(database: Database, retreat_id: int) -> tuple[int, int]:
    async with database.snapshot() as db:
        found = retreats.confirmation(await db.get_one(Retreat, retreat_id), None, await retreats.glass(db))
        return found.confirmed, found.screens


async def test_a_version_of_another_history_confirms_nothing(database: Database) -> None:
    screen, retreat = await _pressed(database)
    await _applied(database, screen, 900, epoch="before")
    assert await _confirmed(database, retreat) == (0, 1)
    await _applied(database, screen, 900)
    assert await _confirmed(database, retreat) == (1, 1)


async def test_a_change_of_the_loop_that_another_makes_while_the_button_is_pressed_confirms_nothing(
    database: Database,
) -> None:
    async with database.transaction() as db:
        screen, _ = await house.screen(db)
    loop = f"loop:{screen.loop_key}"

    async def approved() -> None:
        async with database.transaction() as db:
            topics.note(db, loop)

    async with database.transaction() as db:
        retreat = await retreats.begin(db, None, by="Mo")
        if not database.sqlite:  # which has one writer at a time
            await approved()
    async with database.snapshot() as db:
        number = (await topics.numbers(db, [loop]))[loop]
    await _applied(database, screen.id, number - 1)
    assert await _confirmed(database, retreat.id) == (0, 1)
    await _applied(database, screen.id, number)
    assert await _confirmed(database, retreat.id) == (1, 1)


async def test_a_screen_that_is_given_other_labels_meanwhile_is_counted_still(database: Database) -> None:
    screen_id, retreat = await _pressed(database)
    async with database.transaction() as db:
        setting = Setting(name="Window", labels=("moved",))
        await screens.change(db, await db.get_one(Screen, screen_id), setting, by="Mo")
    assert await _confirmed(database, retreat) == (0, 1)
    await _applied(database, screen_id, 1)
    assert await _confirmed(database, retreat) == (1, 1)
