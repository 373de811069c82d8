"""Rows of the lists: querysets of plain values, within the actor's warehouses, each answered by an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, Sum

from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.clock import now
from hecang.outbound.models import Batch, Fulfilment, FulfilmentState, Parcel, PickTask, Wave, WaveState

M = TypeVar("M", bound=Model)


def plain(rows: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Rows of ``.values()`` with ``a__b`` keys as nested objects."""
    return nest(list(rows))


#: States in which a fulfilment is not over.
OPEN_FULFILMENT = (
    FulfilmentState.READY,
    FulfilmentState.RELEASED,
    FulfilmentState.PICKED,
    FulfilmentState.PACKED,
)
LATE = ("ready", "released", "picked", "packed")


def scoped(rows: QuerySet[M, Any], actor: Actor, path: str = "warehouse_id") -> QuerySet[M, Any]:
    """Only rows of warehouses that the actor may see."""
    if actor.scope.warehouses is None:
        return rows
    return rows.filter(**{f"{path}__in": actor.scope.warehouses})


def narrowed(rows: QuerySet[M, Any], wanted: Mapping[str, Any]) -> QuerySet[M, Any]:
    """Only rows that have these values; ``None`` and empty lists restrict nothing."""
    return rows.filter(**{key: value for key, value in wanted.items() if value not in (None, [], ())})


def fulfilment_rows(
    actor: Actor,
    *,
    states: Sequence[str] | None = None,
    is_late: bool | None = None,
    q: str | None = None,
    **wanted: Any,
) -> QuerySet[Fulfilment, Any]:
    """Fulfilments. ``q`` begins the number of the fulfilment or of its order."""
    rows = scoped(Fulfilment.objects.all(), actor)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    if actor.scope.shops is not None:
        rows = rows.filter(shop_id__in=actor.scope.shops)
    rows = narrowed(rows, {"state__in": states, **wanted})
    if is_late is not None:
        late = Q(ship_by__lt=now(), state__in=LATE)
        rows = rows.filter(late) if is_late else rows.exclude(late)
    if q:
        text = q.strip().upper()
        rows = rows.filter(Q(number__startswith=text) | Q(order__number__startswith=text))
    return rows


FULFILMENT_VALUES = (
    "id", "number", "state", "is_stopped", "order__id", "order__number", "order__external_number", "warehouse__id",
    "warehouse__code", "warehouse__name", "shop__id", "shop__code", "shop__name", "service__id", "service__code",
    "service__name", "region_code", "priority", "ship_by", "temperature", "line_count", "unit_count", "weight_g",
    "volume_mm3", "wave__id", "wave__number", "batch__id", "batch__number", "slot", "created_at", "shipped_at",
)  # fmt: skip


def wave_rows(
    actor: Actor, *, states: Sequence[str] | None = None, q: str | None = None, **wanted: Any
) -> QuerySet[Wave, Any]:
    """Waves. ``q`` begins the number."""
    rows = narrowed(scoped(Wave.objects.all(), actor), {"state__in": states, **wanted})
    return rows.filter(number__startswith=q.strip().upper()) if q else rows


WAVE_VALUES = (
    "id", "number", "state", "warehouse__id", "warehouse__code", "warehouse__name", "fulfilment_count", "line_count",
    "unit_count", "walk_mm", "single_walk_mm", "s_shape_mm", "created_by", "created_at", "released_at",
)  # fmt: skip


def batch_rows(
    actor: Actor,
    *,
    states: Sequence[str] | None = None,
    mine: bool | None = None,
    q: str | None = None,
    **wanted: Any,
) -> QuerySet[Batch, Any]:
    """Batches; ``mine``: those that the actor picks."""
    rows = scoped(Batch.objects.all(), actor, "wave__warehouse_id")
    rows = narrowed(rows, {"state__in": states, **wanted})
    if mine:
        rows = rows.filter(picker_id=actor.user_id)
    return rows.filter(number__startswith=q.strip().upper()) if q else rows


BATCH_VALUES = (
    "id", "number", "state", "kind", "wave__id", "wave__number", "wave__warehouse__id", "wave__warehouse__code",
    "wave__warehouse__name", "picker__id", "picker__username", "picker__display_name", "staging__id",
    "staging__code", "fulfilment_count", "line_count", "unit_count", "walk_mm", "single_walk_mm", "s_shape_mm", "started_at",
    "finished_at",
)  # fmt: skip


def picked_units(batch_ids: Sequence[int]) -> dict[int, int]:
    """Units picked so far in each of these batches."""
    rows = (
        PickTask.objects.filter(batch_id__in=list(batch_ids), kind=PickTask.Kind.PICK)
        .values_list("batch_id")
        .annotate(units=Sum("picked"))
    )
    return dict(rows)


def wave_picked_units(wave_ids: Sequence[int]) -> dict[int, int]:
    """Units picked so far in each of these waves."""
    rows = (
        PickTask.objects.filter(batch__wave_id__in=list(wave_ids), kind=PickTask.Kind.PICK)
        .values_list("batch__wave_id")
        .annotate(units=Sum("picked"))
    )
    return dict(rows)


def batches_finished(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of batches with their warehouse and the units picked so far. One query."""
    units = picked_units([row["id"] for row in rows])
    result = []
    for row in rows:
        wave = dict(row["wave"])
        warehouse = wave.pop("warehouse")
        result.append({**row, "wave": wave, "warehouse": warehouse, "picked_units": units.get(row["id"], 0)})
    return result


def putback_rows(
    actor: Actor, *, states: Sequence[str] | None = None, q: str | None = None, **wanted: Any
) -> QuerySet[PickTask, Any]:
    """Putback tasks. ``q`` is a SKU code or begins the number of the fulfilment."""
    rows = scoped(PickTask.objects.filter(kind=PickTask.Kind.PUTBACK), actor)
    rows = narrowed(rows, {"state__in": states, **wanted})
    if q:
        text = q.strip()
        rows = rows.filter(
            Q(sku__code=text) | Q(fulfilment_line__fulfilment__number__startswith=text.upper())
        )
    return rows


PUTBACK_VALUES = (
    "id", "state", "warehouse__id", "warehouse__code", "warehouse__name", "sku__id", "sku__code", "sku__name",
    "lot__id", "lot__code", "lot__expires_on", "from_location__id", "from_location__code", "to_location__id",
    "to_location__code", "quantity", "done_by", "done_at",
)  # fmt: skip


def parcel_rows(
    actor: Actor,
    *,
    states: Sequence[str] | None = None,
    is_stopped: bool | None = None,
    q: str | None = None,
    **wanted: Any,
) -> QuerySet[Parcel, Any]:
    """Parcels. ``q`` begins the number of the parcel, or is that of its waybill, fulfilment or order."""
    rows = narrowed(scoped(Parcel.objects.all(), actor), {"state__in": states, **wanted})
    if is_stopped is not None:
        rows = rows.filter(fulfilment__is_stopped=is_stopped)
    if q:
        text = q.strip().upper()
        rows = rows.filter(
            Q(number__startswith=text)
            | Q(waybill__number=text)
            | Q(fulfilment__number=text)
            | Q(fulfilment__order__number=text)
        )
    return rows


PARCEL_VALUES = (
    "id", "number", "state", "warehouse__id", "warehouse__code", "warehouse__name", "fulfilment__id",
    "fulfilment__number", "fulfilment__is_stopped", "fulfilment__order__id", "fulfilment__order__number",
    "carton__id", "carton__code", "carton__name", "waybill__id", "waybill__number", "waybill__freight",
    "waybill__service__code", "waybill__service__name", "waybill__manifest__id", "waybill__manifest__number",
    "waybill__track__id", "waybill__track__status", "waybill__track__trouble", "waybill__track__expected_at",
    "waybill__track__delivered_at", "unit_count", "expected_weight_g", "weight_g", "packed_by", "created_at", "sealed_at", "shipped_at",
)  # fmt: skip


def fulfilment_counts(actor: Actor, **wanted: Any) -> dict[str, QuerySet[Fulfilment, Any]]:
    """Querysets behind the tabs of the fulfilment list."""
    rows = fulfilment_rows(actor, **wanted)
    result = {state.value: rows.filter(state=state) for state in FulfilmentState}
    result["stopped"] = rows.filter(is_stopped=True, state__in=OPEN_FULFILMENT)
    result["late"] = rows.filter(ship_by__lt=now(), state__in=OPEN_FULFILMENT)
    return result


def wave_counts(actor: Actor, **wanted: Any) -> dict[str, QuerySet[Wave, Any]]:
    """Querysets behind the tabs of the wave list."""
    rows = wave_rows(actor, **wanted)
    return {state.value: rows.filter(state=state) for state in WaveState}


def batch_counts(actor: Actor, **wanted: Any) -> dict[str, QuerySet[Batch, Any]]:
    """Querysets behind the tabs of the batch list."""
    rows = batch_rows(actor, **wanted)
    return {state.value: rows.filter(state=state) for state in Batch.State}


def parcel_counts(actor: Actor, **wanted: Any) -> dict[str, QuerySet[Parcel, Any]]:
    """Querysets behind the tabs of the parcel list."""
    rows = parcel_rows(actor, **wanted)
    return {state.value: rows.filter(state=state) for state in Parcel.State}
