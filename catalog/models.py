"""What can be shown: products and their variants, pictures, stores and stock, and the feeds they come from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.tables import Base


class Product(Base):
    """What a house makes (schema.org ProductGroup); its id is the feed's item_group_id."""

    __tablename__ = "product"
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    brand: Mapped[str] = mapped_column(String(100), default="", index=True)
    product_type: Mapped[str] = mapped_column(String(300), default="", index=True)
    """A path of types, the broadest first, joined by ' > '."""
    google_category: Mapped[str] = mapped_column(String(300), default="")
    variants: Mapped[list["Variant"]] = relationship(back_populates="product", order_by="Variant.id")


class Variant(Base):
    """What is sold and has a price (GS1 trade item); its id is the feed's id, a GTIN is an attribute many lack."""

    __tablename__ = "variant"
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("product.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    """Its own words, where they are not those of its product; else empty."""
    colour: Mapped[str] = mapped_column(String(100), default="")
    swatch: Mapped[str | None] = mapped_column(String(7), index=True)
    """#rrggbb, from the feed or else the picture's dominant colour."""
    size: Mapped[str] = mapped_column(String(60), default="")
    gender: Mapped[str] = mapped_column(String(20), default="")
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)
    link: Mapped[str] = mapped_column(String(2000), default="")
    image_link: Mapped[str] = mapped_column(String(2000), default="")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"), index=True)
    price: Mapped[int] = mapped_column(BigInteger)
    """Minor units of `currency`."""
    sale_price: Mapped[int | None] = mapped_column(BigInteger)
    sale_from: Mapped[datetime | None]
    sale_until: Mapped[datetime | None]
    currency: Mapped[str] = mapped_column(String(3))
    availability: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was gone from the feed; a row stays, for what was said and shown of it."""
    product: Mapped[Product] = relationship(back_populates="variants")
    image: Mapped["Image | None"] = relationship()


class Image(Base):
    """A picture from outside, fetched once by address: its renditions, or why there are none."""

    __tablename__ = "image"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    """'waiting', 'ready' or 'refused'."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(index=True)
    renditions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"digest", "width", "height"}], the smallest first, all WebP."""
    colours: Mapped[list[Any]] = mapped_column(default=list)
    """[[#rrggbb, share]], the largest share first."""
    backdrop: Mapped[str | None] = mapped_column(String(7))
    """#rrggbb of an even ground around the thing; None for a cut-out or a scene."""


class Store(Base):
    """A shop that sells; its id is the feed's store_code."""

    __tablename__ = "store"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[float]
    longitude: Mapped[float]
    time_zone: Mapped[str] = mapped_column(String(60))
    hours: Mapped[dict[str, Any]]
    """{"hours": {"mon": [["09:00", "20:00"]], ...}, "exceptions": {"2026-12-25": []}}"""
    withdrawn_at: Mapped[datetime | None]


class Stock(Base):
    """How many of a variant a store has."""

    __tablename__ = "stock"
    variant_id: Mapped[str] = mapped_column(ForeignKey("variant.id"), primary_key=True)
    store_id: Mapped[str] = mapped_column(ForeignKey("store.id"), primary_key=True)
    quantity: Mapped[int | None]
    availability: Mapped[str] = mapped_column(String(20))
    price: Mapped[int | None] = mapped_column(BigInteger)
    """The store's own price in minor units of the variant's currency, when it differs."""
    as_of: Mapped[datetime]
    __table_args__ = (Index("ix_stock_store", "store_id"),)


class FeedAddress(Base):
    """An address that a feed is fetched from on a schedule."""

    __tablename__ = "feed_address"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    url: Mapped[str] = mapped_column(String(2000))
    every_minutes: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(index=True)
    etag: Mapped[str] = mapped_column(String(300), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")


class CatalogueChange(Base):
    """Which products a change of the catalogue was about, for who keeps an index of it; the newest are kept."""

    __tablename__ = "catalogue_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    products: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """None: too many to name."""
    made_at: Mapped[datetime]


class Import(Base):
    """One reading of a feed, and its report."""

    __tablename__ = "import"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """'products', 'inventory' or 'stores'."""
    source: Mapped[str] = mapped_column(String(2000))
    by: Mapped[str] = mapped_column(String(200))
    dry_run: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default="running")
    """'running', 'done' or 'refused'."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{"rows", "added", "changed", "unchanged", "withdrawn", "left_out"}"""
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"line", "id", "reason"}], the first thousand."""


class UploadPiece(Base):
    """A part of a file that was tried and waits for somebody to take it in, wherever they are served."""

    __tablename__ = "upload_piece"
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """Compressed."""
