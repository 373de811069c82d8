"""The streams of a connection that are pulled, and where they begin."""

from __future__ import annotations

from datetime import timedelta

from hecang.integrations.channels.base import Feature
from hecang.integrations.connectors import connector_class
from hecang.integrations.models import Connection, PullCursor
from hecang.kernel import clock
from hecang.kernel.db import execute

STREAMS = {
    PullCursor.Stream.ORDERS.value: Feature.PULL_ORDERS,
    PullCursor.Stream.REFUNDS.value: Feature.PULL_REFUNDS,
}
#: How far back the first pull of a new connection reaches.
FIRST_PULL = timedelta(days=3)

_BEGIN = """
INSERT INTO pull_cursor (connection_id, stream, high_water, page_cursor, next_at)
SELECT %s::bigint, d.stream, %s::timestamptz, '', %s::timestamptz FROM unnest(%s::text[]) AS d (stream)
ON CONFLICT (connection_id, stream) DO NOTHING
"""


def cursors_ensure(connection: Connection) -> None:
    """Give a channel the streams that its connector has; new ones begin some days back."""
    features = connector_class("channel", connection.connector).features
    streams = [stream for stream, feature in STREAMS.items() if feature in features]
    now = clock.now()
    execute(_BEGIN, [connection.pk, now - FIRST_PULL, now, streams])
