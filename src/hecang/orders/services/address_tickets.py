"""Tickets about incomplete addresses, in shops that want them: one for each hold, as long as it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext_noop

from hecang.kernel.db import fetch, transactional
from hecang.orders.models import OrderHold
from hecang.tickets.selectors.keys import keys_known, keys_standing
from hecang.tickets.services import NewTicket, tickets_open, tickets_settle

PREFIX: Final = "address:"
CODE: Final = OrderHold.Code.ADDRESS_INCOMPLETE.value
#: Tickets that are opened in one go.
MOST: Final = 1000

_HELD = """
SELECT o.id, o.number, o.shop_id, o.owner_id, h.placed_at
FROM order_hold h JOIN sales_order o ON o.id = h.order_id JOIN shop s ON s.id = o.shop_id
WHERE h.code = %s AND h.released_at IS NULL AND s.ticket_address ORDER BY o.id
"""
_STILL = """
SELECT order_id FROM order_hold WHERE code = %s AND released_at IS NULL AND order_id = ANY(%s::bigint[])
"""


class _Held(NamedTuple):
    id: int
    number: str
    shop_id: int
    owner_id: int
    placed_at: datetime

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.id}"


@transactional
def address_tickets_sync() -> int:
    """Open a ticket for each hold that has none yet, settle those whose hold is gone; how many of both.

    A ticket that a person has ended is not opened again for the same hold. Locks the tickets. A number of statements
    that does not grow with them.
    """
    settled = _settle()
    held = [_Held(*row) for row in fetch(_HELD, [CODE])]
    known = keys_known(entity_kind="sales_order", entity_ids=[one.id for one in held], prefix=PREFIX)
    fresh = [one for one in held if one.key not in known or known[one.key] < one.placed_at][:MOST]
    tickets_open(
        tickets=[
            NewTicket(
                kind="address",
                reason=gettext_noop("The address of order %(order)s is incomplete"),
                detail={"order": one.number},
                links=[("sales_order", one.id, one.number)],
                key=one.key,
                shop_id=one.shop_id,
                owner_id=one.owner_id,
            )
            for one in fresh
        ]
    )
    return settled + len(fresh)


def _settle() -> int:
    standing = keys_standing(kind="address", prefix=PREFIX)
    ids = [int(key.removeprefix(PREFIX)) for key in standing]
    still = {row[0] for row in fetch(_STILL, [CODE, ids])} if ids else set()
    gone = [f"{PREFIX}{order_id}" for order_id in ids if order_id not in still]
    return len(tickets_settle(keys=gone, resolution="corrected"))
