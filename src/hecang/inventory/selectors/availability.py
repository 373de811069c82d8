"""What can be promised of SKUs, all warehouses together."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.db import fetch

_SUMMED = """
SELECT sku_id, sum(sellable - reserved)::bigint FROM availability
WHERE owner_id = %s AND sku_id = ANY(%s::bigint[]) GROUP BY sku_id
"""


def availability_summed(*, owner_id: int, sku_ids: Sequence[int]) -> dict[int, int]:
    """SKU id → units that can be promised; SKUs that never had stock are missing. One statement."""
    return dict(fetch(_SUMMED, [owner_id, list(sku_ids)]))
