"""Merging 合单: lines of several orders travel in one, until somebody parts them again or a wave takes them.

What each customer's order was and what was paid for it stays written on the order that was merged; the one
that took its lines adds up goods, discounts and payments, and has one freight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.orders.errors import OrderStateConflict
from hecang.orders.events import OrderLinesChanged
from hecang.orders.models import OrderHold, OrderMerge
from hecang.orders.services.holds import holds_place
from hecang.orders.services.intake.inputs import MAX_LINES, ORDER_TEXTS
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import OrderLocked, lines_lock, missing, orders_lock_in_scope, refused
from hecang.orders.services.moving import lines_move, orders_count
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.states import BEFORE_WAVE, MERGED, PENDING
from hecang.orders.tags import WISH_MERGE

#: Holds that do not speak against travelling together; they go over to the joint order.
HARMLESS: Final = frozenset({OrderHold.Code.STOCK_SHORT.value, OrderHold.Code.REMARK.value})

_FACTS = """
SELECT id, external_number, recipient_digest, currency, awaits_release, ship_after, priority, promised_at, ship_by,
    buyer_remark, seller_remark, tags, goods_amount, discount_amount, total_amount, deposit_amount, balance_due,
    on_account AND settled_at IS NULL, (SELECT c.customer_id FROM customer_credit c WHERE c.customer_id = o.customer_id),
    ARRAY(SELECT h.code FROM order_hold h WHERE h.order_id = o.id AND h.released_at IS NULL ORDER BY h.id)
FROM sales_order o WHERE id = ANY(%s::bigint[])
"""
_TAKE_OVER = """
UPDATE sales_order SET priority = %s, promised_at = %s::timestamptz, ship_by = %s::timestamptz, buyer_remark = %s,
    seller_remark = %s, tags = %s::text[], goods_amount = goods_amount + %s,
    discount_amount = discount_amount + %s, total_amount = total_amount + %s, deposit_amount = deposit_amount + %s,
    balance_due = balance_due + %s, updated_at = %s
WHERE id = %s
"""
_LEAVE = """
UPDATE sales_order SET state = 'merged', merged_into_id = %s, is_held = false, is_short = false,
    tags = array_remove(tags, %s::varchar), updated_at = %s
WHERE id = ANY(%s::bigint[])
"""
_END_HOLDS = """
UPDATE order_hold SET released_by = %s, released_at = %s::timestamptz
WHERE order_id = ANY(%s::bigint[]) AND released_at IS NULL
"""


class _Facts(NamedTuple):
    id: int
    external_number: str
    recipient_digest: str
    currency: str
    awaits_release: bool
    ship_after: datetime | None
    priority: int
    promised_at: datetime | None
    ship_by: datetime | None
    buyer_remark: str
    seller_remark: str
    tags: list[str]
    goods_amount: Decimal
    discount_amount: Decimal
    total_amount: Decimal
    deposit_amount: Decimal
    balance_due: Decimal
    is_owed: bool
    debtor_id: int | None
    holds: list[str]


@transactional
def orders_merge(*, target_id: int, source_ids: Sequence[int], note: str = "") -> None:
    """Let all lines of some orders travel in ``target_id``.

    All go to the same recipient and belong to the same owner; all are approved or all still to be audited, none has
    units in a wave, none is held for more than missing stock or a remark. The more urgent priority and promise
    counts, remarks and tags are joined, holds carried over. Undone by :func:`order_unmerge`.

    Locks: the orders, their lines. Emits ``OrderLinesChanged`` for orders that had been approved. About fifteen
    statements, whatever the number of orders.

    :raises OrderNotFound: one of them is not there, or lies outside the actor's scope.
    :raises OrderStateConflict: they may not travel together; says which and why.
    """
    ids = list(dict.fromkeys([target_id, *source_ids]))
    orders = orders_lock_in_scope(ids)
    if len(orders) < len(ids) or len(ids) < 2:
        raise missing()
    facts = _facts(ids)
    target, sources = orders[target_id], [orders[key] for key in ids[1:]]
    for order in orders.values():
        _check_order(order, facts[order.id])
    for source in sources:
        _check_pair(target, source, facts)
    lines = lines_lock(ids)
    if sum(map(len, lines.values())) > MAX_LINES:
        raise refused(
            target, _("Together they have too many lines for one order; leave %(number)s as it is.")
        )
    now = clock.now()
    taken_over = _take_over(facts[target_id], [facts[source.id] for source in sources], now)
    lines_move({line.id: target_id for source in sources for line in lines[source.id]})
    OrderMerge.objects.bulk_create(
        OrderMerge(
            target_id=target_id,
            source_id=source.id,
            line_ids=[line.id for line in lines[source.id]],
            source_state=source.state,
            taken_over=taken_over[source.id],
            merged_by=current_actor().name[:100],
            merged_at=now,
        )
        for source in sources
    )
    left = [source.id for source in sources]
    execute(_END_HOLDS, [current_actor().name[:100], now, left])
    execute(_LEAVE, [target_id, WISH_MERGE, now, left])
    orders_count(ids)
    carried = {code for source in sources for code in facts[source.id].holds if code != "stock_short"}
    holds_place([(target_id, code, {"merged": True}) for code in sorted(carried)], "", now)
    orders_derive([target_id])
    stock_hold_settle(orders_lock_in_scope([target_id])[target_id])
    _audit(target, sources, facts, lines_moved={key: len(lines[key]) for key in left}, note=note)
    if target.state != PENDING:
        emit(OrderLinesChanged(order_ids=tuple(sorted(ids))))


def _facts(order_ids: Sequence[int]) -> dict[int, _Facts]:
    return {row[0]: _Facts(*row) for row in fetch(_FACTS, [list(order_ids)])}


# ------------------------------------------------------------------ whether they may


def _check_order(order: OrderLocked, facts: _Facts) -> None:
    if order.state not in BEFORE_WAVE or order.is_cancelling:
        raise refused(
            order,
            _(
                "Order %(number)s has gone too far to be merged: it is shipped from, cancelled or merged already."
            ),
        )
    if facts.awaits_release:
        raise refused(
            order, _("Order %(number)s is a pre-sale that waits for its release; release it first.")
        )
    if facts.ship_after is not None and facts.ship_after > clock.now():
        raise refused(order, _("Order %(number)s is not to be shipped yet, so it travels alone."))
    if harmful := sorted(set(facts.holds) - HARMLESS):
        raise OrderStateConflict(
            _("Order %(number)s is held (%(holds)s). Settle that before you merge it.")
            % {"number": order.number, "holds": ", ".join(harmful)},
            data={"order_id": order.id, "holds": harmful},
        )


def _check_pair(target: OrderLocked, source: OrderLocked, facts: Mapping[int, _Facts]) -> None:
    if target.owner_id != source.owner_id:
        raise refused(source, _("The goods of order %(number)s belong to another owner."))
    if facts[target.id].currency != facts[source.id].currency:
        raise refused(source, _("Order %(number)s was paid in another currency."))
    digest = facts[target.id].recipient_digest
    if not digest or digest != facts[source.id].recipient_digest:
        raise refused(
            source, _("Order %(number)s goes to another recipient, or its recipient is incomplete.")
        )
    if _account(facts[target.id]) != _account(facts[source.id]):
        raise refused(
            source,
            _(
                "Order %(number)s is on another account than the other, or only one of them is paid. Ask finance."
            ),
        )
    if target.state != source.state:
        raise refused(
            source,
            _("Order %(number)s is not as far as the other: approve both, or neither, and merge then."),
        )
    if {target.merge_policy, source.merge_policy} & {"off"}:
        raise refused(
            source, _("The shop of order %(number)s, or of the other, does not want orders merged.")
        )


def _account(facts: _Facts) -> tuple[bool, int | None]:
    """Whether an order is owed, and by which customer with credit: the joint order is owed as one."""
    return facts.is_owed, facts.debtor_id


# ------------------------------------------------------------------ what the joint order takes over


def _take_over(target: _Facts, sources: Sequence[_Facts], now: datetime) -> dict[int, dict[str, list[Any]]]:
    """Write the joint order; source id → field → [before, after], one step for each source."""
    taken: dict[int, dict[str, list[Any]]] = {}
    joint = target._replace(tags=_settled(target.tags))
    for source in sources:
        after = joint._replace(
            priority=min(joint.priority, source.priority),
            promised_at=_earlier(joint.promised_at, source.promised_at),
            ship_by=_earlier(joint.ship_by, source.ship_by),
            buyer_remark=_joined(joint.buyer_remark, source.buyer_remark, "buyer_remark"),
            seller_remark=_joined(joint.seller_remark, source.seller_remark, "seller_remark"),
            tags=list(dict.fromkeys([*joint.tags, *_settled(source.tags)])),
        )
        taken[source.id] = {
            name: [_json(getattr(joint, name)), _json(getattr(after, name))]
            for name in ("priority", "promised_at", "ship_by", "buyer_remark", "seller_remark", "tags")
            if getattr(joint, name) != getattr(after, name)
        }
        joint = after
    sums = [
        sum((getattr(source, name) for source in sources), Decimal(0))
        for name in ("goods_amount", "discount_amount", "total_amount", "deposit_amount", "balance_due")
    ]
    execute(
        _TAKE_OVER,
        [joint.priority, joint.promised_at, joint.ship_by, joint.buyer_remark, joint.seller_remark,
         joint.tags, *sums, now, target.id],
    )  # fmt: skip
    return taken


def _settled(tags: Sequence[str]) -> list[str]:
    """Without the wish to be merged, which has come true."""
    return [tag for tag in tags if tag != WISH_MERGE]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None


def _joined(mine: str, other: str, field: str) -> str:
    """Both texts, each once; what does not fit stays on the order that it was written for."""
    parts = [mine] if other in mine else [part for part in (mine, other) if part]
    return "\n".join(parts)[: ORDER_TEXTS[field]]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _audit(
    target: OrderLocked,
    sources: Sequence[OrderLocked],
    facts: Mapping[int, _Facts],
    *,
    lines_moved: Mapping[int, int],
    note: str,
) -> None:
    told: dict[str, Any] = {
        "orders": [source.number for source in sources],
        "lines": sum(lines_moved.values()),
    }
    noted = {"note": note[:200]} if note else {}
    audit_record_many(
        action="orders.order.merged",
        entity_kind="sales_order",
        entries=[
            (target.id, None, told | noted),
            *(
                (
                    source.id,
                    {"state": source.state, "holds": facts[source.id].holds},
                    {"state": MERGED, "into": target.number, "into_id": target.id} | noted,
                )
                for source in sources
            ),
        ],
    )
