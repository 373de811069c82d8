"""Which orders may travel together, and merging them where their shop wants that by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.kernel.db import fetch
from hecang.kernel.errors import HecangError
from hecang.orders.selectors.merging import MERGEABLE
from hecang.orders.services.locking import ActionResult, result_of, sorted_results
from hecang.orders.services.merging import orders_merge
from hecang.orders.states import APPROVED, BEFORE_WAVE

# Open orders of the recipients of these ones, with all that has to be equal for them to travel together.
_PARTNERS = f"""
SELECT o.id, o.placed_at, s.merge_hours, s.merge_policy, o.number, (o.owner_id, o.shop_id, o.recipient_digest, o.currency,
    o.state, o.service_id, o.warehouses_only, o.warehouses_never, o.on_account AND o.settled_at IS NULL,
    (SELECT c.customer_id FROM customer_credit c WHERE c.customer_id = o.customer_id))::text
FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.recipient_digest IN (
        SELECT i.recipient_digest FROM sales_order i WHERE i.id = ANY(%s::bigint[]) AND i.recipient_digest <> ''
    ) AND {MERGEABLE} AND s.merge_policy = ANY(%s::text[]) AND o.state = ANY(%s::text[])
ORDER BY o.placed_at, o.id
"""  # noqa: S608 - put together from constants
_EVERYWHERE = """
SELECT o.id FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.state = 'approved' AND o.recipient_digest <> '' AND s.merge_policy = 'auto' AND EXISTS (
    SELECT 1 FROM sales_order p WHERE p.recipient_digest = o.recipient_digest AND p.owner_id = o.owner_id
        AND p.state = 'approved' AND p.recipient_digest <> '' AND p.shop_id = o.shop_id AND p.id <> o.id)
ORDER BY o.id LIMIT 1000
"""


class _Partner(NamedTuple):
    id: int
    placed_at: datetime
    hours: int
    policy: str
    number: str
    key: str


def orders_merge_matching(
    *, order_ids: Sequence[int], automatic: bool = False, wished: bool = False, note: str = ""
) -> list[ActionResult]:
    """Merge these orders with each other wherever they match: the older takes the younger.

    Each group is one transaction (or savepoint); what cannot be merged is told in its row.

    :param automatic: only in shops that want it by themselves, but with all open orders of the same recipient, not
        only those named, and not pending ones.
    :param wished: as a rule wishes it of the orders named: the same, but in all shops that let orders be merged.
    :return: one row for each order named: ``merged``, ``joined`` (it has taken others), or ``unchanged``.
    """
    policies = ["auto"] if automatic else ["ask", "auto"]
    states = [APPROVED] if automatic or wished else sorted(BEFORE_WAVE)
    rows = [_Partner(*row) for row in fetch(_PARTNERS, [list(order_ids), policies, states])]
    named = set(order_ids)
    if not (automatic or wished):
        rows = [row for row in rows if row.id in named]
    results = {
        key: ActionResult(key, True, "unchanged", _("No other order travels with it.")) for key in named
    }
    for group in _groups(rows):
        target, *others = group
        if not named & {one.id for one in group}:
            continue
        try:
            with transaction.atomic():
                orders_merge(target_id=target.id, source_ids=[one.id for one in others], note=note)
        except HecangError as error:
            told = {one.id: result_of(one.id, error) for one in group}
        else:
            told = {one.id: ActionResult(one.id, True, "merged", target.number) for one in others}
            told[target.id] = ActionResult(target.id, True, "joined", ", ".join(one.number for one in others))
        results |= {key: result for key, result in told.items() if key in named}
    return sorted_results(order_ids, results)


def _groups(rows: Sequence[_Partner]) -> list[list[_Partner]]:
    """Orders with everything in common, placed within their shop's hours of the first of them."""
    of_key: dict[str, list[list[_Partner]]] = defaultdict(list)
    for row in rows:
        groups = of_key[row.key]
        if groups and row.placed_at - groups[-1][0].placed_at <= timedelta(hours=row.hours):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [group for groups in of_key.values() for group in groups if len(group) > 1]


def orders_merge_everywhere() -> int:
    """Merge what the shops that want it by themselves have approved; how many orders went into others."""
    ids = [row[0] for row in fetch(_EVERYWHERE)]
    return (
        sum(row.code == "merged" for row in orders_merge_matching(order_ids=ids, automatic=True))
        if ids
        else 0
    )
