"""The range of the demonstration house is whole, unique and says the truth about its colours."""

import math
import re
from itertools import groupby

import pytest

from catalog.demo.house import check_digit, products, variants
from catalog.demo.shades import SHADES

# OKLCH bounds of a family: lightness, chroma, hue in degrees (a span that passes 360 wraps).
FAMILIES = {
    "red": (0.38, 0.66, 0.13, 0.30, 10, 40), "burgundy": (0.20, 0.45, 0.05, 0.16, 0, 30),
    "pink": (0.50, 0.90, 0.03, 0.30, 335, 380), "coral": (0.65, 0.82, 0.10, 0.20, 20, 50),
    "orange": (0.58, 0.76, 0.13, 0.22, 35, 65), "rust": (0.38, 0.56, 0.09, 0.17, 28, 50),
    "brown": (0.24, 0.64, 0.02, 0.11, 25, 75), "nude": (0.54, 0.83, 0.03, 0.11, 20, 80),
    "beige": (0.70, 0.92, 0.02, 0.09, 50, 95), "yellow": (0.78, 0.95, 0.08, 0.20, 75, 110),
    "gold": (0.55, 0.80, 0.08, 0.16, 70, 95), "olive": (0.40, 0.65, 0.05, 0.13, 100, 130),
    "green": (0.35, 0.82, 0.05, 0.18, 115, 185), "teal": (0.40, 0.65, 0.05, 0.14, 185, 225),
    "blue": (0.35, 0.85, 0.04, 0.28, 240, 285), "navy": (0.18, 0.35, 0.03, 0.12, 250, 285),
    "purple": (0.30, 0.58, 0.10, 0.25, 295, 325), "lilac": (0.70, 0.90, 0.03, 0.14, 290, 315),
    "plum": (0.28, 0.48, 0.06, 0.14, 325, 360), "mauve": (0.50, 0.72, 0.03, 0.09, 325, 360),
    "grey": (0.40, 0.85, 0.00, 0.025, 0, 360), "silver": (0.75, 0.88, 0.00, 0.02, 0, 360),
    "black": (0.10, 0.25, 0.00, 0.02, 0, 360), "white": (0.94, 1.00, 0.00, 0.015, 0, 360),
    "cream": (0.88, 0.96, 0.02, 0.06, 70, 100),
}  # fmt: skip


def oklch(hex_: str) -> tuple[float, float, float]:
    """Björn Ottosson's OKLab, as lightness, chroma, hue in degrees."""
    srgb = [int(hex_[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in srgb)
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    b = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def test_the_range_has_about_sixty_products_and_two_hundred_and_fifty_variants():
    assert 50 <= len(products()) <= 65
    assert 235 <= len(variants()) <= 265


def test_ids_are_unique_short_and_plain():
    for ids in ([v.id for v in variants()], [p.id for p in products()], [p.number for p in products()]):
        assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]{3,50}", v.id) for v in variants())


def test_gtins_carry_prefix_952_and_a_right_check_digit():
    gtins = [v.gtin for v in variants() if v.gtin]
    assert len(set(gtins)) == len(gtins)
    assert all(re.fullmatch(r"952\d{10}", g) and int(g[-1]) == check_digit(g[:-1]) for g in gtins)
    assert 5 <= len(variants()) - len(gtins) <= 30
    assert check_digit("400638133393") == 1  # a published EAN example


@pytest.mark.parametrize("shade", SHADES.values(), ids=lambda s: s.name)
def test_a_stranger_would_call_the_shade_by_its_family(shade):
    low, high, dull, strong, from_, to = FAMILIES[shade.family]
    lightness, chroma, hue = oklch(shade.hex)
    assert low <= lightness <= high and dull <= chroma <= strong, (shade.hex, lightness, chroma)
    assert from_ <= hue <= to or from_ <= hue + 360 <= to, (shade.hex, hue)


def test_every_shade_of_the_book_is_used():
    assert {v.shade.name for v in variants()} == set(SHADES)


def test_texts_say_something_and_stay_within_the_limits_of_a_merchant_feed():
    for v in variants():
        assert 10 <= len(v.title) <= 150 and 60 <= len(v.description) <= 5000
        assert "\t" not in v.description and "!" not in v.description


def test_sizes_of_one_shade_share_one_picture():
    for _, group in groupby(variants(), key=lambda v: (v.product.id, v.shade.name)):
        assert len({v.picture for v in group}) == 1


def test_some_of_the_range_is_on_sale_and_no_sale_is_dearer():
    sales = [p for p in products() if p.sale_pence]
    assert 3 <= len(sales) <= 12 and all(0 < p.sale_pence < p.pence for p in sales)
