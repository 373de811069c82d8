"""What stores have asked for and wait for, at the warehouse that is to send it. Nothing here locks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from hecang.kernel.db import fetch


class StoreWaiting(NamedTuple):
    """Units of one SKU that a store's transfer still needs before it can be approved."""

    transfer_id: int
    number: str
    owner_id: int
    sku_id: int
    units: int
    since: datetime


_WAITING = """
SELECT t.id, t.number, t.owner_id, l.sku_id,
    l.quantity - l.reserved - l.allocated - l.shipped - l.cut, t.created_at
FROM transfer t JOIN transfer_line l ON l.transfer_id = t.id JOIN warehouse w ON w.id = t.to_warehouse_id
WHERE t.state = 'requested' AND t.from_warehouse_id = %s AND w.kind = 'store' AND l.sku_id = ANY(%s::bigint[])
    AND l.quantity > l.reserved + l.allocated + l.shipped + l.cut
ORDER BY t.created_at, t.id, l.id LIMIT %s
"""


def store_orders_waiting(
    *, warehouse_id: int, sku_ids: Collection[int], limit: int = 20_000
) -> list[StoreWaiting]:
    """Transfers to stores that were asked of this warehouse and have not everything yet, the oldest first.

    One statement.
    """
    if not sku_ids:
        return []
    return [StoreWaiting(*row) for row in fetch(_WAITING, [warehouse_id, sorted(set(sku_ids)), limit])]
