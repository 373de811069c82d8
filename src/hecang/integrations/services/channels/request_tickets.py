"""Tickets about what buyers want on their platform and a person has to see to, in shops that want them.

That is a wish that waits for a decision, and a new address that came too late: the parcel may have to be intercepted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_noop

from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.tickets.selectors.keys import keys_known, keys_standing
from hecang.tickets.services import NewTicket, tickets_open, tickets_settle

PREFIX: Final = "request:"
#: Tickets that are opened in one go.
MOST: Final = 1000
#: What has not moved for so long is nobody's news.
RECENT: Final = timedelta(days=30)
_REASONS: Final = {
    "cancel": gettext_noop("The buyer of order %(order)s wants to cancel"),
    "refund": gettext_noop("The buyer of order %(order)s wants the money back"),
    "address": gettext_noop("The new address for order %(order)s came too late"),
}

_WAITING = "(r.state = 'open' AND r.kind <> 'address' OR r.state = 'too_late' AND r.kind = 'address')"
_STANDING = f"""
SELECT r.id, r.kind, r.number, o.id, o.number, o.shop_id, o.owner_id
FROM platform_request r JOIN sales_order o ON o.id = r.order_id JOIN shop s ON s.id = o.shop_id
WHERE r.state IN ('open', 'too_late') AND {_WAITING} AND s.ticket_requests AND o.state <> 'cancelled'
    AND r.updated_at > %s
ORDER BY r.id
"""  # noqa: S608 - put together from constants
_STILL = f"SELECT r.id FROM platform_request r WHERE r.id = ANY(%s::bigint[]) AND {_WAITING}"  # noqa: S608


@transactional
def request_tickets_sync() -> int:
    """Open a ticket for each wish that has none yet, settle those whose wish is settled; how many of both.

    A wish gets one ticket; what a person has ended stays ended. Locks the tickets. A number of statements that does
    not grow with them.
    """
    settled = _settle()
    rows = fetch(_STANDING, [clock.now() - RECENT])
    known = keys_known(entity_kind="platform_request", entity_ids=[row[0] for row in rows], prefix=PREFIX)
    fresh = [row for row in rows if f"{PREFIX}{row[0]}" not in known][:MOST]
    tickets_open(
        tickets=[
            NewTicket(
                kind="buyer_request",
                reason=_REASONS[kind],
                detail={"order": order},
                links=[("sales_order", order_id, order), ("platform_request", key, number)],
                key=f"{PREFIX}{key}",
                shop_id=shop_id,
                owner_id=owner_id,
            )
            for key, kind, number, order_id, order, shop_id, owner_id in fresh
        ]
    )
    return settled + len(fresh)


def _settle() -> int:
    standing = keys_standing(kind="buyer_request", prefix=PREFIX)
    ids = [int(key.removeprefix(PREFIX)) for key in standing]
    still = {row[0] for row in fetch(_STILL, [ids])} if ids else set()
    return len(tickets_settle(keys=[f"{PREFIX}{key}" for key in ids if key not in still]))
