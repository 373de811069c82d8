"""Parcels on their way, for lists and for the timeline of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from hecang.kernel import db
from hecang.kernel.actor import Actor
from hecang.kernel.clock import now
from hecang.shipping.models import LaneMeasure, ParcelTrack

#: Still expected by somebody.
OPEN = Q(delivered_at=None, returned_at=None) & ~Q(status="cancelled")


def track_list(
    actor: Actor,
    *,
    status: Sequence[str] | None = None,
    trouble: Sequence[str] | None = None,
    is_troubled: bool | None = None,
    is_late: bool | None = None,
    carrier_id: int | None = None,
    service_id: int | None = None,
    warehouse_id: int | None = None,
    q: str | None = None,
) -> QuerySet[Any, Any]:
    """Tracks in the actor's warehouses; ``q`` is a whole waybill or parcel number; late: promised and not there."""
    rows = ParcelTrack.objects.values(
        "id", "waybill__id", "waybill__number", "waybill__reference", "carrier__id", "carrier__code", "carrier__name",
        "service__id", "service__code", "service__name", "warehouse__id", "warehouse__code", "warehouse__name",
        "region_code", "status", "status_at", "last_event_at", "event_count", "attempts", "handed_over_at",
        "promised_at", "expected_at", "delivered_at", "trouble", "trouble_at", "trouble_why",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if q:
        rows = rows.filter(Q(waybill__number=q) | Q(waybill__reference=q))
    if status:
        rows = rows.filter(status__in=status)
    if trouble:
        rows = rows.filter(trouble__in=trouble)
    if is_troubled is not None:
        rows = rows.exclude(trouble="") if is_troubled else rows.filter(trouble="")
    if is_late is not None:
        late = OPEN & Q(promised_at__lt=now())
        rows = rows.filter(late) if is_late else rows.exclude(late)
    wanted = {"carrier_id": carrier_id, "service_id": service_id, "warehouse_id": warehouse_id}
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})


def track_view(actor: Actor, waybill_id: int) -> dict[str, Any] | None:
    """Everything known of one parcel on its way: the track, its scans (newest first), what the carrier was told."""
    waybill = db.fetch_one(
        """
        SELECT w.id, w.number, w.reference, w.state, w.warehouse_id, w.carrier_reference, c.id, c.code, c.name, s.code,
               s.name FROM waybill w JOIN carrier_service s ON s.id = w.service_id JOIN carrier c ON c.id = s.carrier_id
         WHERE w.id = %s
        """,
        (waybill_id,),
    )
    if waybill is None or (actor.scope.warehouses is not None and waybill[4] not in actor.scope.warehouses):
        return None
    track = ParcelTrack.objects.filter(waybill_id=waybill_id).values(
        "status", "status_at", "last_event_at", "event_count", "attempts", "handed_over_at", "picked_up_at",
        "out_for_delivery_at", "delivered_at", "returned_at", "promised_at", "expected_at", "stall_at", "lost_at",
        "trouble", "trouble_at", "trouble_why", "is_subscribed", "pull_at",
    ).first()  # fmt: skip
    events = db.fetch(
        "SELECT id, at, status, raw_code, text, place, source, received_at FROM track_event WHERE waybill_id = %s"
        " ORDER BY at DESC, id DESC LIMIT 300",
        (waybill_id,),
    )
    errands = db.fetch(
        "SELECT id, kind, state, reason, error, attempts, created_by, created_at, done_at FROM carrier_errand"
        " WHERE waybill_id = %s ORDER BY id DESC LIMIT 50",
        (waybill_id,),
    )
    event_names = ("id", "at", "status", "raw_code", "text", "place", "source", "received_at")
    errand_names = (
        "id", "kind", "state", "reason", "error", "attempts", "created_by", "created_at", "done_at",
    )  # fmt: skip
    return {
        "waybill_id": waybill[0],
        "number": waybill[1],
        "reference": waybill[2],
        "waybill_state": waybill[3],
        "carrier": {"id": waybill[6], "code": waybill[7], "name": waybill[8]},
        "service_code": waybill[9],
        "service_name": waybill[10],
        "track": track,
        "events": [dict(zip(event_names, row, strict=True)) for row in events],
        "errands": [dict(zip(errand_names, row, strict=True)) for row in errands],
    }


def lane_list(
    actor: Actor, *, service_id: int | None = None, warehouse_id: int | None = None, kind: str = "lead"
) -> QuerySet[Any, Any]:
    """What lanes take; the narrow ones of the actor's warehouses, and the wide ones."""
    rows = LaneMeasure.objects.filter(kind=kind, service__isnull=False).values(
        "id", "kind", "service__id", "service__code", "service__name", "warehouse__id", "warehouse__code",
        "warehouse__name", "region_prefix", "samples", "p50_min", "p80_min", "p95_min", "p99_min", "shipped",
        "promised", "on_time", "lost", "damaged", "returned", "measured_at",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(warehouse=None) | Q(warehouse_id__in=actor.scope.warehouses))
    wanted = {"service_id": service_id, "warehouse_id": warehouse_id}
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})


def track_day_counts(
    actor: Actor, *, days: int = 30, warehouse_id: int | None = None
) -> list[dict[str, Any]]:
    """Parcels of the last days by carrier: handed over, delivered, late, in trouble. One statement."""
    scope = None if actor.scope.warehouses is None else sorted(actor.scope.warehouses)
    rows = db.fetch(
        """
        SELECT c.id, c.code, c.name, count(*), count(t.delivered_at),
               count(*) FILTER (WHERE t.delivered_at <= t.promised_at),
               count(*) FILTER (WHERE t.promised_at < %s AND (t.delivered_at IS NULL OR t.delivered_at > t.promised_at)),
               count(*) FILTER (WHERE t.trouble <> '')
          FROM parcel_track t JOIN carrier c ON c.id = t.carrier_id
         WHERE t.handed_over_at > %s AND (%s::bigint[] IS NULL OR t.warehouse_id = ANY(%s::bigint[]))
           AND (%s::bigint IS NULL OR t.warehouse_id = %s::bigint)
         GROUP BY c.id ORDER BY count(*) DESC
        """,
        (now(), now() - timedelta(days=days), scope, scope, warehouse_id, warehouse_id),
    )
    names = ("id", "code", "name", "shipped", "delivered", "on_time", "late", "troubled")
    return [dict(zip(names, row, strict=True)) for row in rows]
