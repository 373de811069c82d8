"""The lowest stock level that is good enough, for every SKU at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats

Enough = Callable[[Floats], npt.NDArray[np.bool_]]

#: Halvings of a continuous interval: to 1e-12 of its width.
_HALVINGS = 40


def lowest_integer(enough: Enough, guess: Floats) -> Floats:
    """The smallest integer ≥ 0 at which ``enough`` is true; it must be true from there on.

    :param enough: levels (n) to truth (n).
    :param guess: where the answer may lie (n); a good one saves rounds.
    """
    low = np.full(len(guess), -1.0)  # the greatest level known to be too low
    low, high = _bracket(enough, low, np.ceil(np.maximum(guess, 0.0)))
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        good = (middle >= 0.0) & enough(middle)
        low, high = np.where(good, low, middle), np.where(good, middle, high)
    return high


def lowest_real(enough: Enough, guess: Floats) -> Floats:
    """As :func:`lowest_integer`, for goods that are not counted: the smallest number ≥ 0."""
    low, high = _bracket(enough, np.zeros(len(guess)), np.maximum(guess, 1e-9))
    at_zero = enough(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        good = enough(middle)
        low, high = np.where(good, low, middle), np.where(good, middle, high)
    return np.where(at_zero, 0.0, high)


def _bracket(enough: Enough, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Raise ``high`` until it is enough everywhere, ``low`` following."""
    step = 1.0
    while not (good := enough(high)).all():
        low, high = np.where(good, low, high), np.where(good, high, np.ceil(high * 1.25) + step)
        step *= 2.0
    return low, high
