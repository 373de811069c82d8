"""Telling orders what transfers will bring, so that what waits for it can be promised a day."""

from __future__ import annotations

from collections.abc import Collection

from hecang.kernel.clock import now
from hecang.kernel.db import fetch, transactional
from hecang.orders.services.supplies import SupplyIn, supply_save
from hecang.stockkeeping.services.transfer_tasks import USUAL

_EXPECTED = """
SELECT l.sku_id, t.owner_id, t.to_warehouse_id, t.number, CASE
    WHEN t.state IN ('approved', 'picking') THEN l.reserved + l.allocated
    WHEN t.state IN ('in_transit', 'receiving') THEN l.shipped - l.received - l.lost ELSE 0 END,
    coalesce(t.expected_at, t.shipped_at + %s, t.approved_at + %s, %s)
FROM transfer t JOIN transfer_line l ON l.transfer_id = t.id WHERE t.id = ANY(%s::bigint[]) ORDER BY l.id
"""


@transactional
def transfers_announce(*, transfer_ids: Collection[int]) -> None:
    """Bring the announced supply at the destinations in line with these transfers. Repeating it changes nothing.

    Locks the orders that wait for it, nothing of transfers.
    """
    rows = fetch(_EXPECTED, [USUAL, USUAL, now() + USUAL, sorted(set(transfer_ids))])
    if rows:
        supply_save(supplies=[SupplyIn(*row) for row in rows])
