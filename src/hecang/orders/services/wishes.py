"""What rules wish of orders, carried out as soon as they are approved: to be split, or to travel with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.orders.audit.ruling import RULE, Decision
from hecang.orders.models import OrderDecision
from hecang.orders.services.decisions import decisions_write
from hecang.orders.services.locking import orders_lock
from hecang.orders.services.merging_auto import orders_merge_matching
from hecang.orders.services.split_policies import HAZARD, SIZE, STOCK, TEMPERATURE
from hecang.orders.services.splitting_auto import order_split_by
from hecang.orders.states import APPROVED
from hecang.orders.tags import WISH_MERGE, WISH_SPLIT

#: Tag of a wish to be split → what by.
SPLITS: Final = {
    WISH_SPLIT + by: policy
    for by, policy in (("temperature", TEMPERATURE), ("hazard", HAZARD), ("stock", STOCK), ("weight", SIZE))
}
#: Orders that are looked at in one go.
MOST: Final = 1000

_OPEN = "o.state = 'approved' AND NOT o.is_held AND NOT o.is_cancelling AND NOT o.tags = '{}'"
_TO_SPLIT = f"""
SELECT o.id FROM sales_order o
WHERE o.tags && %s::varchar[] AND {_OPEN} AND (%s::bigint[] IS NULL OR o.id = ANY(%s::bigint[]))
ORDER BY o.id LIMIT %s
"""  # noqa: S608 - put together from constants
# Those without a companion go on waiting for one.
_TO_MERGE = f"""
SELECT o.id FROM sales_order o
WHERE o.tags && ARRAY['{WISH_MERGE}']::varchar[] AND {_OPEN} AND o.recipient_digest <> ''
    AND (%s::bigint[] IS NULL OR o.id = ANY(%s::bigint[])) AND EXISTS (
        SELECT FROM sales_order p WHERE p.recipient_digest = o.recipient_digest AND p.recipient_digest <> ''
            AND p.owner_id = o.owner_id AND p.shop_id = o.shop_id AND p.state = 'approved' AND p.id <> o.id)
ORDER BY o.id LIMIT %s
"""  # noqa: S608 - put together from constants
_WISHED = """
SELECT o.tags, s.split_by FROM sales_order o JOIN shop s ON s.id = o.shop_id WHERE o.id = %s
"""
_TAKE = """
UPDATE sales_order SET tags = ARRAY(SELECT t FROM unnest(tags) AS t WHERE t <> ALL(%s::varchar[])), updated_at = %s
WHERE id = %s
"""
# The rule that wished it; nobody has to be named where a tag was written by somebody else.
_RULES = """
SELECT DISTINCT ON (order_id) order_id, rule_id, version FROM order_decision
WHERE order_id = ANY(%s::bigint[]) AND rule_id IS NOT NULL AND outcome @> %s::jsonb AND stage <> 'approval'
ORDER BY order_id, id DESC
"""
_NUMBERS = "SELECT number FROM sales_order WHERE id = ANY(%s::bigint[]) ORDER BY id"


def wishes_fulfil(*, order_ids: Sequence[int] | None = None) -> int:
    """Split and merge approved orders as rules wish it; how many wishes came true.

    A wish to be split is settled once, whatever comes of it; one to be merged when the order has been merged. What
    came of it is kept as a decision of the rule. Each order is a transaction (or savepoint) of its own.

    :param order_ids: look at these only; ``None`` for all, :data:`MOST` at a time.
    """
    named = None if order_ids is None else list(order_ids)
    rows = fetch(_TO_SPLIT, [list(SPLITS), named, named, MOST])
    split = sum(wish_split(order_id=row[0]) for row in rows)
    wanting = [row[0] for row in fetch(_TO_MERGE, [named, named, MOST])]
    return split + (_merge(wanting) if wanting else 0)


@transactional
def wish_split(*, order_id: int) -> bool:
    """Split one order by what its tags and its shop say, and take the wishes from it; whether it was split.

    Locks as :func:`~hecang.orders.services.splitting.order_split`.
    """
    order = orders_lock(order_ids=[order_id]).get(order_id)
    if order is None or order.state != APPROVED or order.is_held or order.is_cancelling:
        return False
    ((tags, shops),) = fetch(_WISHED, [order_id])
    wishes = [tag for tag in tags if tag in SPLITS]
    if not wishes:
        return False  # somebody was quicker
    execute(_TAKE, [wishes, clock.now(), order_id])
    by = [tag.removeprefix(WISH_SPLIT) for tag in wishes]
    made: list[int] = []
    try:
        with transaction.atomic():
            made = order_split_by(
                order_id=order_id,
                policies={*shops, *(SPLITS[tag] for tag in wishes)},
                note=_("As a rule wishes it"),
            )
    except HecangError as error:
        outcome: dict[str, Any] = {"action": "split_refused", "by": by, "message": str(error)[:300]}
    else:
        numbers = [row[0] for row in fetch(_NUMBERS, [made])]
        outcome = (
            {"action": "split", "by": by, "orders": numbers} if made else {"action": "split_none", "by": by}
        )
    _explain("split", {order_id: outcome})
    return bool(made)


def _merge(order_ids: Sequence[int]) -> int:
    results = orders_merge_matching(order_ids=order_ids, wished=True, note=_("As a rule wishes it"))
    done = {row.id: row for row in results if row.code in {"merged", "joined"}}
    _explain(
        "merge",
        {key: {"action": row.code, "orders": row.message.split(", ")} for key, row in done.items()},
    )
    return len(done)


def _explain(action: str, outcomes: dict[int, dict[str, Any]]) -> None:
    """Keep what came of a wish as a decision of the rule that wished it."""
    rules = fetch(_RULES, [list(outcomes), f'[{{"action": "{action}"}}]'])
    decisions_write(
        [
            (
                order_id,
                Decision(
                    OrderDecision.Stage.APPROVAL.value, RULE, [outcomes[order_id]], {}, rule_id, version
                ),
            )
            for order_id, rule_id, version in rules
        ]
    )
