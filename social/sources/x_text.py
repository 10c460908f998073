"""The text of an X post as a person reads it: entities resolved, escapes undone, nothing that a database refuses.

X escapes `&`, `<` and `>` and counts an entity's offsets in code points of the escaped text (measured; bytes and UTF-16
units are both wrong), so addresses are replaced first and the text is unescaped last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from social import hashtags

_ESCAPE = re.compile(r"&(amp|lt|gt);")
_ESCAPED = {"amp": "&", "lt": "<", "gt": ">"}
# NUL stops PostgreSQL, half a surrogate pair stops UTF-8, the other controls have no business in a post.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MEDIA_HOSTS = ("pic.x.com/", "pic.twitter.com/")
_MOST_ENTITIES = 200
_LONGEST_ADDRESS = 1_990
"""Bytes. Columns take 2,000 characters, PostgreSQL's index 2,700 bytes, and an avatar's grows when it is asked for larger."""


@dataclass(frozen=True)
class Read:
    """A text in plain characters, and what its entities said: tags without sign, addresses that it links to."""

    text: str
    hashtags: tuple[str, ...]
    links: tuple[str, ...]


def read(text: str, entities: dict | None, *, quoted: frozenset[str] = frozenset()) -> Read:
    """Resolve `entities` into X's escaped `text`.

    Addresses of the post's own pictures and of the posts it quotes (`quoted`: their ids) go, as they do on X; others
    are shown as X shows them. An entity that does not fit the text is ignored. Without hashtag entities, the tags are
    read from the text.
    """
    text = printable(text)
    pieces, links, end = [], [], 0
    for start, stop, url in _urls(text, entities or {}):
        pieces += [text[end:start], _shown(url, quoted)]
        end = stop
        if not _is_media(url) and (link := web_address(url.get("unwound_url") or url.get("expanded_url"))):
            links.append(link)
    plain = unescape("".join([*pieces, text[end:]])).strip()
    return Read(plain, _hashtags(text, entities), tuple(dict.fromkeys(links)))


def printable(text: str) -> str:
    """The same number of characters, so that offsets hold, with those that cannot be stored or shown replaced."""
    return _UNPRINTABLE.sub("\ufffd", text)


def unescape(text: str) -> str:
    """Undo the three escapes that X makes, once: a `&amp;lt;` that somebody wrote as `&lt;` stays what they wrote."""
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], text)


def web_address(value: object) -> str | None:
    """The value if it is an http or https address of ordinary length, else None."""
    if not isinstance(value, str) or not value.isprintable() or " " in value or len(value.encode()) > _LONGEST_ADDRESS:
        return None
    return value if value.startswith(("https://", "http://")) else None


def _urls(text: str, entities: dict) -> Iterator[tuple[int, int, dict]]:
    """The url entities that stand where they say, in order, none over another."""
    urls = [url for url in objects(entities.get("urls")) if _fits(text, url)]
    end = 0
    for url in sorted(urls, key=lambda url: url["start"]):
        if url["start"] >= end:
            end = url["end"]
            yield url["start"], url["end"], url


def _fits(text: str, url: dict) -> bool:
    start, end = url.get("start"), url.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return False
    return isinstance(url.get("url"), str) and text[start:end] == url["url"]


def _shown(url: dict, quoted: frozenset[str]) -> str:
    expanded, shown = url.get("expanded_url"), url.get("display_url")
    if _is_media(url) or (isinstance(expanded, str) and expanded.partition("?")[0].rpartition("/status/")[2] in quoted):
        return ""
    return printable(shown)[:100] if isinstance(shown, str) and shown else url["url"]


def _is_media(url: dict) -> bool:
    shown = url.get("display_url")
    return "media_key" in url or (isinstance(shown, str) and shown.startswith(_MEDIA_HOSTS))


def _hashtags(text: str, entities: dict | None) -> tuple[str, ...]:
    listed = (entities or {}).get("hashtags")
    if not isinstance(listed, list):
        return tuple(hashtags.extract(unescape(text))[:_MOST_ENTITIES])
    tags = (item.get("tag") for item in objects(listed))
    return tuple(printable(tag) for tag in tags if isinstance(tag, str) and 0 < len(tag) <= 280)


def objects(value: object) -> list[dict]:
    """The objects of a JSON list, at most 200 of them; none if it is not a list."""
    return [item for item in value[:_MOST_ENTITIES] if isinstance(item, dict)] if isinstance(value, list) else []
