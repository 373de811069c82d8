"""Thresholds, and the inbox of alerts with what can be done about them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.models import AlertKind, Threshold
from hecang.stockkeeping.selectors.alerts import alert_counts, alert_enrich, alert_rows, threshold_rows
from hecang.stockkeeping.services import alert_actions
from hecang.stockkeeping.services.alerts import (
    alerts_done,
    alerts_refresh,
    alerts_reopen,
    alerts_snooze,
)
from hecang.stockkeeping.services.thresholds import (
    ThresholdIn,
    thresholds_change,
    thresholds_delete,
    thresholds_save,
)

VIEW, CHANGE = "stockkeeping.alert.view", "stockkeeping.alert.change"
THRESHOLD_VIEW, THRESHOLD_CHANGE = "stockkeeping.threshold.view", "stockkeeping.threshold.change"
Units = Annotated[int, Field(ge=0, le=1_000_000_000)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Note = Annotated[str, Field(max_length=500)]


class AlertLot(Schema):
    id: int
    code: str
    expires_on: date | None = None


class AlertOut(Schema):
    id: int
    kind: str
    state: str
    warehouse: Ref
    sku: Ref
    owner: Ref
    lot: AlertLot | None
    quantity: int
    threshold: int
    days: int | None = Field(description="left to sell, or since a unit went out")
    expected: int
    value: Decimal | None
    currency: str = Field(description="the company's")
    advised_discount: int | None
    note: str
    action: str
    document_kind: str
    document_id: int | None
    document_number: str
    snoozed_until: Moment | None
    first_seen_at: Moment
    last_seen_at: Moment
    done_by: str
    done_at: Moment | None
    gone_at: Moment | None


class AlertFilters(Schema):
    tab: Literal["open", "snoozed", "done", "gone"] | None = None
    kind: list[AlertKind] = Field(default_factory=list, max_length=7)
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None
    q: str = Field("", max_length=64, description="a product, or the beginning of a lot")


ALERTS = ListDefinition(
    name="stock_alerts",
    title="Stock alerts",
    filters=AlertFilters,
    row=AlertOut,
    columns=(
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("lot.code", _("Lot")),
        Column("lot.expires_on", _("Expires on")),
        Column("quantity", _("Quantity")),
        Column("threshold", _("Threshold")),
        Column("days", _("Days")),
        Column("expected", _("Expected")),
        Column("value", _("Value")),
        Column("currency", _("Currency")),
        Column("advised_discount", _("Advised discount")),
        Column("action", _("Action")),
        Column("document_number", _("Document")),
        Column("first_seen_at", _("Since")),
    ),
    sorts={"id": "id", "quantity": "quantity", "days": "days", "value": "value", "since": "first_seen_at"},
    default_sort="-id",
    query=lambda actor, filters: alert_rows(actor, **filters.model_dump()),
    enrich=lambda _actor, rows: alert_enrich(rows),
)


@router.get(
    "/stock-alerts/counts", permission=VIEW, response=CountsOut, summary="Alerts on each tab and of each kind"
)
def alerts_counts(request: ApiRequest, warehouse: Id | None = None) -> dict[str, Any]:
    return {"counts": alert_counts(request.actor, warehouse)}


router.list("/stock-alerts", ALERTS, permission=VIEW)


class AlertsIn(InputSchema):
    ids: Ids
    note: Note = ""


class SnoozeIn(AlertsIn):
    until: Moment


class AlertsOut(Schema):
    count: int


@router.post(
    "/stock-alerts/snooze", permission=CHANGE, response=AlertsOut, summary="Do not show these until then"
)
def alerts_snooze_post(request: ApiRequest, payload: SnoozeIn) -> AlertsOut:
    return AlertsOut(count=alerts_snooze(alert_ids=payload.ids, until=payload.until, note=payload.note))


@router.post(
    "/stock-alerts/done", permission=CHANGE, response=AlertsOut, summary="Somebody has looked at these"
)
def alerts_done_post(request: ApiRequest, payload: AlertsIn) -> AlertsOut:
    return AlertsOut(count=alerts_done(alert_ids=payload.ids, note=payload.note))


@router.post("/stock-alerts/reopen", permission=CHANGE, response=AlertsOut, summary="Show these again")
def alerts_reopen_post(request: ApiRequest, payload: AlertsIn) -> AlertsOut:
    return AlertsOut(count=alerts_reopen(alert_ids=payload.ids))


class AlertsRefreshed(Schema):
    opened: int
    gone: int


@router.post(
    "/stock-alerts/refresh", permission=CHANGE, response=AlertsRefreshed, summary="Look at all stock now"
)
def alerts_refresh_post(request: ApiRequest) -> AlertsRefreshed:
    opened, gone = alerts_refresh()
    return AlertsRefreshed(opened=opened, gone=gone)


class AnswerIn(InputSchema):
    note: Note = ""
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    other_warehouse_id: Id | None = None
    discount: Annotated[int, Field(ge=1, le=95)] | None = None


class AnswerOut(Schema):
    document_kind: str
    document_id: int


@router.post(
    "/stock-alerts/{alert_id}/purchase",
    permission=CHANGE,
    response=AnswerOut,
    summary="Ask purchasing for goods",
)
def alert_purchase_post(request: ApiRequest, alert_id: int, payload: AnswerIn) -> AnswerOut:
    key = alert_actions.alert_purchase(alert_id=alert_id, quantity=payload.quantity, note=payload.note)
    return AnswerOut(document_kind="purchase_request", document_id=key)


@router.post(
    "/stock-alerts/{alert_id}/transfer", permission=CHANGE, response=AnswerOut, summary="Ask for a transfer"
)
def alert_transfer_post(request: ApiRequest, alert_id: int, payload: AnswerIn) -> AnswerOut:
    key = alert_actions.alert_transfer(
        alert_id=alert_id,
        other_warehouse_id=payload.other_warehouse_id,
        quantity=payload.quantity,
        note=payload.note,
    )
    return AnswerOut(document_kind="transfer", document_id=key)


@router.post(
    "/stock-alerts/{alert_id}/hold", permission=CHANGE, response=AnswerOut, summary="Stop selling the goods"
)
def alert_hold_post(request: ApiRequest, alert_id: int, payload: AnswerIn) -> AnswerOut:
    return AnswerOut(
        document_kind="stock_hold", document_id=alert_actions.alert_hold(alert_id=alert_id, note=payload.note)
    )


@router.post(
    "/stock-alerts/{alert_id}/promote", permission=CHANGE, response=AnswerOut, summary="Propose a promotion"
)
def alert_promote_post(request: ApiRequest, alert_id: int, payload: AnswerIn) -> AnswerOut:
    key = alert_actions.alert_promote(alert_id=alert_id, discount=payload.discount, note=payload.note)
    return AnswerOut(document_kind="ticket", document_id=key)


@router.post(
    "/stock-alerts/{alert_id}/count", permission=CHANGE, response=AnswerOut, summary="Have the places counted"
)
def alert_count_post(request: ApiRequest, alert_id: int, payload: AnswerIn) -> AnswerOut:
    return AnswerOut(
        document_kind="count", document_id=alert_actions.alert_count(alert_id=alert_id, note=payload.note)
    )


# ---------------------------------------------------------------- thresholds


class ThresholdOut(Schema):
    id: int
    warehouse: Ref
    sku: Ref | None = Field(description="null: what holds for all that have none")
    owner: Ref | None
    safety_stock: int | None
    reorder_point: int | None
    max_stock: int | None
    expiry_warning_days: int | None
    slow_days: int | None
    source: str
    updated_by: str
    updated_at: Moment


class ThresholdFilters(Schema):
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None
    source: list[Threshold.Source] = Field(default_factory=list, max_length=3)
    q: str = Field("", max_length=64, description="a product")


THRESHOLDS = ListDefinition(
    name="thresholds",
    title="Thresholds",
    filters=ThresholdFilters,
    row=ThresholdOut,
    columns=(
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("safety_stock", _("Safety stock")),
        Column("reorder_point", _("Reorder point")),
        Column("max_stock", _("Maximum")),
        Column("expiry_warning_days", _("Expiry warning (days)")),
        Column("slow_days", _("Slow after (days)")),
        Column("source", _("Source")),
        Column("updated_at", _("Changed")),
    ),
    sorts={"id": "id", "sku": "sku__code", "updated_at": "updated_at"},
    default_sort="-id",
    query=lambda actor, filters: threshold_rows(actor, **filters.model_dump()),
)
router.list("/thresholds", THRESHOLDS, permission=THRESHOLD_VIEW)


class ThresholdRowIn(InputSchema):
    warehouse_id: Id
    sku_id: Id | None = None
    owner_id: Id | None = None
    safety_stock: Units | None = None
    reorder_point: Units | None = None
    max_stock: Units | None = None
    expiry_warning_days: Days | None = None
    slow_days: Days | None = None


class ThresholdsIn(InputSchema):
    thresholds: list[ThresholdRowIn] = Field(min_length=1, max_length=1000)


class ThresholdsSaved(Schema):
    ids: list[int]


@router.put("/thresholds", permission=THRESHOLD_CHANGE, response=ThresholdsSaved, summary="Set thresholds")
def thresholds_put(request: ApiRequest, payload: ThresholdsIn) -> ThresholdsSaved:
    return ThresholdsSaved(
        ids=thresholds_save(thresholds=[ThresholdIn(**one.model_dump()) for one in payload.thresholds])
    )


class ThresholdsChangeIn(InputSchema):
    """Only what is named changes; null takes a figure back."""

    ids: Ids
    safety_stock: Units | None = None
    reorder_point: Units | None = None
    max_stock: Units | None = None
    expiry_warning_days: Days | None = None
    slow_days: Days | None = None


@router.post(
    "/thresholds/change",
    permission=THRESHOLD_CHANGE,
    response=AlertsOut,
    summary="Set some figures of many thresholds",
)
def thresholds_change_post(request: ApiRequest, payload: ThresholdsChangeIn) -> AlertsOut:
    changes = payload.model_dump(exclude_unset=True, exclude={"ids"})
    return AlertsOut(count=thresholds_change(threshold_ids=payload.ids, changes=changes))


@router.post(
    "/thresholds/delete", permission=THRESHOLD_CHANGE, response=AlertsOut, summary="Take thresholds back"
)
def thresholds_delete_post(request: ApiRequest, payload: AlertsIn) -> AlertsOut:
    return AlertsOut(count=thresholds_delete(threshold_ids=payload.ids))
