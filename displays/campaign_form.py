"""The one form that edits a campaign and its feed: what stands in its fields, and what that means."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from displays import campaigns, forms
from displays.models import Campaign
from social import feeds
from social.approval import ApprovalRule
from social.models import Feed

KINDS = ("post", "post_item", "trend", "evergreen", "call")
LONGEST = 20_000
"""Characters of one field that are looked at."""


class Typed(Protocol):
    """What is asked of a submitted form."""

    def get(self, name: str, default: Any = None) -> Any:
        """The first value of a field."""

    def getall(self, name: str, default: Any = None) -> list[Any]:
        """All values of a field."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What stands in the fields, as typed, so that a mistake costs nobody a word."""

    name: str = ""
    labels: str = ""
    modes: tuple[str, ...] = campaigns.MODES
    seconds: dict[str, str] = field(default_factory=dict)
    time_zone: str = "Europe/London"
    starts: str = ""
    ends: str = ""
    tags: str = ""
    languages: str = ""
    greatest_age: str = "48"
    brands: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    pairs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    boosts: dict[str, float] = field(default_factory=dict)
    optin_tag: str = ""
    blocked_words: str = ""
    allowed_words: str = ""
    blocked_authors: str = ""
    author_cap: str = "3"
    replies: bool = False
    automatic: bool = False
    needs_consent: bool = True
    needs_match: bool = True
    least_score: str = "0.5"
    trend_automatic: bool = False
    least_authors: str = "3"
    window_minutes: str = "60"


TEXTS = (
    "name", "labels", "time_zone", "starts", "ends", "tags", "languages", "greatest_age", "optin_tag", "blocked_words",
    "allowed_words", "blocked_authors", "author_cap", "least_score", "least_authors", "window_minutes",
)  # fmt: skip
MANY = ("modes", "brands", "types", "products", "exclusions")
CHECKS = ("replies", "automatic", "needs_consent", "needs_match", "trend_automatic")


def typed(form: Typed, *, boosts: dict[str, float] | None = None) -> Draft:
    """What a browser sent, whatever it holds."""
    values: dict[str, Any] = {name: _text(form.get(name)) for name in TEXTS}
    values |= {name: tuple(dict.fromkeys(filter(None, map(_text, form.getall(name, []))))) for name in MANY}
    values |= {name: bool(form.get(name)) for name in CHECKS}
    values["seconds"] = {kind: _text(form.get(f"seconds_{kind}")) for kind in KINDS}
    values["pairs"] = tuple(_pairs(form))
    return Draft(**values, boosts=boosts or {})


def _pairs(form: Typed) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Rows are numbered by a hidden field each; their numbers need not be in order or without gaps."""
    for row in form.getall("pair", [])[:200]:
        tag = _text(form.get(f"pair_{row}_tag")).strip().lstrip("#＃")
        variants = tuple(dict.fromkeys(filter(None, map(_text, form.getall(f"pair_{row}_variants", [])))))
        if tag or variants:
            yield tag, variants


def _text(value: Any) -> str:
    return value.replace("\0", "").replace("\r\n", "\n")[:LONGEST] if isinstance(value, str) else ""


def kept(campaign: Campaign, feed: Feed) -> Draft:
    """The fields of what is stored."""
    return replace(
        _of_feed(feed), name=campaign.name, labels=", ".join(campaign.labels), modes=tuple(campaign.modes),
        seconds={kind: str(campaign.seconds.get(kind) or "") for kind in KINDS}, time_zone=campaign.time_zone,
        starts=forms.on_the_wall(campaign.starts_at, campaign.time_zone),
        ends=forms.on_the_wall(campaign.ends_at, campaign.time_zone),
    )  # fmt: skip


def _of_feed(feed: Feed) -> Draft:
    sells, screening = feed.sells, feeds.ScreeningPlan(**_known(feeds.ScreeningPlan, feed.screening))
    approval = ApprovalRule(**_known(ApprovalRule, feed.approval))
    trends = feeds.TrendPlan(**_known(feeds.TrendPlan, feed.trends))
    picked = {name: tuple(sells.get(name, ())) for name in ("brands", "types", "products", "exclusions")}
    return Draft(
        **picked, tags=", ".join(feed.tags), languages=", ".join(feed.languages), optin_tag=feed.optin_tag,
        greatest_age=str(feed.greatest_age_hours), boosts=dict(sells.get("boosts", {})),
        pairs=tuple((tag, tuple(variants)) for tag, variants in sells.get("pairs", {}).items()),
        blocked_words="\n".join(screening.blocked_words), allowed_words="\n".join(screening.allowed_words),
        blocked_authors="\n".join(screening.blocked_authors), author_cap=str(screening.author_cap),
        replies=screening.replies,
        automatic=approval.automatic, needs_consent=approval.needs_consent, needs_match=approval.needs_match,
        least_score=f"{approval.least_score:g}", trend_automatic=trends.automatic,
        least_authors=str(trends.least_authors), window_minutes=str(trends.window_minutes),
    )  # fmt: skip


def _known(kind: type, stored: dict[str, Any]) -> dict[str, Any]:
    """The stored values that this version's rule still has a name for."""
    return {name: value for name, value in stored.items() if name in kind.__dataclass_fields__}


def read(draft: Draft) -> tuple[feeds.FeedPlan, campaigns.Plan, forms.Errors]:
    """What the fields mean, and what is wrong with them by field; nothing may be kept while anything is."""
    errors = forms.Errors()
    feed, plan = _feed_plan(draft, errors), _plan(draft, errors)
    return feed, plan, forms.Errors({**campaigns.problems(plan), **feeds.problems(feed), **errors})


def _plan(draft: Draft, errors: forms.Errors) -> campaigns.Plan:
    seconds = {
        kind: number for kind in KINDS if (number := forms.whole(draft.seconds.get(kind, ""), "seconds", errors))
    }
    return campaigns.Plan(
        name=draft.name, labels=labels(draft.labels), modes=draft.modes, seconds=seconds,
        starts_at=forms.moment(draft.starts, draft.time_zone, "starts", errors),
        ends_at=forms.moment(draft.ends, draft.time_zone, "ends", errors), time_zone=draft.time_zone,
    )  # fmt: skip


def labels(text: str) -> tuple[str, ...]:
    """Labels as typed: small letters, apart by commas."""
    return tuple(dict.fromkeys(label.lower()[:40] for label in forms.phrases(text)))


def _feed_plan(draft: Draft, errors: forms.Errors) -> feeds.FeedPlan:
    pairs: dict[str, tuple[str, ...]] = {}
    for tag, variants in draft.pairs:
        if not tag or not variants:
            errors["pairs"] = "Each pair needs a hashtag and at least one item; remove the row to drop it."
        pairs[tag] = pairs.get(tag, ()) + variants
    return feeds.FeedPlan(
        name=draft.name, tags=forms.words(draft.tags), languages=forms.words(draft.languages),
        greatest_age_hours=forms.whole(draft.greatest_age, "greatest_age", errors, empty=48),
        sells=feeds.Selling(
            brands=draft.brands, types=draft.types, products=draft.products, exclusions=draft.exclusions,
            pairs={tag: variants for tag, variants in pairs.items() if tag}, boosts=draft.boosts,
        ),
        screening=_screening(draft, errors), approval=_approval(draft, errors), trends=_trends(draft, errors),
        optin_tag=draft.optin_tag.strip().lstrip("#＃"),
    )  # fmt: skip


def _screening(draft: Draft, errors: forms.Errors) -> feeds.ScreeningPlan:
    return feeds.ScreeningPlan(
        blocked_words=forms.phrases(draft.blocked_words), allowed_words=forms.phrases(draft.allowed_words),
        blocked_authors=forms.words(draft.blocked_authors), replies=draft.replies,
        author_cap=forms.whole(draft.author_cap, "author_cap", errors, empty=3),
    )  # fmt: skip


def _approval(draft: Draft, errors: forms.Errors) -> ApprovalRule:
    return ApprovalRule(
        automatic=draft.automatic, needs_consent=draft.needs_consent, needs_match=draft.needs_match,
        least_score=forms.decimal(draft.least_score, "least_score", errors, empty=0.5) or 0.0,
    )  # fmt: skip


def _trends(draft: Draft, errors: forms.Errors) -> feeds.TrendPlan:
    return feeds.TrendPlan(
        automatic=draft.trend_automatic,
        least_authors=forms.whole(draft.least_authors, "least_authors", errors, empty=3),
        window_minutes=forms.whole(draft.window_minutes, "window_minutes", errors, empty=60),
    )  # fmt: skip
