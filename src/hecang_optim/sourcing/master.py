"""The master problem: one plan for each order, within stocks and places. HiGHS solves it, relaxed and in integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, row_starts, spans
from hecang_optim.sourcing.tables import Plans, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Stocks and places that can be too few for all who could want them; only these have rows and prices.

    :param stock: (W, S) number of the row, -1 where there is enough.
    :param room: (W, D) number of the row, -1 where there is enough.
    :param limit: (R,) units or shipments there are.
    """

    stock: Ints
    room: Ints
    limit: Floats


def rows_that_bind(made: Tables, stock: Ints, capacity: Ints) -> Rows:
    """Rows of which the orders together could want more than there is."""
    warehouses, skus = stock.shape
    open_to = made.may & (made.quantity[:, None] <= stock[:, made.sku].T)
    wanted = np.stack([np.bincount(made.sku, made.quantity * open_to[:, w], skus) for w in range(warehouses)])
    scarce = wanted > stock
    owner = np.repeat(np.arange(made.zone.size), np.diff(made.start))
    visitors = [np.unique(owner[open_to[:, w]]).size for w in range(warehouses)]
    full = np.array(visitors)[:, None] > capacity
    stock_row = np.full(stock.shape, -1, dtype=np.int64)
    stock_row[scarce] = np.arange(scarce.sum())
    room_row = np.full(capacity.shape, -1, dtype=np.int64)
    room_row[full] = scarce.sum() + np.arange(full.sum())
    limit = np.concatenate((stock[scarce], capacity[full])).astype(np.float64)
    return Rows(stock_row, room_row, limit)


class Columns(NamedTuple):
    """Plans of orders as columns.

    :param order: (C,)
    :param cost: (C,) at no prices but scarcity.
    :param start: (C + 1,) entries of each column in ``row`` and ``amount``, without the order's own row.
    :param piece_start: (C + 1,) places of each column's plan in ``plan``.
    :param day: (C, W)
    """

    order: Ints
    cost: Floats
    start: Ints
    row: Ints
    amount: Floats
    piece_start: Ints
    plan: Ints
    day: Ints


def columns_of(made: Tables, rows: Rows, which: Ints, plans: Plans) -> Columns:
    """The plans of the orders ``which`` as columns; the plans' cost is that at no prices."""
    lengths = np.diff(made.start)[which]
    piece = spans(made.start, which)
    column = np.repeat(np.arange(which.size), lengths)
    plan = plans.plan[piece]
    goes = plan >= 0
    row = np.where(goes, rows.stock[plan, made.sku[piece]], -1)
    day = plans.day[which]
    shipment_column, warehouse = np.nonzero(day >= 0)
    places = rows.room[warehouse, day[shipment_column, warehouse]]
    all_column = np.concatenate((column[row >= 0], shipment_column[places >= 0]))
    all_row = np.concatenate((row[row >= 0], places[places >= 0]))
    all_amount = np.concatenate((made.quantity[piece][row >= 0], np.ones((places >= 0).sum()))).astype(
        np.float64
    )
    # pieces of one SKU at one warehouse share an entry
    height = max(1, rows.limit.size)
    key, place = np.unique(all_column * height + all_row, return_inverse=True)
    amount = np.bincount(place, all_amount, key.size).astype(np.float64)
    counts = np.bincount(key // height, minlength=which.size)
    return Columns(
        order=which,
        cost=plans.cost[which],
        start=row_starts(counts),
        row=(key % height).astype(np.int64),
        amount=amount,
        piece_start=row_starts(lengths),
        plan=plan,
        day=day,
    )


class Relaxed(NamedTuple):
    """The relaxed master's optimum.

    :param x: (C,) share of each column; ``order_price``: (O,) dual of each order's row.
    :param unit_price: (W, S), ``day_price``: (W, D): those of stocks and places, not negative.
    """

    value: float
    x: Floats
    order_price: Floats
    unit_price: Floats
    day_price: Floats


class Master:
    """Columns come in batches; the relaxation is solved again from where it was."""

    def __init__(self, orders: int, rows: Rows) -> None:
        self.rows = rows
        self.orders = orders
        self.batches: list[Columns] = []
        self._known: set[tuple[int, bytes, bytes]] = set()
        self._highs = _highs()
        count = orders + rows.limit.size
        lower = np.concatenate((np.ones(orders), np.full(rows.limit.size, -np.inf)))
        upper = np.concatenate((np.ones(orders), rows.limit))
        nothing = np.zeros(0, dtype=np.int32)
        self._highs.addRows(count, lower, upper, 0, np.zeros(count, dtype=np.int32), nothing, np.zeros(0))

    def add(self, columns: Columns) -> int:
        """Take in those that are new; how many those were."""
        fresh = [c for c in range(columns.order.size) if self._is_new(columns, c)]
        kept = chosen_of(columns, np.array(fresh, dtype=np.int64))
        if fresh:
            self.batches.append(kept)
            add_columns(self._highs, kept, self.orders)
        return len(fresh)

    def _is_new(self, columns: Columns, c: int) -> bool:
        first, last = columns.piece_start[c], columns.piece_start[c + 1]
        key = (int(columns.order[c]), columns.plan[first:last].tobytes(), columns.day[c].tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def solve(self) -> Relaxed:
        self._highs.run()
        solution = self._highs.getSolution()
        dual = np.array(solution.row_dual)
        price = np.maximum(0.0, -dual[self.orders :])
        return Relaxed(
            value=float(self._highs.getInfo().objective_function_value),
            x=np.array(solution.col_value),
            order_price=dual[: self.orders],
            unit_price=spread(price, self.rows.stock),
            day_price=spread(price, self.rows.room),
        )

    def columns(self) -> Columns:
        """All columns so far, in the order of ``Relaxed.x``."""
        return joined(self.batches)


def spread(price: Floats, row: Ints) -> Floats:
    """Prices of rows at the places that have one, 0 elsewhere."""
    padded = np.append(price, 0.0)
    return np.ascontiguousarray(padded[row])


def joined(batches: list[Columns]) -> Columns:
    """Batches as one."""

    def starts(each: list[Ints]) -> Ints:
        return row_starts(np.concatenate([np.diff(start) for start in each]))

    return Columns(
        order=np.concatenate([one.order for one in batches]),
        cost=np.concatenate([one.cost for one in batches]),
        start=starts([one.start for one in batches]),
        row=np.concatenate([one.row for one in batches]),
        amount=np.concatenate([one.amount for one in batches]),
        piece_start=starts([one.piece_start for one in batches]),
        plan=np.concatenate([one.plan for one in batches]),
        day=np.concatenate([one.day for one in batches]),
    )


def chosen_of(columns: Columns, which: Ints) -> Columns:
    """Some of the columns."""
    entries, pieces = spans(columns.start, which), spans(columns.piece_start, which)
    counts = np.diff(columns.start)[which]
    lengths = np.diff(columns.piece_start)[which]
    return Columns(
        order=columns.order[which],
        cost=columns.cost[which],
        start=row_starts(counts),
        row=columns.row[entries],
        amount=columns.amount[entries],
        piece_start=row_starts(lengths),
        plan=columns.plan[pieces],
        day=columns.day[which],
    )


class Chosen(NamedTuple):
    """A choice of columns.

    :param x: (C,) 1 for the chosen.
    :param bound: no choice of these columns costs less.
    """

    x: Floats
    bound: float


def choose_in_integers(
    columns: Columns,
    orders: int,
    rows: Rows,
    start: Floats,
    *,
    seconds: float,
    nodes: int | None,
    gap: float,
) -> Chosen:
    """One column for each order; together at least as good as ``start``.

    :param seconds: of HiGHS; ``nodes``: of its tree. ``gap``: relative, good enough.
    """
    import highspy

    highs = _highs()
    count = orders + rows.limit.size
    lower = np.concatenate((np.ones(orders), np.full(rows.limit.size, -np.inf)))
    upper = np.concatenate((np.ones(orders), rows.limit))
    highs.addRows(
        count, lower, upper, 0, np.zeros(count, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0)
    )
    add_columns(highs, columns, orders)
    number = columns.order.size
    highs.changeColsIntegrality(
        number, np.arange(number, dtype=np.int32), np.full(number, highspy.HighsVarType.kInteger)
    )
    highs.setOptionValue("mip_rel_gap", gap)
    if np.isfinite(seconds):
        highs.setOptionValue("time_limit", seconds)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
    solution = highspy.HighsSolution()
    solution.col_value = start.tolist()
    highs.setSolution(solution)
    highs.run()
    found = np.round(np.array(highs.getSolution().col_value))
    right = found.size == number and highs.getInfo().primal_solution_status == 2
    if not right or found @ columns.cost > start @ columns.cost:
        found = start
    return Chosen(found, float(highs.getInfo().mip_dual_bound))


def add_columns(highs: Any, columns: Columns, orders: int) -> None:
    """Columns with the row of their order (entry 1) and their entries."""
    number = columns.order.size
    counts = np.diff(columns.start) + 1
    start = row_starts(counts)
    row = np.empty(start[-1], dtype=np.int32)
    amount = np.ones(start[-1])
    own = start[:-1]
    row[own] = columns.order
    rest = np.ones(start[-1], dtype=np.bool_)
    rest[own] = False
    row[rest] = orders + columns.row
    amount[rest] = columns.amount
    # at most 1 follows from the order's row
    highs.addCols(
        number, columns.cost, np.zeros(number), np.full(number, np.inf), int(start[-1]),
        start[:-1].astype(np.int32), row, amount,
    )  # fmt: skip


def _highs() -> Any:
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    return highs
