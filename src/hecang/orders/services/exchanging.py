"""Exchange 换货 and sending again 补发: an order that costs nothing and hangs on the one it makes good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import fetch_one, transactional
from hecang.kernel.errors import InvalidInput
from hecang.kernel.outbox import emit
from hecang.orders.events import OrdersApproved
from hecang.orders.services.adding import lines_add
from hecang.orders.services.changing_lines import lines_reserve
from hecang.orders.services.intake.inputs import LineIn
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import missing, orders_lock_in_scope, refused
from hecang.orders.services.moving import child_number, order_clone, orders_count
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.states import APPROVED, CANCELLED, PENDING

_NUMBER = "SELECT external_number FROM sales_order WHERE id = %s"


@transactional
def order_exchange_create(
    *,
    order_id: int,
    lines: Sequence[tuple[str, int]],
    kind: Literal["exchange", "resend"] = "exchange",
    note: str = "",
) -> int:
    """Make an order without price for the recipient of ``order_id``; its id.

    It is approved at once, sourced and reserved as far as there is stock, the rest backordered. Its number at the
    channel is the old one with ``-E1``, ``-E2`` … behind it. What comes back is not this service's business.

    Locks: the old order, then availability. Emits ``OrdersApproved``.

    :param lines: (SKU or kit code, units).
    :raises OrderNotFound: no such order in the actor's scope.
    :raises OrderStateConflict: nothing of it is on its way yet: change it instead.
    :raises OrderRejected: naming the SKU that cannot be sent.
    """
    if not lines:
        raise InvalidInput(_("Say what is to be sent."))
    origin = orders_lock_in_scope([order_id]).get(order_id)
    if origin is None:
        raise missing()
    if origin.state in {PENDING, APPROVED, CANCELLED}:
        raise refused(
            origin,
            _(
                "Nothing of order %(number)s is on its way, so there is nothing to make good. Change the order itself."
            ),
        )
    row = fetch_one(_NUMBER, [order_id])
    assert row is not None
    key, number = order_clone(
        origin_id=order_id,
        external_number=child_number(
            shop_id=origin.shop_id, origin_id=order_id, external_number=row[0], sign="-E"
        ),
        state=APPROVED,
        kind=kind,
        placed_at=clock.now(),
    )
    made = orders_lock_in_scope([key])[key]
    added = lines_add(made, [LineIn(sku, quantity) for sku, quantity in lines], reason=kind)
    lines_reserve(made, set(added.line_ids))
    orders_count([key])
    orders_derive([key])
    stock_hold_settle(made)
    noted = {"note": note[:200]} if note else {}
    audit_record_many(
        action="orders.order.exchanged",
        entity_kind="sales_order",
        entries=[
            (order_id, None, {"order": number, "order_id": key, "kind": kind, "units": added.units} | noted),
            (key, None, {"for": origin.number, "kind": kind, "units": added.units} | noted),
        ],
    )
    emit(OrdersApproved(order_ids=(key,)))
    return key
