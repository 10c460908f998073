"""Delimited text: delimiters, names of columns, and quotation marks that are closed, stray or forgotten."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.feeds.headers import canonical
from catalog.feeds.limits import Limits
from catalog.feeds.tables import Table
from catalog.feeds.unpacking import Unpacked

KNOWN = frozenset({"id", "title", "price", "color", "item_group_id"})


def records(data: str | bytes) -> list[tuple[int, dict[str, str], bool]]:
    data = data.encode() if isinstance(data, str) else data
    with Unpacked(io.BytesIO(data), limits=Limits()) as unpacked:
        table = Table(unpacked, known=KNOWN, limits=Limits())
        return [(record.line, record.texts, bool(record.problem)) for record in table]


def titles(data: str) -> list[tuple[int, str, bool]]:
    return [(line, texts["title"], problem) for line, texts, problem in records(data)]


@pytest.mark.parametrize("sign", ["\t", ",", ";", "|"])
def test_the_delimiter_is_the_one_that_gives_known_columns(sign):
    header = sign.join(["id", "title", "price, with tax; or | without" if sign == "\t" else "price"])
    assert records(f"{header}\n" + sign.join(["1", "x", "2"]))[0][1]["title"] == "x"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("item group id", "item_group_id"),
        ("g:Item_Group-ID", "item_group_id"),
        ("\ufeffID", "id"),
        (" Colour ", "color"),
        ("EAN", "gtin"),
        ("shipping(price)", "shipping(price)"),
    ],
)
def test_columns_are_known_by_their_usual_spellings(written, meant):
    assert canonical(written) == meant


def test_a_column_spelt_right_outranks_an_alias_wherever_it_stands():
    assert records("sku,id,title\nS,I,T")[0][1]["id"] == "I"
    assert records("sku,title\nS,T")[0][1]["id"] == "S"


def test_quoted_cells_hold_delimiters_quotes_and_line_ends():
    assert titles('id,title\n1,"a, ""b""\nc"\n2,d') == [(2, 'a, "b"\nc', False), (4, "d", False)]


def test_a_quote_that_nothing_closes_costs_no_other_row():
    assert titles('id,title\n1,"5 inch heel\n2,b\n3,c') == [
        (2, '"5 inch heel', False),
        (3, "b", False),
        (4, "c", False),
    ]
    assert titles('id\ttitle\n1\t"5 inch\n2\tb"\n3\tc') == [(2, '"5 inch', False), (3, 'b"', False), (4, "c", False)]


def test_an_inch_mark_within_a_cell_is_a_sign_like_any_other():
    assert titles('id,title\n1,5" heel\n2,"x" y\n3,"ok"') == [
        (2, '5" heel', False),
        (3, '"x" y', False),
        (4, "ok", False),
    ]


def test_many_stray_quotes_are_read_in_reasonable_time():
    text = "id,title\n" + "".join(f'{number},"x\n' for number in range(20_000))
    assert len(titles(text)) == 20_000


def test_lines_of_blanks_are_no_rows():
    assert titles("\n\nid,title\n\n1,x\n , \n,\n2,y\n\n") == [(5, "x", False), (8, "y", False)]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=20)


@settings(deadline=None)
@given(st.lists(st.tuples(st.uuids().map(str), CELLS), min_size=1, max_size=20), st.sampled_from([",", ";", "|"]))
def test_what_a_csv_writer_writes_is_read_back_unchanged(rows, sign):
    file = io.StringIO()
    csv.writer(file, delimiter=sign, lineterminator="\n").writerows([("id", "title"), *rows])
    assert [(texts["id"], texts["title"]) for _, texts, _ in records(file.getvalue())] == rows


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"").replace(b'"', b"")), max_size=20))
def test_every_line_of_any_bytes_is_a_record_with_its_line(lines):
    found = records(b"\n".join([b"id\ttitle", *lines]))
    assert [line for line, _, _ in found] == [
        number for number, line in enumerate(lines, start=2) if line.decode(errors="replace").strip("\t \r")
    ]
