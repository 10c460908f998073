"""Feeds: what is listened to and how it is judged, as a merchandiser writes it, checked before anything is kept."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit
from server.core.clock import now
from server.core.errors import BadInput
from server.core.events import FeedChanged, emit
from social import consent
from social.approval import ApprovalRule
from social.hashtags import extract, key
from social.models import Feed, FeedTerms

MOST_TAGS = 30
MOST_PICKED = 500
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
LONGEST_TERMS = 10_000
"""Characters of the opt-in terms: a passer-by reads them standing."""


@dataclass(frozen=True, kw_only=True)
class Selling:
    """What a feed may show beside posts. Empty `brands`, `types` and `products`: the whole catalogue."""

    brands: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    """Brands, types, product or variant ids that are never shown."""
    pairs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Hashtag without its sign to variant ids that outrank the matcher."""
    boosts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class ScreeningPlan:
    """A merchandiser's additions to screening; the names are those of social.screening.ScreeningRules."""

    blocked_words: tuple[str, ...] = ()
    allowed_words: tuple[str, ...] = ()
    """Words of the built-in list that this feed does not mind."""
    blocked_authors: tuple[str, ...] = ()
    author_cap: int = 3
    """Posts of one author let in within a day."""
    replies: bool = False


@dataclass(frozen=True, kw_only=True)
class TrendPlan:
    """When a trend may be shown: by itself (`automatic`) or when somebody lets it."""

    automatic: bool = False
    least_authors: int = 3
    window_minutes: int = 60


@dataclass(frozen=True, kw_only=True)
class FeedPlan:
    """What a merchandiser says of a feed."""

    name: str
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    greatest_age_hours: int = 48
    sells: Selling = field(default_factory=Selling)
    screening: ScreeningPlan = ScreeningPlan()
    approval: ApprovalRule = ApprovalRule()
    trends: TrendPlan = TrendPlan()
    optin_tag: str = ""


def problems(plan: FeedPlan) -> dict[str, str]:
    """What is wrong with a plan, by field, in words; empty when it can be used."""
    found = {
        "tags": _tags_problem(plan.tags),
        "languages": _languages_problem(plan.languages),
        "greatest_age": "" if 1 <= plan.greatest_age_hours <= 24 * 30 else "A post may be 1 hour to 30 days old.",
        "optin_tag": _tag_problem(plan.optin_tag) if plan.optin_tag else "",
        "sells": _selling_problem(plan.sells),
        "pairs": next((p for tag in plan.sells.pairs if (p := _tag_problem(tag))), ""),
        "author_cap": _outside(plan.screening.author_cap, 1, 100, "posts of one author a day"),
        "least_score": "" if 0 <= plan.approval.least_score <= 1 else "A score is between 0 and 1.",
        "approval": _rule_problem(plan),
        "least_authors": _outside(plan.trends.least_authors, 2, 1000, "people"),
        "window_minutes": _outside(plan.trends.window_minutes, 5, 1440, "minutes"),
    }
    return {name: problem for name, problem in found.items() if problem}


def sentence(rule: ApprovalRule, optin_tag: str) -> str:
    """What a rule of automatic approval does, in words that a merchandiser can hold it to."""
    if not rule.automatic:
        return "Nothing goes live by itself: every post waits for a person."
    asked = ["pass screening"]
    if rule.needs_consent:
        asked.insert(
            0, f"carry #{optin_tag} (or whose author’s permission is on record)" if optin_tag else "have consent"
        )
    if rule.needs_match:
        asked.append(f"match an item with a score of at least {rule.least_score:g}")
    asked.append("have no photograph that nobody has looked at")
    return f"Posts that {', '.join(asked[:-1])} and {asked[-1]} go live by themselves; a surge suspends this."


def checked(plan: FeedPlan) -> FeedPlan:
    """The same plan if it can be used. Raises BadInput with the fields that cannot."""
    if wrong := problems(plan):
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    return plan


async def create(db: AsyncSession, plan: FeedPlan, *, by: str) -> Feed:
    """Begin a feed; sources hear of its tags within seconds."""
    feed = Feed(name="", changed_at=now())
    _apply(feed, checked(plan))
    db.add(feed)
    await db.flush()
    audit.record(db, who=by, what="created feed", which=feed.name, id=feed.id)
    await emit(db, FeedChanged(feed.id))
    return feed


async def change(db: AsyncSession, feed: Feed, plan: FeedPlan, *, by: str) -> bool:
    """Change what a feed listens to or how it judges. Returns whether anything was different."""
    before = _said(feed)
    _apply(feed, checked(plan))
    changed = sorted(name for name, value in _said(feed).items() if value != before[name])
    if changed:
        feed.changed_at = now()
        await db.flush()
        audit.record(db, who=by, what="changed feed", which=feed.name, id=feed.id, fields=changed)
        await emit(db, FeedChanged(feed.id))
    return bool(changed)


async def end(db: AsyncSession, feed: Feed, *, by: str) -> None:
    """Stop listening. Ending twice is the same as once."""
    if feed.ended_at is None:
        feed.ended_at = now()
        audit.record(db, who=by, what="ended feed", which=feed.name, id=feed.id)
        await emit(db, FeedChanged(feed.id))


async def publish_terms(db: AsyncSession, feed: Feed, text: str, *, by: str) -> FeedTerms:
    """Put a new version of the opt-in terms at their public address. From this moment on, and for later posts alone,
    the opt-in tag agrees to it. Raises BadInput for no text, too much, or the version that is in force."""
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    if not text:
        raise BadInput("Write what an author agrees to by posting with the tag.", fields={"terms": "Write the terms."})
    if len(text) > LONGEST_TERMS:
        raise BadInput(f"The terms may be {LONGEST_TERMS:,} characters long; these are {len(text):,}.")
    standing = await consent.versions(db, feed.id)
    if standing and standing[-1].text == text:
        raise BadInput(f"This is version {standing[-1].version}, word for word; it is in force already.")
    terms = FeedTerms(feed_id=feed.id, version=len(standing) + 1, text=text, published_at=now(), published_by=by)
    db.add(terms)
    await db.flush()
    audit.record(db, who=by, what="published terms", which=feed.name, feed=feed.id, version=terms.version)
    await emit(db, FeedChanged(feed.id))
    return terms


def _tags_problem(tags: tuple[str, ...]) -> str:
    if len(tags) > MOST_TAGS:
        return f"At most {MOST_TAGS} hashtags; these are {len(tags)}."
    return next((problem for tag in tags if (problem := _tag_problem(tag))), "")


def _tag_problem(tag: str) -> str:
    """Why no network would take this for a hashtag."""
    if extract(f"#{tag}") == [tag]:
        return "" if len(tag) <= 100 else "A hashtag has at most 100 characters."
    if tag.isdigit():
        return f"‘{tag}’ is only digits; networks make no hashtag of it. Add a letter."
    return f"‘{tag}’ is not one hashtag: letters and digits only, no spaces or signs."


def _languages_problem(languages: tuple[str, ...]) -> str:
    odd = next((code for code in languages if not _LANGUAGE.fullmatch(code)), None)
    return f"‘{odd}’ is not a language code; write ones like en, fr or zh-Hant." if odd else ""


def _selling_problem(sells: Selling) -> str:
    most = max(map(len, (sells.brands, sells.types, sells.products, sells.exclusions)))
    return f"At most {MOST_PICKED} of each; pick a brand or type instead of its products." if most > MOST_PICKED else ""


def _rule_problem(plan: FeedPlan) -> str:
    alone = plan.approval.automatic and plan.approval.needs_consent and not plan.optin_tag
    return (
        "The rule asks for consent, and without an opt-in tag nobody can give it: set the tag above." if alone else ""
    )


def _outside(number: int, least: int, most: int, of: str) -> str:
    return "" if least <= number <= most else f"Between {least} and {most:,} {of}."


def _apply(feed: Feed, plan: FeedPlan) -> None:
    feed.name, feed.optin_tag = plan.name.strip()[:100], plan.optin_tag
    feed.tags = list({key(tag): tag for tag in reversed(plan.tags)}.values())[::-1]
    feed.languages = list(dict.fromkeys(plan.languages))
    feed.greatest_age_hours = plan.greatest_age_hours
    feed.sells = _plain(asdict(_unfrozen(plan.sells)))
    # What another version of the rules has stored besides stays as it is.
    feed.screening = {**(feed.screening or {}), **_plain(asdict(plan.screening))}
    feed.approval = {**(feed.approval or {}), **_plain(asdict(plan.approval))}
    feed.trends = {**(feed.trends or {}), **_plain(asdict(plan.trends))}


def _unfrozen(sells: Selling) -> Selling:
    return Selling(**{**vars(sells), "pairs": dict(sells.pairs), "boosts": dict(sells.boosts)})


def _plain(value: Any) -> Any:
    """As JSON columns give it back: lists for tuples, so that what was not changed compares equal."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def _said(feed: Feed) -> dict[str, Any]:
    names = ("name", "tags", "languages", "greatest_age_hours", "sells", "screening", "approval", "trends", "optin_tag")
    return {name: getattr(feed, name) for name in names}
