"""``python -m benchmarks.study``: run the study, print it, write the figures and the picture."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.study import orders, report, shift, steps, warehouse


def main() -> int:
    arguments = _arguments()
    console = Console()
    begun = time.perf_counter()

    def say(text: str) -> None:
        console.print(f"[dim]{time.perf_counter() - begun:6.1f} s  {text}[/]", highlight=False)

    history = orders.read(skus=arguments.skus, learn_weeks=arguments.learn_weeks)
    building = warehouse.build(history.skus)
    later = history.later.days(arguments.every)
    setting = {
        "skus": history.skus,
        "places": building.places,
        "weeks_learned_from": arguments.learn_weeks,
        "orders_learned_from": history.learned.count,
        "held_out_days": len(np.unique(later.day)),
        "held_out_orders": later.count,
        "held_out_lines": len(later.sku),
        "lines_of_stored_skus": history.covered,
        "storages": arguments.storages,
        "pickers": shift.PICKERS,
        "shifts": arguments.shifts,
    }
    for name, value in setting.items():
        console.print(
            f"{name.replace('_', ' ')}: {value if isinstance(value, int) else format(value, '.1%')}"
        )
    lines = np.bincount(np.unique(later.day, return_inverse=True)[1], np.diff(later.start))
    metres: dict[str, list[warehouse.Floats]] = {}
    compared = None
    for seed in range(arguments.storages):
        say(f"storage {seed + 1} of {arguments.storages}")
        found = steps.storages(history, building, seed=seed, say=say)
        for name, walked in steps.metres_by_day(later, building, found, seed=seed, say=say).items():
            metres.setdefault(name, []).append(walked)
        if seed == 0 and arguments.shifts:
            compared = shift.throughput(
                history.later, building, found, replications=arguments.shifts, seed=seed, say=say
            )
    # A day's figure is the mean over the storages drawn; the interval is over days.
    rows = report.walking_steps(
        steps.TEXTS, {name: np.mean(walked, axis=0) for name, walked in metres.items()}, lines
    )
    if compared is not None:
        rows = [
            replace(
                row,
                orders_per_hour=compared.mean("orders_per_hour", row.name),
                times_first=compared.ratio("orders_per_hour", row.name, "a"),
            )
            for row in rows
        ]
    report.print_steps(rows, console)
    if arguments.json is not None:
        report.write_json(rows, setting, arguments.json)
    if arguments.picture is not None:
        report.draw(rows, arguments.picture)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--skus", type=int, default=10_000, help="SKUs stored: those with most lines")
    parser.add_argument(
        "--learn-weeks", type=int, default=39, help="weeks learned from; the rest is held out"
    )
    parser.add_argument("--every", type=int, default=3, help="measure each so-manieth held-out day")
    parser.add_argument("--storages", type=int, default=3, help="random storages drawn")
    parser.add_argument("--shifts", type=int, default=10, help="simulated shifts; 0 for none")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--picture", type=Path, help="draw them into this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
