"""A merchandiser uploads a feed, sees what it would do, takes it in, and a screen's store hears of it."""

import asyncio
import gzip
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from catalog import import_pages, uploads
from catalog.models import Image, Import, Variant
from server.core import topics
from server.core.audit import AuditEntry
from server.core.settings import Settings
from tests import house
from tests.catalog.feeds_text import MADDER, PLUM, STORE, tsv
from tests.conftest import Served, until


async def send(client: httpx.AsyncClient, file: Path, kind: str = "products", **more: str) -> int:
    answer = await client.post(
        "/console/catalogue/imports", data={"kind": kind, **more}, files={"file": (file.name, file.read_bytes())}
    )
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rsplit("/", 1)[1])


async def ended(served: Served, id: int) -> Import:
    async def over() -> bool:
        async with served.database.snapshot() as db:
            return (await db.get_one(Import, id)).state != "running"

    await until(over)
    async with served.database.snapshot() as db:
        return await db.get_one(Import, id)


async def variants(served: Served) -> list[str]:
    async with served.database.snapshot() as db:
        return list(await db.scalars(select(Variant.id).where(Variant.withdrawn_at.is_(None)).order_by(Variant.id)))


async def test_a_feed_is_tried_first_and_taken_in_when_somebody_says_so(
    served: Served, staff_client, tmp_path: Path
) -> None:
    client = await staff_client("merchandiser")
    tried = await send(client, tsv(tmp_path, MADDER, PLUM, PLUM | {"id": "bad", "price": "free"}, name="spring.tsv"))
    report = await ended(served, tried)
    assert (report.dry_run, report.state, report.counts["added"], report.source) == (True, "done", 2, "spring.tsv")
    assert await variants(served) == []
    page = (await client.get(f"/console/catalogue/imports/{tried}")).text
    assert (
        "Import now" in page and "Nothing has been changed yet" in page and "is no price" in page or "no amount" in page
    )

    answer = await client.post(f"/console/catalogue/imports/{tried}/import")
    done = await ended(served, int(answer.headers["location"].rsplit("/", 1)[1]))
    assert (done.dry_run, done.state, done.counts) == (False, "done", report.counts)
    assert await variants(served) == ["stain-madder", "stain-plum"]
    async with served.database.snapshot() as db:
        assert set(await db.scalars(select(Image.state))) <= {"waiting", "refused"}
        assert list(
            await db.scalars(select(AuditEntry.what).where(AuditEntry.what.endswith("feed")).order_by(AuditEntry.id))
        ) == [
            "tried feed",
            "imported feed",
        ]
    again = await client.post(f"/console/catalogue/imports/{tried}/import")
    assert again.status_code == 409, "the file was taken in once and is no longer kept"
    assert list((served.app.state.settings.home / "uploads").iterdir()) == []


async def test_a_feed_that_was_tried_on_one_machine_is_taken_in_on_another(
    served: Served, settings: Settings, staff_client, tmp_path: Path
) -> None:
    client = await staff_client("merchandiser")
    tried = await send(client, tsv(tmp_path, MADDER, PLUM, name="spring.tsv"))
    await ended(served, tried)
    elsewhere = Served(replace(settings, home=tmp_path / "elsewhere"))
    await elsewhere.start()
    async with elsewhere.client(**client.cookies) as there:
        assert "Import now" in (await there.get(f"/console/catalogue/imports/{tried}")).text
        answers = [await there.post(f"/console/catalogue/imports/{tried}/import") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    done = await ended(served, int(answers[0].headers["location"].rsplit("/", 1)[1]))
    assert (done.state, done.counts["added"]) == ("done", 2)
    await elsewhere.stop()


async def test_stock_that_is_imported_reaches_the_stores_topic(served: Served, staff_client, tmp_path: Path) -> None:
    client = await staff_client("merchandiser")
    for kind, file in (("stores", tsv(tmp_path, STORE, name="stores.tsv")), ("products", tsv(tmp_path, MADDER))):
        await ended(served, await send(client, file, kind, now="1"))
    async with served.database.snapshot() as db:
        before = (await topics.numbers(db, ["store:OXF"]))["store:OXF"]
    counts = {"store_code": "OXF", "id": "stain-madder", "quantity": "2"}
    assert (await ended(served, await send(client, tsv(tmp_path, counts), "inventory", now="1"))).state == "done"
    async with served.database.snapshot() as db:
        assert (await topics.numbers(db, ["store:OXF"]))["store:OXF"] == before + 1


async def test_a_broken_file_is_refused_in_words_and_changes_nothing(
    served: Served, staff_client, tmp_path: Path
) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
    client = await staff_client("merchandiser")
    broken = tmp_path / "feed.xlsx"
    broken.write_bytes(b"PK\x03\x04 a workbook")
    refused = await ended(served, await send(client, broken, now="1"))
    assert refused.state == "refused" and "Excel" in refused.reason
    assert await variants(served) == ["slip-ink", "stain-madder", "stain-plum"]
    assert "Excel" in (await client.get(f"/console/catalogue/imports/{refused.id}")).text


async def test_a_file_of_which_most_is_left_out_is_taken_only_when_somebody_insists(
    served: Served, staff_client, tmp_path: Path
) -> None:
    client = await staff_client("merchandiser")
    rows = (MADDER, *(PLUM | {"id": f"bad-{n}", "price": ""} for n in range(3)))
    tried = await ended(served, await send(client, tsv(tmp_path, *rows)))
    assert tried.state == "refused" and len(tried.left_out) == 3
    assert "Import the rest all the same" in (await client.get(f"/console/catalogue/imports/{tried.id}")).text
    answer = await client.post(f"/console/catalogue/imports/{tried.id}/import")
    done = await ended(served, int(answer.headers["location"].rsplit("/", 1)[1]))
    assert (done.state, done.counts["added"], await variants(served)) == ("done", 1, ["stain-madder"])


async def test_a_packed_feed_larger_than_other_requests_may_be_is_streamed_to_disk(
    served: Served, staff_client, tmp_path: Path
) -> None:
    client = await staff_client("merchandiser")
    rows = [MADDER | {"id": f"v{n}", "gtin": "", "title": f"Shade {n} of many {'x' * 90}"} for n in range(3000)]
    plain = tsv(tmp_path, *rows)
    assert plain.stat().st_size > 700_000
    packed = tmp_path / "feed.tsv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert (await ended(served, await send(client, plain))).counts["added"] == 3000
    assert (await ended(served, await send(client, packed, now="1"))).counts["added"] == 3000


async def test_only_merchandisers_upload_and_only_files_of_a_kind(served: Served, staff_client, tmp_path: Path) -> None:
    file = tsv(tmp_path, MADDER).read_bytes()
    moderator = await staff_client("moderator")
    assert (
        await moderator.post("/console/catalogue/imports", data={"kind": "products"}, files={"file": ("f.tsv", file)})
    ).status_code == 403
    client = await staff_client("merchandiser")
    for data, files in (({"kind": "posts"}, {"file": ("f.tsv", file)}), ({"kind": "products"}, {}), ({}, {})):
        answer = await client.post("/console/catalogue/imports", data=data, files=files or None)
        assert answer.status_code == 400, data
    named = await client.post(
        "/console/catalogue/imports", data={"kind": "products"}, files={"file": ("../../etc/\x1b[31mpasswd", file)}
    )
    id = int(re.search(r"(\d+)$", named.headers["location"])[1])
    assert (await ended(served, id)).source.endswith("passwd") and "/" not in (await ended(served, id)).source


async def test_a_file_that_is_larger_than_an_upload_may_be_is_refused_before_it_is_read(
    served: Served, staff_client
) -> None:
    client = await staff_client("merchandiser")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    head = f"POST /console/catalogue/imports HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    writer.write(f"{head}Content-Length: {uploads.LARGEST + 1_000_000}\r\n\r\n".encode() + b"x" * 65_536)
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_no_more_than_a_few_imports_run_at_once(
    served: Served, staff_client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_pages, "MOST_RUNNING", 0)
    client = await staff_client("merchandiser")
    answer = await client.post("/console/catalogue/imports", data={"kind": "products"}, files={"file": ("f.tsv", b"x")})
    assert answer.status_code == 409 and "running" in answer.text


async def begun_upload(served: Served, client: httpx.AsyncClient) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An upload of which a few bytes have come, and no more do."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    head = f"POST /console/catalogue/imports HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\n--b".encode())
    return reader, writer


async def test_uploads_that_arrive_at_once_are_counted_from_their_first_byte(
    served: Served, staff_client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_pages, "MOST_RUNNING", 1)
    client = await staff_client("merchandiser")
    _, writer = await begun_upload(served, client)

    async def refused() -> bool:
        answer = await client.post("/console/catalogue/imports", data={"kind": "posts"}, files={"file": ("f", b"x")})
        return answer.status_code == 409

    await until(refused)
    writer.close()

    async def free_again() -> bool:
        return not await refused()

    await until(free_again)


async def test_an_upload_that_never_ends_loses_its_turn(
    served: Served, staff_client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_pages, "UPLOAD_SECONDS", 0.1)
    client = await staff_client("merchandiser")
    reader, writer = await begun_upload(served, client)
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    assert not import_pages._arriving


async def test_a_file_that_is_refused_as_a_whole_is_not_kept(served: Served, staff_client, tmp_path: Path) -> None:
    client = await staff_client("merchandiser")
    broken = tmp_path / "feed.xlsx"
    broken.write_bytes(b"PK\x03\x04 a workbook")
    refused = await ended(served, await send(client, broken))
    assert (refused.state, refused.dry_run) == ("refused", True)

    async def gone() -> bool:
        async with served.database.snapshot() as db:
            return not await uploads.waits(db, refused.id)

    await until(gone)
