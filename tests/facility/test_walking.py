"""Walking distances: computed by hand, and as a metric whose routes are as long as they say."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang.facility.walking import AisleLine, CrossLine, WalkNetwork, straightened

Place = tuple[int | None, int, int]


def distance(network: WalkNetwork, start: Place, end: Place) -> int:
    return int(network.distances(network.points([start]), network.points([end]))[0, 0])


def length_of(corners: list[tuple[int, int]]) -> int:
    return sum(abs(x1 - x2) + abs(y1 - y2) for (x1, y1), (x2, y2) in itertools.pairwise(corners))


@pytest.fixture
def one_block() -> WalkNetwork:
    """Three aisles 5 m apart, 10 m to 30 m, with a cross-aisle at either end."""
    return WalkNetwork(
        [AisleLine(0, x, 10_000, 30_000) for x in (5000, 10_000, 15_000)],
        [CrossLine(0, 10_000), CrossLine(0, 30_000)],
    )


@pytest.fixture
def two_blocks() -> WalkNetwork:
    """The same with a cross-aisle in the middle."""
    return WalkNetwork(
        [AisleLine(0, x, 10_000, 30_000) for x in (5000, 10_000, 15_000)],
        [CrossLine(0, 10_000), CrossLine(0, 20_000), CrossLine(0, 30_000)],
    )


class TestByHand:
    def test_along_one_aisle(self, one_block: WalkNetwork) -> None:
        assert distance(one_block, (0, 5000, 12_000), (0, 5000, 25_000)) == 13_000

    def test_to_the_next_aisle_by_the_nearer_end(self, one_block: WalkNetwork) -> None:
        # 2 m down, 5 m across, 4 m up; the other way round would be 18 + 5 + 16
        assert distance(one_block, (0, 5000, 12_000), (1, 10_000, 14_000)) == 11_000
        assert distance(one_block, (0, 5000, 28_000), (2, 15_000, 29_000)) == 2000 + 10_000 + 1000

    def test_a_middle_cross_aisle_shortens(self, one_block: WalkNetwork, two_blocks: WalkNetwork) -> None:
        start, end = (0, 5000, 19_000), (1, 10_000, 22_000)

        assert distance(one_block, start, end) == 11_000 + 5000 + 8000  # by the back
        assert distance(two_blocks, start, end) == 1000 + 5000 + 2000

    def test_from_the_open_floor(self, one_block: WalkNetwork) -> None:
        # a pack station 4 m in front of the corridor and 1 m to the left of aisle 2
        station: Place = (None, 9000, 6000)

        assert distance(one_block, station, (1, 10_000, 13_000)) == 4000 + 1000 + 3000
        assert distance(one_block, station, (0, 5000, 13_000)) == 4000 + 4000 + 3000

    def test_on_the_open_floor(self, one_block: WalkNetwork) -> None:
        assert distance(one_block, (None, 2000, 1000), (None, 30_000, 6000)) == 33_000

    def test_an_empty_warehouse_is_all_floor(self) -> None:
        assert distance(WalkNetwork([], []), (None, 0, 0), (None, 300, 400)) == 700

    def test_an_aisle_that_ends_blind_is_left_by_its_front(self) -> None:
        network = WalkNetwork(
            [AisleLine(0, x, 10_000, 30_000) for x in (5000, 10_000)], [CrossLine(0, 10_000)]
        )

        assert distance(network, (0, 5000, 29_000), (1, 10_000, 29_000)) == 19_000 + 5000 + 19_000

    def test_zones_side_by_side_share_their_corridors(self) -> None:
        network = WalkNetwork(
            [AisleLine(0, 5000, 10_000, 30_000), AisleLine(1, 20_000, 10_000, 30_000)],
            [CrossLine(zone, y) for zone in (0, 1) for y in (10_000, 30_000)],
        )

        assert distance(network, (0, 5000, 29_000), (1, 20_000, 28_000)) == 1000 + 15_000 + 2000

    def test_a_zone_behind_another_is_reached_through_it(self) -> None:
        # zone 1 begins 4 m behind the back corridor of zone 0
        network = WalkNetwork(
            [AisleLine(0, 5000, 10_000, 20_000), AisleLine(1, 5000, 24_000, 34_000)],
            [CrossLine(0, 10_000), CrossLine(0, 20_000), CrossLine(1, 24_000), CrossLine(1, 34_000)],
        )

        assert distance(network, (0, 5000, 19_000), (1, 5000, 25_000)) == 6000

    def test_no_walk_through_the_racks_of_a_zone_in_between(self) -> None:
        # zone 1 stands in the middle and has no corridor at y = 20 m, so that line is blocked
        network = WalkNetwork(
            [
                AisleLine(0, 5000, 10_000, 30_000),
                AisleLine(1, 15_000, 10_000, 30_000),
                AisleLine(2, 25_000, 10_000, 30_000),
            ],
            [
                *(CrossLine(zone, y) for zone in (0, 2) for y in (10_000, 20_000, 30_000)),
                *(CrossLine(1, y) for y in (10_000, 30_000)),
            ],
        )

        # hand count: the back corridor, 9 + 20 + 9
        assert distance(network, (0, 5000, 21_000), (2, 25_000, 21_000)) == 38_000

    def test_a_cage_behind_the_front_is_reached_by_the_nearest_crossing(self, one_block: WalkNetwork) -> None:
        cage: Place = (None, 17_000, 31_000)

        assert distance(one_block, cage, (2, 15_000, 29_000)) == 2000 + 1000 + 1000

    def test_route_has_the_corners_one_walks(self, two_blocks: WalkNetwork) -> None:
        stops = two_blocks.points([(None, 9000, 6000), (0, 5000, 19_000), (1, 10_000, 22_000)])

        length, corners = two_blocks.route(stops)

        # the stop at (5000, 19000) lies on the way
        assert corners == [
            (9000, 6000), (9000, 10_000), (5000, 10_000), (5000, 20_000), (10_000, 20_000), (10_000, 22_000)
        ]  # fmt: skip
        assert length == 4000 + 4000 + 9000 + 1000 + 5000 + 2000 == length_of(corners)

    def test_turning_back_is_a_corner(self) -> None:
        assert straightened([(0, 0), (0, 5), (0, 5), (0, 9), (0, 3), (4, 3)]) == [
            (0, 0),
            (0, 9),
            (0, 3),
            (4, 3),
        ]


@st.composite
def networks(draw: st.DrawFn) -> tuple[WalkNetwork, list[Place]]:
    """Up to three zones of several blocks side by side or behind each other, and points in all of them."""
    aisles: list[AisleLine] = []
    crosses: list[CrossLine] = []
    x, back = 0, 10_000
    for zone in range(draw(st.integers(1, 3))):
        behind = zone > 0 and draw(st.booleans())
        front = (
            back + draw(st.sampled_from([3000, 4000]))
            if behind
            else 10_000 + draw(st.sampled_from([0, 0, 700]))
        )
        if not behind:
            x += 20_000
        blocks = [front]
        for length in draw(st.lists(st.sampled_from([4000, 10_000]), min_size=1, max_size=3)):
            blocks.append(blocks[-1] + length)
        aisles += [
            AisleLine(zone, x + 4000 * number, front, blocks[draw(st.integers(1, len(blocks) - 1))])
            for number in range(draw(st.integers(1, 4)))
        ]
        crosses += [CrossLine(zone, y) for y in blocks]
        back = blocks[-1]
    network = WalkNetwork(aisles, crosses)
    places: list[Place] = []
    for _ in range(draw(st.integers(3, 6))):
        if draw(st.integers(0, 3)) == 0:
            places.append((None, draw(st.integers(-5000, 70_000)), draw(st.integers(0, network.front_y))))
        else:
            index = draw(st.integers(0, len(aisles) - 1))
            aisle = aisles[index]
            places.append((index, aisle.x, draw(st.integers(aisle.y_from, aisle.y_to))))
    return network, places


class TestAsAMetric:
    @settings(max_examples=200, deadline=None)
    @given(networks())
    def test_symmetric_triangle_and_never_shorter_than_straight(
        self, case: tuple[WalkNetwork, list[Place]]
    ) -> None:
        network, places = case
        points = network.points(places)

        table = network.distances(points, points)

        assert (table < 1 << 39).all(), "every point is reached"
        assert (np.diag(table) == 0).all()
        assert (table == table.T).all()
        assert (table[:, None, :] <= table[:, :, None] + table[None, :, :]).all()
        straight = np.abs(points.x[:, None] - points.x) + np.abs(points.y[:, None] - points.y)
        assert (table >= straight).all()

    @settings(max_examples=200, deadline=None)
    @given(networks())
    def test_a_route_is_as_long_as_its_polyline_and_its_legs(
        self, case: tuple[WalkNetwork, list[Place]]
    ) -> None:
        network, places = case
        points = network.points(places)

        length, corners = network.route(points)

        assert length == length_of(corners)
        assert length == sum(distance(network, a, b) for a, b in itertools.pairwise(places))
        assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in itertools.pairwise(corners))


def test_a_large_network_is_ready_in_seconds() -> None:
    started = time.process_time()
    network = WalkNetwork(
        [AisleLine(0, 3500 * number, 10_000, 70_000) for number in range(100)],
        [CrossLine(0, y) for y in range(10_000, 70_001, 12_000)],
    )
    points = network.points([(number % 100, 0, 10_000 + 59 * number) for number in range(1000)])
    table = network.distances(points, points)

    assert table.shape == (1000, 1000)
    assert time.process_time() - started < 5
