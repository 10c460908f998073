"""What is proposed beside a post can be bought by those who see it."""

from sqlalchemy import event, select

from catalog.models import Product, Stock, Store, Variant
from displays import around
from displays.models import Proposal
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from tests import house, stories

FAR = (57.1497, -2.0943)


async def _second_lipstick(database: Database, *, where: str, colour: str = "#8f1d2c") -> None:
    """Another red lipstick of the house, which a store far away or the one by the screen has."""
    async with database.transaction() as db:
        there = {"latitude": FAR[0], "longitude": FAR[1], "time_zone": "Europe/London", "hours": house.HOURS}
        db.add(Store(id="ABZ", name="Aberdeen", **there))
        db.add(Product(id="satin", title="Satin Lipstick", brand="House", product_type="Beauty > Lips > Lipstick"))
        await db.flush()
        db.add(Variant(id="satin-madder", product_id="satin", title="Madder", colour="Madder", swatch=colour, price=2400,
                       currency="GBP", availability="in_stock", changed_at=now()))  # fmt: skip
        await db.flush()
        (await db.get_one(Stock, ("stain-madder", "OXF"))).store_id = where
        db.add(Stock(variant_id="satin-madder", store_id="ABZ" if where == "OXF" else "OXF", quantity=9,
                     availability="in_stock", as_of=now()))  # fmt: skip


async def _proposed(database: Database, settings: Settings, text: str) -> str | None:
    await stories.arrive(database, settings, stories.post(text))
    async with database.snapshot() as db:
        return await db.scalar(select(Proposal.variant_id))


async def _on_the_glass(database: Database) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        await house.campaign(db, await house.feed(db, automatic=False))


async def test_of_two_that_fit_alike_the_one_that_a_store_near_the_screens_has_is_proposed(
    database: Database, settings: Settings
) -> None:
    await _on_the_glass(database)
    await _second_lipstick(database, where="ABZ")
    assert await _proposed(database, settings, "Red lipstick, all day, love it. #HouseLoves") == "satin-madder"


async def test_what_fits_much_better_is_proposed_although_only_a_store_far_away_has_it(
    database: Database, settings: Settings
) -> None:
    await _on_the_glass(database)
    await _second_lipstick(database, where="ABZ", colour="#f2d9c8")
    assert await _proposed(database, settings, "Red lipstick, all day, love it. #HouseLoves") == "stain-madder"


async def test_the_stores_round_many_screens_are_asked_for_once(database: Database) -> None:
    asked: list[str] = []
    async with database.transaction() as db:
        await house.catalogue(db)
        for n in range(6):
            screen, _ = await house.screen(db, f"Window {n}")
            screen.latitude += n / 10_000
        campaign = await house.campaign(db, await house.feed(db))
        await db.flush()
        event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert await around.stores_round(db, campaign) == {"OXF"}
    assert sum("FROM store" in one for one in asked) == 1
