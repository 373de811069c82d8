"""Classes of goods: by how much they matter, by how steadily they sell, by the room they take for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.errors import InvalidProblem, require
from hecang_optim.slotting.model import numbers


def abc_classes(value: npt.ArrayLike, shares: tuple[float, ...] = (0.8, 0.95)) -> Ints:
    """Classes 0 (A), 1 (B), 2 (C), … by the share of the total that the goods before one make up.

    :param value: lines, units or money of each SKU (n).
    :param shares: where a class ends, rising, between 0 and 1.
    :return: class (n). Goods of no value are in the last one; equal goods in the order given.
    :raises InvalidProblem: negative values, shares that do not rise.
    """
    amounts = numbers(value, "value")
    require_each(amounts >= 0, "value", "is negative")
    ends = np.asarray(shares, dtype=np.float64)
    rising = np.all(np.diff(ends) > 0) and np.all((ends > 0) & (ends < 1))
    require(rising, "shares", "do not rise between 0 and 1")
    order = np.argsort(-amounts, kind="stable")
    total = amounts.sum()
    before = np.cumsum(amounts[order]) - amounts[order]
    classes = np.empty(len(amounts), dtype=np.int64)
    classes[order] = np.searchsorted(ends * total, before * (1 + 1e-12), side="right")
    classes[amounts == 0] = len(ends)
    return classes


def xyz_classes(demand: npt.ArrayLike, limits: tuple[float, ...] = (0.5, 1.0)) -> Ints:
    """Classes 0 (X, steady), 1 (Y), 2 (Z, erratic) by the coefficient of variation.

    :param demand: units in each period (n, periods).
    :param limits: the greatest coefficient of each class but the last, rising.
    :return: class (n). Goods without demand are in the last one.
    """
    table = np.asarray(demand, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] == 0:
        raise InvalidProblem("demand", f"has shape {table.shape} where (SKUs, periods) is expected")
    require_each((table >= 0).all(axis=1), "demand", "is negative or not a number")
    require(np.all(np.diff(limits) > 0), "limits", "do not rise")
    mean = table.mean(axis=1)
    variation = np.divide(table.std(axis=1), mean, out=np.full(len(table), np.inf), where=mean > 0)
    return np.asarray(np.searchsorted(np.asarray(limits), variation, side="left"), dtype=np.int64)


def cube_per_order_index(cube: npt.ArrayLike, lines: npt.ArrayLike) -> Floats:
    """Room that an SKU takes for each time that it is picked; what has the lowest goes nearest.

    :param cube: litres that its stock takes (n).
    :param lines: picks a week (n).
    :return: litres a pick (n); infinite for goods that are not picked.

    Source: Heskett (1963), "Cube-per-order index: a key to warehouse stock location".
    """
    litres = numbers(cube, "cube")
    picks = numbers(lines, "lines", len(litres))
    require_each(litres >= 0, "cube", "is negative")
    require_each(picks >= 0, "lines", "is negative")
    return np.asarray(np.divide(litres, picks, out=np.full(len(litres), np.inf), where=picks > 0))
