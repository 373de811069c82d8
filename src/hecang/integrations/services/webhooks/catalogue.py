"""The public event types: which fact of the outbox becomes which message. ``docs/reference/webhooks.md`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_noop

from hecang.integrations.selectors.webhook_data import (
    Found,
    fulfilments_data,
    orders_data,
    parcels_data,
    stock_data,
    tickets_data,
)
from hecang.integrations.services.webhooks.payloads import (
    FulfilmentData,
    OrderData,
    ParcelData,
    StockData,
    TicketData,
)
from hecang.inventory.events import StockRaised
from hecang.kernel.api import Schema
from hecang.kernel.outbox import Event
from hecang.orders.events import (
    BackordersFilled,
    OrderLinesChanged,
    OrdersApproved,
    OrdersCancelled,
    OrdersResumed,
    OrdersStopped,
)
from hecang.outbound.events import FulfilmentsCancelled, FulfilmentsCreated, ParcelsLabelled, ParcelsShipped
from hecang.shipping.events import ParcelTracked, ParcelTroubled
from hecang.tickets.events import TicketsEscalated, TicketsOpened, TicketsResolved

Build = Callable[[Sequence[Any]], Found]


@dataclass(frozen=True, slots=True)
class EventType:
    """One public type.

    :param code: what receivers see as ``type``.
    :param title: English source string.
    :param event: the fact behind it.
    :param schema: of ``data``.
    :param build: what is told of a run of such facts: one message for each thing.
    """

    code: str
    title: str
    event: type[Event]
    schema: type[Schema]
    build: Build


def _orders(events: Sequence[Any]) -> Found:
    return orders_data({order_id for event in events for order_id in event.order_ids})


def _parcels(events: Sequence[Any]) -> Found:
    return parcels_data(parcel_ids={parcel_id for event in events for parcel_id in event.parcel_ids})


def _fulfilments(events: Sequence[Any]) -> Found:
    return fulfilments_data({one for event in events for one in event.fulfilment_ids})


def _tickets(events: Sequence[Any]) -> Found:
    return tickets_data({ticket_id for event in events for ticket_id in event.ticket_ids})


def _stock(events: Sequence[StockRaised]) -> Found:
    return stock_data({(key[0], key[1], key[2]) for event in events for key in event.keys})


class ParcelTrackedData(ParcelData):
    status: str
    previous: str
    at: str


class ParcelTroubledData(ParcelData):
    trouble: str
    since: str


def _tracked(events: Sequence[ParcelTracked]) -> Found:
    found = {
        data["number"]: (data, shop) for data, shop in parcels_data(numbers=[e.reference for e in events])
    }
    return [
        (
            {**found[one.reference][0], "status": one.status, "previous": one.previous, "at": one.at},
            found[one.reference][1],
        )
        for one in events
        if one.reference in found
    ]


def _troubled(events: Sequence[ParcelTroubled]) -> Found:
    found = {
        data["number"]: (data, shop) for data, shop in parcels_data(numbers=[e.reference for e in events])
    }
    return [
        ({**found[one.reference][0], "trouble": one.kind, "since": one.since}, found[one.reference][1])
        for one in events
        if one.reference in found
    ]


TYPES: Final[dict[str, EventType]] = {
    one.code: one
    for one in (
        EventType("order.approved", gettext_noop("An order may be shipped"), OrdersApproved, OrderData, _orders),
        EventType("order.held", gettext_noop("An approved order was stopped"), OrdersStopped, OrderData, _orders),
        EventType("order.resumed", gettext_noop("A stopped order goes on"), OrdersResumed, OrderData, _orders),
        EventType("order.changed", gettext_noop("Lines of an order changed"), OrderLinesChanged, OrderData, _orders),
        EventType("order.filled", gettext_noop("Units that were short are reserved"), BackordersFilled, OrderData, _orders),
        EventType("order.cancelled", gettext_noop("An order was cancelled"), OrdersCancelled, OrderData, _orders),
        EventType("fulfilment.created", gettext_noop("A warehouse got an order to ship"), FulfilmentsCreated, FulfilmentData, _fulfilments),
        EventType("fulfilment.cancelled", gettext_noop("A warehouse ships nothing of it after all"), FulfilmentsCancelled, FulfilmentData, _fulfilments),
        EventType("parcel.labelled", gettext_noop("A parcel has a waybill"), ParcelsLabelled, ParcelData, _parcels),
        EventType("parcel.shipped", gettext_noop("A parcel was handed over to its carrier"), ParcelsShipped, ParcelData, _parcels),
        EventType("parcel.tracked", gettext_noop("A parcel moved on"), ParcelTracked, ParcelTrackedData, _tracked),
        EventType("parcel.troubled", gettext_noop("Something is wrong with a parcel on its way"), ParcelTroubled, ParcelTroubledData, _troubled),
        EventType("stock.raised", gettext_noop("More of a product can be promised"), StockRaised, StockData, _stock),
        EventType("ticket.opened", gettext_noop("A ticket was opened"), TicketsOpened, TicketData, _tickets),
        EventType("ticket.escalated", gettext_noop("A ticket is overdue"), TicketsEscalated, TicketData, _tickets),
        EventType("ticket.resolved", gettext_noop("A ticket was resolved"), TicketsResolved, TicketData, _tickets),
    )
}  # fmt: skip
#: Sent by the test button only.
TEST: Final = "webhook.test"


def types_described() -> list[dict[str, Any]]:
    """The public event types with the schema of their data, in the language at hand."""
    return [
        {
            "type": one.code,
            "title": translation.gettext(one.title),
            "data_schema": one.schema.model_json_schema(),
        }
        for one in TYPES.values()
    ]
