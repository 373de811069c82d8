"""A month in the warehouse: everybody at work at once, everything that goes wrong, and books that are right at the end.

A longer one by hand: ``HECANG_MONTH_DAYS=28 HECANG_MONTH_SEED=7 .venv/bin/pytest -m race tests/scenarios/month -s``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.scenarios.month import closing, laws, report
from tests.scenarios.month.company import build, found
from tests.scenarios.month.faults import KINDS
from tests.scenarios.month.running import Month, days_done, notes_read

pytestmark = [
    pytest.mark.race, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800),
]  # fmt: skip

SEED = int(os.environ.get("HECANG_MONTH_SEED", "1"))
DAYS = int(os.environ.get("HECANG_MONTH_DAYS", "2"))


def finish(month: Month) -> None:
    """Close the month and prove it."""
    rounds = month.close()
    documents = closing.counts()
    explained, unexplained = closing.standing(month.company.now())
    if month.keep is not None:
        notes_read(month.keep, month.doings)
    print(  # noqa: T201
        "\n"
        + report.text(month.company.seed, month.doings, documents, explained)
        + f"\n  closed in {rounds} rounds"
    )
    laws.hold()
    laws.ledger_stays()
    assert not unexplained, "\n".join(unexplained)
    assert sum(documents.values()) > 2_000


def test_a_month_of_work_and_trouble_ends_with_books_that_are_right() -> None:
    month = Month(build(SEED))

    def prove(day: int) -> None:
        if day % 5 == 1:
            laws.hold()

    month.run(range(DAYS), after=prove)

    finish(month)
    assert report.idle(month.people, month.doings, thorough=DAYS >= 20) == []
    assert all(month.doings.faults[kind] for kind in KINDS)


@pytest.fixture
def environment(tmp_path: Path, settings: Any) -> dict[str, str]:
    """What a process needs to work on the test database."""
    own = connection.get_connection_params()
    known = {
        key: own[key] for key in ("host", "port", "user", "password", "dbname", "passfile") if own.get(key)
    }
    root = Path(__file__).resolve().parents[3]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")]),
        "DATABASE_URL": make_conninfo("", **known),
        "HECANG_HOME": str(tmp_path),
        "HECANG_SECRET_KEY": settings.SECRET_KEY,
    }


def test_the_same_with_kill_9_in_the_middle_of_days(environment: dict[str, str], tmp_path: Path) -> None:
    # Given a company, and a process that works its days
    build(SEED)
    keep = tmp_path / "days"
    keep.mkdir()
    chance, days, kills = random.Random(SEED), 1, 0
    command = [sys.executable, "-m", "tests.scenarios.month", str(keep), str(SEED)]

    # When it is killed again and again, in the middle of everything
    while days_done(keep) < days:
        process = subprocess.Popen([*command, str(days), "0.03"], env=environment)
        try:
            entries, until = _entries(), chance.randint(10, 60)
            while process.poll() is None and (kills >= 3 or _entries() - entries < until):
                time.sleep(0.05)
            if process.poll() is None:
                kills += 1
            else:
                assert process.returncode == 0
        finally:
            process.kill()
            process.wait()
        laws.hold()
        if not kills and days_done(keep) == days and days < 5:
            days += 1  # It was over before it could be killed.

    # Then the month closes all the same
    assert kills >= 1, f"the day was over after {_entries() - entries} entries of the ledger"
    finish(Month(found(SEED), keep=keep))


def _entries() -> int:
    """How far the ledger has come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM movement")
        return int(cursor.fetchone()[0])
