"""What the account's page shows of a customer: where the bag is open, what came lately, who is signed in."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from kiosk import claiming, customers, keeping, mailing, sharing, shoppers, visits
from kiosk.account_words import named
from kiosk.models import (
    Bag,
    BagOperation,
    BagRemoval,
    Claim,
    ClaimOperation,
    Customer,
    Kiosk,
    Passkey,
    ShopperSession,
    Visit,
)
from server.core.clock import iso
from server.core.settings import Settings


async def view(db: AsyncSession, settings: Settings, customer: Customer, session: ShopperSession) -> dict[str, Any]:
    """The account as its page needs it; every time in ISO 8601."""
    bag = await shoppers.bag_of(db, session)
    return {
        "email": customer.email, "language": customer.language, "since": iso(customer.created_at),
        "mail_consent_at": iso(customer.mail_consent_at), "mail": mailing.possible(settings),
        "bag": bag.id if bag else None, "things": len(await keeping.contents(db, bag)) if bag else 0,
        "tablets": await _tablets(db, bag), "sessions": [_session(one, session) for one in await customers.sessions(db, customer)],
        "passkeys": [_passkey(one) for one in await passkeys(db, customer)],
        "claims": [await _claim(db, one) for one in await customers.claims(db, customer)],
        "shares": len(await sharing.of_bag(db, bag)) if bag else 0, "kept_visits_days": settings.keep_visits_days,
        "kept_customers_days": settings.keep_customers_days,
    }  # fmt: skip


def _session(one: ShopperSession, asking: ShopperSession) -> dict[str, Any]:
    browser, system = named(one.browser)
    return {
        "id": one.digest[: customers.ID_LENGTH], "browser": browser, "system": system, "here": one.digest == asking.digest,
        "since": iso(one.created_at), "seen_at": iso(one.seen_at),
    }  # fmt: skip


def _passkey(one: Passkey) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "since": iso(one.created_at), "used_at": iso(one.used_at)}


async def passkeys(db: AsyncSession, customer: Customer) -> list[Passkey]:
    """A customer's passkeys, the oldest first."""
    mine = select(Passkey).where(Passkey.customer_id == customer.id)
    return list(await db.scalars(mine.order_by(Passkey.created_at, Passkey.id)))


async def _tablets(db: AsyncSession, bag: Bag | None) -> list[dict[str, Any]]:
    found = []
    for visit in await visits.in_progress(db, bag.id) if bag else ():
        kiosk, store = await _place(db, visit)
        found.append({"visit": visit.id, "kiosk": kiosk, "store": store, "since": iso(visit.began_at)})
    return found


async def _place(db: AsyncSession, visit: Visit) -> tuple[str, str]:
    kiosk = await db.get_one(Kiosk, visit.kiosk_id)
    return kiosk.name, (await db.get_one(Store, kiosk.store_id)).name


async def _claim(db: AsyncSession, claim: Claim) -> dict[str, Any]:
    """What came with a claim and is still in the bag, and from which tablet if from one."""
    removed = select(BagRemoval.add_id).where(BagRemoval.bag_id == claim.to_bag)
    came = select(func.count(BagOperation.variant_id.distinct())).join(
        ClaimOperation, ClaimOperation.operation_id == BagOperation.id
    )
    held = came.where(ClaimOperation.claim_id == claim.id, BagOperation.kind == "add", BagOperation.id.not_in(removed))
    visit = await db.scalar(
        select(Visit).where(Visit.own_bag_id == claim.from_bag).order_by(Visit.began_at.desc()).limit(1)
    )
    kiosk, store = await _place(db, visit) if visit else ("", "")
    return {
        "id": claim.id, "made_at": iso(claim.made_at), "until": iso(claim.made_at + claiming.UNDO_LIFE),
        "things": await db.scalar(held) or 0, "kiosk": kiosk, "store": store,
    }  # fmt: skip
