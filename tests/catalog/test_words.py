"""Text folded so that spellings meet, with every place kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import words
from catalog.words import at_capitals, fold, plain, read


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("L’Oréal — RED!", "l oreal red |"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("go https://x.co/a?b now www.shop.example/x", "go now"),
        ("#RedLips and #Lfw26", "red lips and lfw 26"),
        ("what a night @ The Blush Salon", "what a night"),
        ("@them thanks", "thanks"),
        ("boots by @them today", "boots by @ today"),
        ("so💄good", "so 💄 good"),
        ("黒いワンピース。赤", "黒い ワンピース | 赤"),
        ("恐竜のTシャツとVANSの白Ｔ", "恐竜の t シャツ と vans の白 t"),
        ("5年使った", "5年使った"),
        ("50% off", "50 % off"),
        ("e.l.f. rules", "e l f | rules"),
    ],
)
def test_a_text_reads(text, reads):
    assert read(text).plain.strip() == reads


def test_decomposed_and_composed_letters_read_the_same():
    for word in ("uñas", "đỏ rượu", "lèvres", "ガラス"):
        assert read(unicodedata.normalize("NFD", word)).accented == read(unicodedata.normalize("NFC", word)).accented


def test_capitals_digits_and_underscores_part_a_tag():
    parts = {"RedLips": "Red|Lips", "LFWLooks": "LFW|Looks", "ss27_looks": "ss27_|looks", "lfw": "lfw", "LFW": "LFW"}
    for tag, parted in parts.items():
        begins = [*at_capitals(tag), len(tag)]
        assert "|".join(tag[a:b] for a, b in zip(begins, begins[1:], strict=False)) == parted


@given(st.text(max_size=300))
def test_every_place_leads_into_the_text_and_never_backwards(text):
    reading = read(text)
    assert len(reading.plain) == len(reading.accented) == len(reading.places)
    assert all(0 <= place <= len(text) for place in reading.places)
    assert list(reading.places) == sorted(reading.places)
    start, end = reading.span(0, len(reading.plain))
    assert 0 <= start <= end <= len(text)


@given(st.text(alphabet="abc xyz", min_size=1, max_size=80))
def test_plain_words_stand_where_they_stood(text):
    reading = read(text)
    for at, char in enumerate(reading.plain):
        if char != " ":
            assert text[reading.places[at]] == char


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(word):
    once = fold(word)
    assert fold(once) == once
    assert plain(plain(once)) == plain(once)


def test_of_the_million_characters_that_a_hostile_post_may_go_through_few_are_remembered(monkeypatch):
    monkeypatch.setattr(words, "MOST_CHARS", 100)
    assert read("".join(map(chr, range(0x4E00, 0x5200))) + " Ö").plain.endswith(" o ")
    assert len(words._CHARS) <= 100
