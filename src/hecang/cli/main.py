"""Assembles the ``hecang`` command from the modules of this package."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer
from rich.markup import escape

import hecang
from hecang import cli
from hecang.cli.bootstrap import err, out
from hecang.kernel.database import DatabaseError

_SHARED = {"main", "bootstrap"}


def build() -> typer.Typer:
    """The application with every command of the package ``hecang.cli``."""
    app = typer.Typer(
        name="hecang",
        help="Hecang 合仓: order management and warehouse management as one system.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,  # locals can hold personal data
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for module in sorted(found.name for found in pkgutil.iter_modules(cli.__path__)):
        if module not in _SHARED:
            importlib.import_module(f"hecang.cli.{module}").register(app)
    return app


def main() -> None:
    """Entry point of the console script. Errors of the database are told, not traced."""
    try:
        build()()
    except DatabaseError as error:
        err.print(f"[bold red]{escape(error.what)}[/]", highlight=False, soft_wrap=True)
        err.print(f"[bold]Why:[/] {escape(error.why)}", highlight=False, soft_wrap=True)
        err.print(f"[bold]What to do:[/] {escape(error.todo)}", highlight=False, soft_wrap=True)
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(hecang.__version__, highlight=False)
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Order management and warehouse management as one system."""
