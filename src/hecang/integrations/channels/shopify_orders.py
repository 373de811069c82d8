"""Orders and refunds of Shopify, read into ours. Amounts are those of the shop's currency, as decimal text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from hecang.integrations.channels.base import (
    ChannelLine,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    OrderStatus,
    RefundKind,
    RefundStatus,
)
from hecang.integrations.channels.documents import Doc, malformed
from hecang.integrations.channels.regions import province
from hecang.orders.services import RecipientIn

#: ``displayFulfillmentStatus``; what is not here is blocked until somebody looks.
STATES: Mapping[str, OrderStatus] = {
    "FULFILLED": OrderStatus.SHIPPED,
    "PARTIALLY_FULFILLED": OrderStatus.PARTLY_SHIPPED,
    "UNFULFILLED": OrderStatus.TO_SHIP,
    "OPEN": OrderStatus.TO_SHIP,
    "PENDING_FULFILLMENT": OrderStatus.TO_SHIP,
    "IN_PROGRESS": OrderStatus.TO_SHIP,
    "ON_HOLD": OrderStatus.BLOCKED,
    "SCHEDULED": OrderStatus.BLOCKED,
    "REQUEST_DECLINED": OrderStatus.BLOCKED,
    "RESTOCKED": OrderStatus.CANCELLED,
    "FULFILLMENT_NOT_REQUIRED": OrderStatus.DONE,
}
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})
GONE = frozenset({"VOIDED", "EXPIRED", "REFUNDED"})


def gid(kind: str, number: str) -> str:
    """The global id of a numbered thing; global ids stay as they are."""
    return number if number.startswith("gid://") else f"gid://shopify/{kind}/{number}"


def tail(global_id: str) -> str:
    """The number in a global id: ``gid://shopify/Order/450789469?x=y`` is 450789469."""
    return global_id.rsplit("/", 1)[-1].split("?", 1)[0]


def moment(doc: Doc, name: str) -> datetime | None:
    """A time told as ISO 8601 with its zone; ``None`` where there is none."""
    text = doc.text(name)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        malformed(f"{doc.where}.{name} is no time")
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def money(doc: Doc, name: str) -> Decimal:
    return doc.doc(name).doc("shopMoney").number("amount") or Decimal(0)


def order_read(doc: Doc, lines: Iterable[Doc], *, ship_authorised: bool) -> ChannelOrder:
    """An order with all its lines, which may have come in several answers.

    Lines that need no shipping (gift cards, insurance, tips) are none of ours; an order of nothing else is done.
    """
    lines = list(lines)
    to_ship = [one for one in lines if one.text("requiresShipping") != "false"]
    financial = doc.text("displayFinancialStatus")
    status = _status(doc, financial, ship_authorised=ship_authorised)
    if lines and not to_ship and status is not OrderStatus.CANCELLED:
        status = OrderStatus.DONE
    created = doc.needed(moment(doc, "createdAt"), "createdAt")
    return ChannelOrder(
        number=tail(doc.need("id")),
        status=status,
        created_at=created,
        modified_at=moment(doc, "updatedAt") or created,
        paid_at=moment(doc, "processedAt") if financial in PAID else None,
        lines=[_line(one) for one in to_ship or lines],
        recipient=_recipient(doc.doc("shippingAddress")),
        buyer=tail(doc.doc("customer").text("id")),
        currency=doc.text("currencyCode"),
        total=money(doc, "currentTotalPriceSet"),
        discount=money(doc, "currentTotalDiscountsSet"),
        freight=money(doc, "totalShippingPriceSet"),
        buyer_remark=doc.text("note"),
        tags=[
            *(one for one in (doc.text("name"), *doc.texts("tags")) if one),
            *(["test_order"] if doc.flag("test") else []),
            *(["unknown_status"] if doc.text("displayFulfillmentStatus") not in STATES else []),
        ],
    )


def _status(doc: Doc, financial: str, *, ship_authorised: bool) -> OrderStatus:
    shipped = STATES.get(doc.text("displayFulfillmentStatus"), OrderStatus.BLOCKED)
    if moment(doc, "cancelledAt") is not None:
        return OrderStatus.CANCELLED
    if shipped in (OrderStatus.SHIPPED, OrderStatus.DONE):
        return OrderStatus.DONE if moment(doc, "closedAt") is not None else shipped
    if financial in GONE:
        return OrderStatus.CANCELLED
    if financial in PAID or (financial == "AUTHORIZED" and ship_authorised):
        return shipped
    return OrderStatus.UNPAID if financial == "PENDING" else OrderStatus.BLOCKED


def _line(doc: Doc) -> ChannelLine:
    """Units that were refunded or edited away are no longer ordered; if that is all of them, the line says so."""
    ordered, current = doc.integer("quantity"), doc.integer("currentQuantity")
    title = " / ".join(one for one in (doc.text("title"), doc.text("variantTitle")) if one)
    return ChannelLine(
        external_line=tail(doc.need("id")),
        product_id=tail(doc.doc("product").text("id")),
        variant_id=tail(doc.doc("variant").text("id")),
        outer_sku=doc.text("sku"),
        title=title,
        quantity=current or ordered,
        unit_price=money(doc, "originalUnitPriceSet"),
        amount=money(doc, "discountedTotalSet"),
        is_refunding=current <= 0,
    )


def _recipient(address: Doc) -> RecipientIn:
    country = address.text("countryCodeV2")
    street = " ".join(one for one in (address.text("address1"), address.text("address2")) if one)
    return RecipientIn(
        name=address.text("name", "company"),
        phone=address.text("phone"),
        province=province(country, address.text("provinceCode"), address.text("province")),
        city=address.text("city"),
        address=street,
        postcode=address.text("zip"),
        country=country,
    )


def refunds_read(order: Doc) -> list[ChannelRefund]:
    """The refunds of an order, each line of one by itself. Shopify tells of them when the money has gone."""
    return [found for refund in order.docs("refunds") for found in _refund(tail(order.need("id")), refund)]


def _refund(order_number: str, refund: Doc) -> Sequence[ChannelRefund]:
    number = tail(refund.need("id"))
    modified = refund.needed(moment(refund, "updatedAt") or moment(refund, "createdAt"), "createdAt")
    lines = refund.doc("refundLineItems").docs("nodes")

    def one(line: Doc | None) -> ChannelRefund:
        what = line or Doc({}, "refund")
        external = tail(what.doc("lineItem").text("id"))
        return ChannelRefund(
            number=number if len(lines) < 2 else f"{number}.{external}",
            order_number=order_number,
            kind=RefundKind.RETURN if what.text("restockType") == "RETURN" else RefundKind.REFUND,
            status=RefundStatus.DONE,
            modified_at=modified,
            external_line=external,
            quantity=what.integer("quantity"),
            amount=money(refund, "totalRefundedSet") if len(lines) < 2 else money(what, "subtotalSet"),
            reason=refund.text("note"),
            before_shipping=what.text("restockType") == "CANCEL",
        )

    return [one(line) for line in lines] or [one(None)]


def product_read(variant: Doc) -> ChannelProduct:
    product = variant.doc("product")
    return ChannelProduct(
        product_id=tail(product.need("id")),
        variant_id=tail(variant.need("id")),
        outer_sku=variant.text("sku"),
        title=" / ".join(one for one in (product.text("title"), variant.text("title")) if one),
        barcode=variant.text("barcode"),
    )
