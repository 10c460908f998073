"""Composes a card: decides its layout, sets its texts, measures where it fits, and renders it once for every screen."""

from collections.abc import Callable

from displays.cards.content import (
    CallContent,
    Composed,
    Content,
    EvergreenContent,
    Media,
    PostContent,
    PostItemContent,
    TrendContent,
)
from displays.cards.draft import Desk, Draft, slot_signs
from displays.cards.errors import TOO_LONG, CannotShow
from displays.cards.layouts import REVISION, render
from displays.cards.offers import draft_call, draft_evergreen, draft_trend
from displays.cards.posts import draft_post, draft_post_item
from displays.cards.typeset import voice
from server.core.brand import BrandKit

DRAFTS: dict[type, Callable[..., Draft]] = {
    PostContent: draft_post,
    PostItemContent: draft_post_item,
    TrendContent: draft_trend,
    EvergreenContent: draft_evergreen,
    CallContent: draft_call,
}


def compose(content: Content, *, brand: BrandKit, language: str) -> Composed:
    """The card of a content in the brand's kit, our own words in `language`: the same bytes for the same values.

    Raises CannotShow, with the reason in words, if it would break a display rule of the post's network, if a character
    could not be drawn, or if its text fits no shape of screen at a size that can be read.
    """
    desk = Desk(voice(brand, slot_signs(language)), language)
    draft = DRAFTS[type(content)](content, desk)
    if not draft.steps:
        raise CannotShow(TOO_LONG)
    media = _media(draft)
    return Composed(
        html=render(draft.layout, _view(content, draft, desk)),
        kind=content.kind,
        layout=draft.layout,
        revision=REVISION,
        pictures=tuple(dict.fromkeys([*_kept(draft, desk), *(one.digest for one in media)])),
        fonts=tuple(sorted(set().union(*(copy.files for copy in draft.copies), desk.slot_files))),
        fits=tuple(draft.steps),
        media=media,
    )


def _view(content: Content, draft: Draft, desk: Desk) -> dict:
    return {
        **draft.view,
        "kind": content.kind,
        "layout": f"{draft.layout}@{REVISION}",
        "room": draft.room,
        "brand": desk.brand,
        "language": desk.language,
        "dir": draft.dir,
        "fit": " ".join(f"{shape}={step}" for shape, step in draft.steps.items()),
        "steps": draft.sizes,
    }


def _media(draft: Draft) -> tuple[Media, ...]:
    return tuple({one.digest: one for copy in draft.copies for one in copy.media}.values())


def _kept(draft: Draft, desk: Desk) -> list[str]:
    logo = [desk.brand.logo] if desk.brand.logo else []
    return [*(picture.digest for picture in draft.pictures), *logo]
