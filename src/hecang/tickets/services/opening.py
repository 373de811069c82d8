"""Opening tickets, by people and by the system; what stands open already is found again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.notifications.services import teams_ensure
from hecang.tickets.events import TicketsOpened
from hecang.tickets.kinds import Policy, policies
from hecang.tickets.services.entries import Entry, entries_write
from hecang.tickets.services.telling import tell_opened

#: A document: its kind (``sales_order``, ``parcel`` …), its id, its number.
Link = tuple[str, int, str]

_OPEN = """
INSERT INTO ticket (number, kind, state, subject, reason, detail, key, occurrences, team_id, assignee_id, priority,
    due_at, escalation, escalate_at, warehouse_id, shop_id, owner_id, resolution, opened_by, opened_by_user_id,
    created_at, updated_at, last_seen_at, taken_at, reopened)
SELECT n.number, n.kind, CASE WHEN n.assignee_id IS NULL THEN 'open' ELSE 'in_progress' END, n.subject, n.reason,
    n.detail, n.key, 1, n.team_id, n.assignee_id, n.priority, n.due_at, 0, n.escalate_at, n.warehouse_id, n.shop_id,
    n.owner_id, '', %s, %s, %s, %s, %s, CASE WHEN n.assignee_id IS NULL THEN NULL ELSE %s::timestamptz END, 0
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::text[], %s::bigint[], %s::bigint[],
    %s::integer[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS n (number, kind, subject, reason, detail, key, team_id, assignee_id, priority, due_at, escalate_at,
          warehouse_id, shop_id, owner_id)
ORDER BY n.key, n.number
ON CONFLICT (key) WHERE state IN ('open', 'in_progress', 'waiting') AND NOT (key = '')
DO UPDATE SET occurrences = ticket.occurrences + 1, last_seen_at = excluded.last_seen_at,
    updated_at = excluded.updated_at, detail = excluded.detail, priority = least(ticket.priority, excluded.priority)
RETURNING id, number, key, (xmax = 0)
"""
_LINK = """
INSERT INTO ticket_link (ticket_id, entity_kind, entity_id, number)
SELECT l.ticket_id, l.kind, l.entity_id, l.number
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS l (ticket_id, kind, entity_id, number)
ON CONFLICT (ticket_id, entity_kind, entity_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """Trouble to be written down.

    :param subject: what a person wrote.
    :param reason: what the system says instead: an English source string, marked with ``gettext_noop``, whose
        ``%(name)s`` places are filled from ``detail`` when it is shown. No personal data.
    :param links: the documents that it is about.
    :param team: code of a team; by default that of the kind.
    :param priority: 1 (urgent) to 4 (low); by default that of the kind.
    :param due_at: by default so many hours from now as the kind has.
    :param key: names the trouble; while a ticket of this key stands open, it is counted up and given the new links.
    """

    kind: str
    subject: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    links: Sequence[Link] = ()
    team: str = ""
    priority: int | None = None
    due_at: datetime | None = None
    key: str = ""
    assignee_id: int | None = None
    warehouse_id: int | None = None
    shop_id: int | None = None
    owner_id: int | None = None


def ticket_open(
    *,
    kind: str,
    subject: str = "",
    reason: str = "",
    links: Sequence[Link] = (),
    team: str = "",
    priority: int | None = None,
    due_at: datetime | None = None,
    key: str = "",
    detail: Mapping[str, Any] | None = None,
    assignee_id: int | None = None,
    warehouse_id: int | None = None,
    shop_id: int | None = None,
    owner_id: int | None = None,
) -> int:
    """Open one ticket, or find the open one of the same ``key``; its id. See :func:`tickets_open`."""
    return tickets_open(
        tickets=[
            NewTicket(
                kind=kind, subject=subject, reason=reason, links=links, team=team, priority=priority, due_at=due_at,
                key=key, detail=detail or {}, assignee_id=assignee_id, warehouse_id=warehouse_id, shop_id=shop_id,
                owner_id=owner_id,
            )
        ]
    )[0]  # fmt: skip


@transactional
def tickets_open(*, tickets: Sequence[NewTicket]) -> list[int]:
    """Write trouble down: the ids, in the order of ``tickets``.

    Where a ticket of the same key stands open, that one is counted up, gets the new links and ``detail`` and is
    raised to the higher priority; nobody is told again. Locks those tickets. Emits ``TicketsOpened`` for new ones
    and tells their teams. The number of statements does not depend on how many there are. Raises KeyError for an
    unknown kind or team: that is a mistake of the caller.
    """
    if not tickets:
        return []
    merged = _by_key(tickets)
    rules = policies()
    now = clock.now()
    teams = teams_ensure({ticket.team or rules[ticket.kind].team for ticket in merged})
    drawn = numbers("ticket", len(merged))
    rows = [
        _row(number, ticket, rules[ticket.kind], teams, now)
        for number, ticket in zip(drawn, merged, strict=True)
    ]
    actor = current_actor()
    written = fetch(_OPEN, [actor.name[:100], actor.user_id, now, now, now, now, *columns(rows, 14)])
    by_key = {key: (ticket_id, is_new) for ticket_id, _number, key, is_new in written if key}
    by_number = {number: (ticket_id, is_new) for ticket_id, number, _key, is_new in written}
    found = [
        by_key[ticket.key[:128]] if ticket.key else by_number[number]
        for number, ticket in zip(drawn, merged, strict=True)
    ]
    _link(found, merged)
    new = [(ticket_id, ticket) for (ticket_id, is_new), ticket in zip(found, merged, strict=True) if is_new]
    _note(found, merged)
    if new:
        ids = [ticket_id for ticket_id, _ticket in new]
        audit_record_many(
            action="tickets.ticket.opened",
            entity_kind="ticket",
            entries=[(ticket_id, None, {"kind": ticket.kind}) for ticket_id, ticket in new],
        )
        emit(*(TicketsOpened(ticket_ids=tuple(ids[at : at + 1000])) for at in range(0, len(ids), 1000)))
        tell_opened(ids)
    ids_by_key = {
        ticket.key: ticket_id for (ticket_id, _), ticket in zip(found, merged, strict=True) if ticket.key
    }
    keyless = iter(
        [ticket_id for (ticket_id, _), ticket in zip(found, merged, strict=True) if not ticket.key]
    )
    return [ids_by_key[ticket.key] if ticket.key else next(keyless) for ticket in tickets]


def _by_key(tickets: Sequence[NewTicket]) -> list[NewTicket]:
    """One for each key, with the links of all; those without a key as they are."""
    first: dict[str, NewTicket] = {}
    result: list[NewTicket] = []
    links: dict[str, list[Link]] = {}
    for ticket in tickets:
        if ticket.key:
            links.setdefault(ticket.key, []).extend(ticket.links)
            if ticket.key in first:
                continue
            first[ticket.key] = ticket
        result.append(ticket)
    return [_with_links(ticket, links[ticket.key]) if ticket.key else ticket for ticket in result]


def _with_links(ticket: NewTicket, links: Sequence[Link]) -> NewTicket:
    return replace(ticket, links=tuple(dict.fromkeys(links)))


def _row(
    number: str, ticket: NewTicket, policy: Policy, teams: Mapping[str, int], now: datetime
) -> tuple[Any, ...]:
    due = ticket.due_at or now + timedelta(hours=policy.due_hours)
    return (
        number, ticket.kind, ticket.subject.strip()[:200], ticket.reason[:200],
        json.dumps(dict(ticket.detail), ensure_ascii=False, default=str), ticket.key[:128],
        teams[ticket.team or policy.team], ticket.assignee_id,
        policy.priority if ticket.priority is None else min(max(ticket.priority, 1), 4),
        due, due if policy.escalate_hours else None, ticket.warehouse_id, ticket.shop_id, ticket.owner_id,
    )  # fmt: skip


def _link(found: Sequence[tuple[int, bool]], tickets: Sequence[NewTicket]) -> None:
    rows = sorted(
        {
            (ticket_id, kind[:32], entity_id, number[:64])
            for (ticket_id, _), ticket in zip(found, tickets, strict=True)
            for kind, entity_id, number in ticket.links
        }
    )
    if rows:
        fetch(_LINK + " RETURNING id", columns(rows, 4))


def _note(found: Sequence[tuple[int, bool]], tickets: Sequence[NewTicket]) -> None:
    """The history of a new ticket begins; one that was found again does not grow longer with each time."""
    entries_write(
        [
            Entry(ticket_id, "opened", data={"links": [link[2] for link in ticket.links][:20]})
            for (ticket_id, is_new), ticket in zip(found, tickets, strict=True)
            if is_new
        ]
    )
