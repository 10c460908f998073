import contextlib
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.colour import (
    FAMILIES,
    ColourRefused,
    Oklch,
    contrast,
    distance,
    family,
    from_oklab,
    from_oklch,
    most_chroma,
    normal,
    room,
    to_oklab,
    to_oklch,
)
from server.core.errors import VitrineError

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(colours)
def test_a_colour_comes_back_from_oklab_and_oklch_as_it_went(colour):
    assert from_oklab(to_oklab(colour)) == colour
    assert from_oklch(to_oklch(colour)) == colour


def test_oklab_of_the_primaries_is_as_published():
    assert to_oklab("#ffffff") == pytest.approx((1, 0, 0), abs=1e-4)
    assert to_oklab("#ff0000") == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-4)
    assert to_oklab("#0000ff") == pytest.approx((0.45201, -0.03246, -0.31153), abs=1e-4)


def test_contrast_is_that_of_wcag():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#fff", "#777777") == contrast("#777777", "#fff")


@given(st.floats(0.15, 1), st.floats(0, 1), st.floats(-360, 720))
def test_a_colour_no_screen_can_show_keeps_lightness_and_hue_and_loses_chroma(lightness, chroma, hue):
    shown = to_oklch(from_oklch(Oklch(lightness, chroma, hue)))
    assert shown.lightness == pytest.approx(lightness, abs=0.02)
    assert shown.chroma <= chroma + 0.02
    assert most_chroma(lightness, hue) <= 0.4


@pytest.mark.parametrize("text", ["#7A1F2B", "7a1f2b", "  #7a1f2b "])
def test_a_colour_is_read_as_people_write_it(text):
    assert normal(text) == "#7a1f2b"
    assert normal("#Abc") == "#aabbcc"


@pytest.mark.parametrize("text", ["", "gray3", "#12345", "#1234567", "rgb(1,2,3)", "#१२३", "x" * 10_000])
def test_what_is_no_colour_is_refused_in_plain_words(text):
    with pytest.raises(ColourRefused, match="six hexadecimal digits") as refused:
        room(text)
    assert isinstance(refused.value, VitrineError)
    assert len(str(refused.value)) < 150


@given(st.text())
def test_any_text_is_a_colour_or_refused(text):
    with contextlib.suppress(ColourRefused):
        assert re.fullmatch("#[0-9a-f]{6}", normal(text))


def assert_legible(swatch):
    made = room(swatch)
    assert contrast(made.ink, made.field) >= 7, (swatch, made)
    assert contrast(made.soft, made.field) >= 4.5, (swatch, made)
    assert contrast(made.accent, made.field) >= 3, (swatch, made)


@given(colours)
def test_type_is_legible_in_the_room_of_any_colour(swatch):
    assert_legible(swatch)


def test_type_is_legible_over_a_grid_of_the_whole_rgb_cube():
    steps = range(0, 256, 15)
    for r, g, b in product(steps, steps, steps):
        assert_legible(f"#{r:02x}{g:02x}{b:02x}")


@given(colours)
def test_a_room_keeps_the_hue_of_a_colour_that_has_one(swatch):
    own, field = to_oklch(swatch), to_oklch(room(swatch).field)
    if own.chroma > 0.05 and field.chroma > 0.03:
        assert abs((own.hue - field.hue + 180) % 360 - 180) < 6


@pytest.mark.parametrize("swatch", ["#7a1f2b", "#6d1023", "#ffc0cb", "#0b3d2e", "#001f4d", "#f7e98e", "#8b4513"])
def test_a_colour_on_which_type_is_legible_is_its_own_room(swatch):
    assert distance(room(swatch).field, swatch) < 0.03


@pytest.mark.parametrize("red", ["#ff0000", "#c8102e", "#e2001a", "#dc143c"])
def test_a_red_makes_a_red_room_and_not_a_pink_one(red):
    assert family(room(red).field) == "red"


@pytest.mark.parametrize("yellow", ["#ffd700", "#ffff00", "#e1b12c"])
def test_a_yellow_makes_a_yellow_room_and_not_a_brown_one(yellow):
    assert family(room(yellow).field) == "yellow"


@pytest.mark.parametrize("grey", ["#000000", "#333333", "#808080", "#a0a0a0", "#d3d3d3", "#ffffff", "#fffff0"])
def test_a_colour_without_a_hue_makes_a_dark_or_a_pale_room_and_never_a_middle_grey(grey):
    lightness = to_oklch(room(grey).field).lightness
    assert lightness < 0.4 or lightness > 0.77


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ("#111111", "black"), ("#fdfdfd", "white"), ("#888888", "grey"), ("#e10000", "red"), ("#74182a", "red"),
        ("#ff8fb0", "pink"), ("#ff7a1a", "orange"), ("#ffe21f", "yellow"), ("#2a8f3c", "green"), ("#1c3fae", "blue"),
        ("#7b1fa2", "purple"), ("#6a3f22", "brown"), ("#eadbc4", "beige"), ("#0a1f44", "blue"),
    ],
)  # fmt: skip
def test_a_colour_has_the_plain_word_that_people_use(colour, word):
    assert family(colour) == word


@given(colours, colours)
def test_distance_is_nothing_for_the_same_colour_and_the_same_both_ways(one, other):
    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) <= 1.1
    assert family(one) in FAMILIES
