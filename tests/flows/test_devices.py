"""Screens from the code on the glass to the last play, as the devices themselves see it; most of what they send is hostile."""

import asyncio
import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from displays import screens
from displays.models import Play, Screen, ScreenReport
from displays.reports import gathering
from server.core import devices, media
from server.core.clock import iso, now
from server.core.database import Database
from server.core.security import limiter
from tests import house
from tests.conftest import Served, until
from tests.live import Live


async def offered(client: httpx.AsyncClient) -> dict:
    answer = await client.post("/api/pairing", json={"kind": "screen", "width": 1920, "height": 1080})
    assert answer.status_code == 201
    return answer.json()


async def taken_in(database: Database, code: str) -> Screen:
    async with database.transaction() as db:
        pairing = await devices.waiting(db, code)
        device = await devices.pair(db, pairing, by="Mo")
        return await screens.add(
            db, device, screens.Setting(name="Window"), width=pairing.width, height=pairing.height, by="Mo"
        )


async def test_a_screen_shows_a_code_is_taken_in_and_opens_the_door_with_its_token(served: Served) -> None:
    async with served.client() as client:
        offer = await offered(client)
        secret = {"Authorization": f"Bearer {offer['secret']}"}
        assert (await client.get("/api/pairing", headers=secret)).json() == {"paired": False}
        spoken = f" {offer['code'][:3].lower()}-{offer['code'][3:].lower()} "
        screen = await taken_in(served.database, spoken)
        answer = (await client.get("/api/pairing", headers=secret)).json()
        assert answer["id"] == screen.id
        headers = {"Authorization": f"Bearer {answer['token']}"}
        assert (await client.get(f"/api/topics/screen:{screen.id}", headers=headers)).status_code == 200


async def test_an_answer_lost_on_the_way_does_not_leave_the_screen_outside(served: Served) -> None:
    async with served.client() as client:
        offer = await offered(client)
        screen = await taken_in(served.database, offer["code"])
        secret = {"Authorization": f"Bearer {offer['secret']}"}
        lost = (await client.get("/api/pairing", headers=secret)).json()["token"]
        token = (await client.get("/api/pairing", headers=secret)).json()["token"]
        old = await client.get(f"/api/topics/screen:{screen.id}", headers={"Authorization": f"Bearer {lost}"})
        new = await client.get(f"/api/topics/screen:{screen.id}", headers={"Authorization": f"Bearer {token}"})
        assert (old.status_code, new.status_code) == (401, 200)
        assert (await client.get("/api/pairing", headers=secret)).status_code == 410


async def test_the_code_alone_opens_nothing(served: Served) -> None:
    async with served.client() as client:
        offer = await offered(client)
        for guess in (offer["code"], "x", "x" * 43):
            answer = await client.get("/api/pairing", headers={"Authorization": f"Bearer {guess}"})
            assert answer.status_code == 410 and answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [{"kind": "toaster", "width": 1920, "height": 1080}, {"width": -1, "height": 5}, {"width": "x"}, [], {}]
)
async def test_a_device_of_no_size_or_kind_is_refused_in_words(served: Served, body) -> None:
    async with served.client() as client:
        answer = await client.post("/api/pairing", json=body)
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"


async def test_asking_for_codes_without_end_is_slowed_down(served: Served) -> None:
    limiter.forget("pairing", "127.0.0.1")
    async with served.client() as client:
        answers = [
            await client.post("/api/pairing", json={"kind": "screen", "width": 800, "height": 600}) for _ in range(40)
        ]
    limiter.forget("pairing", "127.0.0.1")
    assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) > 0


def play(**changes: object) -> dict:
    moment = now() - timedelta(minutes=1)
    told = {
        "id": str(uuid.uuid4()), "seq": 1, "spot": "p1r1c12345678", "card": "a" * 64, "campaign": "1",
        "started_at": iso(moment), "ended_at": iso(moment + timedelta(seconds=12)), "duration_ms": 12000,
        "offset_ms": 3, "result": "completed", "reason": None,
    }  # fmt: skip
    return told | changes


async def test_plays_are_kept_once_however_often_and_in_whatever_pieces_they_come(served: Served) -> None:
    async with served.database.transaction() as db:
        _, token = await house.screen(db)
    plays = [play(seq=n) for n in range(120)]
    headers = {"Authorization": f"Bearer {token}"}
    async with served.client() as client:
        batches = (plays[:80], plays[40:], plays, plays)
        answers = await asyncio.gather(
            *(client.post("/api/plays", json={"plays": part}, headers=headers) for part in batches)
        )
    assert {id for answer in answers for id in answer.json()["accepted"]} == {one["id"] for one in plays}
    async with served.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Play)) == 120


async def test_plays_of_many_screens_are_kept_together_and_one_that_cannot_be_holds_up_no_other(served: Served) -> None:
    async with served.database.transaction() as db:
        tokens = [(await house.screen(db, f"Window {n}"))[1] for n in range(4)]
        pole = devices.create(db, kind="kiosk", by="house")  # a device, and no screen
        tokens += [devices.issue(pole), "unknown"]
    told = [play() for _ in tokens]
    async with served.client() as client:
        answers = await asyncio.gather(*(
            client.post("/api/plays", json={"plays": [one]}, headers={"Authorization": f"Bearer {token}"})
            for one, token in zip(told, tokens, strict=True)
        ))  # fmt: skip
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert answers[4].status_code >= 400 and answers[5].status_code == 401
    async with served.database.snapshot() as db:
        kept = {(row.id, row.screen_id) for row in await db.scalars(select(Play))}
    assert {id for id, _ in kept} == {one["id"] for one in told[:4]} and len({screen for _, screen in kept}) == 4


async def test_a_play_that_cannot_be_right_is_acknowledged_and_not_kept(served: Served) -> None:
    async with served.database.transaction() as db:
        _, token = await house.screen(db)
    wrong = [
        play(id="not a uuid"), play(result="great"), play(started_at="2001-01-01T00:00:00Z"), play(duration_ms=-1),
        play(spot="x" * 500), play(card="<script>"), play(seq=2**40), play(ended_at="2026-11-22T10:00:00"), {"id": "only"}, 7,
        play(ended_at=iso(now() + timedelta(hours=23)), duration_ms=86_000_000), play(duration_ms=90_000),
    ]  # fmt: skip
    right = play()
    async with served.client() as client:
        answer = await client.post(
            "/api/plays", json={"plays": [*wrong, right]}, headers={"Authorization": f"Bearer {token}"}
        )
        many = await client.post(
            "/api/plays", json={"plays": [play()] * 201}, headers={"Authorization": f"Bearer {token}"}
        )
        stranger = await client.post("/api/plays", json={"plays": [right]})
    assert right["id"] in answer.json()["accepted"] and "not a uuid" in answer.json()["accepted"]
    assert (many.status_code, stranger.status_code) == (400, 401)
    async with served.database.snapshot() as db:
        assert [row.id for row in await db.scalars(select(Play))] == [right["id"]]


@pytest.mark.parametrize("offset_ms", [2**31, -(2**31), 56 * 365 * 86_400_000, 2**70])
async def test_a_play_of_a_device_whose_clock_stands_at_1970_is_kept(served: Served, offset_ms: int) -> None:
    async with served.database.transaction() as db:
        _, token = await house.screen(db)
    told = play(offset_ms=offset_ms)
    async with served.client() as client:
        await client.post("/api/plays", json={"plays": [told]}, headers={"Authorization": f"Bearer {token}"})
    async with served.database.snapshot() as db:
        kept = await db.get_one(Play, told["id"])
        assert iso(kept.started_at) == told["started_at"] and abs(kept.offset_ms) == 2**31 - 1


async def test_what_a_screen_reports_is_bounded_cleaned_and_kept(served: Served) -> None:
    async with served.database.transaction() as db:
        screen, token = await house.screen(db)
    async with Live(served.live, token=token, have={f"screen:{screen.id}": None}) as live:
        await live.send(type="showing", spot="p1", at=1, width=1280, height=720, error="<b>\x00\u202e" + "x" * 900)
        await live.send(type="showing", spot={"a": 1}, error=[1], width="wide", height=10**9)
        await live.send(type="applied", topic="loop:" + "x" * 300, version="new")
        await live.send(type="ready", spot=None, at="soon", received={})
        await live.send(type="unheard of", anything=[1, 2, 3])
        await live.send(type="showing", spot="p2", at=1, width=1280, height=720, error="<b>\x00\u202e" + "x" * 900)

        async def written() -> bool:
            await gathering.write(served.database)
            async with served.database.snapshot() as db:
                report = await db.get_one(ScreenReport, screen.id)
                return report.spot == "p2" and report.connected

        await until(written)
    async with served.database.snapshot() as db:
        report = await db.get_one(ScreenReport, screen.id)
        size = await db.get_one(Screen, screen.id)
    assert report.error.startswith("<b>x") and len(report.error) == 300 and report.applied == {}
    assert (size.width, size.height) == (1280, 720)


async def test_a_card_says_once_how_it_is_encoded(served: Served) -> None:
    async with served.database.transaction() as db:
        digest = await media.store(db, "<p>Đồng Khởi</p>".encode(), "text/html; charset=utf-8")
    async with served.client() as client:
        answer = await client.get(f"/media/{digest}")
    assert (answer.headers["content-type"], answer.text) == ("text/html; charset=utf-8", "<p>Đồng Khởi</p>")
