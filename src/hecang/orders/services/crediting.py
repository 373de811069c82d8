"""Customers' credit where orders are approved: nobody owes more than they may, however many approve at once.

The credit rows are locked last: after the orders, and after availability where that is locked too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.orders.selectors.credit import OpenAmount, credit_open
from hecang.orders.services.locking import (
    ActionResult,
    missing,
    orders_lock_in_scope,
    result_of,
    sorted_results,
)
from hecang.partners.selectors import CreditRef
from hecang.partners.services import credits_lock

_ASKING = """
SELECT o.id, o.customer_id, o.total_amount, o.currency, o.on_account,
    EXISTS (SELECT FROM order_decision d WHERE d.order_id = o.id AND d.stage = 'release' AND d.code = 'credit')
FROM sales_order o JOIN customer_credit c ON c.customer_id = o.customer_id
WHERE o.id = ANY(%s::bigint[]) AND o.settled_at IS NULL
ORDER BY o.id
"""
_ON_ACCOUNT = "UPDATE sales_order SET on_account = true WHERE id = ANY(%s::bigint[])"
_OWED = """
SELECT customer_id, total_amount FROM sales_order
WHERE id = %s AND on_account AND settled_at IS NULL AND customer_id IS NOT NULL
"""
_SETTLE = """
UPDATE sales_order SET settled_at = %s::timestamptz, updated_at = %s::timestamptz
WHERE id = ANY(%s::bigint[]) AND on_account AND settled_at IS NULL AND state <> 'merged'
RETURNING id, total_amount
"""


class Ask(NamedTuple):
    """An order that wants to go on its customer's account.

    :param key: names it in the answer.
    :param is_granted: a person has let it go on in spite of everything.
    """

    key: int
    customer_id: int
    amount: Decimal
    currency: str
    is_granted: bool = False


class Judgement(NamedTuple):
    """Which asks go on account, and why the others do not."""

    granted: list[int]
    refused: dict[int, dict[str, Any]]


def credit_judge(asks: Sequence[Ask]) -> Judgement:
    """Weigh orders against what their customers may owe, one after the other, under the lock of the credits.

    Customers without credit pay at once: their orders are neither granted nor refused. Two statements.
    """
    limits = credits_lock(customer_ids=[ask.customer_id for ask in asks])
    if not limits:
        return Judgement([], {})
    owed = credit_open(limits)
    now = clock.now()
    open_amounts = {key: owed[key].amount if key in owed else Decimal(0) for key in limits}
    granted: list[int] = []
    refused: dict[int, dict[str, Any]] = {}
    for ask in asks:
        credit = limits.get(ask.customer_id)
        if credit is None:
            continue
        reason = (
            ""
            if ask.is_granted
            else _reason(ask, credit, open_amounts[ask.customer_id], owed.get(ask.customer_id), now)
        )
        if reason:
            refused[ask.key] = _told(reason, credit, open_amounts[ask.customer_id], ask.amount)
        else:
            granted.append(ask.key)
            open_amounts[ask.customer_id] += ask.amount
    return Judgement(granted, refused)


def _reason(ask: Ask, credit: CreditRef, owed: Decimal, oldest: OpenAmount | None, now: datetime) -> str:
    if credit.is_blocked:
        return "blocked"
    if ask.currency != credit.currency:
        return "currency"
    if (
        credit.term_days is not None
        and oldest is not None
        and oldest.oldest_at + timedelta(days=credit.term_days) < now
    ):
        return "overdue"
    return "limit" if owed + ask.amount > credit.limit_amount else ""


def credit_gate(order_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Let locked orders that are about to be approved pass; those that may not → why.

    Those that pass are on account from now on. Locks the credits. One statement where no customer has any.
    """
    if not order_ids:
        return {}
    asks = [
        Ask(key, customer_id, amount, currency, on_account or granted)
        for key, customer_id, amount, currency, on_account, granted in fetch(_ASKING, [sorted(order_ids)])
    ]
    if not asks:
        return {}
    judged = credit_judge(asks)
    on_account_write(judged.granted)
    return judged.refused


def credit_recheck(order_id: int, *, before: Decimal) -> dict[str, Any] | None:
    """Why the customer of a locked order on account owes too much now that it costs more than before; ``None``: fine.

    Locks the credit. One statement where the order is on nobody's account.
    """
    row = fetch_one(_OWED, [order_id])
    if row is None or row[1] <= before:
        return None
    customer_id, amount = row
    credit = credits_lock(customer_ids=[customer_id]).get(customer_id)
    owed = credit_open([customer_id]).get(customer_id)
    if credit is None or owed is None or owed.amount <= credit.limit_amount:
        return None
    return _told("limit", credit, owed.amount - amount, amount)


def _told(reason: str, credit: CreditRef, owed: Decimal, amount: Decimal) -> dict[str, Any]:
    return {
        "reason": reason, "limit": str(credit.limit_amount), "open": str(owed), "amount": str(amount),
        "currency": credit.currency, "term_days": credit.term_days,
    }  # fmt: skip


def on_account_write(order_ids: Sequence[int]) -> None:
    """Note that these orders are owed. One statement, or none."""
    if order_ids:
        execute(_ON_ACCOUNT, [sorted(order_ids)])


@transactional
def orders_settle(*, order_ids: Sequence[int], note: str = "") -> list[ActionResult]:
    """Note that customers have paid orders on account; what was not owed is ``unchanged``. Locks the orders.

    What a merged order cost is owed with the order that it travels in.
    """
    orders = orders_lock_in_scope(order_ids)
    now = clock.now()
    settled = (
        {key: str(amount) for key, amount in fetch(_SETTLE, [now, now, sorted(orders)])} if orders else {}
    )
    audit_record_many(
        action="orders.order.settled",
        entity_kind="sales_order",
        entries=[
            (key, None, {"amount": amount, "note": note[:200]}) for key, amount in sorted(settled.items())
        ],
    )
    results = {
        key: result_of(key, missing())
        if key not in orders
        else ActionResult(key, True, "" if key in settled else "unchanged")
        for key in order_ids
    }
    return sorted_results(order_ids, results)


def credit_words(detail: dict[str, Any]) -> str:
    """Why an order may not go on account, for people."""
    words = {
        "blocked": _("The customer's credit is blocked. Unblock it, or let finance release the hold."),
        "currency": _(
            "The order is not in the currency of the customer's credit (%(currency)s). Let finance decide."
        ),
        "overdue": _("The customer has orders unpaid for more than %(term_days)s days. Settle them first."),
        "limit": _(
            "The customer owes %(open)s and may owe %(limit)s; this order costs %(amount)s. Settle orders, raise the"
            " limit, or let finance release the hold."
        ),
    }
    return words[detail["reason"]] % detail
