"""From the empty face to goods that lie in it: claims, tasks, carrying, trouble on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import actor_make
from tests.factories.stockkeeping import World, face, reserve, stock_row, world

from hecang.inventory.services import LotIn, lot_get_or_create_many, stock_allocate
from hecang.inventory.services.allocation import AllocationDemand
from hecang.kernel.clock import now, today
from hecang.kernel.errors import InvalidInput
from hecang.stockkeeping.errors_replenishing import ReplenishmentEnded, UnitsTaken, WrongSource
from hecang.stockkeeping.models import CountPlace, PickFace, Replenishment
from hecang.stockkeeping.services.carrying import (
    replenishment_confirm,
    replenishment_replan,
    replenishments_cancel,
)
from hecang.stockkeeping.services.consolidating import consolidation_preview, consolidation_start
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_infer, pick_faces_save, pick_faces_suggest
from hecang.stockkeeping.services.replenishing import (
    FaceDemand,
    replenishment_ask,
    replenishments_for_demand,
    replenishments_plan,
    replenishments_top_up,
)
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def shop(units: int = 100, *, at_face: int = 5, **of_face: int) -> World:
    made = world(goods={"milk": at_face} if at_face else {})
    reserve(made, "R01-01-1")
    made.sku("milk")
    if units:
        made.put("milk", units, "R01-01-1")
    face(made, "milk", **of_face)
    return made


def opened() -> list[Replenishment]:
    return list(Replenishment.objects.filter(state="open").order_by("id"))


def test_a_face_below_its_minimum_gets_a_claim_and_a_task_once() -> None:
    made = shop()

    first = replenishments_plan(warehouse_id=made.warehouse.pk)
    again = replenishments_plan(warehouse_id=made.warehouse.pk)

    [one] = opened()
    assert ([one.pk], []) == (first, again)
    assert (one.quantity, one.cause, one.from_location.code, one.to_location.code) == (
        45, "below_min", "R01-01-1", "A01-01-1",
    )  # fmt: skip
    task = Task.objects.get(subject_kind="replenishment", subject_id=one.pk)
    assert (task.kind, task.state, task.quantity, task.to_location_id) == (
        "replenish",
        "open",
        45,
        one.to_location_id,
    )
    made.verify()


def test_carrying_moves_the_goods_and_ends_the_task() -> None:
    made = shop()
    replenishments_plan(warehouse_id=made.warehouse.pk)
    [one] = opened()

    part = replenishment_confirm(replenishment_id=one.pk, quantity=20)
    rest = replenishment_confirm(replenishment_id=one.pk, quantity=25)

    assert (part.left, part.ended, rest.left, rest.ended) == (25, False, 0, True)
    assert made.stock("milk", "A01-01-1") == (50, 0)
    assert made.availability("milk") == (105, 0)
    one.refresh_from_db()
    assert (one.state, one.ended_by, one.moved) == ("done", "moved", 45)
    assert Task.objects.get(subject_id=one.pk, subject_kind="replenishment").state == "done"
    with pytest.raises(ReplenishmentEnded):
        replenishment_confirm(replenishment_id=one.pk, quantity=1)
    made.verify()


def test_more_than_is_left_is_refused_and_nothing_happens() -> None:
    made = shop()
    replenishments_plan(warehouse_id=made.warehouse.pk)
    with pytest.raises(InvalidInput) as error:
        replenishment_confirm(replenishment_id=opened()[0].pk, quantity=46)
    assert error.value.data == {"left": 45}
    assert made.stock("milk", "A01-01-1") == (5, 0)


def test_an_order_wins_against_a_claim_and_the_rest_is_planned_from_elsewhere() -> None:
    # Given all reserve units claimed, and more in a second place
    made = shop(45)
    reserve(made, "R01-02-1")
    made.put("milk", 40, "R01-02-1", received_at=now() + timedelta(days=1))
    replenishments_plan(warehouse_id=made.warehouse.pk)
    [one] = opened()

    # When an order's wave takes what lies there
    stock_allocate(
        demands=[
            AllocationDemand(
                1, made.warehouse.pk, made.skus["milk"].pk, made.owner.pk, 50, source_kind="other"
            )
        ],
        policy="fifo",
    )
    with pytest.raises(UnitsTaken) as error:
        replenishment_confirm(replenishment_id=one.pk, quantity=45)
    again = replenishment_replan(replenishment_id=one.pk)

    # Then it is told what is left, and the new claim takes other units
    assert error.value.data["free"] == 0
    [new] = opened()
    assert again == (new.pk,)
    assert (new.from_location.code, new.quantity) == ("R01-02-1", 40)
    one.refresh_from_db()
    assert one.ended_by == "taken"


def test_goods_from_another_row_are_taken_unless_somebody_has_claimed_them() -> None:
    # Given 35 units claimed for the first face, and 40 of 60 in another place for the second
    made = shop(35, high=40)
    reserve(made, "R01-02-1")
    made.put("milk", 60, "R01-02-1")
    face(made, "milk", "A01-02-1", low=10, high=40)
    replenishments_plan(warehouse_id=made.warehouse.pk)
    one, two = opened()
    other = stock_row(made, "milk", "R01-02-1")

    replenishment_confirm(replenishment_id=one.pk, quantity=5, from_stock_id=other.pk)
    with pytest.raises(WrongSource) as claimed:
        replenishment_confirm(replenishment_id=one.pk, quantity=16, from_stock_id=other.pk)
    with pytest.raises(WrongSource):
        replenishment_confirm(
            replenishment_id=one.pk, quantity=1, from_stock_id=stock_row(made, "milk", "A01-01-1").pk
        )

    assert claimed.value.data["free"] == 15
    assert made.stock("milk", "A01-01-1") == (10, 0)
    assert (two.quantity, two.from_location.code) == (40, "R01-02-1")
    made.verify()


def test_goods_that_are_not_there_end_it_tell_counting_and_are_planned_anew() -> None:
    made = shop(30, high=30)
    reserve(made, "R01-02-1")
    made.put("milk", 30, "R01-02-1", received_at=now() + timedelta(days=2))
    replenishments_plan(warehouse_id=made.warehouse.pk)
    [one] = opened()

    done = replenishment_confirm(replenishment_id=one.pk, quantity=3, is_short=True)

    one.refresh_from_db()
    assert (one.state, one.ended_by, one.moved) == ("done", "short", 3)
    assert made.stock("milk", "A01-01-1") == (8, 0)
    assert list(done.again) == [row.pk for row in opened()]
    made.verify()
    place = CountPlace.objects.get()
    assert (place.location.code, place.count.reason) == ("R01-01-1", "short_pick")


def test_cancelling_gives_the_claim_back() -> None:
    made = shop()
    ids = replenishments_plan(warehouse_id=made.warehouse.pk)
    assert replenishments_cancel(replenishment_ids=ids) == 1
    assert replenishments_cancel(replenishment_ids=ids) == 0
    assert not Task.objects.filter(subject_kind="replenishment", state="open").exists()
    assert len(replenishments_plan(warehouse_id=made.warehouse.pk)) == 1


def test_a_wave_that_empties_its_face_brings_goods_there_before_it_is_released() -> None:
    # Given a face with 20, and orders for 30 that a wave takes
    made = shop(100, at_face=20, low=5, high=40)
    made.orders([{"milk": 3}] * 10)

    wave_id = made.planned()

    [one] = opened()
    assert (one.cause, one.quantity, one.wave_id) == ("demand", 20, wave_id)
    replenishment_confirm(replenishment_id=one.pk, quantity=20)
    from hecang.outbound.services.wave_release import wave_release

    wave_release(wave_id=wave_id)
    # Then nobody has to climb
    assert {task.from_location.code for task in made.tasks()} == {"A01-01-1"}
    made.ship_all()
    made.verify()


def test_demand_of_skus_without_faces_is_left_alone() -> None:
    made = shop()
    made.put("bread", 10, "A02-01-1")
    assert (
        replenishments_for_demand(
            warehouse_id=made.warehouse.pk, demand=[FaceDemand(made.skus["bread"].pk, made.owner.pk, 99)]
        )
        == []
    )


def test_what_orders_have_reserved_beyond_the_face_is_brought() -> None:
    made = shop(100, at_face=20, low=5, high=60)
    made.orders([{"milk": 25}])
    replenishments_plan(warehouse_id=made.warehouse.pk)
    [one] = opened()
    assert (one.cause, one.quantity) == ("demand", 40)


def test_the_earliest_lot_is_brought_first_and_goods_on_hold_never() -> None:
    made = world()
    made.sku("yoghurt", is_lot_tracked=True, is_expiry_tracked=True)
    lots = lot_get_or_create_many(
        lots=[
            LotIn(made.skus["yoghurt"].pk, code, expires_on=today() + timedelta(days=days))
            for code, days in (("LATE", 90), ("EARLY", 20), ("HELD", 10))
        ]
    )
    for number, lot_id in enumerate(lots, start=1):
        reserve(made, f"R01-0{number}-1")
        made.put("yoghurt", 10, f"R01-0{number}-1", lot_id=lot_id)
    from hecang.inventory.services import hold_place

    hold_place(kind="lot", lot_id=lots[2], reason="test")
    face(made, "yoghurt", low=5, high=15)

    replenishments_plan(warehouse_id=made.warehouse.pk)

    assert [(one.lot.code, one.quantity) for one in opened() if one.lot] == [("EARLY", 10), ("LATE", 5)]


def test_a_top_up_near_somebody_fills_faces_of_the_same_aisle() -> None:
    made = shop(100, at_face=30, low=5, high=50, multiple=6)
    reserve(made, "R01-02-1")
    made.put("tea", 100, "R01-02-1")
    face(made, "tea", "A02-01-1", low=0, high=50, multiple=6)

    replenishments_top_up(warehouse_id=made.warehouse.pk, near_location_id=made.at("A01-03-1").pk)

    assert [(one.sku.code, one.quantity, one.cause) for one in opened()] == [("milk", 18, "top_up")]


def test_somebody_asks_for_goods_at_a_face() -> None:
    shop(100, at_face=30)
    [face_id] = PickFace.objects.values_list("id", flat=True)
    replenishment_ask(face_id=face_id, quantity=7)
    assert [(one.quantity, one.cause) for one in opened()] == [(7, "manual")]


def test_faces_are_found_where_goods_lie_and_fitted_to_what_is_picked() -> None:
    made = world(goods={"milk": 40, "tea": 8})
    made.orders([{"milk": 14}])
    made.released()
    made.pick_all()

    ids = pick_faces_infer(warehouse_id=made.warehouse.pk)

    milk = PickFace.objects.get(sku=made.skus["milk"])
    assert (milk.daily_outflow, milk.suggested_min, milk.suggested_max) == (0.5, 1, 1)
    assert (milk.min_quantity, milk.max_quantity, milk.is_fixed) == (1, 1, False)
    assert len(ids) == 2
    assert pick_faces_infer(warehouse_id=made.warehouse.pk) == []
    # What people have set stays until they take the suggestion over
    pick_faces_save(faces=[FaceIn(milk.location_id, milk.sku_id, milk.owner_id, 3, 30)])
    pick_faces_suggest(warehouse_id=made.warehouse.pk)
    milk.refresh_from_db()
    assert (milk.max_quantity, milk.suggested_max) == (30, 1)
    pick_faces_suggest(warehouse_id=made.warehouse.pk, face_ids=[milk.pk], take=True)
    milk.refresh_from_db()
    assert milk.max_quantity == 1


def test_wrong_faces_are_refused_and_named() -> None:
    made = shop()
    place, sku, owner = made.at("STAGE-1").pk, made.skus["milk"].pk, made.owner.pk
    with pytest.raises(InvalidInput) as error:
        pick_faces_save(
            faces=[FaceIn(place, sku, owner, 1, 5), FaceIn(made.at("A01-02-1").pk, sku, owner, 9, 5),
                   FaceIn(made.at("A01-02-1").pk, 10**9, owner, 1, 5)]
        )  # fmt: skip
    assert [(one.loc, one.code) for one in error.value.problems] == [
        ("faces.0.location_id", "wrong_location"),
        ("faces.1.max_quantity", "wrong_quantity"),
        ("faces.2.sku_id", "wrong_sku"),
    ]


def test_scattered_remains_are_brought_together_once() -> None:
    made = world()
    for number, units in enumerate((3, 9, 2, 15), start=1):
        reserve(made, f"R01-0{number}-1", pick_sequence=number)
        made.put("milk", units, f"R01-0{number}-1")

    merges = consolidation_preview(warehouse_id=made.warehouse.pk)
    ids = consolidation_start(warehouse_id=made.warehouse.pk, stock_ids=[merge.stock_id for merge in merges])
    for one in opened():
        replenishment_confirm(replenishment_id=one.pk, quantity=one.quantity)

    assert sorted(merge.quantity for merge in merges) == [2, 3, 9]
    assert len(ids) == 3
    assert made.stock("milk", "R01-04-1") == (29, 0)
    assert consolidation_preview(warehouse_id=made.warehouse.pk) == []
    made.verify()


def test_a_manager_takes_the_task_out_of_the_pool_and_the_claim_goes() -> None:
    from hecang.kernel.actor import acting
    from hecang.work.services import tasks_cancel

    made = shop()
    replenishments_plan(warehouse_id=made.warehouse.pk)
    [one] = opened()
    task = Task.objects.get(subject_kind="replenishment", subject_id=one.pk)
    with acting(actor_make(roles=["warehouse_manager"])):
        tasks_cancel(task_ids=[task.pk])
    one.refresh_from_db()
    assert (one.state, one.ended_by) == ("cancelled", "dropped")


def test_the_number_of_statements_does_not_grow_with_faces() -> None:
    def plan(count: int) -> int:
        made = world(aisles=10, bays=10)
        places = made.warehouse.locations.filter(kind="pick_face").order_by("id")[:count]
        reserve(made, "R01-01-1")
        for number, place in enumerate(places):
            made.put(f"q{made.warehouse.code}-{number}", 100, "R01-01-1")
            face(made, f"q{made.warehouse.code}-{number}", place.code)
        with CaptureQueriesContext(connection) as counted:
            assert len(replenishments_plan(warehouse_id=made.warehouse.pk)) == count
        return len(counted)

    assert plan(10) == plan(100)
