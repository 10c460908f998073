"""Tablets through the console: paired by the code on the glass, told how they stand, changed, cleared, taken out."""

import json

import httpx
import pytest
import websockets
from sqlalchemy import select

from displays.models import Screen
from kiosk.models import Kiosk, KioskReport, Visit
from server.core.audit import AuditEntry
from server.core.clock import now
from tests import house, shopping
from tests.conftest import Served
from tests.shopping import add

HX = {"hx-request": "true"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
SETTINGS = {"name": "Lips, by the mirror", "store_id": "OXF", "language": "nb", "idle_seconds": "60"}


@pytest.fixture(autouse=True)
async def _house(served: Served) -> None:
    await shopping.catalogue(served.database)


async def offer(served: Served, kind: str = "kiosk") -> dict:
    async with served.client() as glass:
        return (await glass.post("/api/pairing", json={"kind": kind, "width": 1024, "height": 768})).json()


async def paired(served: Served, client: httpx.AsyncClient, **settings: str) -> tuple[str, str]:
    """A tablet taken in through the console, and its token."""
    glass = await offer(served)
    answer = await client.post("/console/tablets", data={**SETTINGS, "code": glass["code"], **settings})
    assert answer.status_code == 303, answer.text
    async with served.client() as tablet:
        headers = {"authorization": f"Bearer {glass['secret']}", "accept": "application/json"}
        told = (await tablet.get("/api/pairing", headers=headers)).json()
    assert answer.headers["location"].endswith(told["id"])
    return told["id"], told["token"]


async def test_a_tablet_is_paired_by_its_code_and_knows_its_store(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    glass = await offer(served)
    page = await client.get("/console/tablets/new", params={"code": f"{glass['code'][:3].lower()} {glass['code'][3:]}"})
    assert "1,024 × 768" in page.text and "Pair this tablet" in page.text
    id, token = await paired(served, client)
    async with served.client() as tablet:
        answer = await tablet.get(f"/api/topics/kiosk:{id}", headers={"authorization": f"Bearer {token}"})
    document = answer.json()["doc"]
    assert (document["name"], document["store"]["name"], document["language"], document["idle_seconds"]) == (
        "Lips, by the mirror", "Oxford Street", "nb", 60,
    )  # fmt: skip
    listed = (await client.get("/console/tablets")).text
    assert "Lips, by the mirror" in listed and "Oxford Street" in listed and "not begun" in listed
    assert "Oxford Street" in (await client.get(f"/console/tablets/{id}")).text


async def test_each_pairing_form_says_where_the_others_code_goes(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    for kind, form, elsewhere in (
        ("kiosk", "/console/screens", "/console/tablets"), ("screen", "/console/tablets", "/console/screens"),
    ):  # fmt: skip
        code = (await offer(served, kind))["code"]
        link = f'href="{elsewhere}/new?code={code}"'
        assert link in (await client.get(f"{form}/new", params={"code": code})).text
        answer = await client.post(form, data={**SETTINGS, "code": code})
        assert answer.status_code == 422 and link in answer.text
        assert "pixels" in (await client.get(f"{elsewhere}/new", params={"code": code})).text


async def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, _ = await paired(served, client)
    wrong = {"name": " ", "store_id": "NOWHERE", "language": "xx", "idle_seconds": "soon"}
    answer = await client.post(f"/console/tablets/{id}", data=wrong)
    assert answer.status_code == 422 and "Nothing was saved" in answer.text and 'value="soon"' in answer.text
    for words in ("needs a name", "belongs to a store", "en, vi or nb", "15 to 600 seconds"):
        assert words in answer.text
    answer = await client.post("/console/tablets", data={**SETTINGS, "code": "ZZZZZZ", "name": "Kept name"})
    assert answer.status_code == 422 and "No device shows that code" in answer.text and "Kept name" in answer.text


async def test_a_name_with_markup_in_it_stays_a_name(served: Served, staff_client) -> None:
    client = await staff_client("admin")
    id, _ = await paired(served, client, name=HOSTILE)
    async with served.database.transaction() as db:
        report = await db.get_one(KioskReport, id)
        report.connected, report.seen_at, report.error, report.version, report.browser = (
            True, now(), HOSTILE, HOSTILE[:32], HOSTILE,
        )  # fmt: skip
    for path in ("", f"/{id}", f"/{id}/now"):
        text = (await client.get(f"/console/tablets{path}")).text
        assert "<script>alert" not in text and "<img src=x" not in text
    assert "<script>alert" not in (await client.get("/console/floor/OXF")).text


async def test_a_tablet_that_is_taken_out_is_cut_off_with_its_screen(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, token = await paired(served, client)
    async with websockets.connect(served.live) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token, "have": {}}))
        assert json.loads(await socket.recv())["type"] == "welcome"
        answer = await client.delete(f"/console/tablets/{id}", headers=HX)
        assert answer.headers["hx-redirect"] == "/console/tablets"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            while True:
                await socket.recv()
        assert closed.value.rcvd and closed.value.rcvd.code == 4401
    assert (await client.get(f"/console/tablets/{id}")).status_code == 404
    assert "No tablet yet" in (await client.get("/console/tablets")).text


async def test_its_screen_stands_with_the_tablet_and_not_among_the_billboards(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    async with served.database.transaction() as db:
        await house.screen(db, "Street")
    id, _ = await paired(served, client, name="Eyes")
    async with served.database.snapshot() as db:
        screen = (await db.scalars(select(Screen).where(Screen.inside != ""))).one()
    await client.get("/console/tablets")
    listed = (await client.get("/console/screens")).text
    assert "Street" in listed and "Eyes" not in listed and "1 tablet" in listed
    page = (await client.get(f"/console/screens/{screen.id}")).text
    assert f'href="/console/tablets/{id}"' in page and "Take out" not in page
    assert (await client.delete(f"/console/screens/{screen.id}")).status_code == 409
    answer = await client.post(f"/console/screens/{screen.id}", data={"name": "Other"})
    assert answer.status_code == 409 and "change the tablet" in answer.text
    assert "of 1" in (await client.get("/console")).text and "tablets here" in (await client.get("/console")).text


async def test_a_visit_is_ended_from_the_console_and_written_down(served: Served, staff_client) -> None:
    tablet = await shopping.tablet_at(served)
    await tablet.begin()
    await tablet.send(add("stain-madder"))
    moderator, merchandiser = await staff_client("moderator"), await staff_client("merchandiser")
    assert "the visit began" in (await merchandiser.get(f"/console/tablets/{tablet.id}")).text
    assert (await moderator.delete(f"/console/visits/{tablet.visit}")).status_code == 403
    assert (await merchandiser.delete("/console/visits/none")).status_code == 404
    answer = await merchandiser.delete(f"/console/visits/{tablet.visit}", headers=HX)
    assert answer.headers["hx-redirect"] == f"/console/tablets/{tablet.id}"
    assert (await tablet.document())["visit"] is None
    async with served.database.snapshot() as db:
        assert (await db.get_one(Visit, tablet.visit)).ended_by == "staff"
        entry = (await db.scalars(select(AuditEntry).where(AuditEntry.what == "ended visit"))).one()
    assert (entry.who, entry.which) == ("Merchandiser", "Lips, by the mirror")


async def test_a_reload_is_asked_for_and_roles_reach_as_far_as_they_do(served: Served, staff_client) -> None:
    tablet = await shopping.tablet_at(served)
    viewer, moderator = await staff_client("viewer"), await staff_client("moderator")
    assert (await viewer.get(f"/console/tablets/{tablet.id}")).status_code == 200
    assert (await viewer.post(f"/console/tablets/{tablet.id}/reloads")).status_code == 403
    assert (await moderator.post(f"/console/tablets/{tablet.id}/reloads")).status_code == 303
    assert (await tablet.document())["reload"] == 1
    for refused in (
        moderator.get("/console/tablets/new"), moderator.post("/console/tablets", data=SETTINGS),
        moderator.post(f"/console/tablets/{tablet.id}", data=SETTINGS), moderator.delete(f"/console/tablets/{tablet.id}"),
    ):  # fmt: skip
        assert (await refused).status_code == 403
    async with served.database.snapshot() as db:
        assert (await db.get_one(Kiosk, tablet.id)).name == "Lips, by the mirror"
