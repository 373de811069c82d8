"""The search: a beam that grows wider as long as there is time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hecang_optim.budget import Budget
from hecang_optim.packing.loading.arranging import loading_order, settle, unfold
from hecang_optim.packing.loading.blocks import Stock, build_blocks
from hecang_optim.packing.loading.judging import make_judge
from hecang_optim.packing.loading.problem import LoadingProblem
from hecang_optim.packing.loading.result import LoadedBox, Loading
from hecang_optim.packing.loading.search import Record, Search, evaluate, expand, step_down
from hecang_optim.packing.loading.spaces import empty_states

#: Blocks that a search chooses from: so many, and more for each type, as those of few types are much alike.
LEAST_BLOCKS = 1_000
BLOCKS_PER_TYPE = 100
MAX_BLOCKS = 10_000
#: Widest beam.
MAX_WIDTH = 128
#: Blocks placed between two looks at the budget, about.
STEPS = 400
#: Placements of one state, at most; what then remains stays behind.
MAX_PLACEMENTS = 2_000
#: Room for spaces while they are cut.
SCRATCH = 4_000
#: Weight limit where there is none.
NO_LIMIT = 2**62


def load_container(
    problem: LoadingProblem,
    budget: Budget,
    seed: int = 0,
    on_improvement: Callable[[float], None] | None = None,
) -> Loading:
    """Load boxes of as much value (by default: volume) as possible into one container.

    Anytime: a first loading is there after some milliseconds, and the search goes on with a wider beam until
    the budget is spent, everything is loaded, or the beam is as wide as it gets.

    :param problem: sides in mm, weights in g.
    :param budget: a round is one loading completed.
    :param seed: of the choice among blocks where there are too many.
    :param on_improvement: told the value of each better loading.
    :return: boxes with their places, in the order in which to load them.
    :raises InvalidProblem: ``seed`` below 0.
    """
    stock, unit = make_stock(problem)
    if not len(stock.kind):
        return Loading(problem, ())
    beam = Beam(problem, stock, budget, seed, on_improvement)
    beam.run()
    return _loading(problem, beam, unit)


def make_stock(problem: LoadingProblem) -> tuple[Stock, int]:
    """The boxes that fit at all, in units of the greatest common divisor of their sides; and that unit in mm."""
    room = problem.container.sides
    fitting = [
        (kind, extent)
        for kind, box in enumerate(problem.boxes)
        for extent in box.orientations()
        if box.quantity and all(side <= most for side, most in zip(extent, room, strict=True))
    ]
    unit = math.gcd(*(side for _kind, extent in fitting for side in extent)) or 1
    boxes = problem.boxes
    stock = Stock(
        quantity=np.array([box.quantity for box in boxes], np.int64),
        worth=np.array([box.worth for box in boxes], np.float64),
        weight=np.array([box.weight_g for box in boxes], np.int64),
        volume=np.array([box.volume // unit**3 for box in boxes], np.int64),
        kind=np.array([kind for kind, _extent in fitting], np.int64),
        extent=np.array([extent for _kind, extent in fitting], np.int64).reshape(-1, 3) // unit,
        room=np.array(room, np.int64) // unit,
        densest=np.array([max((box.worth * unit**3 / box.volume for box in boxes), default=0.0)]),
    )
    return stock, unit


class Beam:
    """Beam search whose width grows.

    :ivar record: the best loading found.
    """

    def __init__(
        self,
        problem: LoadingProblem,
        stock: Stock,
        budget: Budget,
        seed: int,
        on_improvement: Callable[[float], None] | None,
    ) -> None:
        self.stock = stock
        self.budget = budget
        self.supported = problem.support > 0
        self.limit = (
            NO_LIMIT if problem.container.weight_limit_g is None else problem.container.weight_limit_g
        )
        self.on_improvement = on_improvement
        types = len(np.unique(stock.kind))
        capacity = min(MAX_BLOCKS, LEAST_BLOCKS + BLOCKS_PER_TYPE * types)
        self.blocks = build_blocks(stock, capacity, self.supported, seed)
        placements = int(min(stock.quantity.sum(), MAX_PLACEMENTS))
        self.search = Search(
            stock=stock,
            blocks=self.blocks,
            states=empty_states(2 * MAX_WIDTH + 1, len(stock.quantity), placements),
            judge=make_judge(self.blocks, stock.room, placements, MAX_WIDTH),
            scratch=np.zeros((SCRATCH, 6), np.int64),
        )
        self.record = Record(np.full(1, -1.0), np.zeros(1, np.int64), np.zeros((placements, 8), np.int64))
        self._reachable = float((stock.worth * stock.quantity)[np.unique(stock.kind)].sum()) * (1 - 1e-12)
        self._child = np.zeros((MAX_WIDTH * MAX_WIDTH, 4), np.int64)
        self._value = np.zeros(MAX_WIDTH * MAX_WIDTH)

    def run(self) -> None:
        """Search until the budget is spent or nothing more can be gained."""
        width = 1
        while True:
            begun = self.budget.used()
            self._sweep(width)
            if self._done() or width == MAX_WIDTH:
                return
            width = self._next_width(width, self.budget.used() - begun)

    def _next_width(self, width: int, seconds: float) -> int:
        """Twice the work, or as much as can still be done: the work grows with the square of the width."""
        wider = max(width + 1, math.ceil(width * math.sqrt(2)))
        remaining = self.budget.remaining()
        if seconds * (wider / width) ** 2 > remaining:
            # The same or a narrower sweep again would find the same again.
            wider = max(width + 1, int(width * math.sqrt(remaining / seconds)))
        return min(MAX_WIDTH, wider)

    def _done(self) -> bool:
        return self.budget.spent() or float(self.record.worth[0]) >= self._reachable

    def _sweep(self, width: int) -> None:
        """One beam search from the empty container."""
        parents, values = [self._empty()], [-1.0]
        slots = 0
        while parents:
            children = 0
            for parent, value in zip(parents, values, strict=True):
                children = self._open(parent, value, width, children)
                if self._done():
                    return
            slots = MAX_WIDTH - slots
            parents, values = [], []
            for child in np.argsort(-self._value[:children], kind="stable"):
                # Equal values mostly come from the same blocks placed in another order.
                if float(self._value[child]) not in values:
                    step_down(self.search, self._child[child], slots + len(parents), self.supported)
                    parents.append(slots + len(parents))
                    values.append(float(self._value[child]))
                if len(parents) == width:
                    break

    def _empty(self) -> int:
        states = self.search.states
        states.space[0, 0] = (0, 0, 0, *self.stock.room)
        states.spaces[0] = 1
        states.placements[0] = 0
        states.left[0] = self.stock.quantity
        states.capacity[0] = self.limit
        states.worth[0] = 0.0
        return 0

    def _open(self, parent: int, value: float, width: int, children: int) -> int:
        """Add a state's children, each with the value of its completion; returns how many there are then."""
        begin = children
        end = begin + expand(self.search, parent, width, self.supported, self._child[begin : begin + width])
        if begin < end and value >= 0:
            # The completion of the parent began with its first child.
            self._value[begin] = value
            begin += 1
        while begin < end:
            before, worth = begin, float(self.record.worth[0])
            begin = evaluate(
                self.search, self._child, self._value, begin, end, STEPS, self.supported, self.record
            )
            self.budget.count(begin - before)
            if self.on_improvement is not None and self.record.worth[0] > worth:
                self.on_improvement(float(self.record.worth[0]))
            if self._done():
                return begin
        return end


def _loading(problem: LoadingProblem, beam: Beam, unit: int) -> Loading:
    placed = beam.record.placed[: beam.record.placements[0]]
    kinds, low, high = unfold(beam.stock, beam.blocks, placed)
    if not beam.supported:
        settle(low, high)
    boxes = [
        LoadedBox(int(kinds[box]), *(low[box] * unit).tolist(), *((high - low)[box] * unit).tolist())
        for box in loading_order(low, high)
    ]
    return Loading(problem, tuple(boxes))
