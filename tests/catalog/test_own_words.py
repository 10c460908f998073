"""A feed's own words: what they add to what posts mean, what they take away, and what they cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.values import MOST_MATCHES, OwnWord, Terms
from tests.catalog.matching_house import house

HOUSE = house()


def words(*made: OwnWord) -> Terms:
    return Terms(words=made, head_start=1.4)


def judged(text, *made, lang="en", hashtags=()):
    return HOUSE.match(text, hashtags, lang, words(*made))


def best(text, *made, lang="en", hashtags=()):
    verdict = judged(text, *made, lang=lang, hashtags=hashtags)
    return verdict.matches[0].variant if verdict.matches else None


STAIN = OwnWord("stain", "type", "lipstick")
OXBLOOD = OwnWord("oxblood", "colour", "burgundy")
COLUMN = OwnWord("the Vesper number", "product", "dress")


def test_a_feeds_word_for_a_kind_of_thing_is_read_as_that_thing_in_this_feed_alone():
    assert best("a red stain for tonight") is None
    assert best("a red stain for tonight", STAIN) == "lip-velvet/red"
    assert best("these stains, both red, love them", STAIN) == "lip-velvet/red"
    assert best("a red stain for tonight") is None


def test_a_reason_says_that_it_is_a_word_of_this_feed_and_leads_back_to_it():
    text = "Oxblood LIPSTICK tonight"
    [match, *_] = judged(text, OXBLOOD).matches
    assert match.variant == "lip-velvet/burgundy"
    own = next(reason for reason in match.reasons if reason.language == "feed")
    assert own.words == "‘oxblood’ is the colour of this shade (burgundy), a word of this feed"
    assert text[own.start : own.end] == "Oxblood"


def test_a_phrase_for_a_product_shows_it_in_the_colour_beside_it_and_no_guard_is_weaker_for_it():
    assert best("the Vesper number, at last", COLUMN).startswith("dress/")
    assert best("the vésper number in yellow, at last", COLUMN) == "dress/yellow"
    assert best("nothing else, just #TheVesperNumber", COLUMN, hashtags=("TheVesperNumber",)).startswith("dress/")
    assert best("worst queue ever for the Vesper number, want a refund", COLUMN) is None
    assert best("not the Vesper number", COLUMN) is None
    said = judged("the Vesper number, at last", COLUMN).matches[0].reasons[0]
    assert said.words == "‘the vesper number’ means this, a word of this feed"


def test_a_word_for_a_single_shade_shows_that_shade():
    shade = OwnWord("date night red", "variant", "lip-silk/pink")
    assert best("date night red, always", shade) == "lip-silk/pink"


def test_an_item_that_the_feed_does_not_sell_is_not_shown_for_its_word():
    terms = Terms(words=(COLUMN,), without=frozenset({"dress"}), head_start=1.4)
    assert not HOUSE.match("the Vesper number, at last", (), "en", terms).show


def test_a_stop_word_means_nothing_but_stays_part_of_longer_words():
    assert best("yellow dress, love it", OwnWord("dress", "stop")) is None
    assert best("pink lip gloss and a coat, love it", OwnWord("lip", "stop")).startswith("gloss/")
    assert best("pink lipstick after the black friday queue", OwnWord("black friday", "stop")).endswith("/pink")


def test_a_stop_word_lifts_a_guard_and_a_maker_that_ships():
    assert best("sephora haul: a red lipstick") is None
    assert best("sephora haul: a red lipstick", OwnWord("Sephora", "stop")) == "lip-velvet/red"


def test_a_stop_word_is_no_theme_either():
    assert "glass skin" in judged("glass skin all summer, love").themes
    assert "glass skin" not in judged("glass skin all summer, love", OwnWord("glass skin", "stop")).themes


def test_a_maker_that_a_feed_adds_silences_by_name_by_handle_and_by_hashtag():
    glossier = OwnWord("Nordbo Studio", "guard", "rival")
    for text in (
        "the new Nordbo Studio lipstick in red",
        "#nordbostudio red lipstick",
        "red lipstick from @nordbostudio_official",
    ):
        assert best(text) == "lip-velvet/red" or "@" in text
        verdict = judged(text, glossier)
        assert verdict.held == ("names ‘nordbo studio’, a word of this feed, which the catalogue does not carry",)


def test_a_saying_that_a_feed_adds_tells_that_a_post_is_about_something_else():
    saying = OwnWord("lipstick index", "guard", "elsewhere")
    assert best("gorgeous red lipstick index today, love") == "lip-velvet/red"
    verdict = judged("gorgeous red lipstick index today, love", saying)
    assert verdict.held == ("seems to be about something else: ‘lipstick index’, a word of this feed",)


def test_another_name_for_a_maker_is_that_maker():
    aubade = OwnWord("AR Paris", "brand", "aubade rouge")
    assert best("AR Paris lipstick in pink, love", aubade) == "lip-velvet/pink"


def test_a_word_of_one_language_counts_in_its_posts_alone():
    rouge = OwnWord("rouge", "type", "lipstick", language="de")
    assert best("mein Rouge in pink, liebe es", rouge, lang="de").endswith("/pink")
    assert judged("le rouge est de sortie", rouge, lang="fr").matches == ()


@pytest.mark.parametrize(("written", "counts"), [("thé", True), ("the", False), ("thè", False)])
def test_a_short_word_with_accents_is_another_word_without_them(written, counts):
    assert (best(f"{written} du soir", OwnWord("thé", "product", "dress"), lang="fr") is not None) is counts


def test_a_word_that_is_not_sure_needs_a_second_cue():
    wall = OwnWord("wall", "type", "lipstick", sure=False)
    assert best("up against the wall", wall) is None
    assert best("up against the red wall, love", wall) == "lip-velvet/red"


def test_words_in_any_script_and_emoji_are_found():
    assert best("🧶 in grey, all winter", OwnWord("🧶", "type", "sweater")).startswith("knit/")
    assert (
        best("今日のくちべに君、赤です", OwnWord("くちべに君", "product", "lip-velvet"), lang="ja") == "lip-velvet/red"
    )


def test_of_two_words_within_each_other_the_longer_is_meant():
    made = STAIN, OwnWord("stain remover", "stop"), OwnWord("wine stain", "colour", "burgundy")
    assert best("a red stain remover for my coat", *made) != "lip-velvet/red"
    assert best("a lipstick in wine stain", *made) == "lip-velvet/burgundy"


def test_themes_and_trends_read_the_feeds_words_too():
    assert judged("an oxblood stain, love", STAIN, OXBLOOD).themes[:2] == ("burgundy lips", "lipstick")
    assert HOUSE.going_with("oxblood stains", words(STAIN, OXBLOOD))[0].variant == "lip-velvet/burgundy"


def test_words_for_what_is_no_longer_sold_or_for_nothing_do_no_harm():
    made = OwnWord("gone", "product", "no-such"), OwnWord("\u200b", "stop"), OwnWord("!!", "type", "lipstick")
    assert best("red lipstick, gone", *made) == "lip-velvet/red"


def test_the_places_of_own_words_are_told_in_the_authors_own_text():
    text = "So e\u0301mue: The VESPER number, #OxBlood"
    found = HOUSE.own_words(text, "en", words(COLUMN, OXBLOOD))
    assert [(word, text[start:end]) for word, start, end in found] == [
        (COLUMN, "The VESPER number"),
        (OXBLOOD, "OxBlood"),
    ]


HUNDREDS = words(*(OwnWord(f"own word {n}", "type", "lipstick") for n in range(440)), STAIN, COLUMN, *(
    OwnWord("stain " * n, kind, concept) for n in range(1, 20) for kind, concept in (("stop", ""), ("type", "lipstick"))
))  # fmt: skip


@pytest.mark.parametrize("unit", ["stain ", "#stain", "own word 7 ", "the Vesper number ", "\u0301\u202e", "@stain "])
def test_hostile_text_is_judged_beside_hundreds_of_words_within_words(unit):
    verdict = HOUSE.match(unit * 25_000, (), "en", HUNDREDS)
    assert verdict.show or verdict.held


@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(["stop", "type", "product"]))
def test_no_word_and_no_text_breaks_it(text, spelling, kind):
    concept = {"type": "lipstick", "product": "dress"}.get(kind, "")
    terms = words(OwnWord(spelling, kind, concept), OXBLOOD)
    verdict = HOUSE.match(f"{text} {spelling} {text} oxblood", (), "", terms)
    assert len(verdict.matches) <= MOST_MATCHES
    for match in verdict.matches:
        for reason in match.reasons:
            assert reason.start is None or 0 <= reason.start <= reason.end
