"""What rises, counted by authors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from social import voices
from social.trending import Said, TrendRules, key_of, rising, why

NOW = datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
RULES = TrendRules(own_tags=frozenset({"LFW", "VitrineLooks"}))


def said(word, authors, *, minutes=(55, 0), kind="hashtag", who="a"):
    start, end = minutes
    return [
        Said(NOW - timedelta(minutes=start - (start - end) * n / max(1, authors)), f"{who}{n}", word, kind)
        for n in range(authors)
    ]


def test_a_word_that_many_begin_to_say_rises_with_its_figures():
    (one,) = rising(said("pleats", 8), RULES, now=NOW)
    assert (one.word, one.kind, one.count, one.authors, one.previous) == ("pleats", "hashtag", 8, 8, 0)
    assert sum(one.curve) == 8 and len(one.curve) == 12
    assert one.rise > 1


def test_one_author_counts_once_however_often_they_post():
    rows = [Said(NOW - timedelta(minutes=n), "loud", "pleats") for n in range(50)]
    assert rising(rows, RULES, now=NOW) == ()
    (one,) = rising(rows + said("pleats", 3), RULES, now=NOW)
    assert (one.count, one.authors) == (53, 4)


def test_what_everybody_said_before_too_does_not_rise():
    rows = said("pleats", 10) + said("pleats", 10, minutes=(115, 61), who="b")
    assert rising(rows, RULES, now=NOW) == ()


def test_the_feeds_own_tags_in_any_spelling_are_no_trend():
    assert rising(said("#lfw", 9) + said("LFW", 9) + said("vitrinelooks", 9), RULES, now=NOW) == ()


def test_blocked_words_are_no_trend_however_they_are_written():
    rows = said("fuckthis", 9) + said("sh1t", 9) + said("Acme", 9) + said("acmé", 9)
    assert rising(rows, replace(RULES, blocked_words=frozenset({"acme"})), now=NOW) == ()


def test_spellings_are_one_trend_named_as_most_people_write_it():
    (one,) = rising(said("BurgundyLips", 5) + said("burgundylips", 3, who="b"), RULES, now=NOW)
    assert (one.word, one.authors) == ("BurgundyLips", 8)


def test_a_hashtag_and_a_theme_are_counted_apart():
    found = rising(said("pleated", 5) + said("pleated", 4, kind="theme"), RULES, now=NOW)
    assert {(one.kind, one.authors) for one in found} == {("hashtag", 5), ("theme", 4)}


def test_what_rises_faster_and_wider_goes_first():
    rows = said("small", 4) + said("wide", 20) + said("slow", 20) + said("slow", 12, minutes=(115, 61), who="b")
    assert [one.word for one in rising(rows, RULES, now=NOW)] == ["wide", "small", "slow"]


def test_a_pinned_trend_stays_though_it_does_not_rise():
    rules = replace(RULES, pinned=frozenset({("hashtag", key_of("Pleats"))}))
    rows = said("pleats", 2) + said("pleats", 9, minutes=(115, 61), who="b")
    assert [one.word for one in rising(rows, rules, now=NOW)] == ["pleats"]


def test_a_word_that_is_longer_than_a_trend_s_name_is_none():
    assert [one.word for one in rising(said("a" * 101, 9) + said("b" * 100, 9), RULES, now=NOW)] == ["b" * 100]


ROWS = st.lists(
    st.builds(
        lambda ago, who, word, kind: Said(NOW - timedelta(seconds=ago), who, word, kind),
        st.integers(-600, 8_000), st.sampled_from("abcdefgh"), st.sampled_from(["Pleats", "pleats", "velvet", "LFW"]),
        st.sampled_from(["hashtag", "theme"]),
    ),
    max_size=120,
)  # fmt: skip


def wrote(word, texts, *, kind="theme", minutes=30):
    """One post of each author, with these texts."""
    return [Said(NOW - timedelta(minutes=minutes), f"a{n}", word, kind, text) for n, text in enumerate(texts)]


OWN_WORDS = [
    "Saw burgundy lips on three different people before breakfast today",
    "My grandmother wore this very burgundy on her lips in the seventies",
    "Nobody told me that burgundy lips make coffee taste of Paris",
    "Burgundy lips, grey coat, rain: the whole street looks like a film",
]


def test_a_ring_of_accounts_that_post_the_same_words_is_one_voice_and_no_trend():
    copies = [
        f"{n} Everyone needs these burgundy lips tonight, hurry to the shop @user{n} https://x.example/{n}"
        for n in range(30)
    ]
    assert rising(wrote("burgundy lips", copies), RULES, now=NOW) == ()
    (one,) = rising(wrote("burgundy lips", [*copies, *OWN_WORDS]), RULES, now=NOW)
    assert (one.authors, one.copies, one.count) == (5, 29, 34)


def test_copies_with_a_word_or_two_of_their_own_are_copies_and_short_words_prove_nothing():
    ends = ("love", "wow", "yes", "girls", "friends", "folks")
    copies = [f"Everyone really needs these gorgeous burgundy lips before winter comes {end}" for end in ends]
    assert rising(wrote("burgundy lips", copies), RULES, now=NOW) == ()
    assert rising(wrote("burgundy lips", ["Burgundy lips everywhere!"] * 4), RULES, now=NOW)[0].copies == 0


def test_accounts_that_write_a_lot_in_the_same_few_words_are_compared_with_a_bounded_number(monkeypatch):
    compared = []
    same = voices._same
    monkeypatch.setattr(voices, "_same", lambda one, other: compared.append(one) or same(one, other))
    words = [f"{a}{b}{c}" for a in "kmnprs" for b in "aeiou" for c in "lrst"]
    chance = Random(4)
    posts = [(f"a{n}", " ".join(chance.sample(words, 60))) for n in range(200)]
    assert len(set(voices.voices(posts).values())) == 200 and len(compared) <= 60 * 200


def test_where_one_account_wrote_most_of_it_the_others_must_be_enough_without_it():
    loud = [Said(NOW - timedelta(minutes=n), "loud", "pleats") for n in range(20)]
    assert rising(loud + said("pleats", 2), RULES, now=NOW) == ()
    (one,) = rising(loud + said("pleats", 3), RULES, now=NOW)
    assert one.loudest > 0.8 and "one account wrote 87% of its posts and counts once" in why(one, 60)["words"]


def every_hour(word, authors, hours):
    return [
        row for hour in hours for row in said(word, authors, minutes=(60 * hour + 55, 60 * hour + 1), who=f"h{hour}-")
    ]


def test_a_word_that_is_always_said_is_no_rise_though_nobody_said_it_in_the_hour_before():
    rows = said("coffee", 8) + every_hour("coffee", 8, (2, 3, 5, 6)) + every_hour("other", 9, range(1, 9))
    assert rising(rows, RULES, now=NOW) == ()


def test_a_word_of_every_evening_is_no_rise_this_evening():
    rows = said("dinner", 8) + every_hour("other", 8, (1, 2)) + every_hour("dinner", 9, (24, 48, 72))
    assert "dinner" not in [one.word for one in rising(rows, RULES, now=NOW)]


def test_what_grows_with_the_whole_feed_is_no_rise_and_what_outgrows_it_is():
    before = every_hour("lips", 10, range(1, 9)) + every_hour("coats", 90, range(1, 9))
    # Three times the people: lips have kept their share, pleats are new.
    rows = before + said("lips", 30) + said("coats", 290, who="c") + said("pleats", 12, who="p")
    assert [one.word for one in rising(rows, RULES, now=NOW)] == ["pleats"]


def test_a_few_more_than_usual_are_chance():
    rows = every_hour("lips", 4, range(1, 9)) + said("lips", 6)
    assert rising(rows, RULES, now=NOW) == ()


def test_a_more_particular_theme_tells_for_the_wider_ones_that_nobody_said_besides():
    rows = [row for word in ("burgundy lips", "lips", "burgundy") for row in said(word, 6, kind="theme")]
    assert [one.word for one in rising(rows, RULES, now=NOW)] == ["burgundy lips"]
    assert {one.word for one in rising(rows + said("lips", 5, kind="theme", who="b"), RULES, now=NOW)} == {
        "burgundy lips",
        "lips",
    }


def test_a_trend_says_why_it_counts_as_a_rise():
    (new,) = rising(said("pleats", 8), RULES, now=NOW)
    assert why(new, 60)["words"] == "8 people in the last hour; nothing earlier to compare with."
    rows = said("pleats", 12) + every_hour("pleats", 2, range(1, 9))
    (one,) = rising(rows, RULES, now=NOW)
    told = why(one, 60)
    assert (told["voices"], told["usual"], told["windows"]) == (12, 2.0, 8)
    assert told["words"].startswith("12 people in the last hour; usually 2, as 8 earlier hours tell")


@given(ROWS)
def test_counts_are_bounded_by_what_was_said(rows):
    for one in rising(rows, replace(RULES, least_authors=1, least_rise=-10, least_surprise=-99, loudest=1), now=NOW):
        fresh = [
            r for r in rows if r.kind == one.kind and key_of(r.word) == one.key and NOW - RULES.window < r.at <= NOW
        ]
        assert one.count == len(fresh)
        assert one.authors == len({r.author for r in fresh}) == sum(one.curve)
        assert one.key != "lfw"


@given(ROWS, st.randoms())
def test_the_order_of_rows_and_repeats_of_a_row_do_not_change_who_rises(rows, random):
    found = rising(rows, RULES, now=NOW)
    shuffled = rows * 2
    random.shuffle(shuffled)
    again = rising(shuffled, RULES, now=NOW)
    assert [(o.key, o.kind, o.authors, o.rise, o.curve) for o in found] == [
        (o.key, o.kind, o.authors, o.rise, o.curve) for o in again
    ]


@given(ROWS, st.integers(1, 6))
def test_one_author_more_never_lowers_a_word(rows, more):
    rules = replace(RULES, least_authors=1, least_rise=-10, least_surprise=-99, loudest=1)
    before = {(o.kind, o.key): o.rank for o in rising(rows, rules, now=NOW)}
    after = {(o.kind, o.key): o.rank for o in rising(rows + said("velvet", more, who="new"), rules, now=NOW)}
    assert after["hashtag", "velvet"] >= before.get(("hashtag", "velvet"), 0)


@given(ROWS)
def test_what_rises_has_enough_authors_and_rises_and_is_sorted(rows):
    found = rising(rows, RULES, now=NOW)
    assert all(o.authors >= RULES.least_authors and o.rise >= RULES.least_rise for o in found)
    assert [o.rank for o in found] == sorted((o.rank for o in found), reverse=True)
