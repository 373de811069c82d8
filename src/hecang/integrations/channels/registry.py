"""Which channels there are: every module of this package that defines a connector. Nothing to write down.

Connectors of other packages add themselves (:func:`connector_add`) when their Django app is ready.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from hecang.integrations import channels
from hecang.integrations.channels.base import ChannelConnector
from hecang.kernel.discovery import classes_in

_added: dict[str, type[ChannelConnector]] = {}


def connector_add(connector: type[ChannelConnector]) -> None:
    """Make a connector known that lives elsewhere."""
    _added[connector.code] = connector


def connectors() -> Mapping[str, type[ChannelConnector]]:
    """Connector classes by code, in the order of their codes."""
    return dict(sorted({**_own(), **_added}.items()))


@functools.lru_cache(maxsize=1)
def _own() -> Mapping[str, type[ChannelConnector]]:
    return {one.code: one for one in classes_in(channels, ChannelConnector)}  # type: ignore[type-abstract]
