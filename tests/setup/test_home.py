"""The folder that an installation keeps its data in, as the first command makes it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.__main__ import vitrine


def test_the_folder_of_posts_and_passwords_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)
    assert CliRunner().invoke(vitrine, ["migrate"]).exit_code == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
