"""The three feeds of the demonstration house can be read by any importer."""

import csv
import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from catalog.demo.feeds import INVENTORY_COLUMNS, PRODUCT_COLUMNS, STORE_COLUMNS, write_feeds
from catalog.demo.house import variants
from catalog.demo.stores import STORES, quantity
from catalog.feeds import reading

SPANS = r"(closed|\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*)"
DAY = "(mon|tue|wed|thu|fri|sat|sun)"


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    paths = write_feeds(tmp_path_factory.mktemp("feeds"))
    return [list(csv.DictReader(p.open(encoding="utf-8", newline=""), delimiter="\t")) for p in paths]


def test_the_files_have_their_columns_and_every_row_is_full_width(feeds):
    for rows, columns in zip(feeds, (PRODUCT_COLUMNS, INVENTORY_COLUMNS, STORE_COLUMNS), strict=True):
        assert tuple(rows[0]) == columns
        assert all(None not in row and None not in row.values() for row in rows)


def test_products_carry_prices_links_and_swatches(feeds):
    for row in feeds[0]:
        assert re.fullmatch(r"\d+\.\d\d GBP", row["price"])
        assert re.fullmatch(r"(\d+\.\d\d GBP)?", row["sale_price"])
        assert row["link"].startswith("https://alkanetrow.example/") and row["image_link"].endswith(".png")
        assert re.fullmatch(r"#[0-9A-F]{6}", row["swatch_hex"])
        assert row["availability"] in ("in_stock", "out_of_stock")


def test_inventory_names_every_variant_in_every_store_once(feeds):
    keys = [(row["store_code"], row["id"]) for row in feeds[1]]
    assert len(set(keys)) == len(keys) == len(variants()) * len(STORES)


def test_stock_is_varied_and_every_variant_is_somewhere():
    counts = [quantity(v, s) for v in variants() for s in STORES]
    assert 0.1 < sum(c == 0 for c in counts) / len(counts) < 0.3
    assert 0.15 < sum(0 < c <= 3 for c in counts) / len(counts) < 0.4
    assert all(any(quantity(v, s) for s in STORES) for v in variants())


def test_hours_are_in_the_one_text_form_and_cover_the_week(feeds):
    for row in feeds[2]:
        ZoneInfo(row["time_zone"])
        parts = row["hours"].split("; ")
        form = re.compile(rf"({DAY}|{DAY}-{DAY}|\d{{4}}-\d\d-\d\d) {SPANS}")
        assert all(form.fullmatch(part) for part in parts), row["hours"]
        assert any(part.startswith("2026-12-25 ") for part in parts)
        [date.fromisoformat(part.split()[0]) for part in parts if part[0].isdigit()]


def test_the_same_bytes_are_written_every_time(tmp_path):
    first, second = (write_feeds(tmp_path / name) for name in "ab")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_importer_takes_every_row_and_leaves_none_out(tmp_path):
    products, inventory, stores = write_feeds(tmp_path)
    for read, path, count in (
        (reading.read_products, products, len(variants())),
        (reading.read_inventory, inventory, len(variants()) * len(STORES)),
        (reading.read_stores, stores, len(STORES)),
    ):
        found = read(path)
        assert (len(found.rows), found.rejections) == (count, [])
