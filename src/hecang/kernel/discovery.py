"""Classes that make themselves known by lying in a package: one module each, nothing to write down."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def classes_in(package: ModuleType, base: type[T]) -> list[type[T]]:
    """Concrete subclasses of ``base`` that the modules of a package define, in the order of the modules.

    Imports every module of the package; what a module only imports does not count.
    """
    return [
        member
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        for _name, member in inspect.getmembers(import_module(module.name), inspect.isclass)
        if issubclass(member, base) and not inspect.isabstract(member) and member.__module__ == module.name
    ]
