"""Packing and verification 复核: every item is scanned into the open parcel, wrong and surplus ones refused.

A fulfilment has at most one open parcel; sealing it (``sealing``) and scanning on begins the next one, so
a fulfilment may travel in several parcels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.catalog.selectors import barcode_resolve
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.sequences import numbers
from hecang.outbound.models import FulfilmentState
from hecang.outbound.services.pack_judging import PackLine, PackScan, PackState, judge
from hecang.outbound.services.pack_serials import serials_read, serials_write
from hecang.outbound.services.pick_judging import Match
from hecang.outbound.services.scans import ScanResult, scans_known, scans_store

_LINES = """
SELECT fl.fulfilment_id, fl.id, fl.sku_id, s.code,
    fl.picked - coalesce(sum(pl.quantity) FILTER (WHERE p.state <> 'cancelled'), 0)::bigint,
    coalesce(sum(pl.quantity) FILTER (WHERE p.state = 'open'), 0)::bigint
FROM fulfilment_line fl JOIN sku s ON s.id = fl.sku_id
LEFT JOIN parcel_line pl ON pl.fulfilment_line_id = fl.id
LEFT JOIN parcel p ON p.id = pl.parcel_id
WHERE fl.fulfilment_id = ANY(%s) AND fl.picked > 0
GROUP BY fl.fulfilment_id, fl.id, s.code ORDER BY fl.id
"""


@transactional
def packing_scan(*, scans: Sequence[PackScan]) -> list[ScanResult]:
    """Take over scans at packing tables; each gets its own answer, and a refused one has changed nothing.

    The scans may be of several fulfilments. Opens a parcel where none is open. Refuses what is not
    picked, wrong, surplus, or of a stopped order (taking out is always possible).

    A unit with a serial may be scanned by its number; then the books know which one leaves in this parcel.

    Locks fulfilments → parcels → stock and serials where numbers are scanned. The number of statements does not depend on the number of scans.
    """
    scans = list({scan.scan_id: scan for scan in reversed(scans)}.values())[::-1]
    states = fulfilments_lock({scan.fulfilment_id for scan in scans})
    known = scans_known("pack", {scan.scan_id: scan.payload() for scan in scans})
    fresh = [scan for scan in scans if scan.scan_id not in known]
    if fresh:
        codes = sorted({scan.barcode for scan in fresh})
        barcodes = {
            code: Match(found.sku_id, found.quantity) for code, found in barcode_resolve(codes).items()
        }
        tables = _tables(states)
        barcodes |= serials_read(fresh, tables, [code for code in codes if code not in barcodes])
        verdicts = judge(fresh, tables, barcodes)
        parcels = _write(verdicts.changes, tables)
        serials_write(verdicts.serials, parcels)
        payloads = {scan.scan_id: scan for scan in fresh}
        scans_store(
            "pack",
            [
                (result, payloads[result.scan_id].payload(), payloads[result.scan_id].fulfilment_id)
                for result in verdicts.results
            ],
        )
        known |= {result.scan_id: result for result in verdicts.results}
    answers: dict[UUID, ScanResult] = known
    return [answers[scan.scan_id] for scan in scans]


def fulfilments_lock(fulfilment_ids: set[int]) -> dict[int, tuple[str, bool]]:
    """Lock fulfilments: id → (state, is_stopped). Those outside the actor's scope are missing."""
    rows = fetch(
        "SELECT id, state, is_stopped, warehouse_id FROM fulfilment WHERE id = ANY(%s)"
        " ORDER BY id FOR NO KEY UPDATE",
        [sorted(fulfilment_ids)],
    )
    allowed = current_actor().scope.warehouses
    return {row[0]: (row[1], row[2]) for row in rows if allowed is None or row[3] in allowed}


def refusal_of(state: str, is_stopped: bool) -> tuple[str, str] | None:
    """Why nothing of such a fulfilment may be packed now, as (code, message); ``None`` if it may."""
    if is_stopped:
        return "fulfilment_stopped", _("The order is on hold or being cancelled. Put its goods aside.")
    if state in {FulfilmentState.PICKED, FulfilmentState.PACKED}:
        return None
    if state in {FulfilmentState.READY, FulfilmentState.RELEASED}:
        return "not_picked", _("It is not completely picked yet.")
    if state == FulfilmentState.SHIPPED:
        return "already_shipped", _("It has been shipped already.")
    return "fulfilment_cancelled", _("It was cancelled. Put its goods aside; they go back to the shelf.")


def _tables(states: Mapping[int, tuple[str, bool]]) -> dict[int, PackState]:
    lines: dict[int, list[PackLine]] = defaultdict(list)
    for fulfilment_id, *row in fetch(_LINES, [sorted(states)]):
        lines[fulfilment_id].append(PackLine(*row))
    return {
        key: PackState(lines=lines[key], refusal=refusal_of(state, is_stopped))
        for key, (state, is_stopped) in states.items()
    }


def _write(changes: Mapping[tuple[int, int], int], tables: Mapping[int, PackState]) -> dict[int, int]:
    """Bring the open parcels into line with what is boxed now; at most six statements. Fulfilment → parcel."""
    touched = sorted({key for key, units in changes.items() if units})
    if not touched:
        return {}
    parcels = _open_parcels(sorted({fulfilment_id for fulfilment_id, _ in touched}))
    boxed = {(key, line.id): line.boxed for key, table in tables.items() for line in table.lines}
    rows = [
        (parcels[fulfilment_id], line_id, boxed[fulfilment_id, line_id]) for fulfilment_id, line_id in touched
    ]
    execute(
        "DELETE FROM parcel_line l USING unnest(%s::bigint[], %s::bigint[]) AS c (parcel_id, line_id)"
        " WHERE l.parcel_id = c.parcel_id AND l.fulfilment_line_id = c.line_id",
        columns(((row[0], row[1]) for row in rows), 2),
    )
    execute(
        "INSERT INTO parcel_line (parcel_id, fulfilment_line_id, quantity)"
        " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS c (parcel_id, line_id, quantity)"
        " WHERE quantity > 0",
        columns(rows, 3),
    )
    execute(
        "UPDATE parcel p SET unit_count = s.units, expected_weight_g = s.weight_g FROM ("
        "   SELECT x.id, coalesce(sum(l.quantity), 0)::bigint AS units,"
        "          coalesce(sum(l.quantity * fl.unit_weight_g), 0)::bigint AS weight_g"
        "   FROM unnest(%s::bigint[]) AS x (id) LEFT JOIN parcel_line l ON l.parcel_id = x.id"
        "   LEFT JOIN fulfilment_line fl ON fl.id = l.fulfilment_line_id GROUP BY x.id) s WHERE p.id = s.id",
        [sorted(parcels.values())],
    )
    return parcels


def _open_parcels(fulfilment_ids: Sequence[int]) -> dict[int, int]:
    """The open parcel of each of these (locked) fulfilments; made where there is none."""
    found: dict[int, int] = dict(
        fetch(
            "SELECT fulfilment_id, id FROM parcel WHERE fulfilment_id = ANY(%s) AND state = 'open'"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(fulfilment_ids)],
        )
    )
    missing = [key for key in fulfilment_ids if key not in found]
    if missing:
        created = fetch(
            "INSERT INTO parcel (number, fulfilment_id, warehouse_id, state, unit_count, expected_weight_g,"
            " packed_by, created_at)"
            " SELECT n.number, f.id, f.warehouse_id, 'open', 0, 0, '', %s"
            " FROM unnest(%s::text[], %s::bigint[]) AS n (number, fulfilment_id)"
            " JOIN fulfilment f ON f.id = n.fulfilment_id RETURNING fulfilment_id, id",
            [now(), numbers("parcel", len(missing)), missing],
        )
        found |= dict(created)
    return found
