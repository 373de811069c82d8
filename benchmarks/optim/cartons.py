"""Cartons for the orders of a shop: 1 to 20 units each, the twelve post cartons of China.

``python -m benchmarks.optim.cartons`` prints what the table of ``make bench-optim`` has no room for (what the
rivals' packings break) and draws the pictures of ``docs/explanation/cartons.md``.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations
from pathlib import Path

import numpy as np

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang.shipping.packing.base import CartonSpec, PackDemand, PackedCarton, PackItem
from hecang.shipping.packing.smallest import SmallestCarton
from hecang_optim.packing import (
    Carton,
    Item,
    Order,
    Placement,
    Rules,
    Turning,
    carton_faults,
    choose_cartons,
    faults,
)
from hecang_optim.packing.choose import packed_carton
from hecang_optim.packing.warming import warm

NAME = "cartons"
SUMMARY = "Generated shop orders of 1 to 20 units over 12 cartons: litres of carton used."
MAXIMISE = False
SECONDS = None

ORDERS = 200
#: Up to so many units, an independent solver says which cartons cannot do.
PROVED_UNITS = 7
SEED = 20_26
RULES = Rules(incompatible=frozenset({(1, 2)}))
#: Inner edges in mm, tare in g: post cartons 12 (the smallest) to 1.
POST_CARTONS = (
    (130, 80, 90, 40),
    (145, 85, 105, 50),
    (175, 95, 115, 65),
    (195, 105, 135, 80),
    (210, 110, 140, 90),
    (230, 130, 160, 120),
    (260, 150, 180, 150),
    (290, 170, 190, 190),
    (350, 190, 230, 260),
    (430, 210, 270, 360),
    (530, 230, 290, 450),
    (530, 290, 370, 600),
)
CARTONS = tuple(Carton(*edges, max_weight_g=30_000, tare_g=tare) for *edges, tare in POST_CARTONS)


@dataclass(frozen=True, slots=True)
class ShopOrder:
    name: str
    order: Order


def shop_orders(count: int, seed: int) -> list[ShopOrder]:
    """Orders in the likeness of a shop: a catalogue of 400 products, of which few are bought often.

    Half of the orders have 1 to 4 units, the others up to 20; most products may lie any way, some stand
    upright, some are fragile, some bear little, and food does not travel with household chemicals.
    """
    random = np.random.default_rng(seed)
    catalogue = [_product(random) for _ in range(400)]
    popularity = 1 / np.arange(1, len(catalogue) + 1) ** 0.7
    popularity /= popularity.sum()
    orders = []
    for number in range(count):
        units = int(random.integers(1, 5) if random.random() < 0.5 else random.integers(5, 21))
        lines = min(units, 1 + int(random.binomial(units - 1, 0.5)))
        products = random.choice(len(catalogue), size=lines, replace=False, p=popularity)
        cuts = np.sort(random.choice(np.arange(1, units), size=lines - 1, replace=False))
        quantities = [end - begin for begin, end in pairwise([0, *cuts.tolist(), units])]
        items = tuple(
            replace(catalogue[product], quantity=quantity)
            for product, quantity in zip(products, quantities, strict=True)
        )
        orders.append(ShopOrder(f"shop-{number:03d}-{units:02d}units", Order(items)))
    return orders


def _product(random: np.random.Generator) -> Item:
    litres = float(np.clip(random.lognormal(np.log(0.4), 0.9), 0.03, 8))
    shape = random.lognormal(0, 0.4, 3)
    edges = shape * (litres * 1e6 / shape.prod()) ** (1 / 3)
    length, width, height = (int(edge) for edge in np.clip(np.round(edges), 12, 480))
    grams = int(length * width * height / 1000 * random.uniform(0.15, 1.0)) + 1
    kind = random.random()
    turning = Turning.ANY if kind < 0.7 else Turning.UPRIGHT if kind < 0.95 else Turning.FIXED
    frailty = random.random()
    return Item(
        length_mm=length,
        width_mm=width,
        height_mm=height,
        weight_g=grams,
        turning=turning,
        fragile=bool(frailty < 0.08),
        max_load_g=5 * grams if 0.08 <= frailty < 0.3 else None,
        group=int(random.choice(3, p=(0.9, 0.07, 0.03))),
    )


def find(files: Sequence[Path]) -> Found:
    """Generated: files are none of its business."""
    del files
    return Found(instances=list(shop_orders(ORDERS, SEED)))


def solve(instance: ShopOrder, settings: Settings) -> Iterator[Record]:
    """Litres of carton for one order: ours, the rule of volume and edges alone, and py3dbp."""
    _warm()
    bound = least_litres(instance.order)
    with settings.stopwatch() as watch:
        [packing] = choose_cartons([instance.order], CARTONS, RULES)
    wrong = faults(instance.order, packing, CARTONS, RULES)
    if wrong or packing.left_out:
        raise AssertionError(f"{instance.name}: {wrong or packing.left_out}")
    yield _record(instance, OURS, litres(one.carton for one in packing.cartons), bound, watch.seconds)
    if not settings.rivals:
        return
    with settings.stopwatch() as watch:
        chosen = smallest_by_volume(instance.order)
    value = litres(in_truth(instance.order, chosen))
    yield _record(instance, "smallest_by_volume", value, bound, watch.seconds)
    with settings.stopwatch() as watch:
        parcels = with_py3dbp(instance.order)
    yield _record(instance, "py3dbp", litres(parcel.carton for parcel in parcels), bound, watch.seconds)


def _record(instance: ShopOrder, method: str, value: float, bound: float, seconds: float) -> Record:
    return Record(NAME, instance.name, method, value, bound, seconds, maximise=MAXIMISE)


@functools.cache
def _warm() -> None:
    warm()


def litres(cartons: Iterable[int]) -> float:
    """Volume of cartons."""
    return sum(CARTONS[carton].volume_mm3 for carton in cartons) / 1e6


def units_of(order: Order) -> list[tuple[int, Item]]:
    """Every single unit with the index of its item."""
    return [(kind, item) for kind, item in enumerate(order.items) for _ in range(item.quantity)]


def least_litres(order: Order) -> float:
    """A proven bound: the smallest carton that the goods could share, were there neither weight nor gravity.

    The smallest that has the volume; for up to :data:`PROVED_UNITS` units, CP-SAT says which cannot do for want
    of a place (positions and orientations; it knows no support, load or class, so that it errs on the side of
    less). Goods that no carton has the volume for need at least two.
    """
    units = units_of(order)
    volume = sum(item.volume_mm3 for _kind, item in units)
    if {item.group for _kind, item in units} >= {1, 2}:
        # The cartons with goods of one class are not those with goods of the other.
        alone = (Order(tuple(item for item in order.items if item.group == group)) for group in (1, 2))
        return max(volume / 1e6, sum(least_litres(one) for one in alone))
    for index, carton in enumerate(CARTONS):
        if carton.volume_mm3 < volume:
            continue
        if len(units) > PROVED_UNITS or not _proved_too_small(units, carton):
            return litres([index])
    return max(volume / 1e6, 2 * litres([0]))


def _proved_too_small(units: Sequence[tuple[int, Item]], carton: Carton) -> bool:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    room = (carton.length_mm, carton.width_mm, carton.height_mm)
    corners, edges = [], []
    for _kind, item in units:
        ways = orientations(item)
        chosen = [model.new_bool_var("") for _way in ways]
        model.add_exactly_one(chosen)
        edge = [sum(way[axis] * is_so for way, is_so in zip(ways, chosen, strict=True)) for axis in range(3)]
        corner = [model.new_int_var(0, room[axis], "") for axis in range(3)]
        for axis in range(3):
            model.add(corner[axis] + edge[axis] <= room[axis])
        corners.append(corner)
        edges.append(edge)
    for one, other in combinations(range(len(units)), 2):
        beside = []
        for first, second in ((one, other), (other, one)):
            for axis in range(3):
                is_so = model.new_bool_var("")
                model.add(corners[first][axis] + edges[first][axis] <= corners[second][axis]).only_enforce_if(
                    is_so
                )
                beside.append(is_so)
        model.add_bool_or(beside)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = 1.0
    solver.parameters.num_workers = 1
    return solver.solve(model) == cp_model.INFEASIBLE


def orientations(item: Item) -> list[tuple[int, int, int]]:
    """The ways in which a unit may lie."""
    length, width, height = item.length_mm, item.width_mm, item.height_mm
    if item.turning == Turning.FIXED:
        return [(length, width, height)]
    if item.turning == Turning.UPRIGHT:
        return sorted({(length, width, height), (width, length, height)})
    return sorted(set(permutations((length, width, height))))


def smallest_by_volume(order: Order) -> list[PackedCarton]:
    """Hecang's other choice: volume at 85 %, weight and edges; no unit has a place."""
    items = tuple(
        PackItem(kind, item.quantity, item.weight_g, item.length_mm, item.width_mm, item.height_mm)
        for kind, item in enumerate(order.items)
    )
    specs = [
        CartonSpec(index, str(index), *_edges(carton), carton.tare_g, carton.max_weight_g)
        for index, carton in enumerate(CARTONS)
    ]
    [packed] = SmallestCarton().choose([PackDemand(items)], specs)
    return packed


def in_truth(order: Order, chosen: Sequence[PackedCarton]) -> list[int]:
    """The cartons that are used in the end: where the goods do not go in, the next larger that takes them."""
    used: list[int] = []
    for parcel in chosen:
        items = tuple(replace(order.items[kind], quantity=count) for kind, count in parcel.units)
        [packing] = choose_cartons([Order(items)], CARTONS[parcel.carton_id :], RULES)
        used += [(parcel.carton_id or 0) + one.carton for one in packing.cartons]
    return used


def _edges(carton: Carton) -> tuple[int, int, int]:
    return carton.length_mm, carton.width_mm, carton.height_mm


@dataclass(frozen=True, slots=True)
class Parcel:
    """A carton as py3dbp fills it: units with corner and edges."""

    carton: int
    placements: tuple[Placement, ...]


def with_py3dbp(order: Order) -> list[Parcel]:
    """The smallest carton into which py3dbp gets everything; else the largest as full as it can, and so on."""
    from py3dbp import Bin, Packer
    from py3dbp import Item as Piece

    left = units_of(order)
    parcels: list[Parcel] = []
    while left:
        for index, carton in enumerate(CARTONS):
            room = Bin(str(index), carton.length_mm, carton.width_mm, carton.height_mm, carton.max_weight_g)
            packer = Packer()
            packer.add_bin(room)
            for number, (_kind, item) in enumerate(left):
                packer.add_item(
                    Piece(str(number), item.length_mm, item.width_mm, item.height_mm, item.weight_g)
                )
            packer.pack(bigger_first=True, number_of_decimals=0)
            if not room.unfitted_items or index == len(CARTONS) - 1:
                break
        placements = []
        for piece in room.items:
            corner = (int(edge) for edge in piece.position)
            edges = (int(edge) for edge in piece.get_dimension())
            placements.append(Placement(left[int(piece.name)][0], *corner, *edges))
        parcels.append(Parcel(index, tuple(placements)))
        left = [left[int(piece.name)] for piece in room.unfitted_items]
    return parcels


def details() -> dict[str, int]:
    """What the cheaper-looking answers of the rivals are worth: orders of which kind, of all."""
    found: Counter[str] = Counter()
    for instance in shop_orders(ORDERS, SEED):
        [ours] = choose_cartons([instance.order], CARTONS, RULES)
        rule = smallest_by_volume(instance.order)
        best = litres(one.carton for one in ours.cartons)
        found["the rule takes more carton than needed"] += (
            litres(one.carton_id or 0 for one in rule) > best + 1e-9
        )
        if len(rule) == 1:
            only = [CARTONS[rule[0].carton_id or 0]]
            [tried] = choose_cartons([instance.order], only, replace(RULES, effort=3_000))
            fits = len(tried.cartons) == 1 and not tried.left_out
            found["the rule's carton: nothing found with ten times the effort"] += not fits
            units = units_of(instance.order)
            if not fits and len(units) <= PROVED_UNITS:
                found["… of these, proved impossible by CP-SAT"] += _proved_too_small(units, only[0])
        found["py3dbp: breaks a rule (upright, support, load, classes)"] += any(
            _breaks_a_rule(instance.order, parcel) for parcel in with_py3dbp(instance.order)
        )
        found["orders"] += 1
    return dict(found)


def _breaks_a_rule(order: Order, parcel: Parcel) -> bool:
    """Whether the verifier finds a fault beside the sequence, which py3dbp does not give."""
    placements = sorted(parcel.placements, key=lambda one: one.z)
    packed = packed_carton(parcel.carton, CARTONS[parcel.carton], order.items, placements, Counter(), RULES)
    return bool(carton_faults(order.items, packed, CARTONS[parcel.carton], RULES, None))


def draw(folder: Path) -> None:
    """The pictures of the explanation page."""
    from hecang_optim.packing.drawing import draw_carton

    orders = {instance.name: instance.order for instance in shop_orders(ORDERS, SEED)}
    for name, number in (("cartons-snug", 161), ("cartons-split", 129)):
        order = next(one for key, one in orders.items() if key.startswith(f"shop-{number:03d}"))
        [packing] = choose_cartons([order], CARTONS, RULES)
        draw_carton(packing.cartons[0], CARTONS[packing.cartons[0].carton], folder / f"{name}.svg")


if __name__ == "__main__":
    for what, count in details().items():
        print(f"{count:5d}  {what}")
    draw(Path("docs/explanation/pictures"))
