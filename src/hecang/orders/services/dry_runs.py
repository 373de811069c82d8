"""Dry runs: draft rules asked about the newest real orders before they go live. No order changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, fetch_one, run_in_transaction
from hecang.kernel.errors import HecangError, InvalidInput, NotFound
from hecang.orders.audit.kind import CODE
from hecang.orders.audit.trial import Comparison, rules_compare
from hecang.orders.models import DryRun
from hecang.rules.engine import LiveRule, compiled
from hecang.rules.kinds import Action
from hecang.rules.selectors import rules_live
from hecang.rules.services import rule_check

#: Orders that one dry run may ask about, and how many are answered at once, without a job.
MAX_ORDERS: Final = 5000
AT_ONCE: Final = 300
_PORTION: Final = 500
_KEPT_RUNS: Final = 50

logger = structlog.get_logger("hecang.orders")
State = DryRun.State

_NEWEST = """
SELECT id FROM sales_order
WHERE (%s::bigint IS NULL OR shop_id = %s::bigint) AND (%s::bigint[] IS NULL OR shop_id = ANY(%s::bigint[]))
    AND (%s::bigint[] IS NULL OR owner_id = ANY(%s::bigint[]))
ORDER BY placed_at DESC, id DESC LIMIT %s
"""
_CLAIM = """
UPDATE order_dry_run SET state = 'running' WHERE id = (
    SELECT id FROM order_dry_run WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""
_FORGET = """
DELETE FROM order_dry_run WHERE id IN (SELECT id FROM order_dry_run ORDER BY id DESC OFFSET %s)
"""


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A rule that is tried.

    :param rule_id: the rule that it stands for, in its place; ``None`` for a new one behind all others.
    :param is_enabled: false tries how it is without that rule.
    """

    name: str
    condition: str
    actions: Sequence[Action]
    rule_id: int | None = None
    shop_ids: Sequence[int] = ()
    is_last: bool = False
    is_enabled: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name, "condition": self.condition, "actions": [action.as_dict() for action in self.actions],
            "rule_id": self.rule_id, "shop_ids": list(self.shop_ids), "is_last": self.is_last,
            "is_enabled": self.is_enabled,
        }  # fmt: skip


def dry_run_start(*, drafts: Sequence[DraftRule], orders: int, shop_id: int | None = None) -> int:
    """Try drafts against the newest orders within the actor's scope; id of the run. Changes no order.

    Up to :data:`AT_ONCE` orders are done when this returns; more are left to ``hecang worker``.

    :raises ExpressionError, RuleRejected: a draft could not be stored as it is.
    """
    if not 0 < orders <= MAX_ORDERS:
        raise InvalidInput(_("Choose between 1 and %(most)s orders.") % {"most": MAX_ORDERS})
    for draft in drafts:
        rule_check(kind=CODE, condition=draft.condition, actions=draft.actions)
    actor = current_actor()
    scope = actor.scope
    shops = None if scope.shops is None else sorted(scope.shops)
    owners = None if scope.owners is None else sorted(scope.owners)
    found = fetch(_NEWEST, [shop_id, shop_id, shops, shops, owners, owners, orders])
    run = DryRun.objects.create(
        state=State.RUNNING if len(found) <= AT_ONCE else State.QUEUED,
        drafts=[draft.as_dict() for draft in drafts],
        order_ids=[row[0] for row in found],
        user_id=actor.user_id,
        created_at=clock.now(),
    )
    fetch(_FORGET + " RETURNING id", [_KEPT_RUNS])
    if run.state == State.RUNNING:
        _work(run)
    return run.pk


def dry_runs_waiting() -> bool:
    """Whether a run waits for a worker."""
    return DryRun.objects.filter(state=State.QUEUED).exists()


def dry_runs_work() -> int:
    """Work through the runs that wait; how many."""
    done = 0
    while (claimed := run_in_transaction(lambda: fetch_one(_CLAIM))) is not None:
        _work(DryRun.objects.get(pk=claimed[0]))
        done += 1
    return done


def dry_run_get(*, run_id: int) -> DryRun:
    """A run of the actor's own. Raises NotFound."""
    run = DryRun.objects.filter(pk=run_id, user_id=current_actor().user_id).first()
    if run is None:
        raise NotFound(_("There is no such dry run any more. Start it again."))
    return run


def _work(run: DryRun) -> None:
    comparison = Comparison()
    try:
        now = rules_live(CODE)
        then = _proposed(now, run.drafts)
        for start in range(0, len(run.order_ids), _PORTION):
            rules_compare(run.order_ids[start : start + _PORTION], now, then, comparison)
            run.done = comparison.orders
            run.save(update_fields=["done"])
    except HecangError as error:
        run.state, run.error = State.FAILED, str(error)[:500]
    except Exception as error:
        logger.exception("dry_run_failed", run=run.pk)
        run.state, run.error = State.FAILED, type(error).__name__
    else:
        run.state, run.result = State.DONE, comparison.as_dict()
    run.finished_at = clock.now()
    run.save(update_fields=["state", "result", "error", "finished_at"])


def _proposed(now: Sequence[LiveRule], drafts: Sequence[dict[str, Any]]) -> list[LiveRule]:
    """The rules in force with the drafts in their places."""
    given = {draft["rule_id"]: draft for draft in drafts if draft["rule_id"] is not None}
    rules: list[LiveRule] = []
    for rule in now:
        draft = given.pop(rule.id, None)
        if draft is None:
            rules.append(rule)
        elif draft["is_enabled"]:
            rules.append(_live(draft, rule.id))
    # Rules that are switched off now, and new ones.
    fresh = [*given.values(), *(draft for draft in drafts if draft["rule_id"] is None)]
    rules += [_live(draft, -place) for place, draft in enumerate(fresh, 1) if draft["is_enabled"]]
    return rules


def _live(draft: dict[str, Any], key: int) -> LiveRule:
    """A draft is in force at any time: it is tried on orders of the past."""
    return LiveRule(
        id=key,
        version=0,
        name=draft["name"],
        shop_ids=frozenset(draft["shop_ids"]),
        valid_from=None,
        valid_to=None,
        is_last=draft["is_last"],
        expression=compiled(CODE, draft["condition"]),
        actions=tuple(Action(one["action"], one["parameters"]) for one in draft["actions"]),
    )
