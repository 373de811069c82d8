"""Changes of condition, owner, lot and SKU, stops and their end: asked for, agreed to, applied in one pass.

Locks: stock change → what inventory locks (documents of shorted reservations, containers, facts, availability, stock).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.models import Condition, Movement
from hecang.inventory.services import (
    AdjustIn,
    Relabel,
    hold_place,
    hold_release,
    stock_adjust,
    stock_relabel,
)
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import Problem
from hecang.kernel.sequences import numbers
from hecang.stockkeeping.errors_changes import ChangeBySame, ChangeEmpty, ChangeInvalid, change_missing
from hecang.stockkeeping.models import ChangeKind
from hecang.stockkeeping.selectors.values import unit_values
from hecang.stockkeeping.states_changes import APPLIED, CANCELLED, REJECTED, REQUESTED, target

#: Rows of one change at most; what is larger is named more narrowly, or by a hold.
MOST = 20_000

#: Kind → (units, value) up to which nobody else is asked, where no policy says otherwise; ``None``: any number.
DEFAULTS: Final[Mapping[str, tuple[int | None, Decimal | None]]] = {
    ChangeKind.CONDITION.value: (100, Decimal(5000)),
    ChangeKind.HOLD.value: (None, None),  # stopping is safe, and must not wait
    ChangeKind.RELEASE.value: (0, Decimal(0)),
    ChangeKind.OWNER.value: (0, Decimal(0)),
    ChangeKind.SKU.value: (0, Decimal(0)),
    ChangeKind.LOT.value: (50, Decimal(2000)),
    ChangeKind.ADJUST.value: (50, Decimal(1000)),  # as differences of counts
}

_REASONS: Final = {
    ChangeKind.CONDITION.value: Movement.Reason.CONDITION.value,
    ChangeKind.OWNER.value: Movement.Reason.ADJUSTMENT.value,
    ChangeKind.SKU.value: Movement.Reason.ADJUSTMENT.value,
    ChangeKind.LOT.value: Movement.Reason.ADJUSTMENT.value,
}

_SELECT = """
WITH RECURSIVE inside AS (
    SELECT c.id FROM container c WHERE c.id = %(container)s::bigint
    UNION SELECT c.id FROM inside i JOIN container c ON c.parent_id = i.id
)
SELECT s.id, s.warehouse_id, s.owner_id, s.sku_id, s.quantity - s.allocated, s.quantity, s.location_id, s.lot_id
FROM stock s LEFT JOIN lot t ON t.id = s.lot_id
WHERE s.quantity > 0
    AND (%(warehouse)s::bigint IS NULL OR s.warehouse_id = %(warehouse)s)
    AND (%(lot)s::bigint IS NULL OR s.lot_id = %(lot)s)
    AND (%(location)s::bigint IS NULL OR s.location_id = %(location)s)
    AND (%(container)s::bigint IS NULL OR s.container_id IN (SELECT id FROM inside))
    AND (%(supplier)s::bigint IS NULL OR t.supplier_id = %(supplier)s)
    AND (%(sku)s::bigint IS NULL OR s.sku_id = %(sku)s)
    AND (%(stock)s::bigint[] IS NULL OR s.id = ANY(%(stock)s::bigint[]))
    AND (%(condition)s::text IS NULL OR s.condition = %(condition)s)
    AND (%(warehouses)s::bigint[] IS NULL OR s.warehouse_id = ANY(%(warehouses)s::bigint[]))
    AND (%(owners)s::bigint[] IS NULL OR s.owner_id = ANY(%(owners)s::bigint[]))
ORDER BY s.id LIMIT %(most)s
"""

# What a change names that does not exist; a filter that matches nothing is told apart from one that names nothing.
_MISSING = """
SELECT d.name FROM (VALUES ('warehouse_id', %(warehouse)s::bigint), ('lot_id', %(lot)s), ('location_id', %(location)s),
    ('container_id', %(container)s), ('supplier_id', %(supplier)s), ('sku_id', %(sku)s), ('to_owner_id', %(to_owner)s),
    ('to_sku_id', %(to_sku)s), ('to_lot_id', %(to_lot)s)) AS d (name, id)
WHERE d.id IS NOT NULL AND NOT CASE d.name
    WHEN 'warehouse_id' THEN EXISTS (SELECT 1 FROM warehouse x WHERE x.id = d.id)
    WHEN 'location_id' THEN EXISTS (SELECT 1 FROM location x WHERE x.id = d.id AND NOT x.is_virtual)
    WHEN 'container_id' THEN EXISTS (SELECT 1 FROM container x WHERE x.id = d.id)
    WHEN 'supplier_id' THEN EXISTS (SELECT 1 FROM supplier x WHERE x.id = d.id)
    WHEN 'to_owner_id' THEN EXISTS (SELECT 1 FROM owner x WHERE x.id = d.id)
    WHEN 'sku_id' THEN EXISTS (SELECT 1 FROM sku x WHERE x.id = d.id)
    WHEN 'to_sku_id' THEN EXISTS (SELECT 1 FROM sku x WHERE x.id = d.id)
    ELSE EXISTS (SELECT 1 FROM lot x WHERE x.id = d.id) END
"""

_INSERT = """
INSERT INTO stock_change (
    number, kind, state, warehouse_id, lot_id, location_id, container_id, supplier_id, sku_id, to_condition, to_owner_id,
    to_sku_id, to_lot_id, hold_id, reason, units, value, applied_units, key, requested_by, requested_by_id, requested_at,
    decided_by, decision_note, adjust_reason
) VALUES (%s, %s, 'requested', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s, %s, %s, '', '', '')
ON CONFLICT (key) DO NOTHING RETURNING id
"""

_LINES = """
INSERT INTO stock_change_line (change_id, stock_id, quantity)
SELECT %s, d.* FROM unnest(%s::bigint[], %s::bigint[]) AS d (stock_id, quantity)
"""

_DIFFERENCES = """
SELECT l.id, l.difference, s.location_id, s.sku_id, s.owner_id, s.lot_id, s.condition, s.container_id
FROM stock_change_line l JOIN stock s ON s.id = l.stock_id WHERE l.change_id = %s ORDER BY l.stock_id
"""

_APPLIED = """
UPDATE stock_change_line l SET applied = d.units
FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, units) WHERE l.id = d.id
"""

_LOCK = """
SELECT id, number, kind, state, warehouse_id, lot_id, location_id, container_id, supplier_id, sku_id, to_condition,
    to_owner_id, to_sku_id, to_lot_id, hold_id, reason, requested_by_id, requested_by, adjust_reason
FROM stock_change WHERE id = %s FOR NO KEY UPDATE
"""

_CLOSE = """
UPDATE stock_change SET state = %s, decided_by = %s, decided_at = %s, decision_note = %s, applied_units = %s,
    hold_id = coalesce(%s, hold_id)
WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class Which:
    """Goods, named by what they have in common; all given ones together.

    :param stock: stock row → units of it, where single rows are meant.
    :param condition: only those that are in this condition now.
    """

    warehouse_id: int | None = None
    lot_id: int | None = None
    location_id: int | None = None
    container_id: int | None = None
    supplier_id: int | None = None
    sku_id: int | None = None
    condition: str | None = None
    stock: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Whether anything narrows it to less than everything."""
        named = (self.lot_id, self.location_id, self.container_id, self.supplier_id, self.sku_id)
        return bool(self.stock) or any(value is not None for value in named)


@dataclass(frozen=True, slots=True)
class Becomes:
    """What the goods are to become; ``hold_id`` of a release names the stop that ends."""

    condition: str = ""
    owner_id: int | None = None
    sku_id: int | None = None
    lot_id: int | None = None
    hold_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """A change as it stands: ``requested`` while it waits for somebody else's word."""

    id: int
    number: str
    state: str
    units: int
    applied_units: int


@dataclass(frozen=True, slots=True)
class StockLine:
    """One row that fits."""

    stock_id: int
    warehouse_id: int
    owner_id: int
    sku_id: int
    free: int
    quantity: int
    location_id: int
    lot_id: int | None


@transactional
def change_request(
    *,
    kind: str,
    which: Which,
    becomes: Becomes,
    reason: str,
    key: UUID | None = None,
    waits: bool = False,
) -> ChangeOutcome:
    """Ask for a change of goods; what is small by the policy of its kind is applied at once.

    Units that are allocated stay as they are promised. Under a key that came before, the first answer is given.

    :param waits: it is a part of something large: another person is asked, however small it is by itself.
    :raises ChangeInvalid: not said which goods, or what they become. ChangeEmpty: nothing fits.
    """
    if key is not None and (known := _known(key)):
        return known
    _require_said(kind, which, becomes)
    lines = _lines(kind, which, becomes)
    _require_known(which, becomes)
    _require_fitting(kind, becomes, {line.sku_id for line, _units in lines})
    if kind not in {ChangeKind.HOLD.value, ChangeKind.RELEASE.value}:
        which = _told(which, [line for line, _units in lines])
    total = sum(units for _line, units in lines)
    worth = unit_values({line.sku_id for line, _units in lines})
    value = sum((worth.get(line.sku_id, Decimal(0)) * units for line, units in lines), Decimal(0))
    actor = current_actor()
    row = fetch_one(
        _INSERT,
        [
            numbers("stock_change")[0], kind, which.warehouse_id, which.lot_id, which.location_id,
            which.container_id, which.supplier_id, which.sku_id, becomes.condition, becomes.owner_id, becomes.sku_id,
            becomes.lot_id, becomes.hold_id, reason, total, round(value, 2), key, actor.name[:100], actor.user_id,
            clock.now(),
        ],
    )  # fmt: skip
    if row is None:
        assert key is not None
        known = _known(key)
        assert known is not None
        return known
    if kind not in {ChangeKind.HOLD.value, ChangeKind.RELEASE.value}:
        execute(_LINES, [row[0], *columns(((line.stock_id, units) for line, units in lines), 2)])
    audit_record(
        action="stockkeeping.change.requested",
        entity_kind="stock_change",
        entity_id=row[0],
        after={"kind": kind, "units": total, "value": str(round(value, 2)), "reason": reason},
    )
    if not waits and not needs_approval(kind, total, value):
        _apply(row[0], note="")
    return _outcome(row[0])


@transactional
def change_approve(*, change_id: int, note: str = "") -> ChangeOutcome:
    """Agree to a change, and apply it: what is free of the goods by now becomes what it is to become.

    A repetition changes nothing.

    :raises ChangeBySame: by whoever asked for it. StateConflict: it was rejected or cancelled.
    """
    row = _lock(change_id)
    if row["state"] == APPLIED:
        return _outcome(change_id)
    actor = current_actor()
    if actor.user_id is not None and actor.user_id == row["requested_by_id"]:
        raise ChangeBySame(
            _("You asked for change %(number)s yourself. Another person has to agree to it.")
            % {"number": row["number"]},
            data={"change_id": change_id},
        )
    _apply(change_id, note=note, row=row)
    return _outcome(change_id)


@transactional
def change_reject(*, change_id: int, note: str) -> ChangeOutcome:
    """Refuse a change; the goods stay what they are."""
    return _end(change_id, "reject", REJECTED, note)


@transactional
def change_cancel(*, change_id: int, note: str = "") -> ChangeOutcome:
    """Take a change back that nobody has agreed to yet."""
    return _end(change_id, "cancel", CANCELLED, note)


@transactional
def change_policy_set(*, kind: str, max_units: int | None, max_value: Decimal | None) -> None:
    """Say from which size on a kind of change needs another person's word; null for any size."""
    before = policies()[kind]
    execute(
        "INSERT INTO change_policy (kind, max_units, max_value, updated_by, updated_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (kind) DO UPDATE SET max_units = excluded.max_units, max_value = excluded.max_value,"
        " updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        [kind, max_units, max_value, current_actor().name[:100], clock.now()],
    )
    audit_record(
        action="stockkeeping.change.policy_set",
        entity_kind="change_policy",
        entity_id=list(DEFAULTS).index(kind),
        before={"kind": kind, "max_units": before[0], "max_value": _text(before[1])},
        after={"kind": kind, "max_units": max_units, "max_value": _text(max_value)},
    )


def policies() -> dict[str, tuple[int | None, Decimal | None]]:
    """Kind → (units, value) up to which nobody else is asked."""
    rows = fetch("SELECT kind, max_units, max_value FROM change_policy")
    return {**DEFAULTS, **{kind: (units, value) for kind, units, value in rows}}


def needs_approval(kind: str, units: int, value: Decimal) -> bool:
    """Whether a change of that size waits for another person."""
    max_units, max_value = policies()[kind]
    return (max_units is not None and units > max_units) or (max_value is not None and value > max_value)


def change_lines(which: Which) -> list[StockLine]:
    """The stock rows that fit, within the actor's scope. One statement.

    :raises ChangeInvalid: there are more than a change may have.
    """
    scope = current_actor().scope
    params = {
        "warehouse": which.warehouse_id,
        "lot": which.lot_id,
        "location": which.location_id,
        "container": which.container_id,
        "supplier": which.supplier_id,
        "sku": which.sku_id,
        "condition": which.condition,
        "stock": list(which.stock) or None,
        "warehouses": None if scope.warehouses is None else list(scope.warehouses),
        "owners": None if scope.owners is None else list(scope.owners),
        "most": MOST + 1,
    }
    rows = fetch(_SELECT, params)
    if len(rows) > MOST:
        raise ChangeInvalid(
            _("More than %(most)s places fit. Name the goods more narrowly, or stop selling them instead.")
            % {"most": MOST},
            code="change_too_large",
        )
    return [StockLine(*row) for row in rows]


def _lines(kind: str, which: Which, becomes: Becomes) -> list[tuple[StockLine, int]]:
    """(row, units of it that are meant)."""
    if kind == ChangeKind.RELEASE.value:
        which = _which_of_hold(becomes.hold_id)
    found = change_lines(which)
    if missing := sorted(set(which.stock) - {line.stock_id for line in found}):
        raise ChangeEmpty(
            _("A stock row is empty or lies outside your data scope. Look at the stock again."),
            data={"stock_ids": missing},
        )
    if kind in {ChangeKind.HOLD.value, ChangeKind.RELEASE.value}:
        return [(line, line.quantity) for line in found]
    lines = [(line, min(which.stock.get(line.stock_id, line.free), line.free)) for line in found]
    lines = [(line, units) for line, units in lines if units > 0]
    if not lines:
        raise ChangeEmpty(
            _("Nothing of these goods is free: there are none, or all are promised to orders."),
            data={"stock_ids": [line.stock_id for line in found]},
        )
    return lines


def _told(which: Which, lines: Sequence[StockLine]) -> Which:
    """How the goods are shown to people: what all lines have in common, where it was not said."""

    def common(values: set[int | None]) -> int | None:
        return next(iter(values)) if len(values) == 1 else None

    told = replace(which, warehouse_id=which.warehouse_id or common({line.warehouse_id for line in lines}))
    if not which.stock:
        return told
    return replace(
        told,
        sku_id=which.sku_id or common({line.sku_id for line in lines}),
        location_id=which.location_id or common({line.location_id for line in lines}),
        lot_id=which.lot_id or common({line.lot_id for line in lines}),
    )


def _which_of_hold(hold_id: int | None) -> Which:
    row = fetch_one(
        "SELECT warehouse_id, lot_id, location_id, container_id, supplier_id, sku_id, released_at IS NULL"
        " FROM stock_hold WHERE id = %s",
        [hold_id],
    )
    if row is None or not row[6]:
        raise ChangeInvalid(_("Name the hold that is to end; it must still stand."), code="hold_missing")
    return Which(*row[:6])


def _apply(change_id: int, *, note: str, row: Mapping[str, Any] | None = None) -> None:
    change = row or _lock(change_id)
    state = target(change["state"], "approve", number=change["number"])
    hold_id, units = None, 0
    if change["kind"] == ChangeKind.HOLD.value:
        hold_id = hold_place(
            **_subject(change), reason=change["reason"], source_kind="stock_change", source_id=change_id
        )
        units = _sum_of(change_id)
    elif change["kind"] == ChangeKind.RELEASE.value:
        hold_release(hold_id=change["hold_id"])
        units = _sum_of(change_id)
    elif change["kind"] == ChangeKind.ADJUST.value:
        units = _adjust(change)
    else:
        units = _relabel(change)
    at, actor = clock.now(), current_actor()
    execute(_CLOSE, [state, actor.name[:100], at, note, units, hold_id, change_id])
    audit_record(
        action="stockkeeping.change.applied",
        entity_kind="stock_change",
        entity_id=change_id,
        before={"state": REQUESTED},
        after={"state": state, "units": units, "requested_by": change["requested_by"], "note": note},
    )


def _adjust(change: Mapping[str, Any]) -> int:
    """Post what was found or lost. Raises ``InsufficientStock`` where orders have got what was lost."""
    lines = fetch(_DIFFERENCES, [change["id"]])
    stock_adjust(
        adjustments=[
            AdjustIn(
                location, sku, owner, lot, condition, container,
                change=units, note=change["reason"], source_kind="stock_change", source_id=change["id"],
            )
            for _id, units, location, sku, owner, lot, condition, container in lines
        ],
        reason=change["adjust_reason"],
    )  # fmt: skip
    execute(_APPLIED, columns(((line[0], abs(line[1])) for line in lines), 2))
    return sum(abs(line[1]) for line in lines)


def _relabel(change: Mapping[str, Any]) -> int:
    lines = fetch(
        "SELECT id, stock_id, quantity FROM stock_change_line WHERE change_id = %s ORDER BY stock_id",
        [change["id"]],
    )
    done = stock_relabel(
        relabels=[
            Relabel(
                stock_id,
                quantity,
                to_condition=change["to_condition"] or None,
                to_owner_id=change["to_owner_id"],
                to_sku_id=change["to_sku_id"],
                to_lot_id=change["to_lot_id"],
            )
            for _id, stock_id, quantity in lines
        ],
        reason=_REASONS[change["kind"]],
        source_kind="stock_change",
        source_id=change["id"],
        note=change["reason"],
    )
    execute(_APPLIED, columns(((line[0], item.units) for line, item in zip(lines, done, strict=True)), 2))
    return sum(item.units for item in done)


def _end(change_id: int, action: str, state: str, note: str) -> ChangeOutcome:
    row = _lock(change_id)
    if row["state"] == state:
        return _outcome(change_id)
    target(row["state"], action, number=row["number"])
    execute(_CLOSE, [state, current_actor().name[:100], clock.now(), note, 0, None, change_id])
    audit_record(
        action=f"stockkeeping.change.{state}",
        entity_kind="stock_change",
        entity_id=change_id,
        before={"state": row["state"]},
        after={"state": state, "note": note},
    )
    return _outcome(change_id)


def _subject(change: Mapping[str, Any]) -> dict[str, Any]:
    """How inventory names what is to be stopped."""
    for kind in ("container", "lot", "supplier", "location"):
        if change[f"{kind}_id"] is not None:
            return {"kind": kind, f"{kind}_id": change[f"{kind}_id"]}
    return {"kind": "sku", "sku_id": change["sku_id"], "warehouse_id": change["warehouse_id"]}


def _require_said(kind: str, which: Which, becomes: Becomes) -> None:
    named = [which.lot_id, which.location_id, which.container_id, which.supplier_id, which.sku_id]
    fault: tuple[str, str] | None = None
    if kind == ChangeKind.ADJUST.value:
        fault = (
            "wrong_kind",
            _("Stock that was found or lost is adjusted at its place; what is large waits here then."),
        )
    elif kind == ChangeKind.RELEASE.value:
        fault = None if becomes.hold_id else ("hold_missing", _("Name the hold that is to end."))
    elif kind == ChangeKind.HOLD.value:
        if sum(value is not None for value in named) != 1 or which.stock:
            fault = (
                "subject_count",
                _("Stop exactly one thing: a lot, a place, a container, a supplier or a SKU."),
            )
        elif which.sku_id is not None and which.warehouse_id is None:
            fault = ("warehouse_missing", _("A SKU is stopped in one warehouse; name it."))
    elif not which.is_named:
        fault = ("goods_missing", _("Say which goods are meant."))
    elif not _becomes_something(kind, becomes):
        fault = ("target_missing", _("Say what the goods are to become."))
    if fault:
        raise ChangeInvalid(fault[1], problems=[Problem(fault[1], code=fault[0])], code=fault[0])


def _require_known(which: Which, becomes: Becomes) -> None:
    missing = fetch(
        _MISSING,
        {
            "warehouse": which.warehouse_id,
            "lot": which.lot_id,
            "location": which.location_id,
            "container": which.container_id,
            "supplier": which.supplier_id,
            "sku": which.sku_id,
            "to_owner": becomes.owner_id,
            "to_sku": becomes.sku_id,
            "to_lot": becomes.lot_id,
        },
    )
    if missing:
        raise ChangeInvalid(
            _("What the change names does not exist. Choose it again."),
            problems=[
                Problem(_("This does not exist."), code="unknown_value", loc=name, field=name)
                for (name,) in missing
            ],
            code="unknown_value",
        )


def _require_fitting(kind: str, becomes: Becomes, sku_ids: set[int]) -> None:
    """What would be refused when it is applied is refused when it is asked for."""
    fault: tuple[str, str] | None = None
    lot = fetch_one("SELECT sku_id FROM lot WHERE id = %s", [becomes.lot_id]) if becomes.lot_id else None
    if kind == ChangeKind.SKU.value:
        sku = fetch_one(
            "SELECT code, is_lot_tracked, kind = 'kit' AND kit_mode = 'explode' FROM sku WHERE id = %s",
            [becomes.sku_id],
        )
        assert sku is not None
        if sku[2]:
            text = _("%(sku)s is sold as its components and never kept as one piece.") % {"sku": sku[0]}
            fault = ("kit_not_kept", text)
        elif sku[1] and lot is None:
            fault = ("lot_missing", _("%(sku)s is kept by lot. Name its lot.") % {"sku": sku[0]})
        elif lot is not None and lot[0] != becomes.sku_id:
            fault = ("wrong_lot", _("The lot is not one of %(sku)s.") % {"sku": sku[0]})
    elif kind == ChangeKind.LOT.value and lot is not None and sku_ids - {lot[0]}:
        fault = ("wrong_lot", _("The lot is of another SKU than these goods. Choose one of theirs."))
    if fault:
        raise ChangeInvalid(fault[1], problems=[Problem(fault[1], code=fault[0])], code=fault[0])


def _becomes_something(kind: str, becomes: Becomes) -> bool:
    return {
        ChangeKind.CONDITION.value: becomes.condition in Condition.values,
        ChangeKind.OWNER.value: becomes.owner_id is not None,
        ChangeKind.SKU.value: becomes.sku_id is not None,
        ChangeKind.LOT.value: becomes.lot_id is not None,
    }[kind]


def _lock(change_id: int) -> dict[str, Any]:
    row = fetch_one(_LOCK, [change_id])
    if row is None:
        raise change_missing()
    names = (
        "id", "number", "kind", "state", "warehouse_id", "lot_id", "location_id", "container_id", "supplier_id",
        "sku_id", "to_condition", "to_owner_id", "to_sku_id", "to_lot_id", "hold_id", "reason", "requested_by_id",
        "requested_by", "adjust_reason",
    )  # fmt: skip
    return dict(zip(names, row, strict=True))


def _sum_of(change_id: int) -> int:
    row = fetch_one("SELECT units FROM stock_change WHERE id = %s", [change_id])
    return int(row[0]) if row else 0


def _known(key: UUID) -> ChangeOutcome | None:
    row = fetch_one("SELECT id FROM stock_change WHERE key = %s", [key])
    return _outcome(row[0]) if row else None


def _outcome(change_id: int) -> ChangeOutcome:
    row = fetch_one(
        "SELECT id, number, state, units, applied_units FROM stock_change WHERE id = %s", [change_id]
    )
    assert row is not None
    return ChangeOutcome(*row)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


__all__: Sequence[str] = (
    "Becomes",
    "ChangeOutcome",
    "Which",
    "change_approve",
    "change_cancel",
    "change_lines",
    "change_policy_set",
    "change_reject",
    "change_request",
    "needs_approval",
    "policies",
)
