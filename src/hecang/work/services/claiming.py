"""The next task for whoever asks: the best that fits and is near, each given to one worker only.

A cheap scorer in SQL, for one worker who stands there and asks; ``planning`` proposes for all workers at once.
Candidates are the first tasks of the queue; among those of the same priority the cheapest goes first. The cost of a
task is counted in seconds, as the planner's is: the way to where it begins, a little for each second that there still
is, much for each second that it is late.

Who goes home soon gets what they can finish before; else what cannot wait for whoever comes next; else what nobody
else on shift could do in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.work.holders import TaskRow
from hecang.work.services.fitting import Abilities, own_id
from hecang.work.services.locking import COLUMNS, Locked, subjects_lock, tasks_lock, tasks_write
from hecang.work.services.working import assign
from hecang.work.shifts import STALE, URGENT_PRIORITY, USUAL_SECONDS, end_at

#: Millimetres that somebody walks in a second.
WALK_MM_S = 1200
#: What a second until the task is due costs, and a second after it; a second of walking costs 1.
SLACK_COST, LATE_COST = 0.01, 4.0
#: Slack beyond this, and that of tasks without a due time, counts as this many seconds.
SLACK_LIMIT = 4 * 3600
#: Tasks of the queue to choose among; the second only if all of the first are taken this moment.
WINDOWS = (64, 4096)
#: Tasks whose documents others hold, to pass over before giving up.
PASSES = 50

_SELF = """
SELECT coalesce(w.skills, '{}'), coalesce(w.equipment, '{}'), coalesce(w.kinds, '{}'), w.last_location_id, l.x_mm, l.y_mm,
    CASE WHEN w.is_on_shift THEN w.shift_ends_at END, mine.id
FROM (SELECT %s::bigint AS id) u
LEFT JOIN worker w ON w.user_id = u.id
LEFT JOIN location l ON l.id = w.last_location_id AND l.warehouse_id = %s::bigint
LEFT JOIN LATERAL (
    SELECT t.id FROM task t
    WHERE t.assignee_id = u.id AND t.state IN ('assigned', 'started') AND t.warehouse_id = %s
      AND (%s::text[] IS NULL OR t.kind = ANY(%s))
    ORDER BY (t.state = 'started') DESC, t.assigned_at, t.id LIMIT 1
) mine ON true
"""

#: How long a task takes.
_SECONDS = f"make_interval(secs => CASE WHEN t.est_seconds > 0 THEN t.est_seconds ELSE {USUAL_SECONDS} END)"
#: What somebody may get whose shift ends at a moment: all, where nobody knows of an end.
_FITS = f"""
(%s::timestamptz IS NULL OR %s::timestamptz + {_SECONDS} <= %s::timestamptz
 OR t.priority <= {URGENT_PRIORITY} OR t.due_at < %s::timestamptz + {_SECONDS})
"""
#: Nobody else who is at work could do it before they go home.
_NOBODY_ELSE = f"""
NOT EXISTS (
    SELECT 1 FROM worker o JOIN "user" u ON u.id = o.user_id AND u.is_active
    WHERE o.warehouse_id = %s AND o.is_on_shift AND o.user_id <> %s
      AND (t.skill = '' OR t.skill = ANY(o.skills)) AND (t.equipment = '' OR t.equipment = ANY(o.equipment))
      AND (o.kinds = '{{}}' OR t.kind = ANY(o.kinds))
      AND (o.shift_ends_at IS NULL OR o.shift_ends_at <= %s::timestamptz
           OR o.shift_ends_at >= %s::timestamptz + {_SECONDS})
)
"""  # noqa: S608 - constants only

_NEXT = """
WITH near AS MATERIALIZED (
    SELECT t.id, t.priority, t.due_at, t.est_seconds, coalesce(t.from_location_id, t.to_location_id) AS place
    FROM task t
    WHERE t.warehouse_id = %s::bigint AND t.state = 'open' AND (t.ready_at IS NULL OR t.ready_at <= %s::timestamptz)
      AND (%s::text[] IS NULL OR t.kind = ANY(%s))
      AND (t.skill = '' OR t.skill = ANY(%s::text[]))
      AND (t.equipment = '' OR t.equipment = ANY(%s::text[]))
      AND t.id <> ALL(%s::bigint[]) AND {may}
    ORDER BY t.priority, t.due_at, t.id LIMIT %s::integer
), scored AS MATERIALIZED (
    SELECT n.id, n.priority, n.due_at,
        coalesce((abs(l.x_mm - %s::integer) + abs(l.y_mm - %s::integer))::float / {walk}, 0)
        + CASE WHEN s.slack < 0 THEN s.slack * {late} ELSE s.slack * {soon} END AS cost
    FROM near n LEFT JOIN location l ON l.id = n.place
    CROSS JOIN LATERAL (
        SELECT least(coalesce(extract(epoch FROM n.due_at - %s::timestamptz) - n.est_seconds, {most}), {most})
            AS slack
    ) s
)
SELECT {columns} FROM scored s JOIN task t ON t.id = s.id
WHERE t.state = 'open'
ORDER BY s.priority, s.cost, s.due_at, s.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_FORMS = {
    name: _NEXT.format(
        may=may, walk=WALK_MM_S, late=LATE_COST, soon=SLACK_COST, most=SLACK_LIMIT, columns=COLUMNS
    )
    for name, may in (("fits", _FITS), ("nobody_else", _NOBODY_ELSE))
}


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks, where they stand and when they go home (if that is known), and the task that they have already."""

    worker: Abilities
    x_mm: int | None
    y_mm: int | None
    ends_at: datetime | None
    has_id: int | None


@transactional
def task_claim_next(*, warehouse_id: int, kinds: Sequence[str] | None = None) -> TaskRow | None:
    """Claim a task for whoever asks: what they have begun or were given already, else the best that fits.

    :param kinds: only of these kinds; ``None`` for all that the worker does.

    A task that takes longer than the worker's shift is given out only where it is urgent (priority 10 or smaller, or due
    before somebody who begins it then could be done), or nobody else who is at work could do it. Returns ``None`` where nothing is to be done now. Tasks that others are claiming at this moment are passed over,
    and so are those whose documents somebody holds: nobody waits for anybody. Locks task → document (the latter
    without waiting). A constant number of statements. Raises NotFound outside of the scope, InvalidInput for a
    program without a user.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    asking = _asking(own_id(), warehouse_id, kinds)
    if asking.has_id is not None:
        task = tasks_lock([asking.has_id]).get(asking.has_id)
        if (
            task is not None
            and task.assignee_id == asking.worker.user_id
            and task.state in ("assigned", "started")
        ):
            return task.row()
    wanted = _kinds(kinds, asking.worker)
    task = None if wanted == [] else _take(asking, warehouse_id, wanted, "fits")
    if task is None and wanted != [] and asking.ends_at is not None:
        task = _take(asking, warehouse_id, wanted, "nobody_else")
    if task is None:
        return None
    task.step("assign")
    assign(task, asking.worker)
    tasks_write([task])
    return task.row()


def _asking(user_id: int, warehouse_id: int, kinds: Sequence[str] | None) -> _Asking:
    only = None if kinds is None else list(kinds)
    row = fetch_one(_SELF, [user_id, warehouse_id, warehouse_id, only, only])
    assert row is not None
    skills, equipment, does, location_id, x_mm, y_mm, ends_at, has_id = row
    worker = Abilities(user_id, frozenset(skills), frozenset(equipment), frozenset(does), location_id)
    return _Asking(worker, x_mm, y_mm, end_at(ends_at, now()), has_id)


def _kinds(kinds: Sequence[str] | None, worker: Abilities) -> list[str] | None:
    """Kinds that are asked for and done; ``None`` for all."""
    if kinds is None:
        return sorted(worker.kinds) or None
    return sorted(set(kinds) & worker.kinds) if worker.kinds else sorted(set(kinds))


def _take(asking: _Asking, warehouse_id: int, kinds: list[str] | None, form: str) -> Locked | None:
    """Lock the best open task together with its document.

    :param form: of ``_FORMS``: what may be taken so near to the end of the shift.
    """
    passed: list[int] = []
    skills, equipment = sorted(asking.worker.skills), sorted(asking.worker.equipment)
    for window in WINDOWS:
        while len(passed) < PASSES:
            moment = now()
            ends = asking.ends_at
            may = (
                [ends, moment, ends, ends]
                if form == "fits"
                else [warehouse_id, asking.worker.user_id, moment - STALE, moment]
            )
            rows = fetch(
                _FORMS[form],
                [
                    warehouse_id, moment, kinds, kinds, skills, equipment, passed, *may, window, asking.x_mm,
                    asking.y_mm, moment,
                ],
            )  # fmt: skip
            if not rows:
                break
            task = Locked(*rows[0])
            if subjects_lock([(task.subject_kind, task.subject_id)], wait=False):
                return task
            passed.append(task.id)
    return None
