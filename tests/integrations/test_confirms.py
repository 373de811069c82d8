"""Parcels that have left are told to their platform: each once, however often it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integrations.shopfloor import Shopfloor, shopfloor

from hecang.integrations.handlers import parcels_shipped
from hecang.integrations.models import ShipmentConfirm
from hecang.integrations.services.channels.confirms import confirms_resend, confirms_send
from hecang.integrations.simulators.base import SimOrder
from hecang.kernel.outbox import drain
from hecang.outbound.events import ParcelsShipped
from hecang.outbound.models import Parcel

pytestmark = pytest.mark.django_db
State = ShipmentConfirm.State


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor(with_floor=True) as made:
        yield made


def ship(floor: Shopfloor, *orders: SimOrder) -> list[Parcel]:
    """Everything of these orders in one parcel each, from the pull to the carrier."""
    floor.pull()
    drain()
    floor.world.released()
    floor.world.pick_all()
    parcels: list[Parcel] = floor.world.pack_all(*[floor.sales_order(one) for one in orders])
    floor.world.hand_over(*parcels)
    return parcels


def test_a_parcel_is_told_to_its_platform(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2), ("SKU-2", 1))
    [parcel] = ship(floor, placed)

    sent = confirms_send(connection_id=floor.connection_id)

    assert (sent.done, sent.refused, sent.failed) == (1, 0, 0)
    [told] = floor.sim.shipments
    assert (told.order_number, told.carrier) == (placed.number, "shunfeng")
    assert parcel.waybill is not None
    assert told.waybill == parcel.waybill.number
    assert sorted(told.lines) == [(placed.lines[0].external_line, 2), (placed.lines[1].external_line, 1)]
    assert floor.sim.orders[placed.number].status == "shipped"


def test_what_the_platform_says_afterwards_changes_nothing(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    ship(floor, placed)
    confirms_send(connection_id=floor.connection_id)

    floor.pull()

    assert floor.platform_order(placed).status == "shipped"
    assert (floor.sales_order(placed).state, floor.sales_order(placed).is_held) == ("shipped", False)


def test_an_event_that_comes_twice_is_told_once(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    [parcel] = ship(floor, placed)

    parcels_shipped([ParcelsShipped(parcel_ids=(parcel.pk,), order_ids=(floor.sales_order(placed).pk,))] * 2)
    for _again in range(3):
        confirms_send(connection_id=floor.connection_id)

    assert ShipmentConfirm.objects.count() == 1
    assert len(floor.sim.shipments) == 1


def test_a_lost_answer_does_not_tell_it_twice(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    ship(floor, placed)
    floor.misbehave(lost_answers=1.0)
    assert confirms_send(connection_id=floor.connection_id).failed == 1
    confirm = ShipmentConfirm.objects.get()
    assert (confirm.state, confirm.tries, confirm.error) == (State.PENDING, 1, "502")

    floor.misbehave()
    floor.pass_time(minutes=5)
    sent = confirms_send(connection_id=floor.connection_id)

    assert sent.done == 1
    assert ShipmentConfirm.objects.get().state == State.DONE
    assert len(floor.sim.shipments) == 1


def test_what_is_refused_can_be_sent_again(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    other = floor.place(("SKU-1", 1))
    ship(floor, placed, other)
    floor.sim.change(placed.number, status="unpaid")

    sent = confirms_send(connection_id=floor.connection_id)
    assert (sent.done, sent.refused) == (1, 1)
    refused = ShipmentConfirm.objects.get(state=State.REFUSED)
    assert (refused.order_number, refused.error) == (placed.number, "4")
    floor.sim.change(placed.number, status="to_ship")
    done = ShipmentConfirm.objects.get(state=State.DONE)
    again = confirms_resend(confirm_ids=[refused.pk, done.pk])
    confirms_send(connection_id=floor.connection_id)

    assert again == [refused.pk]
    assert {one.order_number for one in floor.sim.shipments} == {placed.number, other.number}


def test_parcels_of_one_order_are_told_by_line(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2), ("SKU-2", 1))
    floor.pull()
    drain()
    floor.world.released()
    floor.world.pick_all()
    fulfilment = floor.world.fulfilment(floor.sales_order(placed))
    floor.world.box(fulfilment, {"SKU-1": 1})
    first = Parcel.objects.get(pk=floor.world.seal(fulfilment).data["parcel_id"])
    floor.world.hand_over(first)
    confirms_send(connection_id=floor.connection_id)
    assert floor.sim.orders[placed.number].status == "partly_shipped"
    [second] = floor.world.pack_all(floor.sales_order(placed))
    floor.world.hand_over(second)
    confirms_send(connection_id=floor.connection_id)

    one, two = placed.lines
    assert [dict(told.lines) for told in floor.sim.shipments] == [
        {one.external_line: 1}, {one.external_line: 1, two.external_line: 1},
    ]  # fmt: skip
    assert floor.sim.orders[placed.number].status == "shipped"
    completes = ShipmentConfirm.objects.order_by("pk").values_list("completes_order", flat=True)
    assert list(completes) == [False, True]


def test_a_pack_is_told_as_it_was_sold(floor: Shopfloor) -> None:
    from hecang.integrations.models import PlatformProduct
    from hecang.integrations.services.channels.intake import orders_retry_mapped
    from hecang.integrations.services.channels.products import MappingIn, products_map

    placed = floor.place(("TWO-PACK", 3))
    floor.pull()
    product = PlatformProduct.objects.get(outer_sku="TWO-PACK")
    products_map(mappings=[MappingIn(product.pk, floor.world.skus["SKU-1"].pk, units=2)])
    orders_retry_mapped(product_ids=[product.pk])
    ship(floor, placed)

    confirms_send(connection_id=floor.connection_id)

    assert [told.lines for told in floor.sim.shipments] == [((placed.lines[0].external_line, 3),)]


def test_orders_that_no_platform_brought_are_told_to_nobody(floor: Shopfloor) -> None:
    floor.world.order({"SKU-1": 1})
    floor.world.released()
    floor.world.ship_all()

    assert ShipmentConfirm.objects.count() == 0
