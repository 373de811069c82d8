"""Orders and refunds of Youzan, read into ours.

Amounts are yuan as text, but for gift cards, which are fen and not read here. Names, phones and addresses come
as ciphertext (``$…$1$``) unless the app may see them in clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from hecang.integrations.channels.base import (
    ChannelLine,
    ChannelOrder,
    ChannelRefund,
    OrderStatus,
    RefundKind,
    RefundStatus,
)
from hecang.integrations.channels.documents import Doc, discount_of
from hecang.orders.services import RecipientIn

STATES: Mapping[str, OrderStatus] = {
    "WAIT_BUYER_PAY": OrderStatus.UNPAID,
    "TRADE_PAID": OrderStatus.BLOCKED,  # for a moment, until it is one of the next
    "WAIT_CONFIRM": OrderStatus.BLOCKED,  # a group that is not full, a shop that has to accept
    "WAIT_SELLER_SEND_GOODS": OrderStatus.TO_SHIP,
    "WAIT_BUYER_CONFIRM_GOODS": OrderStatus.SHIPPED,
    "TRADE_SUCCESS": OrderStatus.DONE,
    "TRADE_CLOSE": OrderStatus.CANCELLED,
    "TRADE_CLOSED": OrderStatus.CANCELLED,
}
REFUND_STATES: Mapping[str, RefundStatus] = {
    "WAIT_SELLER_AGREE": RefundStatus.OPEN,
    "SELLER_REFUSE_BUYER": RefundStatus.OPEN,
    "SELLER_REFUSE_BUYER_RETURN_GOODS": RefundStatus.OPEN,
    "WAIT_BUYER_RETURN_GOODS": RefundStatus.AGREED,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStatus.AGREED,
    "SUCCESS": RefundStatus.DONE,
    "CLOSED": RefundStatus.CLOSED,
}
#: ``refund_order[].refund_state``: asked for, return agreed, returned, not received, money back.
REFUNDING = frozenset({1, 20, 30, 40, 60})
#: ``express_type``: 0 is by carrier.
TAGS: Mapping[int, str] = {1: "self_fetch", 2: "local_delivery", 9: "no_delivery"}
CIPHER = re.compile(r"^\$.+\$\d+\$$", re.DOTALL)
#: An order that changed no later than this after it was paid is as it was paid.
FRESH = timedelta(minutes=1)


def needs_detail(row: Doc) -> bool:
    """Whether an order of a list may be under refund, or partly shipped: lists do not tell of which lines."""
    info = row.doc("full_order_info").doc("order_info")
    if STATES.get(info.text("status")) is not OrderStatus.TO_SHIP:
        return False
    paid, changed = info.local("pay_time"), info.local("update_time")
    return (
        info.integer("refund_state") != 0
        or bool(info.text("consign_time"))
        or paid is None
        or changed is None
        or changed - paid > FRESH
    )


def order_read(doc: Doc) -> ChannelOrder:
    """An order of a list, or of ``youzan.trade.get``, which tells of parcels and refunds, too."""
    full = doc.need_doc("full_order_info")
    info = full.need_doc("order_info")
    pay = full.doc("pay_info")
    created = info.needed(info.local("created"), "created")
    lines = _lines(doc, full)
    freight, total = pay.yuan("post_fee"), pay.yuan("payment")
    tags = [TAGS.get(info.integer("express_type"), "")]
    if info.text("status") not in STATES:
        tags.append("unknown_status")
    return ChannelOrder(
        number=info.need("tid"),
        status=_status(doc, info, lines),
        created_at=created,
        modified_at=info.local("update_time") or created,
        paid_at=info.local("pay_time"),
        lines=lines,
        recipient=_recipient(full.doc("address_info")),
        buyer=full.doc("buyer_info").text("yz_open_id"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=full.doc("remark_info").text("buyer_message"),
        seller_remark=full.doc("remark_info").text("trade_memo"),
        is_presale=bool(pay.docs("phase_payments")),
        tags=[tag for tag in tags if tag],
    )


def _status(doc: Doc, info: Doc, lines: list[ChannelLine]) -> OrderStatus:
    # A state that nobody explained is no reason to ship.
    status = STATES.get(info.need("status"), OrderStatus.BLOCKED)
    if status is OrderStatus.TO_SHIP:
        gone = {
            oid
            for one in doc.docs("delivery_order")
            if one.integer("express_state")
            for oid in one.texts("oids")
        }
        if gone & {line.external_line for line in lines}:
            return OrderStatus.PARTLY_SHIPPED
    return status


def _lines(doc: Doc, full: Doc) -> list[ChannelLine]:
    refunding = {
        oid
        for one in doc.docs("refund_order")
        if one.integer("refund_state") in REFUNDING
        for oid in one.texts("oids")
    }
    return [
        ChannelLine(
            external_line=one.need("oid"),
            product_id=one.need("item_id"),
            variant_id=one.text("sku_id"),
            outer_sku=one.text("outer_sku_id", "outer_item_id"),
            title=one.text("title"),
            quantity=one.integer("num"),
            unit_price=one.yuan("price"),
            amount=one.yuan("total_fee"),
            is_gift=one.flag("is_present"),
            is_refunding=one.text("oid") in refunding,
        )
        for one in full.docs("orders")
    ]


def _recipient(address: Doc) -> RecipientIn:
    clear: dict[str, str] = {}
    sealed: dict[str, str] = {}
    for name in ("receiver_name", "receiver_tel", "delivery_address"):
        value = address.text(name)
        (sealed if CIPHER.match(value) else clear)[name] = value
    return RecipientIn(
        name=clear.get("receiver_name", ""),
        phone=clear.get("receiver_tel", ""),
        province=address.text("delivery_province"),
        city=address.text("delivery_city"),
        district=address.text("delivery_district"),
        address=clear.get("delivery_address", ""),
        postcode=address.text("delivery_postal_code"),
        sealed=sealed,
    )


def refund_read(row: Doc, order: Doc | None) -> ChannelRefund:
    """A refund of a list. Its order says of which line it is, and whether the goods had left."""
    number = row.need("refund_id")
    before = False
    lines: list[str] = []
    if order is not None:
        info = order.need_doc("full_order_info").need_doc("order_info")
        before = STATES.get(info.text("status")) not in (OrderStatus.SHIPPED, OrderStatus.DONE)
        lines = [
            oid
            for one in order.docs("refund_order")
            if one.text("refund_id") == number
            for oid in one.texts("oids")
        ]
    kind = RefundKind.RETURN if row.flag("return_goods") else RefundKind.REFUND
    if row.integer("demand") == 3:
        kind = RefundKind.EXCHANGE
    return ChannelRefund(
        number=number,
        order_number=row.need("tid"),
        kind=kind,
        status=REFUND_STATES.get(row.text("status"), RefundStatus.OPEN),
        modified_at=row.needed(row.local("modified"), "modified"),
        external_line=lines[0] if len(lines) == 1 else "",
        amount=row.yuan("refund_fee"),
        reason=row.text("reason"),
        before_shipping=before and kind is RefundKind.REFUND,
    )
