"""Taking hold of tickets, and writing them back; the only place that changes their rows after opening."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.actor import Scope, current_actor
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import HecangError
from hecang.tickets.errors import TicketStateConflict, missing
from hecang.tickets.states import target

_LOCK = """
SELECT id, number, kind, state, key, team_id, assignee_id, priority, due_at, escalation, escalate_at, resolution,
    merged_into_id, taken_at, resolved_at, closed_at, reopened, warehouse_id, shop_id, owner_id
FROM ticket WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_SAVE = """
UPDATE ticket t SET state = s.state, kind = s.kind, team_id = s.team_id, assignee_id = s.assignee_id,
    priority = s.priority, due_at = s.due_at, escalation = s.escalation, escalate_at = s.escalate_at,
    resolution = s.resolution, merged_into_id = s.merged_into_id, taken_at = s.taken_at,
    resolved_at = s.resolved_at, closed_at = s.closed_at, reopened = s.reopened, updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::integer[], %s::timestamptz[],
    %s::integer[], %s::timestamptz[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::integer[])
    AS s (id, state, kind, team_id, assignee_id, priority, due_at, escalation, escalate_at, resolution,
          merged_into_id, taken_at, resolved_at, closed_at, reopened)
WHERE t.id = s.id
"""


@dataclass(slots=True)
class Locked:
    """A ticket under lock; :func:`tickets_save` writes what was changed."""

    id: int
    number: str
    kind: str
    state: str
    key: str
    team_id: int
    assignee_id: int | None
    priority: int
    due_at: datetime
    escalation: int
    escalate_at: datetime | None
    resolution: str
    merged_into_id: int | None
    taken_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened: int
    warehouse_id: int | None
    shop_id: int | None
    owner_id: int | None

    def step(self, action: str) -> None:
        """Go where ``action`` leads. Raises :class:`TicketStateConflict`."""
        reached = target(self.state, action)
        if reached is None:
            raise TicketStateConflict(
                _("Ticket %(number)s is %(state)s; this cannot be done with it now. Load it again.")
                % {"number": self.number, "state": self.state},
                data={"ticket": self.number, "state": self.state, "action": action},
            )
        self.state = reached


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did to one ticket. ``code``: empty (done), ``unchanged``, or that of an error."""

    ticket_id: int
    ok: bool
    code: str = ""
    message: str = ""


def tickets_lock(ticket_ids: Collection[int], *, scope: Scope | None = None) -> dict[int, Locked]:
    """Lock tickets in key order; those outside of ``scope`` (by default the actor's) are left out."""
    scope = current_actor().scope if scope is None else scope
    found = (Locked(*row) for row in fetch(_LOCK, [sorted(set(ticket_ids))]))
    return {one.id: one for one in found if in_scope(scope, one)}


def ticket_lock(ticket_id: int) -> Locked:
    """Lock one ticket. Raises NotFound."""
    found = tickets_lock([ticket_id])
    if ticket_id not in found:
        raise missing()
    return found[ticket_id]


def in_scope(scope: Scope, ticket: Locked) -> bool:
    """Whether all that a ticket is known to belong to lies within ``scope``."""
    return all(
        allowed is None or value is None or value in allowed
        for allowed, value in (
            (scope.warehouses, ticket.warehouse_id),
            (scope.shops, ticket.shop_id),
            (scope.owners, ticket.owner_id),
        )
    )


def tickets_save(tickets: Iterable[Locked]) -> None:
    """Write locked tickets back. One statement."""
    rows = [
        (
            one.id, one.state, one.kind, one.team_id, one.assignee_id, one.priority, one.due_at, one.escalation,
            one.escalate_at, one.resolution, one.merged_into_id, one.taken_at, one.resolved_at, one.closed_at,
            one.reopened,
        )
        for one in tickets
    ]  # fmt: skip
    if rows:
        execute(_SAVE, [clock.now(), *columns(rows, 15)])


def outcome_of(ticket_id: int, error: HecangError | None, code: str = "") -> Outcome:
    """An outcome from what an action raised, if it did."""
    if error is None:
        return Outcome(ticket_id, True, code)
    return Outcome(ticket_id, False, error.instance_code, str(error))


def in_order(ticket_ids: Sequence[int], outcomes: dict[int, Outcome]) -> list[Outcome]:
    """Outcomes as they were asked for, each ticket once."""
    return [outcomes[one] for one in dict.fromkeys(ticket_ids)]
