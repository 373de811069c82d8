"""Goods in quarantine: opened by what arrives, answered, decided, and what follows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.factories import accounts, catalog, goods_in, purchasing
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways, verify

from hecang.accounts.roles import permissions_of
from hecang.inbound.errors_quality import (
    ConcessionMissing,
    GoodsGone,
    InspectionFailed,
    InspectionIncomplete,
    InspectionStateConflict,
    PlanInvalid,
    PlanScopeTaken,
    ResultInvalid,
)
from hecang.inbound.models import Claim, InspectionRecord, InspectionResult
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.claims import ClaimIn, claim_create, claim_move
from hecang.inbound.services.deciding import DecisionIn, inspection_cancel, inspection_decide
from hecang.inbound.services.inspections import (
    ResultIn,
    inspection_answer,
    inspection_count,
    inspection_start,
)
from hecang.inbound.services.plans import PlanIn, plan_save, plans_resolve
from hecang.kernel.actor import Actor, acting
from hecang.kernel.db import fetch
from hecang.work.models import Task

pytestmark = pytest.mark.django_db

LOOK = Item("look", "Looks as agreed", "yes_no")
LENGTH = Item(
    "length", "Length", "measure", unit="mm", low="98", high="102", defect_class="minor", required=False
)


def person(*roles: str) -> Actor:
    user = accounts.user_make(roles=roles or ("operator",))
    return Actor(
        kind="user", name=user.username, user_id=user.pk, permissions=permissions_of(roles or ("operator",))
    )


def accepted(inspection_id: int) -> None:
    """Everything was looked at and is good."""
    found = goods_in.Inspection.objects.get(pk=inspection_id)
    inspection_count(inspection_id=inspection_id, inspected=found.sample_size)
    inspection_decide(inspection_id=inspection_id, decision=DecisionIn("accept"))


# ---------------------------------------------------------------- plans


def test_the_most_specific_plan_holds() -> None:
    food = catalog.category("FOOD")
    tea = catalog.category("TEA", parent=food)
    supplier = goods_in.supplier()
    sku, other, none = catalog.sku(category=tea), catalog.sku(category=food), catalog.sku()
    by_food, by_tea = plan(category_id=food.pk), plan(category_id=tea.pk)
    by_supplier, by_sku = plan(supplier_id=supplier.pk), plan(sku_id=sku.pk)

    found = plans_resolve(
        [(sku.pk, supplier.pk), (sku.pk, None), (other.pk, None), (other.pk, supplier.pk), (none.pk, None)]
    )

    assert found[sku.pk, supplier.pk].id == by_sku.pk
    assert found[other.pk, None].id == by_food.pk
    assert found[other.pk, supplier.pk].id == by_supplier.pk
    assert (none.pk, None) not in found
    by_sku.is_active = False
    by_sku.save()
    assert plans_resolve([(sku.pk, None)])[sku.pk, None].id == by_tea.pk


def test_a_plan_says_what_is_wrong_with_it() -> None:
    with pytest.raises(PlanInvalid) as error:
        plan_save(
            plan=PlanIn("A", "A", aql_major=Decimal("2.6"), sampling="fixed", skip_after=3, checklist=())
        )
    assert {problem.field for problem in error.value.problems} == {"aql_major", "fixed_size", "skip_every"}
    with pytest.raises(PlanInvalid, match="limit"):
        plan_save(plan=PlanIn("A", "A", checklist=(Item("x", "X", "measure"),)))


def test_two_plans_never_hold_for_the_same_goods() -> None:
    plan(code="ONE")
    with pytest.raises(PlanScopeTaken):
        plan_save(plan=PlanIn("TWO", "Two"))


# ---------------------------------------------------------------- arriving


def test_goods_with_a_plan_wait_in_quarantine_and_are_one_lot_however_often_they_are_scanned() -> None:
    here = dock()
    plan()
    receipt = goods_in.receipt_id()

    for _scan in range(3):
        arrive(here, 40, receipt=receipt)

    (found,) = inspections(here)
    assert (found.quantity, found.state, found.sample_size) == (120, "waiting", 20)
    assert here.stock("DOCK-1", condition="quarantine") == (120, 0)
    assert putaways(here) == []
    assert Task.objects.filter(kind="inspect", subject_id=found.pk, state="open").count() == 1


def test_goods_without_a_plan_go_on_at_once() -> None:
    here = dock()

    arrive(here, 10)

    assert inspections(here) == []
    assert [row.quantity for row in putaways(here)] == [10]


def test_what_comes_after_the_inspection_has_begun_is_another_lot() -> None:
    here = dock()
    plan()
    receipt = goods_in.receipt_id()
    arrive(here, 40, receipt=receipt)
    with acting(person()):
        inspection_start(inspection_id=inspections(here)[0].pk)

    arrive(here, 5, receipt=receipt)

    assert [row.quantity for row in inspections(here)] == [40, 5]


def test_after_accepted_lots_some_come_in_by_record_and_stay_so_for_the_whole_receipt() -> None:
    here = dock()
    made = plan(skip_after=2, skip_every=3, sampling="fixed", fixed_size=1)
    supplier = goods_in.supplier()
    states = []
    for _lot in range(6):
        receipt = goods_in.receipt_id()
        arrive(here, 4, receipt=receipt, supplier_id=supplier.pk)
        arrive(here, 4, receipt=receipt, supplier_id=supplier.pk)
        found = inspections(here)[-1]
        assert found.quantity == 8
        states.append(found.state)
        if found.state == "waiting":
            accepted(found.pk)

    assert states == ["waiting", "waiting", "skipped", "skipped", "waiting", "skipped"]
    record = InspectionRecord.objects.get(plan=made)
    assert (record.lots, record.skipped_in_row) == (3, 1)
    verify()


# ---------------------------------------------------------------- answering


def test_answers_are_judged_and_defects_counted_once_a_unit() -> None:
    here = dock()
    plan(checklist=(LOOK, LENGTH), aql_major=Decimal("6.5"))
    arrive(here, 50)
    (found,) = inspections(here)

    assert not inspection_answer(inspection_id=found.pk, result=ResultIn("look", "no", unit=1))
    assert not inspection_answer(inspection_id=found.pk, result=ResultIn("length", "97,5", unit=1))
    assert inspection_answer(inspection_id=found.pk, result=ResultIn("length", "100", unit=2))
    assert not inspection_answer(inspection_id=found.pk, result=ResultIn("length", "103", unit=3))
    inspection_answer(
        inspection_id=found.pk, result=ResultIn(defect_class="critical", value="Broken seal", units=2)
    )

    found.refresh_from_db()
    assert (found.critical, found.major, found.minor) == (2, 1, 1)
    # and an answer given again replaces the one before
    inspection_answer(inspection_id=found.pk, result=ResultIn("look", "yes", unit=1))
    found.refresh_from_db()
    assert (found.major, found.minor) == (0, 2)
    assert InspectionResult.objects.filter(inspection=found).count() == 5


@pytest.mark.parametrize(
    "result",
    [
        ResultIn("nothing", "yes"), ResultIn("look", "perhaps"), ResultIn("length", "long"), ResultIn("length", "NaN"),
        ResultIn("look", "no", unit=51), ResultIn(value="Scratch"), ResultIn("look", "no", units=99),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(result: ResultIn) -> None:
    here = dock()
    plan(checklist=(LOOK, LENGTH))
    arrive(here, 50)

    with pytest.raises(ResultInvalid):
        inspection_answer(inspection_id=inspections(here)[0].pk, result=result)


def test_two_inspectors_do_not_share_a_lot() -> None:
    here = dock()
    plan()
    arrive(here, 50)
    key = inspections(here)[0].pk
    with acting(person()):
        inspection_start(inspection_id=key)
    with acting(person()), pytest.raises(InspectionStateConflict):
        inspection_start(inspection_id=key)


# ---------------------------------------------------------------- deciding


def test_an_accepted_lot_becomes_good_but_for_what_was_found_bad() -> None:
    here = dock()
    plan(aql_major=Decimal(10))
    arrive(here, 100)
    (found,) = inspections(here)
    inspection_count(inspection_id=found.pk, inspected=found.sample_size)
    inspection_answer(inspection_id=found.pk, result=ResultIn(defect_class="major", value="Dent", units=2))

    good = inspection_decide(inspection_id=found.pk, decision=DecisionIn("accept", rejected_to="damaged"))

    assert good == 98
    assert here.stock("DOCK-1", condition="good") == (98, 0)
    assert here.stock("DOCK-1", condition="damaged") == (2, 0)
    assert {(row.condition, row.quantity) for row in putaways(here)} == {("good", 98), ("damaged", 2)}
    assert Task.objects.get(kind="inspect", subject_id=found.pk).state == "done"
    verify()


def test_a_lot_with_too_many_defects_cannot_be_accepted() -> None:
    here = dock()
    plan(aql_major=Decimal("1.0"))
    arrive(here, 100)
    (found,) = inspections(here)
    inspection_count(inspection_id=found.pk, inspected=found.sample_size)
    inspection_answer(inspection_id=found.pk, result=ResultIn(defect_class="major", value="Dent", units=5))

    with pytest.raises(InspectionFailed):
        inspection_decide(inspection_id=found.pk, decision=DecisionIn("accept"))


def test_what_was_not_looked_at_cannot_be_accepted() -> None:
    here = dock()
    plan(checklist=(LOOK,))
    arrive(here, 100)
    key = inspections(here)[0].pk

    with pytest.raises(InspectionIncomplete, match="0 of 20"):
        inspection_decide(inspection_id=key, decision=DecisionIn("accept"))
    inspection_count(inspection_id=key, inspected=20)
    with pytest.raises(InspectionIncomplete, match="Looks as agreed"):
        inspection_decide(inspection_id=key, decision=DecisionIn("accept"))


def test_only_a_manager_accepts_in_part() -> None:
    here = dock()
    plan()
    arrive(here, 100)
    key = inspections(here)[0].pk
    part = DecisionIn("conditional", rejected=30, reason="Urgent", rejected_to="vendor")

    with acting(person("operator")), pytest.raises(ConcessionMissing):
        inspection_decide(inspection_id=key, decision=part)
    with acting(person("warehouse_manager")):
        assert inspection_decide(inspection_id=key, decision=part) == 70

    assert here.stock("DOCK-1", condition="quarantine") == (30, 0)
    assert here.stock("DOCK-1", condition="good") == (70, 0)
    assert {(row.condition, row.quantity) for row in putaways(here)} == {("good", 70), ("quarantine", 30)}
    verify()


def test_a_refused_lot_is_told_to_the_purchase_and_claimed_from_the_supplier() -> None:
    here = dock()
    plan()
    world = purchasing.world() if hasattr(purchasing, "world") else None
    del world
    supplier = goods_in.supplier()
    arrive(here, 40, supplier_id=supplier.pk)
    (found,) = inspections(here)

    inspection_decide(
        inspection_id=found.pk,
        decision=DecisionIn("reject", reason="All mouldy", rejected_to="vendor", claim=True),
    )

    claim = Claim.objects.get()
    assert (claim.quantity, claim.supplier_id, claim.inspection_id) == (40, supplier.pk, found.pk)
    assert here.stock("DOCK-1", condition="quarantine") == (40, 0)
    assert here.availability() == (0, 0)
    verify()


def test_goods_that_were_carried_to_quarantine_are_found_there() -> None:
    here = dock()
    plan()
    arrive(here, 40)
    here.take(
        40, "DOCK-1", to="QUARANTINE", reason="move", from_condition="quarantine", to_condition="quarantine"
    )

    accepted(inspections(here)[0].pk)

    assert here.stock("QUARANTINE", condition="good") == (40, 0)
    verify()


def test_goods_that_left_quarantine_stop_the_decision() -> None:
    here = dock()
    plan()
    arrive(here, 40)
    here.take(1, "DOCK-1", from_condition="quarantine", to_condition="quarantine")

    with pytest.raises(GoodsGone, match="1 units"):
        accepted(inspections(here)[0].pk)


def test_a_decided_lot_is_not_decided_again() -> None:
    here = dock()
    plan()
    arrive(here, 40)
    key = inspections(here)[0].pk
    accepted(key)

    with pytest.raises(InspectionStateConflict):
        inspection_decide(inspection_id=key, decision=DecisionIn("reject", reason="x"))
    with pytest.raises(InspectionStateConflict):
        inspection_cancel(inspection_id=key, reason="x")


def test_refused_lots_tighten_what_comes_next() -> None:
    here = dock()
    plan()
    supplier = goods_in.supplier()
    for _lot in range(2):
        arrive(here, 100, supplier_id=supplier.pk)
        found = inspections(here)[-1]
        inspection_answer(
            inspection_id=found.pk, result=ResultIn(defect_class="critical", value="Mould", units=3)
        )
        inspection_decide(inspection_id=found.pk, decision=DecisionIn("reject", reason="Mould"))

    arrive(here, 100, supplier_id=supplier.pk)

    assert inspections(here)[-1].severity == "tightened"


# ---------------------------------------------------------------- claims


def test_a_claim_goes_its_way_and_ends_once() -> None:
    here = dock()
    key = claim_create(
        claim=ClaimIn(
            goods_in.supplier().pk,
            here.owner.pk,
            here.warehouse.pk,
            here.sku.pk,
            3,
            "Broken",
            amount=Decimal(30),
        )
    )
    claim_move(claim_id=key, state="sent")
    claim_move(claim_id=key, state="sent")
    claim_move(claim_id=key, state="settled", settlement="credit", settled_amount=Decimal("25.50"))

    found = Claim.objects.get(pk=key)
    assert (found.state, found.settlement, found.settled_amount) == ("settled", "credit", Decimal("25.50"))
    assert found.closed_at is not None
    with pytest.raises(Exception, match="cannot become"):
        claim_move(claim_id=key, state="cancelled")


# ---------------------------------------------------------------- queries


def test_the_number_of_statements_does_not_grow_with_what_arrives(
    django_assert_max_num_queries: object,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from hecang.inbound.services.arrival import Arrival, arrival_conditions, arrivals_follow

    here = dock()
    plan()
    counts = []
    for many in (10, 100):
        skus = catalog.skus(many)
        arrivals = [
            Arrival(
                here.warehouse.pk, here.at("DOCK-1").pk, sku.pk, here.owner.pk, 5, receipt_id=goods_in.receipt_id(),
                condition="good",
            )
            for sku in skus
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            conditions = arrival_conditions(arrivals=arrivals)
        assert set(conditions) == {"quarantine"}
        told = [
            Arrival(**{n: getattr(one, n) for n in one.__dataclass_fields__} | {"condition": "quarantine"})
            for one in arrivals
        ]
        with CaptureQueriesContext(connection) as followed:
            arrivals_follow(arrivals=told)
        counts.append((len(asked), len(followed)))
    assert counts[0] == counts[1]
    assert fetch("SELECT count(*) FROM inspection")[0][0] == 110
