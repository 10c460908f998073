"""Corrections: what moderators put right of what the matcher showed, taken back as easily, and what a feed learns from it.

A correction is a row. What is learnt is counted from the rows that stand, by every process alike; nothing else is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.learned import Learned, Lesson, Said, whoever_makes
from catalog.matching.values import Asked
from catalog.models import Variant
from server.core import audit, topics
from server.core.clock import iso, now
from server.core.errors import Conflict
from server.core.topics import document
from social.holding import hold, hold_all
from social.models import RULE, Correction, Match, Moderation, Screening

MOST = 5_000
"""Corrections of a feed that count: the newest."""
LATELY = timedelta(days=30)
"""Approvals that count against "nothing fits": those of this long before it was said the last time."""
LATER = "a later choice"
"""Who undid a correction that another of the same post replaced."""


async def change(
    db: AsyncSession, screening: Screening, *, shown: str | None, chosen: str, by: str
) -> Correction | None:
    """Keep that another variant was chosen than the one shown (None: none was). None if they are the same. It takes the place
    of what was said of the post before: an earlier choice, that nothing fits, that this one is wrong."""
    if shown == chosen:
        return None
    for one in await of(db, screening):
        if one.kind != "wrong" or one.shown_variant == chosen:
            _end(db, one, by=LATER)
    return await _keep(db, screening, "changed", shown=shown, chosen=chosen, by=by)


async def wrong(db: AsyncSession, screening: Screening, *, shown: str, by: str) -> Correction:
    """Keep that a variant is wrong for a post. Saying it twice is the same as once. Raises Conflict for one that neither
    matched nor is on air with it."""
    await hold(db, screening)
    standing = [one for one in await of(db, screening) if one.kind == "wrong" and one.shown_variant == shown]
    if standing:
        return standing[0]
    if shown not in {match.variant_id for match in await _matches(db, screening)} | {
        await on_air_beside(db, screening)
    }:
        raise Conflict("This item does not stand beside the post any more. Nothing was changed; look at it again.")
    return await _keep(db, screening, "wrong", shown=shown, by=by)


async def nothing(db: AsyncSession, screening: Screening, *, by: str) -> Correction:
    """Keep that nothing of the catalogue fits a post. Saying it twice is the same as once. Raises Conflict if nothing matched."""
    await hold(db, screening)
    standing = [one for one in await of(db, screening) if one.kind == "nothing"]
    if standing:
        return standing[0]
    matches = await _matches(db, screening)
    if not matches:
        raise Conflict("No item stands beside this post, so there is nothing to put right.")
    return await _keep(db, screening, "nothing", shown=matches[0].variant_id, by=by)


async def on_air_beside(db: AsyncSession, screening: Screening) -> str | None:
    """The variant beside which a post is on air; None where it is not, or stands alone."""
    standing = select(Moderation.variant_id).where(
        Moderation.screening_id == screening.id, Moderation.verdict == "approved", Moderation.over_at.is_(None)
    )
    return await db.scalar(standing.order_by(Moderation.id.desc()).limit(1))


async def of(db: AsyncSession, screening: Screening) -> list[Correction]:
    """The corrections of one post that stand."""
    query = select(Correction).where(Correction.screening_id == screening.id, Correction.undone_at.is_(None))
    return list(await db.scalars(query.order_by(Correction.id)))


async def ruled_out(db: AsyncSession, screening: Screening) -> frozenset[str] | None:
    """Variants that people called wrong for a post; None where they said that nothing fits."""
    standing = await of(db, screening)
    if any(one.kind == "nothing" for one in standing):
        return None
    return frozenset(one.shown_variant for one in standing if one.kind == "wrong" and one.shown_variant)


async def end_changes(db: AsyncSession, screening: Screening, *, by: str) -> None:
    """End what was learnt from a choice that does not stand any more."""
    for one in await of(db, screening):
        if one.kind == "changed":
            _end(db, one, by=by)


async def undo(db: AsyncSession, ids: Collection[int], *, by: str) -> list[Correction]:
    """Take corrections back: nothing is learnt from them any more. Raises Conflict when none of them stands."""
    found = [one for one in await _held(db, ids) if one.undone_at is None]
    if not found:
        raise Conflict("That has been taken back already. Nothing was changed.")
    for one in found:
        _end(db, one, by=by)
    _tell(db, found, by, "took back")
    return found


async def redo(db: AsyncSession, ids: Collection[int], *, by: str) -> list[Correction]:
    """Let corrections count again, in place of others that say the same of their posts: a post is one voice. Raises Conflict
    when all of them do."""
    found = {_about(one): one for one in await _held(db, ids) if one.undone_at is not None}
    if not found:
        raise Conflict("That counts already. Nothing was changed.")
    posts = {one.screening_id for one in found.values() if one.screening_id}
    query = select(Correction).where(Correction.screening_id.in_(posts), Correction.undone_at.is_(None))
    for one in await db.scalars(query.order_by(Correction.id)):
        if _about(one) in found:
            _end(db, one, by=LATER)
    for one in found.values():
        one.undone_at, one.undone_by = None, ""
    _tell(db, found.values(), by, "counted again")
    return list(found.values())


def _about(one: Correction) -> tuple[object, ...]:
    """What a correction speaks of: of two alike only one may count."""
    return one.screening_id or f"no post {one.id}", one.kind, one.shown_variant if one.kind == "wrong" else None


async def lessons(db: AsyncSession, feed_id: int) -> Learned:
    """What a feed has learnt, by what posts ask for."""
    query = select(Correction).where(Correction.feed_id == feed_id, Correction.undone_at.is_(None))
    rows = list(await db.scalars(query.order_by(Correction.id.desc()).limit(MOST)))
    said = [one.made_at for one in rows if one.kind == "nothing"]
    return taught(rows, await _agreed(db, feed_id, until=max(said)) if said else Counter())


async def _agreed(db: AsyncSession, feed_id: int, *, until: datetime) -> Counter[Asked]:
    """How many posts people approved with what was offered, by what they asked for. They count up to the last word against
    them, so that every process counts the same."""
    query = (
        select(Match.asked)
        .join(Moderation, and_(Moderation.screening_id == Match.screening_id, Moderation.variant_id == Match.variant_id))
        .where(Moderation.feed_id == feed_id, Moderation.verdict == "approved", Moderation.over_at.is_(None))
        .where(Moderation.by != RULE, Moderation.decided_at.between(until - LATELY, until))
        .order_by(Moderation.id.desc()).limit(MOST)
    )  # fmt: skip
    return Counter(asked_of(row) for row in await db.scalars(query) if row)


def taught(rows: Iterable[Correction], agreed: Mapping[Asked, int]) -> Learned:
    """What corrections teach: each counts once for what it chose and once for what it called wrong, for all posts that ask for
    the same kind and colour, whatever makers they name. That nothing fits is said of the same makers alone, and against it
    counts how often people `agreed`."""
    by_asked: dict[Asked, list[Correction]] = defaultdict(list)
    by_thing: dict[Asked, list[Correction]] = defaultdict(list)
    for one in rows:
        if one.asked:
            asked = asked_of(one.asked)
            by_asked[asked].append(one)
            by_thing[whoever_makes(asked)].append(one)
    return {
        asked: _lesson(by_thing[whoever_makes(asked)], by_asked.get(asked, ()), agreed.get(asked, 0))
        for asked in by_asked.keys() | by_thing.keys()
    }


def asked_of(row: dict[str, Any]) -> Asked:
    """What a post asked for, as a row has it."""
    return Asked(str(row.get("type_name", "")), tuple(row.get("colours", ())), tuple(row.get("brands", ())))


def version_of(feed_id: int) -> str:
    """The topic whose number tells that something was corrected in a feed."""
    return f"corrections:{feed_id}"


def _lesson(rows: Collection[Correction], same: Collection[Correction], agreed: int) -> Lesson:
    """What was said of a thing, and by those posts that asked for it by the same makers."""
    chosen: Counter[tuple[str, str]] = Counter()
    turned_down: Counter[tuple[str, str]] = Counter()
    for one in rows:
        which = "variant" if one.kind == "changed" and one.shown_product == one.chosen_product else "product"
        chosen[which, getattr(one, f"chosen_{which}") or ""] += 1
        turned_down[which, getattr(one, f"shown_{which}") or ""] += 1
    said = {
        kind: {id: Said(chosen[kind, id], turned_down[kind, id])
               for of_kind, id in chosen.keys() | turned_down.keys() if of_kind == kind and id}
        for kind in ("product", "variant")
    }  # fmt: skip
    kinds = Counter(one.kind for one in same)
    return Lesson(said["product"], said["variant"], chosen=kinds["changed"], nothing=kinds["nothing"], agreed=agreed)


async def _keep(
    db: AsyncSession, screening: Screening, kind: str, *, by: str, shown: str | None = None, chosen: str | None = None
) -> Correction:
    matches = await _matches(db, screening)
    answered = next((match for match in matches if match.variant_id == shown), matches[0] if matches else None)
    products = await _products(db, [id for id in (shown, chosen) if id])
    made = Correction(
        feed_id=screening.feed_id, screening_id=screening.id, kind=kind, asked=dict(answered.asked) if answered else {},
        shown_variant=shown, shown_product=products.get(shown or ""), chosen_variant=chosen,
        chosen_product=products.get(chosen or ""), by=by, made_at=now(),
    )  # fmt: skip
    db.add(made)
    await db.flush()
    words = {"changed": "chose another item", "wrong": "called the item wrong", "nothing": "said that nothing fits"}
    audit.record(
        db, who=by, what=words[kind], which=screening.post_id, feed=screening.feed_id, shown=shown, chosen=chosen
    )
    _note(db, screening.feed_id)
    return made


async def _matches(db: AsyncSession, screening: Screening) -> list[Match]:
    return list(await db.scalars(select(Match).where(Match.screening_id == screening.id).order_by(Match.rank)))


async def _products(db: AsyncSession, variants: Collection[str]) -> dict[str, str]:
    rows = await db.execute(select(Variant.id, Variant.product_id).where(Variant.id.in_(variants)))
    return dict(rows.all())


async def _held(db: AsyncSession, ids: Collection[int]) -> list[Correction]:
    """Corrections as they stay until this transaction ends; their posts are held first, as everybody does."""
    about = select(Screening.post_id).join(Correction, Correction.screening_id == Screening.id)
    await hold_all(db, set(await db.scalars(about.where(Correction.id.in_(ids)))))
    query = select(Correction).where(Correction.id.in_(ids)).order_by(Correction.id).with_for_update()
    return list(await db.scalars(query.execution_options(populate_existing=True)))


def _end(db: AsyncSession, one: Correction, *, by: str) -> None:
    one.undone_at, one.undone_by = now(), by[:200]
    _note(db, one.feed_id)


def _tell(db: AsyncSession, found: Collection[Correction], by: str, what: str) -> None:
    for feed in sorted({one.feed_id for one in found}):
        ids = [one.id for one in found if one.feed_id == feed]
        audit.record(db, who=by, what=f"{what} corrections", which=len(ids), feed=feed, ids=ids[:50], at=iso(now()))
        _note(db, feed)


def _note(db: AsyncSession, feed_id: int) -> None:
    topics.note(db, "queue", "corrections", version_of(feed_id))


@document("corrections", readers=topics.staff_only)
async def corrections_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """How many corrections stand, by feed; the page fetches the rest."""
    query = select(Correction.feed_id, func.count()).where(Correction.undone_at.is_(None)).group_by(Correction.feed_id)
    return {"standing": {str(feed): count for feed, count in sorted((await db.execute(query)).all())}}
