"""Documents that both sides of Qimen know: lists, one with its lines, receiving; and what a warehouse of others is asked."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.channel_orders import ConnectionRef
from hecang.integrations.api.qimen import open_to
from hecang.integrations.errors import ConnectionNotFound, OutsideUnavailable
from hecang.integrations.models import Connection, QimenDocument
from hecang.integrations.services.qimen.entries import INBOUND, Received, qimen_entry_receive
from hecang.integrations.services.qimen.outside import items_tell, stock_compare
from hecang.integrations.services.qimen.sides import WMS
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    capped_counts,
)
from hecang.kernel.connectors import OutsideError
from hecang.kernel.errors import NotFound

_CONNECTION = ("connection__id", "connection__name", "connection__connector")


class QimenDocumentFilters(Schema):
    kind: list[Literal["delivery", "stockout", "entry", "return"]] = Field(default_factory=list, max_length=4)
    state: list[Literal["open", "partly", "done", "cancelled"]] = Field(default_factory=list, max_length=4)
    connection: Id | None = None
    warehouse: Id | None = None
    q: str = Field("", max_length=100, description="code of the document")


class QimenDocumentRow(Schema):
    id: int
    connection: ConnectionRef
    kind: str
    code: str
    order_type: str
    state: str
    warehouse: Ref | None
    planned: int
    actual: int
    created_at: Moment
    updated_at: Moment


class QimenLineOut(Schema):
    line_no: int
    external_line: str
    item_code: str
    name: str
    is_lot_tracked: bool
    is_expiry_tracked: bool
    inventory_type: str
    planned: int
    actual: int
    remark: str


class QimenDocumentOut(QimenDocumentRow):
    outside_id: str
    remark: str
    order_id: int | None
    order_number: str
    lines: list[QimenLineOut]


def _visible(actor: Actor) -> Any:
    rows = QimenDocument.objects.all()
    scope = actor.scope
    if scope.warehouses is not None:
        rows = rows.filter(warehouse__in=scope.warehouses)
    if scope.owners is not None:
        rows = rows.filter(owner__in=scope.owners)
    if scope.shops is not None:
        rows = rows.filter(order__shop__in=scope.shops)
    return rows


def _documents(actor: Actor, filters: QimenDocumentFilters) -> Any:
    rows = _visible(actor)
    if filters.kind:
        rows = rows.filter(kind__in=filters.kind)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.warehouse is not None:
        rows = rows.filter(warehouse=filters.warehouse)
    if filters.q:
        rows = rows.filter(code=filters.q)
    return rows.values(
        "id", *_CONNECTION, "kind", "code", "order_type", "state", "warehouse__id", "warehouse__code",
        "warehouse__name", "created_at", "updated_at",
    )  # fmt: skip


def _with_units(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = QimenDocument.objects.filter(pk__in=[row["id"] for row in rows])
    units = {
        key: (planned or 0, actual or 0)
        for key, planned, actual in found.annotate(
            p=Sum("lines__planned"), a=Sum("lines__actual")
        ).values_list("pk", "p", "a")
    }
    for row in rows:
        row["planned"], row["actual"] = units.get(row["id"], (0, 0))
    return rows


DOCUMENTS = ListDefinition(
    name="qimen_documents",
    filters=QimenDocumentFilters,
    row=QimenDocumentRow,
    columns=(
        Column("code", _lazy("Document")),
        Column("kind", _lazy("Kind")),
        Column("order_type", _lazy("Type")),
        Column("state", _lazy("State")),
        Column("connection.name", _lazy("Connection")),
        Column("warehouse.code", _lazy("Warehouse")),
        Column("planned", _lazy("Planned")),
        Column("actual", _lazy("Actual")),
        Column("created_at", _lazy("Created")),
    ),
    sorts={"created_at": "created_at"},
    default_sort="-created_at",
    query=_documents,
    enrich=_with_units,
    title="Qimen documents",
)
router.list("/qimen-documents", DOCUMENTS, permission="integrations.qimen.view")


@router.get(
    "/qimen-documents/counts",
    permission="integrations.qimen.view",
    response=CountsOut,
    summary="Qimen documents: those to receive, and all by state",
)
def qimen_documents_counts(request: ApiRequest) -> dict[str, Any]:
    rows = _visible(request.actor)
    counts = {state: rows.filter(state=state) for state in QimenDocument.State.values}
    counts["receive"] = rows.filter(kind__in=INBOUND, state__in=("open", "partly"))
    return {"counts": capped_counts(counts)}


@router.get(
    "/qimen-documents/{document_id}",
    permission="integrations.qimen.view",
    response=QimenDocumentOut,
    summary="One Qimen document with its lines",
)
def qimen_document_get(request: ApiRequest, document_id: int) -> dict[str, Any]:
    document = (
        _visible(request.actor)
        .select_related("connection", "warehouse", "order")
        .filter(pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound(_("There is no such document, or it lies outside your data scope."))
    lines = list(document.lines.select_related("sku").order_by("line_no"))
    place, owner, order = document.warehouse, document.connection, document.order
    return {
        "id": document.pk,
        "connection": {"id": owner.pk, "name": owner.name, "connector": owner.connector},
        "kind": document.kind,
        "code": document.code,
        "order_type": document.order_type,
        "state": document.state,
        "warehouse": {"id": place.pk, "code": place.code, "name": place.name} if place else None,
        "planned": sum(line.planned for line in lines),
        "actual": sum(line.actual for line in lines),
        "created_at": document.created_at,
        "updated_at": document.updated_at,
        "outside_id": document.outside_id,
        "remark": document.head.get("remark", ""),
        "order_id": document.order_id,
        "order_number": order.number if order else "",
        "lines": [
            {
                "line_no": line.line_no,
                "external_line": line.external_line,
                "item_code": line.item_code,
                "name": line.sku.name if line.sku else "",
                "is_lot_tracked": bool(line.sku and line.sku.is_lot_tracked),
                "is_expiry_tracked": bool(line.sku and line.sku.is_expiry_tracked),
                "inventory_type": line.inventory_type,
                "planned": line.planned,
                "actual": line.actual,
                "remark": line.head.get("remark", ""),
            }
            for line in lines
        ],
    }


class QimenReceivedIn(InputSchema):
    line_no: int = Field(ge=1, le=100_000)
    quantity: int = Field(ge=-1_000_000_000, le=1_000_000_000)
    inventory_type: Literal["ZP", "CC", "JS", "XS"] = "ZP"
    lot: str = Field("", max_length=64)
    produced_on: date | None = None
    expires_on: date | None = None


class QimenReceiveIn(InputSchema):
    out_biz_code: str = Field(
        min_length=1, max_length=64, description="of your choosing; the same again does nothing"
    )
    is_final: bool = Field(description="nothing more will come")
    location_code: str = Field("", max_length=32, description="where good units go; the dock by default")
    lines: list[QimenReceivedIn] = Field(min_length=1, max_length=1000)


class QimenReceiveOut(Schema):
    is_new: bool


@router.post(
    "/qimen-documents/{document_id}/receive",
    permission="integrations.qimen.receive",
    response=QimenReceiveOut,
    summary="Goods of an entry or return order have come in; the ERP is told",
)
def qimen_document_receive(request: ApiRequest, document_id: int, payload: QimenReceiveIn) -> dict[str, Any]:
    if not _visible(request.actor).filter(pk=document_id).exists():
        raise NotFound(_("There is no such document, or it lies outside your data scope."))
    is_new = qimen_entry_receive(
        document_id=document_id,
        received=[
            Received(one.line_no, one.quantity, one.inventory_type, one.lot, one.produced_on, one.expires_on)
            for one in payload.lines
        ],
        out_biz_code=payload.out_biz_code,
        is_final=payload.is_final,
        location_code=payload.location_code,
    )
    return {"is_new": is_new}


# ------------------------------------------------------------------ towards a warehouse that others run


class QimenItemsIn(InputSchema):
    sku_ids: Ids


class QimenCountOut(Schema):
    count: int


class QimenDifference(Schema):
    warehouse: str
    sku: str
    ours: int
    theirs: int


class QimenDifferencesOut(Schema):
    items: list[QimenDifference]


def _warehouse_of_others(connection_id: int, actor: Actor) -> Connection:
    rows = open_to(Connection.objects.filter(pk=connection_id, kind="erp", connector=WMS), actor)
    connection: Connection | None = rows.first()
    if connection is None:
        raise ConnectionNotFound(_("There is no such connection, or it lies outside your data scope."))
    return connection


@router.post(
    "/qimen-connections/{connection_id}/items",
    permission="integrations.qimen.tell",
    response=QimenCountOut,
    summary="Tell a warehouse that others run of our SKUs",
)
def qimen_items_tell(request: ApiRequest, connection_id: int, payload: QimenItemsIn) -> dict[str, Any]:
    connection = _warehouse_of_others(connection_id, request.actor)
    return {"count": items_tell(connection_id=connection.pk, sku_ids=payload.sku_ids)}


@router.post(
    "/qimen-connections/{connection_id}/compare",
    permission="integrations.qimen.tell",
    response=QimenDifferencesOut,
    summary="Ask a warehouse that others run what lies there; what differs from our books",
)
def qimen_stock_compare(request: ApiRequest, connection_id: int) -> dict[str, Any]:
    connection = _warehouse_of_others(connection_id, request.actor)
    try:
        return {"items": stock_compare(connection_id=connection.pk)}
    except OutsideError as error:
        raise OutsideUnavailable(
            _("The warehouse did not answer as it should: %(error)s") % {"error": error.message}
        ) from error
