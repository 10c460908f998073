"""`make bench-matching`: how well and how fast the matcher matches, at its default settings, beside the bars it is held to.

Quality is measured on judged posts and on posts about anything; speed, time to build and memory on the catalogue and on
multiples of it, each in a process of its own on one core.
"""

import gc
import json
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.table import Table

from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from server.core import garbage
from tests.bench.running import ROOT
from tests.catalog import corpora, judging

out = Console(highlight=False)
SIZES = (47_480, 100_000, 1_000_000)
HOSTILE = {
    "100,000 combining marks": "e" + "\u0301" * 100_000,
    "right-to-left overrides": "red \u202elipstick\u202c " * 5_000,
    "zero-width joins": "l\u200di\u200dp\u200ds\u200dt\u200di\u200dc\u200dk " * 5_000,
    "25,000 #": "#" * 25_000,
    "one hashtag of 25,000 letters": "#" + "redlips" * 3_600,
    "25,000 hashtags": "#red" * 25_000,
    "things without end": "red lipstick blue dress size 8 £20 " * 3_000,
    "emoji without end": "💄❤️" * 20_000,
    "handles": "@nyx " * 20_000,
    "digits": "£1,1" * 20_000,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--shown", is_flag=True, help="Print what is shown of the background posts.")
@click.option("--wrong", is_flag=True, help="Print what is wrong among the judged posts that may be tuned on.")
@click.option("--size", type=int, hidden=True)
@click.option(
    "--largest", type=int, default=SIZES[-1], show_default=True, help="The largest multiple of the catalogue."
)
def bench(shown: bool, wrong: bool, size: int | None, largest: int) -> None:
    """Measure matching. Needs the corpora (VITRINE_CORPORA); takes about three minutes."""
    if not corpora.there():
        raise SystemExit(f"The corpora are not in {corpora.CORPORA}: set VITRINE_CORPORA to their folder.")
    if size:
        print(json.dumps(_scaled(size)))
        return
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version()}
    with out.status("Matching judged posts and posts about anything"):
        found["quality"] = _quality(shown, wrong)
    for count in sorted({min(count, largest) for count in SIZES}):
        with out.status(f"Matching at {count:,} variants"):
            child = [sys.executable, "-m", "tests.bench.matching", "--size", str(count)]
            found[f"scale-{count}"] = json.loads(
                subprocess.run(child, capture_output=True, check=True, text=True).stdout
            )
    _show(found)
    path = ROOT / "var" / "bench" / f"matching-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1))
    out.print(f"All figures: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _quality(shown: bool, wrong: bool) -> dict[str, Any]:
    catalogue = corpora.items()
    matcher, by_variant = Matcher(catalogue), {one.variant: one for one in catalogue}
    sets = {
        "tuned": judging.own("tuned"),
        "unseen": judging.own("unseen"),
        "examples": judging.by_products(corpora.examples()),
    }
    found: dict[str, Any] = {}
    for name, posts in sets.items():
        score = judging.score(posts, lambda post: matcher.match(post.text, (), post.lang), by_variant)
        found[name] = {
            "posts": len(posts), "p_at_1": score.p_at_1, "foreign": score.foreign, "silent": score.silent,
            "precision": score.precision,
        }  # fmt: skip
        if wrong and name == "tuned":
            for post, verdict in score.wrong:
                _print(post.id, post.text, verdict, by_variant)
    crowd = corpora.background()
    verdicts = [(post, matcher.match(post["text"], (), post["lang"])) for post in crowd]
    fired = [(post, verdict) for post, verdict in verdicts if verdict.show]
    if shown:
        for post, verdict in fired:
            _print(post["id"], post["text"], verdict, by_variant)
    return found | {"shown_per_1000": 1000 * len(fired) / len(crowd), "background": len(crowd)}


def _print(id: str, text: str, verdict: Any, items: dict[str, MatchItem]) -> None:
    best = verdict.matches[0] if verdict.matches else None
    title = f"{items[best.variant].title} ({items[best.variant].colour}): " if best else ""
    out.print(
        f"{id} {text[:160]!r}\n    {title}{'; '.join(r.words for r in best.reasons) if best else verdict.held}",
        markup=False,
    )


# -- one size, in a process of its own --------------------------------------------------------------------------------


def _scaled(count: int) -> dict[str, Any]:
    """Figures at a number of variants: the catalogue streams into the matcher, so that memory is the matcher's own."""
    catalogue, posts = corpora.items(), corpora.background()
    copies = corpora.multiplied(catalogue, count)
    gc.collect()
    before, began = _resident(), time.process_time()
    matcher = Matcher(copies)
    build = time.process_time() - began
    garbage.settle()  # as a process does before it serves
    memory = _resident() - before
    speeds = [_speed(matcher, posts) for _ in range(3)]
    one, began = catalogue[0], time.perf_counter()
    changed = matcher.changed([one], [one.product])
    change = time.perf_counter() - began
    assert len(changed.shelf) <= len(matcher.shelf)
    return {
        "variants": len(matcher.shelf), "build_seconds": build, "memory_mb": memory, "first_posts_per_second": speeds[0],
        "posts_per_second": sorted(speeds)[1], "change_seconds": change,
        "hostile_ms": {name: _worst(matcher, text) for name, text in HOSTILE.items()},
    }  # fmt: skip


def _speed(matcher: Matcher, posts: list[dict[str, Any]]) -> float:
    began = time.process_time()
    for post in posts:
        matcher.match(post["text"], (), post["lang"])
    return len(posts) / (time.process_time() - began)


def _worst(matcher: Matcher, text: str) -> float:
    """Milliseconds of CPU; the better of two, since the machine may be busy with other things."""
    took = []
    for _ in range(2):
        began = time.process_time()
        matcher.match(text, (), "en")
        took.append((time.process_time() - began) * 1000)
    return min(took)


def _resident() -> float:
    """MiB of memory that this process has."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


# -- showing ----------------------------------------------------------------------------------------------------------


def _show(found: dict[str, Any]) -> None:
    quality = found["quality"]
    table = Table("", "bar", *(f"{name} ({quality[name]['posts']})" for name in ("unseen", "tuned", "examples")))
    for title, bar, name in (
        ("first item right, of posts that deserve one", "≥ .75", "p_at_1"),
        ("the same, not English", "≥ .75", "foreign"),
        ("silent where silence is due", "≥ .95", "silent"),
        ("right among shown", "≥ .90", "precision"),
    ):
        table.add_row(title, bar, *(f"{quality[one][name]:.2f}" for one in ("unseen", "tuned", "examples")))
    out.print(table)
    out.print(
        f"Shown of {quality['background']:,} posts about anything: {quality['shown_per_1000']:.2f} per 1,000 (bar 3)"
    )
    scales = [one for name, one in found.items() if name.startswith("scale-")]
    table = Table("", "bar", *(f"{one['variants']:,}" for one in scales))
    table.add_row("posts a second on one core", "≥ 10,000", *(f"{one['posts_per_second']:,.0f}" for one in scales))
    table.add_row(
        "the same, every post for the first time", "", *(f"{one['first_posts_per_second']:,.0f}" for one in scales)
    )
    table.add_row("build, seconds of CPU", "≤ 60", *(f"{one['build_seconds']:.1f}" for one in scales))
    table.add_row("memory, MiB", "≤ 1,024", *(f"{one['memory_mb']:,.0f}" for one in scales))
    table.add_row("a change of one product, seconds", "≤ 1", *(f"{one['change_seconds']:.2f}" for one in scales))
    table.add_row("the worst hostile post, ms", "≤ 50", *(f"{max(one['hostile_ms'].values()):.1f}" for one in scales))
    out.print(table)


if __name__ == "__main__":
    bench()
