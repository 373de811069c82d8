"""``hecang manage`` and ``hecang migrate``: Django's own commands, with the database running."""

from __future__ import annotations

import os

import typer

from hecang.cli.bootstrap import SETTINGS, database_ready

# Django commands that work without a database: they do not start one.
_NO_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}


def register(app: typer.Typer) -> None:
    app.command(
        "manage",
        help="Run a Django management command.",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(manage)
    app.command("migrate", help="Start the database if need be and bring its tables up to date.")(migrate)


def manage(context: typer.Context) -> None:
    """Pass everything after ``manage`` to Django."""
    run(context.args)


def migrate(
    check: bool = typer.Option(False, "--check", help="Change nothing; fail if something is to be done."),
    verbosity: int = typer.Option(1, "-v", "--verbosity", min=0, max=3),
) -> None:
    """Bring the tables up to date."""
    run(["migrate", f"--verbosity={verbosity}", "--no-input", *(["--check"] if check else [])])


def run(arguments: list[str]) -> None:
    """Run one Django management command; the database is running unless the command needs none."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    name = arguments[0] if arguments else "help"
    asks_for_help = not {"-h", "--help"}.isdisjoint(arguments)
    if not asks_for_help and (name not in _NO_DATABASE or "--database" in arguments):
        database_ready()
    execute_from_command_line(["hecang manage", *arguments])
