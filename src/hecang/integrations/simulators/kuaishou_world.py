"""How orders and refunds of the neutral world look at Kuaishou."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund, SimShipment
from hecang.integrations.simulators.wire import fen, masked_address, masked_name, masked_phone

STATES = {
    "unpaid": 10, "blocked": 30, "to_ship": 30, "partly_shipped": 40, "shipped": 40, "done": 70, "cancelled": 80,
}  # fmt: skip
REFUND_STATES = {"open": 10, "agreed": 30, "done": 60, "closed": 70}
WAYS = {"refund": 10, "return": 1, "exchange": 3}


def order_document(order: SimOrder, parcels: Sequence[SimShipment]) -> dict[str, Any]:
    """An order as lists and details tell it."""
    first, *others = order.lines
    return {
        "orderBaseInfo": {
            "oid": numbered(order.number), "status": STATES[order.status], "buyerOpenId": order.buyer,
            "createTime": milliseconds(order.created_at), "updateTime": milliseconds(order.modified_at),
            "payTime": milliseconds(order.paid_at), "totalFee": fen(order.total), "discountFee": fen(order.discount),
            "expressFee": fen(order.freight), "remark": order.buyer_remark,
            "preSale": int(order.is_presale), "promiseTimeStampOfDelivery": milliseconds(order.ship_by),
            "disableDeliveryReasonCode": [1] if order.status == "blocked" else [], "riskCode": 0,
        },
        "orderItemInfo": {**_item(first), "orderItemId": numbered(first.external_line)},
        "orderDeliveryInfo": _delivery(order, first),
        "subOrderDetail": [
            {
                "subOrderBaseInfo": {
                    "oid": numbered(line.external_line),
                    "status": 80 if line.refunding else STATES[order.status],
                },
                "subOrderItemInfo": _item(line),
                "subOrderDeliveryInfo": _delivery(order, line),
                "subOrderType": int(line.is_gift),
            }
            for line in others
        ],
        "orderRefundList": [{"refundId": 1, "refundStatus": 10}] if first.refunding else [],
        "orderLogisticsInfo": [{"expressNo": one.waybill, "expressCode": int(one.carrier)} for one in parcels],
        "orderNoteInfo": [{"note": order.seller_remark}] if order.seller_remark else [],
        "orderAddress": {
            "province": order.province, "city": order.city, "district": order.district, "town": "",
            "desensitiseConsignee": masked_name(order.name),
            "desensitiseMobile": masked_phone(order.phone),
            "desensitiseAddress": masked_address(order.address),
            "encryptedConsignee": _sealed(order.name), "encryptedMobile": _sealed(order.phone),
            "encryptedAddress": _sealed(order.address),
        },
    }  # fmt: skip


def refund_document(refund: SimRefund) -> dict[str, Any]:
    return {
        "refundId": numbered(refund.number), "oid": numbered(refund.order_number),
        "status": REFUND_STATES[refund.status], "handlingWay": WAYS[refund.kind],
        "refundFee": fen(refund.amount), "refundReasonDesc": refund.reason,
        "receiptStatus": 1 if refund.before_shipping else 2,
        "updateTime": milliseconds(refund.modified_at), "createTime": milliseconds(refund.modified_at),
    }  # fmt: skip


def milliseconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000 if moment else 0


def numbered(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def _item(line: SimLine) -> dict[str, Any]:
    return {
        "itemId": numbered(line.product_id), "skuId": numbered(line.variant_id), "skuNick": line.outer_sku,
        "itemTitle": line.title, "num": line.quantity, "originalPrice": fen(line.unit_price),
        "price": fen(line.unit_price), "discountFee": 0,
    }  # fmt: skip


def _delivery(order: SimOrder, line: SimLine) -> dict[str, Any]:
    is_split = order.status == "partly_shipped" or 0 < line.shipped < line.quantity
    return {"splitDeliveryOrder": is_split, "deliveryNum": line.shipped}


def _sealed(text: str) -> str:
    return "#" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "#1##"
