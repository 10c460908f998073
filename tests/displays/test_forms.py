"""Fields as people type them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays import forms
from displays.campaign_form import Draft, read, typed
from displays.screen_form import ScreenDraft
from displays.screen_form import read as read_screen


def test_words_lose_the_signs_that_are_a_habit() -> None:
    assert forms.words("#LFW, ＃Pleats  @ann;LFW") == ("LFW", "Pleats", "ann")
    assert forms.phrases("new  look, sale*\nsale*") == ("new look", "sale*")


@pytest.mark.parametrize(
    ("typed", "zone", "expected"),
    [
        ("2026-09-14T09:00", "Europe/London", datetime(2026, 9, 14, 8, tzinfo=UTC)),
        ("2026-09-14 09:00", "Asia/Ho_Chi_Minh", datetime(2026, 9, 14, 2, tzinfo=UTC)),
        ("2026-10-25T01:30", "Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_on_the_clock_of_its_zone(typed: str, zone: str, expected: datetime) -> None:
    errors = forms.Errors()
    assert forms.moment(typed, zone, "starts", errors) == expected
    assert not errors


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    errors = forms.Errors()
    assert forms.moment("2026-03-29T01:30", "Europe/London", "starts", errors) is None
    assert "skip" in errors["starts"]


@pytest.mark.parametrize(
    "typed", ["soon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-09-14T09:00+02:00"]
)
def test_what_is_no_date_is_said_and_not_guessed(typed: str) -> None:
    errors = forms.Errors()
    assert forms.moment(typed, "Europe/London", "starts", errors) is None
    assert errors["starts"]


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_a_moment_comes_back_from_the_field_it_was_shown_in(at: datetime, zone: str) -> None:
    shown = forms.on_the_wall(at.replace(tzinfo=UTC), zone)
    errors = forms.Errors()
    read_back = forms.moment(shown, zone, "starts", errors)
    assert not errors
    assert forms.on_the_wall(read_back, zone) == shown


@pytest.mark.parametrize(("text", "number"), [("0.7", 0.7), ("0,7", 0.7), (".5", 0.5), ("−0.14", -0.14), ("", None)])
def test_decimals_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert forms.decimal(text, "x", forms.Errors()) == number


class Sent(dict):
    def getall(self, name, default=None):
        return [self[name]] if name in self else default


@given(
    st.dictionaries(
        st.sampled_from([*Draft.__dataclass_fields__, "pair", "pair_x_tag", "seconds_post"]), st.text(max_size=40)
    )
)
def test_no_field_of_a_campaign_can_break_its_reader(fields: dict[str, str]) -> None:
    draft = typed(Sent(fields))
    _, plan, errors = read(draft)
    assert plan.name.strip() or "name" in errors


@given(st.builds(ScreenDraft, **{name: st.text(max_size=30) for name in ScreenDraft.__dataclass_fields__}))
def test_no_field_of_a_screen_can_break_its_reader(draft: ScreenDraft) -> None:
    setting, errors = read_screen(draft)
    assert errors or (setting.name.strip() and 30 <= setting.lease_seconds <= 86400)
