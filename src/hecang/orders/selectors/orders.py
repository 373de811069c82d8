"""Where the lines that a customer bought lie now, after splitting and merging."""

from __future__ import annotations

from typing import NamedTuple

from hecang.kernel.db import fetch


class LivingLine(NamedTuple):
    """A line with the order that it lies in.

    :param home_id: the order that the customer bought it with.
    """

    id: int
    order_id: int
    home_id: int
    order_state: str
    external_line: str
    sku_id: int
    kit_sku_id: int | None
    quantity: int
    shipped: int
    cancelled: int

    @property
    def open(self) -> int:
        """Units that are neither gone nor cancelled."""
        return self.quantity - self.shipped - self.cancelled


_COLUMNS = """l.id, l.order_id, coalesce(l.source_order_id, l.order_id), o.state, l.external_line, l.sku_id, l.kit_sku_id,
    l.quantity, l.shipped, l.cancelled"""
_BOUGHT = f"""
SELECT {_COLUMNS} FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE (l.order_id = %s AND l.source_order_id IS NULL) OR l.source_order_id = %s ORDER BY l.id
"""  # noqa: S608 - constants of this module
_LYING = f"""
SELECT {_COLUMNS} FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.order_id = %s ORDER BY l.id
"""  # noqa: S608


def living_lines(order_id: int, *, lying: bool = False) -> list[LivingLine]:
    """The lines that a customer bought with an order, wherever they lie; with ``lying`` those that lie in it."""
    rows = fetch(_LYING, [order_id]) if lying else fetch(_BOUGHT, [order_id, order_id])
    return [LivingLine(*row) for row in rows]
