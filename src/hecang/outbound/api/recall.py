"""Recall: where called-back goods are and who has them, as a list and as a file; and holding all of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel.api import ApiRequest, Day, Id, InputSchema, Moment, Schema
from hecang.kernel.api.export import export_response
from hecang.outbound.api.base import router
from hecang.outbound.selectors.recall import Recalled, recall_chunks, recall_figures, recall_rows
from hecang.outbound.services.recall import recall_hold

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows that the page shows of each kind; the file has all.
_SHOWN = 500


class RecallIn(Schema):
    lot: list[Id] = Field([], max_length=200)
    supplier: Id | None = Field(None, description="all its lots; with a SKU, those of that SKU")
    sku: Id | None = None
    first: str = Field("", max_length=64, description="lowest serial of a range, by alphabet")
    last: str = Field("", max_length=64)


class RecallRow(Schema):
    kind: Literal["location", "allocation", "shipped", "returned"]
    warehouse_id: int
    warehouse: str
    location_id: int | None
    location: str | None
    container: str | None
    sku_id: int
    sku: str
    sku_name: str
    lot_id: int | None
    lot: str | None
    expires_on: Day | None
    owner: str
    condition: str
    quantity: int
    serials: list[str]
    state: str
    fulfilment_id: int | None
    fulfilment: str | None
    order_id: int | None
    order: str | None
    external_number: str | None
    shop: str | None
    customer_id: int | None
    customer: str | None
    recipient: str | None
    parcel_id: int | None
    parcel: str | None
    waybill: str | None
    at: Moment | None
    is_presumed: bool = Field(
        description="the serials were taken for the units that went; nobody scanned them"
    )


class RecallFiguresOut(Schema):
    lying: int
    sellable: int
    allocated: int
    shipped: int
    returned: int
    locations: int
    containers: int
    fulfilments: int
    orders: int
    customers: int
    parcels: int
    warehouses: int


class RecallOut(Schema):
    figures: RecallFiguresOut
    items: list[RecallRow] = Field(description="500 of each kind; the export has all")


def _recalled(asked: RecallIn | RecallHoldIn) -> Recalled:
    return Recalled(tuple(asked.lot), asked.supplier, asked.sku, asked.first.strip(), asked.last.strip())


@router.get(
    "/recalls",
    permission="outbound.recall.view",
    response=RecallOut,
    summary="Where goods of a recall are, and who has got them",
)
def recall_get(request: ApiRequest, asked: Annotated[RecallIn, Query(...)]) -> Any:
    rows = recall_rows(request.actor, _recalled(asked))
    shown: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        part = shown.setdefault(row["kind"], [])
        if len(part) < _SHOWN:
            part.append(row)
    return {
        "figures": asdict(recall_figures(rows)),
        "items": [row for part in shown.values() for row in part],
    }


_COLUMNS = (
    ("kind", _("Kind")), ("warehouse", _("Warehouse")), ("location", _("Location")), ("container", _("Container")),
    ("sku", _("SKU")), ("sku_name", _("Name")), ("lot", _("Lot")), ("expires_on", _("Expires on")), ("owner", _("Owner")),
    ("condition", _("Condition")), ("quantity", _("Quantity")), ("serials", _("Serials")), ("state", _("State")),
    ("fulfilment", _("Fulfilment")), ("order", _("Order")), ("external_number", _("Channel number")), ("shop", _("Shop")),
    ("customer", _("Customer")), ("recipient", _("Recipient")), ("parcel", _("Parcel")), ("waybill", _("Waybill")),
    ("at", _("At")), ("is_presumed", _("Presumed")),
)  # fmt: skip


class RecallExportIn(RecallIn):
    format: Literal["csv", "xlsx"] = "xlsx"


@router.get(
    "/recalls/export",
    permission="outbound.recall.view",
    summary="Export: recall",
    produces=("text/csv", _XLSX),
)
def recall_export(request: ApiRequest, asked: Annotated[RecallExportIn, Query(...)]) -> HttpResponseBase:
    """Everything in one file: places, promises, parcels with their orders and customers, what came back."""
    rows = recall_rows(request.actor, _recalled(asked))
    columns = [(key, str(title)) for key, title in _COLUMNS]
    return export_response("recall", columns, recall_chunks(rows), asked.format)


class RecallHoldIn(InputSchema):
    lot: list[Id] = Field([], max_length=200)
    supplier: Id | None = None
    sku: Id | None = None
    first: str = Field("", max_length=64)
    last: str = Field("", max_length=64)
    reason: str = Field(min_length=1, max_length=200)


class RecallHeldOut(Schema):
    hold_ids: list[int]
    quarantined: int = Field(description="numbered units that went into quarantine")
    promised: int = Field(description="units that orders have already")


@router.post(
    "/recalls/hold",
    permission="outbound.recall.hold",
    response=RecallHeldOut,
    summary="Hold everything of a recall",
)
def recall_hold_post(request: ApiRequest, payload: RecallHoldIn) -> Any:
    """A repetition places no second hold. What orders have already stays with them and is counted."""
    return recall_hold(recalled=_recalled(payload), reason=payload.reason)
