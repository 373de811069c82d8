"""Picking: batches, their tasks in walking order, scans; putbacks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    InputSchema,
    ListDefinition,
    Ref,
    Schema,
    capped_counts,
    state_counts,
)
from hecang.kernel.errors import NotFound
from hecang.outbound.api.base import (
    BarcodeOut,
    LocationRefOut,
    Number,
    PickLotOut,
    ScanOut,
    SkuOut,
    router,
    scans_out,
)
from hecang.outbound.selectors.detail import batch_detail
from hecang.outbound.selectors.lists import (
    BATCH_VALUES,
    PUTBACK_VALUES,
    batch_counts,
    batch_rows,
    batches_finished,
    putback_rows,
)
from hecang.outbound.services.pick_judging import PickScan
from hecang.outbound.services.picking import batch_claim_next, batch_give_back, batch_pick, batch_start
from hecang.outbound.services.putback import putback_confirm


class PickerOut(Schema):
    id: int
    username: str
    display_name: str


class BatchRow(Schema):
    id: int
    number: str
    state: str
    kind: str
    warehouse: Ref
    wave: Number
    picker: PickerOut | None
    staging: LocationRefOut | None
    fulfilment_count: int
    line_count: int
    unit_count: int
    picked_units: int
    walk_mm: int
    single_walk_mm: int
    s_shape_mm: int
    started_at: datetime | None
    finished_at: datetime | None


class TaskLocation(LocationRefOut):
    x_mm: int
    y_mm: int
    level: int


class TaskSku(SkuOut):
    base_unit: str


class TaskFulfilment(Number):
    is_stopped: bool


class TaskOut(Schema):
    id: int
    sequence: int
    state: str
    location: TaskLocation
    sku: TaskSku
    barcodes: list[BarcodeOut]
    lot: PickLotOut | None
    quantity: int
    picked: int
    short: int
    problem: str
    fulfilment: TaskFulfilment
    slot: int | None


class BatchOut(BatchRow):
    path: list[tuple[int, int]]
    tasks: list[TaskOut]


class BatchTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class BatchFilters(BatchTabs):
    state: list[str] | None = Field(None, max_length=10)
    wave_id: int | None = Field(None, ge=1, le=2**63 - 1)
    kind: list[str] | None = Field(None, max_length=3)
    mine: bool | None = None
    q: str | None = Field(None, max_length=64)


def _batches(actor: Actor, filters: BatchFilters) -> Any:
    return batch_rows(
        actor,
        states=filters.state,
        mine=filters.mine,
        q=filters.q,
        wave_id=filters.wave_id,
        kind__in=filters.kind,
        wave__warehouse_id=filters.warehouse_id,
    ).values(*BATCH_VALUES)


BATCHES = ListDefinition(
    name="batches",
    title="Batches",
    filters=BatchFilters,
    row=BatchRow,
    columns=(
        Column("number", _("Batch")),
        Column("warehouse.code", _("Warehouse")),
        Column("wave.number", _("Wave")),
        Column("state", _("State")),
        Column("kind", _("Kind")),
        Column("picker.username", _("Picker")),
        Column("fulfilment_count", _("Fulfilments")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("picked_units", _("Picked")),
        Column("walk_mm", _("Walk (mm)")),
        Column("started_at", _("Started")),
        Column("finished_at", _("Finished")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=_batches,
    enrich=batches_finished,
)
router.list("/batches", BATCHES, permission="outbound.batch.view")


@router.get(
    "/batches/counts", permission="outbound.batch.view", response=CountsOut, summary="Batches by state"
)
def batches_counts(request: ApiRequest, filters: Query[BatchTabs]) -> dict[str, Any]:
    return {"counts": capped_counts(batch_counts(request.actor, wave__warehouse_id=filters.warehouse_id))}


class NextIn(InputSchema):
    warehouse_id: Id


@router.post(
    "/batches/next",
    permission="outbound.batch.pick",
    response=BatchOut,
    summary="Claim the next batch to pick",
)
def batch_next(request: ApiRequest, payload: NextIn) -> dict[str, Any]:
    batch_id = batch_claim_next(warehouse_id=payload.warehouse_id)
    if batch_id is None:
        raise NotFound(_t("There is nothing to pick in this warehouse now."), code="no_batch")
    return batch_detail(request.actor, batch_id)


@router.get(
    "/batches/{batch_id}",
    permission="outbound.batch.view",
    response=BatchOut,
    summary="One batch with its tasks in walking order",
)
def batch_get(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    return batch_detail(request.actor, batch_id)


@router.post(
    "/batches/{batch_id}/start",
    permission="outbound.batch.pick",
    response=BatchOut,
    summary="Claim this batch",
)
def batch_start_do(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    batch_start(batch_id=batch_id)
    return batch_detail(request.actor, batch_id)


@router.post(
    "/batches/{batch_id}/give-back",
    permission="outbound.batch.pick",
    response=BatchOut,
    summary="Let somebody else go on with this batch",
)
def batch_give_back_do(request: ApiRequest, batch_id: int) -> dict[str, Any]:
    batch_give_back(batch_id=batch_id)
    return batch_detail(request.actor, batch_id)


class PickScanIn(InputSchema):
    scan_id: UUID
    task_id: Id | None = None
    location_code: str = Field("", max_length=64)
    sku_barcode: str = Field("", max_length=128)
    quantity: int = Field(1, ge=0, le=1_000_000)
    outcome: Literal["picked", "short", "damaged"] = "picked"


class PickScansIn(InputSchema):
    scans: Annotated[list[PickScanIn], Field(min_length=1, max_length=500)]


class PickScansOut(Schema):
    results: list[ScanOut]
    tasks: list[TaskOut]
    state: str


@router.post(
    "/batches/{batch_id}/scans",
    permission="outbound.batch.pick",
    response=PickScansOut,
    summary="What the picker has scanned; each scan is answered once",
)
def batch_scans(request: ApiRequest, batch_id: int, payload: PickScansIn) -> dict[str, Any]:
    done = batch_pick(batch_id=batch_id, scans=[PickScan(**scan.model_dump()) for scan in payload.scans])
    touched = {task["task_id"] for result in done.results for task in result.data.get("tasks", ())}
    touched |= {scan.task_id for scan in payload.scans if scan.task_id}
    detail = batch_detail(request.actor, batch_id)
    # New tasks shift the numbers of those behind them, so all open ones are told again.
    tasks = [
        task
        for task in detail["tasks"]
        if task["id"] in touched
        or task["id"] in done.new_task_ids
        or (done.new_task_ids and task["state"] == "open")
    ]
    return {"results": scans_out(done.results), "tasks": tasks, "state": done.batch_state}


class PutbackRow(Schema):
    id: int
    state: str
    warehouse: Ref
    sku: SkuOut
    lot: PickLotOut | None
    from_location: LocationRefOut
    to_location: LocationRefOut
    quantity: int
    fulfilment: Number
    done_by: str
    done_at: datetime | None


class PutbackTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class PutbackFilters(PutbackTabs):
    state: list[str] | None = Field(None, max_length=4)
    q: str | None = Field(None, max_length=64)


def _putbacks(actor: Actor, filters: PutbackFilters) -> Any:
    return putback_rows(actor, states=filters.state, q=filters.q, warehouse_id=filters.warehouse_id).values(
        *PUTBACK_VALUES, "fulfilment_line__fulfilment__id", "fulfilment_line__fulfilment__number"
    )


def _flat(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "fulfilment": row["fulfilment_line"]["fulfilment"]} for row in rows]


PUTBACKS = ListDefinition(
    name="putbacks",
    title="Putbacks",
    filters=PutbackFilters,
    row=PutbackRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("quantity", _("Units")),
        Column("lot.code", _("Lot")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("fulfilment.number", _("Fulfilment")),
        Column("state", _("State")),
        Column("done_by", _("Done by")),
        Column("done_at", _("Done")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=_putbacks,
    enrich=_flat,
)
router.list("/putbacks", PUTBACKS, permission="outbound.putback.view")


@router.get(
    "/putbacks/counts", permission="outbound.putback.view", response=CountsOut, summary="Putbacks by state"
)
def putbacks_counts(request: ApiRequest, filters: Query[PutbackTabs]) -> dict[str, Any]:
    rows = putback_rows(request.actor, warehouse_id=filters.warehouse_id)
    return state_counts(rows, ("open", "done"))


class PutbackIn(InputSchema):
    #: Where the goods were put; empty means where the task said.
    location_code: str = Field("", max_length=64)


class PutbackOut(Schema):
    location_id: int


@router.post(
    "/putbacks/{task_id}/confirm",
    permission="outbound.putback.confirm",
    response=PutbackOut,
    summary="The goods lie on a shelf again",
)
def putback_confirm_do(request: ApiRequest, task_id: int, payload: PutbackIn) -> dict[str, int]:
    return {"location_id": putback_confirm(task_id=task_id, location_code=payload.location_code)}
