"""The life of a ticket: one table, drawn in ``docs/reference/tickets.md``."""

from __future__ import annotations

from typing import Final

from hecang.kernel.transitions import Transition
from hecang.tickets.models import TicketState

OPEN = TicketState.OPEN.value
IN_PROGRESS = TicketState.IN_PROGRESS.value
WAITING = TicketState.WAITING.value
RESOLVED = TicketState.RESOLVED.value
CLOSED = TicketState.CLOSED.value


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(OPEN, IN_PROGRESS, "take", "tickets_take"),
    Transition(OPEN, WAITING, "wait", "tickets_wait"),
    Transition(OPEN, RESOLVED, "resolve", "tickets_resolve"),
    Transition(IN_PROGRESS, OPEN, "put_back", "tickets_put_back"),
    Transition(IN_PROGRESS, WAITING, "wait", "tickets_wait"),
    Transition(IN_PROGRESS, RESOLVED, "resolve", "tickets_resolve"),
    Transition(WAITING, IN_PROGRESS, "take", "tickets_take"),
    Transition(WAITING, OPEN, "put_back", "tickets_put_back"),
    Transition(WAITING, RESOLVED, "resolve", "tickets_resolve"),
    Transition(OPEN, CLOSED, "merge", "tickets_merge"),
    Transition(IN_PROGRESS, CLOSED, "merge", "tickets_merge"),
    Transition(WAITING, CLOSED, "merge", "tickets_merge"),
    Transition(RESOLVED, CLOSED, "close", "tickets_close"),
    Transition(RESOLVED, OPEN, "reopen", "tickets_reopen"),
    Transition(CLOSED, OPEN, "reopen", "tickets_reopen"),
)

#: Somebody has to do something.
STANDING: Final = frozenset({OPEN, IN_PROGRESS, WAITING})
ENDED: Final = frozenset({RESOLVED, CLOSED})

_STEPS: Final = {(step.source, step.action): step.target for step in TRANSITIONS}


def target(state: str, action: str) -> str | None:
    """Where ``action`` leads from ``state``; ``None`` where the table has no such step."""
    return _STEPS.get((state, action))


def actions(state: str) -> list[str]:
    """What can be done with a ticket in ``state``."""
    return [step.action for step in TRANSITIONS if step.source == state]
