"""One hot SKU: 16 clients want the last units at once. The count sold must be exact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import psycopg
from django.db import connections

from benchmarks import company
from benchmarks.harness import Context, Result, stopwatch
from hecang.inventory.services import ReservationIn, reservations_create
from hecang.kernel.errors import StockShort

NAME = "hot_sku"
SUMMARY = "16 clients fight for one SKU in one warehouse"
CLIENTS = 16
ATTEMPTS = 8_000

# The least that PostgreSQL can be told: win the row if there is enough, and write down who won.
BARE = """
with won as (
    update availability set reserved = reserved + 1
     where warehouse_id = %s and sku_id = %s and owner_id = %s and reserved + 1 <= sellable returning 1
)
insert into reservation (warehouse_id, sku_id, owner_id, quantity, source_kind, source_id, state, created_at)
select %s, %s, %s, 1, 'bench', %s, 'active', %s from won returning id
"""


def run(context: Context) -> list[Result]:
    attempts = context.sized(ATTEMPTS, least=CLIENTS * 20)
    on_hand = attempts // 4
    made = company.build(["HOT"], units=on_hand)
    warehouse, sku, owner = made.warehouse_ids[0], made.skus["HOT"], made.owner_id
    numbers = count(1)

    def ours() -> bool:
        wish = ReservationIn(warehouse, sku, owner, 1, "bench", next(numbers))
        try:
            reservations_create(requests=[wish])
        except StockShort:
            return False
        return True

    sold, seconds = _race(attempts, lambda: ours, connections.close_all)
    with psycopg.connect(context.dsn, autocommit=True) as database:
        _check(database, sold, on_hand)
        database.execute("update availability set reserved = 0")
        database.execute("truncate reservation")

    local = threading.local()

    def bare_client() -> Callable[[], bool]:
        database = local.database = psycopg.connect(context.dsn, autocommit=True, prepare_threshold=1)
        now = datetime.now(UTC)

        def attempt() -> bool:
            values = (warehouse, sku, owner, warehouse, sku, owner, next(numbers), now)
            return database.execute(BARE, values).fetchone() is not None

        return attempt

    bare_sold, bare_seconds = _race(
        attempts,
        bare_client,
        lambda: local.database.close(),  # noqa: PLW0108 - bound late: each thread has its own
    )
    if bare_sold != on_hand:
        raise RuntimeError(f"the baseline sold {bare_sold} of {on_hand}")
    return [
        Result(
            name="hot_sku.attempts",
            value=attempts / seconds,
            unit="attempts/s",
            baseline=attempts / bare_seconds,
            ratio=bare_seconds / seconds,
            detail={"clients": CLIENTS, "attempts": attempts},
        ),
        Result(
            name="hot_sku.sold",
            value=sold,
            unit="units",
            detail={"on_hand": on_hand, "oversold": sold - on_hand},
        ),
    ]


def _race(
    attempts: int, client: Callable[[], Callable[[], bool]], close: Callable[[], None]
) -> tuple[int, float]:
    """Let the clients share ``attempts``; how many won, and the seconds that it took them."""
    start = threading.Barrier(CLIENTS + 1)
    won: list[int] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            attempt = client()
            start.wait()
            won.append(sum(attempt() for _ in range(attempts // CLIENTS)))
            close()
        except BaseException as error:
            failures.append(error)
            start.abort()
            raise

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    with stopwatch() as watch:
        for thread in threads:
            thread.join()
    if failures:
        raise RuntimeError("a client failed") from failures[0]
    return sum(won), watch.seconds


def _check(database: psycopg.Connection[Any], sold: int, on_hand: int) -> None:
    row = database.execute(
        "select (select sum(reserved) from availability), (select count(*) from reservation where state = 'active')"
    ).fetchone()
    if row != (sold, sold) or sold != on_hand:
        raise RuntimeError(f"sold {sold} of {on_hand}, but the books say {row}")
