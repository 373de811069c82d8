"""Orders taken on the phone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, orders, partners
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.orders.models import SalesOrder
from hecang.orders.selectors.entry import offers_find
from hecang.partners.services import CustomerRow, customers_upsert

pytestmark = pytest.mark.django_db


class TestCaller:
    def test_earlier_recipients_come_by_phone_and_each_look_is_written_down(self) -> None:
        world = orders.world()
        world.sku("A")
        to = orders.recipient
        world.order({"A": 1}, recipient=to(phone="138 0000 0001", name="张三", address="世纪大道 1 号"))
        world.order({"A": 1}, recipient=to(phone="13800000001", name="张三", address="世纪大道 1 号"))
        last = world.order(
            {"A": 1}, recipient=to(phone="+86 13800000001", name="李四", address="世纪大道 2 号")
        )
        world.order({"A": 1}, recipient=to(phone="13800000002"))
        customers_upsert(rows=[CustomerRow(code="C-1", name="张三丰", phone="13800000001")])

        answer = api_client(roles=["order_desk"]).get("/orders/entry/caller?phone=138-0000-0001").json()

        assert [(row["name"], row["address"], row["orders"]) for row in answer["recipients"]] == [
            ("李四", "世纪大道 2 号", 1),
            ("张三", "世纪大道 1 号", 2),
        ]
        assert answer["recipients"][0]["district"] == "浦东新区"
        assert answer["customers"] == [{"code": "C-1", "display_name": "张**", "blocked_reason": ""}]
        looked = AuditEntry.objects.filter(action="orders.recipient.viewed")
        assert looked.count() == 2
        assert looked.filter(entity_id=last.pk).exists()

    def test_orders_of_other_shops_stay_hidden(self) -> None:
        world = orders.world()
        world.sku("A")
        world.order({"A": 1}, recipient=orders.recipient(phone="13800000001"))

        client = api_client(roles=["order_desk"], shop_ids=[orders.shop("OTHER").pk])

        assert client.get("/orders/entry/caller?phone=13800000001").json()["recipients"] == []

    def test_who_may_not_see_recipients_may_not_ask(self) -> None:
        assert api_client(roles=["operator"]).get("/orders/entry/caller?phone=13800000001").status_code == 403


class TestOffers:
    def test_by_initials_with_what_is_there_and_the_last_price(self) -> None:
        world = orders.world("SH", "GZ")
        world.skus["W-1"] = catalog.sku("W-1", name="农夫山泉", initials="nfsq")
        catalog.sku("W-2", name="南方黑芝麻糊", initials="nfhzmh")
        catalog.sku("NFSQ", name="别的", initials="bd")
        world.put("W-1", 5)
        world.put("W-1", 2, at="GZ")
        world.order({"W-1": 1}, price="3.20")

        [exact, water] = offers_find(shop=world.shop.pk, text="nfsq")

        assert (exact.code, exact.available, exact.last_price) == ("NFSQ", 0, None)
        assert (water.code, water.available, water.last_price) == ("W-1", 6, Decimal("3.2000"))
        assert [one.code for one in offers_find(shop=world.shop.pk, text="nf")] == ["NFSQ", "W-1", "W-2"]

    def test_what_is_not_for_sale_is_not_offered(self) -> None:
        catalog.sku("BOX", kind="material")
        catalog.sku("OLD", status="discontinued")
        gift = catalog.kit([(catalog.sku("A"), 2)], "SET")

        found = [
            offer for text in ("BOX", "OLD", "SET") for offer in offers_find(shop=orders.shop().pk, text=text)
        ]

        assert [(offer.id, offer.available) for offer in found] == [(gift.pk, None)]

    def test_the_number_of_statements_does_not_grow_with_the_products(self) -> None:
        world = orders.world()
        for number in range(12):
            world.sku(f"T-{number:02}")
        counts = []
        for text in ("T-11", "T-"):
            with CaptureQueriesContext(connection) as queries:
                offers_find(shop=world.shop.pk, text=text)
            counts.append(len(queries))

        assert counts[0] == counts[1]


class TestEntry:
    def test_an_order_gets_a_number_and_is_taken_in_like_any_other(self) -> None:
        world = orders.world()
        world.sku("A")
        client = api_client(roles=["order_desk"])
        body = {
            "shop": world.shop.pk,
            "lines": [{"sku": "A", "quantity": 2, "unit_price": "9.90"}],
            "recipient": {
                "name": "张三", "phone": "13800000001", "region_code": partners.SHANGHAI_PUDONG, "address": "世纪大道 1 号",
            },
        }  # fmt: skip

        answer = client.post("/orders/entry", body, headers={"Idempotency-Key": "call-1"})
        again = client.post("/orders/entry", body, headers={"Idempotency-Key": "call-1"})

        assert answer.status_code == 201, answer.content
        assert again.json() == answer.json()
        order = SalesOrder.objects.get()
        assert order.external_number.startswith("TEL-")
        assert order.total_amount == Decimal("19.80")

    def test_what_is_wrong_is_named_and_nothing_is_written(self) -> None:
        client = api_client(roles=["order_desk"])

        answer = client.post(
            "/orders/entry", {"shop": orders.shop().pk, "lines": [{"sku": "NO", "quantity": 1}]}
        )

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == "orders.0.lines.0.sku"
        assert not SalesOrder.objects.exists()
