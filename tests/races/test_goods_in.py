"""Everybody at once between the dock and the shelf: one place, one decision, one way for each unit."""

from __future__ import annotations

import pytest
from tests.factories import catalog, facility, goods_in, partners
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways, verify
from tests.factories.inventory import Place
from tests.factories.threads import race

from hecang.inbound.errors_quality import (
    InspectionStateConflict,
    PutawayStateConflict,
    ReturnStateConflict,
)
from hecang.inbound.models import Putaway, ReturnLine, SpaceClaim
from hecang.inbound.services.deciding import DecisionIn, inspection_decide
from hecang.inbound.services.inspections import inspection_count
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaways import Confirmed, putaway_confirm
from hecang.inbound.services.return_grading import GradeIn, return_line_dispose, return_line_grade
from hecang.inbound.services.returns import ReturnedIn, ReturnIn, return_open, return_receive
from hecang.kernel.errors import HecangError

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_one_last_empty_place_is_claimed_once() -> None:
    # Given eight SKUs at the dock, and a single empty place
    here = dock(aisles=1, bays=1)
    Place(here.warehouse, catalog.sku(), here.owner).put(1, "A01-01-1")
    for sku in catalog.skus(8):
        arrive(here, 3, sku_id=sku.pk)
    ids = [row.pk for row in putaways(here)]

    errors = race(
        lambda number: putaways_plan(warehouse_id=here.warehouse.pk, putaway_ids=[ids[number]]), threads=8
    )

    assert errors == []
    assert SpaceClaim.objects.count() == 1
    assert sorted(Putaway.objects.values_list("state", flat=True)) == ["planned"] + ["stuck"] * 7
    verify()


def test_many_planners_over_many_places_never_put_two_skus_into_one() -> None:
    here = dock(aisles=2, bays=6)
    for sku in catalog.skus(24):
        arrive(here, 3, sku_id=sku.pk)
    ids = [row.pk for row in putaways(here)]

    errors = race(
        lambda number: putaways_plan(warehouse_id=here.warehouse.pk, putaway_ids=ids[number::8]), threads=8
    )
    putaways_plan(warehouse_id=here.warehouse.pk, retry_stuck=True)

    assert errors == []
    places = list(SpaceClaim.objects.values_list("location_id", flat=True))
    assert len(places) == len(set(places)) == 24
    verify()


def test_planners_of_the_same_putaways_plan_each_once() -> None:
    here = dock()
    for sku in catalog.skus(10):
        arrive(here, 3, sku_id=sku.pk)

    errors = race(lambda _number: putaways_plan(warehouse_id=here.warehouse.pk), threads=8)

    assert errors == []
    assert SpaceClaim.objects.count() == 10
    verify()


def test_a_putaway_that_many_confirm_moves_its_units_once() -> None:
    here = dock()
    arrive(here, 10)
    putaways_plan(warehouse_id=here.warehouse.pk)
    (row,) = putaways(here)
    done: list[Confirmed] = []
    refused: list[BaseException] = []

    def work(number: int) -> None:
        try:
            # every second one says another place
            code = "A02-09-1" if number % 2 else ""
            done.append(
                putaway_confirm(putaway_id=row.pk, location_code=code, reason="better" if code else "")
            )
        except PutawayStateConflict as error:
            refused.append(error)

    errors = race(work, threads=8)

    assert errors == []
    assert here.availability() == (10, 0)
    (first,) = [one for one in done if not one.repeated]
    assert here.stock(first.location.code) == (10, 0)
    # Everybody else hears where the goods lie, or is refused for naming another place than that.
    assert {one.location.code for one in done} == {first.location.code}
    assert len(refused) == (0 if first.overridden else 4)
    verify()


def test_a_lot_is_decided_once_however_many_decide() -> None:
    here = dock()
    plan()
    arrive(here, 40)
    (found,) = inspections(here)
    inspection_count(inspection_id=found.pk, inspected=found.sample_size)
    done: list[int] = []
    refused: list[BaseException] = []

    def work(number: int) -> None:
        try:
            kind = "accept" if number % 2 else "reject"
            done.append(
                inspection_decide(inspection_id=found.pk, decision=DecisionIn(kind, reason="x"))  # type: ignore[arg-type]
            )
        except InspectionStateConflict as error:
            refused.append(error)

    errors = race(work, threads=8)

    assert errors == []
    assert (len(done), len(refused)) == (1, 7)
    assert here.stock("DOCK-1", condition="good") == (done[0], 0)
    verify()


def test_returned_units_go_one_way_however_many_decide() -> None:
    here = dock()
    key = return_open(opened=ReturnIn(here.warehouse.pk, owner_id=here.owner.pk))
    line = return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 5))
    return_line_grade(line_id=line, graded=GradeIn("B"))
    refused: list[BaseException] = []
    ways = ("restock", "scrap", "vendor", "refurbish")

    def work(number: int) -> None:
        try:
            return_line_dispose(line_id=line, disposition=ways[number % 4])
        except ReturnStateConflict as error:
            refused.append(error)

    errors = race(work, threads=8)

    assert errors == []
    assert len(refused) == 7
    assert ReturnLine.objects.get(pk=line).disposed == 5
    verify()


def test_scans_of_one_return_by_many_hands_are_all_counted() -> None:
    here = dock()
    key = return_open(opened=ReturnIn(here.warehouse.pk, owner_id=here.owner.pk))

    errors = race(lambda _number: return_receive(return_id=key, goods=ReturnedIn(here.sku.pk, 1)), threads=8)

    assert errors == []
    assert here.stock("RETURNS", condition="returned") == (8, 0)
    assert sum(ReturnLine.objects.values_list("received", flat=True)) == 8
    verify()


def test_goods_arrive_while_others_are_planned_and_put_away() -> None:
    """Receivers, planners and drivers at once; in the end every unit is on a shelf or has a place claimed."""
    here = Place(facility.warehouse(aisles=3, bays=8), catalog.sku(), partners.owner("OWNER"))
    skus = catalog.skus(12)
    receipt = goods_in.receipt_id()

    def work(number: int) -> None:
        for turn in range(6):
            try:
                if number % 3 == 0:
                    arrive(here, 2, receipt=receipt + number, sku_id=skus[(number + turn) % 12].pk)
                elif number % 3 == 1:
                    putaways_plan(warehouse_id=here.warehouse.pk, retry_stuck=True)
                else:
                    for row in Putaway.objects.filter(warehouse=here.warehouse, state="planned").order_by(
                        "?"
                    )[:3]:
                        putaway_confirm(putaway_id=row.pk, quantity=1)
            except HecangError:
                continue

    errors = race(work, threads=9)
    putaways_plan(warehouse_id=here.warehouse.pk, retry_stuck=True)

    assert errors == []
    assert not Putaway.objects.filter(state__in=["waiting", "stuck"]).exists()
    verify()


def test_one_lot_grows_from_many_scans_at_once() -> None:
    here = dock()
    plan()
    receipt = goods_in.receipt_id()

    errors = race(lambda _number: arrive(here, 5, receipt=receipt), threads=8)

    assert errors == []
    assert [row.quantity for row in inspections(here)] == [40]
    verify()
