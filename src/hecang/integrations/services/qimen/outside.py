"""Hecang as the ERP of a warehouse: what is ordered there, told and asked. What it tells is ``told``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from hecang.catalog.models import Sku
from hecang.facility.selectors import warehouse_senders
from hecang.integrations.models import Connection, QimenDocument, QimenLine
from hecang.integrations.qimen.signing import time_text
from hecang.integrations.qimen.xml import Rows, write
from hecang.integrations.services.links import calls_open
from hecang.integrations.services.qimen.documents import Kind
from hecang.integrations.services.qimen.sending import Telling, tellings_queue
from hecang.integrations.services.qimen.sides import GOOD, WMS, Side, side_open, whole
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.orders.selectors import order_ship_to
from hecang.outbound.models import Fulfilment, FulfilmentLine
from hecang.shipping.selectors import services_by_id

State = QimenDocument.State

_ON_HAND = """
SELECT k.code, sum(s.quantity)::bigint FROM stock s JOIN sku k ON k.id = s.sku_id
WHERE s.owner_id = %s AND s.warehouse_id = %s AND s.condition = 'good' AND s.quantity > 0 GROUP BY k.code ORDER BY k.code
"""
#: Items of one question.
PAGE = 50


def _sides() -> Iterator[Side]:
    """Connections to warehouses that others run. One whose settings are wrong is left out: its health says so."""
    for connection in Connection.objects.filter(kind="erp", connector=WMS, is_active=True).order_by("pk"):
        try:
            yield side_open(connection)
        except HecangError:
            continue


# ------------------------------------------------------------------ ordering


@transactional
def fulfilments_order(*, fulfilment_ids: Collection[int]) -> int:
    """Order what lies in warehouses that others run; how many new messages. Idempotent."""
    rows = list(
        Fulfilment.objects.filter(pk__in=list(fulfilment_ids), state="ready")
        .select_related("order", "shop")
        .order_by("pk")
    )
    if not rows:
        return 0
    tellings = []
    for side in _sides():
        ours = {one.id for one in side.warehouses.values()}
        mine = [one for one in rows if one.warehouse_id in ours and one.owner_id == side.shop.owner_id]
        addresses = order_ship_to([one.order_id for one in mine])
        senders = warehouse_senders({one.warehouse_id for one in mine})
        services = services_by_id([one.service_id for one in mine if one.service_id])
        lines: dict[int, list[FulfilmentLine]] = {}
        for line in (
            FulfilmentLine.objects.filter(fulfilment__in=mine)
            .select_related("sku", "order_line")
            .order_by("pk")
        ):
            lines.setdefault(line.fulfilment_id, []).append(line)
        for one in mine:
            parts = [line for line in lines.get(one.pk, ()) if line.quantity > line.cut]
            if not parts:
                continue
            _document(side, one, parts)
            service = services.get(one.service_id or 0)
            logistics = side.logistics_code(service.code, service.carrier_code) if service else "OTHER"
            content = _order(side, one, parts, addresses[one.order_id], senders[one.warehouse_id], logistics)
            tellings.append(
                Telling(side.connection.pk, "deliveryorder.create", one.number, one.number, content)
            )
    return tellings_queue(tellings)


def _document(side: Side, fulfilment: Fulfilment, lines: Sequence[FulfilmentLine]) -> None:
    now = clock.now()
    document, created = QimenDocument.objects.get_or_create(
        connection=side.connection,
        kind=Kind.DELIVERY,
        code=fulfilment.number,
        defaults={
            "order_type": "JYCK",
            "warehouse_id": fulfilment.warehouse_id,
            "owner_id": fulfilment.owner_id,
            "order_id": fulfilment.order_id,
            "fulfilment": fulfilment,
            "head": {"warehouseCode": side.warehouse_code(fulfilment.warehouse_id)},
            "created_at": now,
            "updated_at": now,
        },
    )
    if created:
        QimenLine.objects.bulk_create(
            QimenLine(
                document=document,
                line_no=number,
                external_line=str(line.pk),
                item_code=line.sku.code,
                sku_id=line.sku_id,
                inventory_type=GOOD,
                planned=line.quantity - line.cut,
            )
            for number, line in enumerate(lines, start=1)
        )


def _order(
    side: Side, fulfilment: Fulfilment, lines: Sequence[FulfilmentLine], to: Any, sender: Any, logistics: str
) -> dict[str, Any]:
    order = fulfilment.order
    now = time_text(clock.now())
    return {
        "deliveryOrder": {
            "deliveryOrderCode": fulfilment.number,
            "orderType": "JYCK",
            "warehouseCode": side.warehouse_code(fulfilment.warehouse_id),
            "sourcePlatformCode": "OTHER",
            "createTime": now,
            "placeOrderTime": time_text(order.placed_at),
            "operateTime": now,
            "shopNick": fulfilment.shop.name,
            "logisticsCode": logistics,
            "senderInfo": {
                "name": sender.contact or sender.name,
                "mobile": sender.phone,
                "province": sender.province,
                "city": sender.city,
                "area": sender.district,
                "detailAddress": sender.address,
            },
            "receiverInfo": {
                "name": to.name,
                "mobile": to.phone,
                "zipCode": to.postcode,
                "countryCode": to.country,
                "province": to.province,
                "city": to.city,
                "area": to.district,
                "detailAddress": to.address,
                "oaid": to.sealed.get("oaid"),
            },
            "buyerMessage": order.buyer_remark,
            "sellerMessage": order.seller_remark,
            "ownerCode": side.settings.owner_code,
        },
        "orderLines": Rows(
            "orderLine",
            [
                {
                    "orderLineNo": line.pk,
                    "sourceOrderCode": to.external_number,
                    "subSourceOrderCode": line.order_line.external_line,
                    "ownerCode": side.settings.owner_code,
                    "itemCode": line.sku.code,
                    "itemId": line.sku_id,
                    "inventoryType": GOOD,
                    "planQty": line.quantity - line.cut,
                    "actualPrice": line.order_line.unit_price,
                }
                for line in lines
            ],
        ),
    }


@transactional
def fulfilments_unorder(*, fulfilment_ids: Collection[int]) -> int:
    """Cancel there what was cancelled here; how many new messages."""
    rows = QimenDocument.objects.filter(
        fulfilment__in=list(fulfilment_ids), connection__connector=WMS, state=State.OPEN
    )
    tellings = []
    for one in rows.select_for_update(no_key=True, of=("self",)).select_related("connection").order_by("pk"):
        side = side_open(one.connection)
        content = {
            "warehouseCode": one.head.get("warehouseCode"),
            "ownerCode": side.settings.owner_code,
            "orderCode": one.code,
            "orderId": one.outside_id,
            "orderType": one.order_type,
            "cancelReason": "cancelled",
        }
        tellings.append(Telling(one.connection_id, "order.cancel", f"cancel-{one.code}", one.code, content))
        one.state, one.updated_at = State.CANCELLED, clock.now()
        one.save(update_fields=["state", "updated_at"])
    return tellings_queue(tellings)


def items_tell(*, connection_id: int, sku_ids: Collection[int]) -> int:
    """Queue our SKUs for the other side (``singleitem.synchronize``), each as it is now; how many new messages."""
    side = side_open(Connection.objects.get(pk=connection_id, connector=WMS))
    tellings = []
    for sku in Sku.objects.filter(pk__in=list(sku_ids)).prefetch_related("barcodes").order_by("pk"):
        content = {
            "actionType": "add",
            "warehouseCode": next(iter(side.warehouses)),
            "ownerCode": side.settings.owner_code,
            "item": {
                "itemCode": sku.code,
                "itemId": sku.pk,
                "itemName": sku.name,
                "englishName": sku.name_en,
                "barCode": ";".join(one.code for one in sku.barcodes.all() if one.quantity == 1) or sku.code,
                "stockUnit": sku.base_unit,
                "length": f"{sku.length_mm / 10:g}" if sku.length_mm else None,
                "width": f"{sku.width_mm / 10:g}" if sku.width_mm else None,
                "height": f"{sku.height_mm / 10:g}" if sku.height_mm else None,
                "grossWeight": f"{sku.weight_g / 1000:.3f}" if sku.weight_g else None,
                "itemType": "ZC",
                "isBatchMgmt": "Y" if sku.is_lot_tracked else "N",
                "isShelfLifeMgmt": "Y" if sku.is_expiry_tracked else "N",
                "shelfLife": sku.shelf_life_days * 24 if sku.shelf_life_days else None,
                "isSNMgmt": "Y" if sku.is_serial_tracked else "N",
            },
        }
        key = f"item-{sku.pk}-{int(sku.updated_at.timestamp())}"
        tellings.append(Telling(connection_id, "singleitem.synchronize", key, sku.code, content))
    return tellings_queue(tellings)


def stock_compare(*, connection_id: int) -> list[dict[str, Any]]:
    """Ask the other side what lies there, and name what differs from our books. Changes nothing.

    Only of goods that our books have there; holds no lock while it asks. Raises what the connector raises.
    """
    connection = Connection.objects.get(pk=connection_id, connector=WMS)
    side = side_open(connection)
    differing = []
    with calls_open(connection) as calls:
        for theirs, warehouse in sorted(side.warehouses.items()):
            ours = dict(fetch(_ON_HAND, [side.shop.owner_id, warehouse.id]))
            codes = list(ours)
            told: dict[str, int] = {}
            for start in range(0, len(codes), PAGE):
                body = write("request", {"criteriaList": Rows("criteria", [
                    {"warehouseCode": theirs, "ownerCode": side.settings.owner_code, "itemCode": code, "inventoryType": GOOD}
                    for code in codes[start : start + PAGE]
                ])})  # fmt: skip
                answer = calls.make(lambda one, body=body: one.send("inventory.query", body))  # type: ignore[misc]
                for row in answer.list("items"):
                    if row.text("inventoryType") in ("", GOOD):
                        code = row.text("itemCode")
                        told[code] = told.get(code, 0) + whole(row.text("quantity"), "quantity")
            differing += [
                {"warehouse": warehouse.code, "sku": code, "ours": units, "theirs": told.get(code, 0)}
                for code, units in ours.items()
                if told.get(code, 0) != units
            ]
    return differing
