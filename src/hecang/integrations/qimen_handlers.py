"""What becomes a message to an ERP that we are the warehouse of, or to a warehouse that we are the ERP of."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.integrations.services.qimen import outside, telling
from hecang.kernel.outbox import subscribe
from hecang.orders.events import OrdersCancelled
from hecang.outbound.events import (
    BatchesPicked,
    FulfilmentsCancelled,
    FulfilmentsCreated,
    ParcelsLabelled,
    ParcelsShipped,
    PicksShort,
)

CONSUMER = "integrations.qimen"


@subscribe(FulfilmentsCreated, consumer=CONSUMER)
def fulfilments_created(events: Sequence[FulfilmentsCreated]) -> None:
    """A warehouse has got work: the order is accepted, or ordered from who runs that warehouse."""
    keys = {key for event in events for key in event.fulfilment_ids}
    telling.fulfilments_tell(fulfilment_ids=keys)
    outside.fulfilments_order(fulfilment_ids=keys)


@subscribe(FulfilmentsCancelled, consumer=CONSUMER)
def fulfilments_cancelled(events: Sequence[FulfilmentsCancelled]) -> None:
    """Nothing of them is to leave: whoever runs the warehouse hears of it."""
    outside.fulfilments_unorder(fulfilment_ids={key for event in events for key in event.fulfilment_ids})


@subscribe(BatchesPicked, consumer=CONSUMER)
def batches_picked(events: Sequence[BatchesPicked]) -> None:
    """Goods are in staging."""
    telling.batches_tell(batch_ids={key for event in events for key in event.batch_ids})


@subscribe(PicksShort, consumer=CONSUMER)
def picks_short(events: Sequence[PicksShort]) -> None:
    """Goods were not there."""
    telling.shorts_tell(task_ids={key for event in events for key in event.task_ids})


@subscribe(ParcelsLabelled, consumer=CONSUMER)
def parcels_labelled(events: Sequence[ParcelsLabelled]) -> None:
    """Parcels are packed and have a number."""
    telling.parcels_step(parcel_ids={key for event in events for key in event.parcel_ids}, status="PACKAGE")


@subscribe(ParcelsShipped, consumer=CONSUMER)
def parcels_shipped(events: Sequence[ParcelsShipped]) -> None:
    """Parcels have left: each is confirmed."""
    parcels = {key for event in events for key in event.parcel_ids}
    telling.parcels_tell(parcel_ids=parcels)
    telling.parcels_step(parcel_ids=parcels, status="DELIVERED")


@subscribe(OrdersCancelled, consumer=CONSUMER)
def orders_cancelled(events: Sequence[OrdersCancelled]) -> None:
    """Nothing of these orders leaves."""
    telling.orders_tell(order_ids={key for event in events for key in event.order_ids}, status="CANCELED")
