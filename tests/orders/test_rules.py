"""Rules that people write: asked on arrival, after sourcing and after changes; obeyed, explained, final once released."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, orders, partners

from hecang.orders.audit.kind import FACTS, KIND
from hecang.orders.models import OrderDecision, SalesOrder
from hecang.orders.selectors.decisions import order_decisions
from hecang.orders.services import (
    LineChange,
    SplitLine,
    order_approve,
    order_change,
    order_hold_release,
    order_split,
    orders_merge,
)
from hecang.orders.services.intake import writing
from hecang.orders.services.rule_defaults import DEFAULTS, rule_defaults_install
from hecang.rules.expressions import expression_compile
from hecang.rules.kinds import Action
from hecang.rules.models import Rule
from hecang.rules.services import RuleIn, rule_change, rule_create, rules_order
from hecang.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def rule(condition: str, *actions: tuple[str, dict[str, Any]], **fields: Any) -> int:
    """A rule in force; its id."""
    given = {"name": condition[:100], "is_enabled": True, **fields}
    made = RuleIn(condition=condition, actions=[Action(*action) for action in actions], **given)
    return rule_create(kind="orders.audit", rule=made)


def held(reason: str = "look") -> tuple[str, dict[str, Any]]:
    return "hold", {"reason": reason}


def decided(order: SalesOrder) -> list[tuple[str, str, list[str]]]:
    return [
        (row["stage"], row["title"], [one["action"] for one in row["outcome"]])
        for row in order_decisions(order.pk)
    ]


def test_every_fact_has_an_example_that_compiles() -> None:
    assert all(fact.name in expression_compile(fact.example, KIND.types).facts for fact in FACTS)


def test_a_rule_holds_and_explains_itself() -> None:
    # given a rule
    world = orders.world()
    world.put("A", 100)
    key = rule("order.total > 50 and order.units == 6", held("six of them"), name="Sixes")
    # when two orders come, one of which it matches
    calm, caught = world.order({"A": 1}), world.order({"A": 6})
    # then that one is held, with the rule, its version and the facts that it asked
    assert (calm.state, orders.holds(calm)) == ("approved", [])
    assert (caught.state, orders.holds(caught)) == ("pending", ["rule"])
    assert caught.holds.get().detail == {
        "rules": [{"rule_id": key, "version": 1, "rule": "Sixes", "reason": "six of them", "note": ""}]
    }
    assert OrderDecision.objects.get(order=caught).facts == {"order.total": "60.00", "order.units": 6}
    assert decided(caught) == [("intake", "Sixes", ["hold"])]
    assert decided(calm) == []
    orders.assert_lawful()


def test_what_actions_do_on_arrival() -> None:
    # given two warehouses and rules of every kind
    world = orders.world("SH", "GZ", auto_approve=False)
    world.put("A", 100, at="SH")
    world.put("A", 100, at="GZ")
    gift = world.sku("GIFT")
    world.put("GIFT", 1, at="GZ")
    rule(
        "order.units >= 2",
        ("tag", {"tags": ["big", "first"]}),
        ("warehouse_only", {"warehouses": ["GZ"]}),
        ("priority", {"priority": 10}),
        ("gift", {"sku": "GIFT", "quantity": 1}),
        ("split", {"by": "temperature"}),
        ("ticket", {"kind": "price", "subject": "ring the buyer"}),
        ("approve", {}),
    )
    # when two such orders come, of which only the first finds the gift
    first, second = (world.order({"A": 2}) for _ in range(2))
    # then both are obeyed, and nobody waits for a gift
    for order in (first, second):
        assert (order.state, order.tags, order.priority) == (
            "approved",
            ["big", "first", "wish:split:temperature"],
            10,
        )
        assert order.warehouses_only == [world.warehouses["GZ"].pk]
    assert world.reserved("A") == {"GZ": 4}
    assert world.reserved("GIFT") == {"GZ": 1}
    given = first.lines.get(sku=gift)
    assert (given.kind, given.quantity, given.amount) == ("gift", 1, 0)
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["ring the buyer"] * 2
    orders.assert_lawful()


def test_stock_is_asked_after_sourcing() -> None:
    world = orders.world()
    world.put("A", 3)
    rule("stock.short_units > 1", held("short"), ("tag", {"tags": ["short"]}))
    whole, nearly, short = world.order({"A": 2}), world.order({"A": 2}), world.order({"A": 2})
    assert [orders.holds(one) for one in (whole, nearly, short)] == [[], [], ["rule"]]
    assert short.tags == ["short"]
    assert decided(short) == [("stock", "stock.short_units > 1", ["hold", "tag"])]


def test_order_stop_shop_and_time() -> None:
    world = orders.world()
    world.put("A", 100)
    elsewhere = orders.shop("ELSE", owner=world.shop.owner)
    late = rule("true", held("late"))
    rule("true", held("elsewhere"), shop_ids=[elsewhere.pk])
    rule("true", held("off"), is_enabled=False)
    first = rule('has_any(order.tags, "vip")', ("approve", {}), is_last=True)
    rules_order(
        kind="orders.audit", rule_ids=[first, *Rule.objects.exclude(pk=first).values_list("pk", flat=True)]
    )
    assert orders.holds(world.order({"A": 1}, tags=["vip"])) == []
    other = world.order({"A": 1})
    assert [one["reason"] for one in other.holds.get().detail["rules"]] == ["late"]
    rule_change(rule_id=late, changes={"valid_to": other.placed_at})
    assert orders.holds(world.order({"A": 1})) == []


def test_an_approval_can_waive_a_built_in_hold() -> None:
    world = orders.world(hold_remarks=True)
    world.put("A", 100)
    rule('contains(order.remark, "谢谢")', ("approve", {"waive": ["remark"]}))
    assert orders.holds(world.order({"A": 1}, buyer_remark="谢谢！")) == []
    assert orders.holds(world.order({"A": 1}, buyer_remark="请开发票")) == ["remark"]


def test_history_and_risk_look_at_orders_before_and_in_the_same_call() -> None:
    world = orders.world()
    world.put("A", 100)
    rule("history.orders_24h >= 2", held("many"))
    rule('"burst" in risk.signals and risk.score >= 25', ("tag", {"tags": ["burst"]}))
    who = orders.recipient()
    rows = world.intake(*(orders.order_in({"A": 1}, recipient=who) for _ in range(3)))
    assert [row.holds for row in rows] == [(), (), ("rule",)]
    again = world.order({"A": 1}, recipient=who)
    assert (orders.holds(again), again.tags) == (["rule"], ["burst"])
    assert orders.holds(world.order({"A": 1})) == []


def test_lines_address_and_region_can_be_asked() -> None:
    world = orders.world()
    world.skus["ICE"] = catalog.sku("ICE", temperature="frozen")
    world.put("ICE", 10)
    world.put("A", 10)
    rule(
        'any(line.temperature == "frozen" for line in lines) and region.province == "上海市" and quantity["A"] == 1',
        ("tag", {"tags": ["cold"]}),
    )
    rule('contains(recipient.address, "自提")', ("tag", {"tags": ["pickup"]}))
    mixed = world.order({"A": 1, "ICE": 1}, recipient=orders.recipient(address="世纪大道自提柜 1 号"))
    assert mixed.tags == ["cold", "pickup"]
    told = [row["facts"] for row in order_decisions(mixed.pk)]
    assert [fact["name"] for fact in told[0]] == ["region.province", "lines", "quantity"]
    assert told[1] == []  # an address is never kept
    assert world.order({"A": 1}).tags == []


def test_a_release_is_final_for_that_version_on_that_order() -> None:
    # given an order that a rule holds
    world = orders.world()
    world.put("A", 100)
    key = rule("order.units > 1", held(), name="Units")
    order = world.order({"A": 2})
    line = orders.line_ids(order)[0]
    # when a person releases it and the order changes
    order_hold_release(order_id=order.pk, note="spoke to them")
    order_change(order_id=order.pk, lines=[LineChange(line, "", 3)])
    # then it is not held again
    order.refresh_from_db()
    assert (orders.holds(order), order.state) == ([], "approved")
    # but a new version of the rule may, and one that no longer matches lets go
    rule_change(rule_id=key, changes={}, condition="order.units > 2")
    order_change(order_id=order.pk, lines=[LineChange(line, "", 4)])
    assert orders.holds(order) == ["rule"]
    order_change(order_id=order.pk, lines=[LineChange(line, "", 1)])
    order.refresh_from_db()
    assert (orders.holds(order), order.is_held) == ([], False)
    assert [one[0] for one in decided(order)] == ["intake", "release", "change", "change"]
    orders.assert_lawful()


def test_an_approval_by_hand_is_final_too() -> None:
    world = orders.world()
    world.put("A", 100)
    rule("true", held())
    order = world.order({"A": 1})
    order_approve(order_id=order.pk)
    order_change(order_id=order.pk, recipient={"address": "人民路 9 号"})
    assert orders.holds(order) == []


def test_a_changed_recipient_is_asked_again() -> None:
    world = orders.world()
    world.put("A", 100)
    rule('starts_with(region.code, "4401")', held("far"), ("tag", {"tags": ["south"]}))
    order = world.order({"A": 1})
    order_change(order_id=order.pk, recipient={"region_code": partners.GUANGZHOU_TIANHE})
    order.refresh_from_db()
    assert (orders.holds(order), order.tags) == (["rule"], ["south"])


def test_built_in_checks_are_explained_beside_rules() -> None:
    world = orders.world(hold_remarks=True)
    world.put("A", 1)
    rule("order.units == 1", held("one"), name="Ones")
    order = world.order({"A": 1}, buyer_remark="hello")
    assert orders.holds(order) == ["remark", "rule"]
    assert decided(order) == [("intake", "Remark needs a person", ["hold"]), ("intake", "Ones", ["hold"])]


def test_statements_do_not_grow_with_orders_or_rules() -> None:
    world = orders.world()
    world.put("A", 1000)
    counts: dict[tuple[int, int], int] = {}
    rule("false", held())
    world.order({"A": 1})  # what is read once in a process has been read
    for rules in (2, 21):
        for place in range(Rule.objects.count(), rules):
            rule(
                f'history.orders_24h > {place + 50} or region.city == "x" or any(line.quantity > 99 for line in lines)'
                f" or buyer.orders > 99 or order.units == 1",
                ("tag", {"tags": [f"t{place % 5}"]}),
            )
        for count in (10, 100):
            made = [orders.order_in({"A": 1}) for _ in range(count)]
            with CaptureQueriesContext(connection) as queries:
                world.intake(*made)
            counts[rules, count] = len(queries)
    # The lines of a hundred orders go in by COPY, which is not counted.
    assert counts[2, 10] == counts[21, 10]
    assert counts[2, 100] == counts[21, 100]
    assert counts[2, 100] <= counts[2, 10]


def test_the_rules_that_come_with_hecang() -> None:
    world = orders.world()
    world.put("A", 100)
    assert len(rule_defaults_install()) == len(DEFAULTS)
    assert rule_defaults_install() == []
    on = Rule.objects.filter(is_enabled=True).count()
    assert on == sum(default.is_enabled for default in DEFAULTS)
    remote = world.order({"A": 1}, recipient=orders.recipient(address="菜鸟驿站 3 号柜"))
    assert remote.tags == ["pickup-point"]


def test_what_rules_said_of_stock_falls_when_the_stock_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    # given rules about stock, and somebody who takes it between the plan and the lock
    world = orders.world(hold_remarks=True)
    world.put("A", 3)
    rule("stock.short_units == 0", ("tag", {"tags": ["whole"]}), ("approve", {"waive": ["remark"]}))
    rule("stock.short_units > 0", ("tag", {"tags": ["short"]}))
    insert = writing.orders_insert

    def robbed(drafts: Any, at: Any) -> Any:
        world.put("A", -2)
        return insert(drafts, at)

    monkeypatch.setattr(writing, "orders_insert", robbed)
    # when an order comes in that was whole by the plan
    order = world.order({"A": 2}, tags=["vip"], buyer_remark="please call")
    # then what is written is what the rules say now
    assert (order.tags, orders.holds(order), order.state) == (["vip", "short"], ["remark"], "pending")
    assert ("stock", "stock.short_units > 0", ["tag"]) in decided(order)
    orders.assert_lawful()


def test_history_counts_what_was_bought_once() -> None:
    # given two orders of one buyer, merged, and parted into three
    world = orders.world()
    world.put("A", 100)
    who = orders.recipient()
    first, second = (world.order({"A": 4}, recipient=who) for _ in range(2))
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    order_split(order_id=first.pk, parts=[[SplitLine(line, 1)] for line in orders.line_ids(first)])
    rule("history.orders_24h != 2 or history.amount_24h != 80", held("miscounted"))
    # when they buy again, then they have bought twice, for eighty
    assert orders.holds(world.order({"A": 1}, recipient=who)) == []


def test_parts_of_an_order_are_held_for_the_same_reasons_and_released_for_good() -> None:
    # given an order that one rule holds, and another one that a person has released
    world = orders.world()
    world.put("A", 100)
    rule("order.total > 10", held("large"))
    order = world.order({"A": 9})
    order_hold_release(order_id=order.pk)
    rule("order.total > 11", held("very large"))
    order_change(order_id=order.pk, lines=[LineChange(orders.line_ids(order)[0], "", 8)])
    # when it is split, then its part says why it is held
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(orders.line_ids(order)[0], 4)]])
    part = SalesOrder.objects.get(pk=child)
    assert [one["reason"] for one in part.holds.get().detail["rules"]] == ["very large"]
    # and what was released on either stays released
    order_hold_release(order_id=child)
    order_change(order_id=child, lines=[LineChange(orders.line_ids(child)[0], "", 3)])
    assert orders.holds(part) == []
    orders.assert_lawful()
