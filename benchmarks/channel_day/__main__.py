"""``python -m benchmarks.channel_day --orders 50000 --minutes 8``: the day with processes, its judgement, its report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import conninfo

from benchmarks.__main__ import _admin_url, _copy, _machine

CLEAN, DATABASE = "hecang_day_clean", "hecang_day"


def main() -> int:
    arguments = _arguments()
    admin = _admin_url()
    _ensure(admin, CLEAN)
    dsn = conninfo.make_conninfo(admin, dbname=CLEAN)
    os.environ |= {"DATABASE_URL": dsn, "DJANGO_SETTINGS_MODULE": "hecang.config.settings"}
    os.environ["HECANG_LOG_LEVEL"] = "ERROR"
    with tempfile.TemporaryDirectory(prefix="hecang-day-") as home:
        os.environ["HECANG_HOME"] = home
        return _run(arguments, admin, Path(home))


def _ensure(admin: str, name: str) -> None:
    """Make the database where it is missing; one of an earlier run is migrated further."""
    with psycopg.connect(admin, autocommit=True) as connection:
        if not connection.execute("select from pg_database where datname = %s", [name]).fetchone():
            _copy(admin, "template0", name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.channel_day", description=__doc__)
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument(
        "--minutes", type=float, default=8.0, help="that the day of 24 hours takes on the wall"
    )
    parser.add_argument(
        "--after", type=float, default=5.0, help="minutes for shipping and coming to rest afterwards"
    )
    parser.add_argument("--report", type=Path, help="folder for channel-day.md and its pictures")
    parser.add_argument("--json", type=Path, help="all figures and samples")
    parser.add_argument("--note", default="", help="what a reader of the report has to know of this run")
    return parser.parse_args()


def _run(arguments: argparse.Namespace, admin: str, home: Path) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    import hecang.config.api  # noqa: F401 - declares permissions
    from benchmarks.channel_day.day import Day
    from benchmarks.channel_day.plan import Plan

    say(_machine(admin))
    call_command("migrate", verbosity=0)
    connection.close()
    _copy(admin, CLEAN, DATABASE)
    connection.settings_dict["NAME"] = DATABASE
    os.environ["DATABASE_URL"] = conninfo.make_conninfo(admin, dbname=DATABASE)
    plan = Plan(orders=arguments.orders, seconds=arguments.minutes * 60)
    outcome = Day(plan, home, after=arguments.after * 60, say=say).run()
    outcome["command"] = "python -m benchmarks.channel_day " + " ".join(sys.argv[1:])
    outcome["note"] = arguments.note
    outcome["machine"] = _machine(admin)
    if arguments.json:
        arguments.json.write_text(json.dumps(outcome, ensure_ascii=False, default=str))
    if arguments.report:
        from benchmarks.channel_day.report import write

        write(outcome, arguments.report)
    for one in outcome["verdicts"]:
        say(("kept    " if not one["broken"] else "BROKEN  ") + f"{one['law']} ({one['looked_at']:,})")
        for case in one["broken"]:
            say(f"        {case}")
    return int(any(one["broken"] for one in outcome["verdicts"]))


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
