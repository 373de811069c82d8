"""Compile the kernels."""

from __future__ import annotations

import numpy as np

from hecang_optim.assignment.model import Task, Worker
from hecang_optim.assignment.planning import assign
from hecang_optim.budget import Budget


def warm() -> None:
    """Plan three tasks for two workers."""
    tasks = [Task(0, 1, 10.0), Task(1, 2, 10.0, due=30.0), Task(2, 0, 10.0, promised_to=1)]
    assign(tasks, [Worker(0), Worker(2)], 5 * np.ones((3, 3)), budget=Budget(rounds=2))
