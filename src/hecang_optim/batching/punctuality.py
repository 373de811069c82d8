"""Who can still be on time, if work is a fluid."""

from __future__ import annotations

import heapq

import numpy as np

from hecang_optim.arrays import Bools, Floats, Ints

#: Seconds that sums may be wrong by.
EPSILON = 1e-6


def most_on_time(
    due: Floats, work: Floats, value: Floats, *, pickers: int, load_s: float
) -> tuple[Bools, float]:
    """Orders that can all be on time, of the greatest value; and what no choice can exceed.

    Work is a fluid that all pickers share: of the orders due by any moment no more can be done than fits until then,
    a chain of capacities, one inside the other. Going through the orders by due time and dropping the least worthy
    for its work whenever a capacity overflows (Moore 1968 in Hodgson's form, with values) is the greedy of a
    polymatroid: exact where all orders are equally large; cutting orders instead of dropping them gives the bound.

    :param due: ``(n,)`` seconds until each must be done.
    :param work: ``(n,)`` seconds, above 0.
    :param value: ``(n,)`` above 0.
    :param load_s: work that goes before, seconds.
    """
    by_due = np.argsort(due, kind="stable")
    capacity = np.maximum(0.0, pickers * due[by_due] - load_s)
    able = work[by_due] <= capacity
    by_due, capacity = by_due[able], capacity[able]
    chosen = np.zeros(due.size, dtype=bool)
    chosen[by_due] = True
    if (np.cumsum(work[by_due]) <= capacity + EPSILON).all():
        return chosen, float(value[chosen].sum())
    density = value / work
    heap: list[tuple[float, int]] = []
    parts: list[tuple[float, int]] = []
    left = work.copy()
    load = part_load = 0.0
    for order, room in zip(by_due.tolist(), capacity.tolist(), strict=True):
        entry = (float(density[order]), order)
        heapq.heappush(heap, entry)
        heapq.heappush(parts, entry)
        load += float(work[order])
        part_load += float(work[order])
        while load > room + EPSILON:
            _, worst = heapq.heappop(heap)
            chosen[worst] = False
            load -= float(work[worst])
        while part_load > room + EPSILON:
            _, worst = parts[0]
            cut = min(float(left[worst]), part_load - room)
            left[worst] -= cut
            part_load -= cut
            if left[worst] <= EPSILON:
                heapq.heappop(parts)
    _refill(chosen, by_due, capacity, work, density)
    bound = float((value[by_due] * np.maximum(left[by_due], 0.0) / work[by_due]).sum())
    return chosen, max(bound, float(value[chosen].sum()))


def _refill(chosen: Bools, by_due: Ints, capacity: Floats, work: Floats, density: Floats) -> None:
    """Take dropped orders back where the gaps that whole orders leave are wide enough."""
    slack = capacity - np.cumsum(np.where(chosen[by_due], work[by_due], 0.0))
    while True:
        narrowest = np.minimum.accumulate(slack[::-1])[::-1]
        gaps = np.flatnonzero(~chosen[by_due] & (work[by_due] <= narrowest))
        if not gaps.size:
            return
        best = gaps[np.argmax(density[by_due[gaps]])]
        chosen[by_due[best]] = True
        slack[best:] -= work[by_due[best]]
