"""Customers' credit: how much they may owe, and for how long."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import NotFound
from hecang.partners.models import Customer, CustomerCredit
from hecang.partners.selectors.credit import CreditRef

_LOCK = """
SELECT customer_id, limit_amount, currency, term_days, is_blocked FROM customer_credit
WHERE customer_id = ANY(%s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE
"""


@transactional
def credit_set(
    *,
    customer_id: int,
    limit_amount: Decimal,
    currency: str = "CNY",
    term_days: int | None = None,
    is_blocked: bool = False,
    note: str = "",
) -> None:
    """Give a customer credit, or change it. Locks the credit. Orders on hold stay so until they are approved.

    :raises NotFound: no such customer.
    """
    if not Customer.objects.filter(pk=customer_id).exists():
        raise NotFound(_("There is no such customer."))
    present = CustomerCredit.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    credit = CustomerCredit(
        customer_id=customer_id,
        limit_amount=limit_amount,
        currency=currency,
        term_days=term_days,
        is_blocked=is_blocked,
        note=note,
        updated_at=clock.now(),
    )
    before, after = None if present is None else _facts(present), _facts(credit)
    if before == after:
        return
    credit.save(force_insert=present is None)
    audit_record(
        action="partners.credit.set",
        entity_kind="customer",
        entity_id=customer_id,
        before=before,
        after=after,
    )


@transactional
def credit_remove(*, customer_id: int) -> None:
    """Take a customer's credit away: they pay at once again. Locks the credit.

    :raises NotFound: they have none.
    """
    present = CustomerCredit.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if present is None:
        raise NotFound(_("This customer has no credit."))
    before = _facts(present)
    present.delete()
    audit_record(
        action="partners.credit.removed", entity_kind="customer", entity_id=customer_id, before=before
    )


def credits_lock(*, customer_ids: list[int]) -> dict[int, CreditRef]:
    """Lock the credit of those customers that have one, in key order. One statement.

    Whoever lets an order go on account does so under this lock, so that two orders never share what is left.
    """
    return {row[0]: CreditRef(*row) for row in fetch(_LOCK, [sorted(set(customer_ids))])}


def _facts(credit: CustomerCredit) -> dict[str, Any]:
    return {
        "limit": str(credit.limit_amount.quantize(Decimal("0.01"))),
        "currency": credit.currency,
        "term_days": credit.term_days,
        "is_blocked": credit.is_blocked,
        "note": credit.note,
    }
