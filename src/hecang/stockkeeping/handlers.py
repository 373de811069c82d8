"""What stockkeeping does when something is told. Each consumer sees its events in order."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.inventory.events import StockRaised
from hecang.kernel.outbox import subscribe
from hecang.stockkeeping.events_replenishing import ReplenishmentShort, TransferMoved
from hecang.stockkeeping.services.alerts import alerts_refresh
from hecang.stockkeeping.services.announcing import transfers_announce
from hecang.stockkeeping.services.counts import Suspicion, counts_on_event
from hecang.stockkeeping.services.store_orders import store_orders_release

SUPPLY = "stockkeeping.supply"
ALERTS = "stockkeeping.alerts"
DOUBTS = "stockkeeping.doubts"
CROSSDOCKED = "stockkeeping.crossdocked"


@subscribe(TransferMoved, consumer=SUPPLY)
def transfers_moved(events: Sequence[TransferMoved]) -> None:
    """What is expected at a destination has changed: orders there are told."""
    transfers_announce(transfer_ids={key for event in events for key in event.transfer_ids})


@subscribe(TransferMoved, consumer=CROSSDOCKED)
def transfers_crossdocked(events: Sequence[TransferMoved]) -> None:
    """One was approved for which goods lie in the cross-docking place: somebody is to bring them to its truck."""
    store_orders_release(transfer_ids={key for event in events for key in event.transfer_ids})


@subscribe(StockRaised, consumer=ALERTS)
def stock_raised(events: Sequence[StockRaised]) -> None:
    """Goods came in: alerts about too little may be over."""
    alerts_refresh(sku_ids={key[1] for event in events for key in event.keys})


@subscribe(ReplenishmentShort, consumer=DOUBTS)
def replenishments_short(events: Sequence[ReplenishmentShort]) -> None:
    """Goods were not where the books have them: somebody counts the place."""
    counts_on_event(suspicions=[Suspicion(one.warehouse_id, one.location_id, "short_pick") for one in events])
