"""What orders of customers may count on: confirmed purchases, announced to their promises; and what closed ones filled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.orders.services import SupplyIn, supply_save
from hecang.orders.services.shortages import shortages_sync
from hecang.purchasing.selectors.policy import policy_now

#: Goods that come in on a day can leave after this hour.
READY_AT = time(18)

# One announcement for each SKU of an order: what is still to come, by the last of its days. What the supplier will not
# deliver is not counted on. Rows with nothing to come take the announcement back.
_SUPPLY = """
SELECT l.sku_id, o.owner_id, o.warehouse_id, o.number, sum(CASE
    WHEN o.state IN ('confirmed', 'receiving', 'received') OR (o.state = 'sent' AND %s) THEN
        greatest(least(l.quantity - l.cancelled, coalesce(l.confirmed_quantity, l.quantity)) - l.received, 0)
    ELSE 0 END)::bigint,
    max(coalesce(l.confirmed_on, l.expected_on, o.expected_on))
FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
WHERE o.id = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_OVERDUE = """
SELECT DISTINCT l.order_id FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
WHERE o.state IN ('confirmed', 'receiving') AND coalesce(l.confirmed_on, l.expected_on) < %s::date
    AND l.quantity > l.received + l.cancelled
ORDER BY 1
"""


@transactional
def supply_announce(*, order_ids: Collection[int]) -> int:
    """Tell the promises what is to come of these purchase orders, and when; how many SKUs were told.

    What should have come already is hoped for tomorrow. Locks the customers' orders that wait for it, nothing of ours:
    it reads what is true now, so it does not matter how often it runs.
    """
    earliest = clock.now() + timedelta(days=1)
    zone = ZoneInfo(settings.TIME_ZONE)
    supplies = [
        SupplyIn(
            sku,
            owner,
            warehouse,
            number,
            quantity,
            max(datetime.combine(day, READY_AT, zone), earliest) if day else earliest,
        )
        for sku, owner, warehouse, number, quantity, day in fetch(
            _SUPPLY, [policy_now().announces_unconfirmed, sorted(set(order_ids))]
        )
    ]
    if supplies:
        supply_save(supplies=supplies)
    return len(supplies)


def supply_overdue_announce() -> int:
    """Put off what was to come by now; how many orders. Once a day."""
    ids = [row[0] for row in fetch(_OVERDUE, [clock.today()])]
    for start in range(0, len(ids), 500):
        supply_announce(order_ids=ids[start : start + 500])
    return len(ids)


def suggestions_settle(*, order_ids: Collection[int]) -> int:
    """Look at the supply suggestions of what ended purchases were about: what was filled is settled, the rest stands."""
    rows = fetch(
        "SELECT DISTINCT sku_id FROM purchase_order_line WHERE order_id = ANY(%s::bigint[])",
        [sorted(set(order_ids))],
    )
    return shortages_sync(sku_ids=[row[0] for row in rows])
