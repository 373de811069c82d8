"""The board of tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.db import fetch
from hecang.notifications.selectors import teams_active, teams_of
from hecang.notifications.services import say, team_title
from hecang.tickets.models import Ticket, TicketKind, TicketLink, TicketState
from hecang.tickets.states import STANDING

Rows = QuerySet[Any, Any]
_STANDING = sorted(STANDING)
#: Documents that a row of the board names; a ticket may be about thousands.
MOST_LINKS = 5
_FIRST_LINKS = """
SELECT t.id, l.entity_kind, l.entity_id, l.number, c.count FROM unnest(%s::bigint[]) AS t (id)
CROSS JOIN LATERAL (SELECT count(*) FROM ticket_link WHERE ticket_id = t.id) c
CROSS JOIN LATERAL (SELECT * FROM ticket_link WHERE ticket_id = t.id ORDER BY id LIMIT %s) l
ORDER BY t.id, l.id
"""

FIELDS = (
    "id", "number", "kind", "state", "subject", "reason", "detail", "occurrences", "priority", "due_at", "escalation",
    "resolution", "opened_by", "created_at", "updated_at", "resolved_at", "team__id", "team__code", "team__name",
    "assignee__id", "assignee__username", "assignee__display_name",
)  # fmt: skip


def visible(actor: Actor) -> QuerySet[Ticket]:
    """Tickets within the data scope of ``actor``; what belongs to no warehouse, shop or owner is everybody's."""
    found = Ticket.objects.all()
    for name, allowed in (
        ("warehouse_id", actor.scope.warehouses),
        ("shop_id", actor.scope.shops),
        ("owner_id", actor.scope.owners),
    ):
        if allowed is not None:
            found = found.filter(Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__in": allowed}))
    return found


def tabs(actor: Actor) -> dict[str, Rows]:
    """The tabs of the board."""
    found = visible(actor)
    standing = found.filter(state__in=_STANDING)
    return {
        "all": standing,
        "mine": standing.filter(assignee_id=actor.user_id or 0),
        "my_teams": standing.filter(team_id__in=teams_of(actor.user_id or 0)),
        "unassigned": standing.filter(assignee__isnull=True),
        "overdue": standing.filter(due_at__lt=clock.now()),
        "waiting": found.filter(state=TicketState.WAITING),
        "resolved": found.filter(state=TicketState.RESOLVED),
        "closed": found.filter(state=TicketState.CLOSED),
    }


def ticket_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    team: str | None = None,
    assignee_id: int | None = None,
    priority: int | None = None,
    q: str = "",
    entity_kind: str = "",
    entity_id: int | None = None,
) -> Rows:
    """Tickets of the board within the data scope of ``actor``."""
    found: Rows = tabs(actor)[tab] if tab else visible(actor)
    if states:
        found = found.filter(state__in=states)
    if kinds:
        found = found.filter(kind__in=kinds)
    if team:
        found = found.filter(team__code=team)
    if assignee_id:
        found = found.filter(assignee_id=assignee_id)
    if priority:
        found = found.filter(priority=priority)
    if q.strip():
        found = found.filter(found_by(q.strip()))
    if entity_kind and entity_id:
        links = TicketLink.objects.filter(entity_kind=entity_kind, entity_id=entity_id)
        found = found.filter(pk__in=links.values("ticket_id"))
    return found.values(*FIELDS)


def found_by(text: str) -> Q:
    """Tickets by the beginning of their number, or by the number of a document."""
    linked = TicketLink.objects.filter(number__iexact=text).values("ticket_id")
    return Q(number__istartswith=text) | Q(subject__icontains=text) | Q(pk__in=linked)


def ticket_counts(actor: Actor) -> dict[str, Any]:
    """Numbers on the tabs, and of each team's queue as ``team:CODE``."""
    found = tabs(actor)
    found.pop("closed")
    for team_id, code in teams_active():
        found[f"team:{code}"] = found["all"].filter(team_id=team_id)
    return capped_counts(found)


def ticket_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the language at hand, with the documents that they are about. One statement."""
    links: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    counts = dict.fromkeys(links, 0)
    for ticket_id, kind, entity_id, number, count in fetch(_FIRST_LINKS, [list(links), MOST_LINKS]):
        links[ticket_id].append({"entity_kind": kind, "entity_id": entity_id, "number": number})
        counts[ticket_id] = count
    now = clock.now()
    return [
        {
            **row,
            "title": title_of(row),
            "team": {"id": row["team"]["id"], "code": row["team"]["code"],
                     "name": team_title(row["team"]["code"], row["team"]["name"])},
            "is_overdue": row["state"] in STANDING and row["due_at"] < now,
            "links": links[row["id"]],
            "link_count": counts[row["id"]],
        }
        for row in rows
    ]  # fmt: skip


def title_of(row: dict[str, Any]) -> str:
    """What a ticket is called: in a person's words, or by its reason in the language at hand."""
    return row["subject"] or say(row["reason"], row["detail"]) or str(TicketKind(row["kind"]).label)
