"""Waves: plan, list, one with its batches and walks, release, cancel."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any, Literal

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
    Moment,
    Ref,
    Schema,
    capped_counts,
)
from hecang.outbound.api.base import Action, LocationRefOut, router
from hecang.outbound.api.picking import PickerOut
from hecang.outbound.planning.base import Cart
from hecang.outbound.planning.choosing import RELEASING
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.selectors.candidates import previews
from hecang.outbound.selectors.detail import wave_detail
from hecang.outbound.selectors.lists import WAVE_VALUES, wave_counts, wave_picked_units, wave_rows
from hecang.outbound.selectors.plans import stops_of
from hecang.outbound.services.wave import WaveDraft, wave_cancel, wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release

#: Orders of which the reasons are told one by one.
MOST_VERDICTS = 1000
VERDICT_FIELDS = ("released", "reason", "slack_s", "work_s", "walk_now_s", "walk_later_s")

IdList = Annotated[list[Id], Field(max_length=1000)]


class CartIn(InputSchema):
    slots: int = Field(12, ge=1, le=200)
    singles: int = Field(60, ge=1, le=500)
    max_weight_g: int = Field(250_000, ge=100, le=5_000_000)
    max_volume_mm3: int = Field(1_200_000_000, ge=1_000, le=10**13)
    max_lines: int = Field(160, ge=1, le=2000)
    min_single_sku: int = Field(6, ge=2, le=500)


class CriteriaIn(InputSchema):
    ship_before: Moment | None = None
    service_ids: IdList = Field(default_factory=list)
    carrier_ids: IdList = Field(default_factory=list)
    owner_ids: IdList = Field(default_factory=list)
    shop_ids: IdList = Field(default_factory=list)
    zone_ids: IdList = Field(default_factory=list)
    fulfilment_ids: IdList = Field(default_factory=list)
    temperature: Literal["", "ambient", "chilled", "frozen"] = ""
    size: Literal["any", "single", "multi"] = "any"
    max_priority: int | None = Field(None, ge=0, le=32767)
    region_prefix: str = Field("", max_length=6, pattern=r"^[0-9]*$")
    max_orders: int = Field(500, ge=1, le=5000)
    max_lines: int = Field(10_000, ge=1, le=20_000)
    policy: str = Field("fefo", min_length=1, max_length=32)
    #: Let the optimiser choose among them what goes now and what waits for the next wave.
    choose: bool = False
    #: Who pick until then; 0: as many as pick now.
    pickers: int = Field(0, ge=0, le=10_000)
    next_wave_minutes: int = Field(60, ge=1, le=1440)
    cart: CartIn = Field(default_factory=CartIn)

    def criteria(self) -> WaveCriteria:
        """As the planner takes them."""
        values = self.model_dump(exclude={"cart"})
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        return WaveCriteria(**plain, cart=Cart(**self.cart.model_dump()))


class WavePlanIn(InputSchema):
    warehouse_id: Id
    criteria: CriteriaIn = Field(default_factory=CriteriaIn)
    #: Store the plan as a wave; otherwise nothing changes.
    save: bool = False


class StopOut(Schema):
    location_id: int
    code: str
    x_mm: int
    y_mm: int
    units: int
    picked: int = 0


class PlannedBatchOut(Schema):
    kind: str
    fulfilment_count: int
    line_count: int
    unit_count: int
    walk_mm: int
    #: What its orders would walk one at a time, and what the batch would walk, both in an S-shape.
    single_walk_mm: int
    s_shape_mm: int
    path: list[tuple[int, int]]
    stops: list[StopOut]


class ReasonCountOut(Schema):
    reason: str
    released: bool
    count: int


class VerdictOut(Schema):
    """One order: released or kept, why, and the figures behind it (seconds)."""

    id: int
    number: str
    ship_by: datetime | None
    released: bool
    reason: str
    slack_s: int | None
    work_s: int
    walk_now_s: int
    walk_later_s: int


class ChoiceOut(Schema):
    """What the optimiser chose; ``orders`` are the first thousand, most urgent first."""

    pickers: int
    next_wave_s: int
    load_s: int
    capacity_s: int
    released_s: int
    released_count: int
    kept_count: int
    reasons: list[ReasonCountOut]
    orders: list[VerdictOut]


class WavePlanOut(Schema):
    id: int | None
    number: str | None
    fulfilment_count: int
    line_count: int
    unit_count: int
    short_units: int
    walk_mm: int
    single_walk_mm: int
    s_shape_mm: int
    batches: list[PlannedBatchOut]
    choice: ChoiceOut | None = None


class WaveRow(Schema):
    id: int
    number: str
    state: str
    warehouse: Ref
    fulfilment_count: int
    line_count: int
    unit_count: int
    picked_units: int
    walk_mm: int
    single_walk_mm: int
    s_shape_mm: int
    created_by: str
    created_at: datetime
    released_at: datetime | None


class WaveBatchOut(PlannedBatchOut):
    id: int
    number: str
    state: str
    picker: PickerOut | None
    staging: LocationRefOut | None
    picked_units: int


class WaveOut(WaveRow):
    criteria: dict[str, Any]
    batches: list[WaveBatchOut]
    actions: list[Action]


class WaveReleaseOut(Schema):
    wave_id: int
    tasks: int
    units: int
    short_units: int
    dropped: list[int]
    repeated: bool


class WaveTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class WaveFilters(WaveTabs):
    state: list[str] | None = Field(None, max_length=10)
    q: str | None = Field(None, max_length=64)


def _waves(actor: Actor, filters: WaveFilters) -> Any:
    return wave_rows(actor, states=filters.state, q=filters.q, warehouse_id=filters.warehouse_id).values(
        *WAVE_VALUES
    )


def _with_units(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    units = wave_picked_units([row["id"] for row in rows])
    return [{**row, "picked_units": units.get(row["id"], 0)} for row in rows]


WAVES = ListDefinition(
    name="waves",
    title="Waves",
    filters=WaveFilters,
    row=WaveRow,
    columns=(
        Column("number", _("Wave")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("fulfilment_count", _("Fulfilments")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("picked_units", _("Picked")),
        Column("walk_mm", _("Walk (mm)")),
        Column("single_walk_mm", _("Walk one by one (mm)")),
        Column("s_shape_mm", _("Walk in an S-shape (mm)")),
        Column("created_by", _("Created by")),
        Column("created_at", _("Created")),
        Column("released_at", _("Released")),
    ),
    sorts={"id": "id", "created_at": "id"},
    default_sort="-id",
    query=_waves,
    enrich=_with_units,
)
router.list("/waves", WAVES, permission="outbound.wave.view")


@router.get("/waves/counts", permission="outbound.wave.view", response=CountsOut, summary="Waves by state")
def waves_counts(request: ApiRequest, filters: Query[WaveTabs]) -> dict[str, Any]:
    return {"counts": capped_counts(wave_counts(request.actor, warehouse_id=filters.warehouse_id))}


@router.post("/waves/plan", permission="outbound.wave.plan", response=WavePlanOut, summary="Plan a wave")
def wave_plan_make(request: ApiRequest, payload: WavePlanIn) -> dict[str, Any]:
    draft = wave_plan(warehouse_id=payload.warehouse_id, criteria=payload.criteria.criteria())
    stops = _draft_stops(draft)
    wave_id = wave_create(draft=draft) if payload.save else None
    number = wave_rows(request.actor).values_list("number", flat=True).get(id=wave_id) if wave_id else None
    batches = [
        dict(
            zip(("fulfilment_count", "line_count", "unit_count"), draft.totals(batch), strict=True),
            kind=batch.kind.value,
            walk_mm=batch.walk_mm,
            single_walk_mm=batch.single_walk_mm,
            s_shape_mm=batch.s_shape_mm,
            path=batch.path,
            stops=stops.get(at, []),
        )
        for at, batch in enumerate(draft.plan.batches)
    ]
    return {
        "id": wave_id,
        "number": number,
        "fulfilment_count": len(draft.orders),
        "line_count": sum(order.line_count for order in draft.orders.values()),
        "unit_count": sum(order.unit_count for order in draft.orders.values()),
        "short_units": draft.short_units,
        "walk_mm": draft.plan.walk_mm,
        "single_walk_mm": draft.plan.single_walk_mm,
        "s_shape_mm": draft.plan.s_shape_mm,
        "batches": batches,
        "choice": _choice(draft),
    }


def _choice(draft: WaveDraft) -> dict[str, Any] | None:
    choice = draft.choice
    if choice is None:
        return None
    verdicts = choice.verdicts
    released = sum(verdict.released for verdict in verdicts.values())
    return {
        **{name: getattr(choice.floor, name) for name in ("pickers", "next_wave_s", "load_s")},
        "capacity_s": choice.capacity_s,
        "released_s": choice.released_s,
        "released_count": released,
        "kept_count": len(verdicts) - released,
        "reasons": [
            {"reason": reason.value, "released": reason in RELEASING, "count": count}
            for reason, count in choice.counts().items()
        ],
        "orders": [
            {
                "id": order.id,
                "number": order.number,
                "ship_by": order.urgency.ship_by,
                **{name: getattr(verdicts[order.id], name) for name in VERDICT_FIELDS},
            }
            for order in draft.looked_at[:MOST_VERDICTS]
        ],
    }


def _draft_stops(draft: WaveDraft) -> dict[int, list[dict[str, Any]]]:
    batch_of = {order_id: at for at, batch in enumerate(draft.plan.batches) for order_id in batch.order_ids}
    units: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for pick in previews(draft.warehouse_id, list(draft.orders), draft.criteria.policy):
        if pick.location_id is not None:
            units[batch_of[pick.fulfilment_id]][pick.location_id] += pick.quantity
    return stops_of(draft.warehouse_id, units)


@router.get(
    "/waves/{wave_id}",
    permission="outbound.wave.view",
    response=WaveOut,
    summary="One wave with batches and walks",
)
def wave_get(request: ApiRequest, wave_id: int) -> dict[str, Any]:
    return wave_detail(request.actor, wave_id)


@router.post(
    "/waves/{wave_id}/release",
    permission="outbound.wave.release",
    response=WaveReleaseOut,
    summary="Allocate the goods and put the tasks on the floor",
)
def wave_release_do(request: ApiRequest, wave_id: int) -> Any:
    return wave_release(wave_id=wave_id)


@router.post(
    "/waves/{wave_id}/cancel",
    permission="outbound.wave.cancel",
    summary="Undo a wave that nobody has begun to pick",
)
def wave_cancel_do(request: ApiRequest, wave_id: int) -> None:
    wave_cancel(wave_id=wave_id)
