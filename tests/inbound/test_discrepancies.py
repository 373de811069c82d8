"""Differences: decided, followed up, settled; the API of receiving."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.factories.accounts import api_client
from tests.factories.receiving import Gate, gate

from hecang.inbound.errors_receiving import DiscrepancyStateConflict, ReceiptLineGone
from hecang.inbound.models import Discrepancy, Receipt, ReceivingPolicy
from hecang.inbound.services.discrepancies import (
    Reported,
    discrepancies_decide,
    discrepancies_settle,
    discrepancy_report,
)
from hecang.inbound.services.receipts import receipt_close
from hecang.inventory.models import Movement
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.tickets.models import Ticket
from hecang.tickets.services.acting import tickets_resolve

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Gate:
    hall = gate("milk", "bread")
    ReceivingPolicy.objects.create(
        owner=hall.owner, over_action="quarantine", unannounced_action="quarantine", updated_by="t",
        updated_at=clock.now(),
    )  # fmt: skip
    return hall


def over(hall: Gate) -> tuple[Receipt, Discrepancy]:
    """Two milk too many, in quarantine."""
    receipt = hall.receipt(asn_id=hall.asn({"milk": 5}).pk)
    hall.receive(receipt, "milk", 7)
    return receipt, Discrepancy.objects.get(receipt=receipt)


def test_what_is_accepted_leaves_the_quarantine_of_the_door(hall: Gate) -> None:
    _receipt, row = over(hall)
    assert hall.stock("milk", condition="quarantine") == 2
    discrepancies_decide(discrepancy_ids=[row.pk], decision="accept", note="take it")
    row.refresh_from_db()
    assert (row.state, row.decision, row.note) == ("settled", "accept", "take it")
    assert hall.stock("milk", condition="good") == 7
    with pytest.raises(DiscrepancyStateConflict):
        discrepancies_decide(discrepancy_ids=[row.pk], decision="return")
    hall.verify()


def test_what_goes_back_leaves_the_books_when_it_leaves_the_house(hall: Gate) -> None:
    _receipt, row = over(hall)
    with pytest.raises(DiscrepancyStateConflict):
        discrepancies_settle(discrepancy_ids=[row.pk])
    discrepancies_decide(discrepancy_ids=[row.pk], decision="return")
    assert hall.stock("milk") == 7
    assert discrepancies_settle(discrepancy_ids=[row.pk]) == 1
    assert discrepancies_settle(discrepancy_ids=[row.pk]) == 0
    assert hall.stock("milk") == 5
    assert Movement.objects.latest("id").reason == "return"
    hall.verify()


def test_goods_that_were_moved_are_returned_from_where_they_are(hall: Gate) -> None:
    _receipt, row = over(hall)
    discrepancies_decide(discrepancy_ids=[row.pk], decision="return")
    stock_post(
        entries=[
            PostingIn(
                hall.sku("milk").pk, hall.owner.pk, 2, hall.at("DOCK-1").pk, hall.at("QUARANTINE").pk, "move",
                from_condition="quarantine", to_condition="quarantine",
            )
        ]
    )  # fmt: skip
    assert discrepancies_settle(discrepancy_ids=[row.pk]) == 1
    assert hall.stock("milk", "QUARANTINE") == 0
    assert hall.stock("milk") == 5
    hall.verify()


def test_goods_that_are_gone_cannot_be_returned(hall: Gate) -> None:
    _receipt, row = over(hall)
    discrepancies_decide(discrepancy_ids=[row.pk], decision="return")
    stock_post(
        entries=[
            PostingIn(
                hall.sku("milk").pk, hall.owner.pk, 1, hall.at("DOCK-1").pk, hall.at("V-SCRAP").pk, "scrap",
                from_condition="quarantine", to_condition="quarantine",
            )
        ]
    )  # fmt: skip
    with pytest.raises(ReceiptLineGone):
        discrepancies_settle(discrepancy_ids=[row.pk])
    assert hall.stock("milk", condition="quarantine") == 1


def test_a_ticket_follows_a_difference_and_its_end_settles_it(hall: Gate) -> None:
    receipt = hall.receipt(asn_id=hall.asn({"milk": 5}).pk)
    receipt_close(receipt_id=receipt.pk)
    row = Discrepancy.objects.get()
    discrepancies_decide(discrepancy_ids=[row.pk], decision="ticket")
    ticket = Ticket.objects.get()
    assert ticket.kind == "shortage"
    with pytest.raises(DiscrepancyStateConflict):
        discrepancies_decide(discrepancy_ids=[row.pk], decision="accept")
    tickets_resolve(ticket_ids=[ticket.pk], resolution="solved")
    drain()
    row.refresh_from_db()
    assert row.state == "settled"


def test_a_decision_has_to_fit_to_where_the_goods_are(hall: Gate) -> None:
    receipt, booked = over(hall)
    with pytest.raises(DiscrepancyStateConflict) as caught:
        discrepancies_decide(discrepancy_ids=[booked.pk], decision="refuse")
    assert caught.value.instance_code == "goods_booked"
    scan_id = uuid4()
    outside = discrepancy_report(receipt_id=receipt.pk, reported=Reported(scan_id, barcode="???", quantity=3))
    assert discrepancy_report(receipt_id=receipt.pk, reported=Reported(scan_id, barcode="???")) == outside
    with pytest.raises(DiscrepancyStateConflict):
        discrepancies_decide(discrepancy_ids=[outside], decision="return")
    discrepancies_decide(discrepancy_ids=[outside], decision="refuse")


def test_receiving_over_the_api() -> None:
    hall = gate("milk")
    hall.sku("yoghurt", is_expiry_tracked=True)
    asn = hall.asn({"milk": 10, "yoghurt": 5})
    client = api_client(roles=["operator"])
    opened = client.post("/receipts", {"asn_id": asn.pk, "key": "k1"})
    assert opened.status_code == 201, opened.content
    address = f"/receipts/{opened.json()['id']}"
    scans = [str(uuid4()) for _ in range(3)]
    yesterday = str(clock.today() - timedelta(days=2))
    answers = client.post(
        f"{address}/receive",
        {
            "goods": [
                {"scan_id": scans[0], "sku": "milk", "quantity": 8},
                {"scan_id": scans[1], "sku": "yoghurt", "quantity": 5},
                {
                    "scan_id": scans[2],
                    "sku": "yoghurt",
                    "quantity": 5,
                    "lot_code": "L",
                    "expires_on": yesterday,
                },
            ]
        },
    ).json()["results"]
    assert [(one["ok"], one["code"], one["booked"]) for one in answers] == [
        (True, "", 8), (False, "lot_missing", 0), (True, "left_at_the_door", 0),
    ]  # fmt: skip
    assert client.get(address).json()["goods"][0] == {
        "sku": {"id": hall.sku("milk").pk, "code": "milk", "name": "Product milk", "base_unit": "pcs"},
        "expected": 10, "received": 8, "refused": 0,
    }  # fmt: skip
    assert client.post(f"{address}/undo", {"scan_ids": [scans[0]]}).json() == {"lines": 1}
    assert client.post(f"{address}/close", {}).json()["found"] == {"expired": 1, "short": 1}
    assert client.post(f"{address}/cancel", {}).status_code == 403
    manager = api_client(roles=["warehouse_manager"])
    rows = manager.get("/discrepancies?state=open").json()["items"]
    assert sorted(row["kind"] for row in rows) == ["expired", "short"]
    decided = manager.post(
        "/discrepancies/decide", {"ids": [row["id"] for row in rows], "decision": "accept"}
    )
    assert all(one["ok"] for one in decided.json()["results"]), decided.content
    again = manager.post("/discrepancies/decide", {"ids": [row["id"] for row in rows], "decision": "accept"})
    assert [one["code"] for one in again.json()["results"]] == ["discrepancy_state_conflict"] * 2
    assert manager.get("/discrepancies/counts").json()["counts"]["settled"]["count"] == 2
    assert manager.get("/receipt-lines/export?format=csv").status_code == 200


def test_rules_at_the_door_over_the_api() -> None:
    hall = gate("milk")
    client = api_client(roles=["warehouse_manager"])
    body = {"sku_id": hall.sku("milk").pk, "over_percent": 5, "over_action": "accept"}
    assert client.put("/receiving-policies", body).status_code == 200
    found = client.put("/receiving-policies", {**body, "over_percent": 7}).json()["items"]
    assert [(one["sku"]["code"], one["supplier"], one["over_percent"]) for one in found] == [
        ("milk", None, 7)
    ]
    wrong = client.put("/receiving-policies", {"expired_action": "accept"})
    assert wrong.json()["errors"][0]["code"] == "expired_never_good"
    assert client.delete(f"/receiving-policies/{found[0]['id']}").status_code == 204
