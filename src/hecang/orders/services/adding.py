"""Lines that are added to an order beside what the customer bought: gifts, substitutes, what is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.kernel.db import execute, fetch_one
from hecang.kernel.errors import Problem
from hecang.orders.errors import OrderRejected
from hecang.orders.services.intake.drafts import PRICE, lines_open
from hecang.orders.services.intake.inputs import LineIn, Problems, form_check_lines
from hecang.orders.services.intake.writing import lines_insert
from hecang.orders.services.locking import OrderLocked

_ROOM = """
SELECT coalesce(max(line_no), 0), array(SELECT nextval('sales_order_line_id_seq') FROM generate_series(1, %s))
FROM sales_order_line WHERE order_id = %s
"""
_WHY = "UPDATE sales_order_line SET reason = %s, source_order_id = %s WHERE id = ANY(%s::bigint[])"


class Added(NamedTuple):
    """:param units: what was added, all of it backordered for now."""

    line_ids: list[int]
    units: int


def lines_add(
    order: OrderLocked,
    wanted: Sequence[LineIn],
    *,
    amount: Decimal = Decimal(0),
    reason: str = "",
    source_order_id: int | None = None,
) -> Added:
    """Add lines of these SKUs to a locked order, kits opened; the caller reserves for them and counts the order.

    :param amount: what they cost in all; spread over their units, the last cent falls to the last line.
    :raises OrderRejected: naming what is wrong with which SKU.
    """
    problems = Problems()
    form_check_lines(wanted, problems)
    drafts = [] if problems.found else lines_open(wanted, problems, owner_id=order.owner_id)
    if problems.found:
        found = [
            Problem(p.message, p.code, p.loc and p.loc.partition(".")[2], field=p.field)
            for p in problems.found
        ]
        raise OrderRejected(_("The lines are not right; nothing was changed."), problems=found)
    row = fetch_one(_ROOM, [len(drafts), order.id])
    assert row is not None
    last, ids = row
    units = sum(draft.quantity for draft in drafts)
    left, open_units, rows = amount, units, []
    for key, draft in zip(ids, drafts, strict=True):
        share = (left * draft.quantity / open_units).quantize(Decimal("0.01"), ROUND_HALF_UP)
        left, open_units = left - share, open_units - draft.quantity
        price = (share / draft.quantity).quantize(PRICE, ROUND_HALF_UP)
        rows.append(
            (key, order.id, last + draft.line_no, draft.sku_id, draft.kit_sku_id, draft.quantity, price, share,
             draft.kind, draft.external_line, 0, draft.quantity)
        )  # fmt: skip
    lines_insert(rows)
    if reason or source_order_id is not None:
        execute(_WHY, [reason, source_order_id, ids])
    return Added(list(ids), units)
