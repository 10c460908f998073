"""The names of columns: how shops and exports spell them, and which a feed cannot do without."""

import re
from collections.abc import Iterable

from catalog.feeds.rows import FeedError

# The names of the Google Merchant specification on the left, what else is met on the right.
ALIASES = {
    "product_id": "id", "item_id": "id", "offer_id": "id", "sku": "id", "itemid": "id",
    "item_group": "item_group_id", "group_id": "item_group_id", "itemgroupid": "item_group_id",
    "product_title": "title", "product_description": "description",
    "url": "link", "product_url": "link", "product_link": "link",
    "image_url": "image_link", "image": "image_link", "main_image_link": "image_link",
    "stock_status": "availability", "availability_status": "availability",
    "manufacturer": "brand", "brand_name": "brand",
    "ean": "gtin", "upc": "gtin", "ean13": "gtin", "gtin13": "gtin", "gtin14": "gtin", "barcode": "gtin",
    "colour": "color", "color_name": "color", "shade": "color",
    "swatch": "swatch_hex", "color_hex": "swatch_hex", "hex": "swatch_hex", "colour_hex": "swatch_hex",
    "category": "product_type", "google_category": "google_product_category",
    "sale_price_dates": "sale_price_effective_date",
    "store_id": "store_code", "store": "store_code", "shop_code": "store_code", "storecode": "store_code",
    "qty": "quantity", "stock": "quantity", "stock_quantity": "quantity",
    "store_name": "name", "shop_name": "name", "store_address": "address", "street_address": "address",
    "lat": "latitude", "lng": "longitude", "lon": "longitude", "long": "longitude",
    "opening_hours": "hours", "business_hours": "hours", "timezone": "time_zone", "tz": "time_zone",
}  # fmt: skip


def canonical(name: str) -> str:
    """The one name of a column: "g:Item Group ID" is item_group_id, "colour" is color; unknown ones stay themselves."""
    name = re.sub(r"[\s_-]+", "_", name.strip("\ufeff \t\r\n\"'").lower().removeprefix("g:").strip()).strip("_")
    return ALIASES.get(name, name)


def columns(names: Iterable[str], *, known: frozenset[str]) -> dict[str, int]:
    """Where each known column stands, by its one name. A name spelt right outranks an alias; else the first counts."""
    names = list(names)
    exact = {name.strip().lower().removeprefix("g:") for name in names}
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        column = canonical(name)
        is_alias = column != name.strip('\ufeff "').lower().removeprefix("g:")
        if column in known and column not in found and not (is_alias and column in exact):
            found[column] = place
    return found


def check_required(found: Iterable[str], *, required: tuple[str, ...], kind: str) -> None:
    """Raise FeedError if a column is missing without which no row can be read."""
    missing = [name for name in required if name not in set(found)]
    if missing:
        some = "column is" if len(missing) == 1 else "columns are"
        raise FeedError(
            f"This is no {kind} feed: the {some} missing: {', '.join(missing)}. "
            f"The first line must name the columns. Nothing was changed."
        )
