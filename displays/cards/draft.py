"""A card before it is rendered: which layout, what its template sees, and everything that has to be there with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from displays.cards.content import Item, Picture
from displays.cards.phrases import phrases
from displays.cards.typeset import Copy, set_copy
from server.core import colour
from server.core.brand import BrandKit
from server.core.colour import Room

# What a screen fills in: prices, times, names of stores and months.
SLOT_SIGNS = {
    "en": "Store 0123456789 £$€ ,.:’",
    "nb": "Butikk 0123456789 kr £$€ ,.:’ æøå",
    "vi": "Cửa hàng 0123456789 ₫ £$€ ,.:’ ăâđêôơư ạ",
}


@dataclass(frozen=True)
class Draft:
    """What a kind of card has decided: `steps` maps each shape it fits to its text's step, of the `sizes` there are."""

    layout: str
    room: Room
    view: Mapping[str, Any]
    copies: tuple[Copy, ...]
    pictures: tuple[Picture, ...]
    steps: Mapping[str, int]
    sizes: int
    dir: str = "ltr"


def slot_signs(language: str) -> str:
    """A sample of the letters that a screen fills in, in its language."""
    return SLOT_SIGNS.get(language.split("-")[0], SLOT_SIGNS["en"])


@dataclass(frozen=True)
class Desk:
    """What every card is set with: the brand's kit and the language of our own words."""

    brand: BrandKit
    language: str

    def display(self, text: str, language: str | None = None) -> Copy:
        """A headline in the brand's display face."""
        return set_copy(text, "display", brand=self.brand, language=language or self.language)

    def facts(self, text: str, language: str | None = None, weight: int = 400) -> Copy:
        """A plain line in the brand's text face."""
        return set_copy(text, "facts", brand=self.brand, language=language or self.language, weight=weight)

    def words(self, text: str, language: str | None) -> Copy:
        """Somebody else's words."""
        return set_copy(text, "words", brand=self.brand, language=language)

    @property
    def phrases(self) -> dict[str, str]:
        """The few words that cards say by themselves."""
        return phrases(self.language)

    def at(self, item: Item) -> Copy:
        """Whose the item is: it keeps what the house offers apart from what somebody said."""
        return self.facts(self.phrases["at"].format(brand=item.brand or self.brand.name))

    @property
    def slot_files(self) -> set[str]:
        """The font files for what the screen fills in: prices, store names, times."""
        signs = slot_signs(self.language)
        return self.facts(signs).files | self.facts(signs, weight=600).files

    @property
    def room(self) -> Room:
        """The brand's own colours as a room; where its ink is too faint on its field, the ink is chosen for it."""
        own = colour.room(self.brand.field)
        ink = self.brand.ink if colour.contrast(self.brand.field, self.brand.ink) >= colour.INK_CONTRAST else None
        if ink is None:
            return own
        soft = own.soft if colour.contrast(self.brand.field, own.soft) >= colour.SOFT_CONTRAST else ink
        accented = colour.contrast(self.brand.field, self.brand.accent) >= colour.ACCENT_CONTRAST
        return Room(self.brand.field, ink, soft, self.brand.accent if accented else soft)


@dataclass(frozen=True)
class ItemView:
    """An item as templates see it."""

    item: Item
    name: Copy
    shade: Copy
    room: Room
    picture: Picture | None = None
    copies: tuple[Copy, ...] = field(default=())


def item_view(item: Item, desk: Desk) -> ItemView:
    """Set an item's words and choose its room: the variant's own colour, or the brand's if it has none."""
    name, shade = desk.display(item.name), desk.facts(item.shade)
    room = colour.room(item.swatch) if item.swatch else desk.room
    return ItemView(item, name, shade, room, item.picture, (name, shade))
