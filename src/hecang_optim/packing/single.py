"""The cheapest single carton that takes everything: bounds first, then arrangements, a few by rule, the rest at random."""

from __future__ import annotations

from hecang_optim.arrays import Ints, Words
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import Bench, Boxes, Kinds, Limits
from hecang_optim.packing.filling import STRATEGIES, fill
from hecang_optim.randomness import next_random

#: What the sequence of units is sorted by, the largest first.
BY_VOLUME = 0
BY_FACE = 1
BY_LONGEST_EDGE = 2
BY_HEIGHT = 3
ORDERS = 4
_NEARLY_FULL = 0.9
#: Arrangements made by rule (each order with each strategy) before the random ones.
RULED = ORDERS * STRATEGIES


@kernel
def cost_of(boxes: Boxes, limits: Limits, box: int, goods_g: int) -> int:
    """Price and freight of one carton with goods of such weight."""
    charged = max(boxes.tare[box] + goods_g, boxes.charged[box])
    return int(boxes.price[box] + (limits.per_kg * charged + 999) // 1000)


@kernel
def weight_room(boxes: Boxes, box: int, max_gross: int) -> int:
    """What goods may weigh in a carton, g."""
    return int(min(boxes.max_weight[box], max_gross - boxes.tare[box]))


@kernel
def takes(kinds: Kinds, boxes: Boxes, box: int, kind: int, max_gross: int) -> bool:
    """Whether a unit alone goes into a carton, by edges and weight."""
    if kinds.weight[kind] > weight_room(boxes, box, max_gross):
        return False
    return kinds.volume[kind] == 0 or shortest_extent(kinds, boxes, box, kind, 2) >= 0


@kernel
def shortest_extent(kinds: Kinds, boxes: Boxes, box: int, kind: int, axis: int) -> int:
    """The least length along ``axis`` that a unit takes in a carton; -1 where it does not go in."""
    least = -1
    for turn in range(kinds.turn_count[kind]):
        edge = kinds.turns[kind, turn, axis]
        if (
            (least < 0 or edge < least)
            and kinds.turns[kind, turn, 0] <= boxes.room[box, 0]
            and kinds.turns[kind, turn, 1] <= boxes.room[box, 1]
            and kinds.turns[kind, turn, 2] <= boxes.room[box, 2]
        ):
            least = edge
    return least


@kernel
def cannot_hold(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    units: Ints,
    chosen: Ints,
    count: int,
    box: int,
    max_gross: int,
) -> bool:
    """Whether it is proved that ``chosen`` units do not go into a carton together.

    By weight, by volume, by classes, by a unit that does not go in alone, and by a pair of units of which, along
    every axis and however turned, the two together are longer than the carton: of two boxes that do not overlap
    one lies beside, before or above the other.
    """
    weight = 0
    volume = 0
    for position in range(count):
        kind = units[chosen[position]]
        weight += kinds.weight[kind]
        volume += kinds.volume[kind]
    room = boxes.room[box, 0] * boxes.room[box, 1] * boxes.room[box, 2]
    if weight > weight_room(boxes, box, max_gross) or volume > room:
        return True
    for position in range(count):
        kind = units[chosen[position]]
        if position > 0 and kind == units[chosen[position - 1]]:
            if position > 1 and kind == units[chosen[position - 2]]:
                continue
        elif not takes(kinds, boxes, box, kind, max_gross):
            return True
        for earlier in range(position):
            other = units[chosen[earlier]]
            if limits.clash[kinds.group[kind], kinds.group[other]] == 1:
                return True
            if earlier > 1 and other == units[chosen[earlier - 2]]:
                continue
            if _never_together(kinds, boxes, box, kind, other):
                return True
    return False


@kernel
def _never_together(kinds: Kinds, boxes: Boxes, box: int, kind: int, other: int) -> bool:
    if kinds.volume[kind] == 0 or kinds.volume[other] == 0:
        return False
    for axis in range(3):
        together = shortest_extent(kinds, boxes, box, kind, axis)
        together += shortest_extent(kinds, boxes, box, other, axis)
        if together <= boxes.room[box, axis]:
            return False
    return True


@kernel
def pack_all(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    chosen: Ints,
    count: int,
    box: int,
    max_gross: int,
    random: Words,
) -> int:
    """Lay all ``chosen`` units into a carton; returns the rows of ``bench.laid`` used, or -1 where it failed.

    Gives up when ``limits.effort`` units have been laid in vain, a quarter of it where more than nine tenths of the
    room would be full, which hardly ever succeeds. After a failure the unit that did not fit comes earlier in the
    next sequences.
    """
    room = boxes.room[box]
    space_g = weight_room(boxes, box, max_gross)
    volume = 0
    for position in range(count):
        bench.boost[chosen[position]] = 1.0
        volume += kinds.volume[units[chosen[position]]]
    effort = limits.effort
    if volume > _NEARLY_FULL * room[0] * room[1] * room[2]:
        effort //= 4
    laid = 0
    attempt = 0
    while laid <= effort:
        strategy = attempt % STRATEGIES
        noise = 0.0
        order = attempt // STRATEGIES
        if attempt >= RULED:
            order = int(next_random(random) * ORDERS)
            strategy = int(next_random(random) * STRATEGIES)
            noise = 0.6
        arrange(kinds, bench, units, chosen, count, order, noise, random)
        placed, refused = fill(
            kinds, limits, bench, units, count, room, boxes.margin[box], space_g, strategy, True
        )
        if refused < 0:
            return placed
        bench.boost[refused] *= 1.3
        laid += placed + 1
        attempt += 1
    return -1


@kernel
def arrange(
    kinds: Kinds, bench: Bench, units: Ints, chosen: Ints, count: int, order: int, noise: float, random: Words
) -> None:
    """Sort ``chosen`` into ``bench.sequence``: large before small, what bears nothing last.

    :param noise: share by which a measure may be off, at random; with it, units of one kind part, and half of
        the units are to be tried in an orientation drawn at random.
    """
    for position in range(count):
        unit = chosen[position]
        kind = units[unit]
        length, width, height = kinds.turns[kind, 0, 0], kinds.turns[kind, 0, 1], kinds.turns[kind, 0, 2]
        shortest, longest = min(length, width, height), max(length, width, height)
        middle = length + width + height - shortest - longest
        if order == BY_VOLUME:
            key = float(kinds.volume[kind])
        elif order == BY_FACE:
            key = float(longest * middle) + shortest / 1e3
        elif order == BY_LONGEST_EDGE:
            key = float(longest) + middle / 1e3
        else:
            key = float(height) + longest * middle / 1e9
        bench.turn[unit] = -1
        if noise > 0.0:
            key *= bench.boost[unit] * (1.0 + noise * next_random(random))
            if next_random(random) < 0.5:
                bench.turn[unit] = int(next_random(random) * kinds.turn_count[kind])
        if kinds.fragile[kind] == 1:
            key -= 1e18
        at = position
        while at > 0 and bench.key[at - 1] < key:
            bench.key[at] = bench.key[at - 1]
            bench.sequence[at] = bench.sequence[at - 1]
            at -= 1
        bench.key[at] = key
        bench.sequence[at] = unit


@kernel
def cheapest_single(
    kinds: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    units: Ints,
    chosen: Ints,
    count: int,
    max_gross: int,
    below: int,
    random: Words,
) -> tuple[int, int]:
    """The cheapest carton into which all ``chosen`` units were laid, and the rows of ``bench.laid`` used.

    :param below: only cartons that cost less than this.
    :returns: (-1, 0) where none takes them.
    """
    goods_g = 0
    for position in range(count):
        goods_g += kinds.weight[units[chosen[position]]]
    last, last_cost = -1, -1
    while True:
        box, cost = _next_box(boxes, limits, goods_g, last, last_cost)
        if box < 0 or cost >= below:
            return -1, 0
        last, last_cost = box, cost
        if not cannot_hold(kinds, boxes, limits, units, chosen, count, box, max_gross):
            placed = pack_all(kinds, boxes, limits, bench, units, chosen, count, box, max_gross, random)
            if placed >= 0:
                return box, placed


@kernel
def _next_box(boxes: Boxes, limits: Limits, goods_g: int, last: int, last_cost: int) -> tuple[int, int]:
    """The carton that follows ``last`` by cost, then volume, then index, and its cost; -1 after the last one."""
    best, best_cost = -1, 0
    for box in range(boxes.volume.shape[0]):
        cost = cost_of(boxes, limits, box, goods_g)
        if last >= 0 and not _comes_before(boxes, last, last_cost, box, cost):
            continue
        if best < 0 or _comes_before(boxes, box, cost, best, best_cost):
            best, best_cost = box, cost
    return best, best_cost


@kernel
def _comes_before(boxes: Boxes, one: int, one_cost: int, other: int, other_cost: int) -> bool:
    if one_cost != other_cost:
        return one_cost < other_cost
    if boxes.volume[one] != boxes.volume[other]:
        return bool(boxes.volume[one] < boxes.volume[other])
    return one < other
