"""Products are found as people type their names, and by what is the matter with them."""

import pytest

from catalog import importing, searching
from catalog.models import Image, Stock, Store, Variant
from catalog.searching import Search, folded
from server.core.clock import now
from server.core.database import Database
from tests import house
from tests.catalog.feeds_text import MADDER, PLUM, tsv


@pytest.fixture
async def house_of(database: Database, tmp_path) -> Database:
    """The small house, and two lipsticks from a feed, whose pictures wait."""
    async with database.transaction() as db:
        await house.catalogue(db)
    named = MADDER | {
        "item_group_id": "rouge",
        "id": "rouge-1",
        "title": "Rouge Été Crème",
        "brand": "Maison Ø",
        "color": "Ærlig Rød",
    }
    other = PLUM | {
        "item_group_id": "slip2",
        "id": "slip2-1",
        "title": "Petticoat",
        "product_type": "Fashion > Dresses > Slips",
    }
    await importing.import_feed(database, "products", tsv(tmp_path, named, other))
    async with database.transaction() as db:
        for variant in ("stain-madder", "stain-plum", "slip-ink"):
            (await db.get_one(Variant, variant)).withdrawn_at = None
    return database


async def found(database: Database, **wanted: object) -> list[str]:
    async with database.snapshot() as db:
        products, all_found = await searching.page(db, Search(**wanted), start=0, size=50)
        assert all_found.total == len(products)
        assert not all_found.partly or wanted.get("words")
        return [product.id for product in products]


async def test_words_are_found_in_any_case_and_with_or_without_accents(house_of: Database) -> None:
    for words in ("rouge ete", "ROUGE ÉTÉ", "creme rouge", "maison o", "aerlig"):
        assert await found(house_of, words=words) == ["rouge"], words
    assert (await found(house_of, words="rod"))[0] == "rouge"


async def test_all_words_count_and_what_has_most_of_them_is_found_where_nothing_has_all(house_of: Database) -> None:
    assert await found(house_of, words="lips") == ["rouge", "stain"], "not what is within a word: slips"
    assert (await found(house_of, words="velvet lipstick"))[0] == "stain"
    async with house_of.snapshot() as db:
        whole = await searching.find(db, Search(words="house dress"), latest=True)
        partly = await searching.find(db, Search(words="chartreuse lipstick"))
        neither = await searching.find(db, Search(words="wholly unheard"))
    assert (whole.page(0, 9), whole.partly) == (["slip", "slip2"], False)
    assert (set(partly.page(0, 9)), partly.partly) == ({"stain", "rouge"}, True)
    assert (neither.total, neither.partly) == (0, False)


async def test_a_variant_id_or_a_gtin_leads_to_its_product(house_of: Database) -> None:
    assert await found(house_of, words="rouge-1") == ["rouge"]
    assert await found(house_of, words=" 9520000000011 ") == ["rouge"] == await found(house_of, words="952 0000 000011")
    assert await found(house_of, words="slip") == ["slip", "slip2"]


async def test_signs_of_the_database_are_letters_like_others(house_of: Database) -> None:
    for words in ("%", "_", "100%", "\\", "'; DROP TABLE product; --", "*"):
        assert await found(house_of, words=words) == [], words


async def test_filters_narrow_what_is_found(house_of: Database) -> None:
    assert await found(house_of, brand="Maison Ø") == ["rouge"]
    assert await found(house_of, type="Fashion > Dresses") == ["slip", "slip2"]
    assert await found(house_of, type="Fashion > Dress") == []
    assert await found(house_of, stock="in") == ["slip", "stain"]
    assert await found(house_of, stock="out") == ["slip2", "rouge"]


async def test_pictures_that_are_missing_or_refused_are_found(house_of: Database) -> None:
    assert len(await found(house_of, picture="missing")) == 4
    async with house_of.transaction() as db:
        (await db.get_one(Image, (await db.get_one(Variant, "rouge-1")).image_id)).state = "refused"
        (await db.get_one(Image, (await db.get_one(Variant, "slip2-1")).image_id)).state = "ready"
    assert await found(house_of, picture="refused") == ["rouge"]
    assert "slip2" not in await found(house_of, picture="missing")


async def test_what_was_withdrawn_is_found_when_it_is_asked_for(house_of: Database) -> None:
    async with house_of.transaction() as db:
        (await db.get_one(Variant, "rouge-1")).withdrawn_at = now()
    assert "rouge" not in await found(house_of)
    assert await found(house_of, withdrawn=True) == ["rouge"]


async def test_a_closed_store_holds_nothing(house_of: Database) -> None:
    async with house_of.transaction() as db:
        db.add(Store(id="SHUT", name="Shut", latitude=1, longitude=1, time_zone="UTC", hours={}, withdrawn_at=now()))
        await db.flush()
        db.add(Stock(variant_id="rouge-1", store_id="SHUT", quantity=3, availability="in_stock", as_of=now()))
    assert "rouge" not in await found(house_of, stock="in")


async def test_what_narrows_a_search_is_counted_each_beside_the_other_filters(house_of: Database) -> None:
    async with house_of.snapshot() as db:
        everything = await searching.choices(db, Search())
        chosen = await searching.choices(db, Search(brand="House", type="Fashion", stock="in"))
        red = await searching.choices(db, Search(words="lipstick red"))
    assert list(everything.brands.items()) == [("House", 3), ("Maison Ø", 1)]
    assert everything.types["Fashion"] == 2 and everything.types["Fashion > Dresses > Slips"] == 1
    assert dict(chosen.brands) == {"House": 1}
    assert dict(chosen.types) == {
        "Beauty": 1,
        "Beauty > Lips": 1,
        "Beauty > Lips > Lipstick": 1,
        "Fashion": 1,
        "Fashion > Dresses": 1,
    }
    assert red.colours["red"] == (2, "#8e1c2b")


def test_folding_keeps_letters_and_figures_alone() -> None:
    assert folded("  Đồng-Khởi, Crème №5 ") == "dong khoi creme no5"
