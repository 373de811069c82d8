"""Operations on owners, customers, regions and the black list."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Code,
    Column,
    InputSchema,
    ListDefinition,
    Moment,
    Schema,
)
from hecang.kernel.errors import InvalidInput, Problem
from hecang.partners import services
from hecang.partners.api.base import Created, router
from hecang.partners.errors import CodeTaken
from hecang.partners.pasted import recipient_parse
from hecang.partners.selectors import (
    customer_contact,
    customers_by_code,
    region_from_text,
    region_names,
    region_resolve,
    regions_below,
    regions_by_code,
)
from hecang.partners.selectors import lists as rows
from hecang.partners.services import AddressIn, CustomerRow

Title = Annotated[str, Field(min_length=1, max_length=200)]
OwnerCode = Annotated[str, Field(min_length=1, max_length=32)]
PersonName = Annotated[str, Field(max_length=64)]
Phone = Annotated[str, Field(max_length=32)]
Reason = Annotated[str, Field(max_length=200)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Place = Annotated[str, Field(max_length=64)]


# ---------------------------------------------------------------- owners


class OwnerOut(Schema):
    id: int
    code: str
    name: str
    is_active: bool


class OwnerFilters(Schema):
    q: str | None = Field(None, max_length=64)
    active: bool | None = None


class OwnerIn(InputSchema):
    code: OwnerCode
    name: Title


class OwnerChange(InputSchema):
    name: Title | None = None
    is_active: bool | None = None


OWNERS = ListDefinition(
    name="owners",
    title="Owners of goods",
    filters=OwnerFilters,
    row=OwnerOut,
    columns=(Column("code", _("Code")), Column("name", _("Name")), Column("is_active", _("Active"))),
    sorts={"code": "code", "id": "id"},
    default_sort="code",
    query=lambda actor, filters: rows.owner_rows(actor.scope.owners, q=filters.q, active=filters.active),
)
router.list("/owners", OWNERS, permission="partners.owner.view")


@router.post(
    "/owners", permission="partners.owner.create", response=Created, status=201, summary="Enter an owner"
)
def owner_post(request: ApiRequest, payload: OwnerIn) -> Created:
    return Created(id=services.owner_create(code=payload.code, name=payload.name))


@router.patch("/owners/{owner_id}", permission="partners.owner.change", summary="Change an owner")
def owner_patch(request: ApiRequest, owner_id: int, payload: OwnerChange) -> None:
    request.actor.scope.require(owner=owner_id)
    services.owner_change(owner_id=owner_id, name=payload.name, is_active=payload.is_active)


# ---------------------------------------------------------------- customers


class CustomerOut(Schema):
    id: int
    code: str
    display_name: str = Field(description="masked")
    is_blocked: bool
    blocked_reason: str
    created_at: Moment


class CustomerFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of the code, or a whole phone number")
    blocked: bool | None = None


class AddressBody(InputSchema):
    recipient: PersonName
    phone: Phone
    address: Annotated[str, Field(min_length=1, max_length=300)]
    province: Place = ""
    city: Place = ""
    district: Place = ""
    region_code: RegionCode | None = None
    is_default: bool = False


class CustomerFields(InputSchema):
    name: PersonName | None = None
    phone: Phone | None = None
    is_blocked: bool | None = None
    blocked_reason: Reason | None = None


class CustomerIn(CustomerFields):
    code: Code
    addresses: Annotated[list[AddressBody], Field(max_length=20)] = Field(default_factory=list)


class AddressOut(Schema):
    id: int
    region_code: str | None
    is_default: bool
    recipient: str
    phone: str
    province: str
    city: str
    district: str
    address: str


class ContactOut(Schema):
    name: str
    phone: str
    addresses: list[AddressOut]


CUSTOMERS = ListDefinition(
    name="customers",
    title="Customers",
    filters=CustomerFilters,
    row=CustomerOut,
    columns=(
        Column("code", _("Code")),
        Column("display_name", _("Name")),
        Column("is_blocked", _("Blocked")),
        Column("blocked_reason", _("Reason")),
        Column("created_at", _("Entered at")),
    ),
    sorts={"code": "code", "id": "id"},
    default_sort="code",
    query=lambda _actor, filters: rows.customer_rows(q=filters.q, blocked=filters.blocked),
)
router.list(
    "/customers", CUSTOMERS, permission="partners.customer.view", export_permission="partners.customer.export"
)


@router.post(
    "/customers",
    permission="partners.customer.create",
    response=Created,
    status=201,
    summary="Enter a customer",
)
def customer_post(request: ApiRequest, payload: CustomerIn) -> Created:
    if customers_by_code([payload.code]):
        raise CodeTaken(_t("There is a customer with the code “%(code)s” already.") % {"code": payload.code})
    _check_regions(payload.addresses)
    row = CustomerRow(
        code=payload.code,
        addresses=tuple(
            AddressIn(**{**one.model_dump(), "region_code": one.region_code or ""})
            for one in payload.addresses
        ),
        **payload.model_dump(include=set(CustomerFields.model_fields)),
    )
    return Created(id=services.customers_upsert(rows=[row]).ids[0])


def _check_regions(addresses: list[AddressBody]) -> None:
    named = {index: one.region_code for index, one in enumerate(addresses) if one.region_code}
    known = regions_by_code(named.values())
    message = _t("There is no such region.")
    problems = [
        Problem(message, code="unknown_region", loc=f"addresses.{index}.region_code")
        for index, code in named.items()
        if code not in known
    ]
    if problems:
        raise InvalidInput(message, problems=problems)


@router.patch("/customers/{customer_id}", permission="partners.customer.change", summary="Change a customer")
def customer_patch(request: ApiRequest, customer_id: int, payload: CustomerFields) -> None:
    services.customer_change(customer_id=customer_id, **payload.model_dump())


@router.get(
    "/customers/{customer_id}/contact",
    permission="partners.customer.reveal",
    response=ContactOut,
    summary="Name, phone and addresses of a customer in clear text",
)
def customer_contact_get(request: ApiRequest, customer_id: int) -> dict[str, Any]:
    """Every look leaves an entry in the audit log."""
    contact = customer_contact(customer_id)
    services.contact_seen(customer_id=customer_id)
    return contact


@router.post(
    "/customers/{customer_id}/erase",
    permission="partners.customer.manage",
    summary="Forget who a customer is",
)
def customer_erase_post(request: ApiRequest, customer_id: int) -> None:
    """Name, phone and addresses are removed for good; the code stays, for the orders name it."""
    services.customer_erase(customer_id=customer_id)


# ---------------------------------------------------------------- regions


class RegionOut(Schema):
    code: str
    name: str
    level: str
    has_children: bool


class RegionsOut(Schema):
    items: list[RegionOut]


class ResolvedOut(Schema):
    code: str | None = Field(description="the most precise region found: district, city or province")
    province: str = ""
    city: str = ""
    district: str = ""


@router.get(
    "/regions",
    permission="partners.region.view",
    response=RegionsOut,
    summary="Provinces, or what lies below",
)
def regions_get(request: ApiRequest, parent: RegionCode | None = None) -> dict[str, Any]:
    return {
        "items": [
            {"code": ref.code, "name": ref.name, "level": ref.level, "has_children": has_children}
            for ref, has_children in regions_below(parent)
        ]
    }


@router.get(
    "/regions/resolve",
    permission="partners.region.view",
    response=ResolvedOut,
    summary="Find the region of an address",
)
def region_resolve_get(
    request: ApiRequest,
    text: Annotated[str, Field(max_length=300)] = "",
    province: Place = "",
    city: Place = "",
    district: Place = "",
) -> ResolvedOut:
    code = region_from_text(text) if text else region_resolve(province, city, district)
    if code is None:
        return ResolvedOut(code=None)
    return ResolvedOut(code=code, **region_names([code])[code]._asdict())


class PastedIn(InputSchema):
    text: str = Field(max_length=500, description="name, phone and address in any order, labelled or not")


class PastedOut(Schema):
    """What was understood of a pasted recipient; ``missing`` names what a person has to fill in."""

    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    address: str
    postcode: str
    missing: list[str]


@router.post(
    "/recipients/parse",
    permission="partners.region.view",
    response=PastedOut,
    summary="Take a pasted recipient apart: name, phone, region, street",
)
def recipient_parse_post(request: ApiRequest, payload: PastedIn) -> dict[str, Any]:
    return asdict(recipient_parse(payload.text))


# ---------------------------------------------------------------- black list


class BlockedOut(Schema):
    id: int
    display: str = Field(description="masked")
    reason: str
    created_at: Moment


class BlockedFilters(Schema):
    phone: Phone | None = Field(None, description="a whole phone number")


class BlockedIn(InputSchema):
    phone: Phone
    reason: Annotated[str, Field(min_length=1, max_length=200)]


BLOCKED = ListDefinition(
    name="blocked_contacts",
    title="Black list",
    filters=BlockedFilters,
    row=BlockedOut,
    columns=(
        Column("display", _("Phone")),
        Column("reason", _("Reason")),
        Column("created_at", _("Entered at")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda _actor, filters: rows.blocked_contact_rows(phone=filters.phone),
)
router.list("/blocked-contacts", BLOCKED, permission="partners.blocked_contact.view")


@router.post(
    "/blocked-contacts",
    permission="partners.blocked_contact.create",
    response=Created,
    status=201,
    summary="Put a phone number on the black list",
)
def blocked_contact_post(request: ApiRequest, payload: BlockedIn) -> Created:
    """Orders to this number are held. A number that is there already takes the new reason."""
    return Created(id=services.contact_block(phone=payload.phone, reason=payload.reason))


@router.delete(
    "/blocked-contacts/{entry_id}",
    permission="partners.blocked_contact.cancel",
    summary="Take it off the black list",
)
def blocked_contact_delete(request: ApiRequest, entry_id: int) -> None:
    services.contact_unblock(entry_id=entry_id)
