"""``python -m benchmarks.optim``: find the instances, run the sets, print and write the figures."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.optim.harness import Found, InstanceSet, Record, Settings, Summary, summarise

#: Modules of this package, in the order of the report.
SETS = (
    "sprp",
    "henn_waescher",
    "foodmart",
    "big_wave",
    "bischoff_ratcliff",
    "cartons",
    "sourcing",
    "slotting",
    "assignment",
    "lotsizing",
)


def main() -> int:
    arguments = _arguments()
    console = Console()
    wanted = [name.strip() for name in arguments.sets.split(",")] if arguments.sets else list(SETS)
    unknown = [name for name in wanted if name not in SETS]
    if unknown:
        console.print(f"[bold red]No such set:[/] {', '.join(unknown)}. There are: {', '.join(SETS)}.")
        return 2
    files: list[Path] = []
    if arguments.instances is not None:
        if not arguments.instances.is_dir():
            console.print(
                f"[bold red]{arguments.instances} is no folder.[/] Name one that holds instance files."
            )
            return 2
        files = sorted(path for path in arguments.instances.rglob("*") if path.is_file())
    found = {name: _module(name).find(files) for name in wanted}
    _tell_strangers(console, arguments.instances, files, found)
    settings = Settings(
        seconds=arguments.seconds,
        rivals=not arguments.ours_only,
        clock=time.process_time if arguments.cpu_time else time.perf_counter,
    )
    records: list[Record] = []
    for record in _run(console, found, settings, limit=arguments.limit, jobs=arguments.jobs):
        records.append(record)
        if arguments.json is not None and len(records) % 50 == 0:
            _write(arguments.json, records)
    if arguments.json is not None:
        _write(arguments.json, records)
    _print(console, summarise(records))
    if arguments.picture is not None:
        from benchmarks.optim.picture import draw_gap_over_time

        draw_gap_over_time(records, arguments.picture)
        console.print(f"Gap against time: {arguments.picture}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hecang bench optim", description=__doc__)
    parser.add_argument("--instances", type=Path, help="folder with published instances, searched through")
    parser.add_argument("--sets", default="", help=f"names with commas, any of: {', '.join(SETS)}")
    parser.add_argument("--limit", type=int, help="so many instances of each set, spread evenly over it")
    parser.add_argument("--seconds", type=float, help="time for a search on one instance")
    parser.add_argument("--jobs", type=int, default=1, help="instances at the same time, one core each")
    parser.add_argument("--ours-only", action="store_true", help="leave heuristics and other libraries out")
    parser.add_argument("--cpu-time", action="store_true", help="measure processor time, on a busy machine")
    parser.add_argument("--json", type=Path, help="write the records to this file")
    parser.add_argument(
        "--picture", type=Path, help="draw the gap against time into this file (svg, png, pdf)"
    )
    return parser.parse_args()


def _module(name: str) -> InstanceSet:
    module: Any = importlib.import_module(f"benchmarks.optim.{name}")
    return module  # type: ignore[no-any-return]  # a module fulfils the protocol


def _tell_strangers(
    console: Console, folder: Path | None, files: Sequence[Path], found: dict[str, Found]
) -> None:
    """Say how much was found, and which files no set understood."""
    for name, mine in found.items():
        console.print(f"[bold]{name}[/]: {len(mine.instances)} instances. {_module(name).SUMMARY}")
    understood = set().union(*(mine.understood for mine in found.values()))
    strangers = [path for path in files if path not in understood]
    if folder is None or not strangers:
        return
    console.print(f"[yellow]{len(strangers)} of {len(files)} files were not understood by these sets:[/]")
    for path in strangers[:20]:
        console.print(f"  {path.relative_to(folder)}", highlight=False)
    if len(strangers) > 20:
        console.print(f"  … and {len(strangers) - 20} more")


def _run(
    console: Console, found: dict[str, Found], settings: Settings, *, limit: int | None, jobs: int
) -> Iterator[Record]:
    tasks = [(name, instance) for name, mine in found.items() for instance in _spread(mine.instances, limit)]
    # One thread for each search: what is compared is one core.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("solving", total=len(tasks))
        if jobs <= 1:
            for name, instance in tasks:
                progress.update(bar, description=f"{name} {instance.name}")
                yield from _solve(name, instance, settings)
                progress.advance(bar)
            return
        with ProcessPoolExecutor(jobs) as pool:
            waiting = [pool.submit(_solve, name, instance, settings) for name, instance in tasks]
            for future in waiting:
                yield from future.result()
                progress.advance(bar)


def _solve(name: str, instance: Any, settings: Settings) -> list[Record]:
    return list(_module(name).solve(instance, settings))


def _spread(instances: Sequence[Any], limit: int | None) -> list[Any]:
    """``limit`` of them, evenly spread, so that a quick look sees every kind."""
    if limit is None or limit >= len(instances):
        return list(instances)
    return [instances[index * len(instances) // limit] for index in range(limit)]


def _write(path: Path, records: Sequence[Record]) -> None:
    path.write_text(json.dumps([record.as_json() for record in records], indent=1) + "\n")


def _print(console: Console, rows: Sequence[Summary]) -> None:
    table = Table(title="hecang_optim against published and generated instances")
    for heading in ("set", "method"):
        table.add_column(heading)
    for heading in ("instances", "best known reached", "mean gap", "max gap", "mean s", "max s"):
        table.add_column(heading, justify="right")
    last = ""
    for row in rows:
        if row.set != last:
            table.add_section()
        table.add_row(
            row.set if row.set != last else "",
            row.method,
            str(row.instances),
            f"{row.solved}/{row.with_best_known}" if row.with_best_known else "–",
            "–" if row.mean_gap is None else f"{row.mean_gap:.3%}",
            "–" if row.max_gap is None else f"{row.max_gap:.3%}",
            f"{row.mean_seconds:.3g}",
            f"{row.max_seconds:.3g}",
        )
        last = row.set
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
