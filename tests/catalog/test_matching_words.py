"""How words are told apart where nothing parts them, and whose account a handle is."""

import pytest

from catalog.matching.accounts import Accounts
from catalog.matching.compounds import Compounds
from catalog.matching.kana import Kana
from catalog.matching.lexicon import built_in
from catalog.matching.matcher import Matcher
from catalog.matching.segment import Segmenter
from catalog.matching.shelf import Shelf
from catalog.words import read
from tests.catalog.matching_house import items

LEXICON = built_in()
SHELF = Shelf(items(), LEXICON)


@pytest.mark.parametrize(
    ("handle", "maker"),
    [
        ("nordlys", "nordlys"), ("NordlysOfficial", "nordlys"), ("nordlys_no", "nordlys"), ("tallow.fig", "tallow fig"),
        ("aubaderougebeauty", "aubade rouge"), ("nordlysfan1987", ""), ("mynordlysdiary", ""), ("no", ""), ("x" * 60, ""),
        ("charlottetilbury", "charlotte tilbury"),
    ],
)  # fmt: skip
def test_a_makers_handle_is_told_from_a_fans(handle: str, maker: str) -> None:
    assert Accounts(LEXICON, SHELF).maker(handle) == maker


@pytest.mark.parametrize(
    ("run", "word", "stands"),
    [
        ("リップ", "リップ", True), ("ピンクリップ", "リップ", True), ("トリップ", "リップ", False),
        ("アドレス", "ドレス", False), ("スニーカーズ", "スニーカー", True),
    ],
)  # fmt: skip
def test_a_katakana_word_stands_alone_or_among_known_ones(run: str, word: str, stands: bool) -> None:
    start = run.index(word)
    assert Kana(["リップ", "ドレス", "ピンク", "スニーカー"]).stands(run, start, start + len(word)) == stands


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("de", "mein Blumensommerkleid", "dress"), ("no", "fløyelskjolen min", "dress"), ("de", "das Kleid", None),
        ("en", "underdress", None),
    ],
)  # fmt: skip
def test_a_compound_is_what_it_ends_with(language: str, text: str, kind: str | None) -> None:
    found = list(Compounds(LEXICON).found(read(text), language, ()))
    assert [entry.concept for entry, _, _ in found] == ([kind] if kind else [])


def test_a_compound_that_is_known_as_something_else_is_not_taken_apart() -> None:
    reading = read("das Blumensommerkleid")
    [(_, start, end)] = Compounds(LEXICON).found(reading, "de", ())
    assert list(Compounds(LEXICON).found(reading, "de", [(start, end)])) == []
    assert not Matcher(items()).match("neue Fahrradkette gekauft, liebe sie", (), "de").show


def test_tags_handles_and_runs_of_a_length_that_nobody_writes_are_not_remembered() -> None:
    tags, accounts, kana = Segmenter(LEXICON, SHELF), Accounts(LEXICON, SHELF), Kana(["リップ"])
    assert tags.split("RedLips" * 500)[:3] == [0, 3, 7] and accounts.maker("nordlys" * 500) == ""
    assert not kana.stands("ア" * 4000 + "リップ", 4000, 4003)
    assert [one._remembered.cache_info().currsize for one in (tags, accounts, kana)] == [0, 0, 0]
