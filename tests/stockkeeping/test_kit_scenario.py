"""Kitting on a handheld: by task, in parts, with serials and lots, apart again, and with undo."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.floor import Handheld
from tests.stockkeeping.test_kitting import Bench

from hecang.inventory.models import Serial, Stock
from hecang.inventory.verify import inventory_verify
from hecang.kernel.errors import Conflict
from hecang.stockkeeping.models import KitJob
from hecang.work.models import Task
from hecang.work.services import tasks_cancel

pytestmark = pytest.mark.django_db


def begin(bench: Bench) -> Handheld:
    return Handheld(bench.cup.warehouse).begin("kit")


def test_kits_are_put_together_in_parts_and_taken_back() -> None:
    bench = Bench()
    bench.job(6)
    pda = begin(bench)
    pda.refused("place", "A01-02-1", code="wrong_place")
    pda.scan("A01-01-1").refused("goods", bench.kit.sku.code, code="wrong_goods")
    pda.scan(bench.box.sku.code, bench.cup.sku.code).give("kits", 2)
    pda.refused("target", "A01-03-1", code="wrong_place")
    assert bench.lies() == (20, 10, 0)
    pda.scan("A01-02-1")
    assert bench.lies() == (16, 8, 2)
    assert KitJob.objects.get().state == "started"

    pda.give("undo")
    assert bench.lies() == (20, 10, 0)

    pda.scan("A01-01-1", bench.cup.sku.code, bench.box.sku.code).give("kits", 6).scan("A01-02-1")
    assert bench.lies() == (8, 4, 6)
    assert (KitJob.objects.get().state, Task.objects.get(kind="kit").state) == ("done", "done")
    assert pda.step["is_over"]
    assert inventory_verify().differences == 0


def test_what_is_missing_is_named_at_the_place() -> None:
    bench = Bench(cups=1)
    bench.job(2)
    begin(bench).refused("place", "A01-01-1", code="parts_missing")


def test_no_more_than_the_goods_allow() -> None:
    bench = Bench(cups=7)
    bench.job(9)
    pda = begin(bench).scan("A01-01-1", bench.cup.sku.code, bench.box.sku.code)
    pda.refused("kits", 4, code="quantity_invalid")
    pda.give("kits", 3).scan("A01-02-1")
    assert bench.lies() == (1, 7, 3)


@pytest.mark.parametrize("direction", ["assemble", "dismantle"])
def test_kits_with_serials_and_lots(direction: str) -> None:
    bench = Bench(is_serial_tracked=True, is_lot_tracked=True)
    there: dict[str, Any] = {}
    if direction == "dismantle":
        lot = bench.kit.lot("KL", None)
        bench.kit.put(2, lot=lot, serials=("K1", "K2"))
        there = {"direction": "dismantle"}
    bench.job(2, **there)
    pda = begin(bench).scan("A01-01-1")
    if direction == "assemble":
        pda.scan(bench.cup.sku.code, bench.box.sku.code).give("kits", 2)
        pda.scan("K1").refused("serial", "K1", code="serial_twice").scan("K2")
        pda.give("lot", "L-7").scan("A01-02-1")
        assert Stock.objects.get(sku=bench.kit.sku, quantity=2).lot.code == "L-7"
        assert Serial.objects.filter(stock__isnull=False).count() == 2
    else:
        pda.scan(bench.kit.sku.code).give("kits", 2).scan("K1", "K2", "A01-02-1")
        assert Serial.objects.filter(stock__isnull=False).count() == 0
        assert bench.cup.stock("A01-02-1")[0] == 4
    assert inventory_verify().differences == 0


def test_a_task_cannot_be_cancelled_from_under_its_job() -> None:
    bench = Bench()
    bench.job(1)
    with pytest.raises(Conflict, match="End the job"):
        tasks_cancel(task_ids=[Task.objects.get(kind="kit").pk])
