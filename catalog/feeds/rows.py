"""What a feed says, row by row: the values that a reader hands on, and the rows that it left out, with the reason."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.hours import Hours
from catalog.money import Money
from server.core.errors import BadInput


class Availability(StrEnum):
    """Whether a variant can be had, in a shop or online; the values of the Google Merchant specification, shortened."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    LIMITED = "limited"
    PREORDER = "preorder"
    BACKORDER = "backorder"


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A variant as a product feed has it; texts are clean, bounded and empty where the feed says nothing."""

    line: int
    id: str
    item_group_id: str
    title: str
    description: str
    link: str
    image_link: str
    price: Money
    sale_price: Money | None
    sale_starts_at: datetime | None
    sale_ends_at: datetime | None
    availability: Availability
    brand: str
    gtin: str | None
    color: str
    size: str
    gender: str
    product_type: tuple[str, ...]
    google_product_category: str
    swatch_hex: str | None


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """What a store has of a variant; `quantity` is None where only availability is told, prices where none are."""

    line: int
    store_code: str
    id: str
    quantity: int | None
    availability: Availability
    price: Money | None
    sale_price: Money | None


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store; coordinates in degrees (WGS 84), `hours` None where the file says nothing of them."""

    line: int
    store_code: str
    name: str
    address: str
    latitude: float
    longitude: float
    time_zone: str
    hours: Hours | None


Row = ProductRow | InventoryRow | StoreRow


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was left out: its line in the file (from 1), its id if one could be read, and why, for a person."""

    line: int
    id: str | None
    reason: str


class RowError(BadInput):
    """One row cannot be used; becomes a Rejection."""


class FeedError(BadInput):
    """The file as a whole is refused, so the catalogue stays as it was; `rejections` are the rows that led to it."""

    title = "That feed was not taken in"

    def __init__(self, detail: str, rejections: tuple[Rejection, ...] = ()) -> None:
        super().__init__(detail)
        self.rejections = rejections
