"""10,000 pick faces below their minimum are planned; then looked at again with nothing to do; then a wave asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import psycopg

from benchmarks import company, replay
from benchmarks.harness import Context, Result, measured, median, stopwatch
from hecang.facility.models import Location
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel.db import execute, fetch
from hecang.stockkeeping.models import PickFace
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_save
from hecang.stockkeeping.services.replenishing import (
    CHUNK,
    FaceDemand,
    replenishments_for_demand,
    replenishments_plan,
    replenishments_top_up,
)

NAME = "replenishing"
SUMMARY = "10,000 pick faces are planned, looked at again with nothing to do, and asked for by a wave"
FACES = 10_000
#: What each face has and wants, and what two reserve places hold of its SKU: goods go from both.
HAVE, LOW, HIGH, CASE = 12, 24, 72, 12
RESERVE = (36, 120)
WAVE_SKUS = 1_000
LOOKS = 5

# Places in every aisle in turn.
_PLACES = """
WITH spot AS (
    SELECT DISTINCT ON (aisle_id) * FROM location WHERE warehouse_id = %s AND kind = 'pick_face' ORDER BY aisle_id, id
), numbered AS (SELECT *, row_number() OVER (ORDER BY aisle_id) AS turn, count(*) OVER () AS turns FROM spot)
INSERT INTO location (warehouse_id, zone_id, aisle_id, code, kind, side, level, x_mm, y_mm, width_mm, depth_mm, height_mm,
    pick_sequence, is_virtual, is_active)
SELECT l.warehouse_id, l.zone_id, l.aisle_id, %s || lpad(n::text, 6, '0'), %s, '', 1, l.x_mm, l.y_mm, 1000, 1000,
    1000, n, false, true
FROM generate_series(1, %s) AS n JOIN numbered l ON l.turn = 1 + n %% l.turns RETURNING id
"""

#: What planning writes, in the order in which the rows refer to each other, and the column that says which claim.
TABLES = {"replenishment": "id", "task": "subject_id", "task_event": "task_id", "audit_entry": "entity_id"}

# The least that a look at all faces can be: what each has, what comes, what orders have reserved.
BARE_LOOK = """
select f.id, f.min_quantity, a.reserved,
    (select sum(s.quantity - s.allocated) from stock s
      where s.location_id = f.location_id and s.sku_id = f.sku_id and s.is_sellable),
    (select sum(r.quantity - r.moved) from replenishment r
      where r.state = 'open' and r.to_location_id = f.location_id and r.sku_id = f.sku_id)
  from pick_face f join availability a using (warehouse_id, sku_id, owner_id)
 where f.warehouse_id = %(warehouse)s and f.is_active
"""


def run(context: Context) -> list[Result]:
    size = context.sized(FACES, least=1000)
    made = company.build([f"F{number:05}" for number in range(size)], units={}, warehouses=1)
    warehouse_id, sku_ids = made.warehouse_ids[0], list(made.skus.values())
    _fill(made, sku_ids)
    context.say(f"{size} faces and {2 * size} reserve places stocked")

    few, many = _growth(made, sku_ids)
    plan, statements = measured(lambda: replenishments_plan(warehouse_id=warehouse_id))
    ((claims, units),) = fetch("SELECT count(*), sum(quantity)::bigint FROM replenishment")
    if units != size * (HIGH - HAVE):
        raise RuntimeError(f"{units} units were claimed where {size * (HIGH - HAVE)} fit")
    looks = [measured(lambda: replenishments_plan(warehouse_id=warehouse_id)) for _look in range(LOOKS)]
    look = median([one[0] for one in looks])
    with psycopg.connect(context.dsn) as database:
        bare, bare_look = _bare(database, sku_ids), _bare_look(database, warehouse_id)
    if inventory_verify(prefix="stockkeeping.").differences:
        raise RuntimeError("the books differ after planning")
    execute("TRUNCATE replenishment, task CASCADE")
    near = PickFace.objects.order_by("id")[0].location_id
    passing = [
        measured(lambda: replenishments_top_up(warehouse_id=warehouse_id, near_location_id=near))
        for _look in range(LOOKS)
    ]
    asked = [FaceDemand(sku, made.owner_id, HIGH) for sku in sku_ids[: context.sized(WAVE_SKUS, least=100)]]
    wave, of_wave = measured(lambda: replenishments_for_demand(warehouse_id=warehouse_id, demand=asked))
    return [
        Result(
            "replenishing.plan", claims / plan, "claims/s", claims / bare, bare / plan,
            {
                "faces": size, "claims": claims, "seconds": round(plan, 2), "statements": statements,
                "statements_for_10_skus": few, f"statements_for_{CHUNK}_skus": many,
            },
        ),
        Result(
            "replenishing.look", look * 1000, "ms", bare_look * 1000, bare_look / look,
            {"faces": size, "statements": looks[0][1], "best_ms": round(min(one[0] for one in looks) * 1000)},
        ),
        Result(
            "replenishing.in_passing", median([one[0] for one in passing]) * 1000, "ms",
            detail={"skus": 3, "statements": passing[0][1]},
        ),
        Result("replenishing.wave", wave * 1000, "ms", detail={"skus": len(asked), "statements": of_wave}),
    ]  # fmt: skip


def _fill(made: company.Site, sku_ids: Sequence[int]) -> None:
    """A face for each SKU with a little in it, and two reserve places."""
    warehouse_id, owner_id = made.warehouse_ids[0], made.owner_id
    supplier = Location.objects.get(warehouse_id=warehouse_id, kind="supplier").pk
    faces, *reserves = (
        [row[0] for row in fetch(_PLACES, [warehouse_id, letter, kind, len(sku_ids)])]
        for letter, kind in (("N", "pick_face"), ("R", "reserve"), ("S", "reserve"))
    )
    entries = [
        PostingIn(sku, owner_id, units, supplier, place, "receipt")
        for places, units in zip((faces, *reserves), (HAVE, *RESERVE), strict=True)
        for sku, place in zip(sku_ids, places, strict=True)
    ]
    for start in range(0, len(entries), company.POSTING_CHUNK):
        stock_post(entries=entries[start : start + company.POSTING_CHUNK])
    pick_faces_save(
        faces=[
            FaceIn(place, sku, owner_id, LOW, HIGH, CASE) for place, sku in zip(faces, sku_ids, strict=True)
        ]
    )
    execute("ANALYZE")


def _growth(made: company.Site, sku_ids: Sequence[int]) -> tuple[int, int]:
    """Statements for ten SKUs and for a chunk of them; nothing of it stays."""
    counts = []
    for number in (10, CHUNK):
        demand = [FaceDemand(sku, made.owner_id, HIGH) for sku in sku_ids[:number]]
        work = partial(replenishments_for_demand, warehouse_id=made.warehouse_ids[0], demand=demand)
        counts.append(measured(work)[1])
        execute("TRUNCATE replenishment, task CASCADE")
    return counts[0], counts[1]


def _bare(database: psycopg.Connection[Any], sku_ids: Sequence[int]) -> float:
    """Seconds that psycopg needs to write what the plan wrote, in transactions of as many SKUs; nothing is kept."""
    part = {sku: number // CHUNK for number, sku in enumerate(sorted(sku_ids))}
    of_claim = dict(database.execute("select id, sku_id from replenishment").fetchall())
    of_task = {
        key: of_claim[claim] for key, claim in database.execute("select id, subject_id from task").fetchall()
    }
    copied = {}
    for table, column in TABLES.items():
        columns, rows = replay.table_rows(database, table)
        at = columns.index(column)
        if table == "audit_entry":
            kind = columns.index("entity_kind")
            rows = [row for row in rows if row[kind] == "replenishment" and row[at] in of_claim]
        chunks: list[list[tuple[Any, ...]]] = [[] for _ in range(max(part.values()) + 1)]
        for row in rows:
            chunks[part[(of_task if table == "task_event" else of_claim)[row[at]]]].append(row)
        copied[table] = columns, chunks
    database.execute("alter table audit_entry disable trigger user")
    database.execute("delete from audit_entry where entity_kind = 'replenishment'")
    database.execute("alter table audit_entry enable trigger user")
    database.execute("truncate replenishment, task cascade")
    database.commit()
    with stopwatch() as watch:
        for number in range(max(part.values()) + 1):
            for table in TABLES:
                columns, chunks = copied[table]
                replay.copy_rows(database, table, columns, chunks[number])
            database.commit()
    return watch.seconds


def _bare_look(database: psycopg.Connection[Any], warehouse_id: int) -> float:
    """Seconds of one look at all faces, the median of several."""
    times = []
    for _look in range(LOOKS):
        with stopwatch() as watch:
            database.execute(BARE_LOOK, {"warehouse": warehouse_id}).fetchall()
        times.append(watch.seconds)
    return median(times)
