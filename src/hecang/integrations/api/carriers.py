"""Which connection serves which carrier, live rates, and where carriers push scans to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.push import incoming
from hecang.integrations.selectors.carriers import carrier_links
from hecang.integrations.services.carriers import (
    CarrierLinkIn,
    carrier_links_save,
    carrier_push_take,
    carrier_rates,
)
from hecang.kernel.api import PUBLIC, ApiRequest, Id, InputSchema, Schema


class CarrierLinkOut(Schema):
    carrier_id: int
    carrier_code: str
    carrier_name: str
    ships: bool
    tracks: bool
    code: str


class CarrierLinksOut(Schema):
    """``features`` of the connector say which of the two make sense."""

    features: list[str]
    links: list[CarrierLinkOut]


class CarrierLinkPayload(InputSchema):
    carrier_id: Id
    ships: bool = Field(False, description="this connection orders the carrier's waybills")
    tracks: bool = Field(False, description="this connection follows the carrier's parcels")
    code: str = Field("", max_length=40, description="an aggregator's code of the carrier")


class CarrierLinksIn(InputSchema):
    links: Annotated[list[CarrierLinkPayload], Field(max_length=200)]


class CarrierRateAskIn(InputSchema):
    carrier_id: Id
    warehouse_id: Id
    region_code: str = Field(min_length=2, max_length=6, pattern=r"^[0-9]+$")
    weight_g: Annotated[int, Field(ge=1, le=10_000_000)]
    volume_mm3: Annotated[int, Field(ge=0, le=10**13)] = 0


class CarrierRateOfferOut(Schema):
    product: str
    service_code: str | None
    price: Decimal
    currency: str
    delivery_at: datetime | None


class CarrierRateOffersOut(Schema):
    offers: list[CarrierRateOfferOut]


@router.get(
    "/connections/{connection_id}/carriers",
    permission="integrations.connection.view",
    response=CarrierLinksOut,
    summary="Carriers that a connection serves",
)
def connection_carriers(request: ApiRequest, connection_id: int) -> dict[str, Any]:
    return carrier_links(connection_id)


@router.put(
    "/connections/{connection_id}/carriers",
    permission="integrations.connection.change",
    response=CarrierLinksOut,
    summary="Say which carriers a connection serves; what served them before does not any more",
)
def connection_carriers_put(
    request: ApiRequest, connection_id: int, payload: CarrierLinksIn
) -> dict[str, Any]:
    carrier_links_save(
        connection_id=connection_id, links=[CarrierLinkIn(**link.model_dump()) for link in payload.links]
    )
    return carrier_links(connection_id)


@router.post(
    "/carriers/rates",
    permission="shipping.rate.view",
    response=CarrierRateOffersOut,
    summary="Prices and times that a carrier's system offers now",
)
def carrier_rates_post(request: ApiRequest, payload: CarrierRateAskIn) -> dict[str, Any]:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    return {"offers": carrier_rates(**payload.model_dump())}


@router.post(
    "/carriers/{inbox_key}/push",
    permission=PUBLIC,
    summary="Scans that a carrier pushes; answered in the carrier's own words",
    produces=("application/json", "text/xml"),
)
def carrier_push(request: HttpRequest, inbox_key: str) -> HttpResponse:
    reply = carrier_push_take(inbox_key=inbox_key, message=incoming(request))
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
