"""Strangers' texts: marked up, safe, tamed where they are not text, and otherwise left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays.cards import tame, words
from server.core import emoji


def test_tags_mentions_and_links_are_marked_as_their_networks_do() -> None:
    cut = words.pieces("In #LFW's rain (@ana) at https://a.example/x#y with @bo@fashion.example and me@x.example #1")
    assert [(p.kind, p.text) for p in cut if p.kind != "text"] == [
        ("tag", "#LFW"),
        ("mention", "@ana"),
        ("link", "https://a.example/x#y"),
        ("mention", "@bo@fashion.example"),
    ]


def test_tags_in_other_scripts_are_tags() -> None:
    cut = words.pieces("今日 #メイク と #موضة と ＃口紅")
    assert [p.text for p in cut if p.kind == "tag"] == ["#メイク", "#موضة", "＃口紅"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("❤️", "red-heart"),
        ("❤", "red-heart"),
        ("👩🏽‍💻", "woman-technologist-medium-skin-tone"),
        ("1️⃣", "keycap-1"),
        ("🏳️‍🌈", "rainbow-flag"),
        ("❤️‍🔥", "heart-on-fire"),
        ("👨‍👩‍👧‍👦", "family-man-woman-girl-boy"),
    ],
)
def test_an_emoji_is_one_picture_however_many_characters_it_has(text: str, name: str) -> None:
    assert list(emoji.split(text)) == [(text, name)]


def test_signs_that_are_text_stay_text() -> None:
    assert list(emoji.split("© 2026 #1 ™ ☀︎")) == [("© 2026 #1 ™ ☀︎", None)]


def test_a_flag_is_shown_as_its_letters() -> None:
    (piece,) = words.pieces("🇳🇴")
    assert words.shown(piece) == "NO"
    assert 'aria-label="🇳🇴"' in words.html([piece])


def test_every_emoji_has_a_picture_without_anything_active() -> None:
    for name in ("lipstick", "red-heart", "rainbow-flag"):
        body = emoji.image(name).body.decode()
        assert body.startswith("<svg xmlns=")
        assert not re.search(r"<script|<foreignObject|\son\w+=|https?://(?!www\.w3\.org)", body)


def test_piles_of_marks_are_cut_to_what_a_language_can_use() -> None:
    assert tame.tame("h" + "\u0336" * 30 + "i") == "h\u0336\u0336\u0336i"


@pytest.mark.parametrize(
    "text",
    [
        "Ấn tượng quá",
        "e\u0323\u0302\u0301",
        "שָׁלוֹם",
        "مَرْحَبًا",
        "ที่นี่",
        "हिन्दी में",
        "한국어",
        "👩🏽‍🦱🏳️‍🌈",
        "naïve Ångström",
        "㍿ ﷺ",
        "a\u200db",
    ],
)
def test_text_that_is_text_is_left_alone(text: str) -> None:
    assert tame.tame(text) == text


def test_overrides_and_controls_are_taken_out() -> None:
    assert tame.tame("pay \u202eten\u202c now\x00\x07") == "pay ten now"
    assert tame.tame("a\r\nb\n\n\n\nc") == "a\nb\n\nc"


def test_direction_is_told_by_words_not_by_tags() -> None:
    assert tame.direction("#LFW أحمر") == "rtl"
    assert tame.direction("@ana Hello مرحبا") == "ltr"
    assert tame.direction("12 ...") == "ltr"


def test_a_language_is_told_by_its_script_where_nobody_says() -> None:
    assert tame.language("ほんと漢字", "und") == "ja"
    assert tame.language("汉字", None) == "zh"
    assert tame.language("한글", None) == "ko"
    assert tame.language("hello", "en-GB") == "en-GB"
    assert tame.language("hello", '"><script>') == "und"


@given(st.text())
def test_no_text_is_lost_or_breaks_out(text: str) -> None:
    kept = tame.tame(text)
    cut = words.pieces(kept)
    assert "".join(piece.text for piece in cut) == kept
    markup = re.sub(r'<(/?bdi|/?span|img)( class="[a-z]+")?[^<>]*>', "", str(words.html(cut)))
    assert "<" not in markup
