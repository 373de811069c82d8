"""Whatever is sent to quality, putaway and returns is answered with a problem that says what is wrong, never a crash."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import goods_in
from tests.factories.accounts import api_client
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways, verify
from tests.factories.inventory import Place

from hecang.facility.models import Zone
from hecang.inbound.models import GoodsReturn
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.claims import ClaimIn, claim_create
from hecang.inbound.services.returns import ReturnedIn, ReturnIn, return_open, return_receive
from hecang.kernel.outbox import drain

pytestmark = pytest.mark.django_db

UNKNOWN = 987_654_321
#: What no field expects, and what only looks right.
HOSTILE: tuple[Any, ...] = (
    None, "", " ", "x", "\x00", "a\x00b", "\ud83d", "💥" * 40, "x" * 5000, "NaN", "Infinity", "1e400", "-1", "1,5",
    0, -1, 1.5, UNKNOWN, 2**31, 2**63, 10**30, True, [], {}, [[]], ["\x00"],
)  # fmt: skip
PATHS = ("0", "-1", str(UNKNOWN), str(2**63), str(10**30), "x", "1.5", "%00")


@pytest.fixture
def here() -> Place:
    return dock()


def calls(here: Place) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path with the id of something that stands, a body that is right) of every operation with a body."""
    supplier = goods_in.supplier()
    house, sku, owner = here.warehouse.pk, here.sku.pk, here.owner.pk
    found = plan(sku_id=sku, checklist=(Item("size", "Size", "measure", unit="mm", low="1", high="2"),))
    arrive(here, 40, supplier_id=supplier.pk)
    (lot,) = inspections(here)
    made = arrive(here, 5, condition="damaged")
    drain()
    row = putaways(here)[0]
    claim = claim_create(
        claim=ClaimIn(
            supplier_id=supplier.pk, owner_id=owner, warehouse_id=house, sku_id=sku, quantity=1, reason="Broken"
        )
    )  # fmt: skip
    back = return_open(opened=ReturnIn(house, owner_id=owner))
    line = return_receive(return_id=back, goods=ReturnedIn(sku, 5))
    zone = Zone.objects.get(warehouse=here.warehouse, code="A")
    item = {"code": "look", "label": "Looks", "kind": "measure", "low": "1", "high": "2", "unit": "mm"}
    body = {
        "code": "QP-X", "name": "Mugs", "sku_id": sku, "supplier_id": supplier.pk, "category_id": None,
        "sampling": "iso2859", "level": "II", "aql_critical": "0", "aql_major": "2.5", "aql_minor": "4.0",
        "fixed_size": None, "switches": True, "skip_after": 5, "skip_every": 2, "checklist": [item], "instructions": "",
        "is_active": True,
    }  # fmt: skip
    del made
    return [
        ("post", "/inspection-plans", body),
        ("put", f"/inspection-plans/{found.pk}", body),
        ("post", f"/inspections/{lot.pk}/start", {}),
        (
            "post",
            f"/inspections/{lot.pk}/results",
            {"item": "size", "value": "1.5", "unit": 1, "defect_class": "major", "units": 1, "note": "", "photo": ""},
        ),
        ("post", f"/inspections/{lot.pk}/inspected", {"inspected": 5}),
        (
            "post",
            f"/inspections/{lot.pk}/decide",
            {"decision": "reject", "rejected": 40, "rejected_to": "vendor", "reason": "Broken", "claim": True},
        ),
        ("post", f"/inspections/{lot.pk}/cancel", {"reason": "Not ours"}),
        (
            "post",
            "/claims",
            {
                "supplier_id": supplier.pk, "owner_id": owner, "warehouse_id": house, "sku_id": sku, "quantity": 1,
                "reason": "Broken", "amount": "12.50", "currency": "CNY", "receipt_id": None, "purchase_line_id": None,
            },
        ),
        ("put", f"/claims/{claim}", {"quantity": 2, "amount": "1.00", "reason": "Two"}),
        (
            "post",
            f"/claims/{claim}/move",
            {"state": "settled", "settlement": "credit", "settled_amount": "1.00", "note": ""},
        ),
        (
            "post",
            f"/putaways/{row.pk}/confirm",
            {"location_code": "", "quantity": 1, "reason": "full", "note": ""},
        ),
        ("post", f"/putaways/{row.pk}/cancel", {"reason": "Gone"}),
        ("post", "/putaways/plan", {"warehouse_id": house}),
        ("post", "/putaways/replan", {"ids": [row.pk]}),
        (
            "put",
            f"/putaway-policies/{house}",
            {
                "strategies": ["fixed"], "fill_percent": 80, "mix_skus": False, "mix_lots": True, "mix_owners": False,
                "bulk_cases": 1, "crossdock_location_id": None, "crossdocks": True, "turnover_days": 42,
            },
        ),
        (
            "put",
            f"/putaway-zones/{zone.pk}",
            {"abc_classes": ["A"], "hazards": [], "owner_id": owner, "mix_skus": None, "is_closed": False},
        ),
        (
            "post",
            "/fixed-places",
            {"sku_id": sku, "location_id": here.at("A01-01-1").pk, "owner_id": owner, "max_quantity": 5},
        ),
        (
            "post",
            "/goods-returns",
            {
                "warehouse_id": house, "kind": "rma", "rma": "R-1", "waybill": "W-1", "order_id": None,
                "owner_id": owner, "note": "", "lines": [{"sku_id": sku, "quantity": 1, "order_line_id": None}],
            },
        ),
        ("post", "/goods-returns/scan", {"warehouse_id": house, "code": GoodsReturn.objects.get(pk=back).number}),
        (
            "post",
            f"/goods-returns/{back}/receive",
            {"sku_id": sku, "quantity": 1, "owner_id": owner, "lot_code": "", "serials": [], "reason": ""},
        ),
        ("post", f"/goods-returns/{back}/cancel", {"reason": "Lost"}),
        ("post", f"/return-lines/{line}/grade", {"grade": "A", "quantity": 1, "note": "", "photos": []}),
        ("post", f"/return-lines/{line}/dispose", {"disposition": "restock"}),
        ("post", f"/return-lines/{line}/finish", {"outcome": "scrap"}),
    ]  # fmt: skip


def spoilt(body: dict[str, Any]) -> Iterator[Any]:
    """The body with one field (or one field of its first inner row) spoilt, left out, or not a body at all."""
    yield from (None, [], "x", 5, {"unknown": 1})
    for name, value in body.items():
        yield {key: one for key, one in body.items() if key != name}
        for bad in HOSTILE:
            yield {**body, name: bad}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value[0]:
                for bad in HOSTILE:
                    changed = copy.deepcopy(body)
                    changed[name][0][inner] = bad
                    yield changed


def wrong(answer: Any) -> str:
    """What is bad about an answer; empty where it is a success or a problem that explains itself."""
    if answer.status_code < 400:
        return ""
    problem = answer.json() if "json" in answer.headers["Content-Type"] else {}
    told = answer.headers["Content-Type"].startswith("application/problem+json") and problem.get("code")
    return "" if answer.status_code < 500 and told else f"{answer.status_code} {answer.content[:200]!r}"


def ask(client: Any, method: str, path: str, body: Any) -> tuple[int, str]:
    """The answer's status and what is bad about it, as if it had been committed; nothing of it stays."""
    with transaction.atomic():
        answer = getattr(client, method)(path, body)
        fault = wrong(answer)
        if answer.status_code < 400:
            try:
                with transaction.atomic():
                    connection.check_constraints()
            except IntegrityError as error:
                fault = f"{answer.status_code}, and then {error}"
        transaction.set_rollback(True)
    return answer.status_code, fault


def test_no_body_makes_the_house_fall(here: Place) -> None:
    client = api_client(roles=["admin"])
    found = []
    for method, path, body in calls(here):
        for bad in spoilt(body):
            _status, fault = ask(client, method, path, bad)
            if fault:
                found.append(f"{method} {path} {bad!r:.200}: {fault}")

    assert found == []
    verify()


def test_what_is_right_is_taken(here: Place) -> None:
    """The bodies above are right: each is taken where its turn has come."""
    client = api_client(roles=["admin"])
    refused = {
        f"{method} {path}": status
        for method, path, body in calls(here)
        if (status := ask(client, method, path, body)[0]) >= 400
    }
    # units that are graded first, and decided about before they are finished
    assert {path.rsplit("/", 1)[-1]: status for path, status in refused.items()} == {
        "cancel": 409, "dispose": 409, "finish": 409,
    }  # fmt: skip


def test_no_path_makes_the_house_fall(here: Place) -> None:
    client = api_client(roles=["admin"])
    found = []
    for method, path, body in calls(here):
        parts = path.split("/")
        at = next((index for index, part in enumerate(parts) if part.isdigit()), None)
        if at is None:
            continue
        for bad in PATHS:
            gone = "/".join([*parts[:at], bad, *parts[at + 1 :]])
            status, fault = ask(client, method, gone, body)
            if fault or status < 400:
                found.append(f"{method} {gone}: {fault or 'taken'}")
    for base in ("inspections", "claims", "putaways", "goods-returns", "putaway-policies"):
        answers = {f"/{base}/{bad}": client.get(f"/{base}/{bad}") for bad in PATHS}
        found += [f"get {path}: {wrong(answer)}" for path, answer in answers.items() if wrong(answer)]

    assert found == []


def test_no_filter_makes_the_house_fall(here: Place) -> None:
    client = api_client(roles=["admin"])
    found = []
    asked = {
        "/inspections": (
            "q",
            "state",
            "warehouse_id",
            "severity",
            "supplier_id",
            "sku_id",
            "sort",
            "limit",
            "cursor",
        ),
        "/claims": ("q", "state", "supplier_id", "sort", "cursor"),
        "/inspection-plans": ("q", "sku_id", "sort", "cursor"),
        "/inspection-records": ("q", "severity", "supplier_id", "cursor"),
        "/supplier-quality": ("days", "supplier_id", "warehouse_id"),
        "/inspection-sampling": ("aql_critical", "aql_major", "aql_minor", "severity", "level", "lot_size"),
        "/putaways": ("q", "state", "kind", "warehouse_id", "overridden", "strategy", "sort", "cursor"),
        "/fixed-places": ("q", "sku_id", "warehouse_id", "cursor"),
        "/goods-returns": ("q", "state", "kind", "order_id", "cursor"),
    }
    for path, names in asked.items():
        for name in names:
            for bad in (
                "",
                "x",
                "%00",
                "-1",
                "0",
                str(2**63),
                str(10**30),
                "NaN",
                "Infinity",
                "1e400",
                "%F0%9F%92%A5",
                "x" * 500,
            ):
                answer = client.get(f"{path}?{name}={bad}")
                if fault := wrong(answer):
                    found.append(f"{path}?{name}={bad:.30}: {fault}")

    assert found == []
