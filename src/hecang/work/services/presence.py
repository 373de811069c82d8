"""Signs of life: who was last seen where, and tasks whose workers have fallen silent."""

from __future__ import annotations

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch, transactional
from hecang.work.services.locking import LEASE, LEASE_STEP, tasks_lock, tasks_write
from hecang.work.services.working import release
from hecang.work.states import ASSIGNED, STARTED

#: Tasks that one round of :func:`leases_expire` takes back.
ROUND = 1000

_SEEN = """
WITH seen AS (
    INSERT INTO worker (user_id, warehouse_id, skills, equipment, kinds, is_on_shift, last_location_id, last_seen_at)
    VALUES (%s, %s, '{}', '{}', '{}', false, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at,
        break_ended_at = CASE WHEN worker.on_break_since IS NULL THEN worker.break_ended_at ELSE excluded.last_seen_at END,
        on_break_since = NULL,
        last_location_id = coalesce(excluded.last_location_id, worker.last_location_id),
        warehouse_id = CASE WHEN worker.is_on_shift THEN worker.warehouse_id ELSE excluded.warehouse_id END
), mine AS (
    SELECT id FROM task WHERE assignee_id = %s AND state IN ('assigned', 'started') AND lease_until < %s
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE task t SET lease_until = %s FROM mine WHERE t.id = mine.id
"""


@transactional
def worker_seen(*, warehouse_id: int, location_id: int | None = None) -> None:
    """The acting person has scanned something: their tasks stay theirs for another lease.

    Call it with every message from a handheld. Programs without a user leave no sign. Writes when and where the
    worker was seen (who was none becomes one, off shift) and renews leases; tasks that others change at this moment are
    left alone. Whoever was on break is not any more. One statement; locks the worker, last of all.
    """
    user_id = current_actor().user_id
    if user_id is None:
        return
    moment = now()
    execute(
        _SEEN,
        [user_id, warehouse_id, location_id, moment, user_id, moment + LEASE - LEASE_STEP, moment + LEASE],
    )


@transactional
def leases_expire() -> int:
    """Give tasks back to the pool whose workers have shown no sign of life; returns how many.

    Runs every minute. Documents and tasks that somebody works on at this moment are left for the next time. A
    constant number of statements. Locks documents → tasks, without waiting.
    """
    rows = fetch(
        "SELECT id FROM task WHERE state IN ('assigned', 'started') AND lease_until < %s ORDER BY lease_until LIMIT %s",
        [now(), ROUND],
    )
    if not rows:
        return 0
    locked = tasks_lock([row[0] for row in rows], wait=False)
    moment = now()
    expired = [
        one
        for one in locked.values()
        if one.state in (ASSIGNED, STARTED) and one.lease_until is not None and one.lease_until < moment
    ]
    for one in expired:
        assert one.lease_until is not None
        release(one, "expired", {"lease_until": one.lease_until.isoformat()})
    tasks_write(expired)
    return len(expired)
