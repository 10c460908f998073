"""A small invented house for the tests of matching: a type or two of everything, in colours that can be told apart."""

from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem

_SHADES = {
    "red": "#b8182c", "burgundy": "#6d1f33", "pink": "#e88aa8", "nude": "#c9967f", "plum": "#5b2a4e", "green": "#2f8a4c",
    "black": "#141414", "yellow": "#f2cf3b", "blue": "#2f62b5", "white": "#f7f7f5", "brown": "#6b4230", "gold": "#c9a24a",
    "silver": "#b9bdc4", "beige": "#d9c3a5", "grey": "#8a8d91", "navy": "#1f2a4d", "clear": None,
}  # fmt: skip
_MADE = (
    # product, title, brand, type path, shades
    (
        "lip-velvet",
        "Velvet Hour Matte Lipstick",
        "Aubade Rouge",
        "Beauty > Lips > Lipstick",
        "red burgundy pink nude plum",
    ),
    ("lip-silk", "Silk Note Lipstick", "Tallow & Fig", "Beauty > Lips > Lipstick", "red pink"),
    ("gloss", "Mirror Lip Gloss", "Tallow & Fig", "Beauty > Lips > Lip Gloss", "clear pink"),
    ("liner", "Fine Line Lip Liner", "Aubade Rouge", "Beauty > Lips > Lip Liner", "plum nude"),
    ("mascara", "Long Night Mascara", "Tallow & Fig", "Beauty > Eyes > Mascara", "black brown"),
    ("eyeliner", "Comet Liquid Eyeliner", "Aubade Rouge", "Beauty > Eyes > Eyeliner", "black"),
    ("shadow", "Dusk Eyeshadow Palette", "Aubade Rouge", "Beauty > Eyes > Eyeshadow", "grey brown"),
    ("brow", "Feather Brow Pencil", "Tallow & Fig", "Beauty > Eyes > Brows", "brown black"),
    ("base", "Second Skin Foundation", "Maison O'Lara", "Beauty > Face > Foundation", "beige brown"),
    ("blush", "First Snow Blush", "Maison O'Lara", "Beauty > Face > Blush", "pink plum"),
    (
        "polish",
        "Lacquered Nail Polish",
        "Maison O'Lara",
        "Beauty > Nails > Nail Polish",
        "red green pink burgundy black",
    ),
    ("dress", "Column Midi Dress", "Nordlys", "Clothing > Dresses", "black yellow red"),
    ("skirt", "Pleated Skirt", "Nordlys", "Clothing > Skirts", "green black"),
    ("coat", "Long Wool Coat", "Nordlys", "Clothing > Coats & Jackets", "beige navy"),
    ("knit", "Fisher Sweater", "Nordlys", "Clothing > Knitwear > Sweaters", "grey navy"),
    ("shirt", "Poplin Shirt", "Nordlys", "Clothing > Shirts", "white blue"),
    ("jeans", "Straight Jeans", "Arrowroot", "Clothing > Jeans", "blue black"),
    ("heels", "Slingback Heels", "Piero Vale", "Shoes > Heels", "red black"),
    ("trainers", "Runner Sneakers", "Volta", "Shoes > Sneakers", "white blue"),
    ("boots", "Chelsea Boots", "Piero Vale", "Shoes > Boots", "brown black"),
    ("bag", "Crescent Handbag", "Piero Vale", "Bags > Handbags", "brown black"),
    ("watch", "Tidal Watch", "Arrowroot", "Watches", "silver gold"),
    ("shades", "Canyon Sunglasses", "Volta", "Accessories > Sunglasses", "black brown"),
    ("scarf", "Harbour Scarf", "Nordlys", "Accessories > Scarves", "red grey"),
    ("hat", "Garden Hat", "Nordlys", "Accessories > Hats", "beige"),
    ("hoops", "Orbit Earrings", "Arrowroot", "Jewellery > Earrings", "gold silver"),
)


def items() -> list[MatchItem]:
    """The house's variants: ids are `<product>/<shade>`. The red of "lip-silk" is in no store."""
    return [
        MatchItem(
            variant=f"{product}/{shade}", product=product, title=title, brand=brand, product_type=path, colour=shade,
            swatch=_SHADES[shade], stock=0.0 if (product, shade) == ("lip-silk", "red") else 1.0,
        )
        for product, title, brand, path, shades in _MADE
        for shade in shades.split()
    ]  # fmt: skip


def house() -> Matcher:
    return Matcher(items())
