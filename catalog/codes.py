"""The codes on a package and in a QR code: GTINs, GS1 Digital Link paths and scanned element strings.

Everything is compared and stored as a GTIN-14, digits with leading zeros, since one article carries the same number
as GTIN-8, 12, 13 or 14. Rules: GS1 General Specifications (check digit: section 7.9), GS1 Digital Link URI Syntax 1.2+.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from server.core.errors import BadInput

if TYPE_CHECKING:
    from biip import ParseResult

    from catalog.models import Variant

LONGEST_SCAN = 2_000
"""Characters. A QR code holds 4,296 at most; no code that leads to an article comes near this."""

_SEPARATORS = re.compile(r"[\s\-\u00a0\u2010-\u2013]")
_DIGITS = re.compile(r"[0-9]+")
_SPREADSHEET = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_LINK = re.compile(r"https?://|/", re.IGNORECASE)
_SCANNED_LINK = re.compile(r"^\][A-Za-z][0-9](https?://)", re.IGNORECASE)
_VARIANT_PATH = re.compile(r"(?:^|/)v/([^/]{1,300})/?$")


class CodeError(BadInput):
    """A code that cannot be a GTIN, or that carries none; says what is wrong with it."""

    title = "That is no product code"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned code points at: a GTIN-14, or the id of a variant. Exactly one of the two is set."""

    gtin: str | None = None
    variant: str | None = None


def parse_gtin(text: str) -> str:
    """The GTIN-14 of a GTIN-8, 12, 13 or 14; spaces and hyphens are ignored.

    Raises CodeError, with the digit that was expected where only the check digit is wrong. Restricted numbers (a
    shop's own, prefixes 02 and 20 to 29) pass: they are what that shop's scanner reads.
    """
    digits = _SEPARATORS.sub("", text)
    if not _DIGITS.fullmatch(digits):
        raise CodeError(_not_digits(digits))
    if len(digits) not in (8, 12, 13, 14):
        raise CodeError(f"GTIN {digits[:40]} has {len(digits)} digits; a GTIN has 8, 12, 13 or 14")
    if not digits.strip("0"):
        raise CodeError("a GTIN of zeros only")
    expected = _check_digit(digits[:-1])
    if expected != int(digits[-1]):
        raise CodeError(f"GTIN {digits}: wrong check digit {digits[-1]}, expected {expected}")
    return digits.zfill(14)


def digital_link(gtin: str) -> str:
    """The path of a GS1 Digital Link for a GTIN, such as "/01/09520000000011". Raises CodeError."""
    return f"/01/{parse_gtin(gtin)}"


def variant_path(variant: str) -> str:
    """The path that stands in for a Digital Link where a variant has no GTIN, such as "/v/red-5"."""
    return f"/v/{quote(variant, safe='')}"


def variant_address(variant: "Variant") -> str:
    """Where a variant's page is: a GS1 Digital Link where it has a GTIN, else by its own id."""
    return digital_link(variant.gtin) if variant.gtin else variant_path(variant.id)


def parse_digital_link(link: str) -> str:
    """The GTIN-14 in a Digital Link: an address, or its path alone, with any prefix before "/01/". Raises CodeError."""
    if len(link) > LONGEST_SCAN:
        raise CodeError("the link is too long to be a GS1 Digital Link")
    segments = [unquote(segment) for segment in _path(link).split("/")]
    for key, value in zip(segments, segments[1:], strict=False):
        if key in ("01", "gtin"):
            return parse_gtin(value)
    raise CodeError("the link holds no GTIN: a GS1 Digital Link has /01/ and the GTIN in its path")


def scan(text: str) -> Scan:
    """What a scanned code points at: a bar code, a GS1 element string (raw, with a symbology identifier, or as printed
    with brackets), a Digital Link, or Vitrine's own /v/<variant>. Raises CodeError for anything else.
    """
    text = _SCANNED_LINK.sub(r"\1", text.strip(" \t\r\n"))
    if not text or len(text) > LONGEST_SCAN:
        raise CodeError("there is no code in what was scanned")
    if _LINK.match(text):
        return _scanned_link(text)
    if text.startswith("(") and (printed := re.match(r"\(01\)\s*([0-9]{14})(?=\s*(?:\(|$))", text)):
        return Scan(gtin=parse_gtin(printed[1]))
    return Scan(gtin=_scanned_gtin(text))


def _not_digits(digits: str) -> str:
    if not digits:
        return "the GTIN is empty"
    if _SPREADSHEET.fullmatch(digits):
        return f"GTIN {digits!r} was rounded by a spreadsheet; format that column as text and export again"
    return f"GTIN {digits[:40]!r} has characters that are no digits"


def _path(link: str) -> str:
    try:
        return urlsplit(link).path
    except ValueError:
        raise CodeError("the link is not a valid address") from None


def _scanned_link(text: str) -> Scan:
    if own := _VARIANT_PATH.search(_path(text)):
        return Scan(variant=unquote(own[1]))
    return Scan(gtin=parse_digital_link(text))


def _scanned_gtin(text: str) -> str:
    plain = _SEPARATORS.sub("", text) if "\x1d" not in text else text
    if _DIGITS.fullmatch(plain) and len(plain) in (12, 13, 14):
        return parse_gtin(plain)
    import biip  # takes a tenth of a second to load, and no scanner speaks while the server starts

    # It reads element strings, symbology identifiers and UPC-E; hostile text gets more out of it than its own errors.
    try:
        read = biip.parse(text)
    except (biip.ParseError, biip.EncodeError, ValueError, LookupError, AssertionError):
        raise CodeError("what was scanned holds no GTIN") from None
    if read.gtin is not None:
        return parse_gtin(read.gtin.as_gtin_14())
    if read.upc is not None:
        return parse_gtin(read.upc.as_gtin_14())
    raise CodeError(_why_not(read, plain))


def _check_digit(digits: str) -> int:
    from biip.checksums import gs1_standard_check_digit

    return gs1_standard_check_digit(digits)


def _why_not(read: "ParseResult", plain: str) -> str:
    elements = read.gs1_message.element_strings if read.gs1_message else []
    codes = [element.value for element in elements if element.ai.ai in ("01", "02")]
    for code in [*codes, plain]:
        if _DIGITS.fullmatch(code) and len(code) in (8, 12, 13, 14):
            return f"GTIN {code}: wrong check digit {code[-1]}, expected {_check_digit(code[:-1])}"
    return "what was scanned holds no GTIN"
