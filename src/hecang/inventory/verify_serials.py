"""Proving what is said of numbered units and of containers (ADR 0010); part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check("inventory.serials_within_stock", title=_("No place has more serials than units"))
def serials_within_stock() -> Differences:
    return differences(
        """
        SELECT s.id AS stock_id, s.sku_id, s.quantity, count(*) AS serials
        FROM serial n JOIN stock s ON s.id = n.stock_id
        GROUP BY s.id HAVING count(*) > s.quantity OR bool_or(n.sku_id <> s.sku_id)
        """
    )


@check("inventory.serials_from_ledger", title=_("Each serial stands where its last ledger entry brought it"))
def serials_from_ledger() -> Differences:
    return differences(
        """
        SELECT n.id AS serial_id, n.number, n.stock_id, t.id AS ledger_stock_id
        FROM serial n
        LEFT JOIN LATERAL (
            SELECT x.movement_id FROM movement_serial x WHERE x.serial_id = n.id
            ORDER BY x.movement_id DESC LIMIT 1
        ) x ON true
        LEFT JOIN movement m ON m.id = x.movement_id
        LEFT JOIN stock t ON t.location_id = m.to_location_id AND t.sku_id = m.sku_id
            AND t.owner_id = m.owner_id AND t.condition = m.to_condition
            AND t.lot_id IS NOT DISTINCT FROM m.lot_id AND t.container_id IS NOT DISTINCT FROM m.to_container_id
        WHERE n.stock_id IS DISTINCT FROM t.id
        """
    )


@check(
    "inventory.serial_history",
    title=_("A serial's history has no gaps, and an entry no more serials than units"),
)
def serial_history() -> Differences:
    return differences(
        """
        SELECT serial_id, movement_id, came_from, was_at FROM (
            SELECT x.serial_id, x.movement_id, m.from_location_id AS came_from,
                lag(m.to_location_id) OVER w AS was_at,
                m.from_container_id IS NOT DISTINCT FROM lag(m.to_container_id) OVER w
                    AND m.from_condition = lag(m.to_condition) OVER w AS same, l.is_virtual
            FROM movement_serial x JOIN movement m ON m.id = x.movement_id
            JOIN location l ON l.id = m.from_location_id
            WINDOW w AS (PARTITION BY x.serial_id ORDER BY x.movement_id)
        ) h
        WHERE NOT is_virtual AND (was_at IS DISTINCT FROM came_from OR NOT same)
        UNION ALL
        SELECT NULL, x.movement_id, m.quantity, count(*)
        FROM movement_serial x JOIN movement m ON m.id = x.movement_id JOIN serial n ON n.id = x.serial_id
        GROUP BY x.movement_id, m.quantity, m.sku_id
        HAVING count(*) > m.quantity OR bool_or(n.sku_id <> m.sku_id)
        """
    )


@check(
    "inventory.containers_placed",
    title=_("A container, what stands in it and the goods in it lie at one place"),
)
def containers_placed() -> Differences:
    return differences(
        """
        SELECT c.id AS container_id, c.code, c.location_id, s.location_id AS other_id, 'goods' AS what
        FROM container c JOIN stock s ON s.container_id = c.id AND s.quantity > 0
        WHERE s.location_id IS DISTINCT FROM c.location_id OR c.closed_at IS NOT NULL
        UNION ALL
        SELECT c.id, c.code, c.location_id, p.location_id, 'parent'
        FROM container c JOIN container p ON p.id = c.parent_id
        WHERE p.location_id IS DISTINCT FROM c.location_id OR p.closed_at IS NOT NULL OR c.closed_at IS NOT NULL
        UNION ALL
        SELECT c.id, c.code, c.location_id, NULL, 'circle' FROM container c
        WHERE c.parent_id IS NOT NULL AND NOT EXISTS (
            WITH RECURSIVE up AS (
                SELECT c.id, c.parent_id
                UNION SELECT p.id, p.parent_id FROM up JOIN container p ON p.id = up.parent_id
            ) SELECT 1 FROM up WHERE up.parent_id IS NULL
        )
        """
    )


@check(
    "inventory.containers_held",
    title=_("A container is held where a hold stands over it or what it stands in"),
)
def containers_held() -> Differences:
    return differences(
        """
        SELECT c.id AS container_id, c.code, c.is_held FROM container c
        WHERE (c.is_held OR EXISTS (
            SELECT 1 FROM stock_hold h WHERE h.kind = 'container' AND h.released_at IS NULL
        )) AND c.is_held <> EXISTS (
            WITH RECURSIVE up AS (
                SELECT c.id, c.parent_id
                UNION SELECT p.id, p.parent_id FROM up JOIN container p ON p.id = up.parent_id
            ) SELECT 1 FROM up JOIN stock_hold h
                ON h.kind = 'container' AND h.container_id = up.id AND h.released_at IS NULL
        )
        """
    )
