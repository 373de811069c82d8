"""One day in the warehouse, event by event."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hecang_optim.errors import require
from hecang_optim.simulation.crew import Crew, Job, Refill, Walker
from hecang_optim.simulation.dispatching import most_urgent
from hecang_optim.simulation.draws import Draws, draw
from hecang_optim.simulation.floor import length
from hecang_optim.simulation.log import NOBODY, Event, Log
from hecang_optim.simulation.model import (
    PICK,
    REPLENISH,
    Batch,
    BySize,
    OpenJob,
    Order,
    Periodic,
    Policy,
    Scenario,
    Situation,
    Waveless,
    WorkerState,
    check_batches,
)
from hecang_optim.simulation.report import Report, Times, report
from hecang_optim.simulation.tally import Tally, WorkerTally

if TYPE_CHECKING:
    import simpy

    Steps = Generator[simpy.Event, None, None]


def simulate(scenario: Scenario, policy: Policy, *, seed: int = 0, log: bool = False) -> Report:
    """Live one day under a policy.

    :param seed: of the day's chance; the same seed is the same day for every policy.
    :param log: keep the event log (:attr:`Report.log`), for a replay on a screen.
    :return: what came out; the same for the same arguments.
    :raises InvalidProblem: orders that cannot be, or a plan that does not pick each line of each order once.
    """
    return _Day(scenario, policy, draw(scenario, seed), Log(on=log)).live()


class _Day:
    """The state of a day, and what happens in it."""

    def __init__(self, scenario: Scenario, policy: Policy, draws: Draws, log: Log) -> None:
        import simpy

        self._env = simpy.Environment()
        self._scenario, self._policy, self._draws, self._log = scenario, policy, draws, log
        self._tally = Tally(scenario.warm_up, [WorkerTally() for _worker in scenario.workers])
        self._crew = Crew(
            self._env, scenario, draws, log, self._tally, ask_refill=self._ask_refill, withdraw=self._take_out
        )
        self._walkers = [
            Walker(
                index, draws.speeds[index], worker.home or scenario.floor.depot, self._tally.workers[index]
            )
            for index, worker in enumerate(scenario.workers)
        ]
        self._states: dict[int, WorkerState] = {}
        self._idle: dict[int, None] = {}
        self._pace = float(np.mean([worker.speed.mean for worker in scenario.workers]))
        self._dispatch = policy.dispatcher() if policy.dispatcher is not None else most_urgent()
        self._dispatch_due = False
        self._jobs: dict[int, Job] = {}
        self._pool: list[OpenJob] = []
        self._job_count = 0
        self._waiting: dict[int, Order] = {}
        self._to_arrive = len(draws.orders)
        self._times = Times.empty(len(draws.orders), len(draws.tasks))
        self._to_pack: deque[int] = deque()
        self._stations = list(range(scenario.packing.stations)) if scenario.packing is not None else []
        self._bench = (
            scenario.packing.place if scenario.packing is not None else None
        ) or scenario.floor.depot

    def live(self) -> Report:
        env = self._env
        env.process(self._arrivals())
        if isinstance(self._policy.release, Periodic):
            env.process(self._waves(self._policy.release))
        if self._draws.tasks:
            env.process(self._task_arrivals())
        for index, worker in enumerate(self._scenario.workers):
            env.process(self._shift(index, *worker.shift))
        env.run(until=self._scenario.horizon)
        for walker in self._walkers:
            if walker.job >= 0:
                walker.tally.busy += self._tally.counted(walker.begun, env.now)
        return report(self._scenario, self._draws, self._times, self._tally, self._log)

    # ---------------------------------------------------------------- orders come and are released

    def _arrivals(self) -> Steps:
        for order in sorted(self._draws.orders, key=lambda order: (order.arrival, order.id)):
            if order.arrival > self._env.now:
                yield self._env.timeout(order.arrival - self._env.now)
            self._log.add(self._env.now, NOBODY, self._scenario.floor.depot, Event.ARRIVE, order.id)
            self._waiting[order.id] = order
            self._to_arrive -= 1
            self._tally.unplanned.change(self._env.now, 1)
            if isinstance(self._policy.release, BySize):
                self._release_by_size(self._policy.release)
            elif isinstance(self._policy.release, Waveless):
                self._changed()

    def _waves(self, release: Periodic) -> Steps:
        yield self._env.timeout(release.first)
        while True:
            # What arrives at this very moment still goes along.
            yield self._env.timeout(0)
            self._release(list(self._waiting.values()))
            if self._to_arrive == 0 and not self._waiting:
                return
            yield self._env.timeout(release.every)

    def _release_by_size(self, release: BySize) -> None:
        if len(self._waiting) >= release.orders or self._to_arrive == 0:
            self._release(list(self._waiting.values()))
        elif len(self._waiting) == 1 and release.longest_wait < float("inf"):
            self._env.process(self._release_after(release.longest_wait, next(iter(self._waiting))))

    def _release_after(self, seconds: float, order: int) -> Steps:
        yield self._env.timeout(seconds)
        if order in self._waiting:
            self._release(list(self._waiting.values()))

    def _release(self, orders: Sequence[Order]) -> None:
        if orders:
            for batch in self._plan(orders):
                self._open_tour(batch)

    def _plan(self, orders: Sequence[Order]) -> Sequence[Batch]:
        batches = self._policy.plan(orders)
        check_batches(orders, batches, len(self._scenario.floor.locations))
        return batches

    def _release_for_idle(self, release: Waveless) -> None:
        """Give each idle picker a tour to begin, planned from what waits just now."""
        pickers = sum(PICK in self._scenario.workers[index].skills for index in self._idle)
        pickers -= sum(job.kind == PICK for job in self._pool)
        while pickers > 0 and self._waiting:
            orders = sorted(self._waiting.values(), key=lambda order: (order.due, order.arrival, order.id))
            batches = self._plan(orders[: release.look_ahead])
            rank = {order.id: place for place, order in enumerate(orders)}
            most_urgent = sorted(batches, key=lambda batch: min(rank[order] for order in batch.orders))
            for batch in most_urgent[:pickers]:
                self._open_tour(batch)
            # Fewer tours than pickers came of so few orders: those behind them have their turn.
            pickers -= len(batches)

    def _open_tour(self, batch: Batch) -> None:
        floor, handling, now = self._scenario.floor, self._scenario.handling, self._env.now
        stops = [floor.place(stop.location) for stop in batch.stops]
        path = (
            batch.path if batch.path is not None else floor.path_through([floor.depot, *stops, floor.depot])
        )
        orders = [self._draws.orders[order] for order in batch.orders]
        seconds = length(path) / self._pace + handling.setup.mean
        seconds += sum(handling.search.mean * len(o.skus) + handling.unit.mean * o.units for o in orders)
        opened = OpenJob(
            id=self._job_count,
            kind=PICK,
            start=path[0],
            end=path[-1],
            seconds=seconds,
            release=min(order.arrival for order in orders),
            due=min(order.due for order in orders),
            priority=float(len(orders)),
            orders=batch.orders,
        )
        for order in batch.orders:
            del self._waiting[order]
            self._times.released[order] = now
            self._log.add(now, NOBODY, floor.depot, Event.RELEASE, order, opened.id)
        self._tally.unplanned.change(now, -len(orders))
        self._open(Job(opened, batch=batch, legs=floor.legs(path, stops, by_zone=self._crew.by_zone)))

    # ---------------------------------------------------------------- other work comes

    def _task_arrivals(self) -> Steps:
        tasks = self._draws.tasks
        for number in sorted(range(len(tasks)), key=lambda number: (tasks[number].release, number)):
            task = tasks[number]
            if task.release > self._env.now:
                yield self._env.timeout(task.release - self._env.now)
            seconds = (
                task.take + task.put + length(self._scenario.floor.path(task.start, task.end)) / self._pace
            )
            self._open(
                Job(
                    OpenJob(
                        id=self._job_count,
                        kind=task.kind,
                        start=task.start,
                        end=task.end,
                        seconds=seconds,
                        release=task.release,
                        due=task.due,
                        priority=task.priority,
                    ),
                    task=number,
                )
            )

    def _ask_refill(self, location: int, urgent: bool) -> None:
        """Open a refill of a location; when somebody stands before it, it is due now."""
        faces, refills, now = self._scenario.faces, self._crew.refills, self._env.now
        assert faces is not None
        refill = refills.get(location)
        if refill is not None and (refill.job.begun or not urgent or refill.job.open.due <= now):
            return
        if refill is not None:
            self._take_out(refill.job)
        start = (float(faces.reserve[location, 0]), float(faces.reserve[location, 1]))
        end = self._scenario.floor.place(location)
        seconds = faces.take.mean + faces.put.mean
        job = Job(
            OpenJob(
                id=self._job_count,
                kind=REPLENISH,
                start=start,
                end=end,
                seconds=seconds + length(self._scenario.floor.path(start, end)) / self._pace,
                release=now if refill is None else refill.job.open.release,
                due=now if urgent else now + faces.within,
                priority=1.0,
            ),
            location=location,
        )
        if refill is None:
            refills[location] = Refill(job, self._env.event())
        else:
            refill.job = job
        self._open(job)

    # ---------------------------------------------------------------- the pool of open jobs

    def _open(self, job: Job) -> None:
        self._job_count += 1
        self._jobs[job.open.id] = job
        insort(self._pool, job.open, key=_urgency)
        self._tally.open_jobs.change(self._env.now, 1)
        self._changed()

    def _take_out(self, job: Job) -> None:
        """The job is open no more."""
        job.begun = True
        del self._jobs[job.open.id]
        del self._pool[bisect_left(self._pool, _urgency(job.open), key=_urgency)]
        self._tally.open_jobs.change(self._env.now, -1)

    def _changed(self) -> None:
        """Dispatch once all else that is set for this moment has happened."""
        if self._idle and not self._dispatch_due:
            self._dispatch_due = True
            self._env.timeout(0).callbacks.append(self._give_out)

    def _give_out(self, _event: Any = None) -> None:
        if isinstance(self._policy.release, Waveless):
            self._release_for_idle(self._policy.release)
        self._dispatch_due = False
        if not self._idle or not self._pool:
            return
        situation = Situation(
            self._env.now, self._scenario.floor, tuple(self._pool), dict(self._states), tuple(self._idle)
        )
        for worker, job_id in self._dispatch(situation):
            require(worker in self._idle, "policy.dispatcher", "gave work to somebody who is not idle")
            require(job_id in self._jobs, "policy.dispatcher", "gave work that is not open")
            job = self._jobs[job_id]
            require(
                job.open.kind in self._scenario.workers[worker].skills,
                "policy.dispatcher",
                "gave work to somebody without the skill",
            )
            self._take_out(job)
            del self._idle[worker]
            self._env.process(self._do(self._walkers[worker], job))

    # ---------------------------------------------------------------- people

    def _shift(self, index: int, begin: float, end: float) -> Steps:
        yield self._env.timeout(begin)
        walker, worker = self._walkers[index], self._scenario.workers[index]
        self._log.add(self._env.now, index, walker.place, Event.ON_SHIFT)
        self._states[index] = WorkerState(
            index, walker.place, self._env.now, worker.speed.mean, worker.skills, end
        )
        self._idle[index] = None
        self._changed()
        if end < float("inf"):
            yield self._env.timeout(end - begin)
            self._idle.pop(index, None)
            self._states.pop(index, None)

    def _do(self, walker: Walker, job: Job) -> Steps:
        begun, opened = self._env.now, job.open
        walker.job, walker.begun = opened.id, begun
        self._log.add(begun, walker.index, walker.place, Event.BEGIN, job=opened.id)
        state = self._states[walker.index]
        way = length(self._scenario.floor.path(walker.place, opened.start))
        self._remember(state, opened.end, begun + way / state.speed + opened.seconds)
        if job.batch is not None:
            yield from self._crew.tour(walker, job)
            self._picked(job.batch)
        elif job.task >= 0:
            yield from self._crew.task(walker, job)
            self._times.task_done[job.task] = self._env.now
        else:
            yield from self._crew.refill(walker, job)
        now = self._env.now
        walker.tally.busy += self._tally.counted(begun, now)
        walker.tally.jobs += now >= self._scenario.warm_up
        self._log.add(now, walker.index, walker.place, Event.DONE, job=opened.id)
        walker.job = -1
        if walker.index in self._states:
            self._remember(state, walker.place, now)
            self._idle[walker.index] = None
            self._changed()

    def _remember(self, state: WorkerState, place: tuple[float, float], free_at: float) -> None:
        self._states[state.index] = WorkerState(
            state.index, place, free_at, state.speed, state.skills, state.shift_end
        )

    # ---------------------------------------------------------------- packing

    def _picked(self, batch: Batch) -> None:
        for order in batch.orders:
            self._times.picked[order] = self._env.now
            if self._scenario.packing is None:
                self._leave(order, NOBODY)
            else:
                self._to_pack.append(order)
                self._tally.packing.change(self._env.now, 1)
        self._pack_next()

    def _pack_next(self) -> None:
        while self._to_pack and self._stations:
            order, station = self._to_pack.popleft(), heapq.heappop(self._stations)
            self._tally.packing.change(self._env.now, -1)
            self._tally.packing_busy.change(self._env.now, 1)
            actor = len(self._walkers) + station
            self._log.add(self._env.now, actor, self._bench, Event.PACK, order)
            packed = self._env.timeout(self._draws.packs[order], value=(order, station))
            packed.callbacks.append(self._packed)

    def _packed(self, event: Any) -> None:
        order, station = event.value
        self._tally.packing_busy.change(self._env.now, -1)
        heapq.heappush(self._stations, station)
        self._leave(order, len(self._walkers) + station)
        self._pack_next()

    def _leave(self, order: int, actor: int) -> None:
        self._times.left[order] = self._env.now
        self._log.add(self._env.now, actor, self._bench, Event.LEAVE, order)


def _urgency(job: OpenJob) -> tuple[float, float, int]:
    return job.due, job.release, job.id
