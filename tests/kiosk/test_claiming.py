"""One bag of two, and two of one again: what each side keeps, and who may go on looking."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from catalog.models import Product, Variant
from kiosk import bags, claiming, keeping
from kiosk.models import Bag, BagOperation, Claim, Customer
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Conflict
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Phone, Tablet, add, remove


@pytest.fixture
async def phone(served: Served) -> Phone:
    """A phone that keeps a bag of its own."""
    made = Phone(served)
    (await made.client.post("/api/bag")).raise_for_status()
    return made


def variants(items: list[dict[str, Any]]) -> list[str]:
    """What is in a bag, in one order."""
    return sorted(item["variant"] for item in items)


async def test_what_the_tablet_took_out_of_a_phones_bag_does_not_come_back_when_the_claim_is_undone(
    tablet: Tablet, phone: Phone
) -> None:
    await phone.send(add("slip-ink"), add("stain-plum"))
    await phone.take(tablet)
    [ink] = [item for item in await phone.items() if item["variant"] == "slip-ink"]
    await tablet.send(add("stain-madder"), remove(ink["adds"]))
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    assert variants(await phone.items()) == ["stain-plum"]
    assert variants(await tablet.items()) == ["stain-madder"]


async def test_an_add_that_comes_after_its_removal_and_after_the_undoing_stays_out(
    tablet: Tablet, phone: Phone
) -> None:
    late = add("slip-ink")
    await phone.take(tablet)
    await tablet.send(remove([late["id"]]))
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    await tablet.send(late)
    assert await tablet.items() == []


async def test_a_browser_that_only_had_the_tablets_bag_does_not_see_the_bag_that_takes_it_up(
    served: Served, tablet: Tablet, phone: Phone
) -> None:
    earlier = Phone(served)
    await earlier.take(tablet)
    await phone.send(add("slip-ink"))
    await phone.take(tablet)
    own = (await phone.bag())["bag"]
    assert await earlier.bag() == {"bag": None, "customer": False, "lost_because": "claimed"}
    assert (await earlier.client.get(f"/api/topics/bag:{own}?as=shopper")).status_code == 404
    assert (await earlier.send(add("stain-plum"), bag=own)).status_code == 404


async def test_who_had_to_give_a_bag_back_hears_nothing_more_of_it(
    served: Served, tablet: Tablet, phone: Phone
) -> None:
    await phone.take(tablet)
    cookie = f"vitrine_shopper={phone.client.cookies['vitrine_shopper']}"
    name = f"bag:{tablet.bag}"
    async with Live(served.live, have={name: None}, caller="shopper", additional_headers={"Cookie": cookie}) as hand:
        await hand.document(name, lambda doc: doc.get("gone"))
        await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
        await hand.until(lambda live: {"type": "denied", "topic": name} in live.messages)
        await tablet.send(add("slip-ink"))
        own = f"bag:{(await phone.bag())['bag']}"
        await hand.send(type="subscribe", have={own: None})
        await hand.document(own)
    assert hand.documents[name].get("items", []) == []


async def test_a_tablet_goes_back_with_the_phones_bag_when_an_account_gives_that_back(
    served: Served, tablet: Tablet, phone: Phone
) -> None:
    await phone.take(tablet)
    own = (await phone.bag())["bag"]
    async with served.database.transaction() as db:
        made = await claiming.claim(db, await db.get_one(Bag, own), await account(db))
    before = await tablet.client.get(f"/api/topics/kiosk:{tablet.id}")
    assert before.json()["doc"]["visit"]["customer"]
    async with served.database.transaction() as db:
        await claiming.undo(db, await db.get_one(Claim, made.id))
    after = await tablet.client.get(f"/api/topics/kiosk:{tablet.id}")
    assert after.json()["doc"]["visit"]["bag"] == own
    assert after.json()["version"] != before.json()["version"], "it would be taken for the one before"
    assert (await tablet.client.get(f"/api/topics/bag:{made.to_bag}")).status_code == 404


async def test_of_two_claims_on_end_each_gives_back_its_own_in_either_order(database: Database) -> None:
    for first, second in ((0, 1), (1, 0)):
        async with database.transaction() as db:
            tablets, phones = await keeping.begin(db, str(uuid4())), await keeping.begin(db, str(uuid4()))
            for bag in (tablets, phones):
                await keeping.take(db, bag, [keeping.Operation(str(uuid4()), "remove", adds=[str(uuid4())])], source="")
            claims = [await claiming.claim(db, tablets, phones), await claiming.claim(db, phones, await account(db))]
        for made in (claims[first], claims[second]):
            async with database.transaction() as db:
                await claiming.undo(db, await db.get_one(Claim, made.id))
        async with database.snapshot() as db:
            homes = await db.execute(
                select(BagOperation.bag_id).where(BagOperation.bag_id.in_([tablets.id, phones.id]))
            )
            assert sorted(home for (home,) in homes) == sorted([tablets.id, phones.id])


async def account(db: Any) -> Bag:
    """A customer's bag."""
    customer = Customer(language="en", created_at=now())
    db.add(customer)
    await db.flush()
    made = await keeping.begin(db, str(uuid4()))
    made.customer_id = customer.id
    await db.flush()
    return made


async def test_a_second_claimant_is_refused_with_a_reason_and_loses_nothing(
    served: Served, tablet: Tablet, phone: Phone
) -> None:
    await tablet.send(add("slip-ink"))
    async with served.database.transaction() as db:
        await claiming.claim(db, await db.get_one(Bag, tablet.bag), await account(db))
    await phone.send(add("stain-plum"))
    refused = await phone.take(tablet)
    assert refused.status_code == 409
    assert "belongs to an account" in refused.json()["detail"]
    assert variants(await phone.items()) == ["stain-plum"]
    assert (await Phone(served).take(tablet)).status_code == 404


async def test_two_bags_that_do_not_fit_into_one_stay_two(database: Database) -> None:
    async with database.transaction() as db:
        db.add(Product(id="p", title="Lipstick", brand="House", product_type="Lips"))
        await db.flush()
        ids = [f"shade-{number}" for number in range(bags.MOST_ITEMS + 1)]
        for id in ids:
            db.add(Variant(id=id, product_id="p", title=id, colour=id, price=1, currency="GBP",
                           availability="in_stock", link="https://house.test", changed_at=now()))  # fmt: skip
        here, there = await keeping.begin(db, str(uuid4())), await keeping.begin(db, str(uuid4()))
        await keeping.take(db, here, [operation(id) for id in ids[:150]], source="a test")
        await keeping.take(db, there, [operation(id) for id in ids[100:]], source="a test")
        with pytest.raises(Conflict, match="more than one can"):
            await claiming.claim(db, here, there)
        assert len(await keeping.contents(db, here)) == 150
        empty = await keeping.begin(db, str(uuid4()))
        assert await claiming.claim(db, empty, there), "nothing fits into any bag"


def operation(variant: str) -> keeping.Operation:
    """An add."""
    return keeping.Operation(str(uuid4()), "add", variant)


async def test_no_bag_is_taken_up_into_itself(database: Database) -> None:
    async with database.transaction() as db:
        bag = await keeping.begin(db, str(uuid4()))
        with pytest.raises(Conflict):
            await claiming.claim(db, bag, bag)
        assert (await keeping.where(db, bag.id))[0] == bag.id


async def test_a_retry_is_answered_as_before_even_where_the_bag_takes_no_more(
    served: Served, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_OPERATIONS", 2)
    both = [add("slip-ink"), add("stain-plum")]
    assert (await tablet.send(*both)).status_code == 200
    again = await tablet.send(*both)
    assert [one["kept"] for one in again.json()["outcomes"]] == [True, True]
    assert (await tablet.send(add("stain-madder"))).status_code == 409
