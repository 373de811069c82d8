"""What a company wants for each kind of trouble."""

from __future__ import annotations

from hecang.accounts.services.audit import audit_record
from hecang.kernel.db import transactional
from hecang.notifications.services import teams_ensure
from hecang.tickets.models import TicketPolicy


@transactional
def policy_save(*, kind: str, team: str, due_hours: int, priority: int, escalate_hours: int) -> None:
    """Say who gets tickets of a kind, until when, how urgent. It counts for tickets opened from now on."""
    policy, _made = TicketPolicy.objects.update_or_create(
        kind=kind,
        defaults={
            "team_id": teams_ensure([team])[team],
            "due_hours": due_hours,
            "priority": priority,
            "escalate_hours": escalate_hours,
        },
    )
    audit_record(
        action="tickets.policy.changed",
        entity_kind="ticket_policy",
        entity_id=policy.pk,
        after={"kind": kind, "team": team, "due_hours": due_hours, "priority": priority},
    )
