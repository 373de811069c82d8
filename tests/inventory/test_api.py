"""The API of stock: what it shows, what it changes, and what it keeps from those outside their scope."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility
from tests.factories import inventory as make
from tests.factories.accounts import api_client

from hecang.accounts.models import AuditEntry
from hecang.inventory.models import Availability, Movement, Stock, StockHold
from hecang.inventory.verify import inventory_verify

pytestmark = pytest.mark.django_db


def row(place: make.Place, code: str = "A01-01-1", **where: Any) -> Stock:
    return Stock.objects.get(location=place.at(code), sku=place.sku, **where)


def test_availability_shows_every_figure() -> None:
    place = make.place(quantity=100)
    place.put(7, "DAMAGED")
    place.reserve(10)
    place.allocate(5)

    item = api_client().get("/availability").json()["items"][0]

    assert item["sku"]["code"] == place.sku.code
    assert item["warehouse"]["code"] == place.warehouse.code
    figures = {key: item[key] for key in ("sellable", "reserved", "free", "on_hand", "allocated", "held")}
    assert figures == {"sellable": 95, "reserved": 10, "free": 85, "on_hand": 107, "allocated": 5, "held": 7}


def test_availability_is_found_by_code_name_and_what_is_free() -> None:
    full, empty = make.place(quantity=3), make.place(quantity=2)
    empty.reserve(2)
    client = api_client()

    assert [i["sku"]["id"] for i in client.get(f"/availability?q={full.sku.code}").json()["items"]] == [
        full.sku.id
    ]
    assert [i["sku"]["id"] for i in client.get("/availability?has_free=true").json()["items"]] == [
        full.sku.id
    ]
    assert [i["sku"]["id"] for i in client.get("/availability?has_free=false").json()["items"]] == [
        empty.sku.id
    ]
    assert client.get(f"/availability?warehouse={full.warehouse.id}&sku={empty.sku.id}").json()["items"] == []


def test_availability_exports_what_it_lists() -> None:
    place = make.place(quantity=4)
    answer = api_client().get("/availability/export?format=csv")
    text = (
        b"".join(answer.streaming_content).decode("utf-8-sig")
        if answer.streaming
        else answer.content.decode("utf-8-sig")
    )
    assert place.sku.code in text
    assert len(text.strip().splitlines()) == 2


@pytest.mark.parametrize("path", ["/availability?limit=200", "/stock?limit=200", "/movements?limit=200"])
def test_lists_take_as_many_statements_for_many_rows_as_for_few(path: str) -> None:
    house = facility.warehouse(aisles=1, bays=3)
    client = api_client()
    counts = []
    for more in (10, 90):
        for _ in range(more):
            make.place(quantity=1, warehouse=house)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(client.get(path).json()["items"]) == {10: 10, 90: 100}[more]
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_stock_is_listed_by_location_and_lot() -> None:
    place = make.place(is_expiry_tracked=True)
    lot = place.lot("L-7", 30)
    place.put(5, lot=lot)
    client = api_client()

    items = client.get(f"/stock?location={place.at('A01-01-1').id}").json()["items"]

    assert [(i["location"]["code"], i["lot"]["code"], i["quantity"], i["is_sellable"]) for i in items] == [
        ("A01-01-1", "L-7", 5, True)
    ]
    assert items[0]["lot"]["expires_on"] == str(lot.expires_on)
    assert client.get(f"/stock?location={place.at('STAGE-1').id}").json()["items"] == []


def test_the_tree_of_a_sku_adds_up() -> None:
    place = make.place(quantity=10)
    place.put(5, "A01-02-1")
    other = make.Place(facility.warehouse(aisles=1, bays=1), place.sku, place.owner)
    other.put(3)

    tree = api_client().get(f"/skus/{place.sku.id}/stock").json()

    assert tree["sku"]["code"] == place.sku.code
    assert [
        (w["on_hand"], [(p["location"]["code"], p["quantity"]) for p in w["locations"]])
        for w in tree["warehouses"]
    ] == [
        (15, [("A01-01-1", 10), ("A01-02-1", 5)]),
        (3, [("A01-01-1", 3)]),
    ]


def test_the_ledger_tells_the_balance_behind_a_number() -> None:
    place = make.place(quantity=10)
    place.take(4, to="A01-02-1", reason="move")
    place.take(1)
    client = api_client()
    shelf = place.at("A01-01-1").id

    whole = client.get(f"/skus/{place.sku.id}/ledger").json()["items"]
    there = client.get(f"/skus/{place.sku.id}/ledger?location={shelf}").json()["items"]
    earlier = client.get(f"/skus/{place.sku.id}/ledger?location={shelf}&before={there[0]['id']}").json()[
        "items"
    ]

    assert [(e["reason"], e["change"], e["balance"]) for e in whole] == [
        ("adjustment", -1, 9), ("move", 0, 10), ("receipt", 10, 10),
    ]  # fmt: skip
    assert [(e["reason"], e["change"], e["balance"]) for e in there] == [
        ("adjustment", -1, 5), ("move", -4, 6), ("receipt", 10, 10),
    ]  # fmt: skip
    assert earlier == there[1:]


def test_movements_are_filtered_by_day_and_reason() -> None:
    place = make.place(quantity=10)
    place.take(1)
    today = Movement.objects.latest("id").at.astimezone().date()
    client = api_client()

    assert [m["reason"] for m in client.get(f"/movements?sku={place.sku.id}").json()["items"]] == [
        "adjustment",
        "receipt",
    ]
    assert len(client.get(f"/movements?sku={place.sku.id}&reason=receipt").json()["items"]) == 1
    assert len(client.get("/movements?from=2001-01-01&to=2001-12-31").json()["items"]) == 0
    assert (
        len(client.get(f"/movements?from=2001-01-01&to={today.replace(year=today.year + 1)}").json()["items"])
        == 2
    )


def test_adjusting_by_change_and_by_count() -> None:
    place = make.place(quantity=10)
    client = api_client()
    stock = row(place)

    changed = client.post(
        "/stock/adjust", {"lines": [{"stock_id": stock.id, "change": -3, "note": "broken"}]}
    )
    counted = client.post(
        "/stock/adjust", {"reason": "count", "lines": [{"stock_id": stock.id, "counted": 12}]}
    )
    same = client.post("/stock/adjust", {"reason": "count", "lines": [{"stock_id": stock.id, "counted": 12}]})

    assert changed.status_code == counted.status_code == same.status_code == 200
    assert same.json() == {"movement_ids": [None]}
    assert place.stock() == (12, 0)
    entries = Movement.objects.filter(
        id__in=[*changed.json()["movement_ids"], *counted.json()["movement_ids"]]
    )
    assert [(m.reason, m.quantity, m.note) for m in entries.order_by("id")] == [
        ("adjustment", 3, "broken"), ("count", 5, ""),
    ]  # fmt: skip
    assert inventory_verify().differences == 0


def test_adjusting_away_what_is_allocated_is_refused_with_numbers() -> None:
    place = make.place(quantity=10)
    place.allocate(8)

    answer = api_client().post("/stock/adjust", {"lines": [{"stock_id": row(place).id, "change": -3}]})

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "insufficient_stock"
    assert "A01-01-1" in problem["detail"]
    assert place.stock() == (10, 8)


@pytest.mark.parametrize(
    "line",
    [
        {"stock_id": 1},
        {"stock_id": 1, "change": 1, "counted": 1},
        {"stock_id": 1, "change": 0},
        {"change": 1},
        {"stock_id": 1, "location_id": 1, "change": 1},
        {"stock_id": 1, "change": 10**30},
        {"stock_id": 1, "counted": -1},
    ],
)
def test_nonsense_is_refused(line: dict[str, Any]) -> None:
    assert api_client().post("/stock/adjust", {"lines": [line]}).status_code == 422


@pytest.mark.parametrize("name", ["location_id", "sku_id", "owner_id", "lot_id", "container_id"])
def test_ids_of_nothing_are_refused(name: str) -> None:
    place = make.place(quantity=5)
    named = {"location_id": place.at("A01-01-1").id, "sku_id": place.sku.id, "owner_id": place.owner.id}
    answer = api_client().post("/stock/adjust", {"lines": [{**named, "change": 1, name: 10**15}]})
    assert answer.status_code in {404, 422}
    assert place.stock() == (5, 0)


def test_moving_and_changing_the_condition() -> None:
    place = make.place(quantity=10)
    client = api_client()
    stock = row(place)
    to = place.at("A01-02-1").id

    assert (
        client.post(
            "/stock/move", {"lines": [{"stock_id": stock.id, "quantity": 4, "to_location_id": to}]}
        ).status_code
        == 200
    )
    condition = {"lines": [{"stock_id": stock.id, "quantity": 1, "to_condition": "damaged"}]}
    assert client.post("/stock/condition", condition).status_code == 200

    assert place.stock("A01-02-1") == (4, 0)
    assert place.stock(condition="damaged") == (1, 0)
    assert place.availability() == (9, 0)
    outside = place.at("V-CUSTOMER").id
    refused = client.post(
        "/stock/move", {"lines": [{"stock_id": stock.id, "quantity": 1, "to_location_id": outside}]}
    )
    assert refused.status_code == 422


def test_holding_and_releasing_leave_their_mark() -> None:
    place = make.place(quantity=10)
    client = api_client()
    subject = {"kind": "sku", "warehouse_id": place.warehouse.id, "sku_id": place.sku.id}

    made = client.post("/stock-holds", {**subject, "reason": "recall"})
    assert made.status_code == 201
    assert place.availability() == (0, 0)
    assert [h["reason"] for h in client.get("/stock-holds?standing=true").json()["items"]] == ["recall"]

    hold_id = made.json()["id"]
    policy = {"max_units": None, "max_value": None}
    assert client.put("/stock-changes/policies/release", policy).status_code == 200
    assert client.post(f"/stock-holds/{hold_id}/release").json() == {"released": True}
    assert client.post(f"/stock-holds/{hold_id}/release").json() == {"released": False}
    assert place.availability() == (10, 0)
    assert StockHold.objects.get().released_by.startswith("user-")
    actions = (
        AuditEntry.objects.filter(entity_kind="stock_hold").order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["inventory.hold.placed", "inventory.hold.released"]


@pytest.mark.parametrize(
    "subject", [{"kind": "lot"}, {"kind": "location", "lot_id": 1}, {"kind": "sku", "sku_id": 1}]
)
def test_a_hold_names_what_its_kind_needs(subject: dict[str, Any]) -> None:
    assert api_client().post("/stock-holds", {**subject, "reason": "x"}).status_code == 422


def test_a_checkout_is_kept_once_and_given_back_once() -> None:
    place = make.place(quantity=10)
    client = api_client()
    line = {
        "warehouse_id": place.warehouse.id,
        "sku_id": place.sku.id,
        "owner_id": place.owner.id,
        "quantity": 4,
    }

    first = client.post("/reservations", {"key": "cart-1", "lines": [line], "ttl_seconds": 60}).json()
    again = client.post("/reservations", {"key": "cart-1", "lines": [line], "ttl_seconds": 60}).json()
    other = client.post("/reservations", {"key": "cart-1", "lines": [{**line, "quantity": 5}]})

    assert (first["created"], again["created"], first["id"]) == (True, False, again["id"])
    assert other.status_code == 422
    assert other.json()["code"] == "key_reused"
    assert place.availability() == (10, 4)
    assert client.post("/reservations/release", {"key": "cart-1"}).json() == {"units": 4}
    assert client.post("/reservations/release", {"key": "cart-1"}).json() == {"units": 0}
    assert client.post("/reservations/release", {"key": "nobody"}).status_code == 404


def test_a_checkout_that_does_not_fit_keeps_nothing_and_leaves_its_key_free() -> None:
    place = make.place(quantity=3)
    line = {
        "warehouse_id": place.warehouse.id,
        "sku_id": place.sku.id,
        "owner_id": place.owner.id,
        "quantity": 4,
    }
    client = api_client()

    refused = client.post("/reservations", {"key": "cart", "lines": [line]})

    assert refused.status_code == 409
    assert refused.json()["code"] == "stock_short"
    assert place.availability() == (3, 0)
    assert (
        client.post("/reservations", {"key": "cart", "lines": [{**line, "quantity": 3}]}).status_code == 200
    )


def test_nobody_sees_or_touches_stock_outside_the_scope() -> None:
    mine, theirs = make.place(quantity=5), make.place(quantity=5)
    client = api_client(roles=("warehouse_manager",), warehouse_ids=[mine.warehouse.id])
    foreign = row(theirs).id
    to = mine.at("A01-02-1").id
    line = {
        "warehouse_id": theirs.warehouse.id,
        "sku_id": theirs.sku.id,
        "owner_id": theirs.owner.id,
        "quantity": 1,
    }

    for path in ("/availability", "/stock", "/movements"):
        assert {item["sku"]["id"] for item in client.get(path).json()["items"]} == {mine.sku.id}
    assert client.get(f"/skus/{theirs.sku.id}/stock").json()["warehouses"] == []
    assert client.get(f"/skus/{theirs.sku.id}/ledger").json()["items"] == []
    assert client.get(f"/stock/fill?warehouse_id={theirs.warehouse.id}").status_code == 404
    assert client.post("/stock/adjust", {"lines": [{"stock_id": foreign, "change": 1}]}).status_code == 404
    move = {"lines": [{"stock_id": foreign, "quantity": 1, "to_location_id": to}]}
    assert client.post("/stock/move", move).status_code == 404
    hold = {"kind": "location", "location_id": theirs.at("A01-01-1").id, "reason": "x"}
    assert client.post("/stock-holds", hold).status_code == 404
    assert client.post("/reservations", {"key": "k", "lines": [line]}).status_code == 404
    assert theirs.stock() == (5, 0)
    assert Availability.objects.get(sku=theirs.sku).reserved == 0


def test_an_operator_moves_but_does_not_adjust() -> None:
    place = make.place(quantity=5)
    client = api_client(roles=("operator",))
    stock, to = row(place).id, place.at("A01-02-1").id

    assert (
        client.post(
            "/stock/move", {"lines": [{"stock_id": stock, "quantity": 1, "to_location_id": to}]}
        ).status_code
        == 200
    )
    assert client.post("/stock/adjust", {"lines": [{"stock_id": stock, "change": 1}]}).status_code == 403
    assert (
        client.post("/stock-holds", {"kind": "location", "location_id": to, "reason": "x"}).status_code == 403
    )


def test_how_full_the_locations_are() -> None:
    place = make.place(quantity=100)  # 100 × 1,000,000 mm³ on a shelf of 1.5 m³

    items = api_client().get(f"/stock/fill?warehouse_id={place.warehouse.id}").json()["items"]

    assert items == [
        {"location_id": place.at("A01-01-1").id, "units": 100, "fill": pytest.approx(100 / 1500, rel=1e-6)}
    ]


def test_lots_show_what_is_left_of_them() -> None:
    place = make.place(is_expiry_tracked=True)
    place.put(5, lot=place.lot("EARLY", 5))
    place.lot("LATE", 50)

    items = api_client().get(f"/lots?sku={place.sku.id}&sort=expires_on").json()["items"]

    assert [(i["code"], i["on_hand"], i["is_expired"]) for i in items] == [
        ("EARLY", 5, False),
        ("LATE", 0, False),
    ]


def test_verification_over_the_api_finds_what_was_forged() -> None:
    place = make.place(quantity=5)
    client = api_client(roles=("auditor",))
    assert client.get("/inventory/verify").json()["differences"] == 0

    Availability.objects.filter(sku=place.sku).update(sellable=6)

    report = client.get("/inventory/verify").json()
    assert report["differences"] == 1
    assert [c["name"] for c in report["checks"] if c["differences"]] == ["inventory.availability_from_stock"]
