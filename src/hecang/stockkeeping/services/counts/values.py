"""What a unit is worth: what was last paid for it, else what it was last sold for, else nothing is known."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from hecang.kernel.db import columns, fetch

#: Prices in other currencies are not taken: nothing here knows rates.
_CURRENCY = "CNY"

_VALUES = """
SELECT k.sku_id, k.owner_id, coalesce(p.unit_price, s.unit_price, 0)
FROM unnest(%s::bigint[], %s::bigint[]) AS k (sku_id, owner_id)
LEFT JOIN LATERAL (
    SELECT l.unit_price FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
    WHERE l.sku_id = k.sku_id AND o.owner_id = k.owner_id AND o.currency = %s AND l.unit_price > 0
        AND o.state NOT IN ('draft', 'submitted', 'cancelled')
    ORDER BY l.id DESC LIMIT 1
) p ON true
LEFT JOIN LATERAL (
    SELECT l.unit_price FROM sales_order_line l WHERE l.sku_id = k.sku_id AND l.unit_price > 0
    ORDER BY l.id DESC LIMIT 1
) s ON p.unit_price IS NULL
"""


def unit_values(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """(SKU id, owner id) → value of a unit, 0 where neither a purchase nor a sale is known. One statement."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    skus, owners = columns(wanted, 2)
    return {(row[0], row[1]): Decimal(row[2]) for row in fetch(_VALUES, [skus, owners, _CURRENCY])}
