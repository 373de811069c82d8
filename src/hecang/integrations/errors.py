"""What ``integrations`` refuses, and why."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, NotFound, Unavailable


class ConnectionNotFound(NotFound):
    """No such connection, or it belongs to a shop outside the caller's scope."""

    code = "connection_not_found"


class ConnectorUnknown(NotFound):
    """No connector of that code is installed."""

    code = "connector_unknown"


class ConnectionClosed(Conflict):
    """The connection is switched off."""

    code = "connection_closed"


class OutsideUnavailable(Unavailable):
    """The system outside did not answer, or not as it should."""

    code = "outside_unavailable"
