"""Draws a variant: its form, built once for each size, with the variant's own colour poured through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from PIL import Image, ImageChops

from catalog.demo.house import Variant, variants
from catalog.demo.pictures import accessories, bags, bottles, dresses, lips, pencils, powders, shoes, tailoring
from catalog.demo.pictures.studio import Studio, poured, pressed

MARGIN = 0.04
SHELVES = (lips, pencils, bottles, powders, dresses, tailoring, shoes, bags, accessories)
_MEASURED_AT = 240
# What is more opaque than this is the thing itself; fainter is its shadow, which may run into the margin.
_SOLID = 215


def draw(variant: Variant, size: int = 1200) -> Image.Image:
    """The product in the variant's colour: RGBA, `size` pixels square, transparent around it; always the same bytes."""
    return drawn(variant.product.form, variant.shade.hex, size)


def drawn(form: str, colour: str, size: int = 1200) -> Image.Image:
    """A form such as `lipstick:matte` in a colour (`#RRGGBB`), as `draw` does it for a variant."""
    zoom, x, y = _fit(form)
    side = round(size * zoom)
    whole = _faded(poured(_parts(form, side), colour, side))
    picture = Image.new("RGBA", (size, size))
    picture.paste(whole, (round(size / 2 - x * side), round(size / 2 - y * side)))
    return _faded(picture)


def _faded(picture: Image.Image) -> Image.Image:
    """The picture with its shadows fading out before the edge, so that no frame shows on a coloured field."""
    picture.putalpha(ImageChops.multiply(picture.getchannel("A"), _frame(picture.width)))
    return picture


@lru_cache(maxsize=16)
def _frame(side: int) -> Image.Image:
    edge = max(2, round(side * 0.03))
    ramp = [round(255 * min(1.0, min(i, side - 1 - i) / edge)) for i in range(side)]
    row = Image.new("L", (side, 1))
    row.putdata(ramp)
    across = row.resize((side, side))
    return ImageChops.multiply(across, across.transpose(Image.Transpose.ROTATE_90))


def range_pictures(size: int = 1200) -> Iterator[tuple[str, Image.Image]]:
    """Every distinct picture of the range once, by the name that `image_link` ends in (without `.png`), form by form."""
    done: set[str] = set()
    for variant in variants():
        if variant.picture not in done:
            done.add(variant.picture)
            yield variant.picture, draw(variant, size)


def maker(form: str) -> Callable[[Studio, str], None]:
    """The function that builds a form; KeyError for one that nobody draws."""
    name = form.partition(":")[0]
    for shelf in SHELVES:
        if callable(found := getattr(shelf, name, None)):
            return found
    raise KeyError(form)


@lru_cache(maxsize=3)
def _parts(form: str, side: int) -> tuple:
    studio = Studio(side)
    maker(form)(studio, form.partition(":")[2])
    return pressed(studio.layers)


@lru_cache(maxsize=256)
def _fit(form: str) -> tuple[float, float, float]:
    """How much to enlarge a form so that it fills the frame, and the centre of the thing itself (0..1)."""
    alpha = poured(_parts(form, _MEASURED_AT), "#808080", _MEASURED_AT).getchannel("A")
    box = alpha.point(lambda v: 255 if v > _SOLID else 0).getbbox() or (0, 0, _MEASURED_AT, _MEASURED_AT)
    left, top, right, bottom = (edge / _MEASURED_AT for edge in box)
    return (1 - 2 * MARGIN) / max(right - left, bottom - top), (left + right) / 2, (top + bottom) / 2
