"""Posts that people judged, and whether what a matcher shows beside them is right.

The house's own posts are in `judged/`: `tuned.jsonl`, on which the lexicon may be tuned, and `unseen.jsonl`, which nobody
who changes the matcher looks into. What is right beside a post is said in the words of a shop's feed: types, brands, ...
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.matching.values import MatchItem, Verdict

HERE = Path(__file__).parent / "judged"
ENGLISH = "en"


@dataclass(frozen=True)
class Judged:
    """A post and the products that are right beside it, as a test; `due` is whether there are any."""

    id: str
    lang: str
    text: str
    due: bool
    right: Callable[[MatchItem], bool]


@dataclass
class Score:
    """What came of some posts. Rates are 0 to 1, and None where there is nothing to count."""

    posts: list[tuple[Judged, Verdict, bool]] = field(default_factory=list)

    @cached_property
    def p_at_1(self) -> float | None:
        """Of the posts that deserve an item, those whose first one is right."""
        return _rate([right for post, _, right in self.posts if post.due])

    @cached_property
    def foreign(self) -> float | None:
        """The same, of posts that are not English."""
        return _rate([right for post, _, right in self.posts if post.due and post.lang != ENGLISH])

    @cached_property
    def silent(self) -> float | None:
        """Of the posts that deserve none, those that got none."""
        return _rate([not verdict.show for post, verdict, _ in self.posts if not post.due])

    @cached_property
    def precision(self) -> float | None:
        """Of the posts with an item, those with a right one."""
        return _rate([right for _, verdict, right in self.posts if verdict.show])

    @property
    def wrong(self) -> list[tuple[Judged, Verdict]]:
        """Posts with a wrong item, with none where one was due, or with one where none was."""
        return [
            (post, verdict) for post, verdict, right in self.posts if right != post.due or verdict.show and not right
        ]


def own(name: str) -> list[Judged]:
    """The house's posts: 'tuned' or 'unseen'."""
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [_own(json.loads(line)) for line in lines]


def by_products(rows: Iterable[Mapping[str, Any]]) -> list[Judged]:
    """Posts whose right products are named by their ids, as the corpora have them."""
    return [
        Judged(row["id"], row["lang"], row["text"], bool(row["gold"]), lambda item, gold=row["gold"]: item.product in gold)
        for row in rows
    ]  # fmt: skip


def score(judged: Sequence[Judged], verdict_of: Callable[[Judged], Verdict], items: Mapping[str, MatchItem]) -> Score:
    """Match every post; `items` are the catalogue's by variant."""
    found = Score()
    for post in judged:
        verdict = verdict_of(post)
        best = items[verdict.matches[0].variant] if verdict.matches else None
        found.posts.append((post, verdict, best is not None and post.right(best)))
    return found


def _own(row: Mapping[str, Any]) -> Judged:
    gold = row["gold"]
    return Judged(row["id"], row["lang"], row["text"], bool(gold), lambda item: any(_fits(item, one) for one in gold))


def _fits(item: MatchItem, wanted: Mapping[str, Any]) -> bool:
    steps = [step.strip() for step in item.product_type.split(">")]
    return (
        (not wanted.get("types") or any(step in wanted["types"] for step in steps))
        and (not wanted.get("brands") or item.brand.casefold().startswith(tuple(wanted["brands"])))
        and (not wanted.get("genders") or item.gender in wanted["genders"])
        and (not wanted.get("colours") or any(colour in item.colour.casefold() for colour in wanted["colours"]))
        and bool(re.search(wanted.get("title") or "", item.title, re.IGNORECASE))
    )


def _rate(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None
