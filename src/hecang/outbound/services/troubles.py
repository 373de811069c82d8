"""Tickets for parcels that carriers have trouble with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_noop

from hecang.kernel.db import fetch, transactional
from hecang.tickets.services import NewTicket, tickets_open

#: Trouble of a parcel → kind of the ticket, and what it says.
TICKETS: Final = {
    "stalled": (
        "delay",
        gettext_noop("Parcel %(parcel)s stands still: no scan for longer than its lane takes."),
    ),
    "lost": ("lost", gettext_noop("Parcel %(parcel)s seems to be lost.")),
    "damaged": ("damage", gettext_noop("The carrier reports damage of parcel %(parcel)s.")),
    "refused": ("refused", gettext_noop("The recipient refused parcel %(parcel)s.")),
    "returned": ("returned", gettext_noop("Parcel %(parcel)s is coming back.")),
}


@transactional
def troubles_ticket(*, troubles: Sequence[tuple[int, str]]) -> None:
    """Open a ticket for each (waybill, kind of trouble), linked to order, fulfilment and parcel. Idempotent:
    an open ticket of the same parcel and trouble is found again.
    """
    rows = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT p.waybill_id, p.id, p.number, w.number, f.id, f.number, o.id, o.number, p.warehouse_id, f.shop_id,"
            " f.owner_id, c.name FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id"
            " JOIN sales_order o ON o.id = f.order_id JOIN waybill w ON w.id = p.waybill_id"
            " JOIN carrier_service s ON s.id = w.service_id JOIN carrier c ON c.id = s.carrier_id"
            " WHERE p.waybill_id = ANY(%s)",
            [sorted({waybill_id for waybill_id, _kind in troubles})],
        )
    }
    tickets = []
    for waybill_id, trouble in troubles:
        if waybill_id not in rows or trouble not in TICKETS:
            continue
        (
            parcel_id,
            parcel,
            waybill,
            fulfilment_id,
            fulfilment,
            order_id,
            order,
            warehouse_id,
            shop_id,
            owner_id,
            carrier,
        ) = rows[waybill_id]
        kind, reason = TICKETS[trouble]
        tickets.append(
            NewTicket(
                kind=kind,
                reason=reason,
                detail={"parcel": parcel, "waybill": waybill, "carrier": carrier, "trouble": trouble},
                key=f"parcel:{parcel_id}:{trouble}",
                links=(
                    ("sales_order", order_id, order),
                    ("fulfilment", fulfilment_id, fulfilment),
                    ("parcel", parcel_id, parcel),
                ),
                warehouse_id=warehouse_id,
                shop_id=shop_id,
                owner_id=owner_id,
            )
        )
    tickets_open(tickets=tickets)
