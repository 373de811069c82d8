"""What follows from each kind of trouble, until a company says otherwise (``TicketPolicy``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hecang.tickets.models import Resolution, TicketKind, TicketPolicy


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for one kind.

    :param team: code of the team whose queue it enters.
    :param due_hours: hours from opening to the due time.
    :param priority: 1 urgent, 2 high, 3 normal, 4 low.
    :param escalate_hours: hours between two escalations of what is overdue; 0: none.
    """

    team: str
    due_hours: int
    priority: int
    escalate_hours: int


KINDS: Final[dict[str, Policy]] = {
    TicketKind.SHORTAGE.value: Policy("purchasing", 24, 2, 8),
    TicketKind.ADDRESS.value: Policy("customer_service", 4, 2, 4),
    TicketKind.DELAY.value: Policy("customer_service", 8, 3, 8),
    TicketKind.DAMAGE.value: Policy("warehouse", 8, 3, 8),
    TicketKind.LOST.value: Policy("customer_service", 24, 2, 12),
    TicketKind.RETURNED.value: Policy("customer_service", 24, 3, 24),
    TicketKind.REFUSED.value: Policy("customer_service", 24, 3, 24),
    TicketKind.BUYER_REQUEST.value: Policy("customer_service", 4, 2, 4),
    TicketKind.PRICE.value: Policy("order_desk", 8, 3, 8),
    TicketKind.CHANNEL.value: Policy("order_desk", 2, 1, 2),
    TicketKind.DUPLICATE.value: Policy("order_desk", 8, 3, 8),
    TicketKind.OTHER.value: Policy("order_desk", 24, 3, 24),
}

#: Resolutions that the system gives; a person chooses among the others.
BY_SYSTEM: Final = frozenset({Resolution.MERGED.value})
PRIORITIES: Final = (1, 2, 3, 4)


def policies() -> dict[str, Policy]:
    """The rules in force for every kind. One statement."""
    rows = TicketPolicy.objects.values_list("kind", "team__code", "due_hours", "priority", "escalate_hours")
    own = {row[0]: Policy(row[1] or KINDS[row[0]].team, *row[2:]) for row in rows if row[0] in KINDS}
    return {**KINDS, **own}
