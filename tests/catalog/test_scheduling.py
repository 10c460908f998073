"""Feeds are fetched when their time comes, and one that fails keeps nobody else waiting."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from catalog import importing, scheduling, uploads
from catalog.models import FeedAddress, Import, Variant
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.settings import Settings
from tests.catalog.feeds_text import MADDER, STORE, tsv


class Shop:
    """A shop's server on loopback that gives out feeds, with a tag for each version."""

    def __init__(self) -> None:
        self.feeds: dict[str, bytes] = {}
        self.asked: list[tuple[str, bool]] = []
        """(path, whether it knew the version already)."""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        body = self.feeds.get(path)
        tag = f'"{len(body or b"")}"'
        known = f"if-none-match: {tag}" in head.lower()
        self.asked.append((path, known))
        status = "404 Not Found" if body is None else "304 Not Modified" if known else "200 OK"
        sent = b"" if body is None or known else body
        writer.write(
            f"HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n\r\n".encode()
            + sent
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def vouching(settings: Settings, shop: Shop) -> Settings:
    """Settings of an operator who vouches for the shop's server."""
    return replace(settings, allow_fetch=shop.host)


async def add(database: Database, shop: Shop, path: str, kind: str = "products") -> int:
    async with database.transaction() as db:
        row = await scheduling.add(db, kind, f"http://{shop.host}{path}", 60, by="Ann")
        await db.flush()
        return row.id


async def soon(database: Database, id: int) -> None:
    async with database.transaction() as db:
        (await db.get_one(FeedAddress, id)).next_at = now()


async def reports(database: Database) -> list[Import]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Import).order_by(Import.id)))


async def test_a_feed_is_fetched_and_imported_when_its_time_has_come(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    await add(database, shop, "/feed.tsv")
    assert await scheduling.fetch_due(database, vouching) == 1
    assert await scheduling.fetch_due(database, vouching) == 0, "its next time is in an hour"
    (report,) = await reports(database)
    assert (report.state, report.counts["added"], report.by) == ("done", 1, "schedule")


async def test_a_feed_that_has_not_changed_is_not_imported_again(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    id = await add(database, shop, "/feed.tsv")
    for _ in range(2):
        await soon(database, id)
        await scheduling.fetch_due(database, vouching)
    assert [known for _, known in shop.asked] == [False, True] and len(await reports(database)) == 1


async def test_fetching_out_of_turn_takes_it_whether_or_not_it_has_changed(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    id = await add(database, shop, "/feed.tsv")
    await scheduling.fetch_due(database, vouching)
    async with database.transaction() as db:
        await scheduling.fetch_soon(db, id, by="Ann")
    assert await scheduling.fetch_due(database, vouching) == 1
    assert len(await reports(database)) == 2


async def test_a_feed_that_left_rows_out_comes_again_although_it_has_not_changed(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    shop.feeds["/stores.tsv"] = tsv(tmp_path, STORE).read_bytes()
    counts = {"store_code": "OXF", "id": "stain-madder", "quantity": "3"}
    shop.feeds["/stock.tsv"] = tsv(tmp_path, counts).read_bytes()
    stock = await add(database, shop, "/stock.tsv", "inventory")
    await scheduling.fetch_due(database, vouching)
    await add(database, shop, "/feed.tsv")
    await add(database, shop, "/stores.tsv", "stores")
    await scheduling.fetch_due(database, vouching)
    await soon(database, stock)
    await scheduling.fetch_due(database, vouching)
    assert (await reports(database))[-1].counts["added"] == 1


async def test_one_that_fails_says_why_and_keeps_no_other_waiting(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    shop.feeds["/page"] = b"<html><body>Sign in</body></html>"
    for path in ("/nothing", "/page", "/feed.tsv"):
        await add(database, shop, path)
    assert await scheduling.fetch_due(database, vouching) == 3
    missing, page, good = await reports(database)
    assert missing.state == page.state == "refused" and "404" in missing.reason and good.state == "done"
    async with database.snapshot() as db:
        assert await db.get(Variant, "stain-madder")
        assert [one.last.state for one in await scheduling.listed(db)] == ["refused", "refused", "done"]


async def test_an_import_that_breaks_does_not_come_again_at_once(
    database: Database, shop: Shop, vouching: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.feeds["/feed.tsv"] = tsv(tmp_path, MADDER).read_bytes()
    await add(database, shop, "/feed.tsv")

    async def breaks(*args: object, **values: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(scheduling.importing, "import_feed", breaks)
    assert await scheduling.fetch_due(database, vouching) == 1
    assert await scheduling.fetch_due(database, vouching) == 0
    (report,) = await reports(database)
    assert report.state == "refused" and "RuntimeError" in report.reason and "Nothing was changed" in report.reason


async def test_an_address_inside_is_refused_unless_the_operator_vouches_for_it(
    database: Database, shop: Shop, settings: Settings
) -> None:
    await add(database, shop, "/feed.tsv")
    await scheduling.fetch_due(database, settings)
    (report,) = await reports(database)
    assert report.state == "refused" and shop.asked == []


@pytest.mark.parametrize(
    ("kind", "url", "minutes"),
    [("posts", "https://shop.test/x", 60), ("products", "ftp://shop.test/x", 60), ("products", "https://a:b@shop.test/x", 60),
     ("products", "https://shop.test/x", 1), ("products", "https://shop.test/x", 99999), ("products", "https://shop.test/ x", 60)],
)  # fmt: skip
def test_an_address_that_cannot_be_fetched_is_refused_when_it_is_entered(kind: str, url: str, minutes: int) -> None:
    with pytest.raises(BadInput):
        scheduling.checked(kind, url, minutes)


async def test_an_address_stands_on_the_schedule_once_and_can_be_removed(database: Database, shop: Shop) -> None:
    id = await add(database, shop, "/feed.tsv")
    with pytest.raises(BadInput):
        await add(database, shop, "/feed.tsv")
    async with database.transaction() as db:
        await scheduling.remove(db, id, by="Ann")
    with pytest.raises(NotFound):
        async with database.transaction() as db:
            await scheduling.remove(db, id, by="Ann")


async def test_uploads_that_nobody_came_back_for_are_removed_after_a_day(
    database: Database, settings: Settings
) -> None:
    import os
    import time

    old, fresh = uploads.path(settings, 1), uploads.path(settings, 2)
    old.parent.mkdir(parents=True)
    for file in (old, fresh):
        file.write_text("x")
    os.utime(old, (time.time() - 90_000,) * 2)
    records = [await importing.begin(database, "products", source="f.tsv", by="Ann", dry_run=True) for _ in range(2)]
    for record in records:
        await uploads.set_aside(database, record, fresh)
    async with database.transaction() as db:
        (await db.get_one(Import, records[0])).started_at = now() - timedelta(hours=25)
    await scheduling.fetch_due(database, settings)
    assert (old.exists(), fresh.exists()) == (False, True)
    async with database.snapshot() as db:
        assert [await uploads.waits(db, record) for record in records] == [False, True]
