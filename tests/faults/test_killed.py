"""A process killed in the middle: what is there afterwards is whole, and what was begun is taken up and done once."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalog import importing
from catalog.models import Product, Variant
from catalog.shelving import Compiled
from server.core import topics
from server.core.database import Database
from server.core.settings import ROOT, Settings
from social.arriving import Arrivals
from social.models import Moderation, Post, Screening
from tests import house
from tests.faults.dying import POSTS

ROWS = 400
MOMENTS = (7,)


async def dies(settings: Settings, *work: object) -> bool:
    """Run the work in a process that kills itself; False when it came to its end first."""
    environment = {**os.environ, "VITRINE_HOME": str(settings.home), "VITRINE_DATABASE_URL": settings.database}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.dying", *map(str, work), env=environment, cwd=ROOT, stdout=subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == (0 if said else -9), "it ended in another way"
    return not said


def sound(settings: Settings) -> bool:
    """Whether an SQLite file is whole; of PostgreSQL we trust it."""
    if not settings.database.startswith("sqlite"):
        return True
    with sqlite3.connect(settings.database.partition(":///")[2]) as connection:
        return (
            connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            and not connection.execute("PRAGMA foreign_key_check").fetchall()
        )


def feed(path: Path, price: int) -> Path:
    """A feed in which every price says which one it is."""
    rows = ["id\titem_group_id\ttitle\tlink\tprice\tavailability"]
    rows += [f"v{n}\tp{n // 4}\tVelvet {n}\thttps://shop.test/{n}\t{price}.00 GBP\tin_stock" for n in range(ROWS)]
    path.write_text("\n".join(rows) + "\n")
    return path


async def prices(database: Database) -> set[int]:
    async with database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Variant)) in (0, ROWS)
        assert await db.scalar(select(func.count()).select_from(Product)) in (0, ROWS // 4)
        return set(await db.scalars(select(Variant.price)))


async def test_an_import_killed_at_any_statement_leaves_the_old_catalogue_or_the_new_one(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    await importing.import_feed(database, "products", feed(tmp_path / "first.tsv", 10))
    there, killed, moment = {1000}, 0, 1
    while await dies(settings, "import", feed(tmp_path / "next.tsv", 10 + moment), moment):
        found = await prices(database)
        assert found in (there, {(10 + moment) * 100}) and sound(settings)
        there, killed, moment = found, killed + 1, moment + 5
    assert killed and await prices(database) == {(10 + moment) * 100}
    await importing.import_feed(database, "products", feed(tmp_path / "last.tsv", 99))
    assert await prices(database) == {9900}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_posts_of_a_process_that_was_killed_are_judged_once_by_the_next(
    database: Database, settings: Settings, moment: int
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    assert await dies(settings, "posts", moment)
    stored = await count(database, Post)
    await dies(settings, "judge", moment)
    assert sound(settings) and await count(database, Post) == stored
    arrivals = Arrivals(database, settings, Compiled(database))
    await arrivals.take_up_left_overs()
    await arrivals.settled()
    assert await count(database, Screening) == stored <= POSTS
    async with database.snapshot() as db:
        assert set(await db.scalars(select(Screening.state))) <= {"approved", "waiting"}
        approved = await db.scalar(select(func.count()).where(Screening.state == "approved"))
        assert await db.scalar(select(func.count()).select_from(Moderation)) == approved
        loops = select(topics.Topic.number).where(topics.Topic.name.like("loop:%"))
        assert not approved or list(await db.scalars(loops)) == [] or max(await db.scalars(loops)) >= 1


async def count(database: Database, model: type) -> int:
    async with database.snapshot() as db:
        return await db.scalar(select(func.count()).select_from(model)) or 0
