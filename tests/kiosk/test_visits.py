"""Visits and codes at a tablet: begun twice, lost, come back, and refused in time."""

import asyncio
import secrets
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from kiosk import visits
from kiosk.models import Bag, Visit
from server.core import clock
from server.core.database import Database
from server.core.errors import NotFound
from tests import shopping
from tests.conftest import Served
from tests.shopping import Phone, Tablet, add


async def begun(database: Database, kiosk: str, id: str, bag: str, secret: str) -> Visit:
    """Say a visit in a transaction of its own."""
    async with database.transaction() as db:
        return await visits.begin(db, kiosk, id=id, bag_id=bag, secret=secret)


async def going_on(database: Database) -> list[str]:
    """The visits that are not over."""
    async with database.snapshot() as db:
        return list(await db.scalars(select(Visit.id).where(Visit.ended_at.is_(None))))


async def test_a_visit_that_is_said_twice_at_once_is_one(served: Served, tablet: Tablet) -> None:
    said = str(uuid4()), str(uuid4()), secrets.token_urlsafe(32)
    both = await asyncio.gather(*[begun(served.database, tablet.id, *said) for _ in range(4)])
    assert {visit.id for visit in both} == {said[0]}
    assert await going_on(served.database) == [said[0]]


async def test_of_visits_that_begin_at_once_the_tablet_has_one(served: Served, tablet: Tablet) -> None:
    said = [(str(uuid4()), str(uuid4()), secrets.token_urlsafe(32)) for _ in range(4)]
    await asyncio.gather(*[begun(served.database, tablet.id, *one) for one in said])
    assert len(await going_on(served.database)) == 1


async def test_a_bag_that_is_begun_by_two_requests_at_once_is_one(database: Database) -> None:
    id, secret = str(uuid4()), secrets.token_urlsafe(32)

    async def make() -> None:
        async with database.transaction() as db:
            await visits.made_with(db, id, secret)

    await asyncio.gather(*[make() for _ in range(6)])
    async with database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Bag)) == 1


async def test_a_phone_that_asks_for_a_bag_twice_at_once_has_one(served: Served) -> None:
    phone = Phone(served)
    await phone.client.post("/api/tickets", json={"ticket": "nobody's"})
    (await phone.client.post("/api/bag")).raise_for_status()
    answers = await asyncio.gather(*[phone.client.post("/api/bag") for _ in range(4)])
    assert {answer.json()["bag"] for answer in answers} == {(await phone.bag())["bag"]}


async def test_a_bags_secret_opens_no_second_visit(tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    await tablet.client.delete(f"/api/visits/{tablet.visit}")
    again = {"bag": tablet.bag, "secret": tablet.secret}
    assert (await tablet.client.put(f"/api/visits/{uuid4()}", json=again)).status_code == 404
    assert (await tablet.client.get(f"/api/topics/bag:{tablet.bag}")).status_code == 404


async def test_a_visit_that_was_lost_comes_back_and_one_that_made_room_for_the_next_does_not(
    served: Served, tablet: Tablet
) -> None:
    first, said = tablet.visit, {"bag": tablet.bag, "secret": tablet.secret}
    async with served.database.transaction() as db:
        await visits.end(db, await db.get_one(Visit, first), by="lost")
    assert (await tablet.client.put(f"/api/visits/{first}", json=said)).json()["over"] is False
    await tablet.begin()
    assert (await tablet.client.put(f"/api/visits/{first}", json=said)).json()["over"] is True
    assert await going_on(served.database) == [tablet.visit]


async def test_a_visit_that_comes_back_shows_what_its_bag_has_become(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    own = (await phone.client.post("/api/bag")).json()["bag"]
    await phone.take(tablet)
    async with served.database.transaction() as db:
        await visits.end(db, await db.get_one(Visit, tablet.visit), by="lost")
    said = await tablet.client.put(f"/api/visits/{tablet.visit}", json={"bag": tablet.bag, "secret": tablet.secret})
    assert said.json() == {"visit": tablet.visit, "bag": own, "over": False}


async def test_a_new_code_voids_the_one_that_a_phone_has_opened_and_not_answered(
    served: Served, tablet: Tablet
) -> None:
    phone = Phone(served)
    await phone.client.post("/api/tickets", json={"ticket": await tablet.ticket()})
    number = (await tablet.document())["visit"]["ticket"]["number"]
    await tablet.ticket()
    assert (await phone.client.post("/api/tickets/pick", json={"number": number})).status_code == 410
    assert (await phone.bag())["bag"] is None


async def test_a_code_that_two_phones_open_at_once_is_nobodys(served: Served, tablet: Tablet) -> None:
    ticket, phones = await tablet.ticket(), [Phone(served), Phone(served)]
    answers = await asyncio.gather(*[one.client.post("/api/tickets", json={"ticket": ticket}) for one in phones])
    assert sorted(answer.json()["state"] for answer in answers) == ["asked", "contested"]
    for phone in phones:
        assert (await phone.client.post("/api/tickets/pick", json={"number": 11})).status_code in (401, 410)


async def test_a_phone_that_picks_while_the_tablet_refuses_either_has_the_bag_or_has_lost_it(
    served: Served, tablet: Tablet
) -> None:
    for _ in range(5):
        phone = Phone(served)
        await phone.client.post("/api/tickets", json={"ticket": await tablet.ticket()})
        number = (await tablet.document())["visit"]["ticket"]["number"]
        picked, refused = await asyncio.gather(
            phone.client.post("/api/tickets/pick", json={"number": number}),
            tablet.client.delete(f"/api/visits/{tablet.visit}/tickets"),
        )
        assert refused.is_success
        assert picked.status_code in (200, 410)
        # Whichever came first: the tablet has said no, and nobody has the bag unless the phone was later.
        document = (await tablet.document())["visit"]
        assert (await phone.bag())["bag"] is None
        assert document["taken_at"] is None


async def test_the_bag_of_another_tablets_visit_is_nobody_elses(served: Served, tablet: Tablet) -> None:
    other = await shopping.tablet_at(served)
    async with served.database.transaction() as db:
        with pytest.raises(NotFound):
            await visits.begin(db, other.id, id=tablet.visit, bag_id=tablet.bag, secret=tablet.secret)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_visit_goes_on_when_the_servers_clock_is_set(
    served: Served, tablet: Tablet, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    real, leap = clock.now, timedelta(hours=hours)
    monkeypatch.setattr(visits, "leaps", clock.Leaps())
    assert await visits.end_unheard(served.database) == 0
    for module in (clock, visits):
        monkeypatch.setattr(module, "now", lambda: real() + leap)
    assert await visits.end_unheard(served.database) == 0
    assert await going_on(served.database) == [tablet.visit]
