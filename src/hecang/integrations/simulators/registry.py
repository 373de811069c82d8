"""Which simulators there are: every module of this package that defines one."""

from __future__ import annotations

import functools
import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module

from hecang.integrations import simulators
from hecang.integrations.simulators.base import Simulator


@functools.lru_cache(maxsize=1)
def channel_simulators() -> Mapping[str, type[Simulator]]:
    """Simulators of channels by code, in the order of their codes."""
    found: dict[str, type[Simulator]] = {}
    for module in pkgutil.iter_modules(simulators.__path__, f"{simulators.__name__}."):
        for _name, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if (
                issubclass(member, Simulator)
                and not inspect.isabstract(member)
                and member.__module__ == module.name
            ):
                found[member.code] = member
    return dict(sorted(found.items()))
