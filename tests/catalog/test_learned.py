"""Corrections move what fits about as well, by bounded steps, with a reason; they never show the wrong thing."""

import pytest

from catalog.matching.learned import MOST_STEPS, STEP, Lesson, Said, described
from catalog.matching.lexicon import built_in
from catalog.matching.values import Asked, Terms
from tests.catalog.matching_house import house

HOUSE = house()
PINK, ASKED = "pink lipstick for me please", Asked("lipstick", ("pink",))


def shown(lesson, text=PINK, terms=None):
    return HOUSE.match(text, (), "en", terms or Terms(), learned={ASKED: lesson})


def test_a_match_says_what_the_post_asked_for():
    assert HOUSE.match(PINK, (), "en").matches[0].asked == ASKED
    assert HOUSE.match("red lipstick by Tallow & Fig please", (), "en").matches[0].asked == Asked(
        "lipstick", ("red",), ("tallow fig",)
    )


@pytest.mark.parametrize("product", ["lip-velvet", "lip-silk"])
def test_what_people_chose_once_goes_before_what_fits_as_well_and_says_so(product):
    best = shown(Lesson({product: Said(1, 0)}, chosen=1)).matches[0]
    assert best.product == product
    [reason] = [one for one in best.reasons if one.kind == "learned"]
    assert reason.words == "a moderator chose this for 1 post that asked for pink lipstick" and reason.weight == STEP


def test_what_people_called_wrong_steps_back_and_other_demands_hear_nothing_of_it():
    first = HOUSE.match(PINK, (), "en").matches[0]
    lesson = Lesson({first.product: Said(0, 1)})
    assert shown(lesson).matches[0].product != first.product
    text = "burgundy lipstick is all I want today"
    assert shown(lesson, text).matches == HOUSE.match(text, (), "en").matches


def test_another_shade_of_the_same_item_may_be_taught():
    sold = Terms(products=frozenset({"lip-velvet"}))
    assert shown(Lesson(), terms=sold).matches[0].variant == "lip-velvet/pink"
    taught = Lesson(variants={"lip-velvet/nude": Said(9, 0), "lip-velvet/pink": Said(0, 9)}, chosen=9)
    assert shown(taught, terms=sold).matches[0].variant == "lip-velvet/nude"


def test_steps_are_bounded_so_that_no_number_of_people_shows_the_wrong_thing():
    lesson = Lesson({"dress": Said(1000, 0), "polish": Said(1000, 0)}, {"lip-silk/red": Said(1000, 0)}, chosen=1000)
    assert lesson.steps("dress", "") == MOST_STEPS and lesson.lift("lip-silk", "lip-silk/red") == MOST_STEPS * STEP
    matches = shown(lesson).matches
    assert matches[0].variant in ("lip-velvet/pink", "lip-silk/pink")
    assert not {"dress", "polish"} & {match.product for match in matches}


def test_what_the_feed_excludes_is_not_taught_back():
    lesson = Lesson({"lip-silk": Said(9, 0)}, chosen=9)
    assert shown(lesson, terms=Terms(without=frozenset({"lip-silk"}))).matches[0].product == "lip-velvet"


def test_three_posts_of_which_nothing_fits_hold_such_posts_and_say_so_with_their_words():
    assert shown(Lesson(nothing=2)).show and shown(Lesson(nothing=3, chosen=1)).show
    verdict = shown(Lesson(nothing=3))
    [held] = verdict.against
    assert not verdict.show and PINK[held.start : held.end] == "lipstick"
    assert held.words == "moderators said of 3 posts that asked for pink lipstick that nothing here fits"


def test_another_thing_of_a_held_post_is_still_shown():
    verdict = shown(Lesson(nothing=3), "pink lipstick and red heels tonight")
    assert verdict.show and {match.product for match in verdict.matches} == {"heels"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (ASKED, "pink lipstick"),
        (Asked("lipstick", ("pink", "red"), ("mac",)), "pink or red lipstick by mac"),
        (Asked("", (), ("mac",)), "anything by mac"),
    ],
)
def test_what_was_asked_for_is_told_in_a_few_words(asked, words):
    assert described(asked, built_in()) == words
