"""One ticket with everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.tickets.errors import missing
from hecang.tickets.kinds import policies
from hecang.tickets.models import TicketAttachment, TicketEntry, TicketFile, TicketLink
from hecang.tickets.selectors.lists import FIELDS, ticket_enrich, visible
from hecang.tickets.states import actions

_MORE = (
    "key", "warehouse_id", "shop_id", "owner_id", "last_seen_at", "taken_at", "closed_at", "reopened",
    "merged_into__id", "merged_into__number",
)  # fmt: skip


def ticket_detail(actor: Actor, ticket_id: int) -> dict[str, Any]:
    """A ticket with documents, history, files and what can be done with it. Six statements. Raises NotFound."""
    rows = list(visible(actor).filter(pk=ticket_id).values(*FIELDS, *_MORE))
    if not rows:
        raise missing()
    row = ticket_enrich(nest(rows))[0]
    entries = (
        TicketEntry.objects.filter(ticket_id=ticket_id)
        .order_by("id")
        .values("id", "at", "actor", "action", "body", "data")
    )
    files = TicketAttachment.objects.filter(ticket_id=ticket_id).order_by("id").select_related("file")
    files = files.defer("file__content")
    merged = visible(actor).filter(merged_into_id=ticket_id).order_by("id").values("id", "number")
    return {
        **row,
        "links": list(
            TicketLink.objects.filter(ticket_id=ticket_id)
            .order_by("id")
            .values("entity_kind", "entity_id", "number")[:500]
        ),
        "entries": list(entries),
        "attachments": [
            {
                "id": one.pk,
                "name": one.name,
                "media_type": one.media_type,
                "added_by": one.added_by,
                "added_at": one.added_at,
                "size": one.file.size,
                "sha256": one.file.sha256,
            }
            for one in files
        ],
        "merged": list(merged),
        "actions": [] if row["merged_into"] else actions(row["state"]),
    }


def tickets_of(actor: Actor, *, entity_kind: str, entity_id: int) -> list[dict[str, Any]]:
    """Tickets about a document, newest first."""
    links = TicketLink.objects.filter(entity_kind=entity_kind, entity_id=entity_id).values("ticket_id")
    rows = list(visible(actor).filter(pk__in=links).order_by("-id").values(*FIELDS)[:50])
    return ticket_enrich(nest(rows))


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


def attachment_get(actor: Actor, *, ticket_id: int, attachment_id: int) -> Attachment:
    """A file of a ticket that ``actor`` may see. Raises NotFound."""
    row = (
        TicketAttachment.objects.filter(pk=attachment_id, ticket__in=visible(actor).filter(pk=ticket_id))
        .values("name", "media_type", "file_id")
        .first()
    )
    if row is None:
        raise missing()
    content = TicketFile.objects.values_list("content", flat=True).get(pk=row["file_id"])
    return Attachment(row["name"], row["media_type"], bytes(content))


def people(permission: str) -> list[dict[str, Any]]:
    """Who can be given a ticket: active people whose roles let them see tickets."""
    rows = User.objects.filter(is_active=True).order_by("username")
    found = []
    for pk, username, name, roles in rows.values_list("id", "username", "display_name", "roles")[:2000]:
        codes = permissions_of(roles)
        if permission in codes or "*" in codes:
            found.append({"id": pk, "username": username, "display_name": name})
    return found


def policies_all() -> list[dict[str, Any]]:
    """The rules in force for every kind of trouble."""
    return [
        {
            "kind": kind, "team": one.team, "due_hours": one.due_hours, "priority": one.priority,
            "escalate_hours": one.escalate_hours,
        }
        for kind, one in policies().items()
    ]  # fmt: skip
