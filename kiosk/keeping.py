"""Keeps the operations of bags: each once, whoever sends it and however often, in the bag where its own has gone by now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import String, bindparam, cast, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Variant
from kiosk import bags
from kiosk.models import Bag, BagOperation, BagRemoval, ClaimOperation
from server.core import topics
from server.core.clock import now
from server.core.errors import BadInput, Conflict, NotFound
from server.core.security import is_uuid
from server.core.tables import insert_of

ROW = {"key_share": True}
"""How rows are locked: what refers to them may be written meanwhile."""
AT_ONCE = 200
"""Operations in one request."""
NAMED_AT_ONCE = 1000
"""Adds that the removals of one request name together: a full bag's, and those of the request itself."""
TOUCHED_EVERY = timedelta(minutes=1)
"""That somebody uses a bag is noted so often: it is kept for days after."""
MOST_OPERATIONS = 10_000
"""In the life of a bag; nobody collects so much."""

# Statements that every tap needs are made once: making them anew costs more than running them.
BAG, IDS = bindparam("bag", type_=String), bindparam("ids", expanding=True)
HOLDING = select(BagOperation.id, BagOperation.variant_id, BagOperation.made_at, BagOperation.seen).where(
    BagOperation.bag_id == BAG,
    BagOperation.kind == "add",
    BagOperation.id.not_in(select(BagRemoval.add_id).where(BagRemoval.bag_id == BAG)),
)
FACTS = union_all(
    select(literal("there").label("what"), BagOperation.id.label("which")).where(BagOperation.id.in_(IDS)),
    select(literal("removed"), BagRemoval.add_id).where(BagRemoval.bag_id == BAG, BagRemoval.add_id.in_(IDS)),
    select(literal("known"), Variant.id).where(Variant.id.in_(bindparam("wanted", expanding=True))),
    select(literal("kept"), cast(func.count(), String)).where(BagOperation.bag_id == BAG),
)
KEEPING = BagOperation.__table__.insert()


class Operation(msgspec.Struct):
    """What a device says that a shopper did. `made_at` is by the device's clock, in milliseconds since 1970."""

    id: str
    kind: str
    variant: str = ""
    adds: list[str] = []
    made_at: float = 0
    seen: dict[str, str] = {}


@dataclass(frozen=True)
class Outcome:
    """What became of an operation."""

    id: str
    kept: bool
    """True also for one that was kept before."""
    why: str = ""
    """'unknown' (no such variant) or 'full', where it was not kept."""


class Step(NamedTuple):
    """A bag on the way of another, and the claim by which it moved on."""

    bag: str
    claim: int | None


async def take(db: AsyncSession, sent_to: Bag, operations: Sequence[Operation], *, source: str) -> list[Outcome]:
    """Keep operations that were sent to a bag; returns what became of each, in their order.

    What is sent to a bag that was taken up by another goes there, as part of the claim. Raises BadInput when one cannot
    be read: then none is kept.
    """
    for operation in operations:
        _check(operation)
    if sum(len(operation.adds) for operation in operations) > NAMED_AT_ONCE:
        raise BadInput("These removals name more adds than there can have been to see.")
    bag, claims = await locked(db, sent_to)
    facts, holds = await _facts(db, bag, operations), await holding(db, bag)
    there, removed = facts.there, facts.removed
    new = {operation.id for operation in operations} - there
    if new and facts.kept + len(new) > MOST_OPERATIONS:
        raise Conflict("This bag has been changed too often. Begin another one.")
    outcomes = []
    for operation in operations:
        why = "" if operation.id in there else _refusal(operation, holds, removed, facts.known)
        outcomes.append(Outcome(operation.id, not why, why))
        if why or operation.id in there:
            continue
        there.add(operation.id)
        await _keep(db, bag, operation, source)
        removed |= set(operation.adds)
        for id in operation.adds:
            holds.pop(id, None)
        if operation.kind == "add" and operation.id not in removed:
            holds[operation.id] = _as_add(operation)
        db.add_all(ClaimOperation(claim_id=claim, operation_id=operation.id) for claim in claims)
    await db.flush()
    if bag.touched_at < now() - TOUCHED_EVERY:
        bag.touched_at = now()
    topics.note(db, f"bag:{bag.id}")
    return outcomes


def _refusal(operation: Operation, holds: dict[str, bags.Add], removed: set[str], known: set[str]) -> str:
    """Why an operation cannot be kept; empty when it can."""
    if operation.kind == "remove" or operation.id in removed:
        return ""
    if operation.variant not in known:
        return "unknown"
    return "" if bags.room_for(operation.variant, holds.values()) else "full"


async def _keep(db: AsyncSession, bag: Bag, operation: Operation, source: str) -> None:
    add = _as_add(operation)
    row = {
        "id": add.id, "bag_id": bag.id, "kind": operation.kind, "variant_id": add.variant, "source": source,
        "seen": add.seen, "made_at": add.made_at, "received_at": now(),
    }  # fmt: skip
    await db.execute(KEEPING, [row])
    if operation.adds:
        names = [{"bag_id": bag.id, "add_id": id, "operation_id": operation.id} for id in set(operation.adds)]
        await db.execute(_removing(db.get_bind().dialect.name), names)


@cache
def _removing(dialect: str) -> Any:
    return insert_of(dialect, BagRemoval).on_conflict_do_nothing()


def _as_add(operation: Operation) -> bags.Add:
    return bags.Add(operation.id, operation.variant, _moment(operation.made_at), operation.seen)


async def contents(db: AsyncSession, bag: Bag) -> list[bags.Item]:
    """What is in a bag now."""
    return bags.contents((await holding(db, bag)).values(), frozenset())


async def holding(db: AsyncSession, bag: Bag) -> dict[str, bags.Add]:
    """The adds that hold, by id."""
    return {row.id: bags.Add(*row) for row in await db.execute(HOLDING, {"bag": bag.id})}


async def locked(db: AsyncSession, bag: Bag) -> tuple[Bag, list[int]]:
    """The bag that this one has become, held until the transaction ends, and the claims on the way there.

    Raises NotFound when it was erased meanwhile.
    """
    if db.get_bind().dialect.name == "sqlite":  # where nobody else writes while we do
        steps = await way(db, bag.id) if bag.moved_to else [Step(bag.id, None)]
        return await db.get_one(Bag, steps[-1].bag), _claims(steps)
    while True:
        steps = await way(db, bag.id)
        attempt = await db.begin_nested()
        [last] = await hold(db, steps[-1].bag)
        # A claim or its undoing may have come between: each holds the bags on its way, so what is read now stays.
        if steps == await way(db, bag.id):
            await attempt.commit()
            return last, _claims(steps)
        await attempt.rollback()  # lets go of what is held, so that nobody waits for us while we wait for the others


async def hold(db: AsyncSession, *ids: str) -> list[Bag]:
    """Lock bags in one order everywhere; returns them in the order of `ids`, as they are now. Raises NotFound."""
    found = {id: await db.get(Bag, id, with_for_update=ROW, populate_existing=True) for id in sorted(ids)}
    present = [bag for id in ids if (bag := found[id]) is not None]
    if len(present) < len(ids):
        raise NotFound("There is no such bag any more.")
    return present


async def where(db: AsyncSession, bag_id: str) -> tuple[str, list[int]]:
    """The id of the bag that a bag has become, and the claims on the way there. Raises NotFound when there is none."""
    steps = await way(db, bag_id)
    return steps[-1].bag, _claims(steps)


async def way(db: AsyncSession, bag_id: str) -> list[Step]:
    """From a bag to what it has become, itself first. Raises NotFound when there is none."""
    steps: list[Step] = []
    onward: str | None = bag_id
    while onward is not None:
        row = (await db.execute(select(Bag.moved_to, Bag.claim_id).where(Bag.id == onward))).one_or_none()
        if row is None:
            raise NotFound("There is no such bag any more.")
        steps.append(Step(onward, row.claim_id if row.moved_to else None))
        onward = row.moved_to
    return steps


def _claims(steps: Sequence[Step]) -> list[int]:
    return [step.claim for step in steps if step.claim is not None]


async def taken_up(db: AsyncSession, ids: Iterable[str]) -> set[str]:
    """These bags and all that they have taken up, by id."""
    found = newest = set(ids)
    while newest:
        newest = set(await db.scalars(select(Bag.id).where(Bag.moved_to.in_(newest)))) - found
        found = found | newest
    return found


async def begin(db: AsyncSession, id: str) -> Bag:
    """A new, empty bag."""
    bag = Bag(id=id, created_at=now(), touched_at=now())
    db.add(bag)
    await db.flush()
    return bag


def _check(operation: Operation) -> None:
    """Refuse what no device of ours says. Raises BadInput."""
    if not is_uuid(operation.id) or not all(map(is_uuid, operation.adds)):
        raise BadInput("An operation and the adds that it names have UUIDs for ids.")
    if operation.kind == "add" and not (0 < len(operation.variant) <= 100 and "\0" not in operation.variant):
        raise BadInput("An add names a variant.")
    if operation.kind == "remove" and not 0 < len(operation.adds) <= bags.MOST_ADDS:
        raise BadInput("A removal names the adds that it saw.")
    if operation.kind not in ("add", "remove") or (operation.kind == "add") == bool(operation.adds):
        raise BadInput("An operation is an add of one variant, or a removal of adds.")
    if not set(operation.seen) <= {"screen", "spot"} or any(
        len(value) > 60 or not value.isprintable() for value in operation.seen.values()
    ):
        raise BadInput("Where it was seen is a screen and a spot.")


@dataclass
class _Facts:
    """What is known when operations come."""

    there: set[str]
    """Those that were kept before, wherever they are by now."""
    removed: set[str]
    """Those that a removal has named before they came."""
    known: set[str]
    """The variants that there are, of those that are added."""
    kept: int
    """How many operations the bag has."""


async def _facts(db: AsyncSession, bag: Bag, operations: Sequence[Operation]) -> _Facts:
    """Asked in one statement: a tap is a transaction, and on SQLite everybody else's taps wait for it."""
    asked = {
        "bag": bag.id, "ids": [operation.id for operation in operations],
        "wanted": list({operation.variant for operation in operations if operation.kind == "add"}),
    }  # fmt: skip
    found: dict[str, set[str]] = {"there": set(), "removed": set(), "known": set(), "kept": set()}
    for what, which in await db.execute(FACTS, asked):
        found[what].add(which)
    return _Facts(found["there"], found["removed"], found["known"], int(found["kept"].pop()))


def _moment(milliseconds: float) -> datetime:
    """What a device's clock said, never later than ours: a clock that is wrong must not put an item on top for ever."""
    try:
        said = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return now()
    return min(said, now()) if said.year >= 2020 else now()
