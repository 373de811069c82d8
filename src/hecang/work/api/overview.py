"""The floor at a glance."""

from __future__ import annotations

from typing import Any

from hecang.kernel.api import ApiRequest, Moment, Ref, Schema
from hecang.work.api.base import router
from hecang.work.api.tasks import TaskPerson
from hecang.work.selectors import floorview


class FloorTask(Schema):
    id: int
    kind: str
    state: str
    note: str
    quantity: int
    assigned_at: Moment | None
    started_at: Moment | None
    due_at: Moment | None
    is_late: bool
    est_seconds: int
    worked_seconds: int
    lease_until: Moment | None
    from_code: str
    to_code: str
    sku_code: str
    sku_name: str
    subject_kind: str
    subject_id: int


class FloorPlace(Schema):
    id: int
    code: str
    x_mm: int
    y_mm: int


class FloorBreak(Schema):
    begins_at: Moment
    ends_at: Moment


class FloorWorker(Schema):
    user: TaskPerson
    is_on_shift: bool
    on_shift_since: Moment | None
    #: Nobody knows where it is null.
    shift_ends_at: Moment | None
    on_break_since: Moment | None
    #: The one that goes on, or the next one.
    next_break: FloorBreak | None
    last_seen_at: Moment | None
    skills: list[str]
    equipment: list[str]
    kinds: list[str]
    place: FloorPlace | None
    #: Tasks that wait for them, and that they have set aside.
    assigned: int
    paused: int
    #: In the last eight hours.
    done: int
    worked_seconds: int
    #: What they do now, else what they do next.
    task: FloorTask | None


class FloorWaiting(Schema):
    zone: Ref | None
    kind: str
    tasks: int
    late: int
    not_ready: int
    units: int
    est_seconds: int
    oldest_at: Moment
    due_at: Moment | None


class FloorLate(Schema):
    id: int
    kind: str
    state: str
    note: str
    due_at: Moment
    priority: int
    zone_code: str
    location_id: int | None
    location_code: str
    assignee: TaskPerson | None


class FloorDone(Schema):
    kind: str
    tasks: int
    units: int
    worked_seconds: int
    #: Expected over worked time; above 1 is faster than expected.
    pace: float | None


class FloorHeat(Schema):
    location_id: int
    tasks: int
    late: int


class FloorViewOut(Schema):
    at: Moment
    workers: list[FloorWorker]
    waiting: list[FloorWaiting]
    late_count: int
    late: list[FloorLate]
    done_lately: list[FloorDone]
    #: Where standing tasks begin.
    places: list[FloorHeat]


@router.get(
    "/floor-view/{warehouse_id}",
    permission="work.task.view",
    response=FloorViewOut,
    summary="Who does what, what waits where, what is late",
)
def floor_view_get(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    return floorview.floor_view(warehouse_id)
