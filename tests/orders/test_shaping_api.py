"""Split, merge, substitute, exchange, pre-sales and substitutes by the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import orders
from tests.factories.accounts import api_client

from hecang.kernel import clock
from hecang.orders.models import SalesOrder, SkuSubstitute

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13900000001", "address": "世纪大道 100 号"}


def allowed(detail: dict[str, Any]) -> dict[str, bool]:
    return {one["code"]: one["allowed"] for one in detail["actions"]}


def test_a_day_of_moving_lines() -> None:
    # given two orders of Wang, hinted at on the list
    world = orders.world()
    world.put("A", 5)
    client = api_client(roles=["order_desk"])
    first, second = (world.order({"A": 2}, recipient=orders.recipient(**WANG)) for _ in range(2))
    rows = client.get("/orders").json()["items"]
    assert [(row["can_merge"], row["kind"]) for row in rows] == [(True, "sale")] * 2
    partners = client.get(f"/orders/{first.pk}/merge-partners").json()["items"]
    assert [one["number"] for one in partners] == [second.number]
    assert client.get("/orders/merge-hints").json()["items"][0]["order_ids"] == [first.pk, second.pk]
    # when they are merged, the second can only be parted again
    merged = client.post(f"/orders/{first.pk}/merge", {"ids": [second.pk]}).json()
    assert [line["source_order"] for line in merged["lines"]] == [
        None,
        {"id": second.pk, "number": second.number},
    ]
    assert [(one["relation"], one["id"]) for one in merged["relatives"]] == [("merged", second.pk)]
    detail = client.get(f"/orders/{second.pk}").json()
    assert (detail["state"], {code for code, may in allowed(detail).items() if may}) == (
        "merged",
        {"unmerge", "cancel", "exchange"},
    )
    assert client.get("/orders", {"tab": "merged"}).json()["items"][0]["id"] == second.pk
    assert client.post(f"/orders/{second.pk}/approve", {}).status_code == 409
    assert client.post(f"/orders/{second.pk}/unmerge", {"note": "n"}).json()["state"] == "approved"
    # and one split in two
    line = orders.line_ids(first)[0]
    split = client.post(f"/orders/{first.pk}/split", {"parts": [[{"line_id": line, "quantity": 1}]]}).json()
    assert [(one["relation"], one["external_number"]) for one in split["relatives"]] == [
        ("child", f"{first.external_number}#2")
    ]
    assert client.post(f"/orders/{first.pk}/split", {}).status_code == 422
    bulk = client.post("/orders/bulk-split", {"ids": [first.pk, second.pk], "by": ["stock"]}).json()[
        "results"
    ]
    assert [row["code"] for row in bulk] == ["unchanged", "unchanged"]
    joined = client.post("/orders/bulk-merge", {"ids": [first.pk, second.pk]}).json()["results"]
    assert [row["ok"] for row in joined] == [True, True]
    orders.assert_lawful()


def test_substitutes_gifts_and_exchange() -> None:
    world = orders.world()
    world.put("B", 5)
    world.sku("A")
    client = api_client(roles=["order_desk"])
    made = client.post("/substitutes", {"sku": "A", "substitute": "B", "needs_consent": True})
    assert (made.status_code, made.json()["shop"]) == (201, None)
    assert client.post("/substitutes", {"sku": "A", "substitute": "A"}).status_code == 422
    assert len(client.get("/substitutes", {"q": "a"}).json()["items"]) == 1
    order = world.order({"A": 2})
    line = orders.line_ids(order)[0]
    [option] = client.get(f"/orders/{order.pk}/substitutes").json()["items"]
    assert (option["line_id"], option["substitute"]["code"], option["free"]) == (line, "B", 5)
    path = f"/orders/{order.pk}"
    assert client.post(f"{path}/substitute", {"line_id": line}).json()["code"] == "consent_needed"
    done = client.post(f"{path}/substitute", {"line_id": line, "has_consent": True}).json()
    assert [(one["kind"], one["reserved"]) for one in done["lines"]] == [("goods", 0), ("substitute", 2)]
    gift = client.post(f"{path}/gift", {"sku": "B", "quantity": 1, "reason": "sorry"}).json()
    assert [one["reason"] for one in gift["lines"]] == ["", "line:1", "sorry"]
    assert client.post(f"{path}/exchange", {"lines": [{"sku": "B", "quantity": 1}]}).status_code == 409
    SalesOrder.objects.filter(pk=order.pk).update(state="shipped")
    sent = client.post(f"{path}/exchange", {"kind": "resend", "lines": [{"sku": "B", "quantity": 1}]})
    assert (sent.status_code, sent.json()["kind"], sent.json()["relatives"][0]["relation"]) == (
        201,
        "resend",
        "origin",
    )
    assert client.delete(f"/substitutes/{made.json()['id']}").status_code in {200, 204}
    assert not SkuSubstitute.objects.exists()


def test_a_presale_from_campaign_to_release() -> None:
    world = orders.world()
    world.sku("N")
    client = api_client(roles=["order_desk"])
    now = clock.now()
    campaign = client.post(
        "/presales",
        {
            "code": "P1", "name": "New", "shop_id": world.shop.pk, "sku": "N", "quantity_limit": 5, "deposit": "5.00",
            "starts_at": (now - timedelta(days=1)).isoformat(), "ends_at": (now + timedelta(days=1)).isoformat(),
            "ship_after": (now - timedelta(hours=1)).isoformat(),
        },
    )  # fmt: skip
    assert (campaign.status_code, campaign.json()["claimed"]) == (201, 0)
    key = campaign.json()["id"]
    order = world.order({"N": 2}, kind="presale", balance_due=Decimal(10), deposit_amount=Decimal(5))
    [row] = client.get("/presales").json()["items"]
    assert (row["claimed"], row["waiting"], row["sku"]["code"]) == (2, 1, "N")
    assert client.patch(f"/presales/{key}", {"quantity_limit": 1}).status_code == 422
    assert client.patch(f"/presales/{key}", {"quantity_limit": 9}).json()["quantity_limit"] == 9
    world.put("N", 2)
    [told] = client.post(f"/presales/{key}/release", {}).json()["results"]
    assert (told["id"], told["code"]) == (order.pk, "unpaid")
    paid = client.post(f"/orders/{order.pk}/pay-balance", {}).json()
    assert (paid["balance_due"], paid["balance_paid_at"] is not None, paid["awaits_release"]) == (
        "10.00",
        True,
        True,
    )
    [told] = client.post(f"/presales/{key}/release", {}).json()["results"]
    assert (told["ok"], orders.life(order)) == (True, [(2, 0, 0, 0, 0)])
    orders.assert_lawful()


def test_shops_say_what_happens_by_itself() -> None:
    world = orders.world()
    client = api_client(roles=["order_desk"])
    wanted = {"merge_policy": "auto", "merge_hours": 2, "split_by": ["stock", "size"], "split_weight_g": 3000,
              "gifts_wait": True, "substitute_policy": "off"}  # fmt: skip
    changed = client.patch(f"/shops/{world.shop.pk}", wanted).json()
    assert {name: changed[name] for name in wanted} == wanted
    assert client.patch(f"/shops/{world.shop.pk}", {"split_by": ["colour"]}).status_code == 422
    assert client.patch(f"/shops/{world.shop.pk}", {"split_weight_g": None}).json()["split_weight_g"] is None


def test_who_may_not() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 2})
    client = api_client(roles=["auditor"])
    for path in ("split", "merge", "unmerge", "substitute", "exchange", "gift", "pay-balance"):
        assert client.post(f"/orders/{order.pk}/{path}", {}).status_code == 403
    assert client.get("/presales").status_code == 200
