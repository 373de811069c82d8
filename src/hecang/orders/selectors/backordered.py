"""Who waits for goods: for cross-docking, before they are on a shelf."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from hecang.kernel.db import fetch


class Backordered(NamedTuple):
    """Units of one SKU that one order waits for."""

    order_id: int
    number: str
    owner_id: int
    sku_id: int
    units: int
    priority: int
    placed_at: datetime


_WAITING = """
SELECT o.id, o.number, o.owner_id, l.sku_id, sum(l.backordered)::bigint, o.priority, o.placed_at
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.backordered > 0 AND l.sku_id = ANY(%s::bigint[]) AND NOT o.is_cancelling AND NOT o.awaits_release
GROUP BY o.id, l.sku_id
ORDER BY o.priority, o.placed_at, o.id
LIMIT %s
"""


def backorders_waiting(*, sku_ids: Collection[int], limit: int = 20_000) -> list[Backordered]:
    """Orders that wait for these SKUs, in the order in which they are served. One statement."""
    if not sku_ids:
        return []
    return [Backordered(*row) for row in fetch(_WAITING, [sorted(set(sku_ids)), limit])]
