"""Querysets behind the lists of the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from hecang.partners.models import BlockedContact, Customer, Owner
from hecang.partners.phones import phone_hash, phone_normalise

Rows = QuerySet[Any, Any]
#: Fewer digits are not looked up as a phone number.
_PHONE_DIGITS = 7


def owner_rows(scope: Collection[int] | None, *, q: str | None = None, active: bool | None = None) -> Rows:
    """Owners within a data scope (``None``: all), by any part of code or name."""
    found = Owner.objects.all()
    if scope is not None:
        found = found.filter(pk__in=scope)
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q))
    if active is not None:
        found = found.filter(is_active=active)
    return found.values("id", "code", "name", "is_active")


def customer_rows(*, q: str | None = None, blocked: bool | None = None) -> Rows:
    """Customers, by the beginning of their code or by a whole phone number (names are encrypted)."""
    found = Customer.objects.all()
    if q:
        wanted = Q(code__startswith=q)
        if len(phone_normalise(q)) >= _PHONE_DIGITS:
            wanted |= Q(phone_hash=phone_hash(q))
        found = found.filter(wanted)
    if blocked is not None:
        found = found.filter(is_blocked=blocked)
    return found.values("id", "code", "display_name", "is_blocked", "blocked_reason", "created_at")


def blocked_contact_rows(*, phone: str | None = None) -> Rows:
    """The black list, or the entry of one whole phone number."""
    found = BlockedContact.objects.all()
    if phone:
        found = found.filter(phone_hash=phone_hash(phone))
    return found.values("id", "display", "reason", "created_at")
