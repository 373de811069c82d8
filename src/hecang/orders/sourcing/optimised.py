"""The default: the cheapest way to ship an order, with an eye on the other orders of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hecang.orders.sourcing.base import Candidate, OrderDemand, SourcingPlan, StockView, Take
from hecang.orders.sourcing.nearest import NearestThenFewest
from hecang_optim.sourcing.myopic import Need, Source, decide

#: Money for the first kilogram of a parcel and for each further one: at no distance, and for each kilometre.
FIRST_KG, FIRST_KG_PER_KM = 4.5, 0.004
NEXT_KG, NEXT_KG_PER_KM = 0.8, 0.0035
#: Money for packing a parcel, for picking a line, and for each parcel of an order after the first.
PARCEL, LINE, SPLIT = 1.5, 0.3, 2.0
#: What a unit is taken to weigh in grams: orders are sourced before anything is weighed.
UNIT_G = 500
#: Money for a unit that is not shipped: so much that whatever is there is shipped.
SHORT = 10_000.0
#: Into how many parcels an order is split by cost; one that needs more is split by the simple rule.
MOST_WAREHOUSES = 3
#: What an unknown distance counts for: farther than any two points of China.
_UNKNOWN_KM = 10_000.0

#: Warehouse → money for taking a unit.
Prices = Mapping[int, float]
_FREE: Prices = {}


class _Wish(NamedTuple):
    """Units that an order would like to have from its favourite warehouse.

    :param regret: money a unit, at least, that the next best warehouse costs more.
    """

    regret: float
    units: int


class Optimised:
    """See ``docs/reference/sourcing.md``.

    Each order, the more urgent first, is shipped in the cheapest way: freight by distance and weight, packing,
    picking, further parcels. Where the orders of a call want more of a SKU from a warehouse than it has, the SKU
    has a price there, at which just so many can do without it as must. Who can be served from elsewhere for less
    than that leaves it to those who cannot.
    """

    def __init__(self) -> None:
        self._simple = NearestThenFewest()

    def plan(self, demands: Sequence[OrderDemand], stock: StockView) -> list[SourcingPlan]:
        offers = {id(one.candidates): _sources(one.candidates) for one in demands}
        prices = scarce_prices(demands, stock) if len(demands) > 1 else {}
        return [self._plan_one(one, stock, offers[id(one.candidates)], prices) for one in demands]

    def _plan_one(
        self,
        demand: OrderDemand,
        stock: StockView,
        sources: Sequence[Source],
        prices: Mapping[tuple[int, int], Prices],
    ) -> SourcingPlan:
        owner = demand.owner_id
        needs = [
            Need(sku, units, UNIT_G, SHORT, stock.of(owner, sku), prices.get((owner, sku), _FREE))
            for sku, units in demand.items.items()
        ]
        found = decide(needs, sources, split_price=SPLIT, most_warehouses=MOST_WAREHOUSES)
        if any(
            stock.of(owner, sku).get(source.warehouse, 0) > _taken(found.takes, source.warehouse, sku)
            for sku in found.short
            for source in sources
        ):
            # there is more than so few parcels can bring
            return self._simple.plan([demand], stock)[0]
        takes = [Take(*take) for take in found.takes]
        for take in takes:
            stock.take(owner, take)
        return SourcingPlan(demand.key, takes, found.short)


def _taken(takes: Sequence[tuple[int, int, int]], warehouse: int, sku: int) -> int:
    return sum(units for where, what, units in takes if where == warehouse and what == sku)


def _sources(candidates: Sequence[Candidate]) -> list[Source]:
    """The warehouses as orders to one region see them, by the tariff above."""
    return [
        Source(
            warehouse=candidate.warehouse_id,
            fixed=PARCEL,
            line_price=LINE,
            unit_price=0.0,
            first_price=FIRST_KG + FIRST_KG_PER_KM * _km(candidate),
            step_price=NEXT_KG + NEXT_KG_PER_KM * _km(candidate),
        )
        for candidate in candidates
    ]


def _km(candidate: Candidate) -> float:
    return _UNKNOWN_KM if candidate.km is None else candidate.km


def scarce_prices(
    demands: Sequence[OrderDemand], stock: StockView
) -> dict[tuple[int, int], dict[int, float]]:
    """(owner, SKU) → warehouse → money for a unit, where the orders want more of it than there is.

    Every order would like to have everything from the nearest warehouse that has all of it, or each SKU from the
    nearest that has it. Where these wishes are too many, those who would pay most for being sent elsewhere are
    served in thought, until the stock is used up; the price lies between what the last of them and the first who is
    not would pay.
    """
    wishes: dict[tuple[int, int, int], list[_Wish]] = {}
    wanted: dict[tuple[int, int, int], int] = {}
    for demand in demands:
        for sku, units, warehouse in _favourites(demand, stock):
            key = (demand.owner_id, sku, warehouse)
            wanted[key] = wanted.get(key, 0) + units
    scarce = {key for key, units in wanted.items() if units > stock.of(key[0], key[1]).get(key[2], 0)}
    if not scarce:
        return {}
    for demand in demands:
        for sku, units, warehouse in _favourites(demand, stock):
            key = (demand.owner_id, sku, warehouse)
            if key in scarce:
                regret = _regret(demand, sku, warehouse, stock) / (len(demand.items) * units)
                wishes.setdefault(key, []).append(_Wish(regret, units))
    prices: dict[tuple[int, int], dict[int, float]] = {}
    for (owner, sku, warehouse), mine in wishes.items():
        left = stock.of(owner, sku).get(warehouse, 0)
        ranked = sorted(mine, reverse=True)
        for place, wish in enumerate(ranked):
            left -= wish.units
            if left < 0:
                last_served = ranked[max(0, place - 1)].regret
                prices.setdefault((owner, sku), {})[warehouse] = (last_served + wish.regret) / 2
                break
    return prices


def _favourites(demand: OrderDemand, stock: StockView) -> list[tuple[int, int, int]]:
    """(SKU, units, warehouse) that the order would like to have if it were alone."""
    frees = [(sku, units, stock.of(demand.owner_id, sku)) for sku, units in demand.items.items()]
    for warehouse, _km_there in demand.candidates:
        if all(free.get(warehouse, 0) >= units for _sku, units, free in frees):
            return [(sku, units, warehouse) for sku, units, _free in frees]
    found = []
    for sku, units, free in frees:
        for warehouse, _km_there in demand.candidates:
            if free.get(warehouse, 0) > 0:
                found.append((sku, units, warehouse))
                break
    return found


def _regret(demand: OrderDemand, sku: int, warehouse: int, stock: StockView) -> float:
    """Money that a parcel costs more from the next warehouse that has the SKU; 0 where there is none.

    Who has no other warehouse takes the last units at any price; a price would only send others away for him who
    may be less urgent.
    """
    free = stock.of(demand.owner_id, sku)
    here = None
    for candidate in demand.candidates:
        if candidate.warehouse_id == warehouse:
            here = _km(candidate)
        elif here is not None and free.get(candidate.warehouse_id, 0) > 0:
            return FIRST_KG_PER_KM * (_km(candidate) - here)
    return 0.0
