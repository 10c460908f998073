"""What is held about a customer can be taken away and can go, all of it; and what nobody came back for goes by itself."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from kiosk import customers, forgetting, keeping, mailing
from kiosk.models import (
    Bag,
    BagOperation,
    Call,
    Claim,
    Customer,
    Mail,
    Passkey,
    PasskeyChallenge,
    Share,
    ShopperSession,
    SignInCode,
    Ticket,
    Visit,
)
from server.core import topics
from server.core.clock import now
from server.core.security import digest
from server.core.settings import Settings
from server.core.tables import Base
from server.retention import forget_old
from tests import shopping
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Phone, Tablet, add, remove
from tests.signing import ask, me, sign_in

EMAIL = "ada.lovelace@example.com"

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console")


async def lived_in(served: Served, tablet: Tablet) -> tuple[Phone, str]:
    """A customer with everything that one can have, and the id of their bag."""
    phone = Phone(served)
    phone.client.headers["user-agent"] = "Mozilla/5.0 (iPhone) Version/19.0 Safari/604.1 only-hers"
    ink = add("slip-ink", seen={"screen": "s1", "spot": "window"})
    await tablet.send(ink, add("stain-madder"))
    await phone.take(tablet)
    await tablet.client.post(f"/api/visits/{tablet.visit}/call")
    bag = (await sign_in(served, phone, EMAIL))["bag"]
    await phone.send(remove([ink["id"]]), add("stain-plum"))
    await phone.client.put("/api/me/mail-consent")
    await ask(Phone(served), EMAIL)
    async with served.database.transaction() as db:
        customer = (await db.scalars(select(Customer).where(Customer.email == EMAIL))).one()
        session = (await db.scalars(select(ShopperSession).where(ShopperSession.customer_id == customer.id))).one()
        db.add(Passkey(id="hers", customer_id=customer.id, public_key=b"key", name="Her phone", created_at=now()))
        db.add(
            PasskeyChallenge(
                session=session.digest, purpose="add", challenge=b"c", expires_at=now() + timedelta(minutes=5)
            )
        )
        db.add(
            Share(
                digest=digest("shared"),
                bag_id=bag,
                variants=["stain-plum"],
                made_at=now(),
                expires_at=now() + timedelta(days=9),
            )
        )
    return phone, bag


async def every_row(served: Served) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    async with served.database.snapshot() as db:
        found = {}
        for table in Base.metadata.sorted_tables:
            rows = await db.execute(text(f'SELECT * FROM "{table.name}"'))
            found[table.name] = [" | ".join(map(str, row)) for row in rows]
        return found


async def test_erasing_leaves_nothing_in_any_table(served: Served, tablet: Tablet) -> None:
    before = await every_row(served)
    phone, bag = await lived_in(served, tablet)
    async with served.database.snapshot() as db:
        operations = set(await db.scalars(select(BagOperation.id)))
        customer = (await db.scalars(select(Customer.id))).one()
    cookie = f"vitrine_shopper={phone.client.cookies['vitrine_shopper']}"
    name = f"bag:{bag}"
    async with (
        Live(served.live, token=tablet.token, have={f"kiosk:{tablet.id}": None, name: None}) as glass,
        Live(served.live, have={name: None}, caller="shopper", additional_headers={"Cookie": cookie}) as hand,
    ):
        await glass.document(name)
        await hand.document(name)
        assert (await phone.client.delete("/api/me")).json() == {"erased": True}
        await glass.document(f"kiosk:{tablet.id}", lambda doc: doc["visit"] is None)
        await hand.until(lambda live: live.closed or any(said["type"] == "denied" for said in live.messages))
    assert (await phone.client.get("/api/me")).status_code == 401 and "vitrine_shopper" not in phone.client.cookies
    after = await every_row(served)
    everything = "\n".join(row for rows in after.values() for row in rows)
    for trace in (EMAIL, "lovelace", "only-hers", "Her phone", *operations):
        assert trace not in everything, trace
    theirs = ("bag", "bag_operation", "bag_removal", "claim", "claim_operation", "customer", "mail", "passkey", "share",
              "passkey_challenge", "sign_in_code", "ticket", "visit", "call")  # fmt: skip
    assert {table: after[table] for table in theirs if after[table]} == {}, customer
    assert len(after["shopper_session"]) == 1, "a browser that asked for a code for that address, and knows nobody"
    assert after["kiosk"] == before["kiosk"] and after["variant"] == before["variant"]
    again = Phone(served)
    await sign_in(served, again, EMAIL)
    assert await again.items() == [] and (await me(again))["mail_consent_at"] is None, "whoever comes again begins anew"


async def test_erasing_touches_nobody_else(served: Served, tablet: Tablet) -> None:
    other, onlooker = Phone(served), Phone(served)
    await onlooker.take(tablet)
    await sign_in(served, other, "bo@example.com")
    await other.send(add("stain-plum"))
    phone, _ = await lived_in(served, tablet)
    await phone.client.delete("/api/me")
    assert len(await other.items()) == 1 and len((await me(other))["sessions"]) == 1
    assert (await onlooker.bag())["lost_because"] == "claimed", (
        "the browser is there still, and knows why it has no bag"
    )


async def test_the_export_holds_all_of_it_in_schema_orgs_words(served: Served, tablet: Tablet) -> None:
    from catalog.models import Variant

    phone, bag = await lived_in(served, tablet)
    async with served.database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-plum").values(gtin="09520000000017"))
    answer = await phone.client.get("/api/me/export")
    assert answer.headers["content-disposition"].startswith('attachment; filename="my-bag-')
    assert answer.headers["cache-control"] == "no-store" and "\n" in answer.text
    document = answer.json()
    assert document["@context"] == "https://schema.org"
    found: dict[str, list[dict[str, Any]]] = {}
    for thing in document["@graph"]:
        found.setdefault(thing["@type"], []).append(thing)
    [person], [bag_list] = found["Person"], found["ItemList"]
    assert person["email"] == EMAIL and person["additionalProperty"]["value"] is True
    assert bag_list["identifier"] == bag and bag_list["numberOfItems"] == 2
    plum = bag_list["itemListElement"][0]["item"]
    assert (plum["@type"], plum["gtin"], plum["name"], plum["color"]) == (
        "Product",
        "09520000000017",
        "Velvet Lipstick",
        "Late Plum",
    )
    assert "gtin" not in bag_list["itemListElement"][1]["item"]
    adds, [taken_out] = found["AddAction"], found["DeleteAction"]
    assert len(adds) == 3 and {one["object"]["productID"] for one in adds} == {"slip-ink", "stain-madder", "stain-plum"}
    assert [one["location"]["name"] for one in adds if "location" in one] == ["s1 window"]
    assert taken_out["object"][0]["identifier"] in {one["identifier"] for one in adds}
    assert found["CheckInAction"][0]["location"]["name"] == "Oxford Street"
    assert found["AskAction"][0]["object"]["identifier"] == found["CheckInAction"][0]["identifier"]
    assert {"TransferAction", "ShareAction", "UseAction", "DigitalDocument", "EmailMessage"} <= set(found)
    assert all("body" not in one and "text" not in one for one in found["EmailMessage"]), "no codes in it"


# -- what goes by itself -------------------------------------------------------------------------------------------


async def test_a_bag_that_nobody_came_back_for_goes_and_the_browser_is_told(served: Served, tablet: Tablet) -> None:
    settings = served.app.state.settings
    anonymous, known, fresh = Phone(served), Phone(served), Phone(served)
    await tablet.send(add("slip-ink"))
    await anonymous.client.post("/api/bag")
    await anonymous.take(tablet)
    await tablet.client.delete(f"/api/visits/{tablet.visit}")
    await sign_in(served, known, EMAIL)
    await known.send(add("stain-plum"))
    long_ago = now() - timedelta(days=settings.keep_bags_days, minutes=1)
    async with served.database.transaction() as db:
        await db.execute(update(Bag).values(touched_at=long_ago))
    await fresh.client.post("/api/bag")
    await tablet.begin()
    async with served.database.transaction() as db:
        await db.execute(update(Bag).where(Bag.id == tablet.bag).values(touched_at=long_ago))
    assert (await forget_old(served.database, settings))["bags"] == 1, "with the one that it had taken up"
    assert await anonymous.bag() == {"bag": None, "customer": False, "lost_because": "expired"}
    assert len(await known.items()) == 1, "a customer's never"
    assert (await fresh.bag())["bag"] and (await tablet.send(add("slip-ink"))).status_code == 200
    async with served.database.snapshot() as db:
        assert (
            await db.scalar(select(func.count()).select_from(BagOperation).where(BagOperation.variant_id == "slip-ink"))
            == 1
        )


async def test_a_bag_that_is_changed_just_when_it_would_go_stays(served: Served, tablet: Tablet) -> None:
    """Somebody comes back on the last day."""
    days = served.app.state.settings.keep_bags_days
    phone = Phone(served)
    await phone.client.post("/api/bag")
    async with served.database.transaction() as db:
        await db.execute(update(Bag).values(touched_at=now() - timedelta(days=days, minutes=1)))
    async with served.database.transaction() as db:
        bag = await db.get_one(Bag, (await phone.bag())["bag"])
        kept = await keeping.take(db, bag, [keeping.Operation(**add("slip-ink"))], source="phone")
        going = asyncio.create_task(forgetting.forget_old_bags(served.database, days=days))
        await asyncio.wait({going}, timeout=0.3)  # it has looked by then, or waits for us
    await going
    assert kept[0].kept and len(await phone.items()) == 1


async def test_a_customer_who_never_returns_is_forgotten_and_whoever_was_heard_of_stays(
    served: Served, tablet: Tablet
) -> None:
    settings = served.app.state.settings
    await lived_in(served, tablet)
    back, looking = Phone(served), Phone(served)
    await sign_in(served, back, "back@example.com")
    await sign_in(served, looking, "looking@example.com")
    long_ago = now() - timedelta(days=settings.keep_customers_days, minutes=1)
    async with served.database.transaction() as db:
        for column in (Customer.created_at, Bag.touched_at, ShopperSession.seen_at, Passkey.created_at):
            await db.execute(update(column.class_).values({column.key: long_ago}))
        looked = select(Customer.id).where(Customer.email == "looking@example.com").scalar_subquery()
        await db.execute(update(ShopperSession).where(ShopperSession.customer_id == looked).values(seen_at=now()))
    await back.client.delete("/api/sign-in")
    await sign_in(served, back, "back@example.com")
    assert (await forget_old(served.database, settings))["customers"] == 1
    async with served.database.snapshot() as db:
        left = set(await db.scalars(select(Customer.email)))
        assert left == {"back@example.com", "looking@example.com"}
        assert not list(await db.scalars(select(BagOperation))) and not list(await db.scalars(select(Passkey)))
    assert (await forget_old(served.database, settings))["customers"] == 0


async def test_a_customer_who_comes_back_just_when_they_would_go_stays(served: Served, tablet: Tablet) -> None:
    days, phone = served.app.state.settings.keep_customers_days, Phone(served)
    bag = (await sign_in(served, phone, EMAIL))["bag"]
    long_ago = now() - timedelta(days=days, minutes=1)
    async with served.database.transaction() as db:
        for column in (Customer.created_at, Bag.touched_at, ShopperSession.seen_at):
            await db.execute(update(column.class_).values({column.key: long_ago}))
    async with served.database.transaction() as db:
        customer = (await db.scalars(select(Customer))).one()
        session = (await db.scalars(select(ShopperSession))).one()
        await customers.sign_in(db, served.app.state.settings, customer, before=session, browser="hers")
        going = asyncio.create_task(forgetting.forget_old_customers(served.database, days=days))
        await asyncio.wait({going}, timeout=0.3)  # it has looked by then, or waits for us
    assert await going == 0
    async with served.database.snapshot() as db:
        assert await db.get(Bag, bag) is not None and (await db.scalars(select(Customer))).one().email == EMAIL


async def test_many_old_bags_go_a_few_at_a_time(served: Served) -> None:
    old = now() - timedelta(days=99)
    async with served.database.transaction() as db:
        db.add_all(Bag(id=str(uuid4()), created_at=old, touched_at=old) for _ in range(250))
    assert (await forget_old(served.database, served.app.state.settings))["bags"] == 250


async def test_visits_calls_tickets_codes_mails_shares_and_sessions_end_with_their_time(
    served: Served, tablet: Tablet
) -> None:
    settings, phone = served.app.state.settings, Phone(served)
    await lived_in(served, tablet)
    await ask(phone, "bo@example.com")
    await tablet.client.delete(f"/api/visits/{tablet.visit}")
    going_on = await shopping.tablet_at(served)
    await going_on.begin()
    counted = (Visit, Call, Ticket, SignInCode, PasskeyChallenge, Mail, Share, ShopperSession, Claim)

    async def count() -> dict[str, int]:
        async with served.database.snapshot() as db:
            return {one.__tablename__: await db.scalar(select(func.count()).select_from(one)) or 0 for one in counted}

    before = await count()
    await forget_old(served.database, settings)
    assert await count() == before and all(before.values())
    past = now() - timedelta(days=settings.keep_visits_days, minutes=1)
    async with served.database.transaction() as db:
        for column in (Visit.began_at, Call.made_at, Ticket.expires_at, SignInCode.expires_at, PasskeyChallenge.expires_at,
                       Mail.made_at, Share.expires_at, ShopperSession.expires_at, Claim.made_at):  # fmt: skip
            await db.execute(update(column.class_).values({column.key: past}))
    await forget_old(served.database, settings)
    left = {name: number for name, number in (await count()).items() if number}
    assert left == {"visit": 1, "claim": 1}, "the visit that goes on, and a claim that stays with its bag"
    async with served.database.snapshot() as db:
        customer = (await db.scalars(select(Customer))).one()
        assert await customers.claims(db, customer) == [], "though nobody can undo it any more"
        assert await mailing.newest(db) == []


async def test_what_was_taken_out_long_ago_goes_and_nothing_comes_back_by_it(served: Served, tablet: Tablet) -> None:
    out, held, late = add("slip-ink"), add("stain-plum"), add("stain-madder")
    removal, waiting = remove([out["id"]]), remove([late["id"]])
    await tablet.send(out, held, removal, waiting)
    assert await forgetting.settle(served.database) == 0, "not yet"
    long_ago = now() - forgetting.SETTLED - timedelta(minutes=1)
    async with served.database.transaction() as db:
        await db.execute(update(BagOperation).values(received_at=long_ago))
    assert await forgetting.settle(served.database) == 3, "the add, its removal, and one that still waited for its add"
    assert [item["variant"] for item in await tablet.items()] == ["stain-plum"]
    again = add("slip-ink")
    await tablet.send(again, remove([again["id"]]))
    assert await forgetting.settle(served.database) == 0
    assert [item["variant"] for item in await tablet.items()] == ["stain-plum"]


async def test_numbers_of_bags_and_sessions_that_are_no_more_go(served: Served, tablet: Tablet) -> None:
    phone = Phone(served)
    await phone.client.post("/api/bag")
    async with served.database.transaction() as db:
        topics.note(db, f"bag:{uuid4()}", "shopper:nobody", "shopper:", "kiosks")
    async with served.database.transaction() as db:
        await db.execute(update(topics.Topic).values(changed_at=now() - timedelta(days=8)))
    before = await phone.bag()
    assert await forgetting.forget_topics(served.database) == 3
    async with served.database.snapshot() as db:
        left = set(await db.scalars(select(topics.Topic.name)))
    assert {"kiosks", f"bag:{before['bag']}", f"bag:{tablet.bag}"} <= left
