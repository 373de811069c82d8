"""Closed tours over a distance matrix: greedy start, 2-opt and Or-opt with neighbour lists, perturbation."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Bools, Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import FAR

#: An improvement smaller than this is rounding.
LEAST = 1e-9
LONGEST_SEGMENT = 3
LONGEST_SEGMENT_DIRECTED = 30
#: The upper half of a random number is the more random one.
HALF = np.uint64(32)


@kernel
def nearest_neighbour(distance: Floats) -> Ints:
    """From place 0 always on to the nearest place not visited."""
    n = len(distance)
    tour = np.zeros(n, dtype=np.int64)
    visited = np.zeros(n, dtype=np.bool_)
    visited[0] = True
    for i in range(1, n):
        here, best, nearest = tour[i - 1], FAR, -1
        for j in range(n):
            if not visited[j] and (nearest < 0 or distance[here, j] < best):
                best, nearest = distance[here, j], j
        tour[i] = nearest
        visited[nearest] = True
    return tour


@kernel
def length_of(distance: Floats, tour: Ints) -> float:
    """Length of a closed tour."""
    total = float(distance[tour[-1], tour[0]])
    for i in range(len(tour) - 1):
        total += distance[tour[i], tour[i + 1]]
    return total


@kernel
def improve(distance: Floats, near: Ints, tour: Ints, position: Ints, symmetric: bool, look: Bools) -> None:
    """2-opt (where distances are symmetric) and Or-opt from the flagged places on, until nothing helps.

    :param near: ``(n, k)`` places from which each place is near.
    :param position: of each place in ``tour``.
    :param look: flagged where a better tour may begin; all false afterwards.
    """
    again = True
    while again:
        again = False
        for i in range(len(tour)):
            place = tour[i]
            if not look[place]:
                continue
            look[place] = False
            found = symmetric and _two_opt_at(distance, near, tour, position, place, look)
            if found or _or_opt_at(distance, near, tour, position, place, symmetric, look):
                look[place] = True
                again = True


@kernel
def _two_opt_at(distance: Floats, near: Ints, tour: Ints, position: Ints, a: int, look: Bools) -> bool:
    """Replace the edge behind or before ``a`` and another one, reversing what lies between."""
    n = len(tour)
    for step in (1, -1):
        b = tour[(position[a] + step) % n]
        for c in near[a]:
            gain = distance[a, b] - distance[a, c]
            if gain <= LEAST:
                break
            d = tour[(position[c] + step) % n]
            if gain + distance[c, d] - distance[b, d] > LEAST:
                if step == 1:
                    _reverse(tour, position, position[b], position[c])
                else:
                    _reverse(tour, position, position[c], position[b])
                look[a] = look[b] = look[c] = look[d] = True
                return True
    return False


@kernel
def _reverse(tour: Ints, position: Ints, first: int, last: int) -> None:
    """Reverse the places from one position to another, round the end of the array if need be."""
    n = len(tour)
    for _ in range(((last - first) % n + 1) // 2):
        tour[first], tour[last] = tour[last], tour[first]
        position[tour[first]], position[tour[last]] = first, last
        first, last = (first + 1) % n, (last - 1) % n


@kernel
def _or_opt_at(
    distance: Floats, near: Ints, tour: Ints, position: Ints, start: int, symmetric: bool, look: Bools
) -> bool:
    """Move a segment that begins at a place behind a place from which its beginning, or its end, is near."""
    n = len(tour)
    longest = min(LONGEST_SEGMENT if symmetric else LONGEST_SEGMENT_DIRECTED, n - 2)
    first = position[start]
    before = tour[first - 1]
    for size in range(1, longest + 1):
        end, behind = tour[(first + size - 1) % n], tour[(first + size) % n]
        gain = distance[before, start] + distance[end, behind] - distance[before, behind]
        for turned in range(2 if symmetric else 1):
            head, tail = (end, start) if turned else (start, end)
            for c in near[head]:
                if gain - distance[c, head] <= LEAST:
                    break
                if (position[c] - first) % n < size or (c == before and not turned):
                    continue
                d = behind if c == before else tour[(position[c] + 1) % n]
                if gain - distance[c, head] - distance[tail, d] + distance[c, d] > LEAST:
                    _move_segment(tour, position, first, size, c)
                    if turned:
                        _reverse(tour, position, position[start], position[end])
                    look[before] = look[behind] = look[c] = look[d] = look[start] = look[end] = True
                    return True
    return False


@kernel
def _move_segment(tour: Ints, position: Ints, first: int, size: int, c: int) -> None:
    """Move the segment of so many places at a position to behind place ``c``, which is none of it."""
    n = len(tour)
    segment = np.empty(size, dtype=np.int64)
    for k in range(size):
        segment[k] = tour[(first + k) % n]
    at = first
    passed = (position[c] - first) % n - size + 1
    for k in range(passed):
        place = tour[(first + size + k) % n]
        tour[at] = place
        position[place] = at
        at = (at + 1) % n
    for k in range(size):
        tour[at] = segment[k]
        position[segment[k]] = at
        at = (at + 1) % n


@kernel
def xorshift(state: np.uint64) -> np.uint64:
    """The next of Marsaglia's pseudo-random numbers (2003), from any but zero."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@kernel
def perturb_and_improve(
    distance: Floats, near: Ints, tour: Ints, symmetric: bool, rounds: int, seed: int
) -> float:
    """Exchange two neighbouring segments at random, improve, keep what is not longer; so many times.

    :param tour: a tour, replaced by the best one.
    :param seed: not 0.
    :return: its length.
    """
    state = np.uint64(seed)
    n = len(tour)
    position = np.empty(n, dtype=np.int64)
    look = np.zeros(n, dtype=np.bool_)
    trial = tour.copy()
    best = length_of(distance, tour)
    longest = max(1, min(50, n // 3))
    for _ in range(rounds):
        trial[:] = tour
        for i in range(n):
            position[trial[i]] = i
        state = xorshift(state)
        size = 1 + int(state >> HALF) % longest
        state = xorshift(state)
        other = 1 + int(state >> HALF) % longest
        state = xorshift(state)
        first = int(state >> HALF) % n
        ends = (
            first - 1,
            first,
            first + size - 1,
            first + size,
            first + size + other - 1,
            first + size + other,
        )
        for end in ends:
            look[trial[end % n]] = True
        _move_segment(trial, position, first, size, trial[(first + size + other - 1) % n])
        improve(distance, near, trial, position, symmetric, look)
        length = length_of(distance, trial)
        if length <= best:
            best = length
            tour[:] = trial
    return best
