"""No text that a stranger chose is calculated by the spreadsheet that opens it."""

import pytest

from server.core.spreadsheets import harmless, line


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1", "'=1"),
        ("  =1", "'  =1"),
        ("\u00a0\u3000+1", "'\u00a0\u3000+1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM(1)", "'＠SUM(1)"),
        ("\tx", "'\tx"),
        ("\nx", "'\nx"),
        ("\r=1", "'\r'=1"),
        ("a;=1", "a;'=1"),
        ("a; @b", "a; '@b"),
        ("a\t-1", "a\t'-1"),
        ("a\n=1", "a\n'=1"),
        (";=1;＝2", ";'=1;'＝2"),
    ],
)
def test_what_would_be_calculated_is_marked_as_text(cell: str, shown: str) -> None:
    assert harmless(cell) == shown


@pytest.mark.parametrize("cell", ["", "plum", "a=1", "one; two", "rouge–noir", "late-plum", None, -1, 1.5])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) == cell


def test_a_row_is_harmless_throughout() -> None:
    assert line(("a;=1", -1, None, "@x")) == "a;'=1,-1,,'@x\r\n"
