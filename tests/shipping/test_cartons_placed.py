"""The carton choice in force: every unit has a place, and what must not travel together does not."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang.shipping.packing.base import CartonSpec, PackDemand, PackedCarton, PackItem
from hecang.shipping.packing.placed import PlacedCarton
from hecang.shipping.services.cartons import carton_chooser

SMALL = CartonSpec(1, "S", 200, 150, 100, 50, 5_000)
MEDIUM = CartonSpec(2, "M", 400, 300, 200, 200, 15_000)
LARGE = CartonSpec(3, "L", 600, 400, 400, 500, 25_000)
ALL = [SMALL, MEDIUM, LARGE]
CUBE = PackItem(1, 1, 100, 100, 100, 100)


def pack(
    *items: PackItem, limit_g: int | None = None, cartons: list[CartonSpec] | None = None
) -> list[PackedCarton]:
    chooser = PlacedCarton(clearance_mm=0)
    return chooser.choose([PackDemand(items, limit_g)], cartons or ALL)[0]


def test_it_is_the_choice_in_force() -> None:
    assert isinstance(carton_chooser(), PlacedCarton)


def test_a_short_name_brings_the_simple_choice_back(settings: object) -> None:
    settings.STRATEGIES = {"shipping.cartons": "smallest"}  # type: ignore[attr-defined]

    assert type(carton_chooser()).__name__ == "SmallestCarton"


def test_starting_django_does_not_load_the_algorithms() -> None:
    code = (
        "import sys, django; django.setup(); import hecang.config.urls, hecang.shipping.services;"
        "print([name for name in sys.modules if name.startswith(('numba', 'hecang_optim.packing'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_smallest_that_takes_the_goods_in_truth() -> None:
    # 85 % of the small carton's volume is enough for 2.5 cubes; but their edges are 200 × 100 × 100.
    assert [one.code for one in pack(replace(CUBE, quantity=2))] == ["S"]
    # A plate of 190 × 140 mm on a plate: by volume and edges both go into S, yet 2 × 60 mm is higher than it is.
    plates = replace(CUBE, quantity=2, length_mm=190, width_mm=140, height_mm=60)
    assert [one.code for one in pack(replace(plates, height_mm=50))] == ["S"]
    assert [one.code for one in pack(plates)] == ["M"]


def test_places_come_in_the_order_of_packing() -> None:
    [carton] = pack(replace(CUBE, quantity=24))

    assert carton.code == "M"
    assert [(at.key, at.x_mm, at.y_mm, at.z_mm) for at in carton.places] == [
        (1, x, y, z) for z in (0, 100) for y in (0, 100, 200) for x in (0, 100, 200, 300)
    ]


def test_frozen_goods_travel_alone_and_hazards_part() -> None:
    warm = replace(CUBE, temperature="ambient")
    cool = replace(CUBE, key=2, temperature="chilled")
    frozen = replace(CUBE, key=5, temperature="frozen")
    battery = replace(CUBE, key=3, temperature="ambient", hazard="battery")
    acid = replace(CUBE, key=4, temperature="ambient", hazard="corrosive")

    assert [one.units for one in pack(warm, battery)] == [((1, 1), (3, 1))]
    assert [one.units for one in pack(warm, cool)] == [((1, 1), (2, 1))]
    assert sorted(one.units for one in pack(warm, cool, frozen)) == [((1, 1), (2, 1)), ((5, 1),)]
    assert sorted(one.units for one in pack(battery, acid)) == [((3, 1),), ((4, 1),)]


def test_a_carton_is_never_filled_to_the_last_millimetre() -> None:
    demand = [PackDemand((replace(CUBE, quantity=2),))]

    assert [one.code for one in PlacedCarton(clearance_mm=0).choose(demand, ALL)[0]] == ["S"]
    assert [one.code for one in PlacedCarton().choose(demand, ALL)[0]] == ["M"]


def test_this_side_up() -> None:
    bottle = PackItem(1, 1, 500, 60, 60, 180)

    assert [one.code for one in pack(bottle)] == ["S"]
    [upright] = pack(replace(bottle, upright=True))
    assert (upright.code, upright.places[0].height_mm) == ("M", 180)


def test_unknown_sizes_leave_weight_to_decide() -> None:
    [carton] = pack(PackItem(1, 40, 100))

    assert (carton.code, carton.units, carton.places) == ("S", ((1, 40),), ())


def test_what_is_known_of_a_size_limits() -> None:
    assert [one.code for one in pack(PackItem(1, 1, 100, length_mm=590))] == ["L"]


def test_what_fits_nowhere_travels_in_its_own_packing() -> None:
    chosen = pack(PackItem(1, 2, 100, 900, 50, 50), PackItem(2, 1, 100, 50, 50, 50))

    assert [(one.carton_id, one.units) for one in chosen] == [
        (None, ((1, 1),)),
        (None, ((1, 1),)),
        (1, ((2, 1),)),
    ]
    assert chosen[0].volume_mm3 == 900 * 50 * 50


def test_the_dear_carton_stays_on_the_shelf() -> None:
    dear = replace(SMALL, price=5_000)

    assert [one.code for one in pack(CUBE, cartons=[dear, MEDIUM])] == ["M"]


def test_very_many_units_are_packed_by_volume() -> None:
    chosen = pack(PackItem(1, 400, 10, 40, 40, 40))

    assert [one.code for one in chosen] == ["L"]
    assert chosen[0].places == ()


def test_very_many_units_that_must_not_travel_together_do_not() -> None:
    warm = PackItem(1, 400, 10, 40, 40, 40, temperature="ambient")
    cool = PackItem(2, 1, 10, 40, 40, 40, temperature="chilled")
    frozen = PackItem(3, 1, 10, 40, 40, 40, temperature="frozen")
    battery = replace(warm, key=4, quantity=1, hazard="battery")
    acid = replace(battery, key=5, hazard="corrosive")

    chosen = pack(warm, cool, frozen, battery, acid)

    assert sorted(sorted(one.units) for one in chosen) == [[(1, 400), (2, 1), (4, 1)], [(3, 1)], [(5, 1)]]


def test_the_same_order_is_packed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from hecang.shipping.packing import placed

    asked = []
    real = placed.choose_cartons

    def counting(orders: list[object], *others: object) -> object:
        asked.append(len(orders))
        return real(orders, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(placed, "choose_cartons", counting)
    chooser = PlacedCarton()
    demands = [PackDemand((replace(CUBE, key=key),)) for key in range(3)]

    first = chooser.choose(demands, ALL)

    assert chooser.choose(demands, ALL) == first
    assert [one[0].units for one in first] == [((0, 1),), ((1, 1),), ((2, 1),)]
    assert asked == [1]


EDGE = st.integers(0, 700)
ITEMS = st.lists(
    st.builds(
        PackItem,
        key=st.just(0),
        quantity=st.integers(0, 30),
        weight_g=st.integers(0, 30_000),
        length_mm=EDGE,
        width_mm=EDGE,
        height_mm=EDGE,
        upright=st.booleans(),
        temperature=st.sampled_from(("ambient", "frozen")),
        hazard=st.sampled_from(("", "battery", "aerosol")),
    ),
    max_size=5,
).map(lambda items: tuple(replace(item, key=key) for key, item in enumerate(items)))


@given(items=ITEMS, limit_g=st.none() | st.integers(0, 30_000))
@settings(max_examples=60, deadline=None)
def test_every_unit_is_in_one_carton_and_none_is_overloaded(
    items: tuple[PackItem, ...], limit_g: int | None
) -> None:
    chosen = pack(*items, limit_g=limit_g)

    packed: Counter[int] = Counter()
    specs = {carton.id: carton for carton in ALL}
    for one in chosen:
        packed.update(dict(one.units))
        assert one.goods_weight_g == sum(items[key].weight_g * count for key, count in one.units)
        if one.carton_id is None:
            assert sum(count for _key, count in one.units) == 1
            continue
        assert one.goods_weight_g <= specs[one.carton_id].max_weight_g
        assert limit_g is None or one.gross_weight_g <= limit_g
        assert len({items[key].temperature for key, _count in one.units}) == 1
        assert len({items[key].hazard for key, _count in one.units} - {""}) <= 1
    assert packed == Counter({item.key: item.quantity for item in items if item.quantity})
