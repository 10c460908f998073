"""Posts as X sends them: escaped text with offsets in code points, shortened addresses, only the fields asked for."""

import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from server.core.clock import iso
from social import hashtags
from social.rehearsal.grammar import Subject
from social.rehearsal.world import Person, Revision

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_MENTION = re.compile(r"(?<![\w@])@([A-Za-z0-9_]{1,15})(?!\w)")
_LONGEST = 280
_ALWAYS = ("id", "text", "edit_history_tweet_ids")
_USER_ALWAYS = ("id", "name", "username")


def asked_for(query: Mapping[str, str], name: str) -> frozenset[str]:
    """The fields or expansions that a request names."""
    return frozenset(filter(None, query.get(name, "").split(",")))


def envelope(revision: Revision, query: Mapping[str, str], *, base: str) -> dict:
    """`data` and `includes` of one post, as the stream sends them."""
    return {"data": data(revision, query), **includes([revision], query, base=base)}


def data(revision: Revision, query: Mapping[str, str]) -> dict:
    """A post with X's three default fields and those of `tweet.fields`."""
    fields = asked_for(query, "tweet.fields")
    full = _full(revision)
    return {name: value for name, value in full.items() if (name in fields or name in _ALWAYS) and value is not None}


def includes(revisions: Iterable[Revision], query: Mapping[str, str], *, base: str) -> dict:
    """The people and pictures that the expansions ask for; nothing at all if there are none."""
    revisions = list(revisions)
    expansions, found = asked_for(query, "expansions"), {}
    if "author_id" in expansions:
        people = {r.author.id: r.author for r in revisions}.values()
        found["users"] = [_user(person, asked_for(query, "user.fields"), base) for person in people]
    pictures = [picture for r in revisions for picture in r.pictures]
    if "attachments.media_keys" in expansions and pictures:
        fields = asked_for(query, "media.fields") | {"media_key", "type"}
        found["media"] = [_only(_medium(picture, base), fields) for picture in pictures]
    return {"includes": found} if found else {}


def subject(revision: Revision) -> Subject:
    """What the grammar of rules may see of a post."""
    full, kinds = _full(revision), {kind for kind, _ in revision.references}
    entities = full["entities"] or {}
    flags = {
        "is:retweet": "retweeted" in kinds,
        "is:reply": "replied_to" in kinds,
        "is:quote": "quoted" in kinds,
        "is:nullcast": revision.nullcast,
        "is:verified": revision.author.verified,
        "has:media": bool(revision.pictures),
        "has:images": bool(revision.pictures),
        "has:hashtags": "hashtags" in entities,
        "has:links": "urls" in entities,
        "has:mentions": "mentions" in entities,
    }
    return Subject(
        text=revision.text,
        author=revision.author.handle,
        lang=revision.lang,
        tags=frozenset(hashtags.key(tag) for tag in hashtags.extract(revision.text)),
        flags=frozenset(flag for flag, true in flags.items() if true),
    )


def _full(revision: Revision) -> dict[str, Any]:
    long = _weight(revision.text) > _LONGEST
    shown = _cut(revision.text) if long else revision.text
    text, entities = _written(shown, revision, note=long)
    thread = revision.thread
    return {
        "id": revision.id,
        "text": text,
        "edit_history_tweet_ids": list(thread.history),
        "author_id": revision.author.id,
        "created_at": iso(revision.created_at),
        "lang": revision.lang,
        "possibly_sensitive": revision.sensitive,
        "entities": entities or None,
        "note_tweet": _note(revision) if long else None,
        "attachments": {"media_keys": [p.key for p in revision.pictures]} if revision.pictures else None,
        "referenced_tweets": [{"type": kind, "id": other} for kind, other in revision.references] or None,
        "withheld": {"copyright": False, "country_codes": list(thread.withheld)} if thread.withheld else None,
    }


def _note(revision: Revision) -> dict:
    text, entities = _written(revision.text, None)
    return {"text": text, **({"entities": entities} if entities else {})}


def _written(text: str, revision: Revision | None, *, note: bool = False) -> tuple[str, dict]:
    """The text escaped and its addresses shortened, pictures' appended, and entities with offsets into that."""
    out, entities = "", {}
    for part, kind, value in _parts(text):
        start = len(out)
        out += value["url"] if kind == "urls" else html.escape(part, quote=False)
        if kind:
            entities.setdefault(kind, []).append({"start": start, "end": len(out), **value})
    if revision and note:
        out += f" {_short(revision.id)}"
    if revision and revision.pictures:
        out += " " if out else ""
        address = _short(revision.pictures[0].key)
        link = f"https://x.com/{revision.author.handle}/status/{revision.id}/photo/1"
        shown = f"pic.x.com/{address[-10:]}"
        for picture in revision.pictures:
            where = {"start": len(out), "end": len(out) + len(address), "url": address, "media_key": picture.key}
            entities.setdefault("urls", []).append({**where, "expanded_url": link, "display_url": shown})
        out += address
    return out, entities


def _parts(text: str) -> Iterable[tuple[str, str, dict]]:
    """The text in pieces: plain ones, and those that an entity stands for, with what it says."""
    spans = [(m.start(), m.end(), "urls", _link(m[0])) for m in _URL.finditer(text)]
    spans += [(tag.start, tag.end, "hashtags", {"tag": tag.tag}) for tag in hashtags.find(text)]
    spans += [(m.start(), m.end(), "mentions", {"username": m[1]}) for m in _MENTION.finditer(text)]
    end = 0
    for start, stop, kind, value in sorted(spans, key=lambda span: span[:2]):
        if start >= end:
            yield text[end:start], "", {}
            yield text[start:stop], kind, value
            end = stop
    yield text[end:], "", {}


def _link(address: str) -> dict:
    bare = re.sub(r"^https?://(www\.)?", "", address)
    return {"url": _short(address), "expanded_url": address, "display_url": bare[:26] + "…" * (len(bare) > 26)}


def _short(what: str) -> str:
    return f"https://t.co/{hashlib.sha256(what.encode(errors='replace')).hexdigest()[:10]}"


def _weight(text: str) -> int:
    """Characters as X counts them: two for most scripts that need no spaces, and for emoji."""
    return sum(1 if c < 4_352 or 8_192 <= c <= 8_205 or 8_208 <= c <= 8_247 else 2 for c in map(ord, text))


def _cut(text: str) -> str:
    end, weight = 0, 0
    while end < len(text) and weight < _LONGEST - 5:
        weight += _weight(text[end])
        end += 1
    return text[:end].rsplit(" ", 1)[0] + "…"


def _user(person: Person, fields: frozenset[str], base: str) -> dict:
    full = {
        "id": person.id,
        "name": person.name,
        "username": person.handle,
        "created_at": f"{person.created}T09:00:00.000Z",
        "profile_image_url": f"{base}/media/avatar-{person.handle}",
        "protected": person.protected,
        "public_metrics": {"followers_count": person.followers, "following_count": 180, "tweet_count": 2_400},
        "verified": person.verified,
    }
    return _only(full, fields | set(_USER_ALWAYS))


def _medium(picture: Any, base: str) -> dict:
    full = {"media_key": picture.key, "type": "photo", "url": f"{base}/media/{picture.name}"}
    size = {"width": picture.width, "height": picture.height}
    return {**full, **size, **({"alt_text": picture.alt} if picture.alt else {})}


def _only(full: dict, fields: Iterable[str]) -> dict:
    return {name: value for name, value in full.items() if name in fields}
