"""What handhelds have to know of putaways, inspections and returns. One statement each."""
# ruff: noqa: S608 - constants of this module

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hecang.kernel.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class PutawayView:
    """A putaway as a driver sees it."""

    id: int
    state: str
    kind: str
    sku_code: str
    sku_name: str
    unit: str
    lot: str
    expires_on: Any
    condition: str
    container: str
    is_whole: bool
    from_code: str
    to_code: str
    zone: str
    left: int
    strategy: str
    why: dict[str, Any]
    demand: list[dict[str, Any]]
    task_id: int | None
    container_id: int | None = None


_PUTAWAY = """
SELECT p.id, p.state, p.kind, coalesce(k.code, ''), coalesce(k.name, ''), coalesce(k.base_unit, 'pcs'),
    coalesce(t.code, ''), t.expires_on, p.condition, coalesce(c.code, ''), p.is_whole, f.code, coalesce(g.code, ''),
    coalesce(z.name, ''), p.quantity - p.done, p.strategy, p.why::text, p.demand::text,
    (SELECT x.id FROM task x WHERE x.subject_kind = 'putaway' AND x.subject_id = p.id
        AND x.state IN ('open', 'assigned', 'started', 'paused') LIMIT 1), p.container_id
FROM putaway p
JOIN location f ON f.id = p.from_location_id
LEFT JOIN location g ON g.id = p.to_location_id LEFT JOIN zone z ON z.id = g.zone_id
LEFT JOIN sku k ON k.id = p.sku_id LEFT JOIN lot t ON t.id = p.lot_id LEFT JOIN container c ON c.id = p.container_id
"""


def putaway_view(putaway_id: int) -> PutawayView | None:
    """One putaway."""
    row = fetch_one(f"{_PUTAWAY} WHERE p.id = %s", [putaway_id])
    return _view(row) if row else None


def _view(row: tuple[Any, ...]) -> PutawayView:
    return PutawayView(*[*row[:16], json.loads(row[16]), json.loads(row[17]), *row[18:]])


def putaways_for_scan(
    warehouse_id: int,
    user_id: int,
    *,
    sku_id: int | None = None,
    container_id: int | None = None,
    lot_id: int | None = None,
    location_id: int | None = None,
) -> list[PutawayView]:
    """Putaways that are still to be done for what was scanned, those of nobody and one's own; the urgent first."""
    rows = fetch(
        f"{_PUTAWAY} WHERE p.warehouse_id = %s AND p.state IN ('waiting', 'planned', 'stuck')"
        " AND (%s::bigint IS NULL OR p.sku_id = %s::bigint) AND (%s::bigint IS NULL OR p.lot_id = %s::bigint)"
        " AND (%s::bigint IS NULL OR p.container_id = %s::bigint)"
        " AND (%s::bigint IS NULL OR p.from_location_id = %s::bigint)"
        " AND NOT EXISTS (SELECT 1 FROM task x WHERE x.subject_kind = 'putaway' AND x.subject_id = p.id"
        "  AND x.state IN ('assigned', 'started', 'paused') AND x.assignee_id <> %s)"
        " ORDER BY p.priority, p.id LIMIT 20",
        [
            warehouse_id, sku_id, sku_id, lot_id, lot_id, container_id, container_id, location_id, location_id, user_id,
        ],
    )  # fmt: skip
    return [_view(row) for row in rows]


@dataclass(frozen=True, slots=True)
class InspectionView:
    """An inspection as an inspector sees it."""

    id: int
    number: str
    state: str
    sku_code: str
    sku_name: str
    lot: str
    supplier: str
    quantity: int
    sample_size: int
    inspected: int
    severity: str
    limits: dict[str, Any]
    checklist: list[dict[str, Any]]
    critical: int
    major: int
    minor: int
    places: list[str]
    task_id: int | None
    instructions: str


_INSPECTION = """
SELECT i.id, i.number, i.state, k.code, k.name, coalesce(t.code, ''), coalesce(s.name, ''), i.quantity, i.sample_size,
    i.inspected, i.severity, i.limits::text, i.checklist::text, i.critical, i.major, i.minor,
    ARRAY(SELECT l.code FROM inspection_part p JOIN location l ON l.id = p.location_id WHERE p.inspection_id = i.id
          AND p.quantity > 0 ORDER BY l.code LIMIT 5),
    (SELECT x.id FROM task x WHERE x.subject_kind = 'inspection' AND x.subject_id = i.id
        AND x.state IN ('open', 'assigned', 'started', 'paused') LIMIT 1),
    coalesce(n.instructions, '')
FROM inspection i JOIN sku k ON k.id = i.sku_id LEFT JOIN lot t ON t.id = i.lot_id
LEFT JOIN supplier s ON s.id = i.supplier_id LEFT JOIN inspection_plan n ON n.id = i.plan_id
"""


def inspection_view(inspection_id: int) -> InspectionView | None:
    """One inspection."""
    row = fetch_one(f"{_INSPECTION} WHERE i.id = %s", [inspection_id])
    if row is None:
        return None
    return InspectionView(*[*row[:11], json.loads(row[11]), json.loads(row[12]), *row[13:]])


def inspection_for_scan(
    warehouse_id: int, *, inspection_id: int | None, sku_id: int | None, lot_id: int | None
) -> int | None:
    """The inspection that waits for what was scanned."""
    row = fetch_one(
        "SELECT id FROM inspection WHERE warehouse_id = %s AND state IN ('waiting', 'in_progress')"
        " AND (%s::bigint IS NULL OR id = %s::bigint) AND (%s::bigint IS NULL OR sku_id = %s::bigint)"
        " AND (%s::bigint IS NULL OR lot_id = %s::bigint) ORDER BY state DESC, id LIMIT 1",
        [warehouse_id, inspection_id, inspection_id, sku_id, sku_id, lot_id, lot_id],
    )
    return row[0] if row else None


def items_answered(inspection_id: int) -> set[str]:
    """Codes of the items that have an answer for the lot as a whole."""
    rows = fetch(
        "SELECT item FROM inspection_result WHERE inspection_id = %s AND unit = 0 AND NOT (item = '')",
        [inspection_id],
    )
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class ReturnLineView:
    """A line of a return as a receiver sees it."""

    id: int
    sku_id: int
    sku_code: str
    sku_name: str
    expected: int
    received: int
    grade: str
    disposition: str
    disposed: int
    is_unreadable: bool = False


def return_lines(return_id: int) -> list[ReturnLineView]:
    """Lines of a return in their order."""
    rows = fetch(
        "SELECT l.id, l.sku_id, k.code, k.name, l.expected, l.received, l.grade, l.disposition, l.disposed,"
        " coalesce(t.is_expired AND t.expires_on IS NULL, false)"
        " FROM return_line l JOIN sku k ON k.id = l.sku_id LEFT JOIN lot t ON t.id = l.lot_id"
        " WHERE l.goods_return_id = %s ORDER BY l.number",
        [return_id],
    )
    return [ReturnLineView(*row) for row in rows]
