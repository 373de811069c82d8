"""What Doudian tells about orders and after-sales cases, in our words. Money is in fen, times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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

STATUSES: Final[Mapping[str, OrderStatus]] = {
    "1": OrderStatus.UNPAID,
    "105": OrderStatus.BLOCKED,  # paid, and not released yet
    "2": OrderStatus.TO_SHIP,
    "101": OrderStatus.PARTLY_SHIPPED,
    "3": OrderStatus.SHIPPED,
    "4": OrderStatus.CANCELLED,
    "5": OrderStatus.DONE,
}
#: Of a line: nothing asked for, refused, failed, withdrawn.
_QUIET: Final = frozenset({"", "0", "27", "28", "29", "51"})
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "3": RefundStatus.AGREED,
    "6": RefundStatus.OPEN,
    "7": RefundStatus.AGREED,
    "8": RefundStatus.AGREED,
    "11": RefundStatus.AGREED,
    "12": RefundStatus.DONE,
    "13": RefundStatus.AGREED,
    "14": RefundStatus.DONE,
    "27": RefundStatus.CLOSED,
    "28": RefundStatus.CLOSED,
    "29": RefundStatus.CLOSED,
    "51": RefundStatus.CLOSED,
    "53": RefundStatus.DONE,
}
REFUND_KINDS: Final[Mapping[str, RefundKind]] = {
    "0": RefundKind.RETURN,
    "1": RefundKind.REFUND,  # sent
    "2": RefundKind.REFUND,  # not sent
    "3": RefundKind.EXCHANGE,
    "6": RefundKind.REFUND,  # price protection
    "7": RefundKind.EXCHANGE,  # missing goods are sent after
    "8": RefundKind.EXCHANGE,  # repair
}


def order_of(told: Doc) -> ChannelOrder:
    state = told.text("order_status")
    lines = [_line(line) for line in told.docs("sku_order_list")]
    total = told.fen("pay_amount") - told.fen("promotion_pay_amount")
    freight = told.fen("post_amount")
    created = told.needed(told.seconds("create_time"), "create_time")
    appointed = told.seconds("appointment_ship_time")
    return ChannelOrder(
        number=told.need("order_id"),
        status=STATUSES.get(state, OrderStatus.BLOCKED),
        created_at=created,
        modified_at=told.seconds("update_time") or created,
        lines=lines,
        recipient=_recipient(told),
        paid_at=told.seconds("pay_time"),
        buyer=told.text("doudian_open_id"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=told.text("buyer_words"),
        seller_remark=told.text("seller_words"),
        ship_by=told.seconds("exp_ship_time"),
        ship_after=appointed,
        is_presale=bool(told.docs("order_phase_list"))
        or any(line.text("pre_sale_type") in {"1", "2"} for line in told.docs("sku_order_list")),
        tags=_tags(told, state),
    )


def _line(line: Doc) -> ChannelLine:
    after_sale = line.doc("after_sale_info")
    out_sku = line.text("out_sku_id")
    return ChannelLine(
        external_line=line.need("order_id"),
        product_id=line.text("product_id"),
        variant_id=line.text("sku_id"),
        outer_sku=line.text("code") or ("" if out_sku == "0" else out_sku),
        title=line.text("product_name"),
        quantity=line.integer("item_num"),
        unit_price=line.fen("origin_amount"),
        amount=line.fen("pay_amount") - line.fen("promotion_pay_amount"),
        is_gift=line.text("given_product_type") != "",
        is_refunding=after_sale.text("after_sale_status") not in _QUIET,
    )


def _recipient(told: Doc) -> RecipientIn:
    return recipient_of(
        told.doc("post_addr"),
        name=told.text("mask_post_receiver"),
        phone=told.text("mask_post_tel"),
        detail=told.doc("mask_post_addr").text("detail"),
        sealed={
            "encrypt_post_receiver": told.text("encrypt_post_receiver"),
            "encrypt_post_tel": told.text("encrypt_post_tel"),
            "open_address_id": told.text("open_address_id"),
        },
    )


def recipient_of(
    place: Doc, *, name: str, phone: str, detail: str = "", sealed: Mapping[str, str]
) -> RecipientIn:
    """Regions are told in clear; name, phone and house number as ciphers, with masks to show."""
    tokens = {**sealed, "encrypt_detail": place.text("encrypt_detail")}
    return RecipientIn(
        name=name,
        phone=phone,
        province=place.doc("province").text("name"),
        city=place.doc("city").text("name"),
        district=place.doc("town").text("name"),
        address=place.doc("street").text("name") + (detail or place.text("detail")),
        country="CN",
        sealed={key: token for key, token in tokens.items() if token},
    )


def _tags(told: Doc, state: str) -> list[str]:
    tags = []
    stars = told.integer("seller_remark_stars")
    if 1 <= stars <= 5:
        tags.append(f"flag-{stars}")
    if state not in STATUSES:
        tags.append("unknown_status")
    return tags


def refund_of(item: Doc) -> ChannelRefund:
    """One after-sales case. It names a line where it concerns exactly one."""
    told, order = item.need_doc("aftersale_info"), item.doc("order_info")
    lines = order.docs("related_order_info")
    kind = told.text("aftersale_type")
    moment = told.seconds("update_time") or told.seconds("apply_time")
    return ChannelRefund(
        number=told.need("aftersale_id"),
        order_number=order.text("shop_order_id") or told.need("related_id"),
        kind=REFUND_KINDS.get(kind, RefundKind.REFUND),
        status=REFUND_STATUSES.get(told.text("aftersale_status"), RefundStatus.OPEN),
        modified_at=told.needed(moment, "update_time"),
        external_line=lines[0].text("sku_order_id") if len(lines) == 1 else "",
        quantity=told.integer("aftersale_num"),
        amount=told.fen("refund_amount"),
        reason=item.doc("text_part").text("reason_text"),
        before_shipping=kind == "2",
        return_waybill=told.text("return_logistics_code"),
    )
