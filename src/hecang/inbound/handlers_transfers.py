"""What follows when a transfer has come in: its goods want a place."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.leaving import goods_follow_late
from hecang.kernel.outbox import subscribe
from hecang.stockkeeping.events_replenishing import TransferReceived
from hecang.stockkeeping.selectors.transfers import arrivals_of


@subscribe(TransferReceived, consumer="inbound.transfers")
def transfers_received(events: Sequence[TransferReceived]) -> None:
    """Goods of transfers lie at the dock: plan where they go, orders that wait first."""
    for event in events:
        found = [
            Arrival(
                warehouse_id=one.warehouse_id,
                location_id=one.location_id,
                sku_id=one.sku_id,
                owner_id=one.owner_id,
                quantity=one.quantity,
                lot_id=one.lot_id,
                container_id=one.container_id,
                condition=one.condition,
            )
            for one in arrivals_of(event.receipt_ids)
        ]
        goods_follow_late(arrivals=found, source=("transfer", event.transfer_id))
