"""The default: the cheapest way to ship an order, with an eye on the other orders of the call and of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hecang.orders.sourcing.base import Candidate, OrderDemand, SourcingPlan, StockView, Take
from hecang.orders.sourcing.costs import (
    FIRST_KG,
    FIRST_KG_PER_KM,
    MOST_WAREHOUSES,
    NEXT_KG,
    NEXT_KG_PER_KM,
    UNIT_G,
    UNKNOWN_KM,
    Costs,
    costs,
)
from hecang.orders.sourcing.nearest import NearestThenFewest
from hecang_optim.sourcing.myopic import Need, Source, decide

#: Money for a unit that is not shipped: so much that whatever is there is shipped.
SHORT = 10_000.0

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

    Each order, the more urgent first, is shipped in the cheapest way: freight, handling, further parcels, time.
    Where the orders of a call want more of a SKU from a warehouse than it has, the SKU has a price there, at which
    just so many can do without it as must. Who can be served from elsewhere for less than that leaves it to those
    who cannot. Prices that the last look at the whole book found count in the same way.
    """

    def __init__(self) -> None:
        self._simple = NearestThenFewest()

    def plan(self, demands: Sequence[OrderDemand], stock: StockView) -> list[SourcingPlan]:
        money = costs()
        offers: Offers = {}
        for one in demands:
            key = (id(one.candidates), one.due)
            if key not in offers:
                offers[key] = sources(one.candidates, money, one.due)
        prices = scarce_prices(demands, stock, offers) if len(demands) > 1 else {}
        return [
            self._plan_one(one, stock, offers[id(one.candidates), one.due], prices, money) for one in demands
        ]

    def _plan_one(
        self,
        demand: OrderDemand,
        stock: StockView,
        offered: Sequence[Source],
        prices: Mapping[tuple[int, int], Prices],
        money: Costs,
    ) -> SourcingPlan:
        owner, weights = demand.owner_id, stock.grams
        needs = [
            Need(
                sku,
                units,
                weights.get(sku) or UNIT_G,
                SHORT,
                stock.of(owner, sku),
                prices.get((owner, sku)) or stock.prices.get((owner, sku), _FREE),
            )
            for sku, units in demand.items.items()
        ]
        found = decide(needs, offered, split_price=money.split, most_warehouses=MOST_WAREHOUSES)
        if any(
            stock.of(owner, sku).get(source.warehouse, 0) > _taken(found.takes, source.warehouse, sku)
            for sku in found.short
            for source in offered
        ):
            # there is more than so few parcels can bring
            return self._simple.plan([demand], stock)[0]
        takes = [Take(*take) for take in found.takes]
        for take in takes:
            stock.take(owner, take)
        return SourcingPlan(demand.key, takes, found.short)


def _taken(takes: Sequence[tuple[int, int, int]], warehouse: int, sku: int) -> int:
    return sum(units for where, what, units in takes if where == warehouse and what == sku)


#: (id of the candidates, due) → the warehouses as such orders see them, the cheapest to begin with first.
Offers = dict[tuple[int, datetime | None], list[Source]]


def sources(candidates: Sequence[Candidate], money: Costs, due: datetime | None = None) -> list[Source]:
    """The warehouses as orders to one region see them: those first from which a parcel begins cheapest."""
    made = [source_of(candidate, money, due) for candidate in candidates]
    made.sort(key=lambda source: source.fixed + source.first_price)
    return made


def source_of(candidate: Candidate, money: Costs, due: datetime | None) -> Source:
    """One of them."""
    offer = candidate.offer
    if offer is None:
        km = UNKNOWN_KM if candidate.km is None else candidate.km
        first, step = FIRST_KG + FIRST_KG_PER_KM * km, NEXT_KG + NEXT_KG_PER_KM * km
        return Source(candidate.warehouse_id, money.parcel, money.line, money.unit, first, step)
    late = 0.0
    if due is not None and offer.arrives_at > due:
        late = money.late * (offer.arrives_at - due).total_seconds() / 3600
    return Source(
        warehouse=candidate.warehouse_id,
        fixed=offer.parcel_cost + offer.wait_cost + late,
        line_price=offer.line_cost,
        unit_price=offer.unit_cost,
        first_price=offer.first_price,
        step_price=offer.step_price,
        first_g=offer.first_g,
        step_g=offer.step_g,
        parcel_g=offer.parcel_g,
    )


def scarce_prices(
    demands: Sequence[OrderDemand], stock: StockView, offers: Offers | None = None
) -> dict[tuple[int, int], dict[int, float]]:
    """(owner, SKU) → warehouse → money for a unit, where the orders want more of it than there is.

    Every order would like to have everything from the cheapest warehouse that has all of it, or each SKU from the
    cheapest that has any. Where the wishes exceed the stock, they are served in thought by falling regret until it
    is used up; the price lies between the regret of the last that is served and of the first that is not.
    """
    money = costs()
    known: Offers = {} if offers is None else offers
    for one in demands:
        key = (id(one.candidates), one.due)
        if key not in known:
            known[key] = sources(one.candidates, money, one.due)
    wanted: dict[tuple[int, int, int], int] = {}
    wishes: dict[tuple[int, int, int], list[_Wish]] = {}
    for demand in demands:
        for sku, units, warehouse in _favourites(demand, known[id(demand.candidates), demand.due], stock):
            place = (demand.owner_id, sku, warehouse)
            wanted[place] = wanted.get(place, 0) + units
    scarce = {key for key, units in wanted.items() if units > stock.of(key[0], key[1]).get(key[2], 0)}
    if not scarce:
        return {}
    for demand in demands:
        offered = known[id(demand.candidates), demand.due]
        for sku, units, warehouse in _favourites(demand, offered, stock):
            place = (demand.owner_id, sku, warehouse)
            if place in scarce:
                regret = _regret(demand, offered, sku, warehouse, stock) / (len(demand.items) * units)
                wishes.setdefault(place, []).append(_Wish(regret, units))
    prices: dict[tuple[int, int], dict[int, float]] = {}
    for (owner, sku, warehouse), mine in wishes.items():
        left = stock.of(owner, sku).get(warehouse, 0)
        ranked = sorted(mine, reverse=True)
        for rank, wish in enumerate(ranked):
            left -= wish.units
            if left < 0:
                last_served = ranked[max(0, rank - 1)].regret
                prices.setdefault((owner, sku), {})[warehouse] = (last_served + wish.regret) / 2
                break
    return prices


def _favourites(
    demand: OrderDemand, offered: Sequence[Source], stock: StockView
) -> list[tuple[int, int, int]]:
    """(SKU, units, warehouse) that the order would like to have if it were alone."""
    frees = [(sku, units, stock.of(demand.owner_id, sku)) for sku, units in demand.items.items()]
    for source in offered:
        warehouse = source[0]
        if all(free.get(warehouse, 0) >= units for _sku, units, free in frees):
            return [(sku, units, warehouse) for sku, units, _free in frees]
    found = []
    for sku, units, free in frees:
        for source in offered:
            if free.get(source[0], 0) > 0:
                found.append((sku, units, source[0]))
                break
    return found


def _regret(
    demand: OrderDemand, offered: Sequence[Source], sku: int, warehouse: int, stock: StockView
) -> float:
    """Money that a parcel costs more from the next warehouse that has the SKU; 0 where there is none.

    Who has no other warehouse takes the last units at any price; a price would only send others away for him who
    may be less urgent.
    """
    free = stock.of(demand.owner_id, sku)
    here = None
    for source in offered:
        opening = source.fixed + source.first_price
        if source.warehouse == warehouse:
            here = opening
        elif here is not None and free.get(source.warehouse, 0) > 0:
            return opening - here
    return 0.0
