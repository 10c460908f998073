"""Why a variant lost, and what a silent post would have needed, in sentences that a merchandiser can check."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.learned import Lesson, Said
from catalog.matching.matcher import Matcher
from catalog.matching.values import Asked, Terms
from tests.catalog.matching_house import house, items

HOUSE = house()
BURGUNDY = "burgundy lipstick is all I want today"
PINK = "pink lipstick for me please"


def why(text, variant="", matcher=HOUSE, lang="en", **known):
    """The answer's sentences by kind."""
    return {one.kind: one.words for one in matcher.why_not(text, (), lang, variant=variant, **known)}


def test_the_first_is_told_that_nothing_speaks_against_it():
    assert why(BURGUNDY, "lip-velvet/burgundy") == {
        "first": "among the items nothing speaks against it: it comes first"
    }


def test_a_farther_shade_is_told_with_both_shades_and_that_an_item_is_shown_once():
    said = why(BURGUNDY, "lip-velvet/red")
    assert "red, #b8182c" in said["colour"] and "burgundy, #6d1f33" in said["colour"] and "shown once" in said["same"]


def test_what_no_store_has_is_told_first():
    assert next(iter(why(BURGUNDY, "lip-silk/red").items())) == ("stock", "no store has it")


def test_what_is_of_another_kind_is_told_with_the_words_that_ask():
    [answer] = HOUSE.why_not(BURGUNDY, (), "en", variant="dress/red")
    assert answer.words == "‘lipstick’ asks for lipstick, and this is of the kind ‘dress’"
    assert BURGUNDY[answer.start : answer.end] == "lipstick"


def test_what_the_catalogue_has_not_or_the_feed_does_not_sell_or_excludes_is_told_apart():
    assert "not in the catalogue" in why(BURGUNDY, "nobody’s")["catalogue"]
    assert "feed" in why(BURGUNDY, "lip-silk/pink", terms=Terms(brands=frozenset({"Aubade Rouge"})))
    assert "excluded" in why(BURGUNDY, "lip-silk/pink", terms=Terms(without=frozenset({"lip-silk"})))


def test_another_makers_things_and_another_thing_of_the_post_are_told():
    assert (
        "names tallow fig, and this is by aubade rouge"
        in why("red Tallow & Fig lipstick please", "lip-velvet/red")["brand"]
    )
    later = why("green nail polish and red heels, my new look", "heels/red")
    assert later == {"later": "it is for ‘heels’, and the one that came first for ‘nail polish’"}


def test_what_costs_more_than_the_post_names_or_is_of_another_size_or_for_others_is_told():
    pink = next(item for item in items() if item.variant == "lip-velvet/pink")

    def one(id, kind="Lipstick", **known):
        return replace(pink, variant=id, product=id, title=id, product_type=kind, **known)

    priced = [one("cheap", price=9.0, currency="GBP"), one("dear", price=40.0, currency="GBP")]
    sized = [one("small", "Dresses", size="S"), one("large", "Dresses", size="XL")]
    whose = [one("hers", "Sandals", gender="women"), one("his", "Sandals", gender="boys")]
    matcher = Matcher([*priced, *sized, *whose])
    assert why("pink lipstick under £15 please", "dear", matcher) == {
        "price": "the post names 15 GBP, and this costs 40 GBP"
    }
    assert (
        why("a pink dress in size S is all I need", "large", matcher)["size"]
        == "the post names size s, and this is size XL"
    )
    assert "does not speak of children" in why("pink sandals, my favourites", "his", matcher)["gender"]


def test_boosts_and_pairs_of_the_feed_are_told():
    boosted = Terms(boosts={"lip-silk": 0.5})
    assert why(PINK, "lip-velvet/pink", terms=boosted)["boost"] == "the feed boosts the one that came first"
    sunk = Terms(boosts={"lip-velvet": -0.5})
    assert why(PINK, "lip-velvet/pink", terms=sunk)["boost"] == "the feed puts it further back"
    paired = HOUSE.why_not(PINK, ("night",), "en", Terms(pairs={"night": ("hat/beige",)}), "lip-velvet/pink")
    assert [one.kind for one in paired] == ["pair"]


def test_of_what_fits_as_well_one_goes_first_by_lot_and_lets_others_go_first_once_it_was_shown():
    first = HOUSE.match(PINK, (), "en").matches[0]
    other = ({"lip-velvet/pink", "lip-silk/pink"} - {first.variant}).pop()
    assert "own lot" in why(PINK, other)["lot"]
    assert "shown 5 times lately" in why(PINK, first.variant, lately={first.product: 5})["lately"]


def test_what_moderators_said_is_told():
    asked = Asked("lipstick", ("pink",))
    spoken = {asked: Lesson({"lip-silk": Said(3, 0), "lip-velvet": Said(0, 3)}, chosen=3)}
    expected = "moderators said of 3 posts that asked for pink lipstick that this was wrong"
    assert why(PINK, "lip-velvet/pink", learned=spoken)["learned"] == expected


@pytest.mark.parametrize(
    ("text", "kind", "needs"),
    [
        ("never again a red lipstick", "complaint", "without those words it would show lipstick (red)"),
        ("what a nice day it is", "nothing", "a word for a kind of item"),
        ("skirt", "alone", "and an item needs 4.0: a colour beside it"),
        ("red lipstick on his collar again", "idiom", "a stop word of the feed"),
        ("my Charlotte Tilbury red lipstick", "rival", "without those words it would show lipstick"),
    ],
)
def test_a_silent_post_tells_what_it_would_have_needed(text, kind, needs):
    said = why(text)
    assert kind in said and needs in said["needed"]


def test_a_feed_that_sells_no_such_thing_says_what_the_catalogue_has():
    said = why("red lipstick again, so good", terms=Terms(types=frozenset({"dress"})))
    assert said["needed"] == "the catalogue has 11 of lipstick, and the feed would have to sell them"


@given(
    st.text(max_size=80),
    st.sampled_from(["", "lip-velvet/red", "\x00", "dress/red"]),
    st.sampled_from(["", "en", "vi"]),
)
def test_any_post_and_any_variant_get_an_answer_with_places_in_the_text(text, variant, lang):
    answers = HOUSE.why_not(text + " red lipstick" * (len(text) % 2), (), lang, variant=variant)
    assert all(one.words and (one.start is None) == (one.end is None) for one in answers)
    assert answers or not variant
