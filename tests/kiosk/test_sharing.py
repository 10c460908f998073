"""A link shows a copy of a bag as it was, to whoever has it, until it is withdrawn."""

import pytest

from kiosk import sharing
from kiosk.models import Share
from server.core.clock import now
from tests import house, shopping
from tests.conftest import Served
from tests.shopping import Phone, add, remove


@pytest.fixture
async def phone(served: Served) -> Phone:
    """A browser with two things in its bag."""
    await shopping.catalogue(served.database)
    made = Phone(served)
    await made.client.post("/api/bag")
    await made.send(add("stain-madder"), add("slip-ink"))
    return made


async def _link(phone: Phone) -> dict:
    answer = await phone.client.post("/api/bag/shares")
    assert answer.status_code == 201, answer.text
    return answer.json()


def _path(link: dict) -> str:
    return "/shared/" + link["address"].rpartition("/")[2]


async def test_a_link_shows_the_bag_as_it_was_with_prices_now(served: Served, phone: Phone) -> None:
    link = await _link(phone)
    assert link["address"].startswith("http://vitrine.test/shared/") and link["items"] == 2
    [ink] = [item for item in await phone.items() if item["variant"] == "slip-ink"]
    await phone.send(remove(ink["adds"]), add("stain-plum"))
    page = await served.client().get(_path(link))
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer" and "noindex" in page.headers["x-robots-tag"]
    assert "Ink Blue" in page.text and "Madder Red" in page.text and "£145.00" in page.text
    assert "Late Plum" not in page.text, "what was added later does not show"
    assert (await phone.bag())["bag"] not in page.text, "nothing in it leads to the bag"


async def test_a_withdrawn_link_shows_nothing_and_neither_does_one_whose_time_is_over(
    served: Served, phone: Phone
) -> None:
    first, second = await _link(phone), await _link(phone)
    listed = (await phone.client.get("/api/bag/shares")).json()["shares"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert all("address" not in one for one in listed), "addresses are told once"
    assert (await phone.client.delete(f"/api/bag/shares/{first['id']}")).status_code == 204
    async with served.database.transaction() as db:
        (await db.get_one(Share, second["id"])).expires_at = now()
    stranger = served.client()
    for link in (first, second):
        page = await stranger.get(_path(link))
        assert page.status_code == 404 and "shows nothing any more" in page.text
    assert (await stranger.get("/shared/never-was")).status_code == 404
    assert (await phone.client.get("/api/bag/shares")).json()["shares"] == []


async def test_only_whoever_opens_the_bag_makes_sees_and_withdraws_its_links(served: Served, phone: Phone) -> None:
    link = await _link(phone)
    stranger = Phone(served)
    for method, path in (("POST", "/api/bag/shares"), ("GET", "/api/bag/shares"), ("DELETE", "/api/bag/shares/1")):
        assert (await stranger.client.request(method, path)).status_code == 401
    await stranger.client.post("/api/bag")
    assert (await stranger.client.get("/api/bag/shares")).json()["shares"] == []
    assert (await stranger.client.delete(f"/api/bag/shares/{link['id']}")).status_code == 404
    assert (await stranger.client.post("/api/bag/shares")).status_code == 400, "there is nothing in it"
    assert (await served.client().get(_path(link))).status_code == 200


async def test_a_bag_has_a_few_links_at_a_time(phone: Phone) -> None:
    made = [await _link(phone) for _ in range(sharing.MOST)]
    refused = await phone.client.post("/api/bag/shares")
    assert refused.status_code == 409 and "Withdraw one" in refused.json()["detail"]
    await phone.client.delete(f"/api/bag/shares/{made[0]['id']}")
    await _link(phone)


async def test_a_bag_that_took_another_up_withdraws_that_ones_links_too(served: Served, phone: Phone) -> None:
    tablet = await shopping.tablet_at(served)
    await tablet.begin()
    await tablet.send(add("stain-plum"))
    other = Phone(served)
    await other.take(tablet)
    link = await _link(other)
    assert (await phone.take(tablet)).status_code == 200
    assert [one["id"] for one in (await phone.client.get("/api/bag/shares")).json()["shares"]] == [link["id"]]
    assert (await phone.client.delete(f"/api/bag/shares/{link['id']}")).status_code == 204
    assert (await served.client().get(_path(link))).status_code == 404


async def test_where_things_were_seen_is_told_by_name_to_whoever_has_them(served: Served, phone: Phone) -> None:
    async with served.database.transaction() as db:
        screen, _ = await house.screen(db, "Oxford Street, window")
        await house.screen(db, "Piccadilly")
    await phone.send(
        add("stain-plum", seen={"screen": screen.id, "spot": "s1"}), add("slip-ink", seen={"screen": "gone"})
    )
    answer = await phone.client.get("/api/bag/places")
    assert answer.json() == {"places": {screen.id: "Oxford Street, window"}}, (
        "unknown ones, and those of others, are left out"
    )
    assert (await Phone(served).client.get("/api/bag/places")).status_code == 401
