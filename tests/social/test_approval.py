"""What a feed's rule lets through, and what suspends it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.values import Against, Match, Verdict
from social.approval import ApprovalRule, Arrival, SurgeRule, SurgeState, decide, surge
from social.screening import Screening

NOW = datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
RULE = ApprovalRule(automatic=True)
MATCH = Verdict(True, (Match("p", "v", 0.8, ()),))
NO_MATCH = Verdict(False, against=(Against("nothing", "names nothing that is sold"),))
PASS = Screening("pass")
CALM = SurgeState()


def decided(screening=PASS, match=MATCH, *, consent=True, rule=RULE, surge=CALM):
    return decide(screening, match, consent=consent, rule=rule, surge=surge)


def test_a_screened_matched_consented_post_is_approved_and_the_reason_says_by_what():
    found = decided()
    assert found.verdict == "approve"
    assert "0.80" in found.reason and "consented" in found.reason


def test_a_feed_without_a_rule_approves_nothing():
    assert decided(rule=ApprovalRule()).verdict == "queue"


def test_each_condition_sends_a_post_to_the_queue_with_its_reason():
    cases = [
        (decided(Screening("hold", ("a photograph nobody has looked at",))), "photograph"),
        (decided(Screening("refuse", ("a repost",))), "repost"),
        (decided(consent=False), "consented"),
        (decided(match=NO_MATCH), "names nothing"),
        (decided(match=Verdict(True, (Match("p", "v", 0.2, ()),))), "0.20"),
        (decided(surge=SurgeState(True, "40 posts in 5 minutes")), "suspended: 40 posts"),
    ]
    for decision, said in cases:
        assert decision.verdict == "queue"
        assert said in decision.reason


def test_a_rule_may_ask_for_less():
    rule = replace(RULE, needs_consent=False, needs_match=False)
    assert decided(match=NO_MATCH, consent=False, rule=rule).verdict == "approve"


@given(
    st.sampled_from(["pass", "hold", "refuse"]), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_nothing_held_or_refused_and_nothing_in_a_surge_is_ever_approved(
    verdict, consent, shows, automatic, needs_consent, needs_match, flooded
):
    rule = ApprovalRule(automatic=automatic, needs_consent=needs_consent, needs_match=needs_match)
    match, screening = MATCH if shows else NO_MATCH, Screening(verdict, ("why",))
    decision = decide(screening, match, consent=consent, rule=rule, surge=SurgeState(flooded))
    if decision.verdict == "approve":
        assert verdict == "pass" and automatic and not flooded
        assert (consent or not needs_consent) and (shows or not needs_match)


def posts(count, minutes_ago, *, known=True, text=None, author=None):
    """`count` posts spread over `minutes_ago` = (from, to) minutes before now."""
    start, end = minutes_ago
    step = (start - end) / count
    return [
        Arrival(
            at=NOW - timedelta(minutes=start - step * n), author=author or f"{start}-{n}",
            fingerprint=text or f"{start} {n}", author_known=known,
        )
        for n in range(count)
    ]  # fmt: skip


def test_a_steady_feed_is_no_surge():
    steady = posts(240, (65, 5)) + posts(20, (5, 0), known=False)
    assert not surge(steady, SurgeRule(), now=NOW).active


def test_many_strangers_at_many_times_the_usual_rate_are_a_surge():
    found = surge(posts(60, (65, 5)) + posts(40, (5, 0), known=False), SurgeRule(), now=NOW)
    assert found.active
    assert "8 times the usual rate" in found.reason and "100%" in found.reason


def test_the_same_rate_from_known_authors_is_success_not_a_surge():
    assert not surge(posts(60, (65, 5)) + posts(40, (5, 0)), SurgeRule(), now=NOW).active


def test_copies_by_many_authors_are_a_surge_at_any_rate():
    found = surge(posts(120, (65, 5)) + posts(14, (5, 0), text="buy now"), SurgeRule(), now=NOW)
    assert found.active
    assert "say the same" in found.reason


def test_one_author_repeating_himself_is_no_surge():
    assert not surge(posts(120, (65, 5)) + posts(14, (5, 0), text="hi", author="a"), SurgeRule(), now=NOW).active


def test_a_new_feed_that_has_just_begun_is_no_surge_until_it_is_very_fast():
    assert not surge(posts(40, (5, 0), known=False), SurgeRule(), now=NOW).active
    assert surge(posts(160, (5, 0), known=False), SurgeRule(), now=NOW).active


def test_a_feed_that_began_minutes_ago_is_measured_by_those_minutes():
    assert not surge(posts(24, (7, 5)) + posts(60, (5, 0), known=False), SurgeRule(), now=NOW).active


def test_a_handful_of_posts_is_never_a_surge():
    assert not surge(posts(11, (5, 0), known=False, text="same"), SurgeRule(), now=NOW).active


@given(st.lists(st.tuples(st.integers(-100, 5_000), st.sampled_from("abc"), st.booleans()), max_size=80), st.randoms())
def test_the_order_of_arrival_does_not_matter_and_the_future_does_not_count(drawn, random):
    arrivals = [
        Arrival(at=NOW - timedelta(seconds=ago), author=who, fingerprint=who, author_known=known)
        for ago, who, known in drawn
    ]
    first = surge(arrivals, SurgeRule(), now=NOW)
    random.shuffle(arrivals)
    assert surge([a for a in arrivals if a.at <= NOW], SurgeRule(), now=NOW) == first
