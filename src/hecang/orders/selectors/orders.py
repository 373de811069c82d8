"""Where the lines that a customer bought lie now, after splitting and merging."""

from __future__ import annotations

from collections.abc import Sequence
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
WHERE (l.order_id = ANY(%s::bigint[]) AND l.source_order_id IS NULL) OR l.source_order_id = ANY(%s::bigint[])
ORDER BY l.id
"""  # noqa: S608 - constants of this module
_LYING = f"""
SELECT {_COLUMNS} FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.order_id = %s ORDER BY l.id
"""  # noqa: S608


def lines_bought(order_ids: Sequence[int]) -> list[LivingLine]:
    """The lines that customers bought with these orders, wherever they lie. One statement."""
    rows = fetch(_BOUGHT, [list(order_ids), list(order_ids)])
    return [LivingLine(*row) for row in rows]


def lines_lying(order_id: int) -> list[LivingLine]:
    """The lines that lie in an order, whoever bought them. One statement."""
    return [LivingLine(*row) for row in fetch(_LYING, [order_id])]


def homes_of_lines(line_ids: Sequence[int]) -> dict[int, int]:
    """Line → the order that the customer bought it with. One statement."""
    rows = fetch(
        "SELECT id, coalesce(source_order_id, order_id) FROM sales_order_line WHERE id = ANY(%s::bigint[])",
        [list(line_ids)],
    )
    return {row[0]: row[1] for row in rows}
