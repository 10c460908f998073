"""XML feeds: RSS, Atom and plain items, and documents that mean harm or are broken."""

import io

import pytest

from catalog.feeds.limits import Limits
from catalog.feeds.reading import read_inventory, read_products
from catalog.feeds.rows import FeedError

ITEM = """<item><g:id>{id}</g:id><title>From RSS</title><g:title>Red &amp; bold</g:title>
<link>https://shop.example/red?a=1&amp;b=2</link><g:price>14.50 GBP</g:price>
<g:shipping><g:country>GB</g:country><g:price>4.95 GBP</g:price></g:shipping>
<g:availability>in_stock</g:availability><g:product_type>Lips &gt; Lipstick</g:product_type>{more}</item>
"""


def rss(*items: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return (
        f'{start}\n<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>\n'
        f"{''.join(items)}</channel></rss>"
    )


def item(id: str = "red-1", more: str = "") -> str:
    return ITEM.format(id=id, more=more)


def read(text: str | bytes, **options):
    return read_products(io.BytesIO(text.encode() if isinstance(text, str) else text), **options)


def test_an_item_of_rss_is_a_row_and_what_is_nested_in_it_is_not_mixed_up():
    [row] = read(rss(item())).rows
    assert (row.line, row.id, row.title, str(row.price)) == (3, "red-1", "Red & bold", "14.50 GBP")
    assert row.product_type == ("Lips", "Lipstick")
    assert row.link == "https://shop.example/red?a=1&b=2"


def test_atom_and_plain_items_are_read_too():
    atom = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>x</title>
    <entry><g:id>a</g:id><title>T</title><link rel="self" href="https://no.example/"/><link href="https://yes.example/"/>
    <g:price>1 GBP</g:price><g:availability>in stock</g:availability></entry></feed>"""
    [row] = read(atom).rows
    assert (row.id, row.link) == ("a", "https://yes.example/")
    plain = "<products><product><ID>b</ID><title><![CDATA[<b>T</b>]]></title><price>1 GBP</price>\
<availability>in stock</availability></product></products>"
    assert read(plain).rows[0].id == "b"
    stock = "<x><item><store_code>1</store_code><id>a</id><quantity>2</quantity></item></x>"
    assert read_inventory(io.BytesIO(stock.encode())).rows[0].quantity == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_believed(encoding):
    text = rss(
        item(more="<g:color>Crème</g:color>"), start=f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    )
    assert read(text.encode(encoding)).rows[0].color == "Crème"


def test_an_item_in_another_encoding_is_left_out_and_the_rest_goes_on():
    text = rss(item("a"), item("b", "<g:color>Cr\u00e8me</g:color>"), item("c")).encode("iso-8859-1")
    reading = read(text)
    assert [row.id for row in reading.rows] == ["a", "c"]
    assert (reading.rejections[0].line, reading.rejections[0].id) == (7, "b")
    assert "bad encoding" in reading.rejections[0].reason


def test_an_item_that_is_too_long_is_left_out():
    reading = read(rss(item("a"), item("b", f"<description>{'x' * 5000}</description>")), limits=Limits(record=2000))
    assert [row.id for row in reading.rows] == ["a"]
    assert "too long: more than 2,000" in reading.rejections[0].reason


def test_control_characters_that_xml_forbids_are_blanks():
    assert read(rss(item(more="<g:color>A\x0bB</g:color>"))).rows[0].color == "A B"


def test_more_elements_than_a_feed_has_are_refused():
    with pytest.raises(FeedError, match="more elements"):
        read(rss(item()), limits=Limits(elements=8))


def test_items_on_one_line_are_told_apart():
    reading = read(rss(item("a"), item("b"), item("b")).replace("\n", " "), force=True)
    assert ([row.id for row in reading.rows], len(reading.rejections)) == (["a", "b"], 1)


BILLION = """<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>"""
OUTSIDE = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BILLION + rss(item("&b;"), start=""), "document type"),
        (OUTSIDE + rss(item("&a;"), start=""), "document type"),
        (rss(item())[:-30], "broken at line"),
        (rss(item("a&nbsp;b")), "broken at line 3"),
        (rss().replace("</rss>", "<a>" * 100), "deep"),
        ("<x " + "a" * 3_000_000, "too long"),
        (rss(), "no rows"),
        ("<", "broken"),
        (rss(item(), start='<?xml version="1.0" encoding="shift_jis"?>'), "shift_jis"),
    ],
)
def test_xml_that_is_broken_or_means_harm_is_refused_whole(text, why):
    with pytest.raises(FeedError, match=why) as refused:
        read(text)
    assert "Nothing was changed" in refused.value.detail
