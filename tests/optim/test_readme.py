"""The example in the README of the algorithms runs as it stands there, and says what it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hecang_optim

README = Path(hecang_optim.__file__).with_name("README.md")


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    # given the code of the README
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1

    # when it is run
    exec(compile(blocks[0], str(README), "exec"), {})

    # then there are a walk, two carts with all orders, and one carton with all units
    printed = capsys.readouterr().out
    assert re.search(r"^walk \d+ m, stops \[", printed)
    carts = re.findall(r"orders (\[[\d, ]+\]) together", printed)
    assert sorted(number for cart in carts for number in map(int, re.findall(r"\d+", cart))) == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]
    assert len(carts) == 2
    assert printed.count("carton ") == 1
    assert len(re.findall(r"item \d at", printed)) == 4


def test_the_readme_names_every_package() -> None:
    text = README.read_text(encoding="utf-8")
    packages = [path.parent for path in README.parent.rglob("__init__.py")]
    names = [".".join(path.relative_to(README.parent).parts) for path in packages if path != README.parent]
    assert [name for name in names if f"`{name}`" not in text] == []
