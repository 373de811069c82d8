"""What lanes take, learned from our own parcels: times between scans, door to door, and how much goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hecang.kernel import db
from hecang.kernel.clock import now
from hecang.kernel.outbox import emit
from hecang.shipping.events import LanesMeasured
from hecang.shipping.services.terms import MAX_HOURS, LeadTimeRow, lead_times_save_measured
from hecang.shipping.tracking.silence import FEWEST, Bounds, Lane, LaneTable, Measure

#: How far back is learned from.
HISTORY = timedelta(days=90)

_QUANTILES = """
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes))::integer,
       round(percentile_cont(0.8) WITHIN GROUP (ORDER BY minutes))::integer,
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY minutes))::integer,
       round(percentile_cont(0.99) WITHIN GROUP (ORDER BY minutes))::integer
"""
#: From each scan to the next of the same parcel, by the status in which it waited.
_GAPS = f"""
WITH scan AS (
    SELECT t.service_id, t.warehouse_id, left(t.region_code, 2) AS prefix, e.status,
           extract(epoch FROM lead(e.at) OVER (PARTITION BY e.waybill_id ORDER BY e.at, e.id) - e.at) / 60 AS minutes
      FROM parcel_track t JOIN track_event e ON e.waybill_id = t.waybill_id
     WHERE t.handed_over_at > %s
    UNION ALL
    SELECT t.service_id, t.warehouse_id, left(t.region_code, 2), 'created',
           extract(epoch FROM t.picked_up_at - t.handed_over_at) / 60
      FROM parcel_track t WHERE t.handed_over_at > %s AND t.picked_up_at > t.handed_over_at)
INSERT INTO lane_measure (kind, service_id, warehouse_id, region_prefix, samples, p50_min, p80_min, p95_min, p99_min,
                          shipped, promised, on_time, lost, damaged, returned, measured_at)
SELECT 'gap:' || status, service_id, warehouse_id, coalesce(prefix, ''), count(*), {_QUANTILES},
       0, 0, 0, 0, 0, 0, %s::timestamptz
  FROM scan WHERE minutes > 0
 GROUP BY GROUPING SETS ((status, service_id, warehouse_id, prefix), (status, service_id, warehouse_id),
                         (status, service_id), (status))
"""  # noqa: S608 - own text
_LEADS = f"""
WITH parcel AS (
    SELECT service_id, warehouse_id, left(region_code, 2) AS prefix, trouble, promised_at, delivered_at, returned_at,
           status,
           CASE WHEN delivered_at > handed_over_at THEN extract(epoch FROM delivered_at - handed_over_at) / 60 END
               AS minutes
      FROM parcel_track WHERE handed_over_at > %s)
INSERT INTO lane_measure (kind, service_id, warehouse_id, region_prefix, samples, p50_min, p80_min, p95_min, p99_min,
                          shipped, promised, on_time, lost, damaged, returned, measured_at)
SELECT 'lead', service_id, warehouse_id, coalesce(prefix, ''), count(minutes), {_QUANTILES}, count(*),
       count(*) FILTER (WHERE promised_at < %s), count(*) FILTER (WHERE delivered_at <= promised_at AND promised_at < %s),
       count(*) FILTER (WHERE trouble = 'lost'), count(*) FILTER (WHERE trouble = 'damaged'),
       count(*) FILTER (WHERE status IN ('returning', 'returned')), %s::timestamptz
  FROM parcel
 GROUP BY GROUPING SETS ((service_id, warehouse_id, prefix), (service_id, warehouse_id), (service_id), ())
HAVING count(minutes) > 0
"""  # noqa: S608 - own text


@db.transactional
def lanes_measure() -> int:
    """Learn all lanes anew from the parcels of the last 90 days; how many measures there are now.

    Door-to-door times go on to the lead times that sourcing and promises reckon with. Emits ``LanesMeasured``.
    """
    moment = now()
    since = moment - HISTORY
    db.execute("DELETE FROM lane_measure")
    written = db.execute(_GAPS, (since, since, moment))
    written += db.execute(_LEADS, (since, moment, moment, moment))
    _leads_save()
    emit(LanesMeasured(lanes=written))
    return written


def _leads_save() -> None:
    """Hours in which four of five parcels arrived, for lanes that can be told from."""
    rows = db.fetch(
        """
        SELECT service_id, warehouse_id, region_prefix, p80_min, samples FROM lane_measure
         WHERE kind = 'lead' AND service_id IS NOT NULL AND samples >= %s ORDER BY id
        """,
        (FEWEST,),
    )
    lead_times_save_measured(
        rows=[
            LeadTimeRow(service, warehouse, prefix, min(max(-(-minutes // 60), 1), MAX_HOURS), samples, 80)
            for service, warehouse, prefix, minutes, samples in rows
        ]
    )


def lane_table(lanes: Sequence[Lane]) -> LaneTable:
    """The measures that can matter to ``lanes``; two statements."""
    rows = db.fetch(
        """
        SELECT kind, service_id, warehouse_id, region_prefix, samples, p50_min, p80_min, p95_min, p99_min
          FROM lane_measure
         WHERE (service_id IS NULL OR service_id = ANY(%s)) AND (warehouse_id IS NULL OR warehouse_id = ANY(%s))
           AND region_prefix = ANY(%s)
        """,
        (
            sorted({lane.service_id for lane in lanes}),
            sorted({lane.warehouse_id for lane in lanes}),
            sorted({"", *(lane.region_code[:2] for lane in lanes)}),
        ),
    )
    bounds = db.fetch(
        "SELECT service_id, stall_percent, stall_least_hours, stall_most_hours, lost_days FROM track_policy"
    )
    return LaneTable(
        (
            (kind, service, warehouse, prefix, Measure(*rest))
            for kind, service, warehouse, prefix, *rest in rows
        ),
        {service: Bounds(*rest) for service, *rest in bounds},
    )
