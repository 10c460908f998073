"""The rule of the bag on its own: what is in it follows from adds and removals, in whatever order they came."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import bags
from kiosk.bags import Add, contents, room_for

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def add(id: str, variant: str, minutes: int = 0, **seen: str) -> Add:
    """An add, so many minutes after noon."""
    return Add(id, variant, NOON + timedelta(minutes=minutes), seen)


def test_a_variant_is_in_the_bag_once_however_often_it_was_added() -> None:
    [item] = contents([add("b", "ink", 2), add("a", "ink", 1)], frozenset())
    assert (item.variant, item.adds, item.at) == ("ink", ("a", "b"), NOON + timedelta(minutes=1))


def test_a_removal_takes_out_what_it_names_and_the_add_that_it_had_not_seen_stays() -> None:
    [item] = contents([add("a", "ink"), add("b", "ink", 1)], {"a"})
    assert item.adds == ("b",)
    assert contents([add("a", "ink")], {"a"}) == []


def test_what_was_added_last_comes_first() -> None:
    found = contents([add("a", "ink", 1), add("b", "plum", 3), add("c", "madder", 2)], frozenset())
    assert [item.variant for item in found] == ["plum", "madder", "ink"]


def test_where_it_was_seen_is_said_by_the_first_add_that_knows() -> None:
    [item] = contents([add("a", "ink"), add("b", "ink", 1, screen="window"), add("c", "ink", 2, screen="door")], set())
    assert item.seen == {"screen": "window"}


def test_a_full_bag_takes_more_of_what_is_in_it_and_nothing_else() -> None:
    full = [add(str(number), f"variant-{number}") for number in range(bags.MOST_ITEMS)]
    assert room_for("variant-7", full)
    assert not room_for("another", full)
    assert room_for("another", full[1:])


def test_a_bag_takes_no_add_beyond_the_most_even_of_what_is_in_it() -> None:
    assert not room_for("ink", [add(str(number), "ink") for number in range(bags.MOST_ADDS)])


IDS = st.sampled_from([f"{number:02}" for number in range(20)])
ADDS = st.dictionaries(IDS, st.tuples(st.sampled_from(["ink", "plum", "madder"]), st.integers(0, 5))).map(
    lambda drawn: [add(id, variant, minutes) for id, (variant, minutes) in drawn.items()]
)


@given(ADDS, st.sets(IDS), st.randoms())
def test_the_order_of_arrival_changes_nothing(adds: list[Add], removed: set[str], random) -> None:
    shuffled = random.sample(adds, len(adds))
    assert contents(adds, removed) == contents(shuffled, removed)


@given(ADDS, st.sets(IDS))
def test_every_add_is_in_the_bag_unless_a_removal_names_it(adds: list[Add], removed: set[str]) -> None:
    found = contents(adds, removed)
    assert sorted(id for item in found for id in item.adds) == sorted({one.id for one in adds} - removed)
    assert len({item.variant for item in found}) == len(found)


@given(ADDS, ADDS, st.sets(IDS))
def test_two_bags_in_one_hold_what_both_held(here: list[Add], there: list[Add], removed: set[str]) -> None:
    union = {one.id: one for one in [*there, *here]}.values()
    both = {one.variant for one in union if one.id not in removed}
    assert {item.variant for item in contents(union, removed)} == both


@given(st.lists(st.sampled_from([f"variant-{number}" for number in range(6)]), max_size=20))
def test_a_bag_that_asks_for_room_before_each_add_never_grows_beyond_the_most(variants: list[str]) -> None:
    held: list[Add] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bags, "MOST_ITEMS", 3)
        patched.setattr(bags, "MOST_ADDS", 8)
        for number, variant in enumerate(variants):
            if room_for(variant, held):
                held.append(add(str(number), variant))
    assert len(held) <= 8
    assert len(contents(held, frozenset())) <= 3
