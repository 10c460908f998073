"""A feed of 47,000 rows into SQLite: rows a second, most memory, and how long it keeps others from writing."""

import asyncio
import gzip
import json
import os
import random
import resource
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog import importing
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from tests.bench.running import ROOT, line, process

ROWS = 47_000
CORPUS = "catalogue/merchant_feed.tsv.gz"
TRY_SECONDS = 0.005
HEADER = [
    "id", "item_group_id", "title", "description", "link", "image_link", "price", "availability", "brand", "color",
    "product_type",
]  # fmt: skip


async def measure(folder: Path) -> dict[str, Any]:
    """Import in a process of its own, while this one tries all the time to write."""
    feed, what = _feed(folder)
    home = folder / "import"
    home.mkdir()
    settings = Settings(home=home)
    database = Database(settings.database, settings)
    await migrate(database)
    await database.close()
    async with process(sys.executable, "-m", "tests.bench.importing", str(home), str(feed), env=os.environ) as child:
        watch = Watch(home / "vitrine.sqlite")
        watch.start()
        found = json.loads(await line(child, 300))
        watch.stop()
    return {**found, "rows_a_second": found["rows"] / found["seconds"], "locked_ms": watch.longest * 1000, "feed": what}


class Watch(threading.Thread):
    """Another process's writer: tries to begin a transaction every few milliseconds, and times the longest refusal."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path, self._over = path, threading.Event()
        self.longest = 0.0

    def run(self) -> None:
        """Try until told to stop."""
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        since: float | None = None
        while not self._over.wait(TRY_SECONDS):
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                since = since or time.monotonic()
            else:
                self.longest = max(self.longest, time.monotonic() - since if since else 0.0)
                since = None
        connection.close()

    def stop(self) -> None:
        """End, and be done."""
        self._over.set()
        self.join()


def _feed(folder: Path) -> tuple[Path, str]:
    corpora = Path(os.environ.get("VITRINE_CORPORA", ROOT.parent / "shared" / "corpora"))
    if (corpora / CORPUS).exists():
        return corpora / CORPUS, f"the corpus ({CORPUS})"
    path = folder / "feed.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        for row in _rows():
            file.write("\t".join(row) + "\n")
    return path, f"{ROWS:,} generated rows (set VITRINE_CORPORA for the corpus)"


def _rows() -> Iterator[list[str]]:
    yield HEADER
    chance = random.Random(1)
    words = [
        "velvet",
        "satin",
        "matte",
        "linen",
        "silk",
        "cotton",
        "merino",
        "stain",
        "balm",
        "jacket",
        "dress",
        "boot",
    ]
    for number in range(ROWS):
        title = " ".join(chance.sample(words, 3)).title()
        colour = chance.choice(["Red", "Ink", "Plum", "Sand", "Sage"])
        yield [
            f"v{number}", f"p{number // 4}", title, f"{title} in {colour}. " * 4, f"https://shop.test/v{number}",
            f"https://shop.test/v{number}.jpg", f"{chance.randint(500, 20000) / 100:.2f} GBP", "in_stock", "House", colour,
            "Fashion > Clothing",
        ]  # fmt: skip


async def _import(home: Path, feed: Path) -> dict[str, Any]:
    settings = Settings(home=home)
    database = Database(settings.database, settings)
    began, used = time.monotonic(), time.process_time()
    report = await importing.import_feed(database, "products", feed)
    took, cpu = time.monotonic() - began, time.process_time() - used
    await database.close()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "rows": report.counts["rows"],
        "left_out": report.counts["left_out"],
        "seconds": took,
        "cpu": cpu,
        "memory": most,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_import(Path(sys.argv[1]), Path(sys.argv[2])))), flush=True)
