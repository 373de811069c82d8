"""What must hold of counts; part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check(
    "stockkeeping.count_snapshots",
    title=_("What the books had at each reading of a count is what the ledger says up to its position"),
)
def count_snapshots() -> Differences:
    """The proof that nothing had to be frozen: every reading can be held against the ledger of its moment."""
    return differences(
        """
        WITH reading AS (
            SELECT r.id, r.position, r.book, l.location_id, l.sku_id, l.lot_id, l.owner_id, l.condition, l.container_id
            FROM count_reading r JOIN count_line l ON l.id = r.line_id
            WHERE r.entered_at > now() - interval '400 days'
        ), place AS (SELECT DISTINCT location_id FROM reading), happened AS (
            SELECT to_location_id AS location_id, sku_id, lot_id, owner_id, to_condition AS condition,
                to_container_id AS container_id, id AS position, 0 AS rank, quantity AS units, NULL::bigint AS reading_id,
                NULL::bigint AS book
            FROM movement WHERE to_location_id IN (SELECT location_id FROM place)
            UNION ALL
            SELECT from_location_id, sku_id, lot_id, owner_id, from_condition, from_container_id, id, 0, -quantity,
                NULL, NULL
            FROM movement WHERE from_location_id IN (SELECT location_id FROM place)
            UNION ALL
            SELECT location_id, sku_id, lot_id, owner_id, condition, container_id, position, 1, 0, id, book FROM reading
        )
        SELECT reading_id, location_id, sku_id, position, book, ledger FROM (
            SELECT *, (sum(units) OVER (
                PARTITION BY location_id, sku_id, lot_id, owner_id, condition, container_id ORDER BY position, rank
            ))::bigint AS ledger
            FROM happened
        ) summed WHERE reading_id IS NOT NULL AND ledger <> book
        """
    )


@check(
    "stockkeeping.count_posted", title=_("Posted differences of counts are in the ledger, each exactly once")
)
def count_posted() -> Differences:
    """A change of condition is one entry that two lines share: it is booked to the line that loses units."""
    return differences(
        """
        SELECT place_id, sku_id, sum(posted)::bigint AS posted, sum(ledger)::bigint AS ledger
        FROM (
            SELECT place_id, sku_id, posted, 0 AS ledger FROM count_line WHERE posted <> 0
            UNION ALL
            SELECT l.place_id, l.sku_id, 0,
                CASE WHEN m.to_location_id = l.location_id THEN m.quantity ELSE 0 END
                - CASE WHEN m.from_location_id = l.location_id THEN m.quantity ELSE 0 END
            FROM count_line l JOIN movement m ON m.source_kind = 'count_line' AND m.source_id = l.id
        ) both_sides
        GROUP BY 1, 2 HAVING sum(posted) <> sum(ledger)
        """
    )


@check("stockkeeping.count_progress", title=_("Counts say how many of their places are counted"))
def count_progress() -> Differences:
    return differences(
        """
        SELECT c.id AS count_id, c.state, c.place_count, p.places, c.place_done, p.done FROM stock_count c
        CROSS JOIN LATERAL (
            SELECT count(*) AS places, count(*) FILTER (WHERE state IN ('done', 'skipped')) AS done,
                count(*) FILTER (WHERE state IN ('open', 'counting')) AS standing
            FROM count_place WHERE count_id = c.id
        ) p
        WHERE c.place_count <> p.places OR c.place_done <> p.done
            OR (c.state IN ('counted', 'closed', 'cancelled') AND p.standing > 0)
        """
    )
