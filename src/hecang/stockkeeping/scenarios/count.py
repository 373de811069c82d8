"""Count on the floor: place after place of a stretch; scan what lies there, say how much, say that it is all.

The counter never sees what the books say, unless the count was made to show it. Each quantity keeps the position of
the ledger (or, entered without a network, the time) at which it was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inventory.services import LotIn, container_move, lot_get_or_create_many
from hecang.inventory.services.snapshots import ledger_position
from hecang.kernel import clock
from hecang.kernel.permissions import declare
from hecang.stockkeeping.scenarios import count_steps as steps
from hecang.stockkeeping.scenarios.count_memory import At, Counted, Memory, Pending
from hecang.stockkeeping.selectors.counts import floor
from hecang.stockkeeping.services.counts import (
    PlaceRead,
    Suspicion,
    counts_on_event,
    place_enter,
    place_leave,
    place_skip,
    places_count,
)
from hecang.work.floor.protocol import Entry, Job, Refusal, Scenario, Step
from hecang.work.models import TaskKind
from hecang.work.scanning import Match, Scanned, scan_read
from hecang.work.services import task_claim, task_claim_next, task_start

#: An entry that is older than this when it comes in is taken to be of its own time.
_LATE_SECONDS = 30


class CountScenario(Scenario):
    """Work off tasks of counts; without one, any place that somebody doubts is counted at once."""

    code = "count"
    title = gettext_noop("Count")
    permission = declare("stockkeeping.count.work")
    icon = "count"
    task_kinds = (TaskKind.COUNT.value,)

    def begin(self, job: Job) -> Step:
        """Take the task that was named, else the next one; without any, ask for a place."""
        task_id = int(job.given["task_id"]) if job.given.get("task_id", "").isdigit() else None
        if task_id is not None:
            task_claim(task_id=task_id)
            return self._walk(job, Memory(), task_id)
        return self._next_task(job, Memory(), said="")

    def take(self, job: Job, entry: Entry) -> Step:
        memory = Memory.of(job.memory)
        taking = self._taking(memory.state).get(entry.name)
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        step = taking(job, memory, entry)
        job.memory = memory.as_dict()
        return step

    def undo(self, job: Job) -> Step:
        """Take back what was begun, else the last quantity."""
        memory = Memory.of(job.memory)
        said = ""
        if memory.state in ("confirm", "container", "confirm_empty"):
            memory.asking = None
        elif memory.pending is not None:
            memory.pending = None
        elif memory.counted:
            last = memory.counted.pop()
            said = _("Taken back: %(quantity)s of %(sku)s") % {"quantity": last.quantity, "sku": last.sku}
        memory.state = "goods"
        job.memory = memory.as_dict()
        return steps.goods(memory, said=said, tone="warn" if said else "plain")

    def leave(self, job: Job) -> None:
        """The place at hand is free again for others; the engine gives the task back."""
        memory = Memory.of(job.memory)
        if memory.count_id and memory.at is not None:
            place_leave(count_id=memory.count_id, place_id=memory.at.place_id)

    # ------------------------------------------------------------ places

    def _taking(self, state: str) -> Mapping[str, Callable[[Job, Memory, Entry], Step]]:
        """What each step takes."""
        table: dict[str, dict[str, Callable[[Job, Memory, Entry], Step]]] = {
            "place": {"location": self._location, "skip": self._skip},
            "any_place": {"location": self._doubted},
            "goods": {
                "goods": self._scan, "empty": self._done, "done": self._ask_done, "loose": self._loose,
            },
            "confirm": {"all": self._done, "more": self._more},
            "container": {"opened": self._opened},
            "owner": {"owner": self._owner},
            "lot": {"lot": self._lot, "lot_code": self._lot_code},
            "expiry": {"expires_on": self._expiry},
            "serials": {"serial": self._serial, "enough": self._serials_done},
            "quantity": {"quantity": self._quantity, "condition": self._condition},
        }  # fmt: skip
        return table.get(state, {})

    def _next_task(self, job: Job, memory: Memory, *, said: str) -> Step:
        task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.COUNT.value])
        if task is not None:
            return self._walk(job, memory, task.id, said=said)
        job.task_id = None
        if said:
            return steps.over(said)
        memory.clear()
        memory.state, memory.stretch_id, memory.count_id = "any_place", 0, 0
        job.memory = memory.as_dict()
        return steps.any_place()

    def _walk(self, job: Job, memory: Memory, task_id: int, *, said: str = "") -> Step:
        """Begin a task: go to the first of its places."""
        row = task_start(task_id=task_id)
        job.task_id = task_id
        memory.stretch_id = row.subject_id
        view = floor.stretch_view(row.subject_id)
        if view is None:
            raise Refusal(_("The count behind this task is gone. Take another task."), code="count_gone")
        memory.count_id, memory.number, memory.is_blind = view.count_id, view.number, view.is_blind
        return self._next_place(job, memory, said=said)

    def _next_place(self, job: Job, memory: Memory, *, said: str = "") -> Step:
        view = floor.stretch_view(memory.stretch_id)
        stops = floor.stretch_stops(memory.stretch_id, job.user_id)
        memory.clear()
        if not stops or view is None:
            return self._next_task(job, memory, said=said or _("All places of this task are counted"))
        stop = stops[0]
        memory.at = At(stop.place_id, stop.location_id, stop.code, stop.zone)
        memory.progress = (view.done, view.places)
        memory.state = "place"
        job.memory = memory.as_dict()
        return steps.place(memory, said=said, tone="good" if said else "plain")

    def _location(self, job: Job, memory: Memory, entry: Entry) -> Step:
        """A place was scanned: the one that comes next, or another of this stretch."""
        match = _location_of(job, entry.value)
        stops = {stop.location_id: stop for stop in floor.stretch_stops(memory.stretch_id, job.user_id)}
        stop = stops.get(match.id)
        if stop is None:
            assert memory.at is not None
            raise Refusal(
                _("%(found)s is not one of the places to count here. Go to %(wanted)s.")
                % {"found": match.code, "wanted": memory.at.code},
                code="wrong_location",
            )
        place_enter(count_id=memory.count_id, place_id=stop.place_id)
        memory.at = At(stop.place_id, stop.location_id, stop.code, stop.zone)
        memory.state = "goods"
        return steps.goods(memory)

    def _doubted(self, job: Job, memory: Memory, entry: Entry) -> Step:
        """No task waits: count a place because somebody stands there and doubts it."""
        match = _location_of(job, entry.value)
        counts_on_event(suspicions=[Suspicion(job.warehouse_id, match.id, "suspicion")])
        found = floor.place_of_location(match.id)
        if found is None:
            raise Refusal(
                _("%(place)s cannot be counted: it is not in use.") % {"place": match.code},
                code="not_counted",
            )
        task_id = floor.task_of_stretch(found[1])
        if task_id is None:
            raise Refusal(
                _("Somebody else is counting %(place)s.") % {"place": match.code}, code="place_taken"
            )
        task_claim(task_id=task_id)
        self._walk(job, memory, task_id)
        memory.state = "place"
        return self._location(job, memory, entry)

    def _skip(self, job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.at is not None
        code = memory.at.code
        place_skip(
            count_id=memory.count_id, place_id=memory.at.place_id, reason=steps.skip_reason(entry.value)
        )
        return self._next_place(job, memory, said=_("%(place)s skipped") % {"place": code})

    # ------------------------------------------------------------ goods

    def _scan(self, job: Job, memory: Memory, entry: Entry) -> Step:
        """Goods, a container, or the place once more, which says that it is done."""
        assert memory.at is not None
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        match = scanned.first("sku", "serial", "container", "location")
        if match is None or (match.kind != "location" and match.sku_id is None and match.kind != "container"):
            raise Refusal(
                _("Nothing here has the code “%(code)s”. Lay the goods aside and tell your lead.")
                % {"code": scanned.text[:60]},
                code="code_unknown",
            )
        if match.kind == "location":
            if match.id == memory.at.location_id:
                return self._ask_done(job, memory, entry)
            raise Refusal(
                _("First say that %(place)s is done, then scan the next place.") % {"place": memory.at.code},
                code="place_not_done",
            )
        if match.kind == "container":
            return self._container(memory, match)
        return self._goods(job, memory, match, scanned, entry)

    def _container(self, memory: Memory, match: Match) -> Step:
        code, location_id, where = floor.container_where(match.id)
        assert memory.at is not None
        memory.asking = {
            "id": match.id,
            "code": code,
            "elsewhere": "" if location_id == memory.at.location_id else where,
        }
        memory.state = "container"
        return steps.container(memory)

    def _opened(self, _job: Job, memory: Memory, entry: Entry) -> Step:
        """What to do with a container: count what is in it, leave it sealed, or first bring it here in the books."""
        assert memory.asking is not None
        assert memory.at is not None
        box = {"id": int(memory.asking["id"]), "code": str(memory.asking["code"])}
        if entry.value == "bring":
            container_move(
                container_id=int(memory.asking["id"]), to_location_id=memory.at.location_id, reason="count",
                source_kind="count_place", source_id=memory.at.place_id, note=memory.number,
            )  # fmt: skip
            memory.asking["elsewhere"] = ""
            return steps.container(memory)
        memory.asking = None
        memory.state = "goods"
        if entry.value == "sealed":
            memory.sealed.append(box)
            memory.container = None
            return steps.goods(
                memory, said=_("%(code)s stands here, sealed") % {"code": box["code"]}, tone="good"
            )
        memory.container = box
        return steps.goods(memory, said=_("Now what is in %(code)s") % {"code": box["code"]}, tone="good")

    def _loose(self, _job: Job, memory: Memory, _entry: Entry) -> Step:
        memory.container = None
        return steps.goods(memory, said=_("Now what lies loose"), tone="good")

    def _goods(self, job: Job, memory: Memory, match: Match, scanned: Scanned, entry: Entry) -> Step:
        assert match.sku_id is not None
        sku = floor.sku_view(match.sku_id)
        if sku is None:
            raise Refusal(_("These goods are not known any more."), code="code_unknown")
        inside = scanned.elements
        units = match.quantity * (inside.count or 1) if match.kind == "sku" else 1
        pending = Pending(
            sku_id=sku.id, sku=sku.code, name=sku.name, unit=sku.unit, quantity=units,
            is_serial=sku.is_serial_tracked, needs_lot=sku.is_lot_tracked, needs_expiry=sku.is_expiry_tracked,
            lot_code=inside.lot, expires_on=inside.expires_on.isoformat() if inside.expires_on else "",
        )  # fmt: skip
        if sku.is_serial_tracked:
            number = inside.serial or (match.code if match.kind == "serial" else "")
            pending.serials = [number] if number else []
        memory.pending = pending
        return self._complete(job, memory, entry)

    def _complete(self, job: Job, memory: Memory, _entry: Entry) -> Step:
        """Ask for what is still missing of the goods at hand: owner, lot, numbers, quantity."""
        pending, at = memory.pending, memory.at
        assert pending is not None
        assert at is not None
        if pending.owner_id is None:
            owners = floor.owners_of(pending.sku_id, job.warehouse_id, at.location_id)
            if len(owners) != 1:
                memory.state = "owner"
                return steps.owner(memory, owners)
            pending.owner_id = owners[0][0]
        if pending.needs_lot and pending.lot_id is None:
            if not pending.lot_code:
                memory.state = "lot"
                return steps.lot(memory, floor.lots_of(pending.sku_id, job.warehouse_id))
            pending.lot_id = floor.lot_named(pending.sku_id, pending.lot_code)
            if pending.lot_id is None and pending.needs_expiry and not pending.expires_on:
                memory.state = "expiry"
                return steps.expiry(memory)
            if pending.lot_id is None:
                pending.lot_id = _lot_make(pending)
        if pending.is_serial:
            memory.state = "serials"
            return steps.serials(memory)
        memory.state = "quantity"
        return steps.quantity(memory)

    def _owner(self, job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        memory.pending.owner_id = int(entry.value)
        return self._complete(job, memory, entry)

    def _lot(self, job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        memory.pending.lot_id = int(entry.value)
        return self._complete(job, memory, entry)

    def _lot_code(self, job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        memory.pending.lot_code = entry.value.strip()
        return self._complete(job, memory, entry)

    def _expiry(self, job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        memory.pending.expires_on = entry.value
        return self._complete(job, memory, entry)

    def _serial(self, job: Job, memory: Memory, entry: Entry) -> Step:
        """One more numbered unit; a number of other goods, or one that was scanned already, is refused."""
        pending = memory.pending
        assert pending is not None
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        match = scanned.first("serial")
        if match is not None and match.sku_id != pending.sku_id:
            raise Refusal(
                _("This number belongs to other goods. First finish %(sku)s.") % {"sku": pending.sku},
                code="serial_of_another",
            )
        number = scanned.elements.serial or (match.code if match else scanned.text)
        known = {one for counted in memory.counted for one in counted.serials or ()}
        if number in pending.serials or number in known:
            raise Refusal(_("%(number)s has been scanned already.") % {"number": number}, code="serial_twice")
        pending.serials.append(number)
        return steps.serials(memory)

    def _serials_done(self, _job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        if not memory.pending.serials:
            raise Refusal(_("Scan at least one number, or go back."), code="serial_missing")
        return self._keep(memory, entry, len(memory.pending.serials))

    def _condition(self, _job: Job, memory: Memory, entry: Entry) -> Step:
        assert memory.pending is not None
        memory.pending.condition = "" if entry.value == "sound" else entry.value
        return steps.quantity(memory)

    def _quantity(self, _job: Job, memory: Memory, entry: Entry) -> Step:
        return self._keep(memory, entry, int(entry.value))

    def _keep(self, memory: Memory, entry: Entry, units: int) -> Step:
        """Remember a quantity with the moment at which it was counted."""
        pending = memory.pending
        assert pending is not None
        happened = entry.happened_at or clock.now()
        is_late = (clock.now() - happened).total_seconds() > _LATE_SECONDS
        memory.counted.append(
            Counted.of(
                pending, units, memory.container, at=happened.isoformat(),
                position=None if is_late else ledger_position(),
            )
        )  # fmt: skip
        memory.pending = None
        memory.state = "goods"
        said = _("%(quantity)s %(unit)s of %(sku)s") % {
            "quantity": units, "unit": pending.unit, "sku": pending.sku,
        }  # fmt: skip
        return steps.goods(memory, said=said, tone="good")

    # ------------------------------------------------------------ done

    def _ask_done(self, _job: Job, memory: Memory, _entry: Entry) -> Step:
        memory.state = "confirm"
        return steps.confirm(memory)

    def _more(self, _job: Job, memory: Memory, _entry: Entry) -> Step:
        memory.state = "goods"
        return steps.goods(memory)

    def _done(self, job: Job, memory: Memory, entry: Entry) -> Step:
        """Everything that lies here was named; the rest of the books is not here."""
        assert memory.at is not None
        happened = entry.happened_at
        late = happened is not None and (clock.now() - happened).total_seconds() > _LATE_SECONDS
        code = memory.at.code
        places_count(
            count_id=memory.count_id,
            reads=[
                PlaceRead(
                    place_id=memory.at.place_id,
                    tallies=tuple(one.tally() for one in memory.counted),
                    sealed=tuple(int(box["id"]) for box in memory.sealed),
                    at=happened if late else None,
                )
            ],
        )
        return self._next_place(job, memory, said=_("%(place)s is counted") % {"place": code})


def _location_of(job: Job, text: str) -> Match:
    scanned = scan_read(text, warehouse_id=job.warehouse_id)
    match = scanned.first("location")
    if match is None:
        raise Refusal(
            _("“%(code)s” is no place of this warehouse. Scan the label of the place.")
            % {"code": scanned.text[:60]},
            code="no_location",
        )
    return match


def _lot_make(pending: Pending) -> int:
    expires = date.fromisoformat(pending.expires_on) if pending.expires_on else None
    return lot_get_or_create_many(lots=[LotIn(pending.sku_id, pending.lot_code, expires_on=expires)])[0]
