"""Sourcing plans made, checked again under the lock, and spread over the lines of their orders.

Used by everything that promises stock to orders: intake, changes, and the filling of backorders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hecang.inventory.selectors import availability_for
from hecang.inventory.services import availability_lock
from hecang.kernel.db import fetch
from hecang.orders.services.offers import Offers, Wish, offers_now
from hecang.orders.sourcing import OrderDemand, SourcingPlan, StockView, Take, strategy
from hecang.orders.sourcing.weighing import Recorder

#: (warehouse id, SKU id, owner id)
Key = tuple[int, int, int]
#: (warehouse id, SKU id, owner id, units, line id): a reservation to write.
Reservation = tuple[int, int, int, int, int]

# What is known of SKUs beside their stock: weight, and what the last look at the book would pay for their units.
_FACTS = """
SELECT s.id, s.weight_g, p.owner_id, p.warehouse_id, p.price
FROM sku s LEFT JOIN scarcity_price p ON p.sku_id = s.id
WHERE s.id = ANY(%s::bigint[])
"""


_WISHES = """
SELECT id, owner_id, region_code, service_id, warehouses_only, warehouses_never, promised_at FROM sales_order
WHERE id = ANY(%s::bigint[])
"""


def demands_of(items: Mapping[int, dict[int, int]], offers: Offers | None = None) -> list[OrderDemand]:
    """What these orders need, with the warehouses that they may come from. A statement, and one for the offers.

    :param items: order id → SKU id → units; the demands come in this order.
    """
    offers = offers or offers_now()
    known = {
        row[0]: (row[1], Wish(row[2], row[3], tuple(row[4]), tuple(row[5])), row[6])
        for row in fetch(_WISHES, [list(items)])
    }
    candidates = offers.candidates({wish for _owner, wish, _due in known.values()})
    return [
        OrderDemand(key, known[key][0], wanted, candidates[known[key][1]], known[key][2])
        for key, wanted in items.items()
    ]


def stock_view(rows: Iterable[tuple[int, int, int, int]]) -> StockView:
    """Units that can be promised, with the weights and scarcity prices of their SKUs. One statement."""
    rows = list(rows)
    grams: dict[int, int] = {}
    prices: dict[tuple[int, int], dict[int, float]] = {}
    for sku, weight, owner, warehouse, price in fetch(_FACTS, [list({row[1] for row in rows})]):
        if weight:
            grams[sku] = weight
        if price is not None:
            prices.setdefault((owner, sku), {})[warehouse] = price
    return StockView(rows, prices, grams)


def plan(demands: Sequence[OrderDemand]) -> tuple[list[SourcingPlan], set[Key]]:
    """Plan on what is free now, without a lock: one statement, and one for each owner.

    :return: the plans, and the keys that had anything free: what :func:`keep` has to lock.
    """
    rows = free_rows(demands)
    return strategy().plan(demands, stock_view(rows)), {row[:3] for row in rows}


def plan_recorded(
    demands: Sequence[OrderDemand],
) -> tuple[list[SourcingPlan], set[Key], dict[int, str]]:
    """:func:`plan`, with what was known of each order, by key of its demand, for ``weighings_save``."""
    rows = free_rows(demands)
    view = stock_view(rows)
    recorder = Recorder(view.copy())
    plans = strategy().plan(demands, view)
    records = {
        demand.key: recorder.record(demand, one.takes) for demand, one in zip(demands, plans, strict=True)
    }
    return plans, {row[:3] for row in rows}, records


def free_rows(demands: Sequence[OrderDemand]) -> list[tuple[int, int, int, int]]:
    """What is free now of what demands may take, as (warehouse, SKU, owner, units). One statement an owner."""
    wanted: dict[int, set[int]] = defaultdict(set)
    warehouses: set[int] = set()
    for demand in demands:
        wanted[demand.owner_id].update(demand.items)
    for candidates in {id(demand.candidates): demand.candidates for demand in demands}.values():
        warehouses.update(candidate.warehouse_id for candidate in candidates)
    return [
        (warehouse, sku, owner, units)
        for owner, skus in sorted(wanted.items())
        for (warehouse, sku), units in availability_for(
            sku_ids=sorted(skus), owner_id=owner, warehouse_ids=sorted(warehouses)
        ).items()
        if units > 0
    ]


def keep(
    demands: Sequence[OrderDemand], plans: list[SourcingPlan], keys: Iterable[Key]
) -> tuple[list[SourcingPlan], set[int]]:
    """Lock what the plans were made on and make sure that it is still there. One statement, or two.

    Orders whose stock has gone meanwhile are planned again on what is left now; all others keep their plan.
    Locks: availability, in key order. The documents concerned have been locked or are new.

    :return: plans that fit, and the positions of those that changed.
    """
    locked = availability_lock(keys)
    needed: dict[Key, int] = defaultdict(int)
    for demand, one in zip(demands, plans, strict=True):
        owner = demand.owner_id
        for warehouse, sku, units in one.takes:
            needed[warehouse, sku, owner] += units
    free: dict[Key, int] = {key: row.free for key, row in locked.items()}
    if all(units <= free.get(key, 0) for key, units in needed.items()):
        return plans, set()
    view = stock_view((*key, units) for key, units in free.items())
    again = [
        position
        for position, (demand, one) in enumerate(zip(demands, plans, strict=True))
        if not _take_all(demand.owner_id, one.takes, view)
    ]
    replanned = strategy().plan([demands[position] for position in again], view)
    kept = list(plans)
    for position, one in zip(again, replanned, strict=True):
        kept[position] = one
    return kept, set(again)


def _take_all(owner_id: int, takes: Sequence[Take], view: StockView) -> bool:
    """Take everything from the view, or nothing where something is missing."""
    for take in takes:
        if view.of(owner_id, take.sku_id).get(take.warehouse_id, 0) < take.quantity:
            return False
    for take in takes:
        view.take(owner_id, take)
    return True


class Spread:
    """Hands the takes of one order out to its lines, in the order in which they ask.

    :param takes: one order's plan.
    """

    __slots__ = ("_by_sku", "_owner_id")

    def __init__(self, owner_id: int, takes: Iterable[Take]) -> None:
        self._owner_id = owner_id
        self._by_sku: dict[int, list[tuple[int, int]]] = {}
        for warehouse, sku, units in takes:
            self._by_sku.setdefault(sku, []).append((warehouse, units))

    def give(self, line_id: int, sku_id: int, quantity: int, into: list[Reservation]) -> int:
        """Up to ``quantity`` units for a line; appends its reservations to ``into``, returns the units."""
        queue = self._by_sku.get(sku_id)
        if not queue:
            return 0
        warehouse, units = queue[0]
        if units > quantity:
            queue[0] = (warehouse, units - quantity)
            into.append((warehouse, sku_id, self._owner_id, quantity, line_id))
            return quantity
        queue.pop(0)
        into.append((warehouse, sku_id, self._owner_id, units, line_id))
        if units == quantity or not queue:
            return units
        return units + self.give(line_id, sku_id, quantity - units, into)
