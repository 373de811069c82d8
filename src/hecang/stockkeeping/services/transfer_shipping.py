"""Transfers out of the house: goods carried to the dock, and the truck that leaves with them.

Locks: transfer → line → task → containers → allocation → facts (shared) → availability → stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import virtual_location
from hecang.inventory.services import (
    PickMove,
    PostingIn,
    allocations_pick,
    allocations_release,
    containers_move,
    stock_post,
)
from hecang.inventory.services.containers import ContainerMove
from hecang.inventory.services.housing import containers_stand, trees_lock
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.kernel.ids import new_id
from hecang.kernel.outbox import emit
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.errors_transfers import NotOfTransfer, TransferEmpty
from hecang.stockkeeping.events_replenishing import TransferMoved, TransferReceived
from hecang.stockkeeping.services.transfer_tasks import USUAL, arrival_task_make, task_finish
from hecang.stockkeeping.services.transfers import (
    SUBJECT,
    LineRow,
    TransferRow,
    lines_lock,
    lines_save,
    transfer_lock,
)

_STANDING = """
SELECT a.id, a.source_id, a.quantity, s.id, s.location_id, s.lot_id, s.container_id, s.condition, s.sku_id, s.received_at
FROM allocation a JOIN stock s ON s.id = a.stock_id
WHERE a.source_kind = 'transfer_line' AND a.source_id = ANY(%s::bigint[]) AND a.state IN ('open', 'picked')
ORDER BY a.id
"""

_UNITS = """
INSERT INTO transfer_unit (transfer_id, line_id, sku_id, lot_id, container_id, condition, transit_id, quantity, received,
    lost, serials, received_at)
SELECT %s, u.line_id, u.sku_id, u.lot_id, u.container_id, u.condition, %s, u.quantity, 0, 0,
    coalesce((SELECT array_agg(n.number ORDER BY n.number) FROM movement_serial x JOIN serial n ON n.id = x.serial_id
        WHERE x.movement_id = u.movement_id), '{}'), u.received_at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[],
        %s::bigint[]) WITH ORDINALITY
    AS u (line_id, sku_id, lot_id, container_id, condition, quantity, received_at, movement_id, place)
ORDER BY u.place
"""


class Standing(NamedTuple):
    """Units allocated to a line, where they lie now."""

    allocation_id: int
    line_id: int
    quantity: int
    stock_id: int
    location_id: int
    lot_id: int | None
    container_id: int | None
    condition: str
    sku_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TransferPick:
    """Allocated units that lie at the dock now.

    :param serials: numbers of the units, as many as ``quantity``, or none.
    """

    allocation_id: int
    quantity: int
    serials: tuple[str, ...] = ()


@transactional
def transfer_pick(*, transfer_id: int, picks: Sequence[TransferPick]) -> int:
    """Carry allocated units to where the truck is loaded; units that lie there now.

    :raises StateConflict: it is not being picked. :raises NotOfTransfer: an allocation is not one of it, or its units
        lie there already.
    """
    transfer, lines = _picking(transfer_id)
    standing = {one.allocation_id: one for one in allocations_of(lines)}
    line_of = {line.id: line for line in lines}
    for pick in picks:
        one = standing.get(pick.allocation_id)
        if one is None or one.location_id == transfer.staging_id:
            raise NotOfTransfer(
                _("These units do not wait to be taken for transfer %(number)s. Scan one of its places.")
                % {"number": transfer.number}
            )
        line_of[one.line_id].picked += pick.quantity
    assert transfer.staging_id is not None
    allocations_pick(
        picks=[
            PickMove(
                pick.allocation_id,
                pick.quantity,
                transfer.staging_id,
                source_kind=SUBJECT,
                source_id=transfer_id,
                serials=pick.serials,
            )
            for pick in picks
        ]
    )
    lines_save(lines)
    return sum(line.picked for line in lines)


@transactional
def transfer_pick_container(*, transfer_id: int, container_id: int) -> int:
    """Carry a container with all that is in it to where the truck is loaded; units in it.

    :raises NotOfTransfer: something in it is not for this transfer, or it stands there already.
    """
    transfer, lines = _picking(transfer_id)
    _rows, trees = trees_lock([container_id])
    mine: dict[int, int] = defaultdict(int)
    standing = [one for one in allocations_of(lines) if one.container_id in trees[container_id]]
    for one in standing:
        mine[one.stock_id] += one.quantity
    inside = fetch(
        "SELECT id, quantity, location_id FROM stock WHERE container_id = ANY(%s::bigint[]) AND quantity > 0",
        [sorted(trees[container_id])],
    )
    if not inside or any(mine[stock_id] != quantity for stock_id, quantity, _place in inside):
        raise NotOfTransfer(
            _("Not everything in this container is for transfer %(number)s. Take the units out one by one.")
            % {"number": transfer.number}
        )
    if any(place == transfer.staging_id for _id, _quantity, place in inside):
        raise NotOfTransfer(_("This container stands at the dock already. Scan the next one."))
    assert transfer.staging_id is not None
    line_of = {line.id: line for line in lines}
    for one in standing:
        line_of[one.line_id].picked += one.quantity
    containers_move(
        moves=[ContainerMove(container_id, transfer.staging_id)],
        reason="pick",
        source_kind=SUBJECT,
        source_id=transfer_id,
    )
    lines_save(lines)
    return sum(one.quantity for one in standing)


@transactional
def transfer_ship(*, transfer_id: int, carrier: str = "", waybill: str = "") -> int:
    """The truck leaves: everything at the dock is on the road; what was not picked is cut. Units on the road.

    The goods leave to the virtual place TRANSIT of their warehouse and still belong to their owner. Containers go
    along as they are. Repeating it changes nothing.

    :raises TransferEmpty: nothing lies at the dock.
    """
    transfer = transfer_lock(transfer_id)
    if transfer.state in states.ON_THE_ROAD:
        return sum(line.shipped for line in lines_lock(transfer_id))
    target = states.target(transfer.state, "ship", number=transfer.number)
    lines = lines_lock(transfer_id)
    standing = allocations_of(lines)
    loaded = [one for one in standing if one.location_id == transfer.staging_id]
    if not loaded:
        raise TransferEmpty(
            _("Nothing of transfer %(number)s lies at the dock. Bring its goods there first.")
            % {"number": transfer.number}
        )
    task_finish(transfer_id)
    containers = _containers_of(loaded)
    numbers = _serials_of(transfer_id, loaded)
    allocations_release(allocation_ids=[one.allocation_id for one in standing])
    transit = virtual_location(transfer.from_warehouse_id, "transit")
    movement_ids = stock_post(
        entries=[
            PostingIn(
                sku_id=one.sku_id,
                owner_id=transfer.owner_id,
                quantity=one.quantity,
                from_location_id=one.location_id,
                to_location_id=transit,
                reason="transfer",
                lot_id=one.lot_id,
                from_condition=one.condition,
                to_condition=one.condition,
                from_container_id=one.container_id,
                source_kind=SUBJECT,
                source_id=transfer_id,
                serials=numbers.get(one.allocation_id, ()),
            )
            for one in loaded
        ]
    )
    containers_stand([(key, None) for key in containers])
    _units_write(transfer_id, transit, loaded, movement_ids)
    _shipped(lines, loaded)
    execute(
        "UPDATE transfer SET state = %s, shipped_by = %s, shipped_at = %s, carrier = %s, waybill = %s,"
        " value = (SELECT coalesce(sum(shipped * coalesce(unit_value, 0)), 0) FROM transfer_line"
        " WHERE transfer_id = %s) WHERE id = %s",
        [
            target, current_actor().name[:100], now(), carrier or transfer.carrier, waybill or transfer.waybill,
            transfer_id, transfer_id,
        ],
    )  # fmt: skip
    units = sum(one.quantity for one in loaded)
    arrival_task_make(
        transfer_id=transfer_id, number=transfer.number, warehouse_id=transfer.to_warehouse_id,
        expected_at=transfer.expected_at or now() + USUAL, units=units, kinds=len(loaded),
    )  # fmt: skip
    audit_record(
        action="stockkeeping.transfer.shipped",
        entity_kind=SUBJECT,
        entity_id=transfer_id,
        before={"state": transfer.state},
        after={"state": target, "number": transfer.number, "units": units},
    )
    emit(TransferMoved((transfer_id,)))
    return units


def allocations_of(lines: Iterable[LineRow]) -> list[Standing]:
    """What stands allocated to these lines, oldest first, where it lies now. One statement."""
    return [Standing(*row) for row in fetch(_STANDING, [[line.id for line in lines]])]


def allocations_let_go(transfer: TransferRow, lines: Sequence[LineRow]) -> None:
    """Free what is allocated; what lies at the dock already is announced to be put away again."""
    standing = allocations_of(lines)
    if not standing:
        return
    allocations_release(allocation_ids=[one.allocation_id for one in standing])
    back = [one for one in standing if one.location_id == transfer.staging_id]
    if back:
        receipts = receipts_write(
            transfer.id,
            [
                (
                    new_id(),
                    0,
                    one.line_id,
                    None,
                    one.location_id,
                    one.lot_id,
                    one.container_id,
                    one.condition,
                    one.quantity,
                )
                for one in back
            ],
        )
        emit(TransferReceived(transfer.id, transfer.from_warehouse_id, tuple(receipts)))


def receipts_write(transfer_id: int, rows: Sequence[tuple[object, ...]]) -> list[int]:
    """Write what lies at a dock now: (scan id, part, line, unit, location, lot, container, condition, quantity)."""
    found = fetch(
        "INSERT INTO transfer_receipt (transfer_id, scan_id, part, line_id, unit_id, location_id, lot_id, container_id,"
        " condition, quantity, at, actor) SELECT %s, r.*, %s, %s FROM unnest(%s::uuid[], %s::smallint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS r RETURNING id",
        [transfer_id, now(), current_actor().name[:100], *columns(rows, 9)],
    )
    return [row[0] for row in found]


def _picking(transfer_id: int) -> tuple[TransferRow, list[LineRow]]:
    transfer = transfer_lock(transfer_id)
    if transfer.state != states.PICKING:
        states.target(transfer.state, "pick", number=transfer.number)
    if transfer.staging_id is None:
        raise InvalidInput(
            _("The transfer has no place to bring its goods to. Release it again."), code="no_staging"
        )
    return transfer, lines_lock(transfer_id)


def _containers_of(loaded: Sequence[Standing]) -> list[int]:
    """Containers that leave with all that is in them, whole trees, locked; those with other goods in them stay."""
    roots = fetch(
        "WITH RECURSIVE up AS (SELECT c.id, c.parent_id FROM container c WHERE c.id = ANY(%s::bigint[])"
        " UNION SELECT p.id, p.parent_id FROM up u JOIN container p ON p.id = u.parent_id)"
        " SELECT id FROM up WHERE parent_id IS NULL",
        [sorted({one.container_id for one in loaded if one.container_id is not None})],
    )
    if not roots:
        return []
    _rows, trees = trees_lock(row[0] for row in roots)
    members = sorted(set().union(*trees.values()))
    mine: dict[int, int] = defaultdict(int)
    for one in loaded:
        mine[one.stock_id] += one.quantity
    others = {
        container
        for stock_id, container, quantity in fetch(
            "SELECT id, container_id, quantity FROM stock WHERE container_id = ANY(%s::bigint[]) AND quantity > 0",
            [members],
        )
        if mine[stock_id] != quantity
    }
    return sorted(key for tree in trees.values() if not tree & others for key in tree)


def _serials_of(transfer_id: int, loaded: Sequence[Standing]) -> dict[int, tuple[str, ...]]:
    """Numbers of the units that were brought to the dock for this transfer, where all of an allocation are known."""
    rows = fetch(
        "SELECT s.stock_id, s.number FROM serial s WHERE s.stock_id = ANY(%s::bigint[]) AND EXISTS ("
        " SELECT 1 FROM movement_serial x JOIN movement m ON m.id = x.movement_id WHERE x.serial_id = s.id"
        " AND m.source_kind = 'transfer' AND m.source_id = %s) ORDER BY s.id",
        [sorted({one.stock_id for one in loaded}), transfer_id],
    )
    free: dict[int, list[str]] = defaultdict(list)
    for stock_id, number in rows:
        free[stock_id].append(number)
    found = {}
    for one in loaded:
        mine = free[one.stock_id][: one.quantity]
        if len(mine) == one.quantity:
            found[one.allocation_id] = tuple(mine)
            del free[one.stock_id][: one.quantity]
    return found


def _units_write(
    transfer_id: int, transit: int, loaded: Sequence[Standing], movement_ids: Sequence[int]
) -> None:
    rows = (
        (
            one.line_id, one.sku_id, one.lot_id, one.container_id, one.condition, one.quantity, one.received_at,
            movement_id,
        )
        for one, movement_id in zip(loaded, movement_ids, strict=True)
    )  # fmt: skip
    execute(_UNITS, [transfer_id, transit, *columns(rows, 8)])


def _shipped(lines: Sequence[LineRow], loaded: Sequence[Standing]) -> None:
    gone: dict[int, int] = defaultdict(int)
    for one in loaded:
        gone[one.line_id] += one.quantity
    for line in lines:
        line.shipped = gone[line.id]
        line.cut = line.quantity - line.shipped
        line.reserved = line.allocated = line.picked = 0
    lines_save(lines)
