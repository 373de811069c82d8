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

DATABASE = "hecang_bench"
BENCHES = ("bulk_intake", "single_orders", "hot_sku", "waves", "order_list", "memory")


def main() -> int:
    arguments = _arguments()
    console = Console()
    unknown = [name for name in arguments.names if name not in BENCHES]
    if unknown:
        console.print(f"[bold red]No such bench:[/] {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
        return 2
    dsn = _fresh_database()
    os.environ["DATABASE_URL"] = dsn
    os.environ["DJANGO_SETTINGS_MODULE"] = "hecang.config.settings"
    with tempfile.TemporaryDirectory(prefix="hecang-bench-") as home:
        os.environ["HECANG_HOME"] = home
        return _run(arguments, dsn, console)


def _run(arguments: argparse.Namespace, dsn: str, console: Console) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.harness import Context, Result, print_table, write_json

    console.print(f"[dim]{_machine(dsn)}[/]")
    call_command("migrate", verbosity=0)
    context = Context(dsn=dsn, scale=arguments.scale, say=lambda text: console.print(f"[dim]{text}[/]"))
    results: list[Result] = []
    for name in arguments.names or BENCHES:
        bench: ModuleType = importlib.import_module(f"benchmarks.{name}")
        console.print(f"[bold]{name}[/]: {bench.SUMMARY}")
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


def _fresh_database() -> str:
    """An empty database beside the one in use; the bench never touches anybody's data."""
    from hecang.kernel import database

    url = database.ensure_running()
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        connection.execute(sql.SQL("create database {} template template0").format(name))
    return conninfo.make_conninfo(url, dbname=DATABASE)


def _machine(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select version(), current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchone()
    assert row is not None
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {row[0].split(' on ')[0]}, fsync {row[1]}, synchronous_commit {row[2]}"


if __name__ == "__main__":
    sys.exit(main())
