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


def register(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    names: list[str] = typer.Argument(None, help="Benches to run; all of them when none is named."),
    json: Path = typer.Option(None, "--json", help="Write the results as a list of objects to this file."),
    scale: float = typer.Option(
        1.0, min=0.001, max=1.0, help="Share of the published sizes, for a quick look."
    ),
) -> None:
    """Measure, each figure beside psycopg doing the same work alone in the same run."""
    if not (PROJECT / "benchmarks").is_dir():
        err.print(
            "[bold red]The benchmarks are not here.[/] They are part of the source tree, not of the installed "
            "package. Clone the repository and run `make bench` there."
        )
        raise typer.Exit(1)
    command = [sys.executable, "-m", "benchmarks", "--scale", str(scale), *(names or [])]
    if json is not None:
        command += ["--json", str(json.resolve())]
    environment = {**os.environ, "HECANG_HOME": str(Path(os.environ.get("HECANG_HOME", "var")).resolve())}
    raise typer.Exit(subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode)
