"""What came out of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hecang_optim.simulation.draws import Draws
from hecang_optim.simulation.log import LOG, Log
from hecang_optim.simulation.model import Scenario
from hecang_optim.simulation.tally import Tally

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds at which things happened; ``nan`` where they did not.

    :param released: of each order into a batch.
    :param picked: its batch came to the packing stations.
    :param left: the order left.
    :param task_done: of each floor task.
    """

    released: Array
    picked: Array
    left: Array
    task_done: Array

    @classmethod
    def empty(cls, orders: int, tasks: int) -> Times:
        return cls(*(np.full(size, np.nan) for size in (orders, orders, orders, tasks)))


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of one day. Those of orders are over the orders that arrived after the warm-up.

    :param times: of each order and task.
    :param log: rows of :data:`~hecang_optim.simulation.log.LOG`; empty unless asked for.
    :param ends: second at which the last order left and the last task was done, or the horizon.
    :param orders_left: how many orders left after the warm-up, of whatever arrival.
    :param orders_unfinished: how many had not left at the end.
    :param orders_per_hour: that left, between the warm-up and the end; ``lines_per_hour`` likewise.
    :param cycle_mean: seconds from arrival to leaving; ``cycle_p95`` their 95 % quantile.
    :param on_time: share of the orders that left by their due time; who has not left is late.
    :param lateness: mean seconds after the due time, 0 for who is on time; unfinished orders count up to the end.
    :param task_lateness: the same for floor tasks, weighted by their priority.
    :param metres: walked by all; ``empty_metres`` of them on the way to a job.
    :param metres_per_line: metres of all kinds of work over the lines of the orders that left.
    :param utilisation: share of their shift that workers are on a job; ``packing_utilisation`` of the stations.
    :param blocked: seconds that workers waited for each other; ``lost`` walking more slowly past others;
        ``starved`` waited at empty locations.
    :param unplanned_mean: average number of orders not yet released; ``open_jobs_mean`` of jobs nobody has begun;
        ``packing_queue_mean`` of orders waiting for a station; ``packing_queue_max`` its longest.
    """

    times: Times
    log: NDArray[np.void]
    ends: float
    orders_left: int
    orders_unfinished: int
    tasks_done: int
    orders_per_hour: float
    lines_per_hour: float
    cycle_mean: float
    cycle_p95: float
    on_time: float
    lateness: float
    task_lateness: float
    metres: float
    empty_metres: float
    metres_per_line: float
    utilisation: float
    packing_utilisation: float
    blocked: float
    lost: float
    starved: float
    refills: int
    empty_faces: int
    unplanned_mean: float
    open_jobs_mean: float
    packing_queue_mean: float
    packing_queue_max: int

    def measures(self) -> dict[str, float]:
        """All figures by name."""
        skipped = ("times", "log")
        return {name: float(getattr(self, name)) for name in self.__slots__ if name not in skipped}


def report(scenario: Scenario, draws: Draws, times: Times, tally: Tally, log: Log) -> Report:
    """Sum a day up."""
    warm_up, orders = scenario.warm_up, draws.orders
    finished = np.concatenate((times.left, times.task_done, [warm_up]))
    ends = scenario.horizon if scenario.horizon is not None else float(np.nanmax(finished))
    hours = (ends - warm_up) / 3600
    left = times.left >= warm_up
    lines = sum(len(order.skus) for order, counts in zip(orders, left, strict=True) if counts)
    arrival = np.array([order.arrival for order in orders])
    due = np.array([order.due for order in orders])
    mine = arrival >= warm_up
    cycles = (times.left - arrival)[mine & ~np.isnan(times.left)]
    late = _lateness(times.left, due, ends)[mine]
    on_time = (times.left <= due)[mine]
    workers, shifts = tally.workers, 0.0
    for worker in scenario.workers:
        shifts += max(0.0, min(worker.shift[1], ends) - max(worker.shift[0], warm_up))
    metres = sum(worker.metres for worker in workers)
    stations = 0 if scenario.packing is None else scenario.packing.stations
    return Report(
        times=times,
        log=log.rows() if log.on else np.zeros(0, LOG),
        ends=ends,
        orders_left=int(left.sum()),
        orders_unfinished=int(np.isnan(times.left).sum()),
        tasks_done=int((~np.isnan(times.task_done)).sum()),
        orders_per_hour=_ratio(float(left.sum()), hours),
        lines_per_hour=_ratio(lines, hours),
        cycle_mean=float(cycles.mean()) if len(cycles) else float("nan"),
        cycle_p95=float(np.quantile(cycles, 0.95)) if len(cycles) else float("nan"),
        on_time=float(on_time.mean()) if len(on_time) else float("nan"),
        lateness=float(late.mean()) if len(late) else 0.0,
        task_lateness=_task_lateness(draws, times, warm_up, ends),
        metres=metres,
        empty_metres=sum(worker.empty_metres for worker in workers),
        metres_per_line=_ratio(metres, lines),
        utilisation=_ratio(sum(worker.busy for worker in workers), shifts),
        packing_utilisation=_ratio(tally.packing_busy.mean(ends), stations),
        blocked=sum(worker.blocked for worker in workers),
        lost=sum(worker.lost for worker in workers),
        starved=sum(worker.starved for worker in workers),
        refills=tally.refills,
        empty_faces=tally.empty_faces,
        unplanned_mean=tally.unplanned.mean(ends),
        open_jobs_mean=tally.open_jobs.mean(ends),
        packing_queue_mean=tally.packing.mean(ends),
        packing_queue_max=tally.packing.most,
    )


def _lateness(done: Array, due: Array, ends: float) -> Array:
    """Seconds after the due time, at least 0."""
    return np.maximum(np.where(np.isnan(done), ends, done) - due, 0.0)


def _task_lateness(draws: Draws, times: Times, warm_up: float, ends: float) -> float:
    mine = np.array([task.release >= warm_up for task in draws.tasks], dtype=bool)
    if not mine.any():
        return 0.0
    due = np.array([task.due for task in draws.tasks])[mine]
    priority = np.array([task.priority for task in draws.tasks])[mine]
    return float(np.average(_lateness(times.task_done[mine], due, ends), weights=priority))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
