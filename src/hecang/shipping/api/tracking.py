"""Parcels on their way: list, counts, timeline, stop and return; what lanes take; when silence is trouble."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    InputSchema,
    ListDefinition,
    Ref,
    Schema,
    capped_counts,
)
from hecang.shipping import selectors
from hecang.shipping.api.base import Created, router
from hecang.shipping.errors import ShippingRecordMissing
from hecang.shipping.models import TrackState
from hecang.shipping.selectors.tracking import track_day_counts
from hecang.shipping.services import waybill_intercept
from hecang.shipping.services.lanes import lanes_measure
from hecang.shipping.services.policies import track_policy_delete, track_policy_save
from hecang.shipping.services.pulling import track_refresh
from hecang.shipping.services.silence_words import why_words

TroubleKind = Literal["stalled", "returned", "refused", "damaged", "lost"]


class TrackTabs(Schema):
    warehouse_id: Id | None = None
    carrier_id: Id | None = None


class TrackFilters(TrackTabs):
    status: list[TrackState] | None = Field(None, max_length=20)
    trouble: list[TroubleKind] | None = Field(None, max_length=10)
    is_troubled: bool | None = None
    is_late: bool | None = Field(None, description="promised, and neither there nor back in time")
    service_id: Id | None = None
    q: str | None = Field(None, max_length=64, description="a whole waybill or parcel number")


class WaybillNumber(Schema):
    id: int
    number: str
    reference: str


class TrackOut(Schema):
    id: int
    waybill: WaybillNumber
    carrier: Ref
    service: Ref
    warehouse: Ref
    region_code: str
    status: str
    status_at: datetime
    last_event_at: datetime | None
    event_count: int
    attempts: int
    handed_over_at: datetime | None
    promised_at: datetime | None
    expected_at: datetime | None
    delivered_at: datetime | None
    trouble: str
    trouble_at: datetime | None
    trouble_words: str


def _with_words(_actor: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row["trouble_words"] = why_words(row["trouble"], row["trouble_why"])
    return rows


TRACKS = ListDefinition(
    name="tracks",
    title="Parcels on their way",
    filters=TrackFilters,
    row=TrackOut,
    columns=(
        Column("waybill.number", _("Waybill")),
        Column("waybill.reference", _("Parcel")),
        Column("carrier.name", _("Carrier")),
        Column("service.code", _("Service")),
        Column("warehouse.code", _("Warehouse")),
        Column("region_code", _("Region")),
        Column("status", _("Status")),
        Column("status_at", _("Since")),
        Column("last_event_at", _("Last scan")),
        Column("handed_over_at", _("Handed over")),
        Column("promised_at", _("Promised")),
        Column("expected_at", _("Expected")),
        Column("delivered_at", _("Delivered")),
        Column("trouble", _("Trouble")),
        Column("trouble_words", _("Reason")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda actor, filters: selectors.track_list(actor, **filters.model_dump()),
    enrich=_with_words,
)
router.list("/tracks", TRACKS, permission="shipping.parcel.view")


@router.get(
    "/tracks/counts",
    permission="shipping.parcel.view",
    response=CountsOut,
    summary="Parcels on their way by status",
)
def track_counts(request: ApiRequest, filters: Query[TrackTabs]) -> dict[str, Any]:
    wanted = filters.model_dump()
    sets = {
        one.value: selectors.track_list(request.actor, status=[one.value], **wanted) for one in TrackState
    }
    for kind in ("stalled", "returned", "refused", "damaged", "lost"):
        sets[f"trouble:{kind}"] = selectors.track_list(request.actor, trouble=[kind], **wanted)
    sets["troubled"] = selectors.track_list(request.actor, is_troubled=True, **wanted)
    sets["late"] = selectors.track_list(request.actor, is_late=True, **wanted)
    return {"counts": capped_counts(sets)}


class CarrierCountsOut(Schema):
    id: int
    code: str
    name: str
    shipped: int
    delivered: int
    on_time: int
    late: int
    troubled: int


class CarriersCountsOut(Schema):
    carriers: list[CarrierCountsOut]


@router.get(
    "/tracks/by-carrier",
    permission="shipping.parcel.view",
    response=CarriersCountsOut,
    summary="Parcels of the last 30 days by carrier",
)
def tracks_by_carrier(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    return {"carriers": track_day_counts(request.actor, warehouse_id=warehouse_id)}


class TrackFactsOut(Schema):
    status: str
    status_at: datetime
    last_event_at: datetime | None
    event_count: int
    attempts: int
    handed_over_at: datetime | None
    picked_up_at: datetime | None
    out_for_delivery_at: datetime | None
    delivered_at: datetime | None
    returned_at: datetime | None
    promised_at: datetime | None
    expected_at: datetime | None
    stall_at: datetime | None
    lost_at: datetime | None
    trouble: str
    trouble_at: datetime | None
    trouble_words: str
    is_subscribed: bool
    pull_at: datetime | None


class TrackScanOut(Schema):
    id: int
    at: datetime
    status: str
    raw_code: str
    text: str
    place: str
    source: str
    received_at: datetime


class CarrierErrandOut(Schema):
    id: int
    kind: str
    state: str
    reason: str
    error: str
    attempts: int
    created_by: str
    created_at: datetime
    done_at: datetime | None


class TrackTimelineOut(Schema):
    waybill_id: int
    number: str
    reference: str
    waybill_state: str
    carrier: Ref
    service_code: str
    service_name: str
    track: TrackFactsOut | None
    events: list[TrackScanOut]
    errands: list[CarrierErrandOut]


def _timeline(request: ApiRequest, waybill_id: int) -> dict[str, Any]:
    view = selectors.track_view(request.actor, waybill_id)
    if view is None:
        raise ShippingRecordMissing(_now("There is no waybill with the id %(id)s.") % {"id": waybill_id})
    if view["track"]:
        view["track"]["trouble_words"] = why_words(view["track"]["trouble"], view["track"]["trouble_why"])
    return view


@router.get(
    "/waybills/{waybill_id}/track",
    permission="shipping.parcel.view",
    response=TrackTimelineOut,
    summary="A parcel's way: scans, milestones, trouble, what the carrier was told",
)
def waybill_track(request: ApiRequest, waybill_id: int) -> dict[str, Any]:
    return _timeline(request, waybill_id)


@router.post(
    "/waybills/{waybill_id}/track/refresh",
    permission="shipping.parcel.refresh",
    response=TrackTimelineOut,
    summary="Ask the carrier now (at most every ten minutes for one parcel)",
)
def waybill_track_refresh(request: ApiRequest, waybill_id: int) -> dict[str, Any]:
    _timeline(request, waybill_id)
    track_refresh(waybill_id=waybill_id)
    return _timeline(request, waybill_id)


class InterceptIn(InputSchema):
    reason: str = Field(min_length=1, max_length=200)


@router.post(
    "/waybills/{waybill_id}/intercept",
    permission="shipping.parcel.intercept",
    response=TrackTimelineOut,
    summary="Ask the carrier to stop a parcel and bring it back",
)
def waybill_intercept_post(request: ApiRequest, waybill_id: int, payload: InterceptIn) -> dict[str, Any]:
    waybill_intercept(waybill_id=waybill_id, reason=payload.reason)
    return _timeline(request, waybill_id)


# ---------------------------------------------------------------- lanes


class LaneOut(Schema):
    """Minutes from handover to the door; shares are of ``shipped`` (``on_time`` of ``promised``)."""

    id: int
    kind: str
    service: Ref
    warehouse: Ref | None
    region_prefix: str
    samples: int
    p50_min: int
    p80_min: int
    p95_min: int
    p99_min: int
    shipped: int
    promised: int
    on_time: int
    lost: int
    damaged: int
    returned: int
    measured_at: datetime


class LaneFilters(Schema):
    service_id: Id | None = None
    warehouse_id: Id | None = None
    kind: str = Field("lead", max_length=24, description="lead, or gap:<status>")


LANES = ListDefinition(
    name="lanes",
    title="What lanes take",
    filters=LaneFilters,
    row=LaneOut,
    columns=(
        Column("service.code", _("Service")),
        Column("warehouse.code", _("Warehouse")),
        Column("region_prefix", _("Region")),
        Column("samples", _("Samples")),
        Column("p50_min", _("P50 (min)")),
        Column("p80_min", _("P80 (min)")),
        Column("p95_min", _("P95 (min)")),
        Column("shipped", _("Shipped")),
        Column("promised", _("Promised")),
        Column("on_time", _("On time")),
        Column("lost", _("Lost")),
        Column("damaged", _("Damaged")),
        Column("returned", _("Returned")),
    ),
    sorts={"id": "id", "samples": "samples", "p80": "p80_min"},
    default_sort="-samples",
    query=lambda actor, filters: selectors.lane_list(actor, **filters.model_dump()),
)
router.list("/lanes", LANES, permission="shipping.parcel.view")


class LanesMeasuredOut(Schema):
    lanes: int


@router.post(
    "/lanes/measure",
    permission="shipping.policy.manage",
    response=LanesMeasuredOut,
    summary="Learn all lanes anew now (it is done every night)",
)
def lanes_measure_post(request: ApiRequest) -> dict[str, int]:
    return {"lanes": lanes_measure()}


# ---------------------------------------------------------------- thresholds


class TrackPolicyOut(Schema):
    id: int
    service_id: int | None
    stall_percent: int
    stall_least_hours: int
    stall_most_hours: int
    lost_days: int


class TrackPoliciesOut(Schema):
    policies: list[TrackPolicyOut]


class TrackPolicyIn(InputSchema):
    service_id: Id | None = Field(None, description="null: for all services without a row of their own")
    stall_percent: Annotated[int, Field(ge=100, le=1000)] = 150
    stall_least_hours: Annotated[int, Field(ge=1, le=720)] = 24
    stall_most_hours: Annotated[int, Field(ge=1, le=2000)] = 120
    lost_days: Annotated[int, Field(ge=1, le=90)] = 10


@router.get(
    "/track-policies",
    permission="shipping.policy.view",
    response=TrackPoliciesOut,
    summary="When silence is trouble",
)
def track_policies(request: ApiRequest) -> dict[str, Any]:
    return {"policies": selectors.track_policy_rows()}


@router.put(
    "/track-policies",
    permission="shipping.policy.manage",
    response=Created,
    summary="Set when parcels of a service (or of all others) count as stalled and lost",
)
def track_policy_put(request: ApiRequest, payload: TrackPolicyIn) -> Created:
    return Created(id=track_policy_save(**payload.model_dump()))


@router.delete(
    "/track-policies/{policy_id}", permission="shipping.policy.manage", summary="Remove thresholds"
)
def track_policy_remove(request: ApiRequest, policy_id: int) -> None:
    track_policy_delete(policy_id=policy_id)
