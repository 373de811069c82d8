"""What follows from finished tasks: fulfilments picked, batches walked, waves done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch
from hecang.kernel.outbox import emit
from hecang.outbound.events import BatchesPicked, FulfilmentsCancelled
from hecang.outbound.services.pool import batch_tasks_end

_SUMMARIES = """
UPDATE fulfilment f SET line_count = s.lines, unit_count = s.units, weight_g = s.weight_g, volume_mm3 = s.volume_mm3
FROM (
    SELECT l.fulfilment_id,
           count(*) FILTER (WHERE l.quantity > l.cut) AS lines,
           coalesce(sum(l.quantity - l.cut), 0)::bigint AS units,
           coalesce(sum((l.quantity - l.cut) * l.unit_weight_g), 0)::bigint AS weight_g,
           coalesce(sum((l.quantity - l.cut) * l.unit_volume_mm3), 0)::bigint AS volume_mm3
    FROM fulfilment_line l WHERE l.fulfilment_id = ANY(%s) GROUP BY l.fulfilment_id
) s WHERE f.id = s.fulfilment_id
"""

# What is neither to be allocated nor allocated is shipped or cut; with open tasks it goes on.
_FULFILMENTS = """
UPDATE fulfilment f SET
    state = CASE
        WHEN s.standing > 0 AND s.packed = s.picked AND s.picked > 0 AND f.state IN ('picked', 'packed') THEN 'packed'
        WHEN s.standing > 0 THEN 'picked'
        WHEN s.shipped > 0 THEN 'shipped'
        ELSE 'cancelled'
    END,
    shipped_at = CASE WHEN s.standing = 0 AND s.shipped > 0 THEN coalesce(f.shipped_at, %s) ELSE f.shipped_at END
FROM (
    SELECT l.fulfilment_id, sum(l.quantity - l.shipped - l.cut) AS standing, sum(l.picked) AS picked,
           sum(l.packed) AS packed, sum(l.shipped) AS shipped,
           EXISTS (
               SELECT 1 FROM pick_task t JOIN fulfilment_line tl ON tl.id = t.fulfilment_line_id
               WHERE tl.fulfilment_id = l.fulfilment_id AND t.kind = 'pick' AND t.state = 'open'
           ) AS is_open
    FROM fulfilment_line l WHERE l.fulfilment_id = ANY(%s) GROUP BY l.fulfilment_id
) s
WHERE f.id = s.fulfilment_id AND f.state IN ('released', 'picked', 'packed') AND NOT s.is_open
RETURNING f.id, f.state
"""

_BATCHES = """
UPDATE batch b SET
    state = CASE WHEN EXISTS (SELECT 1 FROM pick_task t WHERE t.batch_id = b.id AND t.picked > 0)
            THEN 'picked' ELSE 'cancelled' END,
    finished_at = %s
WHERE b.id = ANY(%s) AND b.state IN ('released', 'picking')
  AND NOT EXISTS (SELECT 1 FROM pick_task t WHERE t.batch_id = b.id AND t.kind = 'pick' AND t.state = 'open')
RETURNING b.id, b.state
"""

#: Two who end the last two batches of a wave wait for each other here; the later one sees what both have done.
_WAVES_LOCK = """
SELECT id FROM wave WHERE id IN (SELECT wave_id FROM batch WHERE id = ANY(%s)) ORDER BY id FOR NO KEY UPDATE
"""
_WAVES = """
UPDATE wave w SET state = 'done'
WHERE w.id IN (SELECT wave_id FROM batch WHERE id = ANY(%s)) AND w.state = 'released'
  AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.wave_id = w.id AND b.state IN ('planned', 'released', 'picking'))
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What :func:`progress_update` has brought to an end."""

    fulfilments: dict[int, str]
    batches: dict[int, str]


def summaries_update(fulfilment_ids: Sequence[int]) -> None:
    """Recompute lines, units, weight and volume left of these fulfilments from their lines; one statement."""
    if fulfilment_ids:
        execute(_SUMMARIES, [list(fulfilment_ids)])


def progress_update(*, fulfilment_ids: Iterable[int], batch_ids: Iterable[int]) -> Progress:
    """Bring states and sums of fulfilments, batches and waves into line with their lines and tasks.

    Fulfilments whose tasks are all closed become picked, packed, shipped or (nothing left) cancelled;
    batches without open tasks become picked (cancelled if nothing was picked), and so do their tasks in the pool;
    waves become done.
    Emits ``FulfilmentsCancelled`` and ``BatchesPicked``. Expects the fulfilments and batches to be locked.
    Four statements, and a few more where batches end.
    """
    fulfilments, batches = sorted(set(fulfilment_ids)), sorted(set(batch_ids))
    ended: dict[int, str] = {}
    walked: dict[int, str] = {}
    if fulfilments:
        summaries_update(fulfilments)
        ended = dict(fetch(_FULFILMENTS, [now(), fulfilments]))
    if batches:
        walked = dict(fetch(_BATCHES, [now(), batches]))
        if walked:
            fetch(_WAVES_LOCK, [sorted(walked)])
            execute(_WAVES, [sorted(walked)])
            batch_tasks_end(walked)
    cancelled = tuple(sorted(key for key, state in ended.items() if state == "cancelled"))
    picked = tuple(sorted(key for key, state in walked.items() if state == "picked"))
    emit(
        *([FulfilmentsCancelled(cancelled)] if cancelled else []),
        *([BatchesPicked(picked)] if picked else []),
    )
    return Progress(ended, walked)
