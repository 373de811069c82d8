"""Alerts follow the facts; what people do about them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.stockkeeping import World, put_in, second, world

from hecang.inventory.models import StockHold
from hecang.inventory.services import LotIn, lot_get_or_create_many
from hecang.kernel import clock
from hecang.kernel.clock import now, today
from hecang.kernel.errors import Conflict, InvalidInput, StateConflict
from hecang.kernel.outbox import drain
from hecang.notifications.models import Message
from hecang.orders.models import SalesOrderLine
from hecang.stockkeeping.models import Count, StockAlert, Threshold, Transfer
from hecang.stockkeeping.selectors.alert_facts import discount_before, discount_for_age
from hecang.stockkeeping.services import alert_actions
from hecang.stockkeeping.services.alerts import alerts_done, alerts_refresh, alerts_reopen, alerts_snooze
from hecang.stockkeeping.services.thresholds import (
    ThresholdIn,
    thresholds_change,
    thresholds_delete,
    thresholds_save,
)
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def wants(shop: World, name: str = "milk", **figures: int) -> int:
    [key] = thresholds_save(
        thresholds=[ThresholdIn(shop.warehouse.pk, shop.sku(name).pk, shop.owner.pk, **figures)]
    )
    return key


def standing() -> list[tuple[str, str, int, int]]:
    rows = StockAlert.objects.filter(gone_at__isnull=True).order_by("id")
    return [(one.kind, one.state, one.quantity, one.threshold) for one in rows]


def test_too_little_is_told_once_and_closes_by_itself_when_goods_come() -> None:
    shop = world(goods={"milk": 8})
    wants(shop, safety_stock=10, reorder_point=20, max_stock=50)

    assert standing() == [("below_safety", "open", 8, 10), ("below_reorder", "open", 8, 20)]
    assert alerts_refresh() == (0, 0)
    shop.put("milk", 30)
    drain()

    assert standing() == []
    assert set(StockAlert.objects.values_list("action", "state")) == {("gone", "done")}
    assert Message.objects.filter(topic="stockkeeping.low").count() == 1


def test_promised_units_do_not_count_and_announced_ones_do() -> None:
    from hecang.orders.services.supplies import SupplyIn, supply_save

    shop = world(goods={"milk": 30})
    shop.order({"milk": 15})
    wants(shop, reorder_point=20)
    assert standing() == [("below_reorder", "open", 15, 20)]
    supply_save(supplies=[SupplyIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, "PO1", 10, now())])
    alerts_refresh()
    assert standing() == []


def test_too_much_is_told() -> None:
    shop = world(goods={"milk": 60})
    wants(shop, max_stock=50)
    assert standing() == [("overstock", "open", 60, 50)]


def test_lots_are_told_before_their_last_day_to_sell() -> None:
    shop = world()
    shop.sku("milk", is_expiry_tracked=True, min_remaining_days=5)
    lots = lot_get_or_create_many(
        lots=[
            LotIn(shop.skus["milk"].pk, code, expires_on=today() + timedelta(days=days))
            for code, days in (("SOON", 25), ("LATE", 90), ("GONE", 1))
        ]
    )
    for at, lot_id in enumerate(lots, start=1):
        shop.put("milk", 10 * at, f"A01-0{at}-1", lot_id=lot_id)

    alerts_refresh()

    rows = {one.lot.code: one for one in StockAlert.objects.select_related("lot") if one.lot}
    assert {code: (one.kind, one.days, one.quantity) for code, one in rows.items()} == {
        "SOON": ("expiring", 20, 10),
        "GONE": ("expiring", -4, 30),
    }
    assert (rows["SOON"].advised_discount, rows["GONE"].advised_discount) == (25, None)
    with clock.at(now() + timedelta(days=3)):
        alerts_refresh()
        assert ("expired", "open", 30, 0) in standing()


def test_what_nobody_buys_becomes_slow_then_dead_with_its_value() -> None:
    shop = world(goods={"milk": 10})
    shop.order({"milk": 1})
    SalesOrderLine.objects.update(unit_price=Decimal(3))
    with clock.at(now() + timedelta(days=100)):
        alerts_refresh()
        [slow] = StockAlert.objects.filter(gone_at__isnull=True)
        assert (slow.kind, slow.days, slow.value, slow.advised_discount) == (
            "slow",
            100,
            Decimal("30.00"),
            10,
        )
    with clock.at(now() + timedelta(days=280)):
        alerts_refresh()
        assert [row[0] for row in standing()] == ["dead"]
    # A warehouse can wait longer
    thresholds_save(thresholds=[ThresholdIn(shop.warehouse.pk, slow_days=300)])
    with clock.at(now() + timedelta(days=280)):
        alerts_refresh()
        assert standing() == []


def test_advice_grows_with_the_need() -> None:
    assert [discount_before(days, 30) for days in (29, 15, 3, 0)] == [10, 25, 40, None]
    assert [discount_for_age(days, 90, 3) for days in (90, 135, 180, 269, 270)] == [10, 20, 30, 40, 50]


def test_snoozed_and_done_alerts_stay_quiet_until_it_matters_again() -> None:
    shop = world(goods={"milk": 5})
    wants(shop, safety_stock=10)
    [alert] = StockAlert.objects.all()
    with pytest.raises(InvalidInput):
        alerts_snooze(alert_ids=[alert.pk], until=now() - timedelta(hours=1))
    assert alerts_snooze(alert_ids=[alert.pk], until=now() + timedelta(days=1)) == 1
    alerts_refresh()
    assert standing()[0][1] == "snoozed"
    with clock.at(now() + timedelta(days=2)):
        alerts_refresh(kinds=["below_safety"])
        assert standing()[0][1] == "open"
    alerts_done(alert_ids=[alert.pk], note="seen")
    alerts_refresh()
    assert standing() == [("below_safety", "done", 5, 10)]
    assert alerts_reopen(alert_ids=[alert.pk]) == 1
    assert standing()[0][1] == "open"


def test_one_step_asks_purchasing_and_names_the_request() -> None:
    shop = world(goods={"milk": 5})
    wants(shop, safety_stock=10, max_stock=40)
    [alert] = StockAlert.objects.all()
    request_id = alert_actions.alert_purchase(alert_id=alert.pk)
    from hecang.purchasing.models import PurchaseRequest

    request = PurchaseRequest.objects.get(id=request_id)
    alert.refresh_from_db()
    assert (request.quantity, request.source) == (35, "reorder")
    assert (alert.state, alert.action, alert.document_number) == ("done", "purchase", request.number)


def test_one_step_asks_another_warehouse_that_has_some() -> None:
    shop = world(goods={"milk": 5})
    wants(shop, safety_stock=10, max_stock=40)
    [alert] = StockAlert.objects.all()
    with pytest.raises(Conflict):
        alert_actions.alert_transfer(alert_id=alert.pk)
    other = second(shop)
    put_in(other, shop, "milk", 20)
    transfer = Transfer.objects.get(id=alert_actions.alert_transfer(alert_id=alert.pk))
    assert (transfer.from_warehouse_id, transfer.to_warehouse_id, transfer.unit_count) == (
        other.pk, shop.warehouse.pk, 20,
    )  # fmt: skip


def test_one_step_holds_promotes_and_counts() -> None:
    shop = world(goods={"milk": 60})
    key = wants(shop, max_stock=50, slow_days=1)
    with clock.at(now() + timedelta(days=2)):
        alerts_refresh()
    slow = StockAlert.objects.get(kind="slow")
    over = StockAlert.objects.get(kind="overstock")

    ticket = Ticket.objects.get(id=alert_actions.alert_promote(alert_id=slow.pk, note="before summer"))
    count = Count.objects.get(id=alert_actions.alert_count(alert_id=over.pk))
    with pytest.raises(InvalidInput):
        alert_actions.alert_promote(alert_id=over.pk)
    alerts_reopen(alert_ids=[over.pk])
    alert_actions.alert_hold(alert_id=over.pk, note="look at it")

    assert (ticket.kind, ticket.detail["discount"]) == ("price", 30)
    assert count.kind == "event"
    assert StockHold.objects.get().kind == "sku"
    thresholds_delete(threshold_ids=[key])
    with pytest.raises(StateConflict):
        alert_actions.alert_count(alert_id=over.pk)


def test_thresholds_are_set_changed_in_bulk_and_checked() -> None:
    shop = world(goods={"milk": 1, "tea": 1})
    keys = [wants(shop, name, safety_stock=0) for name in ("milk", "tea")]
    assert thresholds_change(threshold_ids=keys, changes={"max_stock": 9, "safety_stock": None}) == 2
    assert set(Threshold.objects.values_list("safety_stock", "max_stock")) == {(None, 9)}
    with pytest.raises(InvalidInput) as error:
        thresholds_save(
            thresholds=[
                ThresholdIn(
                    shop.warehouse.pk, shop.skus["milk"].pk, shop.owner.pk, safety_stock=5, reorder_point=3
                ),
                ThresholdIn(shop.warehouse.pk, shop.skus["milk"].pk),
            ]
        )
    assert [one.code for one in error.value.problems] == ["wrong_order", "unknown_owner"]


def test_the_number_of_statements_does_not_grow_with_alerts() -> None:
    shop = world()

    def refresh(count: int) -> int:
        thresholds_save(
            thresholds=[
                ThresholdIn(shop.warehouse.pk, shop.sku(f"n{count}-{at}").pk, shop.owner.pk)
                for at in range(count)
            ]
        )
        Threshold.objects.filter(sku__code__startswith=f"n{count}-").update(safety_stock=5)
        with CaptureQueriesContext(connection) as counted:
            assert alerts_refresh() == (count, 0)
        return len(counted)

    assert refresh(10) == refresh(100)
