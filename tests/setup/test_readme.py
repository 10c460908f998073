"""What the README says is so."""

import re

import pytest
from click.testing import CliRunner

from server.__main__ import vitrine
from server.core.settings import ROOT
from tests.setup.readme_settings import written

README = (ROOT / "README.md").read_text()


def test_the_table_of_settings_is_that_of_the_settings() -> None:
    assert written(README) == README, "run: python -m tests.setup.readme_settings"


def test_every_file_and_picture_that_it_names_is_there() -> None:
    named = re.findall(r"\]\((?!https?://)([^)#]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    assert named and [name for name in named if not (ROOT / name).exists()] == []


def test_its_pictures_are_small() -> None:
    for name in re.findall(r"docs/images/\w[^)\"]+", README):
        assert (ROOT / name).stat().st_size < 200_000, name


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"vitrine ([a-z]+(?: (?:stores|products|inventory|add))?)", README)))
)
def test_every_command_that_it_names_exists(command: str) -> None:
    name = command.split()[0]
    if name in {"is", "on"}:
        pytest.skip("prose")
    assert name in vitrine.commands
    assert CliRunner().invoke(vitrine, [name, "--help"]).exit_code == 0


def test_every_folder_of_the_map_is_there() -> None:
    for folder in ("server", "displays", "kiosk", "social", "catalog", "tests"):
        assert (ROOT / folder).is_dir() and f"{folder}/" in README
