"""What compose promises: whole text, kept display rules, the same bytes for the same values, and a refusal in words."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from displays.cards import typefaces
from displays.cards.compose import compose
from displays.cards.content import (
    Author,
    CallContent,
    EvergreenContent,
    Item,
    Picture,
    Post,
    PostContent,
    PostItemContent,
    TrendContent,
)
from displays.cards.errors import CannotShow
from server.core.brand import BrandKit
from server.core.colour import contrast

AT = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
FACE = Picture("b" * 64, 96, 96)
ANA = Author("Ana Lindqvist", "analindqvist", FACE)
ITEM = Item(
    "v-1",
    "Low Light Matte Lipstick",
    "Curtain Call",
    "#6e1026",
    "Alkanet Row",
    Picture("a" * 64, 900, 900, "A lipstick"),
)
BRAND = BrandKit(name="Alkanet Row")


def post(text: str = "Worth it. #LFW", **more) -> Post:
    return Post(more.pop("network", "x"), more.pop("author", ANA), text, AT, more.pop("language", "en"), **more)


def card(content, language: str = "en") -> str:
    return compose(content, brand=BRAND, language=language).html.decode()


def words_of(html: str) -> str:
    inner = re.search(r'<div class="words[^>]*>(.*?)</div>', html, re.S)[1]
    return re.sub(r"<[^>]+>", "", re.sub(r'<img class="emoji"[^>]*alt="([^"]+)"[^>]*>', r"\1", inner))


def test_the_same_values_make_the_same_bytes() -> None:
    one, two = (compose(PostItemContent(post(), ITEM), brand=BRAND, language="en") for _ in range(2))
    assert one == two
    assert one.html == two.html


def test_a_post_is_shown_with_all_that_its_network_asks_for() -> None:
    html = card(PostItemContent(post(edited=True, reposted_by="Bo"), ITEM))
    assert words_of(html) == "Worth it. #LFW"
    for part in (
        "Ana Lindqvist",
        "@analindqvist",
        f"/media/{FACE.digest}",
        "2026-11-20T10:05:00+00:00",
        'aria-label="X"',
    ):
        assert part in html
    assert "Edited" in html
    assert "Reposted by Bo" in html


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"author": replace(ANA, avatar=None)}, "author's picture"),
        ({"author": replace(ANA, name=" ")}, "author's name"),
        ({"author": replace(ANA, handle="@")}, "author's handle"),
        ({"text": "  "}, "its text"),
        ({"network": "teletext"}, "no card for posts"),
        ({"pictures": (FACE,) * 5}, "four pictures"),
    ],
)
def test_a_post_that_lacks_what_must_be_shown_is_not_shown(broken: dict, reason: str) -> None:
    with pytest.raises(CannotShow) as refused:
        card(PostContent(post(**broken)))
    assert reason in refused.value.reason


def test_a_text_too_long_to_be_read_is_refused_not_cut() -> None:
    with pytest.raises(CannotShow, match="too long"):
        card(PostItemContent(post("words and words " * 200), ITEM))


@pytest.mark.parametrize(
    "text", ["".join(map(chr, range(0x4E00, 0x4E00 + 20_000))), "a" * 24_000], ids=["ideographs", "one word"]
)
def test_a_text_beyond_all_measure_is_refused_before_a_sign_of_it_is_set(text: str) -> None:
    asked = typefaces.face_for.cache_info().misses
    with pytest.raises(CannotShow, match="too long"):
        card(PostContent(post(text)))
    assert typefaces.face_for.cache_info().misses < asked + 500


def test_what_is_not_text_does_not_make_a_text_too_long() -> None:
    assert "Worth it" in card(PostContent(post("Worth it." + "\n" * 20_000 + "#LFW")))


def test_a_longer_text_fits_fewer_shapes_and_steps() -> None:
    short = compose(PostItemContent(post(), ITEM), brand=BRAND, language="en")
    long = compose(PostItemContent(post("words and more words " * 16), ITEM), brand=BRAND, language="en")
    assert set(long.fits) < set(short.fits)
    assert words_of(long.html.decode()) == ("words and more words " * 16).strip()


def test_a_script_that_no_typeface_has_is_refused_rather_than_shown_as_boxes() -> None:
    with pytest.raises(CannotShow, match="No typeface"):
        card(PostContent(post("வணக்கம்", language="ta")))


def test_markup_in_a_post_or_a_name_is_only_text() -> None:
    author = Author('<script>alert(1)</script>"', 'a"onload=x', FACE)
    item = replace(ITEM, name="<b>Bold</b>", shade="'\"><img src=x>", variant='"><i>')
    html = card(PostItemContent(post("<img src=x onerror=alert(1)> {{ 7*7 }} </article>", author=author), item))
    assert html.count("<article") == html.count("</article>") == 1
    assert "<script" not in html
    assert "<b>" not in html
    assert "<img src=x" not in html
    assert "{{ 7*7 }}" in html


def test_a_card_has_no_script_and_no_inline_style() -> None:
    trend = TrendContent("#LFW", (ITEM,) * 3, (1, 2, 5, 9), 412, 60, 1)
    for content in (PostItemContent(post(), ITEM), trend, EvergreenContent(item=ITEM), CallContent("A", "a.example/t")):
        html = card(content)
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=", html)
        assert re.match(r'<article class="card card-[a-z-]+ ', html)


def test_a_right_to_left_post_sets_its_own_part_alone() -> None:
    html = card(PostItemContent(post("أحمر الشفاه هذا رائع #LFW", language="ar"), ITEM))
    assert '<section class="post" dir="rtl">' in html
    assert re.search(r"<article[^>]*dir=\"ltr\"", html)
    assert 'lang="ar" dir="rtl"' in html


def test_everything_that_a_card_needs_is_listed() -> None:
    made = compose(PostItemContent(post("日本だ 💄 مرحبا"), ITEM), brand=BRAND, language="en")
    html = made.html.decode()
    assert set(re.findall(r"/media/([0-9a-f]{64})", html)) == set(made.pictures)
    assert {one.digest for one in made.media} < set(made.pictures)
    assert all(name.endswith(".woff2") for name in made.fonts)
    assert any(name.startswith("noto-sans-jp") for name in made.fonts)
    assert any(name.startswith("noto-sans-arabic") for name in made.fonts)
    assert any(name.startswith("fraunces") for name in made.fonts)


def test_an_item_is_kept_apart_and_named_as_the_house_offers_it() -> None:
    html = card(PostItemContent(post(), ITEM), "nb")
    assert html.index("</section>") < html.index("Hos Alkanet Row") < html.index("Low Light")
    assert 'data-slot="price" data-variant="v-1"' in html


@pytest.mark.parametrize(
    "swatch", [f"#{r}{g}{b}" for r in ("00", "80", "ff") for g in ("00", "80", "ff") for b in ("00", "80", "ff")]
)
def test_any_swatch_makes_a_legible_room(swatch: str) -> None:
    html = card(PostItemContent(post(), replace(ITEM, swatch=swatch)))
    room = dict(re.findall(r'data-(field|ink|soft|accent)="(#[0-9a-f]{6})"', html))
    assert contrast(room["field"], room["ink"]) >= 7
    assert contrast(room["field"], room["soft"]) >= 4.5


def test_a_brand_whose_ink_is_faint_on_its_field_gets_a_legible_one() -> None:
    html = compose(
        EvergreenContent("Hello"), brand=BrandKit(field="#777777", ink="#888888"), language="en"
    ).html.decode()
    room = dict(re.findall(r'data-(field|ink)="(#[0-9a-f]{6})"', html))
    assert contrast(room["field"], room["ink"]) >= 7


def test_a_trend_has_one_to_four_items_and_keeps_a_line_with_the_largest_word() -> None:
    with pytest.raises(CannotShow):
        card(TrendContent("#LFW", ()))
    with pytest.raises(CannotShow):
        card(TrendContent("#LFW", (ITEM,) * 5))
    html = card(TrendContent("#LFW", (ITEM,) * 4, (1, 2, 3), 12, 30, 2), "vi")
    assert "Hạng 2 lúc này" in html
    assert "12 người trong 30 phút" in html


def test_a_call_says_what_posting_with_the_tag_agrees_to() -> None:
    html = card(CallContent("#AlkanetRow", "vitrine.example/terms/alkanet"))
    assert "#Alkanet<wbr>Row" in html
    assert "##" not in html
    assert "agree" in html
    assert "vitrine.example/terms/alkanet" in html
    with pytest.raises(CannotShow, match="publish them"):
        card(CallContent("AlkanetRow", " "))


def test_an_empty_evergreen_is_refused() -> None:
    with pytest.raises(CannotShow, match="nothing on this card"):
        card(EvergreenContent())
