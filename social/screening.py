"""Screening: whether a post is fit for a wall at all, whatever it sells. Values and a clock in, a verdict out.

`refuse`: it never reaches a screen. `hold`: only a person may let it through. `pass`: a feed's own rule may. The worst
reason decides; all of them are told.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from social import blocklist
from social.blocklist import Blocklist
from social.folding import as_written, folded

Level = Literal["pass", "hold", "refuse"]

_ORDER: dict[Level, int] = {"pass": 0, "hold": 1, "refuse": 2}


@dataclass(frozen=True, kw_only=True)
class ScreenedMedia:
    """A picture or video of a post. `seen`: a person has looked at it."""

    kind: str = "photo"
    alt: str = ""
    seen: bool = False


@dataclass(frozen=True, kw_only=True)
class ScreenedPost:
    """What screening needs to know of a post's revision: the fields of social.incoming.IncomingPost, and `seen`."""

    id: str
    network: str
    author_id: str
    author_name: str
    author_handle: str
    text: str
    created_at: datetime
    hashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    media: tuple[ScreenedMedia, ...] = ()
    lang: str = "und"
    author_created_at: datetime | None = None
    author_protected: bool = False
    sensitive: bool = False
    withheld: tuple[str, ...] = ()
    paid_partnership: bool = False
    is_repost: bool = False
    is_quote: bool = False
    is_reply: bool = False


@dataclass(frozen=True, kw_only=True)
class AuthorActivity:
    """What is known of the author and of like posts in the feed, up to now, this post not counted."""

    let_in: tuple[datetime, ...] = ()
    """Moments of the author's posts in this feed that were passed or held."""
    rejected: int = 0
    """Posts of the author that a person turned down or withdrew."""
    same_text: int = 0
    """Recent posts of anyone in the feed whose `fingerprint` is the same."""


@dataclass(frozen=True, kw_only=True)
class ScreeningRules:
    """A feed's rules. The defaults are those of a new feed."""

    languages: frozenset[str] = frozenset()
    """BCP 47 primary languages that are let in; empty: any."""
    greatest_age: timedelta = timedelta(hours=48)
    author_cap: int = 3
    """Posts of one author let in within `author_window`."""
    author_window: timedelta = timedelta(hours=24)
    least_account_age: timedelta = timedelta(days=7)
    """An account younger than this is held."""
    countries: frozenset[str] = frozenset()
    """ISO 3166 alpha-2 countries of the screens: a post withheld there is refused; withheld elsewhere it is held."""
    blocked_words: frozenset[str] = frozenset()
    """The merchandiser's own; a `*` at the end stands for any ending. They refuse."""
    allowed_words: frozenset[str] = frozenset()
    """Words of the built-in list that this feed does not mind."""
    blocked_authors: frozenset[str] = frozenset()
    """Author ids or handles (with or without @)."""
    most_hashtags: int = 6
    most_mentions: int = 3
    most_links: int = 1
    least_words: int = 2
    """Words besides tags, handles, links and emoji."""
    own_tags: frozenset[str] = frozenset()
    """The feed's own tags: not counted against `most_hashtags`."""
    replies: bool = False
    """Whether replies pass; False: they are held."""


@dataclass(frozen=True)
class Screening:
    """The verdict and every reason for it, the gravest first. A verdict of `pass` has no reasons."""

    verdict: Level
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Finding:
    level: Level
    reason: str


_PLACEHOLDERS = re.compile(
    r"account (?:has been|is|was) (?:temporarily )?(?:withheld|suspended|locked)"
    r"|(?:tweet|post) (?:is|was) (?:from )?(?:an? )?(?:suspended|unavailable|deleted|withheld|no longer available)"
    r"|(?:tweet|post) has been (?:withheld|deleted)|(?:tweet|post) is from (?:an? )?(?:account|suspended)"
    r"|account (?:that )?no longer exists|violated the (?:twitter|x) rules|you.re unable to view this"
    r"|content (?:is not|isn.t) available|this (?:tweet|post) (?:is )?unavailable"
    r"|cuenta (?:ha sido|está) (?:suspendida|retenida)|compte (?:a été|est) (?:suspendu|retenu)"
    r"|konto (?:wurde|ist) gesperrt|withheld in [\w ]{2,40} in response to|based on local laws?\b",
    re.IGNORECASE,
)
_GIVEAWAYS = re.compile(
    r"\bgive\s?-?aways?\b|\bsweepstakes?\b|\b(?:chance|enter) to win\b"
    r"|\b(?:rt|retweet|repost|follow|like)\b[^.!?\n]{0,40}\b(?:to win|to enter|for a chance)\b"
    r"|\bto win\b[^.!?\n]{0,60}\b(?:rt|retweet|follow|tag)\b"
    r"|\b(?:follow|like) (?:me|us)? ?(?:and|&|\+) (?:rt|retweet|repost|share|follow)\b"
    r"|\btag (?:a|two|three|2|3) friends?\b|\b(?:promo|discount|coupon) code\b|\buse (?:my )?code\b"
    r"|\bf4f\b|\bl4l\b|\bfollow ?back\b|\blink in (?:my )?bio\b|\bdm (?:me )?(?:to|for) (?:order|buy|price)"
    r"|\bfree (?:iphone|gift card|followers)\b|\bconcours\b|\btirage au sort\b|\bsorteo\b|\bgewinnspiel\b"
    r"|\bverlosung\b|\bcodice sconto\b|\bkonkurranse\b|\bminigame\b|\bmã giảm giá\b"
    r"|\d ?% off\b|\bclick (?:here|now)\b|\b(?:buy|order|shop) now\b|\blast chance\b|\bair-?drop\b|\bpresale\b"
    r"|\bprivate pics\b|\bdm (?:me )?for\b|\bfollow the money\b"
    r"|プレゼント(?:企画|キャンペーン)|フォロー[&＆]|抽選で|抽奖|이벤트 당첨|무료나눔|مسابقة|كود خصم",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_MENTION = re.compile(r"[@＠]\w+")
_TAG = re.compile(r"[#＃]\w+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
_OVERRIDES = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_CLOCK_SKEW = timedelta(minutes=10)
_MOST_MARKS = 3


def screen(post: ScreenedPost, rules: ScreeningRules, *, recent: AuthorActivity, now: datetime) -> Screening:
    """Judge a post for a feed. Nothing passes that has a picture which nobody has looked at."""
    findings = [finding for check in _CHECKS for finding in check(post, rules, recent, now)]
    findings.sort(key=lambda finding: -_ORDER[finding.level])
    reasons = tuple(dict.fromkeys(finding.reason for finding in findings))
    return Screening(findings[0].level if findings else "pass", reasons)


def fingerprint(text: str) -> str:
    """The key by which two texts are the same but for case, links, handles, tags' order and decoration."""
    bare = _LINK.sub(" ", _MENTION.sub(" ", as_written(text)))
    return " ".join(sorted(set(_WORD.findall(bare))))[:1000]


def _from_platform(post: ScreenedPost, rules: ScreeningRules, *_: object) -> Iterator[_Finding]:
    if _PLACEHOLDERS.search(post.text) and len(post.text) < 400:
        yield _Finding("refuse", "the network's notice in place of a post")
    if post.sensitive:
        yield _Finding("hold", "marked as sensitive by its network")
    if post.author_protected:
        yield _Finding("refuse", "its author's posts are protected")
    if "XX" in post.withheld or rules.countries & set(post.withheld):
        yield _Finding("refuse", "withheld where it would be shown")
    elif post.withheld:
        yield _Finding("hold", f"withheld in {', '.join(post.withheld)}")


def _kind(post: ScreenedPost, rules: ScreeningRules, *_: object) -> Iterator[_Finding]:
    if post.is_repost:
        yield _Finding("refuse", "a repost: the original is judged, not its copies")
    if post.is_quote:
        yield _Finding("hold", "quotes a post that was not judged")
    if post.is_reply and not rules.replies:
        yield _Finding("hold", "an answer to somebody, out of its conversation")
    if post.paid_partnership:
        yield _Finding("hold", "a paid partnership of its author")


def _age(post: ScreenedPost, rules: ScreeningRules, _: AuthorActivity, now: datetime) -> Iterator[_Finding]:
    age = now - post.created_at
    if age > rules.greatest_age:
        yield _Finding("refuse", f"older than {_span(rules.greatest_age)}")
    if age < -_CLOCK_SKEW:
        yield _Finding("hold", "dated in the future")


def _language(post: ScreenedPost, rules: ScreeningRules, *_: object) -> Iterator[_Finding]:
    if not rules.languages:
        return
    language = primary(post.lang)
    if not language:
        yield _Finding("hold", "its language cannot be told")
    elif language not in {primary(one) for one in rules.languages}:
        yield _Finding("refuse", f"its language ({language}) is not one of the feed's")


def _author(post: ScreenedPost, rules: ScreeningRules, recent: AuthorActivity, now: datetime) -> Iterator[_Finding]:
    blocked = {author.lstrip("@").casefold() for author in rules.blocked_authors}
    if post.author_id.casefold() in blocked or post.author_handle.lstrip("@").casefold() in blocked:
        yield _Finding("refuse", "its author is blocked")
    if sum(now - rules.author_window < moment <= now for moment in recent.let_in) >= rules.author_cap:
        yield _Finding("refuse", f"its author has {rules.author_cap} posts in {_span(rules.author_window)} already")
    if recent.rejected >= 2:
        yield _Finding("hold", f"{recent.rejected} posts of its author were turned down")
    if post.author_created_at and post.created_at - post.author_created_at < rules.least_account_age:
        yield _Finding("hold", f"its author's account is younger than {_span(rules.least_account_age)}")
    if recent.same_text:
        yield _Finding("hold", f"{recent.same_text} other posts say the same")


def _words(post: ScreenedPost, rules: ScreeningRules, *_: object) -> Iterator[_Finding]:
    language = primary(post.lang)
    allowed = frozenset(folded(word) for word in rules.allowed_words)
    lists: list[tuple[Level, Blocklist]] = [
        ("refuse", blocklist.default("refuse", language, allowed)),
        ("hold", blocklist.default("hold", language, allowed)),
    ]
    if rules.blocked_words:
        lists.append(("refuse", blocklist.merchandisers(rules.blocked_words, allowed)))
    places = [
        ("its text", post.text),
        ("its author's name", post.author_name),
        *(("the description of a picture", media.alt) for media in post.media if media.alt),
    ]
    for level, listed in lists:
        for place, text in places:
            yield from _named(level, place, listed.found(text))
        yield from _named(level, "its author's handle", listed.found_in_tag(post.author_handle))
        for tag in dict.fromkeys((*post.hashtags, *(found[0][1:] for found in _TAG.finditer(post.text)))):
            yield from _named(level, "a hashtag", listed.found_in_tag(tag))


def _named(level: Level, place: str, found: Iterable[str]) -> Iterator[_Finding]:
    yield from (_Finding(level, f"{place} holds ‘{_veiled(word)}’") for word in found)


def _veiled(word: str) -> str:
    """A bad word as a console may print it: enough to know it by."""
    return word if len(word) < 3 else word[0] + "·" * (len(word) - 2) + word[-1]


def _shape(post: ScreenedPost, rules: ScreeningRules, *_: object) -> Iterator[_Finding]:
    tags = {folded(tag) for tag in (*post.hashtags, *(found[0][1:] for found in _TAG.finditer(post.text)))}
    others = tags - {folded(tag.lstrip("#＃")) for tag in rules.own_tags}
    if len(others) > rules.most_hashtags:
        yield _Finding("hold", f"{len(others)} hashtags besides the feed's own; at most {rules.most_hashtags} pass")
    mentions = {found.casefold() for found in _MENTION.findall(post.text)}
    if len(mentions) > rules.most_mentions:
        yield _Finding("hold", f"names {len(mentions)} accounts; at most {rules.most_mentions} pass")
    links = max(len(post.links), len(_LINK.findall(post.text)))
    if links > rules.most_links:
        yield _Finding("hold", f"{links} links; at most {rules.most_links} pass")
    bare = _TAG.sub(" ", _MENTION.sub(" ", _LINK.sub(" ", post.text)))
    if len(_WORD.findall(bare)) < rules.least_words and len(_DENSE.findall(bare)) < 4:
        yield _Finding("hold", "hardly a word besides hashtags, names and links")
    if _GIVEAWAYS.search(unicodedata.normalize("NFKC", post.text)):
        yield _Finding("hold", "sounds like a giveaway or an advertisement")


def _characters(post: ScreenedPost, *_: object) -> Iterator[_Finding]:
    for place, text in (("its text", post.text), ("its author's name", post.author_name)):
        kinds = [unicodedata.category(char) for char in text]
        if any(char in _OVERRIDES for char in text):
            yield _Finding("hold", f"{place} holds signs that turn the direction of writing")
        if any(
            kind in ("Cc", "Co", "Cn", "Cs") and char not in "\n\r\t" for char, kind in zip(text, kinds, strict=True)
        ):
            yield _Finding("hold", f"{place} holds characters that cannot be shown")
        if _stacked(text):
            yield _Finding("hold", f"{place} piles marks on its letters")


def _stacked(text: str) -> bool:
    run = 0
    for char in unicodedata.normalize("NFC", text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run > _MOST_MARKS:
            return True
    return False


def _pictures(post: ScreenedPost, *_: object) -> Iterator[_Finding]:
    unseen = [media for media in post.media if not media.seen]
    if any(media.kind == "photo" for media in unseen):
        yield _Finding("hold", "a photograph nobody has looked at")
    if any(media.kind != "photo" for media in unseen):
        yield _Finding("hold", "a moving picture nobody has looked at")


_Check = Callable[[ScreenedPost, ScreeningRules, AuthorActivity, datetime], Iterable[_Finding]]
_CHECKS: tuple[_Check, ...] = (_from_platform, _kind, _age, _language, _author, _words, _shape, _characters, _pictures)


def primary(lang: str) -> str:
    """The primary language of a BCP 47 tag; '' where the network could not tell."""
    short = lang.casefold().replace("_", "-").split("-")[0]
    return {"und": "", "qme": "", "zxx": "", "art": "", "nb": "no", "nn": "no"}.get(short, short)


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    for length, name in ((24, "day"), (1, "hour")):
        if hours >= length and hours % length == 0:
            count = int(hours // length)
            return f"{count} {name}{'s' if count != 1 else ''}"
    return f"{round(hours * 60)} minutes"
