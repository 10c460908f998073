"""What moderators put right is kept, learnt from within its feed, and taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catalog.matching.learned import Said
from catalog.matching.values import Asked
from catalog.models import Product, Stock, Variant
from catalog.shelving import Compiled
from displays import composing
from displays.models import Card, Proposal
from server.core import topics
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Conflict
from server.core.settings import Settings
from server.retention import forget_old
from social import corrections, moderation
from social.arriving import Arrivals
from social.models import Correction, Feed, Match, Screening
from tests import house, stories

RED = Asked("lipstick", ("red",))


@pytest.fixture
async def two(database: Database) -> Database:
    """The small house with a second red lipstick, which fits a post as well as the first."""
    async with database.transaction() as db:
        await house.catalogue(db)
        db.add(Product(id="silk", title="Silk Note", brand="House", product_type="Beauty > Lips > Lipstick"))
        await db.flush()
        db.add(Variant(id="silk-red", product_id="silk", title="Red", colour="Red", swatch="#8e1c2b", price=1900, currency="GBP",
                       availability="in_stock", link="", changed_at=now()))  # fmt: skip
        await db.flush()
        db.add(Stock(variant_id="silk-red", store_id="OXF", quantity=9, availability="in_stock", as_of=now()))
        await house.campaign(db, await house.feed(db, automatic=False))
    return database


async def judged(database: Database, settings: Settings, *texts: str) -> list[int]:
    """Posts that arrive; their rows of the queue."""
    before = await ids(database)
    said = texts or ("Such a red lipstick, all day. #HouseLoves",)
    await stories.arrive(
        database, settings, *(stories.post(text, handle=f"p{len(before)}{n}") for n, text in enumerate(said))
    )
    return [id for id in await ids(database) if id not in before]


async def ids(database: Database) -> list[int]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Screening.id).order_by(Screening.id)))


async def first(database: Database, id: int) -> Match:
    async with database.snapshot() as db:
        return await db.get_one(Match, (id, 0))


async def approve(database: Database, id: int, variant: str) -> int:
    """Approve a post beside a variant that somebody chose, as the console does."""
    async with database.transaction() as db:
        screening = await db.get_one(Screening, id)
        proposal = await composing.choose(db, screening, variant, by="Mai")
        frame = composing.frame(proposal, await db.get_one(Card, proposal.card))
        verdict = await moderation.approve(db, screening, frame, by="Mai")
        if proposal.chosen_by:
            await corrections.change(db, screening, shown=proposal.offered, chosen=variant, by="Mai")
        return verdict.id


async def standing(database: Database) -> list[Correction]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Correction).where(Correction.undone_at.is_(None)).order_by(Correction.id)))


OTHER = {"stain-madder": "silk-red", "silk-red": "stain-madder"}


async def test_a_choice_of_another_item_is_kept_with_what_the_post_asked_for_and_moves_the_next_post(
    two: Database, settings: Settings
) -> None:
    [id] = await judged(two, settings)
    shown = (await first(two, id)).variant_id
    await approve(two, id, OTHER[shown])
    [kept] = await standing(two)
    assert (kept.kind, kept.shown_variant, kept.chosen_variant, kept.by) == ("changed", shown, OTHER[shown], "Mai")
    assert corrections.asked_of(kept.asked) == RED
    for text in ("Red lipstick kind of day #HouseLoves", "Again with the red lipstick, love it #HouseLoves"):
        [next_one] = await judged(two, settings, text)
        match = await first(two, next_one)
        assert match.variant_id == OTHER[shown]
        assert "a moderator chose this for 1 post that asked for red lipstick" in [
            one["words"] for one in match.reasons
        ]


async def test_approving_what_was_offered_or_going_back_to_it_teaches_nothing(
    two: Database, settings: Settings
) -> None:
    [id] = await judged(two, settings)
    shown = (await first(two, id)).variant_id
    async with two.transaction() as db:
        await composing.choose(db, await db.get_one(Screening, id), OTHER[shown], by="Mai")
        assert (await db.get_one(Proposal, id)).offered == shown
    await approve(two, id, shown)
    assert await standing(two) == []


async def test_taking_the_verdict_back_takes_back_what_was_learnt_from_it(two: Database, settings: Settings) -> None:
    [id] = await judged(two, settings)
    shown = (await first(two, id)).variant_id
    verdict = await approve(two, id, OTHER[shown])
    async with two.transaction() as db:
        await moderation.undo(db, await db.get_one(moderation.Moderation, verdict), by="Ola")
    assert await standing(two) == []
    async with two.snapshot() as db:
        assert (await db.scalar(select(Correction))).undone_by == "Ola"
        assert await corrections.lessons(db, 1) == {}


async def test_wrong_passes_the_item_over_and_counts_once_however_often_it_is_said(
    two: Database, settings: Settings
) -> None:
    [id] = await judged(two, settings)
    shown = (await first(two, id)).variant_id
    for _ in range(2):
        async with two.transaction() as db:
            screening = await db.get_one(Screening, id)
            await corrections.wrong(db, screening, shown=shown, by="Mai")
            assert (await composing.propose(db, screening)).variant_id == OTHER[shown]
    assert len(await standing(two)) == 1
    async with two.transaction() as db:
        with pytest.raises(Conflict, match="Nothing was changed"):
            await corrections.wrong(db, await db.get_one(Screening, id), shown="slip-ink", by="Mai")
    async with two.snapshot() as db:
        lesson = (await corrections.lessons(db, 1))[RED]
        assert lesson.products == {"stain" if shown == "stain-madder" else "silk": Said(0, 1)}
        assert "called the item wrong" in list(await db.scalars(select(AuditEntry.what)))


async def test_three_posts_of_which_nothing_fits_hold_the_fourth_until_one_is_taken_back(
    two: Database, settings: Settings
) -> None:
    three = await judged(two, settings, *(f"Red lipstick, number {n} #HouseLoves" for n in ("one", "two", "three")))
    for id in three:
        async with two.transaction() as db:
            screening = await db.get_one(Screening, id)
            await corrections.nothing(db, screening, by="Mai")
            assert (await composing.propose(db, screening)).variant_id is None
    [held] = await judged(two, settings, "My red lipstick and I #HouseLoves")
    async with two.snapshot() as db:
        row = await db.get_one(Screening, held)
        assert not row.show and row.held[0]["kind"] == "learned"
        assert "My red lipstick and I"[row.held[0]["start"] : row.held[0]["end"]] == "lipstick"
    async with two.transaction() as db:
        undone = await corrections.undo(db, [(await standing(two))[0].id], by="Ola")
        with pytest.raises(Conflict, match="already"):
            await corrections.undo(db, [undone[0].id], by="Ola")
    [shown] = await judged(two, settings, "Me and my red lipstick #HouseLoves")
    assert (await first(two, shown)).product_id in ("stain", "silk")
    async with two.transaction() as db:
        await corrections.redo(db, [undone[0].id], by="Ola")
    assert len(await standing(two)) == 3


async def test_three_posts_of_spam_do_not_silence_what_people_go_on_approving(
    two: Database, settings: Settings
) -> None:
    for id in await judged(two, settings, *(f"A red lipstick, look {n} #HouseLoves" for n in ("one", "two", "three"))):
        await approve(two, id, (await first(two, id)).variant_id)
    spam = await judged(
        two, settings, *(f"Red lipstick, number {n} #HouseLoves" for n in ("four", "five", "six", "seven"))
    )
    for id in spam[:3]:
        async with two.transaction() as db:
            await corrections.nothing(db, await db.get_one(Screening, id), by="Mai")
    [shown] = await judged(two, settings, "My red lipstick and I #HouseLoves")
    assert (await first(two, shown)).product_id in ("stain", "silk")
    async with two.transaction() as db:
        assert (await corrections.lessons(db, 1))[RED].lacking == 1
        await corrections.nothing(db, await db.get_one(Screening, spam[3]), by="Mai")
        assert (await corrections.lessons(db, 1))[RED].silent


async def test_a_feed_learns_nothing_from_another_feed_and_every_process_reads_the_same(
    two: Database, settings: Settings
) -> None:
    arrivals = Arrivals(two, settings, Compiled(two))  # a process that has judged before anything was corrected
    await stories.have_avatar(two)
    await arrivals.take(stories.post("One red lipstick #HouseLoves"))
    await arrivals.settled()
    [id] = await ids(two)
    shown = (await first(two, id)).variant_id
    await approve(two, id, OTHER[shown])
    async with two.transaction() as db:
        other = Feed(name="Autumn", tags=["Autumn"], approval={}, changed_at=now())
        db.add(other)
    await arrivals.take(stories.post("Another red lipstick #HouseLoves #Autumn", handle="bo"))
    await arrivals.settled()
    async with two.snapshot() as db:
        assert (await corrections.lessons(db, other.id), len(await corrections.lessons(db, 1))) == ({}, 1)
        newest = {
            one.feed_id: await db.get_one(Match, (one.id, 0))
            for one in await db.scalars(select(Screening).where(Screening.id != id))
        }
    assert newest[1].variant_id == OTHER[shown] and "learned" in {one["kind"] for one in newest[1].reasons}
    assert "learned" not in {one["kind"] for one in newest[other.id].reasons}


async def test_a_forgotten_post_leaves_its_correction_without_its_words(two: Database, settings: Settings) -> None:
    post = stories.post("Such a red lipstick #HouseLoves")
    await stories.arrive(two, settings, post)
    [id] = await ids(two)
    async with two.transaction() as db:
        await corrections.nothing(db, await db.get_one(Screening, id), by="Mai")
    await stories.arrive(two, settings, stories.deleted(post))
    [kept] = await standing(two)
    assert kept.screening_id == id and set(kept.asked) == {"type_name", "colours", "brands"}


async def test_what_was_taken_back_long_ago_is_forgotten_and_what_stands_is_kept(
    two: Database, settings: Settings
) -> None:
    one, other = await judged(two, settings, "Such a red lipstick #HouseLoves", "A red lipstick day #HouseLoves")
    async with two.transaction() as db:
        gone = await corrections.nothing(db, await db.get_one(Screening, one), by="Mai")
        kept = await corrections.nothing(db, await db.get_one(Screening, other), by="Mai")
        gone.undone_at = now() - timedelta(days=settings.keep_audit_days + 1)
    await forget_old(two, settings)
    async with two.snapshot() as db:
        assert list(await db.scalars(select(Correction.id))) == [kept.id]


async def test_a_post_is_one_voice_whatever_was_said_of_it_before(two: Database, settings: Settings) -> None:
    [id] = await judged(two, settings)
    shown = (await first(two, id)).variant_id
    async with two.transaction() as db:
        screening = await db.get_one(Screening, id)
        said = [await corrections.wrong(db, screening, shown=shown, by="Mai")]
        await corrections.undo(db, [said[0].id], by="Mai")
        said.append(await corrections.wrong(db, screening, shown=shown, by="Mai"))
        await corrections.nothing(db, screening, by="Mai")
        [again] = await corrections.redo(db, [said[0].id], by="Ola")
        assert again.id == said[0].id and said[1].undone_by == corrections.LATER
        await composing.propose(db, screening)
    await approve(two, id, shown)
    [kept] = await standing(two)
    async with two.snapshot() as db:
        assert (await topics.read(db, "corrections"))[1] == {"standing": {"1": 1}}
    assert (kept.kind, kept.chosen_variant) == ("changed", shown), "neither wrong nor nothing: it was chosen after all"


async def test_what_was_put_right_counts_for_such_things_whatever_maker_is_named_and_nothing_fits_for_the_same_alone(
    two: Database, settings: Settings
) -> None:
    async with two.transaction() as db:
        await db.execute(update(Product).values(brand="Nordlys"))
    posts = await judged(
        two, settings, *(f"Red lipstick by Nordlys, number {n} #HouseLoves" for n in ("one", "two", "three"))
    )
    shown = (await first(two, posts[0])).variant_id
    async with two.transaction() as db:
        screening = await db.get_one(Screening, posts[0])
        await corrections.wrong(db, screening, shown=shown, by="Mai")
    [plain] = await judged(two, settings, "Red lipstick kind of day #HouseLoves")
    assert (await first(two, plain)).variant_id == OTHER[shown]
    async with two.transaction() as db:
        for id in posts:
            await corrections.nothing(db, await db.get_one(Screening, id), by="Mai")
    plain, named = await judged(
        two, settings, "Me and my red lipstick #HouseLoves", "My red lipstick by Nordlys #HouseLoves"
    )
    async with two.snapshot() as db:
        shows = {id: (await db.get_one(Screening, id)).show for id in (plain, named)}
    assert shows == {plain: True, named: False}
