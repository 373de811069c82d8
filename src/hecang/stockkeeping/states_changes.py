"""The life of a stock change: one table, drawn in ``docs/reference/inventory.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.stockkeeping.models import ChangeState

REQUESTED: Final = ChangeState.REQUESTED.value
APPLIED: Final = ChangeState.APPLIED.value
REJECTED: Final = ChangeState.REJECTED.value
CANCELLED: Final = ChangeState.CANCELLED.value

#: (state, action) → state. What needs nobody's word is applied as it is asked for.
TRANSITIONS: Final[Mapping[tuple[str, str], str]] = {
    (REQUESTED, "approve"): APPLIED,
    (REQUESTED, "reject"): REJECTED,
    (REQUESTED, "cancel"): CANCELLED,
}


def actions(state: str) -> list[str]:
    """What can be done in ``state``."""
    return [action for source, action in TRANSITIONS if source == state]


def target(state: str, action: str, *, number: str) -> str:
    """Where ``action`` leads from ``state``.

    :raises StateConflict: the table has no such step.
    """
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise StateConflict(
            _("Change %(number)s is %(state)s; nothing more can be decided about it.")
            % {"number": number, "state": ChangeState(state).label},
            data={"state": state, "action": action},
        )
    return found
