"""The eight laws of stock and what follows from them, by statements of their own: none is what the product runs."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from hecang.inventory.verify import inventory_verify

#: What → a query with a row for everything that is wrong.
LAWS = {
    "1 every entry of the ledger has two sides": """
        SELECT id FROM movement m WHERE quantity <= 0 OR (from_location_id, from_condition, coalesce(from_container_id, 0))
            = (to_location_id, to_condition, coalesce(to_container_id, 0))""",
    "2 stock is what came minus what went": """
        WITH moved AS (
            SELECT to_location_id AS l, sku_id, lot_id, owner_id, to_condition AS c, to_container_id AS box, quantity AS q FROM movement
            UNION ALL
            SELECT from_location_id, sku_id, lot_id, owner_id, from_condition, from_container_id, -quantity FROM movement
        ), balance AS (
            SELECT l, sku_id, lot_id, owner_id, c, box, sum(q) AS q FROM moved JOIN location ON location.id = l
            WHERE NOT is_virtual GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(q) <> 0
        ), lying AS (
            SELECT location_id AS l, sku_id, lot_id, owner_id, condition AS c, container_id AS box, quantity::numeric AS q
            FROM stock WHERE quantity <> 0
        )
        (SELECT * FROM balance EXCEPT SELECT * FROM lying) UNION ALL (SELECT * FROM lying EXCEPT SELECT * FROM balance)""",
    "2 nothing is allocated that does not lie there": "SELECT id FROM stock WHERE allocated < 0 OR allocated > quantity",
    "3 sellable is what is good, free, in date, in a place that sells, and not held": """
        WITH free AS (
            SELECT s.warehouse_id, s.sku_id, s.owner_id, sum(s.quantity - s.allocated) AS units
            FROM stock s JOIN location l ON l.id = s.location_id LEFT JOIN lot t ON t.id = s.lot_id
            LEFT JOIN container b ON b.id = s.container_id
            WHERE s.condition = 'good' AND l.kind IN ('pick_face', 'reserve') AND l.is_active AND NOT coalesce(t.is_expired, false)
                AND NOT EXISTS (SELECT FROM stock_hold h WHERE h.released_at IS NULL AND (h.lot_id = s.lot_id AND h.kind = 'lot'
                    OR h.kind = 'location' AND h.location_id = s.location_id OR h.kind = 'supplier' AND h.supplier_id = t.supplier_id
                    OR h.kind = 'sku' AND h.sku_id = s.sku_id AND h.warehouse_id = s.warehouse_id OR h.kind = 'container' AND b.is_held))
            GROUP BY 1, 2, 3)
        SELECT a.id FROM availability a LEFT JOIN free f USING (warehouse_id, sku_id, owner_id)
        WHERE a.sellable <> coalesce(f.units, 0)""",
    "3 what is free and nobody knows of": """
        SELECT s.id FROM stock s LEFT JOIN availability a USING (warehouse_id, sku_id, owner_id)
        WHERE s.is_sellable AND s.quantity > s.allocated AND a.id IS NULL""",
    "4 promises are the sum of who was promised": """
        SELECT a.id FROM availability a LEFT JOIN LATERAL (SELECT sum(quantity) AS units FROM reservation r WHERE r.state = 'active'
            AND (r.warehouse_id, r.sku_id, r.owner_id) = (a.warehouse_id, a.sku_id, a.owner_id)) r ON true
        WHERE a.reserved <> coalesce(r.units, 0)""",
    "4 allocated is the sum of standing allocations": """
        SELECT s.id FROM stock s LEFT JOIN LATERAL (SELECT sum(quantity) AS units FROM allocation a
            WHERE a.stock_id = s.id AND a.state IN ('open', 'picked')) a ON true WHERE s.allocated <> coalesce(a.units, 0)""",
    "5 nothing is sold twice": "SELECT id FROM availability WHERE reserved < 0 OR reserved > sellable",
    "5 nobody got more than they ordered": "SELECT id FROM sales_order_line WHERE shipped > quantity OR least(reserved, backordered, allocated, shipped, cancelled) < 0",
    # Scarcity is what the optimiser thinks a unit is worth to it: no money.
    "6 no quantity and no money is a float": """
        SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'scarcity_price'
            AND data_type IN ('real', 'double precision') AND column_name ~ '(quantity|units|amount|price|value|received|weight)$'""",
    "7 ordered = reserved + backordered + allocated + shipped + cancelled": """
        SELECT id FROM sales_order_line WHERE quantity <> reserved + backordered + allocated + shipped + cancelled""",
    "8 no order was taken twice": "SELECT shop_id, external_number FROM sales_order GROUP BY 1, 2 HAVING count(*) > 1",
    "8 no scan was booked twice": """
        SELECT rl.id FROM receipt_line rl JOIN movement m ON m.id = rl.movement_id WHERE m.quantity <> rl.quantity
        UNION ALL SELECT min(id) FROM receipt_line WHERE movement_id IS NOT NULL GROUP BY movement_id HAVING count(*) > 1""",
    "purchased = received + cancelled + open": """
        SELECT l.id FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id LEFT JOIN LATERAL (
            SELECT sum(quantity) AS came FROM purchase_arrival a WHERE a.order_line_id = l.id) a ON true
        WHERE l.received <> coalesce(a.came, 0) OR (o.state = 'received' AND l.received - l.rejected + l.cancelled < l.quantity AND l.rejected = 0)""",
    # What came for an order that was closed meanwhile is unannounced to it.
    "what purchases say came is what the ledger says came for them": """
        SELECT l.id FROM purchase_order_line l LEFT JOIN LATERAL (
            SELECT sum(rl.quantity) AS came FROM receipt_line rl JOIN receipt r ON r.id = rl.receipt_id
            WHERE rl.purchase_line_id = l.id AND rl.undone_at IS NULL AND rl.quantity > 0 AND r.state <> 'cancelled') r ON true
        WHERE NOT EXISTS (SELECT FROM receipt r JOIN receipt_line rl ON rl.receipt_id = r.id WHERE rl.purchase_line_id = l.id AND r.state = 'open')
            AND (SELECT o.state FROM purchase_order o WHERE o.id = l.order_id) NOT IN ('closed', 'cancelled') AND l.received <> coalesce(r.came, 0)
            OR l.received > coalesce(r.came, 0)""",
    "in transit = shipped - received - lost": """
        WITH road AS (
            SELECT q.l, sum(q.units) AS units FROM (
                SELECT to_location_id AS l, quantity AS units FROM movement UNION ALL SELECT from_location_id, -quantity FROM movement
            ) q JOIN location ON location.id = q.l AND location.kind = 'transit' GROUP BY 1
        ), sent AS (
            SELECT transit_id AS l, sum(quantity - received - lost) AS units FROM transfer_unit GROUP BY 1
        )
        SELECT coalesce(road.l, sent.l) FROM road FULL JOIN sent ON road.l = sent.l
        WHERE coalesce(road.units, 0) <> coalesce(sent.units, 0)""",
    "a transfer's line ends where it began": """
        SELECT l.id FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id
        WHERE t.state = 'closed' AND l.shipped <> l.received + l.damaged + l.lost AND l.shipped <> l.received + l.lost""",
    "a container and all in it lie at one place": """
        SELECT s.id FROM stock s JOIN container c ON c.id = s.container_id WHERE s.quantity > 0 AND s.location_id <> c.location_id
        UNION ALL SELECT c.id FROM container c JOIN container p ON p.id = c.parent_id WHERE c.location_id IS DISTINCT FROM p.location_id""",
    "a numbered unit is at one place": """
        SELECT s.id FROM stock s JOIN serial n ON n.stock_id = s.id GROUP BY s.id HAVING count(*) > s.quantity
        UNION ALL SELECT n.id FROM serial n JOIN stock s ON s.id = n.stock_id WHERE s.sku_id <> n.sku_id""",
    "no task without its document": """
        SELECT t.id FROM task t WHERE t.state IN ('open', 'assigned', 'started', 'paused') AND NOT CASE t.subject_kind
            WHEN 'putaway' THEN EXISTS (SELECT FROM putaway d WHERE d.id = t.subject_id AND d.state IN ('planned', 'waiting', 'stuck'))
            WHEN 'inspection' THEN EXISTS (SELECT FROM inspection d WHERE d.id = t.subject_id AND d.state IN ('waiting', 'in_progress'))
            WHEN 'replenishment' THEN EXISTS (SELECT FROM replenishment d WHERE d.id = t.subject_id AND d.state = 'open')
            WHEN 'kit_job' THEN EXISTS (SELECT FROM kit_job d WHERE d.id = t.subject_id AND d.state IN ('open', 'started'))
            WHEN 'batch' THEN EXISTS (SELECT FROM batch d WHERE d.id = t.subject_id AND d.state IN ('released', 'picking'))
            WHEN 'count_stretch' THEN EXISTS (SELECT FROM count_place d WHERE d.stretch_id = t.subject_id AND d.state IN ('open', 'counting'))
            ELSE true END""",
}


def broken() -> dict[str, list[object]]:
    """Laws that do not hold, each with the first rows that break it."""
    found: dict[str, list[object]] = {}
    with connection.cursor() as cursor:
        for name, sql in LAWS.items():
            cursor.execute(f"SELECT * FROM ({sql}) wrong LIMIT 5")
            if rows := cursor.fetchall():
                found[name] = list(rows)
    return found


def hold() -> None:
    """Every law holds, and the product's own proof finds nothing."""
    report = inventory_verify()
    assert report.differences == 0, [one for one in report.checks if one.differences]
    wrong = broken()
    assert not wrong, str(wrong)


def ledger_stays() -> None:
    """Nobody can write the ledger over, not even the owner of the database."""
    for sql in ("UPDATE movement SET quantity = quantity + 1", "DELETE FROM movement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
