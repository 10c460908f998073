"""What every network's source hands over, in one shape, and how X's payloads are read into it.

Everything in a payload is hostile: unknown fields are ignored, wrong ones are treated as absent, and a payload that
lacks what a card must show (author, text, time) is refused whole. Judging what the words mean is screening, elsewhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.core.errors import VitrineError
from social.sources import x_text
from social.sources.x_text import objects, printable, web_address

LONGEST_TEXT = 25_000
"""Characters of X's longest posts; a longer one is no post of X."""

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,50}")
_ID = re.compile(r"[0-9]{1,20}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_KINDS = {"photo": "photo", "video": "video", "animated_gif": "animation"}


class UnreadablePost(VitrineError):
    """A payload that is no post that could be shown; says what it lacks. Nothing of it is kept."""

    status = 400
    title = "That is no post"


@dataclass(frozen=True, kw_only=True)
class IncomingAuthor:
    """Who wrote a post, as the network showed them at that moment. `verified` and `followers` are None if unknown."""

    id: str
    name: str
    handle: str
    avatar_url: str | None = None
    verified: bool | None = None
    protected: bool = False
    created_at: datetime | None = None
    followers: int | None = None


@dataclass(frozen=True, kw_only=True)
class IncomingMedia:
    """One picture of a post: `url` is a still (of a video its preview), None if the network gave none; pixels."""

    kind: str
    """'photo', 'video', 'animation' or 'other'."""
    url: str | None
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class IncomingPost:
    """One revision of a post. (`network`, `id`) names the post for ever; of its revisions the newest holds."""

    network: str
    id: str
    """The first revision's id: the same for all revisions."""
    revision_id: str
    revisions: tuple[str, ...]
    """The ids of all revisions that the network told of, oldest first, `revision_id` among them."""
    author: IncomingAuthor
    text: str
    """Plain and whole: no markup, no escapes; the author's own line breaks."""
    hashtags: tuple[str, ...] = ()
    """Without sign, as written, by the network's own rules; repeats and order kept."""
    links: tuple[str, ...] = ()
    media: tuple[IncomingMedia, ...] = ()
    lang: str = "und"
    """BCP 47, or 'und' if the network could not tell."""
    created_at: datetime
    """When this revision was made."""
    sensitive: bool = False
    withheld: tuple[str, ...] = ()
    """Countries (ISO 3166 alpha-2, upper case) where it may not be shown; 'XX': nowhere may it be shown."""
    paid_partnership: bool = False
    is_repost: bool = False
    is_quote: bool = False
    is_reply: bool = False
    url: str
    rules: tuple[str, ...] = ()
    """Tags of the stream rules that let it in."""
    received_at: datetime

    @property
    def edited(self) -> bool:
        """Whether this is not the first revision."""
        return self.revision_id != self.id

    @property
    def superseded(self) -> bool:
        """Whether the network itself named a newer revision than this one."""
        return self.revisions[-1] != self.revision_id


@dataclass(frozen=True, kw_only=True)
class IncomingDeletion:
    """A post must go, all its revisions. `reason`: 'deleted', 'protected', 'withheld' or 'suspended'."""

    network: str
    id: str
    """Of the post, or of any of its revisions."""
    reason: str = "deleted"
    noticed_at: datetime


def from_x(payload: Any, received_at: datetime) -> IncomingPost:
    """Read one object of X's stream, look-up or search (`data`, `includes`, `matching_rules`).

    Raises UnreadablePost if it lacks an id, text, time or author, or is larger than X's own posts can be.
    """
    data = _object(payload, "data")
    if not data:
        raise UnreadablePost("the payload has no `data`")
    includes = _object(payload, "includes")
    revision_id, revisions = _revisions(data)
    author = _author(data, includes)
    references = {str(item.get("type")): str(item.get("id")) for item in objects(data.get("referenced_tweets"))}
    read = _text(data, references)
    return IncomingPost(
        network="x",
        id=revisions[0],
        revision_id=revision_id,
        revisions=revisions,
        author=author,
        text=read.text,
        hashtags=read.hashtags,
        links=read.links,
        media=tuple(_media(data, includes)),
        lang=_language(data.get("lang")),
        created_at=_time(data.get("created_at")) or _refuse("it has no time"),
        sensitive=data.get("possibly_sensitive") is True,
        withheld=_withheld(data.get("withheld")),
        paid_partnership=data.get("paid_partnership") is True,
        is_repost="retweeted" in references,
        is_quote="quoted" in references,
        is_reply="replied_to" in references or bool(data.get("in_reply_to_user_id")),
        url=f"https://x.com/{author.handle}/status/{revision_id}",
        rules=_rules(payload.get("matching_rules")),
        received_at=received_at,
    )


def _object(payload: Any, name: str) -> dict:
    value = payload.get(name) if isinstance(payload, dict) else None
    return value if isinstance(value, dict) else {}


def _refuse(what: str) -> Any:
    raise UnreadablePost(f"{what}; nothing of it is kept")


def _revisions(data: dict) -> tuple[str, tuple[str, ...]]:
    """The id of this revision, and all that X named; a history that leaves this one out is not believed."""
    own = data.get("id")
    if not isinstance(own, str) or not _ID.fullmatch(own):
        _refuse("it has no id")
    listed = data.get("edit_history_tweet_ids")
    history = [i for i in listed[:50] if isinstance(i, str) and _ID.fullmatch(i)] if isinstance(listed, list) else []
    return own, tuple(sorted(set(history), key=int)) if own in history else (own,)


def _author(data: dict, includes: dict) -> IncomingAuthor:
    users = (user for user in objects(includes.get("users")) if user.get("id") == data.get("author_id"))
    user = next(users, None) or _refuse("its author is not with it")
    handle = user.get("username")
    if not isinstance(handle, str) or not _HANDLE.fullmatch(handle):
        _refuse("its author has no handle")
    followers = _object(user, "public_metrics").get("followers_count")
    return IncomingAuthor(
        id=_line(user.get("id"), 40) or _refuse("its author has no id"),
        name=_line(user.get("name"), 200) or handle,
        handle=handle,
        avatar_url=_large(web_address(user.get("profile_image_url"))),
        verified=user.get("verified") if isinstance(user.get("verified"), bool) else None,
        protected=user.get("protected") is True,
        created_at=_time(user.get("created_at")),
        followers=followers if type(followers) is int and 0 <= followers < 2**40 else None,
    )


def _line(value: object, longest: int) -> str:
    """A name on one line, '' if there is none. A name longer than X allows four times over is refused, never cut."""
    if not isinstance(value, str):
        return ""
    if len(value) > longest:
        _refuse("its author's name is longer than a name can be")
    return x_text.unescape(" ".join(printable(value).split()))


def _large(avatar: str | None) -> str | None:
    """X names the 48-pixel avatar; the same picture is there at 400, which a billboard needs."""
    if avatar and avatar.startswith("https://pbs.twimg.com/"):
        return re.sub(r"_normal(\.\w{3,4})$", r"_400x400\1", avatar)
    return avatar


def _text(data: dict, references: dict) -> x_text.Read:
    """The whole text: of a long post `text` is only a beginning, and `note_tweet` has all, entities too."""
    whole = _object(data, "note_tweet")
    source = whole if isinstance(whole.get("text"), str) else data
    text = source.get("text")
    if not isinstance(text, str):
        _refuse("it has no text")
    if len(text) > 2 * LONGEST_TEXT:
        _refuse(f"its text is longer than the {LONGEST_TEXT:,} characters that X allows")
    entities = source.get("entities") if isinstance(source.get("entities"), dict) else None
    quoted = frozenset({references["quoted"]} if "quoted" in references else ())
    # X leaves `entities` out altogether when there are none; for a long post they may be missing though it has some.
    return x_text.read(text, entities if source is whole else {"hashtags": [], **(entities or {})}, quoted=quoted)


def _media(data: dict, includes: dict) -> Iterable[IncomingMedia]:
    """What the post itself has attached, in its order; `includes` may hold other posts' pictures too."""
    known = {item.get("media_key"): item for item in objects(includes.get("media")) if _hashable(item)}
    keys = _object(data, "attachments").get("media_keys")
    for key in keys[:20] if isinstance(keys, list) else []:
        item = known.get(key) if isinstance(key, str) else None
        # A picture that X named and did not send is still a picture nobody has seen: it must not vanish.
        yield _picture(item or {})


def _hashable(item: dict) -> bool:
    return isinstance(item.get("media_key"), str)


def _picture(item: dict) -> IncomingMedia:
    alt = item.get("alt_text")
    return IncomingMedia(
        kind=_KINDS.get(str(item.get("type")), "other"),
        url=web_address(item.get("url")) or web_address(item.get("preview_image_url")),
        alt=printable(alt)[:4_000] if isinstance(alt, str) else "",
        width=_pixels(item.get("width")),
        height=_pixels(item.get("height")),
    )


def _pixels(value: object) -> int:
    return value if type(value) is int and 0 < value < 100_000 else 0


def _language(value: object) -> str:
    """X's own codes (qme, zxx, art ...) mean that there is no language to tell."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value) or len(value) > 20:
        return "und"
    unknown = value.startswith("q") or value in {"zxx", "art"}
    return "und" if unknown else {"in": "id", "iw": "he", "no": "nb"}.get(value, value)


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment.year > 1970 else None


def _withheld(value: object) -> tuple[str, ...]:
    """Where it is withheld; X says XX (everywhere) and XY (after a complaint about copyright) for the whole world."""
    if not isinstance(value, dict):
        return ()
    codes = value.get("country_codes")
    countries = [c.upper() for c in codes[:300] if isinstance(c, str)] if isinstance(codes, list) else []
    named = dict.fromkeys("XX" if c == "XY" else c for c in countries if re.fullmatch("[A-Z]{2}", c))
    return ("XX",) if "XX" in named else tuple(named) or ("XX",)


def _rules(value: object) -> tuple[str, ...]:
    """X promises only the id of a matching rule; one without a tag is not ours."""
    tags = (rule.get("tag") for rule in objects(value))
    return tuple(dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag))
