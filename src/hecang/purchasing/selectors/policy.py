"""What the company wants of its purchasing, and who has to say yes."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from hecang.accounts.models import User
from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.purchasing.models import PurchasePolicy


def policy_now() -> PurchasePolicy:
    """The policy in force; the defaults where there is no row (a fresh test database, say)."""
    return PurchasePolicy.objects.filter(pk=1).first() or PurchasePolicy(id=1, updated_at=clock.now())


def rate_of(policy: PurchasePolicy, currency: str) -> Decimal | None:
    """What one unit of ``currency`` is worth in the company's; ``None`` where nobody has said."""
    if currency == policy.base_currency:
        return Decimal(1)
    try:
        return Decimal(str(policy.rates[currency]))
    except (KeyError, InvalidOperation):
        return None


def roles_needed(policy: PurchasePolicy, amount: Decimal, currency: str) -> list[str]:
    """Roles whose yes an order needs, lowest step first. Without a rate every step counts, for who knows.

    One statement.
    """
    rate = rate_of(policy, currency)
    rows = fetch("SELECT role, from_amount FROM purchase_approval_step ORDER BY from_amount, role")
    return [role for role, begins in rows if rate is None or amount * rate >= begins]


def roles_of(user_id: int | None) -> Collection[str]:
    """The roles of a user; none for the system, which approves nothing that needs a person."""
    if user_id is None:
        return ()
    roles = User.objects.filter(pk=user_id, is_active=True).values_list("roles", flat=True).first()
    return tuple(roles or ())
