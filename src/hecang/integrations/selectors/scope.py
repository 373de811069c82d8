"""Which connections somebody may see: those of no shop, and those of the shops in their scope."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from hecang.integrations.models import Connection
from hecang.kernel.actor import Actor, current_actor


def visible_connections(actor: Actor | None = None) -> QuerySet[Connection]:
    """Connections in the scope of ``actor``, or of whoever acts here."""
    scope = (actor or current_actor()).scope
    connections = Connection.objects.all()
    if scope.shops is not None:
        connections = connections.filter(Q(shop__isnull=True) | Q(shop__in=scope.shops))
    if scope.owners is not None:
        connections = connections.filter(Q(shop__isnull=True) | Q(shop__owner__in=scope.owners))
    return connections
