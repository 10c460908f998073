"""From the network to the glass through the real client: a replica of X that tells nobody when a post is deleted."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from catalog.shelving import Compiled
from server import jobs
from server.core.clock import now
from server.core.hub import cancelled
from server.core.settings import Settings
from social import intake, listening
from social.arriving import Arrivals
from social.judging import Judge, Opinions
from social.listening import Listener
from social.models import Feed, Picture, Post, ReadMeter, Screening, SourceState
from social.rehearsal.replica import Replica
from social.rehearsal.scenario import read
from tests import house, stories
from tests.conftest import Served, until

POST = """
{"author": {"handle": "ada", "name": "Ada"}}
{"post": {"key": "one", "author": "ada", "text": "Madder red lipstick, all day. #HouseLoves", "lang": "en"}}
"""


def png() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (80, 80), "#775544").save(body, "PNG")
    return body.getvalue()


class Street:
    def __init__(self, served: Served, replica: Replica, listener: Listener, arrivals: Arrivals) -> None:
        self.served, self.replica, self.listener, self.arrivals = served, replica, listener, arrivals

    async def play(self, text: str) -> None:
        for step in read(text).steps:
            self.replica.player.do(step)

    async def state(self) -> list[str]:
        async with self.served.database.snapshot() as db:
            return list(await db.scalars(select(Screening.state).order_by(Screening.id)))


@pytest.fixture
async def network(served: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Replica, Settings]]:
    """X, and the settings with which it is heard for a feed of the house."""
    monkeypatch.setattr(listening, "RULES_SECONDS", 0.2)
    monkeypatch.setattr(listening, "TELL_SECONDS", 0.2)
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        await house.campaign(db, await house.feed(db))
    replica = Replica(token="rehearsal", pictures=lambda name: png(), keep_alive=0.5)
    base = await replica.start()
    settings = replace(
        served.app.state.settings,
        x_bearer_token="rehearsal",
        x_api_base=base,
        allow_fetch=base.partition("://")[2],
        x_posts_a_day=5,
    )
    yield replica, settings
    await replica.stop()


@pytest.fixture
async def street(served: Served, network: tuple[Replica, Settings]) -> AsyncIterator[Street]:
    replica, settings = network
    arrivals = Arrivals(served.database, settings, Compiled(served.database))
    listener = Listener(served.database, settings, arrivals)
    running = asyncio.create_task(listener.run())
    street = Street(served, replica, listener, arrivals)
    await until(lambda: _listening(replica))
    yield street
    await cancelled(running)


async def _listening(replica: Replica) -> bool:
    return bool(replica.stream.listeners and replica.rules.rules)


async def test_a_post_on_the_stream_goes_live_and_leaves_when_a_look_up_finds_it_deleted(street: Street) -> None:
    await street.play(POST)
    await until(lambda: _is(street, ["approved"]))
    street.replica.world.delete("one")
    assert await street.state() == ["approved"]  # the stream does not say so
    assert await street.listener.recheck() == 1
    await until(lambda: _is(street, ["over"]))
    async with street.served.database.snapshot() as db:
        post = await db.scalar(select(Post))
    assert post.gone_because == "deleted" and post.text == ""


async def test_an_author_who_goes_private_takes_their_post_off_the_glass(street: Street) -> None:
    await street.play(POST)
    await until(lambda: _is(street, ["approved"]))
    street.replica.world.people["ada"].protected = True
    await street.listener.recheck()
    await until(lambda: _is(street, ["over"]))


async def test_the_day_s_cap_stops_the_stream_and_says_what_was_spent(street: Street) -> None:
    more = [json.dumps({"post": {"author": "ada", "text": f"Number {n} #HouseLoves", "lang": "en"}}) for n in range(8)]
    await street.play(POST + "\n".join(more))

    async def capped() -> bool:
        async with street.served.database.snapshot() as db:
            state, meter = await db.get(SourceState, "x"), await db.scalar(select(ReadMeter))
            return bool(
                state and state.state == "capped" and "US dollars" in state.reason and meter and meter.posts >= 5
            )

    await until(capped, seconds=30)


async def test_a_feed_that_listens_for_another_tag_changes_the_rules_at_the_network(street: Street) -> None:
    async with street.served.database.transaction() as db:
        feed = await db.scalar(select(Feed))
        feed.tags = ["HouseAutumn"]

    async def follows() -> bool:
        return any("HouseAutumn" in str(rule) for rule in street.replica.rules.rules.values())

    await until(follows, seconds=20)


async def test_a_feed_that_asks_for_replies_hears_them_and_lets_them_pass(street: Street) -> None:
    async with street.served.database.transaction() as db:
        feed = await db.scalar(select(Feed))
        feed.screening = {"replies": True}

    async def follows() -> bool:
        return not any("is:reply" in str(rule) for rule in street.replica.rules.rules.values())

    await until(follows, seconds=20)
    await street.play(POST.replace('"key": "one"', '"reply": true'))
    await until(lambda: _is(street, ["approved"]))


async def test_rules_that_somebody_changed_at_the_network_are_mended_at_every_connection_and_four_times_an_hour(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, wanted = street.replica.rules, set(values(street))

    async def mended() -> bool:
        return bool(wanted) and set(values(street)) == wanted

    def meddle() -> None:
        rules.change({"delete": {"ids": list(rules.rules)}}, dry=False)
        rules.change({"add": [{"value": "#another", "tag": "vitrine:of a sleeper"}]}, dry=False)

    meddle()
    street.replica.stream.misbehave("close")
    await until(mended)
    rules.change({"delete": {"ids": list(rules.rules)}}, dry=False)  # X lets nobody connect without a rule
    street.replica.stream.misbehave("cut")
    await until(mended)
    await until(lambda: _listening(street.replica))
    meddle()
    monkeypatch.setattr(listening, "RULES_AGAIN_SECONDS", 0.5)
    await until(mended)


async def test_a_refusal_is_written_down_for_as_long_as_it_lasts_and_ends_when_a_feed_is_changed(
    street: Street,
) -> None:
    street.replica.stream.misbehave("refuse", status=402, detail="CreditsDepleted")

    async def state() -> SourceState:
        async with street.served.database.snapshot() as db:
            return await db.get_one(SourceState, "x")

    async def refused() -> bool:
        row = await state()
        return row.state == "refused" and "Buy credit" in row.reason and "CreditsDepleted" in row.reason

    await until(refused)
    street.listener.source._last_byte_at = None  # as with a token that X never knew
    known = (await state()).written_at

    async def told_again() -> bool:
        return (await state()).written_at > known

    await until(told_again)
    async with street.served.database.transaction() as db:
        (await db.scalar(select(Feed))).tags = ["HouseLoves", "HouseAutumn"]

    async def live() -> bool:
        return (await state()).state == "live"

    await until(live)


async def test_rules_that_x_refuses_are_said_and_not_asked_for_all_the_time(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def refuse(wanted: list, dry: bool) -> tuple[int, dict]:
        tries.append(len(wanted))
        return 201, {"errors": [{"value": "#a", "title": "RulesCapExceeded", "details": ["no room for more rules"]}]}

    monkeypatch.setattr(street.replica.rules, "_add", refuse)
    async with street.served.database.transaction() as db:
        (await db.scalar(select(Feed))).tags = ["HouseAutumn"]

    async def said() -> bool:
        async with street.served.database.snapshot() as db:
            row = await db.get_one(SourceState, "x")
            return row.state == "live" and "no room for more rules" in row.reason

    await until(said)
    await street.listener._follow_feeds()
    assert tries == [1]


async def test_a_deletion_is_obeyed_though_other_news_of_the_same_round_is_refused(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = POST.replace('"one"', '"two"').replace("all day", "all night")
    await street.play(POST)
    await until(lambda: _is(street, ["approved"]))
    await street.play(two)
    await until(lambda: _is(street, ["approved", "approved"]))

    async def refuse(db: object, news: object) -> None:
        raise ValueError("always")

    monkeypatch.setattr(intake, "store", refuse)
    street.replica.world.delete("one")
    street.replica.world.withhold("two", ["GB"])
    assert await street.listener.recheck() == 1
    assert await street.state() == ["over", "approved"]


async def test_x_is_heard_and_comes_first_while_what_others_left_is_judged_and_what_goes_meanwhile_is_not(
    served: Served, network: tuple[Replica, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    replica, settings = network
    await stories.have_avatar(served.database)
    left = [stories.post(handle=f"left{number}", received_at=now() - timedelta(minutes=1)) for number in range(12)]
    async with served.database.transaction() as db:
        ids = [(await intake.store(db, post)).id for post in left]
    open_again, judged = asyncio.Event(), list[int]()

    async def write(self: Judge, post_id: int, opinions: Opinions) -> None:
        await open_again.wait()
        judged.append(post_id)

    monkeypatch.setattr(Judge, "write", write)
    running = asyncio.create_task(jobs._listen(served.database, settings, Compiled(served.database)))
    await until(lambda: _listening(replica))
    await Arrivals(served.database, settings, Compiled(served.database)).take(stories.deleted(left[-1]))
    for step in read(POST).steps:
        replica.player.do(step)

    async def pictured() -> bool:
        async with served.database.snapshot() as db:
            return await db.scalar(select(Picture).where(Picture.url.like("%avatar-ada%"))) is not None

    async def all_judged() -> bool:
        return len(judged) == len(ids)

    await until(pictured)
    open_again.set()
    await until(all_judged)
    [live] = set(judged) - set(ids)
    assert judged.index(live) < 8 and set(judged) == {*ids[:-1], live}
    await cancelled(running)


def values(street: Street) -> list[str]:
    return [rule["value"] for rule in street.replica.rules.rules.values()]


async def _is(street: Street, wanted: list[str]) -> bool:
    return await street.state() == wanted
