"""Today's numbers, for the first page of the desk."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.kernel.clock import now, today
from hecang.orders.models import OrderState, SalesOrder
from hecang.outbound.models import Parcel, PickTask
from hecang.outbound.selectors.lists import (
    batch_counts,
    fulfilment_counts,
    narrowed,
    parcel_counts,
    scoped,
    wave_counts,
)


def dashboard(actor: Actor, *, warehouse_id: int | None = None) -> dict[str, Any]:
    """Counts of everything that moves, in two statements; ``warehouse_id`` narrows all but orders.

    Each count is exact up to 10,000 and marked as capped beyond.
    """
    groups: dict[str, dict[str, QuerySet[Any, Any]]] = {
        "orders": _orders(actor),
        "fulfilments": fulfilment_counts(actor, warehouse_id=warehouse_id),
        "waves": wave_counts(actor, warehouse_id=warehouse_id),
        "batches": batch_counts(actor, wave__warehouse_id=warehouse_id),
        "tasks": _tasks(actor, warehouse_id),
        "parcels": parcel_counts(actor, warehouse_id=warehouse_id),
    }
    for finished in ("shipped", "cancelled"):  # how many there have ever been is no number of today
        groups["fulfilments"].pop(finished)
        groups["parcels"].pop(finished)
    groups["waves"].pop("done"), groups["waves"].pop("cancelled")
    groups["batches"].pop("picked"), groups["batches"].pop("cancelled")
    flat = {f"{group} {key}": rows for group, parts in groups.items() for key, rows in parts.items()}
    counts = capped_counts(flat)
    result: dict[str, Any] = {group: {} for group in groups}
    for name, count in counts.items():
        group, _, key = name.partition(" ")
        result[group][key] = count
    result["shipped_today"] = _shipped_today(actor, warehouse_id)
    return result


def _orders(actor: Actor) -> dict[str, QuerySet[Any, Any]]:
    rows = SalesOrder.objects.all()
    if actor.scope.shops is not None:
        rows = rows.filter(shop_id__in=actor.scope.shops)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    unfinished = [state for state in OrderState if state not in {OrderState.SHIPPED, OrderState.CANCELLED}]
    result = {state.value: rows.filter(state=state) for state in unfinished}
    result["held"] = rows.filter(is_held=True)
    result["short"] = rows.filter(is_short=True)
    result["cancelling"] = rows.filter(is_cancelling=True)
    result["received_today"] = rows.filter(created_at__gte=_midnight())
    return result


def _tasks(actor: Actor, warehouse_id: int | None) -> dict[str, QuerySet[Any, Any]]:
    rows = narrowed(
        scoped(PickTask.objects.filter(state=PickTask.State.OPEN), actor), {"warehouse_id": warehouse_id}
    )
    return {kind.value: rows.filter(kind=kind) for kind in PickTask.Kind}


def _shipped_today(actor: Actor, warehouse_id: int | None) -> dict[str, int]:
    rows = narrowed(
        scoped(Parcel.objects.filter(shipped_at__gte=_midnight()), actor), {"warehouse_id": warehouse_id}
    )
    sums = rows.aggregate(
        parcels=Count("id"), units=Sum("unit_count"), orders=Count("fulfilment__order_id", distinct=True)
    )
    return {key: value or 0 for key, value in sums.items()}


def _midnight() -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    assert now().tzinfo is not None
    return datetime.combine(today(settings.TIME_ZONE), time.min, tzinfo=zone)
