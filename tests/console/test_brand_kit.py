"""The brand kit: colours that are read, logos that are pictures, cards that wear it, and the way back."""

import io
from dataclasses import asdict

import httpx
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from displays import house_cards
from displays.models import Spot
from server.console import brand_kit
from server.core import brand, media
from server.core.audit import AuditEntry
from server.core.errors import BadInput
from tests import house
from tests.conftest import Served

FIELDS = {
    "name": "Maison Ortolan", "field": "#2b1020", "ink": "#fff4ea", "accent": "#e0a030",
    "display": "playfair-display", "text": "dm-sans",
}  # fmt: skip


def logo(kind: str = "PNG", *, clear: bool = True, size: tuple[int, int] = (600, 200)) -> bytes:
    """A mark on nothing, or on white."""
    image = Image.new("RGBA", size, (0, 0, 0, 0) if clear else (255, 255, 255, 255))
    ImageDraw.Draw(image).ellipse((size[0] // 6, 10, size[0] * 5 // 6, size[1] - 10), fill="#e0a030")
    written = io.BytesIO()
    (image if kind != "JPEG" else image.convert("RGB")).save(written, kind)
    return written.getvalue()


async def current(served: Served) -> brand.BrandKit:
    async with served.database.snapshot() as db:
        return await brand.current(db)


async def save(person: httpx.AsyncClient, data: bytes = b"", name: str = "logo.png", **fields: str) -> httpx.Response:
    files = {"logo": (name, data, "application/octet-stream")}
    return await person.post("/console/brand", data={**FIELDS, **fields}, files=files)


async def test_a_kit_is_saved_with_its_logo_trimmed(served: Served) -> None:
    async with await served.staff("merchandiser") as person:
        assert (await save(person, logo())).status_code == 303
        kit = await current(served)
        assert {name: asdict(kit)[name] for name in FIELDS} == FIELDS
        page = await person.get("/console/brand")
        assert f"/media/{kit.logo}" in page.text
    async with served.database.snapshot() as db:
        body, kind = await media.find(db, kit.logo or "") or (b"", "")
    kept = Image.open(io.BytesIO(body))
    assert kind == "image/webp" and kept.mode == "RGBA" and kept.size[0] < 600 and kept.size[1] < 200


async def test_saving_without_a_file_keeps_the_logo_and_a_tick_takes_it_away(served: Served) -> None:
    async with await served.staff("merchandiser") as person:
        await save(person, logo("WEBP"))
        kept = (await current(served)).logo
        await save(person, name="", accent="#ffcc00")
        assert kept and (await current(served)).logo == kept
        await save(person, name="", no_logo="1")
        assert (await current(served)).logo is None


@pytest.mark.parametrize(
    ("data", "words"),
    (
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "an SVG drawing"),
        (logo("JPEG", clear=False), "a JPEG picture"),
        (logo(clear=False), "would stand in a box"),
        (logo(size=(90, 40)), "a blur"),
        (logo()[:400], "damaged or cut short"),
        (b"MZ\x90\x00 a program", "not a logo"),
    ),
    ids=("svg", "jpeg", "opaque", "tiny", "damaged", "program"),
)
async def test_what_is_no_logo_is_refused_with_the_reason_and_nothing_changes(
    served: Served, data: bytes, words: str
) -> None:
    before = await current(served)
    async with await served.staff("merchandiser") as person:
        answer = await save(person, data)
    assert answer.status_code == 400 and words in answer.text and "Maison Ortolan" in answer.text
    assert await current(served) == before


@pytest.mark.parametrize(("field", "words"), (("ink", "nobody reads from afar"), ("accent", "is not seen")))
async def test_colours_that_cannot_be_seen_are_explained_on_the_page_that_was_filled_in(
    served: Served, field: str, words: str
) -> None:
    async with await served.staff("merchandiser") as person:
        answer = await save(person, name="", **{field: FIELDS["field"]})
    assert answer.status_code == 400 and words in answer.text and "Maison Ortolan" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    (
        ({"ink": "#3a2030"}, "have a contrast of"),
        ({"field": "red"}, "is not a colour"),
        ({"accent": "url(x)"}, "is not a colour"),
        ({"name": "  "}, "needs a name"),
        ({"display": "comic-sans"}, "Choose two of the typefaces"),
    ),
)
def test_a_kit_that_cannot_be_worn_is_refused_in_words(change: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        brand_kit.read({**FIELDS, **change}, brand.BrandKit())


def test_colours_are_taken_as_people_write_them() -> None:
    assert brand_kit.read({**FIELDS, "ink": "FFF"}, brand.BrandKit()).ink == "#ffffff"


async def test_cards_wear_the_new_kit_and_the_old_one_comes_back(served: Served) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        campaign = await house.campaign(db, await house.feed(db))
        db.add(Spot(campaign_id=campaign.id, headline="Come in", words="We are open."))
        await db.flush()
        spot = (await db.scalars(select(Spot).where(Spot.headline == "Come in"))).one()
        await house_cards.compose_spot(db, spot)
        worn = spot.card
    async with await served.staff("merchandiser") as person:
        await save(person, logo())
        async with served.database.snapshot() as db:
            dressed = await db.scalar(select(Spot.card).where(Spot.headline == "Come in"))
            entry = (await db.scalars(select(AuditEntry).where(AuditEntry.what == brand_kit.CHANGED))).one()
        assert dressed and dressed != worn
        assert "Undo" in (await person.get("/console/brand")).text
        assert (await person.post(f"/console/brand/restorations/{entry.id}")).status_code == 303
        assert await current(served) == brand.BrandKit()
        async with served.database.snapshot() as db:
            assert await db.scalar(select(Spot.card).where(Spot.headline == "Come in")) == worn
        assert (await person.post("/console/brand/restorations/99999")).status_code == 404


async def test_the_same_kit_again_changes_nothing(served: Served) -> None:
    async with await served.staff("merchandiser") as person:
        await save(person)
        await save(person)
    async with served.database.snapshot() as db:
        assert len(list(await db.scalars(select(AuditEntry).where(AuditEntry.what == brand_kit.CHANGED)))) == 1


def test_a_kit_of_an_older_version_is_read_as_far_as_it_is_known() -> None:
    assert brand_kit.kept({"name": "Old", "sparkle": True}) == brand.BrandKit(name="Old")
