"""The files of the lexicon: what anybody may extend, and what a slip in them would break for everybody."""

import tomllib
from importlib import resources
from typing import Any

import pytest

from catalog.matching.lexicon import ANY, KINDS, LANGUAGES, built_in
from catalog.words import fold, plain


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("catalog.matching") / "lexicon" / f"{name}.toml").read_text("utf-8"))


FILES = {name: _read(name) | _read(f"guards/{name}") for name in (ANY, *LANGUAGES)}
CONCEPTS = _read("concepts")
OTHER_TABLES = {"version", "figure", "grammar", "words", "false_friends"}


@pytest.mark.parametrize("name", FILES)
def test_a_language_speaks_of_known_things_alone(name: str) -> None:
    for kind, concepts in FILES[name].items():
        if kind in OTHER_TABLES:
            continue
        assert kind in KINDS
        if kind in ("type", "colour", "part"):
            assert set(concepts) <= set(CONCEPTS[kind])
        if kind == "intent":
            assert set(concepts) <= {"wish", "have", "praise"}


@pytest.mark.parametrize("name", FILES)
def test_a_makers_name_is_the_key_by_which_the_catalogue_knows_it(name: str) -> None:
    assert [key for key in FILES[name].get("brand", {}) if plain(fold(key)) != key] == []


@pytest.mark.parametrize(
    "name", [name for name in LANGUAGES if name in ("en", "vi", "no", "fr", "es", "de", "pt", "ja")]
)
def test_the_eight_languages_name_whatever_is_sold_every_colour_and_what_silences(name: str) -> None:
    said = FILES[name]
    assert set(CONCEPTS["type"]) - set(said["type"]) - set(FILES[ANY]["type"]) <= {"shoe_care", "pouch"}
    assert set(CONCEPTS["colour"]) - set(said["colour"]) <= {"clear"}
    assert {"wish", "have", "praise"} <= set(said["intent"])
    assert {"negation", "praise", "complaint", "advert", "unsafe", "idiom", "elsewhere"} <= set(said["guard"])
    assert {"beauty", "fashion"} <= set(said["context"])
    assert {"size", "price"} <= set(said["figure"])


def test_every_wider_type_and_every_part_leads_to_a_type() -> None:
    lexicon = built_in()
    for name in lexicon.types:
        assert all(wider in lexicon.types for wider in lexicon.ancestry(name))
    assert set(lexicon.parts.values()) <= set(lexicon.types)


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_has_no_letters_is_of_no_language(name: str) -> None:
    words = [
        word.strip() for kind, concepts in FILES[name].items() if kind in KINDS
        for listed in concepts.values() for word in listed.split(",")
    ]  # fmt: skip
    assert [word for word in words if word and not any(letter.isalnum() for letter in word)] == []
