"""Planners, carriers, trucks and orders at once: no unit is claimed, sent or received twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db.models import F, Sum
from tests.factories.stockkeeping import face, reserve, second, world
from tests.factories.threads import race

from hecang.inventory.services import stock_allocate
from hecang.inventory.services.allocation import AllocationDemand
from hecang.kernel.errors import Conflict, HecangError, InvalidInput
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrderLine
from hecang.stockkeeping.models import Replenishment, Transfer, TransferLine
from hecang.stockkeeping.services.carrying import replenishment_confirm
from hecang.stockkeeping.services.consolidating import consolidation_preview, consolidation_start
from hecang.stockkeeping.services.replenishing import replenishment_ask, replenishments_plan
from hecang.stockkeeping.services.transfer_receiving import (
    TransferReceiveIn,
    transfer_close,
    transfer_receive,
)
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    allocations_of,
    transfer_pick,
    transfer_ship,
)
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    lines_lock,
    transfer_approve,
    transfer_cancel,
    transfer_create,
    transfer_release,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_planners_at_once_never_claim_a_unit_twice() -> None:
    # Given three faces of each of ten SKUs that together want more than there is in reserve
    shop = world(aisles=3)
    reserve(shop, "R01-01-1")
    for number in range(10):
        shop.put(f"p{number}", 60, "R01-01-1")
        for aisle in range(1, 4):
            face(shop, f"p{number}", f"A0{aisle}-{number + 1:02}-1", low=10, high=30)

    errors = race(lambda _number: replenishments_plan(warehouse_id=shop.warehouse.pk), threads=8)

    assert errors == []
    for number in range(10):
        rows = Replenishment.objects.filter(sku=shop.skus[f"p{number}"], state="open")
        assert rows.aggregate(units=Sum("quantity"))["units"] == 60
        for one in rows.values("to_location").annotate(units=Sum("quantity")):
            assert one["units"] <= 30
    shop.verify()


def test_those_who_ask_at_once_never_claim_the_same_room() -> None:
    # Given a face with room for thirty, two reserve places with much more, and people who ask while the planner plans
    shop = world(goods={"milk": 20})
    for code in ("R01-01-1", "R01-02-1"):
        reserve(shop, code)
        shop.put("milk", 90, code)
    face_id = face(shop, "milk", low=30, high=50)

    def work(number: int) -> None:
        for turn in range(3):
            if number % 2:
                replenishment_ask(face_id=face_id, quantity=None if turn else 20)
            else:
                replenishments_plan(warehouse_id=shop.warehouse.pk, top_up=True)

    assert race(work, threads=8) == []
    rows = Replenishment.objects.filter(state="open")
    assert rows.aggregate(units=Sum("quantity"))["units"] == 30
    shop.verify()


def test_goods_are_carried_while_orders_take_from_both_ends() -> None:
    shop = world(goods={"milk": 20})
    reserve(shop, "R01-01-1")
    shop.put("milk", 80, "R01-01-1")
    face(shop, "milk", low=30, high=100)
    [replenishment_id] = replenishments_plan(warehouse_id=shop.warehouse.pk)
    refused: list[HecangError] = []

    def work(number: int) -> None:
        for _turn in range(5):
            if number % 2:
                stock_allocate(
                    demands=[
                        AllocationDemand(
                            number,
                            shop.warehouse.pk,
                            shop.skus["milk"].pk,
                            shop.owner.pk,
                            2,
                            source_kind="other",
                        )
                    ]
                )
            else:
                try:
                    replenishment_confirm(replenishment_id=replenishment_id, quantity=4)
                except (Conflict, InvalidInput) as error:
                    refused.append(error)

    errors = race(work, threads=8)

    assert errors == []
    one = Replenishment.objects.get(id=replenishment_id)
    face_units, face_allocated = shop.stock("milk", "A01-01-1")
    reserve_units, reserve_allocated = shop.stock("milk", "R01-01-1")
    assert one.moved <= one.quantity
    assert (face_units, reserve_units) == (20 + one.moved, 80 - one.moved)
    assert face_allocated + reserve_allocated == 40
    shop.verify()


def test_one_confirmation_of_the_last_units_wins() -> None:
    shop = world(goods={"milk": 5})
    reserve(shop, "R01-01-1")
    shop.put("milk", 45, "R01-01-1")
    face(shop, "milk")
    [key] = replenishments_plan(warehouse_id=shop.warehouse.pk)
    refused: list[HecangError] = []

    def work(_number: int) -> None:
        try:
            replenishment_confirm(replenishment_id=key, quantity=45)
        except HecangError as error:
            refused.append(error)

    assert race(work, threads=8) == []
    assert len(refused) == 7
    assert shop.stock("milk", "A01-01-1") == (50, 0)
    shop.verify()


def test_remains_are_put_together_by_one_of_many() -> None:
    shop = world()
    for number in range(1, 6):
        reserve(shop, f"R01-0{number}-1")
        shop.put("milk", number, f"R01-0{number}-1")
    ids = [merge.stock_id for merge in consolidation_preview(warehouse_id=shop.warehouse.pk)]
    lost: list[HecangError] = []

    def work(_number: int) -> None:
        try:
            consolidation_start(warehouse_id=shop.warehouse.pk, stock_ids=ids)
        except Conflict as error:
            lost.append(error)

    assert race(work, threads=6) == []
    assert len(lost) == 5
    assert Replenishment.objects.filter(state="open").count() == 4


def _transfer(units: int, goods: int = 100, *, step: str = "") -> tuple[object, int]:
    shop = world(goods={"milk": goods})
    other = second(shop)
    key = transfer_create(
        from_warehouse_id=shop.warehouse.pk,
        to_warehouse_id=other.pk,
        owner_id=shop.owner.pk,
        lines=[TransferLineIn(shop.skus["milk"].pk, units)],
    )
    if step:
        transfer_approve(transfer_id=key)
        transfer_release(transfer_id=key)
        [one] = _standing(key)
        transfer_pick(transfer_id=key, picks=[TransferPick(one.allocation_id, units)])
    if step == "road":
        transfer_ship(transfer_id=key)
    return shop, key


def _standing(key: int) -> list[object]:
    from django.db import transaction

    with transaction.atomic():
        return allocations_of(lines_lock(key))


def test_orders_and_approvals_share_the_last_units() -> None:
    shop = world(goods={"milk": 40})
    other = second(shop)
    keys = [
        transfer_create(
            from_warehouse_id=shop.warehouse.pk, to_warehouse_id=other.pk, owner_id=shop.owner.pk,
            lines=[TransferLineIn(shop.skus["milk"].pk, 7)],
        )
        for _ in range(4)
    ]  # fmt: skip
    short: list[HecangError] = []

    def work(number: int) -> None:
        if number < 4:
            try:
                transfer_approve(transfer_id=keys[number])
            except Conflict as error:
                short.append(error)
        else:
            for _turn in range(4):
                shop.order({"milk": 2}, deliver=False)

    assert race(work, threads=8) == []
    promised = TransferLine.objects.aggregate(units=Sum("reserved"))["units"]
    ordered = SalesOrderLine.objects.aggregate(units=Sum("reserved"))["units"]
    assert promised + ordered == 40 - shop.availability("milk")[0] + shop.availability("milk")[1]
    assert promised + ordered <= 40
    assert promised == 7 * (4 - len(short))
    shop.verify()


def test_a_truck_leaves_once_however_often_it_is_told() -> None:
    shop, key = _transfer(40, step="dock")
    sent: list[int] = []
    assert race(lambda _number: sent.append(transfer_ship(transfer_id=key)), threads=8) == []
    assert sent == [40] * 8
    assert TransferLine.objects.get().shipped == 40
    shop.verify()  # type: ignore[attr-defined]


def test_a_transfer_is_sent_or_cancelled_never_both() -> None:
    shop, key = _transfer(40, step="dock")
    refused: list[HecangError] = []

    def work(number: int) -> None:
        try:
            if number % 2:
                transfer_cancel(transfer_id=key)
            else:
                transfer_ship(transfer_id=key)
        except Conflict as error:
            refused.append(error)

    assert race(work, threads=8) == []
    assert len(refused) == 4
    assert Transfer.objects.get().state in {"in_transit", "cancelled"}
    shop.verify()  # type: ignore[attr-defined]


def test_units_come_off_the_truck_once() -> None:
    # Given eight devices that send the same ten scans of four units, and scans of their own, and a manager who closes
    shop, key = _transfer(40, step="road")
    sku = shop.skus["milk"].pk  # type: ignore[attr-defined]
    same = [TransferReceiveIn(uuid4(), sku, 2) for _ in range(10)]
    refused: list[HecangError] = []

    def work(number: int) -> None:
        for turn in range(10):
            own = TransferReceiveIn(uuid4(), sku, 1)
            try:
                transfer_receive(transfer_id=key, received=[same[(turn + number) % 10]])
                transfer_receive(transfer_id=key, received=[own])
                if number == 7 and turn == 8:
                    transfer_close(transfer_id=key)
            except (Conflict, InvalidInput) as error:
                refused.append(error)

    assert race(work, threads=8) == []
    line = TransferLine.objects.get()
    assert line.received + line.lost <= 40
    assert (
        not Transfer.objects.filter(state="closed")
        .exclude(lines__shipped=F("lines__received") + F("lines__lost"))
        .exists()
    )
    drain()
    shop.verify()  # type: ignore[attr-defined]
