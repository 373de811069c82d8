"""The engine of the floor: begins sessions, gives entries to their scenarios, answers each entry once.

Everything about one entry happens in one transaction with the session locked: that it came (``FloorEntry``), what its
scenario did through the services of its app, the step that follows, the lease of the task. A refused entry leaves
nothing but the answer that it got. See ``docs/reference/floor-protocol.md``.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.kernel.errors import HecangError, NotFound
from hecang.work.floor import conflicts
from hecang.work.floor.checks import value_checked
from hecang.work.floor.errors import NoWorker, ScenarioUnknown, SessionReused, SessionUnknown
from hecang.work.floor.keeping import seen, task_keep, task_let_go
from hecang.work.floor.protocol import Entry, Job, Refusal, Scenario, Step, scenarios
from hecang.work.floor.wire import Plain, step_dump
from hecang.work.models import FloorEntry, FloorSession

UNDO, LEAVE = "undo", "leave"
#: A job of which nothing is heard for so long is over; and how many one round closes.
IDLE, ROUND = timedelta(hours=24), 500
logger = structlog.get_logger("hecang.floor")
_Outcome = FloorEntry.Outcome


@dataclass(frozen=True, slots=True)
class EntryIn:
    """An entry as it comes in.

    :param scan_id: made by the handheld, once for each thing that its worker does.
    :param version: of the session that the worker saw; ``None`` where ``after`` says it.
    :param after: the entry after which this one was made, for those queued offline.
    :param asked: the prompt that it answers, to be shown if it comes too late.
    :param happened_at: when the worker did it.
    """

    scan_id: UUID
    name: str
    value: str = ""
    version: int | None = None
    after: UUID | None = None
    asked: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an entry is answered.

    :param ok: it was taken.
    :param code: why not, stable; empty where it was taken.
    :param repeated: this is the first answer, given again.
    :param session: id, scenario, version and whether it is open, after the entry.
    :param step: what to show now.
    """

    scan_id: UUID
    ok: bool
    session: Plain
    step: Plain
    code: str = ""
    message: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What a list of entries is answered.

    :param held_back: entries that were not looked at, since one before them was not taken.
    """

    answers: list[Answer] = field(default_factory=list)
    held_back: list[UUID] = field(default_factory=list)


def scenario_get(code: str) -> Scenario:
    """The scenario ``code``, if the actor may use it. Raises :class:`ScenarioUnknown`, PermissionMissing."""
    found = scenarios().get(code)
    if found is None:
        raise ScenarioUnknown(
            _("There is no job “%(code)s” on handhelds. Go back to the menu.") % {"code": code}
        )
    current_actor().require(found.permission)
    return found


@transactional
def session_begin(
    *, session_id: UUID, scenario: str, warehouse_id: int, given: Mapping[str, str] | None = None
) -> FloorSession:
    """Begin a job under an id that the handheld made; the same again is the same session as it is now.

    Writes the session; what else, its scenario decides. Raises :class:`Refusal` where nothing can be done now,
    :class:`SessionReused` where the id belongs to another session, NotFound, PermissionMissing.
    """
    actor, user_id, given = current_actor(), _user_id(), dict(given or {})
    actor.scope.require(warehouse=warehouse_id)
    found = scenario_get(scenario)
    if fetch_one("SELECT 1 FROM warehouse WHERE id = %s AND is_active", [warehouse_id]) is None:
        raise NotFound(_("There is no such warehouse, or it is closed. Choose another one."))
    made = fetch(
        "INSERT INTO floor_session (id, user_id, warehouse_id, scenario, given, memory, step, version, is_open,"
        " created_at, updated_at) VALUES (%s, %s, %s, %s, %s, '{}', '{}', 0, true, %s, %s)"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        [session_id, user_id, warehouse_id, scenario, json.dumps(given), now(), now()],
    )
    session = FloorSession.objects.select_for_update(no_key=True).get(pk=session_id)
    if not made:
        if (session.user_id, session.warehouse_id, session.scenario, session.given) != (
            user_id,
            warehouse_id,
            scenario,
            given,
        ):
            raise SessionReused(_("This session id was used for another job. Begin with an id of its own."))
        return session
    job = _job(session)
    _remember(session, job, found.begin(job), counts=False)
    seen(job)
    return session


@transactional
def session_enter(*, session_id: UUID, entry: EntryIn) -> Answer:
    """Give one entry to the scenario of a session; a repeated one gets its first answer and changes nothing.

    Locks the session ``FOR NO KEY UPDATE``. What the scenario did is undone where it refuses. Raises
    :class:`SessionUnknown`, PermissionMissing; everything else is said by the answer.
    """
    session = _locked(session_id)
    found = scenario_get(session.scenario)
    kept = _keep(session, entry)
    if kept is None:
        return _again(session, entry)
    if not session.is_open:
        kept.delete()
        return _answer(
            session, entry, ok=False, code="session_closed",
            message=_("This job is closed. Go back to the menu and begin anew."),
        )  # fmt: skip
    answer = _judge(session, found, kept, entry)
    kept.answer = {
        "ok": answer.ok,
        "code": answer.code,
        "message": answer.message,
        "session": answer.session,
        "step": answer.step,
    }
    kept.save(update_fields=["outcome", "answer"])
    return answer


def session_enter_many(*, session_id: UUID, entries: Sequence[EntryIn]) -> Answers:
    """Give entries in their order, each in a transaction of its own; stops behind the first that is not taken."""
    result = Answers()
    for number, entry in enumerate(entries):
        answer = session_enter(session_id=session_id, entry=entry)
        result.answers.append(answer)
        if not answer.ok:
            result.held_back.extend(one.scan_id for one in entries[number + 1 :])
            break
    return result


def sessions_close_idle(idle: timedelta = IDLE) -> int:
    """Leave jobs of which nothing was heard for ``idle``, each in a transaction of its own; their number.

    What was claimed is given back as if their worker had left. Runs every hour, as the system; a job that somebody
    works on at this moment, or whose scenario refuses, stays for the next time.
    """
    stale = FloorSession.objects.filter(is_open=True, updated_at__lt=now() - idle)
    closed = 0
    for session_id in stale.order_by("updated_at").values_list("id", flat=True)[:ROUND]:
        try:
            closed += _close_idle(session_id, now() - idle)
        except HecangError as error:
            logger.warning("floor_session_stays", session=str(session_id), code=error.instance_code)
    return closed


@transactional
def _close_idle(session_id: UUID, before: datetime) -> bool:
    session = (
        FloorSession.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=session_id, is_open=True, updated_at__lt=before)
        .first()
    )
    if session is None:
        return False
    found = scenarios().get(session.scenario)
    job = _job(session)
    if found is not None:
        found.leave(job)
    task_let_go(job)
    _remember(
        session, job, Step(state="left", prompt=_("This job was left alone for too long."), is_over=True)
    )
    return True


def session_brief(session: FloorSession) -> Plain:
    """A session as answers carry it."""
    return {
        "id": str(session.pk),
        "scenario": session.scenario,
        "warehouse_id": session.warehouse_id,
        "task_id": session.task_id,
        "version": session.version,
        "is_open": session.is_open,
    }


# ---------------------------------------------------------------- one entry


def _judge(session: FloorSession, found: Scenario, kept: FloorEntry, entry: EntryIn) -> Answer:
    """Decide about a new entry; sets what became of it on ``kept``."""
    stale = entry.name != LEAVE and _is_stale(session, entry)
    if stale and entry.name != conflicts.NAME:
        kept.outcome = _Outcome.HELD
        return _asked(session, entry, kept)
    try:
        with transaction.atomic():
            if entry.name == conflicts.NAME:
                verb, held = conflicts.decision_read(session, entry.value)
                if stale:
                    return _asked(session, entry, held)
                _decide(session, found, verb, held)
            else:
                _take(session, found, entry.name, entry.value, entry.happened_at)
    except HecangError as error:
        if error.status >= 500:
            raise
        return _answer(session, entry, ok=False, code=error.instance_code, message=str(error.message))
    kept.outcome = _Outcome.ACCEPTED
    following = conflicts.held_first(session) if entry.name == conflicts.NAME else None
    if following is not None and not entry.value.startswith(conflicts.LATER):
        return _answer(session, entry, ok=True, step=conflicts.conflict_step(session, following))
    return _answer(session, entry, ok=True)


def _is_stale(session: FloorSession, entry: EntryIn) -> bool:
    if entry.after is not None:
        return not conflicts.stands_on(session, entry.after)
    return entry.version is not None and entry.version != session.version


def _decide(session: FloorSession, found: Scenario, verb: str, held: FloorEntry) -> None:
    """Do with a held entry what its worker has decided. Raises what the scenario raises."""
    if verb == conflicts.LATER:
        return
    if verb == conflicts.APPLY:
        _take(session, found, held.entry["name"], held.entry["value"], held.happened_at)
    held.outcome = _Outcome.APPLIED if verb == conflicts.APPLY else _Outcome.DROPPED
    held.save(update_fields=["outcome"])


def _take(
    session: FloorSession, found: Scenario, name: str, value: str, happened_at: datetime | None = None
) -> None:
    """Let the scenario take an entry, and remember what follows. Raises :class:`Refusal` and what services raise."""
    job = _job(session)
    if name == LEAVE:
        found.leave(job)
        task_let_go(job)
        step = Step(state="left", prompt=_("You have left this job."), is_over=True)
        _remember(session, job, step)
        return
    code = ""
    if name != UNDO:
        field_, value = value_checked(session.step, name, value)
        code = value if field_["kind"] == "scan" else ""
    elif not session.step.get("can_undo"):
        raise Refusal(_("There is nothing to undo at this step."), code="nothing_to_undo")
    task_keep(job)
    step = found.undo(job) if name == UNDO else found.take(job, Entry(name, value, happened_at))
    _remember(session, job, step)
    seen(job, code)


def _remember(session: FloorSession, job: Job, step: Step, *, counts: bool = True) -> None:
    session.memory, session.task_id, session.step = job.memory, job.task_id, step_dump(step)
    session.is_open = not step.is_over
    session.version += counts
    session.updated_at = now()
    session.save(update_fields=["memory", "task", "step", "is_open", "version", "updated_at"])


def _job(session: FloorSession) -> Job:
    """The session as its scenario sees it; what it changes counts only once it is remembered."""
    return Job(
        session_id=str(session.pk),
        warehouse_id=session.warehouse_id,
        user_id=session.user_id,
        memory=copy.deepcopy(session.memory),
        task_id=session.task_id,
        given=dict(session.given),
    )


# ---------------------------------------------------------------- answers


def _keep(session: FloorSession, entry: EntryIn) -> FloorEntry | None:
    """Write down that an entry came; ``None`` where its id came before."""
    content: dict[str, Any] = {"name": entry.name, "value": entry.value}
    if entry.asked:
        content["asked"] = entry.asked
    kept = FloorEntry(
        scan_id=entry.scan_id, session=session, actor=current_actor().name[:100], at=now(),
        happened_at=entry.happened_at, entry=content, outcome=_Outcome.REFUSED,
    )  # fmt: skip
    rows = fetch(
        "INSERT INTO floor_entry (scan_id, session_id, actor, at, happened_at, entry, outcome, answer)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (scan_id) DO NOTHING RETURNING id",
        [
            kept.scan_id, session.pk, kept.actor, kept.at, kept.happened_at, json.dumps(content),
            _Outcome.REFUSED.value,
        ],
    )  # fmt: skip
    if not rows:
        return None
    kept.pk = rows[0][0]
    return kept


def _again(session: FloorSession, entry: EntryIn) -> Answer:
    """The first answer to an entry that came before."""
    before = FloorEntry.objects.get(scan_id=entry.scan_id)
    same = (before.entry.get("name"), before.entry.get("value")) == (entry.name, entry.value)
    if before.session_id != session.pk or not same:
        return _answer(
            session, entry, ok=False, code="scan_id_reused",
            message=_("This scan id was used for another entry. Send the entry again with an id of its own."),
        )  # fmt: skip
    if before.outcome in {_Outcome.APPLIED, _Outcome.DROPPED}:
        return _answer(session, entry, ok=True, code=before.outcome, repeated=True)
    return Answer(scan_id=entry.scan_id, repeated=True, **before.answer)


def _asked(session: FloorSession, entry: EntryIn, held: FloorEntry) -> Answer:
    return _answer(
        session, entry, ok=False, code="conflict",
        message=_("The job has moved on since you entered this. Decide what shall become of it."),
        step=conflicts.conflict_step(session, held),
    )  # fmt: skip


def _answer(
    session: FloorSession,
    entry: EntryIn,
    *,
    ok: bool,
    code: str = "",
    message: str = "",
    step: Plain | None = None,
    repeated: bool = False,
) -> Answer:
    return Answer(
        entry.scan_id, ok, session_brief(session), step or session.step, code, message, repeated=repeated
    )


def _locked(session_id: UUID) -> FloorSession:
    """My session, locked. Another worker's is unknown to me."""
    found = (
        FloorSession.objects.select_for_update(no_key=True).filter(pk=session_id, user_id=_user_id()).first()
    )
    if found is None:
        raise SessionUnknown(_("There is no such job on your handheld. Go back to the menu."))
    current_actor().scope.require(warehouse=found.warehouse_id)
    return found


def _user_id() -> int:
    user_id = current_actor().user_id
    if user_id is None:
        raise NoWorker(_("Jobs on the floor are done by people. Sign in as one."))
    return user_id
