"""What a customer might have photographed: drawn scenes for the demonstration's posts with a picture."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from catalog.demo.pictures.artwork import Board
from catalog.demo.pictures.draw import drawn
from catalog.demo.pictures.pigment import ramp, shifted

SIZE = (1080, 1080)
ALT = (
    "An outfit laid out on pale linen: a red slip dress, heels, a small bag and a lipstick.",
    "A bathroom shelf with perfume, nail lacquer, a compact and a lipstick in front of green tiles.",
    "Four strokes of lipstick on paper beside an open lipstick.",
    "A rail of clothes: trench coat, jumper, blazer and a pleated skirt.",
    "A round café table from above with coffee, sunglasses, a bag and nail lacquer.",
    "A pair of ankle boots on wet pavement among autumn leaves at night.",
)


def photo(seed: int) -> Image.Image:
    """One of six scenes, RGB, 1080 pixels square; `ALT[seed % 6]` says what it shows."""
    scene = (_outfit, _shelf, _strokes, _rail, _cafe, _pavement)[seed % 6]
    return _developed(scene(), seed)


def _developed(image: Image.Image, seed: int) -> Image.Image:
    """A phone's look: corners a little darker, shadows a little warm."""
    corner = (
        Image.radial_gradient("L")
        .resize(image.size, Image.Resampling.BICUBIC)
        .point(lambda v: max(0, v - 110) * 110 // 145)
    )
    image.paste(Image.new("RGB", image.size, "#1a0f14"), (0, 0), corner)
    return Image.blend(
        image,
        Image.new("RGB", image.size, ("#ffcf9e", "#ffd9b8", "#f3d0ff", "#ffd2a6", "#ffdcb0", "#9fb4ff")[seed % 6]),
        0.06,
    )


def _lay(board: Board, form: str, colour: str, x: float, y: float, size: float, angle: float = 0) -> None:
    picture = drawn(form, colour, round(size * SIZE[0])).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    shadow = picture.getchannel("A").point(lambda v: v * 0.45).filter(ImageFilter.GaussianBlur(16))
    at = (round(x * SIZE[0] - picture.width / 2), round(y * SIZE[1] - picture.height / 2))
    board.image.paste(Image.new("RGB", picture.size, "#1a1016"), (at[0] + 14, at[1] + 22), shadow)
    board.image.paste(picture, at, picture)


def _outfit() -> Image.Image:
    board = Board(SIZE, "#e9dfd0")
    board.field("#e6dccd", top=150, foot=118)
    _linen(board, 3)
    board.beams([[(-0.1, 0.1), (1.1, 0.55), (1.1, 0.75), (-0.1, 0.3)]], soft=0.05, strength=0.22)
    _lay(board, "slip_dress", "#C4142F", 0.33, 0.50, 0.96, 5)
    _lay(board, "heel", "#1F1B1D", 0.76, 0.76, 0.42, -14)
    _lay(board, "crescent_bag", "#F3BF18", 0.77, 0.28, 0.40, 9)
    _lay(board, "lipstick:satin", "#C4142F", 0.58, 0.53, 0.19, -24)
    return board.image


def _linen(board: Board, seed: int) -> None:
    rng = random.Random(seed)
    folds = []
    for _ in range(9):
        x, y, length, lean = rng.random(), rng.random(), rng.uniform(0.3, 0.7), rng.uniform(-0.3, 0.3)
        folds.append([(x, y), (x + length, y + lean), (x + length, y + lean + 0.012), (x, y + 0.05)])
    board.beams(folds[:5], soft=0.025, strength=0.5, colour="#fffaf0")
    board.beams(
        [[(a, b + 0.05) for a, b in f] for f in folds[:5]] + folds[5:], soft=0.03, strength=0.16, colour="#5a4636"
    )


def _shelf() -> Image.Image:
    board = Board(SIZE, "#2f6b5c")
    board.field("#2f7362", top=146, foot=112)
    draw = ImageDraw.Draw(board.image)
    rng = random.Random(8)
    for row in range(9):
        for column in range(-1, 6):
            x, y = column * 200 + (100 if row % 2 else 0), row * 92 - 20
            tile = shifted("#2f7362", light=rng.uniform(-0.03, 0.05), hue=rng.uniform(-6, 6))
            draw.rounded_rectangle((x + 3, y + 3, x + 197, y + 89), 5, fill=tile)
            draw.line((x + 8, y + 7, x + 190, y + 7), fill=shifted(tile, light=0.12), width=2)
    board.glow(0.3, 0.2, 0.7, 0.35)
    board.beams([[(0.62, -0.1), (0.86, -0.1), (0.46, 0.8), (0.22, 0.8)]], soft=0.02, strength=0.18)
    board.field("#efe6da", (0, 0.775, 1, 0.80), top=190, foot=150)
    board.field("#d8cab9", (0, 0.80, 1, 0.85), top=132, foot=96)
    board.field("#24574b", (0, 0.85, 1, 1), top=104, foot=122)
    board.beams([[(0, 0.85), (1, 0.85), (1, 0.90), (0, 0.90)]], soft=0.015, strength=0.5, colour="#0d1c18")
    board.product("perfume:dome", "#5A2A6F", 0.24, 0.79, 0.44)
    board.product("compact:blush", "#D4808F", 0.79, 0.795, 0.36)
    board.product("lacquer:cream", "#F26D5B", 0.515, 0.79, 0.30)
    board.product("lipstick:matte", "#842038", 0.585, 0.797, 0.20)
    return board.image


def _strokes() -> Image.Image:
    board = Board(SIZE, "#f3ece2")
    board.field("#f1e8dc", top=150, foot=122)
    board.beams([[(0.5, -0.1), (0.8, -0.1), (0.4, 1.1), (0.1, 1.1)]], soft=0.06, strength=0.5, colour="#fffdf6")
    for i, colour in enumerate(("#C4142F", "#BC5F75", "#A3624B", "#6E1026")):
        _smear(board, colour, 0.10 + i * 0.145, 0.16 + (i % 2) * 0.03, 0.66, i)
    _lay(board, "lipstick:satin", "#BC5F75", 0.80, 0.60, 0.56, -16)
    _lay(board, "pencil:lip", "#842038", 0.44, 0.87, 0.30, -50)
    return board.image


def _smear(board: Board, colour: str, x: float, y: float, length: float, seed: int) -> None:
    rng = random.Random(seed)
    w, h = 118, round(length * SIZE[1] * rng.uniform(0.85, 1))
    mask = Image.new("L", (w * 2, h * 2))
    draw = ImageDraw.Draw(mask)
    tone = Image.new("L", (w, h), 128)
    pen = ImageDraw.Draw(tone)
    for i in range(70):
        dx = i / 69
        top, end = rng.uniform(0, 40) + 60 * (dx - 0.5) ** 2, h * 2 - rng.uniform(0, 170) - 500 * (dx - 0.45) ** 2
        draw.line((dx * w * 2, top, dx * w * 2 + 8, end), fill=255, width=8)
        pen.line(
            (dx * w, 0, dx * w + 4, h), fill=128 + round(34 * math.sin(dx * 19 + seed) + rng.uniform(-22, 22)), width=4
        )
    tone = tone.filter(ImageFilter.GaussianBlur(1.6))
    body = mask.resize((w, h), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.8))
    at = (round(x * SIZE[0]), round(y * SIZE[1]))
    board.image.paste(
        Image.new("RGB", (w, h), "#5a3030"),
        (at[0] + 4, at[1] + 6),
        body.filter(ImageFilter.GaussianBlur(5)).point(lambda v: v * 0.35),
    )
    board.image.paste(Image.merge("RGB", [tone.point(t) for t in ramp(colour, "satin")]), at, body)


def _rail() -> Image.Image:
    board = Board(SIZE, "#e7d8c6")
    board.field("#dfc9b4", (0, 0, 1, 0.87), top=136, foot=150)
    board.field("#a97d5b", (0, 0.87, 1, 1), top=140, foot=104)
    board.beams([[(0.0, 0.0), (0.3, 0.0), (0.75, 0.87), (0.4, 0.87)]], soft=0.03, strength=0.3)
    board.beams([[(0.36, 0.0), (0.44, 0.0), (0.92, 0.87), (0.82, 0.87)]], soft=0.03, strength=0.3)
    for form, colour, x, size in (
        ("trench", "#C6A97F", 0.20, 0.68),
        ("pleated_skirt", "#1C8B74", 0.82, 0.46),
        ("blazer", "#E62E86", 0.44, 0.60),
        ("shirt", "#A6C2E3", 0.64, 0.54),
    ):
        picture = drawn(form, colour, round(size * SIZE[0]))
        solid = picture.getchannel("A").point(lambda v: 255 if v > 215 else 0).getbbox() or (0, 0, 1, 1)
        at = (round(x * SIZE[0] - picture.width / 2), round(0.115 * SIZE[1]) - solid[1] - 10)
        cast = picture.getchannel("A").filter(ImageFilter.GaussianBlur(18)).point(lambda v: v * 0.3)
        board.image.paste(Image.new("RGB", picture.size, "#3a2418"), (at[0] + 34, at[1] + 26), cast)
        board.image.paste(picture, at, picture)
    pipe = Image.new("RGB", (SIZE[0], 16), "#c9a24a")
    ImageDraw.Draw(pipe).rectangle((0, 2, SIZE[0], 6), fill="#f6e3ae")
    ImageDraw.Draw(pipe).rectangle((0, 12, SIZE[0], 16), fill="#6d4f1d")
    board.image.paste(pipe, (0, round(0.112 * SIZE[1])))
    board.product("ankle_boot", "#6A3823", 0.30, 0.955, 0.20)
    board.product("trainer", "#F4F2ED", 0.66, 0.96, 0.22)
    return board.image


def _cafe() -> Image.Image:
    board = Board(SIZE, "#7a4b35")
    board.field("#8a563c", top=130, foot=104)
    draw = ImageDraw.Draw(board.image)
    for x in range(0, 1080, 135):
        draw.rectangle((x, 0, x + 132, 1080), fill=shifted("#8a563c", light=((x * 7) % 5 - 2) * 0.012))
    big = Image.new("L", (2160, 2160))
    ImageDraw.Draw(big).ellipse((110, 130, 2050, 2070), fill=255)
    table = big.resize(SIZE, Image.Resampling.LANCZOS)
    board.image.paste(
        Image.new("RGB", SIZE, "#1c0f0a"),
        (18, 34),
        table.filter(ImageFilter.GaussianBlur(24)).point(lambda v: v * 0.55),
    )
    marble = Board(SIZE, "#eee9e4")
    marble.field("#ece7e1", top=156, foot=118)
    rng = random.Random(12)
    for _ in range(11):
        x, y = rng.uniform(-0.1, 1), rng.uniform(0, 1)
        vein = [
            (x, y),
            (x + 0.2, y + rng.uniform(0.02, 0.14)),
            (x + 0.42, y + rng.uniform(0.0, 0.3)),
            (x + 0.21, y + rng.uniform(0.04, 0.15)),
        ]
        marble.beams([vein], soft=0.006, strength=0.24, colour="#8d8b90")
    marble.beams([[(-0.1, 0.0), (0.5, -0.1), (1.1, 0.7), (1.1, 1.0)]], soft=0.03, strength=0.3)
    board.image.paste(marble.image, (0, 0), table)
    ring = ImageChops.subtract(
        table, table.transform(SIZE, Image.Transform.AFFINE, (1.02, 0, -10, 0, 1.02, -10), Image.Resampling.BICUBIC)
    )
    board.image.paste(Image.new("RGB", SIZE, "#b98f3c"), (0, 0), ring)
    _cup(board, 0.33, 0.36)
    _lay(board, "clutch", "#E62E86", 0.62, 0.70, 0.46, 8)
    _lay(board, "cat_eye", "#1F1B1D", 0.66, 0.35, 0.40, -18)
    _lay(board, "lacquer:cream", "#1C8B74", 0.26, 0.68, 0.27, 14)
    return board.image


def _cup(board: Board, x: float, y: float) -> None:
    w = SIZE[0]
    layers = (
        (150, "#e9e2d8", 0),
        (142, "#fbf8f2", 0),
        (104, "#ddd5c8", -2),
        (92, "#ffffff", -4),
        (80, "#d9cfc0", -4),
        (76, "#4a2a1a", -4),
    )
    for r, colour, dy in layers:
        disc = Image.new("L", (r * 4, r * 4))
        ImageDraw.Draw(disc).ellipse((0, 0, r * 4 - 1, r * 4 - 1), fill=255)
        disc = disc.resize((r * 2, r * 2), Image.Resampling.LANCZOS)
        at = (round(x * w) - r, round(y * w) - r + dy)
        if r in (150, 104):
            wide = Image.new("L", (r * 2 + 80, r * 2 + 80))
            wide.paste(disc, (40, 40))
            board.image.paste(
                Image.new("RGB", wide.size, "#2a1c16"),
                (at[0] - 26, at[1] - 16),
                wide.filter(ImageFilter.GaussianBlur(14)).point(lambda v: v * 0.4),
            )
        board.image.paste(Image.new("RGB", disc.size, colour), at, disc)
    leaf = Image.new("L", (320, 320))
    pen = ImageDraw.Draw(leaf)
    for i in range(4):
        pen.arc((60 + i * 18, 40 + i * 44, 260 - i * 18, 150 + i * 44), 20, 160, fill=230, width=18)
    pen.line((160, 60, 160, 286), fill=230, width=8)
    leaf = leaf.filter(ImageFilter.GaussianBlur(3)).resize((128, 128), Image.Resampling.LANCZOS)
    board.image.paste(Image.new("RGB", leaf.size, "#d9b48c"), (round(x * w) - 64, round(y * w) - 68), leaf)


def _pavement() -> Image.Image:
    board = Board(SIZE, "#171c2e")
    board.field("#1b2238", (0, 0, 1, 0.56), top=120, foot=160)
    rng = random.Random(31)
    lights = ("#ffb54a", "#ff6a4d", "#ffe2a8", "#7fb8ff", "#ff8fb6", "#ffd27a")
    for _ in range(46):
        board.glow(
            rng.random(), rng.uniform(0.02, 0.5), rng.uniform(0.02, 0.075), rng.uniform(0.5, 1.0), rng.choice(lights)
        )
    board.image = board.image.filter(ImageFilter.GaussianBlur(5))
    for _ in range(12):
        x, y, r = rng.random(), rng.uniform(0.04, 0.46), rng.randint(22, 56)
        disc = Image.new("L", (r * 4, r * 4))
        ImageDraw.Draw(disc).ellipse((2, 2, r * 4 - 3, r * 4 - 3), fill=70, outline=120, width=6)
        board._through(
            disc.resize((r * 2, r * 2), Image.Resampling.LANCZOS),
            (round(x * 1080) - r, round(y * 1080) - r),
            rng.choice(lights),
        )
    ground = (
        board.image.crop((0, 0, 1080, 605))
        .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        .resize((1080, 476))
        .filter(ImageFilter.GaussianBlur(14))
    )
    dark = Image.new("RGB", ground.size, "#12151f")
    board.image.paste(Image.blend(dark, ground, 0.55), (0, 604))
    draw = ImageDraw.Draw(board.image, "RGBA")
    for i, y in enumerate((640, 716, 830, 1000)):
        draw.line((0, y, 1080, y), fill=(8, 9, 16, 150), width=3 + i)
        for k in range(-6, 7):
            far, near = 540 + k * (118 + i * 40) + (i % 2) * 60, 540 + k * (118 + (i + 1) * 40) + (i % 2) * 60
            end = (716, 830, 1000, 1080)[i]
            draw.line((far, y, near, end), fill=(8, 9, 16, 120), width=3 + i)
    board.beams([[(0.1, 0.58), (0.9, 0.58), (1.0, 1.0), (0.0, 1.0)]], soft=0.12, strength=0.28, colour="#ffb870")
    for _ in range(12):
        _leaf(board, rng, rng.random(), rng.uniform(0.62, 0.82))
    boots = drawn("ankle_boot", "#6A3823", 760)
    mirror = boots.transpose(Image.Transpose.FLIP_TOP_BOTTOM).filter(ImageFilter.GaussianBlur(7))
    mirror.putalpha(mirror.getchannel("A").point(lambda v: v * 0.32))
    board.image.paste(mirror, (170, 778), mirror)
    board.image.paste(boots, (170, 170), boots)
    for _ in range(6):
        _leaf(board, rng, rng.random(), rng.uniform(0.87, 0.98))
    return board.image


def _leaf(board: Board, rng: random.Random, x: float, y: float) -> None:
    r = round(22 + (y - 0.6) * 110)
    leaf = Image.new("RGBA", (r * 4, r * 4))
    colour = rng.choice(("#D5521C", "#E6761C", "#C79E45", "#A8452A", "#F3BF18"))
    draw = ImageDraw.Draw(leaf)
    points = []
    for i in range(36):
        a = 2 * math.pi * i / 36
        reach = r * (1.5 - 0.45 * abs(math.sin(a * 2.5)) - 0.25 * (1 + math.cos(a)) / 2)
        points.append((r * 2 + math.cos(a) * reach, r * 2 + math.sin(a) * reach * 0.62))
    draw.polygon(points, fill=colour)
    draw.line((r * 0.6, r * 2, r * 3.6, r * 2), fill=shifted(colour, light=-0.14), width=max(2, r // 10))
    leaf = leaf.rotate(rng.uniform(0, 360), Image.Resampling.BICUBIC).resize(
        (r * 2, round(r * 1.3)), Image.Resampling.LANCZOS
    )
    at = (round(x * 1080) - r, round(y * 1080) - r)
    shadow = leaf.getchannel("A").filter(ImageFilter.GaussianBlur(3)).point(lambda v: v * 0.6)
    board.image.paste(Image.new("RGB", leaf.size, "#08090f"), (at[0] + 5, at[1] + 8), shadow)
    board.image.paste(leaf, at, leaf)
