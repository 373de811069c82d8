"""When a count finds that allocated units do not exist: other units, a longer walk, or a shorter delivery.

The same as a short pick (``pick_trouble``), before the picker stands in front of the empty place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from hecang.inventory.allocation_holders import AllocationLost
from hecang.kernel.db import execute, fetch
from hecang.orders.services import orders_lock
from hecang.outbound.services.pick_trouble import Trouble, lines_give_up, trouble_settle
from hecang.outbound.services.progress import progress_update

_DOCUMENTS = """
SELECT f.id, f.order_id, f.batch_id FROM fulfilment_line l JOIN fulfilment f ON f.id = l.fulfilment_id
WHERE l.id = ANY(%s::bigint[])
"""

_TASKS = """
SELECT t.allocation_id, t.id, t.batch_id, t.warehouse_id, t.fulfilment_line_id, t.sku_id, f.owner_id, t.to_location_id,
    f.id
FROM pick_task t JOIN fulfilment_line l ON l.id = t.fulfilment_line_id JOIN fulfilment f ON f.id = l.fulfilment_id
WHERE t.allocation_id = ANY(%s::bigint[]) AND t.kind = 'pick' AND t.state = 'open' AND t.batch_id IS NOT NULL
"""


class FulfilmentLines:
    """Fulfilment lines as holders of allocations; see :class:`hecang.inventory.allocation_holders.AllocationHolder`."""

    source_kind = "fulfilment_line"

    def lock(self, source_ids: Sequence[int]) -> None:
        """Orders → fulfilments → batches → tasks, each in primary-key order; five statements."""
        rows = fetch(_DOCUMENTS, [list(source_ids)])
        orders_lock(order_ids=sorted({row[1] for row in rows}))
        batches = sorted({row[2] for row in rows if row[2] is not None})
        for sql, ids in (
            (
                "SELECT 1 FROM fulfilment WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                sorted({r[0] for r in rows}),
            ),
            ("SELECT 1 FROM batch WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", batches),
            ("SELECT 1 FROM pick_task WHERE batch_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", batches),
        ):
            execute(sql, [ids])

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, float]:
        """What was released last loses first."""
        return dict.fromkeys(source_ids, 0.0)

    def lost(self, losses: Sequence[AllocationLost]) -> None:
        """Look for other units; what cannot be replaced is cut and backordered. A few statements for each batch."""
        tasks = {row[0]: row for row in fetch(_TASKS, [[loss.allocation_id for loss in losses]])}
        by_batch: dict[tuple[int, int], list[tuple[AllocationLost, tuple[Any, ...]]]] = defaultdict(list)
        loose: dict[int, int] = defaultdict(int)
        for loss in losses:
            task = tasks.get(loss.allocation_id)
            if task is None:
                loose[loss.source_id] += loss.quantity
            else:
                by_batch[task[2], task[3]].append((loss, task))
        for (batch_id, warehouse_id), parts in sorted(by_batch.items(), key=lambda item: item[0]):
            troubles = [
                Trouble(
                    task_id=task[1], outcome="short", quantity=loss.quantity, allocation_id=loss.allocation_id,
                    line_id=task[4], sku_id=task[5], owner_id=task[6], staging_id=task[7],
                )
                for loss, task in parts
            ]  # fmt: skip
            trouble_settle(batch_id=batch_id, warehouse_id=warehouse_id, troubles=troubles, are_gone=True)
            progress_update(fulfilment_ids={task[8] for _loss, task in parts}, batch_ids=[batch_id])
        if loose:
            lines_give_up(loose)
