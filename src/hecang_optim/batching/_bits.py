"""Words of bits, for the kernels."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _lowest_bit(_context: Any, _word: Any) -> Any:
    """Number of the lowest bit that is set in a uint64 that is not 0: one instruction of the processor."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.int64(types.uint64), generate


lowest_bit: Any = intrinsic(_lowest_bit)
