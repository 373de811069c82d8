"""How a shop wants its platform to be served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hecang.accounts.services.audit import audit_record
from hecang.integrations.models import ChannelRules, Connection, PullCursor
from hecang.integrations.services.channels.cursors import cursors_ensure
from hecang.integrations.services.channels.marks import stock_mark_connection
from hecang.integrations.services.connections import connection_locked
from hecang.kernel import clock
from hecang.kernel.db import transactional

#: What may change of the rules.
CHANGEABLE = frozenset(
    {
        "on_cancel", "pull_seconds", "payload_days", "is_stock_on", "stock_percent", "stock_buffer", "stock_quota",
    }
)  # fmt: skip


def rules_of(connection: Connection) -> ChannelRules:
    """The rules of a channel; the usual ones where nobody has set any."""
    return ChannelRules.objects.filter(pk=connection.pk).first() or ChannelRules(connection=connection)


@transactional
def channel_rules_change(*, connection_id: int, changes: Mapping[str, Any]) -> None:
    """Change rules of a channel. Locks the connection. Stock is told anew where its rules changed.

    :param changes: any of :data:`CHANGEABLE`.
    """
    connection = connection_locked(connection_id)
    rules = rules_of(connection)
    before = {name: getattr(rules, name) for name in sorted(CHANGEABLE)}
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise ValueError(f"a channel has no rule {name}")
        setattr(rules, name, value)
    after = {name: getattr(rules, name) for name in sorted(CHANGEABLE)}
    rules.save()
    if after == before:
        return
    audit_record(
        action="integrations.connection.rules_changed",
        entity_kind="connection",
        entity_id=connection_id,
        before=before,
        after=after,
    )
    if any(after[name] != before[name] for name in after if "stock" in name):
        stock_mark_connection(connection_id)


@transactional
def pull_from(*, connection_id: int, since: datetime) -> None:
    """Pull a channel again from a moment on. Locks the connection. What is known already stays as it is."""
    cursors_ensure(connection_locked(connection_id))
    PullCursor.objects.filter(connection=connection_id).update(
        high_water=since, window_since=None, window_until=None, page_cursor="", next_at=clock.now()
    )
    audit_record(
        action="integrations.connection.pulled_again",
        entity_kind="connection",
        entity_id=connection_id,
        after={"since": since},
    )
