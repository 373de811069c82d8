"""What follows from purchases, in a transaction of its own: promises of customers' orders, suggestions, invoices.

Receiving books goods under locks on stock; the customers' orders that wait for them are locked here, later, so that
neither waits for the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.outbox import subscribe
from hecang.purchasing.events import PurchasesEnded, PurchaseSupplyChanged
from hecang.purchasing.services.announcing import suggestions_settle, supply_announce
from hecang.purchasing.services.invoices import invoices_rematch

CONSUMER = "purchasing.supply"


@subscribe(PurchaseSupplyChanged, consumer=CONSUMER)
def supply_changed(events: Sequence[PurchaseSupplyChanged]) -> None:
    """Something else is to come now, or at another time."""
    ids = {order_id for event in events for order_id in event.order_ids}
    supply_announce(order_ids=ids)
    invoices_rematch(order_ids=ids)


@subscribe(PurchasesEnded, consumer=CONSUMER)
def purchases_ended(events: Sequence[PurchasesEnded]) -> None:
    """Nothing more is to come: what was filled is settled."""
    suggestions_settle(order_ids={order_id for event in events for order_id in event.order_ids})
