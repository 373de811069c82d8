"""Which channels there are: every module of this package that defines a connector. Nothing to write down.

Connectors of other packages add themselves (:func:`connector_add`) when their Django app is ready.
"""

from __future__ import annotations

import functools
import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module

from hecang.integrations import channels
from hecang.integrations.channels.base import ChannelConnector

_added: dict[str, type[ChannelConnector]] = {}


def connector_add(connector: type[ChannelConnector]) -> None:
    """Make a connector known that lives elsewhere."""
    _added[connector.code] = connector


def connectors() -> Mapping[str, type[ChannelConnector]]:
    """Connector classes by code, in the order of their codes."""
    return dict(sorted({**_own(), **_added}.items()))


@functools.lru_cache(maxsize=1)
def _own() -> Mapping[str, type[ChannelConnector]]:
    found: dict[str, type[ChannelConnector]] = {}
    for module in pkgutil.iter_modules(channels.__path__, f"{channels.__name__}."):
        for _name, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if (
                issubclass(member, ChannelConnector)
                and not inspect.isabstract(member)
                and member.__module__ == module.name
            ):
                found[member.code] = member
    return found
