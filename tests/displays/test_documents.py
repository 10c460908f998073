"""What the documents of stores and loops say, and that whoever changes their rows marks them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catalog.models import Stock, Store, Variant
from catalog.stocking import in_store
from displays import campaigns, changes, documents
from displays.models import Campaign, Card, Shown, Spot
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.events import CatalogueImported, emit
from social.models import Moderation, Post, Screening
from tests import house
from tests.conftest import Served


async def _numbers(database: Database, *names: str) -> dict[str, int]:
    async with database.snapshot() as db:
        return await topics.numbers(db, list(names))


async def _campaign(database: Database, *, published: bool = True) -> int:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        campaign = await house.campaign(db, await house.feed(db), published=published)
        await campaigns.add_spot(db, campaign, Spot(headline="Slip into ink", variant_id="slip-ink"), by="Mo")
        return campaign.id


async def test_what_a_store_has_is_told_before_what_it_has_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_SHOWN", 2)
    async with database.transaction() as db:
        await house.catalogue(db)
        campaign = await house.campaign(db, await house.feed(db))
    async with database.transaction() as db:
        for id in ("aaa", "slip-ink", "stain-madder", "bbb"):
            db.add(Shown(campaign_id=campaign.id, variant_id=id))
    async with database.snapshot() as db:
        held = set(await db.scalars(select(Stock.variant_id).where(in_store())))
        assert held >= {"slip-ink", "stain-madder"}
        assert await documents.shown_variants(db, "OXF") == ["slip-ink", "stain-madder"]
        assert await documents.shown_variants(db, "elsewhere") == ["aaa", "bbb"]


async def _approved_posts(database: Database, campaign_id: int, count: int) -> None:
    async with database.transaction() as db:
        feed = (await db.get_one(Campaign, campaign_id)).feed_id
        for number in range(count):
            moment, digest = now() + timedelta(seconds=number), f"{number:064x}"
            db.add(Card(digest=digest, kind="post", layout="post@1", language="en", variants=[], composed_at=moment))
            post = Post(network="x", network_id=str(number), created_at=moment, received_at=moment)
            db.add(post)
            await db.flush()
            row = Screening(
                post_id=post.id, feed_id=feed, revision=1, verdict="pass", state="approved", judged_at=moment
            )
            db.add(row)
            await db.flush()
            db.add(Moderation(screening_id=row.id, post_id=post.id, feed_id=feed, revision=1, verdict="approved",
                              mode="post", card=digest, by="rule", decided_at=moment))  # fmt: skip


async def test_a_store_tells_of_an_evergreen_item_however_many_posts_were_approved_since(database: Database) -> None:
    await _approved_posts(database, await _campaign(database), 301)
    async with database.snapshot() as db:
        store = await documents.store_document(db, "OXF")
    assert list(store["prices"]) == ["slip-ink"] == list(store["stock"])


async def test_a_price_tells_in_how_many_decimals_it_is_counted(database: Database) -> None:
    await _campaign(database)
    told = []
    for currency in ("GBP", "HUF", "JPY", "IQD"):
        async with database.transaction() as db:
            await db.execute(update(Variant).values(currency=currency))
        async with database.snapshot() as db:
            told.append((await documents.store_document(db, "OXF"))["prices"]["slip-ink"]["digits"])
    assert told == [2, 2, 0, 3]


async def test_a_price_in_a_currency_that_is_no_more_takes_nothing_else_away(database: Database) -> None:
    await _campaign(database)
    async with database.transaction() as db:
        await db.execute(update(Variant).values(currency="DEM"))
    async with database.snapshot() as db:
        store = await documents.store_document(db, "OXF")
    assert store["prices"] == {} and list(store["stock"]) == ["slip-ink"]


async def test_a_store_tells_nothing_of_what_no_published_campaign_shows(database: Database) -> None:
    await _campaign(database, published=False)
    async with database.snapshot() as db:
        assert (await documents.store_document(db, "OXF"))["stock"] == {}


async def test_a_withdrawn_variant_is_in_no_store(database: Database) -> None:
    await _campaign(database)
    async with database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "slip-ink").values(withdrawn_at=now()))
    async with database.snapshot() as db:
        store = await documents.store_document(db, "OXF")
    assert (store["prices"], store["stock"]) == ({}, {})


async def test_a_store_that_closes_for_good_is_marked_itself(database: Database) -> None:
    await _campaign(database)
    before = await _numbers(database, "store:OXF")
    async with database.transaction() as db:
        await db.execute(update(Store).values(withdrawn_at=now()))
        await emit(db, CatalogueImported("stores"))
    assert await _numbers(database, "store:OXF") != before
    async with database.snapshot() as db:
        assert await documents.store_document(db, "OXF") is None


async def test_what_changes_all_glass_marks_every_campaign_too(database: Database) -> None:
    campaign = await _campaign(database)
    before = await _numbers(database, f"campaign:{campaign}")
    async with database.transaction() as db:
        await changes.note_loops(db, None)
        assert await db.scalar(select(Campaign.id)) == campaign
    assert await _numbers(database, f"campaign:{campaign}") != before


async def test_a_preview_of_a_draft_knows_the_prices_of_what_it_shows(served: Served, staff_client) -> None:
    campaign = await _campaign(served.database, published=False)
    answer = (await (await staff_client("viewer")).get(f"/api/preview/loop/{campaign}")).json()
    assert list(answer["stores"][0]["prices"]) == ["slip-ink"]
