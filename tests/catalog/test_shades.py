"""The shade next to one is of the same product or kind, is near in colour, and is said to be lighter, deeper, warmer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.companions import Piece
from catalog.shades import MOST, NEXT, compared, next_to

OWN = Piece(
    variant="stain-1",
    product="stain",
    type="Beauty > Lips > Lipstick",
    brand="House",
    colour="Madder",
    swatch="#a4243b",
)


def shade(variant: str, colour: str, swatch: str | None, **more: object) -> Piece:
    return replace(OWN, **{"variant": variant, "colour": colour, "swatch": swatch, **more})


def test_what_is_here_comes_first_then_its_own_product_then_the_nearer() -> None:
    found = next_to(
        OWN,
        [
            shade("far", "Ink", "#1d2b4f"),
            shade("near", "Ruby", "#b2324a"),
            shade("other", "Brick", "#a4243b", product="tint", brand="Atelier"),
            shade("here", "Wine", "#8e1c2f", here=True),
            shade("unknown", "Clear", None),
        ],
    )
    assert [(one.variant, one.why, one.data["how"]) for one in found] == [
        ("here", "next", "deeper"), ("near", "next", "lighter"), ("other", "near", "same"),
    ]  # fmt: skip
    assert found[2].data["brand"] == "Atelier"


def test_a_colour_is_there_once_however_many_sizes_it_has_and_never_its_own() -> None:
    found = next_to(
        OWN, [shade("s", "Wine", "#8e1c2f"), shade("m", "wine", "#8e1c2f"), shade("own", "madder", "#a4243b")]
    )
    assert [one.variant for one in found] == ["m"]


def test_another_type_other_people_and_an_item_without_colour_have_no_next_shade() -> None:
    lacquer = shade("lacquer", "Madder Lacquer", "#a4243b", product="p", type="Beauty > Nails > Lacquer")
    men, women = shade("men", "Wine", "#8e1c2f", product="p", gender="men"), replace(OWN, gender="women")
    assert next_to(OWN, [lacquer]) == () and next_to(women, [men]) == ()
    assert next_to(replace(OWN, swatch=None), [shade("near", "Ruby", "#a82a41")]) == ()


@pytest.mark.parametrize(
    ("swatch", "how"),
    [("#a4243b", "same"), ("#c8465c", "lighter"), ("#7a1226", "deeper"), ("#a8322a", "warmer"),
     ("#a0205a", "cooler"), ("#945a5f", "softer")],
)  # fmt: skip
def test_it_is_said_how_it_differs(swatch: str, how: str) -> None:
    assert compared("#a4243b", swatch) == how


SWATCHES = st.sampled_from(["#a4243b", "#a82a41", "#8e1c2f", "#1d2b4f", "#c8465c", None])


@given(
    st.lists(
        st.builds(shade, st.text("ab", max_size=2), st.sampled_from("xyz"), SWATCHES, here=st.booleans()), max_size=12
    )
)
def test_there_are_few_of_them_each_near_and_those_that_are_here_go_first(others: list[Piece]) -> None:
    found = next_to(OWN, others)
    assert len(found) <= MOST and all(one.distance <= NEXT for one in found)
    here = {one.variant: False for one in others} | {one.variant: True for one in others if one.here}
    assert len({one.variant for one in others}) < len(others) or [here[one.variant] for one in found] == sorted(
        (here[one.variant] for one in found), reverse=True
    )
