"""The verifier finds every kind of fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hecang_optim.packing import (
    Carton,
    Item,
    Order,
    Packing,
    Placement,
    Rules,
    Turning,
    choose_carton,
    faults,
)
from hecang_optim.packing.drawing import draw_carton, from_behind

CARTON = Carton(200, 100, 200, max_weight_g=1_000, tare_g=10)
ITEMS = (
    Item(100, 100, 100, 100, turning=Turning.FIXED, group=1),
    Item(100, 100, 100, 100, turning=Turning.FIXED, group=2),
    Item(200, 100, 50, 300, turning=Turning.UPRIGHT, group=3),
)
RIGHT = choose_carton(ITEMS, [CARTON])


def found(
    packing: Packing, items: tuple[Item, ...] = ITEMS, rules: Rules | None = None, **limits: int
) -> str:
    return " | ".join(faults(Order(items, **limits), packing, [CARTON], rules or Rules()))


def with_placements(*placements: Placement) -> Packing:
    return Packing((replace(RIGHT.cartons[0], placements=placements),))


LEFT, MIDDLE, TOP = (
    Placement(0, 0, 0, 0, 100, 100, 100),
    Placement(1, 100, 0, 0, 100, 100, 100),
    Placement(2, 0, 0, 100, 200, 100, 50),
)


def test_what_is_right_has_no_fault() -> None:
    assert RIGHT.left_out == ()
    assert found(RIGHT) == ""
    assert found(with_placements(LEFT, MIDDLE, TOP)) == ""


@pytest.mark.parametrize(
    ("placements", "fault"),
    [
        ((LEFT, replace(MIDDLE, x=101), TOP), "unit 1 is not inside"),
        ((LEFT, replace(MIDDLE, x=99), TOP), "units 0 and 1 overlap"),
        ((LEFT, replace(MIDDLE, length=99), TOP), "unit 1 has another size"),
        ((LEFT, MIDDLE, replace(TOP, length=50, height=200, z=0)), "unit 2 does not stand upright"),
        ((LEFT, MIDDLE, replace(TOP, z=120)), "unit 2 is not held"),
        ((LEFT, TOP, MIDDLE), "unit 1 comes before what holds it"),
        ((LEFT, TOP, MIDDLE), "unit 2 comes after 1, which stands over its place"),
        ((LEFT, MIDDLE), "ordered"),
        ((LEFT, MIDDLE, replace(TOP, item=1)), "ordered"),
    ],
)
def test_places(placements: tuple[Placement, ...], fault: str) -> None:
    assert fault in found(with_placements(*placements))


def test_rules_of_the_goods() -> None:
    first, second, third = ITEMS
    packing = with_placements(LEFT, MIDDLE, TOP)

    assert "unit 0 is fragile, and unit 2 rests on it" in found(
        packing, (replace(first, fragile=True), second, third)
    )
    assert found(packing, (replace(first, max_load_g=150), second, third)) == ""
    assert "unit 0 bears 150.0 g, more than 149 g" in found(
        packing, (replace(first, max_load_g=149), second, third)
    )
    turned = with_placements(LEFT, MIDDLE, replace(TOP, length=100, width=200))
    assert "is turned" in found(turned, (first, second, replace(third, turning=Turning.FIXED)))
    assert "groups 1 and 2 share a carton" in found(packing, rules=Rules(incompatible=frozenset({(1, 2)})))
    assert "groups" not in found(packing, rules=Rules(incompatible=frozenset({(1, 4), (3, 3)})))


def test_half_a_base_in_the_air() -> None:
    hanging = with_placements(LEFT, replace(TOP, length=100, width=100, height=100, x=50, item=1))

    assert "unit 1 is not held" in found(hanging)
    assert "unit 1 is not held" not in found(hanging, rules=Rules(support=0.5))


def test_weights_and_figures() -> None:
    packed = RIGHT.cartons[0]

    assert "too heavy for the carton" in found(RIGHT, (replace(ITEMS[0], weight_g=900), *ITEMS[1:]))
    assert "too heavy for the carrier" in found(RIGHT, max_gross_g=509)
    assert found(RIGHT, max_gross_g=510) == ""
    assert "the weights are others" in found(Packing((replace(packed, goods_weight_g=1),)))
    assert "the volumes are others" in found(Packing((replace(packed, void_mm3=1),)))
    assert "the cost is another" in found(Packing((replace(packed, cost=1),)))


def test_the_picture_is_drawn_from_behind(tmp_path: Path) -> None:
    assert from_behind([TOP, MIDDLE, LEFT]) == [LEFT, MIDDLE, TOP]

    draw_carton(RIGHT.cartons[0], CARTON, tmp_path / "carton.svg")

    assert 1_000 < (tmp_path / "carton.svg").stat().st_size < 150_000
