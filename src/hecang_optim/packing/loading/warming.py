"""Compile the kernels of container loading."""

from __future__ import annotations

from hecang_optim.budget import Budget
from hecang_optim.packing.loading.beam import load_container
from hecang_optim.packing.loading.problem import BoxType, Container, LoadingProblem


def warm() -> None:
    """Load a toy container, with support and without."""
    boxes = (BoxType(4, 3, 2, 9), BoxType(5, 3, 3, 4))
    for support in (0.0, 1.0):
        load_container(LoadingProblem(Container(12, 9, 8), boxes, support), Budget(rounds=20))
