"""Goods that were cross-docked for stores are kept for them: nobody else may be promised them meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hecang.inbound.services.putaways import demand_of
from hecang.kernel.db import fetch
from hecang.orders.selectors import backorders_waiting
from hecang.stockkeeping.services.store_orders import Came, store_orders_keep


def crossdocks_keep(*, putaway_ids: Sequence[int]) -> int:
    """Reserve what these putaways carried for stores, to be taken from where it lies; units that were kept.

    Customers' orders that still wait for the same goods go first. However often it is repeated, nobody gets more than
    they asked for.
    """
    rows = fetch(
        "SELECT sku_id, owner_id, to_location_id, demand FROM putaway WHERE id = ANY(%s::bigint[])"
        " AND kind = 'crossdock' AND to_location_id IS NOT NULL AND done > 0"
        ' AND demand @> \'[{"kind": "transfer"}]\' ORDER BY id',
        [sorted(set(putaway_ids))],
    )
    if not rows:
        return 0
    wanted: dict[tuple[int, int], Came] = {}
    for sku_id, _owner_id, location_id, demand in rows:
        for one in demand_of(demand):
            if one["kind"] == "transfer":
                before = wanted.get((one["id"], sku_id))
                units = one["units"] + (before.units if before else 0)
                wanted[one["id"], sku_id] = Came(units, location_id)
    customers: dict[tuple[int, int], int] = defaultdict(int)
    for order in backorders_waiting(sku_ids={row[0] for row in rows}):
        customers[order.sku_id, order.owner_id] += order.units
    return store_orders_keep(wanted=wanted, not_for_stores=customers)
