"""Prices and sizes that posts name."""

import pytest

from catalog.matching import figures as module
from catalog.matching.figures import figures, size_key
from catalog.matching.lexicon import built_in
from catalog.words import fold


def found(text: str, kind: str):
    return next((one for one in figures(text, built_in()) if one.kind == kind), None)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("a dress under £20 please", 20, "GBP"),
        ("gern unter 50 Euro", 50, "EUR"),
        ("moins de 1.200,50 €", 1200.5, "EUR"),
        ("tầm 2tr thôi ạ", 2_000_000, "VND"),
        ("maks 499 kr", 499, "NOK"),
        ("até R$ 80", 80, "BRL"),
        ("5000円以下で", 5000, "JPY"),
        ("ten quid? no: 10 quid", 10, "GBP"),
    ],
)
def test_a_price_is_read_in_any_of_the_languages(text: str, amount: float, currency: str) -> None:
    price = found(text, "price")
    assert (price.amount, price.currency) == (amount, currency)
    assert any(digit.isdigit() for digit in text[price.start : price.end])


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("size 8 boots", "8"),
        ("Größe 42", "42"),
        ("taille 38", "38"),
        ("talla M", "m"),
        ("in XL", "xl"),
        ("str. 38", "38"),
    ],
)
def test_a_size_is_read_in_any_of_the_languages(text: str, size: str) -> None:
    assert found(text, "size").size == size


@pytest.mark.parametrize("text", ["2026 was fun", "at 10:42", "100% cotton", "#10", "3 stripes", "s.oliver", "£", "20"])
def test_a_year_a_time_and_a_count_are_neither(text: str) -> None:
    assert figures(text, built_in()) == ()


def test_two_spellings_of_a_size_are_the_same() -> None:
    assert size_key("EU 38,5") == size_key("38.5") and size_key(" XL ") == size_key("xl")


@pytest.mark.parametrize("hostile", ["1 " * 2000, "1k " * 2000, "a1 " * 2000, "so " * 2000])
def test_a_post_of_numbers_without_end_is_read_for_a_moment_alone(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(module, "fold", lambda words: read.append(words) or fold(words))
    figures(hostile, built_in())
    assert len(read) < 100
