"""Which lines of Shopify's fulfilment orders a parcel of ours stands for."""

from __future__ import annotations

from typing import Any

from hecang.integrations.channels.base import Shipment
from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.shopify_orders import tail
from hecang.kernel.connectors import Refused

#: States of fulfilment orders from which goods may be shipped.
SHIPPABLE = frozenset({"OPEN", "IN_PROGRESS"})


def is_told(order: Doc, waybill: str) -> bool:
    """Whether a parcel of this number stands in the order."""
    return any(
        tracking.text("number") == waybill
        for fulfilment in order.docs("fulfillments")
        if fulfilment.text("status") not in ("CANCELLED", "ERROR", "FAILURE")
        for tracking in fulfilment.docs("trackingInfo")
    )


def allocated(order: Doc, shipment: Shipment) -> list[dict[str, Any]]:
    """The argument ``lineItemsByFulfillmentOrder``: for each line its units, from wherever they wait.

    :raises Refused: less waits there than the parcel holds.
    """
    wanted = {line.external_line: 0 for line in shipment.lines}
    for line in shipment.lines:
        wanted[line.external_line] += line.quantity
    everything = not shipment.lines
    chosen: list[dict[str, Any]] = []
    for one in order.doc("fulfillmentOrders").docs("nodes"):
        if one.text("status") not in SHIPPABLE:
            continue
        lines = one.doc("lineItems")
        if everything or (shipment.completes_order and lines.doc("pageInfo").flag("hasNextPage")):
            # More lines than are listed, and all of them go: naming none ships them all.
            chosen.append({"fulfillmentOrderId": one.need("id")})
            wanted = {}
            continue
        items = []
        for item in lines.docs("nodes"):
            external = tail(item.doc("lineItem").text("id"))
            units = min(wanted.get(external, 0), item.integer("remainingQuantity"))
            if units > 0:
                wanted[external] -= units
                items.append({"id": item.need("id"), "quantity": units})
        if items:
            chosen.append({"fulfillmentOrderId": one.need("id"), "fulfillmentOrderLineItems": items})
    if not chosen or any(wanted.values()):
        raise Refused("less is left to ship at Shopify than the parcel holds", code="nothing_to_ship")
    return chosen
