"""The brand kit's page: name, logo, colours and typefaces, seen on real cards, saved, and taken back."""

import asyncio
from dataclasses import asdict, fields, replace
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Card
from displays.playing import playing, published
from server.core import audit, brand, colour, media, pictures, staff
from server.core.brand import DISPLAY_FACES, TEXT_FACES, BrandKit
from server.core.database import Database
from server.core.errors import BadInput, NotFound, VitrineError
from server.core.kinds import described, picture_kind
from server.core.rendering import Section, add_section, back, console_page

add_section(Section(60, "/console/brand", "Brand", "b", "merchandiser"))

LARGEST_LOGO = 4 * 1024 * 1024
LOGO_WIDTH = 1200
LEAST_LOGO = 160
LEAST_CONTRAST = 4.5
LEAST_ACCENT = 1.3
"""A line or a mark has to be there; it need not be read."""
CHANGED = "changed brand kit"
NAMES = {
    "fraunces": "Fraunces", "bricolage-grotesque": "Bricolage Grotesque", "playfair-display": "Playfair Display",
    "dm-serif-display": "DM Serif Display", "source-sans-3": "Source Sans 3", "figtree": "Figtree", "dm-sans": "DM Sans",
}  # fmt: skip


@get("/console/brand")
async def shown(request: Request, database: Database) -> Response[str]:
    """The kit as it is, with cards that wear it."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
        return await _page(request, db, person, await brand.current(db))


@post("/console/brand", request_max_body_size=LARGEST_LOGO + 64 * 1024)
async def save(request: Request, database: Database) -> Response[Any]:
    """Dress every card in what the form says; the logo only if one was sent or taken away."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
    form = await request.form()
    try:
        # Decoded before the transaction begins: a large picture must not hold up every other change.
        logo = await _uploaded(form.get("logo"))
        async with database.transaction() as db:
            person = await staff.calling(db, request, "merchandiser")
            kit = read(form, await brand.current(db))
            if logo:
                kit = replace(kit, logo=await media.store(db, logo.data, "image/webp"))
            elif form.get("no_logo"):
                kit = replace(kit, logo=None)
            await change(db, kit, by=person.name)
    except BadInput as error:
        async with database.snapshot() as db:
            person = await staff.calling(db, request, "merchandiser")  # the one before went with its transaction
            return await _page(request, db, person, _as_written(form, await brand.current(db)), error=error)
    return back("/console/brand", said="Saved. Every card wears it now.")


@post("/console/brand/restorations/{entry_id:int}")
async def restore(request: Request, database: Database, entry_id: FromPath[int]) -> Response[Any]:
    """Bring back the kit that was worn before a change."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        entry = await db.get(audit.AuditEntry, entry_id)
        if entry is None or entry.what != CHANGED or "before" not in entry.details:
            raise NotFound("There is no such change of the brand kit.")
        kit = kept(entry.details["before"])
        lost = kit.logo and await media.find(db, kit.logo) is None
        await change(db, replace(kit, logo=None) if lost else kit, by=person.name)
    words = "The earlier kit is back" + (", but its logo was no longer kept: send it again." if lost else ".")
    return back("/console/brand", said=words)


async def change(db: AsyncSession, kit: BrandKit, *, by: str) -> None:
    """Change the kit and write down both, so that the earlier one can be brought back. The same kit changes nothing."""
    before = await brand.current(db)
    if kit != before:
        await brand.change(db, kit)
        audit.record(db, who=by, what=CHANGED, which=kit.name, before=asdict(before), after=asdict(kit))


def kept(values: dict[str, Any]) -> BrandKit:
    """A kit from an audit entry; what this version does not know is left out."""
    known = {field.name for field in fields(BrandKit)}
    return BrandKit(**{name: value for name, value in values.items() if name in known})


def read(form: Any, current: BrandKit) -> BrandKit:
    """The kit that a form describes, with the current logo. Raises BadInput, with the field's name as `field`."""
    written = _as_written(form, current)
    if not written.name.strip() or len(written.name) > 60:
        raise BadInput("The house needs a name of up to 60 characters.", field="name")
    colours = {}
    for name in ("field", "ink", "accent"):
        try:
            colours[name] = colour.normal(getattr(written, name))
        except BadInput as error:
            raise BadInput(error.detail, field=name) from None
    if (seen := colour.contrast(colours["accent"], colours["field"])) < LEAST_ACCENT:
        words = f"{colours['accent']} on {colours['field']} has a contrast of {seen:.1f}:1 and is not seen."
        raise BadInput(f"{words} Choose an accent of {LEAST_ACCENT}:1 at least.", field="accent")
    ratio = colour.contrast(colours["ink"], colours["field"])
    if ratio < LEAST_CONTRAST:
        words = f"Words in {colours['ink']} on {colours['field']} have a contrast of {ratio:.1f}:1, which nobody reads from afar."
        raise BadInput(
            f"{words} Choose a lighter or darker one: {LEAST_CONTRAST}:1 at least, 7:1 is good.", field="ink"
        )
    if written.display not in DISPLAY_FACES or written.text not in TEXT_FACES:
        raise BadInput("Choose two of the typefaces shown here.", field="display")
    return replace(written, name=written.name.strip(), **colours)


def _as_written(form: Any, current: BrandKit) -> BrandKit:
    said = {
        name: str(form.get(name, getattr(current, name)))[:80]
        for name in ("name", "field", "ink", "accent", "display", "text")
    }
    return replace(current, **said)


async def _uploaded(part: Any) -> pictures.Rendition | None:
    """The logo that came with the form as it is kept: trimmed, stripped, WebP. Raises BadInput with the reason."""
    data = await part.read() if isinstance(part, UploadFile) else b""
    return await pictures.off_loop(partial(prepared_logo, data)) if data else None


def prepared_logo(data: bytes) -> pictures.Rendition:
    """A logo from an upload's bytes. Raises BadInput for what is no PNG or WebP, is not see-through, or is too small."""
    kind = picture_kind(data)
    if len(data) > LARGEST_LOGO:
        raise BadInput("The logo is larger than 4 MB. Send a smaller one.", field="logo")
    if kind not in ("PNG", "WEBP"):
        raise BadInput(f"This is {_named(data, kind)} {ADVICE}", field="logo")
    try:
        image = pictures.decode(data, enough=2 * LOGO_WIDTH)
    except BadInput as error:
        raise BadInput(error.detail, field="logo") from None
    if image.mode != "RGBA":
        raise BadInput(f"This logo is not see-through: it would stand in a box on every card. {ADVICE}", field="logo")
    image = pictures.trim(image)
    if max(image.size) < LEAST_LOGO:
        size = f"{image.width} by {image.height} pixels"
        raise BadInput(
            f"The logo is {size}; on a billboard that is a blur. Send one at least {LEAST_LOGO} pixels wide.",
            field="logo",
        )
    return pictures.renditions(image, (LOGO_WIDTH,))[0]


ADVICE = "Send a PNG or WebP with a transparent background."


def _named(data: bytes, kind: str | None) -> str:
    if kind:
        return f"a {kind} picture, which has no clear background here."
    what = described(data)
    if what == "an SVG drawing":
        return "an SVG drawing. Those may carry programs and draw differently on every screen, so they are not taken."
    return f"{what}, not a logo."


async def _page(
    request: Request, db: AsyncSession, person: staff.Staff, kit: BrandKit, *, error: VitrineError | None = None
) -> Response[str]:
    saved = await brand.current(db)
    entries = select(audit.AuditEntry).where(audit.AuditEntry.what == CHANGED).order_by(audit.AuditEntry.id.desc())
    return console_page(
        request, "console/brand_kit.html", person, title="Brand kit", status=error.status if error else 200,
        kit=kit, saved=saved, logo=await _logo_size(db, saved.logo), error=error.detail if error else "",
        wrong=error.extra.get("field", "") if error else "", display_faces=DISPLAY_FACES, text_faces=TEXT_FACES, names=NAMES,
        cards=await on_air(db), changes=list(await db.scalars(entries.limit(6))),
    )  # fmt: skip


async def _logo_size(db: AsyncSession, digest: str | None) -> dict[str, Any] | None:
    found = await media.find(db, digest) if digest else None
    if found is None:
        return None
    image = await asyncio.to_thread(pictures.decode, found[0])
    return {"digest": digest, "width": image.width, "height": image.height}


async def on_air(db: AsyncSession) -> list[Card]:
    """A few cards that may play now, one of each kind first."""
    digests = [spot.card.digest for campaign in await published(db) for spot in await _spots(db, campaign)]
    cards = list(await db.scalars(select(Card).where(Card.digest.in_(digests[:200])).order_by(Card.composed_at.desc())))
    first = {card.kind: card for card in reversed(cards)}
    return [*first.values(), *(card for card in cards if card not in first.values())][:4]


async def _spots(db: AsyncSession, campaign: Any) -> list[Any]:
    one = await playing(db, campaign)
    return [*one.calls, *one.evergreens, *one.posts, *one.trends]


ROUTES = [shown, save, restore]
