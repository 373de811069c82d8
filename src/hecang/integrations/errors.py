"""What ``integrations`` refuses, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

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


class ProductNotFound(NotFound):
    """No such product of a platform, or it belongs to a shop outside the caller's scope."""

    code = "platform_product_not_found"

    @classmethod
    def told(cls) -> ProductNotFound:
        return cls(_("There is no such product, or it lies outside your data scope."))


class PlatformOrderNotFound(NotFound):
    code = "platform_order_not_found"

    @classmethod
    def told(cls) -> PlatformOrderNotFound:
        return cls(_("There is no such order of a platform, or it lies outside your data scope."))
