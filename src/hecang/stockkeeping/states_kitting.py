"""The life of a kit job: one table, drawn in ``docs/reference/inventory.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.stockkeeping.models import KitJobState

OPEN: Final = KitJobState.OPEN.value
STARTED: Final = KitJobState.STARTED.value
DONE: Final = KitJobState.DONE.value
CANCELLED: Final = KitJobState.CANCELLED.value

#: state → states that may follow.
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    OPEN: frozenset({STARTED, DONE, CANCELLED}),
    STARTED: frozenset({OPEN, DONE, CANCELLED}),  # open: everything that was made has been undone
    DONE: frozenset({STARTED, OPEN}),  # a step was undone
    CANCELLED: frozenset(),
}


def state_for(done: int, quantity: int) -> str:
    """What a job that is not cancelled is in when so many of its kits are made."""
    return DONE if done >= quantity else STARTED if done else OPEN


def require(state: str, following: str, *, number: str) -> None:
    """Raise StateConflict where the table has no such step."""
    if state != following and following not in TRANSITIONS[state]:
        raise StateConflict(
            _("Kit job %(number)s is %(state)s; this can no longer be done to it.")
            % {"number": number, "state": KitJobState(state).label},
            data={"state": state},
        )
