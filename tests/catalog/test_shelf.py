"""The catalogue as columns says of each variant what its item said, also after a change of a few."""

import gc
import weakref
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.matching import shelf as shelving
from catalog.matching.lexicon import built_in
from catalog.matching.matcher import Matcher
from catalog.matching.shelf import Shelf
from catalog.matching.values import MatchItem, OwnWord, Terms
from tests.catalog.matching_house import items

LEXICON = built_in()
HOUSE = items()


def told(shelf: Shelf) -> dict[str, tuple]:
    """What a shelf says of each variant, by id."""
    numbers = range(len(shelf))
    return {
        (one := shelf.placed(number)).variant: (
            one.product, one.brand, one.types, one.colour, one.gender, round(shelf.colour_fit(number, "red"), 6),
            float(shelf.columns.stock[number]), sorted(word for word in ("velvet", "silk", "zibeline")
                                                       if shelf.columns.product[number] in shelf.named(word)),
        )
        for number in numbers
    }  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_shelf_that_was_changed_is_the_shelf_of_the_changed_catalogue(data: st.DataObject) -> None:
    products = sorted({one.product for one in HOUSE})
    chosen = data.draw(st.sets(st.sampled_from(products), max_size=4))
    kept = [one for one in HOUSE if one.product not in chosen]
    new = [
        replace(one, title=data.draw(st.sampled_from([one.title, "Zibeline Lipstick"])), stock=data.draw(st.sampled_from([0.0, 1.0])))
        for one in HOUSE if one.product in chosen and data.draw(st.booleans())
    ]  # fmt: skip
    changed, anew = Shelf(HOUSE, LEXICON).changed(new, chosen), Shelf([*kept, *new], LEXICON)
    assert told(changed) == told(anew)
    assert changed.brand_codes.keys() == anew.brand_codes.keys(), "no maker stays of which nothing is sold"
    assert changed.type_names == anew.type_names


def test_a_product_that_changes_every_hour_is_found_by_its_name_as_on_the_first_day() -> None:
    velvet = [one for one in HOUSE if one.product == "lip-velvet"]
    matcher = first = Matcher(HOUSE)
    for _ in range(30):
        matcher = matcher.changed(velvet, ["lip-velvet"])
    words = "the velvet hour lipstick is all I want"
    assert matcher.match(words).matches[0].score == first.match(words).matches[0].score
    assert len(matcher.shelf.columns.products) == len(first.shelf.columns.products), "nothing is left of what was"
    assert len(matcher.shelf.columns.names.products) == len(first.shelf.columns.names.products)


def test_a_word_in_many_names_tells_no_product_apart_because_one_of_them_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelving, "_COMMON_IN_TITLES", 1)
    silk = [one for one in HOUSE if one.product == "lip-silk"]
    shelf = Shelf(HOUSE, LEXICON)
    assert len(shelf.named("lipstick")) == 0 == len(shelf.changed(silk, ["lip-silk"]).named("lipstick"))


def test_after_a_change_no_post_waits_until_its_feed_has_been_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Terms(brands=frozenset({"Aubade Rouge"}), words=(OwnWord("zibeline", "type", "lipstick"),))
    matcher = Matcher(HOUSE)
    before = matcher.match("need a zibeline so much", terms=feed)
    matcher = matcher.changed([], ["dress"]).changed([], ["coat"])
    for name in ("matcher.Ranking", "hearing.OwnWords"):
        monkeypatch.setattr(f"catalog.matching.{name}", None)  # whoever prepares anything falls over it
    assert matcher.match("need a zibeline so much", terms=feed) == before


def test_a_shelf_that_was_changed_goes_when_nobody_matches_with_it_any_more() -> None:
    matcher = Matcher([replace(one, colour="Phone Box") if one.colour == "red" else one for one in HOUSE])
    assert any(reason.kind == "shade" for reason in matcher.match("lipstick in phone box, love it").matches[0].reasons)
    before = weakref.ref(matcher.shelf)
    matcher = matcher.changed([], ["dress"])
    gc.collect()
    assert before() is None


def test_the_shelf_before_stays_as_it_was() -> None:
    shelf = Shelf(HOUSE, LEXICON)
    before = told(shelf)
    shelf.changed([MatchItem(variant="new", product="dress", title="Zibeline Dress")], ["dress"])
    assert told(shelf) == before


def test_a_shelf_without_anything_answers() -> None:
    shelf = Shelf([], LEXICON)
    assert len(shelf) == 0 and len(shelf.variants("lipstick")) == 0 and len(shelf.named("red")) == 0
