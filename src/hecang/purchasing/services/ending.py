"""The end of an order: closed with what has come, or cancelled before anything came."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import execute, transactional
from hecang.kernel.errors import StateConflict
from hecang.kernel.outbox import emit
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing.events import PurchasesEnded, PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.services.locking import LockedLine, LockedOrder, lines_lock, orders_lock, totals_save
from hecang.purchasing.services.requests import requests_reopen
from hecang.purchasing.services.sending import dispatch_write, way_target
from hecang.purchasing.states import require

_REST = """
UPDATE purchase_order_line SET cancelled = quantity - least(received, quantity),
    short = CASE WHEN %s THEN greatest(quantity - received - cancelled, 0) ELSE 0 END
WHERE order_id = ANY(%s::bigint[])
"""
_END = """
UPDATE purchase_order SET state = %s, closed_at = %s, updated_at = %s, end_reason = %s WHERE id = ANY(%s::bigint[])
"""


@transactional
def orders_close(*, order_ids: Sequence[int], reason: str = "") -> None:
    """Close orders with what has come, all or none; what is still open is given up.

    Nothing can be received for them any more; invoices still can. What a closed order did not bring is suggested again
    by whoever needs it. Locks the orders and their lines. Raises NotFound, StateConflict.
    """
    orders = orders_lock(order_ids)
    lines = lines_lock(orders)
    for order in orders.values():
        require("purchase_order", order.state, State.CLOSED, what=order.number)
    _end(list(orders.values()), State.CLOSED, reason, lines)


@transactional
def order_cancel(*, order_id: int, reason: str = "") -> None:
    """Cancel an order of which nothing has come; its supplier is told, if it knew of it.

    The requests in it are open again. Locks the order and its lines. Raises NotFound, StateConflict (something has
    come: close it instead), and NotReachable where the supplier cannot be told.
    """
    orders = orders_lock([order_id])
    order = orders[order_id]
    lines = lines_lock([order_id])
    require("purchase_order", order.state, State.CANCELLED, what=order.number)
    if any(line.received for line in lines.values()):
        raise StateConflict(
            _("Goods have come for %(number)s. Close it instead; what is still open is given up with that.")
            % {"number": order.number}
        )
    if order.sent_revision is not None:
        supplier = suppliers_by_id([order.supplier_id])[order.supplier_id]
        dispatch_write(order, "cancel", supplier.send_by, way_target(supplier.send_by, supplier))
    _end([order], State.CANCELLED, reason, lines)


def _end(orders: Sequence[LockedOrder], state: State, reason: str, lines: dict[int, LockedLine]) -> None:
    ids = [order.id for order in orders]
    now = clock.now()
    execute(_REST, [state == State.CLOSED, ids])
    execute(_END, [state.value, now, now, reason[:200], ids])
    requests_reopen([line.id for line in lines.values() if not line.received])
    totals_save(ids)
    audit_record_many(
        action=f"purchasing.order.{state.value}",
        entity_kind="purchase_order",
        entries=[
            (order.id, {"state": order.state}, {"state": state.value, "reason": reason}) for order in orders
        ],
    )
    emit(PurchaseSupplyChanged(tuple(ids)), PurchasesEnded(tuple(ids)))
