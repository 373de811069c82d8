"""Who works on the floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch
from hecang.work.models import Worker

WORKER_VALUES = (
    "user__id", "user__username", "user__display_name", "user__is_active", "warehouse__id", "warehouse__code",
    "warehouse__name", "skills", "equipment", "kinds", "home_zone__id", "home_zone__code", "is_on_shift",
    "on_shift_since", "shift__id", "shift__name", "shift_ends_at", "on_break_since", "last_location__id",
    "last_location__code", "last_seen_at",
)  # fmt: skip

_HELD = """
SELECT assignee_id, count(*) FROM task WHERE assignee_id = ANY(%s::bigint[]) AND state IN ('assigned', 'started', 'paused')
GROUP BY 1
"""


def worker_rows(
    actor: Actor,
    *,
    warehouse_id: int | None = None,
    is_on_shift: bool | None = None,
    skills: Sequence[str] = (),
    q: str = "",
) -> QuerySet[Any, Any]:
    """Workers of warehouses that the actor may see."""
    rows = Worker.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if warehouse_id:
        rows = rows.filter(warehouse_id=warehouse_id)
    if is_on_shift is not None:
        rows = rows.filter(is_on_shift=is_on_shift)
    if skills:
        rows = rows.filter(skills__contains=list(skills))
    text = q.strip()
    if text:
        rows = rows.filter(Q(user__username__istartswith=text) | Q(user__display_name__icontains=text))
    told: QuerySet[Any, Any] = rows.values("pk", *WORKER_VALUES)
    return told


def worker_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with how many tasks each has. One statement."""
    held = dict(fetch(_HELD, [[row["user"]["id"] for row in rows]]))
    return [{**row, "id": row["user"]["id"], "held": held.get(row["user"]["id"], 0)} for row in rows]


def skills_known(actor: Actor) -> dict[str, list[str]]:
    """Codes of skills and equipment that workers have or standing tasks ask for."""
    warehouses = None if actor.scope.warehouses is None else sorted(actor.scope.warehouses)
    rows = fetch(
        "SELECT DISTINCT what, code FROM ("
        " SELECT 'skill' AS what, unnest(skills) AS code FROM worker WHERE %s::bigint[] IS NULL OR warehouse_id = ANY(%s)"
        " UNION ALL SELECT 'equipment', unnest(equipment) FROM worker WHERE %s::bigint[] IS NULL OR warehouse_id = ANY(%s)"
        " UNION ALL SELECT 'skill', skill FROM task WHERE state = 'open' AND skill <> ''"
        " UNION ALL SELECT 'equipment', equipment FROM task WHERE state = 'open' AND equipment <> ''"
        ") known ORDER BY 1, 2",
        [warehouses] * 4,
    )
    return {
        "skills": [code for what, code in rows if what == "skill"],
        "equipment": [code for what, code in rows if what == "equipment"],
    }


_PLANNED = """
SELECT t.id, t.kind, t.note, coalesce(z.code, ''), coalesce(f.code, ''), coalesce(o.code, ''), t.due_at
FROM task t LEFT JOIN zone z ON z.id = t.zone_id LEFT JOIN location f ON f.id = t.from_location_id
LEFT JOIN location o ON o.id = t.to_location_id WHERE t.id = ANY(%s::bigint[])
"""


def planned_tasks(task_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Tasks as a plan shows them. One statement."""
    names = ("id", "kind", "note", "zone_code", "from_code", "to_code", "due_at")
    return {row[0]: dict(zip(names, row, strict=True)) for row in fetch(_PLANNED, [list(task_ids)])}


def candidates() -> list[dict[str, Any]]:
    """Active people whose roles let them work on tasks."""
    rows = User.objects.filter(is_active=True).order_by("username")
    found = []
    for pk, username, name, roles in rows.values_list("id", "username", "display_name", "roles")[:2000]:
        codes = permissions_of(roles)
        if "work.task.work" in codes or "*" in codes:
            found.append({"id": pk, "username": username, "display_name": name})
    return found
