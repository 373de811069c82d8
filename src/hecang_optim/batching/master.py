"""Choosing batches out of a pool: the linear program and the whole-number program, by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.batching._cuts import violated_triples
from hecang_optim.batching._pricing import Prices, reduced_costs
from hecang_optim.batching.pool import Columns
from hecang_optim.budget import Budget

#: With rounds alone a whole-number program may open so many nodes.
NODES_WITHOUT_CLOCK = 20
#: Cuts in one round, and in how many of them one order may be.
CUTS_A_ROUND = 40
CUTS_AN_ORDER = 5


class Relaxation:
    """The linear program: every order at least once, at the least total length.

    Covering is as good as partitioning, as leaving an order out never makes a tour longer; its prices are not
    negative, and more stable. Subset-row cuts hold for the partitions among the covers, and are all we need.
    """

    def __init__(self, orders: int, least_batches: int) -> None:
        self._model = _model(orders, least_batches)
        self._orders = orders
        self._columns = np.zeros(0, dtype=np.int64)
        self._inside = np.zeros(0, dtype=bool)
        self._has = np.zeros((0, orders), dtype=bool)
        self.cuts = np.zeros((0, 3), dtype=np.int64)
        self.value = 0.0
        self.prices = Prices(0.0, np.zeros(orders), *_charges(orders, self.cuts, np.zeros(0)))

    def add(self, columns: Columns, chosen: Ints) -> None:
        """Let it use these batches, too."""
        more = len(columns) - len(self._inside)
        if more > 0:
            self._inside = np.append(self._inside, np.zeros(more, dtype=bool))
        chosen = chosen[~self._inside[chosen]]
        if not len(chosen):
            return
        self._inside[chosen] = True
        has = _incidence(columns, chosen, self._orders)
        rows = np.concatenate([has, np.ones((len(has), 1), dtype=bool), _in_cuts(has, self.cuts)], axis=1)
        _add_columns(self._model, columns.length[chosen], rows, upper=np.inf)
        self._columns = np.append(self._columns, chosen)
        self._has = np.concatenate([self._has, has])

    def solve(self) -> None:
        """Find the least total (``value``) and the ``prices``."""
        self._model.run()
        duals = np.asarray(self._model.getSolution().row_dual)
        self.value = float(self._model.getObjectiveValue())
        charges = np.maximum(0.0, -duals[self._orders + 1 :])
        price = np.maximum(0.0, duals[: self._orders])
        self.prices = Prices(
            max(0.0, float(duals[self._orders])), price, *_charges(self._orders, self.cuts, charges)
        )

    def reduced_costs(self, columns: Columns) -> Floats:
        """Of all batches of the pool."""
        reduced = np.zeros(len(columns))
        reduced_costs(columns.start, columns.member, columns.length, self.prices, reduced)
        return reduced

    def outside(self, columns: Columns) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which batches of the pool it does not use yet."""
        inside = np.zeros(len(columns), dtype=bool)
        inside[self._columns] = True
        return ~inside

    def cut(self) -> int:
        """Add violated cuts; how many."""
        value = np.asarray(self._model.getSolution().col_value)
        used = np.flatnonzero(value > 1e-7)
        triples, by = np.zeros((20_000, 3), dtype=np.int64), np.zeros(20_000)
        has = self._has[used].astype(np.float64)
        found = violated_triples(has, np.ascontiguousarray(value[used]), len(by), triples, by)
        often = np.zeros(self._orders, dtype=np.int64)
        chosen: list[Ints] = []
        for index in np.argsort(-by[:found], kind="stable"):
            if len(chosen) < CUTS_A_ROUND and (often[triples[index]] < CUTS_AN_ORDER).all():
                often[triples[index]] += 1
                chosen.append(triples[index])
        if chosen:
            fresh = np.array(chosen)
            columns, rows = np.nonzero(_in_cuts(self._has, fresh))
            order = np.argsort(rows, kind="stable")
            begin = np.searchsorted(rows[order], np.arange(len(fresh)))
            self._model.addRows(
                len(fresh), np.full(len(fresh), -np.inf), np.ones(len(fresh)), len(rows), begin.astype(np.int32),
                columns[order].astype(np.int32), np.ones(len(rows)),
            )  # fmt: skip
            self.cuts = np.concatenate([self.cuts, fresh])
        return len(chosen)


@dataclass(frozen=True, slots=True)
class Choice:
    """Outcome of the whole-number program: batches taken, and whether none of the candidates make it shorter."""

    taken: Ints
    proven: bool


def choose(
    columns: Columns,
    candidates: Ints,
    incumbent: Ints,
    cuts: Ints,
    orders: int,
    least_batches: int,
    budget: Budget,
    seconds: float,
) -> Choice:
    """Cover all orders by the shortest batches among ``candidates`` and ``incumbent``, a solution to begin with."""
    import highspy

    candidates = np.concatenate([incumbent, np.setdiff1d(candidates, incumbent)])
    count = len(candidates)
    has = _incidence(columns, candidates, orders)
    model = _model(orders, least_batches)
    model.addRows(
        len(cuts), np.full(len(cuts), -np.inf), np.ones(len(cuts)), 0, np.zeros(len(cuts), dtype=np.int32),
        np.zeros(0, dtype=np.int32), np.zeros(0),
    )  # fmt: skip
    rows = np.concatenate([has, np.ones((count, 1), dtype=bool), _in_cuts(has, cuts)], axis=1)
    _add_columns(model, columns.length[candidates], rows, upper=1.0)
    whole = np.full(count, highspy.HighsVarType.kInteger.value, dtype=np.uint8)
    model.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    begin = np.arange(count) < len(incumbent)
    model.setSolution(count, np.arange(count, dtype=np.int32), begin.astype(np.float64))
    model.setOptionValue("mip_rel_gap", 0.0)
    if budget.seconds is None:
        model.setOptionValue("mip_max_nodes", NODES_WITHOUT_CLOCK)
    else:  # its own clock never runs slower than the caller's; it looks at it more often than it asks us
        model.setOptionValue("time_limit", seconds)
    ends = budget.used() + seconds

    def interrupt(event: Any) -> None:
        if budget.cancelled() or (budget.seconds is not None and budget.used() >= ends):
            event.interrupt()

    model.cbMipInterrupt.subscribe(interrupt)
    model.cbSimplexInterrupt.subscribe(interrupt)
    model.run()
    value = np.asarray(model.getSolution().col_value)
    if len(value) != count or not has[value > 0.5].any(axis=0).all():
        return Choice(incumbent, proven=False)
    proven = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Choice(candidates[np.flatnonzero(value > 0.5)], proven=proven)


def _model(orders: int, least_batches: int) -> Any:
    """Rows for the orders and one for the number of batches, without columns."""
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    least = np.append(np.ones(orders), least_batches)
    model.addRows(
        orders + 1, least, np.full(orders + 1, np.inf), 0, np.zeros(orders + 1, dtype=np.int32),
        np.zeros(0, dtype=np.int32), np.zeros(0),
    )  # fmt: skip
    return model


def _add_columns(
    model: Any, cost: Floats, rows: np.ndarray[Any, np.dtype[np.bool_]], *, upper: float
) -> None:
    """Add columns with ones in the marked rows."""
    count = len(cost)
    column, row = np.nonzero(rows)
    begin = np.searchsorted(column, np.arange(count))
    model.addCols(
        count, cost, np.zeros(count), np.full(count, upper), len(row), begin.astype(np.int32),
        row.astype(np.int32), np.ones(len(row)),
    )  # fmt: skip


def _incidence(columns: Columns, chosen: Ints, orders: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """``(chosen, orders)`` whether the batch holds the order."""
    sizes = (columns.start[1:] - columns.start[:-1])[chosen]
    begin = np.cumsum(sizes) - sizes
    row = np.repeat(np.arange(len(chosen)), sizes)
    steps = np.arange(len(row)) - begin[row]
    has = np.zeros((len(chosen), orders), dtype=bool)
    has[row, columns.member[columns.start[:-1][chosen][row] + steps]] = True
    return has


def _in_cuts(has: np.ndarray[Any, np.dtype[np.bool_]], cuts: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """``(batches, cuts)`` whether the batch holds two or three orders of the cut."""
    one, two, three = (has[:, cuts[:, place]] for place in range(3))
    return np.asarray((one & two) | (one & three) | (two & three))


def _charges(orders: int, cuts: Ints, charge: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """The last four fields of :class:`Prices`."""
    active = charge > 1e-9
    cuts, charge = cuts[active], charge[active]
    order = np.concatenate([cuts[:, 0], cuts[:, 1], cuts[:, 2]])
    one = np.concatenate([cuts[:, 1], cuts[:, 0], cuts[:, 0]])
    two = np.concatenate([cuts[:, 2], cuts[:, 2], cuts[:, 1]])
    by_order = np.argsort(order, kind="stable")
    start = np.zeros(orders + 1, dtype=np.int64)
    np.cumsum(np.bincount(order, minlength=orders), out=start[1:])
    return start, one[by_order], two[by_order], np.tile(charge, 3)[by_order]
