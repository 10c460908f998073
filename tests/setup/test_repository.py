"""What is in the repository is the project's own, and says nothing of the machines that it was made on."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["server", "displays", "kiosk", "social", "catalog"]
REQUIREMENTS = ["requirements.txt", "requirements-dev.txt", "requirements.in", "requirements-dev.in"]
PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==\S+( ; .+)? \\$")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps, as it is now."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no telling which files are the repository's")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in names.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    return [(str(path.relative_to(ROOT)), path.read_text("utf-8", errors="ignore")) for path in tracked()]


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_name_no_address_no_path_and_no_index(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-f |(?<![\w.-])/\w", text, re.M)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_one_version_with_hashes(name):
    lines = (ROOT / name).read_text().splitlines()
    pins = [number for number, line in enumerate(lines) if line and line[0] not in " #"]
    assert pins
    for number in pins:
        assert PIN.match(lines[number]), lines[number]
        assert re.match(r"    --hash=sha256:[0-9a-f]{64}", lines[number + 1]), lines[number]


def test_every_direct_requirement_is_pinned():
    for name in ("requirements", "requirements-dev"):
        wanted = re.findall(r"^[a-z0-9][a-z0-9-]*", (ROOT / f"{name}.in").read_text(), re.M)
        pinned = re.findall(r"^[a-z0-9-]+(?===|\[)", (ROOT / f"{name}.txt").read_text(), re.M)
        assert set(wanted) <= set(pinned)


def test_tests_and_product_agree_on_the_versions_they_share():
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.M))

    product, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: product[name] for name in product.keys() & tests} == {n: tests[n] for n in product.keys() & tests}


def test_the_npm_lock_names_no_registry_and_every_package_has_its_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")]


def test_packages_named_by_hand_are_exact_versions():
    package = json.loads((ROOT / "package.json").read_text())
    for version in {**package["dependencies"], **package["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "a range would let two clones differ"


def test_no_file_names_a_machine_or_a_package_index():
    # Put together here, so that this file does not find itself.
    indexes = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted", "org"), ("npmjs", "org"))]
    folders = ["/".join(["", *parts]) for parts in (("root", ""), ("work", ""), ("Users", ""))]
    folders = [rf"(?<![\w./~]){re.escape(folder)}\w" for folder in folders]
    forbidden = re.compile("|".join([*map(re.escape, [*indexes, *mirrors()]), *folders]))
    found = {f"{name}: {hit[0]}" for name, text in texts() for hit in forbidden.finditer(text)}
    assert not found


def mirrors() -> list[str]:
    """This machine's own package mirrors, as far as pip and the environment name them."""
    pip = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    named = re.findall(r"(?:index-url|find-links)='([^']*)'", pip)
    named += [os.environ.get(name, "") for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "npm_config_registry")]
    return [part for text in named for part in text.split()]


def test_nothing_of_third_parties_is_kept():
    kinds = (".woff", ".woff2", ".ttf", ".otf", ".min.js", ".min.css", ".whl", ".tgz", ".map")
    assert not [str(path) for path in tracked() if path.name.endswith(kinds)]


def test_no_browser_is_assumed_at_a_fixed_place():
    place = "/usr/bin/" + "chrom"
    assert not [name for name, text in texts() if place in text], "look on the PATH"


def test_every_package_is_installed_and_held_to_the_layers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert project["hatch"]["build"]["targets"]["wheel"]["packages"] == PACKAGES
    assert project["importlinter"]["root_packages"] == PACKAGES


def test_continuous_integration_runs_what_a_user_would():
    commands = [
        line
        for line in (ROOT / ".ci" / "run").read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd ", "echo "))
    ]
    assert commands == ["exec make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
