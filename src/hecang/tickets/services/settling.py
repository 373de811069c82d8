"""What the system does with tickets: settle those whose trouble is gone, escalate what is late, put away the old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import Scope
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.tickets.events import TicketsEscalated
from hecang.tickets.kinds import policies
from hecang.tickets.models import Resolution
from hecang.tickets.services.acting import resolved_tell
from hecang.tickets.services.entries import Entry, entries_write
from hecang.tickets.services.locking import Locked, tickets_lock, tickets_save
from hecang.tickets.services.telling import tell_escalated
from hecang.tickets.states import STANDING

#: Resolved tickets are closed after this time.
CLOSED_AFTER = timedelta(days=7)
BATCH = 500
_EVERYTHING = Scope()


@transactional
def tickets_settle(
    *, keys: Sequence[str], resolution: str = Resolution.SOLVED.value, note: str = ""
) -> list[int]:
    """Resolve the open tickets of these keys, because their trouble is gone; their ids.

    Locks them. Emits ``TicketsResolved``. Whoever settles the trouble calls this in the same transaction.
    """
    if not keys:
        return []
    ids = [
        row[0]
        for row in fetch(
            "SELECT id FROM ticket WHERE key = ANY(%s::text[]) AND state IN ('open', 'in_progress', 'waiting')",
            [sorted({key[:128] for key in keys})],
        )
    ]
    now = clock.now()
    settled = [one for one in tickets_lock(ids, scope=_EVERYTHING).values() if one.state in STANDING]
    before = {one.id: one.state for one in settled}
    for ticket in settled:
        ticket.step("resolve")
        ticket.resolution, ticket.resolved_at = resolution, now
    tickets_save(settled)
    entries_write([Entry(one.id, "resolved", body=note, data={"resolution": resolution}) for one in settled])
    audit_record_many(
        action="tickets.ticket.resolved",
        entity_kind="ticket",
        entries=[(one.id, {"state": before[one.id]}, {"resolution": resolution}) for one in settled],
    )
    resolved_tell([one.id for one in settled])
    return [one.id for one in settled]


def tickets_escalate() -> int:
    """Tell the leads of what is overdue and make it more urgent; how many. A transaction for each batch."""
    count = 0
    while done := _escalate_batch():
        count += done
    return count


@transactional
def _escalate_batch() -> int:
    now = clock.now()
    rows = fetch(
        "SELECT id FROM ticket WHERE escalate_at <= %s AND state IN ('open', 'in_progress', 'waiting')"
        " ORDER BY escalate_at LIMIT %s",
        [now, BATCH],
    )
    locked = tickets_lock([row[0] for row in rows], scope=_EVERYTHING).values()
    late = [one for one in locked if _is_late(one)]
    rules = policies()
    for ticket in late:
        hours = rules[ticket.kind].escalate_hours
        ticket.escalation += 1
        ticket.priority = max(ticket.priority - 1, 1)
        ticket.escalate_at = now + timedelta(hours=hours) if hours else None
    tickets_save(late)
    ids = [one.id for one in late]
    entries_write(
        [Entry(one.id, "escalated", data={"level": one.escalation, "priority": one.priority}) for one in late]
    )
    audit_record_many(
        action="tickets.ticket.escalated",
        entity_kind="ticket",
        entries=[(one.id, None, {"level": one.escalation, "priority": one.priority}) for one in late],
    )
    if ids:
        emit(TicketsEscalated(ticket_ids=tuple(ids)))
        tell_escalated(ids)
    return len(late)


def _is_late(ticket: Locked) -> bool:
    return ticket.state in STANDING and ticket.escalate_at is not None and ticket.escalate_at <= clock.now()


@transactional
def tickets_put_away() -> int:
    """Close what was resolved some days ago; how many. Locks these tickets."""
    now = clock.now()
    return execute(
        "UPDATE ticket SET state = 'closed', closed_at = %s, updated_at = %s WHERE id IN (SELECT id FROM ticket"
        " WHERE state = 'resolved' AND resolved_at < %s ORDER BY id LIMIT 10000 FOR NO KEY UPDATE SKIP LOCKED)",
        [now, now, now - CLOSED_AFTER],
    )
