"""One order, from a single carton to as many as it needs."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Ints, Words
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import Bench, Boxes, Kinds, Limits, Plan
from hecang_optim.packing.filling import LOW_AND_SNUG, SNUG, STRATEGIES, TIGHT, fill
from hecang_optim.packing.single import (
    BY_FACE,
    BY_VOLUME,
    ORDERS,
    arrange,
    cheapest_single,
    cost_of,
    takes,
    weight_room,
)
from hecang_optim.randomness import next_random

#: Larger than any cost.
ENDLESS = 1 << 60
#: The effort for one carton of a split is this much less.
SPLIT_HASTE = 4
#: So many kinds of carton are tried as the main one of a split, the largest first.
MAINS = 5
#: How a carton that cannot take all is filled; the arrangement that gets most volume in counts.
_FULL_ORDERS = (BY_VOLUME, BY_VOLUME, BY_FACE, BY_FACE)
_FULL_STRATEGIES = (LOW_AND_SNUG, TIGHT, SNUG, TIGHT)


@kernel
def pack_order(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    count: int,
    max_gross: int,
    best: Plan,
    trial: Plan,
    pool: Ints,
    random: Words,
) -> None:
    """Pack one order into ``best``: cheapest, then fewest cartons, then least air.

    A single carton first; several where none takes all or where two might be cheaper: the best of the splits
    with each kind of carton as the main one, then pairs of its cartons packed anew.

    :param units: kind of each unit; ``count`` of them.
    :param pool: scratch, N.
    """
    chosen = 0
    for unit in range(count):
        best.where[unit] = -1
        for box in range(boxes.volume.shape[0]):
            if takes(kinds, boxes, box, units[unit], max_gross):
                pool[chosen] = unit
                chosen += 1
                break
    best.total[0] = ENDLESS
    best.total[1] = best.total[2] = 0
    if chosen == 0:
        return
    box, placed = cheapest_single(
        kinds, boxes, limits, bench, units, pool, chosen, max_gross, ENDLESS, random
    )
    if box >= 0:
        best.total[0] = best.total[1] = best.total[2] = 0
        _put(kinds, boxes, limits, bench, units, pool, chosen, placed, box, best)
        if _several_cost_no_less(kinds, boxes, limits, units, pool, chosen, best.total[0]):
            return
    hasty = Limits(
        limits.support, limits.bears, limits.clash, limits.per_kg, max(1, limits.effort // SPLIT_HASTE)
    )
    largest = _largest_unit(kinds, units, pool, chosen)
    main = -1
    mains = 0
    for _box in range(boxes.volume.shape[0]):
        main = _next_smaller(boxes, main)
        if mains < MAINS and takes(kinds, boxes, main, largest, max_gross):
            mains += 1
            _split(
                kinds,
                boxes,
                hasty,
                bench,
                units,
                pool,
                chosen,
                max_gross,
                main,
                0.0,
                best.total,
                trial,
                random,
            )
            _keep_better(trial, best, pool, chosen)
    if best.total[1] > 1:
        _repack_pairs(kinds, boxes, hasty, bench, units, count, max_gross, best, trial, pool, random)


@kernel
def _several_cost_no_less(
    kinds: Kinds, boxes: Boxes, limits: Limits, units: Ints, pool: Ints, chosen: int, cost: int
) -> bool:
    """Whether it is proved that two or more cartons cost at least ``cost``: by the volume of two, the price of three."""
    volume = 0
    for position in range(chosen):
        volume += kinds.volume[units[pool[position]]]
    for one in range(boxes.volume.shape[0]):
        cost_one = cost_of(boxes, limits, one, 0)
        if 3 * cost_one < cost:
            return False
        for other in range(one + 1):
            together = boxes.volume[one] + boxes.volume[other]
            if together >= volume and cost_one + cost_of(boxes, limits, other, 0) < cost:
                return False
    return True


@kernel
def _put(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    chosen: Ints,
    count: int,
    placed: int,
    box: int,
    to: Plan,
) -> None:
    """Enter the carton that lies on the bench as the next one of a plan."""
    number = to.total[1]
    for position in range(count):
        unit = chosen[position]
        to.where[unit] = number
        for side in range(6):
            to.spot[unit, side] = 0
    for row in range(placed):
        for side in range(6):
            to.spot[bench.owner[row], side] = bench.laid[row, side]
    to.box[number] = box
    to.total[0] += cost_of(boxes, limits, box, _weight(kinds, units, chosen, count))
    to.total[1] += 1
    to.total[2] += boxes.volume[box]


@kernel
def _weight(kinds: Kinds, units: Ints, chosen: Ints, count: int) -> int:
    weight = 0
    for position in range(count):
        weight += kinds.weight[units[chosen[position]]]
    return weight


@kernel
def _is_better(total: Ints, than: Ints) -> bool:
    for part in range(3):
        if total[part] != than[part]:
            return bool(total[part] < than[part])
    return False


@kernel
def _keep_better(trial: Plan, best: Plan, pool: Ints, count: int) -> None:
    if not _is_better(trial.total, best.total):
        return
    for position in range(count):
        unit = pool[position]
        best.where[unit] = trial.where[unit]
        for side in range(6):
            best.spot[unit, side] = trial.spot[unit, side]
    for number in range(trial.total[1]):
        best.box[number] = trial.box[number]
    for part in range(3):
        best.total[part] = trial.total[part]


@kernel
def _split(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    pool: Ints,
    count: int,
    max_gross: int,
    main: int,
    noise: float,
    below: Ints,
    to: Plan,
    random: Words,
) -> None:
    """Fill cartons of kind ``main`` until a single one takes the rest and costs no more than ``main``.

    ``to.total`` is endless where it gave up, being no better than ``below``. Where the largest unit left does not go into ``main``, the largest carton that takes it is filled. Each filled
    one is replaced by the cheapest that takes the same.
    """
    to.total[0] = to.total[1] = to.total[2] = 0
    left = count
    for position in range(count):
        bench.rest[position] = pool[position]
    while left > 0:
        if to.total[0] >= below[0] and not _is_better(to.total, below):
            to.total[0] = ENDLESS
            return
        largest = _largest_unit(kinds, units, bench.rest, left)
        box = _carton_for(kinds, boxes, largest, max_gross, main)
        goods_g = _weight(kinds, units, bench.rest, left)
        cost = min(cost_of(boxes, limits, box, goods_g), below[0] - to.total[0]) + 1
        single, placed = cheapest_single(
            kinds, boxes, limits, bench, units, bench.rest, left, max_gross, cost, random
        )
        if single >= 0:
            _put(kinds, boxes, limits, bench, units, bench.rest, left, placed, single, to)
            return
        placed = _fill_most(
            kinds, boxes, limits, bench, units, bench.rest, left, box, max_gross, noise, random
        )
        inside, remaining = 0, 0
        for position in range(left):
            unit = bench.rest[position]
            if bench.taken[unit] == 1:
                bench.part[inside] = unit
                inside += 1
            else:
                bench.rest[remaining] = unit
                remaining += 1
        if inside == 0:
            to.total[0] = ENDLESS
            return
        _put(kinds, boxes, limits, bench, units, bench.part, inside, placed, box, to)
        cost = cost_of(boxes, limits, box, _weight(kinds, units, bench.part, inside))
        smaller, placed = cheapest_single(
            kinds, boxes, limits, bench, units, bench.part, inside, max_gross, cost, random
        )
        if smaller >= 0:
            to.total[0] -= cost
            to.total[1] -= 1
            to.total[2] -= boxes.volume[box]
            _put(kinds, boxes, limits, bench, units, bench.part, inside, placed, smaller, to)
        left = remaining


@kernel
def _largest_unit(kinds: Kinds, units: Ints, chosen: Ints, count: int) -> int:
    """The kind of most volume among some units."""
    largest = units[chosen[0]]
    for position in range(count):
        kind = units[chosen[position]]
        if kinds.volume[kind] > kinds.volume[largest]:
            largest = kind
    return int(largest)


@kernel
def _next_smaller(boxes: Boxes, last: int) -> int:
    """The carton that follows ``last`` (-1: the first) from the largest to the smallest."""
    best = -1
    for box in range(boxes.volume.shape[0]):
        if last >= 0 and (boxes.volume[box], box) >= (boxes.volume[last], last):
            continue
        if best < 0 or (boxes.volume[box], box) > (boxes.volume[best], best):
            best = box
    return best


@kernel
def _carton_for(kinds: Kinds, boxes: Boxes, kind: int, max_gross: int, main: int) -> int:
    """``main`` if it takes a unit of ``kind``, else the largest carton that does."""
    box = main
    while not takes(kinds, boxes, box, kind, max_gross):
        box = _next_smaller(boxes, -1 if box == main else box)
        if box == main:
            box = _next_smaller(boxes, box)
    return box


@kernel
def _fill_most(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    chosen: Ints,
    count: int,
    box: int,
    max_gross: int,
    noise: float,
    random: Words,
) -> int:
    """Get as much volume as possible into one carton; returns the rows of ``bench.laid``, ``bench.taken`` is set."""
    room_g = weight_room(boxes, box, max_gross)
    for position in range(count):
        bench.boost[chosen[position]] = 1.0
    if noise > 0.0:
        attempts = 0
        best_order = int(next_random(random) * ORDERS)
        best_strategy = int(next_random(random) * STRATEGIES)
    else:
        attempts = len(_FULL_ORDERS)
        best_order, best_strategy = 0, 0
    most = -1.0
    placed = 0
    for attempt in range(attempts + 1):  # the last time, the best of them again
        order = _FULL_ORDERS[attempt] if attempt < attempts else best_order
        strategy = _FULL_STRATEGIES[attempt] if attempt < attempts else best_strategy
        arrange(kinds, bench, units, chosen, count, order, noise, random)
        placed, _refused = fill(
            kinds, limits, bench, units, count, boxes.room[box], boxes.margin[box], room_g, strategy, False
        )
        volume = 0.0
        for position in range(count):
            unit = chosen[position]
            if bench.taken[unit] == 1:
                volume += kinds.volume[units[unit]] + 1e-3 * kinds.weight[units[unit]] + 1e-3
        if volume > most:
            most, best_order, best_strategy = volume, order, strategy
    return placed


@kernel
def _repack_pairs(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    count: int,
    max_gross: int,
    best: Plan,
    trial: Plan,
    pool: Ints,
    random: Words,
) -> None:
    """Take two cartons, chosen at random, pack their goods anew, and keep what is better and no more than two; ``effort`` units' worth."""
    work = 0
    while work < limits.effort and best.total[1] > 1:
        cartons = best.total[1]
        one = int(next_random(random) * cartons)
        other = int(next_random(random) * (cartons - 1))
        if other >= one:
            other += 1
        chosen = 0
        one_g, other_g = 0, 0
        for unit in range(count):
            if best.where[unit] == one or best.where[unit] == other:
                pool[chosen] = unit
                chosen += 1
                if best.where[unit] == one:
                    one_g += kinds.weight[units[unit]]
                else:
                    other_g += kinds.weight[units[unit]]
        pair_cost = cost_of(boxes, limits, best.box[one], one_g) + cost_of(
            boxes, limits, best.box[other], other_g
        )
        pair_volume = boxes.volume[best.box[one]] + boxes.volume[best.box[other]]
        target = np.array((pair_cost, 2, pair_volume))
        main = int(next_random(random) * boxes.volume.shape[0])
        _split(kinds, boxes, limits, bench, units, pool, chosen, max_gross, main, 0.3, target, trial, random)
        work += 4 * chosen
        if trial.total[1] <= 2 and _is_better(trial.total, target):
            _replace_pair(trial, best, pool, chosen, one, other, target)


@kernel
def _replace_pair(
    trial: Plan, best: Plan, pool: Ints, chosen: int, one: int, other: int, target: Ints
) -> None:
    """Put the one or two cartons of ``trial`` in the place of cartons ``one`` and ``other``."""
    for position in range(chosen):
        unit = pool[position]
        best.where[unit] = one if trial.where[unit] == 0 else other
        for side in range(6):
            best.spot[unit, side] = trial.spot[unit, side]
    best.box[one] = trial.box[0]
    if trial.total[1] == 2:
        best.box[other] = trial.box[1]
    else:  # the last carton takes the number that has become free
        last = best.total[1] - 1
        best.box[other] = best.box[last]
        for unit in range(best.where.shape[0]):
            if best.where[unit] == last:
                best.where[unit] = other
    best.total[0] += trial.total[0] - target[0]
    best.total[1] += trial.total[1] - 2
    best.total[2] += trial.total[2] - target[2]
