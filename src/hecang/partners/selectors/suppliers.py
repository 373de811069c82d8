"""Questions about suppliers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hecang.kernel.crypto import mask_name, mask_phone
from hecang.kernel.db import fetch
from hecang.kernel.errors import NotFound
from hecang.partners.models import Supplier
from hecang.partners.selectors.regions import region_names

_ROW = (
    "id", "code", "name", "name_en", "contact", "phone", "email", "currency", "lead_time_days", "payment_days",
    "min_order_amount", "send_by", "is_active", "updated_at",
)  # fmt: skip
_REF = """
SELECT id, code, name, currency, lead_time_days, payment_days, min_order_amount, send_by, email, is_active FROM supplier
"""


@dataclass(frozen=True, slots=True)
class SupplierRef:
    """A supplier, as other apps need it."""

    id: int
    code: str
    name: str
    currency: str
    lead_time_days: int
    payment_days: int
    min_order_amount: Decimal | None
    send_by: str
    email: str
    is_active: bool


def suppliers_by_code(codes: Iterable[str]) -> dict[str, SupplierRef]:
    """Those suppliers that exist, by code. One statement."""
    rows = fetch(f"{_REF} WHERE code = ANY(%s)", [sorted(set(codes))])
    return {row[1]: SupplierRef(*row) for row in rows}


def suppliers_by_id(ids: Iterable[int]) -> dict[int, SupplierRef]:
    """Those suppliers that exist, by id. One statement."""
    rows = fetch(f"{_REF} WHERE id = ANY(%s)", [sorted(set(ids))])
    return {row[0]: SupplierRef(*row) for row in rows}


def supplier_rows(
    *, q: str | None = None, active: bool | None = None, send_by: str | None = None
) -> QuerySet[Any, Any]:
    """Suppliers, by any part of code or name."""
    found = Supplier.objects.all()
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q) | Q(name_en__icontains=q))
    if active is not None:
        found = found.filter(is_active=active)
    if send_by is not None:
        found = found.filter(send_by=send_by)
    rows: QuerySet[Any, Any] = found.values(*_ROW)
    return rows


def supplier_detail(supplier_id: int) -> dict[str, Any]:
    """All of one supplier. Raises :class:`NotFound`."""
    row = (
        Supplier.objects.filter(pk=supplier_id)
        .values(*_ROW, "region_id", "address", "account_number", "note", "created_at")
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such supplier."))
    code = row.pop("region_id")
    return {**row, "region_code": code, "region_name": str(region_names([code])[code]) if code else ""}


def contacts_masked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of suppliers without what leads to a person."""
    return [
        {
            **row,
            "contact": mask_name(row["contact"]),
            "phone": mask_phone(row["phone"]),
            "email": mask_email(row["email"]),
        }
        for row in rows
    ]


def mask_email(address: str) -> str:
    """An address as lists show it: ``li.lei@example.com`` → ``l***@example.com``."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else mask_name(address)
