"""Staff pages of evergreen spots: their words and pictures, their order, and taking one out with a way back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Variant
from displays import campaign_pages, campaigns, forms
from displays.models import Campaign, Card, Spot
from server.core import media, pictures, staff
from server.core.colour import ColourRefused, normal
from server.core.database import Database
from server.core.errors import BadInput, NotFound, VitrineError
from server.core.rendering import page

PATH = "/console/campaigns/{id:int}/spots"
SIDES = {"landscape": 2560, "portrait": 1440}
"""Widths in pixels that own pictures are kept in: enough for glass of 3840 by 2160 from the distance people stand at."""
LARGEST_UPLOAD = 40 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class SpotDraft:
    """What stands in a spot's fields, as typed. Pictures are digests of what was uploaded before."""

    headline: str = ""
    words: str = ""
    seconds: str = ""
    field: str = ""
    variant: str = ""
    landscape: str = ""
    portrait: str = ""


@dataclass(frozen=True)
class SpotView:
    """A spot as its campaign's page shows it."""

    spot: Spot
    card: Card | None
    item: str


# -- looking --------------------------------------------------------------------------------------------------------


async def spot_views(db: AsyncSession, campaign: Campaign) -> list[SpotView]:
    """A campaign's evergreen spots in order, with their cards."""
    spots = await campaigns.evergreens(db, campaign)
    cards = {
        card.digest: card for card in await db.scalars(select(Card).where(Card.digest.in_([s.card for s in spots])))
    }
    names = await campaign_pages.names_of(db, [spot.variant_id for spot in spots if spot.variant_id])
    return [SpotView(spot, cards.get(spot.card or ""), names.get(spot.variant_id or "", "")) for spot in spots]


@get(PATH)
async def spots(request: Request, database: Database, id: FromQuery[int]) -> Response[str]:
    """The section of a campaign's spots."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return await _section(db, request, await _campaign(db, id), may_edit=person.may("merchandiser"))


@get(PATH + "/{spot_id:str}")
async def edit(request: Request, database: Database, id: FromQuery[int], spot_id: FromPath[str]) -> Response[str]:
    """The fields of a spot, or of a new one."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "merchandiser")
        campaign = await _campaign(db, id)
        draft = SpotDraft() if spot_id == "new" else _kept(await _spot(db, campaign, spot_id))
        return await _fields(db, request, campaign, spot_id, draft)


# -- changing -------------------------------------------------------------------------------------------------------


@post(PATH + "/{spot_id:str}", request_max_body_size=LARGEST_UPLOAD)
async def save(request: Request, database: Database, id: FromQuery[int], spot_id: FromPath[str]) -> Response[str]:
    """Keep a spot with the pictures sent along and compose its card; on a mistake the fields come back as they were."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "merchandiser")
    form = await request.form()
    errors = forms.Errors()
    sent = {side: await _prepared(form.get(side), width, side, errors) for side, width in SIDES.items()}
    draft = _typed(form)
    async with database.transaction() as db:
        draft = replace(
            draft, **{side: await media.store(db, body, "image/webp") for side, body in sent.items() if body}
        )
    try:
        async with database.transaction() as db:
            person = await staff.calling(db, request, "merchandiser")
            campaign = await _campaign(db, id)
            spot = Spot(position=10_000) if spot_id == "new" else await _spot(db, campaign, spot_id)
            await _apply(db, spot, draft, errors)
            if errors:
                raise BadInput("")
            await (campaigns.add_spot if spot_id == "new" else campaigns.change_spot)(
                db, campaign, spot, by=person.name
            )
            return await _section(db, request, campaign)
    except VitrineError as error:
        if error.status not in (400, 422):
            raise
        return await _again(request, database, id, spot_id, draft, errors or forms.Errors(headline=error.detail))


async def _again(
    request: Request, database: Database, id: int, spot_id: str, draft: SpotDraft, errors: forms.Errors
) -> Response[str]:
    async with database.snapshot() as db:
        answer = await _fields(db, request, await _campaign(db, id), spot_id, draft, errors=errors)
    answer.headers |= {"HX-Retarget": "closest .spot-fields", "HX-Reswap": "outerHTML"}
    return answer


@post(PATH + "/{spot_id:int}/place", status_code=200)
async def move(request: Request, database: Database, id: FromQuery[int], spot_id: FromPath[int]) -> Response[str]:
    """Move a spot one place up or down."""
    steps = -1 if (await request.form()).get("towards") == "start" else 1
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign = await _campaign(db, id)
        await campaigns.move_spot(db, campaign, await _spot(db, campaign, str(spot_id)), steps, by=person.name)
        return await _section(db, request, campaign, focus=f"spot-{spot_id}-{'up' if steps < 0 else 'down'}")


@delete(PATH + "/{spot_id:int}", status_code=200)
async def remove(request: Request, database: Database, id: FromQuery[int], spot_id: FromPath[int]) -> Response[str]:
    """Take a spot out; the answer holds all that is needed to put it back."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign = await _campaign(db, id)
        spot = await _spot(db, campaign, str(spot_id))
        removed = _kept(spot), spot.position
        await campaigns.remove_spot(db, campaign, spot, by=person.name)
        return await _section(db, request, campaign, removed=removed)


@post("/console/campaigns/{id:int}/restored-spots", status_code=200)
async def restore(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """Put a spot back that was just taken out."""
    form = await request.form()
    errors = forms.Errors()
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign = await _campaign(db, id)
        spot = Spot(position=forms.whole(str(form.get("position", "")), "position", errors))
        await _apply(db, spot, _typed(form), errors)
        if errors:
            raise BadInput(next(iter(errors.values())))
        await campaigns.add_spot(db, campaign, spot, by=person.name)
        # Its old neighbour has its place by now: the one put back goes before it.
        await _before_equals(db, campaign, spot)
        return await _section(db, request, campaign)


async def _before_equals(db: AsyncSession, campaign: Campaign, spot: Spot) -> None:
    order = await campaigns.evergreens(db, campaign)
    for place, other in enumerate(sorted(order, key=lambda one: (one.position, one.id != spot.id, one.id))):
        other.position = place
    await db.flush()


# -- pieces ---------------------------------------------------------------------------------------------------------


async def _campaign(db: AsyncSession, id: int) -> Campaign:
    campaign = await db.get(Campaign, id)
    if campaign is None:
        raise NotFound("There is no such campaign.")
    return campaign


async def _spot(db: AsyncSession, campaign: Campaign, id: str) -> Spot:
    spot = await db.get(Spot, int(id)) if id.isdecimal() and len(id) < 10 else None
    if spot is None or spot.campaign_id != campaign.id:
        raise NotFound("That spot is not here any more; somebody may have removed it.")
    return spot


def _kept(spot: Spot) -> SpotDraft:
    return SpotDraft(
        headline=spot.headline, words=spot.words, seconds=str(spot.seconds or ""), field=spot.field,
        variant=spot.variant_id or "", landscape=spot.landscape or "", portrait=spot.portrait or "",
    )  # fmt: skip


def _typed(form: Mapping[str, Any]) -> SpotDraft:
    texts = {name: form.get(name) for name in ("headline", "words", "seconds", "field", "variant")}
    sides = {side: "" if form.get(f"no_{side}") else form.get(f"{side}_kept") for side in SIDES}
    said = {name: value for name, value in {**texts, **sides}.items() if isinstance(value, str)}
    return SpotDraft(**{name: value.replace("\0", "")[:2000] for name, value in said.items()})


async def _prepared(upload: Any, width: int, side: str, errors: forms.Errors) -> bytes | None:
    """The largest rendition of an uploaded picture; none where no file was chosen."""
    if not isinstance(upload, UploadFile):
        return None
    data = await upload.read()
    if not data:
        return None
    try:
        return (await pictures.off_loop(pictures.prepare, data, widths=(width,))).renditions[-1].data
    except pictures.PictureRefused as error:
        errors[side] = error.detail
        return None


async def _apply(db: AsyncSession, spot: Spot, draft: SpotDraft, errors: forms.Errors) -> None:
    spot.headline, spot.words = " ".join(draft.headline.split()), draft.words.strip()
    if len(spot.headline) > 120 or len(spot.words) > 400:
        errors["headline"] = "A headline has at most 120 characters, the words below it 400."
    spot.seconds = forms.whole(draft.seconds, "seconds", errors) or None
    if spot.seconds is not None and not 4 <= spot.seconds <= 120:
        errors["seconds"] = "A card stands 4 to 120 seconds."
    spot.field = _colour(draft.field, errors)
    spot.variant_id = draft.variant or None
    if spot.variant_id and draft.variant not in await _live_variants(db, draft.variant):
        errors["variant"] = "That item is not in the catalogue any more. Pick another."
    for side in SIDES:
        setattr(spot, side, await _picture(db, getattr(draft, side), side, errors))


def _colour(text: str, errors: forms.Errors) -> str:
    try:
        return normal(text) if text.strip() else ""
    except ColourRefused:
        errors["field"] = f"‘{text[:20]}’ is not a colour; write one like #7a1f3d."
        return ""


async def _live_variants(db: AsyncSession, id: str) -> list[str]:
    return list(await db.scalars(select(Variant.id).where(Variant.id == id, Variant.withdrawn_at.is_(None))))


async def _picture(db: AsyncSession, digest: str, side: str, errors: forms.Errors) -> str | None:
    """A picture that was uploaded before; what a browser names is only taken if it is one."""
    if not digest:
        return None
    kind = await db.scalar(select(media.Media.content_type).where(media.Media.digest == digest))
    if kind != "image/webp":
        errors[side] = "That picture is not here any more. Choose the file again."
        return None
    return digest


async def _section(db: AsyncSession, request: Request, campaign: Campaign, **context: Any) -> Response[str]:
    views = await spot_views(db, campaign)
    context = {"may_edit": True, "removed": None, "focus": "", **context}
    return page(request, "displays/campaign_spots.html", campaign=campaign, spots=views, **context)


async def _fields(
    db: AsyncSession,
    request: Request,
    campaign: Campaign,
    spot_id: str,
    draft: SpotDraft,
    *,
    errors: forms.Errors | None = None,
) -> Response[str]:
    names = await campaign_pages.names_of(db, [draft.variant] if draft.variant else [])
    return page(
        request, "displays/campaign_spot.html", status=422 if errors else 200, campaign=campaign, spot_id=spot_id, v=draft,
        errors=errors or forms.Errors(), names=names,
    )  # fmt: skip


ROUTES = [spots, edit, save, move, remove, restore]
