"""What a process counts of its own work, for Prometheus at /metrics. What rows say is in server/gauges.py.

Several worker processes behind one port share a folder (PROMETHEUS_MULTIPROC_DIR, made by `vitrine serve`), so that
whichever of them is asked tells of all.
"""

import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

SHARED = "PROMETHEUS_MULTIPROC_DIR"

sockets = Gauge("vitrine_sockets", "Open websockets", multiprocess_mode="livesum")
deliveries = Counter("vitrine_deliveries_total", "Documents written to sockets")
slow_peers = Counter("vitrine_slow_peers_total", "Sockets closed because they did not read")
looks_cut_off = Counter(
    "vitrine_looks_cut_off_total", "Questions on behalf of sockets that the database left unanswered"
)
backplane_up = Gauge("vitrine_backplane_up", "1 while nudges reach other processes", multiprocess_mode="livemin")
swept_at = Gauge(
    "vitrine_swept_timestamp_seconds", "When versions were last compared with the database", multiprocess_mode="livemin"
)
push = Histogram(
    "vitrine_push_seconds",
    "The way of a change to the screens, stage by stage: waiting to be built, building, writing to the sockets, and from "
    "there until a device says that it has applied it",
    ["stage"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
waited, built, written, applied = (push.labels(stage) for stage in ("wait", "build", "write", "applied"))
posts = Counter("vitrine_posts_total", "Posts taken in", ["network"])
posts_left_out = Counter("vitrine_posts_left_out_total", "Posts that came and were not taken in", ["network", "why"])
plays = Counter("vitrine_plays_total", "Plays accepted from screens")
scans = Counter("vitrine_scans_total", "Codes scanned")
no_room = Counter("vitrine_no_room_total", "Changes that were not kept because the disk was full")
requests = Histogram("vitrine_request_seconds", "Time to answer a request", ["method", "status"])
post_to_glass = Histogram(
    "vitrine_post_to_glass_seconds",
    "Rule-approved post received to ready on a screen",
    buckets=(0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 15),
)


class Collected(Protocol):
    """More metrics, worked out when they are asked for."""

    def collect(self) -> Iterable[Metric]: ...


def exposition(more: Collected) -> tuple[bytes, str]:
    """All of it in Prometheus' text format, and its media type."""
    own: CollectorRegistry = REGISTRY
    if shared := os.environ.get(SHARED):
        _bury(Path(shared))
        own = CollectorRegistry()
        MultiProcessCollector(own)
    rows = CollectorRegistry()
    rows.register(more)  # type: ignore[arg-type]
    return _counted(own) + generate_latest(rows), CONTENT_TYPE_LATEST


def _counted(own: CollectorRegistry) -> bytes:
    with suppress(FileNotFoundError):  # the file of a process that has ended at this moment
        return generate_latest(own)
    return generate_latest(own)


def _bury(shared: Path) -> None:
    """Take processes that are gone out of what is counted of the living: sockets of a killed worker are open no more."""
    for pid in {path.stem.rpartition("_")[2] for path in shared.glob("gauge_live*.db")}:
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):
                mark_process_dead(int(pid))
        except (PermissionError, ValueError):
            continue


def settle(pid: int | None) -> None:
    """Add what a process that is gone has counted to what those before it have, and remove its files: each would make every
    scrape slower. For the one that begins and ends the workers."""
    if not (shared := os.environ.get(SHARED)) or pid is None:
        return
    with suppress(FileNotFoundError):  # somebody who is asked for metrics at this moment was faster
        mark_process_dead(pid, shared)
    for kind in ("counter", "histogram"):
        file = Path(shared, f"{kind}_{pid}.db")
        with suppress(FileNotFoundError, struct.error):  # it ended before it had counted anything
            counted = [(key, value) for key, value, *_ in MmapedDict.read_all_values_from_file(file)]
            file.unlink()
            _add(Path(shared, f"{kind}_ended.db"), counted)


def _add(file: Path, counted: list[tuple[str, float]]) -> None:
    sums = MmapedDict(file)
    for key, value in counted:
        sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    sums.close()
