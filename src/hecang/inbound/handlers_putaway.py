"""What follows from goods that have come in: places are found in the background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hecang.inbound.events import GoodsArrived
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
