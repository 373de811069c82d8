"""Rows of the task list, within the actor's warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.clock import now
from hecang.work.errors import task_missing
from hecang.work.models import HELD, STANDING, Task, TaskEvent
from hecang.work.states import actions

Rows = QuerySet[Any, Any]

TASK_VALUES = (
    "id", "kind", "state", "warehouse__id", "warehouse__code", "warehouse__name", "zone__id", "zone__code", "priority",
    "due_at", "ready_at", "from_location__id", "from_location__code", "to_location__id", "to_location__code", "sku__id",
    "sku__code", "sku__name", "container__id", "container__code", "quantity", "skill", "equipment", "est_seconds",
    "subject_kind", "subject_id", "note", "assignee__id", "assignee__username", "assignee__display_name", "assigned_at",
    "lease_until", "started_at", "working_since", "worked_seconds", "done_at", "done_by", "created_by", "created_at",
)  # fmt: skip


def visible(actor: Actor) -> QuerySet[Task]:
    """Tasks of warehouses that the actor may see."""
    rows = Task.objects.all()
    if actor.scope.warehouses is None:
        return rows
    return rows.filter(warehouse_id__in=actor.scope.warehouses)


def tabs(actor: Actor, warehouse_id: int | None = None) -> dict[str, Rows]:
    """The tabs of the list."""
    rows = visible(actor)
    if warehouse_id:
        rows = rows.filter(warehouse_id=warehouse_id)
    standing = rows.filter(state__in=STANDING)
    return {
        "standing": standing,
        "open": rows.filter(state="open"),
        "held": rows.filter(state__in=HELD),
        "late": standing.filter(due_at__lt=now()),
        "mine": rows.filter(state__in=HELD, assignee_id=actor.user_id or 0),
        "done": rows.filter(state="done"),
        "cancelled": rows.filter(state="cancelled"),
    }


def task_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    warehouse_id: int | None = None,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    zone_id: int | None = None,
    assignee_id: int | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    q: str = "",
) -> Rows:
    """Tasks. ``q``: the number of the task, the beginning of its note (such as a batch's number) or a place."""
    if tab:
        rows = tabs(actor, warehouse_id)[tab]
    else:
        rows = visible(actor)
        if warehouse_id:
            rows = rows.filter(warehouse_id=warehouse_id)
    wanted = {
        "state__in": list(states), "kind__in": list(kinds), "zone_id": zone_id, "assignee_id": assignee_id,
        "subject_kind": subject_kind, "subject_id": subject_id,
    }  # fmt: skip
    rows = rows.filter(**{key: value for key, value in wanted.items() if value})
    text = q.strip()
    if text:
        found = (
            Q(note__istartswith=text)
            | Q(from_location__code__iexact=text)
            | Q(to_location__code__iexact=text)
        )
        if text.isdecimal() and len(text) < 19:
            found |= Q(pk=int(text))
        rows = rows.filter(found)
    return rows.values(*TASK_VALUES)


def task_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with what follows from the clock."""
    moment = now()
    for row in rows:
        row["is_late"] = row["state"] in STANDING and row["due_at"] is not None and row["due_at"] < moment
        since = row.pop("working_since")
        if since is not None:
            row["worked_seconds"] += max(0, int((moment - since).total_seconds()))
    return rows


def task_detail(actor: Actor, task_id: int) -> dict[str, Any]:
    """A task with its history and what can be done with it now. Two statements. Raises NotFound."""
    rows = list(visible(actor).filter(pk=task_id).values(*TASK_VALUES))
    if not rows:
        raise task_missing()
    row = task_enrich(nest(rows))[0]
    events: Rows = (
        TaskEvent.objects.filter(task_id=task_id)
        .order_by("id")
        .values("id", "at", "event", "actor", "user__id", "user__username", "user__display_name", "data")
    )
    return {**row, "events": nest([dict(event) for event in events]), "actions": actions(row["state"])}
