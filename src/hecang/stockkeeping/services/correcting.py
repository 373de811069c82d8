"""Corrections that people make at once where they are small, and ask another person for where they are not.

Stock found or lost (kind ``adjust``), another condition, the end of a stop: all by the limits of stock changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.approvals import Recondition, Waiting
from hecang.inventory.models import Movement, Stock
from hecang.inventory.services import AdjustIn, adjustments_settle, stock_adjust, stock_places_ensure
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.sequences import numbers
from hecang.stockkeeping.models import ChangeKind
from hecang.stockkeeping.selectors.values import unit_values
from hecang.stockkeeping.services.changes import Becomes, Which, change_lines, change_request, needs_approval

_INSERT = """
INSERT INTO stock_change (number, kind, state, warehouse_id, sku_id, location_id, lot_id, container_id, to_condition,
    adjust_reason, reason, units, value, applied_units, requested_by, requested_by_id, requested_at, decided_by,
    decision_note)
VALUES (%s, 'adjust', 'requested', %s, %s, %s, %s, %s, '', %s, %s, %s, %s, 0, %s, %s, %s, '', '') RETURNING id, number
"""
_LINES = """
INSERT INTO stock_change_line (change_id, stock_id, quantity, difference)
SELECT %s, d.stock_id, abs(d.units), d.units FROM unnest(%s::bigint[], %s::bigint[]) AS d (stock_id, units)
"""


class _Tried(Exception):
    """Ends a trial, so that nothing of it stays."""


class ChangeApprovals:
    """Whose word a correction needs: another person's, above the limits of stock changes."""

    def adjust(self, *, adjustments: Sequence[AdjustIn], reason: str) -> list[Waiting]:
        return _adjust(adjustments=adjustments, reason=reason)

    def recondition(self, *, lines: Sequence[Recondition]) -> list[Waiting]:
        return _recondition(lines=lines)

    def release(self, *, hold_id: int) -> list[Waiting]:
        return _release(hold_id=hold_id)


@transactional
def _adjust(*, adjustments: Sequence[AdjustIn], reason: str) -> list[Waiting]:
    """Ask for an adjustment that is too large for one person. What would be refused then is refused now.

    Locks what ``stock_adjust`` locks.
    """
    adjustments = adjustments_settle(adjustments=adjustments)
    differences = [one.change or 0 for one in adjustments]
    worth = unit_values({one.sku_id for one in adjustments})
    units = sum(abs(one) for one in differences)
    value = sum(
        (
            abs(units) * worth.get(one.sku_id, Decimal(0))
            for one, units in zip(adjustments, differences, strict=True)
        ),
        Decimal(0),
    )
    if not needs_approval(ChangeKind.ADJUST.value, units, value):
        return []
    _try(adjustments, reason)
    ids = stock_places_ensure(places=[one.place for one in adjustments])
    by_row: dict[int, int] = defaultdict(int)
    for one, difference in zip(adjustments, differences, strict=True):
        by_row[ids[one.place]] += difference
    places = Stock.objects.filter(id__in=[key for key, units in by_row.items() if units]).values_list(
        "warehouse_id", "sku_id", "location_id", "lot_id", "container_id"
    )
    # What all of them have in common tells people which goods it is about.
    common = [values.pop() if len(values) == 1 else None for values in map(set, zip(*places, strict=True))]
    notes = dict.fromkeys(one.note.strip() for one in adjustments if one.note.strip())
    actor = current_actor()
    row = fetch_one(
        _INSERT,
        [
            numbers("stock_change")[0], *common, reason,
            ("; ".join(notes) or str(Movement.Reason(reason).label))[:200], units, round(value, 2), actor.name[:100],
            actor.user_id, clock.now(),
        ],
    )  # fmt: skip
    assert row is not None
    execute(_LINES, [row[0], *columns(((key, units) for key, units in by_row.items() if units), 2)])
    audit_record(
        action="stockkeeping.change.requested",
        entity_kind="stock_change",
        entity_id=row[0],
        after={"kind": "adjust", "units": units, "value": str(round(value, 2)), "reason": reason},
    )
    return [Waiting(row[0], row[1])]


def _try(adjustments: Sequence[AdjustIn], reason: str) -> None:
    """Post it and take it back: whatever is wrong with it is said to the one who asks."""
    try:
        with transaction.atomic():
            stock_adjust(adjustments=adjustments, reason=reason)
            raise _Tried
    except _Tried:
        return


@transactional
def _recondition(*, lines: Sequence[Recondition]) -> list[Waiting]:
    """Ask for another condition of goods, one request for each; nothing where all of it together is small."""
    by_row: dict[int, int] = defaultdict(int)
    for line in lines:
        by_row[line.stock_id] += line.quantity
    rows = change_lines(Which(stock=by_row))
    worth = unit_values({row.sku_id for row in rows})
    value = sum((worth.get(row.sku_id, Decimal(0)) * by_row[row.stock_id] for row in rows), Decimal(0))
    if not needs_approval(ChangeKind.CONDITION.value, sum(by_row.values()), value):
        return []
    groups: dict[str, list[Recondition]] = defaultdict(list)
    for line in lines:
        groups[line.to_condition].append(line)
    asked = []
    for condition, group in sorted(groups.items()):
        stock: dict[int, int] = defaultdict(int)
        for line in group:
            stock[line.stock_id] += line.quantity
        notes = dict.fromkeys(line.note.strip() for line in group if line.note.strip())
        made = change_request(
            kind=ChangeKind.CONDITION.value,
            which=Which(stock=stock),
            becomes=Becomes(condition=condition),
            reason=("; ".join(notes) or _("Change of condition"))[:200],
            waits=True,
        )
        asked.append(Waiting(made.id, made.number))
    return asked


@transactional
def _release(*, hold_id: int) -> list[Waiting]:
    """Ask for the end of a stop; nothing where it is over, or where so much may be sold again at once.

    Asked again while the first request stands, that one is the answer.
    """
    row = fetch_one("SELECT reason FROM stock_hold WHERE id = %s AND released_at IS NULL", [hold_id])
    if row is None:
        return []
    standing = fetch(
        "SELECT id, number FROM stock_change WHERE kind = 'release' AND state = 'requested' AND hold_id = %s"
        " ORDER BY id LIMIT 1",
        [hold_id],
    )
    if standing:
        return [Waiting(*standing[0])]
    made = change_request(
        kind=ChangeKind.RELEASE.value, which=Which(), becomes=Becomes(hold_id=hold_id), reason=row[0]
    )
    return [Waiting(made.id, made.number)] if made.state == "requested" else []
