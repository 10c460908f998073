"""A web process killed in the middle of bag operations and approvals: nothing acknowledged is lost, nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from displays.models import Proposal, Screen
from kiosk import kiosks
from kiosk.models import BagOperation
from server.core import devices, staff
from server.core.audit import AuditEntry
from server.core.database import Database
from server.core.settings import Settings
from social.models import Moderation, Screening
from tests import house, shopping, stories
from tests.faults.clients import Follower, Insistent, all_current
from tests.faults.servers import Redis, find_redis
from tests.faults.serving import Serving, sqlite_home
from tests.postgres import Postgres

CLIENTS = 20
MOST_KEPT = 20
VARIANTS = ("stain-madder", "stain-plum", "slip-ink")


@dataclass
class Installation:
    """The processes of one installation, and what it takes to kill one."""

    settings: Settings
    processes: list[Serving]
    environment: dict[str, str] = field(default_factory=dict)

    async def kill_one(self) -> None:
        """kill -9; where there is no other, it is started again, as systemd would."""
        victim = self.processes[0]
        assert victim.process
        victim.process.kill()
        await victim.process.wait()
        if len(self.processes) == 1:
            await victim.start(**self.environment)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.redis])])
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """One process on SQLite, or two on PostgreSQL and Redis."""
    if request.param == "sqlite":
        settings = sqlite_home(tmp_path / "home", request.getfixturevalue("sqlite_template"))
        return Installation(settings, [Serving(settings)])
    program = find_redis()
    if program is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    redis, postgres = Redis(program), request.getfixturevalue("postgres")
    redis.start()
    request.addfinalizer(redis.remove)
    return over_postgres(postgres, redis.url, tmp_path)


@pytest.fixture
async def installation(prepared: Installation) -> AsyncIterator[Installation]:
    """It, running."""
    await asyncio.gather(*(one.start(**prepared.environment) for one in prepared.processes))
    yield prepared
    for one in prepared.processes:
        await one.stop()


def over_postgres(
    postgres: Postgres, backplane: str, home: Path, *, processes: int = 2, constants: tuple[str, ...] = ()
) -> Installation:
    """Processes that share a database and a backplane."""
    settings = Settings(home=home, database_url=postgres.url(postgres.create()), sources=False, backplane_url=backplane)
    return Installation(
        settings,
        [Serving(settings, constants=constants) for _ in range(processes)],
        {"VITRINE_BACKPLANE_URL": backplane},
    )


class Customer:
    """One of the clients: a tablet with a shopper before it, and a moderator beside it."""

    def __init__(self, number: int, addresses: list[str], token: str, cookie: str) -> None:
        self.name, self.token = f"Moderator {number}", token
        self.bag, self.visit, self.secret = str(uuid4()), str(uuid4()), uuid4().hex * 2
        turned = addresses[number % len(addresses) :] + addresses[: number % len(addresses)]
        self.tablet = Insistent(turned, authorization=f"Bearer {token}")
        self.person = Insistent(turned, cookie=f"{staff.COOKIE}={cookie}")
        self.kept: dict[str, str] = {}
        """Adds that hold, by what was acknowledged: id and variant."""
        self.said: list[str] = []
        """Every operation that was acknowledged."""
        self.approved: list[int] = []

    async def begin(self) -> None:
        answer = await self.tablet.ask(
            "PUT", f"/api/visits/{self.visit}", json={"bag": self.bag, "secret": self.secret}
        )
        answer.raise_for_status()

    async def tap(self, number: int) -> None:
        """Two adds, then a removal of the oldest one, and so on; the bag never gets full."""
        adds = not self.kept or (number % 3 < 2 and len(self.kept) < MOST_KEPT)
        done = shopping.add(VARIANTS[number % 2]) if adds else shopping.remove([next(iter(self.kept))])
        body = {"operations": [done], "secret": self.secret}
        answer = await self.tablet.ask("POST", f"/api/bags/{self.bag}/operations", json=body)
        assert answer.is_success and answer.json()["outcomes"] == [{"id": done["id"], "kept": True, "why": ""}]
        self.said.append(done["id"])
        if done["kind"] == "add":
            self.kept[done["id"]] = done["variant"]
        for id in done.get("adds", ()):
            del self.kept[id]

    async def approve(self, row: int, digest: str) -> None:
        answer = await self.person.ask("POST", f"/console/queue/{row}/approval", data={"digest": digest})
        assert answer.status_code == 201, answer.text
        self.approved.append(row)


async def customers(installation: Installation) -> tuple[list[Customer], dict[str, str]]:
    """Twenty tablets with as many moderators, and two screens by their tokens."""
    database, addresses = installation.processes[0].database, [one.address for one in installation.processes]
    made = []
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db, automatic=False))
        screens = dict([await house.screen(db, "Window"), await house.screen(db, "Pillar", size=(1080, 1920))])
        for number in range(CLIENTS):
            device = devices.create(db, kind="kiosk", by="a test")
            await db.flush()
            await kiosks.add(db, device, kiosks.Setting(name=f"Tablet {number}", store_id="OXF"), by="a test")
            email, name = f"m{number}@house.test", f"Moderator {number}"
            person = await staff.add(db, email=email, name=name, role="moderator")
            cookie = await staff.sign_in(db, person, hours=1)
            made.append(Customer(number, addresses, devices.issue(device), cookie))
    return made, {screen.id: token for screen, token in screens.items()}


async def posts(installation: Installation, count: int) -> list[tuple[int, str]]:
    """Posts that wait for a verdict: their rows of the queue, with the card that is shown."""
    database = installation.processes[0].database
    words = "Madder red lipstick, worn all {} day. #HouseLoves"
    waiting = [stories.post(words.format("long " * (n % 9)), handle=f"reader{n}") for n in range(count)]
    await stories.arrive(database, installation.settings, *waiting)
    async with database.snapshot() as db:
        query = select(Screening.id, Proposal.card).join(Proposal, Proposal.screening_id == Screening.id)
        found = [(row, card) for row, card in await db.execute(query.where(Screening.state == "waiting"))]
    assert len(found) == count
    return found


async def followed(installation: Installation, made: list[Customer], screens: dict[str, str]) -> list[Follower]:
    """Every tablet's and screen's page, and the queue's."""
    lives = [one.live for one in installation.processes]
    database = installation.processes[0].database
    async with database.snapshot() as db:
        loops = {id: (await db.get_one(Screen, id)).loop_key for id in screens}
    cookie = made[0].person._client.headers["cookie"]
    return [
        Follower(lives, ["queue"], cookie=cookie),
        *(Follower(lives, [f"screen:{id}", f"loop:{loops[id]}"], token=token) for id, token in screens.items()),
        *(Follower(lives[n % len(lives) :] + lives[: n % len(lives)], [f"bag:{one.bag}"], token=one.token) for n, one in enumerate(made)),
    ]  # fmt: skip


LENGTHS = [60, pytest.param(500, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", LENGTHS)
async def test_what_was_acknowledged_before_a_process_is_killed_is_there_and_once(
    installation: Installation, count: int
) -> None:
    made, screens = await customers(installation)
    rows = await posts(installation, count)
    await asyncio.gather(*(one.begin() for one in made))
    followers = await followed(installation, made, screens)
    acknowledged, half = 0, asyncio.Event()

    async def work(one: Customer, number: int) -> None:
        nonlocal acknowledged
        own = rows[number::CLIENTS]
        for turn in range(count // CLIENTS):
            await one.tap(turn)
            await one.approve(*own[turn])
            acknowledged += 2
            if acknowledged >= count * 0.6:
                half.set()

    async def kill() -> None:
        await half.wait()
        await installation.kill_one()

    await asyncio.gather(kill(), *(work(one, number) for number, one in enumerate(made)))
    assert sum(one.tablet.tried_again + one.person.tried_again for one in made) > 0, "nobody noticed anything"
    await all_current(followers, installation.processes[-1].database)
    await whole(installation.processes[-1].database, made, [row for row, _ in rows])
    for one in followers:
        await one.stop()
    for one in made:
        await one.tablet.close()
        await one.person.close()


async def whole(database: Database, made: list[Customer], rows: list[int]) -> None:
    """What the database holds is what was acknowledged, each thing once."""
    async with database.snapshot() as db:
        operations = list(await db.scalars(select(BagOperation.id)))
        assert sorted(operations) == sorted(id for one in made for id in one.said)
        verdicts: list[Any] = list(await db.execute(select(Moderation.screening_id, Moderation.by, Moderation.over_at)))
        assert sorted((row, by) for row, by, _ in verdicts) == sorted(
            (row, one.name) for one in made for row in one.approved
        )
        assert sorted(row for row, *_ in verdicts) == sorted(rows) and not any(over for *_, over in verdicts)
        told = select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "approved post")
        assert await db.scalar(told) == len(rows)
    for one in made:
        answer = await one.tablet.ask("GET", f"/api/topics/bag:{one.bag}")
        items = answer.json()["doc"]["items"]
        assert sorted((id, item["variant"]) for item in items for id in item["adds"]) == sorted(one.kept.items())
