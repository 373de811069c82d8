"""The state machines of inspections and claims, one table per entity; drawn in ``docs/reference/inbound-quality-putaway.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hecang.inbound.models import ClaimState, Disposition, InspectionState

Transitions = Mapping[str, frozenset[str]]

INSPECTION_TRANSITIONS: Final[Transitions] = {
    InspectionState.WAITING: frozenset(
        {InspectionState.IN_PROGRESS, InspectionState.DECIDED, InspectionState.CANCELLED}
    ),
    # Given back by its inspector it stays in progress: what still comes of its receipt is another lot.
    InspectionState.IN_PROGRESS: frozenset({InspectionState.DECIDED, InspectionState.CANCELLED}),
    InspectionState.DECIDED: frozenset(),
    # Came in uninspected, by the supplier's record.
    InspectionState.SKIPPED: frozenset({InspectionState.CANCELLED}),
    InspectionState.CANCELLED: frozenset(),
}

CLAIM_TRANSITIONS: Final[Transitions] = {
    ClaimState.OPEN: frozenset({ClaimState.SENT, ClaimState.SETTLED, ClaimState.CANCELLED}),
    ClaimState.SENT: frozenset(
        {ClaimState.AGREED, ClaimState.SETTLED, ClaimState.REFUSED, ClaimState.CANCELLED}
    ),
    ClaimState.AGREED: frozenset({ClaimState.SETTLED, ClaimState.CANCELLED}),
    # Refused by the supplier, and insisted on.
    ClaimState.REFUSED: frozenset({ClaimState.SENT, ClaimState.CANCELLED}),
    ClaimState.SETTLED: frozenset(),
    ClaimState.CANCELLED: frozenset(),
}

#: Returned goods: what is proposed for a grade; people decide.
PROPOSED: Final[Mapping[str, str]] = {"A": "restock", "B": "restock", "C": "refurbish", "D": "scrap"}
#: Returned goods: how what was begun can end.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    Disposition.REFURBISH: ("restock", "scrap"),
    Disposition.VENDOR: ("sent", "scrap"),
    Disposition.QUARANTINE: ("restock", "scrap", "sent"),
}


def may_become(table: Transitions, state: str, target: str) -> bool:
    """Whether the table has a step from ``state`` to ``target``."""
    return target in table.get(state, frozenset())
