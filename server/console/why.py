"""Why not: a person names an item beside a post of the queue, and reads why it is not what stands there."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.matcher import Matcher
from catalog.matching.values import Against
from catalog.shelving import Compiled
from displays.models import Proposal
from server.console import picking, table
from server.core import staff
from server.core.database import Database
from server.core.rendering import page
from social import corrections, judging
from social.models import Feed, Match, Post, Screening

CHANGED = Against(
    "changed", "the catalogue or the feed has changed since the post was judged; this is how it would be now"
)

FIRST = "the one that came first"
"""What the matcher calls the best match."""


@get("/console/queue/{id:int}/why")
async def why(
    request: Request, database: Database, shelf: Compiled, id: FromPath[int], variant: FromQuery[str] = ""
) -> Response[str]:
    """Why this variant does not stand first beside the post; without one, why nothing does and what it would have needed."""
    matcher = await shelf.current()
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        screening = await table.find(db, id)
        chosen = next(iter(await table.variants(db, [variant])), None) if variant else None
        found = await answered(db, matcher, screening, variant)
        # Why a post is silent stands beside it already: whoever opens this asks what it would have needed.
        answers = found if variant else [one for one in found if one.kind in ("needed", "changed")]
        titles = {
            one.variant.id: one.name
            for one in await table.variants(db, [one.variant for one in answers if one.variant])
        }
        return page(request, "console/queue_why.html", answers=answers, about=chosen, named=variant, titles=titles)


@get("/console/queue/{id:int}/why/items")
async def why_items(request: Request, database: Database, id: FromPath[int], q: FromQuery[str] = "") -> Response[str]:
    """Items of the catalogue to ask about, as a fragment."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        groups, total = await picking.found(db, q)
        return page(
            request, "console/queue_items.html", groups=groups, total=total, words=q.strip(), id=id, asking=True
        )


async def answered(db: AsyncSession, matcher: Matcher, screening: Screening, variant: str) -> Sequence[Against]:
    """Why not, in sentences, as the feed judges now; and why what stands beside the post is not what matched best."""
    post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
    lately = await judging.lately_shown(db, feed, before=screening.id)
    asked = (post.text, tuple(post.hashtags), post.lang, judging.terms(feed))
    learned = await corrections.lessons(db, feed.id)
    verdict = await asyncio.to_thread(matcher.match, *asked, lately, learned)
    found = await asyncio.to_thread(matcher.why_not, *asked, variant, lately, learned)
    judged = await db.get(Match, (screening.id, 0))
    first = verdict.matches[0].variant if verdict.matches else None
    changed = (judged.variant_id if judged else None) != first
    found = await _by_name(db, found, first)
    return [*([CHANGED] if changed else []), *found, *await _passed_over(db, screening, variant, first)]


async def _by_name(db: AsyncSession, found: Sequence[Against], first: str | None) -> Sequence[Against]:
    """The same sentences with the name of the item that came first: the matcher knows no titles."""
    named = next(iter(await table.variants(db, [first])), None) if first else None
    return [replace(one, words=one.words.replace(FIRST, f"‘{named.name}’")) for one in found] if named else found


async def _passed_over(db: AsyncSession, screening: Screening, variant: str, first: str | None) -> list[Against]:
    """Why the best match is not what stands beside the post."""
    proposal = await db.get(Proposal, screening.id)
    if not variant or variant != first or proposal is None or proposal.variant_id == variant:
        return []
    wrong = await corrections.ruled_out(db, screening)
    if wrong is None or variant in wrong:
        return [Against("corrected", "a moderator said that it is wrong for this post")]
    if proposal.chosen_by:
        chose = "chose another item for this post" if proposal.variant_id else "let this post stand alone"
        return [Against("chosen", f"{proposal.chosen_by} {chose}")]
    if proposal.variant_id is None:
        return [
            Against("alone", "the post stands alone: no item may stand beside it, or no store has one that matches")
        ]
    return [
        Against("near", "no store has it, or none near the campaign’s screens: the next that one has goes before it")
    ]


ROUTES = [why, why_items]
