"""Gifts 赠品: added by a rule or a person, once for each reason, and never in the way of the order."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.kernel.outbox import emit
from hecang.orders.events import OrderLinesChanged
from hecang.orders.services.adding import lines_add
from hecang.orders.services.changing_lines import lines_reserve, totals_write
from hecang.orders.services.intake.inputs import LineIn
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import missing, orders_lock_in_scope, refused
from hecang.orders.services.wholeness import gifts_drop
from hecang.orders.states import BEFORE_WAVE, PENDING

_THERE = "SELECT 1 FROM sales_order_line WHERE order_id = %s AND kind = 'gift' AND reason = %s LIMIT 1"


@transactional
def order_gift_add(*, order_id: int, sku: str, quantity: int, reason: str) -> bool:
    """Put a gift into an order that no wave has taken; whether it was added.

    Added once for each ``reason`` (the code of a rule, say), however often it is asked for. It costs nothing. What
    is not there is left out, or follows later where the shop wants gifts to wait.

    Locks: the order, then availability. Emits ``OrderLinesChanged`` where the order had been approved.

    :raises OrderNotFound: no such order in the actor's scope.
    :raises OrderStateConflict: a wave has taken units, or the order has ended.
    :raises OrderRejected: there is no such SKU for sale.
    """
    if not 0 < len(reason) <= 64:
        raise InvalidInput(_("Say in at most 64 characters why the gift is given."))
    order = orders_lock_in_scope([order_id]).get(order_id)
    if order is None:
        raise missing()
    if order.state not in BEFORE_WAVE or order.is_cancelling:
        raise refused(
            order, _("Order %(number)s has gone too far for a gift; send it as an order of its own.")
        )
    if fetch(_THERE, [order_id, reason]):
        return False
    added = lines_add(order, [LineIn(sku, quantity, kind="gift")], reason=reason)
    lines_reserve(order, set(added.line_ids))
    totals_write(order_id)
    orders_derive([order_id])
    audit_record(
        action="orders.order.gift_added",
        entity_kind="sales_order",
        entity_id=order_id,
        after={"sku": sku, "quantity": quantity, "reason": reason},
    )
    gifts_drop([order_id])
    if order.state != PENDING:
        emit(OrderLinesChanged(order_ids=(order_id,)))
    return True
