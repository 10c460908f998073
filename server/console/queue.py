"""The queue: posts that wait for a verdict, one at a time on a light table, for any number of moderators at once."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import composing
from displays.models import Card, Proposal
from server.console import marking, picking, table, waiting
from server.console.surging import surges
from server.core import staff, topics
from server.core.database import Database
from server.core.errors import Conflict, NotFound
from server.core.rendering import Section, add_section, console_page, page
from social import consent, corrections, moderation
from social.holding import hold
from social.models import Feed, Moderation, Post, Screening

add_section(Section(10, "/console/queue", "Queue", "q"))
NAMES = {"kinds": marking.KINDS, "networks": {"x": "X", "mastodon": "Mastodon", "bluesky": "Bluesky"}}


class Words(msgspec.Struct):
    """What the forms of the light table send; a field that a form does not have stays empty."""

    digest: str = ""
    reason: str = ""
    variant: str = ""
    mode: str = ""
    proof: str = ""


Form = Annotated[Words, Body(media_type=RequestEncodingType.URL_ENCODED)]


# -- pages --------------------------------------------------------------------------------------------------------


@get(["/console/queue", "/console/queue/{id:int}"])
async def queue(request: Request, database: Database, id: FromPath[int | None] = None) -> Response[str]:
    """The light table with the post that has waited longest, or the one that is named."""
    which = waiting.filter_of(request.query_params)
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        id = (await table.find(db, id)).id if id else await waiting.first(db, which)
        return console_page(
            request, "console/queue.html", person, title="Queue", which=which, may_decide=person.may("moderator"),
            table=await table.table(db, id) if id else None, strip=await waiting.strip(db, which, id), me=person.name,
            feeds=list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.name))),
            languages=await waiting.languages(db), surges=await surges(db), **NAMES,
        )  # fmt: skip


@get("/console/queue/{id:int}/table")
async def one(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """One post alone, as a fragment: the page asks for the next before it is needed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        shown = await table.table(db, id)
        return page(request, "console/queue_table.html", table=shown, may_decide=person.may("moderator"), **NAMES)


@get("/console/queue/strip")
async def strip(request: Request, database: Database, current: FromQuery[int | None] = None) -> Response[str]:
    """The list beside the table, and what has become of the post on it, as a fragment."""
    which = waiting.filter_of(request.query_params)
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        shown = await waiting.strip(db, which, current)
        return page(
            request,
            "console/queue_strip.html",
            strip=shown,
            surges=await surges(db),
            which=which,
            may_decide=person.may("moderator"),
            me=person.name,
        )


@get("/console/queue/{id:int}/items")
async def items(request: Request, database: Database, id: FromPath[int], q: FromQuery[str] = "") -> Response[str]:
    """Items of the catalogue that hold these words, to stand beside the post, as a fragment."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "moderator")
        groups, total = await picking.found(db, q)
        return page(request, "console/queue_items.html", groups=groups, total=total, words=q.strip(), id=id)


# -- verdicts -----------------------------------------------------------------------------------------------------


@post("/console/queue/{id:int}/approval")
async def approve(request: Request, database: Database, id: FromPath[int], data: Form) -> Response[Any]:
    """Approve the card that was looked at, and no other: 409 when it has changed meanwhile."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        if given := await _given(db, id, person.name, card=data.digest):
            return await _decided(db, given, "Approved")
        screening, proposal = await _waiting(db, id), await db.get(Proposal, id)
        if proposal is None or proposal.card is None:
            raise Conflict("There is no card to approve. Choose another item, or reject the post.")
        if proposal.card != data.digest:
            raise Conflict("The card changed while you looked at it. Nothing was approved; here is the new one.")
        frame = composing.frame(proposal, await db.get_one(Card, proposal.card))
        verdict = await moderation.approve(db, screening, frame, by=person.name)
        if proposal.chosen_by and frame.variant_id:
            await corrections.change(db, screening, shown=proposal.offered, chosen=frame.variant_id, by=person.name)
        return await _decided(db, verdict, "Approved")


@post("/console/queue/{id:int}/rejection")
async def reject(request: Request, database: Database, id: FromPath[int], data: Form) -> Response[Any]:
    """Keep the post off the glass."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        if given := await _given(db, id, person.name, card=None):
            return await _decided(db, given, "Rejected")
        verdict = await moderation.reject(db, await _waiting(db, id), by=person.name, reason=data.reason)
        return await _decided(db, verdict, "Rejected")


@post("/console/queue/{id:int}/block")
async def block(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Reject the post and let no more of its author into the feed."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        # Held with the author's other posts, in the order in which everybody takes several.
        verdict = await moderation.block_author(db, await table.find(db, id), by=person.name)
        return await _decided(db, verdict, "Blocked")


@delete("/console/verdicts/{id:int}", status_code=200)
async def take_back(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Undo a verdict: the post is where it was before."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        verdict = await db.get(Moderation, id)
        if verdict is None:
            raise NotFound("There is no such verdict.")
        screening = await moderation.take_back(db, verdict, by=person.name)
        post = await db.get_one(Post, screening.post_id)
        return Response({"screening": screening.id, "state": screening.state, "words": f"Taken back: {_named(post)}"})


@delete("/console/queue/{id:int}/refusal", status_code=200)
async def bring_back(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Put a post that screening refused before a person."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screening = await table.find(db, id)
        await moderation.bring_back(db, screening, by=person.name)
        return Response({"screening": id, "words": "It waits in the queue now."})


# -- the card -----------------------------------------------------------------------------------------------------


@post("/console/queue/{id:int}/proposal", status_code=200)
async def propose(request: Request, database: Database, id: FromPath[int], data: Form) -> Response[Any]:
    """Compose the card anew: beside another item, or without one."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screening = await _waiting(db, id)
        if data.variant or data.mode == "post":
            proposal = await composing.choose(db, screening, data.variant or None, by=person.name)
        else:
            proposal = await composing.propose(db, screening)
        topics.note(db, "queue")
        return Response({"screening": id, "card": proposal.card})


@post("/console/queue/{id:int}/consent", status_code=200)
async def record_consent(request: Request, database: Database, id: FromPath[int], data: Form) -> Response[Any]:
    """Write down the author's permission, with where it can be seen; the card may stand beside an item then."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screening = await _waiting(db, id)
        post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
        if await consent.current(db, post, feed) is None:
            await consent.record(db, post, feed, proof=data.proof, by=person.name)
        if data.variant:
            proposal = await composing.choose(db, screening, data.variant, by=person.name)
        else:
            proposal = await composing.propose(db, screening)
        return Response({"screening": id, "card": proposal.card, "words": "The consent is on record."})


@delete("/console/queue/{id:int}/consent", status_code=200)
async def end_consent(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Take a consent back: the post stands alone, or leaves the glass if it stood beside an item."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screening = await table.find(db, id)
        post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
        if held := await consent.current(db, post, feed):
            await consent.withdraw(db, held, by=person.name)
        if screening.state == "waiting":
            await composing.propose(db, screening)
        return Response({"screening": id, "words": "The consent has been taken back."})


async def _waiting(db: AsyncSession, id: int) -> Screening:
    """A post that nobody has decided on yet, held so that nobody else decides now. Raises Conflict with who did and what."""
    screening = await table.find(db, id)
    await hold(db, screening)
    if screening.state not in ("waiting", "refused"):
        verdict = await moderation.latest(db, screening)
        who = f"{verdict.by} has {verdict.verdict} it" if verdict else "The post was edited, deleted or is too old"
        raise Conflict(f"{who}. Nothing was changed by you.")
    return screening


async def _given(db: AsyncSession, id: int, by: str, *, card: str | None) -> Moderation | None:
    """The verdict that the same person has given already: they heard no answer and say it again. No card: a rejection."""
    screening = await table.find(db, id)
    await hold(db, screening)
    verdict = await moderation.latest(db, screening)
    wanted = ("approved" if card else "rejected", by, card)
    return verdict if verdict and (verdict.verdict, verdict.by, verdict.card) == wanted else None


async def _decided(db: AsyncSession, verdict: Moderation, word: str) -> Response[Any]:
    post = await db.get_one(Post, verdict.post_id)
    return Response(
        {"verdict": verdict.id, "screening": verdict.screening_id, "words": f"{word}: {_named(post)}"}, status_code=201
    )


def _named(post: Post) -> str:
    return f"@{post.author_handle}" if post.author_handle else "a post that is gone"


ROUTES = [queue, one, strip, items, approve, reject, block, take_back, bring_back, propose, record_consent, end_consent]
