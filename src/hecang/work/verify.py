"""What must hold within the pool; part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check("work.task_clock", title=_("Tasks have the times and the lease that belong to their state"))
def task_clock() -> Differences:
    return differences(
        """
        SELECT id AS task_id, state, assignee_id, working_since, lease_until, done_at FROM task
        WHERE (state = 'started') <> (working_since IS NOT NULL)
           OR (state IN ('assigned', 'started')) <> (lease_until IS NOT NULL)
           OR (state = 'done') <> (done_at IS NOT NULL)
           OR state IN ('assigned', 'started', 'paused') AND assigned_at IS NULL
           OR state IN ('started', 'paused') AND started_at IS NULL
        """
    )


@check(
    "work.task_history", title=_("The last step in the history of a task is the one that led to its state")
)
def task_history() -> Differences:
    return differences(
        """
        SELECT t.id AS task_id, t.state, e.event FROM task t
        LEFT JOIN LATERAL (
            SELECT event FROM task_event WHERE task_id = t.id AND event <> 'reprioritised' ORDER BY id DESC LIMIT 1
        ) e ON true
        WHERE t.state IN ('open', 'assigned', 'started', 'paused') AND NOT coalesce(e.event, '') = ANY (
            CASE t.state WHEN 'open' THEN ARRAY['created', 'released', 'expired']
                WHEN 'assigned' THEN ARRAY['assigned', 'handed_over']
                WHEN 'started' THEN ARRAY['started', 'resumed'] ELSE ARRAY['paused'] END)
        """
    )
