"""One order, at once: plain Python, no arrays, nothing compiled, well below a millisecond.

It decides in the spirit of the last batch: what it takes is charged with the prices that the batch put on scarce
units and places (``Solution.prices``), so it leaves to others what they need more.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Sources that are tried together where no single one has everything; the most useful are kept.
MOST_TRIED = 6
_NOTHING: Mapping[int, float] = {}


class Source(NamedTuple):
    """A warehouse as one order sees it.

    :param warehouse: any whole number that names it.
    :param fixed: money for a shipment without its freight: handling, lateness, price of a place.
    :param line_price: money for each line picked there; ``unit_price`` for each unit.
    :param first_price: money for the first ``first_g`` grams of a parcel, ``step_price`` for each begun ``step_g`` more.
    :param parcel_g: grams of the heaviest parcel.
    """

    warehouse: int
    fixed: float
    line_price: float
    unit_price: float
    first_price: float
    step_price: float
    first_g: int = 1000
    step_g: int = 1000
    parcel_g: int = 30_000


class Need(NamedTuple):
    """Units of a SKU that an order wants.

    :param sku: any whole number that names it.
    :param unit_g: grams of a unit.
    :param short_price: money for each unit that is not shipped now.
    :param free: warehouse → units that can be promised; missing: none.
    :param price: warehouse → money for taking a unit: its price in the last batch and its scarcity; missing: none.
    """

    sku: int
    quantity: int
    unit_g: int
    short_price: float
    free: Mapping[int, int]
    price: Mapping[int, float] = _NOTHING


class Decision(NamedTuple):
    """What is taken from where.

    :param cost: money, prices of units and places included.
    :param takes: (warehouse, SKU, units).
    :param short: SKU → units that stay open.
    """

    cost: float
    takes: list[tuple[int, int, int]]
    short: dict[int, int]


def freight(source: Source, grams: int) -> tuple[float, int]:
    """(money, parcels) of a shipment: full parcels and one with the rest."""
    full = max(0, (grams - 1) // source.parcel_g)
    price = _parcel(source, grams - full * source.parcel_g)
    if full:
        price += full * _parcel(source, source.parcel_g)
    return price, full + 1


def _parcel(source: Source, grams: int) -> float:
    over = grams - source.first_g
    return source.first_price + (source.step_price * -(-over // source.step_g) if over > 0 else 0.0)


def decide(
    needs: Sequence[Need], sources: Sequence[Source], *, split_price: float = 0.0, most_warehouses: int = 3
) -> Decision:
    """The cheapest way to ship one order: from one source, else from few, the rest open.

    A source that has everything is compared with splits only where a split could be cheaper. Within a set of
    sources each line comes from the cheapest that has all of it, else from several, the cheapest first.

    :param split_price: money for each parcel after the first.
    :param most_warehouses: sources that may share the order, at most.
    """
    if not needs:
        return Decision(0.0, [], {})
    grams = sum(need.quantity * need.unit_g for need in needs)
    best: Source | None = None
    best_cost = float("inf")
    for source in sources:
        cost = _cost_of_all(needs, source, grams, split_price)
        if cost < best_cost:
            best, best_cost = source, cost
    least_line = min(need.quantity * need.short_price for need in needs)
    sure = best_cost <= least_line  # no line is worth less than all of this: none is left
    if best is not None and sure and best_cost <= _least_of_splits(needs, sources, split_price):
        return Decision(best_cost, [(best.warehouse, need.sku, need.quantity) for need in needs], {})
    useful = _useful(needs, sources)
    found = _best_set(needs, useful, split_price, most_warehouses, best_cost, least_line)
    if found is None:
        assert best is not None
        return Decision(best_cost, [(best.warehouse, need.sku, need.quantity) for need in needs], {})
    return found


def _cost_of_all(needs: Sequence[Need], source: Source, grams: int, split_price: float) -> float:
    """Cost of everything from one source; infinite where it has not everything."""
    warehouse = source[0]
    cost = source[1]
    line_price, unit_price = source[2], source[3]
    for _sku, quantity, _unit_g, _short, free, price in needs:
        if free.get(warehouse, 0) < quantity:
            return float("inf")
        cost += line_price + quantity * (unit_price + price.get(warehouse, 0.0))
    if grams <= source[6]:
        return cost + source[4]
    money, parcels = freight(source, grams)
    return cost + money + split_price * (parcels - 1)


def _least_of_splits(needs: Sequence[Need], sources: Sequence[Source], split_price: float) -> float:
    """What two shipments or more cost at least."""
    if len(sources) < 2:
        return float("inf")
    opening = sorted(source[1] + source[4] for source in sources)
    return opening[0] + opening[1] + split_price + sum(_least_of_line(need, sources) for need in needs)


def _useful(needs: Sequence[Need], sources: Sequence[Source]) -> list[Source]:
    """Sources that have something of it, at most :data:`MOST_TRIED`: those with the most of it, then the cheapest."""
    ranked = []
    for place, source in enumerate(sources):
        units = sum(min(need.quantity, need.free.get(source.warehouse, 0)) for need in needs)
        if units > 0:
            ranked.append((-units, source.fixed + source.first_price, place))
    ranked.sort()
    return [sources[place] for place in sorted(place for _units, _price, place in ranked[:MOST_TRIED])]


def _best_set(
    needs: Sequence[Need],
    useful: Sequence[Source],
    split_price: float,
    most_warehouses: int,
    limit: float,
    least_line: float,
) -> Decision | None:
    """The best that up to ``most_warehouses`` can do below ``limit``; ``None`` where there is nothing below.

    Sets in which each line finds all of its units somewhere come first. The others are tried where there is no such
    set, or where a line may be worth less than shipping it.
    """
    whole, others = _sets(needs, useful, split_price, most_warehouses, limit)
    best: Decision | None = None
    for least, members in whole:
        if least >= limit:
            break
        found = _fill(needs, members, split_price)
        if found.cost < limit - 1e-9:
            best, limit = found, found.cost
    if best is not None and limit <= least_line:
        return best
    nothing = sum(need.quantity * need.short_price for need in needs)
    if nothing < limit:
        best, limit = Decision(nothing, [], {need.sku: need.quantity for need in needs}), nothing
    for least, members in others:
        if least >= limit:
            break
        found = _fill(needs, members, split_price)
        if found.cost < limit - 1e-9:
            best, limit = found, found.cost
    return best


#: (what it costs at least, its sources)
_Set = tuple[float, list[Source]]


def _sets(
    needs: Sequence[Need], useful: Sequence[Source], split_price: float, most_warehouses: int, limit: float
) -> tuple[list[_Set], list[_Set]]:
    """Sets that can cost less than ``limit``, each list by what they cost at least.

    In the first, each line finds all of its units with one member (or nowhere), and is taken to be shipped; in the
    second, not.
    """
    masks = [0] * len(useful)
    for bit, need in enumerate(needs):
        holders = [place for place, one in enumerate(useful) if need.free.get(one[0], 0) >= need.quantity]
        for place in holders or range(len(useful)):
            masks[place] |= 1 << bit
    full = (1 << len(needs)) - 1
    grams = sum(need.quantity * need.unit_g for need in needs)
    rates = [min(one.step_price / one.step_g, one.first_price / one.first_g) for one in useful]
    openings = [one[1] + one[4] + split_price for one in useful]
    lines = sum(_least_of_line(need, useful) for need in needs) - split_price
    found: tuple[list[tuple[float, tuple[int, ...]]], list[tuple[float, tuple[int, ...]]]] = ([], [])
    for size in range(1, min(most_warehouses, len(useful)) + 1):
        for members in itertools.combinations(range(len(useful)), size):
            covered, cost, beyond, rate = 0, lines, grams, rates[members[0]]
            for place in members:
                covered |= masks[place]
                cost += openings[place]
                beyond -= useful[place][6]
                rate = min(rate, rates[place])
            if covered == full and beyond > 0:
                cost += beyond * rate  # all of it travels
            if cost < limit:
                found[covered != full].append((cost, members))
    whole, others = (
        [(cost, [useful[place] for place in members]) for cost, members in sorted(one)] for one in found
    )
    return whole, others


def _least_of_line(need: Need, sources: Sequence[Source]) -> float:
    """What the units of a line cost at least without their parcel, shipped or left."""
    least = need.short_price
    for source in sources:
        if need.free.get(source[0], 0) > 0:
            least = min(least, source[3] + need.price.get(source[0], 0.0))
    return need.quantity * least


def _fill(needs: Sequence[Need], members: Sequence[Source], split_price: float) -> Decision:
    """Everything that the members have, each line from the cheapest of them that has all of it."""
    cost = 0.0
    takes: list[tuple[int, int, int]] = []
    short: dict[int, int] = {}
    grams = {member[0]: -1 for member in members}
    for sku, quantity, unit_g, short_price, free, price in needs:
        ranked = []
        whole = None
        for member in members:
            there = free.get(member[0], 0)
            if there > 0:
                one = (member[3] + price.get(member[0], 0.0), member[2], member[0])
                ranked.append(one)
                if there >= quantity and (whole is None or one < whole):
                    whole = one
        left = quantity
        for each, line_price, warehouse in sorted(ranked) if whole is None else (whole,):
            units = min(left, free[warehouse])
            if units and line_price + units * each < units * short_price:
                cost += line_price + units * each
                takes.append((warehouse, sku, units))
                grams[warehouse] = max(0, grams[warehouse]) + units * unit_g
                left -= units
        if left:
            short[sku] = left
            cost += left * short_price
    parcels = 0
    for member in members:
        weight = grams[member.warehouse]
        if weight >= 0:
            money, number = freight(member, weight)
            cost += member.fixed + money
            parcels += number
    return Decision(cost + split_price * max(0, parcels - 1), takes, short)
