"""What outbound does when orders or carriers tell something. Each consumer sees its events in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from hecang.kernel.outbox import subscribe
from hecang.orders.events import (
    BackordersFilled,
    OrderLinesChanged,
    OrderRecipientChanged,
    OrdersApproved,
    OrdersCancelRequested,
    OrdersResourced,
    OrdersResumed,
    OrdersStopped,
    ReservationsShorted,
)
from hecang.outbound.events import ParcelsShipped, WaveReleased
from hecang.outbound.models import Fulfilment, FulfilmentLine
from hecang.outbound.services.cancelling import fulfilments_pull
from hecang.outbound.services.fulfilments import fulfilments_readdress, fulfilments_stop, fulfilments_sync
from hecang.outbound.services.handover import parcels_ship
from hecang.outbound.services.labelling import parcels_attach
from hecang.outbound.services.promises import orders_expect_outside, promises_open, waybills_delivered
from hecang.outbound.services.troubles import troubles_ticket
from hecang.shipping.events import ManifestClosed, ParcelTracked, ParcelTroubled, WaybillsOrdered

FULFILMENTS = "outbound.fulfilments"
HANDOVER = "outbound.handover"
PROMISES = "outbound.promises"
#: What shipping calls the end of a parcel's way.
DELIVERED = "delivered"
LABELS = "outbound.labels"
TROUBLES = "outbound.troubles"


def orders_moved(
    events: Sequence[OrdersApproved | OrdersResumed | BackordersFilled | OrderLinesChanged | OrdersResourced],
) -> None:
    """Reserved units are to be shipped: make, top up or trim fulfilments."""
    fulfilments_sync(order_ids=_orders(events))


subscribe(OrdersApproved, consumer=FULFILMENTS)(orders_moved)
subscribe(OrdersResumed, consumer=FULFILMENTS)(orders_moved)
subscribe(BackordersFilled, consumer=FULFILMENTS)(orders_moved)
subscribe(OrderLinesChanged, consumer=FULFILMENTS)(orders_moved)
subscribe(OrdersResourced, consumer=FULFILMENTS)(orders_moved)


@subscribe(OrdersStopped, consumer=FULFILMENTS)
def orders_stopped(events: Sequence[OrdersStopped]) -> None:
    """A hold stands: nothing more of these orders is released, packed or handed over."""
    fulfilments_stop(order_ids=_orders(events))


@subscribe(OrdersCancelRequested, consumer=FULFILMENTS)
def orders_cancel_requested(events: Sequence[OrdersCancelRequested]) -> None:
    """Somebody wants these orders cancelled: take back what has not left, and answer."""
    fulfilments_pull(order_ids=_orders(events))


@subscribe(ReservationsShorted, consumer=FULFILMENTS)
def reservations_shorted(events: Sequence[ReservationsShorted]) -> None:
    """Goods went away under promises: fulfilments that wait for a wave shrink."""
    line_ids = {line_id for event in events for line_id in event.line_ids}
    fulfilments_sync(
        order_ids=FulfilmentLine.objects.filter(order_line_id__in=line_ids)
        .values_list("fulfilment__order_id", flat=True)
        .distinct()
    )


@subscribe(OrderRecipientChanged, consumer=FULFILMENTS)
def recipient_changed(events: Sequence[OrderRecipientChanged]) -> None:
    """The address changed: other service, new label."""
    fulfilments_readdress(order_ids=_orders(events))


@subscribe(ManifestClosed, consumer=HANDOVER)
def manifest_closed(events: Sequence[ManifestClosed]) -> None:
    """A carrier has taken parcels: ship their stock (nothing is left to do after ``manifest_hand_over``)."""
    parcels_ship(waybill_ids=sorted({waybill_id for event in events for waybill_id in event.waybill_ids}))


@subscribe(WaybillsOrdered, consumer=LABELS)
def waybills_ordered(events: Sequence[WaybillsOrdered]) -> None:
    """Carriers' systems gave numbers (perhaps long after the parcel was sealed): parcels get their labels."""
    parcels_attach(references=sorted({reference for event in events for reference in event.references}))


@subscribe(ParcelTroubled, consumer=TROUBLES)
def parcels_troubled(events: Sequence[ParcelTroubled]) -> None:
    """Something is wrong with parcels on their way: people are told by tickets."""
    troubles_ticket(troubles=[(event.waybill_id, event.kind) for event in events])


@subscribe(WaveReleased, consumer=PROMISES)
def wave_released(events: Sequence[WaveReleased]) -> None:
    """Orders are on the floor: they leave with the next carrier."""
    waves = {event.wave_id for event in events}
    orders_expect_outside(
        order_ids=list(
            Fulfilment.objects.filter(wave_id__in=waves).values_list("order_id", flat=True).distinct()
        )
    )


@subscribe(ParcelsShipped, consumer=PROMISES)
def parcels_shipped(events: Sequence[ParcelsShipped]) -> None:
    """Parcels are on their way: their promises are measured from now on."""
    order_ids = _orders(events)
    promises_open(order_ids=order_ids)
    orders_expect_outside(order_ids=order_ids)


@subscribe(ParcelTracked, consumer=PROMISES)
def parcel_tracked(events: Sequence[ParcelTracked]) -> None:
    """Parcels have arrived: their promises were kept, or not."""
    delivered = {
        event.waybill_id: datetime.fromisoformat(event.at) for event in events if event.status == DELIVERED
    }
    if order_ids := waybills_delivered(delivered=delivered):
        orders_expect_outside(order_ids=order_ids)


class _AboutOrders(Protocol):
    """An event that names orders."""

    @property
    def order_ids(self) -> tuple[int, ...]: ...


def _orders(events: Iterable[_AboutOrders]) -> list[int]:
    return sorted({order_id for event in events for order_id in event.order_ids})
