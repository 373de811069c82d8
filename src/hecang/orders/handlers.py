"""What orders do when stock can be sold again: whoever waits for it gets it."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.inventory.events import StockRaised
from hecang.kernel.outbox import subscribe
from hecang.orders.events import BackordersPlaced, ReservationsFreed
from hecang.orders.services.backorders import backorders_fill

CONSUMER = "orders.backorders"


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
