"""How well and how fast the matcher matches, on the corpora: P@1, silence, precision, shows per 1,000, posts a second.

Run: `python -m tests.catalog.matching_figures [--shown] [--missed]`. The corpora are outside the repository; their
folder is in VITRINE_CORPORA (default ../shared/corpora).
"""

import csv
import gzip
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem, Verdict

CORPORA = Path(os.environ.get("VITRINE_CORPORA", Path(__file__).parents[2].parent / "shared" / "corpora"))


@dataclass(frozen=True)
class Figures:
    """What is reported; rates are 0 to 1."""

    p_at_1: float
    none: float
    precision: float
    shows_per_1000: float
    posts_per_second: float
    build_seconds: float

    def __str__(self) -> str:
        return (
            f"P@1 {self.p_at_1:.2f}  none {self.none:.2f}  precision {self.precision:.2f}  "
            f"shown per 1,000 background posts {self.shows_per_1000:.2f}  "
            f"{self.posts_per_second:,.0f} posts/s/core  build {self.build_seconds:.1f} s"
        )


def there() -> bool:
    """Whether the corpora are on this machine."""
    return (CORPORA / "catalogue" / "merchant_feed.tsv.gz").exists() and (CORPORA / "posts").exists()


def items() -> Iterator[MatchItem]:
    """The catalogue of the corpora."""
    with gzip.open(CORPORA / "catalogue" / "merchant_feed.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield MatchItem(
                variant=row["id"], product=row["item_group_id"], title=row["title"], brand=row["brand"],
                product_type=row["product_type"], colour=row["color"], swatch=row["swatch_hex"] or None,
                gender=row["gender"], stock=1.0 if row["availability"] == "in_stock" else 0.0,
            )  # fmt: skip


def judged() -> list[dict]:
    with (CORPORA / "posts" / "examples.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def background() -> list[dict]:
    with gzip.open(CORPORA / "posts" / "background.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def measure(matcher: Matcher, build_seconds: float = 0.0, report: Sequence[str] = ()) -> Figures:
    """The figures of a matcher; `report` may hold '--missed' and '--shown' to print what went wrong and what was shown."""
    posts = judged()
    verdicts = [matcher.match(post["text"], (), post["lang"]) for post in posts]
    right = [_right(post, verdict) for post, verdict in zip(posts, verdicts, strict=True)]
    due = [post for post in posts if post["gold"]]
    shown = [verdict for verdict in verdicts if verdict.show]
    silent = [not v.show for post, v in zip(posts, verdicts, strict=True) if not post["gold"]]
    if "--missed" in report:
        for post, verdict, good in zip(posts, verdicts, right, strict=True):
            if good != bool(post["gold"]) or (verdict.show and not post["gold"]):
                _print(post, verdict)
    crowd = background()
    started = time.process_time()  # of this process alone: the machine may be busy with other things
    judgements = [matcher.match(post["text"], (), post["lang"]) for post in crowd]
    seconds = time.process_time() - started
    fired = [(post, verdict) for post, verdict in zip(crowd, judgements, strict=True) if verdict.show]
    if "--shown" in report:
        for post, verdict in fired:
            _print(post, verdict)
    return Figures(
        p_at_1=sum(right) / max(1, len(due)),
        none=sum(silent) / max(1, len(silent)),
        precision=sum(right) / max(1, len(shown)),
        shows_per_1000=1000 * len(fired) / len(crowd),
        posts_per_second=len(crowd) / seconds,
        build_seconds=build_seconds,
    )


def built() -> tuple[Matcher, float]:
    shelf = list(items())
    started = time.process_time()
    matcher = Matcher(shelf)
    return matcher, time.process_time() - started


def _right(post: dict, verdict: Verdict) -> bool:
    return bool(verdict.matches) and verdict.matches[0].product in post["gold"]


def _print(post: dict, verdict: Verdict) -> None:
    best = verdict.matches[0] if verdict.matches else None
    print(f"{post['id']} [{post['lang']}] {post['text'][:160]!r}")
    print("   ", f"{best.product} {best.score} " + "; ".join(r.words for r in best.reasons) if best else verdict.held)


if __name__ == "__main__":
    print(measure(*built(), report=sys.argv[1:]))
