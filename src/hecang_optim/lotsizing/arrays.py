"""Columns: one number per SKU, checked once at the door."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, require_each
from hecang_optim.errors import InvalidProblem

#: What callers may pass for a column: one number for all SKUs, or one for each.
Numbers = npt.ArrayLike


def column(
    field: str, values: Numbers, size: int | None = None, *, least: float = 0.0, above: bool = False
) -> Floats:
    """``values`` as a float64 column; one number stands for all ``size`` SKUs.

    :param least: smallest allowed value; with ``above`` values must be greater than it.
    :raises InvalidProblem: wrong shape, not finite, or too small; names the first place.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim == 0:
        given = np.full(1 if size is None else size, float(given))
    if given.ndim != 1 or (size is not None and len(given) != size):
        raise InvalidProblem(field, f"has shape {given.shape} where one number per SKU is expected")
    good = np.isfinite(given) & ((given > least) if above else (given >= least))
    require_each(good, field, f"must be finite and {'above' if above else 'at least'} {least:g}")
    return np.ascontiguousarray(given)


def share(field: str, values: Numbers, size: int) -> Floats:
    """A column of probabilities strictly between 0 and 1."""
    given = column(field, values, size, above=True)
    require_each(given < 1.0, field, "must be below 1")
    return given
