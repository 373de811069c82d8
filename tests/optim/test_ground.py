"""The common ground of the algorithms: budgets, errors, and compiled kernels that never go stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem, require


def test_a_budget_of_rounds_ends_after_them() -> None:
    budget = Budget(rounds=2)
    budget.count()
    assert not budget.spent()
    budget.count()
    assert budget.spent()
    assert budget.rounds_left == 0


def test_a_budget_of_seconds_reads_the_clock_of_its_caller() -> None:
    now = 100.0
    budget = Budget(seconds=5, clock=lambda: now)
    now = 103.0
    assert budget.remaining() == 2.0
    now = 105.5
    assert budget.spent()
    assert budget.remaining() == 0.0


def test_a_cancelled_search_ends() -> None:
    assert Budget(rounds=10, cancelled=lambda: True).spent()


def test_a_search_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="ends nowhere"):
        Budget()
    with pytest.raises(ValueError, match="clock"):
        Budget(seconds=1)


def test_an_invalid_problem_names_the_place() -> None:
    with pytest.raises(InvalidProblem) as caught:
        require(False, "orders.weight_g", "is negative", index=3)
    assert str(caught.value) == "orders.weight_g[3]: is negative"
    assert (caught.value.field, caught.value.index) == ("orders.weight_g", 3)


CALLED = """
from hecang_optim.compiled import kernel
FACTOR = {factor}
@kernel
def scaled(x: int) -> int:
    return x * FACTOR
"""
CALLER = """
from hecang_optim.compiled import kernel
from called import scaled
@kernel
def scaled_and_one(x: int) -> int:
    return scaled(x) + 1
print(scaled_and_one(10), sum(scaled_and_one.stats.cache_hits.values()))
"""


def test_a_kernel_is_compiled_anew_when_a_kernel_of_another_file_changes(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER)

    def answer(factor: int) -> str:
        (tmp_path / "called.py").write_text(CALLED.format(factor=factor))
        done = subprocess.run(
            [sys.executable, "caller.py"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert answer(2) == "21 0"
    assert answer(2) == "21 1"  # loaded from disk
    assert answer(3) == "31 0"


TAKES_A_CLASS = """
from typing import NamedTuple
import numpy as np
from hecang_optim.compiled import kernel
class {name}(NamedTuple):
    value: int
@kernel
def value_of(thing: {name}) -> int:
    return thing.value
print(value_of({name}(7)))
"""


def test_a_kernel_is_compiled_anew_when_the_class_on_disk_is_gone(tmp_path: Path) -> None:
    def answer(name: str) -> str:
        (tmp_path / "things.py").write_text(TAKES_A_CLASS.format(name=name))
        done = subprocess.run(
            [sys.executable, "-c", "import things"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert answer("Old") == "7"
    assert answer("New") == "7"
