"""The dashboard, the alerts and the guide speak of metrics that exist, and the guide of all of them."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Served

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"\bvitrine_[a-z_]+")
FILES = ("deploy/grafana.json", "deploy/alerts.yml", "docs/operations.md")


async def names(served: Served) -> set[str]:
    """The metrics that an installation gives, with the series that a histogram consists of."""
    async with served.client() as client:
        text = (await client.get("/metrics")).text
    found = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE vitrine_")}
    return {name for name in found if not name.endswith("_created")}


@pytest.mark.parametrize("file", FILES)
async def test_whatever_a_file_for_operators_names_is_measured(served: Served, file: str) -> None:
    known = await names(served)
    series = {f"{name}{end}" for name in known for end in ("", "_bucket", "_count", "_sum")}
    said = set(NAMED.findall((ROOT / file).read_text()))
    assert said and said <= series, sorted(said - series)


async def test_the_guide_names_every_metric_and_every_alert(served: Served) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    alerts = re.findall(r"alert: (\w+)", (ROOT / "deploy" / "alerts.yml").read_text())
    missing = {name for name in [*await names(served), *alerts] if name not in guide}
    assert len(alerts) > 8 and not missing, sorted(missing)


def test_the_dashboard_can_be_imported_and_no_panel_covers_another() -> None:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert panel["targets"] and at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
