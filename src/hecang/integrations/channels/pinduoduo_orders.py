"""What Pinduoduo tells about orders and refunds, in our words."""

from __future__ import annotations

import re
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

_TAG: Final = re.compile(r"[a-z0-9_]{1,32}")
#: ``after_sales_status``: who has to act, and how it ended.
REFUND_STATUSES: Final[Mapping[int, RefundStatus]] = {
    2: RefundStatus.OPEN,
    3: RefundStatus.OPEN,
    4: RefundStatus.AGREED,
    5: RefundStatus.AGREED,
    6: RefundStatus.CLOSED,
    7: RefundStatus.AGREED,
    8: RefundStatus.OPEN,
    9: RefundStatus.CLOSED,
    10: RefundStatus.DONE,
    11: RefundStatus.CLOSED,
    12: RefundStatus.CLOSED,
    13: RefundStatus.CLOSED,
    14: RefundStatus.OPEN,
    15: RefundStatus.AGREED,
    16: RefundStatus.DONE,
    17: RefundStatus.CLOSED,
    18: RefundStatus.AGREED,
    21: RefundStatus.OPEN,
    22: RefundStatus.AGREED,
    24: RefundStatus.CLOSED,
    25: RefundStatus.DONE,
    27: RefundStatus.AGREED,
    31: RefundStatus.AGREED,
    32: RefundStatus.AGREED,
}
REFUND_KINDS: Final[Mapping[int, RefundKind]] = {
    2: RefundKind.REFUND,
    3: RefundKind.RETURN,
    4: RefundKind.EXCHANGE,
    5: RefundKind.EXCHANGE,  # missing goods are sent after
}


def order_of(info: Doc) -> ChannelOrder:
    status = _status(info)
    is_refunding = status == OrderStatus.TO_SHIP and info.integer("refund_status", 1) != 1
    lines = _lines(info, is_refunding=is_refunding)
    total, freight = info.yuan("pay_amount"), info.yuan("postage")
    created = info.needed(info.moment("created_time") or info.moment("confirm_time"), "created_time")
    is_presale = info.flag("is_pre_sale") or info.text("trade_type") == "1"
    return ChannelOrder(
        number=info.need("order_sn"),
        status=status,
        created_at=created,
        modified_at=info.moment("updated_at") or created,
        lines=lines,
        recipient=_recipient(info),
        paid_at=info.moment("pay_time"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=info.text("buyer_memo"),
        seller_remark=info.text("remark"),
        ship_by=info.moment("last_ship_time"),
        ship_after=info.moment("pre_sale_time") if is_presale else None,
        is_presale=is_presale,
        tags=_tags(info),
    )


def _status(info: Doc) -> OrderStatus:
    """To be shipped only when confirmed, its group full, its last step paid, and no risk under review."""
    ships = {"1": OrderStatus.TO_SHIP, "2": OrderStatus.SHIPPED, "3": OrderStatus.DONE}
    status = ships.get(info.text("order_status"), OrderStatus.BLOCKED)
    if info.integer("confirm_status", 1) == 2 or info.integer("group_status", 1) == 2:
        return OrderStatus.CANCELLED
    if status != OrderStatus.TO_SHIP:
        return status
    if info.integer("refund_status", 1) == 4:
        return OrderStatus.CANCELLED
    if info.text("trade_type") == "1" and info.doc("step_order_info").integer("step_trade_status", 2) != 2:
        return OrderStatus.UNPAID
    if info.integer("confirm_status", 1) == 0 or info.integer("group_status", 1) == 0:
        return OrderStatus.BLOCKED if info.moment("pay_time") else OrderStatus.UNPAID
    return OrderStatus.BLOCKED if info.integer("risk_control_status") else OrderStatus.TO_SHIP


def _lines(info: Doc, *, is_refunding: bool) -> list[ChannelLine]:
    """Pinduoduo numbers no lines, and tells prices but no shares: those of a single line are plain."""
    items = [(item, False) for item in info.docs("item_list")]
    items += [(item, True) for item in info.docs("gift_list")]
    keys = LineKeys()
    lines = []
    for item, is_gift in items:
        price = Decimal(0) if is_gift else item.yuan("goods_price")
        lines.append(
            ChannelLine(
                external_line=keys.key(item.text("sku_id") or item.need("goods_id")),
                product_id=item.text("goods_id"),
                variant_id=item.text("sku_id"),
                outer_sku=item.text("outer_id", "outer_goods_id"),
                title=" ".join(filter(None, (item.text("goods_name"), item.text("goods_spec")))),
                quantity=item.integer("goods_count"),
                unit_price=price,
                amount=info.yuan("pay_amount") - info.yuan("postage") if len(items) == 1 else None,
                is_gift=is_gift,
                is_refunding=is_refunding,
            )
        )
    return lines


def _recipient(info: Doc) -> RecipientIn:
    """Masks in clear; ciphers, and the order's number that waybills are ordered by, as tokens."""
    sealed = {"order_sn": info.need("order_sn")}
    for name in ("receiver_name", "receiver_phone", "receiver_address", "open_address_id"):
        if info.text(name):
            sealed[name] = info.text(name)
    return RecipientIn(
        name=info.text("receiver_name_mask"),
        phone=info.text("receiver_phone_mask", "contact_mobile"),
        province=info.text("province"),
        city=info.text("city"),
        district=info.text("town"),
        address=info.text("receiver_address_mask"),
        country="CN",
        sealed=sealed,
    )


def _tags(info: Doc) -> list[str]:
    told = {tag.text("name") for tag in info.docs("order_tag_list") if tag.flag("value")}
    told |= {name for name in ("free_sf", "delivery_one_day") if info.flag(name)}
    if info.doc("step_order_info").integer("step_trade_status", 2) == 1:
        told.add("deposit_paid")
    return sorted(name for name in told if _TAG.fullmatch(name))[:20]


def refund_of(row: Doc) -> ChannelRefund:
    """One after-sales case; of the whole order. Amounts in yuan."""
    modified = row.moment("updated_time") or row.moment("created_time")
    return ChannelRefund(
        number=row.need("id"),
        order_number=row.need("order_sn"),
        kind=REFUND_KINDS.get(row.integer("after_sales_type"), RefundKind.REFUND),
        status=REFUND_STATUSES.get(row.integer("after_sales_status"), RefundStatus.OPEN),
        modified_at=row.needed(modified, "updated_time"),
        external_line=row.text("sku_id"),
        quantity=row.integer("goods_number"),
        amount=row.yuan("refund_amount"),
        reason=row.text("after_sale_reason"),
        return_waybill=row.text("tracking_number"),
    )
