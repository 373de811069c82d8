"""Goods from one warehouse to another: promised, picked, on the road, received with what is different."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.stockkeeping import World, put_in, reserve, second, world

from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Container, Movement, Serial, Stock, SupplySuggestion
from hecang.inventory.services import (
    ContainerIn,
    LotIn,
    containers_make,
    lot_get_or_create_many,
    stock_adjust,
)
from hecang.inventory.services.adjustment import AdjustIn
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput, StateConflict, StockShort
from hecang.kernel.outbox import drain
from hecang.orders.models import ExpectedSupply, SalesOrderLine
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.errors_transfers import MoreThanShipped, NotOfTransfer, TransferEmpty
from hecang.stockkeeping.models import Transfer, TransferDiscrepancy, TransferLine, TransferUnit
from hecang.stockkeeping.selectors.transfers import arrivals_of
from hecang.stockkeeping.services.transfer_receiving import (
    TransferReceiveIn,
    transfer_close,
    transfer_receive,
    transfer_receive_container,
)
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    allocations_of,
    transfer_pick,
    transfer_pick_container,
    transfer_ship,
)
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    lines_lock,
    transfer_approve,
    transfer_cancel,
    transfer_change,
    transfer_create,
    transfer_release,
    transfers_from_suggestions,
)

pytestmark = pytest.mark.django_db


class Road:
    """A transfer between two warehouses of one owner."""

    def __init__(self, shop: World, other: Warehouse, **units: int) -> None:
        self.shop, self.other = shop, other
        self.id = transfer_create(
            from_warehouse_id=shop.warehouse.pk,
            to_warehouse_id=other.pk,
            owner_id=shop.owner.pk,
            lines=[TransferLineIn(shop.sku(name).pk, quantity) for name, quantity in units.items()],
        )

    @property
    def transfer(self) -> Transfer:
        return Transfer.objects.get(id=self.id)

    def line(self, name: str) -> dict[str, int]:
        row = TransferLine.objects.values(
            "quantity",
            "reserved",
            "allocated",
            "picked",
            "shipped",
            "cut",
            "received",
            "damaged",
            "lost",
            "over",
        ).get(transfer_id=self.id, sku=self.shop.skus[name])
        return {key: value for key, value in row.items() if value}

    def pick_all(self) -> None:
        staging = self.transfer.staging_id
        picks = [
            TransferPick(one.allocation_id, one.quantity)
            for one in allocations_of(lines_lock(self.id))
            if one.location_id != staging
        ]
        transfer_pick(transfer_id=self.id, picks=picks)

    def sent(self) -> Road:
        transfer_approve(transfer_id=self.id)
        transfer_release(transfer_id=self.id)
        self.pick_all()
        transfer_ship(transfer_id=self.id, carrier="Deppon", waybill="DP1")
        return self

    def receive(self, name: str, quantity: int, *, accept_over: bool = False, **fields: Any) -> Any:
        one = TransferReceiveIn(
            **{"scan_id": uuid4(), "sku_id": self.shop.skus[name].pk, "quantity": quantity, **fields}
        )
        return transfer_receive(transfer_id=self.id, received=[one], accept_over=accept_over)

    def there(self, name: str, code: str = "DOCK-1", **where: Any) -> int:
        rows = Stock.objects.filter(
            location__warehouse=self.other, location__code=code, sku=self.shop.skus[name], **where
        )
        return sum(row.quantity for row in rows)


def road(*, goods: int = 100, **units: int) -> Road:
    shop = world(goods={"milk": goods})
    return Road(shop, second(shop, f"BJ{shop.warehouse.pk}"), **(units or {"milk": 40}))


def test_the_life_of_a_transfer_is_the_table() -> None:
    assert states.actions("requested") == ["approve", "cancel"]
    assert {step.action for step in states.TRANSITIONS if step.source == "picking"} == {"ship", "cancel"}
    for state in states.ENDED:
        assert states.actions(state) == []


def test_goods_travel_from_shelf_to_dock() -> None:
    one = road()
    transfer_approve(transfer_id=one.id)
    assert one.shop.availability("milk") == (100, 40)
    transfer_release(transfer_id=one.id)
    assert one.shop.availability("milk") == (60, 0)
    one.pick_all()
    assert one.shop.stock("milk", "STAGE-1") == (40, 40)
    transfer_ship(transfer_id=one.id)

    assert one.shop.stock("milk", "STAGE-1") == (0, 0)
    assert (one.transfer.state, one.line("milk")) == ("in_transit", {"quantity": 40, "shipped": 40})
    one.shop.verify()

    outcome = one.receive("milk", 40)

    assert (outcome.state, outcome.outstanding, one.there("milk")) == ("closed", 0, 40)
    assert one.line("milk") == {"quantity": 40, "shipped": 40, "received": 40}
    one.shop.verify()


def test_approved_goods_are_sold_to_nobody_else() -> None:
    one = road(milk=70)
    transfer_approve(transfer_id=one.id)
    order = one.shop.order({"milk": 40})
    assert one.shop.line(order, "milk") == {"reserved": 30, "backordered": 10}
    # And what an order has, a transfer does not get
    two = Road(one.shop, one.other, milk=1)
    with pytest.raises(StockShort):
        transfer_approve(transfer_id=two.id)
    with pytest.raises(TransferEmpty):
        transfer_approve(transfer_id=two.id, partial=True)
    one.shop.verify()


def test_a_part_is_approved_where_not_all_is_free() -> None:
    one = road(goods=30)
    transfer_approve(transfer_id=one.id, partial=True)
    assert one.line("milk") == {"quantity": 40, "reserved": 30, "cut": 10}


def test_goods_that_go_away_short_the_transfer_before_any_order() -> None:
    one = road(milk=50)
    transfer_approve(transfer_id=one.id)
    order = one.shop.order({"milk": 50})
    stock_adjust(
        adjustments=[
            AdjustIn(one.shop.at("A01-01-1").pk, one.shop.skus["milk"].pk, one.shop.owner.pk, change=-30)
        ]
    )
    assert one.line("milk") == {"quantity": 50, "reserved": 20, "cut": 30}
    assert one.shop.line(order, "milk") == {"reserved": 50}
    one.shop.verify()


def test_what_was_not_picked_stays_and_can_be_sold() -> None:
    one = road()
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    [standing] = allocations_of(lines_lock(one.id))
    transfer_pick(transfer_id=one.id, picks=[TransferPick(standing.allocation_id, 25)])

    assert transfer_ship(transfer_id=one.id) == 25
    assert transfer_ship(transfer_id=one.id) == 25  # again changes nothing

    assert one.line("milk") == {"quantity": 40, "shipped": 25, "cut": 15}
    assert one.shop.availability("milk") == (75, 0)
    one.shop.verify()


def test_nothing_at_the_dock_cannot_leave() -> None:
    one = road()
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    with pytest.raises(TransferEmpty):
        transfer_ship(transfer_id=one.id)
    with pytest.raises(StateConflict):
        transfer_approve(transfer_id=one.id)


def test_differences_become_facts_and_the_books_stay_whole() -> None:
    # Given 40 on the road, of which 3 come broken, and 5 never
    one = road().sent()
    one.receive("milk", 3, is_damaged=True, note="crushed")
    one.receive("milk", 32)

    assert transfer_close(transfer_id=one.id, note="driver says so") == 5
    assert transfer_close(transfer_id=one.id) == 0

    assert (one.there("milk"), one.there("milk", condition="damaged")) == (35, 3)
    assert one.line("milk") == {"quantity": 40, "shipped": 40, "received": 35, "damaged": 3, "lost": 5}
    found = (
        TransferDiscrepancy.objects.filter(transfer_id=one.id).order_by("id").values_list("kind", "quantity")
    )
    assert list(found) == [("damaged", 3), ("short", 5)]
    assert one.transfer.state == "closed"
    one.shop.verify()


def test_more_than_was_sent_has_to_be_accepted() -> None:
    one = road().sent()
    with pytest.raises(MoreThanShipped) as error:
        one.receive("milk", 43)
    assert error.value.data == {"outstanding": 40, "over": 3}

    one.receive("milk", 43, accept_over=True)

    assert one.there("milk") == 43
    assert one.line("milk") == {"quantity": 40, "shipped": 40, "received": 40, "over": 3}
    assert TransferDiscrepancy.objects.get(transfer_id=one.id).kind == "over"
    one.shop.verify()


def test_goods_that_it_does_not_carry_are_refused() -> None:
    one = road().sent()
    one.shop.sku("bread")
    with pytest.raises(NotOfTransfer):
        one.receive("bread", 1)


def test_a_repeated_scan_changes_nothing() -> None:
    one = road().sent()
    scan = TransferReceiveIn(uuid4(), one.shop.skus["milk"].pk, 10)
    transfer_receive(transfer_id=one.id, received=[scan])
    again = transfer_receive(transfer_id=one.id, received=[scan])
    assert (again.units, again.repeated, again.outstanding) == (0, (scan.scan_id,), 30)
    assert one.there("milk") == 10


def test_cancelling_gives_everything_back_and_announces_what_lies_at_the_dock() -> None:
    one = road()
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    one.pick_all()

    transfer_cancel(transfer_id=one.id)
    transfer_cancel(transfer_id=one.id)

    assert one.shop.stock("milk", "STAGE-1") == (40, 0)
    assert one.line("milk") == {"quantity": 40, "cut": 40}
    from hecang.stockkeeping.models import TransferReceipt

    [arrival] = arrivals_of(TransferReceipt.objects.values_list("id", flat=True))
    assert (arrival.warehouse_id, arrival.quantity, arrival.sku_id) == (
        one.shop.warehouse.pk, 40, one.shop.skus["milk"].pk,
    )  # fmt: skip
    one.shop.verify()


def test_lots_are_chosen_by_expiry_and_kept_on_the_way() -> None:
    shop = world()
    shop.sku("milk", is_lot_tracked=True)
    lots = lot_get_or_create_many(lots=[LotIn(shop.skus["milk"].pk, "B"), LotIn(shop.skus["milk"].pk, "A")])
    for at, lot_id in enumerate(lots, start=1):
        shop.put("milk", 10, f"A01-0{at}-1", lot_id=lot_id)
    one = Road(shop, second(shop), milk=15).sent()

    with pytest.raises(MoreThanShipped):
        one.receive("milk", 11, lot_id=lots[0])
    one.receive("milk", 10, lot_id=lots[0])
    one.receive("milk", 5, lot_id=lots[1])

    assert (one.there("milk", lot_id=lots[0]), one.there("milk", lot_id=lots[1])) == (10, 5)
    shop.verify()


def test_serials_travel_with_their_units() -> None:
    shop = world()
    shop.sku("phone", is_serial_tracked=True)
    shop.put("phone", 3, serials=("S1", "S2", "S3"))
    one = Road(shop, second(shop), phone=2)
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    [standing] = allocations_of(lines_lock(one.id))
    transfer_pick(transfer_id=one.id, picks=[TransferPick(standing.allocation_id, 2, ("S1", "S3"))])
    transfer_ship(transfer_id=one.id)

    assert TransferUnit.objects.get(transfer_id=one.id).serials == ["S1", "S3"]
    assert Serial.objects.get(number="S1").stock is None
    one.receive("phone", 1, serials=("S3",))
    transfer_close(transfer_id=one.id)

    row = Serial.objects.select_related("stock__location").get(number="S3")
    assert row.stock is not None
    assert row.stock.location.warehouse_id == one.other.pk
    assert Serial.objects.get(number="S1").stock is None
    assert Serial.objects.get(number="S2").stock is not None
    shop.verify()


def test_a_pallet_travels_as_it_is() -> None:
    # Given a pallet with two cartons, all of it wanted elsewhere
    shop = world()
    reserve(shop, "R01-01-1")
    pallet, first, other = containers_make(
        specs=[
            ContainerIn("pallet", "P1", shop.at("R01-01-1").pk),
            ContainerIn("carton", "C1", parent_index=0),
            ContainerIn("carton", "C2", parent_index=0),
        ]
    )
    shop.put("milk", 24, "R01-01-1", to_container_id=first.id)
    shop.put("tea", 12, "R01-01-1", to_container_id=other.id)
    one = Road(shop, second(shop), milk=24, tea=12)
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)

    assert transfer_pick_container(transfer_id=one.id, container_id=pallet.id) == 36
    transfer_ship(transfer_id=one.id)
    assert set(Container.objects.values_list("location_id", flat=True)) == {None}
    outcome = transfer_receive_container(transfer_id=one.id, container_id=pallet.id, scan_id=uuid4())

    assert (outcome.units, outcome.state) == (36, "closed")
    dock = Location.objects.get(warehouse=one.other, code="DOCK-1")
    assert set(Container.objects.values_list("location_id", flat=True)) == {dock.pk}
    assert (one.there("milk", container_id=first.id), one.there("tea", container_id=other.id)) == (24, 12)
    shop.verify()


def test_a_carton_that_is_received_brings_its_pallet_along() -> None:
    # Given two cartons on a pallet on the road
    shop = world()
    pallet, first, other = containers_make(
        specs=[
            ContainerIn("pallet", "P1", shop.at("A01-01-1").pk),
            ContainerIn("carton", "C1", parent_index=0),
            ContainerIn("carton", "C2", parent_index=0),
        ]
    )
    shop.put("milk", 24, "A01-01-1", to_container_id=first.id)
    shop.put("tea", 12, "A01-01-1", to_container_id=other.id)
    one = Road(shop, second(shop), milk=24, tea=12)
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    transfer_pick_container(transfer_id=one.id, container_id=pallet.id)
    transfer_ship(transfer_id=one.id)
    # When the goods are taken from the road row by row, each in its carton
    for name, units, box in (("milk", 24, first), ("tea", 12, other)):
        outcome = transfer_receive(
            transfer_id=one.id,
            received=[TransferReceiveIn(uuid4(), shop.skus[name].pk, units, container_id=box.id)],
        )
    # Then all three stand at the dock, and the goods lie in the cartons
    assert outcome.state == "closed"
    dock = Location.objects.get(warehouse=one.other, code="DOCK-1")
    assert set(Container.objects.values_list("location_id", flat=True)) == {dock.pk}
    assert (one.there("milk", container_id=first.id), one.there("tea", container_id=other.id)) == (24, 12)
    shop.verify()


def test_a_pallet_with_other_goods_is_not_taken_whole() -> None:
    shop = world()
    [pallet] = containers_make(specs=[ContainerIn("pallet", "P1", shop.at("A01-01-1").pk)])
    shop.put("milk", 24, "A01-01-1", to_container_id=pallet.id)
    one = Road(shop, second(shop), milk=20)
    transfer_approve(transfer_id=one.id)
    transfer_release(transfer_id=one.id)
    with pytest.raises(NotOfTransfer):
        transfer_pick_container(transfer_id=one.id, container_id=pallet.id)


def test_suggestions_become_transfers_once_and_orders_expect_them() -> None:
    # Given an order in one warehouse, goods in another that may not ship it
    shop = world(goods={"milk": 5})
    other = second(shop)
    order = shop.order({"milk": 5})
    put_in(other, shop, "milk", 50)
    late = SupplySuggestion.objects.create(
        sku=shop.skus["milk"], owner=shop.owner, warehouse=shop.warehouse, source="transfer", from_warehouse=other,
        quantity=8, waiting_since=now(), created_at=now(), updated_at=now(),
    )  # fmt: skip

    [first] = transfers_from_suggestions(suggestion_ids=[late.pk])
    assert transfers_from_suggestions(suggestion_ids=[late.pk]) == [first]
    transfer_approve(transfer_id=first)
    drain()

    supply = ExpectedSupply.objects.get()
    assert (supply.quantity, supply.warehouse_id, supply.reference) == (
        8, shop.warehouse.pk, Transfer.objects.get(id=first).number,
    )  # fmt: skip
    transfer_cancel(transfer_id=first)
    drain()
    assert not ExpectedSupply.objects.exists()
    assert SalesOrderLine.objects.get(order=order).reserved == 5
    late.settled_at = now()
    late.save()
    with pytest.raises(InvalidInput):
        transfers_from_suggestions(suggestion_ids=[late.pk])


def test_what_is_on_the_road_is_worth_what_it_cost_last() -> None:
    shop = world(goods={"milk": 10})
    shop.order({"milk": 1})
    SalesOrderLine.objects.update(unit_price=Decimal("2.50"))
    one = Road(shop, second(shop), milk=4).sent()
    assert one.transfer.value == Decimal("10.00")


def test_what_is_asked_for_can_be_changed_until_it_is_approved() -> None:
    one = road()
    one.shop.sku("tea")
    transfer_change(
        transfer_id=one.id,
        lines=[TransferLineIn(one.shop.skus["milk"].pk, 12)],
        note="less",
        carrier="own truck",
    )
    assert one.line("milk") == {"quantity": 12}
    transfer_approve(transfer_id=one.id)
    with pytest.raises(StateConflict):
        transfer_change(transfer_id=one.id, lines=[TransferLineIn(one.shop.skus["milk"].pk, 1)])
    transfer_change(transfer_id=one.id, waybill="X1")
    assert (one.transfer.waybill, one.transfer.carrier) == ("X1", "own truck")


def test_nonsense_is_refused_and_named() -> None:
    shop = world(goods={"milk": 1})
    other, milk = second(shop), shop.skus["milk"].pk
    with pytest.raises(InvalidInput, match="from one warehouse to another"):
        transfer_create(
            from_warehouse_id=other.pk,
            to_warehouse_id=other.pk,
            owner_id=shop.owner.pk,
            lines=[TransferLineIn(milk, 1)],
        )
    with pytest.raises(InvalidInput) as error:
        transfer_create(
            from_warehouse_id=shop.warehouse.pk,
            to_warehouse_id=other.pk,
            owner_id=shop.owner.pk,
            lines=[
                TransferLineIn(milk, 1),
                TransferLineIn(milk, 2),
                TransferLineIn(10**9, 1),
                TransferLineIn(milk, 0),
            ],
        )
    assert [one.code for one in error.value.problems] == ["duplicate", "unknown_sku", "duplicate"]


def test_asked_again_under_the_same_key_it_is_the_same() -> None:
    shop = world(goods={"milk": 1})
    other = second(shop)

    def ask() -> int:
        return transfer_create(
            from_warehouse_id=shop.warehouse.pk, to_warehouse_id=other.pk, owner_id=shop.owner.pk,
            lines=[TransferLineIn(shop.skus["milk"].pk, 1)], key="ERP-17",
        )  # fmt: skip

    assert ask() == ask()
    assert TransferLine.objects.count() == 1


def test_the_ledger_names_the_transfer() -> None:
    one = road().sent()
    one.receive("milk", 40)
    rows = Movement.objects.filter(source_kind="transfer", source_id=one.id).order_by("id")
    assert [(row.reason, row.from_location.code, row.to_location.code) for row in rows] == [
        ("pick", "A01-01-1", "STAGE-1"),
        ("transfer", "STAGE-1", "V-TRANSIT"),
        ("transfer", "V-TRANSIT", "DOCK-1"),
    ]


def test_the_number_of_statements_does_not_grow_with_lines() -> None:
    def whole(count: int) -> int:
        shop = world(aisles=10, bays=10)
        places = shop.warehouse.locations.filter(kind="pick_face").order_by("id")[:count]
        names = {f"t{shop.warehouse.pk}-{number}": 2 for number in range(count)}
        for name, place in zip(names, places, strict=True):
            shop.put(name, 5, place.code)
        one = Road(shop, second(shop, f"BJ{count}"), **names)
        with CaptureQueriesContext(connection) as counted:
            one.sent()
            transfer_receive(
                transfer_id=one.id,
                received=[TransferReceiveIn(uuid4(), shop.skus[name].pk, 1) for name in names],
            )
            transfer_close(transfer_id=one.id)
        return len(counted)

    assert whole(10) == whole(100)
