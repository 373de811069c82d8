"""What orders do when inventory cannot keep a promise: reserved units become backordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.holders import ReservationShort
from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.kernel.outbox import Event, emit
from hecang.orders.events import OrdersStopped, ReservationsShorted
from hecang.orders.models import OrderHold
from hecang.orders.services.holds import holds_place
from hecang.orders.services.lines import LineShift, chunks, lines_apply, orders_derive, shifts_summed
from hecang.orders.services.locking import OrderLocked, lines_lock, orders_lock_of_lines
from hecang.orders.services.wholeness import gifts_drop
from hecang.orders.states import BEFORE_WAVE, PENDING

SOURCE_KIND = "sales_order_line"
#: Room for one priority below another in the number that :meth:`priorities` answers.
_SPAN = 10**11

_ORDERS = "SELECT id, order_id FROM sales_order_line WHERE id = ANY(%s::bigint[])"
_URGENCY = """
SELECT l.id, o.priority, extract(epoch FROM o.placed_at)::bigint
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.id = ANY(%s::bigint[])
"""


class OrderLineHolder:
    """The documents behind reservations of ``sales_order_line``; registered in ``apps.py``."""

    source_kind = SOURCE_KIND

    def lock(self, source_ids: Sequence[int]) -> None:
        """Lock the orders of these lines, then all of their lines, each in key order."""
        lines_lock(orders_lock_of_lines(source_ids))

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, int]:
        """The larger, the sooner shorted: first by priority of the order, then the younger order."""
        return {
            line: priority * _SPAN + epoch for line, priority, epoch in fetch(_URGENCY, [list(source_ids)])
        }

    def shorted(self, shorts: Sequence[ReservationShort]) -> None:
        """Reserved → backordered, in inventory's transaction; a shop that ships only whole orders gets a hold.

        Emits ``ReservationsShorted``, and ``OrdersStopped`` for approved orders that are held now.
        """
        lost: dict[int, int] = defaultdict(int)
        for short in shorts:
            lost[short.source_id] += short.quantity
        orders = orders_lock_of_lines(list(lost))
        order_of = dict(fetch(_ORDERS, [list(lost)]))
        lines_apply(
            shifts_summed([LineShift(line, "reserved", "backordered", units) for line, units in lost.items()])
        )
        orders_derive(list(orders))
        dropped = gifts_drop(list(orders))
        units: dict[int, int] = defaultdict(int)
        for line, quantity in lost.items():
            units[order_of[line]] += quantity
        audit_record_many(
            action="orders.order.shorted",
            entity_kind="sales_order",
            entries=[(order_id, None, {"units": quantity}) for order_id, quantity in sorted(units.items())],
        )
        missing = {key: quantity - dropped.get(key, 0) for key, quantity in units.items()}
        events: list[Event] = [ReservationsShorted(line_ids=tuple(part)) for part in chunks(sorted(lost))]
        events += [OrdersStopped(order_ids=tuple(part)) for part in chunks(self._hold(orders, missing))]
        emit(*events)

    def _hold(self, orders: Mapping[int, OrderLocked], units: Mapping[int, int]) -> list[int]:
        """Hold what may not travel in parts and has not begun to; the approved ones that are stopped by that."""
        holds = [
            (order.id, OrderHold.Code.STOCK_SHORT.value, {"units": units[order.id]})
            for order in orders.values()
            if not order.allow_partial and order.state in BEFORE_WAVE and units.get(order.id, 0) > 0
        ]
        placed = holds_place(holds, "", clock.now())
        return [key for key in sorted(placed) if orders[key].state != PENDING and not orders[key].is_held]
