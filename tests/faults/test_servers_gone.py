"""Redis and PostgreSQL that go away and come back under running processes: late by seconds, never wrong, and said clearly."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import until
from tests.faults.clients import Follower, Insistent, all_current, caught_up
from tests.faults.servers import FragilePostgres, Redis, find_redis
from tests.faults.test_web_killed import Customer, Installation, customers, followed, over_postgres, whole
from tests.postgres import Postgres, find_postgres

pytestmark = [pytest.mark.postgresql]
TAPS_A_SECOND = 5


@pytest.fixture
def redis() -> Iterator[Redis]:
    program = find_redis()
    if program is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    server = Redis(program)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def fragile() -> Iterator[FragilePostgres]:
    """A PostgreSQL server of this test alone."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    server = FragilePostgres(programs)
    try:
        with ThreadPoolExecutor(1) as aside:  # it starts an event loop of its own
            aside.submit(server.start).result()
        yield server
    finally:
        server.stop()


async def started(made: Installation) -> Installation:
    await asyncio.gather(*(one.start(**made.environment) for one in made.processes))
    return made


@pytest.fixture
async def two(postgres: Postgres, redis: Redis, tmp_path: Path) -> AsyncIterator[Installation]:
    """Two processes that share a database, and a Redis that may die."""
    made = await started(over_postgres(postgres, redis.url, tmp_path))
    yield made
    for one in made.processes:
        await one.stop()


@pytest.fixture
async def alone(fragile: FragilePostgres, tmp_path: Path) -> AsyncIterator[Installation]:
    """One process on a PostgreSQL that may die."""
    made = await started(
        over_postgres(fragile, "", tmp_path, processes=1, constants=("server.probes.READY_SECONDS=1",))
    )
    yield made
    for one in made.processes:
        await one.stop()


async def backplane(made: Installation) -> list[str]:
    """What each process says of it at /health/ready; all of them are up."""
    said = []
    for one in made.processes:
        async with one.client() as client:
            answer = await client.get("/health/ready")
            assert answer.status_code == 200 and one.process and one.process.returncode is None
            said.append(answer.json()["backplane"])
    return said


async def lateness(customer: Customer, page: Follower) -> float:
    """How long after a tap at one process the page at the other has it."""
    await customer.tap(0)
    added, began = list(customer.kept)[-1], time.monotonic()

    async def seen() -> bool:
        items = page.documents[f"bag:{customer.bag}"]["items"]
        return any(added in item["adds"] for item in items)

    await until(seen, seconds=30)
    return time.monotonic() - began


@pytest.mark.redis
@pytest.mark.parametrize("seconds", [3, pytest.param(45, marks=pytest.mark.soak)])
async def test_redis_gone_makes_what_is_shown_late_by_the_sweep_and_nothing_else(
    two: Installation, redis: Redis, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    (customer, *_), _ = await customers(two)
    writer, reader = two.processes
    customer.tablet = Insistent([writer.address], authorization=f"Bearer {customer.token}")
    await customer.begin()
    page = Follower([reader.live], [f"bag:{customer.bag}"], token=customer.token)
    await all_current([page], reader.database)

    async def all_say(good: bool) -> bool:
        return all((one == "ok") is good for one in await backplane(two))

    await until(lambda: all_say(True), seconds=30)
    before = [await lateness(customer, page) for _ in range(5)]
    redis.kill()
    await until(lambda: all_say(False), seconds=30)
    async with await writer.staff("admin") as admin:
        assert "does not work" in (await admin.get("/console/health")).text
        over, during = time.monotonic() + seconds, []
        while time.monotonic() < over:
            during.append(await lateness(customer, page))
        await asyncio.to_thread(redis.start)
        await until(lambda: all_say(True), seconds=40)
        assert "carries news between processes" in (await admin.get("/console/health")).text
    after = [await lateness(customer, page) for _ in range(5)]
    await all_current([page], reader.database)
    assert page.sockets == 1
    await page.stop()
    assert not [one for process in two.processes for one in crashes(process.log)]
    with capsys.disabled():
        print(f"\n  Redis away: late by at most {max(during):.2f} s; before {max(before):.2f}, after {max(after):.2f}")


def crashes(log: Path) -> list[str]:
    """Lines of a process that tell of a bug of ours."""
    return [line for line in log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]


async def at_work(alone: Installation) -> tuple[list[Customer], list[Follower]]:
    """Eight customers with a bag each, and all that follow what they do, current."""
    made, screens = await customers(alone)
    made = made[:8]
    await asyncio.gather(*(one.begin() for one in made))
    followers = await followed(alone, made, screens)
    await all_current(followers, alone.processes[0].database)
    return made, followers


@pytest.mark.parametrize("rounds", [1, pytest.param(6, marks=pytest.mark.soak)])
async def test_postgresql_restarted_is_said_in_words_and_all_are_current_soon(
    alone: Installation, fragile: FragilePostgres, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    made, followers = await at_work(alone)
    (process,) = alone.processes
    over, took = False, []

    async def work(one: Customer) -> None:
        turn = 0
        while not over:
            await one.tap(turn)
            turn += 1
            await asyncio.sleep(1 / TAPS_A_SECOND)

    working = [asyncio.create_task(work(one)) for one in made]
    for _ in range(rounds):
        refused = len(refusals(made))
        fragile.crash()

        async def noticed(refused: int = refused) -> bool:
            return len(refusals(made)) > refused + len(made)

        await until(noticed, seconds=20)
        async with process.client() as client:
            assert (await client.get("/health/ready")).status_code == 503
        await fragile.again()
        began = time.monotonic()
        for one in made:  # something that nobody can have yet
            heard = len(one.said)
            await until(lambda one=one, heard=heard: _more(one, heard, working), seconds=60)
        await caught_up(followers, process.database, seconds=60)
        took.append(time.monotonic() - began)
    over = True
    await asyncio.gather(*working)
    await all_current(followers, process.database)
    await whole(process.database, made, [])
    for answer in refusals(made):
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert "database" in answer.json()["detail"]
    assert [one.sockets for one in followers] == [1] * len(followers) and not crashes(process.log)
    for one in followers:
        await one.stop()
    with capsys.disabled():
        print(
            f"\n  PostgreSQL back: taps answered and all current after at most {max(took):.2f} s; {len(refusals(made))} answers of 503"
        )


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.soak)])
async def test_postgresql_that_hangs_is_said_to_be_away_and_nothing_is_done_twice(
    alone: Installation, fragile: FragilePostgres, seconds: float
) -> None:
    made, followers = await at_work(alone)
    (process,) = alone.processes
    fragile.freeze()
    try:
        tapping = [asyncio.create_task(one.tap(0)) for one in made]
        async with process.client() as client:
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/health/ready")).status_code == 503
        await asyncio.sleep(seconds)
    finally:
        fragile.thaw()
    await asyncio.gather(*tapping)
    await all_current(followers, process.database, seconds=60)
    await whole(process.database, made, [])
    assert {answer.status_code for answer in refusals(made)} <= {503} and not crashes(process.log)
    assert [one.sockets for one in followers] == [1] * len(followers)
    for one in followers:
        await one.stop()


async def _more(one: Customer, heard: int, working: list[asyncio.Task[None]]) -> bool:
    for task in working:
        if task.done():
            await task  # it ended with what went wrong
    return len(one.said) > heard


def refusals(made: list[Customer]) -> list[httpx.Response]:
    return [answer for one in made for answer in one.tablet.refusals]
