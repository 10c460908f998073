"""Feeds as merchandisers write them, their terms as versions, and the hashtag linter."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.database import Database
from server.core.errors import BadInput
from social import consent, feeds
from social.approval import ApprovalRule
from social.feeds import FeedPlan, Selling, problems, sentence
from social.models import Feed
from social.tag_lint import lint


async def test_a_feed_is_kept_as_it_was_written(database: Database) -> None:
    plan = FeedPlan(
        name="Autumn", tags=("LFW", "lfw", "Pleats"), languages=("en",), optin_tag="MyHouse",
        sells=Selling(brands=("House",), pairs={"figlips": ("stain-fig",)}), approval=ApprovalRule(automatic=True, least_score=0.7),
    )  # fmt: skip
    async with database.transaction() as db:
        feed = await feeds.create(db, plan, by="Ann")
    async with database.snapshot() as db:
        kept = await db.get_one(Feed, feed.id)
    assert kept.tags == ["LFW", "Pleats"]
    assert kept.sells["pairs"] == {"figlips": ["stain-fig"]}
    assert ApprovalRule(**kept.approval) == plan.approval


async def test_saving_the_same_again_is_no_change_and_leaves_no_trace(database: Database) -> None:
    plan = FeedPlan(name="Autumn", tags=("LFW",), sells=Selling(products=("stain",)))
    async with database.transaction() as db:
        feed = await feeds.create(db, plan, by="Ann")
    async with database.transaction() as db:
        feed = await db.get_one(Feed, feed.id)
        assert not await feeds.change(db, feed, plan, by="Ben")
        assert await feeds.change(db, feed, FeedPlan(name="Autumn", tags=("LFW", "Pleats")), by="Ben")
    async with database.snapshot() as db:
        entry = await db.scalar(select(AuditEntry).where(AuditEntry.what == "changed feed"))
    assert entry.details["fields"] == ["sells", "tags"]


async def test_terms_are_versions_that_nobody_can_rewrite(database: Database) -> None:
    async with database.transaction() as db:
        feed = await feeds.create(db, FeedPlan(name="Autumn", optin_tag="MyHouse"), by="Ann")
        first = await feeds.publish_terms(db, feed, "We show your post.\r\n", by="Ann")
    async with database.transaction() as db:
        feed = await db.get_one(Feed, feed.id)
        with pytest.raises(BadInput, match="in force already"):
            await feeds.publish_terms(db, feed, "We show your post.", by="Ann")
        second = await feeds.publish_terms(db, feed, "We show your post and name.", by="Ann")
        versions = await consent.versions(db, feed.id)
    assert [one.version for one in versions] == [1, 2]
    assert consent.terms_in_force(versions, first.published_at) is versions[0]
    assert consent.terms_in_force(versions, second.published_at) is versions[1]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
async def test_terms_that_say_nothing_or_far_too_much_are_refused(database: Database, text: str) -> None:
    async with database.transaction() as db:
        feed = await feeds.create(db, FeedPlan(name="Autumn"), by="Ann")
        with pytest.raises(BadInput):
            await feeds.publish_terms(db, feed, text, by="Ann")


def test_each_mistake_is_named_beside_its_field() -> None:
    wrong = problems(
        FeedPlan(
            name="x", tags=("two words", "LFW"), languages=("english",), greatest_age_hours=0, optin_tag="2026",
            approval=ApprovalRule(automatic=True, least_score=1.5),
        )
    )  # fmt: skip
    assert set(wrong) == {"tags", "languages", "greatest_age", "optin_tag", "least_score"}
    assert "only digits" in wrong["optin_tag"]


def test_a_rule_that_nobody_could_ever_meet_is_refused() -> None:
    assert "approval" in problems(FeedPlan(name="x", approval=ApprovalRule(automatic=True, needs_consent=True)))


def test_the_rule_reads_itself_back() -> None:
    assert sentence(ApprovalRule(), "MyHouse").startswith("Nothing goes live by itself")
    said = sentence(ApprovalRule(automatic=True, least_score=0.7), "MyHouse")
    assert "#MyHouse" in said
    assert "score of at least 0.7" in said
    assert "a surge suspends this" in said
    assert "score" not in sentence(ApprovalRule(automatic=True, needs_match=False), "MyHouse")


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("susanalbumparty", "anal"),
        ("penisland", "‘pen island’ or ‘penis land’"),
        ("therapist", "the rapist"),
        ("LFW", "3 letters"),
        ("redlips", "#RedLips"),
        ("lips", "everyday word"),
        ("2026", "only digits"),
        ("two words", "no network"),
    ],
)
def test_a_hashtag_is_read_as_people_will(tag: str, says: str) -> None:
    assert any(says in warning for warning in lint(tag).warnings)


def test_a_well_written_hashtag_is_left_in_peace() -> None:
    assert lint("AlkanetRow") == type(lint("x"))("AlkanetRow", ("Alkanet Row",), ())


def test_the_linter_knows_whose_tag_it_is_already() -> None:
    assert "‘Spring’ listens to it too" in " ".join(lint("AlkanetRow", others={"alkanetrow": "Spring"}).warnings)
    assert "by accents alone" in " ".join(lint("DressCafe", others={"DressCafé": "Spring"}).warnings)


@given(st.text(max_size=120))
@example("\U00011f00")  # of which folding leaves nothing
def test_any_text_can_be_linted(text: str) -> None:
    assert lint(text).tag == text.lstrip("#＃")
