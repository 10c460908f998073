"""Hashtags are found as X finds them, and two spellings of a tag meet in one key."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from social import hashtags

CORPORA = Path(os.environ.get("VITRINE_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")


def cases(file: str, *sections: str) -> list[dict]:
    path = CORPORA / "twitter-text" / file
    if not path.exists():
        pytest.skip(f"{path} is not there; set VITRINE_CORPORA to the folder that holds twitter-text/{file}")
    tests = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    return [case for section in sections for case in tests[section]]


def test_hashtag_conformance() -> None:
    wrong = []
    checked = cases("extract.yml", "hashtags", "hashtags_from_astral", "hashtags_with_indices")
    for case in checked:
        with_indices = bool(case["expected"]) and isinstance(case["expected"][0], dict)
        found = [
            {"hashtag": hit.tag, "indices": [hit.start, hit.end]} if with_indices else hit.tag
            for hit in hashtags.find(case["text"])
        ]
        if found != case["expected"]:
            wrong.append((case["description"], found))
    assert wrong == []
    assert len(checked) == 76


def test_a_text_is_a_hashtag_where_the_network_says_so() -> None:
    for case in cases("validate.yml", "hashtags"):
        assert (hashtags.extract(case["text"]) == [case["text"].lstrip("#")]) is case["expected"], case


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("in the window of #LFW's first row", ["LFW"]),
        ("see x.com/a/#b and http://shop.example/#c, #d", ["d"]),
        ("https://t.co/abc。#タグ", ["タグ"]),
        ("(x.com/a)#tag", ["tag"]),
        ("well.Said #yes and/or #no", ["yes", "no"]),
        ("#️⃣ #⃣one #two#three #four", ["four"]),
        ("R&#39;n&#x27 &#amp", []),
        ("#a #a #A", ["a", "a", "A"]),
        ("http://192.168.0.1/#x http://localhost:8000/#y", []),
    ],
)
def test_the_corners_that_hurt(text: str, tags: list[str]) -> None:
    assert hashtags.extract(text) == tags


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＬＦＷ", "lfw"), ("ｻｯｶｰ", "サッカー"), ("STRASSE", "straße"), ("caf\u00e9", "cafe\u0301"), ("#Mode", "＃mode")],
)
def test_spellings_that_are_one_tag_share_a_key(one: str, other: str) -> None:
    assert hashtags.key(one) == hashtags.key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("café", "cafe"), ("İstanbul", "istanbul"), ("Đẹp", "dep"), ("Rødt", "rodt")]
)
def test_accents_part_two_tags_unless_asked_to_be_loose(one: str, other: str) -> None:
    assert hashtags.key(one) != hashtags.key(other)
    assert hashtags.loose_key(one) == hashtags.loose_key(other)


def test_a_mark_that_makes_another_letter_is_never_folded() -> None:
    assert hashtags.loose_key("がぎ") == "がぎ"
    assert hashtags.loose_key("ผู้") == hashtags.key("ผู้")


ATTACKS = ["#1", "#", "#_", "☀️#", "a.", "http://", "a.b/#", "#a#", "\u0301", "＃・", "/#a?", "x-"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_of_25000_characters_is_read_whole(attack: str) -> None:
    hashtags.find((attack * 25_000)[:25_000])


@given(st.text(alphabet=st.sampled_from("#＃aé1_ ./:?&\u200d\ufe0f\u20e3日ー·s(http") | st.characters()))
def test_what_is_found_stands_where_it_says(text: str) -> None:
    for hit in hashtags.find(text):
        assert text[hit.start] in "#＃"
        assert text[hit.start + 1 : hit.end] == hit.tag


@given(st.text())
def test_a_key_of_a_key_is_itself(text: str) -> None:
    assert hashtags.key(hashtags.key(text)) == hashtags.key(text)
    assert hashtags.loose_key(hashtags.loose_key(text)) == hashtags.loose_key(text)
