"""Lists of pick faces and replenishments for the desk. Nothing here locks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.catalog.selectors.lists import skus_matching
from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import PickFace, Replenishment
from hecang.stockkeeping.selectors.faces import demand_of_warehouse
from hecang.work.models import TaskState

_FIGURES = """
SELECT f.id,
    coalesce((SELECT sum(s.quantity) FROM stock s WHERE s.location_id = f.location_id
        AND s.sku_id = f.sku_id AND s.owner_id = f.owner_id), 0)::bigint,
    coalesce((SELECT sum(s.quantity - s.allocated) FROM stock s WHERE s.location_id = f.location_id
        AND s.sku_id = f.sku_id AND s.owner_id = f.owner_id AND s.is_sellable), 0)::bigint,
    coalesce((SELECT sum(r.quantity - r.moved) FROM replenishment r WHERE r.state = 'open'
        AND r.to_location_id = f.location_id AND r.sku_id = f.sku_id AND r.owner_id = f.owner_id), 0)::bigint,
    coalesce((SELECT sum(s.quantity - s.allocated) FROM stock s JOIN location l ON l.id = s.location_id
        AND l.kind <> 'pick_face' WHERE s.warehouse_id = f.warehouse_id AND s.sku_id = f.sku_id
        AND s.owner_id = f.owner_id AND s.is_sellable), 0)::bigint
FROM pick_face f WHERE f.id = ANY(%s::bigint[])
"""


def _within(actor: Actor, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    return rows


def _refs(*names: str) -> list[str]:
    return [f"{name}__{part}" for name in names for part in ("id", "code", "name")]


def face_rows(
    actor: Actor,
    *,
    warehouse: int | None = None,
    owner: int | None = None,
    sku: int | None = None,
    q: str = "",
    is_fixed: bool | None = None,
    is_active: bool | None = True,
) -> QuerySet[Any, Any]:
    """Pick faces."""
    found = _within(actor, PickFace.objects.all())
    for name, value in (
        ("warehouse_id", warehouse),
        ("owner_id", owner),
        ("sku_id", sku),
        ("is_fixed", is_fixed),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    if is_active is not None:
        found = found.filter(is_active=is_active)
    if q:
        found = found.filter(Q(location__code__istartswith=q) | Q(sku_id__in=skus_matching(q=q)))
    return found.values(
        "id", "min_quantity", "max_quantity", "multiple", "is_fixed", "is_active", "suggested_min", "suggested_max",
        "daily_outflow", "suggested_at", "location__id", "location__code", *_refs("warehouse", "sku", "owner"),
    )  # fmt: skip


def face_enrich(rows: list[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Add what lies in each face, what comes, what lies in reserve and what orders want; a few statements a page."""
    figures = {row[0]: row[1:] for row in fetch(_FIGURES, [[row["id"] for row in rows]])}
    demand = {
        (warehouse, *key): units
        for warehouse in {row["warehouse"]["id"] for row in rows}
        for key, units in demand_of_warehouse(warehouse, {row["sku"]["id"] for row in rows}).items()
    }
    for row in rows:
        row["on_hand"], row["free"], row["coming"], row["reserve"] = figures.get(row["id"], (0, 0, 0, 0))
        row["demand"] = demand.get((row["warehouse"]["id"], row["sku"]["id"], row["owner"]["id"]), 0)
    return rows


REPLENISHMENT_TABS: dict[str, Q] = {
    "open": Q(state="open"),
    "done": Q(state="done"),
    "cancelled": Q(state="cancelled"),
    "all": Q(),
}


def replenishment_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    warehouse: int | None = None,
    sku: int | None = None,
    cause: Sequence[str] = (),
    q: str = "",
) -> QuerySet[Any, Any]:
    """Replenishments, consolidation among them."""
    found = _within(actor, Replenishment.objects.filter(REPLENISHMENT_TABS[tab or "open"]))
    if warehouse is not None:
        found = found.filter(warehouse_id=warehouse)
    if sku is not None:
        found = found.filter(sku_id=sku)
    if cause:
        found = found.filter(cause__in=list(cause))
    if q:
        found = found.filter(
            Q(from_location__code__istartswith=q)
            | Q(to_location__code__istartswith=q)
            | Q(sku_id__in=skus_matching(q=q))
        )
    return found.values(
        "id", "state", "cause", "quantity", "moved", "ended_by", "due_at", "wave_id", "created_by", "created_at",
        "done_by", "done_at", "from_location__id", "from_location__code", "to_location__id", "to_location__code",
        *_refs("warehouse", "sku", "owner"), lot_code=F("lot__code"),
    )  # fmt: skip


def replenishment_enrich(rows: list[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Add who works on each. One statement."""
    tasks = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT DISTINCT ON (t.subject_id) t.subject_id, t.state, coalesce(nullif(u.display_name, ''), u.username)"
            ' FROM task t LEFT JOIN "user" u ON u.id = t.assignee_id'
            " WHERE t.subject_kind = 'replenishment' AND t.subject_id = ANY(%s::bigint[]) ORDER BY t.subject_id, t.id DESC",
            [[row["id"] for row in rows]],
        )
    }
    for row in rows:
        state, worker = tasks.get(row["id"], (TaskState.DONE.value, None))
        row["task_state"], row["worker"] = state, worker or ""
    return rows


def replenishment_counts(actor: Actor, warehouse: int | None = None) -> dict[str, Any]:
    """Numbers on the tabs."""
    found = _within(actor, Replenishment.objects.all())
    if warehouse is not None:
        found = found.filter(warehouse_id=warehouse)
    return capped_counts({tab: found.filter(condition) for tab, condition in REPLENISHMENT_TABS.items()})


def places_named(
    sku_ids: Collection[int], location_ids: Collection[int]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """SKUs and places by id, as lists show them. Two statements."""
    skus = fetch("SELECT id, code, name FROM sku WHERE id = ANY(%s::bigint[])", [sorted(sku_ids)])
    places = fetch("SELECT id, code FROM location WHERE id = ANY(%s::bigint[])", [sorted(location_ids)])
    return (
        {row[0]: {"id": row[0], "code": row[1], "name": row[2]} for row in skus},
        {row[0]: {"id": row[0], "code": row[1]} for row in places},
    )
