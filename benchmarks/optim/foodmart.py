"""Joint batching and routing of Foodmart orders: Valle, Beasley & da Cunha, EJOR 262(3), 2017.

A trolley of 8 baskets of 40 items; no basket is shared by two orders. Proven optima: Wahlen (2026), doi
10.1016/j.ejor.2025.08.055. An instance is a file of orders in one of the set's warehouses.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.optim.batching_methods import BatchingInstance, run_methods
from benchmarks.optim.harness import Found, Record, Settings
from hecang_optim.batching import BatchingProblem, Cart, Orders
from hecang_optim.routing import AisleLayout

NAME = "foodmart"
SUMMARY = "Supermarket orders into trolleys of 8 baskets, joint batching and routing; metres."
MAXIMISE = False
SECONDS = 20.0

TROLLEY = Cart(totes=8, items_per_tote=40)
#: Columns that tell the table of best known values.
_TABLE = ("delta", "orders_n", "aisles_S", "bks_value")


@dataclass(frozen=True, slots=True)
class _Warehouse:
    """A layout, and for each location its aisle and its metres along it."""

    name: str
    extra_cross_aisles: int
    layout: AisleLayout
    aisle: dict[int, int]
    y: dict[int, float]


@dataclass(frozen=True, slots=True)
class _OrderFile:
    """Products and quantities of each order; ``delta`` days were merged."""

    name: str
    delta: int | None
    orders: list[list[tuple[int, int]]]


def find(files: Sequence[Path]) -> Found:
    """Warehouses, the places of the products, orders and best known values; then every pair that has a value.

    Files of orders without a value run in the first warehouse that has any.
    """
    found = Found()
    warehouses: list[_Warehouse] = []
    order_files: list[_OrderFile] = []
    location: dict[int, int] = {}
    best_known: dict[tuple[int, int, int], float] = {}
    for path in files:
        text = _text(path)
        warehouse, orders = _warehouse(path, text), _orders(path, text)
        places, table = _locations(text), _best_known(path, text)
        if warehouse is not None:
            warehouses.append(warehouse)
        elif orders is not None:
            order_files.append(orders)
        elif places:
            location |= places
        elif table:
            best_known |= table
        elif "order picking problem is composed" not in text[:200].lower():
            continue
        found.understood.add(path)
    warehouses.sort(key=lambda one: (-one.extra_cross_aisles, one.layout.aisles, one.name))
    usual = next((one for one in warehouses if _values(one, best_known)), None) or next(
        iter(warehouses), None
    )
    order_files.sort(key=lambda one: (len(one.orders), one.delta or 0, one.name))
    for orders in order_files:
        for warehouse in warehouses:
            key = (orders.delta or 0, len(orders.orders), warehouse.layout.aisles)
            value = _values(warehouse, best_known).get(key)
            if location and (value is not None or warehouse is usual):
                name = f"{warehouse.name}/{orders.name}"
                found.instances.append(BatchingInstance(name, _problem(warehouse, orders, location), value))
    return found


def solve(instance: BatchingInstance, settings: Settings) -> Iterator[Record]:
    yield from run_methods(NAME, instance, settings, SECONDS)


def _text(path: Path) -> str:
    if path.suffix not in ("", ".txt", ".csv") or path.stat().st_size > 5_000_000:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _best_known(path: Path, text: str) -> dict[tuple[int, int, int], float]:
    if path.suffix != ".csv":
        return {}
    rows = csv.DictReader(text.splitlines())
    if not set(_TABLE) <= set(rows.fieldnames or ()):
        return {}
    return {
        (int(row["delta"]), int(row["orders_n"]), int(row["aisles_S"])): float(row["bks_value"])
        for row in rows
        if row["bks_value"]
    }


def _values(
    warehouse: _Warehouse, best_known: dict[tuple[int, int, int], float]
) -> dict[tuple[int, int, int], float]:
    """The values for this warehouse: they hold with one extra cross-aisle."""
    if warehouse.extra_cross_aisles != 1:
        return {}
    return {key: value for key, value in best_known.items() if key[2] == warehouse.layout.aisles}


def _locations(text: str) -> dict[int, int]:
    """Location of each product."""
    if not re.match(r"\s*\d+\s*\n\s*id location\s*\n", text):
        return {}
    return {
        int(product): int(place) for product, place in re.findall(r"^(\d+) (\d+)\s*$", text, re.MULTILINE)
    }


def _orders(path: Path, text: str) -> _OrderFile | None:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or lines[1] != ["numProducts", "product", "quantity"]:
        return None
    try:
        rows = [[int(number) for number in line] for line in lines[2:]]
    except ValueError:
        return None
    if len(lines[0]) != 1 or any(len(row) != 1 + 2 * row[0] for row in rows):
        return None
    days = re.search(r"_d(\d+)(?:_|$)", path.stem)
    orders = [list(zip(row[1::2], row[2::2], strict=True)) for row in rows[: int(lines[0][0])]]
    return _OrderFile(path.stem, int(days[1]) if days else None, orders)


def _warehouse(path: Path, text: str) -> _Warehouse | None:
    """The distances of the origin as they are in the file (two decimals), the rest from the parameters."""
    if not text.startswith("INPUT_PARAMETERS"):
        return None
    given = {key: value.split() for key, value in re.findall(r"^([A-Za-z]+) ([\d. ]+)$", text, re.MULTILINE)}
    aisles, extra = int(given["numAisles"][0]), int(given["numExtraCrossAisles"][0])
    width, cross = float(given["locationWidth"][0]), float(given["crossAisleWidth"][0])
    pitch = float(given["aisleWidth"][0]) + 2.0 * float(given["rackDepth"][0])
    after = [int(position) for position in given["crossAislesPositions"]][1:]
    to_cross = (width + cross) / 2.0

    def along(position: int) -> float:
        passed = sum(place < position for place in after)
        return to_cross + width * position + passed * (2.0 * to_cross - width)

    origin = next(iter(_section(text, "arcs_distances")))
    access = dict(zip(map(int, origin[2::2]), map(float, origin[3::2]), strict=True))
    layout = AisleLayout(
        aisle_x=pitch * np.arange(aisles, dtype=np.float64),
        cross_y=np.array([0.0] + [along(position) + to_cross for position in after]),
        depot_access=np.array([access[vertex] for vertex in sorted(access)]),
    )
    vertices = {
        int(row[0]): (int(row[1]), int(row[2])) for row in _section(text, "position_product_vertices")
    }
    aisle, y = {}, {}
    for row in _section(text, "vertices_pick_which_locations"):
        if int(row[0]) in vertices:
            position, at = vertices[int(row[0])]
            for place in row[1:]:
                aisle[int(place)], y[int(place)] = at, along(position)
    return _Warehouse(path.stem, extra, layout, aisle, y)


def _section(text: str, title: str) -> list[list[str]]:
    """Rows of numbers after the line that begins with the title, up to the next empty line."""
    rows: list[list[str]] = []
    for line in text[text.index(title) :].splitlines()[1:]:
        if line.strip():
            rows.append(line.split())
        elif rows:
            break
    return rows


def _problem(warehouse: _Warehouse, file: _OrderFile, location: dict[int, int]) -> BatchingProblem:
    lines = [line for order in file.orders for line in order]
    places = [location[product] for product, _ in lines]
    orders = Orders(
        start=np.cumsum([0] + [len(order) for order in file.orders], dtype=np.int64),
        aisle=np.array([warehouse.aisle[place] for place in places], dtype=np.int64),
        y=np.array([warehouse.y[place] for place in places], dtype=np.float64),
        quantity=np.array([quantity for _, quantity in lines], dtype=np.int64),
    )
    return BatchingProblem(warehouse.layout, orders, TROLLEY)
