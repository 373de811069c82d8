"""Words of bits, and random numbers, for the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from hecang_optim.compiled import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_TWELVE, _TWENTY_FIVE, _TWENTY_SEVEN, _ELEVEN = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)


def _lowest_bit(_context: Any, _word: Any) -> Any:
    """Number of the lowest bit that is set in a uint64 that is not 0: one instruction of the processor."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


lowest_bit: Any = intrinsic(_lowest_bit)


@kernel
def next_random(state: Words) -> float:
    """A float in [0, 1) by xorshift64* (Marsaglia 2003; Vigna 2016); ``state`` is one word, not 0."""
    word = state[0]
    word ^= word >> _TWELVE
    word ^= word << _TWENTY_FIVE
    word ^= word >> _TWENTY_SEVEN
    state[0] = word
    return float((word * _MULTIPLIER) >> _ELEVEN) * (1.0 / 9007199254740992.0)


@kernel
def random_below(state: Words, bound: int) -> int:
    """A whole number in [0, bound)."""
    return int(next_random(state) * bound)


def random_state(seed: int) -> Words:
    """A state for :func:`next_random` that differs much for neighbouring seeds."""
    return np.random.default_rng(seed).integers(1, 2**63, size=1, dtype=np.uint64)
