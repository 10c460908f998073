"""What the commands say when something is in their way: one line that can be acted on, or a table of what is wrong."""

import asyncio
import csv
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.__main__ import vitrine
from server.commands import demo, rehearsing
from server.core.errors import BadInput, Misconfigured, NotFound
from social.rehearsal import scenario
from social.rehearsal.replica import Replica

HEADER = "id\titem_group_id\ttitle\tprice\tavailability"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITRINE_DATABASE_URL", raising=False)


def test_a_refused_feed_is_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "products.tsv"
    rows = [f"v{n}\tg\tOne\tno price\tin_stock" for n in range(30)]
    file.write_text("\n".join([HEADER, *rows, "v30\tg\tOne\t1 GBP\tin_stock"]))
    CliRunner().invoke(vitrine, ["migrate"])
    for more in ([], ["--dry-run"]):
        found = CliRunner().invoke(vitrine, ["import", "products", str(file), *more])
        assert isinstance(found.exception, BadInput)
        assert "the first 20 of 30" in found.output and "v19" in found.output and "v20" not in found.output
    every = tmp_path / "left-out.csv"
    CliRunner().invoke(vitrine, ["import", "products", str(file), "--left-out", str(every)])
    rows = list(csv.reader(every.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows[1:]] == [[str(n + 2), f"v{n}"] for n in range(30)]
    CliRunner().invoke(vitrine, ["import", "products", str(file), "--force", "--left-out", str(every)])
    assert len(every.read_text(encoding="utf-8-sig").splitlines()) == 31


def test_a_feed_of_which_nothing_can_be_used_is_refused_and_every_line_named(tmp_path: Path) -> None:
    file = tmp_path / "stock.tsv"
    file.write_text("store_code\tid\tquantity\nNOWHERE\tred\t3\nNOWHERE\tblue\t2\n")
    CliRunner().invoke(vitrine, ["migrate"])
    found = CliRunner().invoke(vitrine, ["import", "inventory", str(file)])
    assert isinstance(found.exception, BadInput) and "None of the 2 rows" in found.exception.detail
    assert "NOWHERE" in found.output and "blue" in found.output


def test_a_file_that_is_no_certificate_is_named_in_a_line(tmp_path: Path) -> None:
    CliRunner().invoke(vitrine, ["migrate"])
    file = tmp_path / "pair.pem"
    file.write_text("no certificate")
    found = CliRunner().invoke(vitrine, ["serve", "--port", "18998", "--tls-cert", str(file), "--tls-key", str(file)])
    assert isinstance(found.exception, Misconfigured) and "no certificate and its key" in found.exception.detail


def test_a_second_demo_on_the_same_data_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    demo._alone(tmp_path, "http://127.0.0.1:8101")
    try:
        with pytest.raises(Misconfigured, match=r"runs already, at http://127\.0\.0\.1:8101"):
            demo._alone(tmp_path, "http://127.0.0.1:8102")
        demo._alone(tmp_path / "other", "http://127.0.0.1:8102")
    finally:
        while demo._held:
            demo._held.pop().close()
    demo._alone(tmp_path, "http://127.0.0.1:8102")
    demo._held.pop().close()


async def test_a_scenario_of_ones_own_is_played_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text((scenario.SHIPPED / "raid.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    replica = Replica(token="t")
    await replica.start(0)
    try:
        await rehearsing._ask(f"{replica.base}/rehearsal", str(file), speed=1000, loop=False)
        assert rehearsing._chosen(str(file)).steps == scenario.load("raid").steps
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{replica.base}/rehearsal")).status_code == 200
        await asyncio.sleep(0.05)
    finally:
        await replica.stop()


def test_a_scenario_that_cannot_be_read_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("{}\nno JSON\n")
    with pytest.raises(BadInput):
        rehearsing._chosen(str(file))
    with pytest.raises(NotFound, match="launch, quiet, raid"):
        rehearsing._chosen("nothing-like-it")
