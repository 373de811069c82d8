"""Who is told what about tickets."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.translation import gettext_noop

from hecang.kernel.db import fetch
from hecang.notifications.services import NewMessage, Topic, notify_many, topic_register

OPENED = "tickets.opened"
ASSIGNED = "tickets.assigned"
MENTIONED = "tickets.mentioned"
COMMENTED = "tickets.commented"
ESCALATED = "tickets.escalated"
RESOLVED = "tickets.resolved"

_FACTS = """
SELECT t.id, t.number, t.kind, t.subject, t.reason, t.detail, e.code, t.assignee_id, t.opened_by_user_id, t.escalation
FROM ticket t JOIN team e ON e.id = t.team_id WHERE t.id = ANY(%s::bigint[]) ORDER BY t.id
"""


def topics_register() -> None:
    """Make the topics of tickets known; called when the app starts."""
    for topic in (
        Topic(OPENED, gettext_noop("A ticket entered my team's queue")),
        Topic(ASSIGNED, gettext_noop("A ticket was assigned to me"), email="now"),
        Topic(MENTIONED, gettext_noop("Somebody mentioned me in a ticket"), email="now"),
        Topic(COMMENTED, gettext_noop("Somebody commented on my ticket")),
        Topic(ESCALATED, gettext_noop("A ticket of mine or of my team is overdue"), email="now"),
        Topic(RESOLVED, gettext_noop("A ticket that I opened was resolved")),
    ):
        topic_register(topic)


def tell_opened(ticket_ids: Sequence[int]) -> None:
    """Tell the team, or the one it was given to, of new tickets."""
    messages = []
    for row in _facts(ticket_ids):
        if row[7] is None:
            messages.append(
                _message(row, OPENED, f"{row[0]}", gettext_noop("New ticket %(number)s"), teams=(row[6],))
            )
        else:
            messages.append(_assigned(row))
    notify_many(messages=messages)


def tell_assigned(ticket_ids: Sequence[int], by: int | None) -> None:
    """Tell those whom tickets were assigned to by somebody else."""
    rows = [row for row in _facts(ticket_ids) if row[7] is not None and row[7] != by]
    notify_many(messages=[_assigned(row) for row in rows])


def tell_moved(ticket_ids: Sequence[int], stamp: str) -> None:
    """Tell a team that tickets came to it from another one."""
    notify_many(
        messages=[
            _message(
                row, OPENED, f"{row[0]}-{row[6]}-{stamp}", gettext_noop("Ticket %(number)s came to your team"),
                teams=(row[6],),
            )
            for row in _facts(ticket_ids)
        ]
    )  # fmt: skip


def tell_comment(ticket_id: int, entry_id: int, mentions: Sequence[int], by: int | None) -> None:
    """Tell those who are mentioned, and the one who works on the ticket."""
    row = _facts([ticket_id])[0]
    told = sorted({*mentions} - {by})
    messages = [
        _message(
            row, MENTIONED, f"{entry_id}", gettext_noop("You are mentioned in ticket %(number)s"), users=told
        )
    ]
    if row[7] is not None and row[7] != by and row[7] not in told:
        messages.append(
            _message(
                row,
                COMMENTED,
                f"{entry_id}",
                gettext_noop("New comment on ticket %(number)s"),
                users=(row[7],),
            )
        )
    notify_many(messages=messages)


def tell_escalated(ticket_ids: Sequence[int]) -> None:
    """Tell the lead of the team and whoever works on it that tickets are overdue."""
    notify_many(
        messages=[
            _message(
                row, ESCALATED, f"{row[0]}-{row[9]}", gettext_noop("Ticket %(number)s is overdue"),
                users=() if row[7] is None else (row[7],), leads=(row[6],), teams=(row[6],) if row[9] > 1 else (),
            )
            for row in _facts(ticket_ids)
        ]
    )  # fmt: skip


def tell_resolved(ticket_ids: Sequence[int], by: int | None, stamp: str) -> None:
    """Tell the people who opened tickets that these are resolved."""
    notify_many(
        messages=[
            _message(
                row,
                RESOLVED,
                f"{row[0]}-{stamp}",
                gettext_noop("Ticket %(number)s is resolved"),
                users=(row[8],),
            )
            for row in _facts(ticket_ids)
            if row[8] is not None and row[8] != by
        ]
    )


Facts = tuple[int, str, str, str, str, dict[str, object], str, int | None, int | None, int]


def _facts(ticket_ids: Sequence[int]) -> list[Facts]:
    return [(*row[:5], json.loads(row[5]), *row[6:]) for row in fetch(_FACTS, [list(ticket_ids)])]


def _assigned(row: Facts) -> NewMessage:
    return _message(
        row, ASSIGNED, f"{row[0]}-{row[7]}", gettext_noop("Ticket %(number)s was assigned to you"),
        users=() if row[7] is None else (row[7],),
    )  # fmt: skip


def _message(
    row: Facts,
    topic: str,
    key: str,
    title: str,
    *,
    users: Sequence[int] = (),
    teams: Sequence[str] = (),
    leads: Sequence[str] = (),
) -> NewMessage:
    return NewMessage(
        topic=topic,
        key=key,
        title=title,
        text=row[3].replace("%", "%%") or row[4],
        data={**row[5], "number": row[1]},
        url_path=f"/tickets?open={row[0]}",
        users=users,
        teams=teams,
        leads=leads,
    )
