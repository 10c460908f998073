"""A database that cannot be used is told in a sentence that names what to set right: no traceback, and never a password."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from server.__main__ import main
from server.causes import cause
from server.core.settings import Settings
from tests.postgres import Postgres


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """What a command says that ends with 2."""

    def run(command: str, url: str = "", home: Path = tmp_path) -> str:
        monkeypatch.setattr("sys.argv", ["vitrine", *command.split()])
        monkeypatch.setenv("VITRINE_HOME", str(home))
        monkeypatch.setenv("VITRINE_DATABASE_URL", url)
        with pytest.raises(SystemExit) as ended:
            main()
        said = "".join(capsys.readouterr())
        assert ended.value.code == 2, said
        assert "hunter2" not in said and "Traceback" not in said
        return said

    return run


@pytest.fixture
def names(postgres: Postgres) -> Iterator[SimpleNamespace]:
    """An empty database, and a user who may make nothing in it."""
    database = postgres.create()
    postgres._say("DROP ROLE IF EXISTS guest")
    postgres._say("CREATE ROLE guest LOGIN")
    postgres._say(f"CREATE DATABASE {database}_bare")
    yield SimpleNamespace(database=database, folder=postgres._folder)
    postgres.drop(f"{database}_bare")
    postgres.drop(database)
    postgres._say("DROP ROLE guest")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("command", "url", "words"),
    (
        ("serve --port 18998", "nobody:hunter2@/{name}?host={folder}", "does not let the user nobody in|VITRINE_DATABASE_URL"),
        ("serve --port 18998", "vitrine:hunter2@/absent?host={folder}", "has no database absent|createdb absent"),
        ("migrate", "guest:hunter2@/{name}_bare?host={folder}", "The user guest may not|OWNER TO \"guest\""),
        ("migrate", "vitrine:hunter2@127.0.0.1:9/{name}", "Nothing listens at 127.0.0.1:9|VITRINE_DATABASE_URL"),
        ("migrate", "vitrine:hunter2@nowhere.invalid/{name}", "nowhere.invalid|%40"),
        ("migrate", "vitrine:hunter2@/{name}?host={folder}/none", "no socket at"),
        ("migrate", "vitrine:hunter2@127.0.0.1:9/{name}?sslmode=verify-full", "by TLS: No such file|PGSSLROOTCERT"),
        ("migrate", "vitrine:hunter2@127.0.0.1:9/{name}?sslmode=maybe", "cannot be used|sslmode"),
    ),
    ids=("user", "database", "rights", "port", "host", "socket", "authority", "mode"),
)  # fmt: skip
def test_postgresql(
    told, names: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, command: str, url: str, words: str
) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", "/nowhere/root.crt")
    said = told(command, "postgresql://" + url.format(name=names.database, folder=names.folder))
    assert all(one in said for one in words.split("|")), said


def test_sqlite(told, tmp_path: Path) -> None:
    (tmp_path / "vitrine.sqlite").write_text("not a database, but a letter to somebody " * 100)
    assert "is no SQLite database" in told("migrate") and "restore a backup" in told("serve --port 18998")
    file = tmp_path / "file"
    file.touch()
    assert f"{file} is a file, not a folder" in told("migrate", home=file)
    assert "cannot be opened" in told("migrate", f"sqlite:///{tmp_path}/none/vitrine.sqlite")


def test_what_may_not_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vitrine.sqlite"
    sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(sqlite3.OperationalError) as refused:
        sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("INSERT INTO t VALUES (1)")
    found = cause(refused.value, Settings(home=tmp_path))
    assert found and str(path) in found.what and "may be read here, but not written" in found.what
    found = cause(PermissionError(13, "Permission denied", str(path)), Settings(home=tmp_path))
    assert found and found.what == f"{path}: Permission denied."


def test_a_bug_is_not_taken_for_a_database_that_is_away(tmp_path: Path) -> None:
    assert cause(ValueError("a bug"), Settings(home=tmp_path)) is None
