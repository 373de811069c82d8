"""``hecang worker`` under the compressed day: its own loop, with platforms' limits as fast as the day passes.

``python -m benchmarks.channel_day.engine FACTOR``
"""

from __future__ import annotations

import sys

from benchmarks.channel_day.plan import hastened
from hecang.cli.bootstrap import django_ready

#: Jobs at a time in one worker.
CONCURRENCY = 4


def main() -> None:
    django_ready()
    from hecang.config.worker import run_worker

    with hastened(float(sys.argv[1])):
        run_worker(concurrency=CONCURRENCY)


if __name__ == "__main__":
    main()
