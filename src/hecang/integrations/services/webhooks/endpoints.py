"""Endpoints: who hears of what; their secrets; replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.integrations.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from hecang.integrations.selectors.scope import shops_in_scope, visible_endpoints
from hecang.integrations.services.webhooks.catalogue import TEST, TYPES
from hecang.integrations.services.webhooks.telling import message_key
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.crypto import encrypt
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, Problem
from hecang.kernel.outgoing import url_check
from hecang.kernel.signing import secret_make

#: How long the old secret signs beside the new one, unless somebody says otherwise.
OVERLAP_HOURS = 24

_REPLAY = """
INSERT INTO webhook_delivery (endpoint_id, message_id, replay, state, attempts, due_at, last_error, created_at)
SELECT %s, m.id, %s, 'waiting', 0, %s, '', %s FROM webhook_message m, webhook_endpoint e
WHERE e.id = %s AND m.created_at >= %s AND m.id >= %s AND (e.event_types = '{}' OR m.type = ANY(e.event_types))
    AND (e.shop_ids IS NULL OR m.shop_id = ANY(e.shop_ids)) AND m.type <> %s ORDER BY m.id
"""


@transactional
def endpoint_create(
    *, name: str, url: str, event_types: Sequence[str] = (), shop_ids: Sequence[int] | None = None
) -> tuple[int, str]:
    """Make an endpoint; its id and its secret, which is not shown again. Raises InvalidInput, Conflict."""
    url_check(url)
    _require_types(event_types)
    _require_shops(shop_ids)
    if WebhookEndpoint.objects.filter(name=name).exists():
        raise Conflict(_("There is an endpoint with the name “%(name)s” already.") % {"name": name})
    secret = secret_make()
    endpoint = WebhookEndpoint.objects.create(
        name=name,
        url=url,
        event_types=sorted(set(event_types)),
        shop_ids=None if shop_ids is None else sorted(set(shop_ids)),
        secret_cipher=encrypt(secret.encode()),
        created_by=current_actor().name[:100],
        created_at=clock.now(),
    )
    _audit("created", endpoint.pk, {"name": name, "url": url, "types": endpoint.event_types})
    return endpoint.pk, secret


@transactional
def endpoint_change(*, endpoint_id: int, changes: Mapping[str, Any]) -> None:
    """Change ``name, url, event_types, shop_ids, is_active``; switching on forgets the failures. Locks it."""
    endpoint = _locked(endpoint_id)
    if "url" in changes:
        url_check(changes["url"])
    if "event_types" in changes:
        _require_types(changes["event_types"])
    if "shop_ids" in changes:
        _require_shops(changes["shop_ids"])
    for name, value in changes.items():
        setattr(endpoint, name, sorted(set(value)) if isinstance(value, list) else value)
    if "is_active" in changes:
        endpoint.disabled_reason = "" if endpoint.is_active else WebhookEndpoint.Disabled.BY_HAND
        endpoint.disabled_at = None if endpoint.is_active else clock.now()
        endpoint.failing_since = None
    endpoint.save()
    _audit("changed", endpoint_id, dict(changes))


@transactional
def endpoint_delete(*, endpoint_id: int) -> None:
    """Remove an endpoint with its log. Raises NotFound."""
    endpoint = _locked(endpoint_id)
    _audit("deleted", endpoint_id, {"name": endpoint.name})
    execute(
        "DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM webhook_delivery WHERE endpoint_id = %s)",
        [endpoint_id],
    )
    execute("DELETE FROM webhook_delivery WHERE endpoint_id = %s", [endpoint_id])
    endpoint.delete()


@transactional
def secret_rotate(*, endpoint_id: int, overlap_hours: int = OVERLAP_HOURS) -> str:
    """A new secret, shown once; the one before signs too for ``overlap_hours``. Locks the endpoint."""
    endpoint = _locked(endpoint_id)
    secret = secret_make()
    endpoint.old_secret_cipher = endpoint.secret_cipher if overlap_hours else None
    endpoint.old_secret_until = clock.now() + timedelta(hours=overlap_hours) if overlap_hours else None
    endpoint.secret_cipher = encrypt(secret.encode())
    endpoint.save()
    _audit("secret_rotated", endpoint_id, {"overlap_hours": overlap_hours})
    return secret


@transactional
def endpoint_test(*, endpoint_id: int) -> int:
    """Queue a test message for one endpoint alone; the id of its delivery. Raises NotFound."""
    endpoint = _locked(endpoint_id)
    now = clock.now()
    message = WebhookMessage.objects.create(
        key=message_key(), type=TEST, payload={"endpoint": endpoint.name}, created_at=now
    )
    return WebhookDelivery.objects.create(endpoint=endpoint, message=message, due_at=now, created_at=now).pk


@transactional
def endpoint_replay(*, endpoint_id: int, since: datetime | None = None, from_message: str = "") -> int:
    """Send everything that an endpoint wants again, from a moment or a message on; how many messages.

    The messages keep their ids, so that a receiver which has some of them recognises these. Locks the endpoint.
    """
    _locked(endpoint_id)
    first = 0
    if from_message:
        row = fetch_one("SELECT id FROM webhook_message WHERE key = %s", [from_message])
        if row is None:
            raise NotFound(_("There is no such message; it may be too old."))
        first = row[0]
    elif since is None:
        message = _("Say from which moment or message on.")
        raise InvalidInput(message, problems=[Problem(message, code="required", loc="since")])
    now = clock.now()
    start = since or datetime.min.replace(tzinfo=now.tzinfo)
    row = fetch_one("SELECT max(replay) FROM webhook_delivery WHERE endpoint_id = %s", [endpoint_id])
    number = ((row[0] if row else 0) or 0) + 1
    count = execute(_REPLAY, [endpoint_id, number, now, now, endpoint_id, start, first, TEST])
    _audit(
        "replayed", endpoint_id, {"since": since.isoformat() if since else from_message, "messages": count}
    )
    return count


@transactional
def deliveries_resend(*, delivery_ids: Sequence[int]) -> int:
    """Try given-up deliveries again from the first step of the ladder; how many. Locks them."""
    now = clock.now()
    visible = None if shops_in_scope() is None else list(visible_endpoints().values_list("pk", flat=True))
    return execute(
        "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = %s WHERE id IN ("
        " SELECT id FROM webhook_delivery WHERE id = ANY(%s::bigint[]) AND state = 'dead'"
        " AND (%s::bigint[] IS NULL OR endpoint_id = ANY(%s::bigint[])) ORDER BY id FOR NO KEY UPDATE)",
        [now, sorted(set(delivery_ids)), visible, visible],
    )


def _locked(endpoint_id: int) -> WebhookEndpoint:
    endpoint = visible_endpoints().select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound(_("There is no such endpoint."))
    return endpoint


def _require_types(codes: Sequence[str]) -> None:
    unknown = sorted(set(codes) - TYPES.keys())
    if unknown:
        message = _("There is no event type “%(code)s”.") % {"code": unknown[0]}
        raise InvalidInput(message, problems=[Problem(message, code="unknown_type", loc="event_types")])


def _require_shops(shop_ids: Sequence[int] | None) -> None:
    """Nobody lets others hear of what lies outside the own data scope."""
    allowed = shops_in_scope()
    if allowed is not None and (shop_ids is None or not set(shop_ids) <= set(allowed)):
        message = _("Name the shops that the endpoint hears of, each of them in your data scope.")
        raise InvalidInput(message, problems=[Problem(message, code="out_of_scope", loc="shop_ids")])


def _audit(action: str, endpoint_id: int, facts: dict[str, Any]) -> None:
    audit_record(
        action=f"integrations.webhook.{action}",
        entity_kind="webhook_endpoint",
        entity_id=endpoint_id,
        after=facts,
    )
