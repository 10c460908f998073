"""The red button: on every page, two keys from anywhere, and the whole frame says so while glass is on evergreen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import retreats
from displays.models import Campaign, Retreat
from displays.playing import published
from server.core import staff
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotFound
from server.core.rendering import page
from server.core.staff import Staff

MOST_KEYS = 9
LATELY = timedelta(minutes=2)


class Press(msgspec.Struct):
    """What to send to evergreen: a campaign's id, or empty for all glass."""

    campaign: str = ""


@dataclass(frozen=True)
class Scope:
    """All glass, or one campaign: what a key of the dialog sends, or has sent."""

    key: str
    """The digit that presses it; empty beyond the ninth campaign."""
    campaign: Campaign | None
    retreat: Retreat | None
    confirmation: retreats.Confirmation | None


@get("/console/red-button", opt={"quiet": True})
async def shown(request: Request, database: Database) -> Response[str]:
    """The button, its dialog, and what is on evergreen now, as a fragment of the frame."""
    return await _now(request, database)


@post("/console/retreats", status_code=200)
async def press(
    request: Request, database: Database, data: Annotated[Press, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """Send a campaign, or all glass, to evergreen; pressing twice is the same as once."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        campaign = (
            await db.get(Campaign, int(data.campaign))
            if data.campaign.isdecimal() and len(data.campaign) < 10
            else None
        )
        if data.campaign and campaign is None:
            raise NotFound("There is no such campaign. Nothing was sent to evergreen.")
        await retreats.begin(db, campaign, by=person.name)
    return await _now(request, database)


@delete("/console/retreats/{id:int}", status_code=200)
async def lift(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """Let live cards back onto the glass."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        retreat = await db.get(Retreat, id)
        if retreat is None:
            raise NotFound("There is no such press of the red button.")
        await retreats.lift(db, retreat, by=person.name)
    return await _now(request, database)


async def _now(request: Request, database: Database) -> Response[str]:
    """The button as it is: looked at when the press is through, so that no screen waits for what staff get to see."""
    async with database.snapshot() as db:
        return await _fragment(request, db, await staff.calling(db, request, "viewer"))


async def _fragment(request: Request, db: AsyncSession, person: Staff) -> Response[str]:
    in_force = await retreats.in_force(db)
    glass = await retreats.glass(db) if in_force else None
    scopes = []
    for number, campaign in enumerate((None, *await published(db))):
        retreat = in_force.get(campaign.id if campaign else None)
        confirmation = retreats.confirmation(retreat, campaign, glass) if retreat and glass else None
        scopes.append(Scope(str(number) if number <= MOST_KEYS else "", campaign, retreat, confirmation))
    standing = [one for one in scopes if one.retreat]
    newest = max(standing, key=lambda one: one.retreat.id, default=None)
    return page(
        request, "console/red_button.html", scopes=scopes, standing=standing, newest=newest, may_press=person.may("moderator"),
        everything=scopes[0].retreat is not None, lifted=await _lately_lifted(db) if not standing else None,
    )  # fmt: skip


async def _lately_lifted(db: AsyncSession) -> tuple[Retreat, retreats.Confirmation] | None:
    """The retreat that was lifted last, while it is news and some screen has not confirmed that live cards are back."""
    query = select(Retreat).where(Retreat.lifted_at > now() - LATELY).order_by(Retreat.lifted_at.desc()).limit(1)
    retreat = await db.scalar(query)
    if retreat is None:
        return None
    campaign = await db.get(Campaign, retreat.campaign_id) if retreat.campaign_id else None
    confirmation = retreats.confirmation(retreat, campaign, await retreats.glass(db))
    return (retreat, confirmation) if confirmation.waiting else None


ROUTES = [shown, press, lift]
