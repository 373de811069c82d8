"""What can be known of a tour to the left of a line: the states of the exact program, and their changes.

The tour is a connected multigraph of even degrees (Ratliff & Rosenthal 1983). The program goes through the
warehouse from left to right. All it needs to remember is, for the vertex of each row (cross-aisle) where it
stands: not touched, touched with an even degree, or with an odd one; and which of these vertices hang together
by what lies to the left. Components never cross, as the warehouse is a plane graph. That gives 6 states for
one block, 24 for two, 112, 568 and 3,032 for five.

A state is kept as one label per row: 0 for an untouched vertex, else ``2 * component + parity``, components
numbered from 1 by first appearance. Everything here works on arrays of states, shape ``(states, rows)``.

Four changes, each with what it costs left to the kernels:

touch
    the vertex must be visited: an untouched one becomes a component of its own.
step
    a sub-aisle between two neighbouring rows: gone through once or twice, or entered from the front, from the
    back, or from both with a gap between that is left out.
drop
    on the way to the next aisle an even vertex may be left behind, if its component goes on in another row.
    Whatever is not dropped is carried on: an odd vertex by one edge, an even one by two.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Index = NDArray[np.int32]

#: What is done with a sub-aisle, in the order of the last axis of an array of action costs.
ONCE, TWICE, FRONT, BACK, GAP = 0, 1, 2, 3, 4
ACTIONS = 5

#: How the two ends of a sub-aisle are touched already, in ``StateTables.ends``.
NEITHER, FRONT_ONLY, BACK_ONLY, BOTH = 0, 1, 2, 3


class StateTables(NamedTuple):
    """All changes between the states of so many rows; state 0 is the one with nothing touched.

    :ivar labels: ``(states, rows)`` labels.
    :ivar carried: ``(states, rows)`` edges by which each vertex is carried on to the next aisle: 0, 1 or 2.
    :ivar ends: ``(rows - 1, states)`` how the ends of each sub-aisle are touched.
    :ivar step_begin: ``(rows - 1, 6)`` where the steps of a sub-aisle and an action begin and end.
    :ivar step_from: states before; with ``step_to`` all steps that change the state and are of use.
    :ivar drop_begin: ``(rows + 1,)`` where the drops of a row begin and end.
    :ivar touch_to: ``(rows, states)`` the state after the vertex of the row is touched.
    :ivar final: states of a finished tour: even everywhere, one component.
    """

    labels: Labels
    carried: NDArray[np.int64]
    ends: NDArray[np.int8]
    step_begin: Index
    step_from: Index
    step_to: Index
    drop_begin: Index
    drop_from: Index
    drop_to: Index
    touch_to: Index
    final: Index


@lru_cache(maxsize=8)
def state_tables(rows: int) -> StateTables:
    """The tables for so many rows, made once in a process (some 10 ms for six rows)."""
    labels = _reachable(rows)
    order = np.argsort(_key(labels))
    keys = _key(labels)[order]

    def index(of: Labels) -> Index:
        return order[np.searchsorted(keys, _key(of))].astype(np.int32)

    here = np.arange(len(labels), dtype=np.int32)
    touch_to = np.stack([index(_touched(labels, row)) for row in range(rows)])
    ends = np.stack(
        [(labels[:, k] > 0) * FRONT_ONLY + (labels[:, k + 1] > 0) * BACK_ONLY for k in range(rows - 1)]
    )
    steps = [
        [
            (here, index(_joined(labels, k, 1))),
            _useful(here, index(_joined(labels, k, 0))),
            *_entries(here, ends[k], touch_to[k], touch_to[k + 1]),
        ]
        for k in range(rows - 1)
    ]
    counts = [[len(before) for before, _ in of_sub_aisle] for of_sub_aisle in steps]
    step_begin = np.zeros((rows - 1, ACTIONS + 1), dtype=np.int32)
    step_begin[:, 1:] = np.cumsum(counts).reshape(rows - 1, ACTIONS)
    step_begin[1:, 0] = step_begin[:-1, -1]
    drops = []
    for row in range(rows):
        may = np.flatnonzero(_droppable(labels, row)).astype(np.int32)
        left = labels[may]
        left[:, row] = 0
        drops.append((may, index(_canonical(left))))
    components = (labels // 2).max(axis=1)
    return StateTables(
        labels=labels,
        carried=np.where(labels == 0, 0, np.where(labels % 2 == 1, 1, 2)),
        ends=ends.astype(np.int8),
        step_begin=step_begin,
        step_from=np.concatenate([before for of_sub_aisle in steps for before, _ in of_sub_aisle]),
        step_to=np.concatenate([after for of_sub_aisle in steps for _, after in of_sub_aisle]),
        drop_begin=np.cumsum([0] + [len(before) for before, _ in drops], dtype=np.int32),
        drop_from=np.concatenate([before for before, _ in drops]),
        drop_to=np.concatenate([after for _, after in drops]),
        touch_to=touch_to,
        final=np.flatnonzero((components == 1) & (labels % 2 == 0).all(axis=1)).astype(np.int32),
    )


def _useful(before: Index, after: Index) -> tuple[Index, Index]:
    """Going twice joins what hangs apart; where it joins nothing, entering from both ends costs less."""
    changed = before != after
    return before[changed], after[changed]


def _entries(
    here: Index, ends: NDArray[np.int64], touch_front: Index, touch_back: Index
) -> list[tuple[Index, Index]]:
    """Entering from the front, the back, or both, where that touches an end that was not."""
    neither = here[ends == NEITHER]
    one = here[ends != BOTH]
    return [
        (neither, touch_front[neither]),
        (neither, touch_back[neither]),
        (one, touch_back[touch_front[one]]),
    ]


def _reachable(rows: int) -> Labels:
    """All states, beginning with the untouched one."""
    known = np.zeros((1, rows), dtype=np.int64)
    fresh = known
    while len(fresh):
        after = [_touched(fresh, row) for row in range(rows)]
        after += [_joined(fresh, k, flip) for k in range(rows - 1) for flip in (0, 1)]
        for row in range(rows):
            left = fresh[_droppable(fresh, row)]
            left[:, row] = 0
            after.append(_canonical(left))
        found = np.concatenate(after)
        _, first = np.unique(_key(found), return_index=True)
        found = found[first]
        fresh = found[~np.isin(_key(found), _key(known))]
        known = np.concatenate([known, fresh])
    return known


def _key(labels: Labels) -> NDArray[np.int64]:
    """One number for each state."""
    rows = labels.shape[1]
    key: Labels = labels @ (2 * rows + 2) ** np.arange(rows, dtype=np.int64)
    return key


def _canonical(labels: Labels) -> Labels:
    """The same states with components numbered by first appearance."""
    states, rows = labels.shape
    here = np.arange(states)
    name = np.zeros((states, rows + 3), dtype=np.int64)
    names = np.zeros(states, dtype=np.int64)
    out = np.zeros_like(labels)
    for row in range(rows):
        component = labels[:, row] // 2
        fresh = (component > 0) & (name[here, component] == 0)
        names[fresh] += 1
        name[here[fresh], component[fresh]] = names[fresh]
        out[:, row] = np.where(component > 0, 2 * name[here, component] + labels[:, row] % 2, 0)
    return out


def _touched(labels: Labels, row: int) -> Labels:
    out = labels.copy()
    out[:, row] = np.where(out[:, row] == 0, 2 * (labels.shape[1] + 1), out[:, row])
    return _canonical(out)


def _joined(labels: Labels, k: int, flip: int) -> Labels:
    """An edge between rows k and k + 1: once (``flip`` 1) or twice (0)."""
    rows = labels.shape[1]
    out = labels.copy()
    for row, fresh in ((k, rows + 1), (k + 1, rows + 2)):
        out[:, row] = np.where(out[:, row] == 0, 2 * fresh, out[:, row])
    one, other = out[:, [k]] // 2, out[:, [k + 1]] // 2
    out = np.where((out // 2 == other) & (out > 0), 2 * one + out % 2, out)
    out[:, k] ^= flip
    out[:, k + 1] ^= flip
    return _canonical(out)


def _droppable(labels: Labels, row: int) -> NDArray[np.bool_]:
    """Whether the vertex is even and its component goes on in another row."""
    mine = labels[:, [row]]
    goes_on: NDArray[np.bool_] = (labels // 2 == mine // 2).sum(axis=1) > 1
    droppable: NDArray[np.bool_] = (mine[:, 0] > 0) & (mine[:, 0] % 2 == 0) & goes_on
    return droppable
