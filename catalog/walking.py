"""How far a passer-by has to walk: metres between two points, minutes on foot, and the stores that are near enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, ceil, cos, degrees, isfinite, radians, sin, sqrt
from typing import Protocol

EARTH_RADIUS_METRES = 6_371_008.8  # IUGG mean radius
DETOUR = 1.3
METRES_PER_MINUTE = 80


class Place(Protocol):
    """What `nearest` asks of a store: an id and WGS 84 degrees, None where nobody has entered them."""

    id: str | int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A store in range: straight-line metres, and whole minutes on foot."""

    store_id: str
    metres: int
    minutes: int


def haversine(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Metres along the great circle between two points in WGS 84 degrees (a spherical earth: within 0.5 %)."""
    phi, to_phi = radians(latitude), radians(to_latitude)
    half_phi, half_lambda = (to_phi - phi) / 2, radians(to_longitude - longitude) / 2
    chord = sin(half_phi) ** 2 + cos(phi) * cos(to_phi) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(chord)))


def walking_minutes(metres: float) -> int:
    """Whole minutes on foot for a straight-line distance: ceil(metres x 1.3 / 80), at least 1.

    Streets do not run straight: in towns the walk is about 1.3 times the line. 80 metres a minute (4.8 km/h) is the
    pace that property and transport maps use. Rounded up, for a board that says 8 minutes must not mean 9.
    """
    # Rounded to a millimetre first: 800 x 1.3 / 80 must be 13, whatever binary fractions make of it.
    return max(1, ceil(round(metres * DETOUR, 3) / METRES_PER_MINUTE))


def reach(latitude: float, range_minutes: int) -> tuple[float, float]:
    """How many degrees north or south, and east or west, nobody gets beyond on foot in `range_minutes`."""
    metres = range_minutes * METRES_PER_MINUTE / DETOUR + 1
    tall = degrees(metres / EARTH_RADIUS_METRES)
    narrowest = cos(radians(min(abs(latitude) + tall, 89.9)))
    return tall, tall / narrowest


def nearest(stores: Iterable[Place], latitude: float, longitude: float, range_minutes: int) -> list[Nearby]:
    """The stores within `range_minutes` on foot, nearest first; one without coordinates is never near."""
    found = [_nearby(store, latitude, longitude) for store in stores if _placed(store)]
    return sorted((n for n in found if n.minutes <= range_minutes), key=lambda n: (n.metres, n.store_id))


def _placed(store: Place) -> bool:
    return all(angle is not None and isfinite(angle) for angle in (store.latitude, store.longitude))


def _nearby(store: Place, latitude: float, longitude: float) -> Nearby:
    metres = haversine(latitude, longitude, store.latitude, store.longitude)
    return Nearby(str(store.id), round(metres), walking_minutes(metres))
