"""A supplier's record under a plan: read before a lot is inspected, moved on after it was judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_quality import InspectionStateConflict, PlanNotFound
from hecang.inbound.sampling import switching
from hecang.inbound.sampling.switching import Record
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional

#: plan, SKU, supplier
Key = tuple[int, int, int | None]

_COLUMNS = "r.severity, r.recent, r.score, r.refused_tightened, r.accepted_in_row, r.skipped_in_row, r.lots, r.lots_refused"
_READ = f"""
SELECT r.plan_id, r.sku_id, r.supplier_id, {_COLUMNS}
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS a (plan_id, sku_id, supplier_id)
JOIN inspection_record r ON r.plan_id = a.plan_id AND r.sku_id = a.sku_id
    AND r.supplier_id IS NOT DISTINCT FROM a.supplier_id
"""  # noqa: S608 - constants of this module
_ENSURE = """
INSERT INTO inspection_record (plan_id, sku_id, supplier_id, severity, recent, score, refused_tightened, accepted_in_row,
    skipped_in_row, lots, lots_refused, changed_at)
SELECT plan_id, sku_id, supplier_id, 'normal', '{}', 0, 0, 0, 0, 0, 0, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS a (plan_id, sku_id, supplier_id)
ORDER BY plan_id, sku_id, supplier_id ON CONFLICT (plan_id, sku_id, supplier_id) DO NOTHING
"""
_SAVE = """
UPDATE inspection_record r SET severity = %s, recent = %s::boolean[], score = %s, refused_tightened = %s,
    accepted_in_row = %s, skipped_in_row = %s, lots = %s, lots_refused = %s, changed_at = %s
WHERE r.plan_id = %s AND r.sku_id = %s AND r.supplier_id IS NOT DISTINCT FROM %s::bigint
"""


def _record(row: tuple[Any, ...]) -> Record:
    return Record(row[0], tuple(row[1]), *row[2:])


def records_read(keys: Collection[Key]) -> dict[Key, Record]:
    """The records of these, a fresh one where there is none yet. One statement, no locks."""
    if not keys:
        return {}
    rows = fetch(_READ, columns(sorted(keys, key=_order), 3))
    found = {(row[0], row[1], row[2]): _record(row[3:]) for row in rows}
    return {key: found.get(key, Record()) for key in keys}


def records_lock(keys: Collection[Key]) -> dict[Key, Record]:
    """The same, made where missing and locked in order."""
    if not keys:
        return {}
    wanted = columns(sorted(keys, key=_order), 3)
    execute(_ENSURE, [clock.now(), *wanted])
    rows = fetch(f"{_READ} ORDER BY r.id FOR NO KEY UPDATE OF r", wanted)
    return {(row[0], row[1], row[2]): _record(row[3:]) for row in rows}


def records_save(records: Mapping[Key, Record]) -> None:
    """Write locked records. One statement each: few plans move at a time."""
    now = clock.now()
    for key, record in records.items():
        execute(
            _SAVE,
            [
                record.severity, list(record.recent), record.score, record.refused_tightened, record.accepted_in_row,
                record.skipped_in_row, record.lots, record.lots_refused, now, *key,
            ],
        )  # fmt: skip


def records_skip(skips: Mapping[Key, int]) -> None:
    """Lots came in uninspected: count them. One statement for any number."""
    if skips:
        rows = [(*key, count) for key, count in sorted(skips.items(), key=lambda one: _order(one[0]))]
        execute(
            "UPDATE inspection_record r SET skipped_in_row = r.skipped_in_row + a.lots, changed_at = %s"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::integer[]) AS a (plan_id, sku_id, supplier_id, lots)"
            " WHERE r.plan_id = a.plan_id AND r.sku_id = a.sku_id AND r.supplier_id IS NOT DISTINCT FROM a.supplier_id",
            [clock.now(), *columns(rows, 4)],
        )


@transactional
def record_restart(*, record_id: int, note: str = "") -> None:
    """Inspect a stopped supplier's lots again, tightened, since it has shown what it improved.

    Locks the record. Raises :class:`PlanNotFound`, :class:`InspectionStateConflict` where it is not stopped.
    """
    row = fetch_one(
        f"SELECT r.plan_id, r.sku_id, r.supplier_id, {_COLUMNS} FROM inspection_record r WHERE r.id = %s"  # noqa: S608 - constants of this module
        " FOR NO KEY UPDATE",
        [record_id],
    )
    if row is None:
        raise PlanNotFound(_("There is no such record of inspections. Load the list again."))
    record = _record(row[3:])
    if record.severity != switching.STOPPED:
        raise InspectionStateConflict(
            _("Inspection of these goods is not stopped, so there is nothing to restart.")
        )
    records_save({(row[0], row[1], row[2]): switching.restarted(record)})
    audit_record(
        action="inbound.inspection_record.restarted",
        entity_kind="inspection_record",
        entity_id=record_id,
        before={"severity": record.severity},
        after={"severity": switching.TIGHTENED, "note": note[:200]},
    )


def _order(key: Sequence[Any]) -> tuple[int, int, int]:
    return key[0], key[1], key[2] or 0
