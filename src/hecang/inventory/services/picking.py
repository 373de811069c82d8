"""Hard-allocated units on their way out: carried from the shelf to staging, and handed over.

Locks: allocation (in primary-key order) → facts (shared) → stock. What can be sold does not change, so
availability is not locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.errors import PostingInvalid
from hecang.inventory.keys import Place, StockRow
from hecang.inventory.models import Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.allocation import Allocated, allocations_insert
from hecang.inventory.services.posting import location_facts
from hecang.inventory.services.standing import (
    PICKED,
    SHIPPED,
    AllocationRow,
    allocations_lock,
    allocations_update,
    places_of,
    units_of,
)
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import NotFound, Problem

_PICKED_OF_SOURCES = """
SELECT id FROM allocation WHERE source_kind = %s AND source_id = ANY(%s::bigint[]) AND state = 'picked'
"""

_CUSTOMERS = """
SELECT warehouse_id, min(id) FROM location
WHERE kind = 'customer' AND is_virtual AND warehouse_id = ANY(%s::bigint[]) GROUP BY warehouse_id
"""


@dataclass(frozen=True, slots=True)
class PickMove:
    """Allocated units that were carried somewhere else in the same warehouse.

    :param quantity: base units; fewer than allocated split the allocation.
    :param source_kind: the document for the ledger, such as ``pick_task`` and its id.
    """

    allocation_id: int
    quantity: int
    to_location_id: int
    to_container_id: int | None = None
    source_kind: str = ""
    source_id: int | None = None


@transactional
def allocations_pick(
    *, picks: Sequence[PickMove], reason: str = Movement.Reason.PICK.value
) -> list[Allocated]:
    """Carry allocated units to another place, allocation and ledger entry following.

    Part of an allocation splits it: the rest keeps its id where it was, the picked part gets a new one.
    About ten statements for any number of picks.

    :param reason: ledger reason; ``putback`` when the units go back to a shelf.
    :return: for each pick the allocation that holds its units now, in the order of ``picks``.
    :raises AllocationNotOpen: shipped or released, or fewer units than picked.
    :raises PostingInvalid: the target is virtual or in another warehouse.
    """
    if not picks:
        return []
    allocations = allocations_lock({pick.allocation_id for pick in picks})
    sources = places_of(allocations.values())
    moves = [_Move.of(pick, allocations[pick.allocation_id], sources) for pick in picks]
    _require_sound(moves)
    facts_lock()
    books.stock_ensure({move.target: move.source.received_at for move in moves})
    rows = books.stock_lock({move.source.place for move in moves} | {move.target for move in moves})
    change: dict[int, int] = defaultdict(int)
    for move in moves:
        change[move.source.id] -= move.pick.quantity
        change[rows[move.target].id] += move.pick.quantity
    books.stock_change(
        {row_id: (units, units) for row_id, units in change.items()},
        {rows[move.target].id: move.source.received_at for move in moves},
    )
    books.movements_write([move.movement(reason) for move in moves])
    return _split(moves, rows)


@transactional
def allocations_ship(
    *,
    allocation_ids: Sequence[int] = (),
    source_kind: str = "fulfilment_line",
    source_ids: Sequence[int] = (),
    document_kind: str = "",
    document_id: int | None = None,
) -> dict[int, int]:
    """Hand picked units over: they leave the ledger to the customer's virtual location.

    Name allocations, or sources of which everything picked is shipped. What was shipped before is left
    out, so a repetition changes nothing. Six statements.

    :param document_kind: what the ledger names as the reason, such as ``manifest``; the source if blank.
    :return: source id → units shipped now.
    :raises AllocationNotOpen: an allocation that is named is not picked yet, or was released.
    """
    ids = set(allocation_ids)
    if source_ids:
        ids |= {row[0] for row in fetch(_PICKED_OF_SOURCES, [source_kind, list(source_ids)])}
    if not ids:
        return {}
    allocations = [a for a in allocations_lock(ids, allow=(PICKED, SHIPPED)).values() if a.state == PICKED]
    rows = books.stock_lock_ids(a.stock_id for a in allocations)
    customers = _customer_locations({row.warehouse_id for row in rows.values()})
    shipped: dict[int, int] = defaultdict(int)
    change: dict[int, int] = defaultdict(int)
    movements = []
    for allocation in allocations:
        row = rows[allocation.stock_id]
        shipped[allocation.source_id] += allocation.quantity
        change[row.id] -= allocation.quantity
        target = row.place._replace(location_id=customers[row.warehouse_id], container_id=None)
        document = (
            (document_kind, document_id) if document_kind else (allocation.source_kind, allocation.source_id)
        )
        movements.append(
            books.MovementRow.between(
                row.place, target, allocation.quantity, Movement.Reason.SHIP.value, *document
            )
        )
    books.stock_change({row_id: (units, units) for row_id, units in change.items()})
    books.movements_write(movements)
    allocations_update([(a.id, a.quantity, SHIPPED, a.stock_id) for a in allocations])
    return dict(shipped)


@dataclass(frozen=True, slots=True)
class _Move:
    """One pick with what it moves: from this row to that place."""

    pick: PickMove
    allocation: AllocationRow
    source: StockRow
    target: Place

    @classmethod
    def of(cls, pick: PickMove, allocation: AllocationRow, sources: Mapping[int, StockRow]) -> _Move:
        source = sources[allocation.stock_id]
        target = source.place._replace(location_id=pick.to_location_id, container_id=pick.to_container_id)
        return cls(pick, allocation, source, target)

    def movement(self, reason: str) -> books.MovementRow:
        pick = self.pick
        return books.MovementRow.between(
            self.source.place, self.target, pick.quantity, reason, pick.source_kind, pick.source_id
        )


def _split(moves: Sequence[_Move], rows: Mapping[Place, StockRow]) -> list[Allocated]:
    """Let the allocations follow their units.

    Where units stay behind, the allocation stays with them; where none do, it goes with the last part.
    Every other part gets an allocation of its own.
    """
    rest: dict[int, int] = {move.allocation.id: move.allocation.quantity for move in moves}
    updates: dict[int, tuple[int, int, str, int]] = {}
    inserts = []
    kept = []
    for move in moves:
        allocation, stock_id = move.allocation, rows[move.target].id
        rest[allocation.id] -= move.pick.quantity
        goes_along = rest[allocation.id] == 0
        kept.append(allocation.id if goes_along else None)
        if goes_along:
            updates[allocation.id] = (allocation.id, move.pick.quantity, PICKED, stock_id)
        else:
            updates[allocation.id] = (
                allocation.id,
                rest[allocation.id],
                allocation.state,
                allocation.stock_id,
            )
            inserts.append(
                (
                    stock_id,
                    move.pick.quantity,
                    PICKED,
                    allocation.source_kind,
                    allocation.source_id,
                    allocation.reserved_kind,
                    allocation.reserved_id,
                )
            )
    allocations_update(list(updates.values()))
    new_ids = iter(allocations_insert(inserts))
    return [
        Allocated(
            next(new_ids) if held is None else held,
            move.allocation.source_kind,
            move.allocation.source_id,
            rows[move.target].id,
            move.source.warehouse_id,
            move.target.location_id,
            move.target.lot_id,
            move.target.sku_id,
            move.target.owner_id,
            move.pick.quantity,
            PICKED,
        )
        for move, held in zip(moves, kept, strict=True)
    ]


def _require_sound(moves: Sequence[_Move]) -> None:
    locations = location_facts({move.pick.to_location_id for move in moves})
    asked: dict[int, int] = defaultdict(int)
    problems = []
    for index, move in enumerate(moves):
        target = locations.get(move.pick.to_location_id)
        if move.pick.quantity <= 0:
            fault = ("quantity_not_positive", _("The quantity must be at least 1."))
        elif target is None or target.is_virtual or target.warehouse_id != move.source.warehouse_id:
            fault = ("wrong_target", _("The target must be a place inside the same warehouse."))
        elif move.target == move.source.place:
            fault = ("nothing_moves", _("The units lie there already."))
        else:
            asked[move.allocation.id] += move.pick.quantity
            units_of(move.allocation, asked[move.allocation.id])
            continue
        problems.append(Problem(fault[1], code=fault[0], loc=str(index), row=index))
    if problems:
        raise PostingInvalid(
            _("Nothing was moved. %(first)s") % {"first": problems[0].message}, problems=problems
        )


def _customer_locations(warehouse_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = dict(fetch(_CUSTOMERS, [list(warehouse_ids)]))
    if missing := sorted(warehouse_ids - set(found)):
        raise NotFound(
            _("A warehouse has no virtual location for customers; create the warehouse's virtual locations."),
            data={"warehouse_ids": missing},
        )
    return found
