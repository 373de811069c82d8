"""Rules, dry runs, decisions and credit through the API."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import orders
from tests.factories.accounts import api_client

from hecang.partners.services import CustomerRow, customers_upsert

pytestmark = pytest.mark.django_db

HOLD = [{"action": "hold", "parameters": {"reason": "look"}}]


def rule(**more: Any) -> dict[str, Any]:
    return {"kind": "orders.audit", "name": "Units", "condition": "order.units >= 2", "actions": HOLD, **more}


def test_a_rule_from_its_draft_to_the_order_that_it_holds() -> None:
    # given orders, and somebody of the order desk
    world = orders.world()
    world.put("A", 100)
    before = world.order({"A": 2})
    client = api_client(roles=["order_desk"])
    # when they look at what may be asked, check, try and make a rule
    kind = client.get("/rules/kinds").json()["items"][0]
    assert "order.units" in {fact["name"] for fact in kind["facts"]}
    wrong = client.post("/rules/check", {"kind": "orders.audit", "condition": "order.unit >= 2"}).json()
    assert (wrong["ok"], wrong["position"], wrong["length"]) == (False, 0, 10)
    tried = client.post(
        "/order-dry-runs", {"drafts": [{"name": "U", "condition": "order.units >= 2", "actions": HOLD}]}
    )
    assert tried.json()["result"]["samples"][0]["number"] == before.number
    made = client.post("/rules", rule(is_enabled=True))
    assert (made.status_code, made.json()["version"]) == (201, 1)
    # then the next order is held, the list counts it, and the order says why
    held = world.order({"A": 2})
    assert client.get("/rules?kind=orders.audit").json()["items"][0]["hits"] == 1
    said = client.get(f"/orders/{held.pk}/decisions").json()
    assert [(one["title"], one["facts"]) for one in said["items"]] == [
        ("Units", [{"name": "order.units", "label": "Units over all lines", "value": "2"}])
    ]
    assert client.get(f"/orders/{before.pk}/decisions").json() == {"items": [], "by_default": True}


def test_a_rule_is_changed_ordered_restored_and_put_away() -> None:
    client = api_client()
    first = client.post("/rules", rule()).json()["id"]
    second = client.post("/rules", rule(name="Other")).json()["id"]
    changed = client.patch(
        f"/rules/{first}", {"condition": "true", "valid_to": None, "version_note": "all"}
    ).json()
    assert (changed["version"], changed["versions"][0]["note"]) == (2, "all")
    restored = client.post(f"/rules/{first}/versions/1/restore").json()
    assert (restored["version"], restored["condition"]) == (3, "order.units >= 2")
    ordered = client.post("/rules/order", {"kind": "orders.audit", "rule_ids": [second, first]}).json()
    assert [row["id"] for row in ordered["items"]] == [second, first]
    assert client.delete(f"/rules/{second}").status_code == 204
    assert [row["id"] for row in client.get("/rules?kind=orders.audit").json()["items"]] == [first]
    refused = client.patch(f"/rules/{first}", {"condition": "order.unitz > 1"})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_condition")


def test_who_may_only_look_changes_nothing() -> None:
    client = api_client(roles=["customer_service"])
    assert client.get("/rules?kind=orders.audit").status_code == 200
    assert client.post("/rules", rule()).status_code == 403
    assert (
        client.post(
            "/order-dry-runs", {"drafts": [{"name": "U", "condition": "true", "actions": HOLD}]}
        ).status_code
        == 403
    )
    assert client.get("/credits").status_code == 403


def test_the_default_rules() -> None:
    client = api_client()
    made = client.post("/order-rule-defaults").json()["ids"]
    assert len(made) == len(client.get("/rules?kind=orders.audit").json()["items"])
    assert client.post("/order-rule-defaults").json()["ids"] == []


def test_finance_gives_credit_and_settles_what_is_owed() -> None:
    # given a customer with credit
    world = orders.world()
    world.put("A", 100)
    key = customers_upsert(rows=[CustomerRow("C1", name="A shop")]).ids[0]
    finance = api_client(roles=["finance"])
    assert finance.put(f"/credits/{key}", {"limit_amount": "100", "term_days": 30}).status_code == 204
    # when they order, the debt shows; when it is settled it does not
    made = world.order({"A": 4}, customer_code="C1")
    row = finance.get("/credits").json()["items"][0]
    assert (row["code"], row["limit_amount"], row["open_amount"], row["open_orders"]) == (
        "C1",
        "100.00",
        "40.00",
        1,
    )
    customer = made.customer_id
    owed = finance.get(f"/credits/{customer}/orders").json()["items"]
    assert [(row["id"], row["number"]) for row in owed] == [(made.pk, made.number)]
    assert finance.post("/credits/settle", {"ids": [made.pk]}).json()["results"][0]["ok"]
    assert finance.get(f"/credits/{customer}/orders").json() == {"items": []}
    assert finance.get("/credits").json()["items"][0]["open_amount"] == "0"
    # and finance alone lets an order beyond the limit go on
    beyond = world.order({"A": 11}, customer_code="C1")
    assert orders.holds(beyond) == ["credit"]
    desk = api_client(roles=["order_desk"])
    assert desk.post(f"/orders/{beyond.pk}/credit-override", {}).status_code == 403
    assert desk.post(f"/orders/{beyond.pk}/release-hold", {"codes": ["credit"]}).status_code == 403
    assert finance.post(f"/orders/{beyond.pk}/credit-override", {"note": "paid"}).json()["released"]
    assert orders.holds(beyond) == []
    assert finance.delete(f"/credits/{key}").status_code == 204
    assert finance.get("/credits").json()["items"] == []
    assert api_client(roles=["order_desk"]).put(f"/credits/{key}", {"limit_amount": "1"}).status_code == 403
