"""What lies on the shelves, how much, how old, and where."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from hecang.demo.source import Demand
from hecang.demo.stock import Faces, placements, quantities, weekly_demand
from hecang.demo.vocabulary import PROFILES


def test_weekly_demand_by_the_warehouse_near_the_household() -> None:
    demand = Demand(np.array([1, 1, 2]), np.array([10, 20, 20]), np.array([3, 4, 5]), days=14)

    weekly = weekly_demand(demand, {10: 0, 20: 1}, 2)

    assert {product: rates.tolist() for product, rates in weekly.items()} == {1: [1.5, 2.0], 2: [0.0, 2.5]}


def test_quantities_cover_weeks_and_less_of_what_does_not_keep() -> None:
    weekly = {1: np.array([10.0, 0.0]), 2: np.array([10.0, 0.0]), 3: np.array([0.0, 0.01])}
    profiles = {1: PROFILES["can"], 2: PROFILES["fish"], 3: PROFILES["can"], 4: PROFILES["can"]}

    first = quantities(weekly, frozenset({4}), profiles, site=0, weeks=26)
    second = quantities(weekly, frozenset({4}), profiles, site=1, weeks=26)

    # 40 for four weeks and 1.5 × √40; fish keeps four days: 0.6 weeks; a new listing has four.
    assert first == {1: 50, 2: 10, 3: 2, 4: 4}
    assert second == {}


def test_some_products_are_short_on_purpose() -> None:
    weekly = {product: np.array([10.0]) for product in range(1, 2001)}
    profiles = dict.fromkeys(weekly, PROFILES["can"])

    held = Counter(quantities(weekly, frozenset(), profiles, site=0, weeks=26).values())

    assert set(held) == {1, 50}
    assert 10 <= 2000 - held[50] <= 40


FACES = {
    "A": Faces(range(100, 110), range(200, 210)),
    "S": Faces(range(300, 303)),
    "C": Faces(range(400, 410)),
    "F": Faces(range(500, 510)),
}


class TestPlacements:
    def test_every_unit_lies_in_its_temperature(self) -> None:
        kinds = {1: "can", 2: "milk", 3: "ice", 4: "paper", **dict.fromkeys(range(10, 30), "dry")}
        profiles = {product: PROFILES[kind] for product, kind in kinds.items()}
        held = {product: 7 + product for product in kinds}
        classes = {1: "A", 2: "A", 3: "B", 4: "B"}

        placed = placements(held, classes, profiles, FACES, {})

        units: dict[int, int] = defaultdict(int)
        for one in placed:
            assert one.quantity > 0
            units[one.product_id] += one.quantity
            zone = {"ambient": {1, 2, 3}, "chilled": {4}, "frozen": {5}}[profiles[one.product_id].temperature]
            assert one.location_id // 100 in zone
            assert (one.age_days is None) == (profiles[one.product_id].shelf_days == 0)
            if one.age_days is not None:
                assert 1 <= one.age_days < profiles[one.product_id].shelf_days
        assert units == held

    def test_fast_movers_lie_nearest_alone_and_slow_ones_share(self) -> None:
        profiles = dict.fromkeys(range(1, 31), PROFILES["house"])
        classes = {1: "B", 2: "A", 3: "A"}

        placed = placements(dict.fromkeys(range(1, 31), 2), classes, profiles, FACES, {2: 1.0, 3: 9.0})

        where = {one.product_id: one.location_id for one in placed}
        assert (where[3], where[2], where[1]) == (100, 101, 102)
        assert {location for product, location in where.items() if product > 3} == {300, 301, 302}

    def test_a_lot_of_a_fast_mover_stands_in_the_reserve(self) -> None:
        placed = placements({1: 20}, {1: "A"}, {1: PROFILES["can"]}, FACES, {})

        front, back = placed
        assert (front.location_id, front.quantity) == (100, 8)
        assert (back.location_id, back.quantity) == (200, 12)
        assert front.age_days is not None
        assert back.age_days is not None
        assert front.age_days > back.age_days
