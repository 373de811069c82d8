"""What may be sent in place of what is short."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch
from hecang.orders.models import SkuSubstitute

_OPTIONS = """
SELECT l.id, l.line_no, l.backordered, s.id, s.code, s.name, t.ratio, t.needs_consent, coalesce(a.free, 0)::bigint
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
JOIN sku_substitute t ON t.sku_id = l.sku_id AND t.is_active AND (t.shop_id IS NULL OR t.shop_id = o.shop_id)
JOIN sku s ON s.id = t.substitute_id AND s.status = 'active'
LEFT JOIN LATERAL (
    SELECT sum(sellable - reserved) AS free FROM availability WHERE sku_id = s.id AND owner_id = o.owner_id
) a ON true
WHERE l.order_id = %s AND l.backordered > 0
ORDER BY l.line_no, t.shop_id IS NULL, t.priority, t.id
"""
ROW = (
    "id", "sku__id", "sku__code", "sku__name", "substitute__id", "substitute__code", "substitute__name", "shop__id",
    "shop__code", "shop__name", "ratio", "priority", "needs_consent", "is_active",
)  # fmt: skip


def substitutes_of_order(order_id: int) -> list[dict[str, Any]]:
    """For each short line of an order what may go in its place, best first, with what is free of it."""
    return [
        {"line_id": row[0], "line_no": row[1], "backordered": row[2],
         "substitute": {"id": row[3], "code": row[4], "name": row[5]}, "ratio": row[6], "needs_consent": row[7],
         "free": row[8]}
        for row in fetch(_OPTIONS, [order_id])
    ]  # fmt: skip


def substitutes_rows(
    actor: Actor, *, q: str = "", is_active: bool | None = None
) -> QuerySet[SkuSubstitute, Any]:
    """The table, for the kernel's paging and export. Rows for all shops are shown to everybody."""
    rows = SkuSubstitute.objects.all()
    if actor.scope.shops is not None:
        rows = rows.filter(Q(shop__isnull=True) | Q(shop_id__in=actor.scope.shops))
    if q:
        rows = rows.filter(Q(sku__code__istartswith=q) | Q(substitute__code__istartswith=q))
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    found: QuerySet[SkuSubstitute, Any] = rows.values(*ROW)
    return found
