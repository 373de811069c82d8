"""Connections and channels by the API: what the desk calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, orders
from tests.factories.accounts import ApiClient, api_client
from tests.integrations.shopfloor import Shopfloor, shopfloor

from hecang.accounts.models import AuditEntry
from hecang.integrations.channels.base import CancelWish
from hecang.integrations.models import (
    Connection,
    PlatformMessage,
    PlatformOrder,
    PlatformProduct,
    PlatformRequest,
    PlatformStock,
)
from hecang.integrations.services.channels.inbox import MAX_BYTES
from hecang.integrations.services.channels.requests import wishes_apply
from hecang.integrations.services.channels.stock import stock_push, stock_watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor() as made:
        yield made


@pytest.fixture
def client() -> ApiClient:
    return api_client()


def test_the_form_of_a_connector_comes_from_its_settings(floor: Shopfloor, client: ApiClient) -> None:
    toy = next(one for one in client.get("/connectors?kind=channel").json() if one["code"] == "toy")

    assert (toy["title"], toy["needs_token"]) == ("Toy shop", True)
    assert [(one["name"], one["kind"], one["required"]) for one in toy["form"]] == [
        ("app_key", "text", True), ("app_secret", "secret", True), ("base_url", "text", False),
        ("carrier_codes", "map", False),
    ]  # fmt: skip
    assert "push_stock" in toy["features"]


def test_a_connection_is_made_checked_and_switched_on(floor: Shopfloor, client: ApiClient) -> None:
    shop = orders.shop("OTHER")
    token = floor.sim.token()
    body = {
        "kind": "channel", "connector": "toy", "name": "Second toy", "shop_id": shop.pk,
        "settings": {**floor.sim.credentials(), "base_url": "http://platform.test"},
        "token": {"access": token.access, "refresh": token.refresh},
    }  # fmt: skip

    made = client.post("/connections", body)
    key = made.json()["id"]

    assert made.status_code == 201
    assert (made.json()["is_active"], made.json()["status"]) == (False, "off")
    assert made.json()["settings"]["app_secret"] is None
    assert made.json()["secrets_set"] == ["app_secret"]
    assert "toy-secret" not in made.content.decode()
    assert client.post(f"/connections/{key}/check").json() == {"is_ok": True, "code": "", "message": ""}
    assert client.post(f"/connections/{key}/active", {"is_active": True}).json()["status"] == "ok"
    entries = str(list(AuditEntry.objects.filter(entity_kind="connection").values_list("before", "after")))
    assert "toy-secret" not in entries
    assert token.access not in entries


def test_a_form_with_mistakes_names_them(client: ApiClient) -> None:
    shop = orders.shop("OTHER")
    body = {
        "kind": "channel",
        "connector": "toy",
        "name": "X",
        "shop_id": shop.pk,
        "settings": {"nonsense": 1},
    }

    answer = client.post("/connections", body)

    assert answer.status_code == 422
    assert {one["loc"] for one in answer.json()["errors"]} == {
        "settings.app_key", "settings.app_secret", "settings.nonsense",
    }  # fmt: skip


def test_secrets_left_empty_stay(floor: Shopfloor, client: ApiClient) -> None:
    answer = client.put(
        f"/connections/{floor.connection_id}",
        {"name": "New name", "settings": {"app_key": "toy-key", "base_url": "http://platform.test"}},
    )

    assert answer.json()["name"] == "New name"
    assert client.post(f"/connections/{floor.connection_id}/check").json()["is_ok"] is True


def test_a_check_that_fails_says_why_without_secrets(floor: Shopfloor, client: ApiClient) -> None:
    client.put(
        f"/connections/{floor.connection_id}",
        {
            "name": "Toy",
            "settings": {"app_key": "toy-key", "app_secret": "wrong", "base_url": "http://platform.test"},
        },
    )

    answer = client.post(f"/connections/{floor.connection_id}/check").json()

    assert answer == {"is_ok": False, "code": "1", "message": "Refused: bad signature"}
    assert client.get("/connections").json()["items"][0]["last_error_code"] == "1"


def test_two_connections_of_one_shop_are_not_both_on(floor: Shopfloor, client: ApiClient) -> None:
    body = {
        "kind": "channel", "connector": "toy", "name": "Again", "shop_id": floor.world.shop.pk,
        "settings": {**floor.sim.credentials(), "base_url": "http://platform.test"},
    }  # fmt: skip
    key = client.post("/connections", body).json()["id"]

    answer = client.post(f"/connections/{key}/active", {"is_active": True})

    assert (answer.status_code, answer.json()["code"]) == (409, "shop_connected")


def test_health_tells_what_waits(floor: Shopfloor, client: ApiClient) -> None:
    floor.place(("SKU-1", 1))
    floor.place(("NOBODY-KNOWS", 1))
    floor.pull()

    [health] = client.get("/connections/health").json()["items"]

    assert (health["status"], health["title"], health["lag_seconds"]) == ("warning", "Toy shop", 0)
    assert (health["orders_unmapped"], health["products_unmapped"]) == (1, 1)
    assert health["stock_pending"] == 1
    assert health["shop"]["code"] == "SHOP"


def test_somebody_of_another_shop_sees_nothing(floor: Shopfloor) -> None:
    floor.place(("NOBODY-KNOWS", 1))
    floor.pull()
    other = api_client(roles=["order_desk"], shop_ids=[orders.shop("OTHER").pk])
    product = PlatformProduct.objects.get()

    assert other.get(f"/connections/{floor.connection_id}").status_code == 404
    for path in (
        "/connections",
        "/channel-orders",
        "/channel-products",
        "/channel-stock",
        "/channel-requests",
    ):
        assert other.get(path).json()["items"] == [], path
    answer = other.post("/channel-products/map", {"mappings": [{"product_id": product.pk, "sku": "SKU-1"}]})
    assert answer.status_code == 404


def test_a_pushed_message_comes_in_by_the_public_door(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    push = next(iter(floor.sim.pushes(placed.number)))
    anybody = Client()
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in push.headers.items()}
    path = f"/api/v1/channels/{floor.connection.inbox_key}/push"

    good = anybody.post(path, push.body, content_type="application/json", **headers)
    bad = anybody.post(path, push.body + b" ", content_type="application/json", **headers)
    lost = anybody.post("/api/v1/channels/nobody/push", push.body, content_type="application/json", **headers)
    large = anybody.post(path, b"x" * (MAX_BYTES + 1), content_type="application/json", **headers)

    assert (good.status_code, good.content) == (200, b'{"ok":true}')
    assert [one.status_code for one in (bad, lost, large)] == [401, 404, 413]
    assert PlatformMessage.objects.count() == 1


def test_mapping_products_brings_their_orders_in(floor: Shopfloor, client: ApiClient) -> None:
    placed = floor.place(("THEIR-SKU-1", 1))
    floor.pull()
    [product] = client.get("/channel-products?is_mapped=false").json()["items"]
    assert (product["outer_sku"], product["orders_waiting"]) == ("THEIR-SKU-1", 1)

    answer = client.post(
        "/channel-products/map", {"mappings": [{"product_id": product["id"], "sku": "SKU-1"}]}
    )

    assert answer.json() == {"changed": 1, "orders_imported": 1, "orders_waiting": 0, "orders_failed": 0}
    [row] = client.get("/channel-orders").json()["items"]
    assert (row["number"], row["state"]) == (placed.number, "imported")
    assert row["order"]["number"] == floor.sales_order(placed).number
    assert client.get("/channel-orders/counts").json()["counts"]["imported"]["count"] == 1


def test_an_unknown_sku_maps_nothing(floor: Shopfloor, client: ApiClient) -> None:
    floor.place(("THEIRS", 1))
    floor.pull()
    product = PlatformProduct.objects.get()

    answer = client.post(
        "/channel-products/map",
        {"mappings": [{"product_id": product.pk, "sku": "SKU-1"}, {"product_id": product.pk, "sku": "NONE"}]},
    )

    assert answer.status_code == 422
    assert [one["loc"] for one in answer.json()["errors"]] == ["mappings.1.sku"]
    product.refresh_from_db()
    assert product.sku_id is None


def test_suggestions_go_by_barcode_code_and_name(floor: Shopfloor, client: ApiClient) -> None:
    tea = catalog.sku("TEA-500", name="西湖龙井绿茶 500g 罐装", barcode="6901234567892")
    floor.place(("TEA500", 1), ("XX", 1))
    floor.pull()
    by_code, by_name = PlatformProduct.objects.order_by("outer_sku")
    PlatformProduct.objects.filter(pk=by_name.pk).update(title="西湖龙井 绿茶 罐装500g")

    answer = client.get(f"/channel-products/suggestions?ids={by_code.pk}&ids={by_name.pk}").json()

    found = {one["product_id"]: one["suggestions"] for one in answer}
    assert (found[by_code.pk][0]["sku_id"], found[by_code.pk][0]["by"]) == (tea.pk, "code")
    assert (found[by_name.pk][0]["sku_id"], found[by_name.pk][0]["by"]) == (tea.pk, "name")
    PlatformProduct.objects.filter(pk=by_name.pk).update(barcode="6901234567892")
    again = client.get(f"/channel-products/suggestions?ids={by_name.pk}").json()
    assert (again[0]["suggestions"][0]["score"], again[0]["suggestions"][0]["by"]) == (100, "barcode")


def test_a_failed_order_gets_another_chance_or_is_put_aside(floor: Shopfloor, client: ApiClient) -> None:
    kit = catalog.sku("EMPTY-KIT", kind="kit")
    first, second = floor.place(("EMPTY-KIT", 1)), floor.place(("EMPTY-KIT", 1))
    floor.pull()
    rows = {one["number"]: one for one in client.get("/channel-orders?state=failed").json()["items"]}
    assert [one["code"] for one in rows[first.number]["problems"]] == ["empty_kit"]

    aside = client.post("/channel-orders/ignore", {"ids": [rows[second.number]["id"]]}).json()
    kit.components.create(component=floor.world.skus["SKU-1"], quantity=1)
    again = client.post("/channel-orders/retry", {"ids": [rows[first.number]["id"]]}).json()
    floor.sim.change(second.number, seller_remark="x")
    floor.pull()

    assert aside["results"][0]["ok"] is True
    assert again["results"][0]["ok"] is True
    assert floor.platform_order(second).state == PlatformOrder.State.IGNORED
    third = client.post("/channel-orders/retry", {"ids": [rows[second.number]["id"]]}).json()
    assert third["results"][0]["ok"] is True


def test_stock_and_wishes_are_listed(floor: Shopfloor, client: ApiClient) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    stock_watch()
    stock_push(connection_id=floor.connection_id)
    wish = CancelWish("C1", placed.number, floor.moment.now, reason="不要了")
    wishes_apply(connection=floor.connection, wishes=[wish])

    [stock] = client.get("/channel-stock").json()["items"]
    [request] = client.get("/channel-requests?kind=cancel").json()["items"]

    assert (stock["sent"], stock["is_waiting"], stock["product"]["sku"]["code"]) == (99, False, "SKU-1")
    assert (request["order_number"], request["state"], request["answer"]) == (
        placed.number, "stopped", "waiting",
    )  # fmt: skip
    assert client.get("/channel-requests/counts").json()["counts"]["stopped"]["count"] == 1
    assert client.post("/channel-stock/push", {"ids": [stock["id"]]}).json()["results"][0]["ok"] is True
    assert client.get("/channel-stock?is_waiting=true").json()["items"][0]["id"] == stock["id"]
    assert PlatformRequest.objects.count() == 1


def test_rules_of_shop_and_product(floor: Shopfloor, client: ApiClient) -> None:
    floor.place(("SKU-1", 1))
    floor.pull()
    product = PlatformProduct.objects.get()

    rules = client.patch(
        f"/connections/{floor.connection_id}/rules", {"stock_percent": 50, "stock_quota": 40}
    )
    client.post(
        "/channel-products/stock-rules", {"ids": [product.pk], "stock_buffer": 9, "stock_quota": None}
    )
    stock_push(connection_id=floor.connection_id)

    assert (rules.json()["stock_percent"], rules.json()["stock_quota"]) == (50, 40)
    assert PlatformStock.objects.get().sent == 99 * 50 // 100 - 9


@pytest.mark.parametrize(
    "path", ["/channel-orders", "/channel-products", "/channel-stock", "/connections", "/connections/health"]
)
def test_lists_cost_the_same_for_many_rows(floor: Shopfloor, client: ApiClient, path: str) -> None:
    counts = []
    for size in (2, 20):
        for n in range(size):
            floor.place((f"NEW-{size}-{n}", 1))
        floor.pull(minutes=3)
        client.get(path)
        with CaptureQueriesContext(database) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Connection.objects.count() == 1
