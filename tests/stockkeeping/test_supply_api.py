"""Pick faces, replenishment, transfers, thresholds and alerts over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.factories.accounts import api_client
from tests.factories.stockkeeping import reserve, second, world

pytestmark = pytest.mark.django_db


def test_faces_are_set_listed_planned_and_filled() -> None:
    shop = world(goods={"milk": 3})
    reserve(shop, "R01-01-1")
    shop.put("milk", 50, "R01-01-1")
    client = api_client(roles=["warehouse_manager"])
    body = {
        "faces": [
            {
                "location_id": shop.at("A01-01-1").pk, "sku_id": shop.skus["milk"].pk, "owner_id": shop.owner.pk,
                "min_quantity": 5, "max_quantity": 20,
            }
        ]
    }  # fmt: skip

    assert client.put("/pick-faces", body).status_code == 200
    [face] = client.get("/pick-faces").json()["items"]
    preview = client.get(f"/replenishments/preview?warehouse_id={shop.warehouse.pk}").json()["items"]
    made = client.post("/replenishments/plan", {"warehouse_id": shop.warehouse.pk}).json()
    [row] = client.get("/replenishments").json()["items"]
    counts = client.get("/replenishments/counts").json()["counts"]
    worker = api_client(roles=["operator"])
    done = worker.post(f"/replenishments/{row['id']}/confirm", {"quantity": 17})

    assert (face["free"], face["reserve"], face["coming"], face["demand"]) == (3, 50, 0, 0)
    assert [(one["quantity"], one["to_location"]["code"]) for one in preview] == [(17, "A01-01-1")]
    assert made["count"] == 1
    assert (row["cause"], row["task_state"], row["from_location"]["code"]) == (
        "below_min",
        "open",
        "R01-01-1",
    )
    assert counts["open"]["count"] == 1
    assert done.json()["ended"] is True
    assert worker.post("/replenishments/plan", {"warehouse_id": shop.warehouse.pk}).status_code == 403
    assert client.get(f"/consolidation?warehouse_id={shop.warehouse.pk}").json() == {"items": []}
    assert client.get("/pick-faces/export?format=csv").status_code == 200


def test_a_transfer_goes_its_whole_way() -> None:
    shop = world(goods={"milk": 30})
    other = second(shop)
    client = api_client(roles=["warehouse_manager"])
    made = client.post(
        "/transfers",
        {
            "from_warehouse_id": shop.warehouse.pk, "to_warehouse_id": other.pk, "owner_id": shop.owner.pk,
            "lines": [{"sku_id": shop.skus["milk"].pk, "quantity": 12}],
        },
    )  # fmt: skip
    key = made.json()["id"]
    for step in ("approve", "release"):
        assert client.post(f"/transfers/{step}", {"ids": [key]}).json()["results"][0]["ok"], step
    [pick] = client.get(f"/transfers/{key}/picks").json()["items"]
    client.post(
        f"/transfers/{key}/pick",
        {"picks": [{"allocation_id": pick["allocation_id"], "quantity": 12}]},
    )
    assert client.post(f"/transfers/{key}/ship", {"carrier": "Deppon"}).json() == {"units": 12}
    [row] = client.get("/transfers?tab=on_the_road").json()["items"]
    assert (row["on_the_road"], row["carrier"]) == (12, "Deppon")
    body = {"received": [{"scan_id": str(uuid4()), "sku_id": shop.skus["milk"].pk, "quantity": 11}]}
    assert client.post(f"/transfers/{key}/receive", body).json()["outstanding"] == 1
    assert client.post("/transfers/close", {"ids": [key]}).json()["results"][0]["ok"]
    detail = client.get(f"/transfers/{key}").json()
    assert (detail["state"], detail["discrepancies"][0]["kind"], detail["actions"]) == ("closed", "short", [])
    assert client.get("/transfers/counts").json()["counts"]["ended"]["count"] == 1
    assert client.get("/transfers/export?format=csv").status_code == 200


def test_thresholds_make_alerts_that_are_answered() -> None:
    shop = world(goods={"milk": 3})
    client = api_client(roles=["purchaser"])
    body = {
        "thresholds": [
            {
                "warehouse_id": shop.warehouse.pk, "sku_id": shop.skus["milk"].pk, "owner_id": shop.owner.pk,
                "safety_stock": 10, "max_stock": 30,
            }
        ]
    }  # fmt: skip
    assert client.put("/thresholds", body).status_code == 200
    [alert] = client.get("/stock-alerts").json()["items"]
    assert client.get("/stock-alerts/counts").json()["counts"]["kind:below_safety"]["count"] == 1
    answer = client.post(f"/stock-alerts/{alert['id']}/purchase", {})
    assert answer.json()["document_kind"] == "purchase_request"
    assert client.get("/stock-alerts").json()["items"] == []
    [threshold] = client.get("/thresholds?q=mil").json()["items"]
    changed = client.post("/thresholds/change", {"ids": [threshold["id"]], "safety_stock": None})
    assert changed.json() == {"count": 1}
    assert client.get("/thresholds").json()["items"][0]["safety_stock"] is None
    assert client.post("/stock-alerts/refresh", {}).json()["gone"] == 0
    assert client.get("/stock-alerts?tab=gone").json()["items"][0]["sku"]["code"] == "milk"
