"""Inspections from the dock to the decision's door: opened by what arrives, begun, answered."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.inbound.errors_quality import InspectionNotFound, InspectionStateConflict, ResultInvalid
from hecang.inbound.models import DefectClass, InspectionState, Sampling, Severity
from hecang.inbound.sampling import plans as tables
from hecang.inbound.sampling.plans import SamplingPlan
from hecang.inbound.services.checklists import Answer, Item, items_of, judged
from hecang.inbound.services.plans import PlanFacts, plans_read
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.sequences import numbers
from hecang.work.services import TaskIn, tasks_cancel, tasks_create
from hecang.work.services.managing import tasks_resize

#: What tasks of the pool say they are about.
SUBJECT = "inspection"
CLASSES = tuple(DefectClass.values)

_OPEN = """
INSERT INTO inspection (number, state, warehouse_id, owner_id, sku_id, lot_id, supplier_id, plan_id, receipt_id,
    receipt_line_id, purchase_line_id, quantity, accepted, rejected, severity, sample_size, limits, checklist, inspected,
    critical, major, minor, decision, rejected_to, reason, decided_by, created_by, created_at)
SELECT n.number, n.state, n.warehouse_id, n.owner_id, n.sku_id, n.lot_id, n.supplier_id, n.plan_id, n.receipt_id,
    n.receipt_line_id, n.purchase_line_id, n.quantity, 0, 0, n.severity, 0, '{}', n.checklist, 0, 0, 0, 0, '', '', '',
    '', %s, %s
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::jsonb[])
    AS n (number, state, warehouse_id, owner_id, sku_id, lot_id, supplier_id, plan_id, receipt_id, receipt_line_id,
          purchase_line_id, quantity, severity, checklist)
ON CONFLICT (receipt_id, sku_id, lot_id, owner_id, state)
    WHERE receipt_id IS NOT NULL AND state IN ('waiting', 'skipped')
DO UPDATE SET quantity = inspection.quantity + excluded.quantity
RETURNING id, state, receipt_id, sku_id, lot_id, owner_id, quantity, plan_id, severity, (xmax = 0), number, warehouse_id
"""
_PARTS = """
INSERT INTO inspection_part (inspection_id, location_id, container_id, quantity)
SELECT inspection_id, location_id, container_id, sum(quantity)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS p (inspection_id, location_id, container_id, quantity)
GROUP BY inspection_id, location_id, container_id ORDER BY inspection_id, location_id, container_id
ON CONFLICT (inspection_id, location_id, container_id) DO UPDATE SET quantity = inspection_part.quantity + excluded.quantity
"""
_SIZES = """
UPDATE inspection i SET sample_size = s.size, limits = s.limits
FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS s (id, size, limits) WHERE i.id = s.id
"""


@dataclass(frozen=True, slots=True)
class ToInspect:
    """Units that came in, to be inspected or (``skip``) let through by record."""

    warehouse_id: int
    owner_id: int
    sku_id: int
    lot_id: int | None
    supplier_id: int | None
    quantity: int
    location_id: int
    container_id: int | None
    receipt_id: int | None
    receipt_line_id: int | None
    purchase_line_id: int | None
    plan: PlanFacts
    severity: str = Severity.NORMAL.value
    skip: bool = False

    @property
    def lot_key(self) -> tuple[int | None, int, int | None, int]:
        """What one inspection is about: what one receipt brought of one SKU, lot and owner."""
        return (self.receipt_id, self.sku_id, self.lot_id, self.owner_id)


def limits_for(plan: PlanFacts, quantity: int, severity: str) -> dict[str, SamplingPlan]:
    """Defect class → the sampling plan of a lot of this size."""
    if plan.sampling == Sampling.FULL or severity == Severity.STOPPED:
        return dict.fromkeys(CLASSES, tables.whole(quantity))
    if plan.sampling == Sampling.FIXED:
        return dict.fromkeys(CLASSES, tables.fixed(quantity, plan.fixed_size or 1))
    return {
        name: tables.plan_for(
            quantity,
            level=plan.level,
            aql=getattr(plan, f"aql_{name}"),
            severity=severity,
        )
        for name in CLASSES
    }


def limits_stored(plan: PlanFacts, limits: Mapping[str, SamplingPlan]) -> dict[str, Any]:
    """As ``Inspection.limits`` keeps them."""
    return {
        name: {
            "aql": str(getattr(plan, f"aql_{name}").normalize()) if plan.sampling == Sampling.ISO2859 else "",
            "letter": one.letter,
            "size": one.size,
            "accept": one.accept,
            "reject": one.reject,
        }
        for name, one in limits.items()
    }


def inspections_open(arrivals: Sequence[ToInspect]) -> dict[tuple[int | None, int, int | None, int], int]:
    """Begin inspections for what came in, or add to those that wait; key of the lot → id.

    What one receipt brings of a SKU, lot and owner is one lot, however many scans it takes, until somebody begins to
    inspect it. A handful of statements for any number. Puts tasks of the kind ``inspect`` into the pool.
    """
    if not arrivals:
        return {}
    grouped: dict[Any, list[ToInspect]] = defaultdict(list)
    for one in arrivals:
        grouped[(*one.lot_key, one.skip)].append(one)
    heads = [group[0] for group in grouped.values()]
    rows = [
        (
            number, "skipped" if one.skip else "waiting", one.warehouse_id, one.owner_id, one.sku_id, one.lot_id,
            one.supplier_id, one.plan.id, one.receipt_id, one.receipt_line_id, one.purchase_line_id,
            sum(part.quantity for part in group), one.severity, one.plan.checklist,
        )
        for number, one, group in zip(
            numbers("inspection", len(heads)), heads, grouped.values(), strict=True
        )
    ]  # fmt: skip
    made = fetch(_OPEN, [current_actor().name[:100], clock.now(), *columns(rows, 14)])
    ids: dict[tuple[int | None, int, int | None, int], int] = {}
    plan_of = {one.plan.id: one.plan for one in heads}
    sizes, tasks, fresh = [], [], []
    for (
        key,
        state,
        receipt_id,
        sku_id,
        lot_id,
        owner_id,
        quantity,
        plan_id,
        severity,
        is_new,
        number,
        house,
    ) in made:
        ids[receipt_id, sku_id, lot_id, owner_id] = key
        if state == InspectionState.WAITING and plan_id in plan_of:
            plan = plan_of[plan_id]
            limits = limits_for(plan, quantity, severity)
            sizes.append(
                (key, max(one.size for one in limits.values()), json.dumps(limits_stored(plan, limits)))
            )
        if is_new:
            fresh.append((key, None, {"number": number, "quantity": quantity, "state": state}))
            if state == InspectionState.WAITING:
                tasks.append((key, house, sku_id, quantity))
    if sizes:
        execute(_SIZES, columns(sizes, 3))
    parts = [
        (ids[one.lot_key], one.location_id, one.container_id, one.quantity)
        for group in grouped.values()
        for one in group
        if not one.skip
    ]
    if parts:
        execute(_PARTS, columns(parts, 4))
    place = {ids[one.lot_key]: one.location_id for one in arrivals}
    tasks_create(
        tasks=[
            TaskIn(
                kind="inspect",
                warehouse_id=house,
                subject_kind=SUBJECT,
                subject_id=key,
                from_location_id=place[key],
                sku_id=sku_id,
                quantity=quantity,
                priority=80,
            )
            for key, house, sku_id, quantity in tasks
        ]
    )
    audit_record_many(action="inbound.inspection.opened", entity_kind="inspection", entries=fresh)
    return ids


@dataclass(frozen=True, slots=True)
class Standing:
    """An inspection that is locked."""

    id: int
    number: str
    state: str
    warehouse_id: int
    owner_id: int
    sku_id: int
    lot_id: int | None
    supplier_id: int | None
    plan_id: int | None
    receipt_id: int | None
    purchase_line_id: int | None
    quantity: int
    severity: str
    sample_size: int
    limits: dict[str, Any]
    checklist: list[dict[str, Any]]
    inspected: int
    critical: int
    major: int
    minor: int
    inspector_id: int | None

    def bad(self, name: str) -> int:
        return int(getattr(self, name))

    @property
    def passes(self) -> bool:
        """Whether the numbers found so far are within what the plan allows."""
        return all(self.bad(name) < limit["reject"] for name, limit in self.limits.items())


_LOCK = """
SELECT id, number, state, warehouse_id, owner_id, sku_id, lot_id, supplier_id, plan_id, receipt_id, purchase_line_id,
    quantity, severity, sample_size, limits, checklist, inspected, critical, major, minor, inspector_id
FROM inspection WHERE id = %s FOR NO KEY UPDATE
"""


def inspection_lock(inspection_id: int) -> Standing:
    """Lock one and answer its facts. Raises :class:`InspectionNotFound`, also outside the actor's scope."""
    row = fetch_one(_LOCK, [inspection_id])
    if row is None:
        raise InspectionNotFound(_("There is no such inspection, or it lies outside your data scope."))
    found = Standing(*[*row[:14], _loaded(row[14]), _loaded(row[15]), *row[16:]])
    current_actor().scope.require(warehouse=found.warehouse_id, owner=found.owner_id)
    return found


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def require_open(inspection: Standing) -> None:
    """Raise :class:`InspectionStateConflict` where there is nothing more to inspect."""
    if inspection.state not in (InspectionState.WAITING, InspectionState.IN_PROGRESS):
        raise InspectionStateConflict(
            _("Inspection %(number)s is %(state)s; nothing about it can be changed any more.")
            % {"number": inspection.number, "state": InspectionState(inspection.state).label},
            data={"state": inspection.state},
        )


@transactional
def inspection_start(*, inspection_id: int) -> None:
    """The actor begins to inspect: what still comes of the receipt is another lot from now on. Repeating it is fine.

    Locks the inspection. Raises :class:`InspectionNotFound`, :class:`InspectionStateConflict` (decided, or another
    inspector has begun; a manager takes it over by giving it back first).
    """
    found = inspection_lock(inspection_id)
    require_open(found)
    actor = current_actor()
    if found.state == InspectionState.IN_PROGRESS and found.inspector_id is not None:
        if found.inspector_id != actor.user_id:
            raise InspectionStateConflict(
                _("Somebody else is inspecting %(number)s. Take another one, or ask for it to be given back.")
                % {"number": found.number}
            )
        return
    execute(
        "UPDATE inspection SET state = 'in_progress', inspector_id = %s, started_at = coalesce(started_at, %s)"
        " WHERE id = %s",
        [actor.user_id, clock.now(), inspection_id],
    )
    audit_record(action="inbound.inspection.started", entity_kind="inspection", entity_id=inspection_id)


@transactional
def inspection_give_back(*, inspection_id: int) -> None:
    """Nobody inspects it now; what was answered stays. Locks the inspection."""
    found = inspection_lock(inspection_id)
    if found.state != InspectionState.IN_PROGRESS:
        return
    # Still waiting means open to more units of its receipt; a lot that was looked at is not.
    execute("UPDATE inspection SET inspector_id = NULL WHERE id = %s", [inspection_id])
    audit_record(action="inbound.inspection.given_back", entity_kind="inspection", entity_id=inspection_id)


@dataclass(frozen=True, slots=True)
class ResultIn:
    """One answer, or (without ``item``) one defect besides.

    :param unit: number of the unit in the sample; 0 for the lot as a whole.
    :param value: ``yes``, ``no``, a number, a text or the id of a photo, by the item's kind.
    :param units: how many units have the defect.
    """

    item: str = ""
    value: str = ""
    unit: int = 0
    defect_class: str = ""
    units: int = 1
    note: str = ""
    photo: str = ""


_RESULT = """
INSERT INTO inspection_result (inspection_id, item, unit, is_good, value, text, photo, defect_class, defect_units, by, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (inspection_id, item, unit) WHERE NOT (item = '')
DO UPDATE SET is_good = excluded.is_good, value = excluded.value, text = excluded.text, photo = excluded.photo,
    defect_class = excluded.defect_class, defect_units = excluded.defect_units, by = excluded.by, at = excluded.at
RETURNING id
"""
#: A unit with several defects counts once, in its worst class; defects besides count as they are given.
_COUNT = """
WITH worst AS (
    SELECT unit, CASE min(CASE defect_class WHEN 'critical' THEN 1 WHEN 'major' THEN 2 ELSE 3 END)
        WHEN 1 THEN 'critical' WHEN 2 THEN 'major' ELSE 'minor' END AS class
    FROM inspection_result WHERE inspection_id = %(id)s AND NOT is_good AND unit > 0 GROUP BY unit
), counted AS (
    SELECT class, count(*)::bigint AS units FROM worst GROUP BY class
    UNION ALL
    SELECT defect_class, sum(defect_units)::bigint FROM inspection_result
    WHERE inspection_id = %(id)s AND NOT is_good AND unit = 0 GROUP BY defect_class
)
UPDATE inspection SET
    critical = coalesce((SELECT sum(units) FROM counted WHERE class = 'critical'), 0),
    major = coalesce((SELECT sum(units) FROM counted WHERE class = 'major'), 0),
    minor = coalesce((SELECT sum(units) FROM counted WHERE class = 'minor'), 0)
WHERE id = %(id)s
"""


@transactional
def inspection_answer(*, inspection_id: int, result: ResultIn) -> bool:
    """Write one answer (again: instead of the one before) and count the defects anew; whether it is good.

    Begins the inspection where nobody has. Locks it. Raises :class:`InspectionStateConflict`,
    :class:`ResultInvalid` for an unknown item, no number, or more bad units than the lot has.
    """
    inspection_start(inspection_id=inspection_id)
    found = inspection_lock(inspection_id)
    if not 0 <= result.unit <= found.quantity or not 1 <= result.units <= found.quantity:
        raise ResultInvalid(
            _("The lot has %(units)s units; a defect can concern no more than that.")
            % {"units": found.quantity}
        )
    answer, defect_class = _judged(found, result)
    execute(
        _RESULT,
        [
            inspection_id, result.item, result.unit, answer.is_good, answer.value,
            (result.note or answer.text)[:500], (result.photo or answer.photo)[:64],
            "" if answer.is_good else defect_class, 0 if answer.is_good else result.units,
            current_actor().name[:100], clock.now(),
        ],
    )  # fmt: skip
    execute(_COUNT, {"id": inspection_id})
    return answer.is_good


def _judged(inspection: Standing, result: ResultIn) -> tuple[Answer, str]:
    if not result.item:
        if result.defect_class not in CLASSES:
            raise ResultInvalid(_("Say whether the defect is critical, major or minor."))
        return Answer(False, text=result.value[:500]), result.defect_class
    items: dict[str, Item] = {item.code: item for item in items_of(inspection.checklist)}
    item = items.get(result.item)
    if item is None:
        raise ResultInvalid(
            _("The checklist of %(number)s has no item “%(item)s”. Load the inspection again.")
            % {"number": inspection.number, "item": result.item[:32]}
        )
    return judged(item, result.value), result.defect_class or item.defect_class


@transactional
def inspection_count(*, inspection_id: int, inspected: int) -> None:
    """So many units have been looked at. Locks the inspection. Raises :class:`ResultInvalid` beyond the lot."""
    inspection_start(inspection_id=inspection_id)
    found = inspection_lock(inspection_id)
    if not 0 <= inspected <= found.quantity:
        raise ResultInvalid(
            _("The lot has %(units)s units; no more than that can be looked at.") % {"units": found.quantity}
        )
    execute("UPDATE inspection SET inspected = %s WHERE id = %s", [inspected, inspection_id])


def open_items(inspection_id: int, checklist: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Required items without an answer. One statement."""
    answered = {
        row[0]
        for row in fetch(
            "SELECT DISTINCT item FROM inspection_result WHERE inspection_id = %s AND NOT (item = '')",
            [inspection_id],
        )
    }
    return [item for item in items_of(checklist) if item.required and item.code not in answered]


_WITHDRAWN = """
SELECT i.id, i.state, i.quantity, w.position
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
    AS w (receipt_id, sku_id, lot_id, owner_id, position)
JOIN inspection i ON i.receipt_id = w.receipt_id AND i.sku_id = w.sku_id AND i.owner_id = w.owner_id
    AND i.lot_id IS NOT DISTINCT FROM w.lot_id AND i.state IN ('waiting', 'in_progress', 'skipped')
ORDER BY i.id FOR NO KEY UPDATE OF i
"""
_LESS = """
UPDATE inspection i SET quantity = i.quantity - n.units, inspected = least(i.inspected, i.quantity - n.units),
    state = CASE WHEN i.quantity = n.units THEN 'cancelled' ELSE i.state END
FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, units) WHERE i.id = n.id
RETURNING i.id, i.state, i.quantity, i.plan_id, i.severity
"""
_PARTS_LESS = """
UPDATE inspection_part p SET quantity = greatest(p.quantity - n.units, 0)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS n (inspection_id, location_id, container_id, units)
WHERE p.inspection_id = n.inspection_id AND p.location_id = n.location_id
    AND p.container_id IS NOT DISTINCT FROM n.container_id
"""


def inspections_withdraw(
    withdrawn: Collection[tuple[tuple[int | None, int, int | None, int], int, int, int | None]],
) -> None:
    """Units are gone again, booked by mistake or sent back: (key of the lot, units, location, container).

    Takes them from inspections that are not decided, first from those that nobody has begun; one left without units is
    cancelled, of the others so many are looked at as a lot of that size asks for. A fixed number of statements. Locks the
    inspections and their tasks.
    """
    keys = [key for key, *_rest in withdrawn]
    found = fetch(_WITHDRAWN, columns(keys, 4))
    room = {row[0]: row[2] for row in found}
    standing: dict[int, list[int]] = defaultdict(list)
    for key, _state, _quantity, position in sorted(
        found, key=lambda row: (row[1] == InspectionState.IN_PROGRESS, -row[0])
    ):
        standing[position].append(key)
    less: Counter[int] = Counter()
    parts: Counter[tuple[int, int, int | None]] = Counter()
    for position, (_key, units, location_id, container_id) in enumerate(withdrawn, 1):
        left = units
        for key in standing[position]:
            taken = min(left, room[key])
            if taken:
                room[key] -= taken
                left -= taken
                less[key] += taken
                parts[key, location_id, container_id] += taken
    if not less:
        return
    changed = fetch(_LESS, columns(sorted(less.items()), 2))
    execute(_PARTS_LESS, columns(((*place, units) for place, units in parts.items()), 4))
    tasks_cancel(
        subjects=[(SUBJECT, row[0]) for row in sorted(changed) if row[1] == InspectionState.CANCELLED],
        kind="inspect",
    )
    _resize([row for row in changed if row[1] in (InspectionState.WAITING, InspectionState.IN_PROGRESS)])


def _resize(rows: Sequence[tuple[Any, ...]]) -> None:
    """(id, state, units, plan, severity) of inspections that have become smaller: sample, limits and tasks with them."""
    if not rows:
        return
    plans = plans_read(row[3] for row in rows if row[3] is not None)
    sizes = []
    for key, _state, quantity, plan_id, severity in rows:
        if plan_id in plans:
            limits = limits_for(plans[plan_id], quantity, severity)
            stored = json.dumps(limits_stored(plans[plan_id], limits))
            sizes.append((key, max(one.size for one in limits.values()), stored))
    if sizes:
        execute(_SIZES, columns(sizes, 3))
    tasks_resize(sizes={(SUBJECT, row[0]): row[2] for row in rows}, kind="inspect")
