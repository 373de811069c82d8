"""What must hold between fulfilments, allocations, tasks and parcels; part of ``hecang inventory verify``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hecang.inventory.verify import Differences, check, differences


@check(
    "outbound.line_allocated", title=_("Allocated units of a fulfilment line are its standing allocations")
)
def line_allocated() -> Differences:
    return differences(
        """
        SELECT coalesce(l.id, a.source_id) AS fulfilment_line_id, coalesce(l.allocated, 0) AS allocated,
               coalesce(a.units, 0) AS standing
        FROM (SELECT id, allocated FROM fulfilment_line WHERE allocated > 0) l
        FULL JOIN (
            SELECT source_id, sum(quantity)::bigint AS units FROM allocation
            WHERE source_kind = 'fulfilment_line' AND state IN ('open', 'picked') GROUP BY source_id
        ) a ON a.source_id = l.id
        WHERE coalesce(l.allocated, 0) <> coalesce(a.units, 0)
        """
    )


@check("outbound.line_picked", title=_("Picked units that have not left are allocations in state picked"))
def line_picked() -> Differences:
    return differences(
        """
        SELECT coalesce(l.id, a.source_id) AS fulfilment_line_id, coalesce(l.units, 0) AS picked,
               coalesce(a.units, 0) AS standing
        FROM (SELECT id, picked - shipped AS units FROM fulfilment_line WHERE picked > shipped) l
        FULL JOIN (
            SELECT source_id, sum(quantity)::bigint AS units FROM allocation
            WHERE source_kind = 'fulfilment_line' AND state = 'picked' GROUP BY source_id
        ) a ON a.source_id = l.id
        WHERE coalesce(l.units, 0) <> coalesce(a.units, 0)
        """
    )


@check(
    "outbound.order_allocated", title=_("Allocated units of an order line are those of its fulfilment lines")
)
def order_allocated() -> Differences:
    return differences(
        """
        SELECT coalesce(o.id, l.order_line_id) AS order_line_id, coalesce(o.allocated, 0) AS allocated,
               coalesce(l.units, 0) AS in_fulfilments
        FROM (SELECT id, allocated FROM sales_order_line WHERE allocated > 0) o
        FULL JOIN (
            SELECT order_line_id, sum(allocated)::bigint AS units FROM fulfilment_line
            WHERE allocated > 0 GROUP BY order_line_id
        ) l ON l.order_line_id = o.id
        WHERE coalesce(o.allocated, 0) <> coalesce(l.units, 0)
        """
    )


@check("outbound.order_shipped", title=_("Shipped units of an order line are those of its fulfilment lines"))
def order_shipped() -> Differences:
    return differences(
        """
        SELECT l.order_line_id, o.shipped, l.units AS in_fulfilments
        FROM (SELECT order_line_id, sum(shipped)::bigint AS units FROM fulfilment_line GROUP BY order_line_id) l
        JOIN sales_order_line o ON o.id = l.order_line_id
        WHERE o.shipped <> l.units
        """
    )


@check("outbound.tasks_open", title=_("Open pick tasks stand for allocated units that are not picked"))
def tasks_open() -> Differences:
    return differences(
        """
        SELECT coalesce(t.fulfilment_line_id, a.source_id) AS fulfilment_line_id, coalesce(t.units, 0) AS to_pick,
               coalesce(a.units, 0) AS allocated
        FROM (
            SELECT fulfilment_line_id, sum(quantity - picked - short)::bigint AS units FROM pick_task
            WHERE kind = 'pick' AND state = 'open' GROUP BY fulfilment_line_id
        ) t
        FULL JOIN (
            SELECT source_id, sum(quantity)::bigint AS units FROM allocation
            WHERE source_kind = 'fulfilment_line' AND state = 'open' GROUP BY source_id
        ) a ON a.source_id = t.fulfilment_line_id
        WHERE coalesce(t.units, 0) <> coalesce(a.units, 0)
        """
    )


@check("outbound.task_places", title=_("Open pick tasks point at the place where their allocation lies"))
def task_places() -> Differences:
    return differences(
        """
        SELECT t.id AS pick_task_id, t.from_location_id, s.location_id, t.quantity - t.picked - t.short AS to_pick,
               a.quantity AS allocated
        FROM pick_task t LEFT JOIN allocation a ON a.id = t.allocation_id LEFT JOIN stock s ON s.id = a.stock_id
        WHERE t.kind = 'pick' AND t.state = 'open' AND (
            a.id IS NULL OR a.state <> 'open' OR s.location_id <> t.from_location_id
            OR s.lot_id IS DISTINCT FROM t.lot_id OR a.quantity <> t.quantity - t.picked - t.short)
        """
    )


@check("outbound.parcels_packed", title=_("Packed units of a line are those in its sealed parcels"))
def parcels_packed() -> Differences:
    return differences(
        """
        SELECT l.id AS fulfilment_line_id, l.packed, coalesce(p.sealed, 0) AS in_parcels, l.shipped,
               coalesce(p.shipped, 0) AS in_shipped_parcels
        FROM fulfilment_line l LEFT JOIN (
            SELECT pl.fulfilment_line_id,
                   sum(pl.quantity) FILTER (WHERE p.state IN ('sealed', 'labelled', 'shipped'))::bigint AS sealed,
                   sum(pl.quantity) FILTER (WHERE p.state = 'shipped')::bigint AS shipped
            FROM parcel_line pl JOIN parcel p ON p.id = pl.parcel_id GROUP BY pl.fulfilment_line_id
        ) p ON p.fulfilment_line_id = l.id
        WHERE l.packed <> coalesce(p.sealed, 0) OR l.shipped <> coalesce(p.shipped, 0)
        """
    )


@check("outbound.parcels_within_picked", title=_("No parcel holds more than was picked"))
def parcels_within_picked() -> Differences:
    return differences(
        """
        SELECT l.id AS fulfilment_line_id, l.picked, sum(pl.quantity)::bigint AS in_parcels
        FROM fulfilment_line l JOIN parcel_line pl ON pl.fulfilment_line_id = l.id
        JOIN parcel p ON p.id = pl.parcel_id AND p.state <> 'cancelled'
        GROUP BY l.id, l.picked HAVING sum(pl.quantity) > l.picked
        """
    )


@check(
    "outbound.states", title=_("States of fulfilments, batches and waves follow from their lines and tasks")
)
def states() -> Differences:
    return differences(
        """
        SELECT 'fulfilment' AS entity, f.id, f.state FROM fulfilment f
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(l.quantity - l.cut - l.shipped), 0) AS standing,
                   coalesce(sum(l.allocated), 0) AS allocated, coalesce(sum(l.shipped), 0) AS shipped,
                   coalesce(sum(l.quantity - l.cut), 0) AS units
            FROM fulfilment_line l WHERE l.fulfilment_id = f.id
        ) s ON true
        WHERE (f.state = 'ready' AND (s.allocated > 0 OR s.standing = 0))
           OR (f.state IN ('released', 'picked', 'packed') AND (s.allocated = 0 OR s.allocated <> s.standing))
           OR (f.state = 'shipped' AND (s.standing > 0 OR s.shipped = 0))
           OR (f.state = 'cancelled' AND (s.standing > 0 OR s.shipped > 0))
           OR f.unit_count <> s.units
        UNION ALL
        SELECT 'batch', b.id, b.state FROM batch b
        WHERE b.state IN ('picked', 'cancelled', 'planned')
          AND EXISTS (SELECT 1 FROM pick_task t WHERE t.batch_id = b.id AND t.kind = 'pick' AND t.state = 'open')
        UNION ALL
        SELECT 'wave', w.id, w.state FROM wave w
        WHERE CASE w.state
            WHEN 'done' THEN
                EXISTS (SELECT 1 FROM batch b WHERE b.wave_id = w.id AND b.state IN ('released', 'picking'))
            WHEN 'released' THEN NOT EXISTS (
                SELECT 1 FROM batch b WHERE b.wave_id = w.id AND b.state IN ('planned', 'released', 'picking'))
            END
        """
    )


@check(
    "outbound.batch_tasks",
    title=_("Each batch to be walked is one standing task of the pool, with its picker"),
)
def batch_tasks() -> Differences:
    return differences(
        """
        SELECT coalesce(b.id, t.subject_id) AS batch_id, b.state, b.picker_id, t.id AS task_id, t.state AS task_state,
               t.assignee_id
        FROM (SELECT id, state, picker_id FROM batch WHERE state IN ('released', 'picking')) b
        FULL JOIN (
            SELECT id, subject_id, state, assignee_id FROM task
            WHERE subject_kind = 'batch' AND state IN ('open', 'assigned', 'started', 'paused')
        ) t ON t.subject_id = b.id
        WHERE b.id IS NULL OR t.id IS NULL OR b.picker_id IS DISTINCT FROM t.assignee_id
           OR (t.state IN ('started', 'paused') AND b.state <> 'picking')
        """
    )


@check("outbound.putback_tasks", title=_("Each open putback is one standing task of the pool"))
def putback_tasks() -> Differences:
    return differences(
        """
        SELECT coalesce(p.id, t.subject_id) AS pick_task_id, t.id AS task_id
        FROM (SELECT id FROM pick_task WHERE kind = 'putback' AND state = 'open') p
        FULL JOIN (
            SELECT id, subject_id FROM task
            WHERE subject_kind = 'pick_task' AND state IN ('open', 'assigned', 'started', 'paused')
        ) t ON t.subject_id = p.id
        WHERE p.id IS NULL OR t.id IS NULL
        """
    )
