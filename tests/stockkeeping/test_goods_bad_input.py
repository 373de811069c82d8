"""Nonsense sent to the operations on goods: refused in words, never an error of ours, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.factories import accounts
from tests.factories import inventory as make
from tests.stockkeeping.test_kitting import Bench

from hecang.inventory.models import Container, Movement, Stock, StockHold
from hecang.inventory.services import ContainerIn, containers_make
from hecang.stockkeeping.models import KitJob, StockChange
from hecang.work.models import Task

#: With real transactions: what is refused late has to leave nothing behind.
pytestmark = pytest.mark.django_db(transaction=True)

GONE = 999_999_999
HUGE = 10**20
NUL = "a\x00b"


@pytest.fixture
def admin() -> accounts.ApiClient:
    return accounts.ApiClient(accounts.key_make(accounts.user_make(roles=["admin"])))


def rows() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (Movement, Container, Task, KitJob, StockChange, StockHold)  # type: ignore[attr-defined]
    )


def bodies(bench: Bench) -> Iterator[tuple[str, str, Any]]:
    place = bench.cup
    stock = Stock.objects.get(sku=place.sku, quantity__gt=0)
    box = containers_make(specs=[ContainerIn("tote", "T-1", place.at("A01-01-1").pk)])[0].id
    other = make.place().at("A01-01-1").pk
    here = place.at("A01-02-1").pk
    virtual = place.at("V-SUPPLIER").pk
    job = bench.job(3).job_id
    change: dict[str, Any] = {
        "kind": "condition",
        "reason": "x",
        "sku_id": place.sku.pk,
        "to_condition": "damaged",
    }
    kit = {
        "warehouse_id": place.warehouse.pk, "owner_id": place.owner.pk, "kit_id": bench.kit.sku.pk, "quantity": 1,
        "from_location_id": here,
    }  # fmt: skip

    for key in (GONE, HUGE, 0, -1, "x", None, [], NUL):
        yield "post", "/containers/move", {"container_ids": [key], "to_location_id": here}
        yield "post", "/containers/move", {"container_ids": [box], "to_location_id": key}
        yield "post", "/containers/close", {"container_ids": [key]}
        yield "post", "/containers", {"containers": [{"location_id": key, "parent_id": GONE}]}
        yield "post", "/moves", {"moves": [{"stock_id": key, "to_location_id": here}]}
        yield "post", "/moves", {"moves": [{"stock_id": stock.pk, "to_location_id": key}]}
        yield "post", "/moves", {"moves": [{"container_id": key, "to_location_id": here}]}
        yield "post", "/stock-changes", {**change, "rows": [{"stock_id": key, "quantity": 1}]}
        yield "post", "/stock-changes", {**change, "kind": "owner", "to_owner_id": key}
        yield "post", "/stock-changes", {**change, "kind": "sku", "to_sku_id": key}
        yield "post", "/stock-changes", {**change, "kind": "lot", "to_lot_id": key}
        yield "post", "/stock-changes", {"kind": "release", "reason": "x", "hold_id": key}
        for name in ("kit_id", "owner_id", "warehouse_id", "from_location_id", "quantity"):
            yield "post", "/kit-jobs", {**kit, name: key}
        yield "post", "/recalls/hold", {"lot": [key], "reason": "x"}
        yield "post", "/recalls/hold", {"supplier": key, "reason": "x"}
    for name in ("lot_id", "location_id", "container_id", "supplier_id"):
        for key in (GONE, HUGE, "x"):
            yield "post", "/stock-changes", {"kind": "hold", "reason": "x", name: key}
            yield "post", "/stock-holds", {"kind": name[:-3], "reason": "x", name: key}
    yield "post", "/kit-jobs", {**kit, "to_location_id": other}
    yield "post", "/kit-jobs", {**kit, "to_location_id": virtual}
    yield "post", "/containers/move", {"container_ids": [box], "to_location_id": virtual}
    yield "post", "/containers/move", {"container_ids": [box], "to_location_id": other}
    yield "post", "/containers/nest", {"container_ids": [box], "parent_id": box}
    yield "post", "/containers", {"containers": [{"code": "T-1"}]}
    yield "post", "/containers", {"containers": [{"code": "340123450000000011"}]}
    yield "post", "/containers", {"containers": [{"code": NUL}]}
    yield "post", "/containers", {"containers": [{"parent_index": 0}]}
    yield "post", "/moves", {"moves": [{"stock_id": stock.pk, "to_location_id": other}]}
    yield "post", "/moves", {"moves": [{"stock_id": stock.pk, "to_location_id": virtual}]}
    yield "post", "/moves", {"moves": [{"stock_id": stock.pk, "to_location_id": stock.location_id}]}
    yield "post", "/moves", {"moves": [{"stock_id": stock.pk, "to_location_id": here, "quantity": 10**9}]}
    yield "post", "/moves", {"moves": []}
    yield "post", "/stock-changes", {**change, "reason": NUL}
    yield (
        "post",
        "/stock-changes",
        {**change, "kind": "sku", "to_sku_id": bench.kit.sku.pk, "to_lot_id": GONE},
    )
    yield "post", "/stock-changes", {"kind": "condition", "reason": "x", "to_condition": "damaged"}
    yield "post", "/stock-changes", {"kind": "hold", "reason": "x", "warehouse_id": GONE, "location_id": here}
    yield "put", "/stock-changes/policies/condition", {"max_units": -1}
    yield "put", "/stock-changes/policies/condition", {"max_value": "1e99"}
    yield "put", "/stock-changes/policies/nonsense", {}
    yield "post", f"/stock-changes/{GONE}/approve", {}
    for step in (
        {"quantity": 99}, {"quantity": 0}, {"quantity": 1, "serials": ["A", "A"]}, {"quantity": 1, "serials": [NUL]},
        {"quantity": 1, "lots": {"x": "y"}}, {"quantity": 1, "expires_on": "2026-02-30"},
    ):  # fmt: skip
        yield "post", f"/kit-jobs/{job}/steps", {**step, "key": str(uuid4())}
    yield "post", f"/kit-jobs/{job}/steps", {"quantity": 1}
    yield "post", f"/kit-jobs/{job}/steps/{GONE}/undo", {}
    yield "post", f"/kit-jobs/{GONE}/cancel", {}


def test_nonsense_is_refused_in_words_and_changes_nothing(admin: accounts.ApiClient) -> None:
    bench = Bench()
    taken = []
    for verb, path, body in list(bodies(bench)):
        before = rows()
        call: Callable[..., Any] = getattr(admin, verb)
        answer = call(path, body)
        if (
            not 400 <= answer.status_code < 500
            or "problem+json" not in answer["Content-Type"]
            or rows() != before
        ):
            taken.append((answer.status_code, verb, path, body, answer.content[:200]))
    assert taken == [], "\n".join(str(one) for one in taken)


@pytest.mark.parametrize(
    "path",
    [
        "/containers?q=%00", "/containers?kind=x", f"/containers/{HUGE}", "/serials?q=%00", f"/serials/{GONE}",
        "/stock-changes?state=x", f"/stock-changes/{GONE}", "/kit-jobs?kit=x", f"/kit-jobs/{GONE}", "/recalls",
        "/recalls?lot=x", f"/recalls?sku={HUGE}", "/recalls?sku=1&first=%00", "/recalls/export?lot=1&format=pdf",
    ],
)  # fmt: skip
def test_nonsense_asked_is_refused_in_words(admin: accounts.ApiClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code < 500
    if answer.status_code != 200:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"]
