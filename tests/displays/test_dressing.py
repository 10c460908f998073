"""What a new brand kit and a new version of the layouts do to cards, verdicts and the audit log."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from catalog.models import Variant
from displays import campaigns, composing, dressing
from displays.models import CallCard, Campaign, Card, Proposal, Spot
from server.core import brand
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import moderation
from social.models import Feed, Moderation, Screening
from tests import house, stories


async def _on_air(database: Database, settings: Settings) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        campaign = await house.campaign(db, await house.feed(db))
        await campaigns.add_spot(db, campaign, Spot(headline="", words="", field="", variant_id="slip-ink"), by="Mo")
    await stories.arrive(database, settings, stories.post())


async def _change_kit(database: Database) -> None:
    async with database.transaction() as db:
        await brand.change(db, replace(await brand.current(db), display="playfair-display"))


async def _counting(database: Database) -> Moderation:
    async with database.snapshot() as db:
        return (await db.scalars(select(Moderation).where(Moderation.over_at.is_(None)))).one()


async def test_a_new_kit_keeps_the_verdict_its_moment_and_who_gave_it(database: Database, settings: Settings) -> None:
    await _on_air(database, settings)
    async with database.transaction() as db:
        await db.execute(update(Moderation).values(by="Anna"))
    before = await _counting(database)
    await _change_kit(database)
    after = await _counting(database)
    assert after.card != before.card and (after.by, after.decided_at) == ("Anna", before.decided_at)
    async with database.snapshot() as db:
        said = select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "approved post")
        assert await db.scalar(said) == 0


async def test_a_new_kit_leaves_alone_what_somebody_chose_to_show_alone(database: Database, settings: Settings) -> None:
    await _on_air(database, settings)
    async with database.transaction() as db:
        await db.execute(update(Moderation).values(mode="post", variant_id=None))
    before = await _counting(database)
    await _change_kit(database)
    after = await _counting(database)
    assert after.mode == "post" and after.card != before.card


async def test_a_spot_whose_item_was_withdrawn_keeps_nobody_from_saving_the_kit(
    database: Database, settings: Settings
) -> None:
    await _on_air(database, settings)
    async with database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "slip-ink").values(withdrawn_at=now()))
    before = await _counting(database)
    await _change_kit(database)
    assert (await _counting(database)).card != before.card


async def test_a_call_that_does_not_fit_calls_for_the_old_tag_no_longer(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _on_air(database, settings)
    async with database.transaction() as db:
        await dressing.dress_house(db)
        feed = await db.scalar(select(Feed))
        assert await db.get(CallCard, feed.id)
        feed.optin_tag = "W" * 100
        await dressing.dress_house(db)
        await db.flush()
        assert await db.get(CallCard, feed.id) is None


async def test_after_an_upgrade_verdicts_are_open_again_and_the_houses_own_cards_are_new(
    database: Database, settings: Settings
) -> None:
    await _on_air(database, settings)
    async with database.transaction() as db:
        await dressing.dress_house(db)
        old = {"layout": "any@0"}
        await db.execute(update(Moderation).values(**old))
        call = await db.scalar(select(CallCard))
        await db.execute(update(Card).values(**old))
        db.add(Card(digest="0" * 64, kind="call", layout="any@0", language="en", composed_at=now()))
        await db.flush()
        call.card = "0" * 64
    assert await dressing.reopen_old_layouts(database) == 1
    async with database.snapshot() as db:
        assert (await db.scalar(select(CallCard))).card != "0" * 64
        assert (await db.scalar(select(Screening))).state == "waiting"


async def test_a_new_kit_reaches_what_waits_and_what_follows_a_few_at_a_time(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dressing, "FEW", 2)
    monkeypatch.setattr(dressing.loop, "MOST_POSTS", 1)
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db, automatic=False))
    for name in ("ada", "bo", "cy", "di", "eve"):
        await stories.arrive(database, settings, stories.post(handle=name))
    async with database.transaction() as db:
        for screening in await db.scalars(select(Screening).order_by(Screening.id).limit(2)):
            proposal = await db.get_one(Proposal, screening.id)
            card = await db.get_one(Card, proposal.card)
            await moderation.approve(db, screening, composing.frame(proposal, card), by="Mai")

    async def worn() -> set[str]:
        async with database.snapshot() as db:
            waiting = select(Proposal.card).join(Screening).where(Screening.state == "waiting")
            playing = select(Moderation.card).where(Moderation.over_at.is_(None))
            return {*await db.scalars(waiting), *await db.scalars(playing)}

    before = await worn()
    assert len(before) == 5 and await dressing.follow_kit(database) == 0
    await _change_kit(database)
    assert len(await worn() & before) == 4, "what plays is dressed with the change itself"
    assert await dressing.follow_kit(database) == 5
    assert not await worn() & before and len(await worn()) == 5
    assert await dressing.follow_kit(database) == 0, "once is enough"


async def test_many_verdicts_on_old_layouts_are_open_again_in_more_than_one_transaction(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dressing, "FEW", 2)
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    for name in ("ada", "bo", "cy"):
        said = f"Madder red lipstick, said {name}, all day. #HouseSpring #HouseLoves"
        await stories.arrive(database, settings, stories.post(said, handle=name))
    async with database.transaction() as db:
        await db.execute(update(Moderation).values(layout="any@0"))
        await db.execute(update(Card).values(layout="any@0"))
    begun = 0
    transaction = database.transaction

    def counted(*args: object, **more: object):
        nonlocal begun
        begun += 1
        return transaction(*args, **more)

    monkeypatch.setattr(database, "transaction", counted)
    assert await dressing.reopen_old_layouts(database) == 3
    assert begun >= 3


async def test_posts_that_wait_get_cards_of_the_modes_that_their_campaign_has_now(
    database: Database, settings: Settings
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        campaign = await house.campaign(db, await house.feed(db, automatic=False))
    await stories.arrive(database, settings, *(stories.post(handle=f"p{n}") for n in range(dressing.FEW + 3)))

    async def modes() -> set[str]:
        async with database.snapshot() as db:
            return set(await db.scalars(select(Proposal.mode)))

    assert await modes() == {"post_item"}
    async with database.transaction() as db:
        await campaigns.change(
            db, await db.get_one(Campaign, campaign.id), campaigns.Plan(name="Lips", modes=("post",)), by="Mo"
        )
    assert await dressing.follow_modes(database) == dressing.FEW + 3
    assert await modes() == {"post"}
    assert await dressing.follow_modes(database) == 0, "once is enough"
