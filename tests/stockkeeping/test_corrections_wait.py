"""Adjustments, conditions and releases over their own doors: small ones are done, large ones wait for another person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.factories import accounts
from tests.factories import inventory as make

from hecang.inventory.models import Movement, Stock
from hecang.inventory.services import AdjustIn, adjustments_settle, stock_adjust
from hecang.inventory.verify import inventory_verify
from hecang.stockkeeping.models import StockChange
from hecang.stockkeeping.services.changes import change_policy_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits() -> None:
    """Five units for everything; of releases none."""
    change_policy_set(kind="adjust", max_units=5, max_value=None)
    change_policy_set(kind="condition", max_units=5, max_value=None)


def manager() -> accounts.ApiClient:
    return accounts.api_client(roles=["warehouse_manager"])


def row(place: make.Place, code: str = "A01-01-1") -> Stock:
    return Stock.objects.get(location=place.at(code), sku=place.sku, condition="good")


def test_a_small_adjustment_is_done_at_once() -> None:
    place = make.place(quantity=100)

    answer = manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -5}]})

    assert answer.status_code == 200
    assert place.stock() == (95, 0)
    assert not StockChange.objects.exists()


def test_a_large_adjustment_waits_for_another_person_and_keeps_its_difference() -> None:
    place = make.place(quantity=100)
    asking = manager()

    asked = asking.post(
        "/stock/adjust",
        {"reason": "scrap", "lines": [{"stock_id": row(place).id, "counted": 60, "note": "rotten"}]},
    )

    assert asked.status_code == 202
    (waiting,) = asked.json()["waiting"]
    assert place.stock() == (100, 0)
    found = asking.get(f"/stock-changes/{waiting['id']}").json()
    assert (found["kind"], found["state"], found["units"], found["reason"]) == (
        "adjust", "requested", 40, "rotten",
    )  # fmt: skip
    assert [line["difference"] for line in found["lines"]] == [-40]
    assert "approve" not in found["actions"]
    assert asking.post(f"/stock-changes/{waiting['id']}/approve", {}).status_code == 409

    # Meanwhile ten more go: what was lost is still forty.
    place.allocate(10)
    agreed = manager().post(f"/stock-changes/{waiting['id']}/approve", {"note": "seen"})

    assert (agreed.status_code, agreed.json()["state"], agreed.json()["applied_units"]) == (
        200,
        "applied",
        40,
    )
    assert place.stock() == (60, 10)
    entry = Movement.objects.get(source_kind="stock_change")
    assert (entry.reason, entry.quantity, entry.note, entry.source_id) == (
        "scrap",
        40,
        "rotten",
        waiting["id"],
    )
    assert inventory_verify().differences == 0


def test_lines_of_one_call_count_together_and_a_place_without_goods_may_be_among_them() -> None:
    place = make.place(quantity=10)
    new = {"location_id": place.at("A01-02-1").id, "sku_id": place.sku.id, "owner_id": place.owner.id}

    asked = manager().post(
        "/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -3}, {**new, "change": 3}]}
    )

    assert asked.status_code == 202
    (waiting,) = asked.json()["waiting"]
    assert manager().post(f"/stock-changes/{waiting['id']}/approve", {}).status_code == 200
    assert (place.stock(), place.stock("A01-02-1")) == ((7, 0), (3, 0))
    assert inventory_verify().differences == 0


def test_what_would_be_refused_is_refused_when_it_is_asked_for() -> None:
    place = make.place(quantity=10)
    place.allocate(8)

    answer = manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -9}]})

    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
    assert not StockChange.objects.exists()
    named = {"location_id": place.at("A01-01-1").id, "sku_id": 10**15, "owner_id": place.owner.id}
    assert manager().post("/stock/adjust", {"lines": [{**named, "change": 99}]}).status_code in {404, 422}


def test_the_value_of_an_adjustment_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from hecang.stockkeeping.services import correcting

    place = make.place(quantity=10)
    change_policy_set(kind="adjust", max_units=None, max_value=Decimal(100))
    monkeypatch.setattr(correcting, "unit_values", lambda skus: dict.fromkeys(skus, Decimal(51)))

    one = manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -1}]})
    two = manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -2}]})

    assert (one.status_code, two.status_code) == (200, 202)
    assert StockChange.objects.get().value == Decimal("102.00")


def test_a_large_change_of_condition_waits_one_request_for_each_condition() -> None:
    place = make.place(quantity=20)
    lines = [
        {"stock_id": row(place).id, "quantity": 4, "to_condition": "damaged", "note": "wet"},
        {"stock_id": row(place).id, "quantity": 2, "to_condition": "quarantine"},
    ]

    small = manager().post("/stock/condition", {"lines": lines[:1]})
    large = manager().post("/stock/condition", {"lines": lines})

    assert (small.status_code, large.status_code) == (200, 202)
    assert place.stock(condition="damaged") == (4, 0)
    assert [(one.to_condition, one.units) for one in StockChange.objects.order_by("id")] == [
        ("damaged", 4), ("quarantine", 2),
    ]  # fmt: skip
    for waiting in large.json()["waiting"]:
        assert manager().post(f"/stock-changes/{waiting['id']}/approve", {}).status_code == 200
    assert (place.stock(condition="good"), place.stock(condition="quarantine")) == ((10, 0), (2, 0))
    assert inventory_verify().differences == 0


def test_a_release_waits_and_is_asked_for_once() -> None:
    place = make.place(quantity=10)
    asking = manager()
    subject = {"kind": "sku", "warehouse_id": place.warehouse.id, "sku_id": place.sku.id, "reason": "recall"}
    hold_id = asking.post("/stock-holds", subject).json()["id"]

    first = asking.post(f"/stock-holds/{hold_id}/release")
    again = asking.post(f"/stock-holds/{hold_id}/release")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert place.availability() == (0, 0)
    (waiting,) = first.json()["waiting"]
    assert manager().post(f"/stock-changes/{waiting['id']}/approve", {}).status_code == 200
    assert place.availability() == (10, 0)
    assert asking.post(f"/stock-holds/{hold_id}/release").json() == {"released": False}


def test_adjusting_is_not_asked_for_by_a_bare_change() -> None:
    place = make.place(quantity=10)
    answer = manager().post(
        "/stock-changes",
        {"kind": "adjust", "reason": "x", "rows": [{"stock_id": row(place).id, "quantity": 1}]},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_kind")


def test_the_list_says_which_goods_a_correction_is_about() -> None:
    place = make.place(quantity=100)

    assert (
        manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -9}]}).status_code
        == 202
    )

    (told,) = manager().get("/stock-changes?state=requested").json()["items"]
    assert (told["sku"]["code"], told["location"]["code"], told["warehouse"]["code"]) == (
        place.sku.code, "A01-01-1", place.warehouse.code,
    )  # fmt: skip


def test_when_orders_have_got_what_was_lost_nothing_is_posted_and_it_waits_on() -> None:
    place = make.place(quantity=20)
    asked = manager().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -15}]})
    (waiting,) = asked.json()["waiting"]
    place.allocate(10)

    late = manager().post(f"/stock-changes/{waiting['id']}/approve", {})

    assert (late.status_code, late.json()["code"]) == (409, "insufficient_stock")
    assert place.stock() == (20, 10)
    assert manager().get(f"/stock-changes/{waiting['id']}").json()["state"] == "requested"
    refused = manager().post(f"/stock-changes/{waiting['id']}/reject", {"note": "counted again"})
    assert (refused.json()["state"], refused.json()["decision_note"]) == ("rejected", "counted again")
    assert inventory_verify().differences == 0


def test_a_count_is_weighed_and_posted_as_the_difference_it_is_when_asked_for() -> None:
    place = make.place(quantity=100)
    (settled,) = adjustments_settle(
        adjustments=[
            AdjustIn(place.at("A01-01-1").id, place.sku.id, place.owner.id, row(place).lot_id, counted=96)
        ]
    )
    place.put(50)

    stock_adjust(adjustments=[settled])

    assert (settled.change, place.stock()) == (-4, (146, 0))
