"""Wave planning and allocation of 10,000 lines: seconds and queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from benchmarks import company, replay
from benchmarks.dataset import baskets
from benchmarks.harness import Context, Counter, Result, stopwatch
from hecang.kernel.outbox import drain
from hecang.orders.services import orders_intake
from hecang.outbound.planning.base import WavePlan
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.planning.seed import SeedWavePlanner
from hecang.outbound.selectors.candidates import candidates, previews, problem_of
from hecang.outbound.selectors.walking import walking_geometry
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release

NAME = "waves"
SUMMARY = (
    "10,000 lines planned into batches with their walks, allocated and turned into pick tasks; metres walked"
)
LINES = 10_000


def run(context: Context) -> list[Result]:
    wanted_lines = context.sized(LINES, least=300)
    bought = baskets(context.sized(1_600, least=100))
    kept = []
    lines = 0
    for basket in reversed(bought):
        if lines < wanted_lines:
            kept.append(basket)
            lines += len(basket.lines)
    units = company.demand(kept)
    made = company.build(sorted(units), units=dict(units), warehouses=1)
    for start in range(0, len(kept), 1000):
        orders_intake(shop_id=made.shop_id, orders=[company.order_in(b) for b in kept[start : start + 1000]])
    drain()
    warehouse_id = made.warehouse_ids[0]
    criteria = WaveCriteria(max_orders=len(kept), max_lines=2 * lines)
    seed_time, seed_plan = _by_rule(warehouse_id, criteria)
    wave_planner().walk(walking_geometry(warehouse_id), [0])  # what was compiled before is loaded
    planning = Counter()
    with stopwatch() as plan_time, connection.execute_wrapper(planning):
        draft = wave_plan(warehouse_id=warehouse_id, criteria=criteria)
        wave_id = wave_create(draft=draft)
    releasing = Counter()
    with stopwatch() as release_time, connection.execute_wrapper(releasing):
        released = wave_release(wave_id=wave_id)
    walk, single, s_shape = draft.plan.walk_mm, draft.plan.single_walk_mm, draft.plan.s_shape_mm
    with psycopg.connect(context.dsn) as bare:
        bare_seconds = _bare(bare)
    allocated = released.tasks
    return [
        Result(
            name="waves.plan",
            value=plan_time.seconds,
            unit="s",
            detail={
                "lines": allocated,
                "queries": planning.count,
                "walk_km": round(walk / 1e6, 2),
                "one_order_at_a_time_km": round(single / 1e6, 2),
                "saved": f"{1 - walk / single:.0%}",
            },
        ),
        Result(
            name="waves.walk",
            value=walk / 1e6,
            unit="km",
            baseline=seed_plan.walk_mm / 1e6,
            ratio=seed_plan.walk_mm / walk,
            detail={
                "baseline": "seed batches walked in an S-shape",
                "baseline_seconds": round(seed_time, 2),
                "these_batches_in_an_s_shape_km": round(s_shape / 1e6, 2),
                "metres_a_line": round(walk / 1000 / allocated, 2),
            },
        ),
        Result(
            name="waves.release",
            value=release_time.seconds,
            unit="s",
            baseline=bare_seconds,
            ratio=bare_seconds / release_time.seconds,
            detail={"lines": allocated, "queries": releasing.count},
        ),
    ]


def _by_rule(warehouse_id: int, criteria: WaveCriteria) -> tuple[float, WavePlan]:
    """The same orders planned by the plain rule: seconds and plan."""
    orders = candidates(warehouse_id, criteria)
    picks = previews(warehouse_id, [order.id for order in orders], criteria.policy)
    problem = problem_of(walking_geometry(warehouse_id), criteria, orders, picks)
    with stopwatch() as watch:
        plan = SeedWavePlanner().plan(problem)
    return watch.seconds, plan


def _bare(database: psycopg.Connection[Any]) -> float:
    """Seconds that psycopg needs to write what the release wrote; nothing of it is kept."""
    tables = ("allocation", "pick_task")
    copied = {table: replay.table_rows(database, table) for table in tables}
    stock = _pairs(database, "select id, allocated from stock where allocated > 0")
    lines = _pairs(database, "select id, allocated from fulfilment_line where allocated > 0")
    orders = _pairs(database, "select order_line_id, allocated from fulfilment_line where allocated > 0")
    database.execute("delete from pick_task")
    database.execute("delete from allocation")
    with stopwatch() as watch:
        for table, pairs in (("stock", stock), ("fulfilment_line", lines), ("sales_order_line", orders)):
            database.execute(
                f"update {table} t set allocated = d.units from unnest(%s::bigint[], %s::bigint[]) as d(id, units)"
                " where t.id = d.id",
                pairs,
            )
        for table in tables:
            replay.copy_rows(database, table, *copied[table])
    database.rollback()
    return watch.seconds


def _pairs(database: psycopg.Connection[Any], query: str) -> Sequence[list[int]]:
    rows = database.execute(query).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]
