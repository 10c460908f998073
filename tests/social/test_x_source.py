"""The source of X, over the real tweepy and real sockets, against a replica that misbehaves as X and networks have."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from server.core.errors import BadInput
from social.incoming import IncomingDeletion, IncomingPost
from social.rehearsal import scenario
from social.rehearsal.replica import Replica
from social.sources import x_rules
from social.sources.x import Limits, XSource
from social.sources.x_client import Outcome, SourceRefused, SourceUnavailable
from social.sources.x_meter import Meter, XState
from social.sources.x_pace import backoff
from social.sources.x_rules import RulesRefused, rules_for

TOKEN = "drill"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMITS = Limits(stall=0.25, save=0.01, gap_lag=0.1)


class Clock:
    """Time that passes only when somebody sleeps, and a little with every look, so that ids and pauses are real."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0.001)


class Desk:
    """A source that runs, and what it handed on."""

    def __init__(self, source: XSource, clock: Clock) -> None:
        self.source, self.clock = source, clock
        self.got: list[IncomingPost | IncomingDeletion] = []
        self.task: asyncio.Task | None = None

    async def deliver(self, post: IncomingPost | IncomingDeletion) -> None:
        self.got.append(post)

    def run(self, deliver: Callable | None = None) -> None:
        self.task = asyncio.create_task(self.source.run(deliver or self.deliver))

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.got]

    @property
    def state(self) -> str:
        return self.source.status.state

    def count(self, what: str) -> int:
        return self.source.status.counts.get(what, 0)


async def nearly_for_ever(seconds: float) -> None:
    await asyncio.sleep(30)


async def until(condition: Callable[[], Any], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def replica(clock: Clock) -> AsyncIterator[Replica]:
    replica = Replica(token=TOKEN, keep_alive=0.02, connects=10_000, now=clock.now)
    await replica.start()
    replica.world.introduce("mira", "Mira Dahl")
    yield replica
    await replica.stop()


@pytest.fixture
async def desks(replica: Replica, clock: Clock) -> AsyncIterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(**options: Any) -> Desk:
        options = {"api_base": replica.base, "limits": LIMITS, "now": clock.now, "sleep": clock.sleep} | options
        made.append(Desk(XSource(options.pop("token", TOKEN), **options), clock))
        return made[-1]

    yield make
    for desk in made:
        if desk.task:
            desk.task.cancel()
            await asyncio.gather(desk.task, return_exceptions=True)


@pytest.fixture
async def desk(desks: Callable[..., Desk], replica: Replica) -> Desk:
    """A desk that is live and listens for #a."""
    desk = desks()
    await desk.source.sync_rules({"feed": "#a -is:reply"})
    desk.run()
    await until(lambda: replica.stream.listeners)
    return desk


def say(replica: Replica, text: str, **more: Any) -> str:
    revision = replica.world.post({"author": "mira", "text": text, **more})
    replica.publish(revision)
    return revision.id


async def test_a_post_arrives_whole_with_the_rule_that_let_it_in(desk: Desk, replica: Replica) -> None:
    long = "one & two " * 40 + "#a"
    say(replica, long, lang="en", photos=[{"name": "p", "alt": "lips"}], sensitive=True, withheld=["GB"])
    say(replica, "not for us #b")
    say(replica, "a reply #a", reply=True)
    await until(lambda: desk.got)
    [post] = desk.got
    assert (post.text, post.hashtags, post.rules, post.lang) == (long, ("a",), ("feed",), "en")
    assert (post.media[0].alt, post.sensitive, post.withheld, post.author.name) == ("lips", True, ("GB",), "Mira Dahl")
    assert (desk.state, desk.source.status.posts_today) == ("live", 1)
    assert desk.source.status.last_byte_at is not None


async def test_an_edit_comes_as_a_newer_revision_of_the_same_post(desk: Desk, replica: Replica) -> None:
    say(replica, "frist #a", key="k")
    replica.publish(replica.world.edit("k", "first #a"))
    await until(lambda: len(desk.got) == 2)
    assert [post.id for post in desk.got] == [desk.got[0].revision_id] * 2
    assert (desk.got[1].edited, desk.texts[1]) == (True, "first #a")


@pytest.mark.parametrize("how", ["garbage", "huge", "nameless", "textless", "listed", "tagless", "duplicates"])
async def test_nothing_that_is_sent_ends_the_stream(desk: Desk, replica: Replica, how: str) -> None:
    say(replica, "before #a")
    await until(lambda: desk.got)
    replica.stream.misbehave(how)
    say(replica, "spoilt perhaps #a")
    say(replica, "after #a")
    await until(lambda: "after #a" in desk.texts)
    noted = {"garbage": "garbage", "listed": "garbage", "huge": "unreadable", "textless": "unreadable"}.get(how)
    noted = "duplicates" if how == "duplicates" else noted
    counts = {name: desk.count(name) for name in ("garbage", "unreadable", "duplicates", "connections")}
    assert counts == {name: int(name in {noted, "connections"}) for name in counts}
    assert desk.texts.count("before #a") == 1
    if how == "tagless":
        assert desk.got[1].rules == ("feed",)


async def test_a_line_longer_than_any_post_costs_the_connection_and_nothing_more(desk: Desk, replica: Replica) -> None:
    replica.stream.misbehave("huge", bytes=3_000_000)
    await until(lambda: desk.count("connections") == 2 and replica.stream.listeners)
    say(replica, "after #a")
    await until(lambda: "after #a" in desk.texts)


@pytest.mark.parametrize("how", ["cut", "close", "disconnect", "stall", "trickle", "html"])
async def test_whatever_ends_a_connection_another_follows_after_a_pause(desk: Desk, replica: Replica, how: str) -> None:
    states: list[str] = []
    desk.source._on_change = lambda status: states.append(f"{status.state} {status.reason}")
    replica.stream.misbehave(how)
    await until(lambda: len(replica.stream.attempts) >= 2 and desk.state == "live" and replica.stream.listeners)
    say(replica, "after #a")
    await until(lambda: "after #a" in desk.texts)
    why = {"disconnect": "operational", "stall": "silent", "trickle": "silent", "html": "web page"}.get(how, "")
    assert any(state.startswith("waiting") and why in state for state in states), states
    assert desk.clock.slept[0] == 1


async def test_a_server_that_opens_and_shuts_is_not_stormed(desk: Desk, replica: Replica) -> None:
    replica.stream.misbehave("slam", times=8)
    await until(lambda: len(replica.stream.attempts) == 10 and replica.stream.listeners)
    pauses = [pause for pause in desk.clock.slept if pause >= 1]
    assert pauses[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_busy_x_is_asked_ever_less_often(desk: Desk, replica: Replica) -> None:
    replica.stream.misbehave("refuse", status=503, times=4)
    await until(lambda: len(replica.stream.attempts) == 6 and replica.stream.listeners)
    assert desk.clock.slept[:5] == [1, 10, 20, 40, 80]


async def test_a_429_is_waited_out_as_long_as_x_says(desk: Desk, replica: Replica) -> None:
    reasons: list[str] = []
    desk.source._on_change = lambda status: reasons.append(status.reason)
    replica.stream.misbehave("refuse", status=429, reset=437, detail="Too Many Requests")
    await until(lambda: len(replica.stream.attempts) == 3 and replica.stream.listeners)
    assert 430 < desk.clock.slept[1] < 440
    assert any("asks for a pause (Too Many Requests)" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("status", "says"), [(400, "Update"), (401, "bearer token"), (402, "credit"), (403, "console"), (404, "API_BASE")]
)
async def test_a_refusal_says_what_to_do_and_is_tried_again_every_quarter_of_an_hour(
    desk: Desk, replica: Replica, status: int, says: str
) -> None:
    said: list[str] = []
    desk.source._on_change = lambda status: said.append(f"{status.state} {status.reason}")
    replica.stream.misbehave("refuse", status=status, times=3, detail="because")
    await until(lambda: len(replica.stream.attempts) == 5 and replica.stream.listeners)
    refused = [words for words in said if words.startswith("refused")]
    assert len(refused) == 3 == desk.clock.slept.count(900)
    assert says in refused[0] and "because" in refused[0] and "tries again every 15 minutes" in refused[0]
    say(replica, "after #a")
    await until(lambda: desk.texts == ["after #a"])


async def test_a_wrong_token_is_told_apart_and_tried_at_once_when_feeds_ask_for_something_else(
    desks: Callable[..., Desk],
) -> None:
    said: list[str] = []
    desk = desks(token="stolen", sleep=nearly_for_ever, on_change=lambda status: said.append(status.state))
    desk.run()
    await until(lambda: desk.state == "refused")
    for _ in range(3):
        with pytest.raises(SourceRefused, match="VITRINE_X_BEARER_TOKEN"):
            await desk.source.sync_rules({"feed": "#a"})
        await until(lambda: said.count("refused") == 2)
    await asyncio.sleep(0.05)
    assert said == ["connecting", "refused"] * 2


async def test_without_rules_it_waits_and_the_first_rule_wakes_it(desks: Callable[..., Desk], replica: Replica) -> None:
    desk = desks(sleep=nearly_for_ever)
    desk.run()
    await until(lambda: desk.state == "waiting")
    assert "no feed listens" in desk.source.status.reason
    await desk.source.sync_rules({"feed": "#a"})
    await until(lambda: replica.stream.listeners)


async def test_a_rule_that_comes_while_x_says_that_there_is_none_is_not_waited_out(
    desks: Callable[..., Desk], clock: Clock
) -> None:
    class Slow(Replica):
        async def _stream(self, request: Any) -> Any:
            answer = await super()._stream(request)
            if len(self.stream.attempts) == 1:
                await desk.source.sync_rules({"feed": "#a"})
            return answer

    slow = Slow(token=TOKEN, keep_alive=0.02, now=clock.now)
    desk = desks(api_base=await slow.start(), sleep=nearly_for_ever)
    desk.run()
    await until(lambda: slow.stream.listeners)
    assert len(slow.stream.attempts) == 2
    await slow.stop()


async def test_cancelling_stops_at_once_and_closes_the_connection(desk: Desk, replica: Replica) -> None:
    desk.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await desk.task
    assert desk.state == "stopped"
    await until(lambda: replica.stream.listeners == 0)


async def test_a_handler_that_fails_is_tried_again_and_never_ends_the_stream(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    desk, tries = desks(), []

    async def clumsy(post: IncomingPost) -> None:
        tries.append(post.text)
        if post.text == "poison #a" or len(tries) == 1:
            raise RuntimeError("database is locked")
        desk.got.append(post)

    await desk.source.sync_rules({"feed": "#a"})
    desk.run(clumsy)
    await until(lambda: replica.stream.listeners)
    for text in ("one #a", "poison #a", "two #a"):
        say(replica, text)
    await until(lambda: len(desk.got) == 2)
    assert tries == ["one #a"] * 2 + ["poison #a"] * 3 + ["two #a"]
    assert desk.count("failed") == 1


async def test_a_slow_handler_never_slows_the_reading_and_the_oldest_give_way(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    desk, gate = desks(limits=Limits(queue=5, stall=0.25)), asyncio.Event()

    async def slow(post: IncomingPost) -> None:
        await gate.wait()
        desk.got.append(post)

    await desk.source.sync_rules({"feed": "#a"})
    desk.run(slow)
    await until(lambda: replica.stream.listeners)
    say(replica, "held #a")
    await until(lambda: desk.source.status.posts_today == 1)
    await asyncio.sleep(0.01)
    for number in range(20):
        say(replica, f"{number} #a")
    await until(lambda: desk.source.status.posts_today == 21)
    gate.set()
    await until(lambda: len(desk.got) == 6)
    assert desk.texts == ["held #a", *(f"{number} #a" for number in range(15, 20))]
    assert desk.count("dropped") == 15


async def test_posts_missed_in_an_outage_are_fetched_by_search_in_order(desk: Desk, replica: Replica) -> None:
    say(replica, "before #a")
    await until(lambda: desk.got)
    replica.stream.misbehave("refuse", times=2)
    await until(lambda: replica.stream.listeners == 0)
    for number in range(3):
        replica.world.post({"author": "mira", "text": f"missed {number} #a", "lang": "en"})
    replica.world.post({"author": "mira", "text": "missed reply #a", "reply": True})
    await until(lambda: len(desk.got) == 4)
    assert desk.texts[1:] == ["missed 0 #a", "missed 1 #a", "missed 2 #a"]
    assert {post.rules for post in desk.got} == {("feed",)}
    assert (desk.count("filled"), desk.source.status.posts_today) == (3, 4)


async def test_a_gap_costs_no_more_than_its_limit(desks: Callable[..., Desk], replica: Replica, clock: Clock) -> None:
    replica.world.post({"author": "mira", "text": "a week ago #a"})
    clock.moment += timedelta(days=7)
    for number in range(50):
        replica.world.post({"author": "mira", "text": f"{number} #a"})

    async def load() -> XState:
        return XState(clock.now().date(), 7, newest_id="1")

    desk = desks(load=load, limits=Limits(stall=0.25, gap_posts=20))
    await desk.source.sync_rules({"feed": "#a"})
    desk.run()
    await until(lambda: len(desk.got) == 20)
    assert desk.texts == [f"{number} #a" for number in range(30, 50)]
    assert desk.source.status.posts_today == 27


async def test_what_search_does_not_know_yet_is_fetched_when_it_does(desks: Callable[..., Desk], clock: Clock) -> None:
    late = Replica(token=TOKEN, keep_alive=0.02, connects=10_000, search_lag=2, now=clock.now)
    await late.start()
    late.world.introduce("mira", "Mira Dahl")
    desk = desks(api_base=late.base)
    await desk.source.sync_rules({"feed": "#a"})
    desk.run()
    await until(lambda: late.stream.listeners)
    late.stream.misbehave("refuse", times=1)
    await until(lambda: late.stream.listeners == 0)
    late.world.post({"author": "mira", "text": "missed #a"})
    await until(lambda: late.stream.listeners)
    clock.moment += timedelta(seconds=3)
    await until(lambda: desk.texts == ["missed #a"])
    await late.stop()


async def test_who_is_killed_while_it_fetches_leaves_the_gap_open_for_the_next(
    desks: Callable[..., Desk], replica: Replica, clock: Clock
) -> None:
    saved: list[XState] = []

    async def save(state: XState) -> None:
        saved.append(state)

    async def load() -> XState:
        return XState(clock.now().date(), 0, newest_id=mark)

    mark = replica.world.post({"author": "mira", "text": "heard #a"}).id
    missed = replica.world.post({"author": "mira", "text": "missed #a"}).id
    replica.stream.misbehave("unsearched", status=503, times=1_000)
    desk = desks(load=load, save=save)
    await desk.source.sync_rules({"feed": "#a"})
    desk.run()
    await until(lambda: replica.stream.listeners)
    live = say(replica, "live #a")
    await until(lambda: desk.got and saved and saved[-1].posts == 1)
    assert {state.newest_id for state in saved} == {mark}
    replica.stream._searches.clear()
    await until(lambda: saved[-1].newest_id == live)
    assert {post.revision_id for post in desk.got} >= {missed, live}


async def test_posts_are_fetched_once_the_rules_are_known_though_the_stream_was_open_before(
    desks: Callable[..., Desk], replica: Replica, clock: Clock
) -> None:
    async def load() -> XState:
        return XState(clock.now().date(), 0, newest_id=mark)

    mark = replica.world.post({"author": "mira", "text": "heard long ago #b"}).id
    replica.world.post({"author": "mira", "text": "missed #a"})
    replica.rules.change({"add": [{"value": "#a", "tag": "vitrine:feed"}]}, dry=False)  # of the process before
    desk = desks(load=load, limits=Limits(stall=0.25))
    desk.run()
    await until(lambda: desk.state == "live")
    await desk.source.sync_rules({"feed": "#a"})
    await until(lambda: desk.texts == ["missed #a"])


async def test_while_x_holds_another_s_connection_posts_come_by_search(desk: Desk, replica: Replica) -> None:
    reasons: list[str] = []
    desk.source._on_change = lambda status: reasons.append(status.reason)
    replica.stream.misbehave("crowd", times=3)
    for number in range(3):
        before = len(replica.stream.attempts)
        await until(lambda before=before: len(replica.stream.attempts) > before)
        replica.world.post({"author": "mira", "text": f"{number} #a"})
    await until(lambda: len(desk.got) == 3 and replica.stream.listeners)
    assert sorted(desk.texts) == ["0 #a", "1 #a", "2 #a"]
    assert sum(pause for pause in desk.clock.slept if pause == 5) == 10 + 20 + 40
    assert any("still holds another connection" in reason for reason in reasons)


async def test_a_search_that_x_puts_off_is_made_when_x_says(desk: Desk, replica: Replica) -> None:
    replica.stream.misbehave("unsearched", status=429, reset=300)
    await one_is_missed_and_fetched(desk, replica)
    assert any(290 < pause < 310 for pause in desk.clock.slept)


async def test_a_search_that_x_refuses_for_a_while_misses_nothing(desk: Desk, replica: Replica) -> None:
    replica.stream.misbehave("unsearched", status=403, times=3)
    await one_is_missed_and_fetched(desk, replica)


async def one_is_missed_and_fetched(desk: Desk, replica: Replica) -> None:
    """Post what is not streamed, cut the stream, and wait until it has come all the same."""
    replica.world.post({"author": "mira", "text": "missed #a"})
    replica.stream.misbehave("cut")
    await until(lambda: desk.texts == ["missed #a"])


async def test_a_feed_with_many_tags_misses_none_though_a_search_is_shorter_than_a_rule(
    desks: Callable[..., Desk], replica: Replica, clock: Clock
) -> None:
    async def load() -> XState:
        return XState(clock.now().date(), 0, newest_id=mark)

    mark = replica.world.post({"author": "mira", "text": "heard"}).id
    tags = [f"campaign{number}" for number in range(60)]
    for tag in (tags[0], tags[30], tags[59]):
        replica.world.post({"author": "mira", "text": f"#{tag}", "lang": "en"})
    rules = rules_for("f", tags, ["en"])
    assert max(map(len, rules.values())) > x_rules.LONGEST_SEARCH
    queries = [query for value in rules.values() for query in x_rules.searches(value)]
    assert max(map(len, queries)) <= x_rules.LONGEST_SEARCH and sum(query.count("#") for query in queries) == 60
    desk = desks(load=load)
    await desk.source.sync_rules(rules)
    desk.run()
    await until(lambda: len(desk.got) == 3)
    assert {post.rules for post in desk.got} == {("f",)}


async def test_the_cap_stops_the_stream_says_so_and_lets_go_the_next_day(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    gate, saved = asyncio.Event(), []

    async def sleep_when_let(seconds: float) -> None:
        await gate.wait()
        await desk.clock.sleep(seconds)

    async def save(state: XState) -> None:
        saved.append(state)

    desk = desks(daily_cap=3, sleep=sleep_when_let, save=save)
    await desk.source.sync_rules({"feed": "#a"})
    desk.run()
    await until(lambda: replica.stream.listeners)
    for number in range(3):
        say(replica, f"{number} #a")
    await until(lambda: desk.state == "capped" and len(desk.got) == 3)
    status = desk.source.status
    assert status.posts_today == 3
    assert "cap of 3 posts is reached (0.02 US dollars)" in status.reason
    assert "00:00 UTC" in status.reason
    await until(lambda: replica.stream.listeners == 0 and saved and saved[-1].posts == 3)
    assert saved[-1].newest_id == desk.got[-1].revision_id
    replica.stream.misbehave(
        "unsearched", status=503, times=1_000
    )  # what is read again would be counted on the new day
    gate.set()
    await until(lambda: desk.state == "live")
    assert desk.clock.moment >= datetime(2026, 11, 23, tzinfo=UTC)
    assert desk.source.status.posts_today == 0


def test_a_post_is_counted_once_a_day_and_a_clock_set_back_forgets_nothing() -> None:
    meter = Meter(cap=10, price=Decimal("0.005"))
    for post in ("1", "2", "1"):
        meter.count(post, NOON)
    meter.turn(NOON - timedelta(days=1))
    assert (meter.posts, meter.spent, meter.left(NOON)) == (2, Decimal("0.010"), 8)
    meter.count("1", NOON + timedelta(days=1))
    assert (meter.posts, meter.resumes_at()) == (1, datetime(2026, 11, 24, tzinfo=UTC))


# rules


async def test_rules_are_put_in_order_by_difference_and_only_ours_are_touched(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    desk = desks()
    replica.rules.change({"add": [{"value": "#theirs", "tag": "other app"}, {"value": "#untagged"}]}, dry=False)
    change = await desk.source.sync_rules({"one": "#a", "two": "#b"})
    assert (change.added, change.deleted, change.foreign) == (2, 0, 2)
    assert (await desk.source.sync_rules({"one": "#a", "two": "#b"})).added == 0
    change = await desk.source.sync_rules({"one": "#c", "three": "#b"})
    assert (change.added, change.deleted) == (2, 2)
    left = {(rule.get("tag"), rule["value"]) for rule in replica.rules.rules.values()}
    assert left == {("other app", "#theirs"), (None, "#untagged"), ("vitrine:one", "#c"), ("vitrine:three", "#b")}
    await desk.source.sync_rules({})
    assert len(replica.rules.rules) == 2


async def test_two_feeds_with_one_text_share_a_rule_and_both_are_named(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    desk = desks()
    replica.rules.change({"add": [{"value": "#theirs"}]}, dry=False)
    await desk.source.sync_rules({"one": "#a", "two": "#a", "three": "#theirs"})
    assert [rule["value"] for rule in replica.rules.rules.values()] == ["#theirs", "#a"]
    desk.run()
    await until(lambda: replica.stream.listeners)
    say(replica, "#a #theirs")
    await until(lambda: desk.got)
    assert desk.got[0].rules == ("three", "one", "two")


async def test_a_post_that_only_other_apps_asked_for_is_counted_and_left(desk: Desk, replica: Replica) -> None:
    replica.rules.change({"add": [{"value": "#theirs", "tag": "other app"}]}, dry=False)
    say(replica, "#theirs")
    say(replica, "#a")
    await until(lambda: desk.got)
    assert (desk.texts, desk.count("foreign"), desk.source.status.posts_today) == (["#a"], 1, 2)


async def test_a_rule_that_x_refuses_leaves_the_old_ones_in_force(desk: Desk, replica: Replica) -> None:
    with pytest.raises(RulesRefused, match="stay in force"):
        await desk.source.sync_rules({"feed": "lang:en"})
    assert [rule["value"] for rule in replica.rules.rules.values()] == ["#a -is:reply"]
    with pytest.raises(RulesRefused, match="1,024"):
        await desk.source.sync_rules({"feed": "#a " * 400})


async def test_an_x_that_is_not_there_is_said_to_be_unavailable(desks: Callable[..., Desk]) -> None:
    desk = desks(api_base="http://127.0.0.1:9")
    with pytest.raises(SourceUnavailable):
        await desk.source.sync_rules({"feed": "#a"})
    assert [s.state for s in await desk.source.look_up(["1"])] == ["unknown"]


def test_a_feed_s_rule_says_tags_languages_and_what_to_leave_out() -> None:
    assert rules_for("f", ["#LFW", "lfw", "Mode"], ["en", "nb", "en-GB", "und"]) == {
        "f": "(#lfw OR #Mode) (lang:en OR lang:no) -is:retweet -is:nullcast -is:reply"
    }
    assert rules_for("f", ["LFW"]) == {"f": "#LFW -is:retweet -is:nullcast -is:reply"}
    assert rules_for("f", ["LFW"], replies=True) == {"f": "#LFW -is:retweet -is:nullcast"}
    assert rules_for("f", []) == {}


def test_many_tags_become_as_many_rules_as_their_length_asks_for() -> None:
    tags = [f"campaign{number}" for number in range(200)]
    rules = rules_for("f", tags, ["en"])
    assert list(rules) == ["f", "f.2", "f.3", "f.4"]
    assert max(map(len, rules.values())) <= x_rules.LONGEST_RULE
    assert sum(rule.count("#") for rule in rules.values()) == 200


@pytest.mark.parametrize("tag", ["", "#", "two words", "2026", "a-b", "lang:en", "a) OR (b", "a" * 300])
def test_what_is_no_hashtag_makes_no_rule(tag: str) -> None:
    with pytest.raises(BadInput, match="not a hashtag"):
        rules_for("f", [tag])


# posts on air


async def test_looking_up_tells_what_has_become_of_posts(desk: Desk, replica: Replica) -> None:
    for handle in ("shy", "banned"):
        replica.world.introduce(handle, handle)
    ids = {
        key: replica.world.post({"author": who, "text": f"{key} #a", "key": key}).id
        for key, who in [("same", "mira"), ("edited", "mira"), ("gone", "mira"), ("locked", "shy"), ("out", "banned")]
        + [("here_not", "mira"), ("nowhere", "mira")]
    }
    newest = replica.world.edit("edited", "edited well #a")
    replica.world.delete("gone")
    replica.world.withhold("here_not", ["GB"])
    replica.world.withhold("nowhere", ["XX"])
    replica.world.people["shy"].protected = replica.world.people["banned"].suspended = True
    found = {s.id: s for s in await desk.source.look_up([*ids.values(), "42", "9" * 19])}
    states = {key: found[post_id].state for key, post_id in ids.items()}
    assert states == {
        "same": "there", "edited": "edited", "gone": "deleted", "locked": "protected", "out": "suspended",
        "here_not": "withheld", "nowhere": "withheld",
    }  # fmt: skip
    assert (found["42"].state, found["42"].news) == ("unknown", None), "from before the rehearsal"
    assert found["9" * 19].state == "deleted"
    assert found[ids["same"]].news is None
    news = found[ids["edited"]].news
    assert (news.id, news.revision_id, news.text) == (ids["edited"], newest.id, "edited well #a")
    assert found[ids["here_not"]].news.withheld == ("GB",)
    gone = {found[ids[key]].news.reason for key in ("gone", "locked", "out", "nowhere")}
    assert gone == {"deleted", "protected", "suspended", "withheld"}
    assert desk.source.status.posts_today == 5


async def test_hundreds_are_looked_up_in_batches(desk: Desk, replica: Replica) -> None:
    ids = [replica.world.post({"author": "mira", "text": f"{number}"}).id for number in range(230)]
    assert [s.id for s in await desk.source.look_up(ids)] == ids
    assert await desk.source.look_up([]) == []


@pytest.mark.parametrize(
    ("outcome", "failures", "seconds"),
    [
        (Outcome("closed"), 1, 1),
        (Outcome("lost"), 60, 60),
        (Outcome("refused", status=503), 1, 5),
        (Outcome("refused", status=503), 99, 320),
        (Outcome("refused", status=429), 1, 60),
        (Outcome("refused", status=429), 99, 960),
        (Outcome("refused", status=429, reset_at=NOON.timestamp() + 99), 1, 100),
        (Outcome("refused", status=429, reset_at=NOON.timestamp() - 99), 1, 60),
        (Outcome("refused", status=429, reset_at=9e12), 1, 960),
        (Outcome("refused", status=429, reset_at=float("nan")), 1, 60),
    ],
)
def test_the_pause_fits_what_happened(outcome: Outcome, failures: int, seconds: float) -> None:
    assert backoff(outcome, failures=failures, now=NOON) == seconds


async def test_the_whole_launch_arrives_as_it_was_written(desks: Callable[..., Desk], replica: Replica) -> None:
    desk, launch = desks(), scenario.load("launch")
    await desk.source.sync_rules(rules_for("feed", ["AlkanetLoves", "AlkanetRow", "LanternFW"]))
    desk.run()
    await until(lambda: replica.stream.listeners)
    await replica.play(launch, speed=float("inf"))
    written = [step.what["text"] for step in launch.steps if step.kind in {"post", "edit"}]
    await until(lambda: len(desk.got) == len(written))
    assert [text.replace("https://", "") for text in written] == desk.texts
    assert desk.count("unreadable") == desk.count("garbage") == 0
    states = {s.state for s in await desk.source.look_up([post.revision_id for post in desk.got])}
    assert states == {"there", "edited", "deleted", "protected", "withheld"}


async def test_an_hour_of_garbage_leaves_the_source_up_and_every_kind_is_counted(
    desk: Desk, replica: Replica, clock: Clock
) -> None:
    for minute in range(60):
        clock.moment += timedelta(minutes=1)
        for how in ("garbage", "huge", "duplicates"):
            replica.stream.misbehave(how)
        for how in ("nameless", "textless", "tagless", "listed"):
            replica.stream.misbehave(how)
            say(replica, f"spoilt {minute} #a")
        say(replica, f"good {minute} #a")
        await until(lambda minute=minute: desk.texts[-1:] == [f"good {minute} #a"])
        if minute % 15 == 7:
            times = desk.count("connections")
            replica.stream.misbehave("disconnect" if minute % 2 else "cut")
            await until(lambda times=times: desk.count("connections") > times and replica.stream.listeners == 1)
    assert desk.state == "live" and desk.source.status.reason == ""
    assert {text.partition(" ")[0] for text in desk.texts} == {"good", "spoilt"}  # a search finds some of them whole
    assert desk.count("garbage") == 120 and desk.count("unreadable") >= 45 and desk.count("duplicates") >= 120


async def test_what_comes_too_fast_is_dropped_before_it_is_read_and_nothing_else_counts_as_such(
    desks: Callable[..., Desk], replica: Replica
) -> None:
    desk = desks(limits=replace(LIMITS, burst=10, reading=0.001), daily_cap=1_000)
    await desk.source.sync_rules({"feed": "#a"})
    desk.run()
    await until(lambda: replica.stream.listeners)
    for number in range(30):
        say(replica, f"{number} #a")
        replica.stream.misbehave("garbage")
    replica.stream.misbehave("duplicates", count=7)
    await until(lambda: desk.count("duplicates") == 7)
    assert desk.texts == [f"{number} #a" for number in range(10)]
    assert (desk.count("dropped"), desk.count("garbage"), desk.source.status.posts_today) == (20, 30, 30)
