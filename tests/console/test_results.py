"""Results count what happened where and when it happened, and never take silence for zero."""

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from displays.models import Arrival, Campaign, Card, Play, Scan, Screen
from server.console.results import hours, line, rows, seconds
from server.console.results_chart import chart
from server.console.results_days import Period, chosen, day_of, stretches
from server.console.results_figures import Figures, Results, results
from server.console.results_speed import speed
from server.core.database import Database
from server.core.errors import BadInput
from server.core.spreadsheets import harmless
from social.models import Moderation, Post, Screening
from tests import house

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRIDAY = Period(date(2026, 11, 20), date(2026, 11, 20))
WEEK = Period(date(2026, 11, 14), date(2026, 11, 20))


@pytest.fixture
async def glass(database: Database) -> tuple[int, str, str]:
    """A campaign, and a screen in London and one in Sydney."""
    async with database.transaction() as db:
        await house.catalogue(db)
        campaign = await house.campaign(db, await house.feed(db))
        london, _ = await house.screen(db, "London")
        sydney, _ = await house.screen(db, "Sydney")
        sydney.time_zone = "Australia/Sydney"
        db.add(Card(digest="a" * 64, kind="post", layout="post@1", language="en", composed_at=NOON))
    return campaign.id, london.id, sydney.id


def play(
    screen: str,
    campaign: int | None,
    at: datetime,
    *,
    ms: int = 12_000,
    result: str = "completed",
    spot: str = "p1r1caaaaaaaa",
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "screen_id": screen, "seq": 1, "spot": spot, "card": "a" * 64, "campaign_id": campaign,
        "started_at": at, "ended_at": at + timedelta(milliseconds=ms), "duration_ms": ms, "offset_ms": 0, "result": result,
        "reason": "", "received_at": at,
    }  # fmt: skip


async def keep(database: Database, *plays: dict[str, Any]) -> None:
    async with database.transaction() as db:
        await db.execute(insert(Play), list(plays))


async def told(database: Database, period: Period = FRIDAY, **chosen: Any) -> Results:
    async with database.snapshot() as db:
        return await results(db, period, **chosen)


# -- plays --------------------------------------------------------------------------------------------------------


async def test_a_play_counts_when_it_was_shown_for_three_quarters_of_its_time(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, _ = glass
    await keep(
        database, play(london, campaign, NOON), play(london, campaign, NOON, ms=9_000, result="partial"),
        play(london, campaign, NOON, ms=8_999, result="partial"), play(london, campaign, NOON, ms=0, result="failed"),
    )  # fmt: skip
    figures = (await told(database)).total()
    assert (figures.plays, figures.cut, figures.failed, figures.shown_ms) == (2, 1, 1, 29_999)


async def test_the_length_that_was_planned_is_the_campaigns_or_the_spots_own(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, _ = glass
    async with database.transaction() as db:
        (await db.get_one(Campaign, campaign)).seconds = {"post": 20}
    await keep(
        database,
        play(london, campaign, NOON, ms=14_000, result="partial"),
        play(london, campaign, NOON, ms=15_000, result="partial"),
    )
    assert (await told(database)).total().plays == 1


async def test_a_day_is_that_of_the_screens_own_clock(database: Database, glass: tuple[int, str, str]) -> None:
    campaign, london, sydney = glass
    late = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)  # half past midnight on Saturday in Sydney
    await keep(
        database,
        play(london, campaign, late),
        play(sydney, campaign, late),
        play(sydney, campaign, datetime(2026, 11, 19, 13, tzinfo=UTC)),
    )
    found = await told(database, WEEK)
    assert {key: figures.plays for key, figures in found.cells.items()} == {
        (campaign, london, "2026-11-20"): 1,
        (campaign, sydney, "2026-11-20"): 1,
    }


async def test_what_a_screen_claims_of_unknown_campaigns_and_spots_breaks_nothing(
    database: Database, glass: tuple[int, str, str]
) -> None:
    _, london, _ = glass
    await keep(
        database,
        play(london, 999_999, NOON, result="partial", spot="exx"),
        play(london, None, NOON, spot="e99999999999999999"),
    )
    found = await told(database)
    assert list(found.cells) == [(None, london, "2026-11-20")] and found.total().plays == 2


# -- what is zero -------------------------------------------------------------------------------------------------


async def test_a_screen_that_was_not_heard_of_has_no_data_and_not_zero(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, sydney = glass
    await keep(database, play(london, campaign, NOON))
    found = await told(database)
    by_screen = {name: figures for name, _, figures in rows(found, "screen")}
    assert by_screen["London"].scans == 0 and by_screen["London"].scan_rate == 0.0
    assert by_screen["Sydney"] == Figures() and by_screen["Sydney"].plays is None


async def test_a_day_without_a_word_stands_in_the_table_without_figures(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, _ = glass
    await keep(database, play(london, campaign, NOON))
    days = [(name, figures.plays) for name, _, figures in rows(await told(database, WEEK), "day")]
    assert days[0] == ("20 Nov", 1) and days[1:] == [(f"{n} Nov", None) for n in range(19, 13, -1)]


def test_no_data_and_no_data_is_no_data_and_with_a_figure_it_is_the_figure() -> None:
    assert (Figures() + Figures()).plays is None
    assert (Figures(plays=3) + Figures()).plays == 3 and (Figures(plays=3) + Figures(plays=0, scans=1)).plays == 3
    assert Figures(scans=2).scan_rate is None and Figures(scans=2, plays=0).scan_rate is None
    assert Figures(scans=2, plays=1000).scan_rate == 2.0


# -- scans and posts ----------------------------------------------------------------------------------------------


async def test_scans_are_counted_for_their_campaign_and_screen_also_where_none_is_known(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, _ = glass
    await keep(database, play(london, campaign, NOON))
    async with database.transaction() as db:
        for screen in (london, london, None):
            db.add(Scan(screen_id=screen, campaign_id=campaign, variant_id="stain-madder", scanned_at=NOON))
        db.add(
            Scan(screen_id=london, campaign_id=campaign, variant_id="stain-madder", scanned_at=NOON - timedelta(days=1))
        )
    found = await told(database)
    assert found.total().scans == 3 and found.by(1)[london].scans == 2
    assert (await told(database, screen=london)).total().scans == 2


async def test_posts_are_counted_by_the_day_they_came_with_what_became_of_them(
    database: Database, glass: tuple[int, str, str]
) -> None:
    await posts(database)
    figures = (await told(database)).total()
    assert (figures.posts, figures.held, figures.refused, figures.by_rule, figures.by_person) == (4, 1, 1, 1, 1)
    assert (figures.approved, figures.plays, figures.scans) == (2, None, None)


async def posts(database: Database) -> None:
    """Four posts: one that a rule approved (twice, in a new dress), one that a person did, one that waits, one refused."""
    async with database.transaction() as db:
        for id, (verdict, state, by) in enumerate(
            (
                ("pass", "approved", "rule"),
                ("pass", "approved", "Ann"),
                ("hold", "waiting", ""),
                ("refuse", "refused", ""),
            ),
            1,
        ):
            stamps = {
                "received": NOON,
                "stored": 10,
                "matched": 30,
                "judged": 40,
                "composed": 140,
                "approved": 150 if by == "rule" else 60_150,
            }
            told = {
                name: (NOON + timedelta(milliseconds=at) if isinstance(at, int) else at).isoformat()
                for name, at in stamps.items()
            }
            db.add(Post(id=id, network="x", network_id=str(id), created_at=NOON, received_at=NOON, stamps=told))
            await db.flush()
            db.add(Screening(id=id, post_id=id, feed_id=1, revision=1, verdict=verdict, state=state, judged_at=NOON))
            await db.flush()
            for turn in range(2 if by == "rule" else bool(by)):
                db.add(
                    Moderation(
                        screening_id=id,
                        post_id=id,
                        feed_id=1,
                        revision=1,
                        verdict="approved",
                        by=by,
                        card=f"{turn}" * 64,
                        decided_at=NOON,
                    )
                )


async def test_the_way_to_the_glass_is_told_stage_by_stage(database: Database, glass: tuple[int, str, str]) -> None:
    campaign, london, sydney = glass
    await posts(database)
    at = NOON + timedelta(milliseconds=200)
    async with database.transaction() as db:
        for screen, wait in ((london, 0), (sydney, 3_600_000)):
            there = at + timedelta(milliseconds=wait)
            db.add(
                Arrival(
                    spot="p1r1c00000000",
                    screen_id=screen,
                    received_at=there,
                    ready_at=there + timedelta(milliseconds=100),
                )
            )
    await keep(database, play(london, campaign, at + timedelta(milliseconds=2_100), spot="p1r1c00000000"))
    async with database.snapshot() as db:
        found = await speed(db, FRIDAY, [await db.get_one(Campaign, campaign)])
    assert [round(stage.median) for stage in found.stages] == [10, 20, 10, 100, 10, 50, 100]
    assert (found.median, found.arrivals, found.posts) == (300.0, 1, 1), "a screen that was off line is no measure"
    assert (found.decision, found.turn) == (60_150.0, 2_000.0)


# -- days ---------------------------------------------------------------------------------------------------------


def test_a_period_is_parted_where_the_clocks_change() -> None:
    autumn = Period(date(2026, 10, 24), date(2026, 10, 26))
    parts = list(stretches(autumn, "Europe/London"))
    assert [part.ahead for part in parts] == [3600, 0]
    assert parts[0].end == parts[1].start == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert parts[0].start == datetime(2026, 10, 23, 23, tzinfo=UTC) and parts[1].end == datetime(
        2026, 10, 27, tzinfo=UTC
    )
    assert [part.ahead for part in stretches(autumn, "Asia/Kathmandu")] == [20_700]


async def test_the_database_counts_the_days_as_the_clocks_do(database: Database, glass: tuple[int, str, str]) -> None:
    campaign, london, _ = glass
    saturday, sunday = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)  # where the days end
    minute = timedelta(minutes=1)
    moments = [saturday - minute, saturday, sunday - minute, sunday]
    await keep(database, *(play(london, campaign, moment) for moment in moments))
    found = await told(database, Period(date(2026, 10, 24), date(2026, 10, 26)))
    assert {key[2]: figures.plays for key, figures in found.cells.items()} == {
        "2026-10-24": 1,
        "2026-10-25": 2,
        "2026-10-26": 1,
    }
    assert "interval '3600 seconds'" in day_of(
        "play.started_at", next(iter(stretches(FRIDAY, "Europe/Paris"))), sqlite=False
    )


def test_a_period_is_chosen_by_days_or_dates_and_has_an_end() -> None:
    today = date(2026, 11, 20)
    assert chosen("7", "", "", today=today) == WEEK and chosen("nonsense", "", "", today=today) == WEEK
    assert chosen("today", "", "", today=today) == FRIDAY
    assert chosen("7", "2026-11-20", "2026-11-14", today=today) == WEEK
    for first, last in (("2026-01-01", "2026-11-20"), ("never", ""), ("0001-01-01", "0001-01-02"), ("9999-12-31", "")):
        with pytest.raises(BadInput):
            chosen("7", first, last, today=today)


# -- telling ------------------------------------------------------------------------------------------------------


def test_bars_tell_a_day_without_data_from_one_with_nothing() -> None:
    made = chart(("2026-11-19", "2026-11-20"), (None, 0), unit="plays")
    assert [(bar.known, bar.label) for bar in made.bars] == [(False, "19 Nov: no data"), (True, "20 Nov: 0 plays")]
    assert chart(("2026-11-20",), (8,), unit="plays").bars[0].height == 72.0


def test_lengths_of_time_are_told_in_units_that_keep_them_short() -> None:
    assert [hours(ms) for ms in (None, 0, 59_000, 600_000, 9_000_000, 3.6e9)] == [
        "",
        "0 s",
        "59 s",
        "10 min",
        "2.5 h",
        "1,000 h",
    ]
    assert [seconds(ms) for ms in (None, 12.4, 1500, 120_000)] == ["", "12 ms", "1.5 s", "2 min"]


async def test_the_csv_has_every_figure_and_no_cell_that_a_spreadsheet_would_calculate(
    database: Database, glass: tuple[int, str, str]
) -> None:
    campaign, london, _ = glass
    async with database.transaction() as db:
        (await db.get_one(Campaign, campaign)).name = '=HYPERLINK("https://evil.test")'
        (await db.get_one(Screen, london)).name = "+1 window"
    await keep(database, play(london, campaign, NOON))
    found = await told(database)
    (row,) = [line(found, key) for key in found.cells]
    assert row == (
        "2026-11-20",
        "Europe/London",
        campaign,
        '=HYPERLINK("https://evil.test")',
        london,
        "+1 window",
        None,
        None,
        None,
        None,
        None,
        1,
        0,
        0,
        12,
        0,
    )
    assert [harmless(cell) for cell in row[3:6]] == ['\'=HYPERLINK("https://evil.test")', london, "'+1 window"]
    assert [harmless(cell) for cell in ("@SUM(1)", "-1", "\t=1", -1, None, "a=1")] == [
        "'@SUM(1)",
        "'-1",
        "'\t'=1",
        -1,
        None,
        "a=1",
    ]


async def test_the_page_and_the_csv_are_for_staff(served, staff_client, glass: tuple[int, str, str]) -> None:
    campaign, london, _ = glass
    await keep(served.database, play(london, campaign, datetime.now(UTC)))
    async with served.client() as stranger:
        assert (await stranger.get("/console/results")).status_code == 303
        assert (await stranger.get("/console/results.csv")).status_code in (303, 401)
    viewer = await staff_client("viewer")
    for query in (
        "",
        "?by=screen",
        "?by=day&period=30",
        f"?campaign={campaign}&screen={london}",
        "?campaign=x&screen=nobody&by=nothing",
    ):
        answer = await viewer.get(f"/console/results{query}")
        assert answer.status_code == 200, query
    assert (await viewer.get("/console/results?first=2020-01-01&last=2026-01-01")).status_code == 400
    sent = await viewer.get("/console/results.csv")
    assert sent.headers["content-disposition"].startswith('attachment; filename="vitrine-results-')
    read = list(csv.DictReader(io.StringIO(sent.text.removeprefix("\ufeff"))))
    assert [(row["campaign"], row["screen"], row["plays"], row["posts_in"]) for row in read] == [
        ("Spring", "London", "1", "")
    ]
