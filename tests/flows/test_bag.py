"""A bag goes from a tablet to a phone and back: taken by a code and two digits, live both ways, and gone when it is to be gone."""

import asyncio
import threading
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from kiosk import sealing
from tests import shopping
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Phone, Tablet, add, remove


async def test_what_is_tapped_on_the_tablet_is_on_the_phone_that_took_the_bag(served: Served, tablet: Tablet) -> None:
    assert (await tablet.send(add("stain-madder"))).status_code == 200
    phone = Phone(served)
    assert (await phone.take(tablet)).status_code == 200
    assert [item["variant"] for item in await phone.items()] == ["stain-madder"]
    await tablet.send(add("slip-ink"))
    assert {item["variant"] for item in await phone.items()} == {"stain-madder", "slip-ink"}
    [madder] = [item for item in await phone.items() if item["variant"] == "stain-madder"]
    assert (await phone.send(remove(madder["adds"]))).status_code == 200
    assert [item["variant"] for item in await tablet.items()] == ["slip-ink"]


async def test_both_hear_of_a_change_at_once(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.take(tablet)
    cookie = f"vitrine_shopper={phone.client.cookies['vitrine_shopper']}"
    name = f"bag:{tablet.bag}"
    async with (
        Live(served.live, token=tablet.token, have={name: None}) as glass,
        Live(served.live, have={name: None}, caller="shopper", additional_headers={"Cookie": cookie}) as hand,
    ):
        await glass.document(name)
        document = await hand.document(name)
        assert document["tablets"][0]["store"] == "Oxford Street"
        await phone.send(add("slip-ink"))
        await glass.document(name, lambda doc: [one["variant"] for one in doc["items"]] == ["slip-ink"])
        await tablet.client.delete(f"/api/visits/{tablet.visit}?by=idle")
        await glass.until(lambda live: any(said["type"] == "denied" for said in live.messages))
        await hand.document(name, lambda doc: doc["tablets"] == [])
    assert (await tablet.client.get(f"/api/topics/{name}")).status_code == 404
    assert (await tablet.send(add("stain-plum"))).status_code == 200, "late operations go in, but nothing can be read"


async def test_an_operation_that_comes_twice_or_late_counts_once(served: Served, tablet: Tablet) -> None:
    once = add("stain-madder")
    for _ in range(3):
        outcome = (await tablet.send(once)).json()["outcomes"]
        assert outcome == [{"id": once["id"], "kept": True, "why": ""}]
    assert len(await tablet.items()) == 1
    late, other = add("slip-ink"), add("slip-ink")
    await tablet.send(other, remove([late["id"]]), late)
    [ink] = [item for item in await tablet.items() if item["variant"] == "slip-ink"]
    assert ink["adds"] == [other["id"]], "a removal takes what it names even where that comes later, and nothing else"


async def sealed(tablet: Tablet, *operations: dict[str, Any]) -> dict[str, Any]:
    """A box with what the tablet could not send."""
    key = (await tablet.client.get("/api/sealing-key")).json()
    whose = {"visit": tablet.visit, "bag": tablet.bag, "secret": tablet.secret}
    plain = msgspec.json.encode({**whose, "operations": operations})
    return msgspec.to_builtins(sealing.seal(key["key"], key["id"], plain, tablet=tablet.id))


async def test_what_was_sealed_before_a_wipe_is_found_on_the_phone(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.take(tablet)
    box = await sealed(tablet, add("slip-ink"))
    await tablet.client.delete(f"/api/visits/{tablet.visit}")
    for _ in range(2):
        assert (await tablet.client.post("/api/sealed", json=box)).status_code == 200
    assert [item["variant"] for item in await phone.items()] == ["slip-ink"]
    other = await shopping.tablet_at(served)
    assert (await other.client.post("/api/sealed", json=box)).status_code == 400, (
        "another tablet hands it in for nothing"
    )
    assert (await tablet.client.post("/api/sealed", json=box | {"data": "AAAA"})).status_code == 400


async def test_nobodys_tap_waits_while_a_box_is_opened(
    served: Served, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, opened = await sealed(tablet, add("slip-ink")), sealing._open
    begun, tapped = threading.Event(), threading.Event()

    def slowly(*parts: Any) -> bytes:
        begun.set()
        assert tapped.wait(5), "a tap waits for the box"
        return opened(*parts)

    monkeypatch.setattr(sealing, "_open", slowly)
    async with asyncio.TaskGroup() as both:
        handing = both.create_task(tablet.client.post("/api/sealed", json=box))
        await asyncio.to_thread(begun.wait, 5)
        assert (await tablet.send(add("stain-plum"))).status_code == 200
        tapped.set()
    assert handing.result().status_code == 200 and len(await tablet.items()) == 2


async def test_who_scans_over_a_shoulder_gets_nothing(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    first, second = Phone(served), Phone(served)
    ticket = await tablet.ticket()
    assert (await first.client.post("/api/tickets", json={"ticket": ticket})).json()["state"] == "asked"
    assert (await second.client.post("/api/tickets", json={"ticket": ticket})).json()["state"] == "contested"
    assert (await tablet.document())["visit"]["ticket"] == {"state": "contested", "number": None}
    assert (await first.client.post("/api/tickets/pick", json={"number": 11})).status_code == 410
    ticket = await tablet.ticket()
    await first.client.post("/api/tickets", json={"ticket": ticket})
    number = (await tablet.document())["visit"]["ticket"]["number"]
    assert (await first.client.post("/api/tickets/pick", json={"number": number})).status_code == 200
    assert (await first.bag())["bag"] == tablet.bag
    await second.client.post("/api/tickets", json={"ticket": ticket})
    assert await first.bag() == {"bag": None, "customer": False, "lost_because": "taken back"}


async def test_a_second_phone_at_an_older_code_is_told_of_although_a_newer_one_is_shown(
    served: Served, tablet: Tablet
) -> None:
    first, second = Phone(served), Phone(served)
    older = await tablet.ticket()
    await first.client.post("/api/tickets", json={"ticket": older})
    number = (await tablet.document())["visit"]["ticket"]["number"]
    assert (await first.client.post("/api/tickets/pick", json={"number": number})).status_code == 200
    await tablet.ticket()
    assert (await tablet.document())["visit"]["ticket"]["state"] == "shown"
    assert (await second.client.post("/api/tickets", json={"ticket": older})).json()["state"] == "contested"
    assert (await tablet.document())["visit"]["ticket"]["state"] == "contested", "the first phone has lost the bag"
    assert (await first.bag())["lost_because"] == "taken back"
    await tablet.ticket()
    assert (await tablet.document())["visit"]["ticket"]["state"] == "shown"


async def test_a_wrong_number_ends_the_code_and_the_tablet_can_refuse(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/tickets", json={"ticket": await tablet.ticket()})
    number = (await tablet.document())["visit"]["ticket"]["number"]
    wrong = number + 1 if number < 99 else 10
    assert (await phone.client.post("/api/tickets/pick", json={"number": wrong})).status_code == 409
    assert (await phone.client.post("/api/tickets/pick", json={"number": number})).status_code == 410
    assert (await phone.take(tablet)).status_code == 200
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    assert (await phone.bag())["lost_because"] == "taken back"


async def test_a_phone_that_has_a_bag_of_its_own_makes_one_of_both(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    phone = Phone(served)
    own = (await phone.client.post("/api/bag")).json()["bag"]
    await phone.send(add("stain-madder"))
    assert (await phone.take(tablet)).json()["bag"] == own
    assert {item["variant"] for item in await phone.items()} == {"slip-ink", "stain-madder"}
    moved = (await tablet.client.get(f"/api/topics/bag:{tablet.bag}")).json()["doc"]
    assert moved == {"gone": True, "moved": own}
    assert {item["variant"] for item in await tablet.items(own)} == {"slip-ink", "stain-madder"}
    await tablet.send(add("stain-plum"))
    assert len(await phone.items()) == 3, "what is sent to the old bag goes where it went"
    await phone.client.delete(f"/api/bag/visits/{tablet.visit}")
    assert (await tablet.client.get(f"/api/topics/bag:{own}")).status_code == 404


async def test_nobody_reads_or_writes_anothers_bag(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    stranger, other = Phone(served), await shopping.tablet_at(served)
    await stranger.client.post("/api/bag")
    await other.begin()
    assert (await stranger.send(add("slip-ink"), bag=tablet.bag)).status_code == 404
    assert (await stranger.client.get(f"/api/topics/bag:{tablet.bag}?as=shopper")).status_code == 404
    assert (await other.client.get(f"/api/topics/bag:{tablet.bag}")).status_code == 404
    body = {"operations": [add("slip-ink")], "secret": other.secret}
    assert (await other.client.post(f"/api/bags/{tablet.bag}/operations", json=body)).status_code == 404
    taken = {"bag": tablet.bag, "secret": other.secret}
    assert (await other.client.put(f"/api/visits/{uuid4()}", json=taken)).status_code == 404
    for path in ("tickets", "call"):
        assert (await other.client.post(f"/api/visits/{tablet.visit}/{path}")).status_code == 404
    assert len(await tablet.items()) == 1


async def test_operations_that_nobody_makes_are_refused_and_lose_nothing(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    for wrong in (
        add("slip-ink") | {"id": "1"}, add(""), add("x" * 101), add("\0"), remove([]), remove(["1"]), add("slip-ink", adds=[str(uuid4())]),
        add("slip-ink") | {"kind": "steal"}, add("slip-ink", seen={"screen": "x" * 61}), add("slip-ink", seen={"who": "me"}),
    ):  # fmt: skip
        assert (await tablet.send(wrong)).status_code == 400, wrong
    assert (await tablet.send(*[add("slip-ink") for _ in range(201)])).status_code == 400
    outcome = (await tablet.send(add("no-such-thing"), add("stain-plum"))).json()["outcomes"]
    assert [(one["kept"], one["why"]) for one in outcome] == [(False, "unknown"), (True, "")]
    assert {item["variant"] for item in await tablet.items()} == {"slip-ink", "stain-plum"}
