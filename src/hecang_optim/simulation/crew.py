"""People at work: they walk, wait for each other, handle goods, and fetch what a location lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hecang_optim.simulation.draws import Draws
from hecang_optim.simulation.floor import OPEN_FLOOR, Leg, Point, apart
from hecang_optim.simulation.log import Event, Log
from hecang_optim.simulation.model import Batch, Congestion, OpenJob, Scenario
from hecang_optim.simulation.tally import Tally, WorkerTally

if TYPE_CHECKING:
    import simpy

    Steps = Generator[simpy.Event, None, None]


@dataclass(slots=True, eq=False)
class Job:
    """Open or begun work, with what is needed to do it.

    :param batch: of a pick tour; ``legs`` are its walk.
    :param task: number of a floor task.
    :param location: to be refilled.
    """

    open: OpenJob
    batch: Batch | None = None
    legs: tuple[Leg, ...] = ()
    task: int = -1
    location: int = -1
    begun: bool = False


@dataclass(slots=True, eq=False)
class Walker:
    """A worker on the floor: where, how fast, in whose way.

    :param job: id of what he does, or -1; ``begun`` at this second.
    """

    index: int
    speed: float
    place: Point
    tally: WorkerTally
    zone: int = OPEN_FLOOR
    face: int = -1
    job: int = -1
    begun: float = 0.0


@dataclass(slots=True, eq=False)
class _Gate:
    """Lets one through at a time, in the order of asking."""

    busy: bool = False
    waiting: deque[Any] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class Refill:
    """A refill on order: who waits for it is told by ``done``."""

    job: Job
    done: Any


class Crew:
    """What workers do, as SimPy processes.

    Nobody holds one place while waiting for another: who leaves a sub-aisle frees it before asking for the
    next, and who waits for a refill steps out. So there is no deadlock.

    :param ask_refill: told of a location and whether somebody stands waiting; opens or hastens the job.
    :param withdraw: takes back an open job.
    """

    def __init__(
        self,
        env: simpy.Environment,
        scenario: Scenario,
        draws: Draws,
        log: Log,
        tally: Tally,
        ask_refill: Callable[[int, bool], None],
        withdraw: Callable[[Job], None],
    ) -> None:
        self._env = env
        self._scenario = scenario
        self._floor = scenario.floor
        self._draws = draws
        self._log = log
        self._tally = tally
        self._ask_refill = ask_refill
        self._withdraw = withdraw
        self.by_zone = scenario.congestion in (Congestion.WIDE, Congestion.NARROW)
        self._gates: dict[int, _Gate] = {}
        self._faces: dict[int, _Gate] = {}
        self._crowd = [0] * (self._floor.zones + 1)
        faces = scenario.faces
        self.stock: list[int] = []
        if faces is not None:
            self.stock = (faces.capacity if faces.initial is None else faces.initial).tolist()
        self.refills: dict[int, Refill] = {}

    # ---------------------------------------------------------------- jobs

    def tour(self, walker: Walker, job: Job) -> Steps:
        """Pick a batch."""
        assert job.batch is not None
        yield from self._to_the_job(walker, job)
        yield from self._handle(walker, self._draws.setups[min(job.batch.orders)])
        for leg in job.legs:
            yield from self._walk(walker, leg)
            if leg.stop >= 0:
                stop = job.batch.stops[leg.stop]
                yield from self._pick(walker, stop.location, stop.lines)
        self._step_out(walker)

    def task(self, walker: Walker, job: Job) -> Steps:
        """Take goods up here, put them down there."""
        take, put = self._draws.task_seconds[job.task]
        yield from self._to_the_job(walker, job)
        yield from self._handle(walker, take)
        yield from self._go(walker, job.open.end)
        yield from self._handle(walker, put)
        self._step_out(walker)

    def refill(self, walker: Walker, job: Job) -> Steps:
        """Bring goods from the reserve to a location."""
        yield from self._to_the_job(walker, job)
        yield from self._bring(walker, job.location)
        self._step_out(walker)

    def _to_the_job(self, walker: Walker, job: Job) -> Steps:
        before = walker.tally.metres
        yield from self._go(walker, job.open.start)
        walker.tally.empty_metres += walker.tally.metres - before

    # ---------------------------------------------------------------- goods

    def _pick(self, walker: Walker, location: int, lines: tuple[tuple[int, int], ...]) -> Steps:
        yield from self._take_face(walker, location)
        for order, line in lines:
            if self.stock:
                quantity = self._draws.orders[order].quantities[line]
                yield from self._take_stock(walker, location, quantity)
            yield from self._handle(walker, self._draws.lines[order][line])
            self._log.add(self._env.now, walker.index, walker.place, Event.PICK, order, walker.job)
        self._free_face(walker)

    def _take_stock(self, walker: Walker, location: int, quantity: int) -> Steps:
        """Take units, as often as it needs refills."""
        faces = self._scenario.faces
        assert faces is not None
        while True:
            taken = min(self.stock[location], quantity)
            self.stock[location] -= taken
            quantity -= taken
            if quantity > 0 or self.stock[location] <= faces.reorder[location]:
                self._ask_refill(location, quantity > 0)
            if quantity == 0:
                return
            yield from self._await_refill(walker, location)

    def _await_refill(self, walker: Walker, location: int) -> Steps:
        """Step out of the way until the location is full; fetch the goods when nobody comes."""
        faces = self._scenario.faces
        assert faces is not None
        refill, zone, place = self.refills[location], walker.zone, walker.place
        begun = self._env.now
        self._tally.empty_faces += begun >= self._tally.warm_up
        self._log.add(begun, walker.index, place, Event.EMPTY, job=walker.job)
        self._free_face(walker)
        self._step_out(walker)
        self._log.add(begun, walker.index, place, Event.WAIT, job=walker.job)
        yield refill.done | self._env.timeout(faces.patience)
        if not refill.done.triggered:
            if refill.job.begun:
                yield refill.done
            else:
                self._withdraw(refill.job)
                walker.tally.starved += self._tally.counted(begun, self._env.now)
                yield from self._go(walker, refill.job.open.start)
                yield from self._bring(walker, location)
                begun = self._env.now
        walker.tally.starved += self._tally.counted(begun, self._env.now)
        yield from self._enter(walker, zone)
        yield from self._take_face(walker, location)

    def _bring(self, walker: Walker, location: int) -> Steps:
        """From the reserve, where the walker stands, to the location."""
        faces = self._scenario.faces
        assert faces is not None
        take, put = self._draws.refill(location, faces.take, faces.put)
        yield from self._handle(walker, take)
        yield from self._go(walker, self._floor.place(location))
        yield from self._take_face(walker, location)
        yield from self._handle(walker, put)
        self._free_face(walker)
        self.stock[location] = int(faces.capacity[location])
        self._tally.refills += self._env.now >= self._tally.warm_up
        self._log.add(self._env.now, walker.index, walker.place, Event.REFILLED, job=walker.job)
        self.refills.pop(location).done.succeed()

    def _handle(self, walker: Walker, seconds: float) -> Steps:
        if seconds > 0:
            self._log.add(self._env.now, walker.index, walker.place, Event.WORK, job=walker.job)
            yield self._env.timeout(seconds)

    # ---------------------------------------------------------------- walking

    def _go(self, walker: Walker, to: Point) -> Steps:
        """Walk the shortest way to a place."""
        if walker.place != to:
            for leg in self._floor.legs(self._floor.path(walker.place, to), by_zone=self.by_zone):
                yield from self._walk(walker, leg)

    def _walk(self, walker: Walker, leg: Leg) -> Steps:
        yield from self._enter(walker, leg.zone)
        if leg.metres == 0:
            return
        begun, seconds = self._env.now, leg.metres / walker.speed
        if self._scenario.congestion is Congestion.WIDE and leg.zone != OPEN_FLOOR:
            lost = seconds * self._scenario.slowdown * (self._crowd[leg.zone] - 1)
            seconds += lost
            walker.tally.lost += lost if begun >= self._tally.warm_up else 0.0
        yield self._env.timeout(seconds)
        walker.place = leg.points[-1]
        if self._env.now > self._tally.warm_up:
            walker.tally.metres += leg.metres
            walker.tally.walking += seconds
        if self._log.on:
            self._log_corners(walker, leg, begun)

    def _log_corners(self, walker: Walker, leg: Leg, begun: float) -> None:
        """Write a finished leg down, corner by corner."""
        pace, walked, before = (self._env.now - begun) / leg.metres, 0.0, leg.points[0]
        for corner in leg.points:
            walked += apart(before, corner)
            before = corner
            time = min(begun + pace * walked, self._env.now)
            self._log.add(time, walker.index, corner, Event.MOVE, job=walker.job)

    # ---------------------------------------------------------------- in each other's way

    def _enter(self, walker: Walker, zone: int) -> Steps:
        """Be in a zone, having left the one before."""
        if zone == walker.zone:
            return
        self._step_out(walker)
        if zone == OPEN_FLOOR:
            return
        if self._scenario.congestion is Congestion.NARROW:
            yield from self._pass(walker, self._gates.setdefault(zone, _Gate()))
        self._crowd[zone] += 1
        walker.zone = zone

    def _step_out(self, walker: Walker) -> None:
        """Be in nobody's way."""
        if walker.zone != OPEN_FLOOR:
            self._crowd[walker.zone] -= 1
            if self._scenario.congestion is Congestion.NARROW:
                self._let_next(self._gates[walker.zone])
            walker.zone = OPEN_FLOOR

    def _take_face(self, walker: Walker, location: int) -> Steps:
        """Be the one who works at a location."""
        if self._scenario.congestion is Congestion.FACE:
            yield from self._pass(walker, self._faces.setdefault(location, _Gate()))
            walker.face = location

    def _free_face(self, walker: Walker) -> None:
        if walker.face >= 0:
            self._let_next(self._faces[walker.face])
            walker.face = -1

    def _pass(self, walker: Walker, gate: _Gate) -> Steps:
        if not gate.busy:
            gate.busy = True
            return
        begun = self._env.now
        self._log.add(begun, walker.index, walker.place, Event.WAIT, job=walker.job)
        mine = self._env.event()
        gate.waiting.append(mine)
        yield mine
        walker.tally.blocked += self._tally.counted(begun, self._env.now)

    @staticmethod
    def _let_next(gate: _Gate) -> None:
        if gate.waiting:
            gate.waiting.popleft().succeed()
        else:
            gate.busy = False
