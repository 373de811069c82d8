"""What orders do when stock can be sold again, when orders are approved, and when their arrival changes."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.inventory.events import StockRaised
from hecang.kernel.outbox import subscribe
from hecang.orders.events import (
    BackordersFilled,
    BackordersPlaced,
    OrderLinesChanged,
    OrderRecipientChanged,
    OrdersApproved,
    ReservationsFreed,
    ReservationsShorted,
)
from hecang.orders.services.backorders import backorders_fill
from hecang.orders.services.expectations import orders_expect, orders_of_lines
from hecang.orders.services.merging_auto import orders_merge_matching
from hecang.orders.services.splitting_auto import orders_split_automatic
from hecang.orders.services.substituting import substitutes_apply
from hecang.orders.services.wishes import wishes_fulfil

CONSUMER = "orders.backorders"
SHAPING = "orders.shaping"
EXPECTING = "orders.expecting"


@subscribe(StockRaised, consumer=CONSUMER)
def stock_raised(events: Sequence[StockRaised]) -> None:
    """More of some SKUs can be promised than before."""
    backorders_fill(sku_ids=sorted({key[1] for event in events for key in event.keys}))


@subscribe(BackordersPlaced, consumer=CONSUMER)
def backorders_placed(events: Sequence[BackordersPlaced]) -> None:
    """Orders began to wait: stock may have come in while they were being written."""
    backorders_fill(sku_ids=sorted({sku for event in events for sku in event.sku_ids}))


@subscribe(ReservationsFreed, consumer=CONSUMER)
def reservations_freed(events: Sequence[ReservationsFreed]) -> None:
    """Orders were cancelled or made smaller: what they had been promised is free again."""
    backorders_fill(sku_ids=sorted({sku for event in events for sku in event.sku_ids}))


@subscribe(OrdersApproved, consumer=SHAPING)
def orders_approved(events: Sequence[OrdersApproved]) -> None:
    """Orders may be shipped: part what goes apart, then bring together what goes as one, as rules and shops want it."""
    ids = sorted({order_id for event in events for order_id in event.order_ids})
    wishes_fulfil(order_ids=ids)
    orders_split_automatic(order_ids=ids)
    orders_merge_matching(order_ids=ids, automatic=True)


@subscribe(BackordersPlaced, consumer=SHAPING)
def substitutes_wanted(events: Sequence[BackordersPlaced]) -> None:
    """Goods are short: something else may go in their place."""
    substitutes_apply(sku_ids=sorted({sku for event in events for sku in event.sku_ids}))


def expectations_changed(
    events: Sequence[OrdersApproved | BackordersFilled | OrderLinesChanged | OrderRecipientChanged],
) -> None:
    """Orders may leave at another time, or from elsewhere, or go elsewhere: say when they arrive now."""
    orders_expect(order_ids={order_id for event in events for order_id in event.order_ids})


subscribe(OrdersApproved, consumer=EXPECTING)(expectations_changed)
subscribe(BackordersFilled, consumer=EXPECTING)(expectations_changed)
subscribe(OrderLinesChanged, consumer=EXPECTING)(expectations_changed)
subscribe(OrderRecipientChanged, consumer=EXPECTING)(expectations_changed)


@subscribe(ReservationsShorted, consumer=EXPECTING)
def expectations_shorted(events: Sequence[ReservationsShorted]) -> None:
    """Goods went away under promises: their orders wait for others."""
    orders_expect(order_ids=orders_of_lines({line for event in events for line in event.line_ids}))
