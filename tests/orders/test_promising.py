"""When orders arrive, why from there, and what sourcing knows of carriers, calendars and stores."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from tests.factories import catalog, orders, shipping
from tests.factories.accounts import api_client

from hecang.config.settings import SOURCING
from hecang.facility.services import DayIn, warehouse_change, warehouse_days_save
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.orders.models import OrderSourcing, SalesOrder
from hecang.orders.services import SupplyIn, order_change, orders_expect, supply_save
from hecang.shipping.services import LeadTimeRow, cutoff_set, lead_times_save, lead_times_save_measured
from hecang.shipping.services.terms import unreached_create

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A Tuesday at noon in Shanghai.
NOON = datetime(2026, 6, 9, 4, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_promised_by_cut_off_handling_and_lead_time(noon: datetime) -> None:
    # given a warehouse with a cut-off at four, two hours of handling, and a carrier that needs two days
    world = orders.world("SH")
    shipping.service("STD", lead_days=2)
    warehouse_change(warehouse_id=world.warehouses["SH"].pk, changes={"cutoff_time": time(16)})
    world.put("A", 10)
    order = world.order({"A": 1})
    # then it leaves at six, arrives after two days, and the customer is told the end of that day
    assert order.expected_at == local("2026-06-11T18:00")
    assert order.promised_at == local("2026-06-11T22:00")


def test_what_the_channel_promised_stands(noon: datetime) -> None:
    world = orders.world("SH")
    shipping.service("STD", lead_days=2)
    world.put("A", 10)
    told = noon + timedelta(days=9)
    assert world.order({"A": 1}, promised_at=told).promised_at == told


def test_nothing_is_promised_where_nobody_knows_how_long_it_travels(noon: datetime) -> None:
    world = orders.world("SH")
    world.put("A", 10)
    order = world.order({"A": 1})
    assert (order.expected_at, order.promised_at) == (None, None)


def test_holidays_closed_days_and_cutoffs_of_services_move_the_departure(noon: datetime) -> None:
    world = orders.world("SH")
    service = shipping.service("STD", lead_days=1)
    shanghai = world.warehouses["SH"].pk
    world.put("A", 100)
    # the service takes parcels until eleven: it leaves tomorrow
    cutoff_set(service_id=service.pk, warehouse_id=shanghai, cutoff_time=time(11))
    assert world.order({"A": 1}).expected_at == local("2026-06-11T13:00")
    # tomorrow is closed
    warehouse_days_save(warehouse_id=shanghai, days=[DayIn(NOON.date() + timedelta(days=1), False)])
    assert world.order({"A": 1}).expected_at == local("2026-06-12T13:00")
    # a service of which parcels were measured is believed
    row = LeadTimeRow(service.pk, shanghai, "31", 48)
    lead_times_save(rows=[row])
    assert world.order({"A": 1}).expected_at == local("2026-06-13T13:00")
    lead_times_save_measured(rows=[LeadTimeRow(service.pk, shanghai, "31", 30, parcels=500, percentile=90)])
    assert world.order({"A": 1}).expected_at == local("2026-06-12T19:00")


def test_backordered_goods_are_promised_once_their_supply_is_announced(noon: datetime) -> None:
    world = orders.world("SH")
    shipping.service("STD", lead_days=1)
    if catalog.sku().pk < world.shop.owner_id:  # else the SKU's id might be its owner's by chance
        catalog.skus(world.shop.owner_id)
    world.put("A", 1)
    order = world.order({"A": 3})
    # nobody knows when the rest comes: a guess, and no promise
    assert (order.expected_at, order.promised_at) == (local("2026-06-17T19:00"), None)
    supply_save(
        supplies=[
            SupplyIn(
                world.skus["A"].pk, world.shop.owner_id, world.warehouses["SH"].pk, "PO-1", 2,
                local("2026-06-15T09:00"),
            )
        ]
    )  # fmt: skip
    order.refresh_from_db()
    assert (order.expected_at, order.promised_at) == (local("2026-06-16T19:00"), local("2026-06-16T22:00"))


def test_a_promise_is_made_once_and_the_expectation_follows(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = orders.world("SH")
    shipping.service("STD", lead_days=1)
    world.put("A", 10)
    order = world.order({"A": 1})
    promised = order.promised_at
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=3))
    orders_expect(order_ids=[order.pk])
    order.refresh_from_db()
    assert (order.expected_at, order.promised_at) == (local("2026-06-13T19:00"), promised)


def test_regions_that_no_service_reaches_from_a_warehouse_are_left_to_others() -> None:
    world = orders.world("SH", "GZ")
    far, near = shipping.service("FAR", rate=None), shipping.service("NEAR", rate=None)
    shipping.rate_rule(near, warehouse=world.warehouses["SH"])
    shipping.rate_rule(far, warehouse=world.warehouses["GZ"], first="90")
    for place in ("SH", "GZ"):
        world.put("A", 10, place)
    world.order({"A": 1})
    assert world.reserved("A") == {"SH": 1}
    unreached_create(service_id=near.pk, region_prefix="31")
    world.order({"A": 1})
    assert world.reserved("A") == {"SH": 1, "GZ": 1}


def test_stores_cost_their_own_and_full_warehouses_are_slow() -> None:
    world = orders.world("SH", "GZ")
    shipping.service("STD")
    for place in ("SH", "GZ"):
        world.put("A", 10, place)
    # a store that is dear to handle is left to what nobody else has
    warehouse_change(warehouse_id=world.warehouses["SH"].pk, changes={"kind": "store", "parcel_cost": 50})
    world.order({"A": 1})
    assert world.reserved("A") == {"GZ": 1}
    # a warehouse that can ship nothing is no source
    warehouse_change(warehouse_id=world.warehouses["GZ"].pk, changes={"daily_orders": 0})
    world.order({"A": 1})
    assert world.reserved("A") == {"SH": 1, "GZ": 1}


def test_the_drawer_tells_why_and_when() -> None:
    world = orders.world("SH", "GZ")
    service = shipping.service("STD", lead_days=2)
    shipping.rate_rule(service, warehouse=world.warehouses["GZ"], first="14.50")
    for place in ("SH", "GZ"):
        world.put("A", 10, place)
    order = world.order({"A": 2})
    client = api_client()
    told = client.get(f"/orders/{order.pk}/sourcing").json()
    assert told["reason"] == "intake"
    assert [one["warehouse"]["code"] for one in told["decided"]["candidates"]] == ["SH", "GZ"]
    best = told["decided"]["candidates"][0]
    # two units of 500 g: the first kilogram, packing and one line
    assert best["parts"] == {
        "freight": 10.0, "handling": 1.8, "split": 0.0, "wait": 0.0, "late": 0.0, "scarcity": 0.0,
    }  # fmt: skip
    assert (best["cost"], best["units"], best["missing"], best["service"]["code"]) == (11.8, 2, 0, "STD")
    assert told["decided"]["code"] == "cheapest"
    assert "cheapest" in told["decided"]["words"]
    assert told["now"]["warehouses"] == told["decided"]["warehouses"]
    steps = client.get(f"/orders/{order.pk}/promise").json()["steps"]
    assert [step["code"] for step in steps] == [
        "placed", "stock", "release_by", "leaves", "arrives", "expected", "promised",
    ]  # fmt: skip
    chinese = api_client()
    chinese.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    assert chinese.get(f"/orders/{order.pk}/sourcing").json()["decided"]["code"] == "cheapest"


def test_an_address_elsewhere_is_expected_elsewhere() -> None:
    world = orders.world("SH")
    service = shipping.service("STD", lead_days=1)
    world.put("A", 10)
    order = world.order({"A": 1})
    drain()
    before = SalesOrder.objects.get(pk=order.pk).expected_at
    lead_times_save(rows=[LeadTimeRow(service.pk, None, "44", 96)])
    order_change(order_id=order.pk, recipient={"region_code": "440106"})
    drain()
    after = SalesOrder.objects.get(pk=order.pk).expected_at
    assert before is not None
    assert after is not None
    assert after - before == timedelta(hours=72)


def test_runs_are_listed_and_started_by_hand() -> None:
    world = orders.world("SH", "GZ")
    world.put("A", 10, "GZ")
    world.order({"A": 2})
    world.put("A", 5, "SH")
    client = api_client(roles=["order_desk"])
    answer = client.post("/sourcing-runs", {})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["orders"], answer.json()["moved"]) == (1, 1)
    (row,) = client.get("/sourcing-runs").json()["items"]
    assert (row["state"], row["moved"], row["units"]) == ("done", 1, 2)
    assert api_client(roles=["operator"]).post("/sourcing-runs", {}).status_code == 403


def test_an_installation_may_promise_nothing() -> None:
    world = orders.world("SH")
    shipping.service("STD")
    world.put("A", 10)
    with override_settings(SOURCING={**SOURCING, "promise": False}):
        order = world.order({"A": 1})
    assert order.promised_at is None
    assert order.expected_at is not None
    assert OrderSourcing.objects.get(order=order).reason == "intake"
