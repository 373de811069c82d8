"""Quality, putaway and returns over the API: lists, details, actions, who may."""

from __future__ import annotations

import pytest
from tests.factories import goods_in, receiving
from tests.factories.accounts import api_client
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways, verify
from tests.factories.inventory import Place

from hecang.inbound.models import Inspection, Putaway
from hecang.inbound.services.returns import ExpectedLine, ReturnIn, return_open
from hecang.kernel.outbox import drain

pytestmark = pytest.mark.django_db

PLAN = {
    "code": "QP-1", "name": "Mugs", "aql_major": "1.0",
    "checklist": [{"code": "look", "label": "Looks as agreed", "kind": "yes_no"}],
}  # fmt: skip


@pytest.fixture
def here() -> Place:
    return dock()


def test_a_plan_is_written_listed_changed_and_refused(here: Place) -> None:
    client = api_client(roles=["warehouse_manager"])
    made = client.post("/inspection-plans", PLAN)
    assert made.status_code == 201
    row = client.get("/inspection-plans").json()["items"][0]
    assert (row["code"], row["aql_major"], row["checklist"][0]["defect_class"]) == ("QP-1", "1.000", "major")

    assert (
        client.put(f"/inspection-plans/{made.json()['id']}", {**PLAN, "aql_major": "1.5"}).status_code == 204
    )
    bad = client.post("/inspection-plans", {**PLAN, "code": "X", "aql_major": "1.1"})
    assert bad.status_code == 422
    assert bad.json()["code"] == "inspection_plan_invalid"
    assert client.post("/inspection-plans", {**PLAN, "code": "Y"}).status_code == 409
    assert api_client(roles=["operator"]).post("/inspection-plans", PLAN).status_code == 403


def test_what_a_plan_means_is_shown_before_it_is_written() -> None:
    found = api_client().get("/inspection-sampling?aql_major=2.5&severity=tightened").json()

    assert "2.5" in found["limits"]
    assert "MIL-STD-105E" in found["source"]
    (five,) = [one for one in found["preview"] if one["lot_size"] == 500]
    assert five["limits"]["major"] == {"letter": "H", "size": 50, "accept": 2, "reject": 3}


def test_an_inspection_from_the_queue_to_the_decision(here: Place) -> None:
    plan(checklist=())
    arrive(here, 100, supplier_id=goods_in.supplier().pk)
    client = api_client(roles=["operator"])
    (row,) = client.get("/inspections?state=waiting").json()["items"]
    assert client.get("/inspections/counts").json()["counts"]["waiting"]["count"] == 1

    base = f"/inspections/{row['id']}"
    assert client.post(f"{base}/start").status_code == 204
    assert client.post(f"{base}/inspected", {"inspected": 20}).status_code == 204
    answer = client.post(f"{base}/results", {"defect_class": "minor", "value": "Scratch"})
    assert answer.json() == {"is_good": False}
    found = client.get(base).json()
    assert (found["minor"], found["passes"], "accept" in found["actions"]) == (1, True, True)
    assert found["limits"]["minor"]["accept"] == 2
    refused = client.post(f"{base}/decide", {"decision": "conditional", "rejected": 3, "reason": "x"})
    assert refused.status_code == 403
    assert client.post(f"{base}/decide", {"decision": "accept"}).json() == {"accepted": 99}
    assert client.post(f"{base}/decide", {"decision": "reject"}).status_code == 409
    claim = api_client(roles=["purchaser"]).post(f"{base}/claim", {"reason": "Scratch"})
    assert claim.status_code == 201
    quality = client.get("/supplier-quality").json()["items"]
    assert (quality[0]["lots"], quality[0]["rejected_units"]) == (1, 1)
    records = client.get("/inspection-records").json()["items"]
    assert records[0]["lots"] == 1
    verify()


def test_an_inspection_and_a_putaway_name_the_receipt_that_goods_came_with() -> None:
    gate = receiving.gate("milk", "salt")
    plan(sku_id=gate.sku("milk").pk)
    receipt = gate.receipt()
    for name in ("milk", "salt"):
        gate.receive(receipt, name, 10)
    client = api_client()

    inspection, putaway = Inspection.objects.get(), Putaway.objects.get()
    assert client.get(f"/inspections/{inspection.pk}").json()["receipt_number"] == receipt.number
    assert client.get(f"/putaways/{putaway.pk}").json()["receipt_number"] == receipt.number
    Inspection.objects.update(receipt_id=None)
    assert client.get(f"/inspections/{inspection.pk}").json()["receipt_number"] is None


def test_a_claim_is_corrected_sent_and_settled(here: Place) -> None:
    client = api_client(roles=["purchaser"])
    supplier = goods_in.supplier()
    made = client.post(
        "/claims",
        {
            "supplier_id": supplier.pk, "owner_id": here.owner.pk, "warehouse_id": here.warehouse.pk,
            "sku_id": here.sku.pk, "quantity": 4, "reason": "Broken", "amount": "40.00",
        },
    )  # fmt: skip
    key = made.json()["id"]
    assert (
        client.put(f"/claims/{key}", {"quantity": 3, "amount": "30", "reason": "Broken"}).status_code == 204
    )
    assert client.post(f"/claims/{key}/move", {"state": "sent"}).status_code == 204
    assert client.post(f"/claims/{key}/move", {"state": "settled"}).status_code == 422
    done = client.post(f"/claims/{key}/move", {"state": "settled", "settlement": "refund"})
    assert done.status_code == 204
    found = client.get(f"/claims/{key}").json()
    assert (found["state"], found["settled_amount"], found["actions"]) == ("settled", "30.00", [])
    assert client.get("/claims/counts").json()["counts"]["settled"]["count"] == 1
    assert client.get("/claims/export").status_code == 200


def test_a_putaway_says_why_and_is_confirmed(here: Place) -> None:
    arrive(here, 10)
    drain()
    client = api_client(roles=["warehouse_manager"])
    (row,) = client.get(f"/putaways?warehouse_id={here.warehouse.pk}&state=planned").json()["items"]
    found = client.get(f"/putaways/{row['id']}").json()
    assert found["strategy_title"] == "The nearest empty place"
    assert found["why"]["walk_mm"] > 0

    assert client.post("/putaways/replan", {"ids": [row["id"]]}).json()["results"][0]["ok"]
    assert client.post(f"/putaways/{row['id']}/confirm", {"location_code": "A02-09-1"}).status_code == 422
    done = client.post(
        f"/putaways/{row['id']}/confirm", {"location_code": "A02-09-1", "reason": "better", "quantity": 4}
    )
    assert done.json() == {"location": "A02-09-1", "quantity": 4, "left": 6, "overridden": True}
    assert client.post(f"/putaways/{row['id']}/cancel", {"reason": "Sold"}).status_code == 204
    assert client.get("/putaways?overridden=true").json()["items"][0]["id"] == row["id"]
    progress = client.get(f"/receipts/{row['receipt_id']}/progress")
    assert progress.status_code == 404  # no such receipt in this test
    verify()


def test_what_is_stuck_is_looked_for_again(here: Place) -> None:
    client = api_client(roles=["warehouse_manager"])
    arrive(here, 3)
    assert client.post("/putaways/plan", {"warehouse_id": here.warehouse.pk}).json() == {
        "planned": 1,
        "stuck": 0,
    }


def test_the_policy_of_a_warehouse(here: Place) -> None:
    client = api_client(roles=["warehouse_manager"])
    base = f"/putaway-policies/{here.warehouse.pk}"
    found = client.get(base).json()
    assert found["strategies"][0] == "fixed"
    zone = found["zones"][0]["zone"]
    wanted = {
        name: found[name]
        for name in ("strategies", "fill_percent", "mix_skus", "mix_lots", "mix_owners", "bulk_cases", "crossdocks", "turnover_days")
    }  # fmt: skip
    assert client.put(base, {**wanted, "fill_percent": 70}).status_code == 204
    assert client.put(base, {**wanted, "strategies": ["magic"]}).status_code == 422
    assert (
        client.put(f"/putaway-zones/{zone['id']}", {"abc_classes": ["A"], "mix_skus": True}).status_code
        == 204
    )
    found = client.get(base).json()
    assert (found["fill_percent"], found["zones"][0]["abc_classes"], found["zones"][0]["mix_skus"]) == (
        70,
        ["A"],
        True,
    )
    made = client.post("/fixed-places", {"sku_id": here.sku.pk, "location_id": here.at("A01-01-1").pk})
    assert client.get("/fixed-places").json()["items"][0]["location"]["code"] == "A01-01-1"
    assert client.delete(f"/fixed-places/{made.json()['id']}").status_code == 204
    assert api_client(roles=["operator"]).put(base, wanted).status_code == 403


def test_a_return_from_the_announcement_to_the_shelf(here: Place) -> None:
    client = api_client(roles=["warehouse_manager"])
    made = client.post(
        "/goods-returns",
        {
            "warehouse_id": here.warehouse.pk, "owner_id": here.owner.pk, "rma": "RMA-9",
            "lines": [{"sku_id": here.sku.pk, "quantity": 2, "reason": "too small"}],
        },
    )  # fmt: skip
    key = made.json()["id"]
    scanned = client.post("/goods-returns/scan", {"warehouse_id": here.warehouse.pk, "code": "RMA-9"})
    assert scanned.json()["id"] == key
    unknown = client.post("/goods-returns/scan", {"warehouse_id": here.warehouse.pk, "code": "??"})
    assert unknown.status_code == 404
    line = client.post(f"/goods-returns/{key}/receive", {"sku_id": here.sku.pk, "quantity": 2}).json()["id"]
    assert client.post(f"/return-lines/{line}/grade", {"grade": "B"}).json() == {"id": line}
    found = client.get(f"/goods-returns/{key}").json()
    assert (found["lines"][0]["proposed"], found["lines"][0]["actions"]) == ("restock", ["grade", "dispose"])
    assert client.post(f"/return-lines/{line}/dispose", {"disposition": "refurbish"}).status_code == 204
    assert client.post(f"/return-lines/{line}/dispose", {"disposition": "scrap"}).status_code == 409
    found = client.get(f"/goods-returns/{key}").json()
    assert (found["state"], found["lines"][0]["outcomes"]) == ("closed", ["restock", "scrap"])
    assert client.post(f"/return-lines/{line}/finish", {"outcome": "restock"}).status_code == 204
    assert client.get("/goods-returns/counts").json()["counts"]["closed"]["count"] == 1
    assert client.get("/goods-returns/export?format=xlsx").status_code == 200
    verify()


def test_others_see_nothing_of_it(here: Place) -> None:
    plan()
    arrive(here, 10)
    key = return_open(
        opened=ReturnIn(here.warehouse.pk, owner_id=here.owner.pk, lines=(ExpectedLine(here.sku.pk, 1),))
    )
    other = dock()
    client = api_client(roles=["warehouse_manager"], warehouse_ids=[other.warehouse.pk])

    assert client.get("/inspections").json()["items"] == []
    assert client.get(f"/inspections/{inspections(here)[0].pk}").status_code == 404
    assert client.get(f"/goods-returns/{key}").status_code == 404
    assert client.get("/putaways").json()["items"] == []
    assert client.get(f"/putaway-policies/{here.warehouse.pk}").status_code == 404
    assert client.post(f"/inspections/{inspections(here)[0].pk}/start").status_code == 404
    assert putaways(here) == []
