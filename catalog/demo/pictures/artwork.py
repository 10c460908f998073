# ruff: noqa: E501 (places and colours read better unbroken)
"""Evergreen artwork of the house: its logo, and brand pictures for screens that have nothing newer to show."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from catalog.demo.house import ACCENT, FIELD, INK
from catalog.demo.pictures.draw import drawn
from catalog.demo.pictures.mark import monogram, word_width, wordmark
from catalog.demo.pictures.pigment import ramp, shifted
from catalog.demo.pictures.studio import Studio

SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}
CAMPAIGNS = ("plinths", "colour-book", "lips-and-hems")
Box = tuple[float, float, float, float]


def campaign_art(kind: str, orientation: str) -> Image.Image:
    """A brand picture, RGB: kind out of CAMPAIGNS, 1920 x 1080 for `landscape`, 1080 x 1920 for `portrait`."""
    return {"plinths": _plinths, "colour-book": _colour_book, "lips-and-hems": _lips_and_hems}[kind](orientation)


def logo(kind: str = "full", *, colour: str = INK, width: int = 1200) -> Image.Image:
    """The house's logo on transparency, trimmed: `full` (mark over name), `mark` or `word`; `width` in pixels."""
    s = Studio(width)
    shapes = []
    if kind in ("full", "mark"):
        shapes += monogram(500, 300, 420 if kind == "full" else 560)
    if kind in ("full", "word"):
        height = 940 / word_width("ALKANET ROW", 1)
        shapes += wordmark("ALKANET ROW", 500 - word_width("ALKANET ROW", height) / 2, 650, height)
    mask = s.mask(*shapes)
    box = mask.getbbox() or (0, 0, width, width)
    picture = Image.new("RGBA", (box[2] - box[0], box[3] - box[1]), colour)
    picture.putalpha(mask.crop(box))
    return picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)


class Board:
    """A full-bleed RGB picture to which fields, light and products are added; places are fractions of width and height."""

    def __init__(self, size: tuple[int, int], colour: str) -> None:
        self.size = size
        self.image = Image.new("RGB", size, colour)

    def field(
        self, colour: str, box: Box = (0, 0, 1, 1), *, top: int = 150, foot: int = 108, surface: str = "matte"
    ) -> None:
        """A plane of colour, its tone running from top to foot."""
        x0, y0, x1, y1 = self._pixels(box)
        strip = Image.linear_gradient("L").point(lambda v: round(top + (foot - top) * v / 255))
        tone = strip.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC)
        self.image.paste(Image.merge("RGB", [tone.point(t) for t in ramp(colour, surface)]), (x0, y0))

    def glow(self, x: float, y: float, radius: float, strength: float = 0.5, colour: str = "#fff4e4") -> None:
        """A round pool of light; the radius is in short sides."""
        r = round(radius * min(self.size))
        pool = ImageChops.invert(Image.radial_gradient("L")).point(lambda v: max(0, v - 74) * 255 // 181)
        pool = pool.resize((2 * r, 2 * r), Image.Resampling.BICUBIC).point(lambda v: round(v * strength))
        self._through(pool, (round(x * self.size[0]) - r, round(y * self.size[1]) - r), colour)

    def beams(
        self,
        shapes: list[list[tuple[float, float]]],
        *,
        soft: float = 0.012,
        strength: float = 0.2,
        colour: str = "#fff1dc",
    ) -> None:
        """Light (or shade) falling in polygons, soft by a fraction of the short side."""
        w, h = self.size
        small = Image.new("L", (w // 2, h // 2))
        draw = ImageDraw.Draw(small)
        for shape in shapes:
            draw.polygon([(x * w / 2, y * h / 2) for x, y in shape], fill=round(255 * strength))
        small = small.filter(ImageFilter.GaussianBlur(soft * min(self.size) / 2))
        self._through(small.resize(self.size, Image.Resampling.BICUBIC), (0, 0), colour)

    def product(
        self, form: str, colour: str, x: float, foot: float, size: float, *, angle: float = 0, flip: bool = False
    ) -> None:
        """A product standing with its lower edge at `foot`, `size` short sides high in its square, turned by degrees."""
        side = round(size * min(self.size))
        picture = drawn(form, colour, side)
        if flip:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if angle:
            picture = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        solid = picture.getchannel("A").point(lambda v: 255 if v > 215 else 0).getbbox() or (0, 0, side, side)
        left = round(x * self.size[0] - (solid[0] + solid[2]) / 2)
        self.image.paste(picture, (left, round(foot * self.size[1]) - solid[3]), picture)

    def stamp(self, kind: str, colour: str, x: float, y: float, width: float) -> None:
        """The logo, centred, `width` short sides wide."""
        mark = logo(kind, colour=colour, width=round(width * min(self.size)))
        at = (round(x * self.size[0] - mark.width / 2), round(y * self.size[1] - mark.height / 2))
        self.image.paste(mark, at, mark)

    def plinth(self, colour: str, box: Box, *, round_: bool = True) -> None:
        """A plaster cylinder (or block) with a lit top."""
        x0, y0, x1, y1 = self._pixels(box)
        w, h = x1 - x0, y1 - y0
        lid = round(w * (0.13 if round_ else 0.09))
        shadow = Image.new("L", (w * 2, lid * 4))
        ImageDraw.Draw(shadow).ellipse((w * 0.45, lid * 0.8, w * 1.75, lid * 2.9), fill=120)
        self._through(
            shadow.filter(ImageFilter.GaussianBlur(lid * 0.5)), (x0 - w // 2, y1 - lid * 2 + lid // 2), "#120a18"
        )
        big = Image.new("L", (w * 2, (h + lid) * 2))
        draw = ImageDraw.Draw(big)
        if round_:
            draw.rectangle((0, lid, w * 2, h * 2 - lid), fill=255)
            draw.ellipse((0, h * 2 - lid * 2, w * 2, h * 2), fill=255)
        else:
            draw.rectangle((0, lid, w * 2, h * 2), fill=255)
        body = big.resize((w, h + lid), Image.Resampling.LANCZOS)
        stops = [(0, 150), (0.14, 178), (0.3, 164), (0.6, 122), (0.9, 88), (1, 100)] if round_ else [(0, 150), (1, 122)]
        strip = Image.new("L", (len(stops) * 40, 1))
        strip.putdata([_tone(stops, i / (len(stops) * 40 - 1)) for i in range(len(stops) * 40)])
        tone = strip.resize((w, h + lid), Image.Resampling.BICUBIC)
        self.image.paste(Image.merge("RGB", [tone.point(t) for t in ramp(colour, "matte")]), (x0, y0), body)
        face = Image.new("L", (w * 2, lid * 2))
        draw = ImageDraw.Draw(face)
        if round_:
            draw.ellipse((0, 0, w * 2 - 1, lid * 2 - 1), fill=255)
        else:
            draw.polygon([(w * 0.12, 0), (w * 1.88, 0), (w * 2, lid * 2), (0, lid * 2)], fill=255)
        lit = shifted(colour, light=0.09, chroma=0.9)
        top = (
            Image.linear_gradient("L")
            .rotate(90)
            .resize((w, lid), Image.Resampling.BICUBIC)
            .point(lambda v: round(168 - v * 0.2))
        )
        self.image.paste(
            Image.merge("RGB", [top.point(t) for t in ramp(lit, "matte")]),
            (x0, y0),
            face.resize((w, lid), Image.Resampling.LANCZOS),
        )

    def _through(self, mask: Image.Image, at: tuple[int, int], colour: str) -> None:
        self.image.paste(Image.new("RGB", mask.size, colour), at, mask)

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        w, h = self.size
        return round(box[0] * w), round(box[1] * h), round(box[2] * w), round(box[3] * h)


def _tone(stops: list[tuple[float, float]], t: float) -> int:
    for (a, low), (b, high) in zip(stops, stops[1:], strict=False):
        if t <= b:
            return round(low + (high - low) * (t - a) / (b - a))
    return round(stops[-1][1])


def _window(board: Board, x: float, *, lean: float = 0.5, panes: int = 2, strength: float = 0.16) -> None:
    """Sun through a tall window, thrown across the wall."""
    tall = board.size[1] / board.size[0]
    wide = 0.16 * (1 if tall < 1 else 1.5)
    for i in range(panes):
        for y0, y1 in ((-0.1, 0.26), (0.29, 0.62)):
            left = x + i * wide * 1.12
            shape = [(left + lean * y * tall * 0.5, y) for y in (y0, y1)]
            board.beams(
                [[shape[0], (shape[0][0] + wide, y0 + 0.03), (shape[1][0] + wide, y1 + 0.03), shape[1]]],
                strength=strength,
            )


def _plinths(orientation: str) -> Image.Image:
    """Several products on plaster plinths in one warm field."""
    board = Board(SIZES[orientation], "#c9604a")
    wide = orientation == "landscape"
    wall, floor, line_ = "#d0664e", "#c4573f", 0.70 if wide else 0.74
    board.field(wall, (0, 0, 1, line_), top=138, foot=158)
    board.field(floor, (0, line_, 1, 1), top=150, foot=116)
    board.glow(0.3, 0.3, 0.9, 0.30)
    _window(board, 0.04 if wide else 0.0)
    if wide:
        board.plinth("#e08a6f", (0.075, 0.60, 0.255, 0.90))
        board.plinth("#d9745b", (0.385, 0.44, 0.585, 0.86))
        board.plinth("#b94f3a", (0.70, 0.66, 0.93, 0.91), round_=False)
        board.product("perfume:dome", "#5A2A6F", 0.485, 0.475, 0.40)
        board.product("crescent_bag", "#6E1026", 0.165, 0.635, 0.47)
        board.product("heel", "#F2DF9A", 0.815, 0.69, 0.42)
        board.product("lipstick:satin", "#C4142F", 0.325, 0.945, 0.34)
        board.product("lacquer:cream", "#17223F", 0.635, 0.955, 0.27)
        board.stamp("word", "#fbeadd", 0.815, 0.13, 0.42)
    else:
        board.plinth("#e08a6f", (0.08, 0.555, 0.44, 0.80))
        board.plinth("#d9745b", (0.53, 0.40, 0.92, 0.76))
        board.plinth("#b94f3a", (0.44, 0.80, 0.95, 0.93), round_=False)
        board.product("perfume:dome", "#5A2A6F", 0.725, 0.42, 0.46)
        board.product("crescent_bag", "#6E1026", 0.265, 0.577, 0.46)
        board.product("heel", "#F2DF9A", 0.70, 0.82, 0.56)
        board.product("lipstick:satin", "#C4142F", 0.22, 0.955, 0.42)
        board.stamp("word", "#fbeadd", 0.5, 0.085, 0.72)
    return board.image


_PAGE = (("lipstick:matte", "#A90F1E"), ("slip_dress", "#F2DF9A"), ("lacquer:cream", "#2252C6"), ("heel", "#E62E86"), ("beret", "#3D7C4B"),
         ("perfume:slab", "#17223F"), ("drop", "#D5521C"), ("palette", "#B49DDA"))  # fmt: skip


def _colour_book(orientation: str) -> Image.Image:
    """A page of the colour book: every product in a room of its own colour."""
    columns, rows = (4, 2) if orientation == "landscape" else (2, 4)
    board = Board(SIZES[orientation], INK)
    for i, (form, colour) in enumerate(_PAGE):
        x, y = i % columns, i // columns
        if columns == 2:
            x = x if y % 2 == 0 else 1 - x
        box = (x / columns, y / rows, (x + 1) / columns, (y + 1) / rows)
        board.field(shifted(colour, light=-0.02 if form != "slip_dress" else -0.06), box, top=136, foot=112)
        cell = Board((round(board.size[0] / columns), round(board.size[1] / rows)), colour)
        cell.image = board.image.crop((round(box[0] * board.size[0]), round(box[1] * board.size[1]), round(box[0] * board.size[0]) + cell.size[0],
                                       round(box[1] * board.size[1]) + cell.size[1]))  # fmt: skip
        cell.glow(0.4, 0.35, 0.7, 0.22)
        picture = drawn(form, colour, round(min(cell.size) * 0.84))
        cell.image.paste(picture, ((cell.size[0] - picture.width) // 2, (cell.size[1] - picture.height) // 2), picture)
        board.image.paste(cell.image, (round(box[0] * board.size[0]), round(box[1] * board.size[1])))
    return board.image


def _lips_and_hems(orientation: str) -> Image.Image:
    """One shade twice, on a mouth and on a hem: the idea of the house."""
    board = Board(SIZES[orientation], "#6E1026")
    wide = orientation == "landscape"
    board.field("#6E1026", top=150, foot=112)
    board.glow(0.34 if wide else 0.5, 0.36, 1.0, 0.22, "#ffd9d0")
    if wide:
        board.product("gown", "#8E1733", 0.72, 0.965, 0.98)
        board.product("lipstick:satin", "#8E1733", 0.285, 0.90, 0.74)
        board.stamp("word", ACCENT, 0.285, 0.08, 0.40)
    else:
        board.product("gown", "#8E1733", 0.5, 0.60, 1.0)
        board.product("lipstick:satin", "#8E1733", 0.5, 0.945, 0.60)
        board.stamp("word", ACCENT, 0.5, 0.055, 0.56)
    return board.image


@cache
def slate_colours() -> dict[str, str]:
    """The house's colours for a brand kit: field, ink on it, accent."""
    return {"field": FIELD, "ink": "#fbf3e6", "accent": ACCENT}
