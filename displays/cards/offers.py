"""Cards of the house's own: a trend with a line-up of items, evergreen words and pictures, and the call to take part."""

from displays.cards.content import CallContent, EvergreenContent, TrendContent
from displays.cards.curve import curve
from displays.cards.draft import Desk, Draft, item_view
from displays.cards.errors import CannotShow
from displays.cards.fitting import HEADLINE, RISING, fit, longest_word, stacked
from displays.cards.posts import PAD, QR
from displays.cards.stage import Stage


def draft_trend(content: TrendContent, desk: Desk) -> Draft:
    """The rising word as large as it can be, its curve, and one to four items side by side in their own rooms."""
    if not 1 <= len(content.items) <= 4:
        raise CannotShow("A trend is shown with one to four items.")
    word, say = desk.display(content.word), desk.phrases
    items = tuple(item_view(item, desk) for item in content.items)
    label = desk.facts(say["first"].format(rank=content.rank) if content.rank else say["rising"], weight=600)
    count = desk.facts(_counted(content, say))

    def fits(size: float, stage: Stage) -> bool:
        across = stage.width - 2 * PAD
        band = stage.height * (0.46 if stage.landscape else 0.56)
        return word.width(size) <= across and size * 1.2 + 8 <= stage.height - band - PAD - 3

    view = {"word": word, "items": items, "label": label, "count": count, "curve": curve(content.curve)}
    copies = (word, label, count, *(copy for item in items for copy in item.copies))
    pictures = tuple(item.picture for item in items if item.picture)
    return Draft("trend", desk.room, view, copies, pictures, fit(RISING, fits))


def draft_evergreen(content: EvergreenContent, desk: Desk) -> Draft:
    """The house's words: with its own pictures, with an item, or alone."""
    if content.item is not None:
        return _draft_item(content, desk)
    headline, words = desk.display(content.headline, content.language), desk.facts(content.words, content.language)
    pictures = tuple(picture for picture in (content.landscape, content.portrait) if picture)
    if not (headline.cut or words.cut or pictures):
        raise CannotShow("There is nothing on this card: give it a headline, words, a picture or an item.")

    def fits(size: float, stage: Stage) -> bool:
        width, height = _words_room(stage, pictured=bool(pictures))
        tall = stacked(headline.height(size, width), words.height(4.2, width), gap=4)
        return tall + 8 <= height and longest_word(headline, size) <= width

    view = {"headline": headline, "words": words, "landscape": content.landscape, "portrait": content.portrait}
    layout = "pictures" if pictures else "words"
    return Draft(layout, desk.room, view, (headline, words), pictures, fit(HEADLINE, fits), headline.dir)


def draft_call(content: CallContent, desk: Desk) -> Draft:
    """The invitation: the tag, how to take part, and what posting with it agrees to."""
    say = desk.phrases
    tag = desk.display("#" + content.tag.lstrip("#＃"))
    headline = desk.display(content.headline or say["headline"])
    how, agree, terms = desk.facts(say["how"]), desk.facts(say["agree"]), desk.facts(content.terms, weight=600)
    if not content.terms:
        raise CannotShow("A call to take part must show the address of its terms; publish them first.")

    def fits(size: float, stage: Stage) -> bool:
        across = stage.width - 2 * PAD
        foot = how.height(4.0, across - 4) + agree.height(3.0, across - QR - 6) + terms.height(3.0, across - QR - 6) + 8
        head = headline.height(7.0, across)
        return (
            tag.width(size) <= across
            and size * 1.25 + head + max(foot, QR + how.height(4.0, across)) + 16 <= stage.height - 2 * PAD
        )

    view = {
        "tag": tag,
        "headline": headline,
        "how": how,
        "agree": agree,
        "terms": terms,
        "label": desk.facts(say["take_part"], weight=600),
    }
    copies = (tag, headline, how, agree, terms, view["label"])
    return Draft("call", desk.room, view, copies, (), fit(RISING[1:], fits))


def _draft_item(content: EvergreenContent, desk: Desk) -> Draft:
    item = item_view(content.item, desk)
    headline, words = desk.facts(content.headline, content.language), desk.facts(content.words, content.language)

    def fits(size: float, stage: Stage) -> bool:
        width = stage.width * 0.46 - PAD - 5 if stage.landscape else stage.width - 2 * PAD
        height = stage.height - 2 * PAD if stage.landscape else stage.height * 0.44 - PAD - 5
        tall = stacked(
            headline.height(4.0, width), item.name.height(size, width), words.height(3.6, width), QR + 6, gap=3
        )
        return tall <= height and longest_word(item.name, size) <= width

    at = desk.facts(desk.phrases["at"].format(brand=content.item.brand or desk.brand.name))
    view = {"item": item, "headline": headline, "words": words, "at": at}
    pictures = (item.picture,) if item.picture else ()
    return Draft("item", item.room, view, (*item.copies, headline, words, at), pictures, fit(HEADLINE, fits))


def _words_room(stage: Stage, *, pictured: bool) -> tuple[float, float]:
    if not pictured:
        return stage.width - 2 * PAD, stage.height - 2 * PAD
    if stage.landscape:
        return stage.width * 0.42 - PAD - 5, stage.height - 2 * PAD
    return stage.width - 2 * PAD, stage.height * 0.38 - PAD - 4


def _counted(content: TrendContent, say: dict[str, str]) -> str:
    if content.count is None or not content.minutes:
        return ""
    key = "posts_hour" if content.minutes == 60 else "posts"
    return say[key].format(count=content.count, minutes=content.minutes)
