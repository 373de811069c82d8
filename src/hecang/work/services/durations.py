"""How long tasks take of which nobody says it: learned from those that were done."""

from __future__ import annotations

from datetime import timedelta

from hecang.kernel.clock import now
from hecang.kernel.db import fetch, transactional

#: Learned from tasks that were finished within this time.
LOOK_BACK = timedelta(days=28)
#: Fewer say nothing.
FEWEST = 20

_LEARN = """
WITH found AS (
    SELECT warehouse_id, kind, count(*) AS tasks,
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY worked_seconds))::integer AS seconds
    FROM task WHERE state = 'done' AND done_at >= %s AND worked_seconds > 0 GROUP BY 1, 2 HAVING count(*) >= %s
), gone AS (
    DELETE FROM task_duration d WHERE NOT EXISTS (
        SELECT 1 FROM found f WHERE f.warehouse_id = d.warehouse_id AND f.kind = d.kind)
)
INSERT INTO task_duration (warehouse_id, kind, seconds, tasks)
SELECT warehouse_id, kind, seconds, tasks FROM found ORDER BY 1, 2
ON CONFLICT (warehouse_id, kind) DO UPDATE SET seconds = excluded.seconds, tasks = excluded.tasks RETURNING id
"""


@transactional
def durations_learn() -> int:
    """Note the median working time of each kind of task in each warehouse; returns how many are known.

    New tasks of which nobody says how long they take are expected to take that long. One statement.
    """
    return len(fetch(_LEARN, [now() - LOOK_BACK, FEWEST]))
