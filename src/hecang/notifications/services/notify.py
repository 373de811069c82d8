"""Telling people: one message, once to each of them, in the way and at the time that each has chosen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hecang.accounts.models import User
from hecang.accounts.roles import permissions_of
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.notifications.timing import Hours, due
from hecang.notifications.topics import EMAIL, IN_APP, NOW, OFF, topic

_MESSAGES = """
INSERT INTO notification_message (topic, key, title, text, data, url_path, created_at)
SELECT m.topic, m.key, m.title, m.text, m.data, m.url_path, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::text[])
    AS m (topic, key, title, text, data, url_path)
ORDER BY m.topic, m.key
ON CONFLICT (topic, key) DO NOTHING
"""
_IDS = """
SELECT m.topic, m.key, m.id FROM notification_message m
JOIN unnest(%s::text[], %s::text[]) AS w (topic, key) ON w.topic = m.topic AND w.key = m.key
"""
_INBOX = """
INSERT INTO notification (message_id, user_id, created_at)
SELECT n.message_id, n.user_id, %s FROM unnest(%s::bigint[], %s::bigint[]) AS n (message_id, user_id)
ON CONFLICT (message_id, user_id) DO NOTHING
"""
_OUT = """
INSERT INTO notification_delivery (message_id, way, user_id, target_id, state, in_digest, due_at, attempts,
    last_error, created_at)
SELECT d.message_id, d.way, d.user_id, d.target_id, 'waiting', d.in_digest, d.due_at, 0, '', %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::boolean[], %s::timestamptz[])
    AS d (message_id, way, user_id, target_id, in_digest, due_at)
ON CONFLICT (message_id, user_id, way, target_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """Something to tell.

    :param key: names the occasion within its topic; a second message of the same key adds readers, and tells
        nobody twice.
    :param title: English source string, marked with ``gettext_noop``; ``%(name)s`` places are filled from ``data``
        when it is shown, in the reader's language. No personal data.
    :param users: ids of users who are told.
    :param teams: codes of teams whose members are told.
    :param leads: codes of teams whose lead is told.
    :param permission: everybody whose roles give it is told.
    :param url_path: where in the desk it leads.
    """

    topic: str
    key: str
    title: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    url_path: str = ""
    users: Collection[int] = ()
    teams: Collection[str] = ()
    leads: Collection[str] = ()
    permission: str = ""


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    has_email: bool
    hours: Hours


def notify(
    *,
    topic: str,
    key: str,
    title: str,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    url_path: str = "",
    recipients: Collection[int] = (),
    team: str = "",
    permission: str = "",
) -> None:
    """Tell ``recipients`` (user ids), the members of ``team`` and everybody with ``permission``; see :func:`notify_many`."""
    notify_many(
        messages=[
            NewMessage(
                topic=topic, key=key, title=title, text=text, data=data or {}, url_path=url_path, users=recipients,
                teams=(team,) if team else (), permission=permission,
            )
        ]
    )  # fmt: skip


@transactional
def notify_many(*, messages: Sequence[NewMessage]) -> None:
    """Write messages into inboxes and queue what goes out by mail and to shared targets.

    Joins the transaction of the fact that is told. The number of statements does not depend on how many messages or
    readers there are. Raises KeyError for a topic that no app has registered.
    """
    if not messages:
        return
    ids = _write(messages)
    readers = _readers(messages)
    people = _people({user_id for users in readers for user_id in users})
    chosen = _chosen(people, {message.topic for message in messages})
    now = clock.now()
    inbox: list[tuple[Any, ...]] = []
    out: list[tuple[Any, ...]] = []
    for message_id, message, users in zip(ids, messages, readers, strict=True):
        for user_id in sorted(users & people.keys()):
            if _timing(chosen, user_id, message.topic, IN_APP) != OFF:
                inbox.append((message_id, user_id))
            timing = _timing(chosen, user_id, message.topic, EMAIL)
            if timing != OFF and people[user_id].has_email:
                at = due(now, timing, people[user_id].hours)
                out.append((message_id, EMAIL, user_id, None, timing != NOW, at))
    out += _to_targets(ids, messages, now)
    if inbox:
        execute(_INBOX, [now, *columns(sorted(set(inbox)), 2)])
    if out:
        execute(_OUT, [now, *columns(dict.fromkeys(out), 6)])


def _write(messages: Sequence[NewMessage]) -> list[int]:
    for message in messages:
        topic(message.topic)
    first = {(message.topic, message.key[:128]): message for message in reversed(messages)}
    rows = [
        (
            *names, message.title[:200], message.text[:1000],
            json.dumps(dict(message.data), ensure_ascii=False, default=str), message.url_path[:300],
        )
        for names, message in first.items()
    ]  # fmt: skip
    execute(_MESSAGES, [clock.now(), *columns(rows, 6)])
    known = {(name, key): message_id for name, key, message_id in fetch(_IDS, columns(first, 2))}
    return [known[message.topic, message.key[:128]] for message in messages]


def _readers(messages: Sequence[NewMessage]) -> list[set[int]]:
    """Who is told, for each message. At most three statements."""
    teams: dict[str, set[int]] = {}
    if codes := sorted({code for message in messages for code in message.teams}):
        for code, user_id in fetch(
            "SELECT t.code, m.user_id FROM team_member m JOIN team t ON t.id = m.team_id"
            " WHERE t.code = ANY(%s::text[])",
            [codes],
        ):
            teams.setdefault(code, set()).add(user_id)
    leads: dict[str, set[int]] = {}
    if codes := sorted({code for message in messages for code in message.leads}):
        for code, user_id in fetch(
            "SELECT code, lead_id FROM team WHERE code = ANY(%s::text[]) AND lead_id IS NOT NULL", [codes]
        ):
            leads.setdefault(code, set()).add(user_id)
    holders = _holders({message.permission for message in messages if message.permission})
    return [
        set(message.users)
        | _union(teams, message.teams)
        | _union(leads, message.leads)
        | holders.get(message.permission, set())
        for message in messages
    ]


def _union(groups: Mapping[str, set[int]], codes: Iterable[str]) -> set[int]:
    return {user_id for code in codes for user_id in groups.get(code, ())}


def _holders(permissions: Collection[str]) -> dict[str, set[int]]:
    if not permissions:
        return {}
    held = [
        (user_id, permissions_of(roles))
        for user_id, roles in User.objects.filter(is_active=True).values_list("id", "roles")
    ]
    return {
        code: {user_id for user_id, codes in held if code in codes or "*" in codes} for code in permissions
    }


def _people(user_ids: Collection[int]) -> dict[int, _Person]:
    if not user_ids:
        return {}
    rows = fetch(
        "SELECT u.id, u.email <> '', p.time_zone, p.quiet_from, p.quiet_until, p.digest_hour"
        ' FROM "user" u LEFT JOIN notification_profile p ON p.user_id = u.id'
        " WHERE u.id = ANY(%s::bigint[]) AND u.is_active",
        [sorted(user_ids)],
    )
    return {
        row[0]: _Person(row[0], row[1], Hours() if row[2] is None else Hours(row[2], row[3], row[4], row[5]))
        for row in rows
    }


def _chosen(people: Collection[int], topics: Collection[str]) -> dict[tuple[int, str, str], str]:
    if not people:
        return {}
    rows = fetch(
        "SELECT user_id, topic, way, timing FROM notification_preference"
        " WHERE user_id = ANY(%s::bigint[]) AND topic = ANY(%s::text[])",
        [sorted(people), sorted(topics)],
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _timing(chosen: Mapping[tuple[int, str, str], str], user_id: int, code: str, way: str) -> str:
    return chosen.get((user_id, code, way)) or topic(code).default(way)


def _to_targets(ids: Sequence[int], messages: Sequence[NewMessage], now: datetime) -> list[tuple[Any, ...]]:
    """Shared targets that hear of these topics; one with a team only of what that team is told."""
    rows = fetch(
        "SELECT t.id, t.way, t.topics, coalesce(e.code, '') FROM notification_target t"
        " LEFT JOIN team e ON e.id = t.team_id WHERE t.is_active AND t.topics && %s::varchar[]",
        [sorted({message.topic for message in messages})],
    )
    return [
        (message_id, way, None, target_id, False, now)
        for message_id, message in zip(ids, messages, strict=True)
        for target_id, way, topics, team in rows
        if message.topic in topics and (not team or team in message.teams)
    ]
