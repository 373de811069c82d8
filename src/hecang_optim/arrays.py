"""Arrays as all packages know them: their types, a check of each entry, ragged rows.

Ragged rows are one flat array and ``start``: row ``i`` is ``flat[start[i]:start[i + 1]]``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hecang_optim.errors import InvalidProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
#: Bits, 64 in a word; states of random generators, too.
Words = npt.NDArray[np.uint64]


def require_each(good: Bools | np.bool_, field: str, why: str) -> None:
    """Raise :class:`~hecang_optim.errors.InvalidProblem` for the first entry that is not ``good``.

    :param good: of any shape; the entries are counted row by row.
    """
    if not np.all(good):
        raise InvalidProblem(field, why, int(np.argmin(good)))


def row_starts(lengths: npt.ArrayLike) -> Ints:
    """``(n + 1,)`` where each of n rows of these lengths begins, and where the last one ends."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)))


def spans(start: Ints, which: Ints) -> Ints:
    """The positions of the rows ``which``, ``start[i]`` to ``start[i + 1]``, one row after the other."""
    lengths = start[which + 1] - start[which]
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if ends.size else 0
    return np.asarray(np.arange(total) + np.repeat(start[which] - (ends - lengths), lengths), dtype=np.int64)
