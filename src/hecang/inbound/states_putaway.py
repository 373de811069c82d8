"""The state machines of putaways and returns; drawn in ``docs/reference/inbound-quality-putaway.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hecang.inbound.models import PutawayState, ReturnState

Transitions = Mapping[str, frozenset[str]]

PUTAWAY_TRANSITIONS: Final[Transitions] = {
    PutawayState.WAITING: frozenset(
        {PutawayState.PLANNED, PutawayState.STUCK, PutawayState.DONE, PutawayState.CANCELLED}
    ),
    # Of several pieces that give their places back one waits, the others are stuck until the next run.
    PutawayState.PLANNED: frozenset(
        {PutawayState.WAITING, PutawayState.STUCK, PutawayState.DONE, PutawayState.CANCELLED}
    ),
    # Planned anew when room was made, or put by hand where a person knows a place.
    # waiting: more of the same has come.
    PutawayState.STUCK: frozenset(
        {PutawayState.WAITING, PutawayState.PLANNED, PutawayState.DONE, PutawayState.CANCELLED}
    ),
    PutawayState.DONE: frozenset(),
    PutawayState.CANCELLED: frozenset(),
}

RETURN_TRANSITIONS: Final[Transitions] = {
    ReturnState.EXPECTED: frozenset({ReturnState.RECEIVING, ReturnState.CANCELLED}),
    ReturnState.RECEIVING: frozenset({ReturnState.GRADING}),
    # More was found in the parcel.
    ReturnState.GRADING: frozenset({ReturnState.RECEIVING, ReturnState.CLOSED}),
    ReturnState.CLOSED: frozenset(),
    ReturnState.CANCELLED: frozenset(),
}
