"""10,000 announced lines are received, half of them by lot, and what follows is begun: each scan judged, booked, answered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

import psycopg

from benchmarks import company
from benchmarks.harness import Context, Result, measured, median
from hecang.catalog.models import Sku
from hecang.facility.models import Location
from hecang.inbound.door import GoodsIn
from hecang.inbound.services.announcing import AsnIn, AsnLineIn, asn_create
from hecang.inbound.services.receipts import ReceiptIn, receipt_close, receipt_open
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.undoing import receipt_undo
from hecang.inventory.verify import inventory_verify
from hecang.kernel.db import fetch

NAME = "receiving"
SUMMARY = "10,000 announced lines are received in calls of 1,000 scans, and closed; a call is taken back"
LINES = 10_000
CALL = 1000
UNITS = 12

# What a call wrote, by table: read back before the clock runs, then written once more (at another place, under other codes).
READ = {
    "lot": """select l.code || '-b' as code, l.is_expired, l.created_at, l.sku_id from lot l
        where l.id in (select lot_id from receipt_line where id = any(%s))""",
    "movement": """select at, sku_id, lot_id, owner_id, quantity, from_location_id, {other} as to_location_id, from_condition,
        to_condition, reason, source_kind, source_id, note, actor, request_id from movement
        where id in (select movement_id from receipt_line where id = any(%s))""",
    "stock": """select condition, quantity, allocated, is_sellable, received_at, {other} as location_id, lot_id, owner_id,
        sku_id, warehouse_id from stock where location_id = {place}
        and sku_id in (select sku_id from receipt_line where id = any(%s))""",
    "receipt_line": """select gen_random_uuid() as scan_id, part, quantity, refused, per_package, lot_code, condition, serials,
        at, actor, undone_by, asn_line_id, location_id, lot_id, movement_id, receipt_id, sku_id
        from receipt_line where id = any(%s)""",
    "putaway": """select kind, state, condition, is_whole, quantity, done, strategy, why::text, source_kind, source_id,
        receipt_id, demand::text, priority, done_by, created_by, created_at, {other} as from_location_id, lot_id, owner_id, sku_id,
        warehouse_id from putaway where from_location_id = {place}
        and sku_id in (select sku_id from receipt_line where id = any(%s)) and state <> 'cancelled'""",
}
ADD = (
    "update availability set sellable = sellable + %s where sku_id = any(%s)",
    "update asn_line set received = received + %s where id = any(%s)",
)


def run(context: Context) -> list[Result]:
    size = context.sized(LINES, least=2000)
    codes = [f"R{number:05}" for number in range(size)]
    made = company.build(codes, units={}, warehouses=1)
    ids = [made.skus[code] for code in codes]
    Sku.objects.filter(id__in=ids[::2]).update(is_lot_tracked=True)
    asn = asn_create(
        asn=AsnIn(made.warehouse_ids[0], made.owner_id, tuple(AsnLineIn(sku_id, UNITS) for sku_id in ids))
    )
    receipt = receipt_open(receipt=ReceiptIn(asn_id=asn.id))
    scans = [GoodsIn(uuid4(), sku_id, UNITS, lot_code=f"L{sku_id}") for sku_id in ids]

    _spent, few = measured(lambda: _call(receipt.id, scans[:10]))
    _call(receipt.id, scans[10:CALL])
    seconds: list[float] = []
    many = few
    for start in range(CALL, size, CALL):
        spent, many = measured(partial(_call, receipt.id, scans[start : start + CALL]))
        seconds.append(spent)
    last = [one.scan_id for one in scans[-CALL:]]
    back, undoing = measured(lambda: receipt_undo(receipt_id=receipt.id, scan_ids=last))
    _call(receipt.id, [replace(one, scan_id=uuid4()) for one in scans[-CALL:]])
    closing, _closed = measured(lambda: receipt_close(receipt_id=receipt.id))
    if inventory_verify(prefix="inventory.").differences:
        raise RuntimeError("the books differ after goods were received")
    bare = _bare(context.dsn, receipt.id)
    ours, theirs = CALL / median(seconds), CALL / median(bare)
    return [
        Result(
            "receiving.lines_per_second", ours, "lines/s", theirs, ours / theirs,
            {
                "lines": size, "best": round(CALL / min(seconds)), "best_bare": round(CALL / min(bare)),
                "statements_of_10": few, "statements_of_1000": many,
                "close_ms": round(closing * 1000), "take_back_1000_ms": round(back * 1000), "take_back_statements": undoing,
            },
        )
    ]  # fmt: skip


def _call(receipt_id: int, goods: Sequence[GoodsIn]) -> None:
    """One call, all of it taken in."""
    answers = receipt_receive(receipt_id=receipt_id, goods=goods)
    if any(one.booked != UNITS for one in answers):
        raise RuntimeError("goods that were announced were not taken in")


def _bare(dsn: str, receipt_id: int) -> list[float]:
    """Seconds of each call of the same rows in the same calls: COPY, and an update for what was counted up."""
    lines = fetch(
        "SELECT id, sku_id, asn_line_id FROM receipt_line WHERE receipt_id = %s AND undone_at IS NULL ORDER BY id",
        [receipt_id],
    )
    place, warehouse_id = fetch("SELECT location_id, warehouse_id FROM receipt WHERE id = %s", [receipt_id])[
        0
    ]
    other = Location.objects.filter(warehouse_id=warehouse_id, kind="pick_face").order_by("id")[0].pk
    seconds = []
    with psycopg.connect(dsn, prepare_threshold=1) as database:
        database.execute("analyze")
        for start in range(0, len(lines), CALL):
            call = lines[start : start + CALL]
            rows = {
                table: database.execute(text.format(other=other, place=place), [[line[0] for line in call]])
                for table, text in READ.items()
            }
            written = {
                table: ([column.name for column in found.description or ()], found.fetchall())
                for table, found in rows.items()
            }
            begun = time.perf_counter()
            for table, (names, values) in written.items():
                with database.cursor().copy(f"copy {table} ({', '.join(names)}) from stdin") as copy:
                    for row in values:
                        copy.write_row(row)
            for position, statement in enumerate(ADD, 1):
                database.execute(statement, [UNITS, [line[position] for line in call]])
            database.commit()
            seconds.append(time.perf_counter() - begun)
    return seconds
