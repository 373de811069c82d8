"""Customers' credit as others need it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from hecang.kernel.db import fetch
from hecang.partners.models import CustomerCredit
from hecang.partners.phones import phone_hash, phone_normalise


class CreditRef(NamedTuple):
    """What a customer may owe."""

    customer_id: int
    limit_amount: Decimal
    currency: str
    term_days: int | None
    is_blocked: bool


def credits_of(customer_ids: Iterable[int]) -> dict[int, CreditRef]:
    """The credit of those customers that have one. One statement."""
    rows = fetch(
        "SELECT customer_id, limit_amount, currency, term_days, is_blocked FROM customer_credit"
        " WHERE customer_id = ANY(%s::bigint[])",
        [sorted(set(customer_ids))],
    )
    return {row[0]: CreditRef(*row) for row in rows}


def credit_rows(*, q: str = "", blocked: bool | None = None) -> QuerySet[Any, Any]:
    """Customers with credit, by the beginning of their code or by a whole phone number."""
    found = CustomerCredit.objects.all()
    if q:
        wanted = Q(customer__code__startswith=q)
        if len(phone_normalise(q)) >= 7:
            wanted |= Q(customer__phone_hash=phone_hash(q))
        found = found.filter(wanted)
    if blocked is not None:
        found = found.filter(is_blocked=blocked)
    return found.values(
        "customer_id", "customer__code", "customer__display_name", "limit_amount", "currency", "term_days",
        "is_blocked", "note", "updated_at",
    )  # fmt: skip
