"""What others may know of orders. Import from here."""

from hecang.orders.selectors.backordered import Backordered, backorders_waiting
from hecang.orders.selectors.fulfilment import (
    LineForFulfilment,
    OrderForFulfilment,
    Recipient,
    order_lines_for_fulfilment,
    order_recipients,
    orders_for_fulfilment,
)
from hecang.orders.selectors.shipping import ShipTo, ShipWish, order_ship_to, order_ship_wishes

__all__ = [
    "Backordered",
    "LineForFulfilment",
    "OrderForFulfilment",
    "Recipient",
    "ShipTo",
    "ShipWish",
    "backorders_waiting",
    "order_lines_for_fulfilment",
    "order_recipients",
    "order_ship_to",
    "order_ship_wishes",
    "orders_for_fulfilment",
]
