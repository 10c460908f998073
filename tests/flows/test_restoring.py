"""A backup taken beside the traffic, and what comes back from it: screens that were further on follow the older history."""

import asyncio
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from displays import screens
from displays.models import Screen
from server.__main__ import vitrine
from server.core.errors import Misconfigured
from server.core.settings import Settings
from tests import house
from tests.conftest import Served
from tests.live import Live
from tests.postgres import find_postgres


@pytest.fixture
def own_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The command finds the same database as the server of the test."""
    monkeypatch.setenv("VITRINE_HOME", str(settings.home))
    monkeypatch.setenv("VITRINE_DATABASE_URL", settings.database)
    return settings


async def typed(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, vitrine, list(words))


async def copy(settings: Settings, file: Path) -> None:
    """As docs/operations.md says, beside the running server."""
    said = await typed("backup", str(file))
    if settings.database.startswith("sqlite"):
        assert said.exit_code == 0 and "is a whole copy" in said.output, said.output
        assert file.stat().st_mode & 0o077 == 0
        again = await typed("backup", str(file))
        assert isinstance(again.exception, Misconfigured) and "is there already" in again.exception.detail
    else:
        assert isinstance(said.exception, Misconfigured) and "pg_dump --format=custom" in said.exception.detail
        await asyncio.to_thread(program, "pg_dump", settings, "--format=custom", f"--file={file}")


async def restore(settings: Settings, file: Path) -> None:
    """The same, with the servers stopped."""
    if settings.database.startswith("sqlite"):
        there = Path(settings.database.partition(":///")[2])
        for old in there.parent.glob(f"{there.name}*"):
            old.unlink()
        there.write_bytes(file.read_bytes())
    else:
        await asyncio.to_thread(
            program, "pg_restore", settings, "--clean", "--if-exists", "--single-transaction", str(file)
        )
    said = await typed("migrate", "--restored")
    assert said.exit_code == 0, said.exception


def program(name: str, settings: Settings, *arguments: str) -> None:
    address = urlsplit(settings.database)
    where = ["-h", parse_qs(address.query)["host"][0], "-U", "vitrine", "-d", address.path[1:]]
    folder = find_postgres()
    assert folder
    subprocess.run([folder / name, *where, *arguments], check=True, capture_output=True)


async def test_screens_follow_a_database_that_came_back_from_a_backup(own_home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    first = Served(own_home)
    await first.start()
    async with first.database.transaction() as db:
        screen, token = await house.screen(db)
    name = f"screen:{screen.id}"
    await reloaded(first, screen.id)
    await copy(own_home, file)
    for _ in range(3):
        await reloaded(first, screen.id)
    async with Live(first.live, token=token, have={name: None}) as live:
        assert (await live.document(name))["reload"] == 4
        ahead = live.versions[name]
    await first.stop()
    await restore(own_home, file)
    second = Served(own_home)
    await second.start()
    async with Live(second.live, token=token, have={name: ahead}) as live:
        assert (await live.document(name))["reload"] == 1
        assert live.versions[name][0] != ahead[0] and live.versions[name][1] < ahead[1]
    await second.stop()


async def reloaded(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        await screens.reload(db, await db.get_one(Screen, screen), by="a test")
