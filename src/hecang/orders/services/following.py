"""Orders that follow when two customers turn out to be one."""

from __future__ import annotations

from hecang.kernel.db import execute


def orders_follow(gone: int, kept: int) -> None:
    """Let the orders of one customer be those of another, within the transaction that merges them."""
    execute("UPDATE sales_order SET customer_id = %s WHERE customer_id = %s", [kept, gone])
