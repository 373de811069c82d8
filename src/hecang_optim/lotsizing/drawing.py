"""A plan of orders, and what a level of stock is good for. Needs matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hecang_optim.arrays import Floats
from hecang_optim.lotsizing.demand import Demand, Family, fit_demand
from hecang_optim.lotsizing.service import level_by_cycle_service, order_up_to_by_fill_rate
from hecang_optim.pictures import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEMAND, ORDER, STOCK = "#c2410c", "#1d4ed8", "#9ca3af"


def draw_plan(demand: Floats, quantity: Floats, stock: float = 0.0, path: Path | None = None) -> Figure:
    """Demand, orders and stock at the end of each period, for one SKU.

    :param demand: units (T).
    :param quantity: units ordered (T), as from :func:`~hecang_optim.lotsizing.wagner_whitin.plan_lots`.
    :param stock: units before the first period.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    figure, axes = _figure()
    period = np.arange(1, len(demand) + 1)
    left = stock + np.cumsum(quantity - demand)
    axes.bar(period - 0.2, quantity, 0.38, color=ORDER, label="ordered")
    axes.bar(period + 0.2, demand, 0.38, color=DEMAND, label="asked for")
    axes.step(period, left, where="mid", color=STOCK, label="left at the end")
    axes.set_xlabel("period")
    axes.set_ylabel("units")
    axes.set_ylim(top=1.25 * max(float(np.max(quantity)), float(np.max(demand)), float(np.max(left)), 1.0))
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _finish(figure, axes, path, columns=3)


def draw_service(protection: Demand, lead: Demand, path: Path | None = None) -> Figure:
    """Safety stock by target service: cycles without a stock-out, demand met, and the normal formula. The first SKU.

    :param protection: demand over review interval and lead time.
    :param lead: over the lead time alone.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    first = np.zeros(1, dtype=np.int64)
    ahead, before = protection.take(first), lead.take(first)
    normal = fit_demand(ahead.mean, ahead.variance, Family.NORMAL)
    service = np.linspace(0.7, 0.995, 60)
    figure, axes = _figure()
    for label, colour, level in (
        ("cycle service", ORDER, [level_by_cycle_service(ahead, one) for one in service]),
        ("fill rate", DEMAND, [order_up_to_by_fill_rate(ahead, before, one) for one in service]),
        ("cycle service, as if normal", STOCK, [level_by_cycle_service(normal, one) for one in service]),
    ):
        axes.plot(100 * service, [one.safety_stock[0] for one in level], color=colour, label=label)
    axes.set_xlabel("service asked for, %")
    axes.set_ylabel("safety stock, units")
    return _finish(figure, axes, path)


def _figure() -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.2), layout="constrained")
    return figure, figure.subplots()


def _finish(figure: Figure, axes: Any, path: Path | None, columns: int = 1) -> Figure:
    axes.legend(frameon=False, ncols=columns, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    return written(figure, path)
