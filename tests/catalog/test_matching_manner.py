"""How a post is put: what tells without a word for it that a thing is meant, or only named in a story."""

import pytest

from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from tests.catalog.matching_house import house

HOUSE = house()


def shown(text, lang="en"):
    verdict = HOUSE.match(text, (), lang)
    return verdict.matches[0].product if verdict.matches else None


@pytest.mark.parametrize(
    ("lang", "text", "product"),
    [
        ("en", "sunglasses at the back of every lecture", "shades"),
        ("en", "battered jeans again on monday", "jeans"),
        ("fr", "écharpe jusqu'au nez ce matin", "scarf"),
        ("de", "Sonnenbrille drinnen, mir egal", "shades"),
        ("nb", "store solbriller til frokost", "shades"),
        ("en", "is a scarf too warm for the ferry?", "scarf"),
        ("es", "voy en tren. llevo bufanda?", "scarf"),
        ("en", "the uniform: a sweater, jeans, a scarf", "knit"),
    ],
)
def test_a_post_that_opens_with_a_bare_thing_asks_or_lists_an_outfit_gets_it(lang, text, product):
    assert shown(text, lang) == product


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "the scarf was on the train when it left"),
        ("en", "#scarf on the train"),
        ("en", "scarf"),
        ("en", "@ann scarf, is it yours?"),
        ("en", "scarf on the train and then we…"),
        ("en", "the scarf was on the train when it left. who does that?"),
        ("nb", "skjerfet er på toget"),
        ("en", "a sweater and a scarf were on the train"),
        ("ja", "マフラーが電車のドアに"),
    ],
)
def test_a_story_a_tag_a_reply_a_word_alone_and_half_a_post_say_no_more_than_their_words(lang, text):
    assert shown(text, lang) is None


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "soup down my white shirt at the office"),
        ("de", "der Tee ist auf dem weißen Hemd"),
        ("fr", "une mouette sur la robe noire de maman"),
        ("nb", "havregrøt på den svarte kjolen til tante"),
        ("en", "thirty quid for a shirt. it was yellow paint on the wall"),
        ("es", "compré veinte kilos de tierra y perdimos la bufanda"),
    ],
)
def test_a_colour_of_something_else_or_of_where_something_fell_and_other_purchases_are_no_wish(lang, text):
    assert shown(text, lang) is None


def test_a_colour_beside_the_thing_still_asks_for_it_and_so_does_a_place_with_praise():
    assert shown("we all had a black dress then") == "dress"
    assert shown("looking gorgeous in that yellow dress") == "dress"


@pytest.mark.parametrize(
    ("lang", "text", "product"),
    [
        ("en", "every scarf in the house is ripped. any recs?", "scarf"),
        ("en", "my grey scarf is ugly but i love it", "scarf"),
        ("de", "die braunen Stiefel kratzen nicht, ich liebe sie", "boots"),
        ("en", "ten miles in these brown boots and not a single blister, love them", "boots"),
        ("de", "ohne Mascara geh ich nicht zum Bäcker", "mascara"),
        ("en", "i don't leave the house without mascara", "mascara"),
    ],
)
def test_a_complaint_that_is_denied_or_made_up_for_and_a_doubled_negation_are_praise(lang, text, product):
    assert shown(text, lang) == product


def test_a_thing_called_by_its_makers_name_is_named_twice_where_somebody_says_so():
    crocs = MatchItem(
        variant="c", product="c", title="Clog", brand="Crocs", product_type="Shoes > Sandals", colour="red"
    )
    shop = Matcher([crocs])
    assert shop.match("the whole ward is in crocs now", (), "en").show
    assert not shop.match("the whole ward is in sandals now", (), "en").show
    assert not shop.match("up the hill in crocs #hills", (), "en").show
    assert not shop.match("RT @ann: the whole ward is in crocs now", (), "en").show


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "i want a red lipstick but this one is horrible"),
        ("en", "recs for a scarf? mine is ripped and horrible"),
        ("de", "Mascara, ohne mich"),
    ],
)
def test_a_complaint_behind_a_wish_and_a_single_negation_still_silence(lang, text):
    assert shown(text, lang) is None
