"""Carriers and packers at the same moment: scans from several ways, numbers ordered twice, parcels opened meanwhile."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import facility, outbound, shipping
from tests.factories.carriers import toy
from tests.factories.threads import race

from hecang.integrations.services.outside import _transport, through
from hecang.kernel.errors import StateConflict
from hecang.kernel.models import OutboxEvent
from hecang.kernel.outbox import drain
from hecang.outbound.models import Parcel
from hecang.outbound.services.labelling import parcels_label
from hecang.outbound.services.sealing import parcel_cancel
from hecang.shipping.carriers.base import TrackEvent, TrackStatus
from hecang.shipping.models import CarrierService, ParcelTrack, Waybill, WaybillOrder
from hecang.shipping.models import TrackEvent as Stored
from hecang.shipping.services import errands_run, track_events_record, waybill_orders_place

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
WAY = [
    TrackStatus.PICKED_UP,
    *[TrackStatus.IN_TRANSIT] * 5,
    TrackStatus.OUT_FOR_DELIVERY,
    TrackStatus.DELIVERED,
]


def test_scans_told_from_many_ways_at_once_are_each_kept_once() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    numbers = [shipping.waybill(warehouse, service).number for _ in range(5)]
    scans = [
        TrackEvent(number, START + timedelta(hours=at), status, str(at))
        for number in numbers
        for at, status in enumerate(WAY)
    ]

    def tell(number: int) -> None:
        mine = scans[:]
        random.Random(number).shuffle(mine)
        for at in range(0, len(mine), 5):
            track_events_record(events=mine[at : at + 5], source="push")

    assert race(tell, threads=8) == []

    assert Stored.objects.count() == len(scans)
    assert set(ParcelTrack.objects.values_list("status", "event_count")) == {("delivered", len(WAY))}
    arrived = [
        event for event in OutboxEvent.objects.filter(name="shipping.parcel_tracked")
        if event.payload["status"] == "delivered"
    ]  # fmt: skip
    assert len(arrived) == len(numbers)


def test_one_parcel_gets_one_number_however_many_ask() -> None:
    """Packers press twice, the worker comes round, somebody opens the parcel: what stands agrees everywhere."""
    world = outbound.world(goods={"A": 50})
    CarrierService.objects.filter(carrier=world.carrier).update(source="carrier")
    with toy(world.carrier) as carrier:
        carrier.simulator.is_down = True
        order = world.order({"A": 1})
        world.released()
        world.pick_all()
        fulfilment = world.fulfilment(order)
        world.box(fulfilment, {"A": 1})
        world.seal(fulfilment)
        carrier.simulator.is_down = False
        parcel_id = Parcel.objects.get().pk
        transport = _transport.get()
        assert transport is not None

        def work(number: int) -> None:
            with through(transport):  # threads do not inherit it
                if number == 7:
                    with contextlib.suppress(StateConflict):
                        parcel_cancel(parcel_id=parcel_id)
                elif number % 2:
                    parcels_label(parcel_ids=[parcel_id])
                else:
                    waybill_orders_place()

        assert race(work, threads=8) == []
        drain()
        errands_run()

        assert Parcel.objects.get().state == "cancelled"
        assert not Waybill.objects.exclude(state="cancelled").exists()
        assert not WaybillOrder.objects.filter(state="ordering").exists()
        # Whatever the carrier made was given back.
        given = set(carrier.simulator.numbers)
        assert given <= {reference for _number, reference in carrier.simulator.cancelled}
    world.verify()
