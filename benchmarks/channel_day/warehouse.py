"""One warehouse in a process of its own, until SIGTERM: ``python -m benchmarks.channel_day.warehouse ID``."""

from __future__ import annotations

import signal
import sys
import threading

from django.conf import settings

from hecang.cli.bootstrap import django_ready


def main() -> None:
    django_ready()
    import hecang.config.api  # noqa: F401 - declares permissions
    from benchmarks.channel_day.floor import Floor

    settings.STRATEGIES["outbound.wave_planner"] = "seed_s_shape"  # short walks are not what is measured here

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_args: stop.set())
    floor = Floor(int(sys.argv[1]))
    while not stop.is_set():
        if not floor.turn():
            stop.wait(0.5)


if __name__ == "__main__":
    main()
