"""What the packages of the algorithms export is documented: what it is, and every parameter that its type does not tell."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

import hecang_optim

ROOT = Path(hecang_optim.__file__).parent
PACKAGES = sorted(
    ".".join(("hecang_optim", *path.parent.relative_to(ROOT).parts)) for path in ROOT.rglob("__init__.py")
)
#: Explained once, in the docstring of ``hecang_optim``.
EVERYWHERE = {"seed", "budget", "on_improvement"}


def exported(package: str) -> Iterator[tuple[str, Any]]:
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", ()):
        yield name, getattr(module, name)


def types_of_ours() -> set[str]:
    """Names of the classes and type aliases that packages export; what is of such a type is explained there."""
    return {
        name
        for package in PACKAGES
        for name, thing in exported(package)
        if inspect.isclass(thing) or name[:1].isupper()
    }


def unexplained(function: Callable[..., object], known: set[str]) -> list[str]:
    text = inspect.getdoc(function) or ""
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in EVERYWHERE
        and not known & set(re.findall(r"\w+", str(parameter.annotation)))
        and not re.search(rf"\b{name}\b", text)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_there_is(package: str) -> None:
    module = importlib.import_module(package)
    text = inspect.getdoc(module) or ""
    assert len(text.splitlines()) > 3
    functions = [name for name, thing in exported(package) if inspect.isfunction(thing)]
    assert not functions or any(f":func:`{name}`" in text for name in functions)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_exported_is_documented(package: str) -> None:
    # given the classes and functions that a package exports
    known = types_of_ours()
    missing = []
    for name, thing in exported(package):
        text = inspect.getdoc(thing) or ""
        if inspect.isclass(thing):
            # a dataclass without a docstring gets its signature for one
            if not text or (is_dataclass(thing) and text.startswith(f"{name}(")):
                missing.append(name)
        elif callable(thing) and name[:1].islower():
            missing += [] if text else [name]
            # the arrays of a kernel are those of the function that calls it
            if inspect.isfunction(thing):
                missing += [f"{name}: {parameter}" for parameter in unexplained(thing, known)]

    # then each has its words
    assert missing == []
