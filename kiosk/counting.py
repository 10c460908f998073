"""Counts what shoppers do at tablets: views, scans, try-ons and bags of a variant in a store on a day. Nobody's name.

A tablet counts by itself, each variant once a visit, and sends what it has counted in batches, one after the other and
each until it is taken: so it counts without a network too, and a batch that comes twice counts once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store, Variant
from kiosk.models import Kiosk, KioskReport, VisitCount
from server.core.devices import simulated
from server.core.errors import BadInput
from server.core.security import is_uuid
from server.core.tables import insert
from social.collecting import Collected, knows_collected

KINDS = ("view", "scan", "try", "bag")
LEAST = 5
"""A smaller number is nobody's business: it may be one shopper's."""
MOST = 8
MOST_A_BATCH = 500
MOST_AT_ONCE = 200
"""What one count of a batch may say: more visits than a tablet has between two batches."""
VISITS_AN_HOUR = 240
"""Visits of which one tablet may tell in an hour; a tablet that was without a network for long sends the rest later."""
LATE = timedelta(days=7)
"""How long a tablet may have been without a network for its counts to be taken."""


class Counted(msgspec.Struct):
    """How often something happened to a variant on a day (ISO 8601, by the calendar of the store)."""

    day: str
    variant: str
    kind: str
    n: int


class Batch(msgspec.Struct):
    """What a tablet has counted since its last batch. The id is the tablet's, so that a retry counts nothing twice."""

    id: str
    counts: list[Counted]


def visits(batch: Batch) -> int:
    """Of how many visits a batch tells at least: in each, a variant is counted once."""
    return min(MOST_AT_ONCE, max([1, *(one.n for one in batch.counts)]))


def today(store: Store, at: datetime) -> date:
    """The day that it is in a store."""
    return at.astimezone(ZoneInfo(store.time_zone)).date()


async def take(db: AsyncSession, kiosk: Kiosk, batch: Batch, *, at: datetime) -> None:
    """Add a batch to the numbers; what cannot be (another kind, a strange day, nothing that is sold) is left out.

    Raises BadInput for a batch that no tablet of ours sends.
    """
    if not is_uuid(batch.id) or len(batch.counts) > MOST_A_BATCH:
        raise BadInput(f"A batch has a UUID and at most {MOST_A_BATCH} counts.")
    report = await db.get(KioskReport, kiosk.id, with_for_update=True, populate_existing=True)
    store = await db.get(Store, kiosk.store_id)
    if report is None or store is None or report.counted == batch.id or simulated(kiosk.id):
        return
    report.counted = batch.id
    numbers = _believable(batch.counts, today(store, at))
    known = set(await db.scalars(select(Variant.id).where(Variant.id.in_({variant for _, variant, _ in numbers}))))
    rows = [
        {"store_id": store.id, "day": day, "variant_id": variant, "kind": kind, "count": min(n, MOST_AT_ONCE)}
        for (day, variant, kind), n in sorted(numbers.items()) if variant in known
    ]  # fmt: skip
    if rows:
        adding = insert(db, VisitCount).values(rows)
        sum = {"count": VisitCount.count + adding.excluded.count}
        keys = list(VisitCount.__table__.primary_key)
        await db.execute(adding.on_conflict_do_update(index_elements=keys, set_=sum))


def _believable(counts: Iterable[Counted], now: date) -> Counter[tuple[date, str, str]]:
    numbers: Counter[tuple[date, str, str]] = Counter()
    for one in counts:
        try:
            day = date.fromisoformat(one.day)
        except ValueError:
            continue
        told = one.kind in KINDS and one.n > 0 and 0 < len(one.variant) <= 100 and "\0" not in one.variant
        if told and now - LATE <= day <= now + timedelta(days=1):  # a tablet's clock may be a little ahead
            numbers[day, one.variant, one.kind] += one.n
    return numbers


async def most_collected(
    db: AsyncSession, days: Sequence[tuple[str, date]], *, most: int = MOST
) -> list[tuple[str, int]]:
    """(variant, how many bags) of what was collected the most on (store, day), five times or more in one store; what is
    sold no more is left out."""
    total = func.sum(VisitCount.count)
    query = (
        select(VisitCount.variant_id, total)
        .join(Variant, Variant.id == VisitCount.variant_id)
        .where(VisitCount.kind == "bag", VisitCount.count >= LEAST, Variant.withdrawn_at.is_(None))
        .where(_on(days)).group_by(VisitCount.variant_id).order_by(total.desc(), VisitCount.variant_id).limit(most)
    )  # fmt: skip
    return [(variant, int(count)) for variant, count in await db.execute(query)]


async def lately(db: AsyncSession, variants: Sequence[str], *, since: date) -> dict[str, int]:
    """By kind, how often it happened to these variants in all stores from a day on; five times or more in a store on a day."""
    query = (
        select(VisitCount.kind, func.sum(VisitCount.count))
        .where(VisitCount.variant_id.in_(variants), VisitCount.day >= since, VisitCount.count >= LEAST)
        .group_by(VisitCount.kind)
    )
    return {kind: int(count) for kind, count in await db.execute(query)}


def _on(days: Sequence[tuple[str, date]]) -> ColumnElement[bool]:
    return tuple_(VisitCount.store_id, VisitCount.day).in_(list(days))


@knows_collected
async def collected_everywhere(db: AsyncSession, at: datetime) -> Collected:
    """What was collected the most today, in all stores together, each by its own calendar."""
    stores = await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)))
    days = [(store.id, today(store, at)) for store in stores]
    found = await most_collected(db, days, most=60) if days else []
    return Collected(tuple(found), LEAST)
