"""What goods are worth, for insurance and for telling large from small."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from hecang.kernel.db import fetch

CURRENCY = "CNY"

# What they cost last, else what a supplier's list says, else what customers paid last.
_VALUES = """
SELECT k.id, coalesce(
    (SELECT l.unit_price FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
        WHERE l.sku_id = k.id AND o.currency = %s AND l.unit_price > 0 AND o.state NOT IN ('draft', 'cancelled')
        ORDER BY l.id DESC LIMIT 1),
    (SELECT p.price FROM supplier_item i JOIN supplier_price p ON p.item_id = i.id
        WHERE i.sku_id = k.id AND i.is_active AND p.currency = %s AND p.price > 0
        ORDER BY p.valid_from DESC, p.min_quantity, p.id DESC LIMIT 1),
    (SELECT l.unit_price FROM sales_order_line l WHERE l.sku_id = k.id AND l.unit_price > 0 ORDER BY l.id DESC LIMIT 1))
FROM sku k WHERE k.id = ANY(%s::bigint[])
"""


def unit_values(sku_ids: Collection[int]) -> dict[int, Decimal]:
    """SKU → value of one base unit; SKUs of which nobody knows are missing. One statement."""
    rows = fetch(_VALUES, [CURRENCY, CURRENCY, sorted(set(sku_ids))]) if sku_ids else []
    return {sku: value for sku, value in rows if value is not None}
