"""Which cartons an order travels in."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import shipping

from hecang.shipping.packing.base import CartonSpec, PackDemand, PackItem
from hecang.shipping.packing.smallest import SmallestCarton
from hecang.shipping.services import PackedCarton, cartons_choose_many

SMALL = CartonSpec(1, "S", 200, 150, 100, 50, 5_000)
MEDIUM = CartonSpec(2, "M", 400, 300, 200, 200, 15_000)
LARGE = CartonSpec(3, "L", 600, 400, 400, 500, 25_000)
ALL = [SMALL, MEDIUM, LARGE]


def pack(*items: PackItem, limit_g: int | None = None) -> list[PackedCarton]:
    return SmallestCarton().choose([PackDemand(items, limit_g)], ALL)[0]


def test_the_smallest_that_holds_the_volume() -> None:
    # 100 mm cubes are 1,000,000 mm³; S takes 85 % of 3,000,000.
    assert [one.code for one in pack(PackItem(1, 2, 100, 100, 100, 100))] == ["S"]
    assert [one.code for one in pack(PackItem(1, 3, 100, 100, 100, 100))] == ["M"]


def test_weight_decides_where_volume_does_not() -> None:
    chosen = pack(PackItem(1, 2, 2600, 10, 10, 10))

    assert [(one.code, one.goods_weight_g, one.gross_weight_g) for one in chosen] == [("M", 5200, 5400)]


def test_the_longest_edge_decides_where_volume_does_not() -> None:
    assert [one.code for one in pack(PackItem(1, 1, 100, 590, 20, 20))] == ["L"]
    assert [one.code for one in pack(PackItem(1, 1, 100, 20, 20, 390))] == ["M"]


def test_one_unit_may_fill_its_carton_to_the_edge() -> None:
    assert [one.code for one in pack(PackItem(1, 1, 100, 100, 150, 200))] == ["S"]


def test_unknown_sizes_leave_weight_to_decide() -> None:
    assert [one.code for one in pack(PackItem(1, 40, 100))] == ["S"]


def test_what_no_carton_holds_is_spread_over_several() -> None:
    chosen = pack(PackItem(1, 60, 1000, 100, 100, 100))

    assert [(one.code, one.units) for one in chosen] == [
        ("L", ((1, 25),)),
        ("L", ((1, 25),)),
        ("M", ((1, 10),)),
    ]


def test_the_carrier_s_limit_counts_the_carton_itself() -> None:
    chosen = pack(PackItem(1, 10, 1000, 50, 50, 50), limit_g=5_400)

    assert [(one.code, one.gross_weight_g) for one in chosen] == [("L", 4500), ("L", 4500), ("S", 2050)]


def test_what_fits_nowhere_travels_in_its_own_packing() -> None:
    chosen = pack(PackItem(1, 2, 100, 900, 50, 50), PackItem(2, 1, 100, 50, 50, 50))

    assert [(one.carton_id, one.units) for one in chosen] == [
        (None, ((1, 1),)),
        (None, ((1, 1),)),
        (1, ((2, 1),)),
    ]
    assert chosen[0].volume_mm3 == 900 * 50 * 50


def test_nothing_to_pack_needs_no_carton() -> None:
    assert pack(PackItem(1, 0, 100, 10, 10, 10)) == []


EDGE = st.integers(0, 700)
ITEMS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 30_000), EDGE, EDGE, EDGE), min_size=0, max_size=6
).map(lambda rows: tuple(PackItem(key, *row) for key, row in enumerate(rows)))


@given(items=ITEMS, limit_g=st.none() | st.integers(1_000, 30_000))
def test_every_unit_is_in_one_carton_and_none_is_overloaded(
    items: tuple[PackItem, ...], limit_g: int | None
) -> None:
    chosen = pack(*items, limit_g=limit_g)

    packed: Counter[int] = Counter()
    for one in chosen:
        for key, quantity in one.units:
            assert quantity > 0
            packed[key] += quantity
    assert packed == Counter({item.key: item.quantity for item in items})

    by_key = {item.key: item for item in items}
    specs = {carton.id: carton for carton in ALL}
    for one in chosen:
        goods_g = sum(by_key[key].weight_g * quantity for key, quantity in one.units)
        volume = sum(by_key[key].volume_mm3 * quantity for key, quantity in one.units)
        assert one.goods_weight_g == goods_g
        if one.carton_id is None:
            assert sum(quantity for _key, quantity in one.units) == 1
            continue
        carton = specs[one.carton_id]
        assert goods_g <= carton.max_weight_g
        assert limit_g is None or one.gross_weight_g <= limit_g
        assert volume <= carton.volume_mm3
        if sum(quantity for _key, quantity in one.units) > 1 and not _has_tight(one, by_key, carton):
            assert volume <= carton.volume_mm3 * 85 // 100


def _has_tight(one: PackedCarton, by_key: dict[int, PackItem], carton: CartonSpec) -> bool:
    """Whether one unit alone takes more than the fill: then only weightless sizes may join it."""
    return any(by_key[key].volume_mm3 > carton.volume_mm3 * 85 // 100 for key, _quantity in one.units)


@pytest.mark.django_db
def test_active_cartons_of_the_database_in_one_query() -> None:
    shipping.cartons()
    off = shipping.carton("XS", (100, 100, 100))
    off.is_active = False
    off.save()
    demands = [PackDemand((PackItem(1, n, 100, 100, 100, 50),)) for n in range(1, 101)]

    counts = []
    for size in (10, 100):
        with CaptureQueriesContext(connection) as queries:
            chosen = cartons_choose_many(demands=demands[:size])
        counts.append(len(queries))

    assert counts == [1, 1]
    assert [one.code for one in chosen[0]] == ["S"]
    assert [one.code for one in chosen[99]] == ["L"]


class OneEach:
    """A chooser that packs every unit alone, to be put in the place of the default."""

    def choose(self, demands: list[PackDemand], cartons: list[CartonSpec]) -> list[list[PackedCarton]]:
        return [
            [PackedCarton(cartons[0].id, cartons[0].code, ((item.key, 1),), 0, 0, 0) for item in one.items]
            for one in demands
        ]


@pytest.mark.django_db
def test_the_strategy_can_be_replaced(settings: object) -> None:
    shipping.cartons()
    settings.STRATEGIES = {"shipping.cartons": f"{__name__}.OneEach"}  # type: ignore[attr-defined]

    try:
        chosen = cartons_choose_many(demands=[PackDemand((PackItem(1, 1, 1), PackItem(2, 1, 1)))])
    except ImportError:
        pytest.skip("this test module cannot be imported by name")

    assert [one.units for one in chosen[0]] == [((1, 1),), ((2, 1),)]
