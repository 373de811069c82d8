"""Work for people: simulated days under a dispatcher, and one big plan.

The pictures of the explanation pages are made again by ``python -m benchmarks.optim.assignment FOLDER``, which
also prints their figures.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim.assignment import Task, Worker, assign, walking
from hecang_optim.assignment.drawing import draw_plan
from hecang_optim.assignment.warming import warm
from hecang_optim.routing import AisleLayout, Picks
from hecang_optim.simulation import (
    Batch,
    Congestion,
    Dispatcher,
    Floor,
    FloorTask,
    Gamma,
    Handling,
    Order,
    Packing,
    PoissonOrders,
    Policy,
    RandomBaskets,
    Scenario,
    Waveless,
    compare,
    first_come,
    looking_ahead,
    most_urgent,
    nearest_task,
    one_by_one,
    planner,
    rule,
    shortest,
    simulate,
)
from hecang_optim.simulation import Worker as Walker
from hecang_optim.simulation.drawing import draw_comparison, draw_day

NAME = "assignment"
SUMMARY = (
    "Generated. day-*: simulated seconds of empty travel and of lateness a task; plan-*: the same, of one plan of "
    "2,000 tasks for 100 workers. The gap is to the best method of the run."
)
MAXIMISE = False
SECONDS = None

SPEED = 1.2
#: share, seconds until due, priority
KINDS = {
    "putaway": (0.30, 1800.0, 1.0),
    "replenish": (0.25, 600.0, 2.0),
    "pick": (0.25, 900.0, 2.0),
    "count": (0.10, 7200.0, 1.0),
    "move": (0.10, 3600.0, 1.0),
}
#: Drivers, pickers, and people who can do everything.
CREWS = (
    frozenset({"putaway", "move", "replenish"}),
    frozenset({"pick", "count", "replenish"}),
    frozenset(KINDS),
)
RULES: dict[str, Callable[[], Dispatcher]] = {"nearest_task": nearest_task, "earliest_due": most_urgent}


@dataclass(frozen=True, slots=True)
class Instance:
    """A simulated day of so many tasks an hour (``per_hour`` above 0), or one plan."""

    name: str
    seed: int
    workers: int
    per_hour: float = 0.0
    tasks: int = 0


def find(_files: Sequence[Path]) -> Found:
    """Generated instances; files do not matter."""
    days = [
        Instance(f"day-{load}-{seed}", seed, 20, per_hour=rate)
        for load, rate in (("calm", 300.0), ("busy", 420.0), ("rush", 480.0))
        for seed in range(4)
    ]
    plans = [Instance(f"plan-2000x100-{seed}", seed, 100, tasks=2000) for seed in range(3)]
    return Found(instances=[*days, *plans])


def solve(instance: Instance, settings: Settings) -> Iterator[Record]:
    run = _plan if instance.tasks else _day
    results = run(instance, settings)
    best = min(value for _method, value, _seconds in results) if settings.rivals else None
    for method, value, seconds in results:
        yield Record(NAME, instance.name, method, value, best, seconds)


# -------------------------------------------------------------------- days


def hall() -> tuple[AisleLayout, Picks, Floor]:
    """Twenty aisles of three blocks, 1,440 places; packing in front, docks behind."""
    layout = AisleLayout.regular(aisles=20, blocks=3, aisle_pitch=5.0, sub_aisle_length=25.0, depot_aisle=10)
    picks = Picks.of([(a, 25 * b + 1 + k) for a in range(20) for b in range(3) for k in range(24)])
    return layout, picks, Floor.of(layout, picks)


@dataclass(frozen=True, slots=True)
class DrawnTasks:
    """A mixed day of work on a floor; call it with a generator."""

    floor: Floor
    per_hour: float
    hours: float = 3.0

    def __call__(self, rng: np.random.Generator) -> list[FloorTask]:
        count = int(rng.poisson(self.per_hour * self.hours))
        kinds = rng.choice(list(KINDS), size=count, p=[share for share, _, _ in KINDS.values()])
        releases = np.sort(rng.uniform(0, 3600 * self.hours, count))
        return [self.task(str(kind), float(at), rng) for kind, at in zip(kinds, releases, strict=True)]

    def task(self, kind: str, release: float, rng: np.random.Generator) -> FloorTask:
        """One of a kind, at random places."""
        place, other = (self.floor.place(int(rng.integers(len(self.floor.locations)))) for _ in range(2))
        dock, packing = (float(rng.uniform(0, 95)), 75.0), (float(rng.uniform(30, 65)), 0.0)
        start, end = {
            "putaway": (dock, place),
            "replenish": (other, place),
            "pick": (place, packing),
            "count": (place, place),
            "move": (place, other),
        }[kind]
        _share, within, priority = KINDS[kind]
        due = release + within * float(rng.uniform(0.5, 1.5))
        return FloorTask(kind, release, start, end, take=40.0, put=40.0, due=due, priority=priority)


def mixed_day(per_hour: float, workers: int) -> Scenario:
    """A day of tasks without orders."""
    _layout, _picks, floor = hall()
    return Scenario(
        floor,
        orders=(),
        workers=tuple(Walker(CREWS[index % 3], Gamma(SPEED, 0.1)) for index in range(workers)),
        packing=None,
        congestion=Congestion.FREE,
        tasks=DrawnTasks(floor, per_hour),
    )


def _day(instance: Instance, settings: Settings) -> list[tuple[str, float, float]]:
    scenario = mixed_day(instance.per_hour, instance.workers)
    warm()
    methods = {OURS: looking_ahead(), **(RULES if settings.rivals else {})}
    results = []
    for method, dispatcher in methods.items():
        with settings.stopwatch() as watch:
            report = simulate(scenario, Policy(method, _no_plan, dispatcher=dispatcher), seed=instance.seed)
        value = report.empty_metres / SPEED / report.tasks_done + report.task_lateness
        results.append((method, value, watch.seconds))
    return results


def _no_plan(_orders: Sequence[Order]) -> Sequence[Batch]:
    """There are no orders to plan."""
    return []


# -------------------------------------------------------------------- one big plan


def big_problem(instance: Instance) -> tuple[list[Task], list[Worker], np.ndarray]:
    """Tasks known at one moment, workers spread over the hall; points are the starts, the ends, the workers."""
    rng = np.random.default_rng([instance.seed, instance.tasks])
    drawn = DrawnTasks(hall()[2], instance.tasks, 1.0)
    known = [drawn.task(str(kind), 0.0, rng) for kind in rng.choice(list(KINDS), size=instance.tasks)]
    places = drawn.floor.locations[rng.integers(len(drawn.floor.locations), size=instance.workers)]
    points = np.array([*(t.start for t in known), *(t.end for t in known), *places.tolist()])
    tasks = [
        Task(
            start=number,
            end=instance.tasks + number,
            seconds=80 + (abs(t.start[0] - t.end[0]) + abs(t.start[1] - t.end[1])) / SPEED,
            due=4 * t.due,
            priority=t.priority,
            skills=frozenset({t.kind}),
        )
        for number, t in enumerate(known)
    ]
    workers = [
        Worker(2 * instance.tasks + number, free_at=float(rng.uniform(0, 300)), skills=CREWS[number % 3])
        for number in range(instance.workers)
    ]
    return tasks, workers, points


def _plan(instance: Instance, settings: Settings) -> list[tuple[str, float, float]]:
    tasks, workers, points = big_problem(instance)
    travel = walking(points, SPEED)
    warm()
    with settings.stopwatch() as watch:
        plan = assign(tasks, workers, travel, max_queue=5)
    results = [(OURS, (plan.empty_travel + plan.lateness) / len(tasks), watch.seconds)]
    if settings.rivals:
        every = np.arange(len(points))
        table = travel(every, every)
        for method, by_due in (("nearest_task", False), ("earliest_due", True)):
            with settings.stopwatch() as watch:
                value = _in_turn(tasks, workers, table, by_due=by_due)
            results.append((method, value / len(tasks), watch.seconds))
    return results


def _in_turn(tasks: Sequence[Task], workers: Sequence[Worker], table: np.ndarray, *, by_due: bool) -> float:
    """Whoever is free first takes the nearest, or the most urgent, task that he can do."""
    starts = np.array([task.start for task in tasks])
    due = np.array([task.due for task in tasks])
    able = np.array([[task.skills <= worker.skills for task in tasks] for worker in workers])
    is_open = np.ones(len(tasks), dtype=bool)
    free = [(worker.free_at, number, worker.place) for number, worker in enumerate(workers)]
    heapq.heapify(free)
    cost = 0.0
    while free:
        now, number, place = heapq.heappop(free)
        mine = is_open & able[number]
        if not mine.any():
            continue
        keys = due if by_due else table[place, starts]
        chosen = int(np.where(mine, keys, np.inf).argmin())
        task = tasks[chosen]
        is_open[chosen] = False
        way = float(table[place, task.start])
        end = now + way + task.seconds
        cost += way + task.priority * max(0.0, end - task.due)
        heapq.heappush(free, (end, number, task.end))
    return cost


# -------------------------------------------------------------------- pictures


def draw_pictures(folder: Path) -> None:
    """The pictures of the explanation pages on assignment and simulation."""
    tasks, workers, points = big_problem(Instance("", 0, 12, tasks=90))
    plan = assign(tasks, workers, walking(points, SPEED), max_queue=3)
    draw_plan(plan, tasks, path=folder / "assignment-plan.svg")
    layout, picks, floor = hall()
    baskets = RandomBaskets(1 / np.arange(1, len(picks) + 1) ** 0.8)
    location_of = np.random.default_rng(0).permutation(len(picks))
    scenario = Scenario(
        floor,
        PoissonOrders((0.0,), baskets, waiting=1500),
        (Walker(),) * 12,
        handling=Handling(),
        packing=Packing(12),
        congestion=Congestion.NARROW,
    )
    s_shape, exact = rule(layout, picks, "s_shape"), shortest(layout, picks)
    policies = [
        Policy("alone, S-shape", planner(location_of, one_by_one, s_shape)),
        Policy("alone, shortest", planner(location_of, one_by_one, exact)),
        Policy("8 on a cart, S-shape", planner(location_of, first_come(orders=8), s_shape)),
        Policy("8 on a cart, shortest", planner(location_of, first_come(orders=8), exact)),
    ]
    compared = compare(policies, scenario, replications=5)
    for policy in compared.policies:
        ratio = compared.ratio("orders_per_hour", policy, policies[0].name)
        metres = compared.mean("metres_per_line", policy)
        print(
            f"{policy}: {metres.mean:.1f} m a line, orders {ratio.mean:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"
        )
    measures = ("orders_per_hour", "metres_per_line", "blocked")
    draw_comparison(compared, measures, folder / "simulation-policies.svg")
    by_day = Scenario(
        floor, PoissonOrders((80.0, 160.0, 220.0, 120.0), baskets), (Walker(),) * 14, packing=Packing(4)
    )
    carts = Policy("carts", planner(location_of, first_come(orders=8), exact), Waveless())
    draw_day(simulate(by_day, carts, log=True), floor, folder / "simulation-day.svg")


def print_days(replications: int = 8) -> None:
    """How dispatchers differ over the same days."""
    names = {OURS: looking_ahead(), **RULES}
    policies = [Policy(name, _no_plan, dispatcher=dispatcher) for name, dispatcher in names.items()]
    for per_hour in (300.0, 420.0, 480.0):
        found = compare(policies, mixed_day(per_hour, 20), replications=replications, seed=100)
        print(
            f"{per_hour:.0f} tasks an hour, mean of {replications} days, 95 % intervals of the paired difference:"
        )
        for measure in ("empty_metres", "task_lateness"):
            for name in names:
                mean, less = found.mean(measure, name), found.difference(measure, OURS, name)
                print(
                    f"  {measure} {name}: {mean.mean:.1f}; {OURS} differs by [{less.low:.1f}, {less.high:.1f}]"
                )


if __name__ == "__main__":
    print_days()
    draw_pictures(Path(sys.argv[1]))
