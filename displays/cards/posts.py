"""Cards of posts: somebody's words whole, alone or beside an item; the item's own part is kept apart and named as the house's."""

from dataclasses import dataclass

from displays.cards import rules
from displays.cards.content import Picture, Post, PostContent, PostItemContent
from displays.cards.draft import Desk, Draft, ItemView, item_view
from displays.cards.fitting import POST, fit, stacked
from displays.cards.marks import mark
from displays.cards.stage import Stage
from displays.cards.tame import direction
from displays.cards.typeset import Copy
from server.core import colour

PAD, GAP = 6.0, 4.0
AVATAR, MARK, NAME, SMALL = 11.0, 6.0, 4.0, 3.1
QR = 17.0
LONGEST_TIME = "30 September 2026, 20:58"


@dataclass(frozen=True)
class PostView:
    """A post as templates see it."""

    post: Post
    words: Copy
    name: Copy
    handle: Copy
    repost: Copy
    edited: Copy
    time: Copy
    mark: str
    dir: str

    @property
    def copies(self) -> tuple[Copy, ...]:
        return self.words, self.name, self.handle, self.repost, self.edited, self.time

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return (self.post.author.avatar, *self.post.pictures)

    def head(self, width: float) -> float:
        """The height in u of the author's row."""
        column = width - AVATAR - MARK - 5
        small = self.handle.width(SMALL) + self.time.width(SMALL) + self.edited.width(SMALL) + 6
        lines = self.name.height(NAME, column) + SMALL * 1.32 * (1 if small <= column else 2 + int(small // column))
        return max(AVATAR, lines) + (SMALL * 1.32 + 1.5 if self.repost.cut else 0)


def post_view(post: Post, desk: Desk) -> PostView:
    """Set a post. Raises CannotShow if its network's display rules cannot be kept."""
    rules.check(post)
    say = desk.phrases
    words = desk.words(post.text, post.language)
    reposted = say["reposted"].format(name=post.reposted_by) if post.reposted_by else ""
    view = PostView(
        post=post,
        words=words,
        name=desk.facts(post.author.name, words.language, weight=600),
        handle=desk.facts("@" + post.author.handle.lstrip("@")),
        repost=desk.facts(reposted),
        edited=desk.facts(say["edited"] if post.edited else ""),
        time=desk.facts(LONGEST_TIME),
        mark=mark(post.network),
        dir=words.dir if words.cut else direction(post.author.name),
    )
    rules.check_drawn("".join(copy.missing for copy in view.copies))
    return view


def draft_post(content: PostContent, desk: Desk) -> Draft:
    """A post alone, in the house's colours; its own pictures beside it, with its author's name, if it has any."""
    view = post_view(content.post, desk)
    pictured = bool(content.post.pictures)

    def fits(size: float, stage: Stage) -> bool:
        width, height = _beside(stage) if pictured else (stage.width - 2 * PAD, stage.height - 2 * PAD)
        return stacked(view.head(width), view.words.height(size, min(width, size * 34)), gap=GAP) <= height - 6

    return Draft("post", desk.room, {"post": view}, view.copies, view.pictures, fit(POST, fits))


def draft_post_item(content: PostItemContent, desk: Desk) -> Draft:
    """A post and an item in the item's room."""
    view, item = post_view(content.post, desk), item_view(content.item, desk)

    def fits(size: float, stage: Stage) -> bool:
        width, height = _beside(stage)
        tall = stacked(view.head(width), view.words.height(size, width), item_height(item, width), gap=GAP)
        return tall + GAP <= height

    pictures = (*view.pictures, *([item.picture] if item.picture else []))
    room = colour.room(content.item.swatch) if content.item.swatch else desk.room
    shown = {
        "post": view,
        "item": item,
        "at": desk.facts(desk.phrases["at"].format(brand=content.item.brand or desk.brand.name)),
    }
    copies = (*view.copies, *item.copies, shown["at"])
    return Draft("post_item", room, shown, copies, pictures, fit(POST[1:], fits))


def item_height(item: ItemView, width: float, name: float = 5.6) -> float:
    """The height in u of the item's facts beside its QR code: whose, name, price and shade, where (two lines)."""
    column = width - QR - 4
    shade = item.shade.height(3.2, max(column - 24, 12))
    return max(QR, 4.2 + item.name.height(name, column) + max(5.2, shade + 1) + 2 * 3.1 * 1.32 + 2.5)


def _beside(stage: Stage) -> tuple[float, float]:
    """Width and height in u of the column beside (or under) the picture."""
    if stage.landscape:
        return stage.width * 0.52 - PAD - 5, stage.height - 2 * PAD
    return stage.width - 2 * PAD, stage.height * 0.54 - PAD - 5
