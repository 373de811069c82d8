"""How every connection fares: what the health page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hecang.kernel import clock
from hecang.kernel.db import fetch

#: From this lag on a channel counts as behind, beyond its own interval.
BEHIND = timedelta(minutes=10)
#: A token that ends within this span is to be looked at.
TOKEN_SOON = timedelta(days=3)

_HEALTH = """
SELECT c.id, c.is_active, c.failures, c.retry_at, c.last_ok_at, c.last_error, c.last_error_code, c.last_error_at,
    c.token_expires_at, c.token_refresh_expires_at,
    (SELECT min(high_water) FROM pull_cursor WHERE connection_id = c.id),
    (SELECT max(ok_at) FROM pull_cursor WHERE connection_id = c.id),
    (SELECT max(placed_at) FROM platform_order WHERE connection_id = c.id),
    (SELECT count(*) FROM platform_order WHERE connection_id = c.id AND state = 'unmapped'),
    (SELECT count(*) FROM platform_order WHERE connection_id = c.id AND state = 'failed'),
    (SELECT count(*) FROM platform_product
     WHERE connection_id = c.id AND sku_id IS NULL AND NOT is_ignored),
    (SELECT count(*) FROM shipment_confirm WHERE connection_id = c.id AND state = 'pending')
        + (SELECT count(*) FROM qimen_sending WHERE connection_id = c.id AND state = 'pending'),
    (SELECT min(shipped_at) FROM shipment_confirm WHERE connection_id = c.id AND state = 'pending'),
    (SELECT count(*) FROM shipment_confirm WHERE connection_id = c.id AND state = 'refused')
        + (SELECT count(*) FROM qimen_sending WHERE connection_id = c.id AND state = 'refused'),
    (SELECT count(*) FROM platform_stock WHERE connection_id = c.id AND version > told_version),
    (SELECT min(changed_at) FROM platform_stock WHERE connection_id = c.id AND version > told_version),
    (SELECT count(*) FROM platform_stock WHERE connection_id = c.id AND error <> ''),
    (SELECT count(*) FROM platform_message WHERE connection_id = c.id AND state = 'new'),
    (SELECT count(*) FROM platform_message WHERE connection_id = c.id AND state = 'failed'),
    (SELECT count(*) FROM platform_request WHERE connection_id = c.id AND state IN ('open', 'asked'))
FROM connection c WHERE c.id = ANY(%s::bigint[])
"""
_NAMES = (
    "id", "is_active", "failures", "retry_at", "last_ok_at", "last_error", "last_error_code", "last_error_at",
    "token_expires_at", "token_refresh_expires_at", "pulled_until", "pulled_at", "last_order_at", "orders_unmapped",
    "orders_failed", "products_unmapped", "confirms_pending", "confirms_oldest_at", "confirms_refused", "stock_pending",
    "stock_oldest_at", "stock_failed", "messages_new", "messages_failed", "requests_open",
)  # fmt: skip


def connections_health(connection_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Facts of the health page by connection, with ``status`` and ``lag_seconds``. One statement."""
    now = clock.now()
    found = {}
    for row in fetch(_HEALTH, [list(connection_ids)]):
        facts = dict(zip(_NAMES, row, strict=True))
        until: datetime | None = facts["pulled_until"]
        facts["lag_seconds"] = None if until is None else max(int((now - until).total_seconds()), 0)
        facts["status"] = _status(facts, now)
        found[facts["id"]] = facts
    return found


def _status(facts: dict[str, Any], now: datetime) -> str:
    """``off``, ``failing`` (nothing goes through), ``warning`` (somebody should look) or ``ok``."""
    if not facts["is_active"]:
        return "off"
    if facts["failures"] >= 3:
        return "failing"
    expires = facts["token_refresh_expires_at"] or facts["token_expires_at"]
    # A new connection reads the past first; that is no trouble.
    behind = facts["pulled_at"] is not None and now - facts["pulled_until"] > BEHIND
    troubled = any(
        facts[name]
        for name in ("failures", "orders_unmapped", "orders_failed", "confirms_refused", "messages_failed")
    )
    if behind or troubled or (expires is not None and expires < now + TOKEN_SOON and _needs_person(facts)):
        return "warning"
    return "ok"


def _needs_person(facts: dict[str, Any]) -> bool:
    """A token that ends soon troubles nobody while there is another to renew it with."""
    return (
        facts["token_refresh_expires_at"] is not None
        or facts["token_expires_at"] is None
        or (facts["last_error_code"] == "token_expired")
    )
