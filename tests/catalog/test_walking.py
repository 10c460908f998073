from dataclasses import dataclass
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.walking import Nearby, haversine, nearest, walking_minutes

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@dataclass(frozen=True)
class Shop:
    id: str
    latitude: float | None
    longitude: float | None


def test_one_degree_along_the_equator_is_the_known_length():
    assert haversine(0, 0, 0, 1) == pytest.approx(111_195, abs=1)


def test_oxford_circus_to_trafalgar_square_is_about_a_kilometre():
    assert haversine(51.5152, -0.1418, 51.5080, -0.1281) == pytest.approx(1_242, abs=15)


def test_the_date_line_is_no_wall():
    assert haversine(0, 179.999, 0, -179.999) == pytest.approx(222, abs=1)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_the_same_both_ways_and_never_over_half_the_earth(a, b, c, d):
    there, back = haversine(a, b, c, d), haversine(c, d, a, b)
    assert there == pytest.approx(back, abs=0.5)
    assert 0 <= there <= 20_016_000


@pytest.mark.parametrize(
    ("metres", "minutes"), [(0, 1), (1, 1), (61.5, 1), (61.6, 2), (80, 2), (480, 8), (800, 13), (801, 14)]
)
def test_minutes_are_rounded_up_and_at_least_one(metres, minutes):
    assert walking_minutes(metres) == minutes


def test_the_nearest_store_comes_first_and_one_out_of_range_does_not_come():
    stores = [Shop("far", 51.60, -0.14), Shop("b", 51.5172, -0.1418), Shop("a", 51.5162, -0.1418)]
    found = nearest(stores, 51.5152, -0.1418, 10)
    assert [n.store_id for n in found] == ["a", "b"]
    assert found[0] == Nearby("a", 111, 2)


def test_a_store_without_coordinates_is_never_near():
    stores = [Shop("a", None, None), Shop("b", 51.5, None), Shop("c", nan, 0.0), Shop("d", inf, 0.0)]
    assert nearest(stores, 51.5, 0.0, 10_000_000) == []


def test_an_id_that_is_a_number_is_named_as_text():
    assert nearest([Shop(3, 51.5, 0.0)], 51.5, 0.0, 5) == [Nearby("3", 0, 1)]
