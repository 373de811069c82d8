"""Kit jobs: components become kits and back, partly, with undo; what is promised to orders is left alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.factories import catalog
from tests.factories import inventory as make

from hecang.inventory.errors import InsufficientStock
from hecang.inventory.models import Serial, Stock
from hecang.inventory.verify import inventory_verify
from hecang.kernel.errors import StateConflict
from hecang.stockkeeping.errors_changes import KitExcess, KitInvalid
from hecang.stockkeeping.models import KitJob
from hecang.stockkeeping.services.kitting import (
    KitJobIn,
    KitOutcome,
    KitStepIn,
    kit_job_cancel,
    kit_job_create,
    kit_job_do,
    kit_step_undo,
)
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


class Bench:
    """A kit of two cups and one box, whose components lie at a place."""

    def __init__(self, cups: int = 20, boxes: int = 10, **kit: object) -> None:
        self.cup = make.place(quantity=cups)
        self.box = make.Place(self.cup.warehouse, catalog.sku(), self.cup.owner)
        if boxes:
            self.box.put(boxes)
        kit = {"kit_mode": "keep", **kit}
        sku = catalog.kit([(self.cup.sku, 2), (self.box.sku, 1)], **kit)
        self.kit = make.Place(self.cup.warehouse, sku, self.cup.owner)

    def job(self, quantity: int, **fields: object) -> KitOutcome:
        at = self.cup.at("A01-01-1").id
        values = {"to_location_id": self.cup.at("A01-02-1").id, **fields}
        return kit_job_create(
            job=KitJobIn(self.cup.warehouse.id, self.cup.owner.id, self.kit.sku.id, quantity, at, **values)  # type: ignore[arg-type]
        )

    def lies(self) -> tuple[int, int, int]:
        """(cups, boxes, kits)."""
        return self.cup.stock()[0], self.box.stock()[0], self.kit.stock("A01-02-1")[0]


def do(job: KitOutcome, quantity: int, **fields: object) -> KitOutcome:
    return kit_job_do(step=KitStepIn(job.job_id, quantity, uuid4(), **fields))  # type: ignore[arg-type]


def test_components_become_kits_in_steps() -> None:
    bench = Bench()
    job = bench.job(5)
    assert Task.objects.get(subject_kind="kit_job", subject_id=job.job_id).state == "open"
    assert do(job, 2).state == "started"
    assert bench.lies() == (16, 8, 2)
    assert do(job, 3).state == "done"
    assert bench.lies() == (10, 5, 5)
    assert bench.kit.availability() == (5, 0)
    assert Task.objects.get(subject_kind="kit_job").state == "done"
    assert inventory_verify().differences == 0


def test_a_step_is_taken_back_with_all_that_it_used() -> None:
    bench = Bench()
    job = bench.job(5)
    step = do(job, 5)
    undone = kit_step_undo(step_id=step.step_id or 0)
    assert (undone.state, undone.done) == ("open", 0)
    assert kit_step_undo(step_id=step.step_id or 0) == undone
    assert bench.lies() == (20, 10, 0)
    assert Task.objects.filter(subject_kind="kit_job", state="open").count() == 1
    assert inventory_verify().differences == 0


def test_serials_and_lots_come_back_as_they_were() -> None:
    cup = make.place(is_serial_tracked=True)
    soap = make.Place(cup.warehouse, catalog.sku(is_expiry_tracked=True, is_lot_tracked=True), cup.owner)
    cup.put(2, serials=("A", "B"))
    cup.put(1)
    late, early = soap.lot("L1", 90), soap.lot("L2", 30)
    soap.put(2, lot=late)
    soap.put(2, lot=early)
    sku = catalog.kit(
        [(cup.sku, 1), (soap.sku, 1)], kit_mode="keep", is_lot_tracked=True, is_expiry_tracked=True
    )
    kit = make.Place(cup.warehouse, sku, cup.owner)
    at = cup.at("A01-01-1").id
    job = kit_job_create(job=KitJobIn(cup.warehouse.id, cup.owner.id, sku.id, 3, at))
    step = do(job, 3)
    made = Stock.objects.get(sku=sku)
    assert made.lot is not None
    assert (made.lot.code, made.lot.expires_on) == (job.number, early.expires_on)
    assert Serial.objects.filter(stock=None).count() == 2
    kit_step_undo(step_id=step.step_id or 0)
    assert Serial.objects.filter(stock__location_id=at).count() == 2
    assert [soap.stock(lot=lot)[0] for lot in (late, early)] == [2, 2]
    assert kit.stock() == (0, 0)
    assert inventory_verify().differences == 0


def test_kits_are_taken_apart() -> None:
    bench = Bench()
    done = bench.job(4)
    do(done, 4)
    apart = kit_job_create(
        job=KitJobIn(
            bench.cup.warehouse.id, bench.cup.owner.id, bench.kit.sku.id, 3, bench.cup.at("A01-02-1").id,
            bench.cup.at("A01-01-1").id, "dismantle",
        )
    )  # fmt: skip
    do(apart, 3)
    assert bench.lies() == (18, 9, 1)
    assert inventory_verify().differences == 0


def test_what_is_promised_to_orders_is_not_used() -> None:
    bench = Bench(cups=10)
    bench.cup.allocate(6)
    job = bench.job(5)
    with pytest.raises(InsufficientStock) as refused:
        do(job, 3)
    assert refused.value.data["short"][0]["free"] == 4
    assert do(job, 2).done == 2
    assert inventory_verify().differences == 0


def test_more_than_asked_for_and_repetitions() -> None:
    bench = Bench()
    job = bench.job(2)
    with pytest.raises(KitExcess):
        do(job, 3)
    key = uuid4()
    first = kit_job_do(step=KitStepIn(job.job_id, 1, key))
    assert kit_job_do(step=KitStepIn(job.job_id, 1, key)) == first
    assert bench.lies() == (18, 9, 1)


def test_a_job_is_ended_early() -> None:
    bench = Bench()
    job = bench.job(5)
    do(job, 1)
    assert kit_job_cancel(job_id=job.job_id).state == "cancelled"
    assert kit_job_cancel(job_id=job.job_id).state == "cancelled"
    with pytest.raises(StateConflict):
        do(job, 1)
    assert KitJob.objects.get().done == 1
    assert Task.objects.get(subject_kind="kit_job").state == "cancelled"


def test_what_is_no_kit_or_never_one_piece_is_refused() -> None:
    bench = Bench(kit_mode="explode")
    with pytest.raises(KitInvalid):
        bench.job(1)
    with pytest.raises(KitInvalid):
        kit_job_create(
            job=KitJobIn(
                bench.cup.warehouse.id, bench.cup.owner.id, bench.cup.sku.id, 1, bench.cup.at("A01-01-1").id
            )
        )
    with pytest.raises(KitInvalid):
        Bench().job(1, to_location_id=bench.cup.at("A01-01-1").id)
