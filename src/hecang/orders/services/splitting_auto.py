"""Splitting by policy: as a person, a rule or the shop itself wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.catalog.selectors import sku_handling, sku_physicals
from hecang.facility.selectors import warehouses_of_suppliers
from hecang.inventory.selectors import reservations_active
from hecang.kernel import clock
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.kernel.errors import HecangError, InvalidInput
from hecang.orders.services.locking import ActionResult, LineLocked, result_of, sorted_results
from hecang.orders.services.split_policies import POLICIES, SIZE, Limits, LineFacts, split_plan
from hecang.orders.services.splitting import order_to_split, split_locked

_SHOP = """
SELECT s.split_by, s.split_weight_g, s.split_volume_mm3, o.awaits_release
FROM sales_order o JOIN shop s ON s.id = o.shop_id WHERE o.id = %s
"""
_LINES = """
SELECT l.id, l.kind, c.ship_after FROM sales_order_line l
LEFT JOIN presale_claim p ON p.line_id = l.id LEFT JOIN presale_campaign c ON c.id = p.campaign_id
WHERE l.order_id = %s
"""
# Once split, an order is not split by its shop's policies again: its parts go as they were made.
_WANTING = """
SELECT o.id FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.id = ANY(%s::bigint[]) AND s.split_by <> '{}' AND o.state = 'approved' AND NOT o.is_cancelling
    AND (o.origin_id IS NULL OR o.kind IN ('exchange', 'resend'))
    AND NOT EXISTS (SELECT 1 FROM sales_order c WHERE c.origin_id = o.id AND c.kind IN ('sale', 'presale'))
ORDER BY o.id
"""


@transactional
def order_split_by(*, order_id: int, policies: Collection[str] | None = None, note: str = "") -> list[int]:
    """Split one order by these policies (those of its shop if not given); ids of the new orders, none where it fits.

    What can go first stays in the order. Locks as :func:`order_split`.

    :param policies: of :data:`~hecang.orders.services.split_policies.POLICIES`.
    """
    if unknown := set(policies or ()) - set(POLICIES):
        raise InvalidInput(_("An order cannot be split by “%(what)s”.") % {"what": min(unknown)})
    order, lines = order_to_split(order_id)
    row = fetch_one(_SHOP, [order_id])
    assert row is not None
    shop_policies, weight, volume, awaits = row
    chosen = frozenset(shop_policies if policies is None else policies)
    parts, stays = split_plan(_facts(order_id, lines, chosen), chosen, Limits(weight, volume))
    if not parts:
        return []
    return split_locked(
        order, lines, parts, frees_rest=bool(awaits and stays.awaits_release is False), note=note
    )


def orders_split_by(
    *, order_ids: Sequence[int], policies: Collection[str] | None = None, note: str = ""
) -> list[ActionResult]:
    """Split many orders, each in a transaction (or savepoint) of its own; one row for each.

    Code ``split`` with the number of new orders as the message, or ``unchanged``.
    """
    results: dict[int, ActionResult] = {}
    for order_id in dict.fromkeys(order_ids):
        try:
            with transaction.atomic():
                made = order_split_by(order_id=order_id, policies=policies, note=note)
        except HecangError as error:
            results[order_id] = result_of(order_id, error)
        else:
            results[order_id] = ActionResult(
                order_id, True, "split" if made else "unchanged", str(len(made) or "")
            )
    return sorted_results(order_ids, results)


def orders_split_automatic(*, order_ids: Sequence[int]) -> int:
    """Split those of these approved orders whose shops want that by themselves; how many were."""
    ids = [row[0] for row in fetch(_WANTING, [list(order_ids)])]
    return sum(row.code == "split" for row in orders_split_by(order_ids=ids)) if ids else 0


def _facts(order_id: int, lines: Sequence[LineLocked], chosen: frozenset[str]) -> list[LineFacts]:
    about: dict[int, tuple[Any, ...]] = {row[0]: row[1:] for row in fetch(_LINES, [order_id])}
    handling = sku_handling(line.sku_id for line in lines)
    physicals = sku_physicals([line.sku_id for line in lines]) if SIZE in chosen else None
    volumes = physicals.volume_mm3.tolist() if physicals is not None else []
    suppliers = _suppliers([line.id for line in lines if line.reserved]) if "supplier" in chosen else {}
    now = clock.now()
    facts = []
    for place, line in enumerate(lines):
        kind, ship_after = about[line.id]
        temperature, hazard = handling[line.sku_id]
        facts.append(
            LineFacts(
                line=line,
                is_gift=kind == "gift",
                temperature=temperature,
                hazard=hazard,
                suppliers=suppliers.get(line.id),
                ship_after=ship_after if ship_after is not None and ship_after > now else None,
                weight_g=int(physicals.weight_g[place]) if physicals is not None else 0,
                volume_mm3=volumes[place] if volumes else 0,
            )
        )
    return facts


def _suppliers(line_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Line id → supplier's warehouse → units reserved there."""
    theirs = warehouses_of_suppliers()
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    if theirs:
        for row in reservations_active("sales_order_line", line_ids):
            if row.warehouse_id in theirs:
                found[row.source_id][row.warehouse_id] += row.quantity
    return {line: dict(units) for line, units in found.items()}
