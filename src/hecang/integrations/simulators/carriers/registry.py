"""Which simulated carriers there are: every module of this package that defines one."""

from __future__ import annotations

import functools
import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module

from hecang.integrations.simulators import carriers
from hecang.integrations.simulators.carriers.base import CarrierSimulator


@functools.lru_cache(maxsize=1)
def carrier_simulators() -> Mapping[str, type[CarrierSimulator]]:
    """Simulators of carriers by code, in the order of their codes."""
    found: dict[str, type[CarrierSimulator]] = {}
    for module in pkgutil.iter_modules(carriers.__path__, f"{carriers.__name__}."):
        for _name, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if (
                issubclass(member, CarrierSimulator)
                and not inspect.isabstract(member)
                and member.__module__ == module.name
            ):
                found[member.code] = member
    return dict(sorted(found.items()))
