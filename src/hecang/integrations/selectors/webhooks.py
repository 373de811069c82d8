"""Rows about endpoints, their health and their deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hecang.integrations.models import WebhookAttempt, WebhookDelivery
from hecang.integrations.selectors.scope import visible_endpoints
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.db import fetch
from hecang.kernel.errors import NotFound

Rows = QuerySet[Any, Any]

_FIELDS = (
    "id", "name", "url", "event_types", "shop_ids", "old_secret_until", "is_active", "disabled_reason", "disabled_at",
    "failing_since", "last_success_at", "last_error", "created_by", "created_at",
)  # fmt: skip
_HEALTH = """
SELECT endpoint_id, count(*), count(*) FILTER (WHERE status BETWEEN 200 AND 299),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY ms), percentile_disc(0.95) WITHIN GROUP (ORDER BY ms)
FROM webhook_attempt WHERE endpoint_id = ANY(%s::bigint[]) AND at > %s GROUP BY endpoint_id
"""
_STANDING = """
SELECT endpoint_id, count(*) FILTER (WHERE state IN ('waiting', 'sending')), count(*) FILTER (WHERE state = 'dead')
FROM webhook_delivery WHERE endpoint_id = ANY(%s::bigint[]) AND state <> 'delivered' GROUP BY endpoint_id
"""


def endpoint_rows(actor: Actor, *, active: bool | None = None) -> Rows:
    """Endpoints in the scope of ``actor``, without their secrets."""
    found: Rows = visible_endpoints(actor)
    if active is not None:
        found = found.filter(is_active=active)
    return found.values(*_FIELDS)


def endpoint_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How endpoints fared in the last day, and what waits. Two statements."""
    ids = [row["id"] for row in rows]
    health = {row[0]: row[1:] for row in fetch(_HEALTH, [ids, clock.now() - timedelta(days=1)])}
    standing = {row[0]: row[1:] for row in fetch(_STANDING, [ids])}
    result = []
    for row in rows:
        tries, good, median, slow = health.get(row["id"], (0, 0, None, None))
        waiting, dead = standing.get(row["id"], (0, 0))
        result.append(
            {
                **row,
                "tries": tries,
                "success_percent": round(100 * good / tries, 1) if tries else None,
                "median_ms": median,
                "p95_ms": slow,
                "waiting": waiting,
                "dead": dead,
            }
        )
    return result


def delivery_rows(
    actor: Actor, *, endpoint_id: int | None = None, state: str | None = None, event_type: str | None = None
) -> Rows:
    """What was sent or is to be sent to endpoints in the scope of ``actor``."""
    found: Rows = _visible(actor)
    if endpoint_id:
        found = found.filter(endpoint_id=endpoint_id)
    if state:
        found = found.filter(state=state)
    if event_type:
        found = found.filter(message__type=event_type)
    return found.values(
        "id", "state", "attempts", "replay", "due_at", "delivered_at", "last_status", "last_error", "created_at",
        "endpoint__id", "endpoint__name", "message__key", "message__type",
    )  # fmt: skip


def _visible(actor: Actor) -> QuerySet[WebhookDelivery]:
    found = WebhookDelivery.objects.all()
    is_bounded = actor.scope.shops is not None or actor.scope.owners is not None
    return found.filter(endpoint__in=visible_endpoints(actor)) if is_bounded else found


def delivery_flat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as lists show them."""
    return [{**row, "key": row["message"]["key"], "type": row["message"]["type"]} for row in rows]


def delivery_counts(actor: Actor, endpoint_id: int | None) -> dict[str, Any]:
    """Numbers on the tabs."""
    found = _visible(actor)
    if endpoint_id:
        found = found.filter(endpoint_id=endpoint_id)
    return capped_counts({state: found.filter(state=state) for state in ("waiting", "delivered", "dead")})


def delivery_detail(actor: Actor, delivery_id: int) -> dict[str, Any]:
    """One delivery with what was sent and every try. Raises NotFound."""
    delivery = _visible(actor).select_related("message", "endpoint").filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("There is no such delivery; it may be too old."))
    tries = WebhookAttempt.objects.filter(delivery_id=delivery_id).order_by("id")
    return {
        "id": delivery.pk,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "replay": delivery.replay,
        "due_at": delivery.due_at,
        "delivered_at": delivery.delivered_at,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": delivery.created_at,
        "endpoint": {"id": delivery.endpoint_id, "name": delivery.endpoint.name},
        "key": delivery.message.key,
        "type": delivery.message.type,
        "body": {
            "type": delivery.message.type,
            "timestamp": delivery.message.created_at.isoformat(),
            "data": delivery.message.payload,
        },
        "tries": list(tries.values("id", "at", "status", "ms", "error", "answer")),
    }
