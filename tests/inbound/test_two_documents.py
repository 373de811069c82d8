"""Goods that wait for an inspection and for the decision about a difference: each has its word, neither is stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.goods_in import plan
from tests.factories.receiving import Gate, gate

from hecang.inbound.errors_receiving import ReceiptLineGone
from hecang.inbound.models import Discrepancy, Inspection, Putaway, Receipt, ReceivingPolicy
from hecang.inbound.services.deciding import DecisionIn, inspection_cancel, inspection_decide
from hecang.inbound.services.discrepancies import discrepancies_decide, discrepancies_settle
from hecang.inbound.services.inspections import inspection_count
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.undoing import receipt_undo
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel import clock
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Gate:
    hall = gate("milk")
    ReceivingPolicy.objects.create(
        owner=hall.owner, over_action="quarantine", short_life_action="quarantine", unannounced_action="quarantine",
        updated_by="t", updated_at=clock.now(),
    )  # fmt: skip
    return hall


def over(hall: Gate, **plan_fields: Any) -> tuple[Receipt, Discrepancy, Inspection]:
    """Five milk that were announced and two that were not, all to be inspected."""
    plan(**{"sampling": "full", **plan_fields})
    receipt = hall.receipt(asn_id=hall.asn({"milk": 5}).pk)
    hall.receive(receipt, "milk", 7)
    return receipt, Discrepancy.objects.get(kind="over"), Inspection.objects.get()


def decide(found: Inspection, decision: str = "accept", **fields: Any) -> int:
    inspection_count(inspection_id=found.pk, inspected=found.sample_size)
    return inspection_decide(inspection_id=found.pk, decision=DecisionIn(decision, **fields))  # type: ignore[arg-type]


def lying(hall: Gate) -> dict[str, int]:
    """Condition → units at the dock."""
    found = {one: hall.stock("milk", condition=one) for one in ("good", "quarantine", "damaged")}
    return {condition: units for condition, units in found.items() if units}


def states(*rows: Any) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_a_difference_that_is_accepted_first_leaves_the_goods_to_the_inspection(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)

    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")

    assert states(difference, inspection) == ["settled", "waiting"]
    assert lying(hall) == {"quarantine": 7}
    assert decide(inspection) == 7
    assert lying(hall) == {"good": 7}
    hall.verify()


def test_an_inspection_that_accepts_first_leaves_what_is_too_many_in_quarantine(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)

    assert decide(inspection) == 5

    inspection.refresh_from_db()
    assert (inspection.accepted, inspection.held) == (7, 2)
    assert lying(hall) == {"good": 5, "quarantine": 2}
    hall.verify()
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")
    assert states(difference) == ["settled"]
    assert lying(hall) == {"good": 7}
    assert (
        sum(
            Putaway.objects.filter(condition="good")
            .exclude(state="cancelled")
            .values_list("quantity", flat=True)
        )
        == 7
    )
    assert not Putaway.objects.filter(condition="quarantine").exclude(state="cancelled").exists()
    hall.verify()


def test_what_is_too_many_goes_back_after_the_inspection(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)
    decide(inspection)

    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")
    discrepancies_settle(discrepancy_ids=[difference.pk])

    assert lying(hall) == {"good": 5}
    assert not Putaway.objects.filter(condition="quarantine").exclude(state="cancelled").exists()
    hall.verify()


def test_what_goes_back_before_the_inspection_leaves_it(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")
    discrepancies_settle(discrepancy_ids=[difference.pk])

    inspection.refresh_from_db()
    assert (inspection.quantity, inspection.sample_size) == (5, 5)
    assert Task.objects.get(kind="inspect").quantity == 5
    assert decide(inspection) == 5
    assert lying(hall) == {"good": 5}
    hall.verify()


def test_an_inspection_of_nothing_but_what_goes_back_is_over(hall: Gate) -> None:
    plan(sampling="full")
    receipt = hall.receipt()
    hall.receive(receipt, "milk", 4)
    difference, inspection = Discrepancy.objects.get(), Inspection.objects.get()

    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")
    discrepancies_settle(discrepancy_ids=[difference.pk])

    assert states(difference, inspection) == ["settled", "cancelled"]
    assert lying(hall) == {}
    assert Task.objects.get(kind="inspect").state == "cancelled"
    hall.verify()


@pytest.mark.parametrize(("rejected_to", "condition"), [("damaged", "damaged"), ("vendor", "quarantine")])
def test_refused_units_do_not_become_good_because_a_difference_is_accepted(
    hall: Gate, rejected_to: str, condition: str
) -> None:
    _receipt, difference, inspection = over(hall)

    decide(inspection, "reject", rejected_to=rejected_to, reason="sour")
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")

    assert states(difference) == ["settled"]
    assert lying(hall) == {condition: 7}
    hall.verify()


@pytest.mark.parametrize("rejected_to", ["damaged", "vendor"])
def test_refused_units_go_back_because_they_were_too_many(hall: Gate, rejected_to: str) -> None:
    _receipt, difference, inspection = over(hall)

    decide(inspection, "reject", rejected_to=rejected_to, reason="sour")
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")
    discrepancies_settle(discrepancy_ids=[difference.pk])

    assert sum(lying(hall).values()) == 5
    hall.verify()


def test_refused_are_the_units_first_that_were_too_many(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)

    assert decide(inspection, "conditional", rejected=1, rejected_to="damaged", reason="one is sour") == 5
    assert lying(hall) == {"good": 5, "quarantine": 1, "damaged": 1}
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")

    assert lying(hall) == {"good": 6, "damaged": 1}
    hall.verify()


def test_an_inspection_that_is_called_off_leaves_the_word_to_the_difference(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)
    inspection_cancel(inspection_id=inspection.pk, reason="known goods")

    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")

    assert lying(hall) == {"good": 2, "quarantine": 5}
    hall.verify()


def test_goods_with_two_differences_become_good_with_the_last_one(hall: Gate) -> None:
    hall.sku("curd", is_lot_tracked=True, is_expiry_tracked=True, shelf_life_days=90, min_remaining_days=30)
    receipt = hall.receipt()
    hall.receive(receipt, "curd", 3, lot_code="C1", expires_on=clock.today() + timedelta(days=5))
    first, second = Discrepancy.objects.order_by("id")
    assert {first.kind, second.kind} == {"short_life", "unannounced"}

    discrepancies_decide(discrepancy_ids=[first.pk], decision="accept")
    assert hall.stock("curd", condition="quarantine") == 3
    discrepancies_decide(discrepancy_ids=[second.pk], decision="accept")

    assert hall.stock("curd", condition="good") == 3
    hall.verify()


def test_goods_with_two_differences_go_back_once(hall: Gate) -> None:
    hall.sku("curd", is_lot_tracked=True, is_expiry_tracked=True, shelf_life_days=90, min_remaining_days=30)
    receipt = hall.receipt()
    hall.receive(receipt, "curd", 3, lot_code="C1", expires_on=clock.today() + timedelta(days=5))
    first, second = Discrepancy.objects.order_by("id")

    discrepancies_decide(discrepancy_ids=[first.pk], decision="return")
    discrepancies_settle(discrepancy_ids=[first.pk])

    assert states(first, second) == ["settled", "settled"]
    assert hall.stock("curd") == 0
    hall.verify()


def test_goods_that_were_carried_to_a_shelf_are_not_returned_from_there(hall: Gate) -> None:
    _receipt, difference, inspection = over(hall)
    decide(inspection)
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="return")
    stock_post(
        entries=[
            PostingIn(
                hall.sku("milk").pk, hall.owner.pk, 2, hall.at("DOCK-1").pk, hall.at("A01-01-1").pk, "move",
                from_condition="quarantine",
            )
        ]
    )  # fmt: skip

    with pytest.raises(ReceiptLineGone):
        discrepancies_settle(discrepancy_ids=[difference.pk])

    # And there is a way out.
    discrepancies_decide(discrepancy_ids=[difference.pk], decision="accept")
    assert states(difference) == ["settled"]
    hall.verify()


def test_a_sample_shrinks_with_the_scans_that_are_taken_back(hall: Gate) -> None:
    plan(sampling="iso2859")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 120}).pk)
    kept, taken = hall.goods("milk", 20), hall.goods("milk", 100)
    receipt_receive(receipt_id=receipt.pk, goods=[kept, taken])
    inspection = Inspection.objects.get()
    assert (inspection.quantity, inspection.sample_size) == (120, 20)

    receipt_undo(receipt_id=receipt.pk, scan_ids=[taken.scan_id])

    inspection.refresh_from_db()
    assert (inspection.quantity, inspection.sample_size, inspection.limits["major"]["size"]) == (20, 5, 5)
    assert Task.objects.get(kind="inspect").quantity == 20
    assert decide(inspection) == 20
    hall.verify()


def test_a_lot_that_was_looked_at_and_became_smaller_can_be_decided(hall: Gate) -> None:
    plan(sampling="full")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 12}).pk)
    kept, taken = hall.goods("milk", 4), hall.goods("milk", 8)
    receipt_receive(receipt_id=receipt.pk, goods=[kept, taken])
    inspection = Inspection.objects.get()
    inspection_count(inspection_id=inspection.pk, inspected=10)

    receipt_undo(receipt_id=receipt.pk, scan_ids=[taken.scan_id])

    inspection.refresh_from_db()
    assert (inspection.quantity, inspection.sample_size, inspection.inspected) == (4, 4, 4)
    assert inspection_decide(inspection_id=inspection.pk, decision=DecisionIn("accept")) == 4
    hall.verify()
