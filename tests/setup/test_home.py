"""The folder that an installation keeps its data in, as the first command makes it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.__main__ import vitrine
from server.core.errors import Misconfigured


def test_the_folder_of_posts_and_passwords_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)
    assert CliRunner().invoke(vitrine, ["migrate"]).exit_code == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "command",
    ("staff add a@house.test", "import stores README.md", "match", "serve --port 18999"),
    ids=lambda c: c.split()[0],
)
def test_without_tables_every_command_says_what_to_type_and_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)
    found = CliRunner().invoke(vitrine, command.split(), input='{"id": "1", "text": "red"}')
    assert isinstance(found.exception, Misconfigured) and "Run: vitrine migrate" in found.exception.detail
    assert not list((tmp_path / "home").glob("*.sqlite"))


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", "/proc/vitrine")
    found = CliRunner().invoke(vitrine, ["migrate"])
    assert isinstance(found.exception, Misconfigured) and "/proc/vitrine" in found.exception.detail


def test_the_doctor_makes_nothing_and_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)
    found = CliRunner().invoke(vitrine, ["doctor"])
    assert found.exit_code == 1
    assert f"There is no database at {tmp_path}/home/vitrine.sqlite (VITRINE_DATABASE_URL is not set)" in found.output
    assert not (tmp_path / "home").exists()


def test_whoever_restores_reads_that_a_new_epoch_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)
    assert "epoch" not in CliRunner().invoke(vitrine, ["migrate"]).output
    assert "A new epoch has begun" in CliRunner().invoke(vitrine, ["migrate", "--restored"]).output
