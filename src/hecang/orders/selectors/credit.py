"""What customers owe: orders on account that are neither cancelled nor settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hecang.kernel.db import fetch


class OpenAmount(NamedTuple):
    """What one customer owes, in how many orders, and since when."""

    amount: Decimal
    orders: int
    oldest_at: datetime


_OPEN = """
SELECT customer_id, sum(total_amount), count(*), min(placed_at) FROM sales_order
WHERE customer_id = ANY(%s::bigint[]) AND on_account AND settled_at IS NULL AND state NOT IN ('cancelled', 'merged')
GROUP BY customer_id
"""


_OWED = """
SELECT id, number, placed_at, total_amount, currency, state FROM sales_order
WHERE customer_id = %s AND on_account AND settled_at IS NULL AND state NOT IN ('cancelled', 'merged')
ORDER BY placed_at, id LIMIT 1000
"""


def credit_orders(customer_id: int) -> list[dict[str, Any]]:
    """What one customer owes, order by order, the oldest first; at most 1,000."""
    names = ("id", "number", "placed_at", "total_amount", "currency", "state")
    return [dict(zip(names, row, strict=True)) for row in fetch(_OWED, [customer_id])]


def credit_open(customer_ids: Iterable[int]) -> dict[int, OpenAmount]:
    """What these customers owe; those that owe nothing are missing. One statement.

    It is exact under the lock of the credits (``credits_lock`` of partners).
    """
    rows = fetch(_OPEN, [sorted(set(customer_ids))])
    return {row[0]: OpenAmount(*row[1:]) for row in rows}
