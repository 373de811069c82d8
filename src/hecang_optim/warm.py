"""Compile every kernel once, so that nobody waits for it later: ``python -m hecang_optim.warm``.

Each package that has kernels has a module ``warming`` with a function ``warm``, which runs its entry points on
a toy problem.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import hecang_optim


def warm() -> list[str]:
    """Run the ``warming`` module of every package; returns the names of the packages."""
    done = []
    for found in sorted(pkgutil.iter_modules(hecang_optim.__path__), key=lambda module: module.name):
        name = f"hecang_optim.{found.name}"
        if found.ispkg and importlib.util.find_spec(f"{name}.warming") is not None:
            importlib.import_module(f"{name}.warming").warm()
            done.append(found.name)
    return done


if __name__ == "__main__":
    warm()
