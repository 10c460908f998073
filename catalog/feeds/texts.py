"""What single cells of a feed say: clean bounded text, links, colours, availability, numbers, dates."""

import html
import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from urllib.parse import quote, urlsplit

from catalog.feeds.rows import Availability, RowError

LONGEST_ID = 100
LONGEST_LINK = 2_000
MOST_IN_STOCK = 10_000_000

# Control characters, and those that turn or hide the text around them (bidi overrides and isolates, byte order mark,
# interlinear marks, noncharacters). Joiners, LRM and RLM stay: Persian, Indic scripts and emoji need them.
_HIDDEN = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff]"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--.{0,300}?-->", re.DOTALL)
_HEX = re.compile(r"#?([0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-zA-Z])")
_NOT_IN_LINKS = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")

_AVAILABILITY = {
    "instock": Availability.IN_STOCK, "available": Availability.IN_STOCK,
    "outofstock": Availability.OUT_OF_STOCK, "soldout": Availability.OUT_OF_STOCK,
    "unavailable": Availability.OUT_OF_STOCK, "discontinued": Availability.OUT_OF_STOCK,
    "limited": Availability.LIMITED, "limitedavailability": Availability.LIMITED, "lowstock": Availability.LIMITED,
    "preorder": Availability.PREORDER, "presale": Availability.PREORDER, "backorder": Availability.BACKORDER,
    # On show, but not to be taken away today: to a passer-by it is not in stock.
    "ondisplaytoorder": Availability.OUT_OF_STOCK, "madetoorder": Availability.BACKORDER,
}  # fmt: skip
_AVAILABILITY_AS_WRITTEN = {availability.value: availability for availability in Availability}


def quoted(text: str) -> str:
    """A text from outside within a reason: 40 characters of it, with all that is not printable escaped."""
    return repr(text if len(text) <= 40 else text[:39] + "\u2026")


def clean(text: str, limit: int) -> str:
    """A text on one line, composed (NFC), without hidden characters; cut with an ellipsis at `limit` characters."""
    if "&" in text:
        text = html.unescape(text)
    if not text.isprintable():
        text = _HIDDEN.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode()
    if "  " in text or not text.isprintable() or text != text.strip():
        text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "\u2026"


def prose(text: str, limit: int) -> str:
    """A description: as `clean`, and tags of HTML go."""
    return clean(_TAG.sub(" ", text) if "<" in text else text, limit)


def identifier(text: str, name: str) -> str:
    """An id as it stands, without the spaces around it. Raises RowError if there is none or it can't be an id."""
    text = text.strip()
    if not text:
        raise RowError(f"no {name}")
    if len(text) > LONGEST_ID:
        raise RowError(f"{name} {quoted(text)} is longer than {LONGEST_ID} characters")
    if not text.isprintable():
        raise RowError(f"{name} {quoted(text)} has characters that cannot be seen")
    return text


def link(text: str, name: str) -> str:
    """An http(s) address with everything beyond ASCII percent-encoded, or "". Raises RowError for any other link."""
    text = text.strip()
    if len(text) > LONGEST_LINK:
        raise RowError(f"{name} is longer than {LONGEST_LINK:,} characters")
    return _link(text, name) if text else ""


# Feeds repeat themselves from variant to variant, hence the caches; what goes in is bounded, for they are kept.
@lru_cache(maxsize=4096)
def _link(text: str, name: str) -> str:
    text = _NOT_IN_LINKS.sub(lambda found: quote(found[0].encode("utf-8", "replace"), safe=""), text)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise RowError(f"{name} {quoted(text)} is no http or https address")
    if parts.username is not None or parts.password is not None:
        raise RowError(f"{name} has a user name in it, which hides where it leads")
    if len(text) > LONGEST_LINK:
        raise RowError(f"{name} is longer than {LONGEST_LINK:,} characters")
    return text


def swatch(text: str) -> str | None:
    """A colour as #rrggbb: the first of a list, three digits or six; None for anything else, which is no reason to
    leave a row out.
    """
    found = _HEX.match(text.strip())
    if not found:
        return None
    digits = found[1].lower()
    return intern("#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits[:6]))


def availability(text: str) -> Availability:
    """The availability that a text names, in any of its usual spellings. Raises RowError."""
    if text in _AVAILABILITY_AS_WRITTEN:
        return _AVAILABILITY_AS_WRITTEN[text]
    key = re.sub(r"[^a-z]", "", text.strip().lower().rpartition("/")[2])
    if key not in _AVAILABILITY:
        raise RowError(f"availability {quoted(text)} is none of in_stock, out_of_stock, limited, preorder, backorder")
    return _AVAILABILITY[key]


def path(text: str) -> tuple[str, ...]:
    """A product type such as "Make-up > Lips > Lipstick" as its steps, ten at most."""
    return _path(text[:1_000])


@lru_cache(maxsize=4096)
def _path(text: str) -> tuple[str, ...]:
    steps = (clean(step, 100) for step in html.unescape(text).split(">"))
    return tuple(step for step in steps if step)[:10]


def quantity(text: str) -> int | None:
    """A count of pieces, None if nothing is said; below zero (sold more than counted) is zero. Raises RowError."""
    text = text.strip()
    if not text:
        return None
    if not re.fullmatch(r"[-+]?[0-9]{1,12}(?:[.,]0{1,6})?", text, re.ASCII):
        raise RowError(f"quantity {quoted(text)} is no whole number")
    count = int(re.split(r"[.,]", text)[0])
    if count > MOST_IN_STOCK:
        raise RowError(f"quantity {quoted(text)} is more than {MOST_IN_STOCK:,}")
    return max(count, 0)


def degrees(text: str, name: str, *, limit: int) -> float:
    """A coordinate in decimal degrees, between -limit and limit. Raises RowError."""
    text = text.strip().replace(",", ".").replace("\u2212", "-")
    if not text:
        raise RowError(f"no {name}")
    if not re.fullmatch(r"[-+]?[0-9]{1,3}(?:\.[0-9]{0,20})?", text):
        raise RowError(f"{name} {quoted(text)} is no number of degrees, such as 51.5152")
    if abs(value := float(text)) > limit:
        raise RowError(f"{name} {quoted(text)} is not between -{limit} and {limit}")
    return value


@lru_cache(maxsize=1024)
def span(text: str) -> tuple[datetime | None, datetime | None]:
    """The moments of "2026-11-01T00:00+0000/2026-11-30T23:59+0000", in UTC, which is also assumed if no offset is
    given; (None, None) for no text. Raises RowError.
    """
    if not text.strip():
        return None, None
    try:
        start, end = (_moment(part) for part in text.split("/"))
    except (ValueError, OverflowError):
        raise RowError(f"sale_price_effective_date {quoted(text)} is no pair of dates parted by a slash") from None
    if end <= start:
        raise RowError(f"sale_price_effective_date {quoted(text)} ends before it begins")
    return start, end


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
