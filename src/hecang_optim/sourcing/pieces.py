"""Lines cut into pieces that travel whole.

A line is one piece, unless it may have to be divided: where its SKU is scarce (the orders could want more of it,
somewhere, than there is), or no warehouse has all of it. Then it is cut into units; a long line into a few parts,
and where no warehouse has all of it along the stocks: the largest first, then the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hecang_optim.arrays import Bools, Floats, Ints, row_starts
from hecang_optim.sourcing.problem import Problem

#: Pieces of one line at most, unless stocks ask for more.
MOST_PIECES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """P pieces of O orders; those of one line lie side by side.

    :param start: (O + 1,) pieces of an order, as ``line_start``.
    :param line: (P,) the line it belongs to.
    :param sku: (P,)
    :param quantity: (P,) units.
    :param grams: (P,) weight of all its units.
    :param together: (P,) units of its whole line.
    :param short: (P,) money if it is not shipped.
    :param may: (P, W) whether the warehouse may ship for its order.
    """

    start: Ints
    line: Ints
    sku: Ints
    quantity: Ints
    grams: Ints
    together: Ints
    short: Floats
    may: Bools

    @property
    def owner(self) -> Ints:
        """(P,) the order of each piece."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))


def allowed(problem: Problem) -> Bools:
    """(O, W) whether a warehouse may ship for an order, forced ones considered."""
    orders, warehouses = problem.orders, problem.network.warehouses
    may = np.ones((orders.count, warehouses), dtype=np.bool_) if orders.allowed is None else orders.allowed
    if orders.forced is not None:
        own = (orders.forced[:, None] < 0) | (orders.forced[:, None] == np.arange(warehouses))
        may = may & own
    return may


def cut(problem: Problem) -> Pieces:
    """The pieces of all orders. One pass over all lines; a loop only over those that must be divided."""
    orders, stock = problem.orders, problem.stock
    owner = np.repeat(np.arange(orders.count), np.diff(orders.line_start))
    may = allowed(problem)[owner]
    there = np.where(may, stock[:, orders.sku].T, 0)
    wanted = np.stack(
        [
            np.bincount(orders.sku, orders.quantity * (there[:, w] > 0), stock.shape[1])
            for w in range(stock.shape[0])
        ]
    )
    scarce: Bools = np.logical_or.reduce(wanted > stock, axis=0)[orders.sku]
    whole = np.array(there.max(axis=1, initial=0) >= orders.quantity, dtype=np.bool_)
    sizes = {
        line: _divide(int(orders.quantity[line]), there[line], whole=bool(whole[line]))
        for line in np.flatnonzero((scarce | ~whole) & (orders.quantity > 1)).tolist()
    }
    count = np.ones(orders.sku.size, dtype=np.int64)
    for divided, parts in sizes.items():
        count[divided] = len(parts)
    # the heavy lines of an order first: they decide most
    ranked = np.lexsort((-orders.quantity * problem.unit_g[orders.sku], owner))
    line = np.repeat(ranked, count[ranked])
    quantity = orders.quantity[line]
    first = row_starts(count[ranked])
    for place, which in enumerate(ranked.tolist()):
        if which in sizes:
            quantity[first[place] : first[place + 1]] = sizes[which]
    sku = orders.sku[line]
    return Pieces(
        start=first[orders.line_start],
        line=line.astype(np.int64),
        sku=sku,
        quantity=quantity,
        grams=quantity * problem.unit_g[sku],
        together=orders.quantity[line],
        short=orders.short_price[line] * quantity,
        may=np.ascontiguousarray(may[line]),
    )


def _divide(quantity: int, there: Ints, *, whole: bool) -> list[int]:
    """Sizes of the pieces of one line."""
    if quantity <= MOST_PIECES:
        return [1] * quantity
    if whole:
        each, more = divmod(quantity, MOST_PIECES)
        return [each + 1] * more + [each] * (MOST_PIECES - more)
    parts = []
    for units in np.sort(there)[::-1].tolist():
        if not quantity or not units:
            break
        parts.append(min(units, quantity))
        quantity -= parts[-1]
    return [*parts, quantity] if quantity else parts
