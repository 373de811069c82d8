"""What commands share: output, and getting the database and Django ready."""

from __future__ import annotations

import os

from rich.console import Console

SETTINGS = "hecang.config.settings"

out = Console()
err = Console(stderr=True)


def database_ready() -> str:
    """The connection string of a database that answers; starts the embedded one if need be."""
    from hecang.kernel import database

    return database.ensure_running(
        report=lambda text: err.print(f"{text} …", style="dim", markup=False, soft_wrap=True)
    )


def django_ready(*, database: bool = True) -> None:
    """Set Django up, with a running database unless told otherwise. Call it first in a command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if database:
        database_ready()
    import django

    django.setup()
