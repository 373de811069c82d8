"""``hecang demo``: a real retailer's busiest day, from intake to handover."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import typer

from hecang.cli.bootstrap import django_ready, err, out


def register(app: typer.Typer) -> None:
    app.command("demo", help="Fill the database with a real retailer's data and run its busiest day.")(demo)


def demo(
    days: int = typer.Option(
        1, "--days", min=1, max=60, help="Work so many days; the busiest one is the last."
    ),
    orders: str = typer.Option(
        "",
        "--orders",
        metavar="all|N",
        help="Only the first N orders of each day; “all”: also load the year as history.",
    ),
    output: Path | None = typer.Option(
        None, "--output", help="Folder of labels and manifests [default: HECANG_HOME/demo]."
    ),
    json_path: Path | None = typer.Option(None, "--json", help="Write the report to this file, too."),
) -> None:
    """Seed and work. May be broken off at any moment: the next run goes on where this one stopped."""
    limit, history = _orders(orders)
    django_ready()
    from django.core.management import call_command

    from hecang.demo.day import Demo
    from hecang.demo.progress import Board
    from hecang.demo.report import show
    from hecang.demo.sites import PASSWORD, USERS
    from hecang.kernel.errors import HecangError

    folder = output or Path(os.environ.get("HECANG_HOME", "var")).resolve() / "demo"
    board = Board(out)
    started = time.monotonic()
    try:
        with board.stage("Tables"):
            call_command("migrate", verbosity=0, interactive=False)
        report = Demo(board, folder, days=days, limit=limit, history=history).run()
    except HecangError as error:
        err.print(f"[bold red]The demo stopped:[/] {error}", highlight=False)
        raise typer.Exit(1) from error
    show(report, out)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n")
    out.print(f"\nLabels and manifests: [bold]{folder}[/]", highlight=False, soft_wrap=True)
    out.print(
        f"`hecang serve` (or `make run`) shows it in the browser. Users: {', '.join(row[0] for row in USERS)};"
        f" password of each: [bold]{PASSWORD}[/]",
        highlight=False,
        soft_wrap=True,
    )
    out.print(f"[dim]{time.monotonic() - started:.0f} s[/]")
    if report.verify.differences:
        raise typer.Exit(1)


def _orders(text: str) -> tuple[int | None, bool]:
    """Limit of orders a day, and whether the year is loaded as history."""
    if text in {"", "all"}:
        return None, text == "all"
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text), False
    raise typer.BadParameter("Give a number from 1, or “all”.", param_hint="--orders")
