"""Scenarios: what happens on the network, line by line, read and checked before anything of it is played.

A scenario is JSON lines. Each is one step with `after` (seconds since the step before, 0 if left out) and one of:

    {"title": "...", "about": "..."}                        what it is, first line
    {"author": {"handle", "name", "followers"?, "created"?, "verified"?}}
    {"after": 4, "post": {"key"?, "author", "text", "lang"?, "photos"?: [{"name", "alt"?, "width"?, "height"?}],
                          "sensitive"?, "reply"?, "repost"?, "quote"?, "nullcast"?, "withheld"?: ["GB"]}}
    {"after": 9, "edit": {"key", "text"}}                   a new revision of the post with that key
    {"after": 9, "delete": "key"}        {"after": 9, "protect": "handle"}        {"after": 9, "suspend": "handle"}
    {"after": 9, "withhold": {"key", "countries": ["GB"]}}
    {"after": 2, "misbehave": {"how": "garbage", ...}}      see stream.py

Lines that are empty or begin with // are passed over.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.core.errors import BadInput, NotFound

SHIPPED = Path(__file__).parent / "scenarios"
LONGEST = 4_000_000
"""Bytes of a scenario."""

_KINDS = {
    "author": {"handle", "name"},
    "post": {"author", "text"},
    "edit": {"key", "text"},
    "delete": str,
    "protect": str,
    "suspend": str,
    "withhold": {"key", "countries"},
    "misbehave": {"how"},
}


@dataclass(frozen=True)
class Step:
    """One thing that happens, `after` seconds behind the one before; `what` is as in the scenario's line."""

    after: float
    kind: str
    what: Any
    line: int


@dataclass(frozen=True)
class Scenario:
    """A title, a sentence about it, and its steps in order."""

    title: str
    about: str
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """How long it plays at speed 1."""
        return sum(step.after for step in self.steps)


def names() -> list[str]:
    """The scenarios that come with Vitrine."""
    return sorted(path.stem for path in SHIPPED.glob("*.jsonl"))


def load(name: str) -> Scenario:
    """A scenario that comes with Vitrine by its name; raises NotFound."""
    if name not in names():
        raise NotFound(f"There is no scenario ‘{name[:60]}’. There are: {', '.join(names())}.")
    return read((SHIPPED / f"{name}.jsonl").read_text(encoding="utf-8"), title=name)


def read(text: str, *, title: str = "scenario") -> Scenario:
    """A scenario from its text; raises BadInput with the number of the first line that is wrong."""
    if len(text) > LONGEST:
        raise BadInput(f"A scenario has at most {LONGEST:,} characters, this one {len(text):,}.")
    about, steps = "", []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("//"):
            continue
        entry = _entry(line, number)
        if "title" in entry:
            title, about = str(entry["title"]), str(entry.get("about", ""))
        else:
            steps.append(_step(entry, number))
    _check_references(steps)
    return Scenario(title, about, tuple(steps))


def _entry(line: str, number: int) -> dict:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"Line {number} is not JSON: {error}") from None
    if not isinstance(entry, dict):
        raise BadInput(f"Line {number} is not an object in braces.")
    return entry


def _step(entry: dict, number: int) -> Step:
    kinds = [kind for kind in entry if kind in _KINDS]
    after = entry.get("after", 0)
    if len(kinds) != 1:
        raise BadInput(f"Line {number} must say one of {', '.join(_KINDS)}; it says {', '.join(kinds) or 'none'}.")
    if isinstance(after, bool) or not isinstance(after, int | float) or not 0 <= after <= 86_400:
        raise BadInput(f"Line {number}: ‘after’ is a number of seconds from 0 to 86,400.")
    kind, what, needed = kinds[0], entry[kinds[0]], _KINDS[kinds[0]]
    if isinstance(needed, set) and not (isinstance(what, dict) and needed <= what.keys()):
        raise BadInput(f"Line {number}: ‘{kind}’ needs {', '.join(sorted(needed))}.")
    if needed is str and not isinstance(what, str):
        raise BadInput(f"Line {number}: ‘{kind}’ names what it means in quotes.")
    _check_words(kind, what, number)
    return Step(float(after), kind, what, number)


def _check_words(kind: str, what: Any, number: int) -> None:
    if kind in {"post", "edit"} and not (isinstance(what["text"], str) and 0 < len(what["text"]) <= 25_000):
        raise BadInput(f"Line {number}: a post has a text of 1 to 25,000 characters.")
    if kind == "author" and not re.fullmatch(r"[A-Za-z0-9_]{1,15}", str(what["handle"])):
        raise BadInput(f"Line {number}: a handle has 1 to 15 letters, digits or _.")
    if kind == "author" and type(what.get("followers", 0)) is not int:
        raise BadInput(f"Line {number}: ‘followers’ is a whole number.")
    if kind == "post" and not _are_photos(what.get("photos", [])):
        raise BadInput(f"Line {number}: ‘photos’ is a list of objects, each with a name; width and height are numbers.")
    if not _are_words(
        what.get("countries" if kind == "withhold" else "withheld", []) if isinstance(what, dict) else []
    ):
        raise BadInput(f"Line {number}: countries are a list of their two-letter codes.")


def _are_photos(photos: Any) -> bool:
    return isinstance(photos, list) and all(
        isinstance(p, dict)
        and isinstance(p.get("name"), str)
        and type(p.get("width", 1)) is type(p.get("height", 1)) is int
        for p in photos
    )


def _are_words(words: Any) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) for word in words)


def _check_references(steps: list[Step]) -> None:
    """Every author introduced and every key posted before it is spoken of."""
    authors, keys = set(), set()
    for step in steps:
        if step.kind == "author":
            authors.add(step.what["handle"])
        elif step.kind == "post":
            _known(step.what["author"], authors, "author", step)
            keys.add(str(step.what.get("key", "")))
        elif step.kind in {"protect", "suspend"}:
            _known(step.what, authors, "author", step)
        elif step.kind in {"edit", "withhold", "delete"}:
            _known(step.what if step.kind == "delete" else step.what["key"], keys, "post", step)


def _known(name: object, names: set, what: str, step: Step) -> None:
    if not isinstance(name, str) or name not in names:
        raise BadInput(f"Line {step.line}: there is no {what} ‘{name}’ before it.")
