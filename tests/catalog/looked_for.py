"""What people type into a search of the corpus's catalogue, and what they would call right: by regular expressions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from catalog.search.meanings import built_in, oklab
from catalog.search.table import Document
from server.core import colour

FIRST = 10
"""Products on a first page that are looked at."""


@dataclass(frozen=True)
class Asked:
    """Words, and what a right product is: all that is given, in the words of any of its variants."""

    kind: str
    words: str
    type: str = ""
    title: str = ""
    """Brand and titles."""
    colour: str = ""
    """The colour's name, its family, or the title."""
    shade: str = ""
    """A colour of the lexicon: its name, or a swatch near it."""

    def right(self, one: Document) -> bool:
        """Whether a variant is what was meant."""
        said = f"{one.brand} {one.title} {one.own}".lower()
        coloured = f"{one.colour.lower()} {colour.family(one.swatch) if one.swatch else ''} {said}"
        return (
            re.search(self.type, one.path.lower()) is not None and re.search(self.title, said) is not None
            and re.search(self.colour, coloured) is not None and (not self.shade or _of_shade(one, self.shade))
        )  # fmt: skip


def _of_shade(one: Document, shade: str) -> bool:
    near = built_in().by_swatch(np.array([oklab(one.swatch)], np.float32), shade)[0] if one.swatch else 0
    return shade in one.colour.lower() or near > 0


def gain(found: Sequence[str], right: set[str]) -> float:
    """NDCG of the first ten products: 1 where all are right, or all that there are come first."""
    discounts = [1 / log2(place + 2) for place in range(FIRST)]
    most = sum(discounts[: min(FIRST, len(right))])
    return sum(d for d, id in zip(discounts, found, strict=False) if id in right) / most if most else 1.0


def by_kind(gains: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    """The mean of each kind, and of all."""
    kinds = dict.fromkeys(kind for kind, _ in gains)
    means = {kind: float(np.mean([one for of, one in gains if of == kind])) for kind in kinds}
    return {"all": float(np.mean([one for _, one in gains]))} | means


TUNED = (
    Asked("plain", "lipstick", type="lipstick"),
    Asked("plain", "red lipstick", type="lipstick", colour="red|ruby|cherry|scarlet|crimson"),
    Asked("plain", "matte lipstick", type="lipstick", title="matte"),
    Asked("plain", "clinique mascara", type="mascara", title="clinique"),
    Asked("plain", "nyx eyeliner", type="eyeliner", title="nyx"),
    Asked("plain", "waterproof mascara", type="mascara", title="waterproof|water"),
    Asked("plain", "nike shoes", type="shoes", title="nike"),
    Asked("plain", "puma men shoes black", type="shoes", title="puma", colour="black"),
    Asked("plain", "adidas t-shirt", type="tshirts", title="adidas"),
    Asked("plain", "blue jeans", type="jeans", colour="blue|navy"),
    Asked("plain", "women handbag black", type="handbags", colour="black"),
    Asked("plain", "fossil watch", type="watch", title="fossil"),
    Asked("plain", "super lustrous", title="super lustrous"),
    Asked("plain", "l'oreal foundation", type="foundation", title="l'? ?oreal"),
    Asked("plain", "dior nail polish", type="nail", title="dior"),
    Asked("plain", "white shirt men", type="> shirts", colour="white", title="\\bmen"),
    Asked("plain", "floral dress", type="dress", title="floral|flower"),
    Asked("ending", "lipsticks", type="lipstick"),
    Asked("ending", "mascaras", type="mascara"),
    Asked("ending", "lip glosses", type="lip_gloss"),
    Asked("ending", "dresses red", type="dress", colour="red"),
    Asked("ending", "watch women", type="watch", title="women"),
    Asked("ending", "eye shadow palettes", type="palette > eyeshadow|eyeshadow", title="palette|quad|shadow"),
    Asked("ending", "sandal", type="sandal"),
    Asked("ending", "print top", type="> tops", title="print"),
    Asked("ending", "sock", type="socks"),
    Asked("ending", "scarfs", type="scarves|stoles"),
    Asked("prefix", "lips", type="lip"),
    Asked("prefix", "lipst", type="lipstick"),
    Asked("prefix", "masc", type="mascara"),
    Asked("prefix", "mayb", title="maybelline"),
    Asked("prefix", "maybelline fou", type="foundation", title="maybelline"),
    Asked("prefix", "nike sho", type="shoes|shorts", title="nike"),
    Asked("prefix", "blue je", type="jeans", colour="blue|navy"),
    Asked("prefix", "sungl", type="sunglass"),
    Asked("prefix", "covergirl lash", title="covergirl.*lash"),
    Asked("prefix", "red lip", type="lip", colour="red"),
    Asked("prefix", "loreal vol", title="oreal.*volum"),
    Asked("prefix", "backp", type="backpack"),
    Asked("typo", "lipstik", type="lipstick"),
    Asked("typo", "lisptick red", type="lipstick", colour="red|ruby"),
    Asked("typo", "maybeline", title="maybelline"),
    Asked("typo", "mascarra", type="mascara"),
    Asked("typo", "addidas shoes", type="shoes", title="adidas"),
    Asked("typo", "clinque foundation", type="foundation", title="clinique"),
    Asked("typo", "eyelinr", type="eyeliner"),
    Asked("typo", "sunglases", type="sunglass"),
    Asked("typo", "hanbag brown", type="handbag", colour="brown"),
    Asked("typo", "concealor", type="concealer"),
    Asked("typo", "lip stick", type="lipstick"),
    Asked("typo", "redlipstick", type="lipstick", colour="red"),
    Asked("typo", "benneton tshirt", type="tshirt", title="benetton"),
    Asked("typo", "jaens", type="jeans"),
    Asked("typo", "nial polish", type="nail"),
    Asked("colour", "burgundy lipstick", type="lipstick", shade="burgundy"),
    Asked("colour", "nude lipstick", type="lipstick", shade="nude"),
    Asked("colour", "coral nail polish", type="nail", shade="coral"),
    Asked("colour", "pink blush", type="blush", colour="pink"),
    Asked("language", "leppestift", type="lipstick"),
    Asked("language", "rød leppestift", type="lipstick", colour="red"),
    Asked("language", "son đỏ", type="lipstick", colour="red"),
    Asked("language", "son moi", type="lipstick"),
    Asked("language", "neglelakk rosa", type="nail", colour="pink"),
    Asked("language", "øyenskygge", type="eyeshadow"),
    Asked("language", "solbriller", type="sunglass"),
    Asked("language", "giày cao gót", type="heels"),
    Asked("language", "váy đỏ", type="dress", colour="red"),
    Asked("language", "rouge à lèvres", type="lipstick"),
    Asked("language", "svart kjole", type="dress", colour="black"),
    Asked("language", "leppest", type="lipstick"),
    Asked("language", "kem nền", type="foundation"),
    Asked("language", "zapatos rojos", type="shoe", colour="red"),
)  # fmt: skip
UNSEEN = (
    Asked("plain", "smashbox primer", title="smashbox.*primer"),
    Asked("plain", "covergirl concealer", type="concealer", title="covergirl"),
    Asked("plain", "black eyeliner pencil", type="eyeliner", colour="black"),
    Asked("plain", "wildcraft backpack", type="backpack", title="wildcraft"),
    Asked("plain", "brown leather belt", type="belt", title="leather", colour="brown"),
    Asked("plain", "kids dress pink", type="dress", colour="pink", title="kid|girl"),
    Asked("plain", "running shoes women", type="sports shoes", title="women"),
    Asked("plain", "gold necklace", type="necklace|jewel", colour="gold"),
    Asked("plain", "reebok", title="reebok"),
    Asked("ending", "eyebrow pencils", type="brow"),
    Asked("ending", "nail polishes red", type="nail", colour="red"),
    Asked("ending", "running shoe", type="shoes"),
    Asked("ending", "ties", type="ties"),
    Asked("ending", "blushes", type="blush"),
    Asked("ending", "stripe shirt men", type="> shirts", title="strip"),
    Asked("prefix", "found", type="foundation"),
    Asked("prefix", "eyesh", type="eyeshadow"),
    Asked("prefix", "clini", title="clinique"),
    Asked("prefix", "revlon lipst", type="lipstick", title="revlon"),
    Asked("prefix", "casio wat", type="watch", title="casio"),
    Asked("prefix", "white sne", type="shoes", colour="white"),
    Asked("prefix", "concea", type="conceal"),
    Asked("typo", "mascera", type="mascara"),
    Asked("typo", "foundaton", type="foundation"),
    Asked("typo", "clinqiue", title="clinique"),
    Asked("typo", "eye liner", type="eyeliner"),
    Asked("typo", "eyeshadw palette", type="eyeshadow"),
    Asked("typo", "reeebok shoes", title="reebok", type="shoes"),
    Asked("typo", "backpak", type="backpack"),
    Asked("typo", "sandels", type="sandal|flip"),
    Asked("typo", "braclet", type="bracelet"),
    Asked("typo", "nailpolish", type="nail"),
    Asked("typo", "womens watchs", type="watch", title="women"),
    Asked("colour", "plum lipstick", type="lipstick", shade="plum"),
    Asked("colour", "brown eyeshadow", type="eyeshadow", colour="brown"),
    Asked("colour", "fuchsia lipstick", type="lipstick", shade="hot_pink"),
    Asked("colour", "beige foundation", type="foundation", colour="beige"),
    Asked("language", "øyenbrynsblyant", type="brow"),
    Asked("language", "blå kjole", type="dress", colour="blue"),
    Asked("language", "ryggsekk", type="backpack"),
    Asked("language", "rosa leppestift", type="lipstick", colour="pink"),
    Asked("language", "phấn mắt", type="eyeshadow"),
    Asked("language", "sơn móng tay đỏ", type="nail", colour="red"),
    Asked("language", "túi xách đen", type="handbag", colour="black"),
    Asked("language", "giày thể thao", type="sports shoes"),
    Asked("language", "lippenstift", type="lipstick"),
    Asked("language", "robe noire", type="dress", colour="black"),
    Asked("language", "reloj", type="watch"),
    Asked("language", "kem nen", type="foundation"),
    Asked("language", "solbril", type="sunglass"),
)  # fmt: skip
"""Written after the engine was, and looked at once: what they brought to light has been mended since."""
