"""What follows from goods that have come in: places are found in the background, stores get what came for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hecang.inbound.events import GoodsArrived, PutawayDone
from hecang.inbound.services.crossdocks import crossdocks_keep
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.kernel.outbox import subscribe


@subscribe(GoodsArrived, consumer="inbound.putaway")
def goods_arrived(events: Sequence[GoodsArrived]) -> None:
    """Find places for what waits, warehouse by warehouse."""
    ids: dict[int, set[int]] = defaultdict(set)
    for event in events:
        ids[event.warehouse_id].update(event.putaway_ids)
    for warehouse_id, wanted in sorted(ids.items()):
        putaways_plan(warehouse_id=warehouse_id, putaway_ids=sorted(wanted), learn=True)


@subscribe(PutawayDone, consumer="inbound.store_orders")
def crossdocked(events: Sequence[PutawayDone]) -> None:
    """Goods that came in for stores can be promised now: they are kept for them."""
    crossdocks_keep(putaway_ids=[event.putaway_id for event in events if event.kind == "crossdock"])
