"""Orders, refunds and messages of Kuaishou, read into ours."""

from __future__ import annotations

from collections.abc import Mapping

from hecang.integrations.channels.base import (
    ChannelEvent,
    ChannelLine,
    ChannelOrder,
    ChannelRefund,
    OrderStatus,
    OrderTouched,
    RefundKind,
    RefundStatus,
)
from hecang.integrations.channels.documents import Doc, malformed
from hecang.kernel.connectors.link import parse_json
from hecang.orders.services import RecipientIn

#: What the state numbers of ``open.order.detail`` mean in the list that most sources agree on.
STATES: Mapping[str, OrderStatus] = {
    "10": OrderStatus.UNPAID,
    "30": OrderStatus.TO_SHIP,
    "40": OrderStatus.SHIPPED,
    "50": OrderStatus.SHIPPED,
    "70": OrderStatus.DONE,
    "80": OrderStatus.CANCELLED,
}
#: ``handlingWay``; 10 is money only.
KINDS: Mapping[int, RefundKind] = {1: RefundKind.RETURN, 3: RefundKind.EXCHANGE}
#: Of refunds; 10, 12 and 20 are open.
REFUND_STATES: Mapping[int, RefundStatus] = {
    30: RefundStatus.AGREED,
    40: RefundStatus.AGREED,
    45: RefundStatus.AGREED,
    50: RefundStatus.AGREED,
    60: RefundStatus.DONE,
    70: RefundStatus.CLOSED,
}


def order_read(doc: Doc, states: Mapping[str, OrderStatus]) -> ChannelOrder:
    """An order of ``open.order.cursor.list`` or ``open.order.detail``."""
    base = doc.need_doc("orderBaseInfo")
    number = base.need("oid")
    created = base.needed(base.millis("createTime"), "createTime")
    return ChannelOrder(
        number=number,
        status=_status(doc, base, states),
        created_at=created,
        modified_at=base.millis("updateTime") or created,
        paid_at=base.millis("payTime"),
        lines=lines_read(doc),
        recipient=_recipient(doc.doc("orderAddress")),
        buyer=base.text("buyerOpenId"),
        currency="CNY",
        total=base.fen("totalFee"),
        discount=base.fen("discountFee"),
        freight=base.fen("expressFee"),
        buyer_remark=base.text("remark"),
        seller_remark="; ".join(note.text("note") for note in doc.docs("orderNoteInfo") if note.text("note")),
        ship_by=base.millis("promiseTimeStampOfDelivery"),
        is_presale=base.integer("preSale") == 1,
        tags=() if base.text("status") in states else ("unknown_status",),
    )


def _status(doc: Doc, base: Doc, states: Mapping[str, OrderStatus]) -> OrderStatus:
    # A state that nobody explained is no reason to ship.
    known = states.get(base.need("status"), OrderStatus.BLOCKED)
    if known is OrderStatus.TO_SHIP and (base.texts("disableDeliveryReasonCode") or base.integer("riskCode")):
        return OrderStatus.BLOCKED
    if known is OrderStatus.SHIPPED and _lacks_parcels(doc):
        return OrderStatus.PARTLY_SHIPPED
    return known


def _lacks_parcels(doc: Doc) -> bool:
    """The platform says “shipped” with the first parcel of a split delivery."""
    parts = [(doc.doc("orderItemInfo"), doc.doc("orderDeliveryInfo"))]
    parts += [
        (one.doc("subOrderItemInfo"), one.doc("subOrderDeliveryInfo")) for one in doc.docs("subOrderDetail")
    ]
    return any(
        delivery.flag("splitDeliveryOrder") and delivery.integer("deliveryNum") < item.integer("num")
        for item, delivery in parts
    )


def lines_read(doc: Doc) -> list[ChannelLine]:
    """The order's own article, and the gifts and parts that stand beside it as orders of their own."""
    lines = []
    main = doc.doc("orderItemInfo")
    if main.has("itemId"):
        refunding = any(one.integer("refundStatus") not in (0, 70) for one in doc.docs("orderRefundList"))
        lines.append(_line(main, main.text("orderItemId"), refunding=refunding))
    for sub in doc.docs("subOrderDetail"):
        base = sub.need_doc("subOrderBaseInfo")
        lines.append(
            _line(
                sub.need_doc("subOrderItemInfo"),
                base.need("oid"),
                refunding=base.integer("status") == 80,
                is_gift=sub.integer("subOrderType") == 1,
            )
        )
    if not lines:
        malformed("the order has no article")
    return lines


def _line(item: Doc, oid: str, *, refunding: bool, is_gift: bool = False) -> ChannelLine:
    quantity = item.integer("num")
    price = item.fen("originalPrice")
    return ChannelLine(
        external_line=oid,
        product_id=item.need("itemId"),
        variant_id=item.text("skuId"),
        outer_sku=item.text("skuNick"),
        title=item.text("itemTitle"),
        quantity=quantity,
        unit_price=price,
        amount=price * quantity - item.fen("discountFee"),
        is_gift=is_gift,
        is_refunding=refunding,
    )


def _recipient(address: Doc) -> RecipientIn:
    sealed = {
        name: address.text(name)
        for name in ("encryptedConsignee", "encryptedMobile", "encryptedAddress")
        if address.text(name)
    }
    return RecipientIn(
        name=address.text("desensitiseConsignee"),
        phone=address.text("desensitiseMobile"),
        province=address.text("province"),
        city=address.text("city"),
        district=address.text("district"),
        address=address.text("town") + address.text("desensitiseAddress"),
        sealed=sealed,
    )


def is_money_only(doc: Doc) -> bool:
    return doc.integer("handlingWay") not in KINDS


def refund_read(doc: Doc, order: ChannelOrder | None) -> ChannelRefund:
    """A refund, and its order where it is known: that tells whether the goods had left."""
    kind = KINDS.get(doc.integer("handlingWay"), RefundKind.REFUND)
    return ChannelRefund(
        number=doc.need("refundId"),
        order_number=doc.need("oid"),
        kind=kind,
        status=REFUND_STATES.get(doc.integer("status"), RefundStatus.OPEN),
        modified_at=doc.needed(doc.millis("updateTime"), "updateTime"),
        amount=doc.fen("refundFee"),
        reason=doc.text("refundReasonDesc", "refundDesc"),
        before_shipping=order is not None and order.status not in (OrderStatus.SHIPPED, OrderStatus.DONE),
    )


def events_read(event: Doc) -> list[ChannelEvent]:
    name = event.text("event")
    if not name.startswith(("kwaishop_order_", "kwaishop_aftersales_", "kwaishop_refund_")):
        return []
    info = Doc.of(parse_json(event.text("info").encode()), "info") if event.text("info") else Doc({}, "info")
    number = info.text("oid", "orderId") or (
        event.text("bizId") if name.startswith("kwaishop_order_") else ""
    )
    return [OrderTouched(number)] if number else []
