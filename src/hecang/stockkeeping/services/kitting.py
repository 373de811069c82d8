"""Kits put together and taken apart: components leave through the adjustment location, kits come from there.

Locks: kit job → task → what posting locks. Units that are allocated to orders are left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import virtual_location
from hecang.inventory.errors import InsufficientStock
from hecang.inventory.models import Movement
from hecang.inventory.services import LotIn, PostingIn, lot_get_or_create_many, stock_post
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import Conflict
from hecang.kernel.sequences import numbers
from hecang.stockkeeping.errors_changes import KitExcess, KitInvalid, kit_job_missing
from hecang.stockkeeping.models import KitDirection
from hecang.stockkeeping.states_kitting import CANCELLED, require, state_for
from hecang.work.holders import TaskHolder, TaskRow
from hecang.work.models import TaskKind
from hecang.work.services import TaskIn, tasks_cancel, tasks_create, tasks_done

KIND = "kit_job"

_INSERT = """
INSERT INTO kit_job (number, direction, state, warehouse_id, owner_id, kit_id, quantity, done, from_location_id,
    to_location_id, note, due_at, key, created_by, created_at)
VALUES (%s, %s, 'open', %s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING RETURNING id
"""

_LOCK = """
SELECT j.id, j.number, j.direction, j.state, j.warehouse_id, j.owner_id, j.kit_id, j.quantity, j.done,
    j.from_location_id, j.to_location_id
FROM kit_job j WHERE j.id = %s FOR NO KEY UPDATE
"""

_LOCK_MANY = "SELECT id FROM kit_job WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_LOCK_FREE = "SELECT id FROM kit_job WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"

_COMPONENTS = """
SELECT c.sku_id, c.quantity, k.code, k.is_lot_tracked, k.is_serial_tracked
FROM kit_job_component c JOIN sku k ON k.id = c.sku_id WHERE c.job_id = %s ORDER BY c.id
"""

# What expires first, then what came first.
_ROWS = """
SELECT s.sku_id, s.lot_id, s.container_id, s.quantity - s.allocated, t.expires_on, s.received_at
FROM stock s LEFT JOIN lot t ON t.id = s.lot_id
WHERE s.location_id = %s AND s.owner_id = %s AND s.condition = 'good' AND s.sku_id = ANY(%s::bigint[])
    AND s.quantity > s.allocated AND coalesce(t.is_expired, false) = false
ORDER BY t.expires_on NULLS LAST, s.received_at, s.id
"""

_WRITTEN = """
SELECT m.id, m.sku_id, m.lot_id, m.owner_id, m.quantity, m.from_location_id, m.to_location_id, m.from_condition,
    m.to_condition, m.from_container_id, m.to_container_id,
    array(SELECT n.number FROM movement_serial x JOIN serial n ON n.id = x.serial_id
        WHERE x.movement_id = m.id ORDER BY n.id)
FROM movement m WHERE m.source_kind = 'kit_step' AND m.source_id = %s ORDER BY m.id DESC
"""


@dataclass(frozen=True, slots=True)
class KitJobIn:
    """A job to make.

    :param quantity: kits.
    :param from_location_id: where what is used up lies; the bench, or the shelf itself.
    :param to_location_id: where what is made goes; the same place if not given.
    """

    warehouse_id: int
    owner_id: int
    kit_id: int
    quantity: int
    from_location_id: int
    to_location_id: int | None = None
    direction: str = KitDirection.ASSEMBLE.value
    note: str = ""
    due_at: datetime | None = None
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class KitStepIn:
    """Kits that were made (or taken apart) in one go.

    :param key: made by whoever asks; a repetition gets the first answer.
    :param serials: numbers of the kits, where they have any.
    :param lot_code: lot of the kits, where they are kept by lot; the number of the job if blank.
    :param lots: component SKU → lot code of what comes out of a kit that is taken apart.
    """

    job_id: int
    quantity: int
    key: UUID
    serials: tuple[str, ...] = ()
    lot_code: str = ""
    expires_on: date | None = None
    lots: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class KitOutcome:
    """A job as it stands after a step."""

    job_id: int
    number: str
    state: str
    done: int
    quantity: int
    step_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    id: int
    number: str
    direction: str
    state: str
    warehouse_id: int
    owner_id: int
    kit_id: int
    quantity: int
    done: int
    from_location_id: int
    to_location_id: int

    @property
    def assembles(self) -> bool:
        return self.direction == KitDirection.ASSEMBLE.value


@dataclass(frozen=True, slots=True)
class _Part:
    sku_id: int
    quantity: int
    code: str
    is_lot_tracked: bool
    is_serial_tracked: bool


@transactional
def kit_job_create(*, job: KitJobIn) -> KitOutcome:
    """Write a job down, with what the catalogue says a kit is made of, and put it into the task pool.

    :raises KitInvalid: not a kit that is kept as one piece, nothing in it, or places that do not fit.
    """
    if job.key is not None and (known := fetch_one("SELECT id FROM kit_job WHERE key = %s", [job.key])):
        return _outcome(known[0])
    parts = _parts_of_catalogue(job)
    target = job.to_location_id or job.from_location_id
    row = fetch_one(
        _INSERT,
        [
            numbers("kit_job")[0], job.direction, job.warehouse_id, job.owner_id, job.kit_id, job.quantity,
            job.from_location_id, target, job.note, job.due_at, job.key, current_actor().name[:100], clock.now(),
        ],
    )  # fmt: skip
    if row is None:
        found = fetch_one("SELECT id FROM kit_job WHERE key = %s", [job.key])
        assert found is not None
        return _outcome(found[0])
    execute(
        "INSERT INTO kit_job_component (job_id, sku_id, quantity)"
        " SELECT %s, d.* FROM unnest(%s::bigint[], %s::bigint[]) AS d (sku_id, quantity)",
        [row[0], *columns(parts, 2)],
    )
    tasks_create(
        tasks=[
            TaskIn(
                TaskKind.KIT.value,
                job.warehouse_id,
                KIND,
                row[0],
                due_at=job.due_at,
                from_location_id=job.from_location_id,
                to_location_id=target,
                sku_id=job.kit_id,
                quantity=job.quantity,
                note=job.note,
            )
        ]
    )
    audit_record(
        action="stockkeeping.kit_job.created",
        entity_kind=KIND,
        entity_id=row[0],
        after={"kit_id": job.kit_id, "quantity": job.quantity, "direction": job.direction},
    )
    return _outcome(row[0])


@transactional
def kit_job_do(*, step: KitStepIn) -> KitOutcome:
    """Book kits that have been made (or taken apart): what is used up leaves, what is made comes, in one posting.

    A repetition under the same key changes nothing. Units that are allocated to orders are not used.

    :raises KitExcess: more than are still to be made. InsufficientStock: too little lies free at the place.
    """
    job = _lock(step.job_id)
    if known := fetch_one("SELECT id, job_id FROM kit_step WHERE key = %s", [step.key]):
        if known[1] != job.id:
            raise Conflict(_("This key belongs to a step of another job."), code="key_reused")
        return _outcome(job.id, known[0])
    if step.quantity <= 0 or job.done + step.quantity > job.quantity:
        raise KitExcess(
            _("Job %(number)s asks for %(open)s more kits. Book at least 1 and at most that.")
            % {"number": job.number, "open": job.quantity - job.done},
            data={"open": job.quantity - job.done},
        )
    following = state_for(job.done + step.quantity, job.quantity)
    require(job.state, following, number=job.number)
    row = fetch_one(
        "INSERT INTO kit_step (job_id, key, quantity, at, actor, undone_by) VALUES (%s, %s, %s, %s, %s, '') RETURNING id",
        [job.id, step.key, step.quantity, clock.now(), current_actor().name[:100]],
    )
    assert row is not None
    stock_post(entries=_entries(job, step, row[0]))
    _progress(job, job.done + step.quantity)
    return _outcome(job.id, row[0])


@transactional
def kit_step_undo(*, step_id: int) -> KitOutcome:
    """Take a step back: what it made leaves again, what it used comes back to where it lay, lots and serials as well.

    A repetition changes nothing.

    :raises InsufficientStock: what it made has been moved or promised meanwhile.
    """
    row = fetch_one("SELECT job_id FROM kit_step WHERE id = %s", [step_id])
    if row is None:
        raise kit_job_missing()
    job = _lock(row[0])
    open_step = fetch_one("SELECT quantity FROM kit_step WHERE id = %s AND undone_at IS NULL", [step_id])
    if open_step is None:
        return _outcome(job.id, step_id)
    require(job.state, state_for(job.done - open_step[0], job.quantity), number=job.number)
    stock_post(entries=[part for entry in fetch(_WRITTEN, [step_id]) for part in _reversed(entry, step_id)])
    execute(
        "UPDATE kit_step SET undone_at = %s, undone_by = %s WHERE id = %s",
        [clock.now(), current_actor().name[:100], step_id],
    )
    _progress(job, job.done - open_step[0])
    audit_record(
        action="stockkeeping.kit_step.undone",
        entity_kind=KIND,
        entity_id=job.id,
        before={"step_id": step_id, "quantity": open_step[0]},
    )
    return _outcome(job.id, step_id)


@transactional
def kit_job_cancel(*, job_id: int, note: str = "") -> KitOutcome:
    """End a job early; the kits that were made stay made. A repetition changes nothing."""
    job = _lock(job_id)
    if job.state != CANCELLED:
        require(job.state, CANCELLED, number=job.number)
        execute(
            "UPDATE kit_job SET state = %s, closed_at = %s WHERE id = %s", [CANCELLED, clock.now(), job.id]
        )
        tasks_cancel(subjects=[(KIND, job.id)], note=note)
        audit_record(
            action="stockkeeping.kit_job.cancelled",
            entity_kind=KIND,
            entity_id=job.id,
            before={"state": job.state, "done": job.done},
            after={"state": CANCELLED, "note": note},
        )
    return _outcome(job.id)


class KitJobHolder(TaskHolder):
    """The pool asks before a task is taken out of it: a job without a task would never be done."""

    subject_kind = KIND

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        rows = fetch(_LOCK_MANY if wait else _LOCK_FREE, [sorted(set(subject_ids))])
        return [row[0] for row in rows]

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        ids = [task.subject_id for task in tasks]
        standing = fetch(
            "SELECT number FROM kit_job WHERE id = ANY(%s::bigint[]) AND state IN ('open', 'started') ORDER BY id",
            [ids],
        )
        if standing:
            raise Conflict(
                _("Kit job %(number)s is still open. End the job instead of its task.")
                % {"number": standing[0][0]},
                code="kit_job_open",
                data={"numbers": [row[0] for row in standing]},
            )


def _progress(job: _Job, done: int) -> None:
    state = state_for(done, job.quantity)
    closed_at = clock.now() if done >= job.quantity else None
    execute(
        "UPDATE kit_job SET done = %s, state = %s, closed_at = %s WHERE id = %s",
        [done, state, closed_at, job.id],
    )
    if done >= job.quantity:
        tasks_done(subjects=[(KIND, job.id)])
    elif job.done >= job.quantity:
        tasks_create(
            tasks=[
                TaskIn(
                    TaskKind.KIT.value, job.warehouse_id, KIND, job.id, from_location_id=job.from_location_id,
                    to_location_id=job.to_location_id, sku_id=job.kit_id, quantity=job.quantity - done,
                )
            ]
        )  # fmt: skip


def _entries(job: _Job, step: KitStepIn, step_id: int) -> list[PostingIn]:
    parts = [_Part(*row) for row in fetch(_COMPONENTS, [job.id])]
    kit = fetch_one("SELECT code, is_lot_tracked, is_serial_tracked FROM sku WHERE id = %s", [job.kit_id])
    assert kit is not None
    whole = _Part(job.kit_id, 1, *kit)
    used = [(p, p.quantity * step.quantity) for p in parts] if job.assembles else [(whole, step.quantity)]
    made = [(whole, step.quantity)] if job.assembles else [(p, p.quantity * step.quantity) for p in parts]
    outside = virtual_location(job.warehouse_id, "adjustment")
    entries, expiry = _used(job, used, step, outside, step_id)
    lots = _lots(job, made, step, expiry)
    entries += [
        _posting(
            job, part.sku_id, units, outside, job.to_location_id, step_id, lot_id=lots.get(part.sku_id),
            serials=step.serials if job.assembles else (),
        )
        for part, units in made
    ]  # fmt: skip
    return entries


def _used(
    job: _Job, used: Sequence[tuple[_Part, int]], step: KitStepIn, outside: int, step_id: int
) -> tuple[list[PostingIn], date | None]:
    """What leaves, first expired first, and when the first of it expires."""
    rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in fetch(_ROWS, [job.from_location_id, job.owner_id, [part.sku_id for part, _units in used]]):
        rows[row[0]].append(row)
    entries, short, days = [], [], []
    for part, units in used:
        left = units
        for _sku, lot_id, container_id, free, expires_on, _received in rows[part.sku_id]:
            takes = min(free, left)
            if takes <= 0:
                break
            left -= takes
            days.append(expires_on)
            named = step.serials if not job.assembles and takes == units else ()
            entries.append(
                _posting(
                    job, part.sku_id, takes, job.from_location_id, outside, step_id, lot_id=lot_id,
                    container_id=container_id, serials=named,
                )
            )  # fmt: skip
        if left:
            short.append({"sku_id": part.sku_id, "sku": part.code, "requested": units, "free": units - left})
    if short:
        raise InsufficientStock(
            _(
                "%(requested)s units of %(sku)s are needed at the place, but only %(free)s are free there. Bring more."
            )
            % short[0],
            data={"short": short},
        )
    return entries, min((day for day in days if day is not None), default=None)


def _lots(
    job: _Job, made: Sequence[tuple[_Part, int]], step: KitStepIn, expiry: date | None
) -> dict[int, int]:
    """SKU → lot of what is made, where it is kept by lot."""
    wanted = []
    for part, _units in made:
        if part.is_lot_tracked:
            code = step.lot_code if job.assembles else (step.lots or {}).get(part.sku_id, "")
            wanted.append(LotIn(part.sku_id, code or job.number, expires_on=step.expires_on or expiry))
    ids = lot_get_or_create_many(lots=wanted)
    return {lot.sku_id: key for lot, key in zip(wanted, ids, strict=True)}


def _posting(
    job: _Job,
    sku_id: int,
    units: int,
    source: int,
    target: int,
    step_id: int,
    *,
    lot_id: int | None = None,
    container_id: int | None = None,
    serials: tuple[str, ...] = (),
) -> PostingIn:
    return PostingIn(
        sku_id=sku_id,
        owner_id=job.owner_id,
        lot_id=lot_id,
        quantity=units,
        from_location_id=source,
        to_location_id=target,
        from_container_id=container_id,
        reason=Movement.Reason.KIT.value,
        source_kind="kit_step",
        source_id=step_id,
        serials=serials,
    )


def _reversed(entry: tuple[Any, ...], step_id: int) -> list[PostingIn]:
    """The entry the other way; its numbered units as an entry of their own."""
    _id, sku_id, lot_id, owner_id, units, source, target, before, after, box, to_box, serials = entry
    parts = [(len(serials), tuple(serials)), (units - len(serials), ())]
    return [
        PostingIn(
            sku_id=sku_id,
            owner_id=owner_id,
            lot_id=lot_id,
            quantity=part,
            from_location_id=target,
            to_location_id=source,
            from_condition=after,
            to_condition=before,
            from_container_id=to_box,
            to_container_id=box,
            reason=Movement.Reason.KIT.value,
            source_kind="kit_undo",
            source_id=step_id,
            serials=named,
        )
        for part, named in parts
        if part
    ]


def _parts_of_catalogue(job: KitJobIn) -> list[tuple[int, int]]:
    kit = fetch_one("SELECT code, kind, kit_mode FROM sku WHERE id = %s", [job.kit_id])
    places = dict(
        fetch(
            "SELECT id, warehouse_id FROM location WHERE id = ANY(%s::bigint[]) AND NOT is_virtual",
            [[job.from_location_id, job.to_location_id or job.from_location_id]],
        )
    )
    parts = fetch(
        "SELECT component_id, quantity FROM kit_component WHERE kit_id = %s ORDER BY id", [job.kit_id]
    )
    if fetch_one("SELECT 1 FROM owner WHERE id = %s", [job.owner_id]) is None:
        fault = ("unknown_owner", _("There is no such owner."))
    elif job.quantity <= 0:
        fault = ("quantity_not_positive", _("The quantity must be at least 1."))
    elif kit is None or kit[1] != "kit" or not parts:
        fault = ("not_a_kit", _("This SKU is no kit, or the catalogue does not say what it is made of."))
    elif kit[2] == "explode":
        fault = (
            "kit_not_kept",
            _("%(sku)s is sold as its components and never kept as one piece.") % {"sku": kit[0]},
        )
    elif any(
        places.get(key) != job.warehouse_id
        for key in (job.from_location_id, job.to_location_id or job.from_location_id)
    ):
        fault = ("unknown_location", _("The places must lie inside of the warehouse."))
    else:
        return [(row[0], row[1]) for row in parts]
    raise KitInvalid(fault[1], code=fault[0])


def _lock(job_id: int) -> _Job:
    row = fetch_one(_LOCK, [job_id])
    if row is None:
        raise kit_job_missing()
    return _Job(*row)


def _outcome(job_id: int, step_id: int | None = None) -> KitOutcome:
    row = fetch_one("SELECT number, state, done, quantity FROM kit_job WHERE id = %s", [job_id])
    assert row is not None
    number, state, done, quantity = row
    return KitOutcome(job_id, number, state, done, quantity, step_id)
