"""Random numbers for kernels: xorshift64* (Marsaglia 2003; Vigna 2016). The state is one word, not 0."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Words
from hecang_optim.compiled import kernel

_TWELVE, _TWENTY_FIVE, _TWENTY_SEVEN, _ELEVEN = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)


def random_state(seed: int) -> Words:
    """A state for :func:`next_random` that differs much for neighbouring seeds."""
    return np.random.default_rng(seed).integers(1, 2**63, size=1, dtype=np.uint64)


@kernel
def next_random(state: Words) -> float:
    """The next float in [0, 1)."""
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
