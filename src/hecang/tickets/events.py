"""What tickets tell upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class TicketsOpened(Event):
    """Tickets were opened or opened again."""

    name: ClassVar[str] = "tickets.tickets_opened"
    ticket_ids: tuple[int, ...]


@dataclass(frozen=True)
class TicketsResolved(Event):
    """Tickets were resolved, by people or because the trouble went away."""

    name: ClassVar[str] = "tickets.tickets_resolved"
    ticket_ids: tuple[int, ...]


@dataclass(frozen=True)
class TicketsEscalated(Event):
    """Tickets are overdue, and somebody above has been told."""

    name: ClassVar[str] = "tickets.tickets_escalated"
    ticket_ids: tuple[int, ...]
