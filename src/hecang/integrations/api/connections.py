"""Connections: which connectors there are, their forms, one connection, switching, checking, health."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hecang.integrations.api.base import router
from hecang.integrations.api.connection_shapes import (
    ChannelCountOut,
    ChannelRulesBody,
    ChannelRulesOut,
    ConnectionBody,
    ConnectionCheckOut,
    ConnectionFilters,
    ConnectionHealthListOut,
    ConnectionInboxOut,
    ConnectionNewBody,
    ConnectionOut,
    ConnectionPullBody,
    ConnectionRow,
    ConnectionSwitchBody,
    ConnectionTokenIn,
    ConnectorOut,
    Kind,
)
from hecang.integrations.connectors import REGISTRIES, connector_class, connector_classes
from hecang.integrations.errors import OutsideUnavailable
from hecang.integrations.models import ChannelRules
from hecang.integrations.selectors.health import connections_health
from hecang.integrations.selectors.scope import visible_connections
from hecang.integrations.services.channels.products import products_pull
from hecang.integrations.services.channels.rules import channel_rules_change, pull_from, rules_of
from hecang.integrations.services.channels.stock import stock_reconcile
from hecang.integrations.services.connections import (
    connection_activate,
    connection_check,
    connection_get,
    connection_inbox_renew,
    connection_save,
)
from hecang.integrations.services.links import error_facts, failure_note
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, ListDefinition
from hecang.kernel.connectors import OutsideError, Token, form_of, secrets_masked
from hecang.kernel.crypto import decrypt_json

_ROW = (
    "id", "kind", "connector", "name", "shop__id", "shop__code", "shop__name", "is_active", "failures", "last_ok_at",
    "last_error", "last_error_code", "last_error_at", "token_expires_at", "created_at",
)  # fmt: skip


@router.get(
    "/connectors",
    permission="integrations.connection.view",
    response=list[ConnectorOut],
    summary="Connectors with the forms of their settings",
)
def connectors_list(request: ApiRequest, kind: Kind | None = None) -> list[dict[str, Any]]:
    return [
        _connector(one, code)
        for one in (REGISTRIES if kind is None else (kind,))
        for code in connector_classes(one)
    ]


def _connector(kind: str, code: str) -> dict[str, Any]:
    connector = connector_class(kind, code)
    return {
        "kind": kind,
        "code": code,
        "title": translation.gettext(connector.title),
        "features": sorted(str(one) for one in connector.features),
        "form": form_of(connector.Settings),
        "needs_token": "refresh_token" in connector.features,
    }


def _rows(actor: Actor, filters: ConnectionFilters) -> Any:
    rows = visible_connections(actor)
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    if filters.connector:
        rows = rows.filter(connector=filters.connector)
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    if filters.shop is not None:
        rows = rows.filter(shop=filters.shop)
    if filters.q:
        rows = rows.filter(Q(name__icontains=filters.q) | Q(connector__istartswith=filters.q))
    return rows.values(*_ROW)


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    health = connections_health([row["id"] for row in rows])
    return [{**row, "status": health[row["id"]]["status"]} for row in rows]


CONNECTIONS = ListDefinition(
    name="connections",
    filters=ConnectionFilters,
    row=ConnectionRow,
    columns=(
        Column("name", _lazy("Name")),
        Column("kind", _lazy("Kind")),
        Column("connector", _lazy("Connector")),
        Column("shop.code", _lazy("Shop")),
        Column("is_active", _lazy("Active")),
        Column("status", _lazy("Status")),
        Column("last_ok_at", _lazy("Last success")),
        Column("last_error", _lazy("Last error")),
    ),
    sorts={"name": "name", "created_at": "created_at"},
    default_sort="name",
    query=_rows,
    enrich=_enriched,
    title="connections",
)
router.list("/connections", CONNECTIONS, permission="integrations.connection.view")


@router.get(
    "/connections/health",
    permission="integrations.connection.view",
    response=ConnectionHealthListOut,
    summary="How connections fare: lag, errors, tokens, queues",
)
def connections_health_get(request: ApiRequest, kind: Kind | None = None) -> dict[str, Any]:
    rows = visible_connections(request.actor).select_related("shop").order_by("kind", "name", "id")
    if kind is not None:
        rows = rows.filter(kind=kind)
    connections = list(rows)
    health = connections_health([one.pk for one in connections])
    return {"items": [{**_named(one), **health[one.pk]} for one in connections]}


def _named(connection: Any) -> dict[str, Any]:
    classes = connector_classes(connection.kind)
    known = classes.get(connection.connector)
    shop = connection.shop
    return {
        "kind": connection.kind,
        "connector": connection.connector,
        "title": translation.gettext(known.title) if known else connection.connector,
        "name": connection.name,
        "shop": {"id": shop.pk, "code": shop.code, "name": shop.name} if shop else None,
    }


@router.get(
    "/connections/{connection_id}",
    permission="integrations.connection.view",
    response=ConnectionOut,
    summary="One connection; secrets are never shown",
)
def connection_one(request: ApiRequest, connection_id: int) -> dict[str, Any]:
    return _one(connection_id)


@router.post(
    "/connections",
    permission="integrations.connection.create",
    response=ConnectionOut,
    status=201,
    summary="Make a connection; it is off until it is switched on",
)
def connection_post(request: ApiRequest, payload: ConnectionNewBody) -> dict[str, Any]:
    return _one(
        connection_save(
            kind=payload.kind,
            connector=payload.connector,
            name=payload.name,
            settings=payload.settings,
            shop_id=payload.shop_id,
            token=_token(payload.token),
        )
    )


@router.put(
    "/connections/{connection_id}",
    permission="integrations.connection.change",
    response=ConnectionOut,
    summary="Change name, settings or token of a connection; secrets left empty stay",
)
def connection_put(request: ApiRequest, connection_id: int, payload: ConnectionBody) -> dict[str, Any]:
    connection_save(
        kind="",
        connector="",
        name=payload.name,
        settings=payload.settings,
        connection_id=connection_id,
        token=_token(payload.token),
    )
    return _one(connection_id)


@router.post(
    "/connections/{connection_id}/active",
    permission="integrations.connection.change",
    response=ConnectionOut,
    summary="Switch a connection on or off",
)
def connection_switch(
    request: ApiRequest, connection_id: int, payload: ConnectionSwitchBody
) -> dict[str, Any]:
    connection_activate(connection_id=connection_id, is_active=payload.is_active)
    return _one(connection_id)


@router.post(
    "/connections/{connection_id}/check",
    permission="integrations.connection.check",
    response=ConnectionCheckOut,
    summary="Prove settings and token by one call to the system outside",
)
def connection_check_post(request: ApiRequest, connection_id: int) -> Any:
    return connection_check(connection_id=connection_id)


@router.post(
    "/connections/{connection_id}/inbox",
    permission="integrations.connection.change",
    response=ConnectionInboxOut,
    summary="A new address to be pushed to; the old one ends",
)
def connection_inbox(request: ApiRequest, connection_id: int) -> dict[str, str]:
    inbox_key = connection_inbox_renew(connection_id=connection_id)
    return {"push_path": _push_path(connection_get(connection_id).kind, inbox_key)}


@router.patch(
    "/connections/{connection_id}/rules",
    permission="integrations.connection.change",
    response=ChannelRulesOut,
    summary="How a channel is served: pulling, cancelling, its share of stock",
)
def connection_rules(request: ApiRequest, connection_id: int, payload: ChannelRulesBody) -> Any:
    changes = payload.model_dump(exclude_unset=True)
    for name in list(changes.keys() - {"stock_quota"}):
        if changes[name] is None:
            del changes[name]
    channel_rules_change(connection_id=connection_id, changes=changes)
    return rules_of(connection_get(connection_id))


@router.post(
    "/connections/{connection_id}/pull",
    permission="integrations.connection.change",
    summary="Pull a channel again from a moment on",
)
def connection_pull_again(request: ApiRequest, connection_id: int, payload: ConnectionPullBody) -> None:
    pull_from(connection_id=connection_id, since=payload.since)


@router.post(
    "/connections/{connection_id}/products",
    permission="integrations.product.pull",
    response=ChannelCountOut,
    summary="Read what a shop offers from its platform",
)
def connection_products(request: ApiRequest, connection_id: int) -> dict[str, int]:
    connection = connection_get(connection_id)
    try:
        return {"count": products_pull(connection_id=connection.pk)}
    except OutsideError as error:
        failure_note(connection, error)
        message = _("The platform did not answer as it should: %(what)s")
        raise OutsideUnavailable(message % {"what": error_facts(error)[1]}) from error


@router.post(
    "/connections/{connection_id}/stock",
    permission="integrations.stock.push",
    response=ChannelCountOut,
    summary="Have all stock of a channel told anew",
)
def connection_stock(request: ApiRequest, connection_id: int) -> dict[str, int]:
    return {"count": stock_reconcile(connection_id=connection_get(connection_id).pk)}


def _token(given: ConnectionTokenIn | None) -> Token | None:
    if given is None:
        return None
    expires: tuple[datetime | None, datetime | None] = (given.expires_at, given.refresh_expires_at)
    return Token(given.access, given.refresh, *expires)


def _push_path(kind: str, inbox_key: str) -> str:
    if kind == "erp":
        return f"/api/v1/qimen/{inbox_key}"
    return f"/api/v1/{'carriers' if kind == 'carrier' else 'channels'}/{inbox_key}/push"


def _one(connection_id: int) -> dict[str, Any]:
    connection = connection_get(connection_id)
    known = connector_class(connection.kind, connection.connector)
    stored = decrypt_json(connection.settings_cipher)
    masked = secrets_masked(known.Settings, stored)
    is_channel = connection.kind == "channel"
    rules: ChannelRules | None = rules_of(connection) if is_channel else None
    health = connections_health([connection.pk])[connection.pk]
    return {
        **{name: getattr(connection, name) for name in _ROW if "__" not in name},
        **_named(connection),
        "status": health["status"],
        "settings": masked,
        "secrets_set": sorted(name for name, value in masked.items() if value is None and stored[name]),
        "has_token": connection.token_cipher is not None,
        "token_refresh_expires_at": connection.token_refresh_expires_at,
        "push_path": _push_path(connection.kind, connection.inbox_key)
        if "receive" in known.features
        else None,
        "rules": rules,
        "features": sorted(str(one) for one in known.features),
    }
