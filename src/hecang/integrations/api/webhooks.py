"""Webhooks out: endpoints, secrets, deliveries, replays."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.models import WebhookDelivery
from hecang.integrations.selectors import webhooks as rows
from hecang.integrations.services.webhooks import endpoints
from hecang.integrations.services.webhooks.catalogue import types_described
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Schema,
)

VIEW = "integrations.webhook.view"
MANAGE = "integrations.webhook.manage"
EventType = Annotated[str, Field(max_length=48)]
EventTypes = Annotated[list[EventType], Field(max_length=100)]
Url = Annotated[str, Field(min_length=1, max_length=500)]
EndpointName = Annotated[str, Field(min_length=1, max_length=64)]


class EndpointOut(Schema):
    id: int
    name: str
    url: str
    event_types: list[str] = Field(description="empty: all")
    shop_ids: list[int] | None
    old_secret_until: Moment | None
    is_active: bool
    disabled_reason: str
    disabled_at: Moment | None
    failing_since: Moment | None
    last_success_at: Moment | None
    last_error: str
    created_by: str
    created_at: Moment
    #: of the last 24 hours
    tries: int
    success_percent: float | None
    median_ms: int | None
    p95_ms: int | None
    waiting: int
    dead: int


class EndpointFilters(Schema):
    active: bool | None = None


class EndpointIn(InputSchema):
    name: EndpointName
    url: Url
    event_types: EventTypes = Field(default_factory=list)
    shop_ids: Annotated[list[Id], Field(max_length=1000)] | None = None


class EndpointChange(InputSchema):
    name: EndpointName | None = None
    url: Url | None = None
    event_types: EventTypes | None = None
    shop_ids: Annotated[list[Id], Field(max_length=1000)] | None = None
    is_active: bool | None = None


class EndpointCreated(Schema):
    id: int
    secret: str = Field(description="shown this once")


class RotateIn(InputSchema):
    overlap_hours: Annotated[int, Field(ge=0, le=720)] = endpoints.OVERLAP_HOURS


class SecretOut(Schema):
    secret: str = Field(description="shown this once")


class ReplayIn(InputSchema):
    since: Moment | None = None
    from_message: Annotated[str, Field(max_length=40)] = ""


class MessageCount(Schema):
    count: int


class Created(Schema):
    id: int


class EventTypeOut(Schema):
    type: str
    title: str
    data_schema: dict[str, Any]


class EventTypesOut(Schema):
    items: list[EventTypeOut]


ENDPOINTS = ListDefinition(
    name="webhook_endpoints",
    title="Webhook endpoints",
    filters=EndpointFilters,
    row=EndpointOut,
    columns=(
        Column("name", _("Name")),
        Column("url", _("Address")),
        Column("is_active", _("Active")),
        Column("success_percent", _("Success %")),
        Column("last_error", _("Last error")),
    ),
    sorts={"name": "name", "id": "id"},
    default_sort="name",
    query=lambda actor, filters: rows.endpoint_rows(actor, active=filters.active),
    enrich=lambda _actor, found: rows.endpoint_enrich(found),
)


@router.get(
    "/webhooks/event-types", permission=VIEW, response=EventTypesOut, summary="What webhooks can tell of"
)
def webhook_event_types(request: ApiRequest) -> dict[str, Any]:
    return {"items": types_described()}


router.list("/webhooks/endpoints", ENDPOINTS, permission=VIEW)


@router.post(
    "/webhooks/endpoints", permission=MANAGE, response=EndpointCreated, status=201, summary="Make an endpoint"
)
def webhook_endpoint_post(request: ApiRequest, payload: EndpointIn) -> EndpointCreated:
    endpoint_id, secret = endpoints.endpoint_create(**payload.model_dump())
    return EndpointCreated(id=endpoint_id, secret=secret)


@router.patch("/webhooks/endpoints/{endpoint_id}", permission=MANAGE, summary="Change an endpoint")
def webhook_endpoint_patch(request: ApiRequest, endpoint_id: int, payload: EndpointChange) -> None:
    endpoints.endpoint_change(endpoint_id=endpoint_id, changes=payload.model_dump(exclude_unset=True))


@router.delete(
    "/webhooks/endpoints/{endpoint_id}", permission=MANAGE, summary="Remove an endpoint with its log"
)
def webhook_endpoint_delete(request: ApiRequest, endpoint_id: int) -> None:
    endpoints.endpoint_delete(endpoint_id=endpoint_id)


@router.post(
    "/webhooks/endpoints/{endpoint_id}/secret",
    permission=MANAGE,
    response=SecretOut,
    summary="Make a new secret; the old one signs too for a while",
)
def webhook_secret_post(request: ApiRequest, endpoint_id: int, payload: RotateIn) -> SecretOut:
    secret = endpoints.secret_rotate(endpoint_id=endpoint_id, overlap_hours=payload.overlap_hours)
    return SecretOut(secret=secret)


@router.post(
    "/webhooks/endpoints/{endpoint_id}/test",
    permission=MANAGE,
    response=Created,
    summary="Send a test message",
)
def webhook_test_post(request: ApiRequest, endpoint_id: int) -> Created:
    return Created(id=endpoints.endpoint_test(endpoint_id=endpoint_id))


@router.post(
    "/webhooks/endpoints/{endpoint_id}/replay",
    permission=MANAGE,
    response=MessageCount,
    summary="Send everything again from a moment or a message on",
)
def webhook_replay_post(request: ApiRequest, endpoint_id: int, payload: ReplayIn) -> MessageCount:
    return MessageCount(
        count=endpoints.endpoint_replay(
            endpoint_id=endpoint_id, since=payload.since, from_message=payload.from_message
        )
    )


# ---------------------------------------------------------------- deliveries


class EndpointRef(Schema):
    id: int
    name: str


class WebhookDeliveryOut(Schema):
    id: int
    key: str = Field(description="webhook-id")
    type: str
    endpoint: EndpointRef
    state: str
    attempts: int
    replay: int
    due_at: Moment
    delivered_at: Moment | None
    last_status: int | None
    last_error: str
    created_at: Moment


class TryOut(Schema):
    id: int
    at: Moment
    status: int | None
    ms: int
    error: str
    answer: str


class WebhookDeliveryDetail(WebhookDeliveryOut):
    body: dict[str, Any]
    tries: list[TryOut]


class WebhookDeliveryFilters(Schema):
    endpoint: Id | None = None
    state: WebhookDelivery.State | None = None
    type: str | None = Field(None, max_length=48)


class DeliveryCountFilters(Schema):
    endpoint: Id | None = None


class ResendIn(InputSchema):
    ids: Ids


WEBHOOK_DELIVERIES = ListDefinition(
    name="webhook_deliveries",
    title="Webhook deliveries",
    filters=WebhookDeliveryFilters,
    row=WebhookDeliveryOut,
    columns=(
        Column("created_at", _("Time")),
        Column("key", _("Message")),
        Column("type", _("Type")),
        Column("endpoint.name", _("Endpoint")),
        Column("state", _("State")),
        Column("attempts", _("Tries")),
        Column("last_status", _("Last answer")),
        Column("last_error", _("Last error")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda actor, filters: rows.delivery_rows(
        actor, endpoint_id=filters.endpoint, state=filters.state, event_type=filters.type
    ),
    enrich=lambda _actor, found: rows.delivery_flat(found),
)


@router.get(
    "/webhooks/deliveries/counts", permission=VIEW, response=CountsOut, summary="Deliveries on each tab"
)
def webhook_deliveries_counts(request: ApiRequest, filters: Query[DeliveryCountFilters]) -> dict[str, Any]:
    return {"counts": rows.delivery_counts(request.actor, filters.endpoint)}


router.list("/webhooks/deliveries", WEBHOOK_DELIVERIES, permission=VIEW)


@router.get(
    "/webhooks/deliveries/{delivery_id}",
    permission=VIEW,
    response=WebhookDeliveryDetail,
    summary="One delivery with every try",
)
def webhook_delivery_get(request: ApiRequest, delivery_id: int) -> dict[str, Any]:
    return rows.delivery_detail(request.actor, delivery_id)


@router.post(
    "/webhooks/deliveries/resend",
    permission=MANAGE,
    response=MessageCount,
    summary="Try given-up deliveries again",
)
def webhook_deliveries_resend(request: ApiRequest, payload: ResendIn) -> MessageCount:
    return MessageCount(count=endpoints.deliveries_resend(delivery_ids=payload.ids))
