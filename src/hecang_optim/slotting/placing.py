"""A place for everything: the next SKU to the next place that may hold it."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.compiled import kernel
from hecang_optim.errors import InvalidProblem
from hecang_optim.slotting.rules import Rules, State, empty_state, enter, fits, leave, may_enter


def place_in_order(rules: Rules, skus: Ints, places: Ints, state: State | None = None) -> State:
    """Give each SKU the first place that may hold it and is free; where there is none, others make room.

    :param skus: those to place, the first chooses first.
    :param places: all places, best first (L).
    :param state: who lies where already; changed in place. None for an empty warehouse.
    :raises InvalidProblem: no place was found for some SKU. With limits of zones and kinds to be kept apart this
        can happen although there is a solution.
    """
    filled = empty_state(rules) if state is None else state
    failed = fill(rules, filled, skus, places)
    if failed >= 0:
        raise InvalidProblem("goods", "no place is left that may hold this SKU", int(failed))
    return filled


@kernel
def fill(rules: Rules, state: State, skus: Ints, places: Ints) -> int:
    """Place all; returns the first SKU for which there is no place, -1 if all have one."""
    size = len(places)
    following = np.arange(size + 1)  # from each rank: the next that may be free
    rank = np.empty(size, dtype=np.int64)
    for at in range(size):
        rank[places[at]] = at
        if state.sku[places[at]] >= 0:
            following[at] = at + 1
    for sku in skus:
        at = _next_free(following, 0)
        while at < size and not may_enter(rules, state, sku, places[at]):
            at = _next_free(following, at + 1)
        if at < size:
            enter(rules, state, sku, places[at])
        else:
            at = _make_room(rules, state, sku, places)
            if at < 0:
                return int(sku)
            at = rank[at]
        following[at] = at + 1
    return -1


@kernel
def _next_free(following: Ints, at: int) -> int:
    """The first free rank from ``at`` on; shortens the way for the next time."""
    end = at
    while end < len(following) - 1 and following[end] != end:
        end = following[end]
    while at != end:
        after = following[at]
        following[at] = end
        at = after
    return end


@kernel
def _make_room(rules: Rules, state: State, sku: int, places: Ints) -> int:
    """Place the SKU by a chain of moves that ends at a free place; returns that place, -1 if there is no chain.

    Breadth first over places, so that few goods move.
    """
    queue = np.empty(len(places) + 1, dtype=np.int64)
    parent = np.full(
        len(places), -2, dtype=np.int64
    )  # the place from which this one was reached; -1: the SKU
    queue[0] = -1
    head, tail = 0, 1
    while head < tail:
        origin = queue[head]
        head += 1
        mover = sku if origin < 0 else state.sku[origin]
        for place in places:
            if parent[place] != -2 or not fits(rules, mover, place):
                continue
            parent[place] = origin
            if state.sku[place] >= 0:
                queue[tail] = place
                tail += 1
            elif _shift(rules, state, sku, place, parent):
                return int(place)
    return -1


@kernel
def _shift(rules: Rules, state: State, sku: int, free: int, parent: Ints) -> bool:
    """Move everybody along the chain that ends at ``free``; false and no change if a rule forbids a move."""
    to = free
    while True:
        origin = parent[to]
        mover = sku if origin < 0 else state.sku[origin]
        if origin >= 0:
            leave(rules, state, mover)
        if not may_enter(rules, state, mover, to):
            break
        enter(rules, state, mover, to)
        if origin < 0:
            return True
        to = origin
    # Back: `mover` failed to enter `to`; it goes home, and those after it do too.
    if parent[to] >= 0:
        enter(rules, state, mover, parent[to])
    while to != free:
        after = free
        while parent[after] != to:
            after = parent[after]
        back = state.sku[after]
        leave(rules, state, back)
        enter(rules, state, back, to)
        to = after
    return False
