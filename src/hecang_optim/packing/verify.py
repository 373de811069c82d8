"""Whether a packing is what it says: checked from the definitions, slowly, with nothing shared with the search.

Used by the tests and by anybody who wants to be sure. Plain Python, exact fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from hecang_optim.packing.model import Carton, Item, Order, PackedCarton, Packing, Placement, Rules, Turning

#: Rounding that a search in floating point may commit: of a share, and in grams.
TOLERANCE = Fraction(1, 1_000_000)


def faults(order: Order, packing: Packing, cartons: Sequence[Carton], rules: Rules) -> list[str]:
    """Everything that is wrong with a packing, in words; empty where nothing is.

    Checked: every unit is in one place; inside; no overlap; orientation; support and centre of gravity; loads
    and fragile goods; weights; classes; that the sequence can be followed; the figures.
    """
    found = []
    units: Counter[int] = Counter(dict(packing.left_out))
    for number, packed in enumerate(packing.cartons):
        units.update(packed.counts)
        found += [
            f"carton {number}: {fault}"
            for fault in carton_faults(order.items, packed, cartons[packed.carton], rules, order.max_gross_g)
        ]
    wanted = {kind: item.quantity for kind, item in enumerate(order.items) if item.quantity}
    if dict(units) != wanted:
        found.append(f"units packed or left out: {dict(units)}, ordered: {wanted}")
    return found


def carton_faults(
    items: Sequence[Item], packed: PackedCarton, carton: Carton, rules: Rules, max_gross_g: int | None
) -> list[str]:
    """Everything that is wrong with one carton: an empty list where nothing is.

    :param max_gross_g: of the order (:attr:`Order.max_gross_g`).
    """
    found = _weight_faults(items, packed, carton, rules, max_gross_g)
    found += _class_faults(items, packed, rules)
    for number, one in enumerate(packed.placements):
        found += [f"unit {number} {fault}" for fault in _place_faults(one, items[one.item], carton)]
        below = packed.placements[:number]
        if not _stands(one, packed.placements, carton, rules.support):
            found.append(f"unit {number} is not held")
        for earlier, other in enumerate(below):
            if _overlap(one, other):
                found.append(f"units {earlier} and {number} overlap")
            if _cover(one, other) and other.z >= one.z + one.height:
                found.append(f"unit {number} comes after {earlier}, which stands over its place")
        if not _stands(one, below, carton, rules.support):
            found.append(f"unit {number} comes before what holds it")
    return found + _load_faults(items, packed.placements)


def _place_faults(one: Placement, item: Item, carton: Carton) -> list[str]:
    found = []
    pad = carton.padding_mm
    edges = (one.length, one.width, one.height)
    room = (carton.length_mm, carton.width_mm, carton.height_mm)
    over = (carton.overhang_mm, carton.overhang_mm, 0)
    for corner, edge, inner, out in zip((one.x, one.y, one.z), edges, room, over, strict=True):
        if corner < pad - out or corner + edge > inner - pad + out:
            found.append("is not inside")
    own = (item.length_mm, item.width_mm, item.height_mm)
    if sorted(edges) != sorted(own):
        found.append("has another size")
    if item.turning == Turning.UPRIGHT and one.height != item.height_mm:
        found.append("does not stand upright")
    if item.turning == Turning.FIXED and edges != own:
        found.append("is turned")
    return found


def _weight_faults(
    items: Sequence[Item], packed: PackedCarton, carton: Carton, rules: Rules, max_gross_g: int | None
) -> list[str]:
    found = []
    goods_g = sum(items[kind].weight_g * count for kind, count in packed.counts.items())
    goods_mm3 = sum(items[one.item].volume_mm3 for one in packed.placements)
    gross_g = goods_g + carton.tare_g
    cost = Fraction(carton.price)
    if rules.freight is not None:
        outer = carton.outer_mm3 or carton.volume_mm3
        volumetric_kg = (
            Fraction(outer, 1000 * rules.freight.divisor) if rules.freight.divisor else Fraction(0)
        )
        cost += rules.freight.per_kg * max(Fraction(gross_g, 1000), volumetric_kg)
        # Grams, then the smallest unit of money, are rounded up.
        if not cost <= packed.cost <= cost + 1 + Fraction(rules.freight.per_kg, 1000):
            found.append("the cost is another")
    elif cost != packed.cost:
        found.append("the cost is another")
    if goods_g > carton.max_weight_g:
        found.append("is too heavy for the carton")
    if max_gross_g is not None and gross_g > max_gross_g:
        found.append("is too heavy for the carrier")
    if (packed.goods_weight_g, packed.gross_weight_g) != (goods_g, gross_g):
        found.append("the weights are others")
    if packed.goods_mm3 != goods_mm3 or packed.void_mm3 != carton.volume_mm3 - goods_mm3:
        found.append("the volumes are others")
    return found


def _class_faults(items: Sequence[Item], packed: PackedCarton, rules: Rules) -> list[str]:
    groups: Counter[int] = Counter()
    for kind, count in packed.counts.items():
        groups[items[kind].group] += count
    return [
        f"groups {one} and {other} share a carton"
        for one, other in rules.incompatible
        if (groups[one] and groups[other] and one != other) or (one == other and groups[one] > 1)
    ]


def _between(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Length that two intervals share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _cover(one: Placement, other: Placement) -> int:
    """mm² that two units share, seen from above."""
    return _between((one.x, one.x + one.length), (other.x, other.x + other.length)) * _between(
        (one.y, one.y + one.width), (other.y, other.y + other.width)
    )


def _overlap(one: Placement, other: Placement) -> bool:
    heights = _between((one.z, one.z + one.height), (other.z, other.z + other.height))
    return _cover(one, other) * heights > 0


def _stands(one: Placement, others: Sequence[Placement], carton: Carton, support: float) -> bool:
    """Whether enough of the base is held, and its middle lies over what holds it."""
    deck = Placement(-1, 0, 0, 0, carton.length_mm, carton.width_mm, carton.padding_mm)
    holding = [deck] if one.z == carton.padding_mm else []
    holding += [other for other in others if other.z + other.height == one.z and _cover(one, other)]
    area = sum(_cover(one, other) for other in holding)
    if Fraction(area, one.length * one.width) < Fraction(support) - TOLERANCE:
        return False
    corners = [
        (Fraction(x), Fraction(y))
        for other in holding
        for x in (max(one.x, other.x), min(one.x + one.length, other.x + other.length))
        for y in (max(one.y, other.y), min(one.y + one.width, other.y + other.width))
    ]
    return _surround(corners, (one.x + Fraction(one.length, 2), one.y + Fraction(one.width, 2)))


def _surround(points: Sequence[tuple[Fraction, Fraction]], middle: tuple[Fraction, Fraction]) -> bool:
    """Whether ``middle`` lies in the convex hull: no line through two of the points has all of them on one side
    and ``middle`` on the other."""
    for ax, ay in points:
        for bx, by in points:
            if (ax, ay) == (bx, by):
                continue
            sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in points]
            mine = (bx - ax) * (middle[1] - ay) - (by - ay) * (middle[0] - ax)
            if min(sides) >= 0 > mine:
                return False
    return True


def _load_faults(items: Sequence[Item], placements: Sequence[Placement]) -> list[str]:
    """A unit passes its weight and its load on to those below it, by the areas on which it rests."""
    load = [Fraction(0)] * len(placements)
    found = []
    for upper in sorted(range(len(placements)), key=lambda index: -placements[index].z):
        one = placements[upper]
        below = [
            (index, _cover(one, other))
            for index, other in enumerate(placements)
            if other.z + other.height == one.z and _cover(one, other)
        ]
        area = sum(shared for _index, shared in below)
        for index, shared in below:
            load[index] += (load[upper] + items[one.item].weight_g) * Fraction(shared, area)
            if items[placements[index].item].fragile:
                found.append(f"unit {index} is fragile, and unit {upper} rests on it")
    for index, one in enumerate(placements):
        limit = items[one.item].max_load_g
        if limit is not None and load[index] > limit + TOLERANCE:
            found.append(f"unit {index} bears {float(load[index]):.1f} g, more than {limit} g")
    return found
