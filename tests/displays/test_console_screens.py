"""Screens through the console: paired by the code on the glass, placed, changed, reloaded, taken out."""

import json
from datetime import timedelta

import httpx
import pytest
import websockets
from sqlalchemy import select

from displays.models import Play, Screen, ScreenReport
from server.core import topics
from server.core.clock import iso, now
from server.core.devices import Device
from tests import house
from tests.conftest import Served, until

HX = {"hx-request": "true"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
SETTINGS = {
    "name": "Window", "latitude": "51.5153", "longitude": "-0.1418", "rotation": "90", "labels": "Window, London", "lease": "15",
    "range_minutes": "12", "time_zone": "Europe/London", "language": "en",
}  # fmt: skip


async def offer(served: Served, **size: int) -> dict:
    async with served.client() as glass:
        answer = await glass.post("/api/pairing", json={"kind": "screen", "width": 1920, "height": 1080, **size})
        return answer.json()


async def collect(served: Served, secret: str) -> dict:
    async with served.client() as glass:
        return (
            await glass.get("/api/pairing", headers={"authorization": f"Bearer {secret}", "accept": "application/json"})
        ).json()


async def read_topic(served: Served, token: str, name: str) -> httpx.Response:
    async with served.client() as glass:
        return await glass.get(
            f"/api/topics/{name}", headers={"authorization": f"Bearer {token}", "accept": "application/json"}
        )


async def paired(served: Served, client: httpx.AsyncClient, **settings: str) -> tuple[str, str]:
    """A screen taken in through the console, and its token."""
    glass = await offer(served)
    answer = await client.post("/console/screens", data={**SETTINGS, "code": glass["code"], **settings})
    assert answer.status_code == 303, answer.text
    told = await collect(served, glass["secret"])
    assert answer.headers["location"].endswith(told["id"])
    return told["id"], told["token"]


async def test_a_screen_is_paired_by_its_code_and_reads_its_settings(served: Served, staff_client) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
    client = await staff_client("merchandiser")
    glass = await offer(served)
    assert await collect(served, glass["secret"]) == {"paired": False}
    spoken = f"{glass['code'][:3].lower()}-{glass['code'][3:]}"
    page = await client.get("/console/screens/new", params={"code": spoken})
    assert "1,920 × 1,080" in page.text
    answer = await client.post("/console/screens", data={**SETTINGS, "code": glass["code"]})
    assert answer.status_code == 303
    told = await collect(served, glass["secret"])
    document = (await read_topic(served, told["token"], f"screen:{told['id']}")).json()["doc"]
    assert (document["name"], document["rotation"], document["lease_seconds"], document["range_minutes"]) == (
        "Window",
        90,
        900,
        12,
    )
    assert [store["name"] for store in document["stores"]] == ["Oxford Street"]
    async with served.database.snapshot() as db:
        assert (await db.get_one(Screen, told["id"])).labels == ["london", "window"]
    assert "Window" in (await client.get("/console/screens")).text


async def test_a_code_that_is_wrong_costs_nothing_that_was_typed(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    assert "No device shows that code" in (await client.get("/console/screens/new", params={"code": "ZZZZZZ"})).text
    answer = await client.post(
        "/console/screens", data={**SETTINGS, "code": "ZZZZZZ", "name": "Kept name", "venue": "By the door"}
    )
    assert answer.status_code == 422
    assert "Kept name" in answer.text
    assert "By the door" in answer.text
    glass = await offer(served)
    wrong = await client.post(
        "/console/screens",
        data={**SETTINGS, "code": glass["code"], "latitude": "91", "time_zone": "Mars/Base", "rotation": "45"},
    )
    assert wrong.status_code == 422
    assert "Latitude goes from -90 to 90" in wrong.text
    assert "not a time zone" in wrong.text
    assert await collect(served, glass["secret"]) == {"paired": False}


async def test_a_store_chosen_without_scripts_gives_its_place_and_zone(served: Served, staff_client) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
    id, _ = await paired(
        served, await staff_client("merchandiser"), latitude="", longitude="", at_store="OXF", time_zone="UTC"
    )
    async with served.database.snapshot() as db:
        screen = await db.get_one(Screen, id)
    assert (screen.latitude, screen.time_zone) == (51.51527, "Europe/London")


async def test_a_screen_that_is_taken_out_is_cut_off_at_once(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, token = await paired(served, client)
    async with websockets.connect(served.live) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token, "have": {}}))
        assert json.loads(await socket.recv())["type"] == "welcome"
        answer = await client.delete(f"/console/screens/{id}", headers=HX)
        assert answer.headers["hx-redirect"] == "/console/screens"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            while True:
                await socket.recv()
        assert closed.value.rcvd.code == 4401
    assert (await read_topic(served, token, f"screen:{id}")).status_code == 401
    assert (await client.get(f"/console/screens/{id}")).status_code == 404
    assert (await client.delete(f"/console/screens/{id}", headers=HX)).status_code == 404


async def test_settings_and_reload_reach_the_screen(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, token = await paired(served, client)
    before = (await read_topic(served, token, f"screen:{id}")).json()
    assert (
        await client.post(f"/console/screens/{id}", data={**SETTINGS, "rotation": "270", "labels": "street"})
    ).status_code == 303
    assert (await client.post(f"/console/screens/{id}/reloads")).status_code == 303
    after = (await read_topic(served, token, f"screen:{id}")).json()
    assert after["version"][1] > before["version"][1]
    assert (after["doc"]["rotation"], after["doc"]["reload"]) == (270, before["doc"]["reload"] + 1)
    assert after["doc"]["loop"] != before["doc"]["loop"]
    assert (await read_topic(served, token, before["doc"]["loop"])).status_code == 404


async def test_what_a_screen_says_of_itself_is_shown_as_text_only(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, token = await paired(served, client, name=HOSTILE[:90], venue=HOSTILE, labels=HOSTILE[:30])
    headers = {"user-agent": HOSTILE}
    async with websockets.connect(served.live, additional_headers=headers, user_agent_header=None) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token, "have": {}}))
        await socket.recv()
        await socket.send(
            json.dumps(
                {"type": "showing", "spot": "e1'\"><b>", "width": 800, "height": 600, "error": HOSTILE + "\u202e\n"}
            )
        )

        async def reported() -> bool:
            async with served.database.snapshot() as db:
                report = await db.get(ScreenReport, id)
                return bool(report and report.error and report.browser)

        await until(reported)
        for address in (
            "/console/screens",
            f"/console/screens/{id}",
            f"/console/screens/{id}/now",
            f"/console/campaigns/reach?labels={HOSTILE[:30]}",
        ):
            page = (await client.get(address)).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in (await client.get(f"/console/screens/{id}")).text
    async with served.database.snapshot() as db:
        assert "\u202e" not in (await db.get_one(ScreenReport, id)).error


async def test_the_list_says_which_version_a_screen_has_and_why_not_the_newest(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    id, token = await paired(served, client)
    screen = (await read_topic(served, token, f"screen:{id}")).json()["doc"]
    async with served.database.transaction() as db:
        epoch = await topics.epoch(db)
        report = await db.get_one(ScreenReport, id)
        report.applied = {screen["loop"]: [epoch, 1, iso(now())]}
        report.seen_at, report.connected = now() - timedelta(days=2), False
        topics.note(db, screen["loop"])
    page = (await client.get("/console/screens")).text
    assert "<b>v1</b> of v2" in page
    assert "because <bdi>not connected since" in page
    assert "not connected" in page
    one = (await client.get(f"/console/screens/{id}")).text
    assert "Has v1 of v2, because not connected since" in one
    assert "when its lease ended" in one


async def test_a_screens_page_tells_the_walk_the_formula_the_loop_and_the_plays(served: Served, staff_client) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    client = await staff_client("merchandiser")
    id, _ = await paired(served, client)
    await client.post("/console/campaigns/1/spots/new", data={"headline": "Evergreen here"}, headers=HX)
    async with served.database.transaction() as db:
        db.add(
            Play(
                id="0" * 36, screen_id=id, seq=1, spot="e1", card="", campaign_id=1, started_at=now(), ended_at=now(), duration_ms=8000,
                offset_ms=0, result="partial", reason="withdrawn", received_at=now(),
            )
        )  # fmt: skip
    page = (await client.get(f"/console/screens/{id}")).text
    assert "Oxford Street" in page
    assert "<b>2</b> min" in page
    assert "× 1.3" in page
    assert "80 m a minute" in page
    assert "2 spots" in page, "the evergreen and the call"
    assert "partial, withdrawn" in page
    far = await client.get(
        "/console/screens/near", params={"latitude": "51.6", "longitude": "-0.1", "range_minutes": "10"}
    )
    assert "out of range" in far.text
    assert (await client.get("/console/screens/near", params={"latitude": "x"})).status_code == 400


@pytest.mark.parametrize(("role", "may"), [("viewer", 403), ("moderator", 303)])
async def test_who_may_reload_and_who_may_take_out(served: Served, staff_client, role: str, may: int) -> None:
    id, _ = await paired(served, await staff_client("merchandiser"))
    client = await staff_client(role)
    assert (await client.get(f"/console/screens/{id}")).status_code == 200
    assert (await client.post(f"/console/screens/{id}/reloads")).status_code == may
    assert (await client.delete(f"/console/screens/{id}")).status_code == 403
    assert (await client.post(f"/console/screens/{id}", data=SETTINGS)).status_code == 403
    assert (await client.get("/console/screens/new")).status_code == 403


async def test_guesses_of_codes_are_counted(served: Served, staff_client) -> None:
    client = await staff_client("merchandiser")
    answers = [
        (await client.get("/console/screens/new", params={"code": f"ZZZZ{n:02}"})).status_code for n in range(32)
    ]
    assert answers[-1] == 429


async def test_a_kiosks_code_is_not_taken_for_a_screen(served: Served, staff_client) -> None:
    async with served.client() as tablet:
        glass = (await tablet.post("/api/pairing", json={"kind": "kiosk", "width": 1280, "height": 800})).json()
    answer = await (await staff_client("merchandiser")).post(
        "/console/screens", data={**SETTINGS, "code": glass["code"]}
    )
    assert answer.status_code == 422
    assert "tablet’s" in answer.text
    async with served.database.snapshot() as db:
        assert await db.scalar(select(Device.id)) is None
