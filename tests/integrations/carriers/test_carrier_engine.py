"""Real connectors at work in the engine: from shipping's orders to the carrier's simulator and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client, override_settings
from tests.factories import facility, shipping
from tests.integrations.carriers.carrier_conformance import RECIPIENT, SENDER, Forgetful
from tests.integrations.conformance import BASE_URL

from hecang.integrations.models import Connection
from hecang.integrations.services.carriers import CarrierLinkIn, carrier_links_save
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.integrations.services.outside import through
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.registry import carrier_simulators
from hecang.kernel import clock
from hecang.shipping.carriers.base import Goods, WaybillOrder
from hecang.shipping.models import ParcelTrack, TrackEvent, Waybill
from hecang.shipping.services import (
    CarrierRequest,
    TrackFacts,
    WaybillRequest,
    errands_run,
    manifest_add,
    manifest_close,
    manifest_open,
    print_documents,
    tracks_describe,
    waybill_orders_place,
    waybill_orders_prepare,
    waybills_cancel,
)
from hecang.shipping.services.pulling import tracks_pull, tracks_subscribe

pytestmark = pytest.mark.django_db

#: Connector → (the carrier's code of the service, empty for its usual one, the aggregator's code of the carrier).
PRODUCTS = {
    "sf": ("2", ""), "zto": ("", ""), "yto": ("", ""), "sto": ("", ""), "yunda": ("", ""), "jdl": ("", ""),
    "kuaidi100": ("", "yuantong"), "kdniao": ("", "YTO"), "easypost": ("USPS:Priority", "USPS"), "cainiao": ("", ""),
}  # fmt: skip
PULLED = sorted(set(PRODUCTS) - {"cainiao"})
PUSHED = ("easypost", "kdniao", "kuaidi100", "sf")


class House:
    """A warehouse whose only carrier is served by one simulator."""

    def __init__(self, code: str) -> None:
        self.code = code
        product, self.track_code = PRODUCTS[code]
        self.service = shipping.service("X", source="carrier", product=product, numbers=0)
        self.warehouse = facility.warehouse(aisles=0)
        self.sim = carrier_simulators()[code]()
        self.transport: httpx.BaseTransport = httpx.WSGITransport(app=self.sim)
        self.connection = self._connect()

    def _connect(self) -> Connection:
        connection_id = connection_save(
            kind="carrier",
            connector=self.code,
            name=self.code,
            settings={**self.sim.credentials(), **self.sim.addresses(BASE_URL)},
        )
        connection_activate(connection_id=connection_id, is_active=True)
        link = CarrierLinkIn(
            self.service.carrier_id, ships=True, tracks=self.code in PULLED, code=self.track_code
        )
        carrier_links_save(connection_id=connection_id, links=[link])
        return Connection.objects.get(pk=connection_id)

    def prepare(self, reference: str) -> None:
        request = WaybillRequest(reference, self.service.pk, self.warehouse.pk, "440106", 1200)
        order = WaybillOrder(reference, "", SENDER, RECIPIENT, 1200, goods=(Goods("保温杯", 1),))
        waybill_orders_prepare(requests=[CarrierRequest(request, order)])

    def waybill(self, reference: str = "P1") -> Waybill:
        self.prepare(reference)
        assert waybill_orders_place() == 1
        return Waybill.objects.get(reference=reference)

    def handed_over(self, reference: str = "P1", *, phone_tail: str = RECIPIENT.phone[-4:]) -> Waybill:
        waybill = self.waybill(reference)
        manifest = manifest_open(warehouse_id=self.warehouse.pk, carrier_id=self.service.carrier_id)
        manifest_add(manifest_id=manifest.id, waybill_ids=[waybill.pk])
        manifest_close(manifest_id=manifest.id)
        tracks_describe(facts={waybill.pk: TrackFacts(phone_tail=phone_tail)})
        return waybill

    def knock(self, client: Client, push: Push, body: bytes | None = None) -> Any:
        headers = dict(push.headers)
        return client.post(
            f"/api/v1/carriers/{self.connection.inbox_key}/push",
            data=push.body if body is None else body,
            content_type=headers.pop("Content-Type"),
            query_params=dict(push.query) if body is None else {},
            headers=headers,
        )


@contextmanager
def house_of(code: str) -> Iterator[House]:
    house = House(code)
    with through(house.transport):
        yield house


@pytest.mark.parametrize("code", sorted(PRODUCTS))
def test_a_lost_answer_ends_in_one_number_that_is_given_back(code: str) -> None:
    with house_of(code) as house:
        house.prepare("P1")
        with through(Forgetful(house)):  # type: ignore[arg-type]
            assert waybill_orders_place() == 0

        with clock.shifted(timedelta(minutes=1)):
            assert waybill_orders_place() == 1

        waybill = Waybill.objects.get()
        assert [waybill.number] == list(house.sim.parcels)
        assert waybill.carrier_reference == "P1"
        waybills_cancel(waybill_ids=[waybill.pk])
        assert errands_run() == 1
        assert house.sim.parcels[waybill.number].is_cancelled


@pytest.mark.parametrize("code", PULLED)
def test_scans_are_pulled_and_move_the_parcel(code: str) -> None:
    with house_of(code) as house:
        number = house.handed_over().number
        house.sim.subscribed.add(number)
        house.sim.scan(number, "in_transit", "已发往广州", "上海", at=clock.now() + timedelta(hours=1))
        house.sim.scan(number, "out_for_delivery", "派送中", "广州", at=clock.now() + timedelta(hours=2))

        with clock.shifted(timedelta(hours=3)):
            house.sim.misbehaviour.clock_skew = timedelta(hours=3)
            assert (tracks_pull(), tracks_pull()) == (2, 0)

        assert ParcelTrack.objects.get().status == "out_for_delivery"
        assert list(TrackEvent.objects.order_by("at").values_list("text", flat=True)) == [
            "已发往广州", "派送中",
        ]  # fmt: skip


@override_settings(PUBLIC_URL="https://oms.example.com")
@pytest.mark.parametrize("code", PUSHED)
def test_scans_are_pushed_through_the_door(code: str, client: Client) -> None:
    with house_of(code) as house:
        number = house.handed_over().number
        tracks_subscribe()
        errands_run()
        house.sim.scan(number, "delivered", "已签收", "广州", at=clock.now() + timedelta(hours=1))
        [push] = house.sim.pushes(number)

        answers = [house.knock(client, push) for _again in range(2)]
        forged = house.knock(client, push, push.body[:-1] + b"0")

        assert [answer.status_code for answer in answers] == [200, 200]
        assert forged.status_code == 401
        track = ParcelTrack.objects.get()
        assert (track.status, track.event_count, track.is_subscribed) == ("delivered", 1, code != "sf")


@override_settings(PUBLIC_URL="https://oms.example.com")
def test_kuaidi100_is_told_the_door_of_its_connection() -> None:
    with house_of("kuaidi100") as house:
        house.handed_over()
        tracks_subscribe()

        assert errands_run() == 1

        door = f"https://oms.example.com/api/v1/carriers/{house.connection.inbox_key}/push"
        assert house.sim.callbacks == {door}  # type: ignore[attr-defined]


def test_one_parcel_that_is_refused_stops_no_other() -> None:
    """ZTO tells nothing of a parcel whose phone number does not agree."""
    with house_of("zto") as house:
        house.handed_over("P1", phone_tail="0000")
        number = house.handed_over("P2").number
        house.sim.scan(number, "picked_up", "已揽收", "上海", at=clock.now() + timedelta(hours=1))

        with clock.shifted(timedelta(hours=3)):
            assert tracks_pull() == 1

        assert house.sim.refusals["phone"] == 1
        assert set(ParcelTrack.objects.values_list("status", flat=True)) == {"created", "picked_up"}


def test_a_carrier_that_refuses_everything_is_left_alone() -> None:
    with house_of("zto") as house:
        for n in range(7):
            house.handed_over(f"P{n}", phone_tail="0000")

        with clock.shifted(timedelta(hours=3)):
            assert tracks_pull() == 0

        assert house.sim.refusals["phone"] == 5


def test_cainiao_prints_through_its_component() -> None:
    with house_of("cainiao") as house:
        waybill = house.waybill()

        document = print_documents([waybill.pk])[waybill.pk]

        assert document.component == "cainiao"
        assert document.contents[0]["encryptedData"] == f"AES:{waybill.number}"


def test_a_refusal_waits_for_a_person() -> None:
    with house_of("sf") as house:
        house.sim.refuse = "收件地址不在服务范围"
        house.prepare("P1")

        assert waybill_orders_place() == 0
        assert not Waybill.objects.exists()
