"""Single-picker routing: instances of Hessler & Irnich (2024), and generated ones with up to five blocks.

Each file serves twice: with one block, and with two, a cross-aisle one cell wide lying in the middle.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.optim.harness import Found, Record, Settings
from hecang_optim.routing import (
    RULES,
    AisleLayout,
    Picks,
    rule_lengths,
    rule_tour,
    shortest_tour,
    tour_lengths,
)

NAME = "sprp"
SUMMARY = "The shortest tour of one picker through parallel aisles; seconds are of one tour, in a loop."
MAXIMISE = False
SECONDS = None

#: The compiled calls are too quick for a clock: the time is of a call with so many copies of the tour.
COPIES = 200
#: OR-Tools gets a second for a tour, so it does not get every one.
RIVAL_EVERY = 10
RIVAL_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Instance:
    """A tour to find.

    :param set: the name under which it is reported.
    :param places: ``(aisle, y)`` of each pick.
    :param rival: whether slow rivals get it.
    """

    set: str
    name: str
    aisle_x: tuple[float, ...]
    cross_y: tuple[float, ...]
    depot: tuple[int, int]
    way_to_depot: float
    places: tuple[tuple[int, float], ...]
    best_known: float | None
    rival: bool

    def layout(self) -> AisleLayout:
        cross, aisle = self.depot
        return AisleLayout(
            aisle_x=np.array(self.aisle_x),
            cross_y=np.array(self.cross_y),
            depot_cross=cross,
            depot_x=self.aisle_x[aisle],
            entry=self.way_to_depot,
            exit=self.way_to_depot,
        )


def find(files: Sequence[Path]) -> Found:
    found = Found()
    pairs: list[tuple[Instance, Instance]] = []
    best: dict[tuple[str, str], float] = {}
    for path in files:
        text = _text(path)
        if text is None:
            continue
        if _is_instance(text):
            pairs.append(_read(text, path.name))
        elif (table := _read_table(text)) is not None:
            best.update(table)
        else:
            continue
        found.understood.add(path)
    pairs.sort(key=lambda pair: pair[0].name)
    for at, pair in enumerate(pairs):
        found.instances += [
            replace(one, best_known=best.get((one.set, one.name)), rival=at % RIVAL_EVERY == 0)
            for one in pair
        ]
    found.instances += list(_generated())
    return found


def solve(instance: Instance, settings: Settings) -> Iterator[Record]:
    layout, picks = instance.layout(), Picks.of(instance.places)
    starts = np.arange(COPIES + 1) * len(picks)
    copies = Picks(np.tile(picks.aisle, COPIES), np.tile(picks.y, COPIES))
    tour_lengths(layout, np.array([0, len(picks)]), picks)  # compiled, and its tables made
    with settings.stopwatch() as watch:
        lengths = tour_lengths(layout, starts, copies)
    exact = float(lengths[0])
    yield _record(instance, "hecang", exact, watch.seconds / COPIES, exact)
    if not settings.rivals:
        return
    for rule in RULES:
        rule_lengths(layout, np.array([0, len(picks)]), picks, rule)
        with settings.stopwatch() as watch:
            lengths = rule_lengths(layout, starts, copies, rule)
        yield _record(instance, rule.replace("_", " "), float(lengths[0]), watch.seconds / COPIES, exact)
    if instance.rival:
        with settings.stopwatch() as watch:
            value = _by_ortools(layout, picks)
        yield _record(instance, f"OR-Tools, {RIVAL_SECONDS} s", value, watch.seconds, exact)


def _record(instance: Instance, method: str, value: float, seconds: float, exact: float) -> Record:
    generated = instance.set not in ("sprp_one_block", "sprp_two_blocks")
    best_known = exact if generated else instance.best_known
    return Record(instance.set, instance.name, method, value, best_known, seconds)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="latin-1") if path.stat().st_size < 5_000_000 else None
    except OSError:
        return None


def _is_instance(text: str) -> bool:
    return any(
        line.replace(" ", "").upper().startswith("TYPE:SINGLE_PICKER_ROUTING")
        for line in text[:2000].splitlines()
    )


def _read(text: str, filename: str) -> tuple[Instance, Instance]:
    """Both instances of a file. Cell 0 is nearest the top; y is counted from the bottom cross-aisle."""
    head: dict[str, str] = {}
    cells: list[tuple[int, int]] = []
    for line in text.splitlines():
        words = line.split()
        if ":" in line and "ID" not in words:
            key, _, value = line.partition(":")
            head.setdefault(key.strip(), value.strip())
        elif "AISLE" in words and "CELL" in words:
            cells.append((int(words[words.index("AISLE") + 1]), int(words[words.index("CELL") + 1])))
    aisles, count = int(head["NUM_AISLES"]), int(head["NUM_CELLS"])
    pitch, bottom = float(head["DISTANCE_CELL_TO_CELL"]), float(head["DISTANCE_BOTTOM_TO_CELL"])
    length = (count - 1) * pitch + bottom + float(head["DISTANCE_TOP_TO_CELL"])
    middle = bottom + (count - 1 - count // 2) * pitch + 1.0
    at_top = head["DEPOT_LOCATION"].lower() == "top"
    one = Instance(
        set="sprp_one_block",
        name=head.get("NAME", filename),
        aisle_x=tuple(float(head["DISTANCE_AISLE_TO_AISLE"]) * aisle for aisle in range(aisles)),
        cross_y=(0.0, length),
        depot=(int(at_top), int(head["DEPOT_AISLE"])),
        way_to_depot=float(head.get("DISTANCE_TOP_OR_BOTTOM_TO_DEPOT", 0)),
        places=tuple((aisle, bottom + (count - 1 - cell) * pitch) for aisle, cell in cells),
        best_known=None,
        rival=False,
    )
    two = replace(
        one,
        set="sprp_two_blocks",
        cross_y=(0.0, middle, length + 1.0),
        depot=(2 * int(at_top), one.depot[1]),
        places=tuple((aisle, y if y < middle else y + 1.0) for aisle, y in one.places),
    )
    return one, two


def _read_table(text: str) -> dict[tuple[str, str], float] | None:
    """Best known values by set and instance, if this is one of the two tables."""
    rows = csv.DictReader(text.splitlines())
    columns = set(rows.fieldnames or ())
    try:
        if {"filename", "objective"} <= columns:
            return {("sprp_two_blocks", row["filename"]): float(row["objective"]) for row in rows}
        if {"num aisles", "num cells", "num articles", "alpha", "random seed", "DP cost"} <= columns:
            return {("sprp_one_block", _name_of(row)): float(row["DP cost"]) for row in rows}
    except (TypeError, ValueError):
        return None
    return None


def _name_of(row: dict[str, str]) -> str:
    kind = "unit" if row.get("unit demand", "true") == "true" else "general"
    return (
        f"{kind}_F{row['alpha']}_m{row['num aisles']}_C{row['num cells']}"
        f"_a{row['num articles']}_{row['random seed']}.txt"
    )


def _generated() -> Iterator[Instance]:
    """15 aisles and 60 picks in 1 to 5 blocks, where no published tours are."""
    for blocks in range(1, 6):
        for seed in range(5):
            rng = np.random.default_rng([blocks, seed])
            aisles, sub_aisle, picks = 15, 20.0, 60
            y = rng.integers(0, int(blocks * sub_aisle) + 1, picks).astype(float)
            yield Instance(
                set=f"generated_{blocks}_blocks",
                name=f"generated-{blocks}-{seed}",
                aisle_x=tuple(4.0 * aisle for aisle in range(aisles)),
                cross_y=tuple(sub_aisle * row for row in range(blocks + 1)),
                depot=(0, int(rng.integers(aisles))),
                way_to_depot=0.0,
                places=tuple(zip(rng.integers(0, aisles, picks).tolist(), y.tolist(), strict=True)),
                best_known=None,
                rival=seed == 0,
            )


def _by_ortools(layout: AisleLayout, picks: Picks) -> float:
    """What a user would otherwise do: a distance matrix and OR-Tools' routing library."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    scale = 1000
    distance = np.rint(scale * _distances(layout, picks)).astype(np.int64)
    manager = pywrapcp.RoutingIndexManager(len(distance), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    transit = model.RegisterTransitMatrix(distance.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(transit)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(RIVAL_SECONDS)
    solution = model.SolveWithParameters(parameters)
    return float(solution.ObjectiveValue()) / scale + layout.entry + layout.exit


def _distances(layout: AisleLayout, picks: Picks) -> np.ndarray:
    """Between the depot (0) and the picks, along aisles and cross-aisles."""
    aisle = np.concatenate([[-1], picks.aisle])
    x = np.concatenate([[layout.depot_x], layout.aisle_x[picks.aisle]])
    y = np.concatenate([[layout.cross_y[layout.depot_cross]], picks.y])
    to_row = np.abs(y[:, None] - layout.cross_y[None, :])
    around = (to_row[:, None, :] + to_row[None, :, :]).min(axis=2) + np.abs(x[:, None] - x[None, :])
    same = aisle[:, None] == aisle[None, :]
    return np.where(same, np.abs(y[:, None] - y[None, :]), around)


def draw_examples(folder: Path) -> None:
    """The pictures of the documentation: the shortest tour beside the S-shape, over the same picks."""
    from hecang_optim.routing.drawing import draw_tours

    for blocks, seed in ((1, 0), (3, 1)):
        layout = AisleLayout.regular(
            aisles=8, blocks=blocks, aisle_pitch=4.0, sub_aisle_length=24.0 / blocks, depot_aisle=0
        )
        rng = np.random.default_rng(seed)
        picks = Picks(rng.integers(0, 8, 12), rng.integers(1, 24, 12).astype(float))
        tours = [("Shortest", shortest_tour(layout, picks)), ("S-shape", rule_tour(layout, picks, "s_shape"))]
        if blocks == 1:
            tours.append(("Largest gap", rule_tour(layout, picks, "largest_gap")))
        draw_tours(layout, picks, tours, folder / f"routing-{blocks}-block{'s' * (blocks > 1)}.svg")


if __name__ == "__main__":
    draw_examples(Path("docs/explanation/pictures"))
