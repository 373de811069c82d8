"""Two at once about the same goods at the dock: who carries and who takes away, who inspects and who decides a difference."""

from __future__ import annotations

import pytest
from tests.factories.goods_in import arrive, dock, plan, putaways, verify
from tests.factories.receiving import Gate, gate
from tests.factories.threads import race

from hecang.inbound.errors_quality import GoodsGone, PutawayInvalid, PutawayStateConflict
from hecang.inbound.models import Asn, Discrepancy, Inspection, Putaway, ReceivingPolicy, SpaceClaim
from hecang.inbound.services.announcing import asn_cancel
from hecang.inbound.services.deciding import DecisionIn, inspection_decide
from hecang.inbound.services.discrepancies import discrepancies_decide, discrepancies_settle
from hecang.inbound.services.inspections import inspection_count
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaways import putaway_confirm
from hecang.inventory.errors import InsufficientStock
from hecang.inventory.services import AdjustIn, stock_adjust
from hecang.kernel import clock
from hecang.work.models import Task

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
#: What somebody is told who came too late.
LATE = (PutawayInvalid, PutawayStateConflict, InsufficientStock, GoodsGone)


def test_units_are_carried_or_thrown_away_and_nothing_is_left_planned() -> None:
    # Given forty units that are to be put away
    here = dock()
    arrive(here, 40)
    putaways_plan(warehouse_id=here.warehouse.pk)
    (row,) = putaways(here)

    # When half of the people carry them one by one, and the others throw them away
    def work(number: int) -> None:
        for _unit in range(5):
            try:
                if number % 2:
                    putaway_confirm(putaway_id=row.pk, quantity=1)
                else:
                    stock_adjust(
                        adjustments=[AdjustIn(here.at("DOCK-1").pk, here.sku.pk, here.owner.pk, change=-1)],
                        reason="scrap",
                    )
            except LATE:
                pass

    errors = race(work, threads=10)

    # Then what is still planned lies there, and no more
    assert errors == []
    row.refresh_from_db()
    left = row.quantity - row.done if row.state == "planned" else 0
    assert here.stock("DOCK-1") == (left, 0)
    assert sum(one.quantity for one in SpaceClaim.objects.all()) == left
    standing = Task.objects.filter(subject_kind="putaway", state="open").values_list("quantity", flat=True)
    assert (list(standing) == []) == (left == 0)
    verify()


def test_many_places_are_emptied_while_everything_is_carried() -> None:
    here = dock(aisles=2, bays=8)
    for _receipt in range(12):
        arrive(here, 4)
    putaways_plan(warehouse_id=here.warehouse.pk)
    ids = [row.pk for row in putaways(here, state="planned")]

    def work(number: int) -> None:
        try:
            if number < len(ids):
                putaway_confirm(putaway_id=ids[number])
            else:
                stock_adjust(
                    adjustments=[AdjustIn(here.at("DOCK-1").pk, here.sku.pk, here.owner.pk, change=-9)],
                    reason="scrap",
                )
        except LATE:
            pass

    errors = race(work, threads=len(ids) + 4)

    assert errors == []
    planned = Putaway.objects.filter(state__in=("waiting", "planned", "stuck"))
    assert here.stock("DOCK-1")[0] >= sum(row.quantity - row.done for row in planned)
    verify()


def both(hall: Gate) -> tuple[Inspection, Discrepancy]:
    """Seven milk in quarantine, to be inspected; two of them are too many."""
    plan(sampling="full")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 5}).pk)
    hall.receive(receipt, "milk", 7)
    found = Inspection.objects.get()
    inspection_count(inspection_id=found.pk, inspected=7)
    return found, Discrepancy.objects.get()


@pytest.fixture
def hall() -> Gate:
    hall = gate("milk")
    ReceivingPolicy.objects.create(
        owner=hall.owner, over_action="quarantine", updated_by="t", updated_at=clock.now()
    )
    return hall


@pytest.mark.parametrize("_turn", range(4))
def test_an_inspection_and_a_difference_are_decided_at_the_same_moment(hall: Gate, _turn: int) -> None:
    inspection, difference = both(hall)

    def work(number: int) -> None:
        if number:
            inspection_decide(inspection_id=inspection.pk, decision=DecisionIn("accept"))
        else:
            discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")

    assert race(work, threads=2) == []

    difference.refresh_from_db()
    assert difference.state == "settled"
    assert hall.stock("milk", condition="good") == 7
    hall.verify()


@pytest.mark.parametrize("_turn", range(4))
def test_goods_go_back_while_they_are_inspected(hall: Gate, _turn: int) -> None:
    inspection, difference = both(hall)
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")

    def work(number: int) -> None:
        if number:
            inspection_decide(inspection_id=inspection.pk, decision=DecisionIn("accept"))
        else:
            discrepancies_settle(discrepancy_ids=[difference.pk])

    assert race(work, threads=2) == []

    assert (hall.stock("milk", condition="good"), hall.stock("milk", condition="quarantine")) == (5, 0)
    hall.verify()


def test_a_cancelled_announcement_is_announced_anew_once(hall: Gate) -> None:
    asn_cancel(asn_id=hall.asn({"milk": 5}, external_number="DN-1").pk)
    made: list[int] = []

    errors = race(lambda _number: made.append(hall.asn({"milk": 5}, external_number="DN-1").pk), threads=8)

    assert errors == []
    assert len(set(made)) == 1
    assert Asn.objects.filter(external_number="DN-1").count() == 2
