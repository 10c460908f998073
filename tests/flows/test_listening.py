"""From the network to the glass through the real client: a replica of X that tells nobody when a post is deleted."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import select

from catalog.shelving import Compiled
from server.core.hub import cancelled
from social.arriving import Arrivals
from social.listening import Listener
from social.models import Feed, Post, ReadMeter, Screening, SourceState
from social.rehearsal.replica import Replica
from social.rehearsal.scenario import read
from tests import house
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
async def street(served: Served) -> AsyncIterator[Street]:
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
    arrivals = Arrivals(served.database, settings, Compiled(served.database))
    listener = Listener(served.database, settings, arrivals)
    running = asyncio.create_task(listener.run())
    street = Street(served, replica, listener, arrivals)
    await until(lambda: _listening(replica))
    yield street
    await cancelled(running)
    await replica.stop()


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


async def _is(street: Street, wanted: list[str]) -> bool:
    return await street.state() == wanted
