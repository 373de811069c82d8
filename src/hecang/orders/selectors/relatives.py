"""Orders that hang together: split from, sent for, merged with."""

from __future__ import annotations

from typing import Any

from hecang.kernel.db import fetch

_RELATIVES = """
SELECT r.relation, o.id, o.number, o.kind, o.state, o.external_number FROM (
    SELECT 'origin' AS relation, origin_id AS id FROM sales_order WHERE id = %s AND origin_id IS NOT NULL
    UNION ALL SELECT 'merged_into', merged_into_id FROM sales_order WHERE id = %s AND merged_into_id IS NOT NULL
    UNION ALL SELECT 'child', id FROM sales_order WHERE origin_id = %s
    UNION ALL SELECT 'merged', id FROM sales_order WHERE merged_into_id = %s
) r JOIN sales_order o ON o.id = r.id ORDER BY r.relation, o.id LIMIT 100
"""


def order_relatives(order_id: int) -> list[dict[str, Any]]:
    """What an order was split from or sent for, what was split from it or sent for it, and what it travels with."""
    names = ("relation", "id", "number", "kind", "state", "external_number")
    return [dict(zip(names, row, strict=True)) for row in fetch(_RELATIVES, [order_id] * 4)]
