"""What replenishment does by itself, again and again."""

from __future__ import annotations

from hecang.kernel.db import fetch
from hecang.stockkeeping.services.faces import pick_faces_infer, pick_faces_suggest
from hecang.stockkeeping.services.replenishing import replenishments_plan, replenishments_top_up

#: SKUs that one round fills up while nobody picks.
QUIET_SKUS = 20

_WAREHOUSES = """
SELECT w.id, NOT EXISTS (
    SELECT 1 FROM task t WHERE t.warehouse_id = w.id AND t.kind = 'pick'
        AND t.state IN ('open', 'assigned', 'started', 'paused'))
FROM warehouse w WHERE w.is_active AND EXISTS (
    SELECT 1 FROM pick_face f WHERE f.warehouse_id = w.id AND f.is_active) ORDER BY w.id
"""


def replenishments_round() -> int:
    """Plan every warehouse that has faces; where nobody picks, fill up what has room, too. How many were made."""
    made = 0
    for warehouse_id, is_quiet in fetch(_WAREHOUSES):
        made += len(replenishments_plan(warehouse_id=warehouse_id))
        if is_quiet:
            made += len(replenishments_top_up(warehouse_id=warehouse_id, limit=QUIET_SKUS))
    return made


def pick_faces_round() -> int:
    """Find faces where goods lie, and fit all of them to what is picked; how many were looked at."""
    looked = 0
    for (warehouse_id,) in fetch(
        "SELECT id FROM warehouse WHERE is_active AND kind <> 'supplier' ORDER BY id"
    ):
        pick_faces_infer(warehouse_id=warehouse_id)
        looked += pick_faces_suggest(warehouse_id=warehouse_id)
    return looked
