import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.money import LARGEST, Money, PriceError, currencies, minor_units, parse

MONEY = st.builds(Money, st.sampled_from(sorted(currencies())), st.integers(0, LARGEST))


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("14.50 GBP", "GBP", 1450),
        ("GBP 14.50", "GBP", 1450),
        ("gbp14.5", "GBP", 1450),
        ("14,50 EUR", "EUR", 1450),
        ("14 EUR", "EUR", 1400),
        ("1 234.00 SEK", "SEK", 123400),
        ("1\u202f234,50\u00a0EUR", "EUR", 123450),
        ("1,234.50 USD", "USD", 123450),
        ("1.234,50 EUR", "EUR", 123450),
        ("1'234.50 CHF", "CHF", 123450),
        ("1,234 USD", "USD", 123400),
        ("1,00,000.00 INR", "INR", 10000000),
        ("1.234.567 IDR", "IDR", 123456700),
        ("1 000 000 VND", "VND", 1000000),
        ("1,200 JPY", "JPY", 1200),
        ("1200.00 JPY", "JPY", 1200),
        ("1.234 KWD", "KWD", 1234),
        ("0 GBP", "GBP", 0),
    ],
)
def test_a_price_is_read_in_minor_units_of_its_currency(text, currency, amount):
    assert parse(text) == Money(currency, amount)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no price"),
        ("  ", "no price"),
        ("free", "no amount"),
        ("GBP", "no amount"),
        ("14.50", "has no currency"),
        ("£14.50", "unknown currency"),
        ("14.50 XXX", "unknown currency 'XXX'"),
        ("14.50 DEM", "unknown currency 'DEM'"),
        ("14.50 EURO", "is no price"),
        ("-3.00 GBP", "negative"),
        ("GBP \u22123.00", "negative"),
        ("14.505 GBP", "more decimals than its currency, which has 2"),
        ("14.5 JPY", "more decimals than its currency, which has no decimals"),
        ("14.500 EUR", "more decimals"),
        ("1,234 KWD", "two ways"),
        ("1.2.3 GBP", "cannot be read"),
        ("12 34.5 GBP", "cannot be read"),
        ("9" * 60 + " GBP", "cannot be read"),
        ("9" * 20 + " GBP", "too large"),
        ("1." + "0" * 100 + " GBP", "is no price"),
    ],
)
def test_what_is_no_price_is_refused_with_its_reason(text, why):
    with pytest.raises(PriceError, match=why):
        parse(text)


def test_minor_units_are_those_of_iso_4217_not_habits_of_display():
    assert [minor_units(code) for code in ("GBP", "JPY", "KWD", "RSD", "HUF", "IQD", "ISK")] == [2, 0, 3, 2, 2, 3, 0]


@settings(deadline=None)
@given(MONEY)
@example(Money("JPY", 0))
@example(Money("KWD", 5))
def test_money_written_as_text_is_read_back_unchanged(money):
    assert parse(str(money)) == money
    assert parse(f"{money.currency} {str(money).split()[0]}") == money


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"[-+]?[0-9][0-9., ']{0,12} ?(GBP|JPY|KWD)", fullmatch=True)))
def test_any_text_is_a_price_or_refused(text):
    try:
        money = parse(text)
    except PriceError as refused:
        assert refused.detail
    else:
        assert 0 <= money.amount <= LARGEST
