"""Goods at the dock that go another way: what was to be put away follows them, at once and by whoever takes them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, facility
from tests.factories.goods_in import arrive, claimed, dock, putaways, verify
from tests.factories.inventory import Place
from tests.factories.outbound import world
from tests.factories.receiving import gate

from hecang.facility.models import Location
from hecang.inbound.models import Discrepancy, Putaway, ReturnLine, SpaceClaim
from hecang.inbound.services.arrival import Arrival
from hecang.inbound.services.discrepancies import discrepancies_decide, discrepancies_settle
from hecang.inbound.services.following import containers_unpack
from hecang.inbound.services.leaving import goods_follow_late
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaways import putaway_confirm
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.return_grading import (
    GradeIn,
    return_line_dispose,
    return_line_finish,
    return_line_grade,
)
from hecang.inbound.services.returns import ReturnedIn, ReturnIn, return_open, return_receive
from hecang.inbound.services.undoing import receipt_undo
from hecang.inventory.models import Stock
from hecang.inventory.services import (
    AdjustIn,
    ContainerIn,
    LotIn,
    PostingIn,
    container_move,
    containers_make,
    containers_nest,
    lot_get_or_create_many,
    stock_adjust,
    stock_move,
    stock_post,
)
from hecang.inventory.services.relabel import Relabel, stock_relabel
from hecang.inventory.verify import inventory_verify
from hecang.kernel.outbox import drain
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def waiting(here: Place, units: int = 10, **fields: Any) -> Putaway:
    """Units at the dock with a planned putaway."""
    arrive(here, units, **fields)
    putaways_plan(warehouse_id=here.warehouse.pk)
    (row,) = putaways(here, state="planned")
    return row


def scrap(here: Place, units: int, **fields: Any) -> None:
    stock_adjust(
        adjustments=[AdjustIn(here.at("DOCK-1").pk, here.sku.pk, here.owner.pk, change=-units, **fields)],
        reason="scrap",
    )


def now(row: Putaway) -> tuple[str, int, int]:
    """(state, units, units done) as they are now."""
    row.refresh_from_db()
    return row.state, row.quantity, row.done


def moved(here: Place, units: int, to: str, **fields: Any) -> None:
    stock_move(
        entries=[
            PostingIn(here.sku.pk, here.owner.pk, units, here.at("DOCK-1").pk, here.at(to).pk, "move", **fields)
        ]
    )  # fmt: skip


def test_scrapped_units_make_the_putaway_its_task_and_its_claim_smaller() -> None:
    here = dock()
    row = waiting(here)
    assert row.to_location is not None

    scrap(here, 4)

    assert now(row) == ("planned", 6, 0)
    assert Task.objects.get(subject_kind="putaway", subject_id=row.pk).quantity == 6
    assert claimed(here, row.to_location.code) == 6
    putaway_confirm(putaway_id=row.pk)
    assert here.stock(row.to_location.code) == (6, 0)
    verify()


def test_a_putaway_without_goods_ends_with_its_task_and_its_claim() -> None:
    here = dock()
    row = waiting(here)

    scrap(here, 10)

    assert now(row) == ("cancelled", 10, 0)
    assert Task.objects.get(subject_kind="putaway", subject_id=row.pk).state == "cancelled"
    assert not SpaceClaim.objects.exists()
    verify()


def test_what_was_carried_stays_carried_when_the_rest_is_lost() -> None:
    here = dock()
    row = waiting(here)
    putaway_confirm(putaway_id=row.pk, quantity=3)

    scrap(here, 7)

    assert now(row) == ("done", 3, 3)
    verify()


def test_units_that_nobody_was_to_carry_are_taken_first() -> None:
    here = dock()
    row = waiting(here)
    here.put(5, "DOCK-1")

    scrap(here, 5)

    assert now(row) == ("planned", 10, 0)


def test_what_has_no_place_yet_is_given_up_first() -> None:
    here = dock()
    row = waiting(here)
    arrive(here, 5)

    scrap(here, 7)

    assert now(row) == ("planned", 8, 0)
    assert [one.quantity for one in putaways(here, state="cancelled")] == [5]
    verify()


def test_damaged_goods_that_go_back_to_the_supplier_are_not_put_away() -> None:
    hall = gate("milk")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 5}).pk)
    hall.receive(receipt, "milk", 5, condition="damaged")
    drain()
    row = Putaway.objects.get(condition="damaged")
    found = Discrepancy.objects.get(kind="damaged")
    discrepancies_decide(discrepancy_ids=[found.pk], decision="return")
    assert now(row) == ("planned", 5, 0)

    discrepancies_settle(discrepancy_ids=[found.pk])

    assert now(row) == ("cancelled", 5, 0)
    assert not Task.objects.filter(subject_kind="putaway", state="open").exists()
    hall.verify()


def test_goods_that_somebody_carries_to_a_shelf_by_hand_are_not_put_away_again() -> None:
    here = dock()
    row = waiting(here)

    moved(here, 10, "A01-01-1")

    assert now(row)[0] == "cancelled"
    assert not putaways(here, state="waiting")
    verify()


def test_goods_at_another_dock_are_put_away_from_there() -> None:
    here = dock()
    facility.location(here.warehouse, "DOCK-9", kind="dock")
    row = waiting(here)

    moved(here, 4, "DOCK-9")

    assert now(row) == ("planned", 6, 0)
    (other,) = putaways(here, state="waiting")
    assert (other.from_location.code, other.quantity, other.receipt_id) == ("DOCK-9", 4, row.receipt_id)
    verify()


def test_goods_that_break_at_the_dock_go_to_the_damaged_ones() -> None:
    here = dock()
    row = waiting(here)
    stock = Stock.objects.get(location=here.at("DOCK-1"), quantity__gt=0)

    stock_relabel(relabels=[Relabel(stock.pk, 3, to_condition="damaged")])
    drain()

    assert now(row) == ("planned", 7, 0)
    other = Putaway.objects.get(condition="damaged")
    assert (other.quantity, other.to_location and other.to_location.kind) == (3, "damaged")
    verify()


def test_goods_that_prove_to_be_of_another_lot_are_put_away_as_that() -> None:
    here = dock(is_lot_tracked=True)
    first, second = lot_get_or_create_many(lots=[LotIn(here.sku.pk, "L1"), LotIn(here.sku.pk, "L2")])
    row = waiting(here, lot_id=first)
    stock = Stock.objects.get(location=here.at("DOCK-1"), quantity__gt=0)

    stock_relabel(relabels=[Relabel(stock.pk, 4, to_lot_id=second)])

    assert now(row) == ("planned", 6, 0)
    other = Putaway.objects.get(lot=second)
    assert (other.state, other.quantity) == ("waiting", 4)
    verify()


def test_a_container_that_somebody_carries_to_a_shelf_is_not_put_away_again() -> None:
    here = dock()
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    row = waiting(here, container_id=box.id)
    assert row.is_whole

    container_move(container_id=box.id, to_location_id=here.at("A01-01-1").pk)

    assert now(row)[0] == "cancelled"
    verify()


def test_a_container_at_another_dock_is_put_away_from_there() -> None:
    here = dock()
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    row = waiting(here, container_id=box.id)

    container_move(container_id=box.id, to_location_id=other_dock.pk)

    assert now(row)[0] == "cancelled"
    (other,) = putaways(here, state="waiting")
    assert (other.from_location_id, other.container_id, other.is_whole) == (other_dock.pk, box.id, True)
    verify()


def test_a_container_is_put_away_as_long_as_there_is_something_in_it() -> None:
    here = dock()
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    row = waiting(here, container_id=box.id)

    scrap(here, 4, container_id=box.id)
    assert now(row)[0] == "planned"
    scrap(here, 6, container_id=box.id)

    assert now(row)[0] == "cancelled"
    verify()


def test_what_was_to_be_taken_out_of_a_container_goes_with_it_to_the_shelf() -> None:
    here = dock()
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    whole = waiting(here, container_id=box.id)
    arrive(here, 5, container_id=box.id)
    Putaway.objects.exclude(pk=whole.pk).update(is_whole=False, sku=here.sku, owner=here.owner, state="stuck")

    putaway_confirm(putaway_id=whole.pk)

    assert {row.state for row in putaways(here)} == {"done", "cancelled"}
    verify()


def test_a_container_that_others_have_emptied_is_not_carried_any_more() -> None:
    here = dock()
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    whole = waiting(here, container_id=box.id)
    loose = Putaway.objects.get(pk=whole.pk)
    loose.pk, loose.is_whole, loose.state, loose.to_location = None, False, "stuck", None
    loose.sku, loose.owner = here.sku, here.owner
    loose.save()

    putaway_confirm(putaway_id=loose.pk, location_code="A01-01-1")

    assert now(whole)[0] == "cancelled"
    assert not Task.objects.filter(state="open").exists()
    verify()


def test_a_container_with_goods_in_two_conditions_is_unpacked() -> None:
    here = dock()
    other = catalog.sku(code="tea")
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    whole = waiting(here, container_id=box.id)
    arrive(here, 5, sku_id=other.pk, container_id=box.id)

    arrive(here, 3, condition="damaged", container_id=box.id)

    assert now(whole)[0] == "cancelled"
    assert not Task.objects.filter(subject_id=whole.pk, state="open").exists()
    rows = putaways(here, state="waiting")
    assert sorted((row.sku_id, row.condition, row.quantity, row.is_whole) for row in rows) == sorted(
        [(here.sku.pk, "damaged", 3, False), (here.sku.pk, "good", 10, False), (other.pk, "good", 5, False)]
    )
    verify()


def test_a_box_on_an_unpacked_pallet_keeps_its_own_putaway() -> None:
    here = dock()
    at = here.at("DOCK-1").pk
    [pallet, carton] = containers_make(
        specs=[ContainerIn("pallet", location_id=at), ContainerIn("carton", location_id=at)]
    )
    containers_nest(container_ids=[carton.id], parent_id=pallet.id)
    arrive(here, 10, container_id=pallet.id)
    arrive(here, 4, container_id=carton.id)

    arrive(here, 3, condition="damaged", container_id=pallet.id)

    rows = putaways(here, state="waiting")
    assert sorted((row.container_id, row.condition, row.quantity, row.is_whole) for row in rows) == sorted(
        [(pallet.id, "damaged", 3, False), (pallet.id, "good", 10, False), (carton.id, "good", 4, True)]
    )
    verify()


def test_a_container_that_two_receipts_filled_is_followed_once() -> None:
    here = dock()
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    arrive(here, 10, container_id=box.id)
    Putaway.objects.update(source_kind="inspection", source_id=7)
    arrive(here, 5, container_id=box.id)

    container_move(container_id=box.id, to_location_id=other_dock.pk)

    assert sum(row.quantity for row in putaways(here, state="waiting")) == 15
    verify()


def test_goods_that_break_in_such_a_container_are_carried_once() -> None:
    here = dock()
    other = catalog.sku(code="tea")
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    arrive(here, 10, container_id=box.id)
    Putaway.objects.update(source_kind="inspection", source_id=7)
    arrive(here, 5, container_id=box.id)
    arrive(here, 1, sku_id=other.pk, container_id=box.id)

    moved(here, 15, "DOCK-1", from_container_id=box.id, to_container_id=box.id, to_condition="damaged")

    rows = putaways(here, state="waiting")
    assert {(row.sku_id, row.condition, row.is_whole) for row in rows} == {
        (here.sku.pk, "damaged", False), (other.pk, "good", False),
    }  # fmt: skip
    assert sum(row.quantity for row in rows) == 16
    verify()


def test_goods_taken_out_of_a_container_to_another_dock_are_put_away_from_there() -> None:
    here = dock()
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [box] = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)])
    row = waiting(here, container_id=box.id)

    moved(here, 4, "DOCK-9", from_container_id=box.id)

    assert now(row)[0] == "planned"
    (other,) = putaways(here, state="waiting")
    assert (other.from_location_id, other.container_id, other.quantity) == (other_dock.pk, None, 4)
    verify()


def test_a_box_that_is_taken_off_its_pallet_to_another_dock_is_put_away_from_there() -> None:
    here = dock()
    at = here.at("DOCK-1").pk
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [pallet, carton] = containers_make(
        specs=[ContainerIn("pallet", location_id=at), ContainerIn("carton", location_id=at)]
    )
    containers_nest(container_ids=[carton.id], parent_id=pallet.id)
    arrive(here, 10, container_id=pallet.id)
    arrive(here, 4, container_id=carton.id)
    Putaway.objects.filter(container=carton.id).delete()

    container_move(container_id=carton.id, to_location_id=other_dock.pk)

    pallets, cartons = putaways(here, state="waiting")
    assert (pallets.container_id, pallets.from_location_id) == (pallet.id, at)
    assert (cartons.container_id, cartons.from_location_id, cartons.quantity) == (carton.id, other_dock.pk, 4)
    assert cartons.is_whole
    verify()


def test_a_box_with_a_putaway_of_its_own_is_followed_once_when_its_pallet_moves() -> None:
    here = dock()
    at = here.at("DOCK-1").pk
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [pallet, carton] = containers_make(
        specs=[ContainerIn("pallet", location_id=at), ContainerIn("carton", location_id=at)]
    )
    containers_nest(container_ids=[carton.id], parent_id=pallet.id)
    arrive(here, 10, container_id=pallet.id)
    arrive(here, 4, container_id=carton.id)

    container_move(container_id=pallet.id, to_location_id=other_dock.pk)

    rows = putaways(here, state="waiting")
    assert {(row.container_id, row.quantity, row.is_whole) for row in rows} == {
        (pallet.id, 10, True), (carton.id, 4, True),
    }  # fmt: skip
    assert {row.from_location_id for row in rows} == {other_dock.pk}
    verify()


def test_goods_in_a_box_that_somebody_waits_for_are_taken_out_of_the_box() -> None:
    shop = world(goods={"milk": 2})
    here = Place(shop.warehouse, shop.skus["milk"], shop.owner)
    at = here.at("DOCK-1").pk
    other_dock = facility.location(here.warehouse, "DOCK-9", kind="dock")
    [pallet, carton] = containers_make(
        specs=[ContainerIn("pallet", location_id=at), ContainerIn("carton", location_id=at)]
    )
    containers_nest(container_ids=[carton.id], parent_id=pallet.id)
    arrive(here, 4, container_id=carton.id)
    Putaway.objects.update(container=pallet.id)
    shop.orders([{"milk": 5}])

    container_move(container_id=pallet.id, to_location_id=other_dock.pk)

    (row,) = putaways(here, kind="crossdock", state="waiting")
    assert (row.container_id, row.from_location_id) == (carton.id, other_dock.pk)
    verify()


def test_unpacking_takes_as_many_statements_for_many_containers_as_for_one() -> None:
    here = dock()

    def statements(boxes: int) -> int:
        made = containers_make(specs=[ContainerIn("tote", location_id=here.at("DOCK-1").pk)] * boxes)
        for box in made:
            arrive(here, 5, container_id=box.id)
        stock_post(
            entries=[
                PostingIn(
                    here.sku.pk, here.owner.pk, 1, here.at("V-SUPPLIER").pk, here.at("DOCK-1").pk, "receipt",
                    from_condition="damaged", to_condition="damaged", to_container_id=box.id,
                )
                for box in made
            ]
        )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            containers_unpack([box.id for box in made])
        assert not Putaway.objects.filter(container_id__in=[box.id for box in made], is_whole=True).exclude(
            state="cancelled"
        )
        return len(seen)

    assert statements(1) == statements(6)


def test_who_waited_last_waits_again_when_cross_docked_goods_are_lost() -> None:
    shop = world(goods={"milk": 2})
    orders = [shop.orders([{"milk": units}])[0] for units in (5, 4)]
    here = Place(shop.warehouse, shop.skus["milk"], shop.owner)
    arrive(here, 7)
    drain()
    row = Putaway.objects.get(kind="crossdock")
    assert [(one["id"], one["units"]) for one in row.demand] == [(orders[0].pk, 3), (orders[1].pk, 4)]

    scrap(here, 5)

    row.refresh_from_db()
    assert (row.quantity, [(one["id"], one["units"]) for one in row.demand]) == (2, [(orders[0].pk, 2)])
    assert Task.objects.get(subject_kind="putaway", subject_id=row.pk).quantity == 2
    verify()


def test_scans_that_are_taken_back_make_the_task_smaller_too() -> None:
    hall = gate("milk")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 9}).pk)
    kept = hall.goods("milk", 5)
    taken = hall.goods("milk", 4)
    receipt_receive(receipt_id=receipt.pk, goods=[kept, taken])
    drain()

    receipt_undo(receipt_id=receipt.pk, scan_ids=[taken.scan_id])

    row = Putaway.objects.get(state="planned")
    assert row.quantity == 5
    assert Task.objects.get(subject_kind="putaway", subject_id=row.pk).quantity == 5
    hall.verify()


def test_goods_of_a_return_that_go_to_the_supplier_end_their_putaway() -> None:
    here = dock()
    for _parcel in range(2):
        key = return_open(opened=ReturnIn(here.warehouse.pk, owner_id=here.owner.pk))
        line = return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 3))
        return_line_grade(line_id=line, graded=GradeIn("B"))
        return_line_dispose(line_id=line, disposition="vendor")
    drain()
    first, second = ReturnLine.objects.order_by("id")

    return_line_finish(line_id=first.pk, outcome="sent")

    assert [row.state for row in putaways(here)] == ["cancelled", "planned"]
    return_line_finish(line_id=second.pk, outcome="scrap")
    assert [row.state for row in putaways(here)] == ["cancelled", "cancelled"]
    verify()


def test_what_came_by_transfer_and_is_on_a_shelf_already_is_not_planned_any_more() -> None:
    here = dock()
    here.put(10, "DOCK-1")

    told = Arrival(here.warehouse.pk, here.at("DOCK-1").pk, here.sku.pk, here.owner.pk, 10)
    moved(here, 8, "A01-01-1")

    goods_follow_late(arrivals=[told], source=("transfer", 1))

    assert [row.quantity for row in putaways(here)] == [2]


def test_statements_do_not_grow_with_the_number_of_places_that_goods_leave() -> None:
    here = dock(aisles=4, bays=10)
    skus = catalog.skus(30)
    for sku in skus:
        arrive(here, 4, sku_id=sku.pk)
    putaways_plan(warehouse_id=here.warehouse.pk)
    assert Putaway.objects.filter(state="planned").count() == 30

    def count(part: list[Any]) -> int:
        entries = [
            PostingIn(
                sku.pk, here.owner.pk, 3, here.at("DOCK-1").pk,
                Location.objects.get(warehouse=here.warehouse, code="V-SCRAP").pk, "scrap",
            )
            for sku in part
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            stock_post(entries=entries)
        return len(queries)

    assert count(skus[:2]) == count(skus[2:])
    assert set(Putaway.objects.values_list("state", "quantity")) == {("planned", 1)}
    verify()


def test_a_putaway_of_goods_that_are_not_there_is_found() -> None:
    here = dock()
    row = waiting(here)
    Putaway.objects.filter(pk=row.pk).update(quantity=11)
    SpaceClaim.objects.update(quantity=11)

    found = {one.name: one.samples for one in inventory_verify().checks if one.differences}

    assert found == {"inbound.putaway_goods": [{"putaway_ids": [row.pk], "to_carry": 11, "lying": 10}]}
