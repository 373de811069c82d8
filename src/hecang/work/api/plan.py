"""Operations on the plan: who does what next."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hecang.accounts.models import User
from hecang.kernel.api import ApiRequest, BulkOut, Id, InputSchema, Moment, Schema
from hecang.work.api.base import router
from hecang.work.api.tasks import TaskPerson, told
from hecang.work.selectors import workers
from hecang.work.services.planning import Assignment, work_plan, work_plan_apply


class WorkPlanIn(InputSchema):
    warehouse_id: Id
    #: Tasks that each worker is given, apart from what they have begun.
    max_queue: Annotated[int, Field(ge=1, le=20)] = 2


class PlannedTask(Schema):
    id: int
    kind: str
    note: str
    zone_code: str
    from_code: str
    to_code: str
    due_at: Moment | None


class PlannedStepOut(Schema):
    task: PlannedTask
    state: str
    is_now: bool
    begin_at: Moment
    end_at: Moment
    travel_seconds: int
    late_seconds: int
    was_for: TaskPerson | None


class PlannedBreak(Schema):
    begins_at: Moment
    ends_at: Moment


class PlannedQueueOut(Schema):
    user: TaskPerson
    #: When their shift ends; null where nobody knows.
    ends_at: Moment | None
    breaks: list[PlannedBreak]
    steps: list[PlannedStepOut]


class UnassignedOut(Schema):
    task: PlannedTask
    why: Literal[
        "no_skill",
        "no_equipment",
        "skill_and_equipment_not_together",
        "no_time_before_shift_end",
        "nobody_on_shift",
    ]


class WorkPlanOut(Schema):
    planned_at: Moment
    queues: list[PlannedQueueOut]
    unassigned: list[UnassignedOut]
    unassigned_count: int
    travel_seconds: int
    late_seconds: int
    changes: int


#: Tasks that nobody gets, told one by one.
MOST_UNASSIGNED = 100


@router.post(
    "/work-plan",
    permission="work.task.manage",
    response=WorkPlanOut,
    summary="Propose who does what next, for all workers on shift",
)
def work_plan_post(request: ApiRequest, payload: WorkPlanIn) -> dict[str, Any]:
    plan = work_plan(warehouse_id=payload.warehouse_id, max_queue=payload.max_queue)
    told_ids = [step.task_id for queue in plan.queues for step in queue.steps]
    told_ids += [task_id for task_id, _why in plan.unassigned[:MOST_UNASSIGNED]]
    tasks = workers.planned_tasks(told_ids)
    people = {queue.user_id for queue in plan.queues}
    people |= {step.was_for for queue in plan.queues for step in queue.steps if step.was_for is not None}
    names = {
        row["id"]: row for row in User.objects.filter(pk__in=people).values("id", "username", "display_name")
    }
    return {
        "planned_at": plan.planned_at,
        "queues": [
            {
                "user": names[queue.user_id],
                "ends_at": queue.ends_at,
                "breaks": [{"begins_at": begin, "ends_at": end} for begin, end in queue.breaks],
                "steps": [
                    {
                        "task": tasks[step.task_id],
                        "state": step.state,
                        "is_now": step.is_now,
                        "begin_at": step.begin_at,
                        "end_at": step.end_at,
                        "travel_seconds": step.travel_seconds,
                        "late_seconds": step.late_seconds,
                        "was_for": None if step.was_for is None else names[step.was_for],
                    }
                    for step in queue.steps
                    if step.task_id in tasks
                ],
            }
            for queue in plan.queues
        ],
        "unassigned": [
            {"task": tasks[task_id], "why": why}
            for task_id, why in plan.unassigned[:MOST_UNASSIGNED]
            if task_id in tasks
        ],
        "unassigned_count": len(plan.unassigned),
        "travel_seconds": plan.travel_seconds,
        "late_seconds": plan.late_seconds,
        "changes": plan.changes,
    }


class AssignmentIn(InputSchema):
    task_id: Id
    user_id: Id


class WorkPlanApplyIn(InputSchema):
    warehouse_id: Id
    #: The tasks of each worker in their order.
    assignments: Annotated[list[AssignmentIn], Field(min_length=1, max_length=2000)]


@router.post(
    "/work-plan/apply",
    permission="work.task.manage",
    response=BulkOut,
    summary="Give tasks to workers as a plan says; what has changed since stays",
)
def work_plan_apply_post(request: ApiRequest, payload: WorkPlanApplyIn) -> BulkOut:
    return told(
        work_plan_apply(
            warehouse_id=payload.warehouse_id,
            assignments=[Assignment(one.task_id, one.user_id) for one in payload.assignments],
        )
    )
