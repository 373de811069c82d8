"""Orders that could travel together: what the desk hints at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch

#: Over ``o`` (sales_order): nothing speaks against merging it without being asked. Parts of a split order stay
#: apart, and so does what somebody has parted.
MERGEABLE: Final = """o.state IN ('pending', 'approved') AND o.recipient_digest <> '' AND NOT o.is_cancelling
    AND NOT o.awaits_release AND (o.ship_after IS NULL OR o.ship_after <= now())
    AND (o.origin_id IS NULL OR o.kind IN ('exchange', 'resend'))
    AND NOT (o.is_held AND EXISTS (
        SELECT 1 FROM order_hold h WHERE h.order_id = o.id AND h.released_at IS NULL
            AND h.code NOT IN ('stock_short', 'remark')))
    AND NOT EXISTS (SELECT 1 FROM order_merge m WHERE m.source_id = o.id AND m.undone_at IS NOT NULL)"""

_SCOPE = "(%s::bigint[] IS NULL OR o.shop_id = ANY(%s::bigint[])) AND (%s::bigint[] IS NULL OR o.owner_id = ANY(%s::bigint[]))"

_PARTNERS = f"""
SELECT o.id, o.number, o.external_number, s.code, s.name, o.state, o.total_amount, o.currency, o.unit_count, o.placed_at
FROM sales_order mine JOIN sales_order o ON o.recipient_digest = mine.recipient_digest AND o.owner_id = mine.owner_id
    AND o.state = mine.state AND o.currency = mine.currency AND o.id <> mine.id
JOIN shop s ON s.id = o.shop_id
WHERE mine.id = %s AND mine.recipient_digest <> '' AND mine.state IN ('pending', 'approved')
    AND o.state IN ('pending', 'approved') AND s.merge_policy <> 'off' AND NOT o.is_cancelling
    AND NOT o.awaits_release AND {_SCOPE}
ORDER BY o.placed_at, o.id LIMIT 50
"""  # noqa: S608 - put together from constants
_HINTED = f"""
SELECT o.id FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.id = ANY(%s::bigint[]) AND s.merge_policy <> 'off' AND {MERGEABLE} AND EXISTS (
    SELECT 1 FROM sales_order p WHERE p.recipient_digest = o.recipient_digest AND p.owner_id = o.owner_id
        AND p.state = o.state AND p.state IN ('pending', 'approved') AND p.recipient_digest <> ''
        AND p.shop_id = o.shop_id AND p.id <> o.id AND NOT p.awaits_release
        AND abs(extract(epoch FROM p.placed_at - o.placed_at)) <= s.merge_hours * 3600)
"""  # noqa: S608
_GROUPS = f"""
SELECT g.ids, g.state, g.masked, s.code, s.name, o.region_code FROM (
    SELECT array_agg(o.id ORDER BY o.placed_at, o.id) AS ids, o.shop_id, o.state, min(o.recipient_masked) AS masked
    FROM sales_order o JOIN shop s ON s.id = o.shop_id
    WHERE {MERGEABLE} AND s.merge_policy <> 'off' AND {_SCOPE}
    GROUP BY o.owner_id, o.shop_id, o.recipient_digest, o.currency, o.state
    HAVING count(*) > 1 AND max(o.placed_at) - min(o.placed_at) <= max(s.merge_hours) * interval '1 hour'
    ORDER BY min(o.placed_at) LIMIT %s
) g JOIN shop s ON s.id = g.shop_id JOIN sales_order o ON o.id = g.ids[1]
"""  # noqa: S608


def merge_partners(actor: Actor, order_id: int) -> list[dict[str, Any]]:
    """Orders that the desk may merge with this one by hand, oldest first; at most 50."""
    names = ("id", "number", "external_number", "shop_code", "shop_name", "state", "total_amount", "currency",
             "unit_count", "placed_at")  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in fetch(_PARTNERS, [order_id, *_scope(actor)])]


def orders_hinted(order_ids: Sequence[int]) -> set[int]:
    """Those of the orders that could travel with another one of their shop."""
    return {row[0] for row in fetch(_HINTED, [list(order_ids)])} if order_ids else set()


def merge_groups(actor: Actor, limit: int = 200) -> list[dict[str, Any]]:
    """Groups of orders that could travel together, oldest first."""
    names = ("order_ids", "state", "recipient_masked", "shop_code", "shop_name", "region_code")
    return [dict(zip(names, row, strict=True)) for row in fetch(_GROUPS, [*_scope(actor), limit])]


def _scope(actor: Actor) -> list[list[int] | None]:
    shops = None if actor.scope.shops is None else sorted(actor.scope.shops)
    owners = None if actor.scope.owners is None else sorted(actor.scope.owners)
    return [shops, shops, owners, owners]
