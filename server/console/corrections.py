"""Corrections: what moderators put right, what was corrected to what and how often, what that changes now, and its undoing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.learned import MOST_STEPS, Learned, Lesson, described, posts
from catalog.matching.lexicon import built_in
from catalog.models import Product, Variant
from displays import composing
from displays.models import Proposal
from server.console import table
from server.core import staff, topics
from server.core.database import Database
from server.core.errors import BadInput, Conflict
from server.core.rendering import Section, add_section, console_page, page
from social import corrections as verbs
from social import moderation
from social.holding import hold
from social.models import Correction, Feed, Post, Screening

add_section(Section(37, "/console/corrections", "Corrections", "e"))
MOST_SHOWN = 400
"""Corrections of a feed on the page, the newest: what counts is told of all of them."""
AT_ONCE = 20
"""Cards composed while somebody waits, and with them whoever else has to write."""


class Words(msgspec.Struct):
    """What the forms send."""

    kind: str = ""
    variant: str = ""
    ids: str = ""


Form = Annotated[Words, Body(media_type=RequestEncodingType.URL_ENCODED)]


@dataclass(frozen=True)
class Item:
    """A variant as the report names it."""

    name: str
    shade: str
    swatch: str | None


@dataclass(frozen=True)
class Row:
    """One correction."""

    correction: Correction
    post: Post | None


@dataclass(frozen=True)
class Group:
    """Corrections alike: the same put right in the same way for posts that asked for the same."""

    key: str
    asked: str
    kind: str
    shown: Item | None
    chosen: Item | None
    rows: tuple[Row, ...]
    effect: str
    people: tuple[tuple[str, int], ...]

    @property
    def ids(self) -> str:
        """All of them, as the forms send them."""
        return ",".join(str(row.correction.id) for row in self.rows)


@dataclass(frozen=True)
class Report:
    """A feed's corrections: those that stand in groups, the most frequent first, and those that were taken back."""

    feed: Feed
    groups: tuple[Group, ...]
    undone: tuple[Group, ...]
    total: int


@get("/console/corrections")
async def corrections(request: Request, database: Database) -> Response[str]:
    """What people put right, feed by feed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return console_page(
            request, "console/corrections.html", person, title="Corrections", may_decide=person.may("moderator"),
            reports=await reports(db),
        )  # fmt: skip


@get("/console/corrections/list")
async def listed(request: Request, database: Database) -> Response[str]:
    """The same without the frame, for when somebody has put something right."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        decides = person.may("moderator")
        return page(request, "console/corrections_list.html", may_decide=decides, reports=await reports(db))


@post("/console/queue/{id:int}/corrections")
async def correct(request: Request, database: Database, id: FromPath[int], data: Form) -> Response[dict[str, Any]]:
    """Keep that an item is wrong for a post, or that nothing fits. A card without it is composed; one that is on air with it
    leaves the glass, and the post waits."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screening = await table.find(db, id)
        await hold(db, screening)
        if screening.state == "over":
            raise Conflict("The post was edited or deleted, or is too old. Nothing was kept.")
        if data.kind not in ("wrong", "nothing"):
            raise BadInput("Say whether this item is wrong or nothing fits.")
        if data.kind == "wrong":
            kept = await verbs.wrong(db, screening, shown=data.variant, by=person.name)
        else:
            kept = await verbs.nothing(db, screening, by=person.name)
        words = "Kept: this item is wrong here." if data.kind == "wrong" else "Kept: nothing here fits this post."
        beside = await verbs.on_air_beside(db, screening)
        if beside and (data.kind == "nothing" or data.variant == beside):
            await moderation.reopen(db, screening, by=person.name)
            words += " It is off the glass and waits in the queue."
        if screening.state == "waiting":
            await composing.propose(db, screening)
        return Response({"correction": kept.id, "screening": id, "words": words}, status_code=201)


@post("/console/corrections/undo", status_code=200)
async def undo(request: Request, database: Database, data: Form) -> Response[dict[str, Any]]:
    """Take corrections back; posts that still wait get the item again that they had."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        found = await verbs.undo(db, _ids(data.ids), by=person.name)
        await _propose_again(db, found)
        words = f"Taken back for {posts(len(found))}. Nothing is learnt from that any more."
        return Response({"ids": _joined(found), "words": words, "screening": found[0].screening_id})


@post("/console/corrections/redo", status_code=200)
async def redo(request: Request, database: Database, data: Form) -> Response[dict[str, Any]]:
    """Let corrections count again."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        found = await verbs.redo(db, _ids(data.ids), by=person.name)
        await _propose_again(db, found)
        return Response({"ids": _joined(found), "words": f"Counted again for {posts(len(found))}."})


def _ids(words: str) -> list[int]:
    parts = [part.strip() for part in words.split(",") if part.strip()]
    if not parts or len(parts) > verbs.MOST or any(not part.isdecimal() or len(part) > 9 for part in parts):
        raise BadInput("Say which corrections. Nothing was changed.")
    return [int(part) for part in parts]


def _joined(found: Sequence[Correction]) -> str:
    return ",".join(str(one.id) for one in found)


async def _propose_again(db: AsyncSession, changed: Sequence[Correction]) -> None:
    about = {one.screening_id for one in changed if one.kind != "changed" and one.screening_id}
    waiting = select(Screening).join(Proposal).where(Screening.id.in_(about), Screening.state == "waiting")
    found = list(await db.scalars(waiting.where(Proposal.chosen_by == "").order_by(Screening.id)))
    for screening in found[:AT_ONCE]:
        await composing.propose(db, screening)
    for screening in found[AT_ONCE:]:
        screening.catalogue = 0  # judged again within seconds
    topics.note(db, "queue")


# -- the report -----------------------------------------------------------------------------------------------------


async def reports(db: AsyncSession) -> list[Report]:
    """Every feed's corrections; feeds without any are left out unless none has any."""
    feeds = list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.name)))
    return [report for feed in feeds if (report := await _report(db, feed)).total]


async def _report(db: AsyncSession, feed: Feed) -> Report:
    query = (
        select(Correction, Post)
        .outerjoin(Screening, Screening.id == Correction.screening_id)
        .outerjoin(Post, Post.id == Screening.post_id)
        .where(Correction.feed_id == feed.id).order_by(Correction.id.desc()).limit(MOST_SHOWN)
    )  # fmt: skip
    rows = [Row(*row) for row in await db.execute(query)]
    items, learned = await _items(db, rows), await verbs.lessons(db, feed.id)
    standing = [row for row in rows if row.correction.undone_at is None]
    undone = [row for row in rows if row.correction.undone_at is not None and row.correction.undone_by != verbs.LATER]
    return Report(feed, _groups(standing, items, learned), _groups(undone, items, learned), len(rows))


async def _items(db: AsyncSession, rows: Sequence[Row]) -> dict[str, Item]:
    ids = {id for row in rows for id in (row.correction.shown_variant, row.correction.chosen_variant) if id}
    query = select(Variant, Product.title).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(ids))
    return {
        variant.id: Item(title, variant.colour or variant.size, variant.swatch)
        for variant, title in await db.execute(query)
    }


def _groups(rows: Sequence[Row], items: Mapping[str, Item], learned: Learned) -> tuple[Group, ...]:
    alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        one = row.correction
        chosen = one.chosen_variant if one.chosen_product == one.shown_product else one.chosen_product
        shown = one.shown_variant if one.chosen_product == one.shown_product else one.shown_product
        asked = verbs.asked_of(one.asked) if one.asked else None
        alike[asked, one.kind, None if one.kind == "nothing" else shown, chosen].append(row)
    made = [_group(some, items, learned) for some in alike.values()]
    return tuple(sorted(made, key=lambda group: -len(group.rows)))


def _group(rows: Sequence[Row], items: Mapping[str, Item], learned: Learned) -> Group:
    one = rows[0].correction
    asked = verbs.asked_of(one.asked) if one.asked else None
    shown, chosen = (_item(items, id) for id in (one.shown_variant, one.chosen_variant))
    lesson = learned.get(asked) if asked else None
    return Group(
        key=str(one.id), asked=described(asked, built_in()) if asked else "", kind=one.kind,
        shown=shown if one.kind != "nothing" else None, chosen=chosen, rows=tuple(rows),
        effect=_effect(one, lesson, shown, chosen) if lesson else "Nothing: what the post asked for was not read from its words.",
        people=tuple(Counter(row.correction.by for row in rows).most_common(3)),
    )  # fmt: skip


def _item(items: Mapping[str, Item], id: str | None) -> Item | None:
    return (items.get(id) or Item(id, "no longer in the catalogue", None)) if id else None


def _effect(one: Correction, lesson: Lesson, shown: Item | None, chosen: Item | None) -> str:
    """What a correction changes now, with what else was said of the same items."""
    if one.kind == "nothing":
        if lesson.silent:
            return "Such posts are held, with no item."
        against = f" Approved with what was offered: {posts(lesson.agreed)}." if lesson.agreed else ""
        return f"Nothing yet: {posts(lesson.lacking)} more, and such posts are held.{against}"
    same = one.shown_product == one.chosen_product
    moved = [
        _moved(item, lesson, product or "", variant or "", same=same)
        for item, product, variant in (
            (chosen, one.chosen_product, one.chosen_variant), (shown, one.shown_product, one.shown_variant)
        ) if item
    ]  # fmt: skip
    return "; ".join(moved) + "."


def _moved(item: Item, lesson: Lesson, product: str, variant: str, *, same: bool) -> str:
    steps = (lesson.variants.get(variant) if same else lesson.products.get(product)) or None
    count = steps.steps if steps else 0
    name = item.shade or item.name if same else item.name
    way = "forward" if count > 0 else "back"
    if not count:
        return f"{name} stands where it fits: as often chosen as called wrong"
    return f"{name} goes {abs(count)} of at most {MOST_STEPS} steps {way}"


ROUTES = [corrections, listed, correct, undo, redo]
