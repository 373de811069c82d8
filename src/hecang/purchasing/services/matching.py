"""Three-way match: what was ordered and at which price, what came and was kept, what the invoice asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch
from hecang.purchasing.models import PurchasePolicy
from hecang.purchasing.models import SupplierInvoiceState as State
from hecang.purchasing.selectors.policy import policy_now

#: What a line may have against it.
NOT_ORDERED: Final = "not_ordered"
NOT_RECEIVED: Final = "not_received"
QUANTITY_OVER: Final = "quantity_over"
PRICE_HIGH: Final = "price_high"
PRICE_LOW: Final = "price_low"
#: Paying less than was agreed harms nobody but is shown.
HARMLESS: Final = frozenset({PRICE_LOW})

# Of an order line, earlier invoices are paid first: what they ask for is not payable a second time.
_LINES = """
SELECT n.id, i.id, n.order_line_id, n.quantity, n.unit_price, coalesce(l.unit_price, 0),
    coalesce(l.received - l.rejected, 0) - coalesce((
        SELECT sum(e.quantity) FROM supplier_invoice_line e JOIN supplier_invoice f ON f.id = e.invoice_id
        WHERE e.order_line_id = n.order_line_id AND f.state <> 'cancelled' AND (f.id, e.id) < (i.id, n.id)
    ), 0), o.currency = i.currency
FROM supplier_invoice i
JOIN supplier_invoice_line n ON n.invoice_id = i.id
LEFT JOIN purchase_order_line l ON l.id = n.order_line_id
LEFT JOIN purchase_order o ON o.id = l.order_id
WHERE i.id = ANY(%s::bigint[]) AND i.state IN ('matched', 'differs')
ORDER BY n.id
"""
_WRITE_LINES = """
UPDATE supplier_invoice_line n SET payable_quantity = s.payable, difference = s.difference,
    differences = ARRAY(SELECT unnest(string_to_array(nullif(s.codes, ''), ',')))
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::text[]) AS s (id, payable, difference, codes)
WHERE n.id = s.id
"""
_WRITE = """
UPDATE supplier_invoice i SET state = s.state, difference = s.difference, matched_at = %s, updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS s (id, state, difference)
WHERE i.id = s.id
"""
_OPEN_OF_ORDERS = """
SELECT DISTINCT i.id FROM supplier_invoice i JOIN supplier_invoice_line n ON n.invoice_id = i.id
JOIN purchase_order_line l ON l.id = n.order_line_id
WHERE l.order_id = ANY(%s::bigint[]) AND i.state IN ('matched', 'differs') ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line compared. ``difference``: what it asks for beyond what is payable at the agreed price."""

    payable: int
    difference: Decimal
    codes: tuple[str, ...]


def line_judge(
    *,
    quantity: int,
    price: Decimal,
    agreed: Decimal,
    payable: int,
    is_ordered: bool,
    policy: PurchasePolicy,
) -> Judged:
    """Compare one line with its order line, within the company's tolerances.

    :param payable: base units that came, were kept and are on no earlier invoice.
    """
    payable = max(payable, 0)
    above = Decimal(policy.price_tolerance) / 100
    if not is_ordered:
        return Judged(0, _money(price * quantity), (NOT_ORDERED,))
    codes = []
    most = payable + int(payable * Decimal(policy.quantity_tolerance) / 100)
    if payable == 0:
        codes.append(NOT_RECEIVED)
    elif quantity > most:
        codes.append(QUANTITY_OVER)
    if price > agreed * (1 + above):
        codes.append(PRICE_HIGH)
    elif price < agreed * (1 - above):
        codes.append(PRICE_LOW)
    return Judged(payable, _money(price * quantity - agreed * min(quantity, payable)), tuple(codes))


def invoices_match(invoice_ids: Collection[int]) -> None:
    """Compare locked invoices that are not released yet, and write what differs. Three statements."""
    policy = policy_now()
    judged: dict[int, list[Judged]] = {}
    rows = []
    for line_id, invoice_id, order_line, quantity, price, agreed, payable, is_same in fetch(
        _LINES, [sorted(set(invoice_ids))]
    ):
        found = line_judge(
            quantity=quantity,
            price=price,
            agreed=agreed,
            payable=int(payable),
            is_ordered=order_line is not None and bool(is_same),
            policy=policy,
        )
        judged.setdefault(invoice_id, []).append(found)
        rows.append((line_id, found.payable, found.difference, ",".join(found.codes)))
    if not rows:
        return
    execute(_WRITE_LINES, columns(rows, 4))
    now = clock.now()
    states = [
        (pk, _state(lines, policy), sum((one.difference for one in lines), Decimal(0)))
        for pk, lines in judged.items()
    ]
    execute(_WRITE, [now, now, *columns(states, 3)])


def _state(lines: Collection[Judged], policy: PurchasePolicy) -> str:
    over = sum((one.difference for one in lines if set(one.codes) - HARMLESS), Decimal(0))
    harmful = any(set(one.codes) - HARMLESS for one in lines)
    return (State.DIFFERS if harmful and over > policy.amount_tolerance else State.MATCHED).value


def invoices_open_of(order_ids: Collection[int]) -> list[int]:
    """Invoices that are not released yet and name lines of these orders."""
    return [row[0] for row in fetch(_OPEN_OF_ORDERS, [sorted(set(order_ids))])]


def _money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
