"""The order desk by the API."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders, partners, shipping
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.kernel import clock
from hecang.orders.models import SalesOrder
from hecang.orders.services import order_cancel, order_hold

pytestmark = pytest.mark.django_db


def body(number: str, lines: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "shop": "SHOP",
        "external_number": number,
        "placed_at": "2026-01-02T03:04:05+08:00",
        "recipient": {
            "name": "王小明",
            "phone": "13812345678",
            "region_code": partners.SHANGHAI_PUDONG,
            "address": "世纪大道 100 号",
        },
        "lines": [
            {"sku": sku, "quantity": quantity, "unit_price": "9.90"}
            for sku, quantity in (lines or {"A": 1}).items()
        ],
        **more,
    }


# ------------------------------------------------------------------ intake


def test_one_order() -> None:
    world = orders.world()
    world.put("A", 5)
    client = api_client(roles=["integrator"])
    answer = client.post("/orders", body("N1", {"A": 2}))
    assert answer.status_code == 201
    order = SalesOrder.objects.get()
    assert answer.json() == {
        "id": order.pk, "number": order.number, "external_number": "N1", "state": "approved", "created": True,
        "holds": [],
    }  # fmt: skip
    again = client.post("/orders", body("N1", {"A": 4}))
    assert (again.json()["id"], again.json()["created"]) == (order.pk, False)
    assert world.free("A") == 3


def test_same_idempotency_key_gets_the_first_answer() -> None:
    world = orders.world()
    world.put("A", 5)
    client = api_client(roles=["integrator"])
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    first, second = (client.post("/orders", body("N1"), **key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["created"] is True
    assert client.post("/orders", body("N2"), **key).status_code == 422
    assert SalesOrder.objects.count() == 1


def test_many_orders_or_none() -> None:
    world = orders.world()
    world.put("A", 5)
    client = api_client(roles=["integrator"])
    answer = client.post("/orders/bulk", {"orders": [body("N1"), body("N2"), body("N1")]})
    assert (answer.status_code, answer.json()["created"]) == (200, 2)
    assert [row["created"] for row in answer.json()["results"]] == [True, True, False]
    refused = client.post("/orders/bulk", {"orders": [body("N3"), body("N4", {"A": 1, "NONE": 2})]})
    assert (refused.status_code, refused.json()["code"]) == (422, "order_rejected")
    assert refused.json()["errors"] == [
        {
            "message": "There is no SKU with the code “NONE”. Create it, or correct the code.",
            "code": "unknown_sku",
            "loc": "orders.1.lines.1.sku",
            "row": 2,
            "field": "sku",
        }
    ]
    assert SalesOrder.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "loc", "code"),
    [
        ({"lines": [{"sku": "A", "quantity": 0}]}, "lines.0.quantity", "out_of_range"),
        ({"lines": [{"sku": "A", "quantity": 1.5}]}, "lines.0.quantity", "wrong_type"),
        ({"lines": [{"sku": "A", "quantity": 1, "unit_price": "-1"}]}, "lines.0.unit_price", "out_of_range"),
        ({"lines": []}, "lines", "too_few"),
        ({"placed_at": "yesterday"}, "placed_at", "wrong_type"),
        ({"placed_at": "2026-01-02T03:04:05"}, "placed_at", "no_time_zone"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_form_is_checked(change: dict[str, Any], loc: str, code: str) -> None:
    orders.world()
    answer = api_client(roles=["integrator"]).post("/orders", body("N1") | change)
    assert answer.status_code == 422
    assert [(one["loc"], one["code"]) for one in answer.json()["errors"]] == [(loc, code)]


def test_unknown_shop_is_named() -> None:
    orders.world()
    answer = api_client(roles=["integrator"]).post(
        "/orders/bulk", {"orders": [body("N1"), body("N2", shop="NO")]}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "shop_not_found")
    assert [(one["loc"], one["row"]) for one in answer.json()["errors"]] == [("orders.1.shop", 2)]


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("operator", "/orders", False),
        ("auditor", "/orders", True),
        ("auditor", "/orders/{id}/recipient", False),
        ("customer_service", "/orders/{id}/recipient", True),
        ("finance", "/orders/{id}/recipient", False),
        ("finance", "/orders/export", True),
    ],
)
def test_who_may_look(role: str, path: str, allowed: bool) -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    status = api_client(roles=[role]).get(path.format(id=order.pk)).status_code
    assert status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/orders", body("N9")),
        ("/orders/{id}/approve", {}),
        ("/orders/{id}/hold", {"note": "x"}),
        ("/orders/{id}/release-hold", {}),
        ("/orders/{id}/cancel", {"reason": "x"}),
        ("/orders/{id}/change", {"seller_remark": "x"}),
        ("/orders/bulk-approve", {"ids": [1]}),
        ("/orders/bulk-hold", {"ids": [1], "note": "x"}),
        ("/orders/bulk-cancel", {"ids": [1], "reason": "x"}),
        ("/orders/fill-backorders", {}),
        ("/shops", {}),
    ],
)
def test_auditors_change_nothing(path: str, content: dict[str, Any]) -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    assert api_client(roles=["auditor"]).post(path.format(id=order.pk), content).status_code == 403


def test_a_scope_of_shops_hides_all_others() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    other = orders.shop("OTHER")
    mine = orders.World(world.warehouses, other, world.skus).order({"A": 1})
    client = api_client(roles=["order_desk"], shop_ids=[other.pk])
    assert [row["id"] for row in client.get("/orders").json()["items"]] == [mine.pk]
    assert client.get("/orders/counts").json()["counts"]["approved"] == {"count": 1, "capped": False}
    for path in ("", "/timeline", "/recipient"):
        assert client.get(f"/orders/{order.pk}{path}").status_code == 404
    assert client.post(f"/orders/{order.pk}/cancel", {"reason": "x"}).status_code == 404
    assert client.post("/orders", body("N1")).status_code == 404
    answer = client.post("/orders/bulk-cancel", {"ids": [order.pk, mine.pk], "reason": "x"}).json()
    assert [(row["id"], row["ok"], row["code"]) for row in answer["results"]] == [
        (order.pk, False, "order_not_found"), (mine.pk, True, ""),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.state == "approved"


# ------------------------------------------------------------------ the list


def found(client: Any, query: str) -> list[int]:
    answer = client.get(f"/orders?{query}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["items"]]


def test_filters() -> None:
    world = orders.world()
    world.put("A", 3)
    world.put("B", 9)
    old = world.order(
        {"A": 2}, number="OLD-1", placed_at=orders.placed_before(3 * 24 * 60),
        recipient=orders.recipient(name="张三丰", phone="13811112222", region_code=partners.GUANGZHOU_TIANHE),
    )  # fmt: skip
    short = world.order({"A": 2, "B": 1}, placed_at=orders.placed_before(2), priority=5)
    held = world.order({"B": 1}, placed_at=orders.placed_before(1))
    order_hold(order_id=held.pk, note="?")
    gone = world.order({"B": 1}, placed_at=orders.placed_before(0), tags=["vip", "gift"])
    order_cancel(order_id=gone.pk)
    SalesOrder.objects.filter(pk=short.pk).update(ship_after=clock.now() + timedelta(days=3), kind="resend")
    SalesOrder.objects.filter(pk__in=[short.pk, held.pk]).update(recipient_digest="d" * 32)
    client = api_client(roles=["order_desk"])
    cases = {
        "": [gone, held, short, old],
        "sort=placed_at": [old, short, held, gone],
        "tab=held": [held],
        "tab=short": [short],
        "tab=waiting": [short],
        "tag=vip": [gone],
        "tag=vi": [],
        "kind=resend": [short],
        "channel=web": [gone, held, short, old],
        "channel=nowhere": [],
        "several=true": [held, short],
        "state=approved": [held, short, old],
        "state=cancelled&state=approved": [gone, held, short, old],
        "tab=cancelled": [gone],
        "hold=manual": [held],
        "hold=remark": [],
        "sku=A": [short, old],
        "region=44": [old],
        "region=440106": [old],
        "priority_up_to=5": [short],
        f"shop={world.shop.pk}": [gone, held, short, old],
        f"q={old.number}": [old],
        "q=OLD-1": [old],
        "q=2222": [old],
        "q=13811112222": [old],
        "q=%2B86 138 1111 2222": [old],
        "q=张三丰": [old],
        "q=nothing": [],
        f"placed_to={orders.placed_before(2 * 24 * 60):%Y-%m-%d}": [old],
    }
    assert {query: found(client, query) for query in cases} == {
        query: [order.pk for order in wanted] for query, wanted in cases.items()
    }
    assert client.get("/orders?colour=red").status_code == 422


def test_row_shows_no_personal_data() -> None:
    world = orders.world(hold_remarks=True)
    world.put("A", 3)
    order = world.order(
        {"A": 1}, recipient=orders.recipient(name="张三丰", phone="13811112222"), buyer_remark="hurry"
    )
    client = api_client(roles=["order_desk"])
    text = client.get("/orders").content.decode() + client.get(f"/orders/{order.pk}").content.decode()
    assert "张三丰" not in text
    assert "13811112222" not in text
    row = client.get("/orders").json()["items"][0]
    assert (row["recipient_masked"], row["holds"]) == ("张** 138****2222", ["remark"])
    assert row["region_name"].endswith("浦东新区")


def test_pages_and_export() -> None:
    world = orders.world()
    world.put("A", 100)
    world.intake(*(orders.order_in({"A": 1}, placed_at=orders.placed_before(n)) for n in range(25)))
    client = api_client(roles=["order_desk"])
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = client.get(f"/orders?limit=10&cursor={cursor}" if cursor else "/orders?limit=10").json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    newest_first = SalesOrder.objects.order_by("-placed_at", "-id").values_list("pk", flat=True)
    assert seen == list(newest_first)
    lines = b"".join(client.get("/orders/export?format=csv").streaming_content).decode().splitlines()
    assert len(lines) == 26


def test_list_and_detail_ask_as_often_for_many_as_for_few() -> None:
    world = orders.world(hold_remarks=True)
    for name in "ABCDEFGHIJ":
        world.put(name, 1000)
    client = api_client(roles=["order_desk"])
    client.get("/orders")  # the first use of a key a day is written down
    counts: dict[str, list[int]] = {"list": [], "detail": []}
    for count in (10, 100):
        rows = world.intake(
            *(
                orders.order_in(dict.fromkeys("ABCDEFGHIJ"[: count // 10], 1), buyer_remark="x")
                for _ in range(count)
            )
        )
        for name, path in (("list", f"/orders?limit={count}"), ("detail", f"/orders/{rows[0].order_id}")):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts[name].append(len(queries))
    assert counts["list"][0] == counts["list"][1]
    assert counts["detail"][0] == counts["detail"][1]


# ------------------------------------------------------------------ one order


def test_detail_tells_what_an_order_is() -> None:
    world = orders.world()
    world.put("A", 9)
    order = world.order({"A": 2}, tags=["vip"])
    service = shipping.service("SWIFT", rate=None)
    SalesOrder.objects.filter(pk=order.pk).update(
        service_id=service.pk, warehouses_never=[world.warehouses["SH"].pk], is_sealed=True
    )
    told = api_client(roles=["order_desk"]).get(f"/orders/{order.pk}").json()
    assert told["channel"] == {"code": "web", "name": "Web"}
    assert told["service"] == {"id": service.pk, "code": "SWIFT", "name": service.name}
    assert (told["warehouses_only"], told["warehouses_never"]) == ([], [world.warehouses["SH"].name])
    assert (told["tags"], told["is_sealed"], told["kind"]) == (["vip"], True, "sale")
    assert (told["ship_by"], told["ship_after"]) == (None, None)


def test_detail_says_what_can_be_done() -> None:
    world = orders.world(hold_remarks=True)
    world.put("A", 3)
    order = world.order({"A": 1}, buyer_remark="hurry")
    seen = api_client(roles=["order_desk"]).get(f"/orders/{order.pk}").json()
    assert [(one["code"], one["allowed"]) for one in seen["actions"]] == [
        ("approve", True), ("hold", True), ("release-hold", True), ("cancel", True), ("change", True),
        ("split", False), ("merge", True), ("unmerge", False), ("substitute", False), ("exchange", False),
    ]  # fmt: skip
    assert [(line["sku"]["code"], line["quantity"], line["reserved"]) for line in seen["lines"]] == [
        ("A", 1, 1)
    ]
    assert [(hold["code"], hold["released_at"]) for hold in seen["holds"]] == [("remark", None)]
    auditor = api_client(roles=["auditor"]).get(f"/orders/{order.pk}").json()
    assert {one["allowed"] for one in auditor["actions"]} == {False}
    order_cancel(order_id=order.pk)
    ended = api_client(roles=["order_desk"]).get(f"/orders/{order.pk}").json()
    assert not [one for one in ended["actions"] if one["allowed"] or not one["reason"]]


def test_a_day_at_the_desk() -> None:
    # given an order that waits for a person
    world = orders.world(hold_remarks=True)
    world.put("A", 3)
    order = world.order({"A": 1}, buyer_remark="hurry")
    client = api_client(roles=["order_desk"])
    path = f"/orders/{order.pk}"
    # when the desk works on it
    assert client.post(f"{path}/approve", {"note": "read"}).json()["state"] == "approved"
    assert client.post(f"{path}/hold", {"note": "wait"}).json()["is_held"] is True
    assert client.post(f"{path}/release-hold", {"codes": ["manual"]}).json()["is_held"] is False
    changed = client.post(
        f"{path}/change",
        {
            "recipient": {"phone": "13900001111"},
            "quantities": [{"line_id": orders.line_ids(order)[0], "quantity": 2}],
        },
    ).json()
    assert (changed["recipient_masked"], changed["lines"][0]["reserved"]) == ("王** 139****1111", 2)
    clear = client.get(f"{path}/recipient").json()
    assert (clear["name"], clear["phone"]) == ("王小明", "13900001111")
    assert client.post(f"{path}/cancel", {"reason": "sorry"}).json()["state"] == "cancelled"
    conflict = client.post(f"{path}/approve", {})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "order_state_conflict")
    # then all of it can be read again, the look at the recipient, too
    actions = [entry["action"] for entry in client.get(f"{path}/timeline").json()["items"]]
    assert sorted(actions) == sorted(
        [
            "orders.order.created", "orders.order.approved", "orders.order.held", "orders.order.released",
            "orders.order.changed", "orders.recipient.viewed", "orders.order.cancelled", "orders.order.stepped",
        ]
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="orders.recipient.viewed")
    assert (entry.entity_id, entry.actor_kind) == (order.pk, "api_key")
    orders.assert_lawful()


def test_bulk_actions_and_filling() -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 3)
    ids = [row.order_id for row in world.intake(*(orders.order_in({"A": 1}) for _ in range(4)))]
    client = api_client(roles=["order_desk"])
    answer = client.post("/orders/bulk-approve", {"ids": [*ids, 10**12]}).json()["results"]
    assert [(row["ok"], row["code"]) for row in answer] == [*[(True, "")] * 4, (False, "order_not_found")]
    assert {
        row["ok"] for row in client.post("/orders/bulk-hold", {"ids": ids, "note": "x"}).json()["results"]
    } == {True}
    world.put("A", 1)
    assert client.post("/orders/fill-backorders", {}).json() == {"orders": 1}
    client.post("/orders/bulk-cancel", {"ids": ids, "reason": "x"})
    assert client.get("/orders/counts").json()["counts"]["cancelled"]["count"] == 4
    orders.assert_lawful()


def test_unknown_order() -> None:
    orders.world()
    client = api_client(roles=["order_desk"])
    for path in ("", "/timeline", "/recipient"):
        assert client.get(f"/orders/999999{path}").status_code == 404
    assert client.get("/orders/0").status_code in {404, 422}


# ------------------------------------------------------------------ shops


def test_shops() -> None:
    partners.owner("OWNER")
    client = api_client(roles=["order_desk"])
    made = client.post(
        "/shops", {"code": "T1", "name": "Tmall", "channel": "tmall", "owner": "OWNER", "amount_limit": "500"}
    )
    assert made.status_code == 201
    shop = made.json()
    assert (shop["code"], shop["channel"]["code"], shop["amount_limit"], shop["auto_approve"]) == (
        "T1", "tmall", "500.00", True,
    )  # fmt: skip
    changed = client.patch(f"/shops/{shop['id']}", {"amount_limit": None, "auto_approve": False}).json()
    assert (changed["amount_limit"], changed["auto_approve"], changed["name"]) == (None, False, "Tmall")
    assert [row["code"] for row in client.get("/shops?q=t").json()["items"]] == ["T1"]
    again = client.post("/shops", {"code": "T1", "name": "x", "channel": "tmall", "owner": "OWNER"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "code")
    unknown = client.post("/shops", {"code": "T2", "name": "x", "channel": "tmall", "owner": "NO"})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_owner")
    assert client.patch("/shops/999999", {"name": "x"}).status_code == 404
