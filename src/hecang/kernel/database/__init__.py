"""The database: an embedded PostgreSQL, or the server that ``DATABASE_URL`` names.

``connection_settings()`` tells Django where to connect and starts nothing; ``ensure_running()``
is called by the entry points (command line, tests) before the first query. Django is not
imported here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hecang.kernel.database import cluster, dumps
from hecang.kernel.database.binaries import Programs, ServerUser, installed_bin, programs
from hecang.kernel.database.cluster import Report
from hecang.kernel.database.errors import (
    BinariesMissing,
    DatabaseError,
    DumpFailed,
    NotEmbedded,
    StartFailed,
    VersionMismatch,
)
from hecang.kernel.database.layout import Layout, external_url, home

__all__ = [
    "BinariesMissing",
    "DatabaseError",
    "DatabaseStatus",
    "DumpFailed",
    "NotEmbedded",
    "StartFailed",
    "VersionMismatch",
    "backup",
    "connection_settings",
    "destroy",
    "ensure_running",
    "home",
    "is_external",
    "psql_command",
    "restore",
    "status",
    "stop",
    "url",
]


@dataclass(frozen=True)
class DatabaseStatus:
    """What ``hecang db status`` shows."""

    kind: Literal["embedded", "external"]
    state: Literal["running", "starting", "stopped", "absent", "external"]
    url: str
    version: str | None = None
    pid: int | None = None
    data: Path | None = None
    log: Path | None = None
    bytes_on_disk: int | None = None
    durable: bool | None = None


def is_external() -> bool:
    """True if ``DATABASE_URL`` names a server that is not ours to start or stop."""
    return external_url() is not None


def connection_settings() -> dict[str, Any]:
    """Django's ``DATABASES["default"]``. Computed from the environment; nothing is started."""
    external = external_url()
    if external is None:
        layout = Layout.current()
        known: dict[str, Any] = dict(cluster.conninfo(layout))
    else:
        known = {name: value for name, value in conninfo_to_dict(external).items() if value is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known.pop("dbname", "hecang"),
        "USER": known.pop("user", ""),
        "PASSWORD": known.pop("password", ""),
        "HOST": known.pop("host", ""),
        "PORT": str(known.pop("port", "")),
        "OPTIONS": known,
        "TEST": {"NAME": os.environ.get("HECANG_TEST_DB", "test_hecang")},
    }


def url() -> str:
    """A connection string for psql and other tools.

    The embedded server's password is not in it: libpq reads it from the password file it names.
    """
    return external_url() or _embedded_url(Layout.current())


def ensure_running(*, report: Report | None = None) -> str:
    """Start the embedded server unless it runs; the connection string. Safe to call from anywhere, often.

    With ``DATABASE_URL`` set nothing is started. ``report`` is told what takes time.
    Raises DatabaseError.
    """
    external = external_url()
    if external is not None:
        return external
    os.environ.pop("PGPASSWORD", None)  # libpq would prefer it to the embedded server's password file
    layout = Layout.current()
    if not cluster.answers(layout):
        cluster.start(layout, report or _silent)
    return _embedded_url(layout)


def stop() -> bool:
    """Stop the embedded server; False if it did not run. Raises NotEmbedded."""
    return cluster.stop(_own("stopped"))


def destroy() -> None:
    """Stop the embedded server and delete all its data. Raises NotEmbedded."""
    cluster.destroy(_own("deleted"))


def status() -> DatabaseStatus:
    """What there is; starts nothing."""
    external = external_url()
    if external is not None:
        shown = {key: value for key, value in conninfo_to_dict(external).items() if key != "password"}
        return DatabaseStatus(kind="external", state="external", url=make_conninfo("", **shown))
    layout = Layout.current()
    found = cluster.state(layout)
    word: Literal["running", "starting", "stopped", "absent"]
    if not found.exists:
        word = "absent"
    elif found.running:
        word = "running"
    else:
        word = "starting" if found.pid else "stopped"
    return DatabaseStatus(
        kind="embedded",
        state=word,
        url=_embedded_url(layout),
        version=found.version,
        pid=found.pid,
        data=layout.data,
        log=layout.logs,
        bytes_on_disk=found.bytes_on_disk,
        durable=layout.durable,
    )


def backup(path: Path, *, overwrite: bool = False) -> int:
    """Write the whole database to one file (pg_dump's custom format); its size in bytes.

    Works on an external server, too. Raises DumpFailed.
    """
    return dumps.backup(_tools(), ensure_running(), path.absolute(), overwrite=overwrite)


def restore(path: Path) -> None:
    """Replace the database by the content of a backup. Raises DumpFailed; then nothing has changed."""
    dumps.restore(_tools(), ensure_running(), path.absolute())


def psql_command() -> tuple[list[str], dict[str, str]]:
    """Command line and environment of an interactive psql on this database."""
    tools = _tools()
    return [str(tools.bin / "psql"), ensure_running()], tools.environment()


def _embedded_url(layout: Layout) -> str:
    parameters = cluster.conninfo(layout)
    user, name = parameters.pop("user"), parameters.pop("dbname")
    return f"postgresql://{user}@/{name}?{urlencode(parameters)}"


def _own(verb: str) -> Layout:
    if is_external():
        raise NotEmbedded(
            f"This database cannot be {verb} from here.",
            why="DATABASE_URL names a server that Hecang did not start.",
            todo="Use that server's own tools, or unset DATABASE_URL for the embedded one.",
        )
    return Layout.current()


def _tools() -> Programs:
    """Client programs; for an external server nobody's user has to be switched."""
    if is_external():
        return Programs(installed_bin(), ServerUser(os.geteuid(), os.getegid(), switch=False))
    return programs(Layout.current())


def _silent(_: str) -> None:
    return None
