"""A pallet with 500 numbered units in cartons is carried; a lot is called back out of a million ledger entries."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import company
from benchmarks.harness import Context, Result
from hecang.catalog.models import Sku
from hecang.facility.models import Location
from hecang.inventory.models import Lot
from hecang.inventory.services import ContainerIn, PostingIn, container_move, containers_make, stock_post
from hecang.inventory.verify import inventory_verify
from hecang.kernel.actor import SYSTEM
from hecang.kernel.db import execute
from hecang.outbound.selectors.recall import Recalled, recall_figures, recall_rows

NAME = "goods"
SUMMARY = "a pallet with 500 serials is carried; a lot is called back out of a million entries"
CARTONS = 10
UNITS = 50
TURNS = 40
MOVEMENTS = 1_000_000
LOTS = 2_000

# The same rows, as few statements as there are tables; nothing is checked, nobody is asked.
BARE = (
    "update stock set quantity = quantity - 50 where container_id = any(%(boxes)s) and location_id = %(old)s",
    "update stock set quantity = quantity + 50 where container_id = any(%(boxes)s) and location_id = %(new)s",
    """insert into movement (at, sku_id, owner_id, quantity, from_location_id, to_location_id, from_condition,
        to_condition, from_container_id, to_container_id, reason, source_kind, note, actor, request_id)
    select %(at)s, sku_id, owner_id, 50, %(old)s, %(new)s, 'good', 'good', container_id, container_id, 'move', '', '',
        'bench', '' from stock where container_id = any(%(boxes)s) and location_id = %(old)s""",
    """update serial n set stock_id = t.id from stock s, stock t where n.stock_id = s.id and s.container_id = any(%(boxes)s)
        and s.location_id = %(old)s and t.container_id = s.container_id and t.location_id = %(new)s""",
    """insert into movement_serial (movement_id, serial_id, is_presumed)
    select (select max(m.id) from movement m where m.to_container_id = s.container_id), n.id, false
    from serial n join stock s on s.id = n.stock_id where s.container_id = any(%(boxes)s)""",
    "update container set location_id = %(new)s where id = any(%(boxes)s) or id = %(pallet)s",
)

FILL = """
INSERT INTO movement (at, sku_id, lot_id, owner_id, quantity, from_location_id, to_location_id, from_condition,
    to_condition, reason, source_kind, source_id, note, actor, request_id)
SELECT now(), %s, (%s::bigint[])[1 + n %% %s], %s, 1, %s, %s, 'good', 'good', 'ship', 'parcel', n, '', 'bench', ''
FROM generate_series(1, %s) AS n
"""


def run(context: Context) -> list[Result]:
    made = company.build(["PHONE"], units={}, warehouses=1)
    Sku.objects.filter(id=made.skus["PHONE"]).update(is_serial_tracked=True)
    places = list(
        Location.objects.filter(warehouse_id=made.warehouse_ids[0], kind="pick_face").order_by("id")[:2]
    )
    pallet, boxes = _pallet(made, places[0].pk)
    ours = _ours(pallet, [place.pk for place in places])
    with CaptureQueriesContext(connection) as captured:
        container_move(container_id=pallet, to_location_id=places[1].pk)
    container_move(container_id=pallet, to_location_id=places[0].pk)
    if inventory_verify(prefix="inventory.").differences:
        raise RuntimeError("the books differ after the pallet was carried")
    bare = _bare(context.dsn, pallet, boxes, [place.pk for place in places])
    seconds, rows, total = _recall(made, context.sized(MOVEMENTS, least=20_000))
    return [
        Result(
            "goods.pallet_moves", 1 / ours, "moves/s", 1 / bare, bare / ours,
            {"serials": CARTONS * UNITS, "cartons": CARTONS, "statements": len(captured), "ms": round(ours * 1000, 1)},
        ),
        Result(
            "goods.recall", seconds * 1000, "ms",
            detail={"movements": total, "rows": rows},
        ),
    ]  # fmt: skip


def _pallet(made: company.Site, location_id: int) -> tuple[int, list[int]]:
    specs = [
        ContainerIn("pallet", location_id=location_id),
        *(ContainerIn(parent_index=0) for _ in range(CARTONS)),
    ]
    ids = [item.id for item in containers_make(specs=specs)]
    supplier = Location.objects.get(warehouse_id=made.warehouse_ids[0], kind="supplier")
    stock_post(
        entries=[
            PostingIn(
                made.skus["PHONE"], made.owner_id, UNITS, supplier.pk, location_id, "receipt", to_container_id=box,
                serials=tuple(f"{box}-{unit:03}" for unit in range(UNITS)),
            )
            for box in ids[1:]
        ]
    )  # fmt: skip
    return ids[0], ids[1:]


def _ours(pallet: int, places: list[int]) -> float:
    times = []
    for turn in range(TURNS):
        begun = time.perf_counter()
        container_move(container_id=pallet, to_location_id=places[(turn + 1) % 2])
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _bare(dsn: str, pallet: int, boxes: list[int], places: list[int]) -> float:
    times = []
    with psycopg.connect(dsn, prepare_threshold=1) as database:
        for turn in range(TURNS):
            values = {
                "pallet": pallet, "boxes": boxes, "old": places[turn % 2], "new": places[(turn + 1) % 2],
                "at": datetime.now(UTC),
            }  # fmt: skip
            begun = time.perf_counter()
            for statement in BARE:
                database.execute(statement, values)
            database.commit()
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _recall(made: company.Site, movements: int) -> tuple[float, int, int]:
    warehouse_id = made.warehouse_ids[0]
    kinds = dict(
        Location.objects.filter(warehouse_id=warehouse_id, is_virtual=True).values_list("kind", "id")
    )
    shelf = Location.objects.filter(warehouse_id=warehouse_id, kind="pick_face").order_by("id")[2]
    now = datetime.now(UTC)
    lots = Lot.objects.bulk_create(
        [Lot(sku_id=made.skus["PHONE"], code=f"L{number:05}", created_at=now) for number in range(LOTS)]
    )
    ids = [lot.pk for lot in lots]
    execute(FILL, [made.skus["PHONE"], ids, LOTS, made.owner_id, shelf.pk, kinds["customer"], movements])
    execute("ANALYZE movement")
    times = []
    for lot_id in ids[:20]:
        begun = time.perf_counter()
        rows = recall_rows(SYSTEM, Recalled((lot_id,)))
        recall_figures(rows)
        times.append(time.perf_counter() - begun)
    return statistics.median(times), len(rows), movements
