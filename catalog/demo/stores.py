"""The six stores of the demonstration house and what stands on their shelves."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from catalog.demo.house import Variant


@dataclass(frozen=True)
class Store:
    """A store; `hours` is the text form described in feeds.py, in the store's own time zone."""

    code: str
    name: str
    address: str
    latitude: float
    longitude: float
    time_zone: str
    hours: str


UK_DAYS = (
    "2026-12-24 09:00-17:00; 2026-12-25 closed; 2026-12-26 11:00-18:00; 2027-01-01 12:00-18:00; "
    "2027-03-28 closed; 2027-12-24 09:00-17:00; 2027-12-25 closed"
)
OSLO_DAYS = (
    "2026-12-24 10:00-13:00; 2026-12-25 closed; 2026-12-26 closed; 2026-12-31 10:00-15:00; 2027-01-01 closed; "
    "2027-03-25 closed; 2027-03-26 closed; 2027-03-29 closed; 2027-05-01 closed; 2027-05-17 closed; 2027-12-25 closed"
)
SAIGON_DAYS = (
    "2026-12-25 10:00-20:00; 2027-01-01 closed; 2027-02-05 closed; 2027-02-06 closed; 2027-02-07 closed; "
    "2027-02-08 closed; 2027-04-30 closed; 2027-09-02 closed; 2027-12-25 10:00-20:00"
)

STORES = (
    Store("OXF", "Oxford Street", "231 Oxford Street, London W1D 2LJ, United Kingdom", 51.51527, -0.14035,
          "Europe/London", f"mon-sat 09:30-21:00; sun 12:00-18:00; {UK_DAYS}"),
    Store("COV", "Covent Garden", "19 James Street, London WC2E 8BU, United Kingdom", 51.51256, -0.12438,
          "Europe/London", f"mon-fri 10:00-20:00; sat 10:00-20:30; sun 12:00-18:00; {UK_DAYS}"),
    Store("KNG", "King's Road", "64 King's Road, London SW3 4UD, United Kingdom", 51.49082, -0.16188,
          "Europe/London", f"mon-sat 10:00-19:00; sun 12:00-18:00; {UK_DAYS}"),
    Store("MAN", "King Street", "27 King Street, Manchester M2 6AF, United Kingdom", 53.48139, -2.24534,
          "Europe/London", f"mon-fri 09:30-19:00; sat 09:30-19:30; sun 11:00-17:00; {UK_DAYS}"),
    Store("OSL", "Karl Johan", "Karl Johans gate 21, 0159 Oslo, Norway", 59.91268, 10.74231,
          "Europe/Oslo", f"mon-fri 10:00-19:00; sat 10:00-18:00; sun closed; {OSLO_DAYS}"),
    Store("SGN", "Đồng Khởi", "142 Đồng Khởi, Bến Nghé, Quận 1, Thành phố Hồ Chí Minh, Vietnam", 10.77571, 106.70382,
          "Asia/Ho_Chi_Minh", f"mon-thu 09:30-12:30,13:30-21:30; fri-sun 09:30-22:00; {SAIGON_DAYS}"),
)  # fmt: skip


def quantity(variant: Variant, store: Store) -> int:
    """How many of a variant stand in a store: fixed, a fifth out, a quarter 1 to 3 left, never out everywhere."""
    drawn = _draw(variant, store)
    return drawn or (2 if store is _last_resort(variant) and not any(_draw(variant, s) for s in STORES) else 0)


def availability(count: int) -> str:
    """The local inventory word for a count; three or fewer is `limited_availability`."""
    return "out_of_stock" if count == 0 else "limited_availability" if count <= 3 else "in_stock"


def _draw(variant: Variant, store: Store) -> int:
    luck, amount = blake2b(f"{variant.id}@{store.code}".encode(), digest_size=2).digest()
    if luck < 52:
        return 0
    return 1 + amount % 3 if luck < 116 else 4 + amount % 29


def _last_resort(variant: Variant) -> Store:
    return STORES[blake2b(variant.id.encode(), digest_size=1).digest()[0] % len(STORES)]
