"""Partners over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import partners
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.partners.models import Customer
from hecang.partners.services import CustomerRow, customers_upsert

pytestmark = pytest.mark.django_db
JSON = "application/json"


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["items"]]


class TestOwners:
    def test_enter_change_list(self) -> None:
        client = api_client()
        owner_id = client.post("/owners", {"code": "ACME", "name": "Acme"}).json()["id"]
        partners.owner("B2", is_active=False)

        assert client.patch(f"/owners/{owner_id}", {"name": "Acme Ltd"}, JSON).status_code == 204

        assert client.get("/owners?q=ltd").json()["items"] == [
            {"id": owner_id, "code": "ACME", "name": "Acme Ltd", "is_active": True}
        ]
        assert codes(client.get("/owners?active=false")) == ["B2"]
        assert client.post("/owners", {"code": "ACME", "name": "x"}).json()["code"] == "code_taken"

    def test_only_owners_in_scope_are_seen_and_changed(self) -> None:
        mine, other = partners.owner("MINE"), partners.owner("OTHER")
        client = api_client(owner_ids=[mine.pk])

        assert codes(client.get("/owners")) == ["MINE"]
        assert client.patch(f"/owners/{other.pk}", {"name": "x"}, JSON).status_code == 404


class TestCustomers:
    BODY: ClassVar[dict[str, Any]] = {
        "code": "C1", "name": "王小明", "phone": "13812345678",
        "addresses": [{"recipient": "王小明", "phone": "13812345678", "province": "上海", "district": "浦东新区", "address": "1号"}],
    }  # fmt: skip

    def test_enter_find_read(self) -> None:
        client = api_client()
        customer_id = client.post("/customers", self.BODY).json()["id"]

        (row,) = client.get("/customers?q=138-1234-5678").json()["items"]
        assert (row["id"], row["display_name"]) == (customer_id, "王**")
        assert "13812345678" not in client.get("/customers").content.decode()

        contact = client.get(f"/customers/{customer_id}/contact").json()
        assert (contact["name"], contact["addresses"][0]["region_code"]) == ("王小明", "310115")
        assert AuditEntry.objects.filter(action="customer.reveal", entity_id=customer_id).count() == 1
        assert client.post("/customers", self.BODY).json()["code"] == "code_taken"

    def test_block_and_erase(self) -> None:
        client = api_client()
        customer_id = client.post("/customers", self.BODY).json()["id"]

        path = f"/customers/{customer_id}"
        assert client.patch(path, {"is_blocked": True, "blocked_reason": "fraud"}, JSON).status_code == 204
        assert codes(client.get("/customers?blocked=true")) == ["C1"]
        assert client.post(f"{path}/erase").status_code == 204
        assert client.get(f"{path}/contact").json() == {"name": "", "phone": "", "addresses": []}

    def test_an_unknown_region_is_told_by_its_place(self) -> None:
        body = {**self.BODY, "addresses": [{**self.BODY["addresses"][0], "region_code": "999999"}]}

        answer = api_client().post("/customers", body)

        assert answer.status_code == 422
        assert [problem["loc"] for problem in answer.json()["errors"]] == ["addresses.0.region_code"]

    @pytest.mark.parametrize("role", ["operator", "purchaser", "finance", "auditor"])
    def test_contacts_are_not_for_everybody(self, role: str) -> None:
        customer = Customer.objects.get(pk=customers_upsert(rows=[CustomerRow("C1", name="王")]).ids[0])

        assert api_client(roles=[role]).get(f"/customers/{customer.pk}/contact").status_code == 403

    def test_queries_do_not_grow_with_rows(self) -> None:
        client = api_client()
        client.get("/customers")  # the key's first use of the day is noted
        counts = []
        for size in (10, 100):
            customers_upsert(rows=[CustomerRow(f"{size}-{number}") for number in range(size)])
            with CaptureQueriesContext(connection) as queries:
                assert len(client.get("/customers?limit=200").json()["items"]) >= size
            counts.append(len(queries))

        assert counts[0] == counts[1]


class TestRegions:
    def test_from_province_to_district(self) -> None:
        client = api_client(roles=["operator"])

        provinces = client.get("/regions").json()["items"]
        districts = client.get("/regions?parent=310100").json()["items"]

        assert len(provinces) == 34
        assert {"code": "310115", "name": "浦东新区", "level": "district", "has_children": False} in districts
        assert client.get("/regions?parent=999999").json() == {"items": []}
        assert client.get("/regions?parent=31").status_code == 422

    def test_an_address_is_resolved(self) -> None:
        client = api_client(roles=["operator"])

        assert client.get("/regions/resolve", {"text": "上海浦东新区张江路1号"}).json() == {
            "code": "310115", "province": "上海市", "city": "上海市", "district": "浦东新区",
        }  # fmt: skip
        assert client.get("/regions/resolve", {"province": "广东", "city": "深圳"}).json()["code"] == "440300"
        assert client.get("/regions/resolve", {"text": "?"}).json()["code"] is None


class TestBlackList:
    def test_enter_find_remove(self) -> None:
        client = api_client()
        entry = client.post("/blocked-contacts", {"phone": "13812345678", "reason": "fraud"}).json()["id"]

        (row,) = client.get("/blocked-contacts?phone=%2B86 138 1234 5678").json()["items"]
        assert (row["id"], row["display"], row["reason"]) == (entry, "138****5678", "fraud")
        assert client.delete(f"/blocked-contacts/{entry}").status_code == 204
        assert client.delete(f"/blocked-contacts/{entry}").status_code == 404

    def test_permissions(self) -> None:
        client = api_client(roles=["operator"])

        assert client.get("/blocked-contacts").status_code == 403
        assert client.post("/blocked-contacts", {"phone": "13812345678", "reason": "x"}).status_code == 403
        assert client.post("/owners", {"code": "X", "name": "x"}).status_code == 403
        assert client.get("/customers").status_code == 403
