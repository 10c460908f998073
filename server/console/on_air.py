"""On air: what plays now, by whose word, how to take it off the glass at once, and from how many screens it is gone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import loop, retreats, withdrawals
from displays.models import Campaign, Card, Retreat, Screen, ScreenReport, Withdrawal
from displays.playing import playing, published
from displays.reaching import reaches
from displays.screens import present
from server.console import table
from server.core import staff, topics
from server.core.clock import now
from server.core.database import Database
from server.core.rendering import Section, add_section, console_page, page
from social import moderation
from social.models import Moderation, Post, Screening

LATELY = timedelta(hours=24)
MOST_GONE = 12
add_section(Section(12, "/console/on-air", "On air", "o"))


class Reason(msgspec.Struct):
    """Why a post is withdrawn, in the moderator's words."""

    reason: str = ""


@dataclass(frozen=True)
class OnAir:
    """A post that plays now."""

    verdict: Moderation
    post: Post
    card: Card
    spot: str
    showing: int
    """On how many screens it stands at this moment, as they last said."""


@dataclass(frozen=True)
class Air:
    """A campaign that is published, with its posts and the screens that play it."""

    campaign: Campaign
    posts: tuple[OnAir, ...]
    others: int
    """Trends, evergreen spots and calls in its loop."""
    screens: int
    connected: int
    retreat: Retreat | None


@dataclass(frozen=True)
class Left:
    """A post that has left the glass, and how far that has come."""

    withdrawal: Withdrawal
    post: Post
    campaign: Campaign
    verdict: Moderation | None
    """The verdict that withdrew it, as long as it counts: undoing that one puts it back on air."""
    cause: str
    """Why it left, in words."""
    reach: withdrawals.Reach
    over: bool
    """Whether the leases of all that are not connected have ended."""


@get("/console/on-air")
async def on_air(request: Request, database: Database) -> Response[str]:
    """What plays now, campaign by campaign."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return console_page(
            request,
            "console/on_air.html",
            person,
            title="On air",
            may_decide=person.may("moderator"),
            **await _shown(db),
        )


@get("/console/on-air/list")
async def listed(request: Request, database: Database) -> Response[str]:
    """The same without the frame, for when something has changed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return page(request, "console/on_air_list.html", may_decide=person.may("moderator"), **await _shown(db))


@post("/console/on-air/{id:int}/withdrawal")
async def withdraw(
    request: Request,
    database: Database,
    id: FromPath[int],
    data: Annotated[Reason, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Take a post off the glass at once."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        verdict = await moderation.withdraw(db, await table.find(db, id), by=person.name, reason=data.reason.strip())
        author = (await db.get_one(Post, verdict.post_id)).author_handle
        return Response({"verdict": verdict.id, "words": f"Withdrawn: @{author}"}, status_code=201)


# -- what is shown ------------------------------------------------------------------------------------------------


async def _shown(db: AsyncSession) -> dict[str, Any]:
    screens = await present(db)
    reports = {one.screen_id: one for one in await db.scalars(select(ScreenReport))}
    airs = [await _air(db, one, screens, reports) for one in await published(db)]
    left = await _left(db, screens, reports)
    everything = await retreats.standing(db, None)
    return {"airs": airs, "left": left, "everything": everything}


async def _air(db: AsyncSession, campaign: Campaign, screens: list[Screen], reports: dict[str, ScreenReport]) -> Air:
    reached = [one for one in screens if reaches(campaign.labels, one.labels)]
    showing = [report.spot for one in reached if (report := reports.get(one.id)) and report.connected]
    now_playing = await playing(db, campaign)
    posts = [_on_air(*row, showing) for row in await db.execute(_approved(campaign))]
    return Air(
        campaign=campaign, posts=tuple(posts), others=len(now_playing.trends) + len(now_playing.evergreens) + len(now_playing.calls),
        screens=len(reached), connected=len(showing), retreat=await retreats.standing(db, campaign),
    )  # fmt: skip


def _approved(campaign: Campaign) -> Any:
    """As the loop takes them."""
    query = (
        select(Moderation, Post, Card)
        .join(Post, Post.id == Moderation.post_id)
        .join(Card, Card.digest == Moderation.card)
        .join(Screening, Screening.id == Moderation.screening_id)
        .where(Moderation.feed_id == campaign.feed_id, Moderation.verdict == "approved", Moderation.over_at.is_(None))
        .where(Screening.state == "approved", Moderation.mode.in_(campaign.modes))
    )
    return query.order_by(Moderation.decided_at.desc()).limit(loop.MOST_POSTS)


def _on_air(verdict: Moderation, said: Post, card: Card, showing: list[str]) -> OnAir:
    spot = f"p{verdict.post_id}r{verdict.revision}c{card.digest[:8]}"
    return OnAir(verdict, said, card, spot, showing.count(spot))


async def _left(db: AsyncSession, screens: list[Screen], reports: dict[str, ScreenReport]) -> list[Left]:
    query = (
        select(Withdrawal, Post, Campaign)
        .join(Post, Post.id == Withdrawal.post_id)
        .join(Campaign, Campaign.id == Withdrawal.campaign_id)
        .where(Withdrawal.at > now() - LATELY)
    )
    found: list[Left] = []
    epoch = await topics.epoch(db)
    for withdrawal, said, campaign in (
        await db.execute(query.order_by(Withdrawal.id.desc()).limit(MOST_GONE * 3))
    ).all():
        verdict = await _standing(db, said, campaign)
        again = any(one.post.id == said.id and one.campaign.id == campaign.id for one in found)
        if not again and (verdict is None or verdict.verdict != "approved"):
            reach = withdrawals.reach(withdrawal, screens, reports, epoch=epoch)
            over = reach.gone_by is None or reach.gone_by <= now()
            found.append(Left(withdrawal, said, campaign, verdict, await _cause(db, said, verdict), reach, over))
    return found[:MOST_GONE]


async def _cause(db: AsyncSession, said: Post, verdict: Moderation | None) -> str:
    if verdict:
        return f"{verdict.verdict} by {verdict.by}" + (f": {verdict.reason}" if verdict.reason else "")
    if said.gone_at:
        return f"{said.gone_because} on its network"
    played = select(Moderation.revision).where(Moderation.post_id == said.id, Moderation.verdict == "approved")
    newest = await db.scalar(played.order_by(Moderation.id.desc()).limit(1))
    return "edited by its author" if newest != said.revision else "its approval was taken back"


async def _standing(db: AsyncSession, said: Post, campaign: Campaign) -> Moderation | None:
    query = select(Moderation).where(
        Moderation.post_id == said.id, Moderation.feed_id == campaign.feed_id, Moderation.over_at.is_(None)
    )
    return await db.scalar(query.order_by(Moderation.id.desc()).limit(1))


ROUTES = [on_air, listed, withdraw]
