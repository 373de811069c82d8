"""The simple rule: the nearest warehouse that can ship all, else the fewest parcels, else what there is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from hecang.orders.sourcing.base import Candidate, OrderDemand, SourcingPlan, StockView, Take

#: Up to so many warehouses every combination is tried; beyond, one is added after the other.
EXACT_UP_TO = 4
#: What an unknown distance counts for where distances are summed: farther than any two points of China.
_UNKNOWN_KM = 10_000.0

Free = Mapping[int, Mapping[int, int]]


class NearestThenFewest:
    """See ``docs/reference/sourcing.md``.

    1. The nearest warehouse that has all units ships the order in one parcel.
    2. Else the smallest set of warehouses that has them together; of several sets the one with the smallest
       sum of distances. With more than :data:`EXACT_UP_TO` warehouses the set is built step by step: each
       step adds the warehouse that has the most of what is missing (the nearest of equals).
    3. Where all of them together have not enough, the order is cut to what there is, and 1 and 2 hold for
       that; the rest is short.

    Within a set a SKU comes from the nearest member that has all of it, else from several, nearest first.
    """

    def plan(self, demands: Sequence[OrderDemand], stock: StockView) -> list[SourcingPlan]:
        return [self._plan_one(demand, stock) for demand in demands]

    def _plan_one(self, demand: OrderDemand, stock: StockView) -> SourcingPlan:
        owner, items, candidates = demand.owner_id, demand.items, demand.candidates
        free = {sku: stock.of(owner, sku) for sku in items}
        warehouse = _first_with_all(items, free, candidates)
        if warehouse is not None:
            takes = [Take(warehouse, sku, quantity) for sku, quantity in items.items()]
            short: dict[int, int] = {}
        else:
            wanted, short = _achievable(items, free, candidates)
            takes = _split(wanted, free, candidates)
        for take in takes:
            stock.take(owner, take)
        return SourcingPlan(demand.key, takes, short)


def _first_with_all(items: Mapping[int, int], free: Free, candidates: Sequence[Candidate]) -> int | None:
    for candidate in candidates:
        warehouse = candidate[0]
        for sku, quantity in items.items():
            if free[sku].get(warehouse, 0) < quantity:
                break
        else:
            return warehouse
    return None


def _achievable(
    items: Mapping[int, int], free: Free, candidates: Sequence[Candidate]
) -> tuple[dict[int, int], dict[int, int]]:
    """(units that all warehouses together have of it, units that they have not)."""
    wanted, short = {}, {}
    for sku, quantity in items.items():
        there = sum(max(0, free[sku].get(candidate.warehouse_id, 0)) for candidate in candidates)
        if there:
            wanted[sku] = min(quantity, there)
        if there < quantity:
            short[sku] = quantity - there
    return wanted, short


def _split(wanted: Mapping[int, int], free: Free, candidates: Sequence[Candidate]) -> list[Take]:
    """Takes of all ``wanted`` units, which the candidates together have, from as few of them as possible."""
    if not wanted:
        return []
    useful = [
        candidate
        for candidate in candidates
        if any(free[sku].get(candidate.warehouse_id, 0) > 0 for sku in wanted)
    ]
    members = (
        _smallest_set(wanted, free, useful)
        if len(useful) <= EXACT_UP_TO
        else _greedy_set(wanted, free, useful)
    )
    takes = []
    for sku, quantity in wanted.items():
        takes += _takes_of(sku, quantity, free[sku], members)
    return takes


def _smallest_set(wanted: Mapping[int, int], free: Free, useful: Sequence[Candidate]) -> Sequence[Candidate]:
    for size in range(1, len(useful)):
        enough = [
            members
            for members in itertools.combinations(useful, size)
            if all(
                sum(free[sku].get(member.warehouse_id, 0) for member in members) >= quantity
                for sku, quantity in wanted.items()
            )
        ]
        if enough:
            return min(enough, key=_distance)  # of equal ones the first: made of the more preferred
    return useful


def _distance(members: Sequence[Candidate]) -> float:
    return sum(_UNKNOWN_KM if member.km is None else member.km for member in members)


def _greedy_set(wanted: Mapping[int, int], free: Free, useful: Sequence[Candidate]) -> Sequence[Candidate]:
    missing = dict(wanted)
    chosen: set[int] = set()
    while missing:
        best, best_units = useful[0], -1
        for candidate in useful:
            if candidate.warehouse_id in chosen:
                continue
            units = sum(min(need, free[sku].get(candidate.warehouse_id, 0)) for sku, need in missing.items())
            if units > best_units:
                best, best_units = candidate, units
        chosen.add(best.warehouse_id)
        missing = {
            sku: left
            for sku, need in missing.items()
            if (left := need - max(0, free[sku].get(best.warehouse_id, 0))) > 0
        }
    return [candidate for candidate in useful if candidate.warehouse_id in chosen]


def _takes_of(sku: int, quantity: int, free: Mapping[int, int], members: Sequence[Candidate]) -> list[Take]:
    for member in members:
        if free.get(member.warehouse_id, 0) >= quantity:
            return [Take(member.warehouse_id, sku, quantity)]
    takes = []
    for member in members:
        units = min(quantity, max(0, free.get(member.warehouse_id, 0)))
        if units:
            takes.append(Take(member.warehouse_id, sku, units))
            quantity -= units
    return takes
