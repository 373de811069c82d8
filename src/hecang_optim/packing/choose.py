"""Orders and cartons in, packed cartons out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from hecang_optim.arrays import Ints, row_starts
from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.packing.arrays import ANY_WEIGHT, Boxes, Kinds, Limits, Plan, bench, plan
from hecang_optim.packing.model import Carton, Item, Order, PackedCarton, Packing, Placement, Rules, Turning

if TYPE_CHECKING:
    from hecang_optim.packing.batch import Orders

#: Orders between two looks at the budget.
_CHUNK = 64
_DEFAULT_RULES = Rules()


def choose_carton(items: Sequence[Item], cartons: Sequence[Carton], rules: Rules = _DEFAULT_RULES) -> Packing:
    """Pack one order; see :func:`choose_cartons`."""
    return choose_cartons([Order(tuple(items))], cartons, rules)[0]


def choose_cartons(
    orders: Sequence[Order],
    cartons: Sequence[Carton],
    rules: Rules = _DEFAULT_RULES,
    budget: Budget | None = None,
) -> list[Packing]:
    """Choose cartons for orders, and a place for every unit: cheapest, then fewest cartons, then least air.

    Cartons are tried by rising cost, each with quick proofs that it cannot do and then with a number of
    arrangements (:attr:`Rules.effort`); what no carton takes whole is split. A carton that a packing does not
    use may still have done: only its refusal by weight, volume, edges or pairs is proved.

    :param orders: any number; equal ones are packed once.
    :param budget: a round is an order. When it is spent, the remaining orders get the least effort.
    :returns: one packing for each order, in order. Every unit is in one carton or left out.
    :raises InvalidProblem: sizes or rules that mean nothing.
    """
    rules.check()
    for index, carton in enumerate(cartons):
        carton.check(index)
    distinct = list(dict.fromkeys(orders))
    for order in distinct:
        require(order.max_gross_g is None or order.max_gross_g >= 0, "orders.max_gross_g", "is negative")
        for index, item in enumerate(order.items):
            item.check(index)
    answers = dict(zip(distinct, _pack(distinct, cartons, rules, budget), strict=True))
    return [answers[order] for order in orders]


def _pack(
    orders: Sequence[Order], cartons: Sequence[Carton], rules: Rules, budget: Budget | None
) -> list[Packing]:
    from hecang_optim.packing.batch import Orders, pack_orders

    items = [item for order in orders for item in order.items]
    groups = _groups(items, rules)
    table = Orders(
        item_start=row_starts([len(order.items) for order in orders]),
        unit_start=row_starts([sum(item.quantity for item in order.items) for order in orders]),
        max_gross=np.array(
            [ANY_WEIGHT if order.max_gross_g is None else order.max_gross_g for order in orders], np.int64
        ),
        quantity=np.array([item.quantity for item in items], np.int64),
    )
    most = int(np.diff(table.unit_start).max(initial=0))
    kinds, boxes = _kinds(items, groups), boxes_of(cartons, rules)
    clash = _clash(groups, rules)
    answer = plan(int(table.unit_start[-1]))
    counts = np.zeros(len(orders), np.int64)
    work, best, trial = bench(most, clash.shape[0]), plan(most), plan(most)
    units, pool = np.zeros((2, max(1, most)), np.int64)
    chunk = len(orders) if budget is None else _CHUNK
    for first in range(0, len(orders), max(1, chunk)):
        last = min(first + chunk, len(orders))
        effort = rules.effort if budget is None or not budget.spent() else 1
        limits = Limits(float(rules.support), 0, clash, rules.freight.per_kg if rules.freight else 0, effort)
        pack_orders(
            table,
            kinds,
            boxes,
            limits,
            work,
            best,
            trial,
            units,
            pool,
            rules.seed,
            first,
            last,
            answer,
            counts,
        )
        if budget is not None:
            budget.count(last - first)
    return [
        _packing(order, cartons, rules, answer, counts[index], table, index)
        for index, order in enumerate(orders)
    ]


def _groups(items: Sequence[Item], rules: Rules) -> dict[int, int]:
    """Group → row of the table of clashes; row 0 is for all that clash with nothing."""
    named = {group for pair in rules.incompatible for group in pair}
    seen = sorted(named.intersection(item.group for item in items))
    return {group: row for row, group in enumerate(seen, start=1)}


def _clash(groups: dict[int, int], rules: Rules) -> Ints:
    table = np.zeros((len(groups) + 1, len(groups) + 1), np.int64)
    for one, other in rules.incompatible:
        if one in groups and other in groups:
            table[groups[one], groups[other]] = table[groups[other], groups[one]] = 1
    return table


@lru_cache(maxsize=4096)
def _turns(length: int, width: int, height: int, turning: Turning) -> tuple[tuple[int, int, int], ...]:
    """The different orientations of a unit, as it is first."""
    edges = (length, width, height)
    if turning == Turning.FIXED:
        return (edges,)
    if turning == Turning.UPRIGHT:
        return tuple(dict.fromkeys((edges, (width, length, height))))
    return tuple(dict.fromkeys((way[0], way[1], way[2]) for way in permutations(edges)))


def _kinds(items: Sequence[Item], groups: dict[int, int]) -> Kinds:
    turns = np.zeros((len(items), 6, 3), np.int64)
    turn_count = np.zeros(len(items), np.int64)
    for index, item in enumerate(items):
        mine = _turns(item.length_mm, item.width_mm, item.height_mm, item.turning)
        turns[index, : len(mine)] = mine
        turn_count[index] = len(mine)
    limits = [
        0 if item.fragile else ANY_WEIGHT if item.max_load_g is None else item.max_load_g for item in items
    ]
    return Kinds(
        turns=turns,
        turn_count=turn_count,
        volume=np.array([item.volume_mm3 for item in items], np.int64),
        weight=np.array([item.weight_g for item in items], np.int64),
        max_load=np.array(limits, np.int64),
        fragile=np.array([item.fragile for item in items], np.int64),
        group=np.array([groups.get(item.group, 0) for item in items], np.int64),
    )


def boxes_of(cartons: Sequence[Carton], rules: Rules) -> Boxes:
    """The cartons as arrays."""
    divisor = rules.freight.divisor if rules.freight else 0
    edges = np.array([(one.length_mm, one.width_mm, one.height_mm) for one in cartons], np.int64).reshape(
        -1, 3
    )
    padding = np.array([one.padding_mm for one in cartons], np.int64)
    overhang = np.array([one.overhang_mm for one in cartons], np.int64)
    over = np.stack((overhang, overhang, np.zeros_like(overhang)), axis=1)
    volume = np.array([one.volume_mm3 for one in cartons], np.int64)
    outer = np.array([one.outer_mm3 for one in cartons], np.int64)
    outer = np.where(outer == 0, volume, outer)
    return Boxes(
        room=edges - 2 * padding[:, None] + 2 * over,
        volume=volume,
        margin=overhang,
        max_weight=np.array([one.max_weight_g for one in cartons], np.int64),
        tare=np.array([one.tare_g for one in cartons], np.int64),
        price=np.array([one.price for one in cartons], np.int64),
        # cm³ / divisor is kilograms, and so mm³ / divisor grams; begun ones count.
        charged=-(-outer // divisor) if divisor else np.zeros_like(outer),
    )


def _packing(
    order: Order,
    cartons: Sequence[Carton],
    rules: Rules,
    answer: Plan,
    count: int,
    table: Orders,
    index: int,
) -> Packing:
    """One order's rows of the answer as a packing."""
    row = int(table.unit_start[index])
    where = answer.where[row : int(table.unit_start[index + 1])].tolist()
    spots = answer.spot[row : row + len(where)].tolist()
    kinds = [kind for kind, item in enumerate(order.items) for _ in range(item.quantity)]
    inside: list[list[Placement]] = [[] for _ in range(count)]
    loose: list[Counter[int]] = [Counter() for _ in range(count)]
    left_out: Counter[int] = Counter()
    for kind, number, spot in zip(kinds, where, spots, strict=True):
        if number < 0:
            left_out[kind] += 1
        elif order.items[kind].volume_mm3 == 0:
            loose[number][kind] += 1
        else:
            x, y, z, right, front, top = spot
            inside[number].append(Placement(kind, x, y, z, right - x, front - y, top - z))
    boxes = answer.box[row : row + count].tolist()
    packed = tuple(
        packed_carton(box, cartons[box], order.items, inside[number], loose[number], rules)
        for number, box in enumerate(boxes)
    )
    return Packing(packed, tuple(sorted(left_out.items())))


def packed_carton(
    index: int,
    carton: Carton,
    items: Sequence[Item],
    placements: Sequence[Placement],
    loose: Counter[int],
    rules: Rules,
) -> PackedCarton:
    """The figures of a packed carton; its placements in the order of packing.

    Sorted by their bottoms: what lies above something has the higher bottom, and so comes later, and nothing
    that is in already stands over a place.
    """
    side, floor = carton.padding_mm - carton.overhang_mm, carton.padding_mm
    laid = sorted(placements, key=lambda one: (one.z, one.y, one.x))
    laid = [replace(one, x=one.x + side, y=one.y + side, z=one.z + floor) for one in laid]
    goods_g = sum(items[one.item].weight_g for one in laid)
    goods_g += sum(items[kind].weight_g * count for kind, count in loose.items())
    goods_mm3 = sum(one.length * one.width * one.height for one in laid)
    gross_g = goods_g + carton.tare_g
    cost = carton.price
    if rules.freight is not None:
        charged = gross_g
        if rules.freight.divisor:
            charged = max(charged, -(-(carton.outer_mm3 or carton.volume_mm3) // rules.freight.divisor))
        cost += -(-rules.freight.per_kg * charged // 1000)
    return PackedCarton(
        carton=index,
        placements=tuple(laid),
        loose=tuple(sorted(loose.items())),
        goods_weight_g=goods_g,
        gross_weight_g=gross_g,
        cost=cost,
        goods_mm3=goods_mm3,
        void_mm3=carton.volume_mm3 - goods_mm3,
        centre_of_gravity=_centre_of_gravity(items, laid),
    )


def _centre_of_gravity(items: Sequence[Item], placements: Sequence[Placement]) -> tuple[float, float, float]:
    weights = [items[one.item].weight_g for one in placements]
    if not any(weights):
        weights = [one.length * one.width * one.height for one in placements]
    total = sum(weights)
    if total == 0:
        return (0.0, 0.0, 0.0)
    return (
        sum(w * (p.x + p.length / 2) for w, p in zip(weights, placements, strict=True)) / total,
        sum(w * (p.y + p.width / 2) for w, p in zip(weights, placements, strict=True)) / total,
        sum(w * (p.z + p.height / 2) for w, p in zip(weights, placements, strict=True)) / total,
    )
