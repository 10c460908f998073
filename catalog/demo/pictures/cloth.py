"""Cloth and leather: a height of folds lit from the upper left, seams, stitches, knit, and the brass hanger."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath

from catalog.demo.pictures.outline import Point, ellipse, line, ribbon
from catalog.demo.pictures.studio import GOLD, OWN, Studio


@dataclass(frozen=True)
class Folds:
    """Ridges (height > 0) or creases (< 0): lines, their width along their length, how soft, how high."""

    lines: Sequence[Sequence[Point]]
    widths: tuple[float, ...] = (2, 16, 4)
    soft: float = 8
    height: float = 1.0


def relief(s: Studio, mask: Image.Image, folds: Iterable[Folds] = (), *, puff: float = 22, body: float = 1.0,
           gain: float = 1.0, wide: float = 0.0) -> Image.Image:  # fmt: skip
    """Tones of a soft surface inside a mask: round at its edges over `puff`, folded by `folds`; `wide` adds a slow swell."""
    half = (s.size // 2, s.size // 2)
    small = mask.resize(half, Image.Resampling.BOX)
    height = _float(small, puff * s.k / 2, body * puff)
    if wide:
        height = _sum(height, _float(small, wide * s.k / 2, wide * body))
    for fold in folds:
        height = _sum(height, _float(_drawn(s, fold, half), max(1.2, fold.soft * s.k / 2), 26 * fold.height))
    return _lit(height, gain / s.k * 0.13).resize((s.size, s.size), Image.Resampling.BICUBIC)


def panel(s: Studio, outline: Sequence[Point] | Image.Image, folds: Iterable[Folds] = (), *, colour: str = OWN,
          surface: str = "cloth", puff: float = 22, wide: float = 0.0, gain: float = 1.0, body: float = 1.0,
          lift: float = 4.0, texture: Image.Image | None = None) -> Image.Image:  # fmt: skip
    """Lay a piece of cloth, casting a little shadow on what lies beneath; returns its mask."""
    mask = outline if isinstance(outline, Image.Image) else s.mask(outline)
    if lift:
        s.shade(s.blur(s.moved(mask, lift * 0.7, lift), lift * 1.3), 0.34)
    tone = relief(s, mask, folds, puff=puff, gain=gain, wide=wide, body=body)
    if texture:
        tone = ImageChops.add(tone, texture, 1, -128)
    s.coat(mask, tone, colour, surface)
    s.rim(mask, 1.6, 1.8, 0.8, 0.22)
    return mask


def fan(count: int, top: tuple[float, float, float], foot: tuple[float, float, float], *, sway: float = 8, seed: int = 1,
        start: float = 0.3) -> list[tuple[Point, ...]]:  # fmt: skip
    """Hanging fold lines spread from (x0, x1, y) to (x0, x1, y), each beginning somewhere in the first `start` of the way."""
    rng = random.Random(seed)
    lines = []
    for i in range(count):
        t = (i + 0.5) / count + rng.uniform(-0.25, 0.25) / count
        a, b = (top[0] + (top[1] - top[0]) * t, top[2]), (foot[0] + (foot[1] - foot[0]) * t, foot[2])
        begin = rng.uniform(0, start)
        points = [_between(a, b, begin + (1 - begin) * k / 4) for k in range(5)]
        text = " ".join(
            f"{x + (rng.uniform(-sway, sway) if 0 < k < 4 else 0):.1f} {y:.1f}" for k, (x, y) in enumerate(points)
        )
        lines.append(line(text))
    return lines


def seam(s: Studio, points: Sequence[Point], within: Image.Image, strength: float = 0.4) -> None:
    """A sewn line: a groove with light on its lower edge."""
    mark = s.stroke(points, 2.4)
    s.light(ImageChops.multiply(s.moved(mark, 1.6, 1.8), within), strength * 0.5)
    s.shade(ImageChops.multiply(mark, within), strength)


def stitches(
    s: Studio, points: Sequence[Point], colour: str, *, length: float = 9, gap: float = 5, width: float = 2.4
) -> None:
    """A row of visible stitches along a line."""
    dashes, walked, start = [], 0.0, None
    for a, b in zip(points, points[1:], strict=False):
        steps = max(1, int(math.hypot(b[0] - a[0], b[1] - a[1])))
        for i in range(steps):
            here = _between(a, b, i / steps)
            phase = walked % (length + gap)
            if start is None and phase < length:
                start = here
            elif start is not None and phase >= length:
                dashes.append((start, here))
                start = None
            walked += math.hypot(b[0] - a[0], b[1] - a[1]) / steps
    mask = s.strokes(dashes or [points[:2]], width)
    s.shade(s.moved(mask, 1, 1.4), 0.35)
    s.coat(mask, 150, colour, "matte")


def button(s: Studio, x: float, y: float, r: float, colour: str = "own:-0.06:1:0") -> None:
    """A four-hole button."""
    disc = s.mask(ellipse(x, y, r, r))
    s.shade(s.blur(s.moved(disc, 2, 3), 2), 0.45)
    s.coat(disc, s.gradient(((0, 214), (0.4, 140), (1, 84)), (x - r, y - r), (x + r, y + r)), colour, "gloss")
    s.shade(s.stroke(ellipse(x, y, r * 0.68, r * 0.68), 1.4), 0.3)
    d = r * 0.24
    s.shade(s.mask(*(ellipse(x + i * d, y + j * d, r * 0.12, r * 0.12) for i in (-1, 1) for j in (-1, 1))), 0.7)


def wire(s: Studio, points: Sequence[Point], width: float = 9) -> None:
    """A brass wire."""
    body = s.stroke(points, width)
    s.shade(s.blur(s.moved(body, 3, 5), 3), 0.3)
    s.coat(body, 88, GOLD, "metal")
    s.coat(s.moved(s.stroke(points, width * 0.62), -width * 0.1, -width * 0.12), 150, GOLD, "metal")
    s.coat(s.moved(s.stroke(points, width * 0.25), -width * 0.18, -width * 0.22), 245, GOLD, "metal")


def hanger(s: Studio, y: float, half: float, drop: float) -> None:
    """The house's hanger: a hook at the top of the frame, its arms reaching `half` to each side and falling by `drop`."""
    hook = line(f"470 {y - 72} 474 {y - 100} 500 {y - 112} 528 {y - 98} 528 {y - 72} 506 {y - 50} 500 {y - 24} 500 {y}")
    for side in (-1, 1):
        wire(s, line(f"500 {y} {500 + side * half * 0.4} {y + drop * 0.28} {500 + side * half} {y + drop}"), 11)
    wire(s, hook, 9)


def clips(s: Studio, y: float, half: float) -> None:
    """A straight hanger with two clips, for skirts and trousers."""
    hook = line(f"470 {y - 60} 474 {y - 88} 500 {y - 98} 528 {y - 86} 528 {y - 60} 506 {y - 40} 500 {y - 20} 500 {y}")
    wire(s, hook, 9)
    wire(s, ((500 - half, y), (500 + half, y)), 11)


def clip_jaws(s: Studio, y: float, half: float) -> None:
    """The two clips of the straight hanger, laid over the waistband."""
    for x in (500 - half * 0.8, 500 + half * 0.8):
        jaw = s.mask(((x - 15, y - 8), (x + 15, y - 8), (x + 18, y + 50), (x - 18, y + 50)))
        s.shade(s.blur(s.moved(jaw, 4, 5), 3), 0.4)
        s.coat(jaw, s.gradient(((0, 90), (0.3, 246), (0.6, 110), (1, 60)), (x - 18, 0), (x + 18, 0)), GOLD, "metal")


def knit(s: Studio, pitch: float = 15, depth: int = 24) -> Image.Image:
    """The V columns of a stocking stitch, as tones about 128 for `panel(texture=...)`."""
    px = max(6, round(pitch * s.k))
    cell = Image.new("L", (px * 4, px * 4), 128 - depth)
    draw = ImageDraw.Draw(cell)
    for dy in (-4, 0, 4):
        for side, tone in ((0, 128 + depth), (1, 128 + depth // 3)):
            x0, x1 = (px * 0.3, px * 1.9) if side == 0 else (px * 3.7, px * 2.1)
            y = px * dy
            for row in (0, 1):
                yy = y + row * px * 2
                draw.line((x0, yy + px * 0.2, x1, yy + px * 1.5), fill=tone, width=max(2, round(px * 1.1)))
    tile = cell.filter(ImageFilter.GaussianBlur(px * 0.22)).resize((px, px), Image.Resampling.BOX)
    return tiled(s, tile)


def tiled(s: Studio, tile: Image.Image) -> Image.Image:
    """The canvas covered with a tile."""
    row = Image.new("L", (s.size, tile.height))
    for x in range(0, s.size, tile.width):
        row.paste(tile, (x, 0))
    out = Image.new("L", (s.size, s.size))
    for y in range(0, s.size, tile.height):
        out.paste(row, (0, y))
    return out


def twill(s: Studio, pitch: float = 7, depth: int = 7, angle: int = 1) -> Image.Image:
    """Fine diagonal lines of a woven cloth, as tones about 128."""
    px = max(4, round(pitch * s.k))
    tile = Image.new("L", (px, px))
    tile.putdata(
        [128 + round(depth * math.sin(2 * math.pi * (x + angle * y) / px)) for y in range(px) for x in range(px)]
    )
    return tiled(s, tile)


def _drawn(s: Studio, fold: Folds, size: tuple[int, int]) -> Image.Image:
    image = Image.new("L", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(image)
    k = s.k
    for points in fold.lines:
        draw.polygon([(x * k, y * k) for x, y in ribbon(tuple(points), fold.widths)], fill=255)
    return image.reduce(2)


def _float(mask: Image.Image, radius: float, height: float) -> Image.Image:
    """The mask blurred by pixels and raised to a height, free of the steps that eight bits would show in its slopes."""
    factor = max(1, int(radius / 4))
    small = mask.reduce(factor) if factor > 1 else mask
    soft = small.filter(ImageFilter.GaussianBlur(max(0.8, radius / factor))).convert("F")
    w, h = mask.size
    if factor == 1:
        soft = soft.resize((w // 2, h // 2), Image.Resampling.BICUBIC)
    soft = soft.resize((w, h), Image.Resampling.BICUBIC)
    return ImageMath.lambda_eval(lambda a: a["a"] * (height / 255), a=soft)


def _sum(one: Image.Image, two: Image.Image) -> Image.Image:
    return ImageMath.lambda_eval(lambda a: a["a"] + a["b"], a=one, b=two)


def _lit(height: Image.Image, gain: float) -> Image.Image:
    w, h = height.size

    def at(dx: int, dy: int) -> Image.Image:
        return height.transform((w, h), Image.Transform.AFFINE, (1, 0, dx, 0, 1, dy))

    slope = ImageMath.lambda_eval(
        lambda a: ((a["e"] - a["w"]) * 0.80 + (a["s"] - a["n"]) * 0.42) * gain,
        e=at(2, 0),
        w=at(-2, 0),
        s=at(0, 2),
        n=at(0, -2),
    )
    tone = ImageMath.lambda_eval(lambda a: 132 + a["v"] / (abs(a["v"]) + 1) * 104, v=slope)
    return tone.convert("L")


def _between(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
