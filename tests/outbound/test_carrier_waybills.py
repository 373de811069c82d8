"""Waybills from a carrier's system, from the packing table to the carrier and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.factories import accounts, outbound, shipping
from tests.factories.carriers import Toy, toy

from hecang.integrations.models import Connection
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Fulfilment, Parcel
from hecang.outbound.services.labelling import parcels_attach, parcels_label
from hecang.outbound.services.sealing import parcel_cancel
from hecang.shipping.carriers.base import TrackEvent, TrackStatus
from hecang.shipping.models import (
    CarrierErrand,
    CarrierService,
    ParcelTrack,
    PrintTask,
    Waybill,
    WaybillOrder,
)
from hecang.shipping.services import (
    errands_run,
    print_documents,
    track_events_record,
    waybill_orders_place,
)
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> outbound.World:
    made = outbound.world(goods={"A": 50, "B": 50})
    CarrierService.objects.filter(carrier=made.carrier).update(source="carrier", product="std")
    made.warehouse.__class__.objects.filter(pk=made.warehouse.pk).update(contact="仓库", phone="02155550000")
    return made


@pytest.fixture
def carrier(world: outbound.World) -> Iterator[Toy]:
    with toy(world.carrier) as made:
        yield made


def boxed(world: outbound.World, *, units: int = 2, **fields: object) -> Fulfilment:
    """A fulfilment whose goods lie in an open parcel."""
    order = world.order({"A": units}, **fields)
    world.released()
    world.pick_all()
    fulfilment = world.fulfilment(order)
    world.box(fulfilment, {"A": units})
    return fulfilment


def test_a_sealed_parcel_gets_the_number_of_the_carrier(world: outbound.World, carrier: Toy) -> None:
    fulfilment = boxed(world)

    sealed = world.seal(fulfilment)

    parcel = Parcel.objects.get()
    assert (sealed.data["waybill_number"], sealed.data["label_error"]) == ("TOY000001", "")
    assert (parcel.state, parcel.waybill and parcel.waybill.number) == ("labelled", "TOY000001")
    [asked] = carrier.simulator.asked
    assert asked == {
        "reference": parcel.number, "product": "std", "name": "王小明", "oaid": "", "city": "上海市",
        "from": "02155550000", "goods": [[world.skus["A"].name, 2]],
    }  # fmt: skip
    waybill = Waybill.objects.get()
    assert (waybill.routing_code, waybill.carrier_reference) == ("021-T3", parcel.number)
    order = WaybillOrder.objects.get()
    assert (order.state, order.payload_cipher) == ("made", None)
    assert print_documents([waybill.pk])[waybill.pk].contents == [{"encryptedData": "TOY000001"}]


def test_the_same_seal_again_asks_no_carrier_again(world: outbound.World, carrier: Toy) -> None:
    from uuid import uuid4

    fulfilment = boxed(world)
    scan_id = uuid4()
    first = world.seal(fulfilment, scan_id=scan_id)

    again = world.seal(fulfilment, scan_id=scan_id)

    assert again.data["waybill_number"] == first.data["waybill_number"] == "TOY000001"
    assert len(carrier.simulator.asked) == 1


def test_a_carrier_that_is_away_is_asked_again_by_the_worker(world: outbound.World, carrier: Toy) -> None:
    carrier.simulator.is_down = True
    sealed = world.seal(boxed(world))
    assert (sealed.ok, sealed.data["waybill_number"], sealed.data["is_ordering"]) == (True, "", True)
    assert "does not answer" in sealed.data["label_error"]
    assert waybill_orders_place() == 0  # not yet due

    carrier.simulator.is_down = False
    with clock.shifted(timedelta(minutes=1)):
        assert waybill_orders_place() == 1
    drain()

    assert Parcel.objects.get().state == "labelled"


def test_a_carrier_that_is_away_is_asked_once_a_round(world: outbound.World, carrier: Toy) -> None:
    """The others due wait for the next round, and other carriers need not wait for this one's silence."""
    carrier.simulator.is_down = True
    for _n in range(2):
        world.seal(boxed(world))

    with clock.shifted(timedelta(minutes=1)):
        assert waybill_orders_place() == 0

    assert list(WaybillOrder.objects.order_by("pk").values_list("attempts", flat=True)) == [2, 1]


def test_a_connection_that_cannot_be_opened_keeps_no_other_carrier_waiting(
    world: outbound.World, carrier: Toy
) -> None:
    carrier.simulator.is_down = True
    world.seal(boxed(world))
    Connection.objects.update(settings_cipher=b"of another key")

    with clock.shifted(timedelta(minutes=1)):
        assert waybill_orders_place() == 0

    order = WaybillOrder.objects.get()
    assert (order.state, order.error) == ("ordering", "Undecryptable")
    assert order.retry_at > clock.now() + timedelta(minutes=1)


def test_the_address_that_a_carrier_is_told_to_push_to_listens(carrier: Toy) -> None:
    api = accounts.api_client()
    connection = Connection.objects.get()

    told = api.get(f"/connections/{connection.pk}").json()["push_path"]
    answer = api.post(told.removeprefix("/api/v1"), {})

    assert told == f"/api/v1/carriers/{connection.inbox_key}/push"
    assert answer.status_code != 404


def test_a_lost_answer_leads_to_the_same_number(world: outbound.World, carrier: Toy) -> None:
    carrier.simulator.misbehaviour.lost_answers = 1.0
    world.seal(boxed(world))
    carrier.simulator.misbehaviour.lost_answers = 0.0

    with clock.shifted(timedelta(minutes=1)):
        answer = parcels_label(parcel_ids=[Parcel.objects.get().pk])

    assert [entry["waybill_number"] for entry in answer.values()] == ["TOY000001"]
    assert len(carrier.simulator.numbers) == 1
    assert WaybillOrder.objects.count() == 1


def test_a_process_that_died_in_between_loses_nothing(world: outbound.World, carrier: Toy) -> None:
    """The order was claimed, and nobody lived to write the answer in."""
    carrier.simulator.is_down = True
    world.seal(boxed(world))
    carrier.simulator.is_down = False
    WaybillOrder.objects.update(attempts=1, retry_at=clock.now() + timedelta(minutes=3), error="")

    with clock.shifted(timedelta(minutes=2)):
        assert waybill_orders_place() == 0
    with clock.shifted(timedelta(minutes=4)):
        assert waybill_orders_place() == 1


def test_a_refusal_is_told_and_can_be_tried_again(world: outbound.World, carrier: Toy) -> None:
    carrier.simulator.refuse = "out of area"
    sealed = world.seal(boxed(world))
    assert sealed.data["label_error"] == "The carrier refused: out of area"
    assert WaybillOrder.objects.get().state == "failed"
    carrier.simulator.refuse = ""

    parcel_id = Parcel.objects.get().pk
    answer = parcels_label(parcel_ids=[parcel_id])[parcel_id]

    assert answer["waybill_number"] == "TOY000001"
    number = Parcel.objects.get().number
    assert [one["reference"] for one in carrier.simulator.asked] == [f"{number}-2"]


def test_a_parcel_moves_to_another_service(world: outbound.World, carrier: Toy) -> None:
    """The carrier may have made a number without telling: it is cancelled there."""
    other = shipping.service("ZTO")
    carrier.simulator.misbehaviour.lost_answers = 1.0
    world.seal(boxed(world))
    carrier.simulator.misbehaviour.lost_answers = 0.0
    parcel = Parcel.objects.get()

    answer = parcels_label(parcel_ids=[parcel.pk], service_id=other.pk)[parcel.pk]

    assert answer["waybill_number"] == "ZTO000000000001"
    assert WaybillOrder.objects.get().state == "abandoned"
    assert errands_run() == 1
    assert carrier.simulator.cancelled == [("", parcel.number)]


def test_an_opened_parcel_gives_its_number_back(world: outbound.World, carrier: Toy) -> None:
    world.seal(boxed(world))
    parcel = Parcel.objects.get()
    carrier.simulator.is_down = True

    parcel_cancel(parcel_id=parcel.pk)

    assert errands_run() == 0
    assert CarrierErrand.objects.get().state == "waiting"
    carrier.simulator.is_down = False
    with clock.shifted(timedelta(minutes=1)):
        assert errands_run() == 1
    assert carrier.simulator.cancelled == [("TOY000001", parcel.number)]
    assert errands_run() == 0


def test_an_answer_that_comes_too_late_is_cancelled(
    world: outbound.World, carrier: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parcel is opened again while the carrier thinks."""
    from tests.shipping.toy_carrier import ToyCarrier

    fulfilment = boxed(world)
    plain = ToyCarrier.order

    def slow(self: ToyCarrier, order: object) -> object:
        parcel_cancel(parcel_id=Parcel.objects.get().pk)
        return plain(self, order)  # type: ignore[arg-type]

    monkeypatch.setattr(ToyCarrier, "order", slow)
    sealed = world.seal(fulfilment)

    assert sealed.data["waybill_number"] == ""
    assert not Waybill.objects.exists()
    assert errands_run() >= 1
    assert ("TOY000001", Parcel.objects.get().number) in carrier.simulator.cancelled


def test_attaching_again_changes_nothing(world: outbound.World, carrier: Toy) -> None:
    world.seal(boxed(world))

    assert parcels_attach(references=[Parcel.objects.get().number]) == []


def test_a_sealed_recipient_goes_only_where_it_can_be_read(world: outbound.World, carrier: Toy) -> None:
    shipping.service("CHEAP", rate=("1.00", "0.10"))  # cheaper, but our own numbers
    order = world.order({"A": 1}, deliver=False)
    SalesOrder.objects.filter(pk=order.pk).update(is_sealed=True)
    drain()

    fulfilment = world.fulfilment(order)

    assert fulfilment.service is not None
    assert fulfilment.service.carrier_id == world.carrier.pk
    carrier.connection.__class__.objects.update(is_active=False)
    from hecang.outbound.services.fulfilments import services_choose

    services_choose([fulfilment.pk])
    assert Fulfilment.objects.get(pk=fulfilment.pk).service is None


def test_a_component_prints_and_repetitions_are_seen(world: outbound.World, carrier: Toy) -> None:
    world.seal(boxed(world))
    parcel = Parcel.objects.get()
    api = accounts.api_client(roles=["operator"])

    [document] = api.post("/parcels/print", {"ids": [parcel.pk]}).json()["documents"]
    task = {
        "task_id": "t-1",
        "waybill_ids": [document["waybill_id"]],
        "component": "cainiao",
        "printer": "P1",
    }
    assert api.post("/print-tasks", task).status_code == 204
    assert api.post("/print-tasks", {**task, "state": "printed"}).status_code == 204
    assert api.post("/print-tasks", {**task, "state": "failed"}).status_code == 204
    [again] = api.post("/parcels/print", {"ids": [parcel.pk]}).json()["documents"]

    assert (document["component"], document["number"], document["printed"]) == ("cainiao", "TOY000001", 0)
    assert document["contents"] == [{"encryptedData": "TOY000001"}]
    assert again["printed"] == 1
    assert PrintTask.objects.get().state == "printed"
    assert api.post("/print-tasks", {**task, "component": "none"}).status_code == 422
    zpl = api.post("/parcels/labels.zpl", {"ids": [parcel.pk], "dpi": 300})
    assert zpl.content.count(b"^XA") == 1


def test_live_rates_of_the_carrier(world: outbound.World, carrier: Toy) -> None:
    CarrierService.objects.filter(carrier=world.carrier).update(product="slow")
    api = accounts.api_client(roles=["warehouse_manager"])

    answer = api.post(
        "/carriers/rates",
        {
            "carrier_id": world.carrier.pk,
            "warehouse_id": world.warehouse.pk,
            "region_code": "310115",
            "weight_g": 1000,
        },
    ).json()

    service = CarrierService.objects.get(carrier=world.carrier)
    assert [(one["product"], one["service_code"], one["price"]) for one in answer["offers"]] == [
        ("slow", service.code, "6"), ("fast", None, "12"),
    ]  # fmt: skip


def test_trouble_opens_one_ticket(world: outbound.World, carrier: Toy) -> None:
    world.seal(boxed(world))
    parcel = Parcel.objects.get()
    world.hand_over(parcel)
    assert parcel.waybill is not None
    scan = TrackEvent(parcel.waybill.number, clock.now(), TrackStatus.EXCEPTION, text="快件破损")

    track_events_record(events=[scan], source="push")
    drain()

    ticket = Ticket.objects.get(kind="damage")
    assert ticket.detail["waybill"] == "TOY000001"
    track = ParcelTrack.objects.get()
    assert (track.phone_tail, track.trouble) == (SalesOrder.objects.get().phone_tail, "damaged")


def test_a_fulfilment_says_why_it_travels_so(world: outbound.World, carrier: Toy) -> None:
    shipping.service("DEAR", rate=("99.00", "9.00"))
    fulfilment = world.fulfilment(world.order({"A": 1}))

    answer = (
        accounts.api_client(roles=["order_desk"]).get(f"/fulfilments/{fulfilment.pk}/service-choice").json()
    )

    assert answer["words"] == "The cheapest that keeps the promise; 0 cheaper would be late."
    assert [one["keeps_promise"] for one in answer["offers"]] == [True, True]
    assert [one["price"] for one in answer["offers"]] == ["10.00", "99.00"]
