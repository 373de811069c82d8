"""Goods that orders wait for go to them first: before they are on a shelf like all others."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility
from tests.factories.goods_in import arrive, receipt_id, verify
from tests.factories.inventory import Place
from tests.factories.outbound import World, world

from hecang.facility.models import Location, Zone
from hecang.inbound.models import Putaway
from hecang.inbound.services.arrival import Arrival, arrivals_follow
from hecang.inbound.services.crossdocks import crossdocks_keep
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaway_policies import PolicyIn, policy_save
from hecang.inbound.services.putaways import putaway_confirm
from hecang.inventory.models import Allocation, Availability, Reservation
from hecang.kernel.db import transactional
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrderLine
from hecang.stockkeeping.models import Transfer
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    allocations_of,
    transfer_pick,
    transfer_ship,
)
from hecang.stockkeeping.services.transfers import (
    LineRow,
    TransferLineIn,
    lines_lock,
    transfer_approve,
    transfer_cancel,
    transfer_change,
    transfer_create,
)
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


# ---------------------------------------------------------------- stores


def store_order(shop: World, units: int, *, kind: str = "store") -> Transfer:
    """A store asks the warehouse for goods."""
    store = facility.warehouse(kind=kind)
    key = transfer_create(
        from_warehouse_id=shop.warehouse.pk,
        to_warehouse_id=store.pk,
        owner_id=shop.owner.pk,
        lines=[TransferLineIn(shop.skus["milk"].pk, units)],
    )
    return Transfer.objects.get(pk=key)


def carried(shop: World) -> None:
    """Everything that was cross-docked lies in its place, and everybody has been told."""
    drain()
    for row in Putaway.objects.filter(kind="crossdock", state="planned"):
        putaway_confirm(putaway_id=row.pk)
    drain()


def test_goods_go_to_a_store_that_asked_for_them_and_are_kept_for_it(shop: World) -> None:
    transfer = store_order(shop, 8)

    arrive(at_dock(shop), 20)

    # Two lie free in the warehouse; six more are needed.
    rows = {row.kind: row for row in Putaway.objects.all()}
    assert (rows["crossdock"].quantity, rows["shelf"].quantity) == (6, 14)
    assert rows["crossdock"].demand == [
        {"kind": "transfer", "id": transfer.pk, "number": transfer.number, "units": 6}
    ]
    carried(shop)
    line = transfer.lines.get()
    assert (line.reserved, line.cut) == (6, 0)
    verify()
    transfer_approve(transfer_id=transfer.pk)
    line.refresh_from_db()
    assert (line.reserved, line.cut) == (8, 0)
    verify()


def crossdock_place(shop: World) -> Location:
    """The place for goods that are waited for, as the policy names it."""
    zone = Zone.objects.get(warehouse=shop.warehouse, code="A")
    place = Location.objects.create(warehouse=shop.warehouse, zone=zone, code="XDOCK", kind="pick_face")
    policy_save(warehouse_id=shop.warehouse.pk, policy=PolicyIn(crossdock_location_id=place.pk))
    return place


def places_of(transfer: Transfer) -> list[tuple[str, int]]:
    """Where the units lie that are allocated to it."""
    found = Allocation.objects.filter(
        source_kind="transfer_line", source_id__in=transfer.lines.values("id"), state__in=["open", "picked"]
    )
    return sorted(found.values_list("stock__location__code", "quantity"))


def test_approved_goods_are_brought_from_the_cross_docking_place_to_the_truck_and_leave_with_it(
    shop: World,
) -> None:
    place = crossdock_place(shop)
    transfer = store_order(shop, 8)
    arrive(at_dock(shop), 20)
    carried(shop)
    line = transfer.lines.get()
    assert (line.reserved, line.kept, line.kept_location_id) == (6, 6, place.pk)

    transfer_approve(transfer_id=transfer.pk)
    drain()

    # It is on the floor at once: its own goods from their place, two more from where the policy finds them.
    transfer.refresh_from_db()
    assert transfer.state == "picking"
    assert ("XDOCK", 6) in places_of(transfer)
    assert sum(units for _place, units in places_of(transfer)) == 8
    task = Task.objects.get(kind="transfer", subject_id=transfer.pk, state="open")
    assert (task.quantity, task.warehouse_id) == (8, shop.warehouse.pk)
    verify()

    transfer_pick(
        transfer_id=transfer.pk,
        picks=[
            TransferPick(one.allocation_id, one.quantity) for one in allocations_of(lines_lock_of(transfer))
        ],
    )
    assert transfer_ship(transfer_id=transfer.pk) == 8
    line.refresh_from_db()
    assert (line.shipped, line.kept, line.kept_location_id) == (8, 0, None)
    assert shop.stock("milk", "XDOCK")[0] == 0
    verify()


@transactional
def lines_lock_of(transfer: Transfer) -> list[LineRow]:
    return lines_lock(transfer.pk)


def test_goods_that_come_after_the_approval_go_instead_of_others(shop: World) -> None:
    crossdock_place(shop)
    transfer = store_order(shop, 8)
    arrive(at_dock(shop), 6)
    drain()
    shop.put("milk", 6)  # found meanwhile, so that everything can be promised
    transfer_approve(transfer_id=transfer.pk)
    drain()
    transfer.refresh_from_db()
    assert transfer.state == "approved"

    carried(shop)

    transfer.refresh_from_db()
    assert transfer.state == "picking"
    assert ("XDOCK", 6) in places_of(transfer)
    verify()


def test_a_transfer_without_cross_docked_goods_waits_for_its_release(shop: World) -> None:
    transfer = store_order(shop, 2)
    transfer_approve(transfer_id=transfer.pk)
    drain()
    transfer.refresh_from_db()
    assert transfer.state == "approved"


def test_what_was_kept_for_a_transfer_that_is_cancelled_is_anybodys_from_where_it_lies(shop: World) -> None:
    place = crossdock_place(shop)
    transfer = store_order(shop, 5)
    arrive(at_dock(shop), 10)
    carried(shop)
    transfer_cancel(transfer_id=transfer.pk)

    line = transfer.lines.get()
    assert (line.reserved, line.kept, line.kept_location_id) == (0, 0, None)
    assert Availability.objects.get(warehouse=shop.warehouse, sku=shop.skus["milk"]).reserved == 0
    assert shop.stock("milk", place.code) == (3, 0)
    other = store_order(shop, 4)
    transfer_approve(transfer_id=other.pk)
    verify()


def test_customers_are_served_before_stores(shop: World) -> None:
    transfer = store_order(shop, 8)
    line = waiting(shop, 7)

    arrive(at_dock(shop), 9)

    (row,) = Putaway.objects.all()
    assert (row.kind, row.quantity) == ("crossdock", 9)
    assert [(one["kind"], one["units"]) for one in row.demand] == [("sales_order", 5), ("transfer", 4)]
    carried(shop)
    line.refresh_from_db()
    assert line.backordered == 0
    assert transfer.lines.get().reserved == 4
    verify()


def test_a_store_gets_no_more_than_it_asked_for_however_often_it_is_told(shop: World) -> None:
    transfer = store_order(shop, 5)
    arrive(at_dock(shop), 10)
    carried(shop)
    ids = list(Putaway.objects.values_list("pk", flat=True))

    crossdocks_keep(putaway_ids=ids)
    crossdocks_keep(putaway_ids=ids)

    assert transfer.lines.get().reserved == 5
    verify()


def test_goods_elsewhere_are_no_help_to_a_store(shop: World) -> None:
    other = Place(facility.warehouse(), shop.skus["milk"], shop.owner)
    other.put(50, "A01-01-1")
    store_order(shop, 8)

    arrive(at_dock(shop), 6)

    assert [(row.kind, row.quantity) for row in Putaway.objects.all()] == [("crossdock", 6)]


@pytest.mark.parametrize("end", ["cancel", "change"])
def test_what_was_kept_is_free_again_when_the_store_asks_otherwise(shop: World, end: str) -> None:
    transfer = store_order(shop, 5)
    arrive(at_dock(shop), 10)
    carried(shop)

    if end == "cancel":
        transfer_cancel(transfer_id=transfer.pk)
    else:
        transfer_change(transfer_id=transfer.pk, lines=[TransferLineIn(shop.skus["milk"].pk, 1)])

    assert not Reservation.objects.filter(source_kind="transfer_line", state="active").exists()
    verify()


def test_warehouses_that_are_no_stores_wait_for_their_approval(shop: World) -> None:
    store_order(shop, 8, kind="warehouse")
    arrive(at_dock(shop), 10)

    assert [row.kind for row in Putaway.objects.all()] == ["shelf"]


# ---------------------------------------------------------------- statements


def arrivals_of(shop: World, names: list[str]) -> list[Arrival]:
    """Ten good units of each lie at the dock, and nobody has been told of them yet."""
    for name in names:
        shop.put(name, 10, "DOCK-1")
    receipt = receipt_id()
    dock = shop.at("DOCK-1").pk
    return [
        Arrival(shop.warehouse.pk, dock, shop.skus[name].pk, shop.owner.pk, 10, receipt_id=receipt)
        for name in names
    ]


@transactional
def told(arrivals: list[Arrival]) -> int:
    """Say what has arrived; the statements it took."""
    with CaptureQueriesContext(connection) as asked:
        arrivals_follow(arrivals=arrivals)
    return len(asked)


def statements_of(shop: World, many: int, who: str, round_: int) -> tuple[int, int, int]:
    """``many`` goods that come at once and are all waited for: statements to follow, to plan and to keep."""
    names = [f"{who}-{round_}-{at}" for at in range(many)]
    for name in names:
        shop.sku(name)
    if who != "store":
        shop.orders([dict.fromkeys(names, 4)])
    if who != "customer":
        transfer_create(
            from_warehouse_id=shop.warehouse.pk,
            to_warehouse_id=facility.warehouse(kind="store").pk,
            owner_id=shop.owner.pk,
            lines=[TransferLineIn(shop.skus[name].pk, 3) for name in names],
        )
    followed = told(arrivals_of(shop, names))
    mine = {"sku_id__in": [shop.skus[name].pk for name in names], "kind": "crossdock"}
    units = {"customer": 4, "store": 3, "both": 7}[who]
    assert list(Putaway.objects.filter(**mine).values_list("quantity", flat=True)) == [units] * many

    with CaptureQueriesContext(connection) as planned:
        putaways_plan(warehouse_id=shop.warehouse.pk)
    ids = list(Putaway.objects.filter(**mine, state="planned").values_list("pk", flat=True))
    assert len(ids) == many
    for key in ids:
        putaway_confirm(putaway_id=key)
    if who == "both":
        drain()  # customers get theirs first
    with CaptureQueriesContext(connection) as kept:
        units = crossdocks_keep(putaway_ids=ids)
    assert units == {"customer": 0, "store": 3 * many, "both": 0}[who]
    drain()
    return followed, len(planned), len(kept)


@pytest.mark.parametrize("who", ["customer", "store", "both"])
def test_statements_do_not_grow_with_the_goods_that_are_waited_for(who: str) -> None:
    shop = world(aisles=6, bays=12)
    statements_of(shop, 2, who, 0)  # what is asked once is not counted

    few = statements_of(shop, 2, who, 1)
    many = statements_of(shop, 20, who, 2)

    assert many == few
    if who != "customer":
        kept = Reservation.objects.filter(source_kind="transfer_line", state="active")
        assert sum(kept.values_list("quantity", flat=True)) == 3 * (2 + 2 + 20)
    verify()
