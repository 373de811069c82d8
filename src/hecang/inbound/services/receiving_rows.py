"""Rows of receipts: written and read back in sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.inbound.door import GoodsIn, Part
from hecang.inbound.services.receiving_answers import ReceiveResult, message_of
from hecang.inbound.services.receiving_facts import ReceiptFacts
from hecang.inventory.services import ContainerIn, containers_make
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch

#: Between the numbers of a list within one text: an array of arrays cannot be unnested row by row.
_SEPARATOR = "\x1f"

_LINES = """
INSERT INTO receipt_line (receipt_id, scan_id, part, sku_id, quantity, refused, packages, per_package, lot_id, lot_code,
    produced_on, expires_on, condition, location_id, container_id, serials, asn_line_id, purchase_line_id, movement_id,
    at, actor, undone_by)
SELECT %s, n.scan_id, n.part, n.sku_id, n.quantity, n.refused, n.packages, n.per_package, n.lot_id, n.lot_code,
    n.produced_on, n.expires_on, n.condition, CASE WHEN n.quantity > 0 THEN r.location_id END, n.container_id,
    CASE WHEN n.serials = '' THEN '{}' ELSE string_to_array(n.serials, chr(31)) END, n.asn_line_id,
    n.purchase_line_id, n.movement_id, %s, %s, ''
FROM unnest(%s::uuid[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::integer[], %s::integer[],
    %s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[],
    %s::bigint[]) WITH ORDINALITY
    AS n (scan_id, part, sku_id, quantity, refused, packages, per_package, lot_id, lot_code, produced_on, expires_on,
          condition, container_id, serials, asn_line_id, purchase_line_id, movement_id, position)
CROSS JOIN receipt r WHERE r.id = %s ORDER BY n.position
RETURNING id
"""
_KNOWN = """
SELECT l.scan_id, l.receipt_id, l.id, l.sku_id, l.quantity, l.refused, l.condition, l.lot_code, l.serials,
    l.undone_at IS NOT NULL, coalesce(d.found, '{}')
FROM receipt_line l LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(x.kind, x.quantity) AS found FROM discrepancy x WHERE x.receipt_line_id = l.id) d ON true
WHERE l.scan_id = ANY(%s::uuid[]) ORDER BY l.scan_id, l.part
"""
_DISCREPANCIES = """
INSERT INTO discrepancy (receipt_id, kind, state, warehouse_id, owner_id, supplier_id, receipt_line_id, asn_line_id,
    purchase_line_id, sku_id, barcode, quantity, is_booked, detail, note, found_by, found_at, decision, decided_by)
SELECT %s, n.kind, 'open', %s, %s, %s, n.line_id, n.asn_line_id, n.purchase_line_id, n.sku_id, '', n.quantity,
    n.is_booked, n.detail, n.note, %s, %s, '', ''
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::jsonb[],
    %s::text[]) WITH ORDINALITY
    AS n (kind, line_id, asn_line_id, purchase_line_id, sku_id, quantity, is_booked, detail, note, position)
ORDER BY n.position RETURNING id, receipt_line_id
"""
_COUNT = """
UPDATE receipt r SET line_count = s.lines, unit_count = s.units, refused_units = s.refused,
    discrepancy_count = (SELECT count(*) FROM discrepancy d WHERE d.receipt_id = r.id), updated_at = %s
FROM (
    SELECT count(*) AS lines, coalesce(sum(quantity), 0) AS units, coalesce(sum(refused), 0) AS refused
    FROM receipt_line WHERE receipt_id = %s AND undone_at IS NULL
) s WHERE r.id = %s
"""
_ASN_LINES = """
UPDATE asn_line l SET received = l.received + n.units
FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, units) WHERE l.id = n.id
"""
_ASN = """
UPDATE asn a SET received_units = a.received_units + %s, updated_at = %s,
    state = CASE WHEN a.state IN ('announced', 'receiving')
        THEN CASE WHEN a.received_units + %s > 0 THEN 'receiving' ELSE 'announced' END ELSE a.state END
WHERE a.id = %s
"""
_ARRIVED = """
UPDATE asn_container c SET arrived_at = coalesce(c.arrived_at, %s)
WHERE c.asn_id = %s AND c.code = ANY(%s::text[])
"""
_KINDS = "SELECT code, kind FROM asn_container WHERE asn_id = %s AND code = ANY(%s::text[])"


@dataclass(slots=True)
class LineRow:
    """A part of a scan, to be written.

    :param number: of the part within its scan.
    """

    goods: GoodsIn
    number: int
    part: Part
    lot_id: int | None
    lot_code: str
    expires_on: date | None
    container_id: int | None
    movement_id: int | None = None


def lines_write(receipt_id: int, rows: Sequence[LineRow]) -> list[int]:
    """Write the lines; their ids in order. One statement."""
    values = (
        (
            row.goods.scan_id, row.number, row.goods.sku_id, row.part.quantity, row.part.refused, row.goods.packages,
            row.goods.per_package, row.lot_id, row.lot_code, row.goods.produced_on, row.expires_on, row.part.condition,
            row.container_id, _SEPARATOR.join(row.part.serials), row.part.asn_line_id, row.part.purchase_line_id,
            row.movement_id,
        )
        for row in rows
    )  # fmt: skip
    written = fetch(
        _LINES, [receipt_id, clock.now(), current_actor().name[:100], *columns(values, 17), receipt_id]
    )
    return sorted(row[0] for row in written)


def scans_known(receipt_id: int, goods: Sequence[GoodsIn]) -> dict[UUID, ReceiveResult]:
    """First answers of the scans that have one; an id that came with other goods is refused. One statement."""
    asked = {one.scan_id: one for one in goods}
    parts: dict[UUID, list[tuple[Any, ...]]] = {}
    for found_row in fetch(_KNOWN, [list(asked)]):
        parts.setdefault(found_row[0], []).append(found_row[1:])
    known = {}
    for scan_id, rows in parts.items():
        one = asked[scan_id]
        units = sum(row[3] + row[4] for row in rows)
        if (
            any(row[0] != receipt_id or row[2] != one.sku_id for row in rows)
            or units != one.quantity
            or (one.lot_code and rows[0][6] and rows[0][6] != one.lot_code)
        ):
            known[scan_id] = ReceiveResult(
                scan_id, False, "scan_id_reused",
                _("This scan id was used for another scan. Send a new scan with an id of its own."),
            )  # fmt: skip
            continue
        found: Counter[str] = Counter()
        conditions: Counter[str] = Counter()
        for row in rows:
            found.update(json.loads(row[9]) if isinstance(row[9], str) else row[9])
            if row[3]:
                conditions[row[5]] += row[3]
        booked, left_out = sum(row[3] for row in rows), sum(row[4] for row in rows)
        known[scan_id] = ReceiveResult(
            scan_id, True, "" if booked else "left_at_the_door", message_of(booked, left_out, found), booked, left_out,
            dict(found), dict(conditions), rows[0][6], tuple(row[1] for row in rows), True, rows[0][8],
        )  # fmt: skip
    return known


def discrepancies_write(receipt: ReceiptFacts, rows: Sequence[LineRow], line_ids: Sequence[int]) -> None:
    """Write what was found, with the pictures that came along. Two statements at most."""
    values = [
        (
            found.kind, line_id, row.part.asn_line_id, row.part.purchase_line_id, row.goods.sku_id, found.quantity,
            bool(row.part.quantity), json.dumps(dict(found.detail), ensure_ascii=False, default=str),
            row.goods.note[:500],
        )
        for row, line_id in zip(rows, line_ids, strict=True)
        for found in row.part.found
    ]  # fmt: skip
    if not values:
        return
    written = fetch(
        _DISCREPANCIES,
        [
            receipt.id, receipt.warehouse_id, receipt.owner_id, receipt.supplier_id, current_actor().name[:100],
            clock.now(), *columns(values, 9),
        ],
    )  # fmt: skip
    photos = {
        line_id: row.goods.photo_ids
        for row, line_id in zip(rows, line_ids, strict=True)
        if row.goods.photo_ids
    }
    photos_attach([(one, photo) for one, line_id in written for photo in photos.get(line_id, ())])


def photos_attach(pairs: Sequence[tuple[int, int]]) -> None:
    """Add pictures to discrepancies: (discrepancy, photo). Unknown photos are left out."""
    if pairs:
        execute(
            "INSERT INTO discrepancy_photo (discrepancy_id, photo_id)"
            " SELECT n.discrepancy_id, p.id FROM unnest(%s::bigint[], %s::bigint[]) AS n (discrepancy_id, photo_id)"
            " JOIN floor_photo p ON p.id = n.photo_id ON CONFLICT DO NOTHING",
            columns(pairs, 2),
        )


def receipt_count(receipt_id: int) -> None:
    """Bring the totals of a locked receipt up to date."""
    execute(_COUNT, [clock.now(), receipt_id, receipt_id])


def asn_count(receipt: ReceiptFacts, rows: Iterable[LineRow]) -> None:
    """Count booked units on the announcement and its lines (locked). Two statements at most."""
    units: Counter[int] = Counter()
    total = 0
    for row in rows:
        total += row.part.quantity
        if row.part.asn_line_id is not None and row.part.quantity:
            units[row.part.asn_line_id] += row.part.quantity
    asn_add(receipt, units, total)


def asn_add(receipt: ReceiptFacts, units: Counter[int], total: int) -> None:
    """Add units (or take them back) on a locked announcement and its lines."""
    if receipt.asn_id is None:
        return
    if units:
        execute(_ASN_LINES, columns(sorted(units.items()), 2))
    execute(_ASN, [total, clock.now(), total, receipt.asn_id])


def containers_ensure(receipt: ReceiptFacts, known: dict[str, int], codes: Sequence[str]) -> dict[str, int]:
    """code → id of the containers that goods come in; those that are new are made where the goods stand."""
    missing = sorted(set(codes) - {""} - set(known))
    if not missing:
        return known
    kinds = dict(fetch(_KINDS, [receipt.asn_id, missing])) if receipt.asn_id is not None else {}
    made = containers_make(
        specs=[
            ContainerIn(code=code, kind=kinds.get(code, "carton"), location_id=receipt.location_id)
            for code in missing
        ]
    )
    return known | {one.code: one.id for one in made}


def containers_arrive(receipt: ReceiptFacts, codes: Iterable[str]) -> None:
    """Note that announced containers are here."""
    if receipt.asn_id is not None:
        execute(_ARRIVED, [clock.now(), receipt.asn_id, sorted(codes)])
