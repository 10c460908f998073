"""What goes with an item is of another kind, has a reason, and is nothing at all where nothing fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.companions import BRAND, COLOUR, LOOK, MOST, MOST_OF_A_KIND, SHADE, Piece, companions, kind, near

WINE, BURGUNDY, INK = "#5e1224", "#6d1330", "#1d2b4f"
LIPSTICK = Piece(
    variant="stain-1", product="stain", type="Beauty > Lips > Lipstick", brand="House", colour="Merlot", swatch=WINE
)


def piece(variant: str, type: str = "Fashion > Dresses > Slip", **more: object) -> Piece:
    return replace(Piece(variant=variant, product=f"of {variant}", type=type), **more)


def reasons(*others: Piece, own: Piece = LIPSTICK, **more: object) -> list[tuple[str, str]]:
    return [(one.variant, one.why) for one in companions(own, others, **more)]


def test_each_reason_is_told_with_what_it_rests_on() -> None:
    dress = piece("dress", swatch=BURGUNDY)
    nails = piece("nails", "Beauty > Nails > Lacquer", colour="merlot", swatch=WINE)
    bag = piece("bag", "Fashion > Bags", brand="House")
    boots = piece("boots", "Fashion > Shoes > Boots")
    found = companions(LIPSTICK, [boots, bag, dress, nails], looks={"boots": "#WineDark"})
    assert [(one.variant, one.why, one.data) for one in found] == [
        ("boots", LOOK, {"word": "#WineDark"}), ("nails", SHADE, {"name": "merlot"}),
        ("dress", COLOUR, {"family": "red"}), ("bag", BRAND, {"brand": "House"}),
    ]  # fmt: skip


def test_where_nothing_fits_there_is_silence() -> None:
    assert reasons(piece("dress", swatch=INK), piece("coat"), piece("bag", brand="Other")) == []
    assert reasons(piece("dress", swatch=WINE), own=replace(LIPSTICK, swatch=None, brand="")) == []
    assert reasons(own=LIPSTICK) == []


def test_what_could_be_taken_instead_does_not_go_with_it() -> None:
    gloss, same = (
        piece("gloss", "Beauty > Lips > Gloss", swatch=WINE),
        piece("other shade", swatch=WINE, product="stain"),
    )
    liquid = piece("liquid", "Liquid > Lipstick", swatch=WINE)
    assert reasons(gloss, same, liquid) == []
    assert kind("Lipstick") == "Lipstick" != kind("Topwear > Shirts") == kind("Topwear > Tees") == "Topwear"
    assert reasons(piece("b", "", swatch=WINE)) == [], "of what has no type nobody knows what it is"
    assert reasons(piece("c", swatch=WINE), own=replace(LIPSTICK, type="")) == []


def test_what_the_store_has_comes_first_then_the_better_reason_then_the_nearer_colour() -> None:
    near_by = piece("a", "Bags", swatch=BURGUNDY, here=True)
    same = piece("b", "Shoes", swatch=WINE)
    other = piece("c", "Coats", swatch=BURGUNDY)
    assert [id for id, _ in reasons(other, same, near_by)] == ["a", "b", "c"]


def test_kinds_take_turns_and_no_product_comes_twice() -> None:
    bags = [piece(f"bag {n}", "Fashion > Bags > Tote", swatch=WINE) for n in range(5)]
    shoes = [piece(f"shoe {n}", "Fashion > Shoes > Heels", swatch=BURGUNDY, product="heels") for n in range(5)]
    assert [id for id, _ in reasons(*bags, *shoes)] == ["bag 0", "shoe 0", "bag 1"]
    many = [piece(f"{n:02}", f"Kind {n} > It", swatch=WINE) for n in range(20)]
    assert [id for id, _ in reasons(*many)] == ["00", "01", "02", "03", "04", "05"]


@pytest.mark.parametrize(("one", "other", "fits"), [
    ("women", "men", False), ("women", "women", True), ("women", "unisex", True), ("", "men", True), ("girls", "women", False),
])  # fmt: skip
def test_it_is_for_the_same_people(one: str, other: str, fits: bool) -> None:
    found = reasons(piece("dress", swatch=WINE, gender=other), own=replace(LIPSTICK, gender=one))
    assert bool(found) is fits


def test_near_colours_are_told_the_nearest_first() -> None:
    assert near(WINE, [INK, BURGUNDY, WINE, "#ffffff"]) == [WINE, BURGUNDY]
    assert near(WINE, [f"#5e12{n:02x}" for n in range(256)], most=3) == [WINE, "#5e1223", "#5e1225"]


PIECES = st.builds(
    Piece, variant=st.text(max_size=3), product=st.text(max_size=2), brand=st.sampled_from(["", "House"]), here=st.booleans(),
    type=st.sampled_from(["", "A", "A > B", "A > C", "D > E > F", "D > E > G"]), gender=st.sampled_from(["", "men", "women"]),
    swatch=st.sampled_from([None, WINE, BURGUNDY, INK]), colour=st.sampled_from(["", "Merlot"]),
)  # fmt: skip


@given(PIECES, st.lists(PIECES, max_size=30))
def test_there_are_never_too_many_nor_too_many_of_a_kind_and_order_does_not_matter(
    own: Piece, others: list[Piece]
) -> None:
    others = list({one.variant: one for one in others}.values())
    found = companions(own, others)
    assert found == companions(own, reversed(others))
    by_id = {one.variant: one for one in others}
    kinds = [kind(by_id[one.variant].type) for one in found]
    assert len(found) <= MOST
    assert all(kinds.count(one) <= MOST_OF_A_KIND for one in kinds)
    assert len({by_id[one.variant].product for one in found}) == len(found)
