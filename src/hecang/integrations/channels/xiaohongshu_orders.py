"""What Xiaohongshu tells about orders and after-sales cases, in our words. Money is in fen, times in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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

PARTLY_SHIPPED: Final = "5"
STATUSES: Final[Mapping[str, OrderStatus]] = {
    "1": OrderStatus.UNPAID,
    "2": OrderStatus.BLOCKED,  # paid, being looked at
    "3": OrderStatus.BLOCKED,  # at the customs
    "4": OrderStatus.TO_SHIP,
    PARTLY_SHIPPED: OrderStatus.PARTLY_SHIPPED,
    "6": OrderStatus.SHIPPED,
    "7": OrderStatus.DONE,
    "8": OrderStatus.CANCELLED,
    "9": OrderStatus.CANCELLED,
    "10": OrderStatus.SHIPPED,  # an exchange is asked for
}
PRESALES: Final = frozenset({"2", "3", "4"})
EXCHANGE: Final = "5"
#: Of a line: being dealt with, done, or decided by the platform.
_REFUNDING: Final = frozenset({"2", "3", "6"})
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "1": RefundStatus.OPEN,
    "2": RefundStatus.AGREED,
    "3": RefundStatus.AGREED,
    "4": RefundStatus.DONE,
    "5": RefundStatus.CLOSED,
    "6": RefundStatus.CLOSED,
    "9": RefundStatus.CLOSED,
}
REFUND_KINDS: Final[Mapping[str, RefundKind]] = {
    "1": RefundKind.RETURN,
    "2": RefundKind.EXCHANGE,
    "3": RefundKind.REFUND,
    "4": RefundKind.REFUND,  # sent
    "5": RefundKind.REFUND,  # not sent
}
_FOUR_PLACES: Final = Decimal("0.0001")


def order_of(told: Doc) -> ChannelOrder:
    state, kind = told.text("orderStatus"), told.text("orderType")
    is_cancelling = told.text("cancelStatus") == "1"
    keys = LineKeys()
    lines = [_line(sku, keys, is_cancelling=is_cancelling) for sku in told.docs("skuList")]
    total, freight = told.fen("totalPayAmount"), told.fen("totalShippingFree")
    created = told.needed(told.millis("createdTime"), "createdTime")
    is_presale = kind in PRESALES
    return ChannelOrder(
        number=told.need("orderId"),
        status=STATUSES.get(state, OrderStatus.BLOCKED),
        created_at=created,
        modified_at=told.millis("updateTime") or created,
        lines=lines,
        recipient=_recipient(told),
        paid_at=told.millis("paidTime"),
        buyer=told.text("userId"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=told.text("customerRemark"),
        seller_remark=told.text("sellerRemark"),
        ship_by=(told.millis("presaleDeliveryEndTime") if is_presale else None)
        or told.millis("promiseLastDeliveryTime"),
        ship_after=told.millis("presaleDeliveryStartTime") if is_presale else None,
        is_presale=is_presale,
        tags=_tags(told, state, kind),
    )


def _line(sku: Doc, keys: LineKeys, *, is_cancelling: bool) -> ChannelLine:
    """All units of one SKU, with the sums of their prices; an order whose cancellation is asked for stops."""
    paid = sku.fen("totalPaidAmount")
    whole = paid + sku.fen("totalMerchantDiscount") + sku.fen("totalRedDiscount")
    quantity = sku.integer("skuQuantity")
    number = sku.need("skuId")
    return ChannelLine(
        external_line=keys.key(number),
        product_id=sku.text("itemId"),
        variant_id=number,
        outer_sku=sku.text("erpcode"),
        title=" ".join(filter(None, (sku.text("skuName"), sku.text("skuSpec")))),
        quantity=quantity,
        unit_price=(whole / quantity).quantize(_FOUR_PLACES) if quantity > 0 else Decimal(0),
        amount=paid,
        is_gift=sku.text("skuTag") == "1",
        is_refunding=is_cancelling or sku.text("skuAfterSaleStatus") in _REFUNDING,
    )


def _recipient(told: Doc) -> RecipientIn:
    token = told.text("openAddressId")
    return RecipientIn(
        name=told.text("receiverName"),
        phone=told.text("receiverPhone"),
        province=told.text("receiverProvinceName"),
        city=told.text("receiverCityName"),
        district=told.text("receiverDistrictName"),
        address=told.text("receiverAddress"),
        country="CN",
        sealed={"openAddressId": token} if token else {},
    )


def _tags(told: Doc, state: str, kind: str) -> list[str]:
    tags = []
    if kind == EXCHANGE:
        tags.append("exchange")
    flag = told.integer("sellerRemarkFlag")
    if 1 <= flag <= 6:
        tags.append(f"flag-{flag}")
    if state not in STATUSES:
        tags.append("unknown_status")
    return tags


def refund_of(row: Doc) -> ChannelRefund:
    """One case, of the whole order; the amount is what the buyer expects, in yuan."""
    kind = row.text("returnType")
    moment = row.millis("updatedAt") or row.millis("applyTime")
    return ChannelRefund(
        number=row.need("returnsId"),
        order_number=row.need("orderId"),
        kind=REFUND_KINDS.get(kind, RefundKind.REFUND),
        status=REFUND_STATUSES.get(row.text("status"), RefundStatus.OPEN),
        modified_at=row.needed(moment, "updatedAt"),
        amount=row.yuan("expectedRefundAmountYuan"),
        reason=row.text("reasonNameZh"),
        before_shipping=kind == "5",
    )
