"""Automatic approval: a rule that a merchandiser wrote, applied to one post; and the surge that suspends it.

Held by default: everything that the rule does not clearly allow waits for a person. No rule ever passes a picture that
nobody has looked at, since screening holds such a post and a held post is never approved here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from catalog.matching.values import Verdict
from social.screening import Screening

SUSPENDED = "automatic approval is suspended"
"""How the reason of a decision begins that a surge made."""


@dataclass(frozen=True, kw_only=True)
class ApprovalRule:
    """What a feed lets through by itself. The default lets nothing through."""

    automatic: bool = False
    needs_consent: bool = True
    """Only posts whose authors consented."""
    needs_match: bool = True
    """Only posts that the matcher would show an item beside."""
    least_score: float = 0.5
    """The best match's score, 0 to 1, where `needs_match`."""


@dataclass(frozen=True)
class SurgeState:
    """Whether a feed is being flooded, why in words, and what was measured."""

    active: bool = False
    reason: str = ""
    rate: float = 0.0
    """Posts a minute in the window just past."""
    baseline: float = 0.0
    """Posts a minute before it."""


@dataclass(frozen=True)
class Decision:
    """`approve`, or `queue` for a person, and why."""

    verdict: Literal["approve", "queue"]
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A post as the surge sees it. `author_known`: the feed had let in a post of theirs before this one."""

    at: datetime
    author: str
    fingerprint: str
    """social.screening.fingerprint of its text."""
    author_known: bool = True


@dataclass(frozen=True, kw_only=True)
class SurgeRule:
    """When a feed counts as flooded. The defaults fit a campaign with some posts a minute."""

    window: timedelta = timedelta(minutes=5)
    baseline: timedelta = timedelta(hours=1)
    """How long before the window the usual rate is taken from."""
    least_posts: int = 12
    """Fewer in the window are never a surge: small numbers jump by themselves."""
    times_baseline: float = 4.0
    new_feed_rate: float = 30.0
    """Posts a minute that are a surge where fewer than `least_posts` before the window tell what is usual."""
    strangers: float = 0.8
    """Share of posts in the window from authors the feed has not met."""
    alike: float = 0.4
    """Share of posts in the window whose words another author's post in it repeats."""


def decide(screening: Screening, match: Verdict, *, consent: bool, rule: ApprovalRule, surge: SurgeState) -> Decision:
    """Whether a post is approved by the feed's own rule. Pure; the caller records the rule as who decided."""
    against = _against(screening, match, consent, rule, surge)
    return Decision("queue", against) if against else Decision("approve", _for(match, consent))


def _against(screening: Screening, match: Verdict, consent: bool, rule: ApprovalRule, surge: SurgeState) -> str | None:
    if not rule.automatic:
        return "the feed approves nothing by itself"
    if surge.active:
        return f"{SUSPENDED}: {surge.reason}"
    if screening.verdict != "pass":
        return f"screening: {screening.reasons[0]}" if screening.reasons else "screening did not pass it"
    if rule.needs_consent and not consent:
        return "its author has not consented"
    if rule.needs_match and not match.show:
        return f"no item goes with it: {match.held[0]}" if match.held else "no item goes with it"
    if rule.needs_match and match.matches[0].score < rule.least_score:
        return f"its best match scores {match.matches[0].score:.2f}; the feed asks for {rule.least_score:.2f}"
    return None


def _for(match: Verdict, consent: bool) -> str:
    said = ["screened", "its author consented" if consent else "no consent asked"]
    if match.show:
        said.append(f"matched at {match.matches[0].score:.2f}")
    return "the feed's rule: " + ", ".join(said)


def surge(arrivals: Collection[Arrival], rule: SurgeRule, *, now: datetime) -> SurgeState:
    """Whether the posts up to `now` are a surge. `arrivals` should reach back window + baseline; order does not matter.

    It is one if the window holds `least_posts` or more, and either the words are alike (a campaign of copies, at any
    rate), or the rate is `times_baseline` that before it and most authors are strangers.
    """
    opened = now - rule.window
    fresh = [post for post in arrivals if opened < post.at <= now]
    before = [post for post in arrivals if opened - rule.baseline < post.at <= opened]
    rate = len(fresh) / _minutes(rule.window)
    usual = _usual(before, opened, rule)
    reason = _why(fresh, rate, usual, rule) if len(fresh) >= rule.least_posts else ""
    return SurgeState(bool(reason), reason, rate, usual)


def _why(fresh: Sequence[Arrival], rate: float, usual: float, rule: SurgeRule) -> str:
    alike, strangers = _alike(fresh), sum(not post.author_known for post in fresh) / len(fresh)
    minutes = f"the last {round(_minutes(rule.window))} minutes"
    if alike >= rule.alike:
        return f"{alike:.0%} of the {len(fresh)} posts of {minutes} say the same"
    much = rate >= usual * rule.times_baseline if usual else rate >= rule.new_feed_rate
    if much and strangers >= rule.strangers:
        times = f", {rate / usual:.0f} times the usual rate" if usual else ""
        return f"{len(fresh)} posts in {minutes}{times}, {strangers:.0%} of them from authors not met before"
    return ""


def _usual(before: Sequence[Arrival], opened: datetime, rule: SurgeRule) -> float:
    """Posts a minute before the window, since the first that was heard; 0 if they are too few to tell."""
    if len(before) < rule.least_posts:
        return 0.0
    heard = _minutes(opened - min(post.at for post in before))
    return len(before) / max(heard, 1.0)


def _alike(posts: Sequence[Arrival]) -> float:
    """The share of posts whose words are also those of another author. One author repeating himself meets the cap."""
    authors: dict[str, set[str]] = {}
    for post in posts:
        if post.fingerprint:
            authors.setdefault(post.fingerprint, set()).add(post.author)
    return sum(len(authors.get(post.fingerprint, ())) > 1 for post in posts) / len(posts)


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
