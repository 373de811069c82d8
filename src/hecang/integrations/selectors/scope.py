"""Which connections and webhook endpoints somebody may see: as far as the shops in their scope."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hecang.integrations.models import Connection, WebhookEndpoint
from hecang.kernel.actor import Actor, current_actor
from hecang.orders.models import Shop


def visible_connections(actor: Actor | None = None) -> QuerySet[Connection]:
    """Connections in the scope of ``actor``, or of whoever acts here."""
    scope = (actor or current_actor()).scope
    connections = Connection.objects.all()
    if scope.shops is not None:
        connections = connections.filter(Q(shop__isnull=True) | Q(shop__in=scope.shops))
    if scope.owners is not None:
        connections = connections.filter(Q(shop__isnull=True) | Q(shop__owner__in=scope.owners))
    return connections


def of_visible_connections(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Those of the rows whose ``connection`` is in scope; untouched where the scope has no bounds."""
    if actor.scope.shops is None and actor.scope.owners is None:
        return rows
    return rows.filter(connection__in=visible_connections(actor))


def visible_endpoints(actor: Actor | None = None) -> QuerySet[WebhookEndpoint]:
    """Endpoints that hear of nothing but shops in the scope of ``actor``, or of whoever acts here."""
    shops = shops_in_scope(actor)
    if shops is None:
        return WebhookEndpoint.objects.all()
    return WebhookEndpoint.objects.filter(shop_ids__contained_by=shops)


def shops_in_scope(actor: Actor | None = None) -> list[int] | None:
    """Ids of the shops in scope; ``None`` where the scope is not bounded by shops or owners."""
    scope = (actor or current_actor()).scope
    if scope.shops is None and scope.owners is None:
        return None
    shops = Shop.objects.order_by("pk")
    if scope.shops is not None:
        shops = shops.filter(pk__in=scope.shops)
    if scope.owners is not None:
        shops = shops.filter(owner__in=scope.owners)
    return list(shops.values_list("pk", flat=True))
