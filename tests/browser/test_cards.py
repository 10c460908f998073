"""Cards in a real Chromium: where compose says that a card fits, nothing overflows, is clipped, or is too small to read."""

import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PIL import Image

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
from displays.cards.errors import CannotShow
from server.core.brand import BrandKit
from server.core.colour import contrast
from tests.browser.card_glass import Glass, facts, glass

pytestmark = pytest.mark.browser
SIZES = {
    "16:9": [(1280, 720), (1920, 1080), (3840, 2160)],
    "9:16": [(1080, 1920)],
    "4:3": [(1024, 768)],
    "1:1": [(900, 900)],
}
SIZES |= {
    "16:10": [(1280, 800)],
    "3:4": [(768, 1024)],
    "10:16": [(800, 1280)],
    "21:9": [(1680, 720)],
    "9:21": [(720, 1680)],
}
AT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
DOT = Picture("0" * 64, 8, 8, "a dot")
LATIN = [
    "the",
    "window",
    "had",
    "exactly",
    "that",
    "shade",
    "and",
    "I",
    "walked",
    "past",
    "it",
    "twice",
    "before",
    "rain",
]
TEXTS = {
    "short": ("en", "Worth it. #LFW"),
    "post of 280": (
        "en",
        ("Sat third row at #LFW and can't stop thinking about the make-up: one deep mouth, bare skin. " * 4)[:280],
    ),
    "post of 1,000": ("en", " ".join(random.Random(7).choices(LATIN, k=190))),
    "Japanese": (
        "ja",
        "今日の #LFW のメイク、ほんとうに素敵だった！このリップの色、ずっと探していた。帰りに買ってしまいました💄✨"
        * 2,
    ),
    "Chinese": ("zh", "今天在伦敦时装周看到的口红颜色太美了，深酒红，光泽像丝绸一样。回家路上就买了。" * 2),
    "Korean": ("ko", "오늘 쇼에서 본 립 컬러 정말 예뻤어요. 집에 가는 길에 바로 샀습니다 💄 #LFW"),
    "Arabic": (
        "ar",
        "أحمر الشفاه هذا من عرض #لندن رائع جدا، لونه دافئ ويدوم طوال اليوم 💄 شكرا @noor على النصيحة الجميلة",
    ),
    "Hebrew": ("he", "השפתון הזה מהתצוגה פשוט מושלם, הצבע נשאר כל היום #LFW"),
    "Hindi": ("hi", "इस लिपस्टिक का रंग बहुत सुंदर है, पूरे दिन टिका रहता है #LFW ज़रूर आज़माएँ"),
    "Thai": ("th", "ลิปสติกสีนี้สวยมากเลยค่ะ ติดทนทั้งวันและไม่แห้งตึงปาก ซื้อมาแล้วชอบมากจริงๆ #LFW"),
    "Vietnamese": (
        "vi",
        "Màu son này đẹp quá trời luôn! Ướt, mượt, lên môi chuẩn như ảnh, đứng dưới nắng vẫn giữ được sắc đỏ ấy 😍 #LFW",
    ),
    "emoji": ("en", "💄✨🔥👩🏽‍🦱🏳️‍🌈🇳🇴❤️1️⃣ " * 9),
    "one long word": ("de", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2),
    "a long address": ("en", "Look https://alkanetrow.example/a/very/long/path?with=a&query=" + "x" * 90 + " at this"),
    "lines": ("en", "One.\nTwo.\n\nThree, and a bit more of it than before.\nFour."),
    "capitals": ("en", "WHAT A WALL OF WORDS, MAMMA MIA, WE WANT MORE OF IT NOW #MMWWMM " * 3),
}
LINE_UP = [
    ("Low Light Matte Lipstick", "#6e1026"),
    ("Spill Lip Gloss", "#fa8b6e"),
    ("Chandelier Drop Earrings", "#2b2fa6"),
    ("Fog Wool Scarf", "#c2c6ca"),
]
MEASURE = """() => {
  const root = document.querySelector('.card');
  const unit = Math.min(root.clientWidth, root.clientHeight) / 100;
  const glass = root.getBoundingClientRect();
  const troubles = [];
  const box = (e) => e.getBoundingClientRect();
  const seen = (e) => e.getClientRects().length > 0;
  const say = (what, e) => troubles.push(what + ': ' + e.className + ' "' + e.textContent.trim().slice(0, 40) + '"');
  const texts = [...root.querySelectorAll('p, h1, h2, .words')].filter((e) => seen(e) && e.textContent.trim());
  for (const e of [...texts, ...root.querySelectorAll('.avatar, .mark, .qr, .product')].filter(seen)) {
    const r = box(e);
    const off = r.left < glass.left - 1 || r.top < glass.top - 1 || r.right > glass.right + 1 || r.bottom > glass.bottom + 1;
    if (off) say('off the glass', e);
  }
  for (const e of texts) {
    const range = document.createRange();
    range.selectNodeContents(e);
    const r = range.getBoundingClientRect();
    const own = box(e);
    if (r.width > own.width + 1.5 || r.left < own.left - 1.5 || r.right > own.right + 1.5) say('wider than its box', e);
    if (e.scrollWidth > e.clientWidth + 1) say('scrolls', e);
  }
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.nodeValue.trim() || !seen(e) || e.closest('[aria-hidden]')) continue;
    const size = parseFloat(getComputedStyle(e).fontSize) / unit;
    if (size < 2.4) say('too small (' + size.toFixed(2) + ')', e);
  }
  for (let i = 0; i < texts.length; i += 1) for (let j = i + 1; j < texts.length; j += 1) {
    if (texts[i].contains(texts[j]) || texts[j].contains(texts[i])) continue;
    const a = box(texts[i]), b = box(texts[j]);
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 1) say('overlaps ' + texts[j].className, texts[i]);
  }
  const qr = root.querySelector('.qr');
  if (qr && box(qr).width < 13 * unit) say('small code', qr);
  return troubles;
}"""


@pytest.fixture(scope="module")
def hung() -> Iterator[Glass]:
    with glass() as opened:
        out = io.BytesIO()
        Image.new("RGB", (8, 8), "#a06070").save(out, "PNG")
        opened.media[DOT.digest] = (out.getvalue(), "image/png")
        yield opened


def post(text: str, language: str | None, **more) -> Post:
    author = more.pop("author", Author("Ana Lindqvist", "analindqvist", DOT))
    return Post(more.pop("network", "x"), author, text, AT, language, **more)


def item(name: str = "Low Light Matte Lipstick", swatch: str = "#6e1026", variant: str = "v1") -> Item:
    return Item(variant, name, "Curtain Call", swatch, "Alkanet Row", DOT)


def troubles(hung: Glass, card, *, language: str = "en") -> list[str]:
    """What is wrong with a card on every glass of every shape that it is said to fit."""
    hung.media.update({one.digest: (one.body, one.content_type) for one in card.media})
    found = []
    for shape in card.fits:
        for size in SIZES[shape]:
            state = hung.hang(card.html, facts(language, v1=3, v2=7, v3=40, v4=2), size)
            asked = dict(
                part.split("=") for part in card.html.decode().partition('data-fit="')[2].partition('"')[0].split()
            )
            found += [f"{shape} {size}: {trouble}" for trouble in hung.page.evaluate(MEASURE)]
            if not state["fits"]:
                found.append(f"{shape} {size}: the player would not show it")
            if state["step"] != asked[shape]:
                found.append(f"{shape} {size}: measured for step {asked[shape]}, needed {state['step']}")
    return found


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "kit", [BrandKit(), BrandKit(display="dm-serif-display", text="dm-sans")], ids=["figtree", "dm-sans"]
)
def test_a_post_beside_an_item_is_whole_wherever_it_is_said_to_fit(hung: Glass, name: str, kit: BrandKit) -> None:
    language, text = TEXTS[name]
    try:
        card = compose(PostItemContent(post(text, language), item()), brand=kit, language="en")
    except CannotShow:
        assert name in ("post of 1,000", "emoji", "a long address", "one long word")
        return
    assert troubles(hung, card) == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_post_alone_is_whole_wherever_it_is_said_to_fit(hung: Glass, name: str) -> None:
    language, text = TEXTS[name]
    card = compose(
        PostContent(post(text, language, edited=True, reposted_by="Somebody")), brand=BrandKit(), language="en"
    )
    assert troubles(hung, card) == []
    assert {"16:9", "9:16"} <= set(card.fits)


def test_long_names_and_handles_have_room(hung: Glass) -> None:
    author = Author(
        "Maximiliana Konstantinopoulou-Featherstonehaugh 💄✨",
        "maximiliana@a-very-long-server-name.fashion.example",
        DOT,
    )
    written = post("Worth it. #LFW", "en", author=author, network="mastodon", edited=True)
    assert (
        troubles(hung, compose(PostItemContent(written, item()), brand=BrandKit(), language="nb"), language="nb") == []
    )


def test_a_post_with_photographs_shows_them_whole(hung: Glass) -> None:
    for count in (1, 2, 3, 4):
        card = compose(
            PostContent(post("Backstage light.", "en", pictures=(DOT,) * count)), brand=BrandKit(), language="vi"
        )
        assert troubles(hung, card, language="vi") == []


@pytest.mark.parametrize("word", ["#LFW", "burgundy", "#LondonFashionWeekStreetStyle", "#時尚週", "#أزياء"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_trend_is_as_large_as_its_word_allows(hung: Glass, word: str, count: int) -> None:
    items = tuple(item(name, swatch, f"v{n}") for n, (name, swatch) in enumerate(LINE_UP[:count], 1))
    content = TrendContent(word, items, (1, 3, 2, 6, 9, 14), 412, 60, 1)
    card = compose(content, brand=BrandKit(), language="en")
    assert troubles(hung, card) == []
    assert {"16:9", "9:16"} <= set(card.fits)


@pytest.mark.parametrize("language", ["en", "vi", "nb"])
def test_evergreen_and_call_cards_fit_in_every_language(hung: Glass, language: str) -> None:
    contents = [
        EvergreenContent("The winter reds are in.", "Twelve shades, from coral to almost black."),
        EvergreenContent("The winter reds are in.", "Twelve shades, from coral to almost black.", DOT, DOT),
        EvergreenContent(landscape=DOT),
        EvergreenContent(headline="Eight hours, one coat.", words="And no more than that.", item=item()),
        EvergreenContent(item=item("Chandelier Drop Earrings", "#f2df9a")),
        CallContent("AlkanetRow", "vitrine.example/terms/alkanet", "Wear it. Show us."),
        CallContent("MinVinterRødeLeppestift", "vitrine.example/terms/a-rather-long-address/of-2026"),
    ]
    for content in contents:
        card = compose(content, brand=BrandKit(display="playfair-display"), language=language)
        assert {"16:9", "9:16"} <= set(card.fits)
        assert troubles(hung, card, language=language) == []


@pytest.mark.parametrize(
    "swatch", ["#6e1026", "#fa8b6e", "#f3bf18", "#2252c6", "#7a3fb0", "#f2dac6", "#121116", "#8a8e96", "#12503a"]
)
def test_main_text_has_a_contrast_of_seven_on_what_is_really_behind_it(hung: Glass, swatch: str) -> None:
    kit = BrandKit(field=swatch, accent=swatch)
    contents = [
        PostItemContent(post("Worth it. #LFW", "en"), item(swatch=swatch)),
        PostContent(post(TEXTS["post of 280"][1], "en")),
        TrendContent(
            "#LFW", tuple(item(swatch=swatch, variant=f"v{n}") for n in (1, 2, 3)), (1, 3, 2, 6, 9, 14), 412, 60, 1
        ),
        EvergreenContent(item=item(swatch=swatch)),
        EvergreenContent("Colour is early."),
        CallContent("AlkanetRow", "vitrine.example/terms/alkanet", "Wear it. Show us."),
    ]
    for content in contents:
        hung.hang(compose(content, brand=kit, language="en").html, facts(v1=3, v2=7, v3=40), (1280, 720))
        assert contrasts(hung) == {}, content.kind


def contrasts(hung: Glass) -> dict[str, float]:
    """Main texts with less than 7:1 against the worst of the pixels behind them (a hundredth of them may be a curve's line)."""
    boxes = hung.page.evaluate(
        """(main) => [...document.querySelectorAll(main)]
        .filter((e) => e.getClientRects().length && e.textContent.trim())
        .map((e) => {
          const r = e.getBoundingClientRect();
          return [e.className, getComputedStyle(e).color, r.left, r.top, r.right, r.bottom];
        })""",
        ".words, .name, .headline, .word, .tag-word, .price, .where, .author-name",
    )
    hung.page.add_style_tag(content=".card p, .card h1, .card h2, .card .words, .card .price { visibility: hidden }")
    picture = Image.open(io.BytesIO(hung.page.screenshot(animations="disabled"))).convert("RGB")
    hung.page.evaluate("document.head.lastElementChild.remove()")
    low = {}
    for name, ink, *box in boxes:
        colour = "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", ink)[:3])
        colours = picture.crop([round(edge) for edge in box]).getcolors(1 << 20)
        ratios = sorted((contrast(colour, "#" + bytes(pixel).hex()), count) for count, pixel in colours)
        skipped, total = 0, sum(count for count, _ in colours)
        worst = next(ratio for ratio, count in ratios if (skipped := skipped + count) > total / 60)
        if worst < 6.98:
            low[name] = round(worst, 2)
    return low


def test_every_shape_of_the_network_marks_is_drawn(hung: Glass) -> None:
    for network in ("x", "mastodon", "bluesky"):
        card = compose(PostContent(post("Worth it.", "en", network=network)), brand=BrandKit(), language="en")
        hung.hang(card.html, facts(), (1280, 720))
        assert hung.page.evaluate("document.querySelector('.mark').getBoundingClientRect().width") > 40


def test_motion_is_stilled_for_whoever_asks(hung: Glass) -> None:
    card = compose(PostItemContent(post("Worth it.", "en"), item()), brand=BrandKit(), language="en")
    hung.hang(card.html, facts(v1=3), (1280, 720))
    name = "getComputedStyle(document.querySelector('.product')).animationName"
    assert hung.page.evaluate(name) == "card-drift"
    hung.page.emulate_media(reduced_motion="reduce")
    assert hung.page.evaluate(name) == "none"
    hung.page.emulate_media(reduced_motion="no-preference")


def test_a_card_that_was_not_measured_for_a_shape_takes_smaller_steps_or_says_that_it_does_not_fit(hung: Glass) -> None:
    language, text = TEXTS["post of 280"]
    card = compose(PostItemContent(post(text, language), item()), brand=BrandKit(), language="en")
    assert hung.hang(card.html, facts(v1=3), (700, 600))["fits"] is False


def test_the_slate_is_drawn_from_the_brand_alone(hung: Glass) -> None:
    hung.hang(compose(EvergreenContent("x"), brand=BrandKit(), language="en").html, facts(), (1280, 720))
    text = hung.page.evaluate("""async () => {
      const { drawSlate } = await import('/static/displays/player/slate.js');
      const stage = document.getElementById('stage');
      stage.textContent = ''; stage.classList.add('slate');
      drawSlate(stage, { name: 'Alkanet Row', field: '#5a2a6f', ink: '#f7f3ec', accent: '#d9b872', display: 'fraunces', logo: null });
      await document.fonts.ready;
      const name = stage.querySelector('.slate-name');
      return [name.textContent, getComputedStyle(name).color, name.getBoundingClientRect().width < 1280];
    }""")
    assert text == ["Alkanet Row", "rgb(247, 243, 236)", True]
