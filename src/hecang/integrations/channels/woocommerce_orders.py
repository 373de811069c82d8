"""Orders, refunds and products of WooCommerce, read into ours. Amounts are decimal text, times GMT without saying so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

STATES: Mapping[str, OrderStatus] = {
    "pending": OrderStatus.UNPAID,
    "checkout-draft": OrderStatus.UNPAID,
    "failed": OrderStatus.UNPAID,  # the payment; the buyer may try again
    "on-hold": OrderStatus.BLOCKED,
    "processing": OrderStatus.TO_SHIP,
    "completed": OrderStatus.DONE,
    "cancelled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.CANCELLED,
    "trash": OrderStatus.CANCELLED,
}
#: Family name first, and nothing between.
FAMILY_FIRST = frozenset({"CN", "TW", "HK", "MO", "JP", "KR"})
CENT = Decimal("0.01")


def gmt(doc: Doc, name: str) -> datetime | None:
    text = doc.text(name)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        malformed(f"{doc.where}.{name} is no time")
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def money(doc: Doc, *names: str) -> Decimal:
    """The sum of the amounts called ``names``."""
    return sum((doc.number(name) or Decimal(0) for name in names), Decimal(0))


def refunded_units(refunds: Sequence[Doc]) -> dict[str, int]:
    """Units that have been refunded, by number of the line."""
    units: dict[str, int] = {}
    for refund in refunds:
        for line in refund.docs("line_items"):
            about = _refunded_line(line)
            units[about] = units.get(about, 0) + abs(line.integer("quantity"))
    return units


def _refunded_line(line: Doc) -> str:
    for meta in line.docs("meta_data"):
        if meta.text("key") == "_refunded_item_id":
            return meta.text("value")
    return ""


def order_read(doc: Doc, refunds: Sequence[Doc], states: Mapping[str, OrderStatus]) -> ChannelOrder:
    number = doc.need("id")
    created = doc.needed(gmt(doc, "date_created_gmt"), "date_created_gmt")
    gone = refunded_units(refunds)
    shown, status = doc.text("number"), doc.text("status")
    tags = [f"#{shown}"] if shown and shown != number else []
    if status not in states and status not in STATES:
        tags.append("unknown_status")
    return ChannelOrder(
        number=number,
        # A state of some plugin that nobody explained is no reason to ship.
        status=states.get(status) or STATES.get(status, OrderStatus.BLOCKED),
        created_at=created,
        modified_at=gmt(doc, "date_modified_gmt") or created,
        paid_at=gmt(doc, "date_paid_gmt"),
        lines=[_line(one, gone) for one in doc.docs("line_items")],
        recipient=_recipient(doc),
        buyer=doc.text("customer_id") if doc.integer("customer_id") else doc.doc("billing").text("email"),
        currency=doc.text("currency"),
        total=money(doc, "total"),
        discount=money(doc, "discount_total", "discount_tax"),
        freight=money(doc, "shipping_total", "shipping_tax"),
        buyer_remark=doc.text("customer_note"),
        tags=tags,
    )


def _line(doc: Doc, gone: Mapping[str, int]) -> ChannelLine:
    number, ordered = doc.need("id"), doc.integer("quantity")
    back = gone.get(number, 0)
    units = Decimal(max(ordered, 1))
    variation = doc.text("variation_id")
    return ChannelLine(
        external_line=number,
        product_id=doc.text("product_id"),
        variant_id="" if variation == "0" else variation,
        outer_sku=doc.text("sku"),
        title=doc.text("name"),
        quantity=ordered - back if 0 < back < ordered else ordered,
        unit_price=(money(doc, "subtotal", "subtotal_tax") / units).quantize(CENT),
        amount=money(doc, "total", "total_tax"),
        is_refunding=back >= ordered > 0,
    )


def _recipient(doc: Doc) -> RecipientIn:
    """Where it is shipped to; without that, who pays. Only the latter has a phone in older shops."""
    shipping, billing = doc.doc("shipping"), doc.doc("billing")
    address = shipping if shipping.text("address_1") else billing
    country = address.text("country")
    return RecipientIn(
        name=_name(address, country) or address.text("company"),
        phone=shipping.text("phone") or billing.text("phone"),
        province=province(country, address.text("state"), address.text("state")),
        city=address.text("city"),
        address=" ".join(one for one in (address.text("address_1"), address.text("address_2")) if one),
        postcode=address.text("postcode"),
        country=country,
    )


def _name(address: Doc, country: str) -> str:
    first, last = address.text("first_name"), address.text("last_name")
    if country in FAMILY_FIRST and not (first + last).isascii():
        return last + first
    return " ".join(one for one in (first, last) if one)


def refunds_read(order: Doc, refunds: Sequence[Doc]) -> list[ChannelRefund]:
    """The refunds of an order, each line of one by itself. WooCommerce knows of them when they are made."""
    return [one for refund in refunds for one in _refund(order, refund)]


def _refund(order: Doc, refund: Doc) -> list[ChannelRefund]:
    number, lines = refund.need("id"), refund.docs("line_items")
    had_left = gmt(order, "date_completed_gmt") is not None

    def one(line: Doc | None) -> ChannelRefund:
        what = line or Doc({}, "refund")
        external = _refunded_line(what)
        amount = money(refund, "amount") if len(lines) < 2 else abs(money(what, "total", "total_tax"))
        return ChannelRefund(
            number=number if len(lines) < 2 else f"{number}.{external}",
            order_number=order.need("id"),
            kind=RefundKind.REFUND,
            status=RefundStatus.DONE,
            modified_at=refund.needed(gmt(refund, "date_created_gmt"), "date_created_gmt"),
            external_line=external,
            quantity=abs(what.integer("quantity")),
            amount=amount,
            reason=refund.text("reason"),
            before_shipping=not had_left,
        )

    return [one(line) for line in lines] or [one(None)]


def product_read(product: Doc, variation: Doc | None = None) -> ChannelProduct:
    of = variation or product
    title = product.text("name")
    if variation is not None:
        options = [one.text("option") for one in variation.docs("attributes")]
        title = " / ".join(one for one in (title, *options) if one)
    return ChannelProduct(
        product_id=product.need("id"),
        variant_id="" if variation is None else variation.need("id"),
        outer_sku=of.text("sku"),
        title=title,
        barcode=of.text("global_unique_id"),
    )
