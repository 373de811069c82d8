"""Operations of returns: announced, received, graded, disposed of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inbound.api.base import router
from hecang.inbound.api.goods_shapes import CodeRef, GoodsCreated, GoodsEvent, NumberRef
from hecang.inbound.errors_quality import ReturnNotFound
from hecang.inbound.models import Disposition, Grade, ReturnKind, ReturnState
from hecang.inbound.selectors import goods_detail, goods_lists
from hecang.inbound.services import return_grading, returns
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Day,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)

VIEW = "inbound.goods_return.view"
WORK = "inbound.goods_return.work"
Units = Annotated[int, Field(ge=1, le=1_000_000_000)]
Serial = Annotated[str, Field(min_length=1, max_length=64)]


class GoodsReturnRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    warehouse: Ref
    owner: Ref | None
    order: NumberRef | None
    rma: str
    waybill: str
    unit_count: int
    note: str
    created_by: str
    created_at: Moment
    received_at: Moment | None
    closed_at: Moment | None


class ReturnLineOut(Schema):
    id: int
    number: int
    sku: Ref
    lot: str | None
    order_line_id: int | None
    expected: int
    received: int
    serials: list[str]
    location: str | None
    condition: str
    grade: str
    disposition: str
    disposed: int
    finished: int
    reason: str
    note: str
    photos: list[str]
    graded_by: str
    graded_at: Moment | None
    disposed_by: str
    disposed_at: Moment | None
    proposed: str
    actions: list[str]
    outcomes: list[str]


class ReturnExchange(Schema):
    id: int
    number: str
    kind: str
    state: str


class GoodsReturnOut(GoodsReturnRow):
    location: CodeRef | None
    lines: list[ReturnLineOut]
    exchanges: list[ReturnExchange]
    actions: list[str]
    events: list[GoodsEvent]


class GoodsReturnFilters(Schema):
    q: str = Field("", max_length=64)
    state: ReturnState | None = None
    kind: ReturnKind | None = None
    warehouse_id: Id | None = None
    order_id: Id | None = None


RETURNS = ListDefinition(
    name="goods_returns",
    title="Returns",
    filters=GoodsReturnFilters,
    row=GoodsReturnRow,
    columns=(
        Column("number", _("Return")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("owner.code", _("Owner")),
        Column("order.number", _("Order")),
        Column("rma", _("RMA")),
        Column("waybill", _("Waybill")),
        Column("unit_count", _("Units")),
        Column("created_at", _("Created")),
        Column("received_at", _("Received")),
        Column("closed_at", _("Closed")),
    ),
    sorts={"id": "id", "created_at": "created_at"},
    default_sort="-id",
    query=lambda actor, f: goods_lists.return_rows(actor, **f.model_dump()).values(
        *goods_lists.RETURN_VALUES
    ),
)


@router.get("/goods-returns/counts", permission=VIEW, response=CountsOut, summary="Returns by state")
def goods_returns_counts(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    return state_counts(goods_lists.return_rows(request.actor, warehouse_id=warehouse_id), ReturnState.values)


router.list("/goods-returns", RETURNS, permission=VIEW)


class ExpectedLineIn(InputSchema):
    sku_id: Id
    quantity: Units
    order_line_id: Id | None = None
    reason: Annotated[str, Field(max_length=64)] = ""


class GoodsReturnIn(InputSchema):
    warehouse_id: Id
    kind: ReturnKind = ReturnKind.RMA
    rma: Annotated[str, Field(max_length=64)] = ""
    waybill: Annotated[str, Field(max_length=64)] = ""
    order_id: Id | None = None
    owner_id: Id | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    lines: Annotated[list[ExpectedLineIn], Field(max_length=500)] = Field(default_factory=list)


@router.post(
    "/goods-returns", permission="inbound.goods_return.create", response=GoodsCreated, status=201,
    summary="Announce a return",
)  # fmt: skip
def goods_return_post(request: ApiRequest, payload: GoodsReturnIn) -> GoodsCreated:
    lines = tuple(returns.ExpectedLine(**line.model_dump()) for line in payload.lines)
    given = payload.model_dump(exclude={"lines", "kind"})
    opened = returns.ReturnIn(**given, kind=payload.kind.value, lines=lines)
    return GoodsCreated(id=returns.return_open(opened=opened))


class GoodsReturnScanIn(InputSchema):
    warehouse_id: Id
    code: Annotated[str, Field(min_length=1, max_length=64)]


@router.post(
    "/goods-returns/scan",
    permission=WORK,
    response=GoodsCreated,
    summary="The return that a parcel's number means",
)
def goods_return_scan(request: ApiRequest, payload: GoodsReturnScanIn) -> GoodsCreated:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    key = returns.return_open_by_scan(warehouse_id=payload.warehouse_id, code=payload.code)
    if key is None:
        raise ReturnNotFound(
            _t(
                "Nobody knows the number “%(code)s”. Try another one on the parcel, or open an unknown return."
            )
            % {"code": payload.code}
        )
    return GoodsCreated(id=key)


@router.get("/goods-returns/{return_id}", permission=VIEW, response=GoodsReturnOut, summary="One return")
def goods_return_get(request: ApiRequest, return_id: int) -> dict[str, Any]:
    return goods_detail.return_detail(request.actor, return_id)


class ReturnedUnitsIn(InputSchema):
    sku_id: Id
    quantity: Units
    owner_id: Id | None = None
    lot_code: Annotated[str, Field(max_length=64)] = ""
    serials: Annotated[list[Serial], Field(max_length=1000)] = Field(default_factory=list)
    reason: Annotated[str, Field(max_length=64)] = ""
    expires_on: Day | None = Field(
        None, description="of dated goods whose lot is not known; without one they are never restocked"
    )


@router.post(
    "/goods-returns/{return_id}/receive",
    permission=WORK,
    response=GoodsCreated,
    summary="Book returned units in",
)
def goods_return_receive(request: ApiRequest, return_id: int, payload: ReturnedUnitsIn) -> GoodsCreated:
    goods = returns.ReturnedIn(**payload.model_dump(exclude={"serials"}), serials=tuple(payload.serials))
    return GoodsCreated(id=returns.return_receive(return_id=return_id, goods=goods))


class ReturnCancelIn(InputSchema):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.post(
    "/goods-returns/{return_id}/cancel",
    permission="inbound.goods_return.create",
    summary="A return will not come",
)
def goods_return_cancel(request: ApiRequest, return_id: int, payload: ReturnCancelIn) -> None:
    returns.return_cancel(return_id=return_id, reason=payload.reason)


class ReturnGradeIn(InputSchema):
    grade: Grade
    quantity: Units | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    photos: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=10)] = Field(
        default_factory=list
    )


@router.post(
    "/return-lines/{line_id}/grade", permission=WORK, response=GoodsCreated,
    summary="Say what returned units are worth",
)  # fmt: skip
def return_line_grade(request: ApiRequest, line_id: int, payload: ReturnGradeIn) -> GoodsCreated:
    graded = return_grading.GradeIn(
        payload.grade.value, payload.quantity, payload.note, tuple(payload.photos)
    )
    return GoodsCreated(id=return_grading.return_line_grade(line_id=line_id, graded=graded))


class ReturnDisposeIn(InputSchema):
    disposition: Disposition


@router.post("/return-lines/{line_id}/dispose", permission=WORK, summary="Say what becomes of returned units")
def return_line_dispose(request: ApiRequest, line_id: int, payload: ReturnDisposeIn) -> None:
    return_grading.return_line_dispose(line_id=line_id, disposition=payload.disposition.value)


class ReturnFinishIn(InputSchema):
    outcome: Literal["restock", "scrap", "sent"]


@router.post(
    "/return-lines/{line_id}/finish", permission=WORK, summary="End what was begun with returned units"
)
def return_line_finish(request: ApiRequest, line_id: int, payload: ReturnFinishIn) -> None:
    return_grading.return_line_finish(line_id=line_id, outcome=payload.outcome)
