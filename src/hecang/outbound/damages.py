"""Damage that pickers find becomes a ticket of the warehouse: one for each SKU, as long as it stands open."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from hecang.kernel.db import fetch
from hecang.kernel.outbox import subscribe
from hecang.outbound.events import PicksShort
from hecang.tickets.services import NewTicket, tickets_open

_DAMAGED = """
SELECT t.warehouse_id, t.sku_id, k.code, f.owner_id, l.code, t.short, o.id, o.number
FROM pick_task t JOIN sku k ON k.id = t.sku_id JOIN location l ON l.id = t.from_location_id
JOIN fulfilment_line fl ON fl.id = t.fulfilment_line_id JOIN fulfilment f ON f.id = fl.fulfilment_id
JOIN sales_order o ON o.id = f.order_id
WHERE t.id = ANY(%s::bigint[]) AND t.problem = 'damaged' ORDER BY t.id
"""


@subscribe(PicksShort, consumer="outbound.damages")
def damages_ticket(events: Sequence[PicksShort]) -> None:
    """Open tickets for what was found damaged, or count up those that stand."""
    ids = sorted({task_id for event in events for task_id in event.task_ids})
    tickets_open(
        tickets=[
            NewTicket(
                kind="damage",
                reason=gettext_noop("%(units)s units of %(sku)s were found damaged at %(location)s"),
                detail={"sku": sku, "sku_id": sku_id, "units": units, "location": location},
                key=f"damage:{warehouse_id}:{sku_id}",
                links=[("sku", sku_id, sku), ("sales_order", order_id, number)],
                warehouse_id=warehouse_id,
                owner_id=owner_id,
            )
            for warehouse_id, sku_id, sku, owner_id, location, units, order_id, number in fetch(
                _DAMAGED, [ids]
            )
        ]
    )
