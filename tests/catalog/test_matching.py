"""Which variant stands beside which post, why, and when nothing does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching import spelling
from catalog.matching.lexicon import built_in
from catalog.matching.matcher import TOO_MUCH, Matcher
from catalog.matching.naming import Namer
from catalog.matching.spelling import misspelt
from catalog.matching.values import MOST_MATCHES, MatchItem, Terms
from tests.catalog import corpora, judging
from tests.catalog.matching_house import house, items
from tests.catalog.matching_posts import SHOWN, SILENT

HOUSE = house()


def best(text, lang="en", terms=None, hashtags=()):
    verdict = HOUSE.match(text, hashtags, lang, terms or Terms())
    return verdict.matches[0].variant if verdict.matches else None


@pytest.mark.parametrize(("lang", "text", "right"), SHOWN)
def test_a_post_that_names_a_thing_gets_it(lang, text, right):
    assert str(best(text, lang)).startswith(tuple(right.split("|")))


@pytest.mark.parametrize(("lang", "text"), SILENT)
def test_a_post_about_something_else_gets_nothing(lang, text):
    verdict = HOUSE.match(text, (), lang)
    assert not verdict.show and not verdict.matches
    assert verdict.held and all(verdict.held)


@pytest.mark.parametrize("unit", ["❤️💄", "💄", "💋💅", "red lipstick ", "not lipstick "])
def test_a_post_that_names_things_without_end_gets_nothing_and_is_not_weighed(unit):
    verdict = HOUSE.match(unit * 4000, (), "en")
    assert verdict == TOO_MUCH


def test_a_thing_said_over_and_over_as_people_do_is_still_that_thing():
    assert best("💄" * 40) and best("red lipstick " * 8)


def test_reasons_name_the_words_and_lead_back_to_them_in_the_authors_own_text():
    text = "😍 Je l’adore: le ROUGE À LÈVRES «Bordeaux»…"
    verdict = HOUSE.match(text, (), "fr")
    marked = {reason.kind: text[reason.start : reason.end] for reason in verdict.matches[0].reasons}
    assert marked["type"] == "ROUGE À LÈVRES"
    assert marked["colour"] == "Bordeaux"
    said = " ".join(reason.words for reason in verdict.matches[0].reasons)
    assert "‘bordeaux’ is the colour of this shade (burgundy)" in said


def test_what_somebody_has_or_likes_is_not_called_a_wish():
    said = " ".join(
        reason.words
        for text in ("just bought a red lipstick", "looking for a red lipstick", "gorgeous red lipstick")
        for reason in HOUSE.match(text, (), "en").matches[0].reasons
    )
    assert all(
        words in said for words in ("of things one has", "‘looking for’ is said of things one wants", "one likes")
    )


def test_a_lipstick_that_lies_on_something_is_one_all_the_same_and_a_saying_is_named_as_such():
    assert best("wore red lipstick on the last tram home") == best("wore red lipstick on a tram home")
    [reason] = HOUSE.match("lipstick on his collar again", (), "en").against
    assert (reason.kind, reason.start, reason.end) == ("idiom", 0, 22) and "is a saying" in reason.words


def test_places_are_right_in_hashtags_behind_links_and_in_decomposed_letters():
    text = "https://x.co/1 @them  le\u0301opard yes, #RedLipstick yes, new"
    verdict = HOUSE.match(text, ("RedLipstick",), "en")
    marked = {text[r.start : r.end] for r in verdict.matches[0].reasons if r.start is not None}
    assert {"Red", "Lipstick"} <= marked


def test_every_word_of_a_hashtag_counts_but_no_part_of_a_word():
    assert best("#redlipstick tonight") == "lip-velvet/red"
    assert best("#predlipsticky tonight") is None
    assert best("#Lipstickred") == "lip-velvet/red"


def test_each_colour_belongs_to_the_nearest_thing():
    verdict = HOUSE.match("green nail polish and red heels, my new look", (), "en")
    first = {match.product: match.variant for match in verdict.matches}
    assert first["polish"] == "polish/green"
    assert first["heels"] == "heels/red"


def test_the_shade_decides_not_its_name():
    named = [
        MatchItem(variant="a", product="a", title="Lipstick", product_type="Lipstick", colour="Burgundy Dream", swatch="#f2a7bd"),
        MatchItem(variant="b", product="b", title="Lipstick", product_type="Lipstick", colour="No. 7", swatch="#6d1f33"),
    ]  # fmt: skip
    verdict = Matcher(named).match("burgundy lipstick is back", (), "en")
    assert verdict.matches[0].variant == "b"


def test_what_can_be_bought_goes_first():
    verdict = HOUSE.match("red lipstick, always", (), "en")
    assert [match.product for match in verdict.matches[:2]] == ["lip-velvet", "lip-silk"]


def test_a_named_brand_is_meant_and_the_name_of_a_product_ranks_it():
    assert best("Tallow & Fig lipstick in pink, love") == "lip-silk/pink"
    assert best("this Silk Note lipstick is gorgeous").startswith("lip-silk/")


def test_the_name_of_a_shade_ranks_it_and_proves_an_ambiguous_word():
    made = [
        MatchItem(variant=f"{n}/{shade}", product=n, title=f"{n} in {shade}", product_type=kind, colour=shade, swatch=swatch)
        for n, kind in (("Matte Lipstick", "Lipstick"), ("Spill Gloss", "Lip Gloss"))
        for shade, swatch in (("First Bus", "#b8182c"), ("Phone Box", "#b1172b"), ("Damson", "#5b2a4e"))
    ]  # fmt: skip
    shop = Matcher(made)
    found = shop.match("Phone Box lipstick, still on at midnight", (), "en").matches[0]
    assert found.variant == "Matte Lipstick/Phone Box"
    assert "‘phone box’ is the name of this shade" in {reason.words for reason in found.reasons}
    assert shop.match("my lipstick today: Damson", (), "en").matches[0].variant == "Matte Lipstick/Damson"
    assert not shop.match("waiting at the phone box", (), "en").show
    assert "Gloss" in shop.match("Phone Box gloss, need it", (), "en").matches[0].variant


def test_a_feeds_head_start_helps_a_sure_word_alone_and_no_other():
    ahead = Terms(head_start=1.4)
    assert best("whoever cut that coat and that dress understands exits") is None
    assert best("whoever cut that dress understands exits", terms=ahead).startswith("dress/")
    assert best("watch this space", terms=ahead) is None
    assert best("the watch begins at nine", terms=ahead) is None
    assert best("that dress fell apart", terms=ahead) is None


def test_a_language_that_the_network_could_not_tell_is_read_from_its_letters():
    assert best("mưa nhẹ, son đỏ, cà phê", "und") == "lip-velvet/red"
    assert best("ny kjole, så fin på", "und").startswith("dress/")


def test_a_denied_complaint_is_praise_and_a_but_ends_a_negation():
    assert best("new chelsea boots, eleven miles, no blisters") == "boots/brown"
    assert best("I never post but this new red lipstick is gorgeous") == "lip-velvet/red"
    assert best("vestido vermelho que nunca me decepcionou", "pt") == "dress/red"


def test_a_slip_of_the_finger_alone_shows_nothing():
    assert best("lipstik") is None
    assert best("burgandy lipstik") == "lip-velvet/burgundy"


def test_a_post_of_one_things_emoji_is_about_it_and_emoji_in_passing_are_not():
    assert best("💄💄💄").startswith("lip-")
    assert best("what a night out with the girls 💄") is None
    assert best("need that 👗 in yellow") == "dress/yellow"
    assert best("hoy fui a la oficina con 👗 amarillo", "es") == "dress/yellow"
    assert best("a yellow bus, a night out, a 👗") is None


def test_vietnamese_marks_tell_words_apart():
    assert best("son đỏ đẹp quá", "vi") == "lip-velvet/red"
    assert best("con trai tôi là son", "vi") is None
    assert best("do re mi son fa", "vi") is None


def test_the_feed_shows_only_what_it_sells():
    lipsticks = Terms(types=frozenset({"lipstick"}))
    assert best("red lipstick and red heels, love", terms=lipsticks) == "lip-velvet/red"
    verdict = HOUSE.match("those red heels, need them", (), "en", lipsticks)
    assert verdict.held == ("the feed sells nothing of the kind",)
    assert best("pink lipstick, love", terms=Terms(brands=frozenset({"tallow & fig"}))) == "lip-silk/pink"
    by_path = Terms(types=frozenset({"Beauty > Lips"}), without=frozenset({"lip-velvet"}))
    assert best("pink lipstick, love", terms=by_path) == "lip-silk/pink"
    assert best("pink lipstick, love", terms=Terms(products=frozenset({"lip-silk"}))) == "lip-silk/pink"
    assert best("red lipstick, love", terms=Terms(without=frozenset({"lip-velvet/red"}))) != "lip-velvet/red"


def test_a_pair_outranks_the_matcher_and_guards_outrank_the_pair():
    terms = Terms(pairs={"pleats": ("skirt/green", "no-such"), "OldTag": ("hat/beige",)})
    verdict = HOUSE.match("red lipstick for #Pleats, love", ("Pleats",), "en", terms)
    assert verdict.matches[0].variant == "skirt/green" and verdict.matches[0].score == 1
    assert verdict.matches[0].reasons[0].kind == "pair"
    assert verdict.matches[1].product == "lip-velvet"
    assert best("so much swoosh #pleats", terms=terms, hashtags=("PLEATS",)) == "skirt/green"
    assert best("worst queue ever, refund please #pleats", terms=terms, hashtags=("pleats",)) is None


def test_the_feeds_own_tag_says_nothing_about_a_post():
    terms = Terms(own_tags=frozenset({"RedLips", "lfw"}))
    assert best("what an evening #RedLips") == "lip-velvet/red"
    assert best("what an evening #redlips", terms=terms) is None
    assert best("burgundy lipstick, love #redlips", terms=terms) == "lip-velvet/burgundy"


def test_equal_terms_are_one_and_the_same():
    one, other = (Terms(pairs={"a": ("1", "2")}, boosts={"x": 0.5}, types=frozenset({"dress"})) for _ in range(2))
    assert one == other and hash(one) == hash(other)
    assert one != Terms(pairs={"a": ("2", "1")}, boosts={"x": 0.5}, types=frozenset({"dress"}))


def test_a_catalogue_without_any_stock_yet_is_ranked_all_the_same():
    unstocked = Matcher([replace(item, stock=0.0) for item in items()])
    assert unstocked.match("red lipstick, love", (), "en").matches[0].score > 0.5


def test_boosts_lift_and_sink():
    assert best("black shoes, need them, new", terms=Terms(boosts={"boots": 1.0})) == "boots/black"
    assert best("red lipstick, love", terms=Terms(boosts={"Aubade Rouge": -1.5})).startswith("lip-silk")


def test_scores_fall_and_are_between_nothing_and_one():
    matches = HOUSE.match("red lipstick, red nails and a black dress, love", (), "en").matches
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)
    assert len(matches) <= MOST_MATCHES
    assert len({match.product for match in matches}) == len(matches)


def test_a_brand_that_the_catalogue_carries_is_no_rival():
    stocked = [*items(), MatchItem(variant="z", product="z", title="Dress", brand="Zara", product_type="Dress")]
    assert not HOUSE.match("my new Zara dress is black", (), "en").show
    assert Matcher(stocked).match("my new Zara dress is black", (), "en").show


def test_themes_tell_what_a_post_speaks_of_and_are_silent_where_a_guard_is():
    assert HOUSE.match("burgundy lips all over the runway", (), "en").themes[:2] == ("burgundy lips", "lips")
    assert "pleats" in HOUSE.match("that pleated skirt!", (), "en").themes
    assert HOUSE.match("giveaway! red lipstick to win", (), "en").themes == ()


def test_variants_go_with_a_trends_word_or_theme():
    assert HOUSE.going_with("burgundy lips")[0].variant == "lip-velvet/burgundy"
    assert HOUSE.going_with("#GreenNails")[0].variant == "polish/green"
    assert HOUSE.going_with("pleats", Terms(pairs={"pleats": ("skirt/black",)}))[0].variant == "skirt/black"
    assert HOUSE.going_with("brexit") == ()


def test_an_empty_catalogue_shows_nothing():
    assert not Matcher([]).match("red lipstick, love", (), "en").show


def test_types_that_only_this_shop_has_are_found_beside_a_colour_and_cue():
    shop = Matcher([MatchItem(variant="1", product="1", title="Snood", product_type="Clothing > Snoods", colour="red")])
    assert shop.match("wearing my red snoods, love them", (), "en").show
    assert not shop.match("snoods", (), "en").show


@pytest.mark.parametrize(
    ("type_name", "text"),
    [("Summer", "love this red summer evening"), ("Sale", "want a red sale sign"), ("Party", "red party, love it")],
)
def test_a_type_that_is_called_what_is_said_of_anything_is_no_thing(type_name, text):
    item = MatchItem(variant="1", product="1", title="Snood", product_type=f"Shop > {type_name}", colour="red")
    assert not Matcher([item]).match(text, (), "en").show


def test_a_hostile_feeds_brands_and_types_make_no_more_of_a_matcher_than_they_say(monkeypatch):
    made = []
    monkeypatch.setattr(spelling, "misspelt", lambda word: made.append(word) or misspelt(word))
    letters = "".join(chr(97 + n) for n in range(26))
    brands = [f"{a}{b}{c}{letters[:9]}" for a in letters for b in letters for c in letters[:6]]
    Matcher([MatchItem(variant=b, product=b, title="Snood", brand=b) for b in (*brands, letters * 2)])
    assert 0 < len([word for word in made if word.endswith(letters[:9])]) <= 2_000 and letters * 2 not in made
    # A feed's path has a thousand characters at most; every run of its words took minutes for a few thousand such.
    assert Namer(built_in()).types(" ".join(letters * 100) + " lip gloss")[0] == "lip_gloss"


@given(st.text(max_size=300), st.sampled_from(["en", "vi", "ja", "ar", "und", "", "x-y", "nb-NO"]))
def test_any_text_gets_a_verdict_and_places_within_it(text, lang):
    verdict = HOUSE.match(text, (), lang)
    assert verdict.show == bool(verdict.matches) and verdict.show != bool(verdict.held)
    for match in verdict.matches:
        for reason in match.reasons:
            assert reason.start is None or 0 <= reason.start < reason.end <= len(text)


WORDS = st.sampled_from(
    ["red", "burgundy", "lipstick", "lips", "not", "watch", "dress", "new", "love", "#RedLips", "💄", "@them",
     "https://t.co/x", ".", "!", "giveaway", "nails", "uñas", "口紅"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25))
def test_reasons_quote_what_stands_at_their_place(words):
    text = " ".join(words)
    for match in HOUSE.match(text, (), "en").matches:
        for reason in match.reasons:
            if reason.kind in ("type", "colour") and "‘" in reason.words:
                quoted = reason.words.split("‘")[1].split("’")[0]
                marked = text[reason.start : reason.end].casefold().replace("#", "").replace("https://t.co/x", "")
                assert " ".join(marked.split()) == quoted, "but for a link in the middle, which is not read"


def test_hostile_posts_are_judged_without_delay():
    for hostile in ("red " * 20_000, "#" * 25_000, "#" + "a" * 25_000, "not lipstick " * 2_000, "💄" * 20_000, "a." * 20_000,
                    "e\u0301" * 20_000, "@ " * 20_000, "#" + "red" * 8_000):  # fmt: skip
        HOUSE.match(hostile, (), "en")


@pytest.mark.slow
@pytest.mark.skipif(not corpora.there(), reason="the corpora are not on this machine (VITRINE_CORPORA)")
def test_on_the_corpora_it_is_right_and_mostly_silent():
    catalogue = corpora.items()
    matcher, by_variant = Matcher(catalogue), {one.variant: one for one in catalogue}
    score = judging.score(judging.own("unseen"), lambda post: matcher.match(post.text, (), post.lang), by_variant)
    crowd = corpora.background()
    shown = sum(matcher.match(post["text"], (), post["lang"]).show for post in crowd)
    print(score.p_at_1, score.foreign, score.silent, score.precision, 1000 * shown / len(crowd))
    assert score.p_at_1 >= 0.75
    assert score.foreign >= 0.75
    assert score.silent >= 0.95
    assert score.precision >= 0.9
    assert shown <= 0.003 * len(crowd)


def _alike(count: int) -> Matcher:
    return Matcher(
        MatchItem(variant=f"v{n}", product=f"p{n}", title="Lipstick", product_type="Lipstick", colour="red", swatch="#b8182c")
        for n in range(count)
    )  # fmt: skip


def test_the_same_lipstick_is_not_the_answer_to_every_post():
    shop = _alike(30)
    firsts = [shop.match(f"red lipstick for day {n}, love it", (), "en").matches[0].product for n in range(40)]
    assert len(set(firsts)) > 12
    assert firsts == [shop.match(f"red lipstick for day {n}, love it", (), "en").matches[0].product for n in range(40)]


def test_a_gloss_does_not_take_turns_with_lipsticks_where_a_lipstick_is_asked_for():
    tired = {"lip-velvet": 3, "lip-silk": 3}
    posts = [f"pink lipstick on tram {number}, so good" for number in range(30)]
    assert {HOUSE.match(post, (), "en", Terms(), tired).matches[0].product for post in posts} == set(tired)


def test_what_stood_beside_posts_lately_steps_back_for_what_fits_as_well_and_for_nothing_else():
    shop, post = _alike(4), "red lipstick, love it"
    best = shop.match(post, (), "en").matches[0].product
    assert shop.match(post, (), "en", lately={best: 5}).matches[0].product != best
    assert HOUSE.match("red lipstick, always", (), "en", lately={"lip-velvet": 40}).matches[0].product == "lip-velvet"


def test_a_price_and_a_size_that_a_post_names_choose_among_what_fits():
    made = [
        MatchItem(variant=f"{price}/{size}", product=f"{price}/{size}", title="Column Dress", product_type="Dresses",
                  colour="red", swatch="#b8182c", size=size, price=price, currency="GBP")
        for price in (18.0, 240.0) for size in ("38", "42")
    ]  # fmt: skip
    shop = Matcher(made)
    found = shop.match("looking for a red dress under £20, size 42", (), "en").matches[0]
    assert found.variant == "18.0/42"
    assert {"‘£20’ is enough for this", "‘size 42’ is a size that this has"} <= {one.words for one in found.reasons}


def test_a_makers_handle_counts_as_its_name_and_that_of_one_not_carried_silences():
    assert best("@tallowandfig your lipstick in pink is my holy grail") is not None
    assert best("@aubaderouge_official your lipstick is my holy grail").startswith("lip-velvet")
    verdict = HOUSE.match("@charlottetilbury your red lipstick is my holy grail", (), "en")
    assert not verdict.show


def test_every_reason_says_in_which_language_its_word_was_read():
    verdict = HOUSE.match("Je cherche un rouge à lèvres bordeaux 💄", (), "fr")
    assert {one.kind: one.language for one in verdict.matches[0].reasons}["type"] == "fr"
