"""Cards of the house's own: a trend with a line-up of items, evergreen words and pictures, the call to take part."""

from functools import partial

from displays.cards.content import CallContent, EvergreenContent, Item, TrendContent
from displays.cards.curve import curve
from displays.cards.draft import Desk, Draft, ItemView, item_view
from displays.cards.errors import CannotShow
from displays.cards.fitting import HEADLINE, PAD, QR, RISING, fit, item_height, longest_word, merged, stacked
from displays.cards.stage import Stage
from displays.cards.typeset import Copy
from server.core import colour

ASIDE = 30.0  # width of the code's own column beside a line-up


def draft_trend(content: TrendContent, desk: Desk) -> Draft:
    """The rising word as large as it can be, its curve, and one to four items side by side in their own rooms."""
    if not 1 <= len(content.items) <= 4:
        raise CannotShow("A trend is shown with one to four items.")
    say = desk.phrases
    word = desk.display(say["collected"] if content.collected else content.word)
    items = tuple(item_view(item, desk) for item in content.items)
    stands = say["first"].format(rank=content.rank) if content.rank else say["rising"]
    label = desk.facts(say["in_stores"] if content.collected else stands, weight=600)
    count = desk.facts(_counted(content, say))

    def fits(size: float, stage: Stage, *, broken: bool = True) -> bool:
        across = stage.width - 2 * PAD
        standing = 4.7 * (1 if label.width(3.6) + count.width(3.6) + 4 <= across else 2)
        rise = stage.height * (0.56 if stage.landscape else 0.42)
        tall = word.parted_height(size, across, broken=broken)
        high = tall is not None and PAD + standing + tall + size * 0.08 + 3.5 <= rise
        return high and all(_stands(item, len(items), stage) for item in items)

    view = {"word": word, "items": items, "label": label, "count": count, "curve": curve(content.curve)}
    copies = (word, label, count, *(copy for item in items for copy in item.copies))
    pictures = tuple(item.picture for item in items if item.picture)
    steps = merged(fit(RISING, partial(fits, broken=False)), fit(RISING, fits), RISING, 1.5)
    return Draft("trend", desk.room, view, copies, pictures, steps, len(RISING))


def draft_evergreen(content: EvergreenContent, desk: Desk) -> Draft:
    """The house's words: with its own pictures, with an item, or alone."""
    if content.item is not None:
        return _draft_item(content, content.item, desk)
    headline, words = desk.display(content.headline, content.language), desk.facts(content.words, content.language)
    pictures = tuple(picture for picture in (content.landscape, content.portrait) if picture)
    if not (headline.cut or words.cut or pictures):
        raise CannotShow("There is nothing on this card: give it a headline, words, a picture or an item.")

    def fits(size: float, stage: Stage) -> bool:
        width, height = _words_room(stage, pictured=bool(pictures))
        tall = stacked(headline.height(size, width), words.height(4.2, min(width, 126)), gap=4)
        return tall + 1 <= height and longest_word(headline, size) <= width

    view = {"headline": headline, "words": words, "landscape": content.landscape, "portrait": content.portrait}
    layout = "pictures" if pictures else "words"
    steps = fit(HEADLINE, fits)
    room = colour.room(content.field) if content.field else desk.room
    return Draft(layout, room, view, (headline, words), pictures, steps, len(HEADLINE), headline.dir)


def draft_call(content: CallContent, desk: Desk) -> Draft:
    """The invitation: the tag, how to take part, and what posting with it agrees to."""
    if not content.terms.strip():
        raise CannotShow("A call to take part must show the address of its terms; publish them first.")
    say, sizes = desk.phrases, RISING[1:]
    tag = desk.display("#" + content.tag.lstrip("#＃"))
    headline = desk.display(content.headline or say["headline"])
    label, how = desk.facts(say["take_part"], weight=600), desk.facts(say["how"])
    agree, terms = desk.facts(say["agree"]), desk.facts(content.terms, weight=600)

    def fits(size: float, stage: Stage, *, broken: bool = True) -> bool:
        across = stage.width - 2 * PAD
        large, plain = (7.4, 4.0) if stage.landscape else (11.0, 5.0)
        named = tag.parted_height(size, across, broken=broken)
        if named is None:
            return False
        invite = label.height(3.4, across) + headline.height(large, across) + 1.6 + named + 6.5
        foot = agree.height(3.0, across - QR - 6) + 0.6 + terms.height(3.6, across - QR - 6)
        tall = invite + how.height(plain, min(across, plain * 24)) + max(QR, foot) + 5
        return tall <= stage.height - 2 * PAD

    view = {"tag": tag, "headline": headline, "how": how, "agree": agree, "terms": terms, "label": label}
    copies = (tag, headline, how, agree, terms, label)
    # In the accent's room, so that it does not look like the posts that it asks for.
    steps = merged(fit(sizes, partial(fits, broken=False)), fit(sizes, fits), sizes, 2.2)
    return Draft("call", colour.room(desk.brand.accent), view, copies, (), steps, len(sizes))


def _draft_item(content: EvergreenContent, offered: Item, desk: Desk) -> Draft:
    item, at = item_view(offered, desk), desk.at(offered)
    headline, words = desk.facts(content.headline, content.language), desk.facts(content.words, content.language)

    def fits(size: float, stage: Stage) -> bool:
        width = stage.width * 0.46 - PAD - 5 if stage.landscape else stage.width - 2 * PAD
        height = stage.height - 2 * PAD if stage.landscape else stage.height * 0.44 - PAD - 4
        said = at.height(2.7, width) + 0.8 + item.name.height(size, width) + _under(headline, words, width)
        return said + 3 + item_height(item, width, name=None) <= height and longest_word(item.name, size) <= width

    view = {"item": item, "headline": headline, "words": words, "at": at}
    pictures = (item.picture,) if item.picture else ()
    copies = (*item.copies, headline, words, at)
    return Draft("item", item.room, view, copies, pictures, fit(HEADLINE, fits), len(HEADLINE))


def _under(headline: Copy, words: Copy, width: float) -> float:
    """The height in u of the lines under an item's name."""
    line = headline.height(4.0, width) + 2.4 if headline.cut else 0
    return line + (words.height(3.6, width) + 2 if words.cut else 0)


def _stands(item: ItemView, of: int, stage: Stage) -> bool:
    """Whether an item's name and price leave its picture room enough in a line-up."""
    wide = (stage.width - ASIDE) / of if stage.landscape else (100 if of == 1 else 50)
    tall = stage.height * 0.44 if stage.landscape else stage.height * 0.58 * (0.78 if of < 3 else 0.39)
    said = item.name.height(3.2, wide - 5.2) + item.shade.height(2.6, wide - 5.2) + 2.6 * 1.28 + 4.5
    return longest_word(item.name, 3.2) <= wide - 5.2 and tall - said >= 15


def _words_room(stage: Stage, *, pictured: bool) -> tuple[float, float]:
    if not pictured:
        return stage.width - 2 * PAD, stage.height - 2 * PAD
    if stage.landscape:
        return stage.width * 0.42 - PAD - 5, stage.height - 2 * PAD
    return stage.width - 2 * PAD, stage.height * 0.38 - PAD - 4


def _counted(content: TrendContent, say: dict[str, str]) -> str:
    if not content.count or not content.minutes:
        return ""
    key = "people_hour" if content.minutes == 60 else "people"
    return say[key].format(count=content.count, minutes=content.minutes)
