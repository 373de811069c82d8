"""What must hold of transfers and replenishment; part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check(
    "stockkeeping.transit_explained", title=_("Everything in transit is explained by transfers on the road")
)
def transit_explained() -> Differences:
    return differences(
        """
        SELECT transit_id, sku_id, lot_id, owner_id, condition, sum(ledger)::bigint AS ledger,
            sum(on_the_road)::bigint AS on_the_road
        FROM (
            SELECT m.to_location_id AS transit_id, m.sku_id, m.lot_id, m.owner_id, m.to_condition AS condition,
                m.quantity AS ledger, 0 AS on_the_road
            FROM movement m JOIN location l ON l.id = m.to_location_id AND l.kind = 'transit'
            UNION ALL
            SELECT m.from_location_id, m.sku_id, m.lot_id, m.owner_id, m.from_condition, -m.quantity, 0
            FROM movement m JOIN location l ON l.id = m.from_location_id AND l.kind = 'transit'
            UNION ALL
            SELECT u.transit_id, u.sku_id, u.lot_id, t.owner_id, u.condition, 0, u.quantity - u.received - u.lost
            FROM transfer_unit u JOIN transfer t ON t.id = u.transfer_id
        ) both_sides
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(ledger) <> sum(on_the_road)
        """
    )


@check(
    "stockkeeping.transfer_promised", title=_("Reserved and allocated units of transfers are in the books")
)
def transfer_promised() -> Differences:
    return differences(
        """
        SELECT line_id, sum(reserved)::bigint AS reserved, sum(promised)::bigint AS promised,
            sum(allocated)::bigint AS allocated, sum(standing)::bigint AS standing
        FROM (
            SELECT id AS line_id, reserved, 0 AS promised, allocated, 0 AS standing FROM transfer_line
            WHERE reserved > 0 OR allocated > 0
            UNION ALL
            SELECT source_id, 0, quantity, 0, 0 FROM reservation
            WHERE source_kind = 'transfer_line' AND state = 'active'
            UNION ALL
            SELECT source_id, 0, 0, 0, quantity FROM allocation
            WHERE source_kind = 'transfer_line' AND state IN ('open', 'picked')
        ) both_sides
        GROUP BY line_id HAVING sum(reserved) <> sum(promised) OR sum(allocated) <> sum(standing)
        """
    )


@check(
    "stockkeeping.transfer_lines",
    title=_("Lines of transfers are the sums of what was sent, and end with them"),
)
def transfer_lines() -> Differences:
    return differences(
        """
        SELECT l.id AS line_id, t.state, l.shipped, u.shipped AS units, l.received, u.received AS units_received,
            l.lost, u.lost AS units_lost
        FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity), 0) AS shipped, coalesce(sum(received), 0) AS received,
                coalesce(sum(lost), 0) AS lost FROM transfer_unit u WHERE u.line_id = l.id
        ) u
        WHERE l.shipped <> u.shipped OR l.received <> u.received OR l.lost <> u.lost
            OR (t.state IN ('closed', 'cancelled') AND (l.reserved > 0 OR l.allocated > 0))
            OR (t.state = 'closed' AND l.shipped <> l.received + l.lost)
        """
    )


@check(
    "stockkeeping.replenishment_open",
    title=_("Open replenishments have something left to carry, ended ones say how"),
)
def replenishment_open() -> Differences:
    return differences(
        """
        SELECT r.id AS replenishment_id, r.state, r.quantity, r.moved, r.ended_by FROM replenishment r
        WHERE (r.state = 'open' AND (r.moved >= r.quantity OR r.ended_by <> ''))
            OR (r.state <> 'open' AND r.ended_by = '')
            OR (r.ended_by = 'moved' AND r.moved <> r.quantity)
        """
    )
