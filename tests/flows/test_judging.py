"""Judging: what a feed's rows mean to the matcher, the screening and the rule."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from catalog.models import Product, Stock, Variant
from catalog.shelving import Compiled
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import judging
from social.arriving import Arrivals
from social.models import Consent, Feed, Match, Screening
from tests import house, stories


@pytest.fixture
async def listening(database: Database) -> Database:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    return database


async def rows(database: Database) -> list[Screening]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Screening).order_by(Screening.id)))


async def test_a_shade_that_is_named_like_the_feed_s_own_tag_is_not_meant_by_it(
    listening: Database, settings: Settings
) -> None:
    async with listening.transaction() as db:
        db.add(Product(id="gloss", title="Loves Gloss", brand="House", product_type="Beauty > Lips > Lipstick"))
        await db.flush()
        db.add(Variant(id="gloss-loves", product_id="gloss", title="House Loves", colour="House Loves", swatch="#552288", price=900,
                       currency="GBP", availability="in_stock", link="", changed_at=now()))  # fmt: skip
        await db.flush()
        db.add(Stock(variant_id="gloss-loves", store_id="OXF", quantity=9, availability="in_stock", as_of=now()))
    await stories.arrive(listening, settings, stories.post("Rød leppestift i kveld #HouseLoves", lang="nb"))
    async with listening.snapshot() as db:
        assert (await db.scalar(select(Match).order_by(Match.rank))).variant_id == "stain-madder"


async def test_the_opt_in_tag_is_consent_only_for_posts_made_after_its_terms(
    listening: Database, settings: Settings
) -> None:
    early = stories.post(created_at=now() - timedelta(days=20), handle="early")
    await stories.arrive(listening, settings, early, stories.post(handle="late"))
    async with listening.snapshot() as db:
        consents = list(await db.scalars(select(Consent)))
    assert [(one.basis, one.terms_version) for one in consents] == [("tag", 1)]


async def test_a_post_is_judged_once_for_a_feed_and_revision(listening: Database, settings: Settings) -> None:
    first = stories.post()
    await stories.arrive(listening, settings, first, first)
    assert [row.state for row in await rows(listening)] == ["approved"]


async def test_the_same_words_from_many_strangers_suspend_the_rule(listening: Database, settings: Settings) -> None:
    flood = [stories.post(handle=f"bot{n}") for n in range(16)]
    await stories.arrive(listening, settings, *flood)
    last = (await rows(listening))[-1]
    assert last.state == "waiting" and not last.rule_approves


async def test_a_post_that_is_judged_again_is_not_held_for_its_own_words(
    listening: Database, settings: Settings
) -> None:
    await stories.have_avatar(listening)
    arrivals, post = Arrivals(listening, settings, Compiled(listening)), stories.post()
    for news in (post, replace(post, withheld=("DE",)), stories.edited(post, post.text.upper())):
        await arrivals.take(news)
        await arrivals.settled()
    assert [row.reasons for row in (await rows(listening))[-2:]] == [["withheld in DE", "over: edited"], []]


async def test_the_same_words_of_another_hold_a_post_also_when_they_came_before_this_process_began(
    listening: Database, settings: Settings
) -> None:
    await stories.arrive(listening, settings, stories.post())
    await stories.arrive(listening, settings, stories.post(handle="bo"))
    assert (await rows(listening))[-1].reasons == ["1 other posts say the same"]


async def test_an_unseen_photograph_is_never_approved_by_the_rule(listening: Database, settings: Settings) -> None:
    from social.incoming import IncomingMedia

    photo = IncomingMedia(kind="photo", url=stories.AVATAR, alt="a lipstick", width=64, height=64)
    await stories.arrive(listening, settings, stories.post(media=(photo,)))
    row = (await rows(listening))[0]
    assert row.state == "waiting" and "photo" in " ".join(row.reasons)


async def test_what_screening_refuses_never_waits_for_anybody(listening: Database, settings: Settings) -> None:
    await stories.arrive(listening, settings, stories.post(is_repost=True))
    assert [row.state for row in await rows(listening)] == ["refused"]


def test_a_feed_without_a_rule_approves_nothing_by_itself() -> None:
    feed = Feed(
        name="x", tags=["a"], optin_tag="", approval={}, screening={}, languages=[], greatest_age_hours=24, sells={}
    )
    assert judging.approval_rule(feed).automatic is False
    assert judging.terms(feed).own_tags == {"a"}


async def test_a_post_whose_photograph_cannot_be_fetched_has_no_card(listening: Database, settings: Settings) -> None:
    from displays.models import Proposal
    from social.incoming import IncomingMedia

    photo = IncomingMedia(kind="photo", url="http://127.0.0.1:9/photo.jpg", width=64, height=64)
    await stories.arrive(listening, settings, stories.post(media=(photo,)))
    async with listening.snapshot() as db:
        proposal = await db.scalar(select(Proposal))
    assert proposal.card is None and "whole or not at all" in proposal.reason


async def test_a_post_that_fits_on_no_screen_of_its_campaign_waits_for_a_person(
    listening: Database, settings: Settings
) -> None:
    async with listening.transaction() as db:
        await house.screen(db, size=(1024, 768))
    long = "Madder red lipstick, " + "words and more words " * 13 + "#HouseLoves"
    await stories.arrive(listening, settings, stories.post(long))
    row = (await rows(listening))[0]
    assert (row.state, row.rule_approves) == ("waiting", False) and "too long" in row.rule_reason


async def test_a_post_that_no_feed_wants_is_looked_at_once_and_one_that_failed_again(
    listening: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stories.have_avatar(listening)
    arrivals = Arrivals(listening, settings, Compiled(listening))
    form, tried = judging.Judge.form, []

    async def breaks_first(self: judging.Judge, post_id: int) -> judging.Opinions:
        tried.append(post_id)
        if len(tried) == 1:
            raise MemoryError
        return await form(self, post_id)

    monkeypatch.setattr(judging.Judge, "form", breaks_first)
    ago = now() - timedelta(minutes=5)
    await arrivals.take(stories.post(received_at=ago))
    await arrivals.settled()
    await arrivals.take(stories.post("Of something else #elsewhere", received_at=ago))
    await arrivals.settled()
    assert (await arrivals.take_up_left_overs(), await rows(listening)) == (1, [])
    await arrivals.settled()
    assert [row.state for row in await rows(listening)] == ["approved"]
    assert await arrivals.take_up_left_overs() == 0
