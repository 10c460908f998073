import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import vendor
from server.core.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[2]
installed = pytest.mark.skipif(not (ROOT / "node_modules" / "htmx.org").is_dir(), reason="node_modules: run make setup")


def fontsource(root: Path, package: str, **sheets: str) -> None:
    """A package as npm leaves it: a sheet for each weight, and the files that the sheets name."""
    folder = root / "node_modules" / "@fontsource" / package
    (folder / "files").mkdir(parents=True)
    (root / "node_modules" / "htmx.org" / "dist").mkdir(parents=True, exist_ok=True)
    (root / "node_modules" / "htmx.org" / "dist" / "htmx.min.js").write_text("")
    for name in vendor.LIT:
        path = root / "node_modules" / "lit-html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    for name, text in sheets.items():
        (folder / (name.removeprefix("w").replace("_", "-") + ".css")).write_text(text)
        for file in re.findall(r"files/([\w.-]+)\)", text):
            (folder / "files" / file).write_bytes(b"woff2")


def face(file: str, *, weight: int = 400, style: str = "normal", ranges: str = "U+0-7F", family: str = "Plain") -> str:
    return (
        f"/* {file} */\n@font-face {{\n  font-family: '{family}';\n  font-style: {style};\n  font-display: swap;\n"
        f"  font-weight: {weight};\n  src: url(./files/{file}.woff2) format('woff2'), url(./files/{file}.woff) "
        f"format('woff');\n  unicode-range: {ranges};\n}}\n"
    )


def test_served_are_htmx_lit_html_and_the_useful_weights(tmp_path):
    fontsource(
        tmp_path,
        "plain",
        w400=face("plain-latin-400-normal"),
        w400_italic=face("plain-latin-400-italic", style="italic"),
        w700=face("plain-latin-700-normal", weight=700),
        w900=face("plain-latin-900-normal", weight=900),
    )
    assert sorted(vendor.files(tmp_path)) == [
        "fonts/plain-latin-400-italic.woff2",
        "fonts/plain-latin-400-normal.woff2",
        "fonts/plain-latin-700-normal.woff2",
        "htmx.min.js",
        *sorted(f"lit-html/{name}" for name in vendor.LIT),
    ]
    assert all(path.is_file() for path in vendor.files(tmp_path).values())


def test_a_face_knows_its_family_weight_style_and_characters(tmp_path):
    fontsource(tmp_path, "plain", w400=face("plain-latin-400-normal", ranges="U+0000-00FF, U+20AC,U+4??"))
    (only,) = vendor.font_faces(tmp_path)
    assert (only.file, only.family, only.weight, only.style) == ("plain-latin-400-normal.woff2", "Plain", 400, "normal")
    assert only.ranges == ((0, 0xFF), (0x20AC, 0x20AC), (0x400, 0x4FF))
    assert only.covers(ord("€")) and not only.covers(ord("あ"))


def test_a_script_in_very_many_files_comes_in_two_weights_and_not_to_phones(tmp_path):
    def sheet(weight: int) -> str:
        return "".join(face(f"large-{n}-{weight}-normal", weight=weight, family="Large") for n in range(60))

    fontsource(tmp_path, "large", w400=sheet(400), w500=sheet(500), w700=sheet(700))
    fontsource(tmp_path, "plain", w500=face("plain-latin-500-normal", weight=500))
    assert {one.weight for one in vendor.font_faces(tmp_path) if one.family == "Large"} == {400, 700}
    assert "Large" in vendor.stylesheets(tmp_path)["fonts.css"]
    assert "Large" not in vendor.stylesheets(tmp_path)["fonts-light.css"]
    assert "Plain" in vendor.stylesheets(tmp_path)["fonts-light.css"]


def test_the_style_sheet_names_served_files_by_relative_address(tmp_path):
    fontsource(tmp_path, "plain", w400=face("plain-latin-400-normal", ranges="U+0000-00FF,U+20AC"))
    assert vendor.stylesheets(tmp_path)["fonts.css"] == (
        "@font-face{font-family:'Plain';font-style:normal;font-weight:400;font-display:swap;"
        "src:url(fonts/plain-latin-400-normal.woff2) format('woff2');unicode-range:U+0-FF,U+20AC}\n"
    )


def test_a_text_needs_the_files_with_its_characters_from_the_first_family_that_has_them(tmp_path):
    fontsource(
        tmp_path,
        "plain",
        w400=face("plain-latin-400-normal") + face("plain-greek-400-normal", ranges="U+370-3FF"),
        w600=face("plain-latin-600-normal", weight=600),
    )
    fontsource(tmp_path, "wide", w400=face("wide-all-400-normal", ranges="U+0-FFFF", family="Wide"))
    faces = vendor.font_faces(tmp_path)

    def needed(text: str, **how: object) -> tuple[str, ...]:
        return vendor.needed(faces, text, families=["Plain", "Wide"], **how)

    assert needed("abc") == ("plain-latin-400-normal.woff2",)
    assert needed("abc α") == ("plain-latin-400-normal.woff2", "plain-greek-400-normal.woff2")
    assert needed("abc あ") == ("plain-latin-400-normal.woff2", "wide-all-400-normal.woff2")
    assert needed("abc", weights=(400, 700)) == ("plain-latin-400-normal.woff2", "plain-latin-600-normal.woff2")
    assert needed("abc", style="italic") == ("plain-latin-400-normal.woff2",), "the browser slants the upright"
    assert needed("") == ()


@pytest.mark.parametrize(
    ("asked", "held", "taken"),
    [(500, {400, 700}, 400), (600, {400, 700}, 700), (400, {500, 300}, 500), (450, {300, 700}, 300), (900, {400}, 400)],
)
def test_a_missing_weight_is_stood_in_for_as_browsers_do(asked, held, taken):
    assert vendor.nearest(asked, held) == taken


def test_without_node_modules_it_says_what_to_run(tmp_path):
    with pytest.raises(Misconfigured, match="make setup"):
        vendor.files(tmp_path)


def test_a_lost_file_is_named(tmp_path):
    fontsource(tmp_path, "plain", w400=face("plain-latin-400-normal"))
    (tmp_path / "node_modules/@fontsource/plain/files/plain-latin-400-normal.woff2").unlink()
    with pytest.raises(Misconfigured, match="plain-latin-400-normal.woff2 is missing"):
        vendor.files(tmp_path)


def test_a_style_sheet_of_another_form_is_refused_not_skipped(tmp_path):
    fontsource(tmp_path, "plain", w400="@font-face { font-family: 'Plain'; src: url(https://elsewhere/x.woff2); }")
    with pytest.raises(Misconfigured, match="plain"):
        vendor.font_faces(tmp_path)


@given(st.lists(st.tuples(st.integers(0, 0x10FFFF), st.integers(0, 0x10FFFF)).map(sorted).map(tuple), min_size=1))
def test_ranges_survive_writing_and_reading(ranges):
    assert vendor._ranges(vendor._range_text(ranges)) == tuple(ranges)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair))), max_size=12),
    st.integers(0, 90),
)
def test_a_face_has_what_any_of_its_ranges_has_in_whatever_order_they_come(ranges, character):
    face = vendor.FontFace("f.woff2", "plain", "Plain", 400, "normal", tuple(ranges))
    assert face.covers(character) == any(first <= character <= last for first, last in ranges)


@installed
def test_every_shipped_script_is_set_by_a_shipped_typeface():
    families = sorted({one.family for one in vendor.font_faces(ROOT)})
    for sample in (
        "Straße",
        "Tiếng Việt",
        "blåbær",
        "リップ唇",
        "립스틱",
        "口红",
        "مرحبا",
        "שלום",
        "ลิปสติก",
        "लिपस्टिक",
        "помада",
    ):
        missing = [c for c in sample if not vendor.needed(vendor.font_faces(ROOT), c, families=families)]
        assert not missing, sample


@installed
def test_shipped_files_exist_once_and_the_sheet_for_phones_is_small():
    names = [one.file for one in vendor.font_faces(ROOT)]
    assert len(names) == len(set(names))
    assert sum(name.startswith("fonts/") for name in vendor.files(ROOT)) == len(names)
    assert len(vendor.stylesheets(ROOT)["fonts-light.css"]) < 120_000
