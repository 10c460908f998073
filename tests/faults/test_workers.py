"""`vitrine serve --workers 2`: a worker that dies is begun again, and all of them end with the one that began them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server import serving, together
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import Settings
from tests.conftest import until
from tests.faults.serving import Serving
from tests.postgres import Postgres


@pytest.fixture
async def pair(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Serving]:
    """One port with two workers; news go over PostgreSQL too."""
    name = postgres.create()
    url = postgres.url(name)
    serving = Serving(Settings(home=tmp_path, database_url=url), arguments=("--workers", "2"))
    try:
        await serving.start(
            VITRINE_BACKPLANE_URL=url.replace("+asyncpg", ""), VITRINE_DATABASE_CONNECTIONS="5", TMPDIR=str(tmp_path)
        )
        await until(lambda: as_async(lambda: len(workers(serving)) == 2), seconds=40)
        yield serving
    finally:
        await serving.stop()
        postgres.drop(name)


async def as_async(condition: Callable[[], bool]) -> bool:
    return condition()


def workers(serving: Serving) -> set[int]:
    """The processes that serve, by what Python calls them."""
    assert serving.process
    children = Path(f"/proc/{serving.process.pid}/task/{serving.process.pid}/children").read_text().split()
    return {int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()}


@pytest.mark.postgresql
async def test_a_worker_that_is_killed_is_begun_again_and_all_end_together(pair: Serving, tmp_path: Path) -> None:
    assert pair.process
    before = workers(pair)
    os.kill(min(before), signal.SIGKILL)
    await until(lambda: as_async(lambda: len(workers(pair)) == 2 and workers(pair) != before), seconds=40)
    async with pair.client() as client:
        for _ in range(10):
            assert (await client.get("/health/ready")).status_code == 200
    assert '"event": "worker_ended"' in pair.log.read_text()
    left = workers(pair)
    counted = {path.stem for path in tmp_path.glob("vitrine-metrics-*/counter_*")}
    assert "counter_ended" in counted and f"counter_{min(before)}" not in counted
    pair.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(pair.process.wait(), 60) == 0
    assert not list(tmp_path.glob("vitrine-metrics-*"))
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)


@pytest.mark.soak
@pytest.mark.postgresql
async def test_workers_are_replaced_one_by_one_and_go_when_the_one_that_began_them_is_killed(pair: Serving) -> None:
    assert pair.process
    before = workers(pair)
    pair.process.send_signal(signal.SIGHUP)
    async with pair.client() as client:
        while workers(pair) & before:
            assert (await client.get("/health/ready")).status_code == 200
            await asyncio.sleep(0.05)
    await until(lambda: as_async(lambda: len(workers(pair)) == 2), seconds=40)
    left = workers(pair)
    pair.process.kill()
    await until(lambda: as_async(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left)), seconds=60)


@pytest.mark.parametrize(
    ("database", "backplane", "count", "words"),
    (
        ("", "redis://host", 2, "SQLite serves one process"),
        ("postgresql://host/v", "", 2, "VITRINE_BACKPLANE_URL"),
        ("postgresql://host/v", "", 1, ""),
        ("postgresql://host/v", "redis://host", 8, ""),
        ("", "", 1, ""),
    ),
)
def test_what_cannot_serve_together_is_refused_in_words(
    database: str, backplane: str, count: int, words: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=database, backplane_url=backplane)
    if words:
        with pytest.raises(Misconfigured, match=words):
            together.check(settings, count)
    else:
        together.check(settings, count)


def test_sqlite_is_served_once_and_not_from_the_disk_of_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)
    first = together.alone(settings)
    assert first
    with pytest.raises(Misconfigured, match=f"served already, by process {os.getpid()}"):
        together.alone(settings)
    first.close()
    again = together.alone(settings)
    assert again
    again.close()
    mounts = (
        f"1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / {tmp_path.parent} rw,relatime shared:1 - nfs4 far:/disk rw\n"
    )
    assert together.file_system(tmp_path, mounts) == "nfs4"
    assert together.file_system(Path("/"), mounts) == "ext4"
    monkeypatch.setattr(together, "file_system", lambda folder: "nfs4")
    with pytest.raises(Misconfigured, match="another machine"):
        together.check(settings, 1)


@pytest.mark.parametrize(
    ("host", "words"), (("203.0.113.9", "no address of this machine"), ("nowhere.invalid", "no name that this machine"))
)
def test_an_address_that_cannot_be_listened_on_is_not_blamed_on_its_port(host: str, words: str) -> None:
    with pytest.raises(Misconfigured, match=f"{words}.*0.0.0.0") as refused:
        serving.check_port(host, 8000)
    assert "--port" not in refused.value.detail


@pytest.mark.postgresql
async def test_pools_that_postgresql_could_not_fill_are_refused_with_the_sum(
    postgres: Postgres, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=postgres.url("empty"), database_connections=23)
    await together.check_connections(settings, 8)  # 192 of the 200 that tests have, less 7
    with pytest.raises(
        Misconfigured,
        match=r"8 processes with 26 connections each may need 208.*200 in all.*--workers 7 or fewer, or .* to 21 or less",
    ):
        await together.check_connections(replace(settings, backplane_url="postgresql://host/v"), 8)
    with pytest.raises(Misconfigured, match=r"--workers 8 or fewer, or raise max_connections"):
        await together.check_connections(settings, 64)
    database = Database(settings.database, settings)
    assert database.engine.pool.size() + database.engine.pool._max_overflow == 23
    await database.close()
