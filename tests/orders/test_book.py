"""The whole open book sourced again: only what pays moves, nobody loses by it, and all laws hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from tests.factories import orders, shipping

from hecang.config.settings import SOURCING
from hecang.inventory.models import Reservation
from hecang.kernel import clock
from hecang.kernel.errors import Conflict
from hecang.orders.models import OrderSourcing, SalesOrder, ScarcityPrice, SourcingRun, WarehouseLoad
from hecang.orders.services import book_resource, order_hold, order_lines_shift
from hecang.orders.services.book import resource_due
from hecang.orders.services.lines import LineShift

pytestmark = pytest.mark.django_db
GUANGZHOU = "440106"


def where(order: SalesOrder) -> dict[str, int]:
    """Warehouse code → units reserved for an order."""
    found: dict[str, int] = {}
    for row in Reservation.objects.filter(
        source_id__in=orders.line_ids(order), state="active"
    ).select_related("warehouse"):
        found[row.warehouse.code] = found.get(row.warehouse.code, 0) + row.quantity
    return found


def test_an_order_moves_to_the_near_warehouse_once_that_has_the_goods() -> None:
    # given an order of Shanghai that came from Guangzhou, as Shanghai had nothing
    world = orders.world("SH", "GZ")
    world.put("A", 10, "GZ")
    order = world.order({"A": 2})
    assert where(order) == {"GZ": 2}
    # when the goods arrive in Shanghai
    world.put("A", 5, "SH")
    report = book_resource()
    # then it comes from there, which saves the way, and the run says so
    assert (report.orders, report.proposed, report.moved, report.units, report.lost) == (1, 1, 1, 2, 0)
    assert report.saved > 1
    assert where(order) == {"SH": 2}
    run = SourcingRun.objects.get()
    assert (run.state, run.moved, float(run.saved)) == ("done", 1, pytest.approx(report.saved, abs=0.01))
    assert OrderSourcing.objects.get(order=order).reason == "resourced"
    # and a second look finds nothing more to do
    assert book_resource().moved == 0
    orders.assert_lawful()


def test_what_saves_less_than_the_threshold_stays() -> None:
    world = orders.world("SH", "GZ")
    world.put("A", 10, "GZ")
    order = world.order({"A": 2})
    world.put("A", 5, "SH")
    with override_settings(SOURCING={**SOURCING, "gain": 1000.0}):
        assert (book_resource().proposed, where(order)) == (0, {"GZ": 2})


def test_held_and_released_orders_stay() -> None:
    world = orders.world("SH", "GZ")
    world.put("A", 10, "GZ")
    held, released = world.order({"A": 2}), world.order({"A": 2})
    order_hold(order_id=held.pk)
    order_lines_shift(shifts=[LineShift(orders.line_ids(released)[0], "reserved", "allocated", 1)])
    world.put("A", 5, "SH")
    assert book_resource().orders == 0
    assert where(held) == {"GZ": 2}


def test_one_makes_room_for_another_and_nobody_loses() -> None:
    # given the last unit of Shanghai with an order that Guangzhou could serve as well
    world = orders.world("SH", "GZ")
    world.put("A", 1, "SH")
    world.put("B", 5, "SH")
    first = world.order({"A": 1}, recipient=orders.recipient(region_code=GUANGZHOU))
    second = world.order({"A": 1, "B": 1})
    assert (where(first), where(second)) == ({"SH": 1}, {"SH": 1})
    # when Guangzhou gets the goods
    world.put("A", 1, "GZ")
    # then the order of Guangzhou comes from there, and the other one is whole
    assert book_resource().moved == 2
    assert (where(first), where(second)) == ({"GZ": 1}, {"SH": 2})
    second.refresh_from_db()
    assert not second.is_short
    orders.assert_lawful()


def test_warehouses_that_rules_forbid_are_not_used() -> None:
    world = orders.world("SH", "GZ")
    world.put("A", 10, "GZ")
    order = world.order({"A": 2})
    SalesOrder.objects.filter(pk=order.pk).update(warehouses_never=[world.warehouses["SH"].pk])
    world.put("A", 5, "SH")
    assert book_resource().moved == 0
    assert where(order) == {"GZ": 2}


def test_a_promise_is_not_broken_for_money() -> None:
    # given a dear quick way from Guangzhou and a cheap slow one from Shanghai
    world = orders.world("SH", "GZ")
    quick, slow = (
        shipping.service("QUICK", rate=None, lead_days=1),
        shipping.service("SLOW", rate=None, lead_days=9),
    )
    shipping.rate_rule(quick, warehouse=world.warehouses["GZ"], first="20", step="5")
    shipping.rate_rule(slow, warehouse=world.warehouses["SH"], first="3", step="1")
    world.put("A", 10, "GZ")
    order = world.order({"A": 2})
    order.refresh_from_db()
    assert order.promised_at is not None
    assert where(order) == {"GZ": 2}
    # when Shanghai gets the goods
    world.put("A", 5, "SH")
    # then it would be cheaper, but too late
    assert book_resource().moved == 0
    # and without a promise it moves
    SalesOrder.objects.filter(pk=order.pk).update(promised_at=None)
    with override_settings(SOURCING={**SOURCING, "promise": False}):
        assert book_resource().moved == 1
    orders.assert_lawful()


def test_scarce_units_get_a_price_and_limited_warehouses_their_load() -> None:
    world = orders.world("SH", "GZ")
    world.put("A", 1, "SH")
    world.put("A", 5, "GZ")
    for _ in range(3):
        world.order({"A": 1})
    shanghai = world.warehouses["SH"]
    shanghai.daily_orders = 100
    shanghai.save()
    book_resource()
    price = ScarcityPrice.objects.get(warehouse=shanghai)
    assert (price.sku, price.owner) == (world.skus["A"], world.shop.owner)
    assert price.price > 0
    load = WarehouseLoad.objects.get()
    assert (load.warehouse_id, load.orders, load.units) == (shanghai.pk, 1, 1)


def test_two_looks_at_once_are_refused() -> None:
    SourcingRun.objects.create(started_by="somebody", started_at=clock.now())
    with pytest.raises(Conflict) as refused:
        book_resource()
    assert refused.value.instance_code == "sourcing_running"
    # and one that has died stands in nobody's way
    SourcingRun.objects.update(started_at=clock.now() - timedelta(hours=1))
    assert book_resource().orders == 0


def test_it_runs_as_often_as_the_installation_wants() -> None:
    assert resource_due()
    book_resource()
    assert not resource_due()
    with override_settings(SOURCING={**SOURCING, "every_minutes": 0}):
        SourcingRun.objects.all().delete()
        assert not resource_due()
