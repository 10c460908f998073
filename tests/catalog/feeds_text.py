"""Small feeds for tests, written as shops export them."""

from pathlib import Path

MADDER = {
    "id": "stain-madder", "item_group_id": "stain", "title": "Velvet Lipstick in Madder", "brand": "House", "color": "Madder Red",
    "link": "https://house.test/stain-madder", "image_link": "https://pictures.test/madder.png", "price": "24.00 GBP",
    "availability": "in_stock", "gtin": "9520000000011", "product_type": "Beauty > Lips", "swatch_hex": "#8e1c2b",
}  # fmt: skip
PLUM = MADDER | {
    "id": "stain-plum", "title": "Velvet Lipstick in Plum", "color": "Late Plum", "gtin": "",
    "image_link": "https://pictures.test/plum.png", "swatch_hex": "",
}  # fmt: skip
STORE = {
    "store_code": "OXF", "name": "Oxford Street", "address": "1 Oxford Street", "latitude": "51.51527",
    "longitude": "-0.14035", "hours": "mon-sat 09:30-20:00; sun 12:00-18:00", "time_zone": "Europe/London",
}  # fmt: skip


def tsv(folder: Path, *rows: dict[str, str], name: str = "feed.tsv") -> Path:
    """A tab-separated file of rows that all have the first one's columns."""
    path = folder / name
    lines = ["\t".join(rows[0]), *("\t".join(row[column] for column in rows[0]) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
