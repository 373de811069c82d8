"""Pre-sales 预售 at the door: what a campaign may still sell, counted under its lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch
from hecang.orders.errors import OrderRejected
from hecang.orders.models import OrderHold
from hecang.orders.services.holds import holds_place

# A line belongs to the campaign of its shop and SKU that was open when the order was placed; the first if several.
_WANTED = """
SELECT DISTINCT ON (l.id) l.id, l.order_id, c.id, l.quantity
FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id
JOIN presale_campaign c ON c.shop_id = o.shop_id AND c.sku_id = l.sku_id AND c.is_active
    AND o.placed_at BETWEEN c.starts_at AND c.ends_at
WHERE o.id = ANY(%s::bigint[]) AND o.awaits_release AND NOT EXISTS (SELECT 1 FROM presale_claim p WHERE p.line_id = l.id)
ORDER BY l.id, c.id
"""
_LOCK = """
SELECT id, quantity_limit, claimed, ship_after FROM presale_campaign WHERE id = ANY(%s::bigint[]) ORDER BY id
FOR NO KEY UPDATE
"""
#: Units that orders still want of a campaign: what was cancelled can be sold again.
STANDING = """
SELECT p.campaign_id, sum(l.quantity - l.cancelled)::bigint
FROM presale_claim p JOIN sales_order_line l ON l.id = p.line_id
WHERE p.campaign_id = ANY(%s::bigint[]) GROUP BY p.campaign_id
"""
_CLAIM = "INSERT INTO presale_claim (campaign_id, line_id, claimed_at) SELECT *, %s FROM unnest(%s::bigint[], %s::bigint[])"
_CLAIMS_OF = """
SELECT p.campaign_id, d.more FROM unnest(%s::bigint[], %s::bigint[]) AS d (line_id, more)
JOIN presale_claim p USING (line_id)
"""
_COUNT = """
UPDATE presale_campaign c SET claimed = d.claimed FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, claimed)
WHERE c.id = d.id
"""
_SHIP_AFTER = """
UPDATE sales_order o SET ship_after = greatest(o.ship_after, d.ship_after)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS d (id, ship_after) WHERE o.id = d.id
"""


def presale_claim(order_ids: Sequence[int]) -> set[int]:
    """Count the lines of pre-sale orders that are not counted yet against the limits of their campaigns, in the order of arrival.

    An order that goes beyond a limit claims nothing and is held (``presale_limit``) for a person to decide.
    Locks the campaigns in key order, so that all together never sell more than there is. About six statements.

    :return: the orders that went beyond a limit.
    """
    wanted = fetch(_WANTED, [list(order_ids)]) if order_ids else []
    if not wanted:
        return set()
    campaigns = {row[0]: row[1:] for row in fetch(_LOCK, [sorted({row[2] for row in wanted})])}
    claimed = {key: facts[1] for key, facts in campaigns.items()}
    of_order: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for _line, order_id, campaign, units in wanted:
        of_order[order_id][campaign] += units
    if any(
        claimed[key] + sum(units.get(key, 0) for units in of_order.values()) > campaigns[key][0]
        for key in campaigns
    ):
        claimed = _standing(campaigns)
    beyond = set()
    for order_id in sorted(of_order):
        units = of_order[order_id]
        if any(claimed[key] + more > campaigns[key][0] for key, more in units.items()):
            beyond.add(order_id)
            continue
        for key, more in units.items():
            claimed[key] += more
    now = clock.now()
    taken = [(campaign, line) for line, order_id, campaign, _units in wanted if order_id not in beyond]
    if taken:
        execute(_CLAIM, [now, *columns(taken, 2)])
    execute(_COUNT, columns(sorted(claimed.items()), 2))
    latest = [(order_id, max(campaigns[key][2] for key in units)) for order_id, units in of_order.items()]
    execute(_SHIP_AFTER, columns(latest, 2))
    holds_place([(order_id, OrderHold.Code.PRESALE_LIMIT.value, {}) for order_id in sorted(beyond)], "", now)
    return beyond


def claims_grow(more: Mapping[int, int]) -> None:
    """Count more units of lines (line id → units) that a campaign counts already. Locks the campaigns.

    :raises OrderRejected: the campaign does not have as many left.
    """
    wanted: dict[int, int] = defaultdict(int)
    for campaign, units in fetch(_CLAIMS_OF, columns(more.items(), 2)) if more else []:
        wanted[campaign] += units
    if not wanted:
        return
    campaigns = {row[0]: row[1:] for row in fetch(_LOCK, [sorted(wanted)])}
    claimed = {key: facts[1] for key, facts in campaigns.items()}
    if any(claimed[key] + units > campaigns[key][0] for key, units in wanted.items()):
        claimed = _standing(campaigns)
    if any(claimed[key] + units > campaigns[key][0] for key, units in wanted.items()):
        raise OrderRejected(
            _("The pre-sale does not have as many units left; raise its limit or take fewer.")
        )
    execute(_COUNT, columns(((key, claimed[key] + wanted[key]) for key in sorted(wanted)), 2))


def _standing(campaigns: Iterable[int]) -> dict[int, int]:
    return dict.fromkeys(campaigns, 0) | dict(fetch(STANDING, [sorted(campaigns)]))
