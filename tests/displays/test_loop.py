"""Loops: what plays, in which order, decided from values and a clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from displays import loop
from displays.loop import Card, Playing, SpotCard, build
from server.core import topics

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def spot(id: str, kind: str, minutes_ago: int = 0, field: str = "") -> SpotCard:
    card = Card(digest=id.ljust(64, "0"), pictures=(), fonts=(), variants=(), field=field)
    return SpotCard(id=id, kind=kind, card=card, at=NOON - timedelta(minutes=minutes_ago))


def campaign(**parts: object) -> Playing:
    made = Playing(id=1, starts_at=None, ends_at=None, modes=(), seconds={}, retreated=False)
    return replace(made, **parts)  # type: ignore[arg-type]


def ids(document: dict) -> list[str]:
    return [one["id"] for one in document["spots"]]


def test_the_newest_post_comes_first_and_every_third_spot_is_something_else() -> None:
    posts = tuple(spot(f"p{n}", "post_item", n) for n in range(4))
    document = build(
        [campaign(posts=posts, evergreens=(spot("e1", "evergreen"),), calls=(spot("c1", "call"),))], as_of=NOON
    )
    assert ids(document) == ["p0", "p1", "e1", "p2", "p3", "c1"]


def test_a_campaign_without_posts_plays_what_else_it_has_in_turn() -> None:
    parts = {"trends": (spot("t1", "trend"), spot("t2", "trend")), "evergreens": (spot("e1", "evergreen"),)}
    assert ids(build([campaign(**parts)], as_of=NOON)) == ["t1", "e1", "t2"]


def test_a_retreat_leaves_evergreens_and_says_so() -> None:
    parts = {"posts": (spot("p1", "post"),), "trends": (spot("t1", "trend"),), "evergreens": (spot("e1", "evergreen"),)}
    for document in (
        build([campaign(**parts)], as_of=NOON, all_evergreen=True),
        build([campaign(retreated=True, **parts)], as_of=NOON),
    ):
        assert ids(document) == ["e1"] and document["mode"] == "evergreen"


def test_one_campaign_on_evergreen_leaves_the_others_live() -> None:
    both = [campaign(retreated=True, posts=(spot("p1", "post"),)), campaign(id=2, posts=(spot("p2", "post"),))]
    document = build(both, as_of=NOON)
    assert ids(document) == ["p2"] and document["mode"] == "live"


def test_what_starts_within_a_day_is_in_the_loop_with_its_moment_and_what_is_over_is_not() -> None:
    soon = campaign(id=1, starts_at=NOON + timedelta(hours=3), evergreens=(spot("e1", "evergreen"),))
    later = campaign(id=2, starts_at=NOON + timedelta(hours=30), evergreens=(spot("e2", "evergreen"),))
    over = campaign(id=3, ends_at=NOON, evergreens=(spot("e3", "evergreen"),))
    document = build([soon, later, over], as_of=NOON)
    assert ids(document) == ["e1"] and document["spots"][0]["from"] == "2026-11-22T15:00:00.000Z"


def test_neighbours_are_of_different_colour_where_there_is_a_choice() -> None:
    fields = ["#111111", "#111111", "#222222", "#111111"]
    posts = tuple(spot(f"p{n}", "post", n, field) for n, field in enumerate(fields))
    assert ids(build([campaign(posts=posts)], as_of=NOON)) == ["p0", "p2", "p1", "p3"]


def test_seconds_come_from_the_spot_then_the_campaign_then_the_kind() -> None:
    own = replace(spot("e1", "evergreen"), seconds=33)
    document = build(
        [campaign(evergreens=(own, spot("e2", "evergreen")), posts=(), seconds={"evergreen": 21})], as_of=NOON
    )
    assert [one["seconds"] for one in document["spots"]] == [33, 21]
    assert build([campaign(calls=(spot("c1", "call"),))], as_of=NOON)["spots"][0]["seconds"] == loop.SECONDS["call"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8), st.integers(0, 8), st.booleans()), max_size=6))
def test_a_loop_names_each_spot_once_is_bounded_and_never_loses_its_newest_post(shapes) -> None:
    campaigns = [
        campaign(
            id=n,
            posts=tuple(spot(f"p{n}x{i}", "post", i, "#111111") for i in range(posts)),
            trends=tuple(spot(f"t{n}x{i}", "trend") for i in range(trends)),
            evergreens=tuple(spot(f"e{n}x{i}", "evergreen") for i in range(evergreens)),
            retreated=retreated,
        )
        for n, (posts, trends, evergreens, retreated) in enumerate(shapes)
    ]
    document = build(campaigns, as_of=NOON)
    found = ids(document)
    assert len(found) == len(set(found)) <= loop.MOST_SPOTS
    for n, (posts, _, _, retreated) in enumerate(shapes):
        assert (f"p{n}x0" in found) == (posts > 0 and not retreated)
    assert document == build(campaigns, as_of=NOON)


def test_a_post_that_two_campaigns_have_approved_is_named_once() -> None:
    same = spot("p1", "post")
    document = build([campaign(id=1, posts=(same,)), campaign(id=2, posts=(same, spot("p2", "post", 1)))], as_of=NOON)
    assert sorted(ids(document)) == ["p1", "p2"]


def test_a_document_stays_within_what_a_topic_may_hold_and_leaves_out_what_is_too_large() -> None:
    huge = replace(spot("p0", "post"), card=replace(spot("p0", "post").card, pictures=("f" * 64,) * 1000))
    many = tuple(
        replace(spot(f"p{n}", "post", n), card=replace(spot(f"p{n}", "post").card, pictures=("f" * 64,) * 60))
        for n in range(1, 24)
    )
    document = build([campaign(posts=(huge, *many), evergreens=(spot("e1", "evergreen"),))], as_of=NOON)
    assert len(msgspec.json.encode(document)) < topics.LARGEST_DOCUMENT
    assert "p0" not in ids(document) and {"p1", "e1"} <= set(ids(document))
