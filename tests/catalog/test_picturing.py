"""Pictures are fetched by our server alone, and one that cannot be had says why and keeps no other waiting."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image as Pillow
from sqlalchemy import select, update

from catalog import picturing
from catalog.models import Image, Variant
from server.core import media
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from tests import house


def png(colour: str = "#8e1c2b") -> bytes:
    body = io.BytesIO()
    Pillow.new("RGB", (300, 300), colour).save(body, "PNG")
    return body.getvalue()


@pytest.fixture
async def host() -> AsyncIterator[str]:
    """A server of pictures on loopback: /good is one, /text is none, all else is not there."""
    answers = {"/good": (200, png()), "/other": (200, png("#204080")), "/text": (200, b"<html>Sign in</html>")}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)[1]
        status, body = answers.get(path, (404, b""))
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


@pytest.fixture
def vouching(settings: Settings, host: str) -> Settings:
    """Settings of an operator who vouches for that server."""
    return replace(settings, allow_fetch=host)


async def name(database: Database, variant: str, url: str) -> int:
    """Let a variant have a picture by that address."""
    async with database.transaction() as db:
        if await db.get(Variant, "stain-madder") is None:
            await house.catalogue(db)
        image = Image(url=url, try_at=now())
        db.add(image)
        await db.flush()
        await db.execute(update(Variant).where(Variant.id == variant).values(image_id=image.id, swatch=None))
        return image.id


async def image(database: Database, id: int) -> Image:
    async with database.snapshot() as db:
        return await db.get_one(Image, id)


async def test_a_picture_is_kept_in_sizes_and_lends_its_colour_to_a_variant_without_one(
    database: Database, vouching: Settings, host: str
) -> None:
    id = await name(database, "stain-madder", f"http://{host}/good")
    assert await picturing.fetch_waiting(database, vouching) == 1
    kept = await image(database, id)
    assert kept.state == "ready" and kept.renditions and kept.colours[0][1] == 1.0
    async with database.snapshot() as db:
        assert (await db.get_one(Variant, "stain-madder")).swatch == kept.colours[0][0]
        assert (await media.find(db, kept.renditions[0]["digest"]))[1] == "image/webp"
    assert await picturing.fetch_waiting(database, vouching) == 0


async def test_what_is_no_picture_is_refused_with_its_reason(database: Database, vouching: Settings, host: str) -> None:
    id = await name(database, "stain-madder", f"http://{host}/text")
    await picturing.fetch_waiting(database, vouching)
    refused = await image(database, id)
    assert refused.state == "refused" and refused.reason


async def test_one_that_is_not_there_is_tried_again_later_and_refused_in_the_end(
    database: Database, vouching: Settings, host: str
) -> None:
    id = await name(database, "stain-madder", f"http://{host}/gone")
    await picturing.fetch_waiting(database, vouching)
    waiting = await image(database, id)
    assert (waiting.state, waiting.tries) == ("waiting", 1) and waiting.try_at > now() + timedelta(minutes=1)
    assert await picturing.fetch_waiting(database, vouching) == 0
    for _ in range(picturing.MOST_TRIES - 1):
        await picturing.fetch_one(database, vouching, id, waiting.url)
    assert (await image(database, id)).state == "refused"


async def test_an_address_inside_is_refused_unless_the_operator_vouches_for_it(
    database: Database, settings: Settings, host: str
) -> None:
    id = await name(database, "stain-madder", f"http://{host}/good")
    await picturing.fetch_waiting(database, settings)
    assert (await image(database, id)).state == "refused"


async def test_one_that_breaks_the_decoder_keeps_no_other_waiting(
    database: Database, vouching: Settings, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await name(database, "stain-madder", f"http://{host}/good")
    second = await name(database, "stain-plum", f"http://{host}/other")
    prepare, broken = picturing.pictures.off_loop, []

    async def breaks_once(*args: object) -> object:
        if not broken:
            broken.append(True)
            raise MemoryError
        return await prepare(*args)

    monkeypatch.setattr(picturing.pictures, "off_loop", breaks_once)
    monkeypatch.setattr(picturing, "AT_ONCE", 1)
    await picturing.fetch_waiting(database, vouching)
    found = [await image(database, id) for id in (first, second)]
    assert sorted(one.state for one in found) == ["ready", "waiting"]
    assert "could not be decoded" in next(one.reason for one in found if one.state == "waiting")


async def test_pictures_of_what_is_no_longer_sold_are_not_fetched(
    database: Database, vouching: Settings, host: str
) -> None:
    await name(database, "stain-madder", f"http://{host}/good")
    async with database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(withdrawn_at=now()))
    assert await picturing.fetch_waiting(database, vouching) == 0


async def test_refused_pictures_wait_again_when_somebody_asks_and_those_that_are_there_stay(
    database: Database, vouching: Settings, host: str
) -> None:
    good = await name(database, "stain-madder", f"http://{host}/good")
    bad = await name(database, "stain-plum", f"http://{host}/text")
    await picturing.fetch_waiting(database, vouching)
    async with database.transaction() as db:
        assert await picturing.fetch_again(db, [good, bad]) == 1
    assert ((await image(database, good)).state, (await image(database, bad)).state) == ("ready", "waiting")
    await picturing.fetch_waiting(database, vouching)
    async with database.transaction() as db:
        assert await picturing.fetch_refused_again(db) == 1
        assert list(await db.scalars(select(Image.state).where(Image.id == bad))) == ["waiting"]
