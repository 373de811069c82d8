"""``hecang db``: start, stop, look at, save and restore the database."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from hecang.cli.bootstrap import database_ready, err, out
from hecang.kernel import database

db = typer.Typer(no_args_is_help=True, help="The database: start, stop, status, backup, restore, url, psql.")


def register(app: typer.Typer) -> None:
    app.add_typer(db, name="db")


@db.command()
def start() -> None:
    """Start the embedded server; it keeps running until 'hecang db stop'."""
    database_ready()
    if database.is_external():
        err.print("DATABASE_URL names a server; there is nothing to start.")
        return
    out.print("The database is running.")


@db.command()
def stop() -> None:
    """Stop the embedded server in order."""
    out.print("The database is stopped." if database.stop() else "The database was not running.")


@db.command()
def status() -> None:
    """Show whether the database runs and where its data lie. Exit code 3 if it does not run."""
    found = database.status()
    rows: dict[str, object] = {
        "kind": found.kind,
        "state": found.state,
        "url": found.url,
        "PostgreSQL": found.version,
        "pid": found.pid,
        "data": found.data,
        "log": found.log,
        "size": None if found.bytes_on_disk is None else _megabytes(found.bytes_on_disk),
        "durable": None if found.durable is None else ("yes" if found.durable else "no (tests)"),
    }
    for name, value in rows.items():
        if value is not None:
            out.print(f"[dim]{name:<12}[/dim]{value}", soft_wrap=True, highlight=False)
    if found.state in {"stopped", "absent"}:
        raise typer.Exit(3)


@db.command()
def url() -> None:
    """Print the connection string, for psql and other tools."""
    typer.echo(database.url())


@db.command()
def backup(
    path: Path = typer.Argument(help="The file to write."),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace the file if it exists."),
) -> None:
    """Save the whole database to one file; work goes on meanwhile."""
    database_ready()
    size = database.backup(path, overwrite=overwrite)
    out.print(f"Saved to {path} ({_megabytes(size)}).", highlight=False)


@db.command()
def restore(
    path: Path = typer.Argument(help="A file made by 'hecang db backup'."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
) -> None:
    """Replace the database by a backup. If that fails, the present database stays as it is."""
    if not yes:
        typer.confirm(f"Replace the present database by {path}? What is in it now is lost", abort=True)
    database_ready()
    database.restore(path)
    out.print(f"Restored from {path}. Next: hecang migrate", highlight=False, soft_wrap=True)


@db.command()
def destroy(yes: bool = typer.Option(False, "--yes", help="Do not ask.")) -> None:
    """Stop the embedded server and delete all its data."""
    found = database.status()
    if found.state == "absent":
        out.print("There is no database to delete.")
        return
    if not yes:
        typer.confirm(f"Delete all data in {found.data}? There is no way back", abort=True)
    database.destroy()
    out.print("The database is deleted.")


@db.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open PostgreSQL's own prompt on the database; its options work too, such as -c 'SELECT 1'."""
    database_ready()
    command, environment = database.psql_command()
    os.execve(command[0], [*command, *context.args], environment)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
