"""X's rules, really applied: the grammar that Vitrine writes, read and evaluated as X does.

A space is AND and binds before OR; `-` negates one term, never a group; parentheses group. Operators: `#tag`, words,
"phrases", `lang:`, `from:`, `is:` (retweet, reply, quote, nullcast, verified), `has:` (hashtags, links, media, images,
videos, mentions). Those that only narrow (`is:`, `has:`, `lang:`) need one beside them that can stand alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from social import hashtags

_TOKEN = re.compile(r'\s*(-?)(\(|\)|"[^"]*"|[^\s()"]+)')
_NARROWING = {"is", "has", "lang"}


class RuleSyntaxError(ValueError):
    """A rule that X would not accept; its words are for a person."""


@dataclass(frozen=True)
class Subject:
    """What of a post a rule can see."""

    text: str
    author: str
    lang: str = "und"
    tags: frozenset[str] = frozenset()
    """Keys of its hashtags."""
    flags: frozenset[str] = frozenset()
    """'is:reply', 'has:images' and the like, as they are true of it."""


Test = Callable[[Subject], bool]


def read(rule: str) -> Test:
    """A predicate of posts for the text of a rule; raises RuleSyntaxError."""
    if not 0 < len(rule) <= 1_024:
        raise RuleSyntaxError(f"a rule has 1 to 1,024 characters, this one {len(rule)}")
    reader = _Reader(_tokens(rule))
    test, stands = reader.either()
    if reader.tokens:
        raise RuleSyntaxError(f"nothing is open at ‘{reader.tokens[0][1]}’")
    if not stands:
        raise RuleSyntaxError("is:, has: and lang: only narrow; add a tag, a word or an author")
    return test


@dataclass
class _Reader:
    tokens: list[tuple[bool, str]]
    depth: int = 0

    def either(self) -> tuple[Test, bool]:
        options = [self.both()]
        while self.tokens and self.tokens[0] == (False, "OR"):
            self.tokens.pop(0)
            options.append(self.both())
        tests = [test for test, _ in options]
        return lambda post: any(test(post) for test in tests), all(stands for _, stands in options)

    def both(self) -> tuple[Test, bool]:
        parts = []
        while self.tokens and self.tokens[0][1] not in {"OR", ")"}:
            parts.append(self.one())
        if not parts:
            raise RuleSyntaxError("a term is missing before or after OR, or between parentheses")
        tests = [test for test, _ in parts]
        return lambda post: all(test(post) for test in tests), any(stands for _, stands in parts)

    def one(self) -> tuple[Test, bool]:
        negated, token = self.tokens.pop(0)
        if token == "(":  # noqa: S105 (a parenthesis)
            return self.group(negated)
        test, stands = _operator(token)
        return (lambda post: not test(post), False) if negated else (test, stands)

    def group(self, negated: bool) -> tuple[Test, bool]:
        if negated:
            raise RuleSyntaxError("a group cannot be negated; negate each of its terms")
        self.depth += 1
        if self.depth > 20:
            raise RuleSyntaxError("parentheses are nested deeper than anyone needs")
        inner = self.either()
        self.depth -= 1
        if not self.tokens or self.tokens.pop(0)[1] != ")":
            raise RuleSyntaxError("a parenthesis is not closed")
        return inner


def _tokens(rule: str) -> list[tuple[bool, str]]:
    found, end = [], 0
    for match in _TOKEN.finditer(rule):
        if match.start() != end:
            break
        found.append((bool(match[1]), match[2]))
        end = match.end()
    if rule[end:].strip():
        raise RuleSyntaxError(f"cannot be read from ‘{rule[end:].strip()[:20]}’")
    return found


def _operator(token: str) -> tuple[Test, bool]:
    if token[0] in "#＃" and len(token) > 1:
        key = hashtags.key(token)
        return lambda post: key in post.tags, True
    name, colon, value = token.partition(":")
    if colon and name in _NARROWING:
        return _narrowing(name, value), False
    if colon and name == "from":
        return lambda post: post.author.casefold() == value.casefold(), True
    if colon and not value.startswith("//"):
        raise RuleSyntaxError(f"‘{name}:’ is not an operator that this replica knows")
    words = token.strip('"').casefold()
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    return lambda post: bool(pattern.search(post.text.casefold())), True


def _narrowing(name: str, value: str) -> Test:
    known = {
        "is": {"retweet", "reply", "quote", "nullcast", "verified"},
        "has": {"hashtags", "links", "media", "images", "videos", "mentions"},
    }
    if name == "lang":
        return lambda post: post.lang == value
    if value not in known[name]:
        raise RuleSyntaxError(f"‘{name}:{value}’ is not an operator that this replica knows")
    return lambda post: f"{name}:{value}" in post.flags
