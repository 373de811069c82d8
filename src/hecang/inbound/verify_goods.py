"""What must hold between putaways, claimed room, inspections and stock; part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check("inbound.space_claims", title=_("Room is claimed for exactly what is on its way"))
def space_claims() -> Differences:
    return differences(
        """
        SELECT coalesce(p.id, c.putaway_id) AS putaway_id, p.state, p.quantity - p.done AS units, c.quantity AS claimed
        FROM (SELECT * FROM putaway WHERE state = 'planned') p
        FULL JOIN space_claim c ON c.putaway_id = p.id
        WHERE p.id IS NULL OR c.putaway_id IS NULL OR (NOT p.is_whole AND p.quantity - p.done <> c.quantity)
            OR p.to_location_id <> c.location_id
        """
    )


@check("inbound.putaway_posted", title=_("Units put away are those that the ledger moved"))
def putaway_posted() -> Differences:
    return differences(
        """
        SELECT p.id AS putaway_id, p.done AS done, coalesce(m.units, 0) AS moved
        FROM putaway p
        LEFT JOIN LATERAL (
            SELECT sum(quantity)::bigint AS units FROM movement
            WHERE source_kind = 'putaway' AND source_id = p.id AND reason = 'putaway'
        ) m ON true
        WHERE NOT p.is_whole AND p.done <> coalesce(m.units, 0)
        """
    )


@check("inbound.putaway_goods", title=_("What is to be put away lies where it is to be taken from"))
def putaway_goods() -> Differences:
    return differences(
        """
        SELECT p.ids AS putaway_ids, p.units AS to_carry, coalesce(s.quantity, 0) AS lying
        FROM (
            SELECT from_location_id, sku_id, lot_id, owner_id, condition, container_id, array_agg(id) AS ids,
                   sum(quantity - done)::bigint AS units
            FROM putaway WHERE NOT is_whole AND state IN ('waiting', 'planned', 'stuck') GROUP BY 1, 2, 3, 4, 5, 6
        ) p
        LEFT JOIN stock s ON s.location_id = p.from_location_id AND s.sku_id = p.sku_id AND s.owner_id = p.owner_id
            AND s.condition = p.condition AND s.lot_id IS NOT DISTINCT FROM p.lot_id
            AND s.container_id IS NOT DISTINCT FROM p.container_id
        WHERE p.units > coalesce(s.quantity, 0)
        """
    )


@check("inbound.inspection_decided", title=_("Units of decided inspections are accepted or rejected"))
def inspection_decided() -> Differences:
    return differences(
        """
        SELECT i.id AS inspection_id, i.accepted, i.held, coalesce(m.units, 0) AS moved FROM inspection i
        LEFT JOIN LATERAL (
            SELECT sum(quantity)::bigint AS units FROM movement
            WHERE source_kind = 'inspection' AND source_id = i.id AND to_condition = 'good'
        ) m ON true
        WHERE i.state = 'decided' AND i.accepted - i.held <> coalesce(m.units, 0)
        """
    )


@check("inbound.return_lines", title=_("Returned units are those that the ledger brought in"))
def return_lines() -> Differences:
    return differences(
        """
        SELECT r.id AS goods_return_id, l.units, coalesce(m.units, 0) AS moved
        FROM goods_return r
        JOIN LATERAL (SELECT coalesce(sum(received), 0)::bigint AS units FROM return_line WHERE goods_return_id = r.id) l
            ON true
        LEFT JOIN LATERAL (
            SELECT sum(CASE WHEN f.is_virtual THEN m.quantity ELSE -m.quantity END)::bigint AS units
            FROM movement m JOIN location f ON f.id = m.from_location_id
            WHERE m.source_kind = 'goods_return' AND m.source_id = r.id
        ) m ON true
        WHERE l.units <> coalesce(m.units, 0)
        """
    )
