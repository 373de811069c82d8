"""What changes shortages: each of these facts has them looked at again."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.outbox import subscribe
from hecang.orders.events import (
    BackordersFilled,
    BackordersPlaced,
    OrderLinesChanged,
    OrdersCancelled,
    OrdersCancelRequested,
    ReservationsFreed,
    ReservationsShorted,
)
from hecang.orders.services.shortages import shortages_sync, skus_of_lines, skus_of_orders

CONSUMER = "orders.shortages"


@subscribe(ReservationsShorted, consumer=CONSUMER)
def shorted(events: Sequence[ReservationsShorted]) -> None:
    """Goods went away under promises."""
    shortages_sync(sku_ids=skus_of_lines({line for event in events for line in event.line_ids}))


def skus_moved(events: Sequence[BackordersPlaced | ReservationsFreed]) -> None:
    """Orders began to wait, or gave up promised units."""
    shortages_sync(sku_ids={sku for event in events for sku in event.sku_ids})


def orders_moved(
    events: Sequence[BackordersFilled | OrdersCancelled | OrdersCancelRequested | OrderLinesChanged],
) -> None:
    """Orders got what they waited for, or do not want it any more."""
    shortages_sync(sku_ids=skus_of_orders({order_id for event in events for order_id in event.order_ids}))


subscribe(BackordersPlaced, consumer=CONSUMER)(skus_moved)
subscribe(ReservationsFreed, consumer=CONSUMER)(skus_moved)
subscribe(BackordersFilled, consumer=CONSUMER)(orders_moved)
subscribe(OrdersCancelled, consumer=CONSUMER)(orders_moved)
subscribe(OrdersCancelRequested, consumer=CONSUMER)(orders_moved)
subscribe(OrderLinesChanged, consumer=CONSUMER)(orders_moved)
