"""Which carton an order gets, and how its goods lie in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.packing import (
    Carton,
    Freight,
    Item,
    Order,
    Packing,
    Rules,
    Turning,
    choose_carton,
    choose_cartons,
    faults,
)

SMALL = Carton(200, 150, 100, max_weight_g=5_000, tare_g=50)
MEDIUM = Carton(400, 300, 200, max_weight_g=15_000, tare_g=200)
LARGE = Carton(600, 400, 400, max_weight_g=25_000, tare_g=500)
ALL = [LARGE, SMALL, MEDIUM]
NAMES = {0: "L", 1: "S", 2: "M"}
CUBE = Item(100, 100, 100, 100)


def pack(*items: Item, rules: Rules | None = None, cartons: list[Carton] | None = None) -> Packing:
    """Pack, and let the verifier look at it."""
    rules, cartons = rules or Rules(), cartons or ALL
    packing = choose_carton(items, cartons, rules)
    assert faults(Order(items), packing, cartons, rules) == []
    return packing


def names(packing: Packing) -> str:
    return "".join(NAMES[one.carton] for one in packing.cartons)


def test_the_smallest_that_takes_the_goods_in_truth() -> None:
    # Three cubes of 100 mm are as much as the small carton has; but only two lie side by side in 200 × 150 mm.
    assert names(pack(replace(CUBE, quantity=2))) == "S"
    assert names(pack(replace(CUBE, quantity=3))) == "M"


def test_a_carton_is_filled_to_the_last_corner() -> None:
    packing = pack(replace(CUBE, quantity=24))

    assert names(packing) == "M"
    assert packing.cartons[0].fill == 1.0
    assert packing.cartons[0].void_mm3 == 0


def test_goods_are_turned_to_fit_unless_they_must_not_be() -> None:
    pole = Item(90, 90, 190, 100)

    assert names(pack(pole)) == "S"
    assert names(pack(replace(pole, turning=Turning.UPRIGHT))) == "M"
    assert names(pack(Item(140, 190, 90, 100, turning=Turning.UPRIGHT))) == "S"
    assert names(pack(Item(140, 190, 90, 100, turning=Turning.FIXED))) == "M"


def test_nothing_lies_on_fragile_goods() -> None:
    plates = [
        Item(200, 150, 50, 100, turning=Turning.UPRIGHT),
        Item(200, 150, 50, 100, turning=Turning.UPRIGHT),
    ]

    assert names(pack(*plates)) == "S"
    one_fragile = pack(plates[0], replace(plates[1], fragile=True))
    assert [one.item for one in one_fragile.cartons[0].placements] == [0, 1]
    assert names(one_fragile) == "S"
    assert names(pack(*(replace(plate, fragile=True) for plate in plates))) == "M"


def test_a_load_is_what_all_above_weighs() -> None:
    weak = Item(200, 150, 25, 100, turning=Turning.FIXED, max_load_g=350)
    heavy = Item(200, 150, 25, 150, turning=Turning.FIXED)

    assert names(pack(weak, replace(heavy, quantity=2))) == "S"
    # Three of them on it would be 450 g; on top of two, it bears one.
    packing = pack(weak, replace(heavy, quantity=3), rules=Rules(effort=1_000))
    assert names(packing) == "S"
    assert [one.item for one in packing.cartons[0].placements].index(0) >= 1
    assert names(pack(replace(weak, max_load_g=0, quantity=2), replace(heavy, quantity=2))) == "M"


def test_weight_decides_where_volume_does_not() -> None:
    packing = pack(Item(10, 10, 10, 2_600, quantity=2))

    assert names(packing) == "M"
    assert (packing.cartons[0].goods_weight_g, packing.cartons[0].gross_weight_g) == (5_200, 5_400)


def test_the_carrier_s_limit_counts_the_carton_itself() -> None:
    order = Order((Item(50, 50, 50, 1_000, quantity=10),), max_gross_g=5_400)
    [packing] = choose_cartons([order], ALL)

    assert faults(order, packing, ALL, Rules()) == []
    assert [one.gross_weight_g for one in packing.cartons] == [5_050, 5_050]


def test_what_must_not_travel_together_does_not() -> None:
    rules = Rules(incompatible=frozenset({(1, 2)}))
    tea, soap, spoon = (Item(50, 50, 50, 100, group=group) for group in (1, 2, 3))

    packing = pack(tea, soap, spoon, rules=rules)
    assert names(packing) == "SS"
    assert names(pack(tea, spoon, rules=rules)) == "S"
    alone = Rules(incompatible=frozenset({(1, 1)}))
    assert names(pack(replace(tea, quantity=3), spoon, rules=alone)) == "SSS"


def test_padding_is_kept_free_on_every_side() -> None:
    padded = [replace(SMALL, padding_mm=5), replace(MEDIUM, padding_mm=5)]
    packing = pack(Item(195, 50, 50, 100), cartons=padded)

    assert packing.cartons[0].carton == 1
    [placement] = packing.cartons[0].placements
    assert (placement.x, placement.y, placement.z) == (5, 5, 5)
    assert pack(Item(190, 140, 90, 100), cartons=padded).cartons[0].carton == 0


def test_goods_on_a_pallet_stand_over_its_edge_as_far_as_they_may() -> None:
    pallet = Carton(1_200, 800, 1_000, max_weight_g=900_000, tare_g=25_000, overhang_mm=25)
    case = Item(625, 425, 500, 9_000, quantity=8, turning=Turning.FIXED)

    packing = pack(case, cartons=[pallet])
    assert len(packing.cartons) == 1
    assert {one.x for one in packing.cartons[0].placements} == {-25, 600}
    assert {one.y for one in packing.cartons[0].placements} == {-25, 400}
    assert len(pack(case, cartons=[replace(pallet, overhang_mm=24)]).cartons) > 1
    # What is small stands on the deck, not beside it.
    small = pack(Item(20, 20, 20, 10), cartons=[pallet]).cartons[0].placements[0]
    assert min(small.x, small.y) >= -6


def test_the_cheapest_and_not_the_smallest() -> None:
    dear = [replace(SMALL, price=90), replace(MEDIUM, price=60)]

    assert pack(CUBE, cartons=dear).cartons[0].carton == 1
    assert pack(CUBE, cartons=dear).cost == 60


def test_two_cartons_where_they_cost_less_than_one() -> None:
    priced = [replace(LARGE, price=900), replace(SMALL, price=100), replace(MEDIUM, price=300)]

    assert names(pack(replace(CUBE, quantity=3), cartons=priced)) == "SS"
    assert pack(replace(CUBE, quantity=3), cartons=priced).cost == 200
    assert names(pack(replace(CUBE, quantity=6), cartons=priced)) == "M"


def test_freight_is_for_the_larger_of_weight_and_volume() -> None:
    rules = Rules(freight=Freight(per_kg=1_000, divisor=6_000))

    # 3 l count as 500 g; 24 l as 4 kg.
    assert pack(CUBE, rules=rules).cost == 500
    assert pack(replace(CUBE, weight_g=700), rules=rules).cost == 750
    assert pack(replace(CUBE, quantity=5), rules=rules).cost == 1_500  # three small ones, not a medium one


def test_what_no_carton_takes_whole_is_split() -> None:
    packing = pack(replace(CUBE, weight_g=1_000, quantity=60))

    assert len(packing.cartons) == 3
    assert sum(one.goods_weight_g for one in packing.cartons) == 60_000


def test_what_fits_nowhere_is_left_out() -> None:
    packing = pack(Item(900, 50, 50, 100, quantity=2), CUBE, Item(50, 50, 50, 26_000))

    assert packing.left_out == ((0, 2), (2, 1))
    assert names(packing) == "S"
    assert choose_carton([CUBE], []) == Packing((), ((0, 1),))


def test_goods_without_a_size_count_by_weight() -> None:
    packing = pack(Item(0, 0, 0, 100, quantity=60), CUBE)

    assert names(packing) == "M"
    assert packing.cartons[0].loose == ((0, 60),)
    assert packing.cartons[0].goods_weight_g == 6_100


def test_the_sequence_goes_up_and_from_the_back_to_the_front() -> None:
    packing = pack(replace(CUBE, quantity=8), cartons=[Carton(200, 200, 200, max_weight_g=9_000)])

    assert [(one.z, one.y, one.x) for one in packing.cartons[0].placements] == [
        (z, y, x) for z in (0, 100) for y in (0, 100) for x in (0, 100)
    ]
    assert packing.cartons[0].centre_of_gravity == (100.0, 100.0, 100.0)


def test_nothing_to_pack_needs_no_carton() -> None:
    assert choose_carton([], ALL) == Packing()
    assert choose_carton([replace(CUBE, quantity=0)], ALL) == Packing()
    assert choose_cartons([], ALL) == []


def test_an_order_is_packed_alike_in_any_company() -> None:
    orders = [Order((replace(CUBE, quantity=n), Item(70, 50, 30, 20, n))) for n in range(1, 20)]

    together = choose_cartons(orders, ALL)
    assert together == [choose_carton(order.items, ALL) for order in orders]
    assert choose_cartons(orders[::-1] + orders, ALL) == together[::-1] + together


def test_a_spent_budget_still_packs_everything() -> None:
    orders = [Order((replace(CUBE, quantity=n % 30 + 1, weight_g=n),)) for n in range(100)]
    budget = Budget(rounds=10)

    packings = choose_cartons(orders, ALL, budget=budget)
    assert budget.spent()
    for order, packing in zip(orders, packings, strict=True):
        assert faults(order, packing, ALL, Rules()) == []
        assert packing.left_out == ()


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (Item(0, 10, 10), "edges are at least 1 mm, or all 0"),
        (Item(-5, 10, 10), "edges are at least 1 mm, or all 0"),
        (Item(10, 10, 200_000), "an edge is longer than 100000 mm"),
        (Item(10, 10, 10, weight_g=-1), "weight_g is negative"),
        (Item(10, 10, 10, quantity=-1), "quantity is negative"),
        (Item(10, 10, 10, max_load_g=-1), "max_load_g is negative"),
    ],
)
def test_items_that_mean_nothing_are_named(item: Item, why: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        choose_carton([CUBE, item], ALL)
    assert (caught.value.field, caught.value.index, caught.value.why) == ("items", 1, why)


@pytest.mark.parametrize(
    ("carton", "why"),
    [
        (replace(SMALL, height_mm=0), "edges are at least 1 mm"),
        (replace(SMALL, length_mm=100_001), "an edge is longer than 100000 mm"),
        (replace(SMALL, padding_mm=50), "padding_mm leaves no room for goods"),
        (replace(SMALL, padding_mm=-1), "padding_mm is negative"),
        (replace(SMALL, price=-1), "price is negative"),
        (replace(SMALL, tare_g=-1), "tare_g is negative"),
        (replace(SMALL, max_weight_g=-1), "max_weight_g is negative"),
        (replace(SMALL, outer_mm3=-1), "outer_mm3 is negative"),
    ],
)
def test_cartons_that_mean_nothing_are_named(carton: Carton, why: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        choose_carton([CUBE], [SMALL, carton])
    assert (caught.value.field, caught.value.index, caught.value.why) == ("cartons", 1, why)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (Rules(support=0.4), "rules.support"),
        (Rules(support=1.1), "rules.support"),
        (Rules(effort=0), "rules.effort"),
        (Rules(seed=-1), "rules.seed"),
        (Rules(freight=Freight(-1)), "rules.freight.per_kg"),
        (Rules(freight=Freight(1, -1)), "rules.freight.divisor"),
    ],
)
def test_rules_that_mean_nothing_are_named(rules: Rules, field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        choose_carton([CUBE], ALL, rules)
    assert caught.value.field == field
