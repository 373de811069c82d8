"""Shops that ship only whole orders: what is short holds its order, gifts never do."""

from __future__ import annotations

from collections.abc import Collection

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.orders.audit import stock_codes
from hecang.orders.models import OrderHold
from hecang.orders.services.holds import holds_place, holds_release, settle_released
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import OrderLocked

_SHORT = """
SELECT o.id, coalesce(sum(l.backordered), 0)::bigint
FROM sales_order o LEFT JOIN sales_order_line l ON l.order_id = o.id AND l.kind <> 'gift'
WHERE o.id = ANY(%s::bigint[]) AND NOT o.awaits_release GROUP BY o.id
"""
_DROP = """
UPDATE sales_order_line l SET cancelled = l.cancelled + l.backordered, backordered = 0
FROM (
    SELECT g.id, g.backordered FROM sales_order_line g
    JOIN sales_order o ON o.id = g.order_id JOIN shop s ON s.id = o.shop_id
    WHERE g.order_id = ANY(%s::bigint[]) AND g.kind = 'gift' AND g.backordered > 0 AND NOT o.awaits_release
        AND NOT (s.gifts_wait AND s.allow_partial)
    ORDER BY g.id FOR NO KEY UPDATE OF g
) d
WHERE l.id = d.id
RETURNING l.order_id, d.backordered
"""


def stock_hold_settle(order: OrderLocked) -> None:
    """Hold a locked order of such a shop while it is short, and free it when it is complete; see also gifts."""
    now = clock.now()
    short = dict(fetch(_SHORT, [[order.id]]))
    units = short.get(order.id, 0)
    if units and not order.allow_partial:
        holds_place([(order.id, OrderHold.Code.STOCK_SHORT.value, {"units": units})], "", now)
    elif not units and holds_release([order], sorted(stock_codes()), "", now):
        settle_released([order], now)


def gifts_drop(order_ids: Collection[int]) -> dict[int, int]:
    """Leave out the missing gifts of locked orders, unless the shop lets them follow; order id → units left out.

    An order of a shop that ships only whole orders never waits for a gift. Writes audit entries.
    """
    dropped: dict[int, int] = {}
    if order_ids:
        for order_id, units in fetch(_DROP, [sorted(set(order_ids))]):
            dropped[order_id] = dropped.get(order_id, 0) + units
    if dropped:
        audit_record_many(
            action="orders.order.gift_dropped",
            entity_kind="sales_order",
            entries=[(order_id, None, {"units": units}) for order_id, units in sorted(dropped.items())],
        )
        orders_derive(list(dropped))
    return dropped
