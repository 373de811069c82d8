"""Transfers up to the truck: asked for, approved (goods reserved), released (goods allocated), cancelled.

Locks: transfer → line → task → allocation → facts (shared) → availability → stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.facility.selectors import staging_location
from hecang.inventory.holders import ReservationShort
from hecang.inventory.services import (
    AllocationDemand,
    ReservationIn,
    reservations_create,
    reservations_release,
    stock_allocate,
)
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.errors_transfers import TransferEmpty, transfer_missing
from hecang.stockkeeping.events_replenishing import TransferMoved
from hecang.stockkeeping.selectors.values import currency_now, unit_values
from hecang.stockkeeping.services.transfer_tasks import pick_task_make, task_drop

#: What reservations and allocations of transfers are for.
LINE = "transfer_line"
SUBJECT = "transfer"

_INSERT = """
INSERT INTO transfer_line (transfer_id, number, sku_id, quantity, reserved, allocated, picked, shipped, cut, received,
    damaged, lost, over, unit_value, suggestion_id)
SELECT %s, n.number, n.sku_id, n.quantity, 0, 0, 0, 0, 0, 0, 0, 0, 0, n.unit_value, n.suggestion_id
FROM unnest(%s::integer[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[])
    AS n (number, sku_id, quantity, unit_value, suggestion_id)
ORDER BY n.number
"""


@dataclass(frozen=True, slots=True)
class TransferLineIn:
    """Base units of one SKU."""

    sku_id: int
    quantity: int
    suggestion_id: int | None = None


@dataclass(slots=True)
class TransferRow:
    """A transfer under lock."""

    id: int
    number: str
    state: str
    from_warehouse_id: int
    to_warehouse_id: int
    owner_id: int
    staging_id: int | None
    expected_at: datetime | None
    carrier: str = ""
    waybill: str = ""


@dataclass(slots=True)
class LineRow:
    """A line under lock."""

    id: int
    number: int
    sku_id: int
    quantity: int
    reserved: int
    allocated: int
    picked: int
    shipped: int
    cut: int
    received: int
    damaged: int
    lost: int
    over: int
    kept: int
    kept_location_id: int | None

    @property
    def waiting(self) -> int:
        """Units that nobody has decided on yet."""
        return self.quantity - self.reserved - self.allocated - self.shipped - self.cut


@transactional
def transfer_create(
    *,
    from_warehouse_id: int,
    to_warehouse_id: int,
    owner_id: int,
    lines: Sequence[TransferLineIn],
    note: str = "",
    expected_at: datetime | None = None,
    key: str = "",
) -> int:
    """Ask for goods to be brought from one warehouse to another; id of the transfer. Nothing is reserved yet.

    :param key: the caller's name for it: asked again under it, the first answer is given.
    :raises InvalidInput: the same warehouse twice, no lines, a SKU twice, a kit, or something that does not exist.
    """
    scope = current_actor().scope
    scope.require(warehouse=from_warehouse_id, owner=owner_id)
    scope.require(warehouse=to_warehouse_id)
    _require_sound(from_warehouse_id, to_warehouse_id, owner_id, lines)
    [number] = numbers("transfer")
    row = fetch_one(
        "INSERT INTO transfer (number, state, from_warehouse_id, to_warehouse_id, owner_id, key, note, carrier, waybill,"
        " expected_at, line_count, unit_count, value, currency, created_by, created_at, approved_by, shipped_by,"
        " closed_by) VALUES (%s, 'requested', %s, %s, %s, %s, %s, '', '', %s, %s, %s, 0, %s, %s, %s, '', '', '')"
        " ON CONFLICT (key) WHERE NOT (key = '') DO NOTHING RETURNING id",
        [
            number, from_warehouse_id, to_warehouse_id, owner_id, key, note[:500], expected_at, len(lines),
            sum(line.quantity for line in lines), currency_now(), current_actor().name[:100], now(),
        ],
    )  # fmt: skip
    if row is None:
        found = fetch_one("SELECT id FROM transfer WHERE key = %s", [key])
        assert found is not None
        return int(found[0])
    _lines_write(row[0], lines)
    audit_record(
        action="stockkeeping.transfer.requested",
        entity_kind=SUBJECT,
        entity_id=row[0],
        after={"number": number, "lines": len(lines), "from": from_warehouse_id, "to": to_warehouse_id},
    )
    return int(row[0])


@transactional
def transfer_change(
    *,
    transfer_id: int,
    lines: Sequence[TransferLineIn] | None = None,
    note: str | None = None,
    expected_at: datetime | None = None,
    carrier: str | None = None,
    waybill: str | None = None,
) -> None:
    """Change what is asked for (while it is only asked for), and who brings it when.

    :raises StateConflict: lines of a transfer that is approved already, or anything of one that has ended.
    """
    transfer = transfer_lock(transfer_id)
    if transfer.state in states.ENDED:
        states.target(transfer.state, "change", number=transfer.number)
    if lines is not None:
        if transfer.state != states.REQUESTED:
            states.target(transfer.state, "change", number=transfer.number)
        _require_sound(transfer.from_warehouse_id, transfer.to_warehouse_id, transfer.owner_id, lines)
        # What came in for a store and was kept for it is free again; it is kept anew when more comes in.
        kept = [line.id for line in lines_lock(transfer_id) if line.reserved]
        if kept:
            reservations_release(source_kind=LINE, source_ids=kept)
        execute("DELETE FROM transfer_line WHERE transfer_id = %s", [transfer_id])
        _lines_write(transfer_id, lines)
        execute(
            "UPDATE transfer SET line_count = %s, unit_count = %s WHERE id = %s",
            [len(lines), sum(line.quantity for line in lines), transfer_id],
        )
    execute(
        "UPDATE transfer SET note = coalesce(%s::text, note), expected_at = coalesce(%s::timestamptz, expected_at),"
        " carrier = coalesce(%s::text, carrier), waybill = coalesce(%s::text, waybill) WHERE id = %s",
        [note, expected_at, carrier, waybill, transfer_id],
    )
    audit_record(
        action="stockkeeping.transfer.changed",
        entity_kind=SUBJECT,
        entity_id=transfer_id,
        after={"lines": None if lines is None else len(lines), "carrier": carrier, "waybill": waybill},
    )
    if expected_at is not None and transfer.state != states.REQUESTED:
        emit(TransferMoved((transfer_id,)))


@transactional
def transfer_approve(*, transfer_id: int, partial: bool = False) -> None:
    """Decide that the goods go: they are reserved at the source, so that no order and no other transfer gets them.

    Repeating it changes nothing. Announces them at the destination (``TransferMoved``). Where goods were cross-docked for
    it, it is released at once in the background, so that they leave their place.

    :param partial: reserve what there is and cut the rest; else everything or nothing.
    :raises StockShort: not everything can be promised; with ``partial``, :class:`TransferEmpty` if nothing can.
    """
    transfer = transfer_lock(transfer_id)
    if transfer.state == states.APPROVED:
        return
    target = states.target(transfer.state, "approve", number=transfer.number)
    lines = lines_lock(transfer_id)
    open_lines = [line for line in lines if line.waiting]
    outcome = reservations_create(
        requests=[
            ReservationIn(
                transfer.from_warehouse_id, line.sku_id, transfer.owner_id, line.waiting, LINE, line.id
            )
            for line in open_lines
        ],
        partial=partial,
    )
    if not any(outcome.granted) and not any(line.reserved for line in lines):
        raise TransferEmpty(
            _(
                "Nothing of transfer %(number)s is free at its source. Wait for goods, or ask another warehouse."
            )
            % {"number": transfer.number}
        )
    for line, granted in zip(open_lines, outcome.granted, strict=True):
        line.cut += line.waiting - granted
        line.reserved += granted
    lines_save(lines)
    execute(
        "UPDATE transfer SET state = %s, approved_by = %s, approved_at = %s WHERE id = %s",
        [target, current_actor().name[:100], now(), transfer_id],
    )
    _told(transfer, "approved", target, {"units": sum(line.reserved for line in lines)})


@transactional
def transfer_release(*, transfer_id: int, policy: str = "fefo") -> None:
    """Choose the goods, place by place and lot by lot; the dock sees what to bring. Repeating it changes nothing.

    What was cross-docked for it is taken from where it was put down, the rest as the policy chooses.
    What is reserved but cannot be allocated (it went on hold, say) is cut.

    :raises TransferEmpty: nothing could be allocated.
    """
    transfer = transfer_lock(transfer_id)
    if transfer.state == states.PICKING:
        return
    target = states.target(transfer.state, "release", number=transfer.number)
    lines = lines_lock(transfer_id)
    staging = transfer.staging_id or staging_location(transfer.from_warehouse_id)
    result = stock_allocate(
        demands=[
            AllocationDemand(
                source_id=line.id,
                warehouse_id=transfer.from_warehouse_id,
                sku_id=line.sku_id,
                owner_id=transfer.owner_id,
                quantity=line.reserved,
                reservation_source_id=line.id,
                source_kind=LINE,
                reservation_source_kind=LINE,
                from_location_id=line.kept_location_id,
                from_units=line.kept,
            )
            for line in lines
            if line.reserved
        ],
        policy=policy,
    )
    if not result.allocations:
        raise TransferEmpty(
            _("Nothing of transfer %(number)s can be taken from the shelves. Look at holds, or cancel it.")
            % {"number": transfer.number}
        )
    got: dict[int, int] = defaultdict(int)
    for allocation in result.allocations:
        got[allocation.source_id] += allocation.quantity
    short = {line.id: line.reserved - got[line.id] for line in lines if line.reserved > got[line.id]}
    if short:
        reservations_release(source_kind=LINE, source_ids=list(short), quantities=list(short.values()))
    for line in lines:
        line.cut += line.reserved - got[line.id]
        line.allocated += got[line.id]
        line.reserved = 0
    lines_save(lines)
    _kept_forget(transfer_id)
    execute(
        "UPDATE transfer SET state = %s, staging_id = %s, released_at = %s WHERE id = %s",
        [target, staging, now(), transfer_id],
    )
    pick_task_make(
        transfer_id=transfer_id, number=transfer.number, warehouse_id=transfer.from_warehouse_id, staging_id=staging,
        units=sum(got.values()), places=len(result.allocations),
    )  # fmt: skip
    _told(transfer, "released", target, {"units": sum(got.values())})


@transactional
def transfer_cancel(*, transfer_id: int, note: str = "") -> None:
    """Give it up before the truck leaves: what is reserved and allocated is free again. Repeating it changes nothing.

    What has been picked lies at the dock; inbound is told (``TransferReceived`` at the source) and puts it away. What was
    cross-docked for it and not picked lies in a place of the shelves, and is anybody's now.

    :raises StateConflict: it has left, or is closed.
    """
    from hecang.stockkeeping.services.transfer_shipping import allocations_let_go

    transfer = transfer_lock(transfer_id)
    if transfer.state == states.CANCELLED:
        return
    target = states.target(transfer.state, "cancel", number=transfer.number)
    execute(
        "UPDATE transfer SET state = %s, closed_by = %s, closed_at = %s WHERE id = %s",
        [target, current_actor().name[:100], now(), transfer_id],
    )
    task_drop(transfer_id)
    lines = lines_lock(transfer_id)
    allocations_let_go(transfer, lines)
    reservations_release(source_kind=LINE, source_ids=[line.id for line in lines if line.reserved])
    for line in lines:
        line.cut = line.quantity
        line.reserved = line.allocated = line.picked = 0
    lines_save(lines)
    _kept_forget(transfer_id)
    _told(transfer, "cancelled", target, {"note": note})


@transactional
def transfers_from_suggestions(*, suggestion_ids: Collection[int]) -> list[int]:
    """Transfers for what orders wait for and another warehouse has; one for each pair of warehouses and owner.

    Suggestions that a standing transfer answers already give that one. Locks the suggestions.

    :raises InvalidInput: a suggestion is settled, or is to be bought.
    """
    rows = fetch(
        "SELECT s.id, s.sku_id, s.owner_id, s.warehouse_id, s.from_warehouse_id, s.quantity, s.source,"
        " s.settled_at IS NULL, (SELECT l.transfer_id FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id"
        "   WHERE l.suggestion_id = s.id AND t.state NOT IN ('closed', 'cancelled') ORDER BY l.id LIMIT 1)"
        " FROM supply_suggestion s WHERE s.id = ANY(%s::bigint[]) ORDER BY s.id FOR NO KEY UPDATE OF s",
        [sorted(set(suggestion_ids))],
    )
    wrong = [row[0] for row in rows if row[6] != "transfer" or not row[7]]
    if wrong or len(rows) < len(set(suggestion_ids)):
        raise InvalidInput(
            _("A suggestion is settled, or is to be bought from a supplier. Read the list again."),
            code="wrong_suggestion",
            data={"suggestion_ids": wrong},
        )
    known = [row[8] for row in rows if row[8] is not None]
    groups: dict[tuple[int, int, int], list[TransferLineIn]] = defaultdict(list)
    for key, sku, owner, to, source, quantity, *_rest in (row for row in rows if row[8] is None):
        groups[source, to, owner].append(TransferLineIn(sku, quantity, key))
    made = [
        transfer_create(from_warehouse_id=source, to_warehouse_id=to, owner_id=owner, lines=lines)
        for (source, to, owner), lines in sorted(groups.items())
    ]
    return list(dict.fromkeys([*known, *made]))


class TransferLineHolder:
    """The documents behind reservations of ``transfer_line``; registered in ``apps.py``."""

    source_kind = LINE

    def lock(self, source_ids: Sequence[int]) -> None:
        ids = fetch(
            "SELECT DISTINCT transfer_id FROM transfer_line WHERE id = ANY(%s::bigint[])", [list(source_ids)]
        )
        transfers = [row[0] for row in ids]
        execute(
            "SELECT 1 FROM transfer WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [transfers]
        )
        execute(
            "SELECT 1 FROM transfer_line WHERE transfer_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [transfers],
        )

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, int]:
        """A customer waits for an order, nobody for a transfer: it is shorted first."""
        return dict.fromkeys(source_ids, 2**60)

    def shorted(self, shorts: Sequence[ReservationShort]) -> None:
        """Reserved → cut (or, before the approval, waited for again), in inventory's transaction."""
        lost: dict[int, int] = defaultdict(int)
        for short in shorts:
            lost[short.source_id] += short.quantity
        rows = fetch(
            "UPDATE transfer_line l SET reserved = l.reserved - d.units,"
            " cut = l.cut + CASE WHEN t.state = 'requested' THEN 0 ELSE d.units END"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, units), transfer t"
            " WHERE l.id = d.id AND t.id = l.transfer_id RETURNING l.transfer_id",
            columns(sorted(lost.items()), 2),
        )
        transfers = sorted({row[0] for row in rows})
        audit_record_many(
            action="stockkeeping.transfer.shorted",
            entity_kind=SUBJECT,
            entries=[(key, None, {"units": sum(lost.values())}) for key in transfers],
        )
        emit(TransferMoved(tuple(transfers)))


# ---------------------------------------------------------------- shared by what comes after


def transfer_lock(transfer_id: int, *, end: str = "from") -> TransferRow:
    """Lock a transfer. Raises NotFound, also where the actor may not touch the warehouse at this end.

    :param end: ``from`` or ``to``: at whose end something is done.
    """
    row = fetch_one(
        "SELECT id, number, state, from_warehouse_id, to_warehouse_id, owner_id, staging_id, expected_at, carrier,"
        " waybill FROM transfer WHERE id = %s FOR NO KEY UPDATE",
        [transfer_id],
    )
    if row is None:
        raise transfer_missing()
    transfer = TransferRow(*row)
    warehouse_id = transfer.from_warehouse_id if end == "from" else transfer.to_warehouse_id
    current_actor().scope.require(warehouse=warehouse_id, owner=transfer.owner_id)
    return transfer


def lines_lock(transfer_id: int) -> list[LineRow]:
    """Lock the lines of a locked transfer, in their order."""
    rows = fetch(
        "SELECT id, number, sku_id, quantity, reserved, allocated, picked, shipped, cut, received, damaged, lost, over,"
        " kept, kept_location_id FROM transfer_line WHERE transfer_id = %s ORDER BY id FOR NO KEY UPDATE",
        [transfer_id],
    )
    return [LineRow(*row) for row in rows]


def lines_save(lines: Sequence[LineRow]) -> None:
    """Write lines back, all but what was put aside for them; one statement."""
    execute(
        "UPDATE transfer_line l SET reserved = d.reserved, allocated = d.allocated, picked = d.picked,"
        " shipped = d.shipped, cut = d.cut, received = d.received, damaged = d.damaged, lost = d.lost, over = d.over"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
        " AS d (id, reserved, allocated, picked, shipped, cut, received, damaged, lost, over) WHERE l.id = d.id",
        columns(
            (
                (
                    line.id, line.reserved, line.allocated, line.picked, line.shipped, line.cut, line.received,
                    line.damaged, line.lost, line.over,
                )
                for line in lines
            ),
            10,
        ),
    )  # fmt: skip


def _kept_forget(transfer_id: int) -> None:
    """What was put aside is allocated, or anybody's."""
    execute(
        "UPDATE transfer_line SET kept = 0, kept_location_id = NULL WHERE transfer_id = %s AND kept_location_id IS NOT NULL",
        [transfer_id],
    )


def _told(transfer: TransferRow, what: str, state: str, facts: Mapping[str, object]) -> None:
    audit_record(
        action=f"stockkeeping.transfer.{what}",
        entity_kind=SUBJECT,
        entity_id=transfer.id,
        before={"state": transfer.state},
        after={"state": state, "number": transfer.number, **facts},
    )
    emit(TransferMoved((transfer.id,)))


def _lines_write(transfer_id: int, lines: Sequence[TransferLineIn]) -> None:
    values = unit_values({line.sku_id for line in lines})
    rows = (
        (at, line.sku_id, line.quantity, values.get(line.sku_id), line.suggestion_id)
        for at, line in enumerate(lines, start=1)
    )
    execute(_INSERT, [transfer_id, *columns(rows, 5)])


def _require_sound(source: int, target: int, owner_id: int, lines: Sequence[TransferLineIn]) -> None:
    if source == target:
        raise InvalidInput(
            _("A transfer leads from one warehouse to another. Within one, move the goods."),
            code="same_warehouse",
        )
    if not lines:
        raise InvalidInput(_("A transfer needs at least one line."), code="no_lines")
    known = fetch_one(
        "SELECT (SELECT count(*) FROM warehouse WHERE id = ANY(%s::bigint[]) AND is_active),"
        " (SELECT count(*) FROM owner WHERE id = %s)",
        [[source, target], owner_id],
    )
    if known != (2, 1):
        raise InvalidInput(_("A warehouse or the owner does not exist."), code="unknown_reference")
    skus = dict(
        fetch(
            "SELECT id, kind = 'kit' AND kit_mode = 'explode' FROM sku WHERE id = ANY(%s::bigint[])",
            [sorted({line.sku_id for line in lines})],
        )
    )
    problems, seen = [], set()
    for index, line in enumerate(lines):
        if line.sku_id not in skus:
            fault = ("unknown_sku", "sku_id", _("There is no such SKU."))
        elif skus[line.sku_id]:
            fault = ("kit_has_no_stock", "sku_id", _("This is a kit; transfer its components."))
        elif line.sku_id in seen:
            fault = ("duplicate", "sku_id", _("The SKU stands in another line already."))
        elif line.quantity <= 0:
            fault = ("quantity_not_positive", "quantity", _("The quantity must be at least 1."))
        else:
            seen.add(line.sku_id)
            continue
        problems.append(
            Problem(fault[2], code=fault[0], loc=f"lines.{index}.{fault[1]}", row=index, field=fault[1])
        )
    if problems:
        raise InvalidInput(
            _("Nothing was saved. %(first)s") % {"first": problems[0].message}, problems=problems
        )
