"""Stream rules of X: the text of a feed's rules, and the changes that turn the rules that X has into those wanted.

X matches `#tag` as a whole tag, without regard to case and with regard to accents; a space binds before OR; rules can
be added and deleted but not edited, and the same text cannot stand twice, whatever its tag.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.core.errors import BadInput
from social import hashtags

LONGEST_RULE = 1_024
"""Characters of a rule that X accepts without a contract (docs.x.com, filtered stream)."""
LONGEST_SEARCH = 512
"""Characters of a query of recent search that it accepts without one (docs.x.com, search, build a query)."""
MOST_RULES = 1_000
WITHOUT = "-is:retweet -is:nullcast"
"""What never belongs on a billboard and would be paid for: reposts, and posts made for advertisements only."""

# X keeps older codes for three languages that Vitrine may be told of by their present ones.
_X_CODES = {"nb": "no", "nn": "no", "he": "iw", "id": "in"}


class RulesRefused(BadInput):
    """X does not accept a rule; the rules that were in force stay in force."""

    title = "X does not accept the rules"


@dataclass(frozen=True)
class Change:
    """What a synchronisation of rules did; `foreign` counts rules of the same X app that are not ours."""

    added: int
    deleted: int
    foreign: int


@dataclass(frozen=True)
class Plan:
    """Steps from the rules that X has to those wanted, in order: `clear`, `add`, `drop`."""

    clear: tuple[str, ...]
    """Ids of our rules whose text moves to another tag: X would refuse the text twice, so they go first."""
    add: tuple[tuple[str, str], ...]
    """(tag, value)"""
    drop: tuple[str, ...]
    """Ids of our rules that nobody wants any more; last, so that nothing is missed meanwhile."""
    foreign: int


def rules_for(
    name: str, tags: Iterable[str], languages: Iterable[str] = (), *, replies: bool = False
) -> dict[str, str]:
    """The rules that let in every post with one of `tags` in one of `languages` (BCP 47; none: all), by rule tag; replies
    only where they are asked for.

    One rule named `name`, or as many as their length asks for (`name`, `name.2`, ...); none without tags. Raises
    BadInput when a tag is no hashtag.
    """
    terms = list({hashtags.key(tag): f"#{_checked(tag)}" for tag in tags}.values())
    spoken = _any(f"lang:{code}" for code in _codes(languages))
    tail = " ".join(filter(None, (spoken, WITHOUT, "" if replies else "-is:reply")))
    values = [f"{_any(group)} {tail}" for group in _groups(terms, LONGEST_RULE - len(tail) - 1)]
    return {name if index == 1 else f"{name}.{index}": value for index, value in enumerate(values, start=1)}


def searches(value: str) -> list[str]:
    """The queries that find together what a rule of `rules_for` lets in: a search may be half as long as a rule."""
    group, closed, tail = value.removeprefix("(").partition(")")
    if len(value) <= LONGEST_SEARCH or not value.startswith("(") or not closed:
        return [value]
    return [f"{_any(terms)}{tail}" for terms in _groups(group.split(" OR "), LONGEST_SEARCH - len(tail))]


def plan(have: Iterable[Mapping], wanted: Mapping[str, str], *, prefix: str) -> Plan:
    """Compare X's rules (`id`, `value`, perhaps `tag`) with those wanted, by tag; foreign rules are never touched.

    Of several wanted tags with one text, the first by name stands for all. A foreign rule with a wanted text will do.
    """
    goal = {value: prefix + tag for tag, value in sorted(wanted.items(), reverse=True)}
    ours = [rule for rule in have if str(rule.get("tag", "")).startswith(prefix)]
    others = [rule for rule in have if rule not in ours]
    there = {rule["value"] for rule in others} | {r["value"] for r in ours if goal.get(r["value"]) == r["tag"]}
    stale = [rule for rule in ours if goal.get(rule["value"]) != rule["tag"]]
    return Plan(
        clear=tuple(rule["id"] for rule in stale if rule["value"] in goal),
        add=tuple((tag, value) for value, tag in goal.items() if value not in there),
        drop=tuple(rule["id"] for rule in stale if rule["value"] not in goal),
        foreign=len(others),
    )


def checked(wanted: Mapping[str, str]) -> dict[str, str]:
    """The wanted rules, if X can take them by number and length; raises RulesRefused."""
    if len(set(wanted.values())) > MOST_RULES:
        raise RulesRefused(f"{len(wanted):,} rules are wanted and X takes {MOST_RULES:,}. Give the feeds fewer tags.")
    for tag, value in wanted.items():
        if not 0 < len(value) <= LONGEST_RULE:
            raise RulesRefused(f"The rule ‘{tag}’ has {len(value):,} characters; X takes 1 to {LONGEST_RULE:,}.")
    return dict(wanted)


def _checked(tag: str) -> str:
    bare = tag.strip().lstrip("#＃")
    if hashtags.extract(f"#{bare}") != [bare] or len(bare) > 280:
        raise BadInput(f"‘{tag[:60]}’ is not a hashtag. Write letters, digits and _, no spaces, at least one letter.")
    return bare


def _codes(languages: Iterable[str]) -> list[str]:
    codes = (language.split("-")[0].lower() for language in languages)
    return list(dict.fromkeys(_X_CODES.get(code, code) for code in codes if code not in {"", "und"}))


def _any(terms: Iterable[str]) -> str:
    listed = list(terms)
    return f"({' OR '.join(listed)})" if len(listed) > 1 else "".join(listed)


def _groups(terms: list[str], room: int) -> Iterator[list[str]]:
    group: list[str] = []
    for term in terms:
        if group and len(_any([*group, term])) > room:
            yield group
            group = []
        group.append(term)
    if group:
        yield group
