"""Goods that an ERP orders us to ship: taken in as orders of its shop, asked about, stopped, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.integrations.models import QimenDocument, QimenSending
from hecang.integrations.qimen.signing import time_text
from hecang.integrations.qimen.xml import Node, Rows, dump, parse
from hecang.integrations.services.qimen.documents import (
    Item,
    Kind,
    document_create,
    document_get,
    head_of,
    items_of,
)
from hecang.integrations.services.qimen.sides import GOOD, OTHER, Side, money, time_of
from hecang.kernel import clock
from hecang.kernel.crypto import decrypt
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import HecangError, InvalidInput, StateConflict
from hecang.orders.models import OrderHold, SalesOrder
from hecang.orders.selectors.orders import lines_bought
from hecang.orders.services import (
    LineIn,
    OrderIn,
    RecipientIn,
    order_hold,
    order_hold_release,
    orders_cancel,
    orders_intake,
)
from hecang.outbound.services.cancelling import fulfilments_pull
from hecang.shipping.services import waybill_intercept

_KINDS = {"HHCK": "exchange", "BFCK": "resend"}
SHIPS = (Kind.DELIVERY.value, Kind.STOCKOUT.value)
#: State of an order → what Qimen calls it.
_STATUS = {
    "pending": "ACCEPT",
    "approved": "ACCEPT",
    "partially_shipped": "PARTDELIVERED",
    "shipped": "DELIVERED",
    "cancelled": "CANCELED",
}


def delivery_create(side: Side, request: Node) -> dict[str, Any]:
    """``deliveryorder.create``: an order of the connection's shop."""
    return _created(side, Kind.DELIVERY, request.node("deliveryOrder"), request.list("orderLines"))


def stockout_create(side: Side, request: Node) -> dict[str, Any]:
    """``stockout.create``: the same for other companies, transfers and returns to suppliers."""
    return _created(side, Kind.STOCKOUT, request.node("deliveryOrder"), request.list("orderLines"))


def _created(side: Side, kind: str, head: Node, lines: Sequence[Node]) -> dict[str, Any]:
    code = head.text("deliveryOrderCode")
    items = items_of(lines)
    side.owner_check(head.text("ownerCode"), *(item.node.text("ownerCode") for item in items))
    if any(item.inventory_type not in ("", GOOD) for item in items):
        raise InvalidInput(
            _("Only good units (ZP) are shipped from here."), code="inventory_type_not_supported"
        )
    wanted = head.text("warehouseCode")
    warehouse = side.warehouse(wanted) if wanted and wanted != OTHER else None
    only = [warehouse.id] if warehouse else sorted({one.id for one in side.warehouses.values()})
    order = _order_in(side, code, head, items, only)
    row = orders_intake(shop_id=side.shop.id, orders=[order]).results[0]
    document_create(
        side,
        kind=kind,
        code=code,
        order_type=head.text("orderType"),
        items=items,
        warehouse_id=warehouse.id if warehouse else None,
        head=head_of(head),
        order_id=row.order_id,
    )
    return {
        "deliveryOrderId": row.number,
        "warehouseCode": wanted,
        "logisticsCode": head.text("logisticsCode"),
        "createTime": time_text(clock.now()),
    }


def _order_in(side: Side, code: str, head: Node, items: Sequence[Item], only: Sequence[int]) -> OrderIn:
    to = head.node("receiverInfo")
    oaid = to.text("oaid") or head.text("oaid")
    sealed = {
        name: value for name in ("oaid", "oaidOrderSourceCode") if (value := to.text(name) or head.text(name))
    }
    total = head.text("totalAmount")
    return OrderIn(
        external_number=code,
        placed_at=time_of(head.text("placeOrderTime"), head.text("createTime")) or clock.now(),
        lines=[
            LineIn(
                sku=item.code,
                quantity=item.quantity,
                unit_price=money(item.node.text("actualPrice", "retailPrice")),
                external_line=(item.line or str(number))[:64],
            )
            for number, item in enumerate(items, start=1)
        ],
        recipient=RecipientIn(
            name=to.text("name"),
            phone=to.text("mobile", "tel"),
            province=to.text("province"),
            city=to.text("city"),
            district=to.text("area"),
            address=f"{to.text('town')}{to.text('detailAddress')}",
            postcode=to.text("zipCode"),
            country=to.text("countryCode"),
            sealed=sealed if oaid else {},
        ),
        buyer=head.text("buyerNick"),
        freight_amount=money(head.text("freight")),
        total_amount=money(total) if total else None,
        buyer_remark=head.text("buyerMessage")[:500],
        seller_remark=" ".join(filter(None, (head.text("sellerMessage"), head.text("remark"))))[:500],
        priority=10 if head.text("isUrgency").upper() == "Y" else 100,
        ship_by=time_of(head.text("latestCollectionTime"), head.text("latestDeliveryTime")),
        kind=_KINDS.get(head.text("orderType").upper(), "sale"),
        warehouses_only=only,
        service_id=side.service_id(head.text("logisticsCode")),
    )  # fmt: skip


def delivery_batch_create(side: Side, request: Node) -> dict[str, Any]:
    """``deliveryorder.batchcreate``: each order by itself, as if it had come alone; those refused are named."""
    from hecang.integrations.services.qimen.receiving import message_once

    refused = []
    for one in request.list("orders"):
        head = one.node("deliveryOrder")
        code = head.text("deliveryOrderCode")[:100]
        alone = Node("request", children=list(one))
        try:
            message_once(side, "deliveryorder.create", code, code, alone, head, dump(alone), delivery_create)
        except HecangError as error:
            refused.append({"deliveryOrderCode": code, "message": str(error)})
    if not refused:
        return {}
    return {
        "flag": "failure",
        "code": "partly_refused",
        "message": _("%(count)s orders were refused; the others were taken.") % {"count": len(refused)},
        "orders": Rows("order", refused),
    }


# ------------------------------------------------------------------ stopping


def order_cancel(side: Side, request: Node) -> dict[str, Any]:
    """``order.cancel``: at every stage before the goods have left; then it is refused.

    Two transactions: the order is cancelled as far as orders can; then the warehouse takes back what it has begun.
    """
    code = request.text("orderCode")
    document = document_get(side, code)
    if document.kind not in SHIPS:
        return _cancel_inbound(document)
    assert document.order_id is not None
    ids = _orders_of(document.order_id)
    results = orders_cancel(order_ids=ids, reason=request.text("cancelReason")[:200])
    bad = next((one for one in results if not one.ok), None)
    if bad is not None:
        raise StateConflict(
            _("Order %(code)s cannot be cancelled any more: its goods have left.") % {"code": code},
            code="cancel_refused",
        )
    if any(one.code == "requested" for one in results):
        pulled = fulfilments_pull(order_ids=ids)
        if pulled.refused:
            raise StateConflict(
                _("A part of order %(code)s has left already; the rest was stopped.") % {"code": code},
                code="partly_shipped",
            )
    execute(
        "UPDATE qimen_document SET state = 'cancelled', updated_at = %s WHERE id = %s AND state = 'open'",
        [clock.now(), document.pk],
    )
    return {}


@transactional
def _cancel_inbound(document: QimenDocument) -> dict[str, Any]:
    locked = QimenDocument.objects.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)
    if locked.state == QimenDocument.State.CANCELLED:
        return {}
    if locked.state != QimenDocument.State.OPEN:
        raise StateConflict(
            _("Goods of document %(code)s have been received already.") % {"code": locked.code},
            code="cancel_refused",
        )
    locked.state, locked.updated_at = QimenDocument.State.CANCELLED, clock.now()
    locked.save(update_fields=["state", "updated_at"])
    return {}


def _orders_of(order_id: int) -> list[int]:
    """The order, and those that were split off it."""
    parts = SalesOrder.objects.filter(origin=order_id).exclude(kind__in=("exchange", "resend"))
    return [order_id, *sorted(parts.values_list("pk", flat=True))]


def order_pending(side: Side, request: Node) -> dict[str, Any]:
    """``order.pending``: hold an order, or let it go on."""
    document = document_get(side, request.text("orderCode"), *SHIPS)
    assert document.order_id is not None
    action = request.text("actionType").lower()
    note = request.text("reason")[:200]
    if action == "pending":
        order_hold(order_id=document.order_id, note=note)
    elif action == "restore":
        order_hold_release(order_id=document.order_id, codes=[OrderHold.Code.MANUAL.value], note=note)
    else:
        raise InvalidInput(_("actionType must be pending or restore."), code="bad_action")
    return {}


def order_callback(side: Side, request: Node) -> dict[str, Any]:
    """``order.callback``: ask the carrier to stop parcels that are on their way."""
    document = document_get(side, request.text("deliveryOrderCode", "orderId"), *SHIPS)
    number = request.text("expressCode")
    rows = [row for row in parcels_of(document) if row["waybill_id"] and number in ("", row["waybill"])]
    if not rows:
        raise StateConflict(_("No parcel of this order is on its way."), code="nothing_to_stop")
    for row in rows:
        waybill_intercept(waybill_id=row["waybill_id"], reason="order.callback")
    return {}


# ------------------------------------------------------------------ questions

_PARCELS = """
SELECT p.id, p.number, p.weight_g, p.expected_weight_g, p.shipped_at, w.id, w.number, s.code, c.code, c.name,
    k.length_mm, k.width_mm, k.height_mm, k.code
FROM parcel p LEFT JOIN waybill w ON w.id = p.waybill_id LEFT JOIN carrier_service s ON s.id = w.service_id
LEFT JOIN carrier c ON c.id = s.carrier_id LEFT JOIN carton k ON k.id = p.carton_id
WHERE p.state = 'shipped' AND (p.id = ANY(%s::bigint[]) OR EXISTS (
    SELECT FROM parcel_line pl JOIN fulfilment_line fl ON fl.id = pl.fulfilment_line_id
    WHERE pl.parcel_id = p.id AND fl.order_line_id = ANY(%s::bigint[])))
ORDER BY p.id
"""
_NAMES = (
    "id", "number", "weight_g", "expected_g", "shipped_at", "waybill_id", "waybill", "service", "carrier",
    "carrier_name", "length_mm", "width_mm", "height_mm", "carton",
)  # fmt: skip


def parcels_of(document: QimenDocument) -> list[dict[str, Any]]:
    """Parcels that have left with goods of a document."""
    lines = [line.id for line in lines_bought([document.order_id])] if document.order_id else []
    return [dict(zip(_NAMES, row, strict=True)) for row in fetch(_PARCELS, [[], lines])]


def parcels_by_id(parcel_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Facts of parcels that have left. One statement."""
    return {row[0]: dict(zip(_NAMES, row, strict=True)) for row in fetch(_PARCELS, [list(parcel_ids), []])}


def delivery_query(side: Side, request: Node) -> dict[str, Any]:
    """``deliveryorder.query``: where an order stands, and what has left."""
    document = document_get(side, request.text("orderCode", "orderId"), *SHIPS)
    assert document.order_id is not None
    order = SalesOrder.objects.get(pk=document.order_id)
    parcels = parcels_of(document)
    lines = list(document.lines.select_related("sku").order_by("line_no"))
    return {
        "totalLines": len(lines),
        "deliveryOrder": {
            "deliveryOrderCode": document.code,
            "deliveryOrderId": order.number,
            "warehouseCode": document.head.get("warehouseCode") or side.warehouse_code(document.warehouse_id),
            "orderType": document.order_type,
            "status": _STATUS.get(order.state, "ACCEPT"),
            "extendProps": document.head.get("extendProps"),
        },
        "packages": Rows("package", [package_of(side, row, []) for row in parcels]),
        "orderLines": Rows(
            "orderLine",
            [
                {
                    "orderLineNo": line.external_line,
                    "itemCode": line.item_code,
                    "itemId": line.sku_id,
                    "inventoryType": line.inventory_type or GOOD,
                    "ownerCode": side.settings.owner_code,
                    "planQty": line.planned,
                    "actualQty": line.actual,
                }
                for line in lines
            ],
        ),
    }


def package_of(side: Side, row: dict[str, Any], items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A parcel as Qimen tells it: centimetres, kilograms, litres."""
    sides = [row[name] for name in ("length_mm", "width_mm", "height_mm")]
    volume = f"{sides[0] * sides[1] * sides[2] / 1e6:.3f}" if all(sides) else None
    return {
        "logisticsCode": side.logistics_code(row["service"] or "", row["carrier"] or "OTHER"),
        "logisticsName": row["carrier_name"],
        "expressCode": row["waybill"],
        "packageCode": row["number"],
        **{
            name: f"{value / 10:g}" if value else None
            for name, value in zip(("length", "width", "height"), sides, strict=True)
        },
        "theoreticalWeight": f"{row['expected_g'] / 1000:.3f}" if row["expected_g"] else None,
        "weight": f"{row['weight_g'] / 1000:.3f}" if row["weight_g"] else None,
        "volume": volume,
        "packageMaterialList": Rows("packageMaterial", [{"type": row["carton"], "quantity": 1}])
        if row["carton"]
        else None,
        "items": Rows("item", list(items)),
    }


def process_query(side: Side, request: Node) -> dict[str, Any]:
    """``orderprocess.query``: what was reported of an order so far."""
    document = document_get(side, request.text("orderCode", "orderId"))
    sent = QimenSending.objects.filter(
        connection=side.connection, method="orderprocess.report", document_code=document.code
    ).order_by("pk")
    steps = [parse(decrypt(one.body_cipher)).node("process") for one in sent]
    return {
        "orderProcess": {
            "orderCode": document.code,
            "orderType": document.order_type,
            "warehouseCode": document.head.get("warehouseCode"),
            "processes": Rows(
                "process",
                [{name: step.text(name) for name in ("processStatus", "operateTime", "operateInfo", "expressCode")} for step in steps],
            ),
        }
    }  # fmt: skip
