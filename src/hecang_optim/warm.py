"""Compile every kernel once, so that nobody waits for it later: ``python -m hecang_optim.warm [PACKAGE …]``.

Each package that has kernels has a module ``warming`` with a function ``warm``, which runs its entry points on
a toy problem. What is on disk already is loaded and not compiled.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import hecang_optim


def packages() -> list[str]:
    """The packages that have kernels."""
    return [
        found.name
        for found in sorted(pkgutil.iter_modules(hecang_optim.__path__), key=lambda module: module.name)
        if found.ispkg and importlib.util.find_spec(f"hecang_optim.{found.name}.warming") is not None
    ]


def warm(package: str) -> None:
    """Compile the kernels of one package in this process."""
    importlib.import_module(f"hecang_optim.{package}.warming").warm()


def main(names: Sequence[str]) -> int:
    """Compile the packages with these names, or all, as many at a time as there are processors."""
    unknown = sorted(set(names) - set(packages()))
    if unknown:
        sys.stderr.write(f"No kernels in: {', '.join(unknown)}. There are: {', '.join(packages())}.\n")
        return 2
    # First what the others are built on, or each of them would compile it for itself.
    wanted = list(names) or packages()
    if "routing" in packages():
        warm("routing")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        list(pool.map(warm, [name for name in wanted if name != "routing"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
