"""The way on for a picker in the middle of the floor: from here through what is left to the depot.

Used when something was missing and others were allocated elsewhere. That happens while rows are locked, so it is
small and loads no compiler: the stops in the order of their distance from a serpentine are improved by 2-opt and by
moving chains of up to three stops (Or 1976), each step one numpy pass over all choices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: Chains that are moved as a whole.
_CHAIN = 3


def way_on(lengths: Ints, order: Sequence[int], *, start: int, end: int) -> list[int]:
    """``order``, or a better one: no turned or moved piece of it makes the way shorter.

    :param lengths: symmetric, between all nodes.
    :param order: nodes to visit, without ``start`` and ``end``.
    """
    way = np.array([start, *order, end], dtype=np.int64)
    while (better := _turned(lengths, way)) is not None or (better := _moved(lengths, way)) is not None:
        way = better
    return [int(node) for node in way[1:-1]]


def way_length(lengths: Ints, way: Sequence[int]) -> int:
    """Length of the way through these nodes in this order."""
    return int(lengths[list(way[:-1]), list(way[1:])].sum())


def _turned(lengths: Ints, way: Ints) -> Ints | None:
    """The way with the piece turned round that saves most; ``None`` if none saves."""
    if way.size < 4:
        return None
    step = lengths[way[:-1], way[1:]]
    inner = way[1:-1]
    # Turning way[i..j] changes the steps into i and out of j.
    gain = step[:-1, None] + step[None, 1:] - lengths[way[:-2]][:, inner] - lengths[inner][:, way[2:]]
    gain = np.triu(gain, k=1)
    i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
    if gain[i, j] <= 0:
        return None
    result = way.copy()
    result[i + 1 : j + 2] = result[i + 1 : j + 2][::-1]
    return result


def _moved(lengths: Ints, way: Ints) -> Ints | None:
    """The way with the short chain moved elsewhere that saves most; ``None`` if none saves."""
    best, result = 0, None
    for size in range(1, min(_CHAIN, way.size - 2) + 1):
        first, last = way[1 : -size or None], way[size:-1]
        first = first[: last.size]
        before, after = way[: last.size], way[size + 1 :]
        saved = lengths[before, first] + lengths[last, after] - lengths[before, after]
        left, right = way[:-1], way[1:]
        gap = lengths[left, right]
        ahead = lengths[left][:, first] + lengths[last][:, right].T - gap[:, None]
        turned = lengths[left][:, last] + lengths[first][:, right].T - gap[:, None]
        gain = saved[None, :] - np.minimum(ahead, turned)
        at, chain = np.indices(gain.shape)
        gain = np.where((at < chain) | (at > chain + size), gain, 0)  # not into itself, nor where it is
        at_, chain_ = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[at_, chain_] > best:
            best = int(gain[at_, chain_])
            piece = way[chain_ + 1 : chain_ + 1 + size]
            piece = piece[::-1] if turned[at_, chain_] < ahead[at_, chain_] else piece
            rest = np.delete(way, slice(chain_ + 1, chain_ + 1 + size))
            place = at_ + 1 if at_ < chain_ else at_ + 1 - size
            result = np.insert(rest, place, piece)
    return result
