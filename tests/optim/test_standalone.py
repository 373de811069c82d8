"""``hecang_optim`` is a distribution of its own: what it lists, what it needs, what importing it costs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hecang_optim

ROOT = Path(hecang_optim.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = sorted(
    ".".join(("hecang_optim", *path.parent.relative_to(ROOT).parts)) for path in ROOT.rglob("__init__.py")
)
#: Modules that need matplotlib, which is an extra.
DRAWING = ("drawing.py", "pictures.py")
#: What takes long to import and is needed by some functions only.
HEAVY = ("highspy", "simpy", "matplotlib", "scipy.optimize", "scipy.stats")
#: Packages that start without the compiler, too: they decide one thing at once.
WITHOUT_COMPILER = ("hecang_optim", "hecang_optim.packing", "hecang_optim.sourcing")

#: Prints what is loaded, and which kernels are compiled or read from disk.
STATE = """
import gc, json, sys
modules = sorted(sys.modules)
kernels = [one for one in gc.get_objects() if type(one).__name__ == "CPUDispatcher"]
compiled = [one.__qualname__ for one in kernels if one.__module__.startswith("hecang_optim") and one.signatures]
print(json.dumps({"modules": modules, "compiled": compiled}))
"""


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def distributions(requirements: list[str]) -> list[str]:
    return sorted(re.split(r"[<>=!~\[ ]", requirement)[0] for requirement in requirements)


def third_party(paths: list[Path]) -> set[str]:
    return set().union(*map(imported, paths)) - sys.stdlib_module_names - {"hecang_optim", "__future__"}


def test_every_package_is_listed() -> None:
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == PACKAGES


def test_the_dependencies_are_what_is_imported() -> None:
    modules = sorted(ROOT.rglob("*.py"))
    drawing = [path for path in modules if path.name in DRAWING]
    others = [path for path in modules if path.name not in DRAWING]

    assert distributions(PROJECT["project"]["dependencies"]) == sorted(third_party(others))
    extra = third_party(drawing) - third_party(others)
    assert distributions(PROJECT["project"]["optional-dependencies"]["draw"]) == sorted(extra)


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_is_cheap(package: str) -> None:
    # given a fresh process, when it imports the package
    done = subprocess.run(
        [sys.executable, "-c", f"import {package}\n{STATE}"],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    # then nothing heavy is loaded, nothing compiled, and no compiler where none is needed at once
    state = json.loads(done.stdout)
    assert [name for name in HEAVY if name in state["modules"]] == []
    assert state["compiled"] == []
    if package in WITHOUT_COMPILER:
        assert "numba" not in state["modules"]
