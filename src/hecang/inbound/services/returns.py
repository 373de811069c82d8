"""Returned goods come in: announced, as a parcel that came back, or nobody knows whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import special_location, virtual_location
from hecang.inbound.errors_quality import ReturnInvalid, ReturnNotFound, ReturnStateConflict
from hecang.inbound.events import ReturnReceived
from hecang.inbound.models import GoodsReturn, ReturnKind, ReturnLine, ReturnState
from hecang.inbound.selectors.sent import (
    SentLine,
    order_lines_shipped,
    order_named,
    parcel_lines,
    parcel_sent,
)
from hecang.inbound.services.references import references_require
from hecang.inventory.models import Condition
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.tickets.services import tickets_settle

#: What ledger entries of receiving say they come from.
SOURCE = "goods_return"
OPEN_STATES = (ReturnState.EXPECTED, ReturnState.RECEIVING, ReturnState.GRADING)


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """Units that a customer said would come back."""

    sku_id: int
    quantity: int
    order_line_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReturnIn:
    """A return to open.

    :param rma: number of the return at the shop or in after-sales; opened again under it, it is the same one (law 8).
    :param lines: what is expected; by default, for a parcel that came back, what had been in it.
    """

    warehouse_id: int
    kind: str = ReturnKind.UNKNOWN.value
    rma: str = ""
    waybill: str = ""
    order_id: int | None = None
    owner_id: int | None = None
    sent_waybill_id: int | None = None
    note: str = ""
    lines: Sequence[ExpectedLine] = field(default_factory=tuple)


@transactional
def return_open(*, opened: ReturnIn) -> int:
    """Open a return; its id. One of the same RMA that stands is answered again.

    Raises :class:`ReturnInvalid` for lines that make no sense.
    """
    current_actor().scope.require(warehouse=opened.warehouse_id, owner=opened.owner_id)
    if opened.rma:
        row = fetch_one(
            "SELECT id FROM goods_return WHERE rma = %s AND NOT state = 'cancelled'", [opened.rma]
        )
        if row is not None:
            return int(row[0])
    if opened.kind not in ReturnKind.values or any(line.quantity <= 0 for line in opened.lines):
        raise ReturnInvalid(_("A return has a kind, and each expected line at least one unit."))
    _require_named(opened)
    owner_id = opened.owner_id
    if opened.order_id is not None:
        row = fetch_one("SELECT owner_id FROM sales_order WHERE id = %s", [opened.order_id])
        if row is None:
            raise ReturnInvalid(_("There is no such order."))
        if owner_id not in (None, row[0]):
            raise ReturnInvalid(
                _("The order is of another owner. Leave the owner out, or choose the order's.")
            )
        owner_id = row[0]
    if opened.lines and owner_id is None:
        raise ReturnInvalid(_("Say whose goods are expected, or name the order."))
    made = GoodsReturn.objects.create(
        number=numbers("goods_return")[0],
        kind=opened.kind,
        warehouse_id=opened.warehouse_id,
        owner_id=owner_id,
        order_id=opened.order_id,
        rma=opened.rma.strip()[:64],
        waybill=opened.waybill.strip()[:64],
        sent_waybill_id=opened.sent_waybill_id,
        note=opened.note.strip()[:500],
        created_by=current_actor().name[:100],
        created_at=clock.now(),
    )
    if owner_id is not None:
        ReturnLine.objects.bulk_create(
            ReturnLine(
                goods_return=made,
                number=number,
                order_line_id=line.order_line_id,
                sku_id=line.sku_id,
                owner_id=owner_id,
                expected=line.quantity,
                reason=line.reason[:64],
            )
            for number, line in enumerate(opened.lines, 1)
        )
    audit_record(
        action="inbound.goods_return.opened",
        entity_kind="goods_return",
        entity_id=made.pk,
        after={"number": made.number, "kind": opened.kind, "order_id": opened.order_id, "rma": opened.rma},
    )
    return int(made.pk)


def _require_named(opened: ReturnIn) -> None:
    """Raise :class:`ReturnInvalid` for what does not exist, or for a line that is of another order."""
    references_require(
        ReturnInvalid,
        [
            ("warehouse_id", "warehouse", opened.warehouse_id),
            ("owner_id", "owner", opened.owner_id),
            *((f"lines.{at}.sku_id", "sku", line.sku_id) for at, line in enumerate(opened.lines)),
        ],
    )
    named = sorted({line.order_line_id for line in opened.lines if line.order_line_id is not None})
    if not named:
        return
    known = fetch_one(
        "SELECT count(*) FROM sales_order_line WHERE id = ANY(%s::bigint[]) AND order_id = %s",
        [named, opened.order_id],
    )
    if known is None or known[0] < len(named):
        raise ReturnInvalid(
            _("A line is not one of the order that was named. Choose the order first, then its lines.")
        )


@transactional
def return_open_by_scan(*, warehouse_id: int, code: str) -> int | None:
    """The return that a scanned code means, opened where it is new; ``None`` where nobody knows the code.

    A return's number or RMA, the waybill that it came with, the parcel or waybill that had gone out, an order.
    """
    text = code.strip()[:64]
    row = fetch_one(
        "SELECT id FROM goods_return WHERE warehouse_id = %s AND (number = %s OR rma = %s OR waybill = %s)"
        " AND state IN ('expected', 'receiving', 'grading') ORDER BY id DESC LIMIT 1",
        [warehouse_id, text, text, text],
    )
    if row is not None:
        return int(row[0])
    parcel = parcel_sent(text)
    if parcel is not None:
        return return_open(
            opened=ReturnIn(
                warehouse_id=warehouse_id,
                kind=ReturnKind.REFUSED.value,
                rma=f"parcel:{parcel.parcel}",
                waybill=text,
                order_id=parcel.order_id,
                owner_id=parcel.owner_id,
                sent_waybill_id=parcel.waybill_id,
                lines=_expected(parcel_lines(parcel.parcel_id)),
            )
        )
    order = order_named(text)
    if order is not None:
        return return_open(
            opened=ReturnIn(
                warehouse_id=warehouse_id,
                kind=ReturnKind.RMA.value,
                order_id=order[0],
                owner_id=order[2],
                lines=_expected(order_lines_shipped(order[0])),
            )
        )
    return None


def _expected(lines: Sequence[SentLine]) -> list[ExpectedLine]:
    return [
        ExpectedLine(line.sku_id, line.shipped - line.returned, line.order_line_id)
        for line in lines
        if line.shipped > line.returned
    ]


@dataclass(frozen=True, slots=True)
class LockedReturn:
    """A return that is locked."""

    id: int
    number: str
    state: str
    warehouse_id: int
    owner_id: int | None
    order_id: int | None
    rma: str
    sent_waybill_id: int | None


def return_lock(return_id: int) -> LockedReturn:
    """Lock one. Raises :class:`ReturnNotFound`, also outside the actor's scope."""
    row = fetch_one(
        "SELECT id, number, state, warehouse_id, owner_id, order_id, rma, sent_waybill_id FROM goods_return"
        " WHERE id = %s FOR NO KEY UPDATE",
        [return_id],
    )
    if row is None:
        raise ReturnNotFound(_("There is no such return, or it lies outside your data scope."))
    found = LockedReturn(*row)
    current_actor().scope.require(warehouse=found.warehouse_id, owner=found.owner_id)
    return found


def return_require_open(found: LockedReturn) -> None:
    """Raise :class:`ReturnStateConflict` where it is closed or cancelled."""
    if found.state not in OPEN_STATES:
        raise ReturnStateConflict(
            _("Return %(number)s is %(state)s. Open another one for what came besides.")
            % {"number": found.number, "state": ReturnState(found.state).label},
            data={"state": found.state},
        )


@dataclass(frozen=True, slots=True)
class ReturnedIn:
    """Units that were taken out of the parcel.

    :param owner_id: where the return does not say.
    :param lot_code: of goods kept by lot; blank where it cannot be read: then a lot of the return's own, or of the date.
    :param expires_on: last day of dated goods whose lot is not known; goods without one are never restocked.
    :param serials: as many as ``quantity``, of goods kept by serial, as far as they can be read.
    """

    sku_id: int
    quantity: int
    owner_id: int | None = None
    lot_code: str = ""
    serials: tuple[str, ...] = ()
    reason: str = ""
    expires_on: date | None = None


@transactional
def return_receive(*, return_id: int, goods: ReturnedIn) -> int:
    """Units are in the house: book them to the returns place, not yet to be sold; the line's id.

    What was expected grows first, units beyond that have a line of their own. Serials come back from the customer.

    Locks the return, then stock. Emits ``ReturnReceived`` with the first units; settles the ticket of a parcel that was
    on its way back. Raises :class:`ReturnStateConflict`, :class:`ReturnInvalid`, ``PostingInvalid`` (such as a serial
    that is not with a customer).
    """
    found = return_lock(return_id)
    return_require_open(found)
    owner_id = found.owner_id or goods.owner_id
    if owner_id is None:
        raise ReturnInvalid(_("Say whose goods these are: the return does not."), code="owner_missing")
    current_actor().scope.require(owner=owner_id)
    if goods.quantity <= 0 or (goods.serials and len(goods.serials) != goods.quantity):
        raise ReturnInvalid(_("Key at least one unit, and as many serial numbers as units."))
    lot_id = _lot(found, goods)
    location_id = special_location(found.warehouse_id, "returns")
    line_id = _line(found, goods, owner_id, lot_id, location_id)
    stock_post(
        entries=[
            PostingIn(
                sku_id=goods.sku_id,
                owner_id=owner_id,
                lot_id=lot_id,
                quantity=goods.quantity,
                from_location_id=virtual_location(found.warehouse_id, "customer"),
                to_location_id=location_id,
                from_condition=Condition.RETURNED.value,
                to_condition=Condition.RETURNED.value,
                reason="return",
                source_kind=SOURCE,
                source_id=found.id,
                serials=goods.serials,
            )
        ]
    )
    if found.state != ReturnState.RECEIVING:
        execute(
            "UPDATE goods_return SET state = 'receiving', received_at = coalesce(received_at, %s),"
            " location_id = %s, owner_id = coalesce(owner_id, %s) WHERE id = %s",
            [clock.now(), location_id, owner_id, found.id],
        )
    execute("UPDATE goods_return SET unit_count = unit_count + %s WHERE id = %s", [goods.quantity, found.id])
    if found.state == ReturnState.EXPECTED:
        _arrived(found)
    audit_record(
        action="inbound.goods_return.received",
        entity_kind="goods_return",
        entity_id=found.id,
        after={
            "line_id": line_id,
            "sku_id": goods.sku_id,
            "units": goods.quantity,
            "serials": list(goods.serials),
        },
    )
    return line_id


def _arrived(found: LockedReturn) -> None:
    emit(ReturnReceived(return_id=found.id, order_id=found.order_id or 0, rma=found.rma))
    if found.rma.startswith("parcel:"):
        row = fetch_one("SELECT id FROM parcel WHERE number = %s", [found.rma.removeprefix("parcel:")])
        if row is not None:
            tickets_settle(
                keys=[f"parcel:{row[0]}:returned"],
                note=_("It is back: return %(number)s.") % {"number": found.number},
            )


def _lot(found: LockedReturn, goods: ReturnedIn) -> int | None:
    row = fetch_one("SELECT is_lot_tracked, is_expiry_tracked FROM sku WHERE id = %s", [goods.sku_id])
    if row is None:
        raise ReturnInvalid(_("There is no such SKU."))
    if not row[0]:
        return None
    day = goods.expires_on if row[1] else None
    code = goods.lot_code.strip()
    if known := lot_known(goods.sku_id, code):  # nobody has to name its dates again
        return known
    unreadable = bool(row[1] and not code and day is None)
    code = code or (f"{day:%Y%m%d}" if day else found.number)
    made = LotIn(goods.sku_id, code, expires_on=day, is_unreadable=unreadable)
    return lot_known(goods.sku_id, code) or lot_get_or_create_many(lots=[made])[0]


def lot_known(sku_id: int, code: str) -> int | None:
    """The lot of an SKU with this code. One statement; none for a blank code."""
    row = fetch_one("SELECT id FROM lot WHERE sku_id = %s AND code = %s", [sku_id, code]) if code else None
    return None if row is None else int(row[0])


_GROW = """
UPDATE return_line SET received = received + %s, lot_id = %s, location_id = %s, serials = serials || %s::varchar[],
    reason = CASE WHEN %s = '' THEN reason ELSE %s END
WHERE id = (
    SELECT id FROM return_line WHERE goods_return_id = %s AND sku_id = %s AND owner_id = %s AND grade = ''
        AND (lot_id IS NOT DISTINCT FROM %s::bigint OR received = 0)
    ORDER BY expected - received >= %s DESC, expected - received DESC, number LIMIT 1
) RETURNING id
"""


def _line(found: LockedReturn, goods: ReturnedIn, owner_id: int, lot_id: int | None, location_id: int) -> int:
    row = fetch_one(
        _GROW,
        [
            goods.quantity, lot_id, location_id, list(goods.serials), goods.reason, goods.reason[:64], found.id,
            goods.sku_id, owner_id, lot_id, goods.quantity,
        ],
    )  # fmt: skip
    if row is not None:
        return int(row[0])
    last = fetch_one(
        "SELECT coalesce(max(number), 0) FROM return_line WHERE goods_return_id = %s", [found.id]
    )
    assert last is not None
    made = ReturnLine.objects.create(
        goods_return_id=found.id,
        number=last[0] + 1,
        sku_id=goods.sku_id,
        lot_id=lot_id,
        owner_id=owner_id,
        received=goods.quantity,
        serials=list(goods.serials),
        location_id=location_id,
        reason=goods.reason[:64],
    )
    return int(made.pk)


@transactional
def return_receive_undo(
    *, return_id: int, line_id: int, quantity: int, serials: tuple[str, ...] = ()
) -> None:
    """Units were scanned by mistake: book them back. Locks the return, then stock.

    Raises :class:`ReturnInvalid` where the line has not so many ungraded units.
    """
    found = return_lock(return_id)
    return_require_open(found)
    row = fetch_one(
        "UPDATE return_line SET received = received - %s,"
        " serials = ARRAY(SELECT s FROM unnest(serials) AS s WHERE NOT s = ANY(%s::varchar[]))"
        " WHERE id = %s AND goods_return_id = %s AND grade = '' AND received >= %s"
        " RETURNING sku_id, owner_id, lot_id, location_id, received, expected",
        [quantity, list(serials), line_id, return_id, quantity],
    )
    if row is None or quantity <= 0:
        raise ReturnInvalid(_("The line has not so many units that are not graded yet."))
    sku_id, owner_id, lot_id, location_id, received, expected = row
    stock_post(
        entries=[
            PostingIn(
                sku_id=sku_id,
                owner_id=owner_id,
                lot_id=lot_id,
                quantity=quantity,
                from_location_id=location_id,
                to_location_id=virtual_location(found.warehouse_id, "customer"),
                from_condition=Condition.RETURNED.value,
                to_condition=Condition.RETURNED.value,
                reason="return",
                source_kind=SOURCE,
                source_id=found.id,
                serials=serials,
            )
        ]
    )
    if received == 0 and expected == 0:
        execute("DELETE FROM return_line WHERE id = %s", [line_id])
    execute("UPDATE goods_return SET unit_count = unit_count - %s WHERE id = %s", [quantity, return_id])
    audit_record(
        action="inbound.goods_return.taken_back",
        entity_kind="goods_return",
        entity_id=return_id,
        after={"line_id": line_id, "units": quantity},
    )


@transactional
def return_cancel(*, return_id: int, reason: str) -> None:
    """It will not come. Only while nothing of it has been received. Locks the return. Repeating it changes nothing."""
    found = return_lock(return_id)
    if found.state == ReturnState.CANCELLED:
        return
    if found.state != ReturnState.EXPECTED:
        raise ReturnStateConflict(_("Goods of this return are in the house; grade them instead."))
    execute(
        "UPDATE goods_return SET state = 'cancelled', closed_at = %s WHERE id = %s", [clock.now(), return_id]
    )
    audit_record(
        action="inbound.goods_return.cancelled",
        entity_kind="goods_return",
        entity_id=return_id,
        before={"state": found.state},
        after={"reason": reason[:200]},
    )
