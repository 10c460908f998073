"""What waits is judged again when the catalogue is changed: once for many changes, and never against a person's choice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catalog.models import Product, Stock, Variant
from catalog.shelving import Compiled
from displays import composing
from displays.models import Card, Proposal
from server.core.clock import now
from server.core.database import Database
from server.core.events import PictureReady, emit
from server.core.settings import Settings
from social import again, moderation
from social.again import Again
from social.holding import hold
from social.judging import Judge
from social.models import Match, Post, Screening
from tests import house, stories

TEXTS = {
    "offered": "Madder red lipstick, all day. #HouseLoves", "chosen": "My madder red lipstick and me #HouseLoves",
    "alone": "A madder red lipstick at dawn #HouseLoves", "approved": "Madder red lipstick for the win #HouseLoves",
    "silent": "Such a camel coat, warm all day #HouseLoves",
}  # fmt: skip


@pytest.fixture
async def waiting(database: Database, settings: Settings) -> dict[str, int]:
    """Posts that wait, as they stand once people have been at some of them; by name, their rows of the queue."""
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.changed(db, "stain", "slip")
        feed = await house.feed(db, automatic=False)
        feed.changed_at = now() - timedelta(hours=1)
        await house.campaign(db, feed)
    await stories.arrive(database, settings, *(stories.post(text, handle=name) for name, text in TEXTS.items()))
    async with database.transaction() as db:
        rows = await db.execute(select(Post.author_handle, Screening.id).join(Screening))
        ids = dict(rows.all())
        await composing.choose(db, await db.get_one(Screening, ids["chosen"]), "slip-ink", by="Mai")
        await composing.choose(db, await db.get_one(Screening, ids["alone"]), None, by="Mai")
        screening = await db.get_one(Screening, ids["approved"])
        proposal = await db.get_one(Proposal, screening.id)
        card = await db.get_one(Card, proposal.card)
        await moderation.approve(db, screening, composing.frame(proposal, card), by="Mai")
    return ids


async def proposals(database: Database) -> dict[int, Proposal]:
    async with database.snapshot() as db:
        return {one.screening_id: one for one in await db.scalars(select(Proposal))}


def rounds(database: Database) -> Again:
    shelf = Compiled(database)
    return Again(database, shelf, lambda: Judge(database, shelf).judge_again)


async def rested(database: Database) -> None:
    """Let the catalogue have been changed a while ago."""
    async with database.transaction() as db:
        changes = again.CatalogueChange
        await db.execute(update(changes).values(made_at=now() - again.QUIET - timedelta(seconds=1)))


async def judged(job: Again) -> int:
    """How many are judged once the catalogue is compiled."""
    async with asyncio.timeout(20):
        while not (count := await job.take_up()):
            await asyncio.sleep(0.01)
    return count


async def import_coats(database: Database) -> None:
    """An import that takes the red lipstick out, renames the dress, and brings a coat."""
    async with database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(withdrawn_at=now()))
        await db.execute(update(Product).where(Product.id == "slip").values(title="Bias Cut Slip"))
        db.add(Product(id="coat", title="Long Coat", brand="House", product_type="Fashion > Coats"))
        await db.flush()
        db.add(Variant(id="coat-camel", product_id="coat", title="Camel", colour="Camel", swatch="#b58a5a", price=30000, currency="GBP",
                       availability="in_stock", link="", changed_at=now()))  # fmt: skip
        await db.flush()
        db.add(Stock(variant_id="coat-camel", store_id="OXF", quantity=4, availability="in_stock", as_of=now()))
        await db.execute(
            update(Stock).where(Stock.variant_id == "stain-plum").values(quantity=5, availability="in_stock")
        )
        await house.changed(db, "stain", "slip", "coat")


async def test_what_waits_follows_the_catalogue_and_what_a_person_touched_stays(
    database: Database, waiting: dict[str, int]
) -> None:
    job, before = rounds(database), await proposals(database)
    await rested(database)
    assert await job.take_up() == 0, "all were judged by the catalogue as it is"
    assert before[waiting["offered"]].variant_id == "stain-madder" and before[waiting["silent"]].variant_id is None
    for _ in range(3):
        await import_coats(database) if _ == 0 else None
        async with database.transaction() as db:
            await house.changed(db, "slip")
        assert await job.take_up() == 0, "an import may be followed by another"
    await rested(database)
    assert await judged(job) == 4 and await job.take_up() == 0, "once for many changes"
    after = await proposals(database)
    assert (after[waiting["offered"]].variant_id, after[waiting["silent"]].variant_id) == ("stain-plum", "coat-camel")
    chosen, alone, approved = (waiting[name] for name in ("chosen", "alone", "approved"))
    assert (after[chosen].variant_id, after[chosen].chosen_by) == ("slip-ink", "Mai")
    assert after[chosen].card != before[chosen].card, "the card says what the item is called now"
    assert (after[alone].card, after[alone].chosen_by) == (before[alone].card, "Mai")
    assert after[approved].card == before[approved].card
    async with database.snapshot() as db:
        assert (await db.get_one(Match, (approved, 0))).variant_id == "stain-madder"


async def test_what_somebody_chose_and_is_sold_no_more_gives_way_to_what_fits_best(
    database: Database, waiting: dict[str, int]
) -> None:
    async with database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "slip-ink").values(withdrawn_at=now()))
        await house.changed(db, "slip")
    await rested(database)
    await judged(rounds(database))
    proposal = (await proposals(database))[waiting["chosen"]]
    assert (proposal.variant_id, proposal.chosen_by) == ("stain-madder", "")


async def test_only_the_newest_silent_posts_ask_for_another_look_and_a_failure_is_tried_again(
    database: Database, waiting: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await import_coats(database)
    await rested(database)
    monkeypatch.setattr(again, "MOST_SILENT", 0)
    tried: list[int] = []

    async def breaks(id: int) -> bool:
        tried.append(id)
        raise TimeoutError

    job = Again(database, Compiled(database), lambda: breaks)
    assert await job.take_up() == 3 and waiting["silent"] not in tried
    assert await job.take_up() == 0, "not at once"
    moment = again.time.monotonic() + again.RETRY_SECONDS + 1
    monkeypatch.setattr(again.time, "monotonic", lambda: moment)
    assert await job.take_up() == 3


async def test_a_picture_that_comes_while_somebody_chooses_another_item_leaves_the_card_of_what_was_chosen(
    database: Database, waiting: dict[str, int]
) -> None:
    async def ready() -> None:
        async with database.transaction() as db:
            await emit(db, PictureReady(("stain-madder",)))

    async with database.transaction() as db:
        screening = await db.get_one(Screening, waiting["offered"])
        await hold(db, screening)
        await composing.choose(db, screening, "slip-ink", by="Mai")
        coming = asyncio.create_task(ready())
        await asyncio.wait({coming}, timeout=0.3)  # it reads what there is before the choice is kept, or waits for it
    await coming
    proposal = (await proposals(database))[waiting["offered"]]
    async with database.snapshot() as db:
        card = await db.get_one(Card, proposal.card)
    assert (proposal.variant_id, card.variants, proposal.chosen_by) == ("slip-ink", ["slip-ink"], "Mai")
