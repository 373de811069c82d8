"""Taking back what the warehouse has begun: at every state, with a defined effect.

========== ==========================================================================
was        becomes
========== ==========================================================================
ready      cut; the reservation was released by the order
released   open tasks cancelled, allocation back to stock
picked     as above; what lies in staging gets putback tasks to where it came from
packed     as above; parcels and waybills cancelled first
shipped    not touched: the order is told "shipped"
========== ==========================================================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.selectors import StandingAllocation, allocations_standing
from hecang.inventory.services import allocations_release, serials_unclaim
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.orders.services import (
    CancelAnswer,
    LineShift,
    order_lines_shift,
    orders_cancel_answer,
    orders_lock,
)
from hecang.outbound.services.fulfilments import fulfilments_sync
from hecang.outbound.services.pool import putback_tasks_create
from hecang.outbound.services.progress import progress_update
from hecang.shipping.services import waybill_orders_abandon, waybills_cancel

_LINES = """
SELECT l.id, l.fulfilment_id, l.order_line_id, l.allocated, l.shipped
FROM fulfilment_line l WHERE l.fulfilment_id = ANY(%s) AND l.allocated > 0 ORDER BY l.id
"""

_PICKED_FROM = """
SELECT t.fulfilment_line_id, t.lot_id, t.from_location_id, sum(t.picked)::bigint
FROM pick_task t WHERE t.fulfilment_line_id = ANY(%s) AND t.kind = 'pick' AND t.picked > 0
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

_PUTBACKS = """
INSERT INTO pick_task (kind, state, warehouse_id, batch_id, fulfilment_line_id, allocation_id, sku_id, lot_id,
    from_location_id, to_location_id, quantity, picked, short, problem, sequence, done_by)
SELECT 'putback', 'open', f.warehouse_id, NULL, p.line_id, NULL, l.sku_id, p.lot_id, p.source_id, p.target_id,
    p.quantity, 0, 0, '', 0, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS p (line_id, lot_id, source_id, target_id, quantity)
JOIN fulfilment_line l ON l.id = p.line_id JOIN fulfilment f ON f.id = l.fulfilment_id
RETURNING id, warehouse_id, sku_id, from_location_id, to_location_id, quantity
"""


@dataclass(frozen=True, slots=True)
class PullResult:
    """What a pull has done.

    :param fulfilment_ids: taken back.
    :param refused: orders of which units had left already.
    """

    fulfilment_ids: tuple[int, ...]
    refused: tuple[int, ...]


@transactional
def fulfilments_pull(*, order_ids: Iterable[int]) -> PullResult:
    """Take back everything of these orders that has not left, and answer the request to cancel.

    Acts on orders that still ask for it (``is_cancelling``); the others are only brought into line.
    Locks orders → fulfilments → batches → pick tasks → parcels → waybills → balances. Idempotent.
    """
    ids = sorted(set(order_ids))
    locked = orders_lock(order_ids=ids)
    asking = sorted(key for key, order in locked.items() if order.is_cancelling)
    fulfilments_sync(order_ids=ids)
    if not asking:
        return PullResult((), ())
    heads = fetch(
        "SELECT id, state, number FROM fulfilment WHERE order_id = ANY(%s)"
        " AND state IN ('released', 'picked', 'packed') ORDER BY id FOR NO KEY UPDATE",
        [asking],
    )
    pulled = [row[0] for row in heads]
    if pulled:
        batches = _tasks_cancel(pulled)
        parcels_cancel_all(pulled)
        _lines_release(pulled)
        progress_update(fulfilment_ids=pulled, batch_ids=batches)
        audit_record_many(
            action="fulfilment.pulled",
            entity_kind="fulfilment",
            entries=[(key, {"state": state}, {"number": number}) for key, state, number in heads],
        )
    left = {
        row[0]
        for row in fetch(
            "SELECT DISTINCT f.order_id FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id"
            " WHERE f.order_id = ANY(%s) AND l.shipped > 0",
            [asking],
        )
    }
    orders_cancel_answer(
        answers=[CancelAnswer(order_id=key, refused="shipped" if key in left else "") for key in asking]
    )
    return PullResult(tuple(pulled), tuple(sorted(left)))


def _tasks_cancel(fulfilment_ids: Sequence[int]) -> list[int]:
    """Cancel the open pick tasks of these fulfilments; returns the batches they were in. Two statements."""
    batches = [
        row[0]
        for row in fetch(
            "SELECT id FROM batch WHERE id IN (SELECT t.batch_id FROM pick_task t"
            " JOIN fulfilment_line l ON l.id = t.fulfilment_line_id"
            " WHERE l.fulfilment_id = ANY(%s) AND t.kind = 'pick' AND t.state = 'open')"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(fulfilment_ids)],
        )
    ]
    execute(
        "WITH target AS (SELECT t.id FROM pick_task t JOIN fulfilment_line l ON l.id = t.fulfilment_line_id"
        " WHERE l.fulfilment_id = ANY(%s) AND t.kind = 'pick' AND t.state = 'open' ORDER BY t.id"
        " FOR NO KEY UPDATE OF t)"
        " UPDATE pick_task t SET state = 'cancelled' FROM target WHERE t.id = target.id",
        [list(fulfilment_ids)],
    )
    return batches


def parcels_cancel_all(fulfilment_ids: Sequence[int]) -> list[int]:
    """Cancel all parcels of these fulfilments that have not left, with their waybills; returns their ids."""
    rows = fetch(
        "WITH target AS (SELECT id, state, waybill_id FROM parcel WHERE fulfilment_id = ANY(%s)"
        " AND state IN ('open', 'sealed', 'labelled') ORDER BY id FOR NO KEY UPDATE)"
        " UPDATE parcel p SET state = 'cancelled' FROM target WHERE p.id = target.id"
        " RETURNING p.id, target.state, target.waybill_id, p.number",
        [list(fulfilment_ids)],
    )
    serials_unclaim(kind="parcel", ids=[row[0] for row in rows])
    waybills_cancel(waybill_ids=sorted(row[2] for row in rows if row[2] is not None))
    waybill_orders_abandon(references=[row[3] for row in rows])
    audit_record_many(
        action="parcel.cancelled",
        entity_kind="parcel",
        entries=[(key, {"state": state}, {"state": "cancelled"}) for key, state, _waybill, _number in rows],
    )
    return [row[0] for row in rows]


def _lines_release(fulfilment_ids: Sequence[int]) -> None:
    """Give up all allocated units: back to stock, putback tasks, order lines cancelled, lines cut."""
    lines = fetch(_LINES, [list(fulfilment_ids)])
    line_ids = [row[0] for row in lines]
    standing = allocations_standing("fulfilment_line", line_ids)
    putbacks_create([allocation for allocation in standing if allocation.state == "picked"])
    execute(
        "UPDATE fulfilment_line SET cut = cut + allocated, allocated = 0, picked = shipped, packed = shipped"
        " WHERE id = ANY(%s)",
        [line_ids],
    )
    order_lines_shift(
        shifts=[
            LineShift(line_id=order_line_id, source="allocated", target="cancelled", quantity=allocated)
            for _, _, order_line_id, allocated, _ in lines
        ]
    )
    allocations_release(allocation_ids=[allocation.id for allocation in standing])


def putbacks_create(picked: Sequence[StandingAllocation]) -> None:
    """Putback tasks for picked units, each to where units of its line and lot were taken. Three statements."""
    if not picked:
        return
    sources: dict[tuple[int, int | None], list[list[int]]] = defaultdict(list)
    for line_id, lot_id, location_id, units in fetch(
        _PICKED_FROM, [sorted({allocation.source_id for allocation in picked})]
    ):
        sources[line_id, lot_id].append([location_id, units])
    rows: list[tuple[int, int | None, int, int, int]] = []
    for allocation in picked:
        left = allocation.quantity
        homes = sources[allocation.source_id, allocation.lot_id] or [[allocation.location_id, left]]
        for home in homes:
            units = min(left, home[1])
            if units > 0:
                rows.append((allocation.source_id, allocation.lot_id, allocation.location_id, home[0], units))
                home[1] -= units
                left -= units
        if left > 0:
            rows.append((allocation.source_id, allocation.lot_id, allocation.location_id, homes[-1][0], left))
    putback_tasks_create([row[:6] for row in fetch(_PUTBACKS, columns(rows, 5))])
