"""A migrated database that test databases are copied from: made once for each set of migrations.

Migrating takes many seconds, copying a fraction of one; every worker of every run needs a database of its own.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import conninfo, sql

from hecang.kernel import database

SOURCE = Path(__file__).resolve().parents[1] / "src" / "hecang"
PREFIX = "hecang_template_"
#: Two processes that find it missing: one makes it, the other waits.
LOCK = 0x4845_7E57


def template_ensure() -> str:
    """The name of the template for the migrations as they are, made where it is missing."""
    name = PREFIX + _fingerprint()
    with psycopg.connect(_server(), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not _is_ready(server, name):
            _drop_others(server)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            _migrate(name)
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    """Changes with any migration of ours and with the packages that bring some."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("*/migrations/*.py")):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + path.read_bytes())
    for package in ("django", "procrastinate", "cpca"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:12]


def _server() -> str:
    """The server's own database: a template must not be in use while it is copied."""
    return conninfo.make_conninfo(database.ensure_running(), dbname="postgres")


def _is_ready(server: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    row = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row is not None and row[0] == "ready"


def _drop_others(server: psycopg.Connection[tuple[object, ...]]) -> None:
    """Templates of other migrations, and one whose making was interrupted."""
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
    ).fetchall()
    for (other,) in rows:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(other))))


def _migrate(name: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
