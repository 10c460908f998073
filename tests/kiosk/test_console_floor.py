"""The floor: who calls at which tablet, with what; answered by an associate, who sees their own store and nothing else."""

import httpx
import pytest
from sqlalchemy import select

from catalog.models import Store
from kiosk.models import Call
from server.core import staff
from server.core.audit import AuditEntry
from server.core.staff import Staff
from tests import house, shopping
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Tablet, add

HX = {"hx-request": "true"}


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet in Oxford Street with a shopper who has collected two things; another store is there too."""
    await shopping.catalogue(served.database)
    async with served.database.transaction() as db:
        db.add(
            Store(
                id="a/b",
                name="Carnaby",
                latitude=51.513,
                longitude=-0.138,
                time_zone="Europe/London",
                hours=house.HOURS,
            )
        )
    made = await shopping.tablet_at(served)
    await made.begin()
    await made.send(add("stain-madder"), add("stain-plum"))
    return made


async def call_at(served: Served, client: httpx.AsyncClient, tablet: Tablet) -> int:
    """The shopper asks for somebody; the id of the call, as the page has it."""
    assert (await tablet.client.post(f"/api/visits/{tablet.visit}/call")).status_code == 201
    text = (await client.get("/console/floor/OXF", headers=HX)).text
    return int(text.partition('id="call-')[2].partition('"')[0])


async def test_an_associate_answers_and_the_tablet_says_who_is_coming(served: Served, tablet: Tablet) -> None:
    async with await served.staff("associate") as ines:
        assert "Nobody is calling" in (await ines.get("/console/floor/OXF")).text
        id = await call_at(served, ines, tablet)
        page = (await ines.get("/console/floor/OXF")).text
        for words in (
            "1 shopper waits",
            "Lips, by the mirror",
            "Velvet Lipstick",
            "Madder Red",
            "£24.00",
            "3 here",
            "none here",
        ):
            assert words in page
        answer = await ines.post(f"/console/calls/{id}/answer", headers=HX)
        assert answer.status_code == 200 and "Associate is coming" in answer.text
        assert (await tablet.document())["visit"]["call"]["answered_by"] == "Associate"
        again = await ines.post(f"/console/calls/{id}/answer", headers=HX)
        assert again.status_code == 409 and "was first" in again.text
        assert "Nobody is calling" in (await ines.delete(f"/console/calls/{id}", headers=HX)).text
    assert (await tablet.document())["visit"]["call"] is None
    async with served.database.snapshot() as db:
        entries = list(
            await db.scalars(select(AuditEntry).where(AuditEntry.what.contains("call")).order_by(AuditEntry.id))
        )
    assert [(one.who, one.what, one.which) for one in entries] == [
        ("Associate", "answered call", "Lips, by the mirror"), ("Associate", "ended call", "Lips, by the mirror"),
    ]  # fmt: skip


async def test_a_call_goes_with_its_tablet_to_another_store_and_whoever_was_coming_is_not(
    served: Served, tablet: Tablet
) -> None:
    settings = {"name": "Lips, by the mirror", "store_id": "a/b", "language": "en", "idle_seconds": "45"}
    async with await served.staff("associate") as ines, await served.staff("admin") as admin:
        id = await call_at(served, ines, tablet)
        await ines.post(f"/console/calls/{id}/answer", headers=HX)
        async with Live(served.live, token=tablet.token, have={f"kiosk:{tablet.id}": None}) as glass:
            await glass.document(f"kiosk:{tablet.id}", lambda doc: bool(doc["visit"]["call"]["answered_by"]))
            assert (await admin.post(f"/console/tablets/{tablet.id}", data=settings)).status_code == 303
            await glass.document(f"kiosk:{tablet.id}", lambda doc: doc["visit"]["call"]["answered_by"] == "")
        assert "Nobody is calling" in (await ines.get("/console/floor/OXF")).text
        assert (await ines.post(f"/console/calls/{id}/answer", headers=HX)).status_code == 404
        assert "1 shopper waits" in (await admin.get("/console/floor/a%2Fb")).text
    await tablet.client.delete(f"/api/visits/{tablet.visit}/call")
    assert (await tablet.client.post(f"/api/visits/{tablet.visit}/call")).status_code == 201
    async with served.database.snapshot() as db:
        assert set(await db.scalars(select(Call.store_id).where(Call.ended_at.is_(None)))) == {"a/b"}


async def test_an_associate_sees_the_floor_of_one_store_and_nothing_else(served: Served, tablet: Tablet) -> None:
    async with await served.staff("associate", store="a/b") as other, await served.staff("admin") as admin:
        id = await call_at(served, admin, tablet)
        start = await other.get("/console")
        assert start.status_code == 303 and start.headers["location"] == "/console/floor"
        assert (await other.get("/console/floor")).headers["location"] == "/console/floor/a%2Fb"
        own = (await other.get("/console/floor/a%2Fb")).text
        assert "Carnaby" in own and "Nobody is calling" in own and "red-button" not in own.partition("<body")[2]
        assert own.count('data-go="') == 1, "the navigation leads to the floor alone"
        for path in ("/console/floor/OXF", "/console/floor/none", "/console/floor/%00"):
            assert (await other.get(path)).status_code == 404
        assert (await other.post(f"/console/calls/{id}/answer")).status_code == 404
        assert (await other.delete(f"/console/calls/{id}")).status_code == 404
        assert (await other.get("/console/account")).status_code == 200
        for path in ("/console/tablets", "/console/screens", "/console/queue", "/console/home/now", "/console/staff",
                     f"/console/tablets/{tablet.id}", "/console/red-button", "/console/audit"):  # fmt: skip
            assert (await other.get(path)).status_code == 403, path
        assert (await other.delete("/console/calls?store=a%2Fb")).status_code == 403
        assert (await other.delete(f"/console/visits/{tablet.visit}")).status_code == 403


async def test_live_topics_of_staff_are_closed_to_associates_but_their_own_floor(
    served: Served, tablet: Tablet
) -> None:
    async with await served.staff("associate") as ines:
        cookie = f"{staff.COOKIE}={ines.cookies[staff.COOKIE]}"
    closed = ["kiosks", "queue", "screens", f"kiosk:{tablet.id}", "floor:other", f"bag:{tablet.bag}", "store:OXF"]
    names = dict.fromkeys([*closed, "floor:OXF"])
    async with Live(served.live, have=names, additional_headers={"Cookie": cookie}) as page:
        assert (await page.document("floor:OXF"))["waiting"] == 0
        await tablet.client.post(f"/api/visits/{tablet.visit}/call")
        await page.document("floor:OXF", lambda doc: doc["waiting"] == 1)
        denied = [said["topic"] for said in page.messages if said["type"] == "denied"]
        assert set(denied) == set(closed)
        async with served.database.transaction() as db:
            person = (await db.scalars(select(Staff).where(Staff.role == "associate"))).one()
            await staff.change_role(db, person, "viewer")
        assert await page.closed() == 4401, "the page is loaded anew with what the new role reaches"


async def test_a_merchandiser_sees_every_floor_and_clears_one(served: Served, tablet: Tablet) -> None:
    async with await served.staff("merchandiser") as client:
        await call_at(served, client, tablet)
        listed = (await client.get("/console/floor")).text
        assert "Oxford Street" in listed and "1 waits" in listed and "Carnaby" not in listed
        answer = await client.delete("/console/calls?store=OXF", headers=HX)
        assert answer.status_code == 200 and "Nobody is calling" in answer.text
        assert (await tablet.document())["visit"]["call"] is None
        assert (await client.delete("/console/calls?store=none")).status_code == 404


async def test_what_was_collected_is_shown_without_who_collected_it(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        from kiosk.models import Bag, Customer
        from server.core.clock import now

        customer = Customer(email="mia@shopper.test", created_at=now())
        db.add(customer)
        await db.flush()
        (await db.get_one(Bag, tablet.bag)).customer_id = customer.id
    async with await served.staff("associate") as ines:
        await call_at(served, ines, tablet)
        page = (await ines.get("/console/floor/OXF")).text
    assert "Madder Red" in page and "mia" not in page and "shopper.test" not in page
