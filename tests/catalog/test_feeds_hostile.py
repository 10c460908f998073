"""Any bytes at all: a reader answers with rows and rejections, or refuses the file, and nothing else ever."""

import gzip
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.feeds.limits import Limits
from catalog.feeds.reading import read_inventory, read_products, read_stores
from catalog.feeds.rows import FeedError

STARTS = [
    b"",
    b"id\ttitle\tprice\tavailability\tlink\tgtin\tsale_price\tsale_price_effective_date\tproduct_type\tswatch_hex\n",
    b"id,title,price,availability\n",
    b"store_code,id,quantity,price,availability\n",
    b"store_code\tname\tlatitude\tlongitude\ttime_zone\thours\n",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbfid\ttitle\tprice\tavailability\n",
    "id\ttitle\tprice\tavailability\n".encode("utf-16"),
    b"\x1f\x8b",
    b"<rss><channel><item>",
    b'<?xml version="1.0"?><products><item><id>1</id><title>',
]
PIECES = [
    b"\t", b"\n", b",", b'"', b"\r\n", b"1", b"a", b"x y", b"14.50 GBP", b"in stock", b"9520000000011", b"51.5",
    b"-0.1", b"Europe/London", b"mon-sat 09:30-20:00", b"\xff", b"\xd8\x00", b"\0",
    b"</title>", b"</item>", b"<item>", b"<price>",
    b"&amp;", b"&x;", b"]]>", b"https://a.example/", "\u202e\U0001f484".encode(),
]  # fmt: skip
FEEDS = st.builds(
    lambda start, pieces, packed: (gzip.compress if packed else bytes)(start + b"".join(pieces)),
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=60),
    st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(FEEDS | st.binary(max_size=300), st.sampled_from([read_products, read_inventory, read_stores]))
def test_any_bytes_are_read_or_refused(data, read):
    try:
        reading = read(io.BytesIO(data), force=True, limits=Limits(record=200))
    except FeedError as refused:
        assert "Nothing was changed" in refused.detail
        return
    lines = [row.line for row in (*reading.rows, *reading.rejections)]
    assert all(line >= 1 for line in lines)
    assert all(rejection.reason.isprintable() for rejection in reading.rejections)
    assert reading.total == len(lines)


CELLS = st.text(st.characters(exclude_characters='\t\n\r"', exclude_categories=["Cs"]), max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6).map("\t".join), max_size=15)


@settings(deadline=None)
@given(ROWS)
def test_every_row_of_data_is_a_row_or_left_out_with_its_line(rows):
    data = "\n".join(["id\ttitle\tprice\tavailability", *rows]).encode()
    reading = read_products(io.BytesIO(data), force=True)
    lines = sorted(row.line for row in (*reading.rows, *reading.rejections))
    assert lines == [number for number, row in enumerate(rows, start=2) if row.strip("\t ")]
