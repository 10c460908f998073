"""The live protocol on real sockets: who may read what, what is sent again and what is not, and who is let go."""

import asyncio
import socket

import httpx
import pytest
from sqlalchemy import update
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from displays import screens
from displays.models import Screen
from server.core import devices, patience, peers, topics
from server.core.staff import COOKIE
from tests import house
from tests.conftest import Served
from tests.live import Live

DEEP = '{"type": "hello", "have": {"a": ' + "[" * 7000 + "]" * 7000 + "}}"


async def paired(served: Served, name: str = "Window", **options) -> tuple[Screen, str]:
    async with served.database.transaction() as db:
        return await house.screen(db, name, **options)


async def test_a_screen_gets_its_own_document_and_its_loop(served: Served) -> None:
    screen, token = await paired(served)
    async with Live(served.live, token=token, have={f"screen:{screen.id}": None}) as live:
        document = await live.document(f"screen:{screen.id}")
        await live.send(type="subscribe", have={document["loop"]: None})
        assert (await live.document(document["loop"]))["spots"] == []


async def test_a_screen_may_not_read_another_screen_a_queue_or_an_unknown_topic(served: Served) -> None:
    _, token = await paired(served)
    other, _ = await paired(served, "Other", labels=("street",))
    wanted = [f"screen:{other.id}", f"loop:{other.loop_key}", "queue", "bag:1", "nothing", "__proto__:x", "screen:../x"]
    async with Live(served.live, token=token, have=dict.fromkeys(wanted)) as live:
        await live.until(lambda live: sum(m["type"] == "denied" for m in live.messages) == len(wanted))
        assert live.documents == {}


async def test_what_a_screen_has_already_is_not_sent_again(served: Served) -> None:
    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    async with Live(served.live, token=token, have={name: None}) as live:
        await live.document(name)
        version = live.versions[name]
    async with Live(served.live, token=token, have={name: version}) as live:
        await live.until(lambda live: live.messages)
        async with served.database.transaction() as db:
            await screens.reload(db, await db.get_one(Screen, screen.id), by="a test")
        assert (await live.document(name))["reload"] == 1
        assert sum(m["type"] == "topic" for m in live.messages) == 1


async def test_a_version_of_another_epoch_is_replaced_whatever_its_number(served: Served) -> None:
    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    async with Live(served.live, token=token, have={name: ["feedface", 999]}) as live:
        await live.document(name)
        assert live.versions[name][0] != "feedface"


async def test_a_change_by_another_process_arrives_without_any_nudge(served: Served) -> None:
    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    async with Live(served.live, token=token, have={name: None}) as live:
        await live.document(name)
        served.database.after_commit.clear()  # as if the backplane were lost
        async with served.database.transaction() as db:
            await screens.reload(db, await db.get_one(Screen, screen.id), by="a test")
        assert await live.document(name, lambda document: document["reload"] == 1)


async def test_where_nudges_are_lost_the_sweep_closes_what_was_revoked(served: Served) -> None:
    screen, token = await paired(served)
    async with Live(served.live, token=token, have={f"screen:{screen.id}": None}) as live:
        await live.document(f"screen:{screen.id}")
        served.database.after_commit.clear()
        async with served.database.transaction() as db:
            await screens.remove(db, await db.get_one(Screen, screen.id), by="a test")
        await served.app.state.hub.sweep()  # comes by every 3 s; every 0.7 s while the backplane is known to be lost
        assert await live.closed() == peers.REFUSED


async def test_a_revoked_device_is_closed_at_once_and_stays_outside(served: Served) -> None:
    screen, token = await paired(served)
    async with Live(served.live, token=token, have={f"screen:{screen.id}": None}) as live:
        await live.document(f"screen:{screen.id}")
        async with served.database.transaction() as db:
            await screens.remove(db, await db.get_one(Screen, screen.id), by="a test")
        assert await live.closed() == peers.REFUSED
    async with Live(served.live, token=token) as again:
        assert await again.closed() == peers.REFUSED


async def test_a_screen_that_moves_to_another_loop_loses_the_old_one(served: Served) -> None:
    screen, token = await paired(served)
    old = f"loop:{screen.loop_key}"
    async with Live(served.live, token=token, have={f"screen:{screen.id}": None, old: None}) as live:
        await live.document(old)
        async with served.database.transaction() as db:
            moved = await db.get_one(Screen, screen.id)
            await db.execute(update(Screen).where(Screen.id == moved.id).values(labels=["street"]))
            await db.refresh(moved)
            await screens.settle(db, moved)
            topics.note(db, f"device:{moved.id}")
        await live.until(lambda live: any(m["type"] == "denied" and m["topic"] == old for m in live.messages))


@pytest.mark.parametrize(
    "first", ["{", "[]", '{"type": 7}', '{"type": "subscribe"}', '{"type": "hello", "have": 3}', "x" * 20_000, DEEP]
)
async def test_a_first_message_that_is_no_hello_is_refused_in_words(served: Served, first: str) -> None:
    async with connect(served.live) as raw:
        await raw.send(first)
        await raw.wait_closed()
        assert raw.close_code == peers.BAD_MESSAGE and raw.close_reason


@pytest.mark.parametrize("spot", ["[" * 7000 + "]" * 7000, "9" * 5000, "1e999"], ids=["deep", "long", "endless"])
async def test_a_report_that_cannot_be_read_is_refused_in_words(served: Served, spot: str) -> None:
    _, token = await paired(served)
    async with Live(served.live, token=token) as live:
        await live.socket.send(f'{{"type": "showing", "width": {spot}}}')
        assert await live.closed() == peers.BAD_MESSAGE
        assert "cannot be read" in (live.socket.close_reason or "")


async def test_an_unknown_token_and_no_token_are_refused(served: Served) -> None:
    for token in ("", "x" * 43, "🦊"):
        async with Live(served.live, token=token) as live:
            assert await live.closed() == peers.REFUSED


async def test_a_page_of_another_site_is_refused(served: Served) -> None:
    with pytest.raises((InvalidStatus, Exception)):
        async with Live(served.live, token="x", origin="https://evil.test") as live:
            await live.closed()


async def test_staff_read_the_queue_with_their_session_and_no_longer_than_it_lasts(
    served: Served, staff_client
) -> None:
    client: httpx.AsyncClient = await staff_client("moderator")
    cookie = f"{COOKIE}={client.cookies[COOKIE]}"
    async with Live(served.live, have={"queue": None}, additional_headers={"Cookie": cookie}) as live:
        assert (await live.document("queue"))["waiting"] == {}
        async with served.database.transaction() as db:
            from server.core import staff

            await staff.sign_out(db, client.cookies[COOKIE])
        assert await live.closed() == peers.REFUSED


async def test_whoever_asks_for_too_many_topics_is_let_go(served: Served) -> None:
    _, token = await paired(served)
    async with Live(served.live, token=token, have={f"screen:x{n}": None for n in range(65)}) as live:
        assert await live.closed() == peers.BAD_MESSAGE


async def test_whoever_talks_without_end_is_let_go(served: Served) -> None:
    _, token = await paired(served)
    async with Live(served.live, token=token) as live:
        for _ in range(400):
            if live.socket.close_code:
                break
            await live.socket.send('{"type":"beat"}')
        assert await live.closed() == peers.TOO_MANY


@pytest.fixture(params=["lent", "plain"])
def any_wire(request: pytest.FixtureRequest, served: Served) -> Served:
    """The server, once lending its connections and once as any other ASGI server: frames go through `send`."""
    if request.param == "plain":
        served._server.config.ws_protocol_class = WebSocketsSansIOProtocol
    return served


async def test_a_reader_that_stops_reading_is_let_go_costs_the_others_nothing_and_catches_up(
    any_wire: Served, monkeypatch
) -> None:
    served = any_wire
    monkeypatch.setattr("displays.documents.slate", lambda kit: {"name": "x" * 60_000})
    screen, token = await paired(served)
    name, turn = f"screen:{screen.id}", 0
    deaf = Live(served.live, token=token, have={name: None}, max_queue=1, close_timeout=0.2)
    async with Live(served.live, token=token, have={name: None}) as live:

        async def change() -> None:
            nonlocal turn
            turn += 1
            async with served.database.transaction() as db:
                await screens.reload(db, await db.get_one(Screen, screen.id), by="a test")
            # Whoever reads has each change as it comes, whatever another does.
            await live.document(name, lambda document: document["reload"] >= turn)

        # The near side takes little, so that what is sent has to wait on the far side.
        deaf._options["sock"] = _small_socket(served.port)
        async with deaf:
            await deaf.document(name)
            deaf.socket.transport.pause_reading()
            for connection in served._server.server_state.connections:
                connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
            while not any(peer.wire.buffered for peer in served.app.state.hub._peers):
                await change()
                await asyncio.sleep(0.03)  # what is just being written is on its way by then
            for _ in range(5):
                await change()
            held = sum(m["type"] == "topic" for m in deaf.messages)
            deaf.socket.transport.resume_reading()
            await deaf.document(name, lambda document: document["reload"] == turn)
            caught_up = sum(m["type"] == "topic" for m in deaf.messages)
            assert caught_up - held <= turn - 4  # what came while it was full was told as one
            assert deaf.versions[name] == live.versions[name]
            monkeypatch.setattr(patience, "SLOW_SECONDS", 0.3)
            deaf.socket.transport.pause_reading()
            while served.app.state.hub.peers > 1 and turn < 200:
                await change()
                await asyncio.sleep(0.02)
            assert served.app.state.hub.peers == 1
        async with Live(served.live, token=token, have={name: deaf.versions[name]}) as again:
            await again.document(name, lambda document: document["reload"] == turn)
            assert sum(m["type"] == "topic" for m in again.messages) == 1


async def test_over_the_plain_wire_a_device_hears_changes_and_is_closed_when_it_is_revoked(served: Served) -> None:
    served._server.config.ws_protocol_class = WebSocketsSansIOProtocol
    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    async with Live(served.live, token=token, have={name: None}) as live:
        await live.document(name)
        await live.send(type="subscribe", have={"queue": None})
        await live.until(lambda live: live.messages[-1]["type"] == "denied")
        async with served.database.transaction() as db:
            await screens.reload(db, await db.get_one(Screen, screen.id), by="a test")
        await live.document(name, lambda document: document["reload"] == 1)
        async with served.database.transaction() as db:
            await screens.remove(db, await db.get_one(Screen, screen.id), by="a test")
        assert await live.closed() == peers.REFUSED
    for none_of_ours in ("x" * 43, token):
        async with Live(served.live, token=none_of_ours) as stranger:
            assert await stranger.closed() == peers.REFUSED


async def test_two_hundred_changes_of_a_topic_are_built_as_often_as_fits_and_the_newest_wins(served: Served) -> None:
    screen, token = await paired(served)
    name, hub, waiting = f"screen:{screen.id}", served.app.state.hub, []
    async with (
        Live(served.live, token=token, have={name: None}) as one,
        Live(served.live, token=token, have={name: None}) as other,
    ):
        await one.document(name)
        await other.document(name)
        before = one.versions[name][1]

        async def change() -> None:
            async with served.database.transaction() as db:
                topics.note(db, name)
            waiting.append(len(hub.channels._shared._waiting))

        await asyncio.gather(*(change() for _ in range(200)))
        for live in (one, other):
            await live.until(lambda live: live.versions[name][1] == before + 200)
            got = [m["version"][1] for m in live.messages if m["type"] == "topic"]
            assert got == sorted(set(got)) and len(got) <= 201
    assert max(waiting) <= 1


def _small_socket(port: int) -> socket.socket:
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    raw.connect(("127.0.0.1", port))
    raw.setblocking(False)
    return raw


async def test_the_http_twin_gives_the_same_document_and_nothing_when_nothing_changed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    built: list[str] = []
    build, readers = topics._kinds["screen"]

    async def counted(db, id: str):
        built.append(id)
        return await build(db, id)

    monkeypatch.setitem(topics._kinds, "screen", (counted, readers))
    async with served.client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        first = await client.get(f"/api/topics/{name}", headers=headers)
        again = await client.get(f"/api/topics/{name}", headers=headers | {"If-None-Match": first.headers["etag"]})
        stranger = await client.get(f"/api/topics/{name}")
        other = await client.get("/api/topics/queue", headers=headers)
    async with Live(served.live, token=token, have={name: None}) as live, served.client() as client:
        assert await live.document(name) == first.json()["doc"]
        shared = await client.get(f"/api/topics/{name}", headers=headers)
    assert shared.json() | {"now": 0} == first.json() | {"now": 0} and shared.json()["now"] >= first.json()["now"]
    assert all(shared.headers[key] == first.headers[key] for key in ("etag", "content-type", "cache-control"))
    assert built == [screen.id] * 2, "not for who has it, and not again for who asks for what is on the sockets"
    assert first.status_code == 200 and again.status_code == 304 and not again.content
    assert stranger.status_code == 401 and other.status_code == 404
    assert stranger.headers["content-type"].startswith("application/problem+json")


async def test_a_token_is_kept_as_a_digest_only(served: Served) -> None:
    screen, token = await paired(served)
    async with served.database.snapshot() as db:
        device = await db.get_one(devices.Device, screen.id)
    assert token not in (device.token_digest or "") and len(device.token_digest or "") == 64
