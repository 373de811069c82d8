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
    from hecang.kernel.imports import import_create, import_run

    before = _peak()
    begun = time.perf_counter()
    job = import_run(import_create(kind="sales_order", path=Path(sys.argv[1])))
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
    """Most bytes that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
