"""Sending what waits: claim it, send it without any lock, write down what became of it.

A row is claimed in a transaction of its own before anything is sent, so two workers never send one message. Where a
worker dies in between, the row stays claimed: after :data:`LOST_AFTER` it is called *unsure* and left to a person,
since sending again might tell somebody twice.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.utils import translation

from hecang.kernel import clock
from hecang.kernel.connectors import settings_parse
from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.stopping import stopping
from hecang.notifications.models import Delivery, Target
from hecang.notifications.texts import say
from hecang.notifications.ways.base import Letter, SendFailed
from hecang.notifications.ways.email import send_mail
from hecang.notifications.ways.registry import SENDERS

#: Pauses before the second, third … try.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
#: A claim older than this belongs to a worker that is gone.
LOST_AFTER = timedelta(minutes=10)
#: Mails claimed at a time, and messages to one shared target.
BATCH = 50
#: Rounds of one run; a later run goes on.
ROUNDS = 20
#: Seconds after which a run sends nothing more: what it has claimed must be settled long before :data:`LOST_AFTER`.
RUN_SECONDS = 40.0

logger = structlog.get_logger("hecang.notifications")

_DUE = """
SELECT EXISTS (SELECT FROM notification_delivery d LEFT JOIN notification_target t ON t.id = d.target_id
    WHERE d.state = 'waiting' AND d.due_at <= %s AND (t.id IS NULL OR t.is_active))
"""
_CLAIM_MAILS = """
UPDATE notification_delivery SET state = 'sending', claimed_at = %s, attempts = attempts + 1 WHERE id IN (
    SELECT id FROM notification_delivery WHERE state = 'waiting' AND due_at <= %s AND target_id IS NULL
    ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
_DUE_TARGETS = """
SELECT DISTINCT d.target_id FROM notification_delivery d JOIN notification_target t ON t.id = d.target_id
WHERE d.state = 'waiting' AND d.due_at <= %s AND t.is_active ORDER BY 1
"""
_LOCK_TARGET = "SELECT way FROM notification_target WHERE id = %s AND is_active FOR NO KEY UPDATE SKIP LOCKED"
_SENT_LATELY = "SELECT count(*) FROM notification_delivery WHERE target_id = %s AND claimed_at > %s"
_CLAIM_TARGET = """
UPDATE notification_delivery SET state = 'sending', claimed_at = %s, attempts = attempts + 1 WHERE id IN (
    SELECT id FROM notification_delivery WHERE state = 'waiting' AND due_at <= %s AND target_id = %s
    ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
_PUT_BACK = """
UPDATE notification_delivery SET state = 'waiting', claimed_at = NULL, attempts = attempts - 1
WHERE id = ANY(%s::bigint[]) AND state = 'sending'
"""
_POSTPONE = """
UPDATE notification_delivery SET due_at = %s WHERE target_id = %s AND state = 'waiting' AND due_at <= %s
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery: ``error`` empty for sent."""

    delivery_id: int
    error: str = ""
    may_retry: bool = False
    retry_after: timedelta | None = None


def deliveries_waiting() -> bool:
    """Whether something is to be sent now."""
    row = fetch_one(_DUE, [clock.now()])
    return bool(row and row[0])


def deliveries_send() -> int:
    """Send what is due; how many were. Holds no lock while it sends."""
    sent = 0
    until = time.monotonic() + RUN_SECONDS
    for _round in range(ROUNDS):
        claimed = _mails_claim() + _targets_claim()
        if not claimed:
            break
        groups = _groups(claimed)
        while groups:
            outcomes = _send(groups.pop(0))
            _settle(outcomes)
            sent += sum(not outcome.error for outcome in outcomes)
            if stopping.is_set() or time.monotonic() > until:
                _put_back(groups)
                return sent
    return sent


@transactional
def _put_back(groups: Sequence[Sequence[Delivery]]) -> None:
    """What was claimed and not tried waits again."""
    execute(_PUT_BACK, [[one.pk for group in groups for one in group]])


@transactional
def deliveries_recover() -> int:
    """Mark as unsure what workers that are gone had claimed; how many. Locks these deliveries."""
    return execute(
        "UPDATE notification_delivery SET state = 'unsure' WHERE id IN (SELECT id FROM notification_delivery"
        " WHERE state = 'sending' AND claimed_at < %s ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)",
        [clock.now() - LOST_AFTER],
    )


@transactional
def _mails_claim() -> list[int]:
    now = clock.now()
    return [row[0] for row in fetch(_CLAIM_MAILS, [now, now, BATCH])]


def _targets_claim() -> list[int]:
    due = fetch(_DUE_TARGETS, [clock.now()])
    return [delivery_id for row in due for delivery_id in _target_claim(row[0])]


@transactional
def _target_claim(target_id: int) -> list[int]:
    """What one target bears now; the rest is put off. Locks the target, so that its pace is kept by all workers."""
    row = fetch_one(_LOCK_TARGET, [target_id])
    if row is None:
        return []
    now = clock.now()
    lately = fetch_one(_SENT_LATELY, [target_id, now - timedelta(minutes=1)])
    assert lately is not None
    free = SENDERS[row[0]].per_minute - lately[0]
    claimed = fetch(_CLAIM_TARGET, [now, now, target_id, min(free, BATCH)]) if free > 0 else []
    if free <= len(claimed):
        execute(_POSTPONE, [now + timedelta(seconds=20), target_id, now])
    return [row[0] for row in claimed]


def _groups(delivery_ids: Sequence[int]) -> list[list[Delivery]]:
    """Digests of one person together, everything else by itself."""
    deliveries = (
        Delivery.objects.filter(pk__in=delivery_ids)
        .select_related("message", "user", "target")
        .order_by("id")
    )
    groups: dict[Any, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        groups[("digest", one.user_id) if one.in_digest else one.pk].append(one)
    return list(groups.values())


def _send(group: Sequence[Delivery]) -> list[Outcome]:
    try:
        _send_group(group)
    except SendFailed as error:
        return [Outcome(one.pk, str(error), error.may_retry, error.retry_after) for one in group]
    except Undecryptable:
        return [Outcome(one.pk, "the settings cannot be read") for one in group]
    except Exception as error:  # what nobody foresaw ends here: the others are still to be sent
        logger.exception("notification_failed", deliveries=[one.pk for one in group])
        return [Outcome(one.pk, type(error).__name__) for one in group]
    return [Outcome(one.pk) for one in group]


def _send_group(group: Sequence[Delivery]) -> None:
    first = group[0]
    if first.target is None:
        assert first.user is not None
        if not first.user.is_active or not first.user.email:
            raise SendFailed("the person has no e-mail address any more", may_retry=False)
        with translation.override(first.user.language):
            send_mail(to=first.user.email, letters=[letter_of(one) for one in group])
        return
    with translation.override(first.target.language):
        target_send(first.target, letter_of(first))


def target_send(target: Target, letter: Letter) -> None:
    """Send one letter to a shared target. Raises :class:`SendFailed`."""
    sender = SENDERS[target.way]
    given = settings_parse(sender.settings, decrypt_json(target.settings_cipher))
    sender.send(given, letter)


def letter_of(delivery: Delivery) -> Letter:
    """A delivery in the language at hand."""
    message = delivery.message
    return Letter(
        key=f"notification-{delivery.pk}",
        title=say(message.title, message.data),
        text=say(message.text, message.data),
        link=link_of(message.url_path),
        topic=message.topic,
        data=message.data,
        at=message.created_at,
    )


def link_of(path: str) -> str:
    """The whole address of a page of the desk; empty where the installation does not know its own."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL and path else ""


@transactional
def _settle(outcomes: Sequence[Outcome]) -> None:
    """Write down what became of deliveries, and how their targets fare. Locks both, deliveries first."""
    now = clock.now()
    attempts = dict(
        fetch(
            "SELECT id, attempts FROM notification_delivery WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [sorted(outcome.delivery_id for outcome in outcomes)],
        )
    )
    rows = [_settled(outcome, attempts[outcome.delivery_id], now) for outcome in outcomes]
    execute(
        "UPDATE notification_delivery d SET state = s.state, due_at = coalesce(s.due_at, d.due_at),"
        " last_error = s.error, sent_at = CASE WHEN s.state = 'sent' THEN %s ELSE d.sent_at END"
        " FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[]) AS s (id, state, due_at, error)"
        " WHERE d.id = s.id",
        [now, *columns(rows, 4)],
    )
    execute(
        "UPDATE notification_target t SET failures = CASE WHEN s.error = '' THEN 0 ELSE t.failures + 1 END,"
        " last_error = s.error, last_sent_at = CASE WHEN s.error = '' THEN %s ELSE t.last_sent_at END"
        " FROM (SELECT DISTINCT ON (d.target_id) d.target_id, u.error FROM notification_delivery d"
        "   JOIN unnest(%s::bigint[], %s::text[]) AS u (id, error) ON u.id = d.id"
        "   WHERE d.target_id IS NOT NULL ORDER BY d.target_id, d.id DESC) AS s WHERE t.id = s.target_id",
        [now, [row[0] for row in rows], [row[3] for row in rows]],
    )


def _settled(outcome: Outcome, attempts: int, now: datetime) -> tuple[int, str, datetime | None, str]:
    if not outcome.error:
        return outcome.delivery_id, Delivery.State.SENT.value, None, ""
    if outcome.may_retry and attempts <= len(PAUSES):
        pause = max(PAUSES[attempts - 1], outcome.retry_after or timedelta())
        return outcome.delivery_id, Delivery.State.WAITING.value, now + pause, outcome.error[:300]
    return outcome.delivery_id, Delivery.State.FAILED.value, None, outcome.error[:300]
