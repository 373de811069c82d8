"""Goods that orders wait for go to them first: before they are on a shelf like all others."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.goods_in import arrive, verify
from tests.factories.inventory import Place
from tests.factories.outbound import World, world

from hecang.facility.models import Location, Zone
from hecang.inbound.models import Putaway
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaway_policies import PolicyIn, policy_save
from hecang.inbound.services.putaways import putaway_confirm
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrderLine
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> World:
    return world(goods={"milk": 2})


def at_dock(shop: World) -> Place:
    return Place(shop.warehouse, shop.skus["milk"], shop.owner)


def waiting(shop: World, units: int) -> Any:
    """An order for more than there is; the rest is backordered."""
    shop.orders([{"milk": units}])
    return SalesOrderLine.objects.latest("id")


def test_units_that_orders_wait_for_are_cross_docked_and_only_the_rest_goes_to_a_shelf(shop: World) -> None:
    line = waiting(shop, 7)
    assert line.backordered == 5

    arrive(at_dock(shop), 12)
    drain()

    rows = {row.kind: row for row in Putaway.objects.order_by("id")}
    assert (rows["crossdock"].quantity, rows["shelf"].quantity) == (5, 7)
    assert rows["crossdock"].demand[0]["units"] == 5
    first, second = Task.objects.filter(kind="putaway").order_by("priority")
    assert (first.subject_id, second.subject_id) == (rows["crossdock"].pk, rows["shelf"].pk)
    putaway_confirm(putaway_id=rows["crossdock"].pk)
    drain()
    line.refresh_from_db()
    assert (line.backordered, line.reserved + line.allocated) == (0, 7)
    verify()


def test_what_is_on_its_way_already_is_not_sent_twice(shop: World) -> None:
    waiting(shop, 7)
    arrive(at_dock(shop), 3)
    arrive(at_dock(shop), 10)

    assert sorted(Putaway.objects.values_list("kind", "quantity")) == [
        ("crossdock", 2), ("crossdock", 3), ("shelf", 8),
    ]  # fmt: skip


def test_they_go_to_the_place_that_the_policy_names_whatever_lies_there(shop: World) -> None:
    zone = Zone.objects.get(warehouse=shop.warehouse, code="A")
    place = Location.objects.create(warehouse=shop.warehouse, zone=zone, code="XDOCK", kind="pick_face")
    policy_save(warehouse_id=shop.warehouse.pk, policy=PolicyIn(crossdock_location_id=place.pk))
    waiting(shop, 7)
    arrive(at_dock(shop), 5)
    putaways_plan(warehouse_id=shop.warehouse.pk)

    (row,) = Putaway.objects.all()
    assert (row.to_location_id, row.strategy) == (place.pk, "crossdock")


def test_a_warehouse_may_do_without(shop: World) -> None:
    policy_save(warehouse_id=shop.warehouse.pk, policy=PolicyIn(crossdocks=False))
    waiting(shop, 7)
    arrive(at_dock(shop), 5)

    assert [row.kind for row in Putaway.objects.all()] == ["shelf"]


def test_nobody_waits_for_damaged_goods(shop: World) -> None:
    waiting(shop, 7)
    arrive(at_dock(shop), 5, condition="damaged")

    assert [row.kind for row in Putaway.objects.all()] == ["shelf"]
