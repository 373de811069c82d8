"""Transfers into the house: goods taken from the road, with what is more, less or broken.

Locks: transfer → line → unit → task → containers → facts (shared) → availability → stock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import locations_of_kind, staging_location, virtual_location
from hecang.inventory.services import PostingIn, stock_post
from hecang.inventory.services.housing import containers_roots, containers_stand, trees_lock
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.kernel.outbox import emit
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.errors_transfers import MoreThanShipped, NotOfTransfer
from hecang.stockkeeping.events_replenishing import TransferMoved, TransferReceived
from hecang.stockkeeping.services.transfer_shipping import receipts_write
from hecang.stockkeeping.services.transfer_tasks import task_finish
from hecang.stockkeeping.services.transfers import (
    SUBJECT,
    LineRow,
    TransferRow,
    lines_lock,
    lines_save,
    transfer_lock,
)


@dataclass(frozen=True, slots=True)
class TransferReceiveIn:
    """Units of one kind that came off the truck.

    :param scan_id: made by the receiver's device: the same again is answered and changes nothing (law 8).
    :param lot_id: as printed on them; any lot of the SKU that is on the road where it is not said.
    :param is_damaged: they are booked as damaged goods.
    :param container_id: they stay in the container that they came in.
    :param serials: numbers of the units, as many as ``quantity``, or none.
    """

    scan_id: UUID
    sku_id: int
    quantity: int
    lot_id: int | None = None
    is_damaged: bool = False
    container_id: int | None = None
    serials: tuple[str, ...] = ()
    note: str = ""


@dataclass(slots=True)
class _Unit:
    """Goods on the road, under lock."""

    id: int
    line_id: int
    sku_id: int
    lot_id: int | None
    container_id: int | None
    condition: str
    transit_id: int
    quantity: int
    received: int
    lost: int
    serials: list[str]
    received_at: datetime

    @property
    def left(self) -> int:
        return self.quantity - self.received - self.lost


@dataclass(frozen=True, slots=True)
class _Taking:
    """Units of one unit row (``None``: beyond what was shipped) that one scan takes."""

    given: TransferReceiveIn
    part: int
    line: LineRow
    unit: _Unit | None
    quantity: int
    serials: tuple[str, ...]

    @property
    def condition(self) -> str:
        return "damaged" if self.given.is_damaged else self.unit.condition if self.unit else "good"


@dataclass(frozen=True, slots=True)
class ReceiveOutcome:
    """What receiving has done.

    :param repeated: scans that had been taken before.
    :param outstanding: units still on the road.
    """

    units: int
    repeated: tuple[UUID, ...]
    outstanding: int
    state: str


@transactional
def transfer_receive(
    *,
    transfer_id: int,
    received: Sequence[TransferReceiveIn],
    location_id: int | None = None,
    accept_over: bool = False,
) -> ReceiveOutcome:
    """Take units from the road: they lie at the dock of the destination at once, and inbound plans where they go.

    Damaged units come in as damaged goods, and become a discrepancy. The transfer closes by itself when nothing is
    left on the road. Emits ``TransferReceived``.

    :param location_id: where they are put down; the first dock (or staging place) if not said.
    :param accept_over: take more than was shipped, as found goods with a discrepancy; refused without it.
    :raises StateConflict: it is not on the road. :raises NotOfTransfer: a SKU or lot that it does not carry.
    :raises MoreThanShipped: more units than are on the road.
    """
    transfer = transfer_lock(transfer_id, end="to")
    known = _known(transfer_id, received)
    fresh = [one for one in received if one.scan_id not in known]
    lines = lines_lock(transfer_id)
    if fresh:
        if transfer.state != states.RECEIVING:
            states.target(transfer.state, "receive", number=transfer.number)
        units = _units_lock(transfer_id)
        takings = [taking for one in fresh for taking in _take(one, lines, units, accept_over=accept_over)]
        if not any(unit.left for unit in units):
            task_finish(transfer_id)
        place = _place(transfer, location_id)
        _containers_come(takings, place)
        stock_post(entries=[_entry(transfer, taking, place) for taking in takings])
        _account(transfer, lines, units, takings, place)
    else:
        units = _units_lock(transfer_id)
    outstanding = sum(unit.left for unit in units)
    state = transfer.state
    if fresh:
        state = states.CLOSED if not outstanding else states.RECEIVING
        _advance(transfer, state)
    return ReceiveOutcome(
        sum(one.quantity for one in fresh), tuple(sorted(known, key=str)), outstanding, state
    )


@transactional
def transfer_receive_container(
    *, transfer_id: int, container_id: int, scan_id: UUID, location_id: int | None = None
) -> ReceiveOutcome:
    """Take a container from the road with everything that was shipped in it (and in those that stand in it).

    :raises NotOfTransfer: nothing that is on the road was shipped in it.
    """
    transfer = transfer_lock(transfer_id, end="to")
    if _known(transfer_id, [TransferReceiveIn(scan_id, 0, 1)]):
        return transfer_receive(transfer_id=transfer_id, received=[TransferReceiveIn(scan_id, 0, 1)])
    _rows, trees = trees_lock([container_id])
    units = _units_lock(transfer_id)
    inside = [unit for unit in units if unit.left and unit.container_id in trees[container_id]]
    if not inside:
        raise NotOfTransfer(
            _("Nothing that transfer %(number)s still has on the road was shipped in this container.")
            % {"number": transfer.number}
        )
    if transfer.state != states.RECEIVING:
        states.target(transfer.state, "receive", number=transfer.number)
    lines = {line.id: line for line in lines_lock(transfer_id)}
    place = _place(transfer, location_id)
    takings = [
        _Taking(
            TransferReceiveIn(scan_id, unit.sku_id, unit.left, unit.lot_id, container_id=unit.container_id),
            part, lines[unit.line_id], unit, unit.left, tuple(unit.serials) if unit.received == 0 else (),
        )
        for part, unit in enumerate(inside)
    ]  # fmt: skip
    for taking in takings:
        assert taking.unit is not None
        taking.unit.received += taking.quantity
        taking.line.received += taking.quantity
    outstanding = sum(unit.left for unit in units)
    if not outstanding:
        task_finish(transfer_id)
    containers_stand([(key, place) for key in sorted(trees[container_id])])
    stock_post(entries=[_entry(transfer, taking, place) for taking in takings])
    _account(transfer, list(lines.values()), units, takings, place)
    state = states.CLOSED if not outstanding else states.RECEIVING
    _advance(transfer, state)
    return ReceiveOutcome(sum(taking.quantity for taking in takings), (), outstanding, state)


@transactional
def transfer_close(*, transfer_id: int, note: str = "") -> int:
    """Nothing more will come: what is still on the road is lost, and written off at the source. Units lost.

    They come back into the books of the source's dock and leave them there as an adjustment, so that the ledger names
    both. Repeating it changes nothing.
    """
    transfer = transfer_lock(transfer_id, end="to")
    if transfer.state == states.CLOSED:
        return 0
    states.target(transfer.state, "close", number=transfer.number)
    lines = {line.id: line for line in lines_lock(transfer_id)}
    units = [unit for unit in _units_lock(transfer_id) if unit.left]
    task_finish(transfer_id)
    if units:
        _write_off(transfer, units, note)
        for unit in units:
            lines[unit.line_id].lost += unit.left
        _discrepancies(
            transfer,
            [(lines[unit.line_id], "short", unit.lot_id, unit.left, note) for unit in units],
        )
        for unit in units:
            unit.lost += unit.left
        _units_save(units)
        lines_save(list(lines.values()))
    _advance(transfer, states.CLOSED)
    return sum(line.lost for line in lines.values())


# ---------------------------------------------------------------- parts


def _known(transfer_id: int, received: Sequence[TransferReceiveIn]) -> set[UUID]:
    rows = fetch(
        "SELECT DISTINCT scan_id, transfer_id FROM transfer_receipt WHERE scan_id = ANY(%s::uuid[])",
        [[one.scan_id for one in received]],
    )
    if any(row[1] != transfer_id for row in rows):
        raise InvalidInput(
            _("This scan id was used for another transfer. Make a new one."), code="scan_id_used"
        )
    return {row[0] for row in rows}


def _units_lock(transfer_id: int) -> list[_Unit]:
    rows = fetch(
        "SELECT id, line_id, sku_id, lot_id, container_id, condition, transit_id, quantity, received, lost, serials,"
        " received_at FROM transfer_unit WHERE transfer_id = %s ORDER BY id FOR NO KEY UPDATE",
        [transfer_id],
    )
    return [_Unit(*row) for row in rows]


def _take(
    given: TransferReceiveIn, lines: Sequence[LineRow], units: Sequence[_Unit], *, accept_over: bool
) -> list[_Taking]:
    """Which units a scan takes; counted into units and lines."""
    if given.quantity <= 0 or (given.serials and len(given.serials) != given.quantity):
        raise InvalidInput(
            _("The quantity must be at least 1, and serials as many as units."), code="wrong_quantity"
        )
    line = next((line for line in lines if line.sku_id == given.sku_id), None)
    fitting = [
        unit
        for unit in units
        if unit.sku_id == given.sku_id
        and (given.lot_id is None or unit.lot_id == given.lot_id)
        and (given.container_id is None or unit.container_id == given.container_id)
    ]
    if line is None or not (fitting or accept_over):
        raise NotOfTransfer(
            _("This transfer carries no such goods. Check the SKU and the lot, or receive them apart.")
        )
    outstanding = sum(unit.left for unit in fitting)
    over = max(0, given.quantity - outstanding)
    if over and not accept_over:
        raise MoreThanShipped(
            _(
                "%(quantity)s units were named, but %(left)s are on the road. Count again, or accept the rest as too many."
            )
            % {"quantity": given.quantity, "left": outstanding},
            data={"outstanding": outstanding, "over": over},
        )
    takings: list[_Taking] = []
    serials, wanted = list(given.serials), given.quantity - over
    named = set(serials)
    # Units whose numbers were scanned come first, so that a number leaves the road where it entered it.
    for unit in sorted(fitting, key=lambda unit: (not named & set(unit.serials), unit.id)):
        part = min(unit.left, wanted)
        if part:
            mine = [number for number in serials if number in set(unit.serials)][:part]
            mine += [number for number in serials if number not in mine][: part - len(mine)]
            serials = [number for number in serials if number not in mine]
            unit.received += part
            line.received += part
            wanted -= part
            takings.append(_Taking(given, len(takings), line, unit, part, tuple(mine)))
    if over:
        line.over += over
        takings.append(_Taking(given, len(takings), line, None, over, tuple(serials)))
    if given.is_damaged:
        line.damaged += given.quantity
    return takings


def _entry(transfer: TransferRow, taking: _Taking, place: int) -> PostingIn:
    unit = taking.unit
    source = unit.transit_id if unit else virtual_location(transfer.to_warehouse_id, "adjustment")
    return PostingIn(
        sku_id=taking.given.sku_id,
        owner_id=transfer.owner_id,
        quantity=taking.quantity,
        from_location_id=source,
        to_location_id=place,
        reason="transfer",
        lot_id=unit.lot_id if unit else taking.given.lot_id,
        from_condition=unit.condition if unit else taking.condition,
        to_condition=taking.condition,
        to_container_id=taking.given.container_id,
        source_kind=SUBJECT,
        source_id=transfer.id,
        note=taking.given.note[:200],
        received_at=unit.received_at if unit else None,
        serials=taking.serials,
    )


def _place(transfer: TransferRow, location_id: int | None) -> int:
    if location_id is None:
        docks = locations_of_kind(transfer.to_warehouse_id, ["dock"])
        return docks[0].id if docks else staging_location(transfer.to_warehouse_id)
    row = fetch(
        "SELECT warehouse_id, is_virtual, kind FROM location WHERE id = %s AND is_active", [location_id]
    )
    if not row or row[0][0] != transfer.to_warehouse_id or row[0][1]:
        raise InvalidInput(
            _("The place is not one of the destination. Scan a dock or staging place there."),
            code="wrong_location",
        )
    return location_id


def _containers_come(takings: Sequence[_Taking], place: int) -> None:
    """Containers whose goods were scanned in them stand where the goods are put down, with all they came in."""
    inside = {taking.given.container_id for taking in takings if taking.given.container_id is not None}
    if inside:
        rows, _trees = trees_lock(sorted(containers_roots(inside) | inside))
        away = sorted(key for key, row in rows.items() if row.location_id is None)
        containers_stand([(key, place) for key in away])


def _account(
    transfer: TransferRow,
    lines: Sequence[LineRow],
    units: Sequence[_Unit],
    takings: Sequence[_Taking],
    place: int,
) -> None:
    """Write what came: receipts, units, lines, discrepancies; tell inbound."""
    receipts = receipts_write(
        transfer.id,
        [
            (
                taking.given.scan_id, taking.part, taking.line.id, taking.unit.id if taking.unit else None, place,
                taking.unit.lot_id if taking.unit else taking.given.lot_id, taking.given.container_id,
                taking.condition, taking.quantity,
            )
            for taking in takings
        ],
    )  # fmt: skip
    _units_save(units)
    lines_save(lines)
    found = [
        (taking.line, "over", taking.given.lot_id, taking.quantity, taking.given.note)
        for taking in takings
        if taking.unit is None
    ]
    found += [
        (
            taking.line,
            "damaged",
            taking.unit.lot_id if taking.unit else None,
            taking.quantity,
            taking.given.note,
        )
        for taking in takings
        if taking.given.is_damaged
    ]
    _discrepancies(transfer, found)
    emit(TransferReceived(transfer.id, transfer.to_warehouse_id, tuple(receipts)))


def _discrepancies(transfer: TransferRow, rows: Sequence[tuple[LineRow, str, int | None, int, str]]) -> None:
    if not rows:
        return
    execute(
        "INSERT INTO transfer_discrepancy (transfer_id, line_id, kind, lot_id, quantity, value, note, created_by,"
        " created_at) SELECT %s, d.line_id, d.kind, d.lot_id, d.quantity, d.quantity * l.unit_value, d.note, %s, %s"
        " FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])"
        " AS d (line_id, kind, lot_id, quantity, note) JOIN transfer_line l ON l.id = d.line_id",
        [
            transfer.id, current_actor().name[:100], now(),
            *columns(((line.id, kind, lot, units, note[:500]) for line, kind, lot, units, note in rows), 5),
        ],
    )  # fmt: skip


def _write_off(transfer: TransferRow, units: Sequence[_Unit], note: str) -> None:
    dock = transfer.staging_id or staging_location(transfer.from_warehouse_id)
    adjustment = virtual_location(transfer.from_warehouse_id, "adjustment")
    entries = []
    for unit in units:
        serials = tuple(unit.serials) if unit.received + unit.lost == 0 else ()
        for source, to in ((unit.transit_id, dock), (dock, adjustment)):
            entries.append(
                PostingIn(
                    sku_id=unit.sku_id,
                    owner_id=transfer.owner_id,
                    quantity=unit.left,
                    from_location_id=source,
                    to_location_id=to,
                    reason="transfer" if source == unit.transit_id else "adjustment",
                    lot_id=unit.lot_id,
                    from_condition=unit.condition,
                    to_condition=unit.condition,
                    source_kind=SUBJECT,
                    source_id=transfer.id,
                    note=note[:200],
                    serials=serials if len(serials) == unit.left else (),
                )
            )
    stock_post(entries=entries)


def _units_save(units: Sequence[_Unit]) -> None:
    execute(
        "UPDATE transfer_unit u SET received = d.received, lost = d.lost"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (id, received, lost) WHERE u.id = d.id",
        columns(((unit.id, unit.received, unit.lost) for unit in units), 3),
    )


def _advance(transfer: TransferRow, state: str) -> None:
    closed = state == states.CLOSED
    execute(
        "UPDATE transfer SET state = %s, closed_by = CASE WHEN %s THEN %s ELSE closed_by END,"
        " closed_at = CASE WHEN %s THEN %s::timestamptz ELSE closed_at END WHERE id = %s",
        [state, closed, current_actor().name[:100], closed, now(), transfer.id],
    )
    audit_record(
        action="stockkeeping.transfer.closed" if closed else "stockkeeping.transfer.received",
        entity_kind=SUBJECT,
        entity_id=transfer.id,
        before={"state": transfer.state},
        after={"state": state, "number": transfer.number},
    )
    emit(TransferMoved((transfer.id,)))
