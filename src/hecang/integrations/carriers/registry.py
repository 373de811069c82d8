"""Which carrier connectors there are: every module of this package that defines one. Nothing to write down."""

from __future__ import annotations

import functools
import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module

from hecang.integrations import carriers
from hecang.shipping.carriers.base import CarrierConnector


@functools.lru_cache(maxsize=1)
def connectors() -> Mapping[str, type[CarrierConnector]]:
    """Connector classes by code, in the order of their codes."""
    found: dict[str, type[CarrierConnector]] = {}
    for module in pkgutil.iter_modules(carriers.__path__, f"{carriers.__name__}."):
        for _name, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if (
                issubclass(member, CarrierConnector)
                and not inspect.isabstract(member)
                and member.__module__ == module.name
            ):
                found[member.code] = member
    return dict(sorted(found.items()))
