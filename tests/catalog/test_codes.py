import pytest
from biip.checksums import gs1_standard_check_digit
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.codes import CodeError, Scan, digital_link, parse_digital_link, parse_gtin, scan, variant_path

DIGITS = st.text("0123456789", min_size=1, max_size=13).filter(lambda digits: digits.strip("0"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("9520000000011", "09520000000011"),
        ("09520000000011", "09520000000011"),
        ("952-0000-00001 1", "09520000000011"),
        ("042100005264", "00042100005264"),
        ("95012346", "00000095012346"),
    ],
)
def test_every_length_of_gtin_becomes_one_key(text, key):
    assert parse_gtin(text) == key


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9520000000012", "wrong check digit 2, expected 1"),
        ("952000000001", "wrong check digit 1, expected 2"),
        ("", "empty"),
        ("12345", "has 5 digits"),
        ("9.52E+12", "spreadsheet"),
        ("95200000A0011", "no digits"),
        ("٩٥٢٠٠٠٠٠٠٠٠١١", "no digits"),
        ("0000000000000", "zeros"),
    ],
)
def test_what_is_no_gtin_is_refused_with_its_reason(text, why):
    with pytest.raises(CodeError, match=why):
        parse_gtin(text)


@settings(deadline=None)
@given(st.sampled_from((7, 11, 12, 13)).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)))
def test_any_digits_with_their_check_digit_are_a_gtin_and_only_with_it(payload):
    right = gs1_standard_check_digit(payload)
    if not payload.strip("0"):
        return
    assert parse_gtin(f"{payload}{right}") == f"{payload}{right}".zfill(14)
    with pytest.raises(CodeError, match=f"expected {right}"):
        parse_gtin(f"{payload}{(right + 1) % 10}")


def test_a_digital_link_is_built_and_read_back():
    assert digital_link("9520000000011") == "/01/09520000000011"
    assert parse_digital_link("/01/09520000000011") == "09520000000011"
    assert (
        parse_digital_link("https://shop.example/some/prefix/01/9520000000011/10/LOT?s=4&17=261231") == "09520000000011"
    )


@pytest.mark.parametrize("link", ["/v/3", "https://[", "/01", "/01/", "/01/123", "x" * 3000])
def test_a_link_without_a_valid_gtin_is_refused(link):
    with pytest.raises(CodeError):
        parse_digital_link(link)


@pytest.mark.parametrize(
    "text",
    [
        "9520000000011",
        "]E09520000000011",
        "0109520000000011",
        "(01)09520000000011(10)AB/12",
        "]C10109520000000011",
        "]d2010952000000001110A/B\x1d2112",
        "https://id.gs1.org/01/09520000000011",
        "]Q1https://id.gs1.org/01/09520000000011?x=1",
    ],
)
def test_all_ways_to_print_a_gtin_scan_to_it(text):
    assert scan(text) == Scan(gtin="09520000000011")


def test_a_upc_e_scans_to_the_number_it_shortens():
    assert scan("04252614") == Scan(gtin="00042100005264")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_our_own_variant_links_scan_to_the_variant(variant):
    assert scan("https://vitrine.example" + variant_path(variant)) == Scan(variant=variant)


def test_a_misread_code_says_which_digit_was_expected():
    for text in ("9520000000017", "]C10109520000000017", "(01)09520000000017"):
        with pytest.raises(CodeError, match="expected 1"):
            scan(text)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.text("01234567890()]CdEQ\x1d/", max_size=40), DIGITS))
def test_any_scan_is_understood_or_refused(text):
    try:
        found = scan(text)
    except CodeError as refused:
        assert refused.detail
    else:
        assert (found.gtin is None) != (found.variant is None)
