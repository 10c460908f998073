"""Prices: text as feeds write it ("14.50 GBP", "EUR 14,50") to whole minor units with an ISO 4217 code, and back."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from sys import intern

from babel.core import get_global

from server.core.errors import BadInput

LARGEST = 2**53 - 1
"""Minor units. The largest that JSON readers keep exactly; a database column for it needs 64 bits."""

# fmt: off
# ISO 4217, table A.1, where it is not 2. Babel's own digits are CLDR's habits of display (0 for RSD or AMD), which are
# not what an amount is counted in.
_WHOLE = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
)
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
# fmt: on
_MINOR_UNITS = dict.fromkeys(_WHOLE, 0) | dict.fromkeys(_THOUSANDTHS, 3)
_GONE_BEFORE = 2024
"""A currency that was replaced before this year is not a currency of a price; one just replaced is still written."""

LONGEST = 80
"""Characters. What is longer is no price, and must not fill the cache of `parse`."""

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CODE_FIRST = re.compile(r"([A-Za-z]{3}) ?([-+\u2212]?[0-9][^A-Za-z]*)")
_CODE_LAST = re.compile(r"([-+\u2212]?[0-9][^A-Za-z]*?) ?([A-Za-z]{3})")
_NUMBER = re.compile(r"[0-9]{1,3}(?P<s>[.,' \u2019])[0-9]{2,3}(?:(?P=s)[0-9]{2,3})*|[0-9]+")


class PriceError(BadInput):
    """A text that is no price; says why."""

    title = "That is no price"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of whole minor units (pence, cents, yen) of a currency, never negative."""

    currency: str
    amount: int

    def __str__(self) -> str:
        """As feeds write it: "14.50 GBP", "1200 JPY". `parse` reads it back unchanged."""
        exponent = minor_units(self.currency)
        digits = str(self.amount).zfill(exponent + 1)
        whole, part = (digits[:-exponent], "." + digits[-exponent:]) if exponent else (digits, "")
        return f"{whole}{part} {self.currency}"


def minor_units(currency: str) -> int:
    """How many decimals a currency has in ISO 4217: GBP 2, JPY 0, KWD 3. Raises PriceError for an unknown code."""
    if currency not in currencies():
        raise PriceError(f"unknown currency {currency!r}; write a code of ISO 4217, such as GBP")
    return _MINOR_UNITS.get(currency, 2)


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes in which something can be sold: those that are, or were until lately, legal tender."""
    spans = (span for territory in get_global("territory_currencies").values() for span in territory)
    return frozenset(code for code, _, end, tender in spans if tender and (end is None or end[0] >= _GONE_BEFORE))


@lru_cache(maxsize=4096)
def parse(text: str) -> Money:
    """The price in a text: an amount and an ISO 4217 code, in either order.

    A point or a comma is read as decimals or as a mark of thousands where that is certain ("1,234.50", "14,50",
    "1 234.00"); where it is not ("14.500 EUR"), it is refused rather than guessed. Raises PriceError.
    """
    if len(text) > LONGEST:
        raise PriceError(f"{text[:40]!r} and what follows is no price; write it as 14.50 GBP")
    text = _SPACES.sub(" ", text.strip())
    if not text:
        raise PriceError("no price")
    number, currency = _apart(text)
    exponent = minor_units(currency)
    amount = _minor(number, exponent=exponent, text=text)
    if amount > LARGEST:
        raise PriceError(f"the price {text[:40]!r} is too large")
    return Money(intern(currency), amount)


def _apart(text: str) -> tuple[str, str]:
    if match := _CODE_LAST.fullmatch(text):
        number, code = match.groups()
    elif match := _CODE_FIRST.fullmatch(text):
        code, number = match.groups()
    else:
        raise PriceError(_unreadable(text))
    if number[0] in "-\u2212":
        raise PriceError(f"the price {text[:40]!r} is negative")
    return number.lstrip("+").strip(), code.upper()


def _unreadable(text: str) -> str:
    if not any(sign.isdigit() for sign in text):
        return f"no price: {text[:40]!r} has no amount"
    if re.fullmatch(r"[-+]?[0-9][0-9., ']*", text):
        return f"the price {text[:40]!r} has no currency; write it as 14.50 GBP"
    if re.search(r"[A-Za-z]{4,}|[^\W\d_A-Za-z]", text):
        return f"{text[:40]!r} is no price; write it as 14.50 GBP"
    return f"unknown currency in {text[:40]!r}; write a code of ISO 4217, as in 14.50 GBP"


def _minor(number: str, *, exponent: int, text: str) -> int:
    whole, decimals = _split(number, exponent=exponent, text=text)
    grouped = _NUMBER.fullmatch(whole)
    if not grouped or len(whole) > 40 or (grouped["s"] and len(whole.rsplit(grouped["s"], 1)[1]) != 3):
        raise PriceError(f"the amount in {text[:40]!r} cannot be read; write it as 14.50 GBP")
    digits = re.sub(r"[^0-9]", "", whole)
    if len(decimals) > exponent:
        decimals = _fewer(decimals, exponent=exponent, text=text)
    return int(digits) * 10**exponent + int(decimals.ljust(exponent, "0") or 0)


def _split(number: str, *, exponent: int, text: str) -> tuple[str, str]:
    """The whole part, with its marks of thousands, and the decimals."""
    marks = [sign for sign in number if sign in ".,"]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return number, ""
    whole, _, decimals = number.rpartition(marks[-1])
    if marks[-1] == "," and len(marks) == 1 and len(decimals) == 3:
        if exponent == 3:
            raise PriceError(f"{text[:40]!r} can be read in two ways; write a point before the decimals")
        return number, ""
    if not decimals.isascii() or (decimals and not decimals.isdecimal()):
        raise PriceError(f"the amount in {text[:40]!r} cannot be read; write it as 14.50 GBP")
    return whole, decimals


def _fewer(decimals: str, *, exponent: int, text: str) -> str:
    """Cut zeros that say nothing ("1200.00 JPY"); three of them may as well be thousands, and are refused."""
    if decimals[exponent:].strip("0") or len(decimals) == 3:
        allowed = f"{exponent} decimals" if exponent else "no decimals"
        raise PriceError(f"the price {text[:40]!r} has more decimals than its currency, which has {allowed}")
    return decimals[:exponent]
