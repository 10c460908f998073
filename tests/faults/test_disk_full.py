"""A disk that fills up under the product: it says so, keeps what it acknowledged, and goes on by itself when there is room."""

import asyncio
import contextlib
import io
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image as Picture
from sqlalchemy import func, select, update

from catalog.models import Image, Import, Variant
from server.core.clock import now
from tests import shopping
from tests.conftest import until
from tests.faults.disks import Disk
from tests.faults.serving import Serving, sqlite_home
from tests.live import Live

MEGABYTES = 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with contextlib.ExitStack() as stack:
        try:
            mounted = stack.enter_context(Disk(tmp_path / "disk", MEGABYTES))
        except (PermissionError, FileNotFoundError) as why:
            pytest.skip(f"no small disk can be mounted here: {why}")
        yield mounted


@pytest.fixture
async def shop(disk: Disk, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Serving]:
    """A server whose database, uploads and temporary files lie on that disk, with a picture that it is to fetch."""
    running = Serving(sqlite_home(disk.folder / "home", sqlite_template), constants=("server.core.room.RECENTLY=1",))
    (disk.folder / "tmp").mkdir()
    pictures = await asyncio.start_server(_picture, "127.0.0.1", 0)
    host = "{}:{}".format(*pictures.sockets[0].getsockname())
    await shopping.catalogue(running.database)
    await running.start(log=tmp_path / "serve.log", TMPDIR=str(disk.folder / "tmp"), VITRINE_ALLOW_FETCH=host)
    running.pictures = host  # type: ignore[attr-defined]
    yield running
    await running.stop()
    pictures.close()


async def _picture(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A photograph that takes about a megabyte."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(NOISE) + NOISE)
    writer.close()


def _noise() -> bytes:
    body = io.BytesIO()
    Picture.frombytes("RGB", (1200, 900), os.urandom(1200 * 900 * 3)).save(body, "JPEG", quality=80)
    return body.getvalue()


NOISE = _noise()


def sound(shop: Serving) -> bool:
    with sqlite3.connect(shop.settings.home / "vitrine.sqlite") as connection:
        return (
            connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            and not connection.execute("PRAGMA foreign_key_check").fetchall()
        )


def in_plain_words(answer: httpx.Response) -> bool:
    return answer.status_code == 507 and "disk" in answer.text and "Nothing was changed" in answer.text


async def until_refused(tablet: shopping.Tablet, kept: set[str]) -> dict[str, Any]:
    """Tap until the disk takes no more; returns the operation that was refused. Every answer is one or the other."""
    for _ in range(3000):
        operation = shopping.add("stain-madder", seen={"screen": "s" * 40})
        answer = await tablet.send(operation)
        if answer.status_code != 200:
            assert in_plain_words(answer) and answer.headers["content-type"].startswith("application/problem+json")
            return operation
        kept |= {one["id"] for one in answer.json()["outcomes"] if one["kept"]}
    raise AssertionError("the disk never filled")


async def adds(tablet: shopping.Tablet) -> set[str]:
    return {id for item in await tablet.items() for id in item["adds"]}


async def test_a_full_disk_is_told_loses_nothing_that_was_kept_and_is_over_when_there_is_room(
    disk: Disk, shop: Serving
) -> None:
    tablet, admin = await shopping.tablet_at(shop), await shop.staff()  # type: ignore[arg-type]
    await tablet.begin()
    async with Live(shop.live, token=tablet.token, have={f"kiosk:{tablet.id}": None}) as live:
        await live.document(f"kiosk:{tablet.id}")
        kept: set[str] = set()
        async with shop.database.snapshot() as reading:
            await reading.scalar(select(func.count()).select_from(Variant))  # the log cannot be written back, and grows
            disk.fill(leave=256 * 1024)
            refused = await until_refused(tablet, kept)
        disk.fill()
        page = await admin.get("/console/health")
        assert page.status_code == 200 and "The disk is full" in page.text
        upload = {"file": ("feed.tsv", b"id\n" + b"x" * 3_000_000)}
        for answer in (
            await admin.post("/console/catalogue/imports", data={"kind": "products"}, files=upload),
            await admin.post("/console/retreats", data={"campaign": ""}),
        ):
            assert in_plain_words(answer), answer.text
        assert not list((disk.folder / "home").glob("uploads/*"))
        assert await adds(tablet) == kept or {refused["id"]} | kept == await adds(tablet)
        assert live.socket.close_code is None
        disk.make_room()
        assert (await tablet.send(refused)).status_code == 200
        assert await adds(tablet) == kept | {refused["id"]}
    await full_in_the_middle_of_an_import(disk, shop, admin)
    await full_when_a_picture_comes(disk, shop)
    assert sound(shop)
    for client in (tablet.client, admin):
        await client.aclose()


async def full_in_the_middle_of_an_import(disk: Disk, shop: Serving, admin: httpx.AsyncClient) -> None:
    """Refused in words, with the catalogue as it was and no file left; taken in when there is room."""
    rows = ["id\titem_group_id\ttitle\tlink\tprice\tavailability"]
    rows += [f"n{n}\tg{n}\tVelvet {n}\thttps://shop.test/{n}\t9.00 GBP\tin_stock" for n in range(8000)]
    file = {"file": ("feed.tsv", "\n".join(rows).encode())}
    before = await count(shop, Variant)
    disk.fill(leave=1536 * 1024)
    for state, there in (("refused", before), ("done", 8000)):
        await admin.post("/console/catalogue/imports", data={"kind": "products", "now": "1"}, files=file)
        await until(lambda: _ended(shop), seconds=40)
        async with shop.database.snapshot() as db:
            last = await db.scalar(select(Import).order_by(Import.id.desc()).limit(1))
        assert last.state == state and ("disk" in last.reason or state == "done")
        assert await count(shop, Variant, Variant.withdrawn_at.is_(None)) == there
        assert not list((disk.folder / "home").glob("uploads/*"))
        disk.make_room()


async def full_when_a_picture_comes(disk: Disk, shop: Serving) -> None:
    """It waits as one that was never asked for, and comes when there is room."""
    disk.fill(leave=300 * 1024)
    async with shop.database.transaction() as db:
        image = Image(url=f"http://{shop.pictures}/noise.jpg", state="waiting", try_at=now())  # type: ignore[attr-defined]
        db.add(image)
        await db.flush()
        await db.execute(update(Variant).where(Variant.id == "n1").values(image_id=image.id))
    short = await shop.metric("vitrine_no_room_total")
    await until(lambda: _shorter(shop, short), seconds=30)
    assert await count(shop, Image, Image.state == "waiting", Image.tries == 0) == 1
    disk.make_room()
    await until(lambda: _has(shop, Image, Image.state == "ready"), seconds=30)


async def count(shop: Serving, model: type, *conditions: Any) -> int:
    async with shop.database.snapshot() as db:
        return await db.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


async def _has(shop: Serving, model: type, *conditions: Any) -> bool:
    return await count(shop, model, *conditions) > 0


async def _ended(shop: Serving) -> bool:
    return not await _has(shop, Import, Import.state == "running")


async def _shorter(shop: Serving, before: float) -> bool:
    return await shop.metric("vitrine_no_room_total") > before
