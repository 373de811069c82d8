"""What is to be decided: orders, stocks, and what shipping from each warehouse costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Bools, Floats, Ints, require_each, row_starts, spans
from hecang_optim.errors import require

#: Capacity of a warehouse and day that has no limit.
UNLIMITED = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """W warehouses, Z zones that orders go to, D days on which parcels leave. Money in any one currency.

    A shipment is what one warehouse sends for one order; it is one parcel, or several where it is too heavy.

    :param first_price: (W, Z) money for a parcel of up to ``first_g``.
    :param step_price: (W, Z) money for each begun ``step_g`` beyond.
    :param first_g: (W, Z) grams, at least 1.
    :param step_g: (W, Z) grams, at least 1.
    :param parcel_g: (W,) grams of the heaviest parcel, at least 1.
    :param lead_hours: (W, Z) from departure to arrival.
    :param departure_hours: (W, D) from now to the departure of each day's parcels; an order taken after the cut-off
        leaves with the next one (:func:`departures` computes them). Growing along a row.
    :param capacity: (W, D) shipments that can still leave; :data:`UNLIMITED` where nothing limits them.
    :param handling_shipment: (W,) money for each shipment: carton, packing, label.
    :param handling_line: (W,) money for each line picked.
    :param handling_unit: (W,) money for each unit picked.
    :param split_price: money for each parcel of an order after its first.
    :param late_price: money for each hour that a shipment arrives after the order's promise.
    :param most_warehouses: into how many shipments an order may be split, at least 1.
    """

    first_price: Floats
    step_price: Floats
    first_g: Ints
    step_g: Ints
    parcel_g: Ints
    lead_hours: Floats
    departure_hours: Floats
    capacity: Ints
    handling_shipment: Floats
    handling_line: Floats
    handling_unit: Floats
    split_price: float = 0.0
    late_price: float = 0.0
    most_warehouses: int = 3

    def __post_init__(self) -> None:
        require(self.first_price.ndim == 2, "network.first_price", "must have the shape (warehouses, zones)")
        warehouses, zones = self.first_price.shape
        require(warehouses >= 1, "network.first_price", "needs at least one warehouse")
        require(self.departure_hours.ndim == 2, "network.departure_hours", "must have the shape (W, days)")
        days = self.departure_hours.shape[1]
        require(days >= 1, "network.departure_hours", "needs at least one day")
        for name in ("first_price", "step_price", "lead_hours"):
            _check(f"network.{name}", getattr(self, name), (warehouses, zones), np.float64)
        for name in ("first_g", "step_g"):
            _check(f"network.{name}", getattr(self, name), (warehouses, zones), np.int64, least=1)
        _check("network.parcel_g", self.parcel_g, (warehouses,), np.int64, least=1)
        _check("network.departure_hours", self.departure_hours, (warehouses, days), np.float64)
        _check("network.capacity", self.capacity, (warehouses, days), np.int64)
        for name in ("handling_shipment", "handling_line", "handling_unit"):
            _check(f"network.{name}", getattr(self, name), (warehouses,), np.float64)
        for name in ("split_price", "late_price"):
            require(0 <= getattr(self, name) < np.inf, f"network.{name}", "must be finite and not negative")
        require(self.most_warehouses >= 1, "network.most_warehouses", "must be at least 1")

    @property
    def warehouses(self) -> int:
        return int(self.first_price.shape[0])

    @property
    def zones(self) -> int:
        return int(self.first_price.shape[1])

    @property
    def days(self) -> int:
        return int(self.departure_hours.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """O orders with L lines; lines ``line_start[o]`` to ``line_start[o + 1]`` belong to order ``o``.

    :param zone: (O,) where it goes to, 0 … Z-1.
    :param line_start: (O + 1,) begins with 0, ends with L, never falls.
    :param sku: (L,) 0 … S-1; each SKU once an order.
    :param quantity: (L,) units, at least 1.
    :param short_price: (L,) money for each unit that is not shipped now (backordered).
    :param due_hours: (O,) from now until the order shall arrive; ``inf`` or ``None`` without a promise.
    :param allowed: (O, W) whether the warehouse may ship for the order; ``None``: all may.
    :param forced: (O,) the only warehouse that may ship for the order, -1 for a free choice; ``None``: all free.
    """

    zone: Ints
    line_start: Ints
    sku: Ints
    quantity: Ints
    short_price: Floats
    due_hours: Floats | None = None
    allowed: Bools | None = None
    forced: Ints | None = None

    def __post_init__(self) -> None:
        count = self.zone.shape[0]
        lines = self.sku.shape[0]
        _check("orders.zone", self.zone, (count,), np.int64)
        _check("orders.line_start", self.line_start, (count + 1,), np.int64)
        _check("orders.sku", self.sku, (lines,), np.int64)
        _check("orders.quantity", self.quantity, (lines,), np.int64, least=1)
        _check("orders.short_price", self.short_price, (lines,), np.float64)
        whole = self.line_start[0] == 0 and self.line_start[-1] == lines
        rising = bool(np.all(np.diff(self.line_start) >= 0))
        require(whole and rising, "orders.line_start", "must rise from 0 to the number of lines")
        if self.due_hours is not None:
            _check("orders.due_hours", self.due_hours, (count,), np.float64, least=-1e9, finite=False)
        owner = np.repeat(np.arange(count), np.diff(self.line_start))
        order = np.lexsort((self.sku, owner))
        twice = (np.diff(owner[order]) == 0) & (np.diff(self.sku[order]) == 0)
        where = int(order[1:][twice][0]) if twice.any() else None
        require(where is None, "orders.sku", "stands twice in one order: sum the lines", where)

    @property
    def count(self) -> int:
        return int(self.zone.shape[0])

    def take(self, which: Ints) -> Orders:
        """Some of the orders, in the order of ``which``."""
        lines = spans(self.line_start, which)
        lengths = np.diff(self.line_start)[which]
        return Orders(
            zone=self.zone[which],
            line_start=row_starts(lengths),
            sku=self.sku[lines],
            quantity=self.quantity[lines],
            short_price=self.short_price[lines],
            due_hours=None if self.due_hours is None else self.due_hours[which],
            allowed=None if self.allowed is None else self.allowed[which],
            forced=None if self.forced is None else self.forced[which],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Which warehouse ships what of these orders?

    :param stock: (W, S) units that can be promised, not negative.
    :param unit_g: (S,) weight of a unit in grams.
    :param scarcity: (W, S) money that a unit is worth if it stays where it is
        (:func:`~hecang_optim.sourcing.scarcity_prices`); ``None``: nothing.
    """

    network: Network
    orders: Orders
    stock: Ints
    unit_g: Ints
    scarcity: Floats | None = None

    def __post_init__(self) -> None:
        network, orders = self.network, self.orders
        require(self.unit_g.ndim == 1, "unit_g", "must have one dimension")
        shape = (network.warehouses, self.unit_g.shape[0])
        _check("stock", self.stock, shape, np.int64)
        _check("unit_g", self.unit_g, shape[1:], np.int64)
        if self.scarcity is not None:
            _check("scarcity", self.scarcity, shape, np.float64)
        _below("orders.zone", orders.zone, network.zones)
        _below("orders.sku", orders.sku, shape[1])
        if orders.allowed is not None:
            right = orders.allowed.dtype == np.bool_
            right = right and orders.allowed.shape == (orders.count, network.warehouses)
            require(right, "orders.allowed", "must be bool of the shape (orders, warehouses)")
        if orders.forced is not None:
            _check("orders.forced", orders.forced, (orders.count,), np.int64, least=-1)
            _below("orders.forced", orders.forced, network.warehouses)


def departures(hour: float, cut_off: Floats, leaves: Floats, days: int) -> Floats:
    """Hours until the parcels of the next ``days`` days leave each warehouse, (W, days).

    :param hour: of the day now, 0 to 24.
    :param cut_off: (W,) hour of the day until which orders leave on the same day.
    :param leaves: (W,) hour of the day at which the carrier takes the parcels, not before the cut-off.
    """
    require(days >= 1, "days", "must be at least 1")
    today = np.where(hour <= cut_off, leaves - hour, leaves - hour + 24.0)
    return np.ascontiguousarray(today[:, None] + 24.0 * np.arange(days), dtype=np.float64)


def sums(place: Ints, amount: Floats | Ints, count: int) -> Floats:
    """(count,) what falls on each place; zeros where there is nothing at all."""
    return np.bincount(place, amount, count).astype(np.float64)


def _check(
    name: str,
    array: npt.NDArray[Any],
    shape: tuple[int, ...],
    dtype: type[np.generic],
    *,
    least: float = 0,
    finite: bool = True,
) -> None:
    require(array.dtype == dtype, name, f"must be {dtype.__name__}, not {array.dtype}")
    require(array.shape == shape, name, f"must have the shape {shape}, not {array.shape}")
    good = array >= least
    if finite and dtype is np.float64:
        good &= np.isfinite(array)
    what = "finite and at least" if finite else "a number of at least"
    require_each(good, name, f"must be {what} {least:g}")


def _below(name: str, array: Ints, end: int) -> None:
    require_each((array < end) & (array >= -1), name, f"must be below {end}")
