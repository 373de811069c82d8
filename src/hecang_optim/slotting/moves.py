"""The best few moves: what to carry where, what each saves, and when it has paid for itself."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints
from hecang_optim.budget import Budget
from hecang_optim.compiled import kernel
from hecang_optim.errors import require
from hecang_optim.slotting.model import SlottingProblem, Walks
from hecang_optim.slotting.ranking import extra_walking
from hecang_optim.slotting.reslot import DOUBT
from hecang_optim.slotting.rules import Rules, State, exchange, fits, state_of
from hecang_optim.slotting.search import (
    Case,
    Memory,
    Seed,
    below,
    case_of,
    difference,
    effort,
    memory_for,
    seeded,
)
from hecang_optim.slotting.tours import length_of_walk

#: Moves looked at for each that is wanted, and at least.
_LOOKED_AT_EACH, _LOOKED_AT_LEAST = 8, 400
#: Walks by which a move is valued at first; before it is taken, all walks value it.
_FIRST_WALKS = 1000
#: Places proposed for each SKU, of a random share (one in so many) of all, so that not all want the same.
_PLACES_EACH, _ONE_IN, _FEWEST = 6, 8, 200
#: SKUs whose places are compared with all others.
_SKUS = 3000
#: Shares of the moves wanted after which new ones are proposed.
_STAGES = 5


@dataclass(frozen=True, slots=True)
class Move:
    """Carry an SKU to another place, and who lies there to the SKU's place.

    :param sku: who moves.
    :param origin: from this place.
    :param target: to this place.
    :param other: who lies at ``target`` and goes to ``origin``; -1 where it is free.
    :param saving: walking and effort saved a week, with all moves before this one done.
    :param error: standard error of the saving, as far as it comes from which walks happened.
    :param cost: of the move itself, in the same unit.
    """

    sku: int
    origin: int
    target: int
    other: int
    saving: float
    error: float
    cost: float

    @property
    def payback_days(self) -> float:
        """Days until the move has saved what it costs."""
        return 7.0 * self.cost / self.saving


def best_moves(
    problem: SlottingProblem,
    present: npt.ArrayLike,
    count: int,
    *,
    handling: float = 0.0,
    horizon_weeks: float = 12.0,
    budget: Budget | None = None,
    seed: int = 0,
) -> list[Move]:
    """At most ``count`` moves, to be done in this order; each saves what it says once those before it are done.

    So the savings add up: their sum is what :func:`~hecang_optim.slotting.reslot.evaluate` finds. Each time the move
    is taken that has the greatest saving within the horizon less its cost. Moves that do not pay within the horizon,
    or save no more than chance explains, are left out.

    :param present: where each SKU lies now (n).
    :param handling: what it costs to carry one SKU to another place, in lengths of walking; an exchange costs two.
    :param horizon_weeks: how long the savings will last.
    :param budget: ends the search early; None for no limit.
    :raises InvalidProblem: present places that break a rule, numbers out of their range.
    """
    require(count >= 0, "count", "is negative")
    require(handling >= 0, "handling", "is negative")
    require(horizon_weeks > 0, "horizon_weeks", "is not above 0")
    search = _Search(problem, present, count, handling, horizon_weeks, seed)
    moves: list[Move] = []
    stage = -1
    while len(moves) > stage and len(moves) < count:
        stage = len(moves)
        wanted = min(count, stage + 1 + count // _STAGES)
        for move in search.take(budget):
            moves.append(move)
            if len(moves) == wanted:
                break
    return moves


@dataclass(frozen=True, slots=True)
class _View:
    """Some walks, and how long they are as the goods lie."""

    case: Case
    memory: Memory
    weeks: float


class _Search:
    """Moves one after another; the state of the warehouse follows those taken."""

    def __init__(
        self,
        problem: SlottingProblem,
        present: npt.ArrayLike,
        count: int,
        handling: float,
        horizon: float,
        seed: int,
    ) -> None:
        self.problem, self.handling, self.horizon, self.seed = problem, handling, horizon, seed
        self.proposals = 0
        self.walking = np.zeros(0)
        self.looked_at = max(_LOOKED_AT_LEAST, _LOOKED_AT_EACH * count)
        place = np.array(present, dtype=np.int64)
        self.whole = self._view(problem.walks, place)
        self.sample = self._view(problem.walks.sample(_FIRST_WALKS, seed), place)
        self.state = state_of(self.whole.case.rules, place, "present")

    def _view(self, walks: Walks, place: Ints) -> _View:
        case = case_of(self.problem, walks, np.zeros(len(self.problem.places)))
        return _View(case, memory_for(self.problem, case, walks, place), walks.weeks)

    def take(self, budget: Budget | None) -> Iterator[Move]:
        """Propose moves; yield the best of them as it is done, then the next.

        A move is valued by all walks, as things are then, when it comes to the top; if it still is the best, it is
        done.
        """
        heap = []
        for sku, target in self._proposals():
            if budget is not None and budget.spent():
                return
            move = self._value(self.sample, sku, target)
            if move is not None:
                heap.append((-self._worth(move), sku, target))
        heapq.heapify(heap)
        while heap and not (budget is not None and budget.spent()):
            _worth, sku, target = heapq.heappop(heap)
            move = self._value(self.whole, sku, target)
            if move is None:
                continue
            worth = self._worth(move)
            if heap and worth < -heap[0][0]:
                heapq.heappush(heap, (-worth, sku, target))
                continue
            self._do(move)
            yield move

    def _worth(self, move: Move) -> float:
        return move.saving * self.horizon - move.cost

    def _value(self, view: _View, sku: int, target: int) -> Move | None:
        """The move as things are now; None if it is forbidden or does not pay."""
        origin, other = int(self.state.place[sku]), int(self.state.sku[target])
        if origin == target:
            return None
        grown, error = try_exchange(view.case, self.state, view.memory, sku, target)
        cost = self.handling * (1 if other < 0 else 2)
        move = Move(sku, origin, target, other, -grown / view.weeks, error / view.weeks, cost)
        pays = move.saving > DOUBT * move.error and self._worth(move) > 0.0
        return move if pays else None

    def _do(self, move: Move) -> None:
        exchange(self.whole.case.rules, self.state, move.sku, move.target)
        for view in (self.whole, self.sample):
            walk_anew(view.case, self.state, view.memory, move.sku, move.other)

    def _proposals(self) -> list[tuple[int, int]]:
        """Moves that promise most by lines and extra walking, the best first."""
        if self.proposals % 3 == 0:
            self.walking = extra_walking(self.problem.places, self.state.place, self.problem.walks, self.seed)
        walking = self.walking
        lines = self.problem.lines.astype(np.float64)
        promise = lines * (walking[self.state.place] - walking.min(initial=np.inf))
        skus = np.argsort(-promise, kind="stable")[:_SKUS]
        targets = np.full((len(skus), _PLACES_EACH), -1, dtype=np.int64)
        savings = np.zeros((len(skus), _PLACES_EACH))
        self.proposals += 1
        randomness = seeded(self.seed, self.proposals)
        propose(self.whole.case.rules, self.state, lines, walking, skus, randomness, targets, savings)
        order = np.argsort(-savings, axis=None, kind="stable")[: self.looked_at]
        rows, columns = np.unravel_index(order, savings.shape)
        return [
            (int(skus[row]), int(targets[row, column]))
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if targets[row, column] >= 0
        ]


@kernel
def propose(
    rules: Rules,
    state: State,
    lines: Floats,
    walking: Floats,
    skus: Ints,
    seed: Seed,
    targets: Ints,
    savings: Floats,
) -> None:
    """For each of ``skus`` the places of a random share that promise most, with what they promise (SKUs, places each)."""
    size = len(rules.zone)
    for row in range(len(skus)):
        sku = skus[row]
        here = state.place[sku]
        for _ in range(max(size // _ONE_IN, min(size, _FEWEST))):
            to = below(seed, size)
            other = state.sku[to]
            saving = lines[sku] * (
                walking[here] + effort(rules, sku, here) - walking[to] - effort(rules, sku, to)
            )
            if other >= 0:
                saving += lines[other] * (
                    walking[to] + effort(rules, other, to) - walking[here] - effort(rules, other, here)
                )
            last = savings.shape[1] - 1
            if saving <= savings[row, last] or not fits(rules, sku, to):
                continue
            if other >= 0 and not fits(rules, other, here):
                continue
            while last > 0 and savings[row, last - 1] < saving:
                savings[row, last] = savings[row, last - 1]
                targets[row, last] = targets[row, last - 1]
                last -= 1
            savings[row, last] = saving
            targets[row, last] = to


@kernel
def try_exchange(case: Case, state: State, memory: Memory, sku: int, to: int) -> tuple[float, float]:
    """By how much walking and effort would grow, with its standard error; infinite where a rule forbids it."""
    here, other = state.place[sku], state.sku[to]
    if not exchange(case.rules, state, sku, to):
        return np.inf, 0.0
    total, error, _count = difference(case, state, memory, sku, other, here, to)
    exchange(case.rules, state, sku, here)
    return total, error


@kernel
def walk_anew(case: Case, state: State, memory: Memory, sku: int, other: int) -> None:
    """Bring the lengths of the walks up to date after an exchange."""
    for who in (sku, other):
        if who < 0:
            continue
        for at in range(case.history.first[who], case.history.first[who + 1]):
            walk = case.history.walk[at]
            memory.length[walk] = length_of_walk(case.floor, case.history, state.place, memory.scratch, walk)
