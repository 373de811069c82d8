"""Goods that come in for an ERP: entry orders and returns, received piece by piece, and told as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.models import Location
from hecang.facility.selectors import special_location, virtual_location
from hecang.integrations.models import QimenDocument, QimenLine, QimenSending
from hecang.integrations.qimen.signing import time_text
from hecang.integrations.qimen.xml import Node, Rows
from hecang.integrations.services.qimen.documents import (
    Kind,
    document_create,
    document_get,
    head_of,
    items_of,
)
from hecang.integrations.services.qimen.sending import Telling, tellings_queue
from hecang.integrations.services.qimen.sides import DEFECTS, GOOD, Side, side_open
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post_once
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound, StateConflict

State = QimenDocument.State
INBOUND = (Kind.ENTRY.value, Kind.RETURN.value)
_STATUS = {State.OPEN: "ACCEPT", State.PARTLY: "PARTFULFILLED", State.DONE: "FULFILLED", State.CANCELLED: "CANCELED"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """Units of one line that were received: of one lot, in one state.

    :param line_no: of the document, from 1.
    :param quantity: base units; below zero only to correct a document that was finished.
    :param inventory_type: ``ZP`` good; ``CC``, ``JS``, ``XS`` damaged.
    """

    line_no: int
    quantity: int
    inventory_type: str = GOOD
    lot: str = ""
    produced_on: date | None = None
    expires_on: date | None = None


def entry_create(side: Side, request: Node) -> dict[str, Any]:
    """``entryorder.create``: goods are announced. Nothing is in the books before they are received."""
    head = request.node("entryOrder")
    document = _announced(side, Kind.ENTRY, head, "entryOrderCode", request.list("orderLines"))
    return {"entryOrderId": f"QE{document.pk}"}


def return_create(side: Side, request: Node) -> dict[str, Any]:
    """``returnorder.create``: a customer sends goods back."""
    head = request.node("returnOrder")
    document = _announced(side, Kind.RETURN, head, "returnOrderCode", request.list("orderLines"))
    return {"returnOrderId": f"QR{document.pk}"}


def _announced(side: Side, kind: str, head: Node, name: str, lines: Sequence[Node]) -> QimenDocument:
    code = head.text(name)
    if not code:
        raise InvalidInput(_("The document has no code."), code="no_code")
    items = items_of(lines)
    side.owner_check(head.text("ownerCode"), *(item.node.text("ownerCode") for item in items))
    return document_create(
        side,
        kind=kind,
        code=code,
        order_type=head.text("orderType"),
        items=items,
        warehouse_id=side.warehouse(head.text("warehouseCode")).id,
        head=head_of(head),
    )


def entry_query(side: Side, request: Node) -> dict[str, Any]:
    """``entryorder.query``: what was planned and what has come."""
    document = document_get(side, request.text("entryOrderCode", "entryOrderId"), *INBOUND)
    lines = list(document.lines.order_by("line_no"))
    return {
        "totalLines": len(lines),
        "entryOrder": {
            "entryOrderCode": document.code,
            "ownerCode": side.settings.owner_code,
            "warehouseCode": document.head.get("warehouseCode"),
            "entryOrderId": f"QE{document.pk}",
            "entryOrderType": document.order_type,
            "status": _STATUS[State(document.state)],
            "operateTime": time_text(document.updated_at),
            "extendProps": document.head.get("extendProps"),
        },
        "orderLines": Rows(
            "orderLine",
            [
                {
                    "orderLineNo": line.external_line,
                    "itemCode": line.item_code,
                    "itemId": line.sku_id,
                    "planQty": line.planned,
                    "actualQty": line.actual,
                    "inventoryType": line.inventory_type or GOOD,
                }
                for line in lines
            ],
        ),
    }


@transactional
def qimen_entry_receive(
    *,
    document_id: int,
    received: Sequence[Received],
    out_biz_code: str,
    is_final: bool,
    location_code: str = "",
) -> bool:
    """Receive goods of an entry or return order, and queue what the ERP is told of it; false where it was done before.

    They come from the supplier's (customer's) virtual location. Good units go to ``location_code``, else to the dock
    (of returns: to where returns lie), from where they are put away; damaged ones to where damaged goods lie. A
    document that was finished can be corrected by what differs, also below zero.

    Locks the document, then as ``stock_post_once``. Idempotent by ``out_biz_code``.

    :raises NotFound: no such document or line, or outside the caller's scope.
    :raises StateConflict: it was cancelled.
    :raises InvalidInput: a quantity, type, lot or location is wrong.
    """
    document = (
        QimenDocument.objects.select_for_update(no_key=True, of=("self",)).filter(pk=document_id).first()
    )
    if document is None or document.kind not in INBOUND or document.warehouse_id is None:
        raise NotFound(_("There is no such document to receive."))
    current_actor().scope.require(warehouse=document.warehouse_id, owner=document.owner_id)
    method = "entryorder.confirm" if document.kind == Kind.ENTRY else "returnorder.confirm"
    if QimenSending.objects.filter(
        connection=document.connection_id, method=method, key=out_biz_code
    ).exists():
        return False
    if document.state == State.CANCELLED:
        raise StateConflict(_("Document %(code)s was cancelled.") % {"code": document.code})
    if not out_biz_code or len(out_biz_code) > 64 or not received:
        raise InvalidInput(_("Name what was received, and a number (outBizCode) of at most 64 characters."))
    corrects = document.state == State.DONE
    lines = {line.line_no: line for line in document.lines.select_related("sku").order_by("line_no")}
    _check(received, lines, corrects)
    lots = _lots(received, lines)
    _post(document, received, lines, lots, out_biz_code, location_code)
    for one in received:
        lines[one.line_no].actual += one.quantity
    if any(line.actual < 0 for line in lines.values()):
        raise InvalidInput(_("No line can have received less than nothing."), code="bad_quantity")
    QimenLine.objects.bulk_update(lines.values(), ["actual"])
    before = document.state
    if not corrects:
        document.state = State.DONE if is_final else State.PARTLY
    document.updated_at = clock.now()
    document.save(update_fields=["state", "updated_at"])
    side = side_open(document.connection)
    final = is_final and not corrects
    content = _confirm(side, document, received, lines, out_biz_code, "0" if final else "1")
    tellings_queue([Telling(document.connection_id, method, out_biz_code, document.code, content)])
    audit_record(
        action="integrations.qimen.received",
        entity_kind="qimen_document",
        entity_id=document.pk,
        before={"state": before},
        after={"state": document.state, "units": sum(one.quantity for one in received), "key": out_biz_code},
    )
    return True


def _check(received: Sequence[Received], lines: dict[int, QimenLine], corrects: bool) -> None:
    for one in received:
        if one.line_no not in lines:
            raise NotFound(_("The document has no line %(number)s.") % {"number": one.line_no})
        if one.quantity == 0 or (one.quantity < 0 and not corrects):
            raise InvalidInput(
                _("The quantity must be above zero; only a finished document is corrected below it."),
                code="bad_quantity",
            )
        if one.inventory_type != GOOD and one.inventory_type not in DEFECTS:
            raise InvalidInput(
                _("The inventory type must be ZP, CC, JS or XS."), code="inventory_type_not_supported"
            )
        sku = lines[one.line_no].sku
        if sku is not None and sku.is_lot_tracked != bool(one.lot):
            text = (
                _("%(code)s is kept by lot; name the lot.")
                if sku.is_lot_tracked
                else _("%(code)s is not kept by lot.")
            )
            raise InvalidInput(text % {"code": sku.code}, code="bad_lot")


def _lots(received: Sequence[Received], lines: dict[int, QimenLine]) -> list[int | None]:
    named = [one for one in received if one.lot]
    ids = iter(
        lot_get_or_create_many(
            lots=[
                LotIn(lines[one.line_no].sku_id or 0, one.lot, one.produced_on, one.expires_on)
                for one in named
            ]
        )
    )
    return [next(ids) if one.lot else None for one in received]


def _post(
    document: QimenDocument,
    received: Sequence[Received],
    lines: dict[int, QimenLine],
    lots: Sequence[int | None],
    out_biz_code: str,
    location_code: str,
) -> None:
    is_return = document.kind == Kind.RETURN
    warehouse = document.warehouse_id or 0
    outside = virtual_location(warehouse, "customer" if is_return else "supplier")
    good = _shelf(warehouse, location_code) if location_code else 0
    entries = []
    for number, (one, lot) in enumerate(zip(received, lots, strict=True)):
        is_good = one.inventory_type == GOOD
        if is_good and not good:
            good = special_location(warehouse, "returns" if is_return else "dock")
        place = good if is_good else special_location(warehouse, "damaged")
        condition = "good" if is_good else "damaged"
        comes = one.quantity > 0
        posting = PostingIn(
            sku_id=lines[one.line_no].sku_id or 0,
            owner_id=document.owner_id,
            quantity=abs(one.quantity),
            from_location_id=outside if comes else place,
            to_location_id=place if comes else outside,
            from_condition=condition,
            to_condition=condition,
            lot_id=lot,
            reason="return" if is_return else "receipt",
            source_kind="qimen_document",
            source_id=document.pk,
        )
        entries.append((f"qimen:{document.pk}:{out_biz_code}:{number}", posting))
    stock_post_once(entries=entries)


def _shelf(warehouse_id: int, code: str) -> int:
    found = (
        Location.objects.filter(warehouse=warehouse_id, code=code, is_active=True, is_virtual=False)
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise InvalidInput(
            _("There is no location “%(code)s” in this warehouse.") % {"code": code}, code="unknown_location"
        )
    return found


def _confirm(
    side: Side,
    document: QimenDocument,
    received: Sequence[Received],
    lines: dict[int, QimenLine],
    out_biz_code: str,
    confirm_type: str,
) -> dict[str, Any]:
    """What the ERP is told: increments of this message, lot by lot."""
    is_return = document.kind == Kind.RETURN
    now = time_text(clock.now())
    known = document.head
    common = {
        "warehouseCode": known.get("warehouseCode"),
        "outBizCode": out_biz_code,
        "confirmType": confirm_type,
        "remark": known.get("remark"),
        "extendProps": known.get("extendProps"),
    }
    if is_return:
        head = {
            "returnOrderCode": document.code,
            "returnOrderId": f"QR{document.pk}",
            "orderType": document.order_type,
            "orderConfirmTime": now,
            "logisticsCode": known.get("logisticsCode"),
            "expressCode": known.get("expressCode"),
            "returnReason": known.get("returnReason"),
            **common,
        }
    else:
        head = {
            "entryOrderCode": document.code,
            "entryOrderId": f"QE{document.pk}",
            "ownerCode": side.settings.owner_code,
            "purchaseOrderCode": known.get("purchaseOrderCode"),
            "entryOrderType": document.order_type,
            "status": _STATUS[State(document.state)],
            "operateTime": now,
            "shopNick": known.get("shopNick"),
            "shopCode": known.get("shopCode"),
            **common,
        }
    by_line: dict[tuple[int, str], list[Received]] = {}
    for one in received:
        by_line.setdefault((one.line_no, one.inventory_type), []).append(one)
    rows = [
        _confirm_line(side, lines[number], kind, parts) for (number, kind), parts in sorted(by_line.items())
    ]
    return {"returnOrder" if is_return else "entryOrder": head, "orderLines": Rows("orderLine", rows)}


def _confirm_line(side: Side, line: QimenLine, kind: str, parts: Sequence[Received]) -> dict[str, Any]:
    lots = [
        {
            "batchCode": one.lot,
            "productDate": one.produced_on,
            "expireDate": one.expires_on,
            "inventoryType": kind,
            "actualQty": one.quantity,
        }
        for one in parts
        if one.lot
    ]
    return {
        "orderLineNo": line.external_line,
        "sourceOrderCode": line.head.get("sourceOrderCode"),
        "subSourceOrderCode": line.head.get("subSourceOrderCode"),
        "ownerCode": side.settings.owner_code,
        "itemCode": line.item_code,
        "itemId": line.sku_id,
        "itemName": line.sku.name if line.sku else None,
        "planQty": line.planned,
        "inventoryType": kind,
        "actualQty": sum(one.quantity for one in parts),
        "batchs": Rows("batch", lots) if lots else None,
        "remark": line.head.get("remark"),
        "extendProps": line.head.get("extendProps"),
    }
