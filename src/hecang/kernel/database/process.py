"""Is a server running on this data folder? Looked up in the process table, not believed from a file."""

from __future__ import annotations

from pathlib import Path

import psutil


def postmaster_pid(data: Path) -> int | None:
    """The pid of the server that runs on ``data``, or None.

    A pid file can be left by a killed server, and its number can belong to quite another process
    by now (after a restart of the machine, or of a container). It counts only if that process is a
    PostgreSQL server working in this folder.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _serves(pid, data) else None


def pid_file_misleads(data: Path) -> bool:
    """True if the pid file names a living process that is no server of this folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return False
    return psutil.pid_exists(pid) and not _serves(pid, data)


def is_ready(data: Path) -> bool:
    """True once the server says in its pid file that it accepts connections."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def left_over(data: Path) -> list[int]:
    """Processes of a server on ``data`` that outlive their killed parent for a moment."""
    return [process.pid for process in psutil.process_iter() if _serves(process.pid, data)]


def _serves(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return (
            process.name().startswith("postgres")
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == data.resolve()
        )
    except (psutil.Error, OSError):
        return False
