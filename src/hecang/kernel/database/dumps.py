"""Backup to one file, and restore from it without ever leaving half a database behind."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hecang.kernel.database.binaries import Programs
from hecang.kernel.database.errors import DumpFailed


def backup(tools: Programs, target: str, path: Path, *, overwrite: bool) -> int:
    """pg_dump of ``target`` (a connection string) into ``path``; the size in bytes. Readable by us only."""
    if path.exists() and not overwrite:
        raise DumpFailed(
            f"{path} exists already.",
            why="A backup is never overwritten unasked.",
            todo="Choose another name, or say --overwrite.",
        )
    partial = path.with_name(f"{path.name}.part")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        done = _run(
            tools, "pg_dump", target, "--format=custom", "--no-owner", "--no-privileges", "--file", partial
        )
        if done:
            raise DumpFailed("The backup failed.", why=done, todo=_ABOUT_DUMPS)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise DumpFailed(
            f"The backup cannot be written to {path}.",
            why=error.strerror or str(error),
            todo="Choose a folder that exists, is writable and has space.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return path.stat().st_size


def restore(tools: Programs, target: str, path: Path) -> None:
    """Fill a fresh database from ``path``, then put it in the place of ``target``.

    The present database stays as it is until the new one is complete; the exchange is one
    transaction. Sessions on the present database are ended at that moment.
    """
    if not path.is_file():
        raise DumpFailed(
            f"There is no file {path}.",
            why="A restore reads one file made by 'hecang db backup'.",
            todo="Check the path.",
        )
    name = str(conninfo_to_dict(target)["dbname"])
    fresh = f"{name}_restore_{uuid.uuid4().hex[:8]}"
    try:
        with psycopg.connect(make_conninfo(target, dbname="postgres"), autocommit=True) as link:
            link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(fresh)))
            try:
                into = make_conninfo(target, dbname=fresh)
                failed = _run(
                    tools, "pg_restore", into, "--no-owner", "--no-privileges", "--exit-on-error", path
                )
                if failed:
                    raise DumpFailed(
                        f"{path} cannot be restored; the present database is unchanged.",
                        why=failed,
                        todo=_ABOUT_DUMPS,
                    )
                _exchange(link, name, fresh)
            finally:
                link.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(fresh)))
    except psycopg.Error as error:
        raise DumpFailed(
            "The restore could not be completed; the present database is unchanged.",
            why=str(error).strip(),
            todo="The user needs the right to create databases and a database named 'postgres' to "
            "connect to; see docs/how-to/database.md.",
        ) from error


_ABOUT_DUMPS = (
    "Check that the file comes from 'hecang db backup' and that the server is not newer than the "
    "installed PostgreSQL programs; see docs/how-to/database.md."
)


def _exchange(link: psycopg.Connection, name: str, fresh: str) -> None:
    """Swap names; afterwards ``fresh`` is the name of the former database."""
    present, new = sql.Identifier(name), sql.Identifier(fresh)
    aside = sql.Identifier(f"{fresh}_old")
    exists = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not exists:
        link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, present))
        return
    link.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(present))
    try:
        link.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        with link.transaction():
            link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(present, aside))
            link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, present))
            link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(aside, new))
    except psycopg.Error:
        link.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(present))
        raise


def _run(tools: Programs, program: str, target: str, *arguments: str | Path) -> str:
    """Run a dump tool as ourselves; its complaint, or an empty string."""
    parameters = {key: str(value) for key, value in conninfo_to_dict(target).items()}
    secret = parameters.pop("password", None)  # never on a command line, where every user can read it
    passwords = {"PGPASSWORD": secret} if secret else {}
    done = tools.run(program, "--dbname", make_conninfo("", **parameters), *arguments, env=passwords)
    return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""
