"""Pick faces that waves will empty: asked of stockkeeping while the wave is planned, and after it has taken its goods."""

from __future__ import annotations

from collections.abc import Collection

from hecang.kernel.clock import now
from hecang.kernel.db import fetch
from hecang.stockkeeping.services.replenishing import FaceDemand, replenishments_for_demand

_DEMAND = """
SELECT l.sku_id, f.owner_id, sum(l.quantity - l.allocated - l.shipped - l.cut)::bigint
FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id
WHERE f.wave_id = %s AND l.quantity > l.allocated + l.shipped + l.cut
GROUP BY 1, 2
"""


def faces_fill(*, wave_id: int, warehouse_id: int, policy: str) -> None:
    """What a planned wave needs beyond its faces is brought there first. One statement where there are no faces."""
    demand = [FaceDemand(*row) for row in fetch(_DEMAND, [wave_id])]
    replenishments_for_demand(
        warehouse_id=warehouse_id, demand=demand, due_at=now(), wave_id=wave_id, policy=policy
    )


def faces_refill(warehouse_id: int, goods: Collection[tuple[int, int]]) -> None:
    """Faces that a release has left below their minimum are filled again before the next wave comes.

    :param goods: (SKU, owner) that it has taken.
    """
    replenishments_for_demand(
        warehouse_id=warehouse_id, demand=[FaceDemand(sku, owner, 0) for sku, owner in sorted(goods)]
    )
