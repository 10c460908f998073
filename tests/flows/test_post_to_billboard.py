"""The main job: a post comes in, is judged, and plays on a billboard beside an item that the store near it has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from catalog.models import Stock, Variant
from catalog.shelving import Compiled
from displays import campaigns, retreats
from displays.models import Campaign
from displays.reports import gathering
from server.core import topics
from server.core.clock import now
from server.core.events import CatalogueImported, emit
from social import intake, moderation
from social.arriving import Arrivals
from social.models import Moderation, Post, PostRevision, Screening
from tests import house, stories
from tests.conftest import Served, until
from tests.live import Live


@dataclass
class Street:
    """A served house with a campaign and one screen that listens."""

    served: Served
    live: Live
    loop: str
    campaign: int
    screen: str

    async def arrive(self, *news) -> None:
        await stories.arrive(self.served.database, self.served.app.state.settings, *news)

    async def spots(self, condition) -> list[dict]:
        return (await self.live.document(self.loop, lambda loop: condition(loop["spots"])))["spots"]


@pytest.fixture
async def street(served: Served) -> AsyncIterator[Street]:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        screen, token = await house.screen(db)
        campaign = await house.campaign(db, await house.feed(db))
    loop = f"loop:{screen.loop_key}"
    async with Live(
        served.live, token=token, have={loop: None, f"screen:{screen.id}": None, "store:OXF": None}
    ) as live:
        await live.document(loop)
        yield Street(served, live, loop, campaign.id, screen.id)


def kinds(spots: list[dict]) -> list[str]:
    return [spot["kind"] for spot in spots if spot["kind"] != "call"]


async def test_an_opted_in_post_plays_beside_the_item_it_speaks_of_with_all_it_needs(street: Street) -> None:
    await street.arrive(stories.post())
    spot = (await street.spots(lambda spots: kinds(spots) == ["post_item"]))[0]
    assert spot["variants"] == ["stain-madder"] and spot["live"]
    async with street.served.client() as client:
        card = await client.get(f"/media/{spot['card']}")
        code = await client.get(f"/qr/{street.screen}/{spot['id']}.svg")
        parts = [(await client.get(f"/media/{digest}")).status_code for digest in spot["pictures"]]
    assert "Madder red lipstick, all day." in card.text and "immutable" in card.headers["cache-control"]
    assert code.headers["content-type"] == "image/svg+xml" and set(parts) <= {200}
    store = await street.live.document("store:OXF", lambda store: "stain-madder" in store["stock"])
    assert store["stock"]["stain-madder"]["quantity"] == 3 and store["prices"]["stain-madder"]["amount"] == 2400


async def test_a_post_without_consent_is_never_paired_and_waits(street: Street) -> None:
    await street.arrive(stories.post("Madder red lipstick, all day. #HouseSpring"))
    async with street.served.database.snapshot() as db:
        row = await db.scalar(select(Screening))
    assert row.state == "waiting" and "consent" in row.rule_reason


async def test_an_edit_takes_the_old_words_down_at_once_and_is_judged_anew(street: Street) -> None:
    first = stories.post()
    await street.arrive(first)
    before = (await street.spots(lambda spots: kinds(spots) == ["post_item"]))[0]
    await street.arrive(stories.edited(first, "Plum lipstick is better, madder red is loud. #HouseLoves"))
    after = await street.spots(lambda spots: before["id"] not in [spot["id"] for spot in spots])
    assert all(spot["card"] != before["card"] for spot in after)
    async with street.served.database.snapshot() as db:
        assert (await db.scalar(select(PostRevision))).text == first.text
        assert (await db.scalar(select(Post))).revision == 2


async def test_a_deleted_post_leaves_the_glass_and_only_its_id_stays(street: Street) -> None:
    first = stories.post()
    await street.arrive(first)
    await street.spots(lambda spots: kinds(spots) == ["post_item"])
    await street.arrive(stories.deleted(first))
    await street.spots(lambda spots: kinds(spots) == [])
    async with street.served.database.snapshot() as db:
        row = await db.scalar(select(Post))
    assert row.network_id == first.id and (row.text, row.author_name, row.author_handle, row.url) == ("", "", "", "")
    await street.arrive(first)  # the stream may bring it once more
    async with street.served.database.snapshot() as db:
        assert (await db.scalar(select(Post))).text == ""


async def test_a_price_change_reaches_the_glass_without_a_new_card_or_approval(street: Street) -> None:
    await street.arrive(stories.post())
    spot = (await street.spots(lambda spots: kinds(spots) == ["post_item"]))[0]
    async with street.served.database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(sale_price=1900))
        await db.execute(update(Stock).where(Stock.variant_id == "stain-madder").values(quantity=2, as_of=now()))
        await emit(db, CatalogueImported("products"))
    store = await street.live.document("store:OXF", lambda store: store["prices"]["stain-madder"]["amount"] == 1900)
    assert store["prices"]["stain-madder"]["was"] == 2400 and store["stock"]["stain-madder"]["quantity"] == 2
    assert (await street.spots(lambda spots: True))[0]["card"] == spot["card"]
    async with street.served.database.snapshot() as db:
        assert len(list(await db.scalars(select(Moderation)))) == 1


async def test_a_withdrawn_post_goes_and_undoing_brings_the_same_card_back(street: Street) -> None:
    await street.arrive(stories.post())
    before = (await street.spots(lambda spots: kinds(spots) == ["post_item"]))[0]
    async with street.served.database.transaction() as db:
        verdict = await moderation.withdraw(db, await db.scalar(select(Screening)), by="Mo")
    await street.spots(lambda spots: kinds(spots) == [])
    async with street.served.database.transaction() as db:
        await moderation.undo(db, await db.get_one(Moderation, verdict.id), by="Mo")
    assert before["card"] in [spot["card"] for spot in await street.spots(lambda spots: kinds(spots) == ["post_item"])]


async def test_the_red_button_sends_all_glass_to_evergreen_counts_who_confirmed_and_is_undone(street: Street) -> None:
    await street.arrive(stories.post())
    await street.spots(lambda spots: kinds(spots) == ["post_item"])
    async with street.served.database.transaction() as db:
        retreat = await retreats.begin(db, None, by="Mo")
    document = await street.live.document(street.loop, lambda loop: loop["mode"] == "evergreen")
    assert document["spots"] == []
    async with street.served.database.snapshot() as db:
        assert retreats.confirmation(retreat, None, await retreats.glass(db)).confirmed == 0
    await street.live.send(type="applied", topic=street.loop, version=street.live.versions[street.loop], at=0)

    async def confirmed() -> bool:
        await gathering.write(street.served.database)
        async with street.served.database.snapshot() as db:
            return retreats.confirmation(retreat, None, await retreats.glass(db)).confirmed == 1

    await until(confirmed)
    async with street.served.database.transaction() as db:
        await retreats.lift(db, await retreats.standing(db, None), by="Mo")
    await street.spots(lambda spots: kinds(spots) == ["post_item"])


async def test_a_campaign_that_is_taken_back_or_loses_a_mode_leaves_the_glass(street: Street) -> None:
    await street.arrive(stories.post())
    await street.spots(lambda spots: kinds(spots) == ["post_item"])
    async with street.served.database.transaction() as db:
        campaign = await db.get_one(Campaign, street.campaign)
        await campaigns.change(db, campaign, campaigns.Plan(name="Spring", modes=("trend",)), by="Mo")
    await street.spots(lambda spots: spots == [])
    async with street.served.database.transaction() as db:
        campaign = await db.get_one(Campaign, street.campaign)
        await campaigns.change(db, campaign, campaigns.Plan(name="Spring"), by="Mo")
        await campaigns.take_back(db, campaign, by="Mo")
    await street.spots(lambda spots: spots == [])
    async with street.served.database.transaction() as db:
        await campaigns.publish(db, await db.get_one(Campaign, street.campaign), by="Mo")
    await street.spots(lambda spots: "post_item" in kinds(spots))


async def test_a_process_that_ends_between_storing_and_judging_leaves_nothing_behind_unjudged(served: Served) -> None:
    await stories.have_avatar(served.database)
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
        await intake.store(db, stories.post())
    arrivals = Arrivals(served.database, served.app.state.settings, Compiled(served.database))
    assert await arrivals.take_up_left_overs() == 1
    await arrivals.settled()
    async with served.database.snapshot() as db:
        assert (await db.scalar(select(Screening))).state == "approved"
        assert (await topics.numbers(db, ["queue"]))["queue"] > 1
