"""What a card says: frozen values that the rest of Vitrine fills in, one for each kind of card."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class Picture:
    """An image kept under its digest. `backdrop` is the colour of its own edge (#rrggbb) where that is even, as in a
    product shot on white; None for a cut-out or a scene. `alt` is in the card's language."""

    digest: str
    width: int
    height: int
    alt: str = ""
    backdrop: str | None = None


@dataclass(frozen=True)
class Author:
    """Who wrote a post. `handle` is written without its leading @; a Mastodon one as user@server."""

    name: str
    handle: str
    avatar: Picture | None = None


@dataclass(frozen=True)
class Post:
    """A post as its network gave it: the whole text (only the link to its own media may be left out), never edited.

    `network` is x, mastodon or bluesky; `language` a BCP 47 tag or None if unknown; `posted_at` an aware UTC time;
    `reposted_by` the name of whoever brought it here by reposting. `pictures` are the author's own.
    """

    network: str
    author: Author
    text: str
    posted_at: datetime
    language: str | None = None
    edited: bool = False
    reposted_by: str | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Item:
    """A variant as it is named on a card: `variant` is its own id, `swatch` its colour as #rrggbb or None."""

    variant: str
    name: str
    shade: str = ""
    swatch: str | None = None
    brand: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class PostContent:
    """A post alone."""

    post: Post
    kind: ClassVar[str] = "post"


@dataclass(frozen=True)
class PostItemContent:
    """A post beside an item; only with its author's recorded consent, which the caller has checked."""

    post: Post
    item: Item
    kind: ClassVar[str] = "post_item"


@dataclass(frozen=True)
class TrendContent:
    """A word that is rising, with one to four items: `curve` is counts in equal steps of time, oldest first; `count`
    how many people said it in `minutes`; `rank` its place among what is said (1 is first). What is None is left out."""

    word: str
    items: tuple[Item, ...]
    curve: tuple[float, ...] = ()
    count: int | None = None
    minutes: int | None = None
    rank: int | None = None
    collected: bool = False
    """It is what shoppers collected in the stores today; the card has its own words for that."""
    kind: ClassVar[str] = "trend"


@dataclass(frozen=True)
class EvergreenContent:
    """The brand's own words with its own pictures, one for each orientation, or an item, or words alone."""

    headline: str = ""
    words: str = ""
    landscape: Picture | None = None
    portrait: Picture | None = None
    item: Item | None = None
    language: str | None = None
    field: str = ""
    """#rrggbb of the room that words and pictures stand in; empty: the brand's own."""
    kind: ClassVar[str] = "evergreen"


@dataclass(frozen=True)
class CallContent:
    """The invitation to take part: the opt-in tag, the public address of its terms, and a headline of the brand's."""

    tag: str
    terms: str
    headline: str = ""
    items: tuple[Item, ...] = ()
    kind: ClassVar[str] = "call"


Content = PostContent | PostItemContent | TrendContent | EvergreenContent | CallContent


@dataclass(frozen=True)
class Media:
    """Bytes that a card needs and that the caller keeps under `digest` (SHA-256, hex)."""

    digest: str
    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Composed:
    """A card: `pictures` and `fonts` are all that a screen needs before it plays, `fits` the aspect classes in which
    it may be shown, `media` what has to be kept with it. (`pictures` names the digests in `media` too.)"""

    html: bytes = field(repr=False)
    kind: str
    layout: str
    revision: int
    pictures: tuple[str, ...]
    fonts: tuple[str, ...]
    fits: tuple[str, ...]
    media: tuple[Media, ...] = ()
