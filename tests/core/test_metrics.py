"""Metrics tell an alert what it needs to know, all processes together, and tell it to nobody else."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx

from kiosk.models import Mail
from server.core import topics
from server.core.clock import now
from server.core.lease import Lease
from server.core.metrics import push
from social.models import SourceState
from tests.conftest import Served, until
from tests.flows.test_live import paired
from tests.live import Live

COUNTING = """
import os, sys
from server.core import metrics
metrics.sockets.set(float(sys.argv[1]))
metrics.deliveries.inc(float(sys.argv[1]))
if sys.argv[2] == "stays":
    for kind in ("goes", "is settled"):
        other = __import__("subprocess").Popen([sys.executable, "-c", os.environ["COUNTING"], "5", kind])
        other.wait()
        if kind == "is settled":
            metrics.settle(other.pid), metrics.settle(other.pid), metrics.settle(999999)

    class Nothing:
        def collect(self):
            return []

    print(metrics.exposition(Nothing())[0].decode())
"""


async def metrics(served: Served, **headers: str) -> httpx.Response:
    async with served.client() as client:
        return await client.get("/metrics", headers=headers)


async def test_rows_tell_of_sources_leases_queue_mail_and_devices(served: Served) -> None:
    moment = now()
    async with served.database.transaction() as db:
        db.add(SourceState(network="x", state="refused", since=moment, written_at=moment - timedelta(seconds=90)))
        db.add(
            Lease(
                name="nightly", holder="abc", since=moment - timedelta(seconds=9), until=moment + timedelta(seconds=300)
            )
        )
        later = {"try_at": moment, "expires_at": moment + timedelta(hours=1), "subject": "", "body": ""}
        db.add(Mail(to="a@shop.example", made_at=moment - timedelta(seconds=60), **later))
    lines = (await metrics(served)).text.splitlines()
    said = {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}
    assert said["vitrine_database_up"] == 1
    assert said['vitrine_source_live{network="x",state="refused"}'] == 0
    assert 90 <= said['vitrine_source_told_seconds{network="x"}'] < 120
    assert 250 < said['vitrine_lease_seconds{holder="abc",work="nightly"}'] <= 300
    assert 9 <= said['vitrine_lease_held_seconds{holder="abc",work="nightly"}'] < 60
    assert said['vitrine_outbox_waiting{what="mail"}'] == 1
    assert 60 <= said['vitrine_outbox_oldest_seconds{what="mail"}'] < 90
    assert said["vitrine_queue_waiting"] == 0 and said['vitrine_devices{kind="screen"}'] == 0


async def test_a_database_that_does_not_answer_is_told_and_fails_nothing(served: Served) -> None:
    served.app.state.gauges._database = None
    answer = await metrics(served)
    assert answer.status_code == 200 and "vitrine_database_up 0.0" in answer.text and "vitrine_sockets" in answer.text


async def test_whoever_asks_whether_we_are_ready_is_not_told_where_things_are(served: Served) -> None:
    served.app.state.backplane.trouble = "ConnectionError: Error 111 connecting to 10.2.0.7:6379. Connection refused."
    async with served.client() as stranger:
        assert (await stranger.get("/health/ready")).json() == {"status": "ok", "backplane": "ConnectionError"}


async def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(served: Served, monkeypatch) -> None:
    assert (await metrics(served)).status_code == 200
    for told in ({"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Proto": "https"}, {"Forwarded": "for=127.0.0.1"}):
        assert (await metrics(served, **told)).status_code == 404, "a proxy that we were not told of"
    monkeypatch.setattr("server.probes.client_address", lambda request: "203.0.113.7")
    assert (await metrics(served)).status_code == 404
    object.__setattr__(served.app.state.settings, "metrics_token", "s3cret")
    assert (await metrics(served, authorization="Bearer wrong")).status_code == 404
    assert (await metrics(served, authorization="Bearer s3cret")).status_code == 200


def test_workers_tell_their_counts_together_and_the_dead_hold_no_sockets(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "COUNTING": COUNTING}
    command = [sys.executable, "-c", COUNTING, "3", "stays"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "vitrine_sockets 3.0" in told and "vitrine_deliveries_total 13.0" in told
    assert len(list(tmp_path.glob("counter_*"))) == 3, "who is settled leaves no file, and all who are leave one"


async def test_the_way_of_a_change_is_timed_stage_by_stage_up_to_the_screens(served: Served) -> None:
    def counted() -> dict[str, float]:
        samples = next(iter(push.collect())).samples
        return {one.labels["stage"]: one.value for one in samples if one.name.endswith("_count")}

    screen, token = await paired(served)
    name = f"screen:{screen.id}"
    async with Live(served.live, token=token, have={name: None}) as live:
        await live.document(name)
        before = counted()
        async with served.database.transaction() as db:
            topics.note(db, name)
        await live.until(lambda live: live.versions[name][1] > 1)
        await live.send(type="applied", topic=name, version=live.versions[name])
        await live.send(type="applied", topic=["not", "a", "name"], version=1)

        async def told() -> bool:
            return counted()["applied"] == before["applied"] + 1

        await until(told)
    after = counted()
    assert all(after[stage] > before[stage] for stage in ("wait", "build", "write"))
