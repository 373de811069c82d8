"""Where picking shows that the books are wrong, somebody counts: short picks, damage, places that are empty now."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.db import fetch
from hecang.kernel.outbox import subscribe
from hecang.outbound.events import BatchesPicked, PicksShort
from hecang.stockkeeping.services.counts import Suspicion, counts_on_event

_SHORT = """
SELECT DISTINCT t.warehouse_id, t.from_location_id, t.problem FROM pick_task t
WHERE t.id = ANY(%s::bigint[]) AND t.problem <> ''
"""

# Only places that the walk has emptied, by the books of now.
_EMPTIED = """
SELECT DISTINCT t.warehouse_id, t.from_location_id FROM pick_task t
WHERE t.batch_id = ANY(%s::bigint[]) AND t.kind = 'pick' AND t.picked > 0 AND NOT EXISTS (
    SELECT 1 FROM stock s WHERE s.location_id = t.from_location_id AND s.quantity > 0)
"""

#: What is wrong with a task → why to count.
_REASONS = {"missing": "short_pick", "damaged": "damaged"}


@subscribe(PicksShort, consumer="outbound.counts")
def picks_short(events: Sequence[PicksShort]) -> None:
    """What was not found, or found damaged, is counted where it should have been."""
    ids = sorted({task_id for event in events for task_id in event.task_ids})
    counts_on_event(
        suspicions=[
            Suspicion(warehouse_id, location_id, _REASONS.get(problem, "short_pick"))
            for warehouse_id, location_id, problem in fetch(_SHORT, [ids])
        ]
    )


@subscribe(BatchesPicked, consumer="outbound.counts")
def batches_picked(events: Sequence[BatchesPicked]) -> None:
    """A place that a walk has emptied is quickly looked at, where the warehouse wants that."""
    ids = sorted({batch_id for event in events for batch_id in event.batch_ids})
    counts_on_event(
        suspicions=[
            Suspicion(warehouse_id, location_id, "emptied")
            for warehouse_id, location_id in fetch(_EMPTIED, [ids])
        ]
    )
