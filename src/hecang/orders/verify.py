"""What ``hecang inventory verify`` proves of orders: the laws that reach into their tables."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences
from hecang.orders.states import DERIVED_STATE


@check("orders.line_adds_up", title=_("Every ordered unit is in exactly one place of its life"))
def line_adds_up() -> Differences:
    return differences(
        """
        SELECT id AS line_id, order_id, quantity, reserved, backordered, allocated, shipped, cancelled
        FROM sales_order_line
        WHERE quantity <> reserved + backordered + allocated + shipped + cancelled
            OR least(reserved, backordered, allocated, shipped, cancelled) < 0
        """
    )


@check("orders.line_reserved", title=_("Reserved units of a line are the sum of its active reservations"))
def line_reserved() -> Differences:
    return differences(
        """
        SELECT line_id, sum(reserved)::bigint AS reserved, sum(promised)::bigint AS promised
        FROM (
            SELECT id AS line_id, reserved, 0 AS promised FROM sales_order_line WHERE reserved > 0
            UNION ALL
            SELECT source_id, 0, quantity FROM reservation
            WHERE source_kind = 'sales_order_line' AND state = 'active'
        ) both_sides
        GROUP BY line_id
        HAVING sum(reserved) <> sum(promised)
        """
    )


@check("orders.reservation_of_line", title=_("Reservations of a line are for its SKU and its owner"))
def reservation_of_line() -> Differences:
    return differences(
        """
        SELECT r.id AS reservation_id, r.source_id AS line_id, r.sku_id, l.sku_id AS line_sku_id, r.owner_id,
            o.owner_id AS order_owner_id
        FROM reservation r
        LEFT JOIN sales_order_line l ON l.id = r.source_id LEFT JOIN sales_order o ON o.id = l.order_id
        WHERE r.source_kind = 'sales_order_line' AND r.state = 'active'
            AND (l.sku_id, o.owner_id) IS DISTINCT FROM (r.sku_id, r.owner_id)
        """
    )


@check("orders.state_from_lines", title=_("State and shortness of an order follow from its lines"))
def state_from_lines() -> Differences:
    return differences(
        f"""
        SELECT * FROM (
            SELECT o.id AS order_id, o.state, {DERIVED_STATE} AS derived, o.is_short,
                t.backordered > 0 AS has_backorders
            FROM sales_order o JOIN (
                SELECT order_id, sum(reserved) AS reserved, sum(backordered) AS backordered,
                    sum(allocated) AS allocated, sum(shipped) AS shipped
                FROM sales_order_line GROUP BY order_id
            ) t ON t.order_id = o.id
        ) d WHERE state <> derived OR is_short <> has_backorders
        """  # noqa: S608 - put together from constants
    )


@check("orders.counts_from_lines", title=_("Line and unit counts of an order are those of its lines"))
def counts_from_lines() -> Differences:
    return differences(
        """
        SELECT o.id AS order_id, o.line_count, coalesce(t.lines, 0) AS lines, o.unit_count,
            coalesce(t.units, 0) AS units
        FROM sales_order o LEFT JOIN (
            SELECT order_id, count(*) AS lines, sum(quantity) AS units FROM sales_order_line GROUP BY order_id
        ) t ON t.order_id = o.id
        WHERE o.line_count <> coalesce(t.lines, 0) OR o.unit_count <> coalesce(t.units, 0)
        """
    )


@check(
    "orders.held_from_holds", title=_("An order is held exactly while a hold stands, and no hold outlives it")
)
def held_from_holds() -> Differences:
    return differences(
        """
        SELECT o.id AS order_id, o.state, o.is_held, o.is_cancelling, h.order_id IS NOT NULL AS has_holds
        FROM sales_order o LEFT JOIN (
            SELECT DISTINCT order_id FROM order_hold WHERE released_at IS NULL
        ) h ON h.order_id = o.id
        WHERE o.is_held <> (h.order_id IS NOT NULL)
            OR (o.state IN ('shipped', 'cancelled', 'merged') AND (o.is_held OR o.is_cancelling))
        """
    )


@check(
    "orders.merged_in_another",
    title=_("A merged order has no lines, says where they went, and is remembered to be parted again"),
)
def merged_in_another() -> Differences:
    return differences(
        """
        SELECT o.id AS order_id, o.state, o.merged_into_id, m.target_id AS remembered, l.order_id IS NOT NULL AS has_lines
        FROM sales_order o LEFT JOIN order_merge m ON m.source_id = o.id AND m.undone_at IS NULL
        LEFT JOIN LATERAL (SELECT order_id FROM sales_order_line WHERE order_id = o.id LIMIT 1) l ON true
        WHERE (o.state = 'merged' OR o.merged_into_id IS NOT NULL OR m.id IS NOT NULL) AND NOT (
            o.state = 'merged' AND o.merged_into_id IS NOT NULL AND m.target_id IS NOT DISTINCT FROM o.merged_into_id
            AND l.order_id IS NULL)
        """
    )


@check(
    "orders.bought_with",
    title=_("A line that was bought with another order lies where that one was merged into or split to"),
)
def bought_with() -> Differences:
    return differences(
        """
        SELECT l.id AS line_id, l.order_id, l.source_order_id, b.owner_id, o.owner_id AS order_owner_id
        FROM sales_order_line l JOIN sales_order b ON b.id = l.source_order_id JOIN sales_order o ON o.id = l.order_id
        WHERE l.source_order_id = l.order_id OR b.owner_id <> o.owner_id
        """
    )


@check("orders.presale_limits", title=_("No pre-sale has sold more than its limit, and none has lost count"))
def presale_limits() -> Differences:
    return differences(
        """
        SELECT c.id AS campaign_id, c.quantity_limit, c.claimed, s.standing
        FROM presale_campaign c JOIN (
            SELECT p.campaign_id, sum(l.quantity - l.cancelled)::bigint AS standing
            FROM presale_claim p JOIN sales_order_line l ON l.id = p.line_id GROUP BY p.campaign_id
        ) s ON s.campaign_id = c.id
        WHERE s.standing > c.quantity_limit OR s.standing > c.claimed
        """
    )
