"""What a handheld shows before and between entries: the menu, and the jobs that stand open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from hecang.kernel.actor import Actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch
from hecang.work.floor import conflicts
from hecang.work.floor.engine import session_brief
from hecang.work.floor.errors import SessionUnknown
from hecang.work.floor.protocol import scenarios
from hecang.work.floor.wire import Plain
from hecang.work.models import FloorEntry, FloorSession

#: Open jobs to offer for going on with, and last entries to show.
MAX_OPEN = 20
LAST_ENTRIES = 20

_COUNTS = """
    SELECT t.kind,
           count(*) FILTER (WHERE t.state = 'open' AND (t.ready_at IS NULL OR t.ready_at <= %s)
                              AND (t.skill = '' OR t.skill = ANY(coalesce(w.skills, '{}')))
                              AND (t.equipment = '' OR t.equipment = ANY(coalesce(w.equipment, '{}')))),
           count(*) FILTER (WHERE t.state <> 'open' AND t.assignee_id = %s)
    FROM task t LEFT JOIN worker w ON w.user_id = %s
    WHERE t.warehouse_id = %s AND t.state IN ('open', 'assigned', 'started', 'paused')
    GROUP BY t.kind
"""


def menu(actor: Actor, warehouse_id: int) -> list[dict[str, Any]]:
    """The scenarios that the actor may begin, with what waits in the warehouse for somebody like them.

    ``open`` counts tasks that nobody has and whose skill and equipment they have; ``mine`` those that they hold.
    """
    actor.scope.require(warehouse=warehouse_id)
    rows = fetch(_COUNTS, [now(), actor.user_id, actor.user_id, warehouse_id])
    counts = {kind: (waiting, mine) for kind, waiting, mine in rows}
    result = []
    for scenario in scenarios().values():
        if not actor.may(scenario.permission):
            continue
        of_kinds = [counts.get(str(kind), (0, 0)) for kind in scenario.task_kinds]
        result.append(
            {
                "code": scenario.code,
                "title": translation.gettext(scenario.title),
                "icon": scenario.icon,
                "has_tasks": bool(scenario.task_kinds),
                "open": sum(waiting for waiting, _mine in of_kinds),
                "mine": sum(mine for _waiting, mine in of_kinds),
            }
        )
    return result


def sessions_open(actor: Actor, warehouse_id: int | None = None) -> list[dict[str, Any]]:
    """The actor's jobs that were begun and not ended, the latest first, each with what it shows now."""
    rows = FloorSession.objects.filter(user_id=actor.user_id or 0, is_open=True)
    if warehouse_id is not None:
        actor.scope.require(warehouse=warehouse_id)
        rows = rows.filter(warehouse_id=warehouse_id)
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    found = list(rows.order_by("-updated_at")[:MAX_OPEN])
    held: dict[UUID, list[FloorEntry]] = {}
    waiting = FloorEntry.objects.filter(session__in=[one.pk for one in found], outcome="held")
    for entry in waiting.order_by("id"):
        held.setdefault(entry.session_id, []).append(entry)
    return [_opened(one, held.get(one.pk, [])) for one in found]


def session_detail(actor: Actor, session_id: UUID) -> dict[str, Any]:
    """One of the actor's jobs with its last entries. Raises :class:`SessionUnknown`."""
    session = FloorSession.objects.filter(pk=session_id, user_id=actor.user_id or 0).first()
    if session is None:
        raise SessionUnknown(_("There is no such job on your handheld. Go back to the menu."))
    actor.scope.require(warehouse=session.warehouse_id)
    held = list(session.entries.filter(outcome="held").order_by("id"))
    entries = session.entries.order_by("-id")[:LAST_ENTRIES]
    return {**_opened(session, held), "entries": [_entry(one) for one in entries]}


def _opened(session: FloorSession, held: list[FloorEntry]) -> dict[str, Any]:
    scenario = scenarios().get(session.scenario)
    return {
        "session": session_brief(session),
        "title": translation.gettext(scenario.title) if scenario else session.scenario,
        "updated_at": session.updated_at,
        "step": conflicts.conflict_step(session, held[0]) if held else session.step,
        "held": len(held),
    }


def _entry(entry: FloorEntry) -> Plain:
    step = entry.answer.get("step", {})
    accepted = entry.outcome in {FloorEntry.Outcome.ACCEPTED, FloorEntry.Outcome.APPLIED}
    return {
        "scan_id": str(entry.scan_id),
        "at": entry.happened_at or entry.at,
        "name": entry.entry.get("name", ""),
        "value": entry.entry.get("value", ""),
        "outcome": entry.outcome,
        "said": step.get("said", "") if accepted else entry.answer.get("message", ""),
    }
