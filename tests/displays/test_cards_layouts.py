"""Layouts are a closed set with a revision: whoever changes how a card looks has to raise it, so that moderations reopen."""

from displays.cards.layouts import LAYOUTS, REVISION, TEMPLATES, digest

SEEN = {1: "c84edc243bb61b78277b52f24d5c7614e78ac567c3082e9aaa78382aa7bdec7c"}


def test_a_changed_layout_has_a_new_revision() -> None:
    assert SEEN.get(REVISION) == digest(), (
        "Templates or cards.css have changed. People approved cards that looked otherwise: raise REVISION in "
        f"displays/cards/layouts.py and add {REVISION + 1}: {digest()!r} here."
    )


def test_every_layout_has_a_template_and_no_template_is_idle() -> None:
    there = {file.stem for file in (TEMPLATES / "cards").glob("*.html") if not file.stem.startswith("_")}
    assert there == set(LAYOUTS)
