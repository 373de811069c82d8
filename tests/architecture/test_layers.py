"""The house has the rooms that its plan says, and no others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "hecang"


def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = settings["tool"]["importlinter"]["contracts"]
    assert isinstance(found, list)
    return found


def layers() -> set[str]:
    lines = contracts()[0]["layers"]
    assert isinstance(lines, list)
    return {name.strip(" ()") for line in lines for name in line.replace(":", "|").split("|")}


def packages() -> set[str]:
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def test_every_package_has_its_layer() -> None:
    assert packages() <= layers()


def test_every_layer_that_is_not_optional_exists() -> None:
    lines = contracts()[0]["layers"]
    assert isinstance(lines, list)
    required = {
        name.strip() for line in lines for name in line.replace(":", "|").split("|") if "(" not in name
    }
    assert required <= packages()


def test_every_app_has_its_inner_order_checked() -> None:
    containers = contracts()[1]["containers"]
    assert isinstance(containers, list)
    apps = {path.parent.name for path in SOURCE.glob("*/apps.py")} - {"kernel"}
    assert apps <= {name.removeprefix("hecang.") for name in containers}


@pytest.mark.parametrize("module", ["kernel/database", "cli"])
def test_what_runs_before_django_imports_none_of_it_at_the_top(module: str) -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (SOURCE / module).glob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.startswith(("import django", "from django"))
    ]
    assert guilty == []
