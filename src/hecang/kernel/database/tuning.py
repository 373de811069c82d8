"""The server's settings, sized to the memory that this machine or container really has."""

from __future__ import annotations

import os
from pathlib import Path

from hecang.kernel.database.layout import PORT, Layout

_MB = 1024 * 1024

_ALWAYS = {
    "listen_addresses": "''",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "password_encryption": "'scram-sha-256'",
    "max_connections": "200",
    "jit": "off",  # many short statements: compiling them costs more than it saves
    "random_page_cost": "1.1",
    "work_mem": "'16MB'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "shared_preload_libraries": "'pg_stat_statements'",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
    "log_min_duration_statement": "'2s'",
    "log_lock_waits": "on",
    "logging_collector": "on",
    "log_filename": "'%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
}

_DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "min_wal_size": "'256MB'",
    "max_wal_size": "'4GB'",
    "checkpoint_timeout": "'15min'",
}

_FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'2GB'",
    "checkpoint_timeout": "'30min'",
}


def memory_bytes() -> int:
    """Memory of the machine, or of the container where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text()))
        except (OSError, ValueError):
            continue
    return total


def settings(layout: Layout, memory: int | None = None) -> dict[str, str]:
    """Every setting that differs from PostgreSQL's default, in configuration-file spelling."""
    megabytes = (memory_bytes() if memory is None else memory) // _MB
    sized = {
        "shared_buffers": f"'{_between(64, megabytes // 8, 4096)}MB'",
        "effective_cache_size": f"'{max(256, megabytes // 2)}MB'",
        "maintenance_work_mem": f"'{_between(32, megabytes // 32, 1024)}MB'",
    }
    places = {
        "unix_socket_directories": _quoted(layout.socket_dir),
        "log_directory": _quoted(layout.logs),
    }
    return _ALWAYS | sized | (_DURABLE if layout.durable else _FOR_TESTS) | places


def configuration_file(layout: Layout) -> str:
    """The text of ``hecang.conf``, written anew at each start; ``local.conf`` beside it wins."""
    lines = [f"{name} = {value}" for name, value in settings(layout).items()]
    return "\n".join(
        [
            "# Written by Hecang at each start. Put your own settings into local.conf beside this file.",
            *lines,
            "include_if_exists = 'local.conf'",
            "",
        ]
    )


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
