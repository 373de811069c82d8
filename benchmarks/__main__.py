"""``python -m benchmarks``: prepare a database of its own, run the benches, print and write the figures."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import psycopg
from psycopg import conninfo, sql
from rich.console import Console

#: The database that a bench works in, made anew for each from the migrated, empty one.
DATABASE = "hecang_bench"
CLEAN = "hecang_bench_clean"
BENCHES = (
    "bulk_intake",
    "single_orders",
    "hot_sku",
    "waves",
    "order_list",
    "channel_intake",
    "receiving",
    "goods",
    "counts",
    "replenishing",
    "task_claims",
    "floor_scans",
    "memory",
)


def main() -> int:
    arguments = _arguments()
    console = Console()
    unknown = [name for name in arguments.names if name not in BENCHES]
    if unknown:
        console.print(f"[bold red]No such bench:[/] {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
        return 2
    admin = _admin_url()
    _copy(admin, "template0", CLEAN)
    dsn = conninfo.make_conninfo(admin, dbname=DATABASE)
    os.environ["DATABASE_URL"] = conninfo.make_conninfo(admin, dbname=CLEAN)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hecang.config.settings"
    with tempfile.TemporaryDirectory(prefix="hecang-bench-") as home:
        os.environ["HECANG_HOME"] = home
        return _run(arguments, admin, dsn, console)


def _run(arguments: argparse.Namespace, admin: str, dsn: str, console: Console) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.harness import Context, Result, print_table, write_json

    console.print(f"[dim]{_machine(admin)}[/]")
    call_command("migrate", verbosity=0)
    connection.settings_dict["NAME"] = DATABASE
    os.environ["DATABASE_URL"] = dsn  # for the processes that a bench starts
    context = Context(dsn=dsn, scale=arguments.scale, say=lambda text: console.print(f"[dim]{text}[/]"))
    results: list[Result] = []
    for name in arguments.names or BENCHES:
        bench: ModuleType = importlib.import_module(f"benchmarks.{name}")
        console.print(f"[bold]{name}[/]: {bench.SUMMARY}")
        connection.close()
        _copy(admin, CLEAN, DATABASE)
        results += bench.run(context)
        if arguments.json is not None:
            write_json(results, arguments.json)
    print_table(results, console)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hecang bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of: {', '.join(BENCHES)}")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    return parser.parse_args()


def _admin_url() -> str:
    """The server in use; the bench makes databases beside the one there and never touches anybody's data."""
    from hecang.kernel import database

    return database.ensure_running()


def _copy(admin: str, template: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        target = sql.Identifier(name)
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(target))
        connection.execute(sql.SQL("create database {} template {}").format(target, sql.Identifier(template)))


def _machine(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select version(), current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchone()
    assert row is not None
    server, fsync, commit = row
    return (
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {server.split(' on ')[0]}, "
        f"fsync {fsync}, synchronous_commit {commit}"
    )


if __name__ == "__main__":
    sys.exit(main())
