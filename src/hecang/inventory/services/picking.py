"""Hard-allocated units on their way out: carried from the shelf to staging, and handed over.

Locks: containers that units go into → allocation (in primary-key order) → facts (shared) → stock → serials.
What can be sold does not change, so availability is not locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.errors import AllocationNotOpen, PostingInvalid
from hecang.inventory.keys import Place, StockRow
from hecang.inventory.models import Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.allocation import Allocated, allocations_insert
from hecang.inventory.services.housing import containers_receive
from hecang.inventory.services.naming import claims_of
from hecang.inventory.services.posting import ids_known, location_facts
from hecang.inventory.services.serials import Carry, serials_plan, serials_write
from hecang.inventory.services.standing import (
    OPEN,
    PICKED,
    RELEASED,
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
    :param serials: numbers of the units, as many as ``quantity``; presumed where none are named.
    """

    allocation_id: int
    quantity: int
    to_location_id: int
    to_container_id: int | None = None
    source_kind: str = ""
    source_id: int | None = None
    serials: tuple[str, ...] = ()


@transactional
def allocations_pick(
    *, picks: Sequence[PickMove], reason: str = Movement.Reason.PICK.value
) -> list[Allocated]:
    """Carry allocated units to another place, allocation and ledger entry following.

    Part of an allocation splits it: the rest keeps its id where it was, the picked part gets a new one.
    About ten statements for any number of picks, three more where numbered units move.

    :param reason: ledger reason; ``putback`` when the units go back to a shelf.
    :return: for each pick the allocation that holds its units now, in the order of ``picks``.
    :raises AllocationNotOpen: shipped or released, or fewer units than picked.
    :raises PostingInvalid: the target is virtual or in another warehouse, or a serial is not at the source.
    """
    if not picks:
        return []
    containers_receive((pick.to_container_id, pick.to_location_id) for pick in picks)
    allocations = allocations_lock({pick.allocation_id for pick in picks})
    sources = places_of(allocations.values())
    moves = [_Move.of(pick, allocations[pick.allocation_id], sources) for pick in picks]
    _require_sound(moves)
    facts_lock()
    books.stock_ensure({move.target: move.source.received_at for move in moves})
    rows = books.stock_lock({move.source.place for move in moves} | {move.target for move in moves})
    plan = serials_plan(
        [
            Carry(move.target.sku_id, move.pick.quantity, move.source.place, move.target, move.pick.serials)
            for move in moves
        ],
        rows,
    )
    change: dict[int, int] = defaultdict(int)
    for move in moves:
        change[move.source.id] -= move.pick.quantity
        change[rows[move.target].id] += move.pick.quantity
    books.stock_change(
        {row_id: (units, units) for row_id, units in change.items()},
        {rows[move.target].id: move.source.received_at for move in moves},
    )
    serials_write(plan, books.movements_write([move.movement(reason) for move in moves]))
    return _split(moves, rows)


@dataclass(frozen=True, slots=True)
class ShipMove:
    """Picked units of one source that leave the house.

    :param quantity: base units; taken from its picked allocations, oldest first.
    :param document_id: the document for the ledger, such as the parcel.
    """

    source_id: int
    quantity: int
    document_id: int | None = None


@transactional
def allocations_ship(
    *, ships: Sequence[ShipMove], source_kind: str = "fulfilment_line", document_kind: str = ""
) -> dict[int, int]:
    """Hand picked units over: they leave the ledger to the customer's virtual location.

    Takes exactly the units named; a part of an allocation splits it. Serials that somebody has scanned for the
    document leave with it, others by presumption. The caller makes sure that a document ships once. Locks:
    allocation, stock, serials. Nine statements for any number of moves, three more where numbered units leave.

    :param document_kind: what the ledger names as the reason, such as ``parcel``; the source if blank.
    :return: source id → units shipped.
    :raises AllocationNotOpen: a source has fewer picked units than named.
    """
    if not ships:
        return {}
    found = fetch(_PICKED_OF_SOURCES, [source_kind, list({ship.source_id for ship in ships})])
    allocations = (
        allocations_lock({row[0] for row in found}, allow=(OPEN, PICKED, SHIPPED, RELEASED)) if found else {}
    )
    picked = [a for a in allocations.values() if a.state == PICKED and a.source_kind == source_kind]
    claimed = claims_of(document_kind, {ship.document_id for ship in ships if ship.document_id is not None})
    parts = _parts(ships, picked, claimed)
    rows = books.stock_lock_ids(allocation.stock_id for _ship, allocation, _units, _serials in parts)
    customers = _customer_locations({row.warehouse_id for row in rows.values()})
    change: dict[int, int] = defaultdict(int)
    movements, carries = [], []
    for ship, allocation, units, serials in parts:
        row = rows[allocation.stock_id]
        carries.append(Carry(row.place.sku_id, units, row.place, None, serials))
        change[row.id] -= units
        target = row.place._replace(location_id=customers[row.warehouse_id], container_id=None)
        document = (document_kind, ship.document_id) if document_kind else (source_kind, ship.source_id)
        movements.append(
            books.MovementRow.between(row.place, target, units, Movement.Reason.SHIP.value, *document)
        )
    plan = serials_plan(carries, {row.place: row for row in rows.values()})
    books.stock_change({row_id: (units, units) for row_id, units in change.items()})
    serials_write(plan, books.movements_write(movements))
    _leave(parts)
    shipped: dict[int, int] = defaultdict(int)
    for ship in ships:
        shipped[ship.source_id] += ship.quantity
    return dict(shipped)


#: Which units of which allocation a move takes, and their numbers where they are known.
_Part = tuple[ShipMove, AllocationRow, int, tuple[str, ...]]


def _parts(
    ships: Sequence[ShipMove],
    picked: Sequence[AllocationRow],
    claimed: Mapping[int, Mapping[int, Sequence[str]]],
) -> list[_Part]:
    """Scanned units from where they lie, then the rest, oldest allocation first.

    :param claimed: document id → stock id → numbers scanned for it.
    """
    left = {allocation.id: allocation.quantity for allocation in picked}
    standing: dict[int, list[AllocationRow]] = defaultdict(list)
    for allocation in sorted(picked, key=lambda a: a.id):
        standing[allocation.source_id].append(allocation)
    scanned: dict[tuple[int, int], list[str]] = {
        (document_id, stock_id): list(names)
        for document_id, stocks in claimed.items()
        for stock_id, names in stocks.items()
    }
    parts: list[_Part] = []
    missing = {index: ship.quantity for index, ship in enumerate(ships)}

    def take(index: int, allocation: AllocationRow, units: int, names: Sequence[str] = ()) -> None:
        if units > 0:
            parts.append((ships[index], allocation, units, tuple(names)))
            left[allocation.id] -= units
            missing[index] -= units

    for index, ship in enumerate(ships):
        for allocation in standing[ship.source_id]:
            names = scanned.get((ship.document_id or 0, allocation.stock_id), [])
            units = min(len(names), left[allocation.id], missing[index])
            take(index, allocation, units, [names.pop(0) for _unit in range(units)])
    for index, ship in enumerate(ships):
        for allocation in standing[ship.source_id]:
            take(index, allocation, min(left[allocation.id], missing[index]))
        if missing[index] or ship.quantity <= 0:
            raise AllocationNotOpen(
                _("%(quantity)s units were to be shipped, but %(missing)s of them are not picked.")
                % {"quantity": ship.quantity, "missing": missing[index]},
                data={"source_id": ship.source_id, "requested": ship.quantity, "missing": missing[index]},
            )
    return parts


def _leave(parts: Sequence[_Part]) -> None:
    """Close what has shipped; of an allocation that keeps units, the shipped part gets a row of its own."""
    gone: dict[int, int] = defaultdict(int)
    rows: dict[int, AllocationRow] = {}
    for _ship, allocation, units, _serials in parts:
        gone[allocation.id] += units
        rows[allocation.id] = allocation
    updates, inserts = [], []
    for key, units in gone.items():
        a = rows[key]
        if units == a.quantity:
            updates.append((a.id, units, SHIPPED, a.stock_id))
        else:
            updates.append((a.id, a.quantity - units, PICKED, a.stock_id))
            inserts.append(
                (a.stock_id, units, SHIPPED, a.source_kind, a.source_id, a.reserved_kind, a.reserved_id)
            )
    allocations_update(updates)
    allocations_insert(inserts)


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
    containers = {move.target.container_id for move in moves if move.target.container_id is not None}
    known = ids_known(set(), containers) if containers else set()
    asked: dict[int, int] = defaultdict(int)
    problems = []
    for index, move in enumerate(moves):
        target = locations.get(move.pick.to_location_id)
        if move.pick.quantity <= 0:
            fault = ("quantity_not_positive", _("The quantity must be at least 1."))
        elif target is None or target.is_virtual or target.warehouse_id != move.source.warehouse_id:
            fault = ("wrong_target", _("The target must be a place inside the same warehouse."))
        elif move.target.container_id is not None and ("container", move.target.container_id) not in known:
            fault = ("unknown_container", _("There is no such container."))
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
