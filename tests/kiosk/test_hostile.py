"""Whoever means ill: guesses, other people's bags, floods, bodies that nobody makes, planted cookies and other sites' posts."""

import contextlib
import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from catalog.models import Product, Store, Variant
from kiosk import kiosks, visits
from kiosk.models import Kiosk
from server.core import peers
from server.core.errors import TooMany
from server.core.security import Limiter, limiter
from tests import house, shopping
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Phone, Tablet, add, remove


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All tests come from one address: none may be refused for another's tries. No limit empties while we are slow."""
    monkeypatch.setattr(limiter, "_tries", Limiter()._tries)
    moment = time.monotonic()
    monkeypatch.setattr("server.core.security.time", SimpleNamespace(monotonic=lambda: moment))
    yield


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet with a shopper in front of it, who has put something in."""
    await shopping.catalogue(served.database)
    made = await shopping.tablet_at(served)
    await made.begin()
    (await made.send(add("slip-ink"))).raise_for_status()
    return made


def used_up(what: str, who: str, *, most: int, seconds: float) -> None:
    """Let somebody have tried as often as is allowed."""
    with contextlib.suppress(TooMany):
        for _ in range(most + 1):
            limiter.hit(what, who, most=most, seconds=seconds)


def cookie_of(phone: Phone) -> dict[str, str]:
    """A phone's cookie, as a header."""
    return {"Cookie": f"vitrine_shopper={phone.client.cookies['vitrine_shopper']}"}


# -- guessing -----------------------------------------------------------------------------------------------------


async def test_an_unknown_bag_and_anothers_are_refused_in_the_same_words(served: Served, tablet: Tablet) -> None:
    stranger, other = Phone(served), await shopping.tablet_at(served)
    await stranger.client.post("/api/bag")
    await other.begin()
    for client, secret in ((other.client, other.secret), (stranger.client, "")):
        said = [
            await client.post(f"/api/bags/{id}/operations", json={"operations": [add("slip-ink")], "secret": secret})
            for id in (str(uuid4()), tablet.bag, "1", "x" * 4000)
        ]
        assert {(answer.status_code, answer.json()["detail"]) for answer in said} == {
            (404, "There is no such bag for you.")
        }
    read = [await stranger.client.get(f"/api/topics/bag:{id}?as=shopper") for id in (str(uuid4()), tablet.bag)]
    assert read[0].json() == read[1].json()
    assert read[0].status_code == 404


async def test_a_secret_is_compared_in_constant_time_also_where_there_is_no_bag(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []
    same = visits.same
    monkeypatch.setattr(visits, "same", lambda one, other: compared.append((len(one), len(other))) or same(one, other))
    body = {"operations": [add("slip-ink")], "secret": "wrong"}
    for id in (tablet.bag, str(uuid4())):
        assert (await tablet.client.post(f"/api/bags/{id}/operations", json=body)).status_code == 404
    assert compared == [(64, 64), (64, 64)]


async def test_a_bag_that_a_phone_began_has_no_secret_that_a_tablet_could_say(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    bag = (await phone.client.post("/api/bag")).json()["bag"]
    for secret in ("", "None", "null", "0" * 64):
        body = {"operations": [add("slip-ink")], "secret": secret}
        assert (await tablet.client.post(f"/api/bags/{bag}/operations", json=body)).status_code == 404
        begun = await tablet.client.put(f"/api/visits/{uuid4()}", json={"bag": bag, "secret": secret})
        assert begun.status_code in (400, 404)
    assert await phone.items() == []


async def test_a_code_that_never_was_and_one_that_is_spent_are_over_in_the_same_words(
    served: Served, tablet: Tablet
) -> None:
    spent = await tablet.ticket()
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    said = [await Phone(served).client.post("/api/tickets", json={"ticket": one}) for one in (spent, "", "x" * 9000)]
    assert {answer.status_code for answer in said} == {410}
    assert len({answer.text for answer in said}) == 1
    assert all("set-cookie" not in answer.headers for answer in said), "a guess leaves no session behind"


async def test_guessing_is_answered_with_when_to_try_again(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    tries = {
        ("open ticket", "127.0.0.1", 60, 60): lambda: phone.client.post("/api/tickets", json={"ticket": "guess"}),
        ("pick", "127.0.0.1", 60, 60): lambda: phone.client.post("/api/tickets/pick", json={"number": 11}),
        ("begin bag", "127.0.0.1", 60, 600): lambda: phone.client.post("/api/bag"),
        ("no such topic", "127.0.0.1", 600, 60): lambda: phone.client.get(f"/api/topics/bag:{uuid4()}?as=shopper"),
        ("operate", tablet.id, 600, 60): lambda: tablet.send(add("slip-ink"), secret="guess"),
        ("visit", tablet.id, 120, 60): lambda: tablet.client.put(
            f"/api/visits/{uuid4()}", json={"bag": tablet.bag, "secret": "x" * 43}
        ),
        ("ticket", tablet.id, 60, 600): lambda: tablet.client.post(f"/api/visits/{tablet.visit}/tickets"),
        ("sealed", tablet.id, 300, 60): lambda: tablet.client.post(
            "/api/sealed", json={"key": "x", "epk": "", "iv": "", "data": ""}
        ),
    }
    for (what, who, most, seconds), attempt in tries.items():
        used_up(what, who, most=most, seconds=seconds)
        answer = await attempt()
        assert answer.status_code == 429, what
        assert int(answer.headers["retry-after"]) > 0, what


# -- other people's ----------------------------------------------------------------------------------------------


async def test_a_removal_of_anothers_adds_removes_nothing(served: Served, tablet: Tablet) -> None:
    [item] = await tablet.items()
    other, phone = await shopping.tablet_at(served), Phone(served)
    await other.begin()
    await phone.client.post("/api/bag")
    assert (await other.send(remove(item["adds"]))).status_code == 200
    assert (await phone.send(remove(item["adds"]))).status_code == 200
    assert len(await tablet.items()) == 1


async def test_anothers_operation_said_again_tells_nothing_and_moves_nothing(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    [item] = await tablet.items()
    copied = add("slip-ink") | {"id": item["adds"][0]}
    await phone.send(copied)
    assert await phone.items() == []
    assert len(await tablet.items()) == 1


async def test_a_tablet_of_another_store_reads_nothing_of_this_one(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        db.add(Store(id="REG", name="Regent Street", latitude=51.51, longitude=-0.14, time_zone="UTC", hours={}))
    other = await shopping.tablet_at(served, "REG")
    await other.begin()
    for name in (f"kiosk:{tablet.id}", f"bag:{tablet.bag}", "range:OXF", "kiosks", "floor:OXF", f"device:{tablet.id}"):
        assert (await other.client.get(f"/api/topics/{name}")).status_code == 404, name
    for method, path in (("POST", "tickets"), ("DELETE", "tickets"), ("POST", "call"), ("DELETE", "call")):
        answer = await other.client.request(method, f"/api/visits/{tablet.visit}/{path}")
        assert answer.status_code == 404, path
    await other.client.delete(f"/api/visits/{tablet.visit}")
    assert (await tablet.document())["visit"]["id"] == tablet.visit, "nobody else ends it"


async def test_a_phone_ends_no_visit_that_has_not_its_bag(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    await phone.client.delete(f"/api/bag/visits/{tablet.visit}")
    assert (await tablet.document())["visit"] is not None


async def test_a_screen_is_no_tablet_and_a_token_that_was_taken_back_is_nobodys(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        _, token = await house.screen(db)
    screen = served.client()
    screen.headers["authorization"] = f"Bearer {token}"
    body = {"bag": str(uuid4()), "secret": "x" * 43}
    assert (await screen.put(f"/api/visits/{uuid4()}", json=body)).status_code == 401
    async with served.database.transaction() as db:
        await kiosks.remove(db, await db.get_one(Kiosk, tablet.id), by="a test")
    assert (await tablet.send(add("slip-ink"))).status_code == 401
    assert (await tablet.client.get("/api/sealing-key")).status_code == 401


# -- bodies that nobody makes --------------------------------------------------------------------------------------


def wrong_bodies() -> dict[str, bytes]:
    """Bodies for operations, each wrong in its own way."""
    one = json.dumps(add("slip-ink"))
    return {
        "nothing": b"", "no json": b"{", "a list": b"[]", "null": b"null", "not utf-8": b'{"operations": ["\xff\xfe"]}',
        "no operations": b'{"operations": []}', "an object of operations": b'{"operations": {}}',
        "too many": json.dumps({"operations": [add("slip-ink") for _ in range(201)]}).encode(),
        "deep": b'{"operations": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "deep within": one.replace("{", '{"seen": ' + '{"screen": ' * 5000 + "1" + "}" * 5000 + ", ", 1).encode(),
        "NaN": one.replace('"made_at": ', '"made_at": NaN, "x": ').encode(),
        "a number as id": b'{"operations": [{"id": 1, "kind": "add", "variant": "slip-ink"}]}',
        "a text as adds": json.dumps({"operations": [remove(["x"]) | {"adds": "all"}]}).encode(),
        "a number as variant": json.dumps({"operations": [add("x") | {"variant": 7}]}).encode(),
        "a NUL": json.dumps({"operations": [add("slip\0ink")]}).encode(),
        "half a character": b'{"operations": [{"id": "\\ud800", "kind": "add", "variant": "\\ud800"}]}',
        "everything named": json.dumps({"operations": [remove([str(uuid4()) for _ in range(400)]) for _ in range(3)]}).encode(),
        "more than a bag named": json.dumps({"operations": [remove([str(uuid4()) for _ in range(401)])]}).encode(),
    }  # fmt: skip


async def test_bodies_that_nobody_makes_are_refused_in_words_and_change_nothing(served: Served, tablet: Tablet) -> None:
    path = f"/api/bags/{tablet.bag}/operations"
    for name, body in wrong_bodies().items():
        if body.startswith(b'{"operations"'):
            body = body[:-1] + b', "secret": "' + tablet.secret.encode() + b'"}'
        elif body.startswith(b'{"'):
            body = b'{"operations": [' + body + b'], "secret": "' + tablet.secret.encode() + b'"}'
        answer = await tablet.client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400, (name, answer.text)
        assert answer.json()["title"] == "That cannot be used", name
    assert len(await tablet.items()) == 1


async def test_a_body_of_300_kilobytes_is_too_large_wherever_it_is_sent(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    large = b'{"operations": [], "ticket": "' + b"x" * 300_000 + b'"}'
    headers = {"content-type": "application/json"}
    for client, method, path in (
        (tablet.client, "POST", f"/api/bags/{tablet.bag}/operations"), (tablet.client, "PUT", f"/api/visits/{uuid4()}"),
        (tablet.client, "POST", "/api/sealed"), (phone.client, "POST", "/api/tickets"), (phone.client, "POST", "/api/codes"),
    ):  # fmt: skip
        answer = await client.request(method, path, content=large, headers=headers)
        assert answer.status_code == 413, path
        assert "larger than this address takes" in answer.json()["detail"]


async def test_a_moment_that_cannot_be_is_now_and_a_bag_shows_no_time_to_come(served: Served, tablet: Tablet) -> None:
    for moment in ("1e300", "-1e300", "9007199254740993000000", "0", "4102444800000"):
        body = json.dumps({"operations": [add("stain-plum")], "secret": tablet.secret})
        start, _, rest = body.partition('"made_at": ')
        body = start + f'"made_at": {moment}' + rest[rest.index("}") :]
        headers = {"content-type": "application/json"}
        answer = await tablet.client.post(f"/api/bags/{tablet.bag}/operations", content=body, headers=headers)
        assert answer.status_code == 200, (moment, answer.text)
    assert [item["variant"] for item in await tablet.items()] == ["stain-plum", "slip-ink"]
    assert {item["at"][:3] for item in await tablet.items()} == {"202"}


async def test_boxes_that_nobody_sealed_are_refused_in_words(served: Served, tablet: Tablet) -> None:
    key = (await tablet.client.get("/api/sealing-key")).json()
    good = {"key": key["id"], "epk": key["key"], "iv": "AAAAAAAAAAAAAAAA", "data": "A" * 64}
    for wrong in ({"key": "x" * 900}, {"key": ""}, {"epk": ""}, {"epk": "AAAA"}, {"epk": "é"}, {"iv": ""}, {"iv": "A"}, {"data": ""},
                  {"data": "\0"}, {}):  # fmt: skip
        answer = await tablet.client.post("/api/sealed", json=good | wrong)
        assert answer.status_code == 400, wrong
        assert "cannot be opened" in answer.json()["detail"]


# -- scripts in names ----------------------------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"
"""What a feed or a colleague may call things; “</script>” ends a script wherever it stands."""


async def test_scripts_in_names_stay_words(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Store, "OXF")).name = SCRIPT
        (await db.get_one(Kiosk, tablet.id)).name = SCRIPT
        (await db.get_one(Product, "slip")).title = SCRIPT
        variant = await db.get_one(Variant, "slip-ink")
        variant.title = variant.colour = SCRIPT
    phone, staff = Phone(served), await served.staff("admin")
    await phone.take(tablet)
    for answer in (
        await tablet.client.get(f"/api/topics/kiosk:{tablet.id}"), await phone.client.post("/api/items", json={"ids": ["slip-ink"]}),
        await phone.client.get("/api/search?q=%3Cscript%3E"), await phone.client.get("/api/stores"),
    ):  # fmt: skip
        assert answer.is_success
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"
    pages = {path: await staff.get(path) for path in ("/console/tablets", f"/console/tablets/{tablet.id}", "/console/floor",
                                                       "/console/floor/OXF", "/v/slip-ink", "/bag", "/take")}  # fmt: skip
    for path, page in pages.items():
        assert page.status_code == 200, path
        assert SCRIPT not in page.text, path
        assert "script-src 'self';" in page.headers["content-security-policy"], path
    assert "&lt;script&gt;" in pages["/console/tablets"].text
    assert "&lt;script&gt;" in pages["/v/slip-ink"].text


# -- sessions ------------------------------------------------------------------------------------------------------


async def test_a_planted_cookie_is_worth_nothing_once_its_browser_has_taken_a_bag(
    served: Served, tablet: Tablet
) -> None:
    planter, victim = Phone(served), Phone(served)
    await planter.client.post("/api/bag")
    planted = planter.client.cookies["vitrine_shopper"]
    victim.client.cookies.set("vitrine_shopper", planted)
    (await victim.take(tablet)).raise_for_status()
    planter.client.cookies = httpx.Cookies({"vitrine_shopper": planted})
    assert (await planter.bag())["bag"] is None
    for id in (tablet.bag, (await victim.bag())["bag"]):
        assert (await planter.client.get(f"/api/topics/bag:{id}?as=shopper")).status_code == 401
        assert (await planter.send(add("slip-ink"), bag=id)).status_code == 401
    assert (await planter.client.post("/api/tickets/pick", json={"number": 11})).status_code == 401


async def test_a_cookie_that_was_never_given_out_becomes_no_session(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    answer = await phone.client.post(
        "/api/tickets", json={"ticket": await tablet.ticket()}, headers={"Cookie": "vitrine_shopper=" + "a" * 43}
    )
    assert answer.status_code == 200
    given = answer.headers["set-cookie"]
    assert "a" * 43 not in given
    assert "HttpOnly" in given and "SameSite=lax" in given


async def test_another_sites_page_changes_nothing(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.take(tablet)
    bag, ticket = (await phone.bag())["bag"], await tablet.ticket()
    posts: list[tuple[str, str, Any]] = [
        ("POST", f"/api/bags/{bag}/operations", {"operations": [add("stain-plum")]}), ("POST", "/api/bag", None),
        ("POST", "/api/tickets", {"ticket": ticket}), ("POST", "/api/tickets/pick", {"number": 11}),
        ("DELETE", f"/api/bag/visits/{tablet.visit}", None),
    ]  # fmt: skip
    for headers in (
        {"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"{served.address}.evil.test"},
    ):  # fmt: skip
        for method, path, body in posts:
            answer = await phone.client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 403, (headers, path)
    assert [item["variant"] for item in await phone.items()] == ["slip-ink"]
    assert (await tablet.document())["visit"]["ticket"]["state"] == "shown"


async def test_a_form_of_another_site_is_no_operation(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.take(tablet)
    text = json.dumps({"operations": [add("stain-plum")]})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"content-type": kind, "Sec-Fetch-Site": "cross-site"}
        answer = await phone.client.post(f"/api/bags/{tablet.bag}/operations", content=text, headers=headers)
        assert answer.status_code == 403
    assert len(await phone.items()) == 1


# -- sockets -------------------------------------------------------------------------------------------------------


async def test_staff_are_no_shoppers_and_shoppers_no_staff_on_the_socket(served: Served, tablet: Tablet) -> None:
    phone, staff = Phone(served), await served.staff("admin")
    await phone.take(tablet)
    staffs = {"Cookie": "; ".join(f"{name}={value}" for name, value in staff.cookies.items())}
    for caller, headers in (
        ("shopper", staffs),
        ("", cookie_of(phone)),
        ("associate", cookie_of(phone)),
        ("root", staffs),
    ):
        async with Live(served.live, caller=caller, additional_headers=headers) as socket:
            assert await socket.closed() == peers.REFUSED, caller
    async with Live(served.live, have={f"bag:{tablet.bag}": None}, additional_headers=staffs) as socket:
        await socket.until(lambda live: {"type": "denied", "topic": f"bag:{tablet.bag}"} in live.messages)
    assert (await staff.get(f"/api/topics/bag:{tablet.bag}")).status_code == 404, "staff never read a bag"


async def test_a_phone_hears_nothing_of_others(served: Served, tablet: Tablet) -> None:
    phone, other = Phone(served), await shopping.tablet_at(served)
    await phone.take(tablet)
    await other.begin()
    names = [f"kiosk:{tablet.id}", f"bag:{other.bag}", "range:OXF", "kiosks", "floor:OXF", "queue", f"device:{tablet.id}",
             "shopper:" + "0" * 64, "bag:", "bag:1", "x" * 300]  # fmt: skip
    async with Live(
        served.live, have=dict.fromkeys(names), caller="shopper", additional_headers=cookie_of(phone)
    ) as socket:
        await socket.until(lambda live: sum(said["type"] == "denied" for said in live.messages) == len(names))
    assert socket.documents == {}


async def test_a_socket_of_another_site_is_not_opened(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.take(tablet)
    with pytest.raises(InvalidStatus):
        async with Live(served.live, caller="shopper", additional_headers=cookie_of(phone), origin="https://evil.test"):
            pass
