"""What people type leads to what they mean: with slips, endings, beginnings, in other languages, best first. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search.index import Filters, Index
from catalog.search.meanings import built_in
from catalog.search.spelling import Vocabulary
from catalog.search.table import Document
from catalog.search.typing import stem, terms

LIPS, DRESS, NAILS = "Beauty > Lips > Lipstick", "Fashion > Dresses", "Beauty > Nails > Nail polish"


def one(variant: str, title: str, path: str = LIPS, **more: object) -> Document:
    return Document(variant=variant, product=variant.partition("-")[0], title=title, path=path, **more)


HOUSE = [
    one("stain-1", "Velvet Lip Stain", colour="Phone Box", swatch="#c21f2e", brand="L'Oréal"),
    one("stain-2", "Velvet Lip Stain", colour="Damson", swatch="#4d1f3d", brand="L'Oréal"),
    one("matte-1", "Matte Lipstick", colour="Pure Red", swatch="#d01020", brand="Nyx"),
    one("shirt-1", "Lipstick Print T-shirt", "Fashion > T-shirts", colour="White", brand="Nyx"),
    one("gown-1", "Printed Evening Gown", DRESS, colour="Navy Blue"),
    one("polish-1", "Nail Lacquer", NAILS, colour="Ballet", swatch="#e88aa8", brand="Maison Ø"),
    one("old-1", "Velvet Lipstick", sold=False),
]
INDEX = Index(HOUSE)


def found(words: str, **filters: object) -> list[str]:
    return INDEX.find(words, Filters(**filters)).page(0, 50)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lipsticks", "matte"), ("lipstik", "matte"), ("lisptick", "matte"), ("lipst", "matte"), ("lip stick", "matte"),
        ("loreal", "stain"), ("L'OREAL", "stain"), ("l’oréal", "stain"), ("velvte", "stain"), ("tshirt", "shirt"),
        ("t-shirt", "shirt"), ("prints gown", "gown"), ("redlipstick", "matte"), ("leppestift", "matte"),
        ("leppest", "matte"), ("son môi", "matte"), ("son moi", "matte"), ("neglelakk rosa", "polish"),
        ("đầm", "gown"), ("口紅", "matte"), ("damson", "stain"), ("marineblå kjole", "gown"), ("maison o", "polish"),
        ("rouge à lèvres", "matte"), ("a lipstick for me", "matte"),
    ],
)  # fmt: skip
def test_whatever_is_typed_what_is_meant_is_found(typed: str, meant: str) -> None:
    assert meant in found(typed)[:2], typed


def test_a_thing_of_the_kind_comes_before_one_that_only_bears_the_word() -> None:
    assert found("lipstick") == ["matte", "stain", "shirt"], "the stain is one, though it never says so"
    assert found("red lipstick")[0] == "matte"


def test_a_colour_is_found_whatever_its_shade_is_called_and_by_the_right_variant() -> None:
    result = INDEX.find("red lip stain")
    fits = result.fits(0, 1)
    assert result.page(0, 1) == ["stain"]
    assert list(fits) == ["stain-1"], "the other shade is a plum"


def test_a_colour_far_from_every_centre_is_found_by_its_plain_word() -> None:
    index = Index(
        [
            one("slip-1", "Slip", DRESS, colour="Bottle Bank", swatch="#12503a"),
            one("slip-2", "Slip", DRESS, colour="Bus"),
        ]
    )
    assert list(index.find("green dress").fits(0, 1)) == ["slip-1"]
    assert "green" in built_in().said((DRESS, ""), "Bottle Bank", "#12503a", ("en",))
    assert "lips" not in built_in().said((DRESS, ""), "Chalk", "#c9967f", ("en",)), "my lips but better"


def test_a_word_with_its_accents_is_not_the_english_word_without_them() -> None:
    index = Index([*HOUSE, one("do-1", "Do It Mascara", "Beauty > Eyes > Mascara")])
    assert index.find("do").page(0, 1) == ["do"]
    assert index.find("đỏ").page(0, 2) == ["stain", "matte"] or index.find("đỏ").page(0, 2) == ["matte", "stain"]


def test_no_word_is_found_within_another_nor_where_a_slip_would_make_anything_of_it() -> None:
    assert found("vet") == [] == found("own") == found("xyz")


def test_where_nothing_has_all_words_what_has_most_is_found_and_said() -> None:
    whole, partly, none = INDEX.find("velvet lip"), INDEX.find("velvet lip chartreuse"), INDEX.find("qwertz uiop")
    assert (whole.page(0, 1), whole.partly) == (["stain"], False)
    assert (partly.page(0, 1), partly.partly) == (["stain"], True)
    assert (none.total, none.partly) == (0, False)


def test_filters_are_asked_of_one_variant_and_counted_each_beside_the_others() -> None:
    assert found("", type="Beauty") == ["matte", "polish", "stain"]
    assert found("", type="Lipstick") == ["matte", "stain"], "a last step will do"
    assert found("", brand="L'Oréal", colour="purple") == ["stain"]
    assert found("", type="Beau") == found("", brand="Nobody") == found("", colour="no colour") == []
    assert found("", withdrawn=True) == ["old"]
    assert found("", colour="blue") == ["gown"], "the name of its colour tells, where it has no swatch"
    counts = INDEX.choices("", Filters(brand="Nyx", type="Beauty"))
    assert counts["types"] == {
        "Beauty": 1,
        "Beauty > Lips": 1,
        "Beauty > Lips > Lipstick": 1,
        "Fashion": 1,
        "Fashion > T-shirts": 1,
    }
    assert counts["brands"] == {"L'Oréal": 1, "Nyx": 1, "Maison Ø": 1}
    assert counts["colours"] == {"red": 1}


def test_an_index_with_a_change_worked_in_finds_what_one_made_anew_finds() -> None:
    after = [
        *HOUSE[2:],
        one("stain-1", "Satin Lip Stain", colour="Phone Box", swatch="#c21f2e"),
        one("new-1", "Kajal", "Eyes"),
    ]
    changed, anew = INDEX.changed([after[-2], after[-1]], {"stain", "new"}), Index(after)
    for words in ("", "satin", "velvet", "damson", "kajal", "lip", "red", "lipstick", "loreal"):
        one_way, other = changed.find(words), anew.find(words)
        assert one_way.page(0, 50) == other.page(0, 50), words
        assert one_way.fits(0, 50) == other.fits(0, 50), words
    again = changed.changed([after[-2]], {"stain"})
    assert len(again.table.products) == len(anew.table.products), "nothing is kept of what was changed"
    assert sorted(again.table.values["path"]) == sorted(anew.table.values["path"])
    assert INDEX.find("satin").total == 0, "the index before is as it was"
    assert INDEX.changed([], {"stain"}).find("velvet").page(0, 9) == []
    assert len(Index([])) == 0 and Index([]).find("lipstick").total == 0 and not Index([]).choices("")["types"]


@given(st.text(max_size=40))
def test_whatever_is_typed_is_looked_for_and_found_alike_again(words: str) -> None:
    first = INDEX.find(words)
    INDEX.wording.term.cache_clear()
    again = INDEX.find(words)
    assert first.page(0, 50) == again.page(0, 50) and first.fits(0, 50) == again.fits(0, 50)


@pytest.mark.parametrize(
    "hostile", ["e" + "\u0301" * 100_000, "\u202elips\u202c" * 9_000, "#" * 25_000, "a " * 50_000, "lip" * 30_000]
)
def test_hostile_text_is_read_as_far_as_people_type(hostile: str) -> None:
    assert INDEX.find(hostile).total <= len(HOUSE)
    assert len(terms(hostile)) <= 8


def test_nobody_who_searches_waits_while_a_feeds_many_types_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index([*HOUSE, *(one(f"own{n}-1", "Thing", f"Things > Thing {n}") for n in range(200))])
    read: list[object] = []
    monkeypatch.setattr(type(index.meanings), "types", lambda self, path: read.append(path) or frozenset())
    assert index.find("lipsticks").page(0, 1) == ["matte"] and read == []


def test_a_stem_takes_endings_and_leaves_words() -> None:
    for one_word, other in (
        ("dresses", "dress"),
        ("watches", "watch"),
        ("printed", "prints"),
        ("accessories", "accessory"),
        ("shoes", "shoe"),
    ):
        assert stem(one_word) == stem(other), one_word
    for word in ("bus", "dress", "ring", "red", "iris", "string"):
        assert stem(word) == word


def slow(one_word: str, other: str) -> int:
    """The textbook's distance, two letters in the wrong order counting one."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one_word, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one_word[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(
    st.text("abcde", min_size=4, max_size=10),
    st.lists(st.text("abcde", min_size=1, max_size=11), min_size=1, max_size=20),
)
def test_words_a_slip_away_are_those_that_the_textbook_finds(typed: str, words: list[str]) -> None:
    words = sorted(set(words))
    allowed = 1 if len(typed) < 8 else 2
    expected = {word for word in words if (d := slow(typed, word)) <= allowed and (d < 2 or word[0] == typed[0])}
    assert {words[place] for place, _ in Vocabulary(words).near(typed, False)} == expected
