"""The figures of a post: a price that it names ("under £20", "25 €") and a size ("size 8", "Größe 42", "in M")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from catalog.matching.lexicon import Lexicon
from catalog.words import LONGEST, fold, plain

_SIGNS = {
    "£": "GBP", "quid": "GBP", "pounds": "GBP", "gbp": "GBP", "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR",
    "$": "USD", "dollars": "USD", "bucks": "USD", "usd": "USD", "kr": "NOK", "kroner": "NOK", "nok": "NOK", "r$": "BRL",
    "reais": "BRL", "brl": "BRL", "¥": "JPY", "円": "JPY", "jpy": "JPY", "₫": "VND", "đ": "VND", "vnd": "VND", "đồng": "VND",
}  # fmt: skip
_THOUSANDS = {"k": (1_000, ""), "tr": (1_000_000, "VND"), "triệu": (1_000_000, "VND"), "万": (10_000, "JPY")}
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_THOUSAND = "|".join(_THOUSANDS)
_PRICE = re.compile(
    rf"(?P<before>{_SIGN})\s?(?P<one>\d[\d.,]{{0,11}})(?!\w)|(?P<other>\d[\d.,]{{0,11}})\s?(?P<unit>{_THOUSAND})?\s?(?P<behind>{_SIGN})?(?:(?<=[円万])|(?![\w%]))",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?<![\w#@])(?P<size>XXS|XS|S|M|L|XL|XXL|XXXL|[2-5]XL)(?![\w'’])")
_NUMBERED = re.compile(r"(?P<size>\d{1,3}(?:[.,]5)?|[A-Za-z]{1,3})(?!\w)")
_LONGEST_WORD = 14
_MOST_NUMBERS = 60
"""Numbers of a post that are looked at for a price; a post with more is a list."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A price or size that a post names, with its place in the text. `amount` of a price is in whole units."""

    kind: str
    start: int
    end: int
    size: str = ""
    amount: float = 0.0
    currency: str = ""


def figures(text: str, lexicon: Lexicon) -> tuple[Figure, ...]:
    """The first price and the first size of a post; what may be a year, a time or a count is neither."""
    text = text[:LONGEST]
    first = (next(_prices(text, lexicon), None), next(_sizes(text, lexicon), None))
    return tuple(figure for figure in first if figure)


def size_key(size: str) -> str:
    """The key by which two spellings of a size are the same."""
    key = re.sub(r"[^0-9a-z.]", "", size.casefold().replace(",", "."))
    return re.sub(r"^(?:eu|uk|us|gr|size)", "", key)


def _prices(text: str, lexicon: Lexicon) -> Iterator[Figure]:
    for found in islice(_PRICE.finditer(text), _MOST_NUMBERS):
        sign = (found["before"] or found["behind"] or "").casefold()
        unit = (found["unit"] or "").casefold()
        if sign or unit and _limited(text, found.start(), lexicon):
            times, currency = _THOUSANDS.get(unit, (1, ""))
            amount = _amount(found["one"] or found["other"]) * times
            if amount > 0:
                end = found.start() + len(found[0].rstrip(".,"))
                yield Figure("price", found.start(), end, amount=amount, currency=_SIGNS.get(sign, currency))


def _sizes(text: str, lexicon: Lexicon) -> Iterator[Figure]:
    for found in re.finditer(r"[^\W\d_]{1,14}[.:]?\s{0,2}", text):
        named = _spelt(found[0]) in lexicon.figures["size"]
        size = _NUMBERED.match(text, found.end()) if named else None
        if size and size["size"].casefold() not in lexicon.everyday:
            yield Figure("size", found.start(), size.end(), size=size_key(size["size"]))
    for found in _LETTERS.finditer(text):
        if len(found["size"]) > 1:
            yield Figure("size", found.start(), found.end(), size=size_key(found["size"]))


def _limited(text: str, at: int, lexicon: Lexicon) -> bool:
    """Whether the last word before a place, the last two, or the last three say that a price comes."""
    words = plain(fold(text[max(0, at - 2 * _LONGEST_WORD) : at])).split()
    return any(" ".join(words[-count:]) in lexicon.figures["price"] for count in (1, 2, 3))


@lru_cache(maxsize=4096)
def _spelt(word: str) -> str:
    return plain(fold(word))


def _amount(digits: str) -> float:
    """A number as people write it: 1.200,50 and 1,200.50, 24,9 and 24.90."""
    digits = digits.rstrip(".,")
    decimal = re.search(r"[.,](\d{1,2})$", digits)
    whole = re.sub(r"\D", "", digits[: decimal.start()] if decimal else digits)
    return float(f"{whole or 0}.{decimal[1] if decimal else 0}")
