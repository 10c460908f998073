"""Cards of posts: somebody's words whole, alone or beside an item; the item's part is kept apart and named the house's."""

from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from displays.cards import rules
from displays.cards.content import Picture, Post, PostContent, PostItemContent
from displays.cards.draft import Desk, Draft, item_view
from displays.cards.fitting import FACTS_RULE, PAD, POST, beside, fit, item_height, stacked
from displays.cards.marks import mark
from displays.cards.stage import Stage
from displays.cards.tame import direction
from displays.cards.typeset import Copy

GAP = 4.0
AVATAR, MARK, NAME, SMALL = 11.0, 6.0, 4.0, 3.1
WIDEST = 34  # em: longer lines lose the eye
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
    mark: Markup
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
        byline = sum(copy.width(SMALL) for copy in (self.handle, self.time, self.edited)) + 2 * SMALL
        who = self.name.height(NAME, column) + SMALL * 1.32 * ceil(byline / column)
        return max(AVATAR, who) + (self.repost.height(SMALL, width) + 1.5 if self.repost.cut else 0)


def post_view(post: Post, desk: Desk) -> PostView:
    """Set a post. Raises CannotShow if its network's display rules cannot be kept."""
    rules.check(post)
    say, words = desk.phrases, desk.words(post.text, post.language)
    view = PostView(
        post=post,
        words=words,
        name=desk.facts(post.author.name, words.language, weight=600),
        handle=desk.facts("@" + post.author.handle.lstrip("@")),
        repost=desk.facts(say["reposted"].format(name=post.reposted_by) if post.reposted_by else ""),
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
        width, height = beside(stage) if pictured else (stage.width - 2 * PAD, stage.height - 2 * PAD)
        # The longest texts take all there is: better a wide column than no card.
        widest, air = (width, 4.0) if size == POST[-1] else (size * WIDEST, 10.5)
        return view.head(width) + view.words.height(size, min(width, widest)) + air <= height

    steps = fit(POST, fits)
    return Draft("post", desk.room, {"post": view}, view.copies, view.pictures, steps, len(POST))


def draft_post_item(content: PostItemContent, desk: Desk) -> Draft:
    """A post and an item in the item's room."""
    view, item = post_view(content.post, desk), item_view(content.item, desk)
    sizes = POST[1:]

    def fits(size: float, stage: Stage) -> bool:
        width, height = beside(stage, longest=size == sizes[-1])
        facts = item_height(item, width) + FACTS_RULE
        return stacked(view.head(width), view.words.height(size, width), gap=GAP) + 3 + facts <= height

    shown = {"post": view, "item": item, "at": desk.at(content.item)}
    copies = (*view.copies, *item.copies, shown["at"])
    pictures = (*view.pictures, *([item.picture] if item.picture else []))
    return Draft("post_item", item.room, shown, copies, pictures, fit(sizes, fits), len(sizes))
