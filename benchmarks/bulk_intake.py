"""Bulk path: intake → audit → sourcing → reservation of real orders, against psycopg writing the same rows."""

from __future__ import annotations

import psycopg

from benchmarks import company, replay
from benchmarks.dataset import baskets
from benchmarks.harness import Context, Result, stopwatch
from hecang.orders.services import orders_intake

NAME = "bulk_intake"
SUMMARY = "20,000 real orders (about 190,000 lines) taken in, audited, sourced and reserved"
ORDERS = 20_000
CHUNK = 1_000


def run(context: Context) -> list[Result]:
    bought = baskets(context.sized(ORDERS, least=CHUNK))
    wanted = company.demand(bought)
    # Half of the demand in each of three warehouses: there is enough, and orders still have to be split.
    made = company.build(sorted(wanted), units={code: units // 2 + 1 for code, units in wanted.items()})
    orders = [company.order_in(basket) for basket in bought]
    lines = sum(len(basket.lines) for basket in bought)
    context.say(f"{len(orders):,} orders, {lines:,} lines, {len(wanted):,} SKUs, 3 warehouses")
    with stopwatch() as ours:
        for start in range(0, len(orders), CHUNK):
            orders_intake(shop_id=made.shop_id, orders=orders[start : start + CHUNK])
    with psycopg.connect(context.dsn) as connection:
        captured = replay.capture(connection)
        replay.empty(connection)
        with stopwatch() as bare:
            for start in range(0, len(captured.order_ids), CHUNK):
                replay.write_chunk(connection, captured, captured.order_ids[start : start + CHUNK])
        replay.empty(connection)
    if len(captured.order_ids) != len(orders):
        raise RuntimeError(f"{len(captured.order_ids)} of {len(orders)} orders were written")
    return [
        Result(
            name="bulk_intake.orders",
            value=len(orders) / ours.seconds,
            unit="orders/s",
            baseline=len(orders) / bare.seconds,
            ratio=bare.seconds / ours.seconds,
            detail={
                "orders": len(orders),
                "lines": captured.line_count,
                "seconds": round(ours.seconds, 2),
                "baseline_seconds": round(bare.seconds, 2),
            },
        )
    ]
