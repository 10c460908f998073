"""The catalogue as columns says of each variant what its item said, also after a change of a few."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.matching.lexicon import built_in
from catalog.matching.shelf import Shelf
from catalog.matching.values import MatchItem
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
    changed = Shelf(HOUSE, LEXICON).changed(new, chosen)
    assert told(changed) == told(Shelf([*kept, *new], LEXICON))


def test_the_shelf_before_stays_as_it_was() -> None:
    shelf = Shelf(HOUSE, LEXICON)
    before = told(shelf)
    shelf.changed([MatchItem(variant="new", product="dress", title="Zibeline Dress")], ["dress"])
    assert told(shelf) == before


def test_a_shelf_without_anything_answers() -> None:
    shelf = Shelf([], LEXICON)
    assert len(shelf) == 0 and len(shelf.variants("lipstick")) == 0 and len(shelf.named("red")) == 0
