"""Orders and after-sales of WeChat shops, read into ours. Amounts are fen, times unix seconds."""

from __future__ import annotations

from collections.abc import Mapping

from hecang.integrations.channels.base import (
    AddressChange,
    ChannelLine,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    OrderStatus,
    RefundKind,
    RefundStatus,
)
from hecang.integrations.channels.documents import Doc, discount_of
from hecang.orders.services import RecipientIn

STATES: Mapping[int, OrderStatus] = {
    10: OrderStatus.UNPAID,
    12: OrderStatus.BLOCKED,  # a present that nobody has accepted yet
    13: OrderStatus.BLOCKED,  # a group that is not full
    20: OrderStatus.TO_SHIP,
    21: OrderStatus.PARTLY_SHIPPED,
    30: OrderStatus.SHIPPED,
    100: OrderStatus.DONE,
    200: OrderStatus.CANCELLED,  # every article refunded
    250: OrderStatus.CANCELLED,  # never paid
}
#: Any other state of an after-sale is open.
REFUND_STATES: Mapping[str, RefundStatus] = {
    "USER_CANCELD": RefundStatus.CLOSED,
    "RETURN_CLOSED": RefundStatus.CLOSED,
    "MERCHANT_FAIL": RefundStatus.CLOSED,
    "MERCHANT_REFUND_RETRY_FAIL": RefundStatus.CLOSED,
    "MERCHANT_REFUND_SUCCESS": RefundStatus.DONE,
    "MERCHANT_RETURN_SUCCESS": RefundStatus.DONE,
    "MERCHANT_EXCHANGE_SUCCESS": RefundStatus.DONE,
    "USER_WAIT_RETURN": RefundStatus.AGREED,
    "MERCHANT_WAIT_RECEIPT": RefundStatus.AGREED,
    "MERCHANT_OVERDUE_REFUND": RefundStatus.AGREED,
    "PLATFORM_REFUNDING": RefundStatus.AGREED,
    "WAIT_PACKAGE_INTERCEPT": RefundStatus.AGREED,
    "USER_WAIT_RECEIPT": RefundStatus.AGREED,
}
KINDS: Mapping[str, RefundKind] = {"RETURN": RefundKind.RETURN, "EXCHANGE": RefundKind.EXCHANGE}


def order_read(doc: Doc) -> ChannelOrder:
    """An order of ``/channels/ec/order/get``."""
    detail = doc.need_doc("order_detail")
    price, delivery, extra = detail.doc("price_info"), detail.doc("delivery_info"), detail.doc("ext_info")
    created = doc.needed(doc.seconds("create_time"), "create_time")
    products = detail.docs("product_infos")
    lines = [_line(one) for one in products]
    freight = price.fen("change_freight" if price.flag("is_change_freight") else "freight")
    total = price.fen("order_price")
    promised = [one.doc("sku_deliver_info").seconds("predict_delivery_time") for one in products]
    return ChannelOrder(
        number=doc.need("order_id"),
        status=STATES.get(doc.integer("status"), OrderStatus.BLOCKED),
        created_at=created,
        modified_at=doc.seconds("update_time") or created,
        paid_at=detail.doc("pay_info").seconds("pay_time"),
        lines=lines,
        recipient=recipient_read(delivery.doc("address_info")),
        buyer=doc.text("openid"),
        currency="CNY",
        total=total,
        discount=discount_of(lines, freight=freight, total=total),
        freight=freight,
        buyer_remark=extra.text("customer_notes"),
        seller_remark=extra.text("merchant_notes"),
        ship_by=min((one for one in promised if one), default=None),
        is_presale=any(one.doc("sku_deliver_info").integer("stock_type") == 1 for one in products),
        tags=[
            *(["virtual"] if delivery.integer("deliver_method") in (1, 3) else []),
            *(["unknown_status"] if doc.integer("status") not in STATES else []),
        ],
    )


def _line(product: Doc) -> ChannelLine:
    """Units whose refund is done are no longer ordered, unless that is all of them: then the line says so."""
    ordered, gone = product.integer("sku_cnt"), product.integer("finish_aftersale_sku_cnt")
    return ChannelLine(
        external_line=product.text("product_unique_id", "sku_id"),
        product_id=product.need("product_id"),
        variant_id=product.text("sku_id"),
        outer_sku=product.text("sku_code", "out_sku_id"),
        title=product.text("title"),
        quantity=ordered - gone if 0 < gone < ordered else ordered,
        unit_price=product.fen("sale_price"),
        amount=product.fen("real_price"),
        is_gift=product.integer("is_free_gift") == 1,
        is_refunding=product.integer("on_aftersale_sku_cnt") > 0 or gone >= ordered > 0,
    )


def recipient_read(address: Doc) -> RecipientIn:
    """Names, phones and streets are masked; ``hash_code`` is the same for the same address in the shop."""
    sealed = {name: address.text(name) for name in ("hash_code",) if address.text(name)}
    return RecipientIn(
        name=address.text("user_name"),
        phone=address.text("tel_number"),
        province=address.text("province_name"),
        city=address.text("city_name"),
        district=address.text("county_name"),
        address=address.text("detail_info") + address.text("house_number"),
        postcode=address.text("postal_code"),
        sealed=sealed,
    )


def address_change(doc: Doc) -> AddressChange | None:
    """The address that a buyer wants instead, if the order says that one waits for an answer."""
    delivery = doc.doc("order_detail").doc("delivery_info")
    wanted = delivery.doc("address_under_review")
    asked = delivery.seconds("address_apply_time")
    if not wanted.data or asked is None:
        return None
    return AddressChange("", doc.need("order_id"), recipient_read(wanted), asked)


def refund_read(doc: Doc, order: Doc | None) -> ChannelRefund:
    """An after-sale. Its order says of which line it is, and whether the goods had left."""
    kind = KINDS.get(doc.text("type"), RefundKind.REFUND)
    product = doc.doc("product_info")
    lines: list[str] = []
    waits = False
    if order is not None:
        read = order_read(order)
        waits = read.status not in (OrderStatus.SHIPPED, OrderStatus.DONE)
        about = (product.text("product_id"), product.text("sku_id"))
        lines = [one.external_line for one in read.lines if (one.product_id, one.variant_id) == about]
    return ChannelRefund(
        number=doc.need("after_sale_order_id"),
        order_number=doc.need("order_id"),
        kind=kind,
        status=REFUND_STATES.get(doc.text("status"), RefundStatus.OPEN),
        modified_at=doc.needed(doc.seconds("update_time"), "update_time"),
        external_line=lines[0] if len(lines) == 1 else "",
        quantity=product.integer("count"),
        amount=doc.doc("refund_info").fen("amount"),
        reason=doc.text("reason_text", "reason"),
        before_shipping=waits and kind is RefundKind.REFUND,
        return_waybill=doc.doc("return_info").text("waybill_id"),
    )


def products_read(product: Doc) -> list[ChannelProduct]:
    """A product by its SKUs, as buyers see it now."""
    title = product.text("title")
    return [
        ChannelProduct(
            product_id=product.need("product_id"),
            variant_id=sku.need("sku_id"),
            outer_sku=sku.text("sku_code", "out_sku_id"),
            title=" / ".join([title, *(one.text("attr_value") for one in sku.docs("sku_attrs"))]),
            barcode=sku.text("bar_code"),
        )
        for sku in product.docs("skus")
    ]
