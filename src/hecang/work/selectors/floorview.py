"""The floor at a glance: who does what and since when, what waits where, what is late. Constant statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch
from hecang.work.shifts import breaks_of, end_at, rests_ahead

#: Late tasks that are told one by one.
MOST_LATE = 50
#: Looked back on for what was done lately.
LATELY = timedelta(hours=1)

_WORKERS = """
SELECT u.id, u.username, u.display_name, coalesce(w.is_on_shift, false), w.on_shift_since, w.last_seen_at, w.skills,
    w.equipment, w.kinds, l.id, l.code, l.x_mm, l.y_mm, held.assigned, held.paused, lately.done, lately.seconds,
    t.id, t.kind, t.state, t.note, t.quantity, t.assigned_at, t.started_at, t.due_at, t.est_seconds, t.worked_seconds,
    t.working_since, t.lease_until, f.code, o.code, s.code, s.name, t.subject_kind, t.subject_id,
    w.shift_ends_at, w.shift_breaks, w.on_break_since, w.break_ended_at
FROM (
    SELECT user_id AS id FROM worker WHERE warehouse_id = %s AND is_on_shift
    UNION SELECT assignee_id FROM task WHERE warehouse_id = %s AND state IN ('assigned', 'started', 'paused')
) who
JOIN "user" u ON u.id = who.id
LEFT JOIN worker w ON w.user_id = u.id
LEFT JOIN location l ON l.id = w.last_location_id AND l.warehouse_id = %s
LEFT JOIN LATERAL (
    SELECT * FROM task WHERE assignee_id = u.id AND state IN ('assigned', 'started', 'paused') AND warehouse_id = %s
    ORDER BY CASE state WHEN 'started' THEN 0 WHEN 'assigned' THEN 1 ELSE 2 END, assigned_at, id LIMIT 1
) t ON true
LEFT JOIN location f ON f.id = t.from_location_id
LEFT JOIN location o ON o.id = t.to_location_id
LEFT JOIN sku s ON s.id = t.sku_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'assigned') AS assigned, count(*) FILTER (WHERE state = 'paused') AS paused
    FROM task WHERE assignee_id = u.id AND state IN ('assigned', 'started', 'paused') AND warehouse_id = %s
) held
CROSS JOIN LATERAL (
    SELECT count(*) AS done, coalesce(sum(d.worked_seconds), 0)::bigint AS seconds
    FROM task_event e JOIN task d ON d.id = e.task_id
    WHERE e.user_id = u.id AND e.at >= %s AND e.event = 'done' AND d.warehouse_id = %s
) lately
ORDER BY (t.state = 'started') DESC NULLS LAST, u.username
"""

_WAITING = """
SELECT t.zone_id, z.code, z.name, t.kind, count(*), count(*) FILTER (WHERE t.due_at < %s),
    count(*) FILTER (WHERE t.ready_at > %s), coalesce(sum(t.quantity), 0)::bigint, coalesce(sum(t.est_seconds), 0)::bigint,
    min(t.created_at), min(t.due_at)
FROM task t LEFT JOIN zone z ON z.id = t.zone_id
WHERE t.warehouse_id = %s AND t.state = 'open' GROUP BY 1, 2, 3, 4 ORDER BY z.code NULLS LAST, t.kind
"""

_LATE = """
SELECT t.id, t.kind, t.state, t.note, t.due_at, t.priority, z.code, f.id, f.code, u.id, u.username, u.display_name,
    count(*) OVER ()
FROM task t LEFT JOIN zone z ON z.id = t.zone_id LEFT JOIN location f ON f.id = coalesce(t.from_location_id, t.to_location_id)
LEFT JOIN "user" u ON u.id = t.assignee_id
WHERE t.warehouse_id = %s AND t.state IN ('open', 'assigned', 'started', 'paused') AND t.due_at < %s
ORDER BY t.due_at, t.id LIMIT %s
"""

_DONE = """
SELECT kind, count(*), coalesce(sum(quantity), 0)::bigint, coalesce(sum(worked_seconds), 0)::bigint,
    coalesce(sum(est_seconds) FILTER (WHERE est_seconds > 0 AND worked_seconds > 0), 0)::bigint,
    coalesce(sum(worked_seconds) FILTER (WHERE est_seconds > 0 AND worked_seconds > 0), 0)::bigint
FROM task WHERE warehouse_id = %s AND state = 'done' AND done_at >= %s GROUP BY kind ORDER BY kind
"""

_PLACES = """
SELECT coalesce(from_location_id, to_location_id) AS location_id, count(*), count(*) FILTER (WHERE due_at < %s)
FROM task WHERE warehouse_id = %s AND state IN ('open', 'assigned', 'started', 'paused')
    AND coalesce(from_location_id, to_location_id) IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2000
"""


def floor_view(warehouse_id: int) -> dict[str, Any]:
    """What happens in a warehouse now. Five statements. Raises NotFound outside of the scope."""
    current_actor().scope.require(warehouse=warehouse_id)
    moment = now()
    late = fetch(_LATE, [warehouse_id, moment, MOST_LATE])
    return {
        "at": moment,
        "workers": _workers(warehouse_id),
        "waiting": [
            {
                "zone": None if zone_id is None else {"id": zone_id, "code": code, "name": name},
                "kind": kind, "tasks": tasks, "late": overdue, "not_ready": not_ready, "units": units,
                "est_seconds": seconds, "oldest_at": oldest, "due_at": due_at,
            }
            for zone_id, code, name, kind, tasks, overdue, not_ready, units, seconds, oldest, due_at in fetch(
                _WAITING, [moment, moment, warehouse_id]
            )
        ],
        "late_count": late[0][12] if late else 0,
        "late": [
            {
                "id": row[0], "kind": row[1], "state": row[2], "note": row[3], "due_at": row[4], "priority": row[5],
                "zone_code": row[6] or "", "location_id": row[7], "location_code": row[8] or "",
                "assignee": _person(row[9], row[10], row[11]),
            }
            for row in late
        ],
        "done_lately": [
            {
                "kind": kind, "tasks": tasks, "units": units, "worked_seconds": worked,
                "pace": round(expected / took, 3) if took else None,
            }
            for kind, tasks, units, worked, expected, took in fetch(_DONE, [warehouse_id, moment - LATELY])
        ],
        "places": [
            {"location_id": location_id, "tasks": tasks, "late": overdue}
            for location_id, tasks, overdue in fetch(_PLACES, [moment, warehouse_id])
        ],
    }  # fmt: skip


def _workers(warehouse_id: int) -> list[dict[str, Any]]:
    moment = now()
    since = moment - timedelta(hours=8)
    found = []
    for row in fetch(_WORKERS, [*[warehouse_id] * 5, since, warehouse_id]):
        breaks = rests_ahead(breaks_of(row[36] or ()), moment, on_break_since=row[37], back_since=row[38])
        task = None
        if row[17] is not None:
            worked = row[26] + (0 if row[27] is None else max(0, int((moment - row[27]).total_seconds())))
            task = {
                "id": row[17], "kind": row[18], "state": row[19], "note": row[20], "quantity": row[21],
                "assigned_at": row[22], "started_at": row[23], "due_at": row[24],
                "is_late": row[24] is not None and row[24] < moment, "est_seconds": row[25],
                "worked_seconds": worked, "lease_until": row[28], "from_code": row[29] or "",
                "to_code": row[30] or "", "sku_code": row[31] or "", "sku_name": row[32] or "",
                "subject_kind": row[33], "subject_id": row[34],
            }  # fmt: skip
        found.append(
            {
                "user": _person(row[0], row[1], row[2]), "is_on_shift": row[3], "on_shift_since": row[4],
                "shift_ends_at": end_at(row[35], moment) if row[3] else None, "on_break_since": row[37],
                "next_break": {"begins_at": breaks[0][0], "ends_at": breaks[0][1]} if breaks and row[3] else None,
                "last_seen_at": row[5], "skills": row[6] or [], "equipment": row[7] or [], "kinds": row[8] or [],
                "place": None if row[9] is None
                else {"id": row[9], "code": row[10], "x_mm": row[11], "y_mm": row[12]},
                "assigned": row[13], "paused": row[14], "done": row[15], "worked_seconds": int(row[16]), "task": task,
            }
        )  # fmt: skip
    return found


def _person(user_id: int | None, username: str | None, name: str | None) -> dict[str, Any] | None:
    return None if user_id is None else {"id": user_id, "username": username, "display_name": name}
