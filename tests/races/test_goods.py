"""Containers, serials, changes and kits while others do the same: nothing is lost, doubled, or left half done."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from uuid import uuid4

import pytest
from tests.factories import catalog
from tests.factories import inventory as make
from tests.factories.threads import race

from hecang.inventory.errors import AllocationNotOpen, ContainerMisplaced, InsufficientStock, PostingInvalid
from hecang.inventory.models import Allocation, Container, Movement, MovementSerial, Serial, Stock
from hecang.inventory.services import (
    AdjustIn,
    ContainerIn,
    PickMove,
    PostingIn,
    ShipMove,
    allocations_pick,
    allocations_ship,
    container_move,
    containers_make,
    containers_nest,
    containers_unnest,
    hold_place,
    hold_release,
    stock_allocate,
    stock_move,
    stock_post,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel.errors import StockShort
from hecang.stockkeeping.models import StockChange
from hecang.stockkeeping.services.changes import (
    Becomes,
    Which,
    change_approve,
    change_policy_set,
    change_request,
)
from hecang.stockkeeping.services.correcting import ChangeApprovals
from hecang.stockkeeping.services.kitting import (
    KitJobIn,
    KitStepIn,
    kit_job_create,
    kit_job_do,
    kit_step_undo,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def in_order() -> None:
    report = inventory_verify(prefix="inventory.")
    assert report.differences == 0, [check for check in report.checks if check.differences]


def test_a_pallet_carried_by_many_while_its_goods_are_picked_and_held() -> None:
    place = make.place(is_serial_tracked=True)
    base, first, second = (
        made.id
        for made in containers_make(
            specs=[
                ContainerIn("pallet", "PAL", place.at("A01-01-1").pk),
                ContainerIn(parent_index=0),
                ContainerIn(parent_index=0),
            ]
        )
    )
    for box, letter in ((first, "a"), (second, "b")):
        place.put(20, to_container_id=box, serials=tuple(f"{letter}{n}" for n in range(20)))
    allocations = [place.allocate(1)[0].id for _unit in range(16)]
    stage = place.at("STAGE-1").pk
    codes = ("A01-01-1", "A01-02-1", "A01-03-1")
    outcomes: Counter[str] = Counter()

    def work(number: int) -> None:
        for turn in range(6):
            try:
                if number < 4:
                    container_move(container_id=base, to_location_id=place.at(codes[(number + turn) % 3]).pk)
                elif number < 6:
                    containers_unnest(container_ids=[first])
                    container_move(container_id=first, to_location_id=place.at(codes[turn % 3]).pk)
                elif number == 6:
                    containers_nest(container_ids=[first], parent_id=base)
                elif number == 7:
                    hold_release(hold_id=hold_place(kind="container", container_id=base, reason="race"))
                elif turn < 2:
                    key = allocations[(number - 8) * 2 + turn]
                    allocations_pick(picks=[PickMove(key, 1, stage)])
                outcomes["done"] += 1
            except ContainerMisplaced:
                outcomes["misplaced"] += 1

    assert race(work, threads=16) == []
    assert Allocation.objects.filter(state="picked").count() == 16
    assert Serial.objects.filter(stock__quantity__gt=0).count() == 40
    assert place.stock("STAGE-1") == (16, 16)
    in_order()


def test_two_carry_one_container_and_goods_come_into_it() -> None:
    place = make.place()
    box = containers_make(specs=[ContainerIn("tote", "T", place.at("A01-01-1").pk)])[0].id

    def work(number: int) -> None:
        for turn in range(10):
            if number % 2:
                container_move(
                    container_id=box, to_location_id=place.at(f"A01-0{(number + turn) % 3 + 1}-1").pk
                )
            else:
                where = Container.objects.select_related("location").get(id=box).location
                assert where is not None
                with suppress(ContainerMisplaced):
                    place.put(1, where.code, to_container_id=box)

    assert race(work, threads=8) == []
    in_order()


def test_a_number_comes_in_once_though_many_receive_it() -> None:
    place = make.place(is_serial_tracked=True)
    came: list[int] = []

    def receive(number: int) -> None:
        for turn in range(10):
            try:
                place.put(2, f"A01-0{number % 3 + 1}-1", serials=(f"S{turn}", f"T{turn}"))
            except PostingInvalid:
                continue
            came.append(turn)

    assert race(receive, threads=12) == []
    assert sorted(came) == list(range(10))
    assert Serial.objects.count() == 20
    in_order()


def test_a_serial_is_shipped_once() -> None:
    place = make.place(is_serial_tracked=True)
    place.put(30, serials=tuple(f"S{n:02}" for n in range(30)))
    allocations = [place.allocate(1)[0] for _unit in range(20)]
    stage = place.at("STAGE-1").pk
    picked = allocations_pick(picks=[PickMove(a.id, 1, stage) for a in allocations])
    shipped: list[int] = []

    def ship(number: int) -> None:
        for allocated in picked[number % 4 :: 4]:
            try:
                allocations_ship(
                    ships=[ShipMove(allocated.source_id, 1, 1)], source_kind="test", document_kind="parcel"
                )
            except AllocationNotOpen:
                continue
            shipped.append(allocated.source_id)

    assert race(ship, threads=12) == []
    assert sorted(shipped) == sorted(a.source_id for a in picked)
    gone = MovementSerial.objects.filter(movement__reason="ship").values_list("serial_id", flat=True)
    assert len(gone) == len(set(gone)) == 20
    in_order()


def test_a_change_applies_once_while_its_goods_are_allocated_and_picked() -> None:
    place = make.place(quantity=400)
    change_policy_set(kind="condition", max_units=0, max_value=None)
    changes = [
        change_request(
            kind="condition",
            which=Which(sku_id=place.sku.pk, condition="good"),
            becomes=Becomes(condition="damaged"),
            reason="x",
        )
        for _change in range(3)
    ]
    applied: list[int] = []

    def work(number: int) -> None:
        if number < 6:
            applied.append(change_approve(change_id=changes[number % 3].id).applied_units)
            return
        for _turn in range(10):
            try:
                got = stock_allocate(demands=[place.demand(3, place.reserve(3))])
            except StockShort:
                continue
            if got.allocations:
                allocations_pick(
                    picks=[PickMove(a.id, a.quantity, place.at("STAGE-1").pk) for a in got.allocations]
                )

    assert race(work, threads=12) == []
    damaged = place.stock(condition="damaged")[0]
    assert damaged + place.stock("STAGE-1")[0] + place.stock(condition="good")[0] == 400
    assert damaged == sum(set(applied) | {0})
    in_order()


def test_a_correction_is_posted_once_while_its_goods_are_allocated_picked_and_moved() -> None:
    # Given three corrections of thirty lost units each that wait for another's word
    place = make.place(quantity=400)
    change_policy_set(kind="adjust", max_units=5, max_value=None)
    row = Stock.objects.get(location=place.at("A01-01-1"), condition="good")
    lost = AdjustIn(
        row.location_id, row.sku_id, row.owner_id, row.lot_id, "good", row.container_id, change=-30
    )
    asked = [ChangeApprovals().adjust(adjustments=[lost], reason="adjustment")[0] for _n in range(3)]
    posted: list[int] = []
    late: list[int] = []

    away = place.at("A01-02-1").pk

    # When two agree to each, others ask for more, carry goods away and orders take them
    def work(number: int) -> None:
        if number < 6:
            try:
                posted.append(change_approve(change_id=asked[number % 3].id).id)
            except InsufficientStock:  # orders have got them: it still waits
                late.append(asked[number % 3].id)
            return
        for turn in range(10):
            if number == 6 and turn % 3 == 0:
                with suppress(InsufficientStock):
                    ChangeApprovals().adjust(adjustments=[lost], reason="scrap")
            if number == 7:
                with suppress(InsufficientStock):
                    moved = PostingIn(place.sku.pk, place.owner.pk, 9, row.location_id, away, "move")
                    stock_move(entries=[moved])
            with suppress(StockShort):
                got = stock_allocate(demands=[place.demand(3, place.reserve(3))])
                allocations_pick(
                    picks=[PickMove(a.id, a.quantity, place.at("STAGE-1").pk) for a in got.allocations]
                )

    assert race(work, threads=12) == []

    # Then each is posted once or still waits whole, and every unit is somewhere
    applied = StockChange.objects.filter(kind="adjust", state="applied")
    assert set(applied.values_list("pk", flat=True)) == set(posted)
    entries = Movement.objects.filter(source_kind="stock_change")
    assert sorted(entries.values_list("source_id", "quantity")) == [(key, 30) for key in sorted(set(posted))]
    assert not set(late) & set(posted)
    left = sum(place.stock(code)[0] for code in ("A01-01-1", "A01-02-1", "STAGE-1"))
    assert left == 400 - 30 * len(set(posted))
    in_order()


def test_kits_are_made_of_what_orders_leave() -> None:
    cup = make.place(quantity=60)
    box = make.Place(cup.warehouse, catalog.sku(), cup.owner)
    box.put(60)
    kit = catalog.kit([(cup.sku, 1), (box.sku, 1)], kit_mode="keep")
    at, to = cup.at("A01-01-1").pk, cup.at("A01-02-1").pk
    job = kit_job_create(job=KitJobIn(cup.warehouse.pk, cup.owner.pk, kit.pk, 60, at, to))
    made: list[int] = []
    allocated: list[int] = []

    def work(number: int) -> None:
        for turn in range(8):
            try:
                if number % 2:
                    step = kit_job_do(step=KitStepIn(job.job_id, 1, uuid4()))
                    if turn % 4 == 3 and step.step_id is not None:
                        kit_step_undo(step_id=step.step_id)
                    else:
                        made.append(1)
                else:
                    got = stock_allocate(demands=[cup.demand(1, cup.reserve(1))])
                    allocated.extend(a.quantity for a in got.allocations)
            except (InsufficientStock, StockShort):
                continue

    assert race(work, threads=12) == []
    assert make.Place(cup.warehouse, kit, cup.owner).stock("A01-02-1")[0] == len(made)
    assert cup.stock()[0] == 60 - len(made)
    assert cup.stock()[1] == sum(allocated)
    in_order()


def test_unnumbered_and_named_units_leave_one_row_together() -> None:
    place = make.place(is_serial_tracked=True)
    place.put(50, serials=tuple(f"S{n:02}" for n in range(50)))
    place.put(30)
    left: Counter[str] = Counter()

    def leave(number: int) -> None:
        for turn in range(5):
            named = (f"S{number * 5 + turn:02}",) if number % 2 else ()
            try:
                stock_post(
                    entries=[
                        PostingIn(
                            place.sku.pk, place.owner.pk, 1, place.at("A01-01-1").pk, place.at("A01-02-1").pk, "move",
                            serials=named,
                        )
                    ]
                )  # fmt: skip
                left["named" if named else "any"] += 1
            except PostingInvalid:
                left["gone"] += 1

    assert race(leave, threads=10) == []
    assert left["named"] + left["any"] + left["gone"] == 50
    in_order()
