"""Draws every kind of card in both orientations, to be looked at: python -m tests.browser.card_gallery OUT [names]."""

import hashlib
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from catalog.demo import house
from catalog.demo.pictures.draw import draw as draw_product
from displays.cards.compose import compose
from displays.cards.content import (
    Author,
    CallContent,
    EvergreenContent,
    Item,
    Picture,
    Post,
    PostContent,
    PostItemContent,
    TrendContent,
)
from server.core.brand import BrandKit
from tests.browser.card_glass import Glass, facts, glass

LINE = (
    ("Low Light", 1),
    ("Spill Lip", 2),
    ("Box Office", 0),
    ("Second Draft", 0),
    ("Overture", 1),
    ("Exit Music", 2),
    ("Fisher Row", 0),
    ("Flyleaf", 0),
)
SIZES = {"l": (1280, 720), "p": (720, 1280)}
AT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


class Art:
    """Pictures drawn here, kept as the glass wants them."""

    def __init__(self) -> None:
        self.media: dict[str, tuple[bytes, str]] = {}

    def keep(self, image: Image.Image, alt: str = "") -> Picture:
        out = io.BytesIO()
        image.save(out, "PNG")
        digest = hashlib.sha256(out.getvalue()).hexdigest()
        self.media[digest] = (out.getvalue(), "image/png")
        return Picture(digest, *image.size, alt)

    def item(self, title: str, n: int) -> Item:
        """A variant of the demonstration house by the name of its product and the number of its shade."""
        shades = {one.picture: one for one in house.variants() if title in one.product.name}
        variant = list(shades.values())[n]
        shade, picture = variant.shade, self.keep(draw_product(variant, 900), variant.title)
        return Item(f"v{LINE.index((title, n)) + 1}", variant.product.name, shade.name, shade.hex, house.BRAND, picture)

    def avatar(self, one: str, two: str) -> Picture:
        image = Image.new("RGB", (240, 240), one)
        draw = ImageDraw.Draw(image)
        draw.ellipse((70, 45, 170, 145), fill=two)
        draw.ellipse((25, 150, 215, 340), fill=two)
        return self.keep(image.resize((120, 120)))

    def scene(self, size: tuple[int, int], one: str, two: str) -> Picture:
        image = Image.new("RGB", size, one)
        draw = ImageDraw.Draw(image)
        w, h = size
        draw.ellipse((w * 0.2, h * 0.25, w * 1.2, h * 1.3), fill=two)
        return self.keep(image.filter(ImageFilter.GaussianBlur(60)))


def cards(art: Art) -> dict:
    """Name to (content, brand, language)."""
    ana = Author("Ana Lindqvist", "analindqvist", art.avatar("#e6c7b2", "#6b3a2e"))
    items = [art.item(*one) for one in LINE]
    lune = BrandKit(name=house.BRAND, field=house.FIELD.lower(), accent=house.ACCENT.lower())
    grotesque = BrandKit(
        name=house.BRAND, display="bricolage-grotesque", text="dm-sans", field="#16324f", accent="#ffb066"
    )
    playfair = BrandKit(
        name=house.BRAND,
        display="playfair-display",
        text="source-sans-3",
        field="#f2e9dc",
        ink="#2a1d16",
        accent="#a4502f",
    )

    def post(text: str, language: str = "en", author: Author = ana, **more) -> Post:
        return Post(more.pop("network", "x"), author, text, AT, language, **more)

    short = "That burgundy lip on the last look at #LFW. I need it tonight ❤️"
    long = (
        "Sat third row at #LFW this morning and I cannot stop thinking about the make-up: one deep berry mouth, bare skin, nothing "
        "else. Every model looked like herself, only more awake. Walked home past @alkanetrow and the window had exactly that shade 💄✨ "
        "https://alkanetrow.example/lfw"
    )
    noor = Author("نور الهدى", "noor_alhuda", art.avatar("#cfd8cf", "#3d5a4b"))
    yuki = Author("ゆき｜コスメ", "yuki_cosme", art.avatar("#f3d3dc", "#8a3a55"))
    linh = Author("Nguyễn Thuỳ Linh", "linh.bsky.social", art.avatar("#d7e3f0", "#2f4a6b"))
    return {
        "post-item-short": (PostItemContent(post(short), items[0]), lune, "en"),
        "post-item-long": (PostItemContent(post(long, edited=True), items[2]), lune, "en"),
        "post-item-bright": (
            PostItemContent(
                post(
                    "Coral is the new black 🧡🔥",
                    network="mastodon",
                    author=Author("Bo", "bo@fashion.example", ana.avatar),
                ),
                items[1],
            ),
            grotesque,
            "en",
        ),
        "post-item-ar": (
            PostItemContent(
                post("أحمر الشفاه هذا من عرض #لندن رائع جدا، لونه دافئ ويدوم طوال اليوم 💄", "ar", noor), items[4]
            ),
            lune,
            "en",
        ),
        "post-item-ja": (
            PostItemContent(
                post(
                    "今日の #LFW のメイク、ほんとうに素敵だった！このリップの色、ずっと探していた色そのもの。帰りに買ってしまいました💄✨",
                    "ja",
                    yuki,
                ),
                items[3],
            ),
            playfair,
            "en",
        ),
        "post-item-vi": (
            PostItemContent(
                post(
                    "Màu son này đẹp quá trời luôn! Ướt, mượt, lên môi chuẩn như ảnh #LFW 😍",
                    "vi",
                    linh,
                    network="bluesky",
                ),
                items[0],
            ),
            grotesque,
            "vi",
        ),
        "post-short": (PostContent(post("Front row. Wet shoes. Worth it. #LFW")), lune, "en"),
        "post-long": (PostContent(post(long + "\n\n" + long, reposted_by="Alkanet Row")), playfair, "nb"),
        "post-photo": (
            PostContent(
                post(
                    "Backstage light at #LFW, ten minutes before the doors.",
                    pictures=(art.scene((1200, 900), "#302a3a", "#d9a48a"),),
                )
            ),
            lune,
            "en",
        ),
        "trend": (
            TrendContent("#LFW", tuple(items[:4]), (3, 4, 4, 6, 5, 9, 12, 18, 17, 31, 44, 62), 412, 60, 1),
            lune,
            "en",
        ),
        "trend-word": (
            TrendContent("burgundy", (items[0], items[2], items[1]), (9, 7, 8, 12, 16, 15, 22, 30), 128, 60, None),
            playfair,
            "en",
        ),
        "trend-long": (
            TrendContent("#LondonFashionWeek", tuple(items[1:5]), (1, 2, 4, 8, 16, 18, 25), 96, 15, 3),
            grotesque,
            "vi",
        ),
        "evergreen-blue": (EvergreenContent(item=items[5]), lune, "en"),
        "post-item-yellow": (
            PostItemContent(post("Taxi-yellow knit in the second row. Instantly warmer. #LFW"), items[6]),
            lune,
            "nb",
        ),
        "evergreen-black": (EvergreenContent(item=items[7], headline="Writes in one stroke."), grotesque, "nb"),
        "evergreen-item": (EvergreenContent(headline="Eight hours, one coat.", item=items[0]), lune, "en"),
        "evergreen-item2": (
            EvergreenContent(item=items[3], words="For lips that want to be left alone."),
            playfair,
            "en",
        ),
        "evergreen-picture": (
            EvergreenContent(
                "The winter reds are in.",
                "Twelve shades, from coral to almost black.",
                art.scene((1600, 900), "#3a0d18", "#c4344a"),
                art.scene((900, 1600), "#3a0d18", "#c4344a"),
            ),
            lune,
            "en",
        ),
        "evergreen-words": (
            EvergreenContent("Colour is a way of being early.", "Alkanet Row, four doors down."),
            grotesque,
            "en",
        ),
        "call": (CallContent("AlkanetRow", "vitrine.example/terms/alkanet", "Wear it. Show us."), lune, "en"),
        "call-nb": (CallContent("MinVinterRød", "vitrine.example/vilkar/vinter", "Vis oss den røde."), playfair, "nb"),
    }


def draw(out: Path, wanted: list[str], hung: Glass, art: Art) -> None:
    for name, (content, brand, language) in cards(art).items():
        if wanted and not any(name.startswith(one) for one in wanted):
            continue
        card = compose(content, brand=brand, language=language)
        hung.media.update(art.media)
        hung.media.update({one.digest: (one.body, one.content_type) for one in card.media})
        for key, size in SIZES.items():
            found = hung.hang(card.html, facts(language, v1=3, v2=7, v3=40, v4=2, v5=1, v6=4, v7=6, v8=2), size)
            print(name, key, found)
            hung.page.screenshot(path=out / f"{name}-{key}.png", animations="disabled")


def sheet(out: Path) -> None:
    """All pictures on two contact sheets."""
    for key in SIZES:
        files = sorted(file for file in out.glob(f"*-{key}.png") if not file.name.startswith("sheet"))
        cols = 3 if key == "l" else 6
        w, h = (640, 360) if key == "l" else (320, 569)
        board = Image.new("RGB", (cols * (w + 12), -(-len(files) // cols) * (h + 12)), "#888")
        for n, file in enumerate(files):
            board.paste(
                Image.open(file).resize((w, h), Image.Resampling.LANCZOS),
                ((n % cols) * (w + 12) + 6, (n // cols) * (h + 12) + 6),
            )
        board.save(out / f"sheet-{key}.png")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with glass() as opened:
        draw(folder, sys.argv[2:], opened, Art())
    sheet(folder)
