"""Stock changes and kit jobs as people look at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import KitJob, StockChange

_LINES = """
SELECT l.id, l.stock_id, w.code, p.code, k.code, k.name, t.code, o.code, s.condition, c.code, l.quantity, l.applied,
    s.quantity, s.allocated, l.difference
FROM stock_change_line l JOIN stock s ON s.id = l.stock_id JOIN location p ON p.id = s.location_id
JOIN warehouse w ON w.id = s.warehouse_id JOIN sku k ON k.id = s.sku_id JOIN owner o ON o.id = s.owner_id
LEFT JOIN lot t ON t.id = s.lot_id LEFT JOIN container c ON c.id = s.container_id
WHERE l.change_id = %s ORDER BY w.code, p.code, l.id LIMIT 1000
"""

_PARTS = """
SELECT c.sku_id, k.code, k.name, k.base_unit, c.quantity, k.is_lot_tracked,
    (SELECT coalesce(sum(s.quantity - s.allocated), 0)::bigint FROM stock s WHERE s.location_id = j.from_location_id
        AND s.sku_id = c.sku_id AND s.owner_id = j.owner_id AND s.condition = 'good')
FROM kit_job_component c JOIN kit_job j ON j.id = c.job_id JOIN sku k ON k.id = c.sku_id
WHERE c.job_id = %s ORDER BY c.id
"""


def change_rows(
    actor: Actor,
    *,
    q: str | None = None,
    state: Sequence[str] | None = None,
    kind: Sequence[str] | None = None,
    warehouse: Sequence[int] | None = None,
    mine: bool | None = None,
) -> QuerySet[Any, Any]:
    """Changes, those of one warehouse only where it is in the actor's scope."""
    rows: QuerySet[Any, Any] = StockChange.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(warehouse_id__in=actor.scope.warehouses) | Q(warehouse=None))
    if q:
        rows = rows.filter(Q(number__istartswith=q.strip()) | Q(reason__icontains=q.strip()))
    if state:
        rows = rows.filter(state__in=state)
    if kind:
        rows = rows.filter(kind__in=kind)
    if warehouse:
        rows = rows.filter(warehouse_id__in=warehouse)
    if mine:
        rows = rows.filter(requested_by_id=actor.user_id)
    return rows.values(
        "id", "number", "kind", "state", "reason", "units", "value", "applied_units", "to_condition", "requested_by",
        "requested_by_id", "requested_at", "decided_by", "decided_at", "decision_note", "hold_id",
        "adjust_reason",
        *_ref("warehouse", "name"), *_ref("lot"), *_ref("location"), *_ref("container"), *_ref("supplier", "name"),
        *_ref("sku", "name"), *_ref("to_owner", "name"), *_ref("to_sku", "name"), *_ref("to_lot"),
    )  # fmt: skip


def change_line_rows(change_id: int) -> list[dict[str, Any]]:
    """The stock rows of a change as they are now, 1000 at most."""
    names = (
        "id", "stock_id", "warehouse", "location", "sku", "sku_name", "lot", "owner", "condition", "container",
        "quantity", "applied", "on_hand", "allocated", "difference",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in fetch(_LINES, [change_id])]


def kit_job_rows(
    actor: Actor,
    *,
    q: str | None = None,
    state: Sequence[str] | None = None,
    warehouse: Sequence[int] | None = None,
    kit: int | None = None,
) -> QuerySet[Any, Any]:
    """Kit jobs within the actor's scope."""
    rows: QuerySet[Any, Any] = KitJob.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    if q:
        rows = rows.filter(Q(number__istartswith=q.strip()) | Q(kit__code__istartswith=q.strip()))
    if state:
        rows = rows.filter(state__in=state)
    if warehouse:
        rows = rows.filter(warehouse_id__in=warehouse)
    if kit is not None:
        rows = rows.filter(kit_id=kit)
    return rows.values(
        "id", "number", "direction", "state", "quantity", "done", "note", "due_at", "created_by", "created_at",
        "closed_at", *_ref("warehouse", "name"), *_ref("owner", "name"), *_ref("kit", "name"),
        *_ref("from_location"), *_ref("to_location"),
    )  # fmt: skip


def kit_parts(job_id: int) -> list[dict[str, Any]]:
    """What one kit is made of, and how much of it lies free at the job's place."""
    names = ("sku_id", "sku", "sku_name", "unit", "quantity", "is_lot_tracked", "free")
    return [dict(zip(names, row, strict=True)) for row in fetch(_PARTS, [job_id])]


def kit_steps(job_id: int) -> list[dict[str, Any]]:
    """What was done, newest first."""
    names = ("id", "quantity", "at", "actor", "undone_at", "undone_by")
    rows = fetch(
        "SELECT id, quantity, at, actor, undone_at, undone_by FROM kit_step WHERE job_id = %s ORDER BY id DESC LIMIT 200",
        [job_id],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _ref(name: str, *more: str) -> tuple[str, ...]:
    return tuple(f"{name}__{field}" for field in ("id", "code", *more))
