"""The board of findings: found, mended, accepted, found again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, orders, partners
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.catalog.models import Barcode, Sku
from hecang.catalog.services import SkuRow, findings_refresh, skus_upsert
from hecang.kernel.crypto import encrypt_json
from hecang.orders.models import SalesOrder
from hecang.partners.models import Customer, CustomerAddress
from hecang.partners.services import AddressIn, CustomerRow, customers_merge, customers_upsert
from hecang.quality.models import QualityFinding
from hecang.quality.registry import checks
from hecang.quality.services import (
    checks_run,
    coding_rule_save,
    findings_fix,
    findings_ignore,
    findings_reopen,
)

pytestmark = pytest.mark.django_db


def found(code: str, state: str = "open") -> list[QualityFinding]:
    return list(QualityFinding.objects.filter(check_code=code, state=state).order_by("entity_id"))


def fix(code: str, finding: QualityFinding, **values: Any) -> tuple[bool, str]:
    [outcome] = findings_fix(ids=[finding.pk], fix=code, values=values)
    return outcome.ok, outcome.code


class TestProducts:
    def test_a_wrong_check_digit_is_mended_as_suggested(self) -> None:
        [sku] = skus_upsert(rows=[SkuRow(code="A", name="A", barcodes=(("6901234567891", 1),))]).ids
        checks_run(codes=["sku_barcode_check_digit"])
        [finding] = found("sku_barcode_check_digit")
        assert (finding.label, finding.suggestion) == ("A", {"code": "6901234567892"})

        assert fix("mend_check_digit", finding) == (True, "")

        assert list(Barcode.objects.filter(sku=sku).values_list("code", flat=True)) == ["6901234567892"]
        assert checks_run(codes=["sku_barcode_check_digit"]) == {"sku_barcode_check_digit": 0}
        assert found("sku_barcode_check_digit", "fixed")[0].settled_by == "system"

    def test_missing_weights_take_what_is_usual_or_what_is_typed(self) -> None:
        food = catalog.category()
        for number in range(9):
            catalog.sku(f"F{number}", category=food, weight_g=200)
        lost, odd = catalog.sku("LOST", category=food, weight_g=None), catalog.sku("ODD", weight_g=None)
        findings_refresh()
        checks_run(codes=["sku_weight_missing"])
        usual, unknown = found("sku_weight_missing")

        assert usual.suggestion == {"weight_g": 200}
        assert fix("estimate_weight", usual) == (True, "")
        assert fix("estimate_weight", unknown) == (False, "invalid_input")
        assert fix("set_weight", unknown, weight_g="-3") == (False, "invalid_input")
        assert fix("set_weight", unknown, weight_g=350) == (True, "")
        lost.refresh_from_db()
        odd.refresh_from_db()
        assert (lost.weight_g, lost.is_estimated, odd.weight_g, odd.is_estimated) == (200, True, 350, False)

    def test_what_is_accepted_stays_out_of_the_way_and_comes_back_on_demand(self) -> None:
        skus_upsert(rows=[SkuRow(code="A", name="Tea"), SkuRow(code="B", name="tea")])
        checks_run(codes=["sku_name_duplicate"])
        one, two = found("sku_name_duplicate")

        findings_ignore(ids=[one.pk], note="两种规格")
        checks_run(codes=["sku_name_duplicate"])

        assert [row.pk for row in found("sku_name_duplicate")] == [two.pk]
        assert [row.note for row in found("sku_name_duplicate", "ignored")] == ["两种规格"]
        assert [row.ok for row in findings_reopen(ids=[one.pk, two.pk])] == [True, False]
        assert len(found("sku_name_duplicate")) == 2

    def test_codes_off_the_standard(self) -> None:
        catalog.sku("TE-001")
        catalog.sku("tea 1")
        coding_rule_save(rule_id=None, entity_kind="sku", mask="AA-999")
        checks_run(codes=["sku_off_standard"])

        assert [row.label for row in found("sku_off_standard")] == ["tea 1"]


class TestCustomers:
    def test_one_person_twice_is_merged_with_orders_and_addresses(self) -> None:
        world = orders.world()
        world.sku("A")
        customers_upsert(
            rows=[
                CustomerRow(
                    code="C1",
                    name="张三",
                    phone="13800000001",
                    addresses=(AddressIn(recipient="张三", phone="13800000001", address="甲路 1 号"),),
                ),
                CustomerRow(
                    code="C2",
                    name="张三 ",
                    phone="138 0000 0001",
                    addresses=(AddressIn(recipient="张三", phone="13800000001", address="乙路 2 号"),),
                ),
                CustomerRow(code="C3", name="李四", phone="13800000001"),
            ]
        )
        order = world.order({"A": 1}, customer_code="C2")
        checks_run(codes=["customer_duplicate"])
        [finding] = found("customer_duplicate")
        assert (finding.label, finding.related_label) == ("C2", "C1")

        assert fix("merge", finding) == (True, "")

        order.refresh_from_db()
        kept = Customer.objects.get(code="C1")
        assert order.customer_id == kept.pk
        assert CustomerAddress.objects.filter(customer=kept).count() == 2
        assert CustomerAddress.objects.filter(customer=kept, is_default=True).count() == 1
        assert not Customer.objects.filter(code="C2").exists()
        assert AuditEntry.objects.filter(action="customer.merge").count() == 2

    def test_a_blocked_customer_stays_blocked(self) -> None:
        customers_upsert(
            rows=[CustomerRow(code="C1"), CustomerRow(code="C2", is_blocked=True, blocked_reason="拒付")]
        )
        kept, gone = Customer.objects.order_by("code")

        customers_merge(kept_id=kept.pk, gone_id=gone.pk)

        kept.refresh_from_db()
        assert (kept.is_blocked, kept.blocked_reason) == (True, "拒付")

    def test_an_address_under_a_wrong_region_is_filed_anew(self) -> None:
        partners.regions()
        customers_upsert(rows=[CustomerRow(code="C1", name="张三")])
        customer = Customer.objects.get()
        address = CustomerAddress.objects.create(
            customer=customer,
            region_id="440106",
            recipient_cipher=encrypt_json({"address": "上海市浦东新区世纪大道 1 号"}),
        )
        checks_run(codes=["customer_address_region"])
        [finding] = found("customer_address_region")
        assert finding.suggestion == {"region_code": "310115"}
        assert "世纪大道" not in str(finding.data)

        assert fix("set_region", finding) == (True, "")

        address.refresh_from_db()
        assert address.region_id == "310115"


class TestOrders:
    def test_an_order_without_a_region_gets_it_from_its_address(self) -> None:
        world = orders.world()
        world.sku("A")
        order = world.order({"A": 1}, recipient=orders.recipient(region_code="", address="世纪大道 1 号"))
        cipher = encrypt_json({"name": "张三", "phone": "13800000001", "address": "广州市天河区体育路 1 号"})
        SalesOrder.objects.filter(pk=order.pk).update(recipient_cipher=cipher)
        checks_run(codes=["order_region_unknown"])
        [finding] = found("order_region_unknown")

        assert fix("set_region", finding) == (True, "")

        order.refresh_from_db()
        assert order.region_code == "440106"
        assert not order.is_held


class TestApi:
    def test_the_board_counts_and_lists_what_one_may_see(self) -> None:
        skus_upsert(rows=[SkuRow(code="A", name="A"), SkuRow(code="B", name="B")])
        assert set(checks_run()) == set(checks())
        client = api_client(roles=["warehouse_manager"])

        board = {row["code"]: row for row in client.get("/quality/board").json()["checks"]}
        listed = client.get("/quality/findings?check=sku_weight_missing").json()["items"]

        assert (board["sku_weight_missing"]["open"], board["sku_weight_missing"]["fixes"][0]["allowed"]) == (
            2,
            True,
        )
        assert "customer_duplicate" not in board
        assert [(row["label"], row["url"]) for row in listed] == [
            (label, f"/products/{Sku.objects.get(code=label).pk}") for label in ("B", "A")
        ]

    def test_each_row_is_told_its_outcome(self) -> None:
        skus_upsert(rows=[SkuRow(code="A", name="A")])
        checks_run(codes=["sku_weight_missing"])
        [finding] = found("sku_weight_missing")
        client = api_client(roles=["order_desk"])
        body = {"ids": [finding.pk, 999_999], "fix": "set_weight", "values": {"weight_g": 120}}

        answer = client.post("/quality/findings/fix", body).json()["results"]
        purchaser = api_client(roles=["purchaser"]).post("/quality/findings/fix", body).json()["results"]

        assert [(row["id"], row["ok"], row["code"]) for row in answer] == [
            (finding.pk, False, "permission_missing"), (999_999, False, "not_found"),
        ]  # fmt: skip
        assert purchaser[0]["ok"] is True
        assert (
            client.post("/quality/findings/fix", {**body, "fix": "nonsense"}).json()["code"] == "fix_unknown"
        )

    def test_the_way_from_spreadsheets_says_what_is_there(self) -> None:
        catalog.sku("A")
        steps = api_client().get("/quality/migration").json()["items"]

        assert [row["kind"] for row in steps] == [
            "location",
            "sku",
            "barcode",
            "customer",
            "stock",
            "sales_order",
        ]
        assert (steps[1]["there"], steps[1]["allowed"]) == (1, True)

    def test_asking_a_check_costs_the_same_for_many_records(self) -> None:
        counts = []
        for batch in (2, 40):
            catalog.skus(batch, weight_g=None)
            findings_refresh()
            with CaptureQueriesContext(connection) as queries:
                checks_run(codes=["sku_weight_missing"])
            counts.append(len(queries))

        assert counts[0] == counts[1]
