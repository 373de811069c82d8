"""What a buyer said on the page of an order, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch_one
from hecang.orders.selectors.desk import order_require


@dataclass(frozen=True, slots=True)
class BuyerWish:
    """:param code: of :class:`~hecang.portal.models.DeliveryWish`; empty where nothing was said."""

    code: str
    note: str
    at: datetime | None
    has_link: bool


_WISH = """
SELECT coalesce(w.code, ''), coalesce(w.note, ''), w.at, EXISTS (
    SELECT FROM portal_link l WHERE l.order_id = o.id AND l.expires_at > %s)
FROM sales_order o LEFT JOIN delivery_wish w ON w.order_id = o.id WHERE o.id = %s
"""


def wish_of(actor: Actor, order_id: int) -> BuyerWish:
    """The wish of an order's buyer, and whether the order has a page. Two statements.

    :raises OrderNotFound: no such order in the actor's scope.
    """
    order_require(actor, order_id)
    row = fetch_one(_WISH, [clock.now(), order_id])
    assert row is not None
    return BuyerWish(*row)
