"""Doing replenishment: goods carried, partly, from elsewhere, or not found; and claims dropped.

Locks: replenishment → task → facts (shared) → availability → stock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import PostingIn, availability_lock, stock_post
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.kernel.outbox import emit
from hecang.stockkeeping.errors_replenishing import ReplenishmentEnded, UnitsTaken, WrongSource
from hecang.stockkeeping.events_replenishing import ReplenishmentShort
from hecang.stockkeeping.services.replenishing import SUBJECT, keys_of_faces, replenishments_again
from hecang.work.holders import TaskHolder, TaskRow
from hecang.work.services import tasks_cancel, tasks_done

_LOCK = """
SELECT id, warehouse_id, state, cause, face_id, sku_id, owner_id, stock_id, from_location_id, to_location_id,
    quantity, moved, due_at, wave_id
FROM replenishment WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

# What is free there less what others have claimed of it.
_SOURCE = """
SELECT s.location_id, s.sku_id, s.owner_id, s.lot_id, s.condition, s.container_id, s.warehouse_id, s.is_sellable,
    s.quantity - s.allocated,
    coalesce((SELECT sum(r.quantity - r.moved) FROM replenishment r
        WHERE r.stock_id = s.id AND r.state = 'open' AND r.id <> %s), 0)::bigint
FROM stock s WHERE s.id = %s
"""


class _Row(NamedTuple):
    id: int
    warehouse_id: int
    state: str
    cause: str
    face_id: int | None
    sku_id: int
    owner_id: int
    stock_id: int
    from_location_id: int
    to_location_id: int
    quantity: int
    moved: int
    due_at: object
    wave_id: int | None

    @property
    def left(self) -> int:
        return self.quantity - self.moved

    @property
    def key(self) -> AvailabilityKey:
        return AvailabilityKey(self.warehouse_id, self.sku_id, self.owner_id)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a confirmation has done.

    :param left: units still to carry; 0 when it has ended.
    :param movement_id: the ledger entry; ``None`` where nothing was carried.
    :param again: replenishments planned anew for what was not found.
    """

    moved: int
    left: int
    ended: bool
    movement_id: int | None = None
    again: tuple[int, ...] = ()


@transactional
def replenishment_confirm(
    *,
    replenishment_id: int,
    quantity: int,
    from_stock_id: int | None = None,
    is_short: bool = False,
    serials: Sequence[str] = (),
) -> Carried:
    """Units lie at the face now. The last ones end it and its task.

    :param quantity: base units, at most what is left; 0 only with ``is_short``.
    :param from_stock_id: the stock row that they were taken from, where it is another than planned.
    :param is_short: the rest is not there: it ends, the place is to be counted, and what is still missing is planned
        from elsewhere.
    :raises ReplenishmentEnded: it is done or cancelled. :raises UnitsTaken: orders have taken the units since.
    :raises WrongSource: other goods, or goods that another replenishment has claimed.
    """
    row = _locked(replenishment_id)
    if row.state != "open":
        raise ReplenishmentEnded(
            _("This replenishment has ended. Take the next task."), data={"state": row.state}
        )
    if quantity < 0 or quantity > row.left or (quantity == 0 and not is_short):
        raise InvalidInput(
            _("%(quantity)s units were named, but %(left)s are to be carried. Scan again.")
            % {"quantity": quantity, "left": row.left},
            code="wrong_quantity",
            data={"left": row.left},
        )
    ended = is_short or quantity == row.left
    if ended:
        tasks_done(subjects=[(SUBJECT, row.id)])
    movement_id = _carry(row, quantity, from_stock_id, serials) if quantity else None
    _write(row, quantity, "" if not ended else "short" if is_short and quantity < row.left else "moved")
    again: list[int] = []
    if is_short and quantity < row.left:
        emit(ReplenishmentShort(row.id, row.warehouse_id, row.from_location_id, row.sku_id))
        again = replenishments_again(keys=keys_of_faces([row.face_id])) if row.face_id else []
    audit_record(
        action="stockkeeping.replenishment.carried",
        entity_kind=SUBJECT,
        entity_id=row.id,
        before={"moved": row.moved},
        after={"moved": row.moved + quantity, "short": is_short},
    )
    return Carried(quantity, 0 if ended else row.left - quantity, ended, movement_id, tuple(again))


@transactional
def replenishment_replan(*, replenishment_id: int) -> tuple[int, ...]:
    """The goods are no longer there for it (orders took them): end it and plan anew from what there is.

    :return: ids of what replaces it; none where the face has what it needs, or no reserve is left.
    """
    row = _locked(replenishment_id)
    if row.state != "open":
        return ()
    tasks_done(subjects=[(SUBJECT, row.id)])
    _write(row, 0, "taken")
    audit_record(
        action="stockkeeping.replenishment.replanned", entity_kind=SUBJECT, entity_id=row.id,
        before={"left": row.left}, after={"ended_by": "taken"},
    )  # fmt: skip
    return tuple(replenishments_again(keys=keys_of_faces([row.face_id]))) if row.face_id else ()


@transactional
def replenishments_cancel(*, replenishment_ids: Sequence[int]) -> int:
    """Drop claims and take their tasks out of the pool; how many were open. Repeating it changes nothing."""
    rows = _lock(replenishment_ids)
    for row in rows:
        current_actor().scope.require(warehouse=row.warehouse_id, owner=row.owner_id)
    standing = [row.id for row in rows if row.state == "open"]
    if standing:
        claims_drop(standing)
        tasks_cancel(subjects=[(SUBJECT, key) for key in standing])
    return len(standing)


def claims_drop(ids: Collection[int]) -> None:
    """End open replenishments that the caller has locked."""
    execute(
        "UPDATE replenishment SET state = 'cancelled', ended_by = 'dropped', done_by = %s, done_at = %s"
        " WHERE id = ANY(%s::bigint[]) AND state = 'open'",
        [current_actor().name[:100], now(), list(ids)],
    )
    audit_record_many(
        action="stockkeeping.replenishment.cancelled",
        entity_kind=SUBJECT,
        entries=[(key, {"state": "open"}, {"state": "cancelled"}) for key in ids],
    )


class ReplenishmentHolder(TaskHolder):
    """The pool tells us when a manager takes a replenishment out of it: the claim goes, too."""

    subject_kind = SUBJECT

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        if wait:
            return [row.id for row in _lock(subject_ids)]
        rows = fetch(
            "SELECT id FROM replenishment WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
            [list(subject_ids)],
        )
        return [row[0] for row in rows]

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        standing = [row.id for row in _lock([task.subject_id for task in tasks]) if row.state == "open"]
        if standing:
            claims_drop(standing)


def _lock(ids: Collection[int]) -> list[_Row]:
    return [_Row(*row) for row in fetch(_LOCK, [sorted(set(ids))])]


def _locked(replenishment_id: int) -> _Row:
    rows = _lock([replenishment_id])
    if not rows:
        raise NotFound(_("There is no such replenishment."))
    current_actor().scope.require(warehouse=rows[0].warehouse_id, owner=rows[0].owner_id)
    return rows[0]


def _carry(row: _Row, quantity: int, from_stock_id: int | None, serials: Sequence[str]) -> int:
    """Post the walk under the lock that guards what is free and what is claimed."""
    facts_lock()
    availability_lock([row.key])
    stock_id = from_stock_id or row.stock_id
    found = fetch_one(_SOURCE, [row.id, stock_id])
    if found is None or found[1:3] != (row.sku_id, row.owner_id) or found[6] != row.warehouse_id:
        raise WrongSource(_("Other goods lie there. Take the SKU that the task names, of the same owner."))
    location_id, _sku, _owner, lot_id, condition, container_id, _warehouse, is_sellable, free, claimed = found
    if location_id == row.to_location_id:
        raise WrongSource(_("The goods lie at the face already. Scan the place that you took them from."))
    if not is_sellable:
        raise WrongSource(_("These goods are on hold, expired or damaged. Take others, or report the place."))
    if free < quantity:
        raise UnitsTaken(
            _(
                "Orders have taken units from here: %(free)s are left, %(quantity)s were named. Carry what is left."
            )
            % {"free": free, "quantity": quantity},
            data={"free": free, "quantity": quantity},
        )
    if from_stock_id not in (None, row.stock_id) and free - claimed < quantity:
        raise WrongSource(
            _(
                "Another replenishment has claimed these units; %(free)s are left to take. Take them elsewhere."
            )
            % {"free": max(0, free - claimed)},
            data={"free": max(0, free - claimed)},
        )
    [movement_id] = stock_post(
        entries=[
            PostingIn(
                sku_id=row.sku_id,
                owner_id=row.owner_id,
                quantity=quantity,
                from_location_id=location_id,
                to_location_id=row.to_location_id,
                reason="move",
                lot_id=lot_id,
                from_condition=condition,
                to_condition=condition,
                from_container_id=container_id,
                source_kind=SUBJECT,
                source_id=row.id,
                serials=tuple(serials),
            )
        ]
    )
    return movement_id


def _write(row: _Row, quantity: int, ended_by: str) -> None:
    execute(
        "UPDATE replenishment SET moved = moved + %s, state = CASE WHEN %s = '' THEN state ELSE 'done' END,"
        " ended_by = %s, done_by = CASE WHEN %s = '' THEN '' ELSE %s END,"
        " done_at = CASE WHEN %s = '' THEN NULL ELSE %s::timestamptz END WHERE id = %s",
        [quantity, ended_by, ended_by, ended_by, current_actor().name[:100], ended_by, now(), row.id],
    )
