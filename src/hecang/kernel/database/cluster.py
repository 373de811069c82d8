"""Making, starting and stopping the embedded server.

Any number of commands may ask at once: the first one starts the server under a file lock, the
others wait and share it. The server outlives the command that started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hecang.kernel.database import process, tuning
from hecang.kernel.database.binaries import Programs, programs
from hecang.kernel.database.errors import DatabaseError, StartFailed, VersionMismatch
from hecang.kernel.database.layout import DATABASE, PORT, ROLE, SUPERUSER, Layout

Report = Callable[[str], None]

_LEFT_OVER_SECONDS = 30


def start_timeout() -> int:
    """Seconds a start may take; replaying the log after a crash can need minutes."""
    return int(os.environ.get("HECANG_DB_START_TIMEOUT", "600"))


def conninfo(layout: Layout, *, user: str = ROLE, database: str = DATABASE) -> dict[str, str]:
    """Connection parameters as libpq knows them; the password comes from the password file."""
    return {
        "host": str(layout.socket_dir),
        "port": PORT,
        "user": user,
        "dbname": database,
        "passfile": str(layout.passfile),
    }


def answers(layout: Layout) -> bool:
    """True if the application could work with the server right now."""
    if not layout.passfile.is_file():
        return False
    try:
        with connect(layout):
            return True
    except psycopg.OperationalError:
        return False


def connect(layout: Layout, *, user: str = ROLE, database: str = DATABASE) -> psycopg.Connection:
    """A connection in autocommit mode to the embedded server."""
    parameters = make_conninfo("", **conninfo(layout, user=user, database=database))
    return psycopg.connect(parameters, connect_timeout=10, autocommit=True)


def start(layout: Layout, report: Report) -> None:
    """Make the cluster if there is none, start the server if it does not run, prepare role and database."""
    tools = programs(layout)
    _make_root(layout, tools)
    with _locked(layout, tools):
        if answers(layout):
            return
        if not (layout.data / "PG_VERSION").is_file():
            report(f"Creating the database in {layout.data}")
            _initialise(layout, tools)
        _check_version(layout, tools)
        if not layout.passfile.is_file():
            _stop(layout, tools)
            _renew_passwords(layout, tools)
        _wait_for_left_overs(layout)
        if process.is_ready(layout.data) and not _socket(layout).exists():
            _stop(layout, tools)  # a cleaner of temporary files took the socket away
        if process.postmaster_pid(layout.data) is None:
            report("Starting PostgreSQL")
            _launch(layout, tools)
        _wait_until_ready(layout)
        _provision(layout)


def stop(layout: Layout) -> bool:
    """Stop the server in order; False if it did not run."""
    if not layout.data.is_dir():
        return False
    tools = programs(layout)
    with _locked(layout, tools):
        return _stop(layout, tools)


def destroy(layout: Layout) -> None:
    """Stop the server and delete its data. There is no way back but a backup."""
    stop(layout)
    shutil.rmtree(layout.data, ignore_errors=True)
    for folder in (layout.logs, layout.socket_dir):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (layout.passfile, layout.start_log, layout.lock):
        file.unlink(missing_ok=True)
    if layout.root != layout.home:
        with contextlib.suppress(OSError):  # the other cluster may still be there
            layout.root.rmdir()


@dataclass(frozen=True)
class ClusterState:
    """What is there and what runs."""

    exists: bool
    running: bool
    pid: int | None
    version: str | None
    bytes_on_disk: int


def state(layout: Layout) -> ClusterState:
    """Look, without starting or changing anything."""
    try:
        version = (layout.data / "PG_VERSION").read_text().strip()
    except OSError:
        return ClusterState(exists=False, running=False, pid=None, version=None, bytes_on_disk=0)
    pid = process.postmaster_pid(layout.data)
    return ClusterState(
        exists=True,
        running=pid is not None and process.is_ready(layout.data),
        pid=pid,
        version=version,
        bytes_on_disk=_size(layout.data),
    )


def _size(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):  # PostgreSQL removes files while we count
                total += (Path(path) / name).lstat().st_size
    return total


# ------------------------------------------------------------------ one at a time


@contextlib.contextmanager
def _locked(layout: Layout, tools: Programs) -> Iterator[None]:
    """One command at a time starts, stops or makes a cluster. The kernel frees the lock of the dead."""
    descriptor = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        tools.user.give(layout.lock)
        deadline = time.monotonic() + start_timeout() + 60
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartFailed(
                        "Another command has been starting or stopping the database for too long.",
                        why=f"{layout.lock} is locked by it.",
                        todo=f"See {layout.start_log}; end that command, then try again.",
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _make_root(layout: Layout, tools: Programs) -> None:
    try:
        if layout.root != layout.home:
            layout.root.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not layout.root.is_dir():
            layout.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            tools.user.give(layout.root)
        _make_socket_dir(layout, tools)
    except OSError as error:
        raise StartFailed(
            f"The folder for the database cannot be made: {error.filename or layout.root}",
            why=error.strerror or str(error),
            todo="Make it writable for this user, or point HECANG_HOME to a folder that is.",
        ) from error


def _make_socket_dir(layout: Layout, tools: Programs) -> None:
    folder = layout.socket_dir
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        tools.user.give(folder)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != tools.user.uid or found.st_mode & 0o077:
        raise StartFailed(
            f"The socket folder {folder} is not safe to use.",
            why="It belongs to another user, is open to others, or is a link.",
            todo="Remove it, or point HECANG_HOME to a folder with a shorter path.",
        )


def _socket(layout: Layout) -> Path:
    return layout.socket_dir / f".s.PGSQL.{PORT}"


# ------------------------------------------------------------------ making a cluster


def _initialise(layout: Layout, tools: Programs) -> None:
    """initdb beside the final place, then one rename: a killed command leaves no half-made cluster."""
    for abandoned in layout.root.glob(f"{layout.name}.new-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    fresh = layout.root / f"{layout.name}.new-{os.getpid()}"
    secret_file = layout.root / f"{layout.name}.initdb-password"
    passwords = _write_passwords(layout, tools)
    try:
        secret_file.write_text(passwords[SUPERUSER])
        tools.user.give(secret_file, 0o600)
        fresh.mkdir(mode=0o700)
        tools.user.give(fresh)
        done = tools.run(
            "initdb",
            *("-D", fresh, "-U", SUPERUSER, "--pwfile", secret_file, "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--no-locale", *_locale_provider(tools), "--no-instructions"),
            *(() if layout.durable else ("--no-sync",)),
            as_server=True,
        )
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise StartFailed(
                f"The database cannot be created in {layout.data}.",
                why=(done.stderr or done.stdout).strip(),
                todo="Check the disk's free space and the folder's permissions, or set HECANG_HOME.",
            )
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'hecang.conf'\n")
        fresh.rename(layout.data)
    finally:
        secret_file.unlink(missing_ok=True)


def _locale_provider(tools: Programs) -> tuple[str, ...]:
    """Unicode rules that come with PostgreSQL itself, so that every machine sorts the same way."""
    if int(tools.version().split(".")[0]) >= 17:
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ()


def _write_passwords(layout: Layout, tools: Programs) -> dict[str, str]:
    passwords = {SUPERUSER: secrets.token_urlsafe(32), ROLE: secrets.token_urlsafe(32)}
    text = "".join(f"*:*:*:{user}:{password}\n" for user, password in passwords.items())
    fresh = layout.passfile.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    tools.user.give(fresh, 0o600)
    fresh.replace(layout.passfile)
    return passwords


def _read_passwords(layout: Layout) -> dict[str, str]:
    fields = (line.split(":", 4) for line in layout.passfile.read_text().splitlines())
    return {user: password for *_, user, password in fields}


def _renew_passwords(layout: Layout, tools: Programs) -> None:
    """The password file was lost: whoever owns the data folder may set a new one, server stopped."""
    _wait_for_left_overs(layout)
    _clear_traces_of_the_dead(layout)
    passwords = _write_passwords(layout, tools)
    statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'\n"
    done = tools.run(
        "postgres",
        *("--single", "-D", layout.data, "-c", "logging_collector=off", "postgres"),
        as_server=True,
        stdin=statement,
    )
    if done.returncode:
        layout.passfile.unlink(missing_ok=True)
        raise StartFailed(
            f"The database's password file {layout.passfile} is missing and cannot be made anew.",
            why=done.stderr.strip(),
            todo="Put the file back from a backup of the folder, or restore a database backup "
            "into a fresh database (hecang db destroy, then hecang db restore FILE).",
        )


def _check_version(layout: Layout, tools: Programs) -> None:
    made_by = (layout.data / "PG_VERSION").read_text().strip()
    here = tools.version().split(".")[0]
    if made_by != here:
        raise VersionMismatch(
            f"The data in {layout.data} belong to PostgreSQL {made_by}, but PostgreSQL {here} is installed.",
            why="A PostgreSQL server reads only the data of its own major release.",
            todo="With the previous installation run 'hecang db backup FILE'; then move the data folder "
            f"aside, and with this one run 'hecang db restore FILE'. Or set HECANG_PG_BIN to the "
            f"programs of a PostgreSQL {made_by}.",
        )


# ------------------------------------------------------------------ running


def _launch(layout: Layout, tools: Programs) -> None:
    _clear_traces_of_the_dead(layout)
    configuration = layout.data / "hecang.conf"
    configuration.write_text(tuning.configuration_file(layout))
    tools.user.give(configuration, 0o600)
    layout.start_log.unlink(missing_ok=True)
    # -w waits; crash recovery is not finished until the server is ready
    started = tools.run(
        "pg_ctl",
        *("start", "-D", layout.data, "-w", "-t", str(start_timeout()), "-l", layout.start_log, "-s"),
        as_server=True,
    )
    if started.returncode:
        raise StartFailed(
            "PostgreSQL does not start.",
            why=_last_words(layout) or started.stderr.strip() or f"exit code {started.returncode}",
            todo=f"Read {layout.start_log} and {layout.logs}; free disk space or memory if that is "
            "what is missing; then 'hecang db start'.",
        )


def _last_words(layout: Layout) -> str:
    """The end of the server's log: the lines that say why."""
    with contextlib.suppress(OSError, ValueError):
        text = layout.start_log.read_text(errors="replace")
        if "redirecting log output" in text:  # it got far enough to write the rest into its own log
            latest = max(layout.logs.glob("*.log"), key=lambda file: file.stat().st_mtime)
            text = latest.read_text(errors="replace")
        return "\n".join(text.splitlines()[-6:])
    return ""


def _wait_for_left_overs(layout: Layout) -> None:
    """After a kill -9 of the server its children notice within moments; starting over them would fail.

    They can also be a server that a killed command had just launched: then it is simply used.
    """
    deadline = time.monotonic() + _LEFT_OVER_SECONDS
    while process.postmaster_pid(layout.data) is None and process.left_over(layout.data):
        if time.monotonic() > deadline:
            raise StartFailed(
                "Processes of an earlier database server are still at work.",
                why=f"pids {', '.join(map(str, process.left_over(layout.data)))} use {layout.data}",
                todo="Wait a moment and try again; if they stay, end these processes.",
            )
        time.sleep(0.1)


def _clear_traces_of_the_dead(layout: Layout) -> None:
    """Remove a killed server's lock files where their pid belongs to somebody else by now.

    PostgreSQL only asks whether some process has that number, and gives up if so. We hold the lock
    and have seen that no process serves this folder.
    """
    if process.pid_file_misleads(layout.data):
        (layout.data / "postmaster.pid").unlink(missing_ok=True)
    for file in layout.socket_dir.glob(".s.PGSQL.*"):
        file.unlink(missing_ok=True)


def _wait_until_ready(layout: Layout) -> None:
    """For a server that someone else started and that is still recovering."""
    deadline = time.monotonic() + start_timeout()
    while not process.is_ready(layout.data):
        if process.postmaster_pid(layout.data) is None or time.monotonic() > deadline:
            raise StartFailed(
                "PostgreSQL started but does not become ready.",
                why=_last_words(layout) or f"nothing within {start_timeout()} seconds",
                todo=f"Read {layout.logs}; HECANG_DB_START_TIMEOUT sets how many seconds to wait.",
            )
        time.sleep(0.05)


def _stop(layout: Layout, tools: Programs) -> bool:
    if process.postmaster_pid(layout.data) is None:
        return False
    stopped = tools.run(
        "pg_ctl",
        *("stop", "-D", layout.data, "-m", "fast", "-w", "-t", str(start_timeout()), "-s"),
        as_server=True,
    )
    if stopped.returncode and process.postmaster_pid(layout.data) is not None:
        raise DatabaseError(
            "PostgreSQL does not stop.",
            why=(stopped.stderr or stopped.stdout).strip(),
            todo=f"Read {layout.logs} and try again.",
        )
    return True


def _provision(layout: Layout) -> None:
    """The application's own role (no superuser) and its database; repeatable."""
    password = _read_passwords(layout)[ROLE]
    role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
    try:
        with connect(layout, user=SUPERUSER, database="postgres") as link:
            known = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            link.execute(
                sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, sql.Literal(password))
            )
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                link.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
            link.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            link.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(role))
    except psycopg.OperationalError as error:
        raise StartFailed(
            "PostgreSQL runs but does not let Hecang in.",
            why=str(error).strip(),
            todo=f"If {layout.passfile} was changed or lost: 'hecang db stop', remove the file, "
            "'hecang db start' sets new passwords.",
        ) from error
