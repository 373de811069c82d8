"""Work days of the month in a process of its own: ``python -m tests.scenarios.month FOLDER SEED DAYS RATE``.

The database is the one of ``DATABASE_URL``, in which the company was founded before. Days that are noted in the
folder are over; the others are worked, the one that was broken off from its morning on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django


def main(folder: str, seed: str, days: str, rate: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hecang.config.settings")
    django.setup()
    from tests.scenarios.month.company import found
    from tests.scenarios.month.running import Month, days_done

    keep = Path(folder)
    month = Month(found(int(seed)), rate=float(rate), keep=keep)
    month.run(range(days_done(keep), int(days)))


if __name__ == "__main__":
    main(*sys.argv[1:])
