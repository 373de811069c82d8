"""The container loading problems of Bischoff & Ratcliff (1995, BR1–7) and Davies & Bischoff (1999, BR8–15).

A file holds many problems: their number; then for each its own number and a seed, the container's sides, the number
of types, and for each type its number, then length, width and height, each followed by 1 if it may stand vertical,
and the quantity. The table of best-known volumes names a problem ``…/BR1.txt_7``.

``hecang`` lets boxes stand anywhere, as the best-known volumes do; ``hecang_supported`` supports all of each base;
``hecang_quick`` has :data:`QUICK_SECONDS`, less than ``py3dbp`` takes. The latter runs on one problem in five, until
:data:`RIVAL_SECONDS`; what it has not looked at by then stays out. It turns boxes as it likes, which these problems do
not allow.

``python -m benchmarks.optim.bischoff_ratcliff FOLDER`` draws loadings of generated problems of this kind for the
documentation.
"""

from __future__ import annotations

import csv
import functools
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.packing.loading import BoxType, Container, LoadingProblem, draw_loading, load_container
from hecang_optim.packing.loading.warming import warm

NAME = "bischoff_ratcliff"
SUMMARY = "Volume loaded into one container; boxes of 1 to 100 types."
MAXIMISE = True
SECONDS = 5.0
#: Of the quick method.
QUICK_SECONDS = 0.25
#: Of one run of py3dbp.
RIVAL_SECONDS = 20.0
#: One problem in so many goes to py3dbp, and to the quick method.
RIVAL_EVERY = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One problem of a file.

    :param name: file and number, such as ``BR1_7``.
    """

    name: str
    number: int
    problem: LoadingProblem
    best_known: float | None = None


def find(files: Sequence[Path]) -> Found:
    found = Found()
    cases: dict[str, Case] = {}
    best_known: dict[str, float] = {}
    for path in files:
        if path.suffix.lower() == ".csv":
            values = _read_best_known(path)
            best_known.update(values)
            understood = bool(values)
        else:
            read = _read_problems(path)
            for case in read:
                cases.setdefault(case.name, case)
            understood = bool(read)
        if understood:
            found.understood.add(path)
    ordered = sorted(cases.values(), key=lambda case: (_class_of(case.name), case.number))
    found.instances = [replace(case, best_known=best_known.get(case.name)) for case in ordered]
    return found


def _class_of(name: str) -> tuple[int, str]:
    """BR2 before BR10."""
    stem = name.rpartition("_")[0]
    digits = re.search(r"(\d+)$", stem)
    return (int(digits.group(1)) if digits else 0, stem)


def _read_best_known(path: Path) -> dict[str, float]:
    """``…/BR1.txt_7`` and a volume in each row after the head."""
    values = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                key = re.search(r"(BR\d+)(?:\.\w+)?_(\d+)$", row[0]) if len(row) >= 2 else None
                if key is not None:
                    values[f"{key.group(1)}_{key.group(2)}"] = float(row[1])
    except (OSError, ValueError, csv.Error):
        return {}
    return values


def _read_problems(path: Path) -> list[Case]:
    """The problems of a file; none if it is of another form."""
    try:
        if path.stat().st_size > 10_000_000:
            return []
        figures = [int(word) for word in path.read_text(encoding="ascii").split()]
        return _parse(path.stem, figures)
    except (OSError, ValueError, IndexError, InvalidProblem):
        return []


def _parse(stem: str, figures: list[int]) -> list[Case]:
    """:raises ValueError, IndexError, InvalidProblem: where the figures are not of this form."""
    cases = []
    at = 1
    for _problem in range(figures[0]):
        number, _seed, length, width, height, types = figures[at : at + 6]
        at += 6
        boxes = []
        for _type in range(types):
            _index, l, l_up, w, w_up, h, h_up, quantity = figures[at : at + 8]  # noqa: E741  # as in the papers
            at += 8
            if {l_up, w_up, h_up} - {0, 1}:
                raise ValueError("a flag that is neither 0 nor 1")
            boxes.append(BoxType(l, w, h, quantity, (l_up == 1, w_up == 1, h_up == 1)))
        problem = LoadingProblem(Container(length, width, height), tuple(boxes))
        cases.append(Case(f"{stem}_{number}", number, problem))
    if at != len(figures):
        raise ValueError("more figures than problems")
    return cases


def solve(case: Case, settings: Settings) -> Iterator[Record]:
    _warm_once()
    yield _ours(case, settings, OURS, settings.budget(SECONDS), support=0.0)
    yield _ours(case, settings, "hecang_supported", settings.budget(SECONDS), support=1.0)
    if settings.rivals and case.number % RIVAL_EVERY == 1:
        quick = Budget(seconds=QUICK_SECONDS, clock=settings.clock)
        yield _ours(case, settings, "hecang_quick", quick, support=0.0)
        yield _py3dbp(case, settings)


@functools.cache
def _warm_once() -> None:
    warm()


def _ours(case: Case, settings: Settings, method: str, budget: Budget, *, support: float) -> Record:
    trace: list[tuple[float, float]] = []
    with settings.stopwatch() as watch:
        loading = load_container(
            replace(case.problem, support=support),
            budget,
            on_improvement=lambda value: trace.append((budget.used(), value)),
        )
    return Record(
        set=NAME,
        instance=case.name,
        method=method,
        value=float(loading.volume),
        # Published for boxes without support.
        best_known=case.best_known,
        seconds=watch.seconds,
        maximise=MAXIMISE,
        trace=tuple(trace),
    )


def _py3dbp(case: Case, settings: Settings) -> Record:
    """The packer with its larger items first, as its own example has it."""
    packer, bin_ = _packer(case.problem, settings.clock)
    with settings.stopwatch() as watch:
        packer.pack(bigger_first=True)
    volume = float(sum(item.get_volume() for item in bin_.items))
    return Record(NAME, case.name, "py3dbp", volume, case.best_known, watch.seconds, MAXIMISE)


def _packer(problem: LoadingProblem, clock: Callable[[], float]) -> tuple[Any, Any]:
    from py3dbp import Bin, Item, Packer

    class Bounded(Packer):  # type: ignore[misc]  # untyped
        """Looks at no further item when the time is over."""

        def pack_to_bin(self, bin: Any, item: Any) -> None:  # noqa: A002  # its name there
            if clock() < end:
                super().pack_to_bin(bin, item)

    packer = Bounded()
    room = problem.container
    bin_ = Bin("container", room.length, room.width, room.height, 1)
    packer.add_bin(bin_)
    for kind, box in enumerate(problem.boxes):
        for _piece in range(box.quantity):
            packer.add_item(Item(str(kind), box.length, box.width, box.height, 0))
    end = clock() + RIVAL_SECONDS
    return packer, bin_


def generated(types: int, support: float, seed: int = 1) -> LoadingProblem:
    """Boxes of so many types, about as much as the container holds."""
    draw = np.random.default_rng(seed)
    room = Container(587, 233, 220)
    sides = [
        [int(draw.integers(low, high)) for low, high in ((30, 121), (25, 101), (20, 81))]
        for _ in range(types)
    ]
    volumes = np.prod(sides, axis=1)
    kinds = draw.integers(types, size=20 * types + 400)
    kinds = kinds[np.cumsum(volumes[kinds]) <= room.volume]
    quantities = np.bincount(kinds, minlength=types).tolist()
    boxes = [
        BoxType(*side, quantity, (bool(draw.integers(2)), bool(draw.integers(2)), True))
        for side, quantity in zip(sides, quantities, strict=True)
    ]
    return LoadingProblem(room, tuple(boxes), support)


def draw_pictures(folder: Path) -> None:
    """Two loadings: few types without support, many types with all of it."""
    for name, types, support in (("few-types", 5, 0.0), ("many-types-supported", 40, 1.0)):
        loading = load_container(generated(types, support), Budget(rounds=3000))
        draw_loading(loading, folder / f"loading-{name}.svg")


if __name__ == "__main__":
    draw_pictures(Path(sys.argv[1]))
