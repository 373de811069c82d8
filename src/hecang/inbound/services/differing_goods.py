"""The goods behind differences: kept in quarantine until each difference of theirs is decided, then released or returned.

Goods that a plan wants inspected may also be in quarantine because of a difference (too many, too short a life, held). Then
two documents speak about them, each about its own question: the inspection about quality, the difference about whether they
are taken at all. They become good when both have said yes, whoever speaks first:

* A difference that is accepted leaves goods to an inspection that is still open.
* An inspection that is decided first leaves the accepted goods of open differences in quarantine (``Inspection.held``) and
  writes down with each (``detail.inspected``) how many of its units it has accepted and refused.
* Goods that are returned because of a difference leave an open inspection.

Inspections are locked before differences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.facility.selectors import virtual_location
from hecang.inbound.errors_receiving import ReceiptLineGone
from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.following import goods_follow
from hecang.inbound.services.inspections import Standing, inspections_withdraw
from hecang.inbound.services.leaving import putaways_lock_at
from hecang.inventory.errors import InsufficientStock
from hecang.inventory.keys import Place
from hecang.inventory.models import Condition, Movement
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel.db import columns, execute, fetch

SOURCE = "discrepancy"

_LOCK = """
SELECT d.id, d.receipt_id, r.number, d.kind, d.state, d.warehouse_id, d.owner_id, d.sku_id, coalesce(s.code, d.barcode),
    d.quantity, d.is_booked, d.decision, d.ticket_id, coalesce((d.detail->>'quarantined')::boolean, false),
    l.lot_id, l.condition, l.location_id, l.container_id, l.undone_at IS NOT NULL, d.receipt_line_id, r.supplier_id,
    (d.detail->'inspected'->>'accepted')::bigint
FROM discrepancy d JOIN receipt r ON r.id = d.receipt_id LEFT JOIN sku s ON s.id = d.sku_id
LEFT JOIN receipt_line l ON l.id = d.receipt_line_id
WHERE d.id = ANY(%s::bigint[]) ORDER BY d.id FOR NO KEY UPDATE OF d
"""
#: Inspections of the lots that differences are about; what was skipped or cancelled says nothing.
_INSPECTIONS = """
SELECT i.id, i.state, i.receipt_id, i.sku_id, i.lot_id, i.owner_id FROM inspection i
WHERE i.state IN ('waiting', 'in_progress', 'decided') AND i.receipt_id IN (
        SELECT d.receipt_id FROM discrepancy d WHERE d.id = ANY(%s::bigint[]))
    AND EXISTS (SELECT 1 FROM discrepancy d JOIN receipt_line l ON l.id = d.receipt_line_id
        WHERE d.id = ANY(%s::bigint[]) AND d.receipt_id = i.receipt_id AND d.sku_id = i.sku_id AND d.owner_id = i.owner_id
            AND l.lot_id IS NOT DISTINCT FROM i.lot_id AND (d.detail->>'quarantined')::boolean)
ORDER BY i.id FOR NO KEY UPDATE OF i
"""
_OTHERS = """
SELECT DISTINCT receipt_line_id FROM discrepancy
WHERE receipt_line_id = ANY(%s::bigint[]) AND state <> 'settled' AND (detail->>'quarantined')::boolean
    AND NOT id = ANY(%s::bigint[])
"""
#: Of a kind of goods what may be taken: where it was booked, then wherever it was carried that is no shelf.
_LYING = """
SELECT w.position, s.location_id, s.container_id, s.condition, s.quantity - s.allocated
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::boolean[])
    WITH ORDINALITY AS w (warehouse_id, sku_id, owner_id, lot_id, condition, location_id, container_id, also_refused, position)
JOIN stock s ON s.warehouse_id = w.warehouse_id AND s.sku_id = w.sku_id AND s.owner_id = w.owner_id
    AND s.lot_id IS NOT DISTINCT FROM w.lot_id AND s.quantity > s.allocated
    AND (s.condition = w.condition OR w.also_refused AND s.condition IN ('quarantine', 'damaged'))
    AND (NOT s.is_sellable OR s.location_id = w.location_id)
ORDER BY w.position, s.condition <> w.condition, s.location_id <> w.location_id,
    s.container_id IS DISTINCT FROM w.container_id, s.id
"""
_HOLDING = """
SELECT d.id, d.receipt_line_id, d.quantity FROM discrepancy d JOIN receipt_line l ON l.id = d.receipt_line_id
WHERE d.receipt_id = %s AND d.sku_id = %s AND d.owner_id = %s AND l.lot_id IS NOT DISTINCT FROM %s::bigint
    AND d.state <> 'settled' AND d.is_booked AND l.undone_at IS NULL
    AND (d.detail->>'quarantined')::boolean AND d.detail->'inspected' IS NULL
ORDER BY d.id FOR NO KEY UPDATE OF d
"""
_INSPECTED = """
UPDATE discrepancy d SET detail = jsonb_set(d.detail, '{inspected}', n.said)
FROM unnest(%s::bigint[], %s::jsonb[]) AS n (id, said) WHERE d.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A discrepancy as it was when it was locked, with where its goods were booked.

    :param inspected: units of it that an inspection has accepted; ``None`` where none has spoken.
    """

    id: int
    receipt_id: int
    receipt_number: str
    kind: str
    state: str
    warehouse_id: int
    owner_id: int
    sku_id: int | None
    code: str
    quantity: int
    is_booked: bool
    decision: str
    ticket_id: int | None
    quarantined: bool
    lot_id: int | None
    condition: str | None
    location_id: int | None
    container_id: int | None
    is_undone: bool
    line_id: int | None
    supplier_id: int | None
    inspected: int | None

    @property
    def lies_here(self) -> bool:
        """Goods of it were booked, and were not taken back."""
        return self.is_booked and self.location_id is not None and not self.is_undone

    @property
    def lot_key(self) -> LotKey:
        """What an inspection calls these goods."""
        return (self.receipt_id, self.sku_id or 0, self.lot_id, self.owner_id)


LotKey = tuple[int | None, int, int | None, int]


def differences_lock(discrepancy_ids: Sequence[int]) -> tuple[list[Locked], dict[LotKey, set[str]]]:
    """Lock differences and, before them, the inspections of their goods; with the states of those by lot."""
    ids = sorted(set(discrepancy_ids))
    states: dict[LotKey, set[str]] = defaultdict(set)
    for _id, state, *key in fetch(_INSPECTIONS, [ids, ids]):
        states[key[0], key[1], key[2], key[3]].add(state)
    return [Locked(*row) for row in fetch(_LOCK, [ids])], states


def differences_release(rows: Sequence[Locked], inspections: Mapping[LotKey, Collection[str]]) -> None:
    """Make good what differences that are accepted now have kept in quarantine, and send it on.

    Left where it lies: what an open inspection decides about, what an inspection has refused, and what another difference
    of the same goods keeps. A fixed number of statements. Locks putaways, then what posting locks.
    """
    found = {row.line_id: row for row in rows if row.lies_here and row.quarantined}
    kept = {row[0] for row in fetch(_OTHERS, [list(found), [row.id for row in rows]])} if found else set()
    due = [
        (row, units)
        for line_id, row in sorted(found.items(), key=lambda item: item[0] or 0)
        if line_id not in kept and (units := _released(row, inspections.get(row.lot_key, ())))
    ]
    taken = _taken(due, also_refused=False)
    _post(taken, [_entry(row, place, units, None) for row, place, units in taken])
    goods_follow(
        arrivals=[
            Arrival(
                row.warehouse_id, place.location_id, place.sku_id, row.owner_id, units, row.supplier_id, row.lot_id,
                place.container_id, Condition.GOOD.value, row.receipt_id,
            )
            for row, place, units in taken
        ]
    )  # fmt: skip


def _released(row: Locked, states: Collection[str]) -> int:
    """Units of an accepted difference that nobody else has a word about."""
    if row.inspected is not None:
        return row.inspected
    return 0 if states else row.quantity


def differences_return(rows: Sequence[Locked], inspections: Mapping[LotKey, Collection[str]]) -> None:
    """Post goods out to the supplier, from wherever they were carried but a shelf; open inspections become smaller.

    A fixed number of statements. Locks tasks, putaways, then what posting locks.

    :raises ReceiptLineGone: they do not lie in the house any more, or on a shelf.
    """
    once = {row.line_id: row for row in rows}
    due = [(row, row.quantity) for row in once.values()]
    taken = _taken(due, also_refused=True)
    left = {row.id: units for row, units in due}
    for row, _place, units in taken:
        left[row.id] -= units
    if short := [key for key, units in left.items() if units]:
        raise ReceiptLineGone(
            _(
                "The goods lie no more where they were received. Change their condition, or send them back, from where"
                " they are now."
            ),
            data={"ids": short},
        )
    inspections_withdraw(
        [
            (row.lot_key, units, place.location_id, place.container_id)
            for row, place, units in taken
            if row.quarantined and row.inspected is None and inspections.get(row.lot_key)
        ]
    )
    outside = {row.warehouse_id: virtual_location(row.warehouse_id, "supplier") for row in once.values()}
    _post(taken, [_entry(row, place, units, outside[row.warehouse_id]) for row, place, units in taken])


def differences_hold(found: Standing, rejected: int) -> int:
    """How many units of an inspection that is decided stay in quarantine, for differences that are not; tells these.

    Refused are the units first that a difference is about. Locks the differences. Two statements.
    """
    if found.receipt_id is None:
        return 0
    rows = fetch(_HOLDING, [found.receipt_id, found.sku_id, found.owner_id, found.lot_id])
    lines: dict[int, list[int]] = defaultdict(list)
    units_of: dict[int, int] = {}
    for key, line_id, units in rows:
        lines[line_id].append(key)
        units_of[line_id] = units
    left, bad_left, held = found.quantity, rejected, 0
    said = []
    for line_id, keys in sorted(lines.items()):
        units = min(units_of[line_id], left)
        bad = min(units, bad_left)
        left, bad_left, held = left - units, bad_left - bad, held + units - bad
        said += [(key, f'{{"accepted": {units - bad}, "rejected": {bad}}}') for key in keys]
    if said:
        execute(_INSPECTED, columns(said, 2))
    return held


Taken = list[tuple[Locked, Place, int]]


def _taken(due: Sequence[tuple[Locked, int]], *, also_refused: bool) -> Taken:
    """Where so many units of each lie; fewer where there are not so many. One statement."""
    if not due:
        return []
    asked = [
        (
            row.warehouse_id, row.sku_id, row.owner_id, row.lot_id, row.condition, row.location_id, row.container_id,
            also_refused and row.quarantined,
        )
        for row, _units in due
    ]  # fmt: skip
    lying: dict[int, list[tuple[Place, int]]] = defaultdict(list)
    for position, location_id, container_id, condition, free in fetch(_LYING, columns(asked, 8)):
        row = due[position - 1][0]
        place = Place(location_id, row.sku_id or 0, row.lot_id, row.owner_id, condition, container_id)
        lying[position].append((place, free))
    spent: dict[Place, int] = defaultdict(int)
    taken: Taken = []
    for position, (row, wanted) in enumerate(due, 1):
        left = wanted
        for place, free in lying[position]:
            units = min(left, free - spent[place])
            if units > 0:
                spent[place] += units
                left -= units
                taken.append((row, place, units))
    return taken


def _entry(row: Locked, place: Place, units: int, outside: int | None) -> PostingIn:
    """Out to the supplier, or (without ``outside``) good where it lies."""
    condition = Condition.GOOD.value if outside is None else place.condition
    return PostingIn(
        place.sku_id, row.owner_id, units, place.location_id, outside or place.location_id,
        (Movement.Reason.CONDITION if outside is None else Movement.Reason.RETURN).value,
        lot_id=row.lot_id, from_condition=place.condition, to_condition=condition,
        from_container_id=place.container_id, to_container_id=place.container_id if outside is None else None,
        source_kind=SOURCE, source_id=row.id,
    )  # fmt: skip


def _post(taken: Taken, entries: Sequence[PostingIn]) -> None:
    if not entries:
        return
    putaways_lock_at({place for _row, place, _units in taken})
    try:
        stock_post(entries=entries)
    except InsufficientStock as error:  # somebody has been quicker
        raise ReceiptLineGone(
            _(
                "The goods lie no more where they were received. Change their condition, or send them back, from where"
                " they are now."
            ),
            data=error.data,
        ) from error
