"""What makes no sense over HTTP is answered with a problem that helps, never with a server's error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.factories.accounts import api_client
from tests.factories.receiving import Gate, gate

from hecang.inbound.services.receipts import receipt_close
from hecang.kernel import clock

pytestmark = pytest.mark.django_db

GARBAGE = [
    "", " ", "\x00", "\x1d\x1d", "(01)", "]d2", "'; DROP TABLE receipt; --", "٣٤٥", "😀" * 30, "9" * 64, "x" * 65,
    "00" + "9" * 18, "\ud800", None, 7, True, [], {}, -1,
]  # fmt: skip


def scan(**fields: Any) -> dict[str, Any]:
    return {"scan_id": str(uuid4()), "sku": "milk", **fields}


def problem(answer: Any, *statuses: int) -> dict[str, Any]:
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"].startswith("application/problem+json")
    said: dict[str, Any] = answer.json()
    assert said["code"]
    assert said["detail"]
    return said


@pytest.fixture
def hall() -> Gate:
    return gate("milk")


@pytest.fixture
def manager(hall: Gate) -> Any:
    return api_client(roles=["warehouse_manager"])


@pytest.mark.parametrize("code", GARBAGE, ids=lambda one: repr(one)[:20])
def test_garbage_for_a_barcode(hall: Gate, manager: Any, code: Any) -> None:
    path = f"/receipts/{hall.receipt().pk}/receive"

    problem(manager.post(path, {"goods": [scan(sku=code)]}), 400, 422)


@pytest.mark.parametrize("name", ["lot_code", "container_code", "note"])
@pytest.mark.parametrize("text", GARBAGE, ids=lambda one: repr(one)[:20])
def test_garbage_for_a_text(hall: Gate, manager: Any, name: str, text: Any) -> None:
    path = f"/receipts/{hall.receipt().pk}/receive"

    answer = manager.post(path, {"goods": [scan(**{name: text})]})

    if answer.status_code != 200:
        problem(answer, 400, 422)
    hall.verify()


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": 0}, {"quantity": -5}, {"quantity": 10**12}, {"quantity": 1.5}, {"quantity": "many"},
        {"condition": "splendid"}, {"expires_on": "2026-02-30"}, {"expires_on": "soon"}, {"scan_id": "7"},
        {"serials": ["x" * 200]}, {"photo_ids": [-1]}, {"surprise": 1},
    ],
    ids=str,
)  # fmt: skip
def test_values_that_cannot_be(hall: Gate, manager: Any, fields: dict[str, Any]) -> None:
    path = f"/receipts/{hall.receipt().pk}/receive"

    said = problem(manager.post(path, {"goods": [scan(**fields)]}), 400, 422)

    assert said["errors"]
    assert hall.stock("milk") == 0


def test_ten_megabytes_of_garbage(hall: Gate, manager: Any) -> None:
    path = f"/receipts/{hall.receipt().pk}/receive"

    problem(manager.post(path, {"goods": [scan(sku="x" * 10_000_000)]}), 400, 413, 422)
    problem(manager.post(path, {"goods": [scan() for _ in range(10_001)]}), 400, 413, 422)
    problem(manager.post(path, {"goods": []}), 422)


def test_a_scan_of_another_warehouses_user_finds_nothing(hall: Gate) -> None:
    other = gate()
    receipt = hall.receipt()
    asn = hall.asn({"milk": 5})
    stranger = api_client(roles=["warehouse_manager"], warehouse_ids=[other.warehouse.pk])

    for answer in (
        stranger.get(f"/receipts/{receipt.pk}"),
        stranger.post(f"/receipts/{receipt.pk}/receive", {"goods": [scan()]}),
        stranger.post(f"/receipts/{receipt.pk}/undo", {"scan_ids": [str(uuid4())]}),
        stranger.post(f"/receipts/{receipt.pk}/close", {}),
        stranger.post("/receipts", {"asn_id": asn.pk}),
        stranger.get(f"/asns/{asn.pk}"),
        stranger.get(f"/asns/{asn.pk}/labels"),
        stranger.post(f"/asns/{asn.pk}/cancel", {}),
        stranger.post("/trucks", {"warehouse_id": hall.warehouse.pk, "plate": "沪A12345"}),
    ):
        problem(answer, 403, 404)
    assert hall.stock("milk") == 0


def test_ids_that_nobody_has(hall: Gate, manager: Any) -> None:
    for number in (0, 999_999_999, 2**63 - 1, 2**63, 10**30):
        problem(manager.get(f"/receipts/{number}"), 404, 422)
        problem(manager.get(f"/asns/{number}"), 404, 422)
        problem(manager.get(f"/appointments/{number}"), 404, 422)
        problem(manager.post(f"/receipts/{number}/receive", {"goods": [scan()]}), 404, 422)
        problem(manager.post(f"/appointments/{number}/arrive", {}), 404, 422)
        problem(manager.post("/receipts", {"asn_id": number}), 404, 422)
        problem(manager.post("/receipts", {"purchase_order_id": number}), 404, 422)
        problem(
            manager.post("/receipts", {"warehouse_id": number, "owner_id": hall.owner.pk}), 403, 404, 409, 422
        )
        problem(
            manager.post("/receipts", {"warehouse_id": hall.warehouse.pk, "owner_id": number}), 403, 404, 422
        )
        problem(
            manager.post(
                "/receipts",
                {"warehouse_id": hall.warehouse.pk, "owner_id": hall.owner.pk, "supplier_id": number},
            ),
            404,
            422,
        )
        problem(
            manager.post(
                "/receipts",
                {"warehouse_id": hall.warehouse.pk, "owner_id": hall.owner.pk, "appointment_id": number},
            ),
            404,
            422,
        )


def test_a_receipt_that_is_closed(hall: Gate, manager: Any) -> None:
    receipt = hall.receipt()
    receipt_close(receipt_id=receipt.pk)
    path = f"/receipts/{receipt.pk}"

    said = problem(manager.post(f"{path}/receive", {"goods": [scan()]}), 409)
    assert "Begin a new receipt" in said["detail"]
    problem(manager.post(f"{path}/undo", {"scan_ids": [str(uuid4())]}), 409)
    problem(manager.post(f"{path}/cancel", {}), 409)
    assert manager.post(f"{path}/close", {}).json()["repeated"]


def test_appointments_that_cannot_be(hall: Gate, manager: Any) -> None:
    dock = hall.dock(opens=0, closes=23)
    start = clock.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
    body = {
        "warehouse_id": hall.warehouse.pk, "dock_id": dock.pk, "start": start.isoformat(), "minutes": 60, "plate": "沪A1",
    }  # fmt: skip
    assert manager.post("/appointments", body).status_code == 201
    half = (start + timedelta(minutes=30)).isoformat()

    assert problem(manager.post("/appointments", body | {"start": half}), 409)["code"] == "slot_taken"
    for wrong in (
        {"minutes": 0}, {"minutes": -60}, {"minutes": 10**9}, {"start": "tomorrow"}, {"start": "0001-01-01T00:00:00Z"},
        {"start": "9999-12-31T23:59:00Z"}, {"dock_id": 999_999_999}, {"dock_id": 10**30}, {"asn_ids": [999_999_999]},
        {"supplier_id": 999_999_999}, {"kind": "party"}, {"plate": "x" * 1000}, {"pallet_count": -1},
        {"pallet_count": 10**12}, {"plate": "\x00"},
    ):  # fmt: skip
        problem(
            manager.post("/appointments", body | {"start": (start + timedelta(hours=3)).isoformat()} | wrong),
            400,
            404,
            409,
            422,
        )


def test_reports_and_trucks_of_nobody(hall: Gate, manager: Any) -> None:
    receipt = hall.receipt()
    for wrong in (
        {"sku_id": 999_999_999},
        {"sku_id": 10**30},
        {"barcode": ""},
        {"quantity": -1},
        {"kind": "??"},
    ):
        body = {"scan_id": str(uuid4()), "barcode": "" if "sku_id" in wrong else "x", **wrong}
        problem(manager.post(f"/receipts/{receipt.pk}/discrepancies", body), 404, 422)
    truck = {"warehouse_id": hall.warehouse.pk, "plate": "沪A12345"}
    for wrong in ({"supplier_id": 999_999_999}, {"asn_ids": [999_999_999]}, {"warehouse_id": 999_999_999}):
        problem(manager.post("/trucks", truck | wrong), 404, 422)


def test_announcements_that_cannot_be(hall: Gate, manager: Any) -> None:
    line = {"sku": "milk", "quantity": 5}
    body = {"warehouse": hall.warehouse.code, "owner": hall.owner.code, "lines": [line]}
    for wrong in (
        {"lines": []}, {"lines": [line | {"quantity": -1}]}, {"lines": [line | {"sku": "\x00"}]},
        {"lines": [line | {"sku": "nobody"}]}, {"warehouse": "???"}, {"owner": None}, {"supplier": "???"},
        {"lines": [line | {"container": "nowhere"}]}, {"containers": [{"code": "x"}, {"code": "x"}]},
        {"containers": [{"code": "006141411234567891"}]}, {"external_number": "\x00"}, {"expected_at": "soon"},
        {"lines": [line | {"serials": ["1", "1"]}]}, {"pallet_count": 10**12}, {"note": "\x00"},
        {"lines": [line | {"produced_on": "2027-01-01", "expires_on": "2026-01-01"}]},
    ):  # fmt: skip
        problem(manager.post("/asns", body | wrong), 400, 404, 409, 422)
