"""All that is held about a customer, in the words of schema.org, so that other programs can read it too."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from catalog.models import Store, Variant
from kiosk import account_view, customers, keeping
from kiosk.models import Bag, BagOperation, BagRemoval, Call, Claim, Customer, Kiosk, Mail, Share, Visit
from server.core.clock import iso

Thing = dict[str, Any]


async def export(db: AsyncSession, customer: Customer) -> Thing:
    """A JSON-LD document: the person, the bag as a list of products, and everything that was kept of how it came about."""
    own = list(await db.scalars(select(Bag).where(Bag.customer_id == customer.id)))
    ids = sorted(await keeping.taken_up(db, [bag.id for bag in own]))
    products = await _products(db, ids)
    graph = [_person(customer), *[await _list(db, bag, products) for bag in own]]
    graph += await _operations(db, ids, products)
    graph += [
        *await _visits(db, ids),
        *await _calls(db, ids),
        *await _claims(db, ids),
        *await _shares(db, ids, products),
    ]
    graph += [_session(one) for one in await customers.sessions(db, customer)]
    graph += [_passkey(one) for one in await account_view.passkeys(db, customer)]
    graph += [_mail(one) for one in await db.scalars(select(Mail).where(Mail.to == customer.email).order_by(Mail.id))]
    return {"@context": "https://schema.org", "@graph": graph}


def _person(customer: Customer) -> Thing:
    agreed = {
        "@type": "PropertyValue",
        "name": "consent to be sent mail",
        "value": customer.mail_consent_at is not None,
    }
    return {
        "@type": "Person", "@id": "#me", "email": customer.email, "knowsLanguage": customer.language,
        "subjectOf": {"@type": "CreativeWork", "name": "account", "dateCreated": iso(customer.created_at)},
        "additionalProperty": agreed | ({"dateCreated": iso(customer.mail_consent_at)} if customer.mail_consent_at else {}),
    }  # fmt: skip


async def _products(db: AsyncSession, bags: list[str]) -> dict[str, Thing]:
    named = select(BagOperation.variant_id).where(BagOperation.bag_id.in_(bags))
    query = select(Variant).where(Variant.id.in_(named)).options(joinedload(Variant.product))
    return {variant.id: _product(variant) for variant in await db.scalars(query)}


def _product(variant: Variant) -> Thing:
    said = {
        "gtin": variant.gtin, "name": variant.product.title, "color": variant.colour, "size": variant.size, "url": variant.link,
        "brand": {"@type": "Brand", "name": variant.product.brand} if variant.product.brand else None,
    }  # fmt: skip
    return {"@type": "Product", "productID": variant.id} | {key: value for key, value in said.items() if value}


def _of(products: dict[str, Thing], id: str) -> Thing:
    return products.get(id, {"@type": "Product", "productID": id})


async def _list(db: AsyncSession, bag: Bag, products: dict[str, Thing]) -> Thing:
    items = await keeping.contents(db, bag)
    return {
        "@type": "ItemList", "@id": "#bag", "name": "Bag", "identifier": bag.id, "dateCreated": iso(bag.created_at),
        "dateModified": iso(bag.touched_at), "numberOfItems": len(items), "itemListOrder": "https://schema.org/ItemListOrderDescending",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "dateCreated": iso(item.at), "item": _of(products, item.variant)}
            for place, item in enumerate(items, 1)
        ],
    }  # fmt: skip


async def _operations(db: AsyncSession, bags: list[str], products: dict[str, Thing]) -> list[Thing]:
    query = (
        select(BagOperation).where(BagOperation.bag_id.in_(bags)).order_by(BagOperation.received_at, BagOperation.id)
    )
    removed: dict[str, list[str]] = {}
    for row in await db.scalars(select(BagRemoval).where(BagRemoval.bag_id.in_(bags))):
        removed.setdefault(row.operation_id, []).append(row.add_id)
    found = []
    for one in await db.scalars(query):
        action = {
            "@type": "AddAction" if one.kind == "add" else "DeleteAction", "identifier": one.id, "agent": {"@id": "#me"},
            "startTime": iso(one.made_at), "endTime": iso(one.received_at), "instrument": one.source,
            "targetCollection": {"@id": "#bag"},
        }  # fmt: skip
        if one.kind == "add":
            action["object"] = _of(products, one.variant_id)
        else:
            action["object"] = [{"@type": "AddAction", "identifier": id} for id in sorted(removed.get(one.id, []))]
        if one.seen:
            action["location"] = {"@type": "VirtualLocation", "name": " ".join(one.seen.values())}
        found.append(action)
    return found


async def _visits(db: AsyncSession, bags: list[str]) -> list[Thing]:
    query = select(Visit, Kiosk, Store).join(Kiosk, Kiosk.id == Visit.kiosk_id).join(Store, Store.id == Kiosk.store_id)
    mine = query.where(Visit.bag_id.in_(bags) | Visit.own_bag_id.in_(bags)).order_by(Visit.began_at)
    return [
        {
            "@type": "CheckInAction", "identifier": visit.id, "agent": {"@id": "#me"}, "startTime": iso(visit.began_at),
            "endTime": iso(visit.ended_at), "instrument": kiosk.name, "location": {"@type": "Store", "name": store.name},
        }
        for visit, kiosk, store in await db.execute(mine)
    ]  # fmt: skip


async def _calls(db: AsyncSession, bags: list[str]) -> list[Thing]:
    query = select(Call).join(Visit, Visit.id == Call.visit_id)
    mine = query.where(Visit.bag_id.in_(bags) | Visit.own_bag_id.in_(bags)).order_by(Call.id)
    return [
        {
            "@type": "AskAction", "name": "somebody was asked for", "agent": {"@id": "#me"}, "startTime": iso(one.made_at),
            "endTime": iso(one.ended_at), "object": {"@type": "CheckInAction", "identifier": one.visit_id},
        }
        for one in await db.scalars(mine)
    ]  # fmt: skip


async def _claims(db: AsyncSession, bags: list[str]) -> list[Thing]:
    query = select(Claim).where(Claim.to_bag.in_(bags) | Claim.from_bag.in_(bags)).order_by(Claim.id)
    return [
        {
            "@type": "TransferAction", "name": "one bag taken up into another", "agent": {"@id": "#me"}, "startTime": iso(one.made_at),
            "endTime": iso(one.undone_at), "fromLocation": one.from_bag, "toLocation": one.to_bag,
        }
        for one in await db.scalars(query)
    ]  # fmt: skip


async def _shares(db: AsyncSession, bags: list[str], products: dict[str, Thing]) -> list[Thing]:
    query = select(Share).where(Share.bag_id.in_(bags)).order_by(Share.id)
    return [
        {
            "@type": "ShareAction", "agent": {"@id": "#me"}, "startTime": iso(one.made_at), "endTime": iso(one.expires_at),
            "object": [_of(products, id) for id in one.variants],
        }
        for one in await db.scalars(query)
    ]  # fmt: skip


def _session(one: Any) -> Thing:
    return {
        "@type": "UseAction", "name": "a browser that is signed in", "agent": {"@id": "#me"}, "instrument": one.browser,
        "startTime": iso(one.created_at), "endTime": iso(one.expires_at),
    }  # fmt: skip


def _passkey(one: Any) -> Thing:
    return {
        "@type": "DigitalDocument", "name": one.name, "additionalType": "passkey", "identifier": one.id,
        "dateCreated": iso(one.created_at), "dateModified": iso(one.used_at),
    }  # fmt: skip


def _mail(one: Mail) -> Thing:
    return {
        "@type": "EmailMessage", "headline": one.subject, "recipient": {"@id": "#me"}, "dateCreated": iso(one.made_at),
        "dateSent": iso(one.sent_at),
    }  # fmt: skip
