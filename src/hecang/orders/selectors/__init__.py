"""What others may know of orders. Import from here."""

from hecang.orders.selectors.fulfilment import (
    LineForFulfilment,
    OrderForFulfilment,
    Recipient,
    order_lines_for_fulfilment,
    order_recipients,
    orders_for_fulfilment,
)

__all__ = [
    "LineForFulfilment",
    "OrderForFulfilment",
    "Recipient",
    "order_lines_for_fulfilment",
    "order_recipients",
    "orders_for_fulfilment",
]
