"""Draft rules tried on real orders: what would change is counted and shown, and nothing of it happens."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import orders

from hecang.kernel.actor import SYSTEM, Actor, Scope, acting
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.orders.models import DryRun, OrderDecision
from hecang.orders.services.dry_runs import (
    DraftRule,
    dry_run_get,
    dry_run_start,
    dry_runs_waiting,
    dry_runs_work,
)
from hecang.rules.errors import RuleRejected
from hecang.rules.expressions import ExpressionError
from hecang.rules.kinds import Action
from hecang.rules.models import Rule
from hecang.rules.services import RuleIn, rule_create

pytestmark = pytest.mark.django_db

HOLD = (Action("hold", {"reason": "look"}),)


def draft(condition: str, actions: tuple[Action, ...] = HOLD, **fields: Any) -> DraftRule:
    return DraftRule(name="Draft", condition=condition, actions=actions, **fields)


def result(run_id: int) -> dict[str, Any]:
    found: dict[str, Any] | None = dry_run_get(run_id=run_id).result
    assert found is not None
    return found


def test_changed_orders_are_shown_and_stay_as_they_are() -> None:
    # given three orders, and a rule in force that tags one of them
    world = orders.world()
    world.put("A", 100)
    rule_create(
        kind="orders.audit",
        rule=RuleIn("Big", "order.units >= 5", [Action("tag", {"tags": ["big"]})], is_enabled=True),
    )
    made = [world.order({"A": units}) for units in (1, 3, 5)]
    decisions = OrderDecision.objects.count()
    # when a draft that holds from three units on is tried
    found = result(dry_run_start(drafts=[draft("order.units >= 3")], orders=100))
    # then two orders would be held, and nothing has changed
    assert (found["orders"], found["changed"], found["counts"]) == (3, 2, {"held": 2})
    assert found["matched"] == {"Big": 1, "Draft": 2}
    assert {sample["order_id"] for sample in found["samples"]} == {made[1].pk, made[2].pk}
    five = next(sample for sample in found["samples"] if sample["order_id"] == made[2].pk)
    assert five["before"] == [{"action": "tag", "tags": ["big"]}]
    assert five["after"] == [{"action": "tag", "tags": ["big"]}, {"action": "hold", "reason": "look"}]
    assert five["facts"] == {"order.units": 5}
    assert [orders.holds(one) for one in made] == [[], [], []]
    assert (OrderDecision.objects.count(), Rule.objects.count()) == (decisions, 1)


def test_a_draft_stands_for_a_rule_or_takes_it_away() -> None:
    world = orders.world()
    world.put("A", 100)
    key = rule_create(kind="orders.audit", rule=RuleIn("Units", "order.units >= 2", HOLD, is_enabled=True))
    for units in (1, 2, 3):
        world.order({"A": units})
    narrower = result(dry_run_start(drafts=[draft("order.units >= 3", rule_id=key)], orders=100))
    assert narrower["counts"] == {"not_held": 1}
    without = result(dry_run_start(drafts=[draft("true", rule_id=key, is_enabled=False)], orders=100))
    assert without["counts"] == {"not_held": 2}
    newest = result(dry_run_start(drafts=[draft("order.units >= 3", rule_id=key)], orders=1))
    assert (newest["orders"], newest["changed"]) == (1, 0)


def test_many_orders_are_left_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hecang.orders.services.dry_runs.AT_ONCE", 2)
    world = orders.world()
    world.put("A", 100)
    for _ in range(3):
        world.order({"A": 1})
    run_id = dry_run_start(drafts=[draft("true")], orders=3)
    assert (dry_run_get(run_id=run_id).state, dry_runs_waiting()) == ("queued", True)
    assert dry_runs_work() == 1
    run = dry_run_get(run_id=run_id)
    assert (run.state, run.done, result(run_id)["changed"]) == ("done", 3, 3)
    assert not dry_runs_waiting()


def test_only_orders_of_the_own_shops_are_asked_and_runs_are_private() -> None:
    world = orders.world()
    other = orders.shop("OTHER", owner=world.shop.owner)
    world.put("A", 100)
    world.order({"A": 1})
    scoped = Actor(
        kind="user",
        name="desk",
        user_id=7,
        permissions=SYSTEM.permissions,
        scope=Scope(shops=frozenset({other.pk})),
    )
    with acting(scoped):
        run_id = dry_run_start(drafts=[draft("true")], orders=10)
        assert result(run_id)["orders"] == 0
    with pytest.raises(NotFound):
        dry_run_get(run_id=run_id)


def test_what_could_not_be_stored_is_not_tried() -> None:
    with pytest.raises(ExpressionError):
        dry_run_start(drafts=[draft("order.unitz > 1")], orders=10)
    with pytest.raises(RuleRejected):
        dry_run_start(drafts=[draft("true", (Action("gift", {"sku": "none", "quantity": 1}),))], orders=10)
    with pytest.raises(InvalidInput):
        dry_run_start(drafts=[draft("true")], orders=5001)
    assert not DryRun.objects.exists()
