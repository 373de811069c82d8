"""Transfers in the task pool: one task at each end, done by whoever does it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import user_make
from tests.factories.floor import Handheld
from tests.factories.stockkeeping import World, second, world

from hecang.facility.models import Location, Warehouse
from hecang.kernel.clock import now
from hecang.kernel.errors import StateConflict
from hecang.orders.models import SalesOrderLine
from hecang.purchasing.models import PurchasePolicy
from hecang.stockkeeping.models import Transfer
from hecang.stockkeeping.selectors.values import currency_now, unit_values
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_cancel,
    transfer_create,
    transfer_release,
)
from hecang.work.floor.protocol import Refusal
from hecang.work.models import Task
from hecang.work.services import TaskIn, tasks_cancel, tasks_create

pytestmark = pytest.mark.django_db


def _released(*, units: int = 20) -> tuple[World, Warehouse, int]:
    made = world(goods={"milk": 30})
    other = second(made)
    key = transfer_create(
        from_warehouse_id=made.warehouse.pk, to_warehouse_id=other.pk, owner_id=made.owner.pk,
        lines=[TransferLineIn(made.skus["milk"].pk, units)],
    )  # fmt: skip
    transfer_approve(transfer_id=key)
    transfer_release(transfer_id=key)
    return made, other, key


def _tasks(key: int) -> list[tuple[str, str, int]]:
    rows = Task.objects.filter(subject_kind="transfer", subject_id=key).order_by("id")
    return [(row.warehouse.code, row.state, row.quantity) for row in rows.select_related("warehouse")]


def test_a_task_at_each_end_follows_the_goods() -> None:
    made, other, key = _released()
    assert _tasks(key) == [(made.warehouse.code, "open", 20)]

    out = Handheld(made.warehouse).begin("transfer", {"tasks": "1"}).expect("place")
    assert _tasks(key) == [(made.warehouse.code, "started", 20)]
    out.scan("A01-01-1", made.barcode("milk")).give("quantity", 20).give("leaves")
    task = Task.objects.get(subject_id=key, subject_kind="transfer", state="open")
    assert (task.warehouse_id, task.quantity) == (other.pk, 20)
    assert task.ready_at is not None
    assert task.ready_at > now() + timedelta(days=2)

    # The truck is early: nobody is kept from unloading it, and the task ends with the last unit.
    come = Handheld(other).begin("transfer").give("choice", key).expect("receive")
    come.scan(made.barcode("milk")).give("quantity", 15)
    assert _tasks(key)[1] == (other.code, "open", 20)
    come.scan(made.barcode("milk")).give("quantity", 5).expect("document")
    assert [row[1] for row in _tasks(key)] == ["done", "done"]
    made.verify()


def test_two_bring_goods_of_one_transfer() -> None:
    made, _other, key = _released()
    first = user_make(username="first", roles=["operator"], warehouse_ids=[made.warehouse.pk])
    Handheld(made.warehouse, first).begin("transfer", {"transfer_id": str(key)}).expect("place")
    helper = Handheld(made.warehouse).begin("transfer", {"transfer_id": str(key)}).expect("place")
    assert "you help" in helper.said
    helper.scan("A01-01-1", made.barcode("milk")).give("quantity", 20).give("leaves")
    assert _tasks(key)[0][1] == "done"


def test_a_transfer_that_is_called_off_takes_its_task_along() -> None:
    made, _other, key = _released()
    [task_id] = Task.objects.filter(subject_id=key, subject_kind="transfer").values_list("id", flat=True)
    with pytest.raises(StateConflict, match="still waits"):
        tasks_cancel(task_ids=[task_id])
    transfer_cancel(transfer_id=key)
    assert _tasks(key) == [(made.warehouse.code, "cancelled", 20)]
    made.verify()


def test_what_comes_later_leaves_its_task_in_the_pool() -> None:
    made, other, key = _released()
    Handheld(made.warehouse).begin("transfer", {"tasks": "1"}).scan("A01-01-1", made.barcode("milk")).give(
        "quantity", 20
    ).give("leaves")
    Task.objects.filter(subject_id=key, state="open").update(ready_at=None)
    come = Handheld(other).begin("transfer", {"tasks": "1"}).expect("receive")
    come.scan(made.barcode("milk")).give("quantity", 12).give("nothing_more").give("more")
    assert _tasks(key)[1] == (other.code, "open", 20)


def test_a_move_leaves_tasks_of_other_documents_alone() -> None:
    made, _other, _key = _released()
    place = Location.objects.get(warehouse=made.warehouse, code="A01-01-1")
    [task_id] = tasks_create(
        tasks=[
            TaskIn(
                "move", made.warehouse.pk, "something", 7, from_location_id=place.pk,
                to_location_id=Location.objects.get(warehouse=made.warehouse, code="STAGE-1").pk,
            )
        ]
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        Handheld(made.warehouse).begin("move", {"task_id": str(task_id)})
    assert refused.value.instance_code == "wrong_task"
    assert Task.objects.get(id=task_id).state == "open"


def test_a_transfer_is_worth_what_it_is_in_the_companys_money() -> None:
    PurchasePolicy.objects.update_or_create(
        id=1, defaults={"base_currency": "EUR", "rates": {"CNY": "0.125"}, "updated_at": now()}
    )
    made, _other, key = _released()
    made.order({"milk": 1}, deliver=False)
    SalesOrderLine.objects.update(unit_price=Decimal(8))
    sku_id = made.skus["milk"].pk
    assert unit_values([sku_id]) == {sku_id: Decimal(1)}
    assert (currency_now(), Transfer.objects.get(id=key).currency) == ("EUR", "EUR")
    # nobody has said what yuan are worth: the price is passed over, not taken for euros
    PurchasePolicy.objects.update(rates={})
    assert unit_values([sku_id]) == {}
