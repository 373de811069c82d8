"""Orders that the warehouse has plans with."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.db import fetch


def orders_in_waves(order_ids: Sequence[int]) -> set[int]:
    """Those of these orders of which something stands in a wave that is not done. One statement."""
    rows = fetch(
        "SELECT DISTINCT order_id FROM fulfilment WHERE order_id = ANY(%s::bigint[]) AND wave_id IS NOT NULL"
        " AND state NOT IN ('shipped', 'cancelled')",
        [list(order_ids)],
    )
    return {row[0] for row in rows}
