"""What JD tells about orders, cancellations and after-sales services, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hecang.integrations.channels.base import (
    ChannelLine,
    ChannelOrder,
    ChannelRefund,
    OrderStatus,
    RefundKind,
    RefundStatus,
)
from hecang.integrations.channels.documents import Doc, LineKeys, discount_of
from hecang.orders.services import RecipientIn

OPTIONAL_FIELDS: Final = (
    "orderId,venderId,orderState,orderType,payType,orderTotalPrice,orderSellerPrice,actualPay,shouldPay,"
    "freightPrice,sellerDiscount,deliveryType,orderRemark,venderRemark,orderStartTime,orderEndTime,"
    "consigneeInfo,itemInfoList,paymentConfirmTime,waybill,logisticsId,modified,parentOrderId,storeOrder"
)
STATES: Final[Mapping[str, OrderStatus]] = {
    "NOT_PAY": OrderStatus.UNPAID,
    "WAIT_SELLER_STOCK_OUT": OrderStatus.TO_SHIP,
    "WAIT_GOODS_RECEIVE_CONFIRM": OrderStatus.SHIPPED,
    "RECEIPT_CONFIRM": OrderStatus.SHIPPED,
    "WAIT_SELLER_DELIVERY": OrderStatus.BLOCKED,  # purchases from abroad, waiting for the customs
    "FINISHED_L": OrderStatus.DONE,
    "TRADE_CANCELED": OrderStatus.CANCELLED,
    "LOCKED": OrderStatus.BLOCKED,
    "PAUSE": OrderStatus.BLOCKED,
}
#: Of a cancellation: 0 not reviewed, 1 agreed, 2 refused, 3 JD's finance agreed, 4 refused, 5 agreed by a person,
#: 6 stop the parcel and refund, 7 stopped, 8 not stopped, 9 closed by force and refunded, 10 being looked into,
#: 11 withdrawn.
CANCELLATIONS: Final[Mapping[str, RefundStatus]] = {
    "0": RefundStatus.OPEN,
    "1": RefundStatus.AGREED,
    "2": RefundStatus.CLOSED,
    "3": RefundStatus.DONE,
    "4": RefundStatus.CLOSED,
    "5": RefundStatus.AGREED,
    "6": RefundStatus.AGREED,
    "7": RefundStatus.AGREED,
    "8": RefundStatus.CLOSED,
    "9": RefundStatus.DONE,
    "10": RefundStatus.OPEN,
    "11": RefundStatus.CLOSED,
}
EXPECTATIONS: Final[Mapping[str, RefundKind]] = {
    "10": RefundKind.RETURN,
    "20": RefundKind.EXCHANGE,
    "30": RefundKind.EXCHANGE,  # repair
}


def order_of(info: Doc) -> ChannelOrder:
    state = info.text("orderState")
    lines = _lines(info)
    freight = info.yuan("freightPrice")
    paid = next((name for name in ("actualPay", "orderSellerPrice") if info.has(name)), "orderTotalPrice")
    is_cod = info.text("payType").startswith("1-") or info.text("payType") == "1"
    total = info.yuan("shouldPay" if is_cod and info.has("shouldPay") else paid)
    created = info.needed(info.local("orderStartTime"), "orderStartTime")
    tags = ["cod"] if is_cod else []
    if state not in STATES:
        tags.append("unknown_status")
    return ChannelOrder(
        number=info.need("orderId"),
        status=STATES.get(state, OrderStatus.BLOCKED),
        created_at=created,
        modified_at=info.local("modified") or created,
        lines=lines,
        recipient=_recipient(info),
        paid_at=info.local("paymentConfirmTime"),
        buyer=info.text("open_id_buyer", "xid_buyer", "pin"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=info.text("orderRemark"),
        seller_remark=info.text("venderRemark"),
        tags=tags,
    )


def _lines(info: Doc) -> list[ChannelLine]:
    """JD numbers no lines."""
    lines = []
    keys = LineKeys()
    for item in info.docs("itemInfoList"):
        sku = item.need("skuId")
        price = item.yuan("jdPrice")
        lines.append(
            ChannelLine(
                external_line=keys.key(sku),
                product_id=item.text("wareId"),
                variant_id=sku,
                outer_sku=item.text("outerSkuId"),
                title=item.text("skuName"),
                quantity=item.integer("itemTotal"),
                unit_price=price,
                is_gift=not price,
            )
        )
    return lines


def _recipient(info: Doc) -> RecipientIn:
    told = info.doc("consigneeInfo")
    oaid = told.text("oaid") or info.text("oaid")
    return RecipientIn(
        name=told.text("desen_fullname", "fullname"),
        phone=told.text("desen_mobile", "mobile", "desen_telephone", "telephone"),
        province=told.text("province"),
        city=told.text("city"),
        district=told.text("county"),
        address=told.text("desen_fullAddress", "fullAddress"),
        country="CN",
        sealed={"oaid": oaid} if oaid else {},
    )


def cancel_application(row: Doc) -> ChannelRefund:
    """A wish that an order be cancelled before it leaves; amounts in fen."""
    applied = row.local("applyTime") or row.millis_or_none("applyTime")
    checked = row.local("checkTime") or row.millis_or_none("checkTime")
    return ChannelRefund(
        number=row.need("id"),
        order_number=row.need("orderId"),
        kind=RefundKind.REFUND,
        status=CANCELLATIONS.get(row.text("status"), RefundStatus.OPEN),
        modified_at=row.needed(checked or applied, "applyTime"),
        amount=row.fen("applyRefundSum"),
        reason=row.text("reason"),
        before_shipping=True,
    )


def service_bill(row: Doc) -> ChannelRefund:
    """An after-sales service (return, exchange, repair) of one SKU; no money is told in the list."""
    return ChannelRefund(
        number=row.need("serviceId"),
        order_number=row.need("orderId"),
        kind=EXPECTATIONS.get(row.text("customerExpect"), RefundKind.RETURN),
        status=_service_status(row.text("serviceStatusName")),
        modified_at=row.needed(_moment(row), "applyTime"),
        external_line=row.text("skuId"),
        quantity=row.integer("wareNum", 1),
        reason=row.text("questionDesc"),
    )


def _moment(row: Doc) -> datetime | None:
    for name in ("updateDate", "updateTime", "applyTime"):
        found = row.local(name) or row.millis_or_none(name)
        if found:
            return found
    return None


def _service_status(name: str) -> RefundStatus:
    """By the name of the status: its numbers are not published."""
    if any(word in name for word in ("取消", "驳回", "拒绝", "不通过", "关闭")):
        return RefundStatus.CLOSED
    if "完成" in name:
        return RefundStatus.DONE
    if "审核" in name or "申请" in name:
        return RefundStatus.OPEN
    return RefundStatus.AGREED
