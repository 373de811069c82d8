"""``hecang worker``: event handlers, imports and periodic work."""

from __future__ import annotations

import os

import typer

from hecang.cli.bootstrap import django_ready


def register(app: typer.Typer) -> None:
    app.command("worker", help="Run background work: event handlers, imports, periodic tasks.")(worker)


def worker(
    concurrency: int = typer.Option(3, min=1, max=32, help="Jobs at a time, besides one import."),
    once: bool = typer.Option(False, "--once", help="Do what waits now, then end."),
) -> None:
    """Work until Ctrl-C. Any number of workers may run, on any machine that reaches the database."""
    os.environ.setdefault("HECANG_LOG_LEVEL", "INFO")
    django_ready()
    from hecang.config.worker import run_worker

    run_worker(concurrency=concurrency, once=once)
