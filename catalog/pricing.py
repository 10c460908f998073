"""What a variant costs at a moment, and how an amount is written for people."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency

from catalog.models import Variant
from catalog.money import PriceError, minor_units

LOCALES = {"en": "en_GB", "vi": "vi_VN", "nb": "nb_NO"}


@dataclass(frozen=True)
class Price:
    """What is paid, and what was asked before where that was more; minor units of an ISO 4217 currency."""

    amount: int
    currency: str
    was: int | None = None


def price_at(variant: Variant, moment: datetime, *, in_store: int | None = None) -> Price:
    """The price at a moment: a store's own before the sale price while the sale lasts, before the plain one."""
    amount = in_store
    if amount is None:
        amount = variant.sale_price if _on_sale(variant, moment) else variant.price
    amount = variant.price if amount is None else amount
    return Price(amount, variant.currency, variant.price if amount < variant.price else None)


def _on_sale(variant: Variant, moment: datetime) -> bool:
    begun = variant.sale_from is None or variant.sale_from <= moment
    return variant.sale_price is not None and begun and (variant.sale_until is None or moment < variant.sale_until)


@lru_cache(maxsize=256)
def decimals(currency: str) -> int:
    """Digits behind the point of a currency's amounts; 0 for one that is not known."""
    try:
        return minor_units(currency)
    except PriceError:
        return 0


def written(amount: int, currency: str, language: str = "en") -> str:
    """An amount as the language's readers write it: "£24.00", "24,00 £", "24,00\u00a0kr"."""
    try:
        major = Decimal(amount).scaleb(-minor_units(currency))
    except PriceError:
        return f"{amount} {currency}"
    return format_currency(major, currency, locale=LOCALES.get(language, "en_GB"))
