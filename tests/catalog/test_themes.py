"""Themes: what posts speak of in any language, with and without a thing that is sold, and what serves it."""

import pytest

from catalog.matching.lexicon import built_in
from catalog.matching.looks import LANGUAGES, Seen, longest
from catalog.matching.looks import built_in as looks
from catalog.matching.values import Terms
from tests.catalog.matching_house import house

HOUSE = house()
LEXICON, LOOKS = built_in(), looks()
BEHIND_A_TAG = Terms(head_start=1.4)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "burgundy lips all over the runway"),
        ("en", "my burgundy lipstick and I"),
        ("vi", "môi đỏ rượu đẹp quá"),
        ("vi", "Son môi đỏ đô mùa này"),
        ("no", "vinrøde lepper overalt nå"),
        ("fr", "des lèvres bordeaux partout"),
        ("es", "labios burdeos por todas partes"),
        ("de", "weinrote Lippen überall"),
        ("pt", "batom bordô o dia todo"),
        ("ja", "ボルドーのリップが可愛い"),
    ],
)
def test_burgundy_lips_are_one_theme_in_any_language_and_whichever_word_names_them(lang, text):
    assert "burgundy lips" in HOUSE.match(text, (), lang).themes


@pytest.mark.parametrize(
    ("lang", "text", "theme"),
    [
        ("en", "pleats everywhere this season", "pleats"),
        ("en", "glass skin is back", "glass skin"),
        ("vi", "Da thủy tinh lại hot rồi", "glass skin"),
        ("no", "Glasshud er tilbake", "glass skin"),
        ("fr", "la peau de verre, encore et toujours", "glass skin"),
        ("es", "vuelve la piel de cristal", "glass skin"),
        ("de", "Glashaut ist wieder da", "glass skin"),
        ("pt", "a pele de vidro voltou", "glass skin"),
        ("ja", "水光肌がまた流行ってる", "glass skin"),
        ("en", "#GlassSkin all day", "glass skin"),
        ("en", "Leopard print, leopard print, leopard print", "animal print"),
        ("en", "burgundy is what the whole runway wears", "burgundy"),
        ("en", "quiet luxury but make it fun", "quiet luxury"),
    ],
)
def test_a_theme_needs_no_thing_that_is_sold(lang, text, theme):
    verdict = HOUSE.match(text, (), lang)
    assert theme in verdict.themes and not verdict.show


@pytest.mark.parametrize(
    "text",
    [
        "no more pleats please",
        "glass skin giveaway! follow and tag a friend to win",
        "a bus went by and it was red",
        "the sky was burgundy tonight",
        "everything as usual in town",
    ],
)
def test_what_is_denied_raffled_or_of_no_company_is_no_theme(text):
    assert HOUSE.match(text, (), "en").themes == ()


def test_a_particular_colour_has_company_enough_behind_a_tag_of_the_house_and_a_plain_one_has_not():
    assert HOUSE.match("burgundy, wherever you look", (), "en", BEHIND_A_TAG).themes == ("burgundy",)
    assert HOUSE.match("red, wherever you look", (), "en", BEHIND_A_TAG).themes == ()


def test_every_look_names_what_the_lexicon_knows_and_is_spelt_in_every_language():
    for look in LOOKS.looks.values():
        assert look.types and set(look.types) <= set(LEXICON.types), look.name
        assert set(look.colours) <= set(LEXICON.centres), look.name
        assert set(look.finishes) <= {entry.concept for entry in LEXICON.entries if entry.kind == "finish"}, look.name
    assert set(LOOKS.finishes) <= {entry.concept for entry in LEXICON.entries if entry.kind == "finish"}
    assert len(LANGUAGES) == 8


def test_every_theme_of_a_look_finish_or_colour_is_served_by_its_name_and_tag():
    labels = [look.label for look in LOOKS.looks.values()] + list(LOOKS.finishes.values()) + ["burgundy", "rose gold"]
    themes = HOUSE._hearing.words.themes
    assert [label for label in labels if themes.asked(label) is None] == []
    assert {match.product for match in HOUSE.going_with("#GlassSkin")} == {"base"}


def test_a_theme_is_served_by_what_bears_it_and_by_several_kinds_of_things():
    assert {match.product for match in HOUSE.going_with("pleats")} == {"skirt"}
    black = [match.product for match in HOUSE.going_with("all black")]
    assert black[:3] == ["dress", "boots", "coat"] or {"dress", "boots"} <= set(black[:3]), black
    burgundy = HOUSE.going_with("burgundy")
    assert {match.variant for match in burgundy} >= {"lip-velvet/burgundy", "polish/burgundy"}
    assert all("burgundy" in match.variant or "plum" in match.variant for match in burgundy)
    assert burgundy[0].reasons[0].words == "serves ‘burgundy’"
    assert HOUSE.going_with("sequins") == () or all(match.product == "dress" for match in HOUSE.going_with("sequins"))
    assert HOUSE.going_with("pleats", Terms(without=frozenset({"skirt"}))) == ()


def test_a_feed_that_pairs_the_tag_decides_what_goes_first():
    found = HOUSE.going_with("#GlassSkin", Terms(pairs={"glassskin": ("gloss/clear",)}))
    assert [match.product for match in found] == ["gloss", "base"]


def test_of_looks_within_each_other_the_longer_stands_however_many_a_post_names():
    look = LOOKS.looks["tweed"]
    within = [Seen(look, 3 * n, 3 * n + length, ambiguous=False) for n in range(20_000) for length in (2, 3)]
    assert longest(within) == within[1::2]
