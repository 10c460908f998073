"""Signing in as a second step: what was collected becomes the customer's, nothing vanishes or doubles, and a day undoes it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from kiosk.models import Claim
from server.core.clock import now
from server.core.settings import Settings
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Phone, Tablet, add, remove
from tests.signing import ask, me, newest_code, sign_in, type_code

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console")


async def variants(of: Phone | Tablet, bag: str = "") -> list[str]:
    """What is in the bag, in order of name."""
    items = await of.items(bag) if isinstance(of, Tablet) else await of.items()
    return sorted(item["variant"] for item in items)


# -- the complaints that shoppers have of other shops --------------------------------------------------------------


async def test_the_list_is_there_after_the_account_was_made(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await tablet.send(add("stain-madder"), add("slip-ink"))
    await phone.take(tablet)
    await phone.send(add("stain-plum"))
    answer = await sign_in(served, phone)
    assert await phone.bag() == {"bag": answer["bag"], "customer": True, "lost_because": ""}
    assert await variants(phone) == ["slip-ink", "stain-madder", "stain-plum"]
    later = Phone(served)
    await sign_in(served, later)
    assert await variants(later) == ["slip-ink", "stain-madder", "stain-plum"], "on another browser, on another day"


async def test_there_is_one_list_wherever_somebody_signs_in(served: Served, tablet: Tablet) -> None:
    first, second = Phone(served), Phone(served)
    assert (await sign_in(served, first))["bag"] == (await sign_in(served, second))["bag"]
    await first.send(add("slip-ink"))
    await second.send(add("stain-plum"))
    assert await variants(first) == await variants(second) == ["slip-ink", "stain-plum"]
    [ink] = [item for item in await second.items() if item["variant"] == "slip-ink"]
    await second.send(remove(ink["adds"]))
    assert await variants(first) == ["stain-plum"]


async def test_what_was_in_both_lists_is_there_once(served: Served, tablet: Tablet) -> None:
    known = Phone(served)
    await sign_in(served, known)
    await known.send(add("slip-ink"))
    guest = Phone(served)
    await guest.client.post("/api/bag")
    await guest.send(add("slip-ink"), add("stain-madder"))
    await sign_in(served, guest)
    assert await variants(guest) == ["slip-ink", "stain-madder"]
    [ink] = [item for item in await guest.items() if item["variant"] == "slip-ink"]
    assert len(ink["adds"]) == 2
    await guest.send(remove(ink["adds"]))
    assert await variants(known) == ["stain-madder"], "taken out once it is out"


async def test_the_guests_list_replaces_nothing(served: Served, tablet: Tablet) -> None:
    known = Phone(served)
    await sign_in(served, known)
    await known.send(add("slip-ink"), add("stain-plum"))
    guest = Phone(served)
    await guest.client.post("/api/bag")
    await guest.send(add("stain-madder"))
    await sign_in(served, guest)
    assert await variants(known) == ["slip-ink", "stain-madder", "stain-plum"]
    empty = Phone(served)
    await empty.client.post("/api/bag")
    await sign_in(served, empty)
    assert await variants(empty) == ["slip-ink", "stain-madder", "stain-plum"], "nor does an empty one"


# -- claims --------------------------------------------------------------------------------------------------------


async def test_what_came_with_signing_in_can_be_given_back_for_a_day(served: Served, tablet: Tablet) -> None:
    known = Phone(served)
    await sign_in(served, known)
    await known.send(add("stain-plum"))
    friend = Phone(served)
    await tablet.send(add("slip-ink"))
    await friend.take(tablet)
    claim = (await sign_in(served, friend))["claim"]["id"]
    await friend.send(add("stain-madder"))
    [shown] = (await me(friend))["claims"]
    assert (shown["id"], shown["things"], shown["store"]) == (claim, 1, "Oxford Street")
    answer = await friend.client.delete(f"/api/me/claims/{claim}")
    assert answer.json() == {"with": "tablet"}
    assert await variants(friend) == ["stain-madder", "stain-plum"]
    assert await variants(tablet) == ["slip-ink"]
    assert (await friend.client.delete(f"/api/me/claims/{claim}")).status_code == 410
    await tablet.client.delete(f"/api/visits/{tablet.visit}")
    await friend.client.delete("/api/sign-in")
    assert await variants(friend) == ["slip-ink"], "who signs out has again what the browser had"


async def test_after_a_day_it_stays(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    await phone.send(add("slip-ink"))
    claim = (await sign_in(served, phone))["claim"]["id"]
    async with served.database.transaction() as db:
        await db.execute(update(Claim).values(made_at=now() - timedelta(hours=24, minutes=1)))
    assert (await me(phone))["claims"] == []
    assert (await phone.client.delete(f"/api/me/claims/{claim}")).status_code == 410
    assert await variants(phone) == ["slip-ink"]


async def test_a_second_claimant_is_refused_with_a_reason(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    first, second = Phone(served), Phone(served)
    await first.take(tablet)
    await second.take(tablet)
    assert await variants(second) == ["slip-ink"], "until somebody signs in, who took it has it"
    name, cookie = f"bag:{tablet.bag}", f"vitrine_shopper={second.client.cookies['vitrine_shopper']}"
    async with Live(
        served.live, have={name: None}, caller="shopper", additional_headers={"Cookie": cookie}
    ) as watching:
        await watching.document(name)
        await sign_in(served, first, "first@example.com")
        await watching.until(lambda live: any(said["type"] == "denied" for said in live.messages))
    assert await second.bag() == {"bag": None, "customer": False, "lost_because": "claimed"}
    answer = await sign_in(served, second, "second@example.com")
    assert "belongs to another account" in answer["refused"] and answer["claim"] is None
    assert await variants(second) == []
    assert await variants(first) == ["slip-ink"]


async def test_a_phone_that_makes_one_of_two_bags_shows_neither_to_who_had_one(served: Served, tablet: Tablet) -> None:
    onlooker, owner = Phone(served), Phone(served)
    await onlooker.take(tablet)
    await owner.client.post("/api/bag")
    await owner.send(add("stain-plum"))
    await owner.take(tablet)
    assert (await onlooker.bag())["lost_because"] == "claimed"
    assert (await onlooker.client.get(f"/api/topics/bag:{tablet.bag}?as=shopper")).status_code == 404
    assert (await onlooker.send(add("slip-ink"), bag=tablet.bag)).status_code == 404


# -- a known customer ----------------------------------------------------------------------------------------------


async def test_a_known_customer_opens_a_tablet_and_it_is_gone_at_the_end_of_the_visit(
    served: Served, tablet: Tablet
) -> None:
    phone = Phone(served)
    own = (await sign_in(served, phone))["bag"]
    await phone.send(add("stain-plum"))
    await tablet.send(add("slip-ink"))
    name = f"kiosk:{tablet.id}"
    async with Live(served.live, token=tablet.token, have={name: None}) as glass:
        await glass.document(name)
        assert (await phone.take(tablet)).json() == {"bag": own}
        shown = await glass.document(name, lambda doc: doc["visit"]["bag"] == own)
        assert shown["visit"]["customer"] is True
    assert await variants(tablet, own) == await variants(phone) == ["slip-ink", "stain-plum"]
    await tablet.send(add("stain-madder"))
    assert len(await phone.items()) == 3
    assert [one["store"] for one in (await me(phone))["tablets"]] == ["Oxford Street"]
    await phone.client.delete(f"/api/bag/visits/{tablet.visit}")
    assert (await tablet.client.get(f"/api/topics/bag:{own}")).status_code == 404
    assert (await tablet.document())["visit"] is None and (await me(phone))["tablets"] == []
    [claim] = (await me(phone))["claims"]
    answer = await phone.client.delete(f"/api/me/claims/{claim['id']}")
    assert answer.json() == {"with": "nobody"}
    assert await variants(phone) == ["stain-plum"]


async def test_the_tablet_can_say_that_it_was_not_my_phone(served: Served, tablet: Tablet) -> None:
    stranger = Phone(served)
    await sign_in(served, stranger)
    await tablet.send(add("slip-ink"))
    await stranger.take(tablet)
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    assert await variants(stranger) == [] and await variants(tablet) == ["slip-ink"]
    assert (await me(stranger))["claims"] == []


async def test_of_two_who_sign_in_with_one_bag_at_once_one_gets_it(served: Served, tablet: Tablet) -> None:
    await tablet.send(add("slip-ink"))
    phones = [Phone(served), Phone(served)]
    codes = []
    for number, phone in enumerate(phones):
        await phone.take(tablet)
        await ask(phone, f"n{number}@example.com")
        codes.append(await newest_code(served, f"n{number}@example.com"))
    answers = await asyncio.gather(*(type_code(phone, code) for phone, code in zip(phones, codes, strict=True)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted([len(await phone.items()) for phone in phones]) == [0, 1]
    assert sorted(bool(answer.json()["refused"]) for answer in answers) == [False, True]


async def test_two_browsers_of_somebody_new_at_once_make_one_account_with_all_of_it(
    served: Served, tablet: Tablet
) -> None:
    phones = [Phone(served), Phone(served)]
    codes = []
    for phone, variant in zip(phones, ("slip-ink", "stain-plum"), strict=True):
        await phone.client.post("/api/bag")
        await phone.send(add(variant))
        await ask(phone, "ada@example.com")
        codes.append(await newest_code(served, "ada@example.com"))
    answers = await asyncio.gather(*(type_code(phone, code) for phone, code in zip(phones, codes, strict=True)))
    assert [answer.status_code for answer in answers] == [200, 200]
    for phone in phones:
        assert await variants(phone) == ["slip-ink", "stain-plum"] and len((await me(phone))["sessions"]) == 2
