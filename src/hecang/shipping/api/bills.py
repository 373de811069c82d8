"""Carriers' bills: list, lines with their verdicts, decisions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, Ids, InputSchema, ListDefinition, Ref, Schema
from hecang.kernel.api.lists import nest
from hecang.shipping import selectors
from hecang.shipping.api.base import router
from hecang.shipping.errors import ShippingRecordMissing
from hecang.shipping.services.bills import bill_close, bill_lines_decide, bill_reconcile

Verdict = Literal["pending", "matched", "weight", "price", "unknown", "double", "not_ours"]


class BillTotal(Schema):
    verdict: str
    decision: str
    lines: int
    billed: Decimal
    ours: Decimal
    difference: Decimal


class BillOut(Schema):
    id: int
    number: str
    carrier: Ref
    currency: str
    state: str
    created_at: datetime
    reconciled_at: datetime | None
    closed_at: datetime | None
    lines: int
    billed: Decimal
    difference: Decimal
    undecided: int


class BillDetail(BillOut):
    totals: list[BillTotal]


class BillFilters(Schema):
    carrier_id: Id | None = None
    state: Literal["open", "closed"] | None = None
    q: str | None = Field(None, max_length=64, description="beginning of a number")


def _with_totals(_actor: Actor | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    totals = selectors.bill_totals([row["id"] for row in rows])
    for row in rows:
        mine = totals[row["id"]]
        row["totals"] = mine
        row["lines"] = sum(one["lines"] for one in mine)
        row["billed"] = sum((one["billed"] for one in mine), Decimal(0))
        row["difference"] = sum((one["difference"] for one in mine), Decimal(0))
        row["undecided"] = sum(
            one["lines"] for one in mine if one["verdict"] != "matched" and not one["decision"]
        )
    return rows


BILLS = ListDefinition(
    name="carrier_bills",
    title="Carrier bills",
    filters=BillFilters,
    row=BillOut,
    columns=(
        Column("number", _("Bill")),
        Column("carrier.name", _("Carrier")),
        Column("state", _("State")),
        Column("currency", _("Currency")),
        Column("lines", _("Lines")),
        Column("billed", _("Billed")),
        Column("difference", _("Difference")),
        Column("undecided", _("Undecided")),
        Column("created_at", _("Created")),
        Column("closed_at", _("Closed")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda _actor, filters: selectors.bill_list(**filters.model_dump()),
    enrich=_with_totals,
)
router.list("/carrier-bills", BILLS, permission="shipping.bill.view")


def _bill(bill_id: int) -> dict[str, Any]:
    rows = nest(list(selectors.bill_list().filter(id=bill_id)))
    if not rows:
        raise ShippingRecordMissing(_now("There is no bill with the id %(id)s.") % {"id": bill_id})
    return _with_totals(None, rows)[0]


@router.get(
    "/carrier-bills/{bill_id}",
    permission="shipping.bill.view",
    response=BillDetail,
    summary="One bill with its totals",
)
def carrier_bill_get(request: ApiRequest, bill_id: int) -> dict[str, Any]:
    return _bill(bill_id)


class BillLineOut(Schema):
    id: int
    position: int
    number: str
    waybill_id: int | None
    reference: str | None
    service_code: str | None
    warehouse_code: str | None
    region_code: str | None
    billed_weight_g: int | None
    our_weight_g: int | None
    price: Decimal
    surcharge: Decimal
    our_price: Decimal | None
    price_at_theirs: Decimal | None
    difference: Decimal
    verdict: str
    decision: str
    note: str


class BillLineFilters(Schema):
    bill_id: Id
    verdict: list[Verdict] | None = Field(None, max_length=10)
    decision: Literal["open", "accepted", "disputed"] | None = None
    q: str | None = Field(None, max_length=64, description="a whole waybill number")


def _flat(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        waybill = row.pop("waybill") or {}
        row["waybill_id"] = waybill.get("id")
        row["reference"] = waybill.get("reference")
        row["region_code"] = waybill.get("region_code")
        row["service_code"] = (waybill.get("service") or {}).get("code")
        row["warehouse_code"] = (waybill.get("warehouse") or {}).get("code")
    return rows


BILL_LINES = ListDefinition(
    name="carrier_bill_lines",
    title="Lines of carrier bills",
    filters=BillLineFilters,
    row=BillLineOut,
    columns=(
        Column("position", _("Row")),
        Column("number", _("Waybill")),
        Column("reference", _("Parcel")),
        Column("service_code", _("Service")),
        Column("warehouse_code", _("Warehouse")),
        Column("region_code", _("Region")),
        Column("billed_weight_g", _("Billed weight (g)")),
        Column("our_weight_g", _("Our weight (g)")),
        Column("price", _("Price")),
        Column("surcharge", _("Surcharge")),
        Column("our_price", _("Our price")),
        Column("price_at_theirs", _("Our price at their weight")),
        Column("difference", _("Difference")),
        Column("verdict", _("Verdict")),
        Column("decision", _("Decision")),
        Column("note", _("Note")),
    ),
    sorts={"id": "id", "difference": "difference"},
    default_sort="id",
    query=lambda _actor, filters: selectors.bill_line_list(**filters.model_dump()),
    enrich=_flat,
)
router.list("/carrier-bill-lines", BILL_LINES, permission="shipping.bill.view")


class BillDecideIn(InputSchema):
    """Either ``ids``, or ``verdicts``: all undecided lines of these."""

    decision: Literal["", "accepted", "disputed"]
    ids: Ids | None = None
    verdicts: Annotated[list[Verdict], Field(min_length=1, max_length=10)] | None = None
    note: str = Field("", max_length=200)


class BillChangedOut(Schema):
    changed: int


@router.post(
    "/carrier-bills/{bill_id}/decide",
    permission="shipping.bill.manage",
    response=BillChangedOut,
    summary="Accept or dispute lines",
)
def carrier_bill_decide(request: ApiRequest, bill_id: int, payload: BillDecideIn) -> dict[str, int]:
    if payload.ids is None and payload.verdicts is None:
        return {"changed": 0}
    changed = bill_lines_decide(
        bill_id=bill_id,
        decision=payload.decision,
        line_ids=payload.ids,
        verdicts=payload.verdicts,
        note=payload.note,
    )
    return {"changed": changed}


@router.post(
    "/carrier-bills/{bill_id}/reconcile",
    permission="shipping.bill.manage",
    response=BillDetail,
    summary="Compare all lines anew with waybills and rates as they are now",
)
def carrier_bill_reconcile(request: ApiRequest, bill_id: int) -> dict[str, Any]:
    bill_reconcile(bill_id=bill_id)
    return _bill(bill_id)


@router.post(
    "/carrier-bills/{bill_id}/close",
    permission="shipping.bill.manage",
    response=BillDetail,
    summary="Close a bill whose differences are decided",
)
def carrier_bill_close(request: ApiRequest, bill_id: int) -> dict[str, Any]:
    bill_close(bill_id=bill_id)
    return _bill(bill_id)
