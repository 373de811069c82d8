"""What customers owe: orders on account that are neither cancelled nor settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

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


def credit_open(customer_ids: Iterable[int]) -> dict[int, OpenAmount]:
    """What these customers owe; those that owe nothing are missing. One statement.

    It is exact under the lock of the credits (``credits_lock`` of partners).
    """
    rows = fetch(_OPEN, [sorted(set(customer_ids))])
    return {row[0]: OpenAmount(*row[1:]) for row in rows}
