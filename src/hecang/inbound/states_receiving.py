"""The state machines of announcements, appointments, receipts and discrepancies, one table per entity.

``docs/reference/inbound.md`` draws them and a test compares the drawing with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hecang.inbound.models import AppointmentState, AsnState, DiscrepancyState, ReceiptState

Transitions = Mapping[str, frozenset[str]]

ASN_TRANSITIONS: Final[Transitions] = {
    AsnState.ANNOUNCED: frozenset({AsnState.RECEIVING, AsnState.RECEIVED, AsnState.CANCELLED}),
    # announced: all that had been received was taken back; received without goods: nothing will come any more.
    AsnState.RECEIVING: frozenset({AsnState.RECEIVED, AsnState.ANNOUNCED}),
    AsnState.RECEIVED: frozenset(),
    AsnState.CANCELLED: frozenset(),
}

APPOINTMENT_TRANSITIONS: Final[Transitions] = {
    AppointmentState.BOOKED: frozenset(
        {AppointmentState.ARRIVED, AppointmentState.NO_SHOW, AppointmentState.CANCELLED}
    ),
    AppointmentState.ARRIVED: frozenset(
        {
            AppointmentState.DOCKED,
            AppointmentState.LEFT,
            AppointmentState.CANCELLED,
        }  # left: without unloading
    ),
    AppointmentState.DOCKED: frozenset({AppointmentState.LEFT}),
    AppointmentState.LEFT: frozenset(),
    # Came after all, later than anybody waited.
    AppointmentState.NO_SHOW: frozenset({AppointmentState.ARRIVED}),
    AppointmentState.CANCELLED: frozenset(),
}

RECEIPT_TRANSITIONS: Final[Transitions] = {
    ReceiptState.OPEN: frozenset({ReceiptState.CLOSED, ReceiptState.CANCELLED}),
    ReceiptState.CLOSED: frozenset(),
    ReceiptState.CANCELLED: frozenset(),
}

DISCREPANCY_TRANSITIONS: Final[Transitions] = {
    DiscrepancyState.OPEN: frozenset({DiscrepancyState.DECIDED, DiscrepancyState.SETTLED}),
    # decided: another decision, while nothing has followed from the first.
    DiscrepancyState.DECIDED: frozenset({DiscrepancyState.DECIDED, DiscrepancyState.SETTLED}),
    DiscrepancyState.SETTLED: frozenset(),
}


def may_become(table: Transitions, state: str, target: str) -> bool:
    """Whether the table has a step from ``state`` to ``target``."""
    return target in table.get(state, frozenset())
