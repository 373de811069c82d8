"""The life of a transfer: one table, drawn in ``docs/reference/stockkeeping-supply.md``."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.kernel.transitions import Transition
from hecang.stockkeeping.models import TransferState

REQUESTED: Final = TransferState.REQUESTED.value
APPROVED: Final = TransferState.APPROVED.value
PICKING: Final = TransferState.PICKING.value
IN_TRANSIT: Final = TransferState.IN_TRANSIT.value
RECEIVING: Final = TransferState.RECEIVING.value
CLOSED: Final = TransferState.CLOSED.value
CANCELLED: Final = TransferState.CANCELLED.value


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(REQUESTED, APPROVED, "approve", "transfer_approve"),
    Transition(REQUESTED, CANCELLED, "cancel", "transfer_cancel"),
    Transition(APPROVED, PICKING, "release", "transfer_release"),
    Transition(APPROVED, CANCELLED, "cancel", "transfer_cancel"),
    Transition(PICKING, IN_TRANSIT, "ship", "transfer_ship"),
    Transition(PICKING, CANCELLED, "cancel", "transfer_cancel"),
    Transition(IN_TRANSIT, RECEIVING, "receive", "transfer_receive"),
    Transition(IN_TRANSIT, CLOSED, "close", "transfer_close"),
    Transition(RECEIVING, CLOSED, "close", "transfer_close"),
)

#: Nothing more happens to it.
ENDED: Final = frozenset({CLOSED, CANCELLED})
#: Goods may be on the road.
ON_THE_ROAD: Final = frozenset({IN_TRANSIT, RECEIVING})

_STEPS: Final = {(step.source, step.action): step.target for step in TRANSITIONS}


def actions(state: str) -> list[str]:
    """What can be done in ``state``."""
    return [step.action for step in TRANSITIONS if step.source == state]


def target(state: str, action: str, *, number: str) -> str:
    """Where ``action`` leads from ``state``.

    :raises StateConflict: the table has no such step.
    """
    found = _STEPS.get((state, action))
    if found is None:
        raise StateConflict(
            _("Transfer %(number)s is %(state)s; this can no longer be done to it.")
            % {"number": number, "state": TransferState(state).label},
            data={"state": state, "action": action},
        )
    return found
