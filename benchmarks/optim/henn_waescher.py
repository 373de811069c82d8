"""Order batching with optimal tours in one block: Henn, Koch, Doerner, Strauss & Wäscher (2010); Henn & Wäscher (2012).

Best known values: Wahlen & Gschwind (2023), doi 10.1287/trsc.2023.1198, from a table whose header is read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.optim.batching_methods import BatchingInstance, run_methods
from benchmarks.optim.harness import Found, Record, Settings
from hecang_optim.batching import BatchingProblem, Cart, Orders
from hecang_optim.routing import AisleLayout

NAME = "henn_waescher"
SUMMARY = "Orders into batches of 30 to 75 items, one block of 10 aisles, optimal tours; metres."
MAXIMISE = False

#: Columns that tell the table of best known values; the last is the value with optimal tours.
_TABLE = ("storage", "source_variant", "capacity", "num_orders", "inst_num", "optimal_block_bks")
_Key = tuple[str, str, int, int, int]


def SECONDS(instance: BatchingInstance) -> float:  # noqa: N802  (the harness asks for this name)
    """15 s up to 60 orders, 60 s above."""
    return 15.0 if len(instance.problem.orders) <= 60 else 60.0


def find(files: Sequence[Path]) -> Found:
    """Files that say they are of this type, and the table of best known values."""
    found = Found()
    best_known: dict[_Key, float] = {}
    read: list[tuple[str, _Key, BatchingProblem]] = []
    for path in files:
        text = _text(path)
        if path.suffix == ".csv" and (rows := _best_known(text)):
            best_known |= rows
            found.understood.add(path)
        elif "TYPE : Order_batching" in text[:400] and (instance := _instance(path, text)) is not None:
            read.append(instance)
            found.understood.add(path)
    read.sort(key=lambda one: (len(one[2].orders), one[0]))
    found.instances = [BatchingInstance(name, problem, best_known.get(key)) for name, key, problem in read]
    return found


def solve(instance: BatchingInstance, settings: Settings) -> Iterator[Record]:
    yield from run_methods(NAME, instance, settings, SECONDS(instance))


def _text(path: Path) -> str:
    if path.suffix not in (".txt", ".csv", ""):
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _best_known(text: str) -> dict[_Key, float]:
    rows = csv.DictReader(text.splitlines())
    if not set(_TABLE) <= set(rows.fieldnames or ()):
        return {}
    return {
        (
            row["storage"][0].upper(),
            row["source_variant"][0].upper(),
            int(row["capacity"]),
            int(row["num_orders"]),
            int(row["inst_num"]),
        ): float(row["optimal_block_bks"])
        for row in rows
        if row["optimal_block_bks"]
    }


def _instance(path: Path, text: str) -> tuple[str, _Key, BatchingProblem] | None:
    """The header names storage and variant (``class-based_Largest_Gap\\3l-20-60-1.txt``), the file's number last."""
    title = re.search(r"^NAME : (\S+?)_(\S+?)\\\S*?-(\d+)\.txt", text, re.MULTILINE)
    if title is None:
        return None
    header = dict(re.findall(r"^([A-Z_]+) : (\S+)", text, re.MULTILINE))
    try:
        problem = _problem(header, text)
    except (KeyError, ValueError):
        return None
    storage = "C" if title[1].lower().startswith("class") else "U"
    count = len(problem.orders)
    key = (storage, title[2][0].upper(), int(header["PICKER_CAPACITY"]), count, int(title[3]))
    return f"{title[1]}/{path.stem}", key, problem


def _problem(header: dict[str, str], text: str) -> BatchingProblem:
    """Cell 0 is nearest the top, so metres from the front (bottom) count down."""
    cells, aisles = int(header["NUM_CELLS"]), int(header["NUM_AISLES"])
    step = float(header["DISTANCE_CELL_TO_CELL"])
    top, bottom = float(header["DISTANCE_TOP_TO_CELL"]), float(header["DISTANCE_BOTTOM_TO_CELL"])
    places = {
        int(article): (int(aisle), bottom + step * (cells - 1 - int(cell)))
        for article, aisle, cell in re.findall(r"^ID (\d+) AISLE (\d+) CELL (\d+)", text, re.MULTILINE)
    }
    lines: list[tuple[int, int]] = []
    start = [0]
    for part in text[text.index("ORDER_SECTION") :].split("NUM_ARTICLES_IN_ORDER")[1:]:
        lines += [
            (int(article), int(quantity))
            for article, quantity in re.findall(r"ID (\d+) QUANTITY (\d+)", part)
        ]
        start.append(len(lines))
    access = 2.0 * float(header["DISTANCE_TOP_OR_BOTTOM_TO_DEPOT"])
    layout = AisleLayout.regular(
        aisles=aisles,
        aisle_pitch=float(header["DISTANCE_AISLE_TO_AISLE"]),
        sub_aisle_length=step * (cells - 1) + top + bottom,
        depot_aisle=int(header["DEPOT_AISLE"]),
        depot_cross=1 if header["DEPOT_LOCATION"] == "top" else 0,
        entry=access / 2.0,
        exit=access / 2.0,
    )
    orders = Orders(
        start=np.array(start, dtype=np.int64),
        aisle=np.array([places[article][0] for article, _ in lines], dtype=np.int64),
        y=np.array([places[article][1] for article, _ in lines], dtype=np.float64),
        quantity=np.array([quantity for _, quantity in lines], dtype=np.int64),
    )
    return BatchingProblem(layout, orders, Cart(items=float(header["PICKER_CAPACITY"])))
