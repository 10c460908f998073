"""Verdicts, and what they may not do: pair a post without consent, or outlive the words that they were given on."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import composing
from displays.models import Card, Proposal
from server.core.database import Database
from server.core.errors import Conflict
from server.core.settings import Settings
from social import consent, intake, moderation
from social.holding import held
from social.models import Consent, Feed, Moderation, Post, Screening
from tests import house, stories


async def _house(database: Database, *, automatic: bool = False) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db, automatic=automatic))


async def _arrived(database: Database, settings: Settings, *, automatic: bool) -> None:
    await _house(database, automatic=automatic)
    await stories.arrive(database, settings, stories.post())


async def _screening(db: AsyncSession, author_id: str) -> Screening:
    return (await db.scalars(select(Screening).join(Post).where(Post.author_id == author_id))).one()


async def _blocked(database: Database) -> list[str]:
    async with database.snapshot() as db:
        return (await db.scalars(select(Feed))).one().screening["blocked_authors"]


async def _unblock(database: Database, author_id: str) -> None:
    async with database.transaction() as db:
        verdict = await moderation.latest(db, await _screening(db, author_id))
        await moderation.take_back(db, verdict, by="Mo")


async def _states(database: Database) -> list[str]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Screening.state).order_by(Screening.id)))


async def _while_held(database: Database, first: int, second: int, doing: Coroutine[None, None, int]) -> int:
    """Do something while somebody holds one post, and then another."""
    async with database.transaction() as db:
        await held(db, first)
        task = asyncio.create_task(doing)
        await asyncio.sleep(0.2)
        await held(db, second)
    return await task


async def _withdraw_consent(database: Database) -> None:
    async with database.transaction() as db:
        if given := await db.scalar(select(Consent)):
            await consent.withdraw(db, given, by="Mo")


async def test_undoing_a_withdrawal_does_not_undo_that_the_author_took_the_consent_back(
    database: Database, settings: Settings
) -> None:
    await _arrived(database, settings, automatic=True)
    await _withdraw_consent(database)
    async with database.transaction() as db:
        verdict = await db.scalar(select(Moderation).where(Moderation.verdict == "withdrawn"))
        screening = await moderation.undo(db, verdict, by="Mo")
    async with database.snapshot() as db:
        assert screening.state == "waiting"
        assert not list(await db.scalars(select(Moderation).where(Moderation.over_at.is_(None))))
        assert (await db.scalar(select(Proposal))).mode == "post"


async def test_a_card_beside_an_item_cannot_be_approved_once_the_consent_is_gone(
    database: Database, settings: Settings
) -> None:
    await _arrived(database, settings, automatic=False)
    await _withdraw_consent(database)
    with pytest.raises(Conflict, match="consent"):
        async with database.transaction() as db:
            proposal = await db.scalar(select(Proposal))
            frame = composing.frame(proposal, await db.get_one(Card, proposal.card))
            assert frame.mode == "post_item"
            await moderation.approve(db, await db.scalar(select(Screening)), frame, by="Mo")


async def test_a_consent_that_was_taken_back_is_not_read_from_the_tag_again(
    database: Database, settings: Settings
) -> None:
    await _arrived(database, settings, automatic=False)
    await _withdraw_consent(database)
    async with database.transaction() as db:
        post, feed = await db.scalar(select(Post)), await db.scalar(select(Feed))
        assert await consent.given(db, post, feed) is None


async def test_a_deletion_waits_for_the_verdict_that_is_being_given_and_ends_it(
    database: Database, settings: Settings
) -> None:
    post = stories.post()
    await _house(database)
    await stories.arrive(database, settings, post)

    async def forget() -> None:
        async with database.transaction() as other:
            await intake.forget(other, stories.deleted(post))

    async with database.transaction() as db:
        proposal = await db.scalar(select(Proposal))
        frame = composing.frame(proposal, await db.get_one(Card, proposal.card))
        await moderation.approve(db, await db.scalar(select(Screening)), frame, by="Mo")
        deleting = asyncio.create_task(forget())
        await asyncio.sleep(0.2)
    await deleting
    async with database.snapshot() as db:
        assert (await db.scalar(select(Screening))).state == "over"
        assert not list(await db.scalars(select(Moderation).where(Moderation.over_at.is_(None))))


async def test_two_who_block_an_author_each_at_the_same_time_both_block_theirs(
    database: Database, settings: Settings
) -> None:
    await _house(database)
    await stories.arrive(
        database, settings, stories.post(handle="ada"), stories.post("Plum lips. #HouseLoves", handle="bo")
    )

    async def block(id: str) -> None:
        async with database.transaction() as other:
            await moderation.block_author(other, await _screening(other, id), by="Jo")

    async with database.transaction() as db:
        await moderation.block_author(db, await _screening(db, "id-ada"), by="Mo")
        blocking = asyncio.create_task(block("id-bo"))
        await asyncio.sleep(0.2)
    await blocking
    assert await _blocked(database) == ["id-ada", "id-bo"]
    await asyncio.gather(_unblock(database, "id-ada"), _unblock(database, "id-bo"))
    assert await _blocked(database) == []


async def test_a_consent_that_is_taken_back_waits_for_the_deletion_of_its_post_and_not_crosswise(
    database: Database, settings: Settings
) -> None:
    await _house(database, automatic=True)
    await stories.arrive(database, settings, post := stories.post())
    async with database.transaction() as db:
        await held(db, (await db.scalars(select(Post.id))).one())
        withdrawing = asyncio.create_task(_withdraw_consent(database))
        await asyncio.sleep(0.2)
        await intake.forget(db, stories.deleted(post))
    await withdrawing
    async with database.snapshot() as db:
        assert (await db.scalars(select(Post))).one().gone_at


async def test_posts_of_an_author_who_is_blocked_or_let_in_again_are_held_in_one_order(
    database: Database, settings: Settings
) -> None:
    await _house(database)
    await stories.arrive(database, settings, stories.post(), stories.post("Plum lips, a second time. #HouseLoves"))
    async with database.snapshot() as db:
        first, second = await db.scalars(select(Post.id).order_by(Post.id))

    async def block() -> int:
        async with database.transaction() as other:
            screening = (await other.scalars(select(Screening).where(Screening.post_id == second))).one()
            return (await moderation.block_author(other, screening, by="Mo")).id

    async def let_in(verdict: int) -> int:
        async with database.transaction() as other:
            return (await moderation.take_back(other, await other.get_one(Moderation, verdict), by="Mo")).id

    verdict = await _while_held(database, first, second, block())
    assert await _states(database) == ["rejected", "rejected"]
    await _while_held(database, first, second, let_in(verdict))
    assert await _states(database) == ["waiting", "waiting"]


async def test_what_a_person_turned_down_stays_so_when_its_network_withholds_it_somewhere_and_lets_it_again(
    database: Database, settings: Settings
) -> None:
    await _house(database, automatic=True)
    await stories.arrive(database, settings, post := stories.post())
    async with database.transaction() as db:
        verdict = await moderation.withdraw(db, (await db.scalars(select(Screening))).one(), by="Mo")
    await stories.arrive(database, settings, replace(post, withheld=("DE",)))
    await stories.arrive(database, settings, post)
    assert await _states(database) == ["withdrawn"]
    async with database.transaction() as db:
        await moderation.undo(db, await db.get_one(Moderation, verdict.id), by="Mo")
    assert await _states(database) == ["refused"]  # and not on the glass again, as before it was withheld


async def test_what_the_rule_approved_is_judged_anew_when_its_network_withholds_it_somewhere(
    database: Database, settings: Settings
) -> None:
    await _house(database, automatic=True)
    await stories.arrive(database, settings, post := stories.post())
    await stories.arrive(database, settings, replace(post, withheld=("DE",)))
    assert await _states(database) == ["waiting"]
    await stories.arrive(database, settings, post)
    assert await _states(database) == ["approved"]
