"""Products over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.catalog.models import Sku
from hecang.catalog.services import findings_refresh

pytestmark = pytest.mark.django_db

JSON = "application/json"
SIZE = {"weight_g": 500, "length_mm": 200, "width_mm": 100, "height_mm": 50}


class TestOneSku:
    def test_is_entered_read_and_changed(self) -> None:
        client = api_client()
        made = client.post(
            "/skus",
            {
                "code": "A-100", "name": "苏打饼干 200g", "category": "食品/零食", **SIZE,
                "barcodes": [{"code": "6901234567892"}, {"code": "16901234567899", "quantity": 24}],
            },
        )  # fmt: skip
        assert made.status_code == 201
        path = f"/skus/{made.json()['id']}"

        sku = client.get(path).json()
        assert (sku["code"], sku["category"]["code"], sku["barcode"], sku["finding_count"]) == (
            "A-100", "食品/零食", "6901234567892", 0,
        )  # fmt: skip
        assert [(one["code"], one["quantity"], one["is_primary"]) for one in sku["barcodes"]] == [
            ("6901234567892", 1, True),
            ("16901234567899", 24, False),
        ]

        assert client.patch(path, {"weight_g": None, "name": None, "abc_class": "A"}, JSON).status_code == 204

        sku = client.get(path).json()
        assert (sku["weight_g"], sku["name"], sku["abc_class"]) == (None, "苏打饼干 200g", "A")
        assert [(one["code"], one["field"]) for one in sku["findings"]] == [("weight_missing", "weight_g")]
        assert sku["findings"][0]["message"].startswith("The weight is missing.")
        entry = AuditEntry.objects.filter(action="sku.change").get()
        assert (entry.before, entry.after) == (
            {"weight_g": 500, "abc_class": "C"},
            {"weight_g": None, "abc_class": "A"},
        )

    def test_parts_are_set_and_removed(self) -> None:
        client = api_client()
        sku, cup = catalog.sku("KIT"), catalog.sku("CUP")
        path = f"/skus/{sku.pk}"

        assert client.post(f"{path}/barcodes", {"code": "X1"}).status_code == 204
        assert (
            client.put(
                f"{path}/packagings", {"packagings": [{"level": "case", "quantity": 12}]}, JSON
            ).status_code
            == 204
        )
        assert (
            client.put(
                f"{path}/components", {"components": [{"sku_id": cup.pk, "quantity": 2}]}, JSON
            ).status_code
            == 204
        )

        shown = client.get(path).json()
        assert [one["level"] for one in shown["packagings"]] == ["case"]
        assert shown["components"] == [
            {"component": {"id": cup.pk, "code": "CUP", "name": cup.name}, "quantity": 2}
        ]
        barcode = shown["barcodes"][0]["id"]
        assert client.delete(f"{path}/barcodes/{barcode}").status_code == 204
        assert client.delete(f"{path}/barcodes/{barcode}").status_code == 404

    def test_a_scan_is_resolved(self) -> None:
        sku = catalog.sku("A", barcode="6901234567892")
        client = api_client(roles=["operator"])

        found = client.get("/barcodes/resolve", {"code": "06901234567892"}).json()

        assert found == {"sku": {"id": sku.pk, "code": "A", "name": sku.name}, "quantity": 1}
        assert client.get("/barcodes/resolve", {"code": "nothing"}).status_code == 404

    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "code"),
        [
            ("post", "/skus", {"code": "A", "name": "x"}, 409, "code_taken"),
            (
                "post",
                "/skus",
                {"code": "B", "name": "x", "barcodes": [{"code": "TAKEN"}]},
                409,
                "barcode_taken",
            ),
            ("post", "/skus", {"code": "B"}, 422, "invalid_input"),
            ("post", "/skus", {"code": "B", "name": "x", "colour": "red"}, 422, "invalid_input"),
            ("post", "/skus", {"code": "B", "name": "x", "weight_g": -1}, 422, "invalid_input"),
            ("post", "/skus", {"code": "B", "name": "x", "kind": "magic"}, 422, "invalid_input"),
            ("patch", "/skus/9999999", {"name": "x"}, 404, "not_found"),
            ("get", "/skus/9999999", None, 404, "not_found"),
            ("post", "/skus/9999999/barcodes", {"code": "Y"}, 404, "not_found"),
            ("put", "/skus/9999999/packagings", {"packagings": []}, 404, "not_found"),
            ("put", "/skus/9999999/components", {"components": []}, 422, "invalid_input"),
            ("get", "/skus?status=magic", None, 422, "invalid_input"),
            ("get", "/skus?colour=red", None, 422, "invalid_input"),
        ],
    )
    def test_bad_requests_are_told(self, method: str, path: str, body: Any, status: int, code: str) -> None:
        catalog.sku("A", barcode="TAKEN")

        answer = getattr(api_client(), method)(
            path, body, **({} if method == "get" else {"content_type": JSON})
        )

        assert (answer.status_code, answer.json()["code"]) == (status, code)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("post", "/skus"), ("patch", "/skus/1"), ("put", "/skus/1/packagings"), ("put", "/skus/1/components"),
            ("post", "/skus/1/barcodes"), ("delete", "/skus/1/barcodes/1"), ("post", "/skus/findings/refresh"),
        ],
    )  # fmt: skip
    def test_an_operator_may_only_look(self, method: str, path: str) -> None:
        client = api_client(roles=["operator"])

        assert getattr(client, method)(path, {}).status_code == 403
        assert client.get("/skus").status_code == 200


class TestLists:
    def codes(self, query: str) -> list[str]:
        answer = api_client().get(f"/skus?{query}")
        assert answer.status_code == 200, answer.content
        return [row["code"] for row in answer.json()["items"]]

    def test_filters(self) -> None:
        food, snacks = (
            catalog.category("FOOD"),
            catalog.category("FOOD/SNACKS", parent=catalog.category("FOOD")),
        )
        catalog.sku("APPLE-1", name="红苹果", category=food, abc_class="A", barcode="6901234567892")
        catalog.sku("PEAR-1", name="Pear", category=snacks, status="draft", temperature="chilled")
        catalog.sku("NAIL-1", name="Nail", weight_g=None, hazard="battery")
        findings_refresh()

        assert self.codes("q=苹果") == ["APPLE-1"]
        assert self.codes("q=apple") == ["APPLE-1"]
        assert self.codes("q=6901234567892") == ["APPLE-1"]
        assert self.codes("status=draft") == ["PEAR-1"]
        assert self.codes("status=draft,active") == ["APPLE-1", "NAIL-1", "PEAR-1"]
        assert self.codes(f"category={food.pk}") == ["APPLE-1", "PEAR-1"]
        assert self.codes(f"category={snacks.pk}") == ["PEAR-1"]
        assert self.codes("abc_class=A") == ["APPLE-1"]
        assert self.codes("temperature=chilled") == ["PEAR-1"]
        assert self.codes("hazard=battery") == ["NAIL-1"]
        assert self.codes("has_findings=true") == ["NAIL-1"]
        assert self.codes("has_findings=false") == ["APPLE-1", "PEAR-1"]
        assert self.codes("finding=weight_missing") == ["NAIL-1"]
        assert self.codes("sort=-code&limit=1") == ["PEAR-1"]

    def test_pages_follow_each_other(self) -> None:
        catalog.skus(5)
        client = api_client()

        seen: list[str] = []
        cursor = ""
        for _page in range(3):
            page = client.get("/skus", {"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [row["code"] for row in page["items"]]
            cursor = page["next_cursor"]

        assert cursor is None
        assert len(seen) == len(set(seen)) == 5

    def test_counts(self) -> None:
        catalog.sku("A", status="draft")
        catalog.sku("B")
        catalog.sku("C", weight_g=0)
        findings_refresh()

        counts = api_client().get("/skus/counts?status=draft").json()["counts"]

        assert {key: one["count"] for key, one in counts.items()} == {
            "all": 3, "draft": 1, "active": 2, "discontinued": 0, "findings": 1,
        }  # fmt: skip

    def test_findings_are_listed_with_their_words(self) -> None:
        catalog.sku("A", weight_g=0)
        catalog.sku("B", name="Same")
        twin = catalog.sku("C", name="same")
        client = api_client()
        assert client.post("/skus/findings/refresh").json() == {"findings": 3}

        rows = client.get("/skus/findings").json()["items"]

        assert [(row["sku"]["code"], row["code"]) for row in rows] == [
            ("A", "weight_zero"), ("B", "name_duplicate"), ("C", "name_duplicate"),
        ]  # fmt: skip
        assert rows[1]["message"] == "C has the same name. Is it the same product twice?"
        assert rows[1]["related"] == {"id": twin.pk, "code": "C"}
        assert len(client.get("/skus/findings?code=weight_zero").json()["items"]) == 1

    def test_export_writes_all(self) -> None:
        catalog.sku("A", barcode="X1")

        answer = api_client().get("/skus/export?format=csv")

        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert text.splitlines()[0].startswith("SKU,Name,Barcode")
        assert text.splitlines()[1].startswith("A,Product A,X1")

    def test_categories(self) -> None:
        catalog.category("食品", name="食品")
        catalog.category("食品/零食", name="零食", parent=catalog.category("食品"))

        assert [row["name"] for row in api_client().get("/categories?q=零").json()["items"]] == ["零食"]

    def test_queries_do_not_grow_with_rows(self) -> None:
        client = api_client()
        counts = []
        for size in (10, 100):
            catalog.skus(size, weight_g=0)
            findings_refresh()
            for path in ("/skus?limit=200", "/skus/findings?limit=200", "/skus/counts"):
                client.get(path)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                counts.append(len(queries))

        assert counts[:3] == counts[3:]
        assert max(counts) <= 8
        assert Sku.objects.count() == 110
