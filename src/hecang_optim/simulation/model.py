"""What is simulated: orders, people, aisles, stations, and a policy that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hecang_optim.errors import InvalidProblem, require
from hecang_optim.simulation.floor import Floor, Point

PICK = "pick"
REPLENISH = "replenish"


@dataclass(frozen=True, slots=True)
class Gamma:
    """A gamma-distributed quantity: fixed at ``cv`` 0, exponential at 1.

    :param mean: expected value, at least 0.
    :param cv: standard deviation over mean, at least 0.
    """

    mean: float
    cv: float = 0.0

    def __post_init__(self) -> None:
        require(np.isfinite(self.mean) and self.mean >= 0, "mean", "is negative or not finite")
        require(np.isfinite(self.cv) and self.cv >= 0, "cv", "is negative or not finite")

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """``size`` independent values."""
        if self.cv == 0 or self.mean == 0:
            return np.full(size, self.mean)
        shape = 1 / self.cv**2
        return rng.gamma(shape, self.mean / shape, size)


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer waits for.

    :param id: its position in the list of orders.
    :param arrival: seconds from the beginning of the day at which it is known.
    :param skus: the SKU of each line.
    :param quantities: units of each line.
    :param due: second by which it should have left (the carrier's cut-off).
    """

    id: int
    arrival: float
    skus: tuple[int, ...]
    quantities: tuple[int, ...]
    due: float = float("inf")

    @property
    def units(self) -> int:
        return sum(self.quantities)


@dataclass(frozen=True, slots=True)
class Stop:
    """A halt of a tour: at which location, for which lines.

    :param lines: (order id, position of the line in the order).
    """

    location: int
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that one person picks in one tour.

    :param orders: ids; every line of each is picked at one of the stops.
    :param stops: in walking order.
    :param path: corners of the walk, its begin and end included; it passes the stops in their order.
        ``None``: from the depot to each stop and back, the shortest way between them.
    """

    orders: tuple[int, ...]
    stops: tuple[Stop, ...]
    path: tuple[Point, ...] | None = None


Planner = Callable[[Sequence[Order]], Sequence[Batch]]


@dataclass(frozen=True, slots=True)
class FloorTask:
    """Work other than picking for orders: putaway, count, move.

    :param kind: the skill that it needs, such as ``"putaway"``.
    :param release: second from which it may begin.
    :param start: where it begins (goods are taken up), x and y.
    :param end: where it ends (goods are put down).
    :param take: seconds of handling at ``start``.
    :param put: seconds of handling at ``end``.
    :param due: second by which it should be done.
    :param priority: weight of its lateness.
    """

    kind: str
    release: float
    start: Point
    end: Point
    take: float = 30.0
    put: float = 30.0
    due: float = float("inf")
    priority: float = 1.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A person or a robot.

    :param skills: kinds of work: ``"pick"``, ``"replenish"``, and the kinds of the floor tasks.
    :param speed: metres a second; its spread is between people, not between walks.
    :param shift: no work is begun before or after; what has been begun is finished.
    :param home: where the shift begins; ``None`` for the depot.
    """

    skills: frozenset[str] = frozenset({PICK, REPLENISH})
    speed: Gamma = Gamma(1.2, 0.1)
    shift: tuple[float, float] = (0.0, float("inf"))
    home: Point | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """Seconds of handling in a tour.

    :param setup: for each batch: fetch a cart and labels, leave it at the packing station.
    :param search: for each line: find the location, scan it.
    :param unit: for each unit: take and count it.
    """

    setup: Gamma = Gamma(60.0, 0.3)
    search: Gamma = Gamma(8.0, 0.5)
    unit: Gamma = Gamma(2.0, 0.3)


@dataclass(frozen=True, slots=True)
class Packing:
    """Packing stations with one queue, first come first served.

    :param stations: how many.
    :param order: seconds for an order.
    :param unit: seconds for each of its units.
    :param place: where they stand; ``None`` for the depot.
    """

    stations: int
    order: Gamma = Gamma(40.0, 0.5)
    unit: Gamma = Gamma(3.0, 0.3)
    place: Point | None = None


class Congestion(StrEnum):
    """How people get in each other's way inside an aisle."""

    #: not at all
    FREE = "free"
    #: they pass, but slower the more there are
    WIDE = "wide"
    #: they pass, but one at a time takes from a location
    FACE = "face"
    #: one at a time in a sub-aisle; the others wait in the cross-aisle
    NARROW = "narrow"


@dataclass(frozen=True, slots=True)
class PickFaces:
    """Stock at the locations that is refilled from a reserve which never runs dry.

    :param capacity: (L,) units that a location holds when full.
    :param reorder: (L,) a replenishment is asked for when this much or less is left.
    :param reserve: (L, 2) where the reserve of each location stands.
    :param initial: (L,) units in the beginning; ``None`` for full.
    :param take: seconds to take goods up at the reserve.
    :param put: seconds to put them into the location.
    :param within: seconds in which a refill should be done, from being asked for; when a picker stands before an
        empty location, it is due at once.
    :param patience: seconds that a picker waits at an empty location before fetching the goods himself, unless
        somebody is on the way with them.
    """

    capacity: NDArray[np.int64]
    reorder: NDArray[np.int64]
    reserve: NDArray[np.float64]
    initial: NDArray[np.int64] | None = None
    take: Gamma = Gamma(45.0, 0.3)
    put: Gamma = Gamma(45.0, 0.3)
    within: float = 1800.0
    patience: float = 120.0

    def __post_init__(self) -> None:
        shape = self.capacity.shape
        require(self.reorder.shape == shape, "faces.reorder", "is not as long as the capacities")
        require(self.reserve.shape == (*shape, 2), "faces.reserve", "is not (L, 2)")
        require((self.capacity >= 1).all(), "faces.capacity", "holds a location without room")
        require((self.reorder < self.capacity).all(), "faces.reorder", "is not below the capacity")
        if self.initial is not None:
            require(self.initial.shape == shape, "faces.initial", "is not as long as the capacities")
            require((self.initial >= 0).all(), "faces.initial", "is negative")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day, apart from what a policy decides.

    :param orders: a list to replay, or a function that draws one.
    :param workers: people and robots.
    :param packing: ``None``: an order has left once its batch is at the depot.
    :param slowdown: in :attr:`Congestion.WIDE` aisles, the share by which each other person in the sub-aisle
        lengthens a walk.
    :param faces: ``None``: locations never run empty.
    :param tasks: other work, a list or a function that draws one.
    :param task_cv: spread of the handling times of the tasks.
    :param warm_up: nothing before this second counts in the report.
    :param horizon: the day ends at this second, whatever is left; ``None``: when all is done.
    """

    floor: Floor
    orders: Sequence[Order] | Callable[[np.random.Generator], Sequence[Order]]
    workers: tuple[Worker, ...]
    handling: Handling = Handling()
    packing: Packing | None = Packing(4)
    congestion: Congestion = Congestion.WIDE
    slowdown: float = 0.2
    faces: PickFaces | None = None
    tasks: Sequence[FloorTask] | Callable[[np.random.Generator], Sequence[FloorTask]] = ()
    task_cv: float = 0.3
    warm_up: float = 0.0
    horizon: float | None = None

    def __post_init__(self) -> None:
        require(len(self.workers) > 0, "scenario.workers", "is empty: nobody would work")
        require(self.slowdown >= 0, "scenario.slowdown", "is negative")
        require(self.warm_up >= 0, "scenario.warm_up", "is negative")
        require(self.packing is None or self.packing.stations >= 1, "scenario.packing.stations", "is below 1")
        for index, worker in enumerate(self.workers):
            require(worker.speed.mean > 0, "scenario.workers", "has a worker who cannot move", index)
        if self.faces is not None:
            locations = len(self.floor.locations)
            require(len(self.faces.capacity) == locations, "scenario.faces", "does not fit the locations")
        if self.horizon is not None:
            require(self.horizon > self.warm_up, "scenario.horizon", "is not after the warm-up")


@dataclass(frozen=True, slots=True)
class Periodic:
    """Release all that waits every so many seconds: waves by the clock."""

    every: float
    first: float = 0.0

    def __post_init__(self) -> None:
        require(self.every > 0, "release.every", "is not positive")


@dataclass(frozen=True, slots=True)
class BySize:
    """Release all that waits once there are so many orders, or one has waited so long (and at the day's end)."""

    orders: int
    longest_wait: float = float("inf")

    def __post_init__(self) -> None:
        require(self.orders >= 1, "release.orders", "is below 1")
        require(self.longest_wait > 0, "release.longest_wait", "is not positive")


@dataclass(frozen=True, slots=True)
class Waveless:
    """No waves: when a picker is free, plan what waits and begin the most urgent batch only.

    :param look_ahead: so many of the most urgent orders are planned at a time; ``None`` for all.
    """

    look_ahead: int | None = 200

    def __post_init__(self) -> None:
        require(self.look_ahead is None or self.look_ahead >= 1, "release.look_ahead", "is below 1")


Release = Periodic | BySize | Waveless


@dataclass(frozen=True, slots=True)
class WorkerState:
    """A worker as a dispatcher sees him.

    :param place: where he is, or will be when done.
    :param free_at: second at which he is expected to be free; now or earlier for those who wait for work.
    :param speed: expected metres a second.
    """

    index: int
    place: Point
    free_at: float
    speed: float
    skills: frozenset[str]
    shift_end: float


@dataclass(frozen=True, slots=True)
class OpenJob:
    """Work that nobody has begun.

    :param id: stays the same as long as the job is open.
    :param seconds: expected duration from its start to its end.
    :param orders: ids of the orders of a pick tour.
    """

    id: int
    kind: str
    start: Point
    end: Point
    seconds: float
    release: float
    due: float
    priority: float
    orders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What a dispatcher knows when it decides.

    :param jobs: open ones, the most urgent first (by due time, then by age).
    :param workers: all on shift.
    :param idle: indices of those who wait for work, the longest waiting first.
    """

    now: float
    floor: Floor
    jobs: tuple[OpenJob, ...]
    workers: Mapping[int, WorkerState]
    idle: tuple[int, ...]


#: Gives idle workers open jobs: pairs of (worker index, job id). Whoever gets nothing waits until something changes.
Dispatcher = Callable[[Situation], Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is compared.

    :param plan: groups released orders into batches with tours; each of the orders in one batch.
    :param release: when orders are planned.
    :param dispatcher: makes a fresh dispatcher for a run; ``None`` for the most urgent job first.
    """

    name: str
    plan: Planner
    release: Release = field(default_factory=lambda: Periodic(1800.0))
    dispatcher: Callable[[], Dispatcher] | None = None


def check_orders(orders: Sequence[Order]) -> None:
    """Raise :class:`InvalidProblem` for orders that cannot be simulated."""
    for index, order in enumerate(orders):
        require(order.id == index, "orders", "id is not the position in the list", index)
        require(len(order.skus) > 0, "orders", "has no line", index)
        require(
            len(order.skus) == len(order.quantities), "orders", "skus and quantities differ in length", index
        )
        require(min(order.quantities) >= 1, "orders", "has a quantity below 1", index)
        require(0 <= order.arrival < float("inf"), "orders", "arrival is negative or not finite", index)


def check_batches(orders: Sequence[Order], batches: Sequence[Batch], locations: int) -> None:
    """Raise :class:`InvalidProblem` unless the batches pick each line of these orders exactly once."""
    by_id = {order.id: order for order in orders}
    planned = [order for batch in batches for order in batch.orders]
    if sorted(planned) != sorted(by_id):
        raise InvalidProblem("policy.plan", "did not put each released order into one batch")
    for index, batch in enumerate(batches):
        wanted = {(order, line) for order in batch.orders for line in range(len(by_id[order].skus))}
        picked = [line for stop in batch.stops for line in stop.lines]
        require(
            len(picked) == len(wanted) and set(picked) == wanted,
            "policy.plan",
            "gave a batch whose stops do not pick each of its lines once",
            index,
        )
        for stop in batch.stops:
            require(0 <= stop.location < locations, "policy.plan", "stops at an unknown location", index)
