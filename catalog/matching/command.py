"""Posts as JSON lines in, verdicts as JSON lines out: what `vitrine match` does with its standard input."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from catalog.matching.matcher import EVERYTHING, Matcher
from catalog.matching.values import Terms, Verdict
from server.core.errors import BadInput

LONGEST_LINE = 200_000
"""Characters of a line that is read: several times the longest post of any network."""


class UnreadableLine(BadInput):
    """A line that is no post; says what it lacks."""


def match_lines(lines_in: Iterable[str], matcher: Matcher, terms: Terms = EVERYTHING) -> Iterator[str]:
    """A line of JSON for each line of JSON: `{"id", "text", "lang"}` in, `{"id", "show", "matches", "held"}` out.

    A line that is no such object gives `{"id": null, "error": "..."}` and the rest goes on. Blank lines are passed
    over. `hashtags` (a list, without sign) may be given too.
    """
    for line in lines_in:
        if line.strip():
            try:
                answer = _answer(_post(line), matcher, terms)
            except UnreadableLine as error:
                answer = {"id": None, "error": error.detail}
            yield json.dumps(answer, ensure_ascii=False)


def _post(line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise UnreadableLine(f"the line is longer than {LONGEST_LINE:,} characters")
    try:
        post = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableLine("the line is not JSON") from error
    if not isinstance(post, dict):
        raise UnreadableLine("the line is not a JSON object")
    if not isinstance(post.get("id"), str | int) or isinstance(post["id"], bool):
        raise UnreadableLine("`id` is missing")
    if not isinstance(post.get("text"), str):
        raise UnreadableLine("`text` is missing")
    return post


def _answer(post: dict[str, Any], matcher: Matcher, terms: Terms) -> dict[str, Any]:
    lang = post.get("lang")
    tags = post.get("hashtags")
    hashtags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    verdict = matcher.match(_printable(post["text"]), hashtags, lang if isinstance(lang, str) else "", terms)
    return {"id": post["id"], **_as_json(verdict)}


def _printable(text: str) -> str:
    """Without halves of surrogate pairs, which JSON may carry and no output can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _as_json(verdict: Verdict) -> dict[str, Any]:
    matches = [
        {
            "product": match.product,
            "variant": match.variant,
            "score": match.score,
            "reasons": [reason.words for reason in match.reasons],
        }
        for match in verdict.matches
    ]
    return {"show": verdict.show, "matches": matches, "held": list(verdict.held)}
