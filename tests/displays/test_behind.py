"""How a screen stands, told in words."""

from datetime import UTC, datetime, timedelta

from displays.behind import Seen, Standing, clock, stand

NOON = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)


def seen(**changes) -> Seen:
    ordinary = {
        "connected": True, "seen_at": NOON, "ever_used": True, "applied": ["e1", 114, "x"], "error": "", "zone": "Europe/London",
    }  # fmt: skip
    return Seen(**{**ordinary, **changes})


def standing(changed: timedelta = timedelta(minutes=5), **changes) -> Standing:
    return stand(seen(**changes), number=114, epoch="e1", changed_at=NOON - changed, moment=NOON)


def test_a_screen_with_the_newest_loop_is_online() -> None:
    now = standing()
    assert (now.words, now.behind, now.told) == ("online", False, "has v114, the newest")


def test_one_that_is_away_says_since_when_on_its_own_clock() -> None:
    away = standing(connected=False, seen_at=NOON - timedelta(hours=2, minutes=18), applied=["e1", 112, "x"])
    assert away.told == "has v112 of v114, because not connected since 10:42"
    assert away.tone == "bad"


def test_another_day_is_named() -> None:
    assert clock(NOON - timedelta(days=3), "Europe/London", NOON) == "11 Sep, 13:00"
    assert clock(None, "Europe/London", NOON) == "it was paired"
    assert clock(NOON, "No/Such", NOON) == "12:00"


def test_new_cards_take_a_moment_before_a_screen_counts_as_late() -> None:
    fresh = standing(timedelta(seconds=3), applied=["e1", 113, "x"])
    assert (fresh.words, fresh.told) == ("online", "has v113 of v114, because downloading")
    late = standing(timedelta(minutes=2), applied=["e1", 113, "x"])
    assert (late.words, late.told) == ("catching up", "has v113 of v114, because still downloading after 2 min")


def test_a_version_of_another_history_counts_for_nothing() -> None:
    restored = standing(applied=["e0", 900, "x"])
    assert restored.has is None
    assert restored.told.startswith("has no version of its loop, because")


def test_what_a_screen_complains_of_is_quoted() -> None:
    troubled = standing(error="card 9f2: picture missing")
    assert (troubled.words, troubled.because) == ("has an error", "it says: card 9f2: picture missing")


def test_a_paired_screen_that_never_came_is_told_apart_from_a_lost_one() -> None:
    new = standing(ever_used=False, connected=False, seen_at=None, applied=None)
    assert new.words == "not begun"
    assert "its page has not been opened" in new.told


def test_a_card_that_does_not_fit_is_no_trouble() -> None:
    fine = standing(error="spot p3r1c1: the card was not composed for a glass of 1920 by 1080")
    assert (fine.words, fine.tone, fine.because) == (
        "online",
        "good",
        "it leaves out a card that does not fit its shape",
    )
