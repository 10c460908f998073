"""Single cells: text made clean, links, colours, availability, counts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.feeds import texts
from catalog.feeds.rows import Availability, RowError


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("  Red \t lipstick ", "Red lipstick"),
        ("Mac &amp; Co&nbsp;Ltd", "Mac & Co Ltd"),
        ("a\u202eb\x07c", "abc"),
        ("a\u0301", "\u00e1"),
        ("\U0001f469\u200d\U0001f3a8", "\U0001f469\u200d\U0001f3a8"),
        ("x" * 20, "x" * 9 + "\u2026"),
    ],
)
def test_text_is_clean_and_bounded(text, is_):
    assert texts.clean(text, 10 if text[0] == "x" else 100) == is_


def test_a_description_loses_its_markup_but_not_its_signs():
    assert texts.prose("<p>Soft&nbsp;<br/>matte</p> 3 < 5 <!-- x --> &lt;3", 100) == "Soft matte 3 < 5 <3"


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#B28378", "#b28378"),
        ("b28378", "#b28378"),
        ("#abc", "#aabbcc"),
        ("#FFAA0080", "#ffaa00"),
        ("#F7E2D1,#673E2C", "#f7e2d1"),
        ("gray7", None),
        ("#12", None),
        ("", None),
    ],
)
def test_a_swatch_is_six_digits_or_none(text, colour):
    assert texts.swatch(text) == colour


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("in stock", Availability.IN_STOCK),
        ("In_Stock", Availability.IN_STOCK),
        ("https://schema.org/InStock", Availability.IN_STOCK),
        ("out of stock", Availability.OUT_OF_STOCK),
        ("limited availability", Availability.LIMITED),
        ("Pre-order", Availability.PREORDER),
        ("on display to order", Availability.OUT_OF_STOCK),
    ],
)
def test_availability_is_read_in_its_usual_spellings(text, is_):
    assert texts.availability(text) is is_


def test_a_link_beyond_ascii_is_encoded():
    assert texts.link("https://shop.example/cr\u00e8me br\u00fbl\u00e9e?x=1&y=%20", "link") == (
        "https://shop.example/cr%C3%A8me%20br%C3%BBl%C3%A9e?x=1&y=%20"
    )


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(1, 50))
def test_any_text_comes_out_bounded_on_one_line_and_clean_twice_over(text, limit):
    once = texts.clean(text, limit)
    assert len(once) <= limit
    assert once == once.strip()
    assert not any(ord(sign) < 32 for sign in once)
    once.encode()


@settings(deadline=None)
@given(st.text(max_size=100))
def test_any_link_is_http_or_refused(text):
    try:
        link = texts.link(text, "link")
    except RowError:
        return
    assert link == "" or link.startswith(("http://", "https://"))
    assert link.isascii()
