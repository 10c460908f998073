"""Which files of node_modules are served under vendor/, and what the shipped typefaces can set.

The typefaces come as @fontsource packages: a style sheet for each weight, which says for each woff2 file (a *face*)
what characters are in it. From these come the style sheets that pages load, and the list of files that a text needs.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from server.core.errors import Misconfigured

# Weights that cards and pages set. Scripts of thousands of signs come in a hundred files a weight: two weights are
# enough for them, and the browser takes the nearer one.
WEIGHTS = (400, 500, 600, 700)
WEIGHTS_OF_LARGE_SCRIPTS = (400, 700)
LARGE = 50  # files a weight
LIT = (
    "lit-html.js", "directive.js", "directive-helpers.js",
    *(f"directives/{name}.js" for name in ("class-map", "guard", "if-defined", "keyed", "live", "ref", "repeat")),
    "async-directive.js",
)  # fmt: skip
LAST = 0x10FFFF

_FACE = re.compile(r"@font-face\s*\{(.*?)\}", re.DOTALL)
_PROPERTY = re.compile(r"([\w-]+):\s*([^;]+);")
_WOFF2 = re.compile(r"url\(\./files/([\w.-]+\.woff2)\)")


@dataclass(frozen=True)
class FontFace:
    """A woff2 file: one weight and style of a family, for the characters in `ranges` (first to last, included)."""

    file: str
    package: str
    family: str
    weight: int
    style: str
    ranges: tuple[tuple[int, int], ...]

    def covers(self, character: int) -> bool:
        """Whether the code point is in this file."""
        # Asked of hundreds of files for every ideograph that a stranger writes: never range by range.
        at = bisect_right(self._in_order, (character, LAST)) - 1
        return at >= 0 and character <= self._in_order[at][1]

    @cached_property
    def _in_order(self) -> list[tuple[int, int]]:
        """The ranges sorted, those that overlap as one."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(self.ranges):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged


@lru_cache(maxsize=4)
def files(root: Path) -> dict[str, Path]:
    """Name under vendor/ to file, for all that is served of node_modules; raises Misconfigured when it is not there."""
    modules = _modules(root)
    served = {"htmx.min.js": modules / "htmx.org" / "dist" / "htmx.min.js"}
    served |= {f"lit-html/{name}": modules / "lit-html" / name for name in LIT}
    for face in font_faces(root):
        served[f"fonts/{face.file}"] = modules / "@fontsource" / face.package / "files" / face.file
    missing = next((path for path in served.values() if not path.is_file()), None)
    if missing:
        raise Misconfigured(f"{missing.relative_to(root)} is missing; remove node_modules and run: make setup")
    return served


@lru_cache(maxsize=4)
def font_faces(root: Path) -> tuple[FontFace, ...]:
    """Every face that is served, in the order of the packages' style sheets; raises Misconfigured without them."""
    packages = sorted(path for path in (_modules(root) / "@fontsource").iterdir() if path.is_dir())
    return tuple(face for package in packages for face in _of_package(package))


@lru_cache(maxsize=4)
def stylesheets(root: Path) -> dict[str, str]:
    """Name under vendor/ to CSS: `fonts.css` for every script, `fonts-light.css` (an eighth of it) for phones.

    Addresses are relative to the style sheet, so that the digest in its path is theirs too.
    """
    faces = font_faces(root)
    count = Counter((face.package, face.weight, face.style) for face in faces)
    light = [face for face in faces if count[face.package, face.weight, face.style] <= LARGE]
    return {"fonts.css": "".join(map(_rule, faces)), "fonts-light.css": "".join(map(_rule, light))}


def needed(
    faces: Iterable[FontFace],
    text: str,
    *,
    families: Iterable[str],
    weights: Iterable[int] = (400,),
    style: str = "normal",
) -> tuple[str, ...]:
    """File names that a browser loads to set `text` in the first of `families` that has each character."""
    shelf = list(faces)
    left = {ord(character) for character in text}
    names: list[str] = []
    for family in families:
        own = [face for face in shelf if face.family == family]
        own = [face for face in own if face.style == style] or own  # without an italic, the browser slants the upright
        held = {nearest(weight, {face.weight for face in own}) for weight in weights} if own else set()
        used = [face for face in own if face.weight in held and any(map(face.covers, left))]
        names += [face.file for face in used]
        left = {character for character in left if not any(face.covers(character) for face in used)}
    return tuple(dict.fromkeys(names))


def nearest(weight: int, held: Iterable[int]) -> int:
    """The weight that a browser takes for `weight` out of those held (CSS Fonts 4, section 5.2)."""

    def rank(candidate: int) -> tuple[int, int]:
        away = abs(candidate - weight)
        if 400 <= weight <= 500:
            return (0 if weight <= candidate <= 500 else 1 if candidate < weight else 2), away
        return (0 if (candidate <= weight if weight < 400 else candidate >= weight) else 1), away

    return min(held, key=rank)


def _modules(root: Path) -> Path:
    modules = root / "node_modules"
    if not (modules / "@fontsource").is_dir() or not (modules / "htmx.org").is_dir():
        raise Misconfigured("The browser code and typefaces from npm are not here yet; run: make setup")
    return modules


def _of_package(package: Path) -> list[FontFace]:
    upright = {weight: _of_sheet(package / f"{weight}.css") for weight in WEIGHTS}
    if max(map(len, upright.values())) > LARGE:
        upright = {weight: upright[weight] for weight in WEIGHTS_OF_LARGE_SCRIPTS}
    return [face for sheet in upright.values() for face in sheet] + _of_sheet(package / "400-italic.css")


def _of_sheet(sheet: Path) -> list[FontFace]:
    if not sheet.is_file():
        return []
    return [_face(sheet.parent.name, block) for block in _FACE.findall(sheet.read_text("utf-8"))]


def _face(package: str, block: str) -> FontFace:
    properties = dict(_PROPERTY.findall(block + ";"))
    file = _WOFF2.search(properties.get("src", ""))
    if not file:
        raise Misconfigured(f"The typeface package {package} has a form that Vitrine does not know; run: make setup")
    return FontFace(
        file=file[1],
        package=package,
        family=properties["font-family"].strip("'\" "),
        weight=int(properties["font-weight"]),
        style=properties["font-style"].strip(),
        ranges=_ranges(properties.get("unicode-range", "U+0-10FFFF")),
    )


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    """`U+26,U+0-7F,U+4??` as pairs of code points."""
    pairs = []
    for part in text.replace("U+", "").replace("u+", "").split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        pairs.append((int(first.replace("?", "0"), 16), int(last.replace("?", "F"), 16)))
    return tuple(pairs)


def _rule(face: FontFace) -> str:
    return (
        f"@font-face{{font-family:'{face.family}';font-style:{face.style};font-weight:{face.weight};font-display:swap;"
        f"src:url(fonts/{face.file}) format('woff2');unicode-range:{_range_text(face.ranges)}}}\n"
    )


def _range_text(ranges: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in ranges)
