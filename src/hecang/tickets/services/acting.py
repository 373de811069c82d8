"""Working on tickets: take, assign, hand over, wait, resolve, close, reopen. Each for one or for many at once.

Every function locks its tickets in key order, does what it can and tells per ticket what became of it; the number of
statements does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.models import User
from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import HecangError, InvalidInput, Problem
from hecang.kernel.outbox import emit
from hecang.tickets.errors import SameTicketOpen, TeamUnknown, TicketStateConflict, missing
from hecang.tickets.events import TicketsOpened, TicketsResolved
from hecang.tickets.kinds import BY_SYSTEM, policies
from hecang.tickets.models import Resolution
from hecang.tickets.services import telling
from hecang.tickets.services.entries import Entry, entries_write
from hecang.tickets.services.locking import (
    Locked,
    Outcome,
    in_order,
    outcome_of,
    tickets_lock,
    tickets_save,
)
from hecang.tickets.states import ENDED, IN_PROGRESS, OPEN, STANDING

#: What a change does to one ticket: changes it and returns whether anything is different now. Raises HecangError.
Change = Callable[[Locked], bool]


@transactional
def tickets_take(*, ticket_ids: Sequence[int]) -> list[Outcome]:
    """Take tickets for oneself. One that somebody else works on is refused: it has to be handed over."""
    user_id = _own_id()

    def change(ticket: Locked) -> bool:
        if ticket.assignee_id == user_id and ticket.state == IN_PROGRESS:
            return False
        if ticket.assignee_id not in {None, user_id}:
            raise TicketStateConflict(
                _("Somebody else has taken ticket %(number)s already.") % {"number": ticket.number}
            )
        ticket.step("take")
        _give(ticket, user_id)
        return True

    return _act(ticket_ids, "taken", change)[0]


def person_require(user_id: int, *, field: str) -> User:
    """Somebody who can be given a ticket. Raises InvalidInput."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        message = _("There is no such active user.")
        raise InvalidInput(message, problems=[Problem(message, code="unknown_user", loc=field)])
    return person


@transactional
def tickets_assign(*, ticket_ids: Sequence[int], user_id: int, note: str = "") -> list[Outcome]:
    """Give tickets to a person, whoever has them now; that person is told. Raises InvalidInput."""
    person = person_require(user_id, field="user_id")

    def change(ticket: Locked) -> bool:
        if ticket.assignee_id == user_id and ticket.state in STANDING:
            return False
        if ticket.state == OPEN:
            ticket.step("take")
        elif ticket.state in ENDED:
            ticket.step("assign")
        _give(ticket, user_id)
        return True

    outcomes, changed = _act(
        ticket_ids, "assigned", change, body=note, data={"to": person.display_name or person.username}
    )
    telling.tell_assigned(changed, current_actor().user_id)
    return outcomes


@transactional
def tickets_put_back(*, ticket_ids: Sequence[int], note: str = "") -> list[Outcome]:
    """Give tickets back to the queue of their team."""

    def change(ticket: Locked) -> bool:
        if ticket.state == OPEN:
            return False
        ticket.step("put_back")
        ticket.assignee_id = None
        return True

    return _act(ticket_ids, "put_back", change, body=note)[0]


@transactional
def tickets_move(*, ticket_ids: Sequence[int], team: str, note: str = "") -> list[Outcome]:
    """Hand tickets over to another team, which is told. Raises :class:`TeamUnknown`."""
    rows = fetch("SELECT id FROM team WHERE code = %s AND is_active", [team])
    if not rows:
        raise TeamUnknown(_("There is no active team with the code “%(code)s”.") % {"code": team})

    def change(ticket: Locked) -> bool:
        if ticket.team_id == rows[0][0] and ticket.state in STANDING:
            return False
        if ticket.state != OPEN:
            ticket.step("put_back")
        ticket.team_id, ticket.assignee_id = rows[0][0], None
        return True

    outcomes, changed = _act(ticket_ids, "moved", change, body=note, data={"team": team})
    telling.tell_moved(changed, f"{clock.now().timestamp():.0f}")
    return outcomes


@transactional
def tickets_wait(
    *, ticket_ids: Sequence[int], due_at: datetime | None = None, note: str = ""
) -> list[Outcome]:
    """Nothing can be done before somebody else has answered; with a new due time, if one is given."""

    def change(ticket: Locked) -> bool:
        ticket.step("wait")
        if due_at is not None:
            _due(ticket, due_at)
        return True

    return _act(ticket_ids, "waiting", change, body=note)[0]


@transactional
def tickets_resolve(*, ticket_ids: Sequence[int], resolution: str, note: str = "") -> list[Outcome]:
    """The trouble is gone. Emits ``TicketsResolved``; whoever opened it is told. Raises InvalidInput."""
    if resolution not in Resolution.values or resolution in BY_SYSTEM:
        message = _("Choose how the ticket ended.")
        raise InvalidInput(message, problems=[Problem(message, code="unknown_value", loc="resolution")])
    now = clock.now()

    def change(ticket: Locked) -> bool:
        ticket.step("resolve")
        ticket.resolution, ticket.resolved_at = resolution, now
        return True

    outcomes, changed = _act(ticket_ids, "resolved", change, body=note, data={"resolution": resolution})
    resolved_tell(changed)
    return outcomes


@transactional
def tickets_close(*, ticket_ids: Sequence[int]) -> list[Outcome]:
    """Put resolved tickets away."""
    now = clock.now()

    def change(ticket: Locked) -> bool:
        ticket.step("close")
        ticket.closed_at = now
        return True

    return _act(ticket_ids, "closed", change)[0]


@transactional
def tickets_reopen(*, ticket_ids: Sequence[int], note: str = "") -> list[Outcome]:
    """The trouble is back: into the queue again, with a new due time. Emits ``TicketsOpened``.

    A merged ticket is refused, and one whose successor about the same thing stands open.
    """
    rules = policies()
    now = clock.now()
    locked = tickets_lock(ticket_ids)
    taken = dict(
        fetch(
            "SELECT key, number FROM ticket WHERE key = ANY(%s::text[]) AND state IN ('open', 'in_progress', 'waiting')",
            [[one.key for one in locked.values() if one.key]],
        )
    )

    def change(ticket: Locked) -> bool:
        if ticket.merged_into_id is not None:
            raise TicketStateConflict(
                _("Ticket %(number)s was merged into another; work on that one.") % {"number": ticket.number}
            )
        ticket.step("reopen")
        if ticket.key:
            if ticket.key in taken:
                raise SameTicketOpen(
                    _("Ticket %(other)s about the same thing is open already; work on that one.")
                    % {"other": taken[ticket.key]}
                )
            taken[ticket.key] = ticket.number
        ticket.assignee_id, ticket.resolution, ticket.resolved_at, ticket.closed_at = None, "", None, None
        ticket.reopened += 1
        ticket.escalation = 0
        _due(ticket, now + timedelta(hours=rules[ticket.kind].due_hours))
        return True

    try:
        with transaction.atomic():
            outcomes, changed = _act(ticket_ids, "reopened", change, body=note)
    except IntegrityError:  # one of the same key was opened this moment
        raise SameTicketOpen(
            _("A ticket about the same thing was opened this moment; load the list again.")
        ) from None
    if changed:
        emit(TicketsOpened(ticket_ids=tuple(changed)))
        telling.tell_moved(changed, f"{now.timestamp():.0f}")
    return outcomes


@transactional
def tickets_prioritise(
    *, ticket_ids: Sequence[int], priority: int | None = None, due_at: datetime | None = None
) -> list[Outcome]:
    """Change how urgent tickets are, and until when they are to be settled."""

    def change(ticket: Locked) -> bool:
        before = (ticket.priority, ticket.due_at)
        if ticket.state not in STANDING:
            ticket.step("prioritise")
        if priority is not None:
            ticket.priority = priority
        if due_at is not None:
            _due(ticket, due_at)
        return before != (ticket.priority, ticket.due_at)

    data = {"priority": priority, "due_at": None if due_at is None else due_at.isoformat()}
    return _act(ticket_ids, "prioritised", change, data={k: v for k, v in data.items() if v is not None})[0]


def resolved_tell(ticket_ids: Sequence[int]) -> None:
    """Emit ``TicketsResolved`` and tell who opened them."""
    if not ticket_ids:
        return
    emit(
        *(
            TicketsResolved(ticket_ids=tuple(ticket_ids[at : at + 1000]))
            for at in range(0, len(ticket_ids), 1000)
        )
    )
    telling.tell_resolved(ticket_ids, current_actor().user_id, f"{clock.now().timestamp():.0f}")


def _act(
    ticket_ids: Sequence[int],
    action: str,
    change: Change,
    *,
    body: str = "",
    data: dict[str, object] | None = None,
) -> tuple[list[Outcome], list[int]]:
    """Lock, change each, save, write history and audit; outcomes and the tickets that are different now."""
    locked = tickets_lock(ticket_ids)
    outcomes: dict[int, Outcome] = {}
    changed: list[Locked] = []
    before = {one.id: one.state for one in locked.values()}
    for ticket_id in dict.fromkeys(ticket_ids):
        ticket = locked.get(ticket_id)
        if ticket is None:
            outcomes[ticket_id] = outcome_of(ticket_id, missing())
            continue
        try:
            is_changed = change(ticket)
        except HecangError as error:
            outcomes[ticket_id] = outcome_of(ticket_id, error)
            continue
        outcomes[ticket_id] = outcome_of(ticket_id, None, "" if is_changed else "unchanged")
        if is_changed:
            changed.append(ticket)
    changed.sort(key=lambda one: one.id)
    tickets_save(changed)
    entries_write([Entry(one.id, action, body=body.strip(), data=data or {}) for one in changed])
    audit_record_many(
        action=f"tickets.ticket.{action}",
        entity_kind="ticket",
        entries=[
            (one.id, {"state": before[one.id]}, {"state": one.state, **(data or {})}) for one in changed
        ],
    )
    return in_order(ticket_ids, outcomes), [one.id for one in changed]


def _give(ticket: Locked, user_id: int) -> None:
    ticket.assignee_id = user_id
    ticket.taken_at = ticket.taken_at or clock.now()


def _due(ticket: Locked, due_at: datetime) -> None:
    ticket.due_at = due_at
    if ticket.escalate_at is not None or ticket.escalation == 0:
        ticket.escalate_at = due_at


def _own_id() -> int:
    user_id = current_actor().user_id
    if user_id is None:
        raise InvalidInput(_("Only a person can take a ticket."))
    return user_id
