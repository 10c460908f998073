"""Texts measured with the files that the browser will use."""

import pytest

from displays.cards.measure import Type, files, lines, missing, width
from displays.cards.stage import CLASSES, tightest
from displays.cards.typeset import set_copy
from displays.cards.words import pieces
from server.core.brand import BrandKit

PLAIN = Type("figtree", 400)


def test_a_wider_text_is_wider_and_every_script_has_a_width() -> None:
    assert width("iii", PLAIN) < width("mmm", PLAIN)
    for text in ("Hello", "漢字", "مرحبا", "שלום", "हिन्दी", "ไทย", "한글", "Ấn tượng"):
        assert 0.1 * len(text) < width(text, PLAIN) < 1.4 * len(text)


def test_lines_are_broken_at_spaces_and_only_then_within_words() -> None:
    assert lines(pieces("one two three"), PLAIN, 100) == 1
    assert lines(pieces("one two three"), PLAIN, width("one two", PLAIN) + 0.1) == 2
    assert lines(pieces("a\nb\n\nc"), PLAIN, 100) == 4
    assert lines(pieces("w" * 100), PLAIN, 10) >= 7


def test_a_tag_in_brackets_stays_with_them() -> None:
    room = width("(#LondonFashion)", PLAIN) + 0.05
    assert lines(pieces("(#LondonFashion)"), PLAIN, room) == 1


def test_characters_that_nothing_shipped_can_draw_are_named() -> None:
    assert missing(pieces("Hello 漢字 مرحبا 💄"), PLAIN) == ""
    assert "வ" in missing(pieces("வ"), PLAIN)


def test_only_the_files_that_a_text_needs_are_named() -> None:
    assert files("Hello", PLAIN) == {"figtree-latin-400-normal.woff2"}
    assert 1 <= len([name for name in files("口紅", Type("figtree", 400, "ja")) if "-jp-" in name]) <= 2


def test_a_typeface_without_vietnamese_gives_way_to_one_that_has_it_whole() -> None:
    copy = set_copy("Ướt, mượt", "facts", brand=BrandKit(text="figtree"), language="vi")
    assert copy.noto
    assert all(name.startswith("noto-sans-") for name in copy.files)
    assert not set_copy("Ướt, mượt", "facts", brand=BrandKit(text="source-sans-3"), language="vi").noto


def test_letters_dressed_up_as_symbols_are_shown_plain() -> None:
    assert set_copy("𝓗𝓮𝓵𝓵𝓸", "words", brand=BrandKit(), language="en").text == "Hello"


@pytest.mark.parametrize("shape", CLASSES)
def test_every_shape_has_a_tightest_stage(shape: str) -> None:
    for stage in tightest(shape):
        assert min(stage.width, stage.height) == 100
        assert stage.landscape == (CLASSES[shape] > 1) or shape == "1:1"
