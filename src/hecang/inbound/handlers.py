"""What inbound does when others have done something."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.inbound import handlers_putaway, handlers_transfers  # noqa: F401 - they register themselves
from hecang.inbound.services.discrepancies import discrepancies_follow_tickets
from hecang.kernel.outbox import subscribe
from hecang.tickets.events import TicketsResolved


@subscribe(TicketsResolved, consumer="inbound.discrepancies")
def discrepancies_settle_with_tickets(events: Sequence[TicketsResolved]) -> None:
    """A difference that a ticket followed is settled when the ticket is."""
    discrepancies_follow_tickets(ticket_ids=[one for event in events for one in event.ticket_ids])
