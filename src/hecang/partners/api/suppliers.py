"""Suppliers: whom goods are bought from."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, InputSchema, ListDefinition, Moment, Name, Schema
from hecang.partners import services
from hecang.partners.api.base import Created, router
from hecang.partners.models import Supplier
from hecang.partners.selectors import supplier_detail
from hecang.partners.selectors.suppliers import contacts_masked, supplier_rows
from hecang.partners.services.suppliers import SupplierFields

SupplierCode = Annotated[str, Field(min_length=1, max_length=32)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Email = Annotated[str, Field(max_length=200, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Days = Annotated[int, Field(ge=0, le=1000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class SupplierRow(Schema):
    id: int
    code: str
    name: str
    name_en: str
    contact: str = Field(description="masked for whoever may not change suppliers, as are phone and e-mail")
    phone: str
    email: str
    currency: str
    lead_time_days: int
    payment_days: int
    min_order_amount: Decimal | None
    send_by: str
    is_active: bool
    updated_at: Moment


class SupplierOut(SupplierRow):
    region_code: str | None
    region_name: str
    address: str
    account_number: str
    note: str
    created_at: Moment


class SupplierFilters(Schema):
    q: str | None = Field(None, max_length=64, description="any part of code or name")
    active: bool | None = None
    send_by: Supplier.SendBy | None = None


class SupplierBody(InputSchema):
    name: Name | None = None
    name_en: Annotated[str, Field(max_length=200)] | None = None
    contact: Annotated[str, Field(max_length=50)] | None = None
    phone: Annotated[str, Field(max_length=32)] | None = None
    email: Email | None = None
    region_code: RegionCode | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    currency: Currency | None = None
    lead_time_days: Days | None = None
    payment_days: Days | None = None
    min_order_amount: Money | None = None
    send_by: Supplier.SendBy | None = None
    account_number: Annotated[str, Field(max_length=64)] | None = None
    note: Annotated[str, Field(max_length=500)] | None = None


class SupplierIn(SupplierBody):
    code: SupplierCode
    name: Name


class SupplierChange(SupplierBody):
    is_active: bool | None = None


def _masked(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows if actor.may("partners.supplier.change") else contacts_masked(rows)


SUPPLIERS = ListDefinition(
    name="suppliers",
    title="Suppliers",
    filters=SupplierFilters,
    row=SupplierRow,
    columns=(
        Column("code", _("Code")),
        Column("name", _("Name")),
        Column("name_en", _("Name in English")),
        Column("contact", _("Contact")),
        Column("phone", _("Phone")),
        Column("email", _("E-mail")),
        Column("currency", _("Currency")),
        Column("lead_time_days", _("Lead time (days)")),
        Column("payment_days", _("Payment term (days)")),
        Column("min_order_amount", _("Least order")),
        Column("send_by", _("Sent by")),
        Column("is_active", _("Active")),
    ),
    sorts={"code": "code", "id": "id", "name": "name"},
    default_sort="code",
    query=lambda _actor, filters: supplier_rows(
        q=filters.q, active=filters.active, send_by=filters.send_by.value if filters.send_by else None
    ),
    enrich=_masked,
)
router.list("/suppliers", SUPPLIERS, permission="partners.supplier.view")


@router.get(
    "/suppliers/{supplier_id}",
    permission="partners.supplier.view",
    response=SupplierOut,
    summary="One supplier",
)
def supplier_get(request: ApiRequest, supplier_id: int) -> dict[str, Any]:
    return _masked(request.actor, [supplier_detail(supplier_id)])[0]


@router.post(
    "/suppliers",
    permission="partners.supplier.create",
    response=Created,
    status=201,
    summary="Enter a supplier",
)
def supplier_post(request: ApiRequest, payload: SupplierIn) -> Created:
    fields = SupplierFields(**payload.model_dump(exclude={"code"}))
    return Created(id=services.supplier_create(code=payload.code, fields=fields))


@router.patch("/suppliers/{supplier_id}", permission="partners.supplier.change", summary="Change a supplier")
def supplier_patch(request: ApiRequest, supplier_id: int, payload: SupplierChange) -> None:
    """What is left out stays; ``min_order_amount`` and ``region_code`` given as null are taken away."""
    services.supplier_change(supplier_id=supplier_id, changes=payload.model_dump(exclude_unset=True))
