"""What a unit is worth: what was last paid for it, else what it was last sold for, else nothing is known."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from hecang.kernel.db import columns, fetch
from hecang.stockkeeping.selectors.values import rates_known

# Prices in currencies for which nobody has said a rate are passed over: a wrong value is worse than an older one.
_VALUES = """
WITH rate AS (SELECT * FROM unnest(%s::text[], %s::numeric[]) AS r (currency, rate))
SELECT k.sku_id, k.owner_id, round(coalesce(p.value, s.value, 0), 4)
FROM unnest(%s::bigint[], %s::bigint[]) AS k (sku_id, owner_id)
LEFT JOIN LATERAL (
    SELECT l.unit_price * r.rate AS value FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
    JOIN rate r ON r.currency = o.currency
    WHERE l.sku_id = k.sku_id AND o.owner_id = k.owner_id AND l.unit_price > 0
        AND o.state NOT IN ('draft', 'submitted', 'cancelled')
    ORDER BY l.id DESC LIMIT 1
) p ON true
LEFT JOIN LATERAL (
    SELECT l.unit_price * r.rate AS value FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
    JOIN rate r ON r.currency = o.currency
    WHERE l.sku_id = k.sku_id AND l.unit_price > 0
    ORDER BY l.id DESC LIMIT 1
) s ON p.value IS NULL
"""


def unit_values(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """(SKU id, owner id) → value of a unit in the company's currency, 0 where neither a purchase nor a sale is known.

    Two statements.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = fetch(_VALUES, [*columns(rates_known(), 2), *columns(wanted, 2)])
    return {(row[0], row[1]): Decimal(row[2]) for row in rows}
