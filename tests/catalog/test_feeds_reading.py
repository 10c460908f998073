"""Feeds as shops send them, read whole: what becomes a row, what is left out and why, which files are refused."""

import gzip
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.feeds.limits import Limits
from catalog.feeds.reading import read_inventory, read_products, read_stores
from catalog.feeds.rows import Availability, FeedError, Rejection
from catalog.money import Money

HEADER = "id\titem_group_id\ttitle\tprice\tavailability\tgtin\tlink\tsale_price\tsale_price_effective_date"
GOOD = "red-1\tred\tRed Lipstick\t14.50 GBP\tin stock\t9520000000011\thttps://shop.example/red\t\t"


def products(*lines: str, force: bool = True, **options):
    return read_products(io.BytesIO("\n".join(lines).encode()), force=force, **options)


def with_cells(**cells: str) -> str:
    names = HEADER.split("\t")
    values = dict(zip(names, GOOD.split("\t"), strict=True)) | {"id": "other"} | cells
    return "\t".join(values[name] for name in names)


def reasons(*lines: str) -> list[str]:
    return [rejection.reason for rejection in products(HEADER, *lines).rejections]


def test_a_row_becomes_a_clean_value():
    [row] = products(HEADER, GOOD).rows
    assert (row.line, row.id, row.item_group_id, row.title) == (2, "red-1", "red", "Red Lipstick")
    assert (row.price, row.sale_price, row.gtin) == (Money("GBP", 1450), None, "09520000000011")
    assert row.availability is Availability.IN_STOCK


def test_a_row_without_a_group_is_its_own_group_and_says_nothing_of_what_is_missing():
    [row] = products("id,title,price,availability", "a,T,1 GBP,in_stock").rows
    assert (row.item_group_id, row.gtin, row.link, row.brand, row.swatch_hex) == ("a", None, "", "", None)
    assert row.product_type == ()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"id": ""}, "no id"),
        ({"id": "x" * 101}, "longer than 100"),
        ({"id": "a\u202eb"}, "cannot be seen"),
        ({"title": " \u202e "}, "no title"),
        ({"price": ""}, "no price"),
        ({"price": "0.00 GBP"}, "no price"),
        ({"price": "14.50 ZZZ"}, "unknown currency 'ZZZ'"),
        ({"price": "-1 GBP"}, "negative"),
        ({"gtin": "9520000000012"}, "wrong check digit 2, expected 1"),
        ({"availability": ""}, "availability ''"),
        ({"availability": "perhaps"}, "availability 'perhaps'"),
        ({"link": "javascript:alert(1)"}, "no http or https address"),
        ({"link": "https://bank.example@evil.example/"}, "user name"),
        ({"link": "https:///nowhere"}, "no http or https"),
        ({"link": "http://[::1"}, "no http or https"),
        ({"sale_price": "20 GBP"}, "above the price"),
        ({"sale_price": "12 EUR"}, "another currency"),
        ({"sale_price_effective_date": "yesterday"}, "pair of dates"),
        ({"sale_price_effective_date": "2026-02-01T00:00Z/2026-01-01T00:00Z"}, "ends before"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_its_line_and_reason(cells, reason):
    reading = products(HEADER, GOOD, with_cells(**cells), with_cells(id="last"))
    [rejection] = reading.rejections
    assert rejection.line == 3
    assert reason in rejection.reason
    assert [row.id for row in reading.rows] == ["red-1", "last"]
    assert reading.total == 3


def test_the_first_of_two_rows_with_one_id_is_taken():
    reading = products(HEADER, GOOD, "", GOOD)
    assert [row.line for row in reading.rows] == [2]
    assert reading.rejections == [Rejection(4, "red-1", "duplicate id: the first, on line 2, is taken")]


def test_an_unusable_row_does_not_keep_its_id_from_a_usable_one():
    reading = products(HEADER, with_cells(id="red-1", price=""), GOOD)
    assert [row.line for row in reading.rows] == [3]


def test_a_sale_has_its_price_and_dates():
    when = "2026-11-01T00:00+0100/2026-11-30T23:59Z"
    [row] = products(HEADER, with_cells(sale_price="12.00 GBP", sale_price_effective_date=when)).rows
    assert row.sale_price == Money("GBP", 1200)
    assert row.sale_starts_at == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert row.sale_ends_at == datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


def test_a_sale_at_the_same_price_is_no_sale():
    assert products(HEADER, with_cells(sale_price="14.50 GBP")).rows[0].sale_price is None


def test_a_line_in_another_encoding_is_left_out_and_the_rest_goes_on():
    lines = [
        HEADER.encode(),
        GOOD.encode(),
        GOOD.replace("red-1", "r2").encode() + b"\xe9",
        b"\xff\xfe",
        b"r3" + GOOD[5:].encode(),
    ]
    reading = read_products(io.BytesIO(b"\r\n".join(lines)), force=True)
    assert [row.id for row in reading.rows] == ["red-1", "r3"]
    assert [(rejection.line, rejection.id) for rejection in reading.rejections] == [(3, "r2"), (4, None)]
    assert all("bad encoding" in rejection.reason for rejection in reading.rejections)


def test_a_line_that_is_too_long_is_left_out_with_the_limit():
    reading = products(HEADER, GOOD, with_cells(title="x" * 3000), with_cells(id="b"), limits=Limits(record=2000))
    assert [row.id for row in reading.rows] == ["red-1", "b"]
    assert reading.rejections == [Rejection(3, "other", "the line is too long: more than 2,000 bytes")]


def test_a_row_with_cells_too_many_or_too_few_is_left_out():
    assert all("columns where the first line has 9" in reason for reason in reasons(GOOD + "\tmore", "red-1\tred"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        (b"id\ttitle\tprice\n1\tx\t2 GBP", "column is missing: availability"),
        (b"name\tcost\n1\t2", "columns are missing: id, title, price, availability"),
        (b"\n<!DOCTYPE html><html><body>Sign in", "web page"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "web page"),
        (b'{"items": []}', "JSON"),
        (b"PK\x03\x04...", "Excel"),
        (b"%PDF-1.7", "PDF"),
        ("id\ttitle".encode("utf-16-le"), "UTF-16 without a mark"),
        (b"id\xff\ttitle\n", "bad encoding"),
        (b"id\t" + b"x" * 70_000, "too long"),
        (b"id\ttitle\tprice\tavailability\n", "no rows"),
        (gzip.compress(b"id\ttitle" * 1000, mtime=0)[:-20], "cut short"),
        (b"\x1f\x8b\x07garbage..........", "damaged"),
        (gzip.compress(f"{HEADER}\n{GOOD}".encode(), mtime=0)[:-8] + b"12345678", "damaged"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_whole_and_says_so(data, why):
    with pytest.raises(FeedError, match=why) as refused:
        read_products(io.BytesIO(data))
    assert "Nothing was changed" in refused.value.detail


def test_a_file_of_which_most_rows_are_unusable_is_refused_unless_forced():
    lines = [HEADER, GOOD, with_cells(price=""), with_cells(price="")]
    with pytest.raises(FeedError, match=r"2 of 3 rows .* no price \(2\)") as refused:
        products(*lines, force=False)
    assert [rejection.line for rejection in refused.value.rejections] == [3, 4]
    assert len(products(*lines, force=True).rows) == 1
    assert len(products(*lines[:3], force=False).rows) == 1


def test_a_bomb_is_refused_at_the_limit():
    bomb = gzip.compress(b"id\ttitle\tprice\tavailability\n" + b"\n" * 5_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(FeedError, match="more than 1 MiB when unpacked"):
        read_products(io.BytesIO(bomb), limits=Limits(unpacked=1024 * 1024))


def test_more_rows_than_fit_are_refused():
    with pytest.raises(FeedError, match="more than 2 rows"):
        products(HEADER, GOOD, GOOD, GOOD, limits=Limits(rows=2))
    with pytest.raises(FeedError, match="more than 10 lines"):
        products(HEADER, *[""] * 10, GOOD, limits=Limits(lines=10))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_encodings_and_packing_make_no_difference(tmp_path: Path, encoding, pack):
    text = "\r\n".join([HEADER, with_cells(title="Crème “Été” 💄 Sơn môi")]) + "\r\n"
    path = tmp_path / "feed"
    path.write_bytes(pack(text.encode(encoding)))
    [row] = read_products(path).rows
    assert row.title == "Crème “Été” 💄 Sơn môi"


def test_a_broken_place_in_utf_16_costs_its_line_alone():
    data = "\n".join([HEADER, GOOD, "X" + GOOD, "b" + GOOD]).encode("utf-16")
    data = data.replace("X".encode("utf-16-le"), b"\x00\xd8")
    reading = read_products(io.BytesIO(data))
    assert [row.id for row in reading.rows] == ["red-1", "bred-1"]
    assert reading.rejections[0].line == 3
    assert "bad encoding" in reading.rejections[0].reason


def test_progress_tells_the_bytes_done_of_all(tmp_path: Path):
    path = tmp_path / "feed.tsv"
    path.write_text("\n".join([HEADER, *(with_cells(id=f"p{number}") for number in range(5000))]))
    told: list[tuple[int, int | None]] = []
    assert len(read_products(path, progress=lambda done, total: told.append((done, total))).rows) == 5000
    size = path.stat().st_size
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert len(told) > 2


def test_a_file_handed_in_open_stays_open_and_a_missing_one_is_said_to_be():
    file = io.BytesIO("\n".join([HEADER, GOOD]).encode())
    read_products(file)
    assert not file.closed
    with pytest.raises(FeedError, match="cannot be opened"):
        read_products("/nowhere/feed.tsv")


def test_an_inventory_tells_what_a_store_has():
    text = """store_code,id,quantity,price,availability
1,red,3,14.50 GBP,in stock
1,blue,0,,in_stock
2,red,,"14,00 EUR",limited availability
2,blue,-2,,
3,red,5.0,,
3,blue,,,backorder
3,plum,2,,preorder
"""
    rows = read_inventory(io.BytesIO(text.encode())).rows
    assert [(row.store_code, row.id, row.quantity, row.availability.value) for row in rows] == [
        ("1", "red", 3, "in_stock"),
        ("1", "blue", 0, "out_of_stock"),
        ("2", "red", None, "limited"),
        ("2", "blue", 0, "out_of_stock"),
        ("3", "red", 5, "in_stock"),
        ("3", "blue", None, "out_of_stock"),
        ("3", "plum", 2, "out_of_stock"),
    ]
    assert [row.price for row in rows[:3]] == [Money("GBP", 1450), None, Money("EUR", 1400)]


def test_an_inventory_row_that_cannot_be_used_is_left_out():
    lines = [
        "store_code\tid\tquantity\tavailability",
        "1\tred\t3\t",
        "1\tred\t4\t",
        "1\tb\t\t",
        "1\tc\tmany\t",
        "\td\t1\t",
    ]
    reading = read_inventory(io.BytesIO("\n".join(lines).encode()), force=True)
    assert [rejection.line for rejection in reading.rejections] == [3, 4, 5, 6]
    assert [rejection.reason for rejection in reading.rejections] == [
        "duplicate store_code and id: the first, on line 2, is taken",
        "neither a quantity nor an availability",
        "quantity 'many' is no whole number",
        "no store_code",
    ]


def test_a_stores_file_tells_where_and_when():
    text = (
        "Store Code\tStore Name\taddress\tlat\tlng\tOpening Hours\ttimezone\n"
        "ox\tOxford Street\t1 Oxford Street, London\t51.5152\t-0.1419\tmon-sat 09:30-20:00\tEurope/London\n"
        "no\tNo hours\t\t51,5\t-0,1\t\tEurope/London\n"
        "a\tA\t\t0\t0\t\tEurope/London\n"
        "b\tB\t\t91\t0\t\tEurope/London\n"
        "c\tC\t\t51\t0\t\tEurope/Londn\n"
        "d\tD\t\t51\t0\tsometimes\tEurope/London\n"
    )
    reading = read_stores(io.BytesIO(text.encode()), force=True)
    assert [(row.store_code, row.name, row.latitude, row.longitude) for row in reading.rows] == [
        ("ox", "Oxford Street", 51.5152, -0.1419),
        ("no", "No hours", 51.5, -0.1),
    ]
    assert reading.rows[0].hours.as_document()["hours"]["mon"] == [["09:30", "20:00"]]
    assert reading.rows[1].hours is None
    assert [(rejection.line, rejection.id) for rejection in reading.rejections] == [
        (4, "a"),
        (5, "b"),
        (6, "c"),
        (7, "d"),
    ]
    assert "at sea" in reading.rejections[0].reason


CORPUS = Path(os.environ.get("VITRINE_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))


def test_a_large_feed_is_read_to_the_last_row():
    path = CORPUS / "catalogue" / "merchant_feed.tsv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there; set VITRINE_CORPORA")
    reading = read_products(path)
    assert (len(reading.rows), reading.rejections) == (47_480, [])
    assert len({row.item_group_id for row in reading.rows}) == 42_867
