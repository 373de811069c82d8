"""What is still to come from suppliers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch

_OPEN = """
SELECT l.id, l.order_id, o.number, l.number, o.state, o.supplier_id, o.owner_id, o.warehouse_id, l.sku_id, k.code,
    k.name, l.supplier_sku, l.quantity, l.received, l.cancelled, greatest(l.quantity - l.received - l.cancelled, 0),
    coalesce(l.confirmed_on, l.expected_on, o.expected_on), l.unit_price, o.currency
FROM purchase_order_line l
JOIN purchase_order o ON o.id = l.order_id
JOIN sku k ON k.id = l.sku_id
WHERE o.state IN ('approved', 'sent', 'confirmed', 'receiving', 'received')
    AND (%(order)s::bigint IS NULL OR l.order_id = %(order)s)
    AND (%(lines)s::bigint[] IS NULL OR l.id = ANY(%(lines)s))
    AND (%(supplier)s::bigint IS NULL OR o.supplier_id = %(supplier)s)
    AND (%(warehouse)s::bigint IS NULL OR o.warehouse_id = %(warehouse)s)
    AND (%(owner)s::bigint IS NULL OR o.owner_id = %(owner)s)
    AND (%(skus)s::bigint[] IS NULL OR l.sku_id = ANY(%(skus)s))
    AND (%(all)s OR l.quantity > l.received + l.cancelled)
    AND (%(warehouses)s::bigint[] IS NULL OR o.warehouse_id = ANY(%(warehouses)s))
    AND (%(owners)s::bigint[] IS NULL OR o.owner_id = ANY(%(owners)s))
ORDER BY coalesce(l.confirmed_on, l.expected_on, o.expected_on) NULLS LAST, l.order_id, l.number
LIMIT %(limit)s
"""
#: More lines than one receipt can name.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that goods may come in for.

    :param open: base units still to come; 0 for one that is complete.
    :param expected_on: what the supplier confirmed, else what was asked for.
    """

    line_id: int
    order_id: int
    order_number: str
    line_number: int
    state: str
    supplier_id: int
    owner_id: int
    warehouse_id: int
    sku_id: int
    sku_code: str
    sku_name: str
    supplier_sku: str
    quantity: int
    received: int
    cancelled: int
    open: int
    expected_on: date | None
    unit_price: Decimal
    currency: str


def purchase_lines_open(
    *,
    order_id: int | None = None,
    line_ids: Collection[int] | None = None,
    supplier_id: int | None = None,
    warehouse_id: int | None = None,
    owner_id: int | None = None,
    sku_ids: Collection[int] | None = None,
    complete: bool = False,
) -> list[OpenLine]:
    """Lines of released orders that goods are to come in for, the earliest first, within the actor's scope.

    One statement. Ask by order, lines, supplier or SKUs; what is given has to hold together.

    :param complete: also lines of which everything has come (for goods beyond what was ordered).
    """
    scope = current_actor().scope
    asked: Any = {
        "order": order_id,
        "lines": _ids(line_ids),
        "supplier": supplier_id,
        "warehouse": warehouse_id,
        "owner": owner_id,
        "skus": _ids(sku_ids),
        "all": complete,
        "warehouses": _ids(scope.warehouses),
        "owners": _ids(scope.owners),
        "limit": MOST,
    }
    return [OpenLine(*row) for row in fetch(_OPEN, asked)]


def _ids(values: Collection[int] | None) -> list[int] | None:
    return None if values is None else sorted(set(values))
