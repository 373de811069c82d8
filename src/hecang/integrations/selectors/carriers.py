"""Which connection serves which carrier."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hecang.integrations.connectors import connector_class
from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import Connection
from hecang.kernel.db import fetch


def carrier_links(connection_id: int) -> dict[str, Any]:
    """Features of a connection's connector, and the carriers that it serves. Raises ConnectionNotFound."""
    connection = Connection.objects.filter(pk=connection_id, kind=Connection.Kind.CARRIER).first()
    if connection is None:
        raise ConnectionNotFound(_("There is no such connection to a carrier."))
    rows = fetch(
        "SELECT c.id, c.code, c.name, bool_or(l.role = 'ship'), bool_or(l.role = 'track'),"
        " coalesce(max(l.code), '') FROM carrier_link l JOIN carrier c ON c.id = l.carrier_id"
        " WHERE l.connection_id = %s GROUP BY c.id ORDER BY c.code",
        [connection_id],
    )
    names = ("carrier_id", "carrier_code", "carrier_name", "ships", "tracks", "code")
    return {
        "features": sorted(connector_class(connection.kind, connection.connector).features),
        "links": [dict(zip(names, row, strict=True)) for row in rows],
    }
