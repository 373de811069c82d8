"""Purchasing by the API: what the desk calls."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.accounts import ApiClient, api_client
from tests.factories.purchasing import Market, day, market

from hecang.inventory.models import SupplySuggestion
from hecang.kernel import clock
from hecang.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Market:
    made = market({"ACME": {"milk": "3.00", "bread": "2.00"}, "BEST": {"milk": "2.50"}})
    made.sells(
        "ACME", "milk", "2.20", min_quantity=100, min_order_quantity=12, order_multiple=12, lead_time_days=2
    )
    return made


@pytest.fixture
def client(shop: Market) -> ApiClient:
    return api_client(roles=["purchaser"])


def suggest(shop: Market, sku: str, quantity: int) -> SupplySuggestion:
    now = clock.now()
    return SupplySuggestion.objects.create(
        sku=shop.skus[sku], owner=shop.owner, warehouse=shop.warehouse, source="purchase", quantity=quantity,
        order_count=1, waiting_since=now, created_at=now, updated_at=now,
    )  # fmt: skip


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_from_a_suggestion_to_a_sent_order_in_one_call(shop: Market, client: ApiClient) -> None:
    # Given five units of milk that customers wait for
    suggestion = suggest(shop, "milk", 5)
    (row,) = ok(client.get("/purchase-suggestions"))["items"]
    assert (row["uncovered"], row["offer"]["supplier_code"], row["offer"]["quantity"]) == (5, "BEST", 5)

    # When the plan is looked at, nothing is written; when it is bought, the order is sent
    plan = ok(client.post("/purchasing/plan", {"suggestions": [suggestion.pk]}))
    assert [line["sku"]["code"] for order in plan["orders"] for line in order["lines"]] == ["milk"]
    assert [one["supplier_code"] for one in plan["orders"][0]["lines"][0]["offers"]] == ["BEST", "ACME"]
    assert PurchaseOrder.objects.count() == 0

    bought = ok(client.post("/purchasing/buy", {"suggestions": [suggestion.pk], "send": True}))["orders"]

    assert [(one["state"], one["missing"]) for one in bought] == [("sent", [])]
    # Then it is on order, and is not bought again
    (row,) = ok(client.get("/purchase-suggestions"))["items"]
    assert (row["on_order"], row["uncovered"]) == (5, 0)
    assert ok(client.post("/purchasing/buy", {"suggestions": [suggestion.pk], "send": True})) == {
        "orders": []
    }
    detail = ok(client.get(f"/purchase-orders/{bought[0]['order_id']}"))
    assert detail["lines"][0]["requests"][0]["quantity"] == 5
    assert [one["action"] for one in ok(client.get(f"/purchase-orders/{detail['id']}/timeline"))["items"]] == [
        "purchasing.order.created", "purchasing.order.submitted", "purchasing.order.approved", "purchasing.order.sent",
    ]  # fmt: skip


def test_another_supplier_and_its_multiples(shop: Market, client: ApiClient) -> None:
    suggestion = suggest(shop, "milk", 95)
    chosen = [{"sku_id": shop.skus["milk"].pk, "supplier_id": shop.suppliers["ACME"].pk}]

    plan = ok(client.post("/purchasing/plan", {"suggestions": [suggestion.pk], "suppliers": chosen}))

    # 95 rounded up to dozens; below a hundred the first price holds
    assert plan["orders"][0]["lines"][0]["offer"]["quantity"] == 96
    assert plan["orders"][0]["amount"] == "288.00"
    fast = ok(client.post("/purchasing/plan", {"suggestions": [suggestion.pk], "choice": "fastest"}))
    assert fast["orders"][0]["supplier"]["code"] == "ACME"


def test_an_order_lives_from_draft_to_closed(shop: Market, client: ApiClient) -> None:
    body = {
        "supplier_id": shop.suppliers["ACME"].pk, "owner_id": shop.owner.pk, "warehouse_id": shop.warehouse.pk,
        "lines": [{"sku_id": shop.skus["milk"].pk, "quantity": 24}, {"sku_id": shop.skus["bread"].pk, "quantity": 3, "unit_price": "2.10"}],
    }  # fmt: skip
    order_id = ok(client.post("/purchase-orders", body), 201)["id"]
    order = ok(client.get(f"/purchase-orders/{order_id}"))
    assert (order["amount"], order["state"]) == ("78.30", "draft")
    milk, bread = order["lines"]
    assert (bread["list_price"], bread["unit_price"]) == ("2.0000", "2.1000")

    assert ok(client.post(f"/purchase-orders/{order_id}/submit")) == {"state": "approved", "missing": []}
    assert ok(client.post(f"/purchase-orders/{order_id}/send")) == {"way": "none"}
    ok(
        client.post(
            f"/purchase-orders/{order_id}/confirm",
            {
                "supplier_number": "A-77",
                "lines": [{"line_id": milk["id"], "quantity": 20, "on": day(9).isoformat()}],
            },
        ),
        204,
    )
    changed = {"lines": [{"line_id": milk["id"], "quantity": 12}], "reason": "less is needed"}
    assert ok(client.patch(f"/purchase-orders/{order_id}", changed)) == {"revision": 1}
    order = ok(client.get(f"/purchase-orders/{order_id}"))
    assert (order["needs_sending"], order["changes"][0]["reason"]) == (True, "less is needed")
    ok(client.post(f"/purchase-orders/{order_id}/send"))
    assert ok(client.post(f"/purchase-orders/{order_id}/send")) == {"way": ""}
    assert [one["kind"] for one in ok(client.get(f"/purchase-orders/{order_id}"))["dispatches"]] == [
        "change",
        "order",
    ]
    closed = ok(client.post("/purchase-orders/close", {"ids": [order_id], "reason": "out of stock there"}))
    assert closed["results"][0]["ok"]
    assert ok(client.get("/purchase-orders/counts"))["counts"]["closed"]["count"] == 1
    pdf = client.get(f"/purchase-orders/{order_id}/pdf")
    assert pdf.content.startswith(b"%PDF")


def test_who_may_not_sees_nothing(shop: Market) -> None:
    order = shop.draft("ACME", {"milk": 12})
    stranger = api_client(roles=["purchaser"], warehouse_ids=[])
    operator = api_client(roles=["operator"])

    assert stranger.get(f"/purchase-orders/{order.pk}").status_code == 404
    assert stranger.post(f"/purchase-orders/{order.pk}/submit").status_code == 404
    assert stranger.get("/purchase-orders").json()["items"] == []
    assert operator.get("/purchase-orders").status_code == 403


def test_every_list_answers_and_exports(shop: Market, client: ApiClient) -> None:
    shop.sent("ACME", {"milk": 12})
    suggest(shop, "bread", 3)
    for path in (
        "/suppliers", "/supplier-prices", "/purchase-suggestions", "/purchase-requests", "/purchase-orders",
        "/supplier-invoices", "/purchase-match", "/supplier-performance",
    ):  # fmt: skip
        ok(client.get(path))
        assert client.get(f"{path}/export").status_code == 200
    for path in ("/supplier-scorecards", "/supplier-scorecards/months", "/purchasing/policy", "/purchasing/ways",
                 "/purchase-requests/counts", "/supplier-invoices/counts"):  # fmt: skip
        ok(client.get(path))
