"""``hecang bench``: measure Hecang against bare PostgreSQL on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer

from hecang.cli.bootstrap import err

#: The benches live beside the sources, not in the installed package.
PROJECT = Path(__file__).resolve().parents[3]
_OPTIM = "The algorithms (hecang bench optim)"


def register(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    names: list[str] = typer.Argument(
        None, help="Benches to run; all of them when none is named. `optim` measures the algorithms instead."
    ),
    json: Path = typer.Option(None, "--json", help="Write the results as a list of objects to this file."),
    scale: float = typer.Option(
        1.0, min=0.001, max=1.0, help="Share of the published sizes, for a quick look."
    ),
    instances: Path | None = typer.Option(
        None, help="optim: folder with published instances.", rich_help_panel=_OPTIM
    ),
    sets: str = typer.Option("", help="optim: only these sets, with commas.", rich_help_panel=_OPTIM),
    limit: int = typer.Option(
        None, min=1, help="optim: so many instances of each set.", rich_help_panel=_OPTIM
    ),
    seconds: float = typer.Option(
        None, min=0.001, help="optim: time for a search on one instance.", rich_help_panel=_OPTIM
    ),
    jobs: int = typer.Option(1, min=1, help="optim: instances at the same time.", rich_help_panel=_OPTIM),
    picture: Path | None = typer.Option(
        None, help="optim: draw the gap against time into this file.", rich_help_panel=_OPTIM
    ),
    ours_only: bool = typer.Option(
        False, "--ours-only", help="optim: leave heuristics and other libraries out.", rich_help_panel=_OPTIM
    ),
    cpu_time: bool = typer.Option(
        False, "--cpu-time", help="optim: measure processor time.", rich_help_panel=_OPTIM
    ),
) -> None:
    """Measure, each figure beside psycopg doing the same work alone in the same run."""
    if not (PROJECT / "benchmarks").is_dir():
        err.print(
            "[bold red]The benchmarks are not here.[/] They are part of the source tree, not of the installed "
            "package. Clone the repository and run `make bench` there."
        )
        raise typer.Exit(1)
    optim = {
        "--instances": None if instances is None else instances.resolve(),
        "--sets": sets,
        "--limit": limit,
        "--seconds": seconds,
        "--jobs": jobs if jobs > 1 else None,
        "--picture": None if picture is None else picture.resolve(),
    }
    given = [text for name, value in optim.items() if value for text in (name, str(value))]
    given += [name for name, on in (("--ours-only", ours_only), ("--cpu-time", cpu_time)) if on]
    if names == ["optim"]:
        command = [sys.executable, "-m", "benchmarks.optim", *given]
    elif given or "optim" in (names or []):
        err.print(
            f"[bold red]{given[0] if given else 'optim'} belongs to `hecang bench optim` alone.[/] Run the "
            "algorithms and the other benches one after the other."
        )
        raise typer.Exit(2)
    else:
        command = [sys.executable, "-m", "benchmarks", "--scale", str(scale), *(names or [])]
    if json is not None:
        command += ["--json", str(json.resolve())]
    environment = {**os.environ, "HECANG_HOME": str(Path(os.environ.get("HECANG_HOME", "var")).resolve())}
    raise typer.Exit(subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode)
