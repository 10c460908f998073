"""What `deploy/` ships for systemd is checked by systemd itself; the site of nginx is in tests/faults/test_behind_nginx.py."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server import serving
from server.core.settings import ROOT

MOST_EXPOSED = 20
"""Of 100, in systemd's own judgement of how much a service could do once somebody has taken it over."""


@pytest.mark.parametrize("unit", ("vitrine@.service", "vitrine-migrate.service"))
def test_the_units_are_ones_that_systemd_takes(unit: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    text = (ROOT / "deploy" / unit).read_text()
    assert "/opt/vitrine/.venv/bin/vitrine" in text
    file = tmp_path / unit.replace("@", "@8001")
    file.write_text(
        text.replace("/opt/vitrine/.venv/bin/vitrine", "/bin/true").replace("=/opt/vitrine", f"={tmp_path}")
    )
    found = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")
    if "@" in unit:
        judge = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", file]
        judged = subprocess.run(judge, capture_output=True, text=True)
        assert judged.returncode == 0, judged.stdout


def test_a_process_that_is_alone_serves_on_when_it_is_asked_to_replace_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = (ROOT / "deploy" / "vitrine@.service").read_text()
    assert "--workers" in unit.partition("ExecStart=")[2].partition("\n")[0] or "\nExecReload=" not in unit
    before = signal.getsignal(signal.SIGHUP)
    monkeypatch.setattr(sys, "stdin", None)  # as `<&-` leaves it
    try:
        with capture_logs() as said:
            serving._stay_at_hangup()
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert [line["event"] for line in said] == ["hangup_ignored"]
