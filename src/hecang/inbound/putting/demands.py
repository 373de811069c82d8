"""Who waits for goods that have just come in. Apps above inbound may add those that they know of.

Built in are customers' orders that were promised nothing yet (backorders), which are always served first, and
transfers to stores that were asked of this warehouse. Others register with :func:`demand_source_register`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from hecang.orders.selectors import backorders_waiting
from hecang.stockkeeping.selectors.store_orders import store_orders_waiting

#: Stores wait behind every customer.
STORE_PRIORITY = 1 << 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units of one SKU and owner that a document waits for.

    :param kind: ``sales_order`` or the kind of another document.
    """

    kind: str
    document_id: int
    number: str
    owner_id: int
    sku_id: int
    units: int
    priority: int
    since: datetime
    #: It is to be sent from this warehouse, so that goods elsewhere are no help.
    is_here: bool = False


#: (warehouse, SKUs) → who waits for them there. One statement each.
DemandSource = Callable[[int, Collection[int]], list[Waiting]]

_sources: dict[str, DemandSource] = {}


def demand_source_register(name: str, source: DemandSource) -> None:
    """Ask ``source`` too; the last registration of a name counts."""
    _sources[name] = source


def waiting_for(warehouse_id: int, sku_ids: Collection[int]) -> list[Waiting]:
    """Everybody who waits for these SKUs, the most urgent first, then the oldest."""
    found = [one for source in _sources.values() for one in source(warehouse_id, sku_ids)]
    return sorted(found, key=lambda one: (one.priority, one.since, one.document_id))


def _backorders(_warehouse_id: int, sku_ids: Collection[int]) -> list[Waiting]:
    return [
        Waiting(
            "sales_order",
            row.order_id,
            row.number,
            row.owner_id,
            row.sku_id,
            row.units,
            row.priority,
            row.placed_at,
        )
        for row in backorders_waiting(sku_ids=sku_ids)
    ]


def _store_orders(warehouse_id: int, sku_ids: Collection[int]) -> list[Waiting]:
    return [
        Waiting(
            "transfer",
            row.transfer_id,
            row.number,
            row.owner_id,
            row.sku_id,
            row.units,
            STORE_PRIORITY,
            row.since,
            is_here=True,
        )
        for row in store_orders_waiting(warehouse_id=warehouse_id, sku_ids=sku_ids)
    ]


demand_source_register("backorders", _backorders)
demand_source_register("store_orders", _store_orders)
