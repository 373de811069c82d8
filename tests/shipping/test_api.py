"""Shipping over HTTP."""

from __future__ import annotations

import pytest
from tests.factories import facility, shipping
from tests.factories.accounts import api_client

from hecang.shipping.models import RateRule
from hecang.shipping.services import manifest_add, manifest_open

pytestmark = pytest.mark.django_db


def test_quote() -> None:
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF", volumetric_divisor=6000)

    answer = api_client().post(
        "/rates/quote",
        {"parcels": [{"warehouse_id": warehouse.pk, "region_code": "310115", "weight_g": 1200}]},
    )

    assert answer.status_code == 200
    (quote,) = answer.json()["quotes"][0]
    assert (quote["service_id"], quote["price"], quote["charged_weight_g"]) == (service.pk, "12.00", 1200)


@pytest.mark.parametrize(
    "body",
    [
        {"parcels": []},
        {"parcels": [{"warehouse_id": 1, "weight_g": -1}]},
        {"parcels": [{"warehouse_id": 1, "weight_g": 1, "region_code": "31x"}]},
        {"parcels": [{"warehouse_id": 1, "weight_g": 1, "colour": "red"}]},
    ],
)
def test_bad_quotes_are_refused(body: dict[str, object]) -> None:
    assert api_client().post("/rates/quote", body).status_code == 422


def test_tables_are_entered_listed_and_changed() -> None:
    client = api_client()
    carrier = client.post("/carriers", {"code": "SF", "name": "顺丰速运"}).json()["id"]
    service = client.post(
        "/carrier-services",
        {"carrier_id": carrier, "code": "SF-STD", "name": "标快", "volumetric_divisor": 6000},
    ).json()["id"]
    rate = client.post(
        "/rates", {"service_id": service, "region_prefix": "31", "first_price": "12", "step_price": "2.5"}
    ).json()["id"]
    carton = client.post(
        "/cartons",
        {
            "code": "S",
            "name": "小",
            "length_mm": 200,
            "width_mm": 150,
            "height_mm": 100,
            "max_weight_g": 5000,
        },
    ).json()["id"]
    pool = client.post(
        "/waybill-pools", {"service_id": service, "prefix": "SF", "first_number": 1, "last_number": 1000}
    ).json()["id"]

    assert client.patch(f"/rates/{rate}", {"step_price": "3"}, "application/json").status_code == 204
    assert client.patch(f"/cartons/{carton}", {"is_active": False}, "application/json").status_code == 204
    assert client.patch(f"/carriers/{carrier}", {"name": "SF Express"}, "application/json").status_code == 204
    assert (
        client.patch(f"/carrier-services/{service}", {"lead_days": 1}, "application/json").status_code == 204
    )
    assert client.patch(f"/waybill-pools/{pool}", {"alert_below": 10}, "application/json").status_code == 204

    (row,) = client.get("/rates", {"service_id": service, "region": "310115"}).json()["items"]
    assert (row["service"]["code"], row["warehouse"], row["first_price"], row["step_price"]) == (
        "SF-STD", None, "12.00", "3.00",
    )  # fmt: skip
    (row,) = client.get("/carrier-services").json()["items"]
    assert (row["carrier"], row["lead_days"]) == ({"id": carrier, "code": "SF", "name": "SF Express"}, 1)
    assert client.get("/cartons", {"active": "true"}).json()["items"] == []
    (row,) = client.get("/waybill-pools").json()["items"]
    assert (row["remaining"], row["alert_below"]) == (1000, 10)
    assert client.delete(f"/rates/{rate}").status_code == 204
    assert not RateRule.objects.exists()


def test_what_is_taken_or_unknown_is_told() -> None:
    client = api_client()
    service = shipping.service("SF")

    taken = client.post("/rates", {"service_id": service.pk, "first_price": "1", "step_price": "1"})
    unknown = client.post("/rates", {"service_id": 4711, "first_price": "1", "step_price": "1"})
    overlap = client.post(
        "/waybill-pools", {"service_id": service.pk, "prefix": "SF", "first_number": 5, "last_number": 6}
    )

    assert (taken.status_code, taken.json()["code"]) == (409, "already_exists")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_reference")
    assert (overlap.status_code, overlap.json()["code"]) == (409, "waybill_pool_overlap")
    assert client.patch("/rates/4711", {"first_price": "1"}, "application/json").status_code == 404


def test_manifest_from_open_to_paper() -> None:
    client = api_client()
    warehouse = facility.warehouse(aisles=0)
    service = shipping.service("SF")
    waybill = shipping.waybill(warehouse, service, weight_g=2500)

    opened = client.post(
        "/manifests", {"warehouse_id": warehouse.pk, "carrier_id": service.carrier_id}
    ).json()
    empty = client.post(f"/manifests/{opened['id']}/close", {})
    manifest_add(manifest_id=opened["id"], waybill_ids=[waybill.id])
    removed = client.post(f"/manifests/{opened['id']}/remove", {"waybill_ids": [waybill.id]}).json()
    manifest_add(manifest_id=opened["id"], waybill_ids=[waybill.id])
    (listed,) = client.get("/manifests", {"state": "open"}).json()["items"]
    one = client.get(f"/manifests/{opened['id']}").json()
    closed = client.post(f"/manifests/{opened['id']}/close", {"driver": "张师傅"}).json()
    paper = client.get(f"/manifests/{opened['id']}/pdf")
    (row,) = client.get("/waybills", {"manifest_id": opened["id"]}).json()["items"]

    assert (empty.status_code, empty.json()["code"]) == (409, "manifest_empty")
    assert removed == {"removed": 1}
    assert one == listed
    assert client.get("/manifests/4711").status_code == 404
    assert (listed["parcel_count"], listed["weight_g"]) == (1, 2500)
    assert (closed["state"], closed["parcel_count"], closed["driver"]) == ("closed", 1, "张师傅")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert (row["number"], row["state"], row["manifest"]["number"]) == (
        waybill.number, "handed_over", opened["number"],
    )  # fmt: skip
    assert client.get("/manifests/counts").json()["counts"]["closed"] == {"count": 1, "capped": False}


def test_scope_hides_other_warehouses() -> None:
    here, elsewhere = facility.warehouse(aisles=0), facility.warehouse(aisles=0)
    service = shipping.service("SF")
    shipping.rate_rule(service, "31", warehouse=elsewhere)
    shipping.waybill(elsewhere, service)
    manifest = manifest_open(warehouse_id=elsewhere.pk, carrier_id=service.carrier_id)
    client = api_client(warehouse_ids=[here.pk])

    assert client.get("/waybills").json()["items"] == []
    assert client.get("/manifests").json()["items"] == []
    assert [row["warehouse"] for row in client.get("/rates").json()["items"]] == [None]
    assert client.get(f"/manifests/{manifest.id}/pdf").status_code == 404
    body = {"parcels": [{"warehouse_id": elsewhere.pk, "weight_g": 1}]}
    assert client.post("/rates/quote", body).status_code == 404
