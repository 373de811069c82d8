"""Which connectors are installed, of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.utils.translation import gettext as _

from hecang.integrations.errors import ConnectorUnknown

#: Kind → module with a function ``connectors()``: code → class with ``title``, ``Settings`` and ``features``.
REGISTRIES = {
    "channel": "hecang.integrations.channels.registry",
    "carrier": "hecang.integrations.carriers.registry",
    "erp": "hecang.integrations.erps.registry",
}


def connector_classes(kind: str) -> Mapping[str, Any]:
    """Connector classes of a kind by code; empty where none is installed."""
    package, _dot, _name = REGISTRIES[kind].rpartition(".")
    if find_spec(package) is None or find_spec(REGISTRIES[kind]) is None:
        return {}
    found: Mapping[str, Any] = import_module(REGISTRIES[kind]).connectors()
    return found


def connector_class(kind: str, code: str) -> Any:
    """The class of one connector. Raises :class:`ConnectorUnknown`."""
    try:
        return connector_classes(kind)[code]
    except KeyError:
        message = _("There is no connector “%(code)s”. Choose one of the list.") % {"code": code}
        raise ConnectorUnknown(message, data={"kind": kind, "connector": code}) from None
