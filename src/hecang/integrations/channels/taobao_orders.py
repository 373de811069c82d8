"""What Taobao and Tmall tell about trades and refunds, in our words (TOP data structures Trade, Order, Refund)."""

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
from hecang.integrations.channels.documents import Doc, discount_of
from hecang.orders.services import RecipientIn

TRADE_FIELDS: Final = (
    "tid,type,status,created,modified,pay_time,payment,total_fee,post_fee,discount_fee,adjust_fee,"
    "buyer_open_uid,buyer_nick,buyer_message,buyer_memo,seller_memo,seller_flag,shipping_type,receiver_name,"
    "receiver_state,receiver_city,receiver_district,receiver_town,receiver_address,receiver_zip,"
    "receiver_mobile,receiver_phone,oaid,step_trade_status,step_paid_fee,send_time,is_part_consign,cod_status,"
    "trade_from,promotion_details,service_tags,orders"
)
REFUND_FIELDS: Final = (
    "refund_id,tid,oid,status,order_status,good_status,has_good_return,refund_fee,num,reason,company_name,sid,"
    "refund_phase,refund_version,dispute_type,created,modified"
)

STATUSES: Final[Mapping[str, OrderStatus]] = {
    "TRADE_NO_CREATE_PAY": OrderStatus.UNPAID,
    "WAIT_BUYER_PAY": OrderStatus.UNPAID,
    "PAY_PENDING": OrderStatus.BLOCKED,
    "WAIT_PRE_AUTH_CONFIRM": OrderStatus.BLOCKED,
    "PAID_FORBID_CONSIGN": OrderStatus.BLOCKED,
    "WAIT_SELLER_SEND_GOODS": OrderStatus.TO_SHIP,
    "SELLER_CONSIGNED_PART": OrderStatus.PARTLY_SHIPPED,
    "WAIT_BUYER_CONFIRM_GOODS": OrderStatus.SHIPPED,
    "TRADE_BUYER_SIGNED": OrderStatus.SHIPPED,
    "TRADE_FINISHED": OrderStatus.DONE,
    "TRADE_CLOSED": OrderStatus.CANCELLED,
    "TRADE_CLOSED_BY_TAOBAO": OrderStatus.CANCELLED,
}
#: Of a pre-sale with deposit: what its steps allow, whatever the trade's own status says.
STEPS: Final[Mapping[str, OrderStatus]] = {
    "FRONT_NOPAID_FINAL_NOPAID": OrderStatus.UNPAID,
    "FRONT_PAID_FINAL_NOPAID": OrderStatus.UNPAID,
    "FRONT_PAID_FRONT_FORFEITED": OrderStatus.CANCELLED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "WAIT_SELLER_AGREE": RefundStatus.OPEN,
    "WAIT_BUYER_RETURN_GOODS": RefundStatus.AGREED,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStatus.AGREED,
    "SELLER_REFUSE_BUYER": RefundStatus.CLOSED,
    "CLOSED": RefundStatus.CLOSED,
    "SUCCESS": RefundStatus.DONE,
}
REFUND_KINDS: Final[Mapping[str, RefundKind]] = {
    "REFUND": RefundKind.REFUND,
    "REFUND_AND_RETURN": RefundKind.RETURN,
    "TMALL_EXCHANGE": RefundKind.EXCHANGE,
    "TAOBAO_EXCHANGE": RefundKind.EXCHANGE,
    "REPAIR": RefundKind.EXCHANGE,
    "RESHIPPING": RefundKind.EXCHANGE,
}
_QUIET_REFUNDS: Final = frozenset({"", "NO_REFUND", "CLOSED", "SELLER_REFUSE_BUYER"})


def trade_order(trade: Doc) -> ChannelOrder:
    """One trade, from a list or in full."""
    lines = [_line(order) for order in trade_lines(trade)]
    total, freight = trade.yuan("payment"), trade.yuan("post_fee")
    promised = [time for time in (one.local("delivery_time") for one in trade_lines(trade)) if time]
    created = trade.needed(trade.local("created"), "created")
    return ChannelOrder(
        number=trade.need("tid_str", "tid"),
        status=_status(trade),
        created_at=created,
        modified_at=trade.local("modified") or created,
        lines=lines,
        recipient=_recipient(trade),
        paid_at=trade.local("pay_time"),
        buyer=trade.text("buyer_open_uid", "buyer_nick"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=trade.text("buyer_message"),
        seller_remark=trade.text("seller_memo"),
        ship_by=min(promised, default=None),
        is_presale=trade.text("type") == "step",
        tags=_tags(trade),
    )


def trade_lines(trade: Doc) -> list[Doc]:
    """The orders (lines) of a trade; ``{"order": [...]}``, or a plain list where ``simplify`` was asked."""
    if isinstance(trade.data.get("orders"), list):
        return trade.docs("orders")
    return trade.doc("orders").docs("order")


def _line(order: Doc) -> ChannelLine:
    amount = "divide_order_fee" if order.has("divide_order_fee") else "payment"
    return ChannelLine(
        external_line=order.need("oid_str", "oid"),
        product_id=order.text("num_iid"),
        variant_id=order.text("sku_id"),
        outer_sku=order.text("outer_sku_id", "outer_iid"),
        title=order.text("title"),
        quantity=order.integer("num"),
        unit_price=order.yuan("price"),
        amount=order.yuan(amount) if order.has(amount) else None,
        is_gift=order.flag("is_free_gift"),
        is_refunding=order.text("refund_status") not in _QUIET_REFUNDS
        or order.text("status").startswith("TRADE_CLOSED"),
    )


def _status(trade: Doc) -> OrderStatus:
    """Unknown words mean that it must not be shipped."""
    status = STATUSES.get(trade.text("status"), OrderStatus.BLOCKED)
    step = STEPS.get(trade.text("step_trade_status"))
    return step if step is not None and status != OrderStatus.CANCELLED else status


def _recipient(trade: Doc) -> RecipientIn:
    oaid = trade.text("oaid")
    return RecipientIn(
        name=trade.text("receiver_name"),
        phone=trade.text("receiver_mobile", "receiver_phone"),
        province=trade.text("receiver_state"),
        city=trade.text("receiver_city"),
        district=trade.text("receiver_district"),
        address=trade.text("receiver_town") + trade.text("receiver_address"),
        postcode=trade.text("receiver_zip"),
        country="CN",
        sealed={"oaid": oaid} if oaid else {},
    )


def _tags(trade: Doc) -> list[str]:
    tags = []
    if trade.text("type") == "cod":
        tags.append("cod")
    if trade.text("step_trade_status") == "FRONT_PAID_FINAL_NOPAID":
        tags.append("deposit_paid")
    if 1 <= trade.integer("seller_flag") <= 5:
        tags.append(f"flag-{trade.integer('seller_flag')}")
    if any(order.flag("is_oversold") for order in trade_lines(trade)):
        tags.append("oversold")
    if trade.text("status") not in STATUSES:
        tags.append("unknown_status")
    return tags


def refund(refund: Doc) -> ChannelRefund:
    """One refund; those of lines that had not been sent are to stop the order."""
    kind = REFUND_KINDS.get(refund.text("dispute_type"))
    if kind is None:
        kind = RefundKind.RETURN if refund.flag("has_good_return") else RefundKind.REFUND
    line = refund.text("oid_str", "oid")
    modified = refund.local("modified") or refund.local("created")
    return ChannelRefund(
        number=refund.need("refund_id"),
        order_number=refund.need("tid_str", "tid"),
        kind=kind,
        status=REFUND_STATUSES.get(refund.text("status"), RefundStatus.OPEN),
        modified_at=refund.needed(modified, "modified"),
        external_line="" if line == "0" else line,
        quantity=refund.integer("num"),
        amount=refund.yuan("refund_fee") if refund.has("refund_fee") else Decimal(0),
        reason=refund.text("reason"),
        before_shipping=refund.text("order_status") in {"WAIT_SELLER_SEND_GOODS", "PAID_FORBID_CONSIGN"},
        return_waybill=refund.text("sid"),
    )
