"""The drawing table: masks from outlines, tones from light, and layers that become a picture in a variant's colour.

A form is drawn once for each size as neutral layers; a variant only pours its colour through them. Light comes from the
upper left everywhere. Coordinates are thousandths of the square canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from catalog.demo.pictures.outline import Point
from catalog.demo.pictures.pigment import ramp, shifted

OWN = "own"
GOLD = "#d3b06a"
INK = "#2b1c38"
IVORY = "#f3ece0"
Tone = int | Image.Image
Stops = Sequence[tuple[float, float]]
_OVER = 3


@dataclass(frozen=True)
class Layer:
    """One coat: where it lies (alpha), how it is lit (tone), and its colour: a hex, or `own` for the variant's.

    `own` may carry a change in lightness, chroma and hue after colons: `own:-0.1:0.9:20`.
    """

    alpha: Image.Image
    tone: Tone
    colour: str
    surface: str
    at: tuple[int, int] = (0, 0)


class Studio:
    """A canvas of `size` pixels a side on which one form is built."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.k = size / 1000
        self.layers: list[Layer] = []

    # Masks

    def mask(self, *outlines: Iterable[Point], holes: Iterable[Iterable[Point]] = ()) -> Image.Image:
        """The union of outlines less the holes, antialiased."""
        return self._draw([(tuple(o), 255) for o in outlines] + [(tuple(h), 0) for h in holes])

    def stroke(self, points: Sequence[Point], width: float, value: int = 255) -> Image.Image:
        """A line of even width with round joints."""
        return self.strokes([points], width, value)

    def strokes(self, lines: Iterable[Sequence[Point]], width: float, value: int = 255) -> Image.Image:
        """Several lines of one width in one mask."""
        k = self.k * _OVER
        big = Image.new("L", (self.size * _OVER,) * 2)
        draw = ImageDraw.Draw(big)
        for points in lines:
            scaled = [(x * k, y * k) for x, y in points]
            draw.line(scaled, fill=value, width=max(1, round(width * k)), joint="curve")
            for x, y in (scaled[0], scaled[-1]):
                r = width * k / 2
                draw.ellipse((x - r, y - r, x + r, y + r), fill=value)
        return big.reduce(_OVER)

    def _draw(self, shapes: list[tuple[tuple[Point, ...], int]]) -> Image.Image:
        xs = [x for points, _ in shapes for x, _ in points]
        ys = [y for points, _ in shapes for _, y in points]
        box = self._pixels(min(xs), min(ys), max(xs), max(ys))
        width, height = max(1, box[2] - box[0]), max(1, box[3] - box[1])
        big = Image.new("L", (width * _OVER, height * _OVER))
        draw = ImageDraw.Draw(big)
        k = self.k * _OVER
        for points, fill in shapes:
            draw.polygon([(x * k - box[0] * _OVER, y * k - box[1] * _OVER) for x, y in points], fill=fill)
        out = Image.new("L", (self.size, self.size))
        out.paste(big.reduce(_OVER), box[:2])
        return out

    def _pixels(self, x0: float, y0: float, x1: float, y1: float) -> tuple[int, int, int, int]:
        k = self.k
        return (
            max(0, math.floor(x0 * k) - 1), max(0, math.floor(y0 * k) - 1),
            min(self.size, math.ceil(x1 * k) + 1), min(self.size, math.ceil(y1 * k) + 1),
        )  # fmt: skip

    def blur(self, image: Image.Image, radius: float) -> Image.Image:
        """Gaussian blur, radius in thousandths; large ones are made on a smaller copy."""
        pixels = radius * self.k
        if pixels < 6:
            return image.filter(ImageFilter.GaussianBlur(pixels))
        factor = max(2, int(pixels / 3))
        small = image.reduce(factor).filter(ImageFilter.GaussianBlur(pixels / factor))
        return small.resize(image.size, Image.Resampling.BICUBIC)

    def moved(self, image: Image.Image, dx: float, dy: float) -> Image.Image:
        """The image shifted, emptiness coming in from outside."""
        k = self.k
        return image.transform(
            image.size, Image.Transform.AFFINE, (1, 0, -dx * k, 0, 1, -dy * k), Image.Resampling.BILINEAR
        )

    def gradient(self, stops: Stops, start: Point, end: Point) -> Image.Image:
        """Tones along the line from start to end, straight across it; stops are (0..1, tone)."""
        strip = strip_of(stops)
        k = self.k
        dx, dy = end[0] - start[0], end[1] - start[1]
        scale = strip.width / (dx * dx + dy * dy)
        a, b, c = scale * dx / k, scale * dy / k, -scale * (start[0] * dx + start[1] * dy)
        # Beyond the ends the transform would give black: hold the end tones by padding.
        wide = Image.new("L", (strip.width * 5, 1))
        wide.paste(strip.resize((1, 1), box=(0, 0, 1, 1)).resize((strip.width * 2, 1)), (0, 0))
        wide.paste(strip, (strip.width * 2, 0))
        last = strip.resize((1, 1), box=(strip.width - 1, 0, strip.width, 1))
        wide.paste(last.resize((strip.width * 2, 1)), (strip.width * 3, 0))
        wide = wide.resize((wide.width, 3))
        data = (a, b, c + strip.width * 2, 0, 0, 1)
        return wide.transform((self.size, self.size), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)

    # Coats

    def coat(self, alpha: Image.Image, tone: Tone = 128, colour: str = OWN, surface: str = "matte") -> None:
        """Lay a coat over what is there."""
        self.layers.append(Layer(alpha, tone, colour, surface))

    def light(self, alpha: Image.Image, strength: float = 1.0, colour: str = "#ffffff") -> None:
        """Lay light: white through a mask at a strength."""
        self.coat(alpha.point(lambda v: v * strength), 128, colour, "flat")

    def shade(self, alpha: Image.Image, strength: float = 1.0, colour: str = "#120a18") -> None:
        """Lay shadow: a warm near-black through a mask at a strength."""
        self.coat(alpha.point(lambda v: v * strength), 128, colour, "flat")

    def rim(self, mask: Image.Image, dx: float, dy: float, soft: float = 2, strength: float = 0.5) -> None:
        """Light the edge of a mask that faces away from (dx, dy)."""
        edge = ImageChops.subtract(mask, self.blur(self.moved(mask, dx, dy), soft))
        self.light(ImageChops.multiply(edge, mask), strength)

    def core(self, mask: Image.Image, dx: float, dy: float, soft: float = 8, strength: float = 0.4) -> None:
        """Darken the edge of a mask that faces away from (dx, dy)."""
        edge = ImageChops.subtract(mask, self.blur(self.moved(mask, dx, dy), soft))
        self.shade(ImageChops.multiply(edge, mask), strength)

    def drop(self, mask: Image.Image, dx: float = 10, dy: float = 16, soft: float = 14, strength: float = 0.32) -> None:
        """The shadow of something lying flat: beneath and to the lower right, put under every coat so far."""
        shadow = self.blur(self.moved(mask, dx, dy), soft)
        self.layers.insert(0, Layer(shadow.point(lambda v: v * strength), 128, "#120a18", "flat"))

    def ground(self, x: float, y: float, rx: float, ry: float = 0, strength: float = 0.55) -> None:
        """The shadow of something standing: dark where it touches, wide and soft towards the lower right."""
        from catalog.demo.pictures.outline import ellipse

        ry = ry or rx * 0.16
        wide = self.blur(self.mask(ellipse(x + rx * 0.22, y + ry * 0.5, rx * 1.2, ry * 1.05)), rx * 0.14 + 6)
        near = self.blur(self.mask(ellipse(x + rx * 0.03, y + ry * 0.1, rx * 1.01, ry * 1.05)), 5)
        for image, part in ((near, 0.8), (wide, 0.62)):
            amount = strength * part
            self.layers.insert(0, Layer(image.point(lambda v, a=amount: v * a), 128, "#120a18", "flat"))

    def merge(self, other: Studio, *, angle: float = 0.0, scale: float = 1.0, centre: Point = (500, 500),
              to: Point | None = None) -> None:  # fmt: skip
        """Lay another table's coats here: turned clockwise by degrees about `centre`, scaled, and moved to `to`."""
        to = to or centre
        a = math.radians(angle)
        cos, sin, k = math.cos(a) / scale, math.sin(a) / scale, self.k
        cx, cy, tx, ty = (v * k for v in (*centre, *to))
        data = (cos, sin, cx - cos * tx - sin * ty, -sin, cos, cy + sin * tx - cos * ty)

        def turn(image: Tone) -> Tone:
            if isinstance(image, int):
                return image
            return image.transform((self.size,) * 2, Image.Transform.AFFINE, data, Image.Resampling.BICUBIC)

        self.layers += [replace(layer, alpha=turn(layer.alpha), tone=turn(layer.tone)) for layer in other.layers]

    def mirror(self) -> None:
        """Turn the whole table over, left to right."""

        def turn(image: Tone) -> Tone:
            return image if isinstance(image, int) else image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

        self.layers = [replace(layer, alpha=turn(layer.alpha), tone=turn(layer.tone)) for layer in self.layers]


def strip_of(stops: Stops, width: int = 512) -> Image.Image:
    """A row of tones through (0..1, tone) stops, eased between them."""
    row = Image.new("L", (width, 1))
    row.putdata([round(_tone_at(stops, i / (width - 1))) for i in range(width)])
    return row


def _tone_at(stops: Stops, t: float) -> float:
    if t <= stops[0][0]:
        return stops[0][1]
    for (a, low), (b, high) in zip(stops, stops[1:], strict=False):
        if t <= b:
            ease = (1 - math.cos(math.pi * (t - a) / ((b - a) or 1))) / 2
            return low + (high - low) * ease
    return stops[-1][1]


def pressed(layers: Sequence[Layer]) -> tuple[Layer | tuple[Image.Image, tuple[int, int]], ...]:
    """Layers cut to what they cover, neighbours of fixed colour pressed into one picture each."""
    out: list[Layer | tuple[Image.Image, tuple[int, int]]] = []
    run: list[Layer] = []
    for layer in [*map(_cropped, layers), None]:
        if layer and not layer.colour.startswith(OWN):
            run.append(layer)
            continue
        if run:
            out.append(_fused(run))
            run = []
        if layer:
            out.append(layer)
    return tuple(out)


def poured(parts: Sequence[Layer | tuple[Image.Image, tuple[int, int]]], colour: str, size: int) -> Image.Image:
    """The finished picture: the variant's colour through every coat that is its own."""
    picture = Image.new("RGBA", (size, size))
    for part in parts:
        image, at = (part[0], part[1]) if isinstance(part, tuple) else (_coloured(part, colour), part.at)
        picture.alpha_composite(image, at)
    return picture


def _cropped(layer: Layer) -> Layer:
    box = layer.alpha.getbbox() or (0, 0, 1, 1)
    tone = layer.tone if isinstance(layer.tone, int) else layer.tone.crop(box)
    return replace(layer, alpha=layer.alpha.crop(box), tone=tone, at=box[:2])


def _fused(run: Sequence[Layer]) -> tuple[Image.Image, tuple[int, int]]:
    left, top = min(x.at[0] for x in run), min(x.at[1] for x in run)
    right = max(x.at[0] + x.alpha.width for x in run)
    bottom = max(x.at[1] + x.alpha.height for x in run)
    picture = Image.new("RGBA", (right - left, bottom - top))
    for layer in run:
        picture.alpha_composite(_coloured(layer, ""), (layer.at[0] - left, layer.at[1] - top))
    return picture, (left, top)


def _coloured(layer: Layer, own: str) -> Image.Image:
    tables = ramp(_own(layer.colour, own), layer.surface)
    if isinstance(layer.tone, int):
        flat = tuple(table[layer.tone] for table in tables)
        image = Image.new("RGB", layer.alpha.size, flat)
    else:
        image = Image.merge("RGB", [layer.tone.point(table) for table in tables])
    image.putalpha(layer.alpha)
    return image


def _own(colour: str, own: str) -> str:
    if not colour.startswith(OWN):
        return colour
    if colour == OWN:
        return own
    light, chroma, hue = (float(x) for x in colour.split(":")[1:])
    return shifted(own, light=light, chroma=chroma, hue=hue)
