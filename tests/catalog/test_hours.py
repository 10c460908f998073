import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.hours import DAYS, Hours, HoursError, from_document, parse

LONDON = "Europe/London"
SHOP = parse("mon-sat 09:30-20:00; sun 12:00-18:00; 2026-12-25 closed")


def at(text: str, zone: str = "UTC") -> datetime:
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_text_is_read_into_days_and_exceptions():
    document = SHOP.as_document()
    assert document["hours"]["mon"] == document["hours"]["sat"] == [["09:30", "20:00"]]
    assert document["hours"]["sun"] == [["12:00", "18:00"]]
    assert document["exceptions"] == {"2026-12-25": []}
    assert list(document["hours"]) == list(DAYS)


@pytest.mark.parametrize(
    ("text", "day", "intervals"),
    [
        ("Mo-Fr 9:00-13:00, 14:00-18:00", "tue", [["09:00", "13:00"], ["14:00", "18:00"]]),
        ("Monday: 09:00 – 18:00", "mon", [["09:00", "18:00"]]),
        ("mon,wed 10.00-12.00", "wed", [["10:00", "12:00"]]),
        ("sat-mon 10:00-12:00", "sun", [["10:00", "12:00"]]),
        ("24/7", "thu", [["00:00", "24:00"]]),
        ("daily 00:00-24:00; thu closed", "thu", []),
        ("fri 18:00-02:00", "fri", [["18:00", "02:00"]]),
        ("fri 18:00-00:00", "fri", [["18:00", "24:00"]]),
        ("mon 09:00-12:00 and 13:00-17:00;", "mon", [["09:00", "12:00"], ["13:00", "17:00"]]),
    ],
)
def test_the_ways_in_which_shops_write_hours(text, day, intervals):
    assert parse(text).as_document()["hours"][day] == intervals


def test_a_span_of_dates_is_an_exception_for_each():
    hours = parse("daily 10:00-18:00; 2026-12-24..2026-12-26 10:00-14:00; 2026-12-25 closed")
    assert hours.as_document()["exceptions"] == {
        "2026-12-24": [["10:00", "14:00"]],
        "2026-12-25": [],
        "2026-12-26": [["10:00", "14:00"]],
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no hours"),
        (" ; ", "no hours"),
        ("mon", "no times"),
        ("moonday 09:00-10:00", "no day"),
        ("mon 25:00-26:00", "no time of day"),
        ("mon 09:00", "no pair"),
        ("mon 09:00-09:00", "at once"),
        ("mon 09:00-12:00, 11:00-13:00", "overlaps"),
        ("mon 18:00-02:00, 20:00-21:00", "overlaps"),
        ("2026-02-30 closed", "no date"),
        ("2026-12-26..2026-12-25 closed", "ends before"),
        ("2000-01-01..2026-12-25 closed", "longer than"),
        ("09:00-10:00", "does not begin with a day"),
        ("x" * 5000, "longer than"),
    ],
)
def test_hours_that_cannot_be_read_say_why(text, why):
    with pytest.raises(HoursError, match=why):
        parse(text)


@pytest.mark.parametrize(
    "document", [[], {"hours": 3}, {"mon": 4}, {"mon": [["1"]]}, {"mo": []}, {"exceptions": {"x": []}}]
)
def test_json_that_is_no_hours_is_refused(document):
    with pytest.raises(HoursError):
        from_document(document)


def test_json_is_read_in_both_shapes():
    assert from_document(json.loads(json.dumps(SHOP.as_document()))) == SHOP
    assert (
        from_document({"sun": [["12:00", "18:00"]], "exceptions": {"2026-12-25": []}}).as_document()["hours"]["mon"]
        == []
    )


def test_open_from_the_minute_of_opening_until_that_of_closing():
    assert not SHOP.open_at(at("2026-01-05T09:29:59"), LONDON)
    assert SHOP.open_at(at("2026-01-05T09:30"), LONDON)
    assert SHOP.open_at(at("2026-01-05T19:59:59"), LONDON)
    assert not SHOP.open_at(at("2026-01-05T20:00"), LONDON)


def test_hours_are_those_of_the_stores_own_clock():
    assert SHOP.open_at(at("2026-07-06T08:30"), LONDON)
    assert not SHOP.open_at(at("2026-07-06T08:30"), "America/New_York")


def test_the_next_opening_skips_the_dates_on_which_it_is_shut():
    assert SHOP.next_opening(at("2026-12-24T21:00"), LONDON) == at("2026-12-26T09:30")
    assert SHOP.next_opening(at("2026-12-24T15:00"), LONDON) == at("2026-12-24T15:00")
    assert parse("mon closed").next_opening(at("2026-12-24T21:00"), LONDON) is None


def test_a_night_belongs_to_the_day_on_which_it_begins():
    bar = parse("fri 18:00-02:00; 2026-01-10 closed; 2026-01-16 closed")
    assert bar.open_at(at("2026-01-10T01:59"), LONDON)
    assert not bar.open_at(at("2026-01-10T02:00"), LONDON)
    assert not bar.open_at(at("2026-01-17T01:00"), LONDON)
    assert bar.next_opening(at("2026-01-10T02:00"), LONDON) == at("2026-01-23T18:00")


def test_hours_are_kept_on_the_days_on_which_the_clocks_change():
    assert SHOP.next_opening(at("2026-03-29T00:00"), LONDON) == at("2026-03-29T11:00")
    assert SHOP.next_opening(at("2026-10-25T00:00"), LONDON) == at("2026-10-25T12:00")
    night = parse("sun 00:30-01:30")
    # In March 01:30 does not come in London (the clock goes from 01:00 to 02:00): it is as much later.
    assert night.open_at(at("2026-03-29T01:15"), LONDON)
    # In October it comes twice, and the first is meant: 00:30 UTC.
    assert night.open_at(at("2026-10-25T00:15"), LONDON)
    assert not night.open_at(at("2026-10-25T00:45"), LONDON)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Havana", "Atlantic/Azores", "Australia/Lord_Howe", "UTC"])
def test_what_is_always_open_stays_open_when_the_clocks_change(zone):
    always, moment = parse("24/7"), at("2026-01-01T00:00")
    assert all(always.open_at(moment + timedelta(minutes=30 * step), zone) for step in range(0, 365 * 48, 5))


TIMES = st.integers(0, 1439)
WEEKS = st.lists(
    st.lists(st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1]), max_size=1), min_size=7, max_size=7
)


@settings(deadline=None)
@given(WEEKS, st.dictionaries(st.dates(), st.just(()), max_size=3))
def test_hours_written_as_json_are_read_back_unchanged(week, exceptions):
    hours = Hours(tuple(map(tuple, week)), exceptions)
    assert from_document(json.loads(json.dumps(hours.as_document()))) == hours


@settings(deadline=None)
@given(
    WEEKS,
    st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([LONDON, "Asia/Tokyo"]),
)
def test_it_is_open_at_the_next_opening_and_not_just_before(week, moment, zone):
    hours = Hours(tuple(map(tuple, week)))
    opening = hours.next_opening(moment, zone)
    if opening is None:
        assert not any(week)
    else:
        assert opening >= moment
        assert hours.open_at(opening, zone)
        assert opening == moment or not hours.open_at(opening - timedelta(microseconds=1), zone)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("mon-sat 0123:;,.closed", max_size=60)))
def test_any_text_is_hours_or_refused(text):
    try:
        parse(text)
    except HoursError as refused:
        assert refused.detail
