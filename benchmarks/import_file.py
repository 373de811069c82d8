"""Import one file of orders in a process of its own and say how much memory that took (the last line, JSON)."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hecang.config.settings")
    import django

    django.setup()
    from hecang.kernel.imports.jobs import file_store, import_create, import_run

    path = Path(sys.argv[1])
    before = _peak()
    begun = time.perf_counter()
    with path.open("rb") as file:
        stored, digest = file_store(file, name=path.name)
    job = import_create(kind="sales_order", path=stored, file_name=path.name, sha256=digest)
    import_run(job.pk)
    job.refresh_from_db()
    report = {
        "before": before,
        "peak": _peak(),
        "seconds": time.perf_counter() - begun,
        "created": job.created_count,
        "bad": job.rows_bad,
        "state": job.state,
    }
    print(json.dumps(report))
    return 0


def _peak() -> int:
    """Most bytes that this process has held so far.

    From the kernel's own mark where there is one: ``getrusage`` starts with what the parent held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
