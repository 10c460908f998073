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

_BLANKS = " \t\r\n"
_SEPARATORS = re.compile(r"[\s\-\u00a0\u2010-\u2013]")
_DIGITS = re.compile(r"[0-9]+")
_SPREADSHEET = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_LINK = re.compile(r"https?:|/", re.IGNORECASE)
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_ELEMENTS_ONLY = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""Symbology identifiers of what holds GS1 element strings and nothing else (General Specifications, figure 5.1.2-2)."""
_EAN_8 = "]E4"
_PRINTED = re.compile(r"\(01\)\s*([0-9]{14})(?=\s*(?:\(|$))")
_FIRST_ELEMENT = re.compile(r"\x1d*0[12]([0-9]{14})")
_LONGEST_VARIANT = 300


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
    return _linked_gtin(_segments(link))


def scan(text: str) -> Scan:
    """What a scanned code points at: a bar code, a GS1 element string (raw, with a symbology identifier, or as printed
    with brackets), a Digital Link, or Vitrine's own /v/<variant>. Raises CodeError for anything else.

    Tablets read codes without asking anybody, in kiosk/web/tablet/codes.js: both understand the same.
    """
    text = text.strip(_BLANKS)
    named = _SYMBOLOGY.match(text)
    symbology = named[0] if named else ""
    text = text[len(symbology) :].strip(_BLANKS)
    if not text or len(text) > LONGEST_SCAN or text.startswith("]"):
        raise CodeError("there is no code in what was scanned")
    if _LINK.match(text):
        return _scanned_link(text)
    if printed := _PRINTED.match(text):
        return Scan(gtin=parse_gtin(printed[1]))
    return Scan(gtin=_scanned_gtin(text, symbology))


def _not_digits(digits: str) -> str:
    if not digits:
        return "the GTIN is empty"
    if _SPREADSHEET.fullmatch(digits):
        return f"GTIN {digits!r} was rounded by a spreadsheet; format that column as text and export again"
    return f"GTIN {digits[:40]!r} has characters that are no digits"


def _segments(link: str) -> list[str]:
    """The decoded segments of a link's path, without the slash that it may end with."""
    try:
        path = urlsplit(link).path.removesuffix("/")
        if not _MALFORMED.search(path):
            return [unquote(segment, errors="strict") for segment in path.split("/")]
    except ValueError:
        pass
    raise CodeError("the link is not a valid address")


def _linked_gtin(segments: list[str]) -> str:
    for key, value in zip(segments, segments[1:], strict=False):
        if key in ("01", "gtin"):
            return parse_gtin(value)
    raise CodeError("the link holds no GTIN: a GS1 Digital Link has /01/ and the GTIN in its path")


def _scanned_link(text: str) -> Scan:
    segments = _segments(text)
    if len(segments) > 1 and segments[-2] == "v" and 0 < len(segments[-1]) <= _LONGEST_VARIANT:
        return Scan(variant=segments[-1])
    return Scan(gtin=_linked_gtin(segments))


def _scanned_gtin(text: str, symbology: str) -> str:
    """Of a carton, which says what it holds (02), the GTIN of that."""
    if symbology in _ELEMENTS_ONLY:
        return _in_elements(f"]d2{text}")
    plain = _SEPARATORS.sub("", text)
    if not _DIGITS.fullmatch(plain) or "\x1d" in text:
        return _in_elements(text)
    if len(plain) in (12, 13, 14) or symbology == _EAN_8:
        return parse_gtin(plain)
    return _in_elements(plain)


def _in_elements(text: str) -> str:
    """What biip finds: in element strings, or in the 6 to 8 digits of a UPC-E or a GTIN-8."""
    if first := _FIRST_ELEMENT.match(text.removeprefix("]d2")):
        return parse_gtin(first[1])
    read = _parsed(text)
    elements = read.gs1_message.element_strings if read.gs1_message else []
    for gtin in (read.gtin, read.upc):
        if gtin is not None:
            return parse_gtin(gtin.as_gtin_14())
    for code in (*(element.value for element in elements if element.ai.ai in ("01", "02")), text):
        if _DIGITS.fullmatch(code) and len(code) in (8, 14):
            return parse_gtin(code)  # or says which digit is wrong
    raise CodeError("what was scanned holds no GTIN")


def _parsed(text: str) -> "ParseResult":
    import biip  # takes a tenth of a second to load, and no scanner speaks while the server starts

    # Whoever scans wants the article, however its date was printed; hostile text gets more out of it than its own errors.
    lenient = biip.ParseConfig(gs1_element_strings_verify_date=False)
    try:
        return biip.parse(text, config=lenient)
    except (biip.ParseError, biip.EncodeError, ValueError, LookupError, AssertionError):
        raise CodeError("what was scanned holds no GTIN") from None


def _check_digit(digits: str) -> int:
    from biip.checksums import gs1_standard_check_digit

    return gs1_standard_check_digit(digits)
