"""The arithmetic of a scorecard."""

import json

import pytest
import rich_click as click
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from server.commands.simulating import permitted
from server.commands.units import Share, Span
from server.core.errors import BadInput
from server.core.settings import Settings
from server.simulation import scorecard, table
from server.simulation.measuring import note_metrics
from server.simulation.plan import Plan
from server.simulation.records import History, Reading, Records, Server, Storm, samples
from server.simulation.tablet import Visit

MIB = 1024 * 1024


def test_a_spread_is_of_values_that_were_measured():
    assert scorecard.spread([]) == scorecard.Spread(0)
    assert scorecard.spread([7]) == scorecard.Spread(1, 7, 7, 7, 7)
    assert scorecard.spread(range(1, 101)) == scorecard.Spread(100, 50, 95, 99, 100)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=300))
def test_so_large_a_share_of_a_series_is_not_above_its_figure(series: list[int]):
    found = scorecard.spread(series)
    for share, figure in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99), (1, found.most)):
        below = sum(one <= figure for one in series)
        assert below >= share * len(series)
        assert figure in series


def test_a_play_that_the_server_has_not_is_lost_unless_its_screen_still_has_it():
    written = {"one": ["a", "b", "c"], "two": ["d"]}
    assert scorecard.plays(written, {}, {"one": {"a", "b", "c"}, "two": {"d"}}, 0) == scorecard.Tallied(4, 0, 0)
    found = scorecard.plays(written, {"one": {"b", "a"}}, {"one": {"a", "x"}}, 2)
    assert found == scorecard.Tallied(4, lost=2, doubled=2, unsent=1, unexpected=1)


def test_an_add_that_a_bag_lacks_is_lost_and_one_that_came_back_is_doubled():
    done = {"a", "b", "r", "late"}
    judged = scorecard.operations(done, {"a", "b", "r"}, {"a", "b", "r"}, {"bag": {"b"}}, {"bag": {"b"}})
    assert judged == scorecard.Tallied(4, 0, 0, unsent=1)
    judged = scorecard.operations(done, {"a", "b", "r"}, {"a", "b", "late"}, {"bag": {"b"}}, {"bag": {"a"}})
    assert judged == scorecard.Tallied(4, lost=2, doubled=1)


def test_a_removal_takes_an_add_out_of_what_is_expected_once_it_has_arrived():
    visit = Visit("v", "b", "s", adds={"one": "red", "two": "blue"}, removals={"r": "one"})
    assert visit.expected({"one", "two"}) == {"one", "two"}
    assert visit.expected({"one", "two", "r"}) == {"two"}
    assert visit.expected({"r", "two"}) == {"two"}


def test_somebody_is_out_of_date_since_the_first_version_that_they_lack():
    history = History()
    for number, moment in ((3, 1000.0), (5, 4000.0), (4, 2500.0), (4, 2500.0)):
        history.note(number, moment)
    assert history.newest == 5
    assert [history.staleness(number, 5000) for number in (2, 3, 4, 5)] == [4000, 2500, 1000, 0]


def test_memory_is_flat_when_the_last_minute_is_within_five_percent_of_the_first():
    readings = [Reading(float(at), (200 + at / 60) * MIB, 1000.0, at * 0.4) for at in range(0, 600, 5)]
    found = scorecard.memory(Server(readings), after=20, until=600)
    assert found is not None and found.flat and 0.03 < found.growth < 0.05 and found.cpu == 0.4
    filling = [one._replace(size=one.size - max(0, 120 - one.at) * MIB) for one in readings]
    full = scorecard.memory(Server(filling), after=20, until=600)
    assert full is not None and (full.since, full.growth) == (140, found.growth)
    short = scorecard.memory(Server(readings[:20]), after=20, until=100)
    assert short is not None and short.since == 60
    grown = [one._replace(size=one.size * (1 + one.at / 600)) for one in readings]
    leaking = scorecard.memory(Server(grown), after=20, until=600)
    assert leaking is not None and not leaking.flat
    assert scorecard.memory(Server(readings[:3]), after=20, until=600) is None


def test_processes_of_one_server_are_told_apart():
    records = Records()
    for at, start, size in ((0, 10, 100), (5, 20, 300), (10, 10, 101)):
        text = f"process_start_time_seconds {start}\nprocess_resident_memory_bytes {size}e+06\nvitrine_sockets 5.0\n"
        note_metrics(records, text, at=at)
    assert {key: len(one.readings) for key, one in records.servers.items()} == {"10.00": 2, "20.00": 1}
    note_metrics(records, "nothing of use", at=15)
    assert records.memory_trouble


def test_a_simulation_that_is_late_itself_says_so_and_its_scorecard_is_json_and_a_table():
    records = Records(seconds=60, cpu_seconds=58)
    records.lag.extend([250.0] * 20)
    records.delivered.extend([40.0, 60.0])
    records.refused["no connection: ConnectionRefusedError"] = 3
    records.refused["broke before the welcome"] = 2
    records.storms.append(Storm(20, 2, samples(), samples()))
    records.storms[0].back.extend([0.7, 0.9])
    card = scorecard.judge(
        Plan(screens=2, tablets=0, seconds=60), records, plays=scorecard.Tallied(9, 1, 0),
        operations=scorecard.Tallied(0, 0, 0), outdated=0, present=(2, 0),
    )  # fmt: skip
    assert not card.truthful and "itself" in card.warnings[0]
    assert json.loads(json.dumps(card.plain()))["delivered"]["p95"] == 60
    out = Console(record=True, width=120)
    table.show(card, out)
    said = out.export_text()
    assert "Connections not let in" in said and "60 ms" in said and "2 never" in said
    assert "broke before the welcome (the line opened" in said


@pytest.mark.parametrize(("tablets", "visits", "told"), ((3, 0, True), (3, 1, False), (0, 0, False)))
def test_tablets_that_have_nothing_to_collect_are_said_to_have_no_products(tablets: int, visits: int, told: bool):
    records, none = Records(seconds=60), scorecard.Tallied(0, 0, 0)
    records.counts["visits"] = visits
    plan = Plan(screens=0, tablets=tablets, seconds=60)
    card = scorecard.judge(plan, records, plays=none, operations=none, outdated=0, present=(0, tablets))
    assert any("have no products" in warning for warning in card.warnings) is told


def test_storms_are_spread_over_the_time_in_which_all_are_there():
    assert Plan(seconds=600, storms=2).storms_at() == pytest.approx([20 + 580 / 3, 20 + 2 * 580 / 3])


def test_no_address_but_this_machine_and_the_installations_own_is_simulated_against():
    ours = Settings(public_url="https://screens.shop.example")
    for address in (
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "https://[::1]:8443",
        "https://screens.shop.example",
    ):
        assert permitted(address, ours) == address
    for address in (
        "http://10.0.0.5:8000",
        "https://shop.example",
        "https://screens.shop.example.evil.test",
        "http://127.evil.test",
    ):
        with pytest.raises(BadInput, match="VITRINE_PUBLIC_URL"):
            permitted(address, ours)
    with pytest.raises(BadInput, match="write one like"):
        permitted("ftp://127.0.0.1", ours)


def test_options_are_read_with_their_units():
    assert [Span().convert(text, None, None) for text in ("2s", "500ms", "1.5m", "30")] == [2, 0.5, 90, 30]
    assert Share().convert("5%", None, None) == 0.05
    for kind, text in ((Span(), "soon"), (Span(5), "1s"), (Share(), "5"), (Share(), "500%")):
        with pytest.raises(click.BadParameter):
            kind.convert(text, None, None)
