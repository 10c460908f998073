"""The drawing table: masks from outlines, tones from light, and layers that become a picture in a variant's colour.

A form is drawn once for each size as neutral layers; a variant only pours its colour through them. Light comes from the
upper left everywhere. Coordinates are thousandths of the square canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from catalog.demo.pictures.outline import Point, ellipse
from catalog.demo.pictures.pigment import ramp, shifted

OWN = "own"
GOLD = "#d3b06a"
INK = "#2b1c38"
IVORY = "#f3ece0"
SHADOW = "#120a18"
Tone = int | Image.Image
Stops = Sequence[tuple[float, float]]
Box = tuple[int, int, int, int]
Affine = tuple[float, float, float, float, float, float]
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
        """Gaussian blur, radius in thousandths; only where there is something, and large ones on a smaller copy."""
        pixels = radius * self.k
        reach = math.ceil(pixels * 3) + 2
        box = _grown(image.getbbox(), reach, image.size)
        if not box:
            return image
        part = image.crop(box)
        factor = 1 if pixels < 6 else max(2, int(pixels / 3))
        small = part.reduce(factor) if factor > 1 else part
        soft = small.filter(ImageFilter.GaussianBlur(pixels / factor))
        out = Image.new("L", image.size)
        out.paste(soft.resize(part.size, Image.Resampling.BICUBIC) if factor > 1 else soft, box[:2])
        return out

    def moved(self, image: Image.Image, dx: float, dy: float) -> Image.Image:
        """The image shifted to the nearest pixel, emptiness coming in from outside."""
        out = Image.new("L", image.size)
        out.paste(image, (round(dx * self.k), round(dy * self.k)))
        return out

    def gradient(self, stops: Stops, start: Point, end: Point) -> Image.Image:
        """Tones along the line from start to end, straight across it; stops are (0..1, tone), held beyond the ends."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = strip_of(stops)
        if dx and dy:
            return self._slanted(_held(length), start, (dx, dy))
        begin, run = (start[0], dx) if dx else (start[1], dy)
        row = Image.new("L", (self.size, 1))
        pixels = length.tobytes()
        last = len(pixels) - 1
        at = [((i + 0.5) / self.k - begin) / run for i in range(self.size)]
        row.putdata([pixels[min(last, max(0, round(t * last)))] for t in at])
        across = row.resize((self.size, self.size), Image.Resampling.NEAREST)
        return across if dx else across.transpose(Image.Transpose.TRANSPOSE)

    def _slanted(self, wide: Image.Image, start: Point, run: Point) -> Image.Image:
        # Drawn at half size: tones along a slant are smooth enough.
        dx, dy = run
        half, k = self.size // 2, self.k / 2
        third = wide.width / 5
        scale = third / (dx * dx + dy * dy)
        offset = 2 * third - scale * (start[0] * dx + start[1] * dy)
        data = (scale * dx / k, scale * dy / k, offset, 0, 0, 1)
        tone = wide.transform((half, half), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
        return tone.resize((self.size, self.size), Image.Resampling.BILINEAR)

    # Coats

    def coat(self, alpha: Image.Image, tone: Tone = 128, colour: str = OWN, surface: str = "matte") -> None:
        """Lay a coat over what is there."""
        self.layers.append(_cropped(alpha, tone, colour, surface))

    def light(self, alpha: Image.Image, strength: float = 1.0, colour: str = "#ffffff") -> None:
        """Lay light: white through a mask at a strength."""
        self.coat(alpha.point(lambda v: v * strength), 128, colour, "flat")

    def shade(self, alpha: Image.Image, strength: float = 1.0, colour: str = SHADOW) -> None:
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

    def ground(self, x: float, y: float, rx: float, ry: float = 0, strength: float = 0.55) -> None:
        """The shadow of something standing: dark where it touches, wide and soft towards the lower right."""
        ry = ry or rx * 0.16
        soft = rx * 0.14 + 6
        # The wide part ends before the canvas does, or its cut edge would show on a coloured field.
        left, right = max(45 + 2 * soft, x - rx * 0.98), min(955 - 2 * soft, x + rx * 1.42)
        wide = self.blur(self.mask(ellipse((left + right) / 2, y + ry * 0.5, (right - left) / 2, ry * 1.05)), soft)
        near = self.blur(self.mask(ellipse(x + rx * 0.03, y + ry * 0.1, rx * 1.01, ry * 1.05)), 5)
        for image, part in ((near, 0.8), (wide, 0.62)):
            amount = strength * part
            faint = image.point(lambda v, a=amount: v * a)
            self.layers.insert(0, _cropped(faint, 128, SHADOW, "flat"))

    def merge(self, other: Studio, *, angle: float = 0.0, scale: float = 1.0, centre: Point = (500, 500),
              to: Point | None = None) -> None:  # fmt: skip
        """Lay another table's coats here: turned clockwise by degrees about `centre`, scaled, and moved to `to`."""
        to = to or centre
        a = math.radians(angle)
        cos, sin, k = math.cos(a) / scale, math.sin(a) / scale, self.k
        cx, cy, tx, ty = (v * k for v in (*centre, *to))
        data = (cos, sin, cx - cos * tx - sin * ty, -sin, cos, cy + sin * tx - cos * ty)
        self.layers += [self._landed(layer, data, scale * scale) for layer in other.layers]

    def squash(self, other: Studio, ratio: float, to: Point) -> None:
        """Lay another table's coats here as if seen from a low angle: its middle at `to`, heights times `ratio`."""
        k = self.k
        data = (1, 0, (500 - to[0]) * k, 0, 1 / ratio, (500 - to[1] / ratio) * k)
        self.layers += [self._landed(layer, data, ratio) for layer in other.layers]

    def solid(self) -> Image.Image:
        """Where anything but shadow lies."""
        out = Image.new("L", (self.size, self.size))
        for layer in self.layers:
            if layer.colour != SHADOW:
                box = (*layer.at, layer.at[0] + layer.alpha.width, layer.at[1] + layer.alpha.height)
                out.paste(ImageChops.lighter(out.crop(box), layer.alpha), box)
        return out

    def _landed(self, layer: Layer, data: Affine, area: float) -> Layer:
        """A layer under the inverse of an affine map (target to source) that multiplies areas by `area`."""
        a, b, c, d, e, f = data
        left, top = layer.at
        right, bottom = left + layer.alpha.width, top + layer.alpha.height
        corners = [(x - c, y - f) for x in (left, right) for y in (top, bottom)]
        xs, ys = [(e * x - b * y) * area for x, y in corners], [(a * y - d * x) * area for x, y in corners]
        rough = (math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))
        box = _grown(rough, 2, (self.size, self.size)) or (0, 0, 1, 1)
        x, y = box[:2]
        part = (a, b, a * x + b * y + c - left, d, e, d * x + e * y + f - top)

        def turned(image: Tone) -> Tone:
            if isinstance(image, int):
                return image
            size = (box[2] - x, box[3] - y)
            return image.transform(size, Image.Transform.AFFINE, part, Image.Resampling.BICUBIC)

        return replace(layer, alpha=turned(layer.alpha), tone=turned(layer.tone), at=(x, y))


def strip_of(stops: Stops, width: int = 512) -> Image.Image:
    """A row of tones through (0..1, tone) stops, eased between them."""
    return _strip(tuple(stops), width)


@lru_cache(maxsize=512)
def _strip(stops: Stops, width: int) -> Image.Image:
    row = Image.new("L", (width, 1))
    row.putdata([round(_tone_at(stops, i / (width - 1))) for i in range(width)])
    return row


def _held(strip: Image.Image) -> Image.Image:
    """The strip with its end tones held for twice its width on both sides."""
    w = strip.width
    wide = Image.new("L", (w * 5, 1), strip.getpixel((0, 0)))
    wide.paste(strip.getpixel((w - 1, 0)), (w * 3, 0, w * 5, 1))
    wide.paste(strip, (w * 2, 0))
    return wide.resize((w * 5, 3))


def _grown(box: Box | None, by: int, size: tuple[int, int]) -> Box | None:
    """A box grown on every side and kept on the canvas; None if nothing of it is there."""
    if not box:
        return None
    left, top = max(0, box[0] - by), max(0, box[1] - by)
    right, bottom = min(size[0], box[2] + by), min(size[1], box[3] + by)
    return (left, top, right, bottom) if right > left and bottom > top else None


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
    for layer in [*layers, None]:
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


def _cropped(alpha: Image.Image, tone: Tone, colour: str, surface: str) -> Layer:
    # A little air around, so that edges stay soft when the layer is turned.
    box = _grown(alpha.getbbox(), 2, alpha.size) or (0, 0, 1, 1)
    return Layer(alpha.crop(box), tone if isinstance(tone, int) else tone.crop(box), colour, surface, box[:2])


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
