"""Rules asked again about an order that has changed before its wave: holds, tags and the carrier service.

Gifts, warehouses, priority and tickets belong to the arrival of an order and are not decided again. What a
person has released stays released, as long as the rule says what it said then.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from hecang.kernel.db import execute
from hecang.kernel.outbox import emit
from hecang.orders.audit.ruling import RULE, Ruling, dismissed, rulebook, rules_ask
from hecang.orders.audit.subjects import subjects_stored
from hecang.orders.events import OrdersStopped
from hecang.orders.models import OrderDecision
from hecang.orders.services.crediting import credit_recheck
from hecang.orders.services.decisions import CREDIT, decisions_write
from hecang.orders.services.holds import holds_place, holds_release, settle_released
from hecang.orders.services.intake.inputs import MAX_TAGS
from hecang.orders.services.locking import OrderLocked
from hecang.orders.states import BEFORE_WAVE, PENDING

_CHANGE = OrderDecision.Stage.CHANGE.value

_REASONS = """
UPDATE order_hold SET detail = %s::jsonb WHERE order_id = %s AND code = 'rule' AND released_at IS NULL
"""
_WRITE = """
UPDATE sales_order SET service_id = coalesce(%s::bigint, service_id), tags = (
    SELECT array_agg(tag ORDER BY place) FROM (
        SELECT tag, min(place) AS place FROM unnest(tags::text[] || %s::text[]) WITH ORDINALITY AS t (tag, place)
        GROUP BY tag ORDER BY min(place) LIMIT %s
    ) AS kept
)
WHERE id = %s AND (%s::bigint IS NOT NULL OR NOT tags::text[] @> %s::text[])
"""


def rules_ask_again(order: OrderLocked, at: datetime) -> None:
    """Ask the rules in force about a locked order that has changed. Nothing happens once a wave has taken of it.

    Places, rewrites or releases its hold by rules; adds tags; sets the service. About eight statements, or one
    where no rule is in force.
    """
    if order.state not in BEFORE_WAVE:
        return
    book = rulebook([order.shop_id])
    rulings: dict[int, Ruling] = {}
    if book.rules:
        subjects = subjects_stored([order.id], sources=True)
        for after_sourcing in (False, True):
            rules_ask(book.stage(after_sourcing=after_sourcing), subjects, rulings, stage=_CHANGE)
    ruling = rulings.get(order.id, Ruling())
    _hold(order, ruling, at)
    if ruling.tags or ruling.service_id is not None:
        execute(
            _WRITE,
            [ruling.service_id, ruling.tags, MAX_TAGS, order.id, ruling.service_id, ruling.tags],
        )
    decisions_write([(order.id, decision) for decision in ruling.decisions])


def credit_ask_again(order: OrderLocked, at: datetime, *, before: Decimal) -> None:
    """Hold a locked order on account that has grown beyond what its customer may owe. Locks the credit.

    :param before: what it cost before; one that costs no more is not looked at.
    """
    if order.state not in BEFORE_WAVE:
        return
    detail = credit_recheck(order.id, before=before)
    if detail is not None:
        _stop(order, CREDIT, detail, at)


def _stop(order: OrderLocked, code: str, detail: dict[str, Any], at: datetime) -> bool:
    """Place a hold, and tell the warehouse where it may know of the order; false where one stands."""
    if not holds_place([(order.id, code, detail)], "", at):
        return False
    if order.state != PENDING and not order.is_held:
        emit(OrdersStopped(order_ids=(order.id,)))
    return True


def _hold(order: OrderLocked, ruling: Ruling, at: datetime) -> None:
    over = dismissed([order.id]) if ruling.reasons else set()
    reasons = [one for one in ruling.reasons if (order.id, one["rule_id"], one["version"]) not in over]
    if not reasons:
        if order.is_held and holds_release([order], [RULE], "", at):
            settle_released([order], at)
        return
    detail: dict[str, Any] = {"rules": reasons}
    if not _stop(order, RULE, detail, at):
        execute(_REASONS, [json.dumps(detail, ensure_ascii=False), order.id])
