"""Hours that are planned, and one's own shift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hecang.kernel.actor import Actor, current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch, fetch_one
from hecang.work.errors import task_missing
from hecang.work.models import TaskKind
from hecang.work.shifts import STALE, breaks_of, end_at, rests_ahead

#: Colleagues that are offered.
MOST = 200

_TEMPLATES = """
SELECT h.id, h.warehouse_id, h.name, h.begins_at, h.ends_at, h.breaks, count(w.user_id)
FROM shift_template h LEFT JOIN worker w ON w.shift_id = h.id
WHERE h.warehouse_id = %s GROUP BY h.id ORDER BY h.begins_at, h.name
"""
_TASKS = """
SELECT t.id, t.kind, t.state, t.note, coalesce(f.code, ''), coalesce(o.code, ''), coalesce(s.code, ''),
    coalesce(s.name, ''), t.quantity
FROM task t LEFT JOIN location f ON f.id = t.from_location_id LEFT JOIN location o ON o.id = t.to_location_id
LEFT JOIN sku s ON s.id = t.sku_id
WHERE t.assignee_id = %s AND t.warehouse_id = %s AND t.state IN ('assigned', 'started', 'paused')
ORDER BY CASE t.state WHEN 'started' THEN 0 WHEN 'assigned' THEN 1 ELSE 2 END, t.assigned_at, t.id LIMIT 100
"""
_COLLEAGUES = """
SELECT u.id, u.username, u.display_name
FROM task t JOIN worker w ON w.warehouse_id = t.warehouse_id AND w.is_on_shift JOIN "user" u ON u.id = w.user_id
WHERE t.id = %s AND u.is_active AND u.id <> %s
  AND (t.skill = '' OR t.skill = ANY(w.skills)) AND (t.equipment = '' OR t.equipment = ANY(w.equipment))
  AND (w.kinds = '{}' OR t.kind = ANY(w.kinds))
ORDER BY coalesce(w.shift_ends_at > %s AND w.shift_ends_at < %s, false), w.on_break_since IS NOT NULL, u.username LIMIT %s
"""


def templates(warehouse_id: int) -> list[dict[str, Any]]:
    """The hours of a warehouse, in the order of the day. Raises NotFound outside of the scope."""
    current_actor().scope.require(warehouse=warehouse_id)
    return [
        {
            "id": row[0], "warehouse_id": row[1], "name": row[2], "begins_at": row[3], "ends_at": row[4],
            "breaks": [
                {"begins_at": begin, "ends_at": end} for begin, end in zip(row[5][::2], row[5][1::2], strict=True)
            ],
            "workers": row[6],
        }
        for row in fetch(_TEMPLATES, [warehouse_id])
    ]  # fmt: skip


def mine(actor: Actor, warehouse_id: int) -> dict[str, Any]:
    """The acting person's shift in a warehouse, and the tasks that they have there. Two statements."""
    actor.scope.require(warehouse=warehouse_id)
    moment = now()
    row = fetch_one(
        "SELECT on_shift_since, shift_ends_at, shift_breaks, on_break_since, break_ended_at FROM worker"
        " WHERE user_id = %s AND warehouse_id = %s AND is_on_shift",
        [actor.user_id, warehouse_id],
    )
    names = dict(TaskKind.choices)
    breaks = (
        ()
        if row is None
        else rests_ahead(breaks_of(row[2]), moment, on_break_since=row[3], back_since=row[4])
    )
    return {
        "is_on_shift": row is not None,
        "since": None if row is None else row[0],
        "ends_at": None if row is None else end_at(row[1], moment),
        "on_break_since": None if row is None else row[3],
        "next_break": {"begins_at": breaks[0][0], "ends_at": breaks[0][1]} if breaks else None,
        "tasks": [
            {
                "id": one[0], "kind": one[1], "kind_name": str(names[one[1]]), "state": one[2], "note": one[3],
                "from_code": one[4], "to_code": one[5], "sku_code": one[6], "sku_name": one[7], "quantity": one[8],
            }
            for one in fetch(_TASKS, [actor.user_id, warehouse_id])
        ],
    }  # fmt: skip


def colleagues(actor: Actor, task_id: int) -> list[dict[str, Any]]:
    """Who else is at work there and can do this task: those who stay long enough first, then those on break."""
    row = fetch_one("SELECT warehouse_id, est_seconds FROM task WHERE id = %s", [task_id])
    if row is None or (actor.scope.warehouses is not None and row[0] not in actor.scope.warehouses):
        raise task_missing()
    moment = now()
    rows = fetch(
        _COLLEAGUES, [task_id, actor.user_id, moment - STALE, moment + timedelta(seconds=row[1]), MOST]
    )
    return [{"id": one[0], "username": one[1], "display_name": one[2]} for one in rows]
