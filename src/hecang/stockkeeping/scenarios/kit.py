"""Kitting on a handheld: go to the place, scan what goes in, say how many, scan where they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.stockkeeping.scenarios import kit_steps as steps
from hecang.stockkeeping.selectors.kit_floor import KitWork, kit_work
from hecang.stockkeeping.services.kitting import KIND, KitStepIn, kit_job_do, kit_step_undo
from hecang.stockkeeping.states_kitting import CANCELLED, DONE
from hecang.work.floor.protocol import Entry, Job, Refusal, Scenario, Step, Tone
from hecang.work.models import Task, TaskKind
from hecang.work.scanning import Match, scan_read
from hecang.work.services import task_claim, task_claim_next, task_start


class KitScenario(Scenario):
    """Put kits together or take them apart: every kind of goods is scanned once, nothing is booked before the end."""

    code = "kit"
    title = gettext_noop("Kitting")
    permission = "stockkeeping.kit_job.work"
    icon = "kit"
    task_kinds = (TaskKind.KIT.value,)

    def begin(self, job: Job) -> Step:
        """Take the task that was named, else the next one."""
        task_id = job.given.get("task_id", "")
        if task_id.isdigit():
            task_claim(task_id=int(task_id))
            return self._start(job, int(task_id))
        return self._next(job)

    def take(self, job: Job, entry: Entry) -> Step:
        work = kit_work(job.memory["job_id"]) if "job_id" in job.memory else None
        if work is None or work.state in {DONE, CANCELLED}:
            return self._next(job, said=_("This kit job has ended meanwhile."), tone="warn")
        table: Mapping[tuple[str, str], Callable[[Job, KitWork, Entry], Step]] = {
            ("place", "place"): self._place,
            ("goods", "goods"): self._goods,
            ("kits", "kits"): self._kits,
            ("serial", "serial"): self._serial,
            ("lot", "lot"): self._lot,
            ("target", "target"): self._target,
        }
        taking = table.get((job.memory.get("state", ""), entry.name))
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        return taking(job, work, entry)

    def undo(self, job: Job) -> Step:
        """Take back what was scanned since the last booking, else the last booking."""
        step_id = job.memory.get("step_id")
        if job.memory.get("state") == "place" and step_id:
            kit_step_undo(step_id=step_id)
            job.memory.pop("step_id")
        work = kit_work(job.memory["job_id"])
        assert work is not None
        return self._ask_place(job, work, said=_("Taken back"), tone="warn")

    # ------------------------------------------------------------ tasks

    def _next(self, job: Job, *, said: str = "", tone: Tone = "plain") -> Step:
        task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.KIT.value])
        if task is None:
            job.task_id = None
            job.memory.clear()
            return steps.over(said, tone)
        return self._start(job, task.id, said=said, tone=tone)

    def _start(self, job: Job, task_id: int, *, said: str = "", tone: Tone = "plain") -> Step:
        task_start(task_id=task_id)
        task = Task.objects.get(id=task_id)
        work = (
            kit_work(task.subject_id)
            if (task.kind, task.subject_kind) == (TaskKind.KIT.value, KIND)
            else None
        )
        if work is None:
            raise Refusal(_("The kit job behind this task is gone. Take another task."), code="kit_job_gone")
        job.task_id = task_id
        job.memory.clear()
        job.memory["job_id"] = work.id
        return self._ask_place(job, work, said=said, tone=tone)

    def _ask_place(self, job: Job, work: KitWork, *, said: str = "", tone: Tone = "plain") -> Step:
        kept: dict[str, Any] = {
            name: job.memory[name] for name in ("job_id", "step_id") if name in job.memory
        }
        job.memory.clear()
        job.memory.update(kept, state="place")
        return steps.place(work, said=said, tone=tone, can_undo="step_id" in kept)

    # ------------------------------------------------------------ entries

    def _place(self, job: Job, work: KitWork, entry: Entry) -> Step:
        match = _read(job, entry.value, "location")
        if match.id != work.from_id:
            raise Refusal(
                _("Kit job %(number)s begins at %(place)s, and this is %(there)s.")
                % {"number": work.number, "place": work.from_code, "there": match.code},
                code="wrong_place",
            )
        if missing := [part for part in work.used if part.free < part.quantity]:
            raise Refusal(
                _("Of %(sku)s only %(free)s are free here, and one kit needs %(need)s. Bring more first.")
                % {"sku": missing[0].sku, "free": missing[0].free, "need": missing[0].quantity},
                code="parts_missing",
            )
        job.memory |= {"state": "goods", "seen": []}
        return steps.goods(work, [])

    def _goods(self, job: Job, work: KitWork, entry: Entry) -> Step:
        match = _read(job, entry.value, "sku", "serial", "lot")
        sku_id = match.id if match.kind == "sku" else match.sku_id
        part = next((part for part in work.used if part.sku_id == sku_id), None)
        if part is None:
            raise Refusal(
                _("%(code)s does not belong to this job. Put it back.") % {"code": match.code},
                code="wrong_goods",
            )
        seen: list[int] = job.memory["seen"]
        if part.sku_id not in seen:
            seen.append(part.sku_id)
        if len(seen) < len(work.used):
            return steps.goods(work, seen)
        job.memory["state"] = "kits"
        return steps.kits(work)

    def _kits(self, job: Job, work: KitWork, entry: Entry) -> Step:
        kits = int(entry.value)
        if not 1 <= kits <= work.most:
            raise Refusal(
                _("Name a quantity from 1 to %(most)s.") % {"most": work.most}, code="wrong_quantity"
            )
        job.memory |= {"kits": kits, "serials": [], "lots": {}}
        return self._after(job, work)

    def _serial(self, job: Job, work: KitWork, entry: Entry) -> Step:
        number = scan_read(entry.value, warehouse_id=job.warehouse_id).elements.serial or entry.value.strip()
        if len(number) > steps.LONGEST:
            raise Refusal(
                _("A serial has 1 to 64 characters, without spaces around."), code="serial_malformed"
            )
        if number in job.memory["serials"]:
            raise Refusal(
                _("Serial %(number)s was scanned twice. Scan each unit once.") % {"number": number},
                code="serial_twice",
            )
        job.memory["serials"].append(number)
        return self._after(job, work)

    def _lot(self, job: Job, work: KitWork, entry: Entry) -> Step:
        wanted = work.lots_wanted(job.memory["lots"])[0]
        elements = scan_read(entry.value, warehouse_id=job.warehouse_id).elements
        job.memory["lots"][str(wanted.sku_id)] = (elements.lot or entry.value).strip()[: steps.LONGEST]
        return self._after(job, work)

    def _after(self, job: Job, work: KitWork) -> Step:
        """What is still to be said before the kits can be booked."""
        memory = job.memory
        if work.kit.is_serial_tracked and len(memory["serials"]) < memory["kits"]:
            memory["state"] = "serial"
            return steps.serial(work, memory)
        if wanted := work.lots_wanted(memory["lots"]):
            memory["state"] = "lot"
            return steps.lot(work, wanted[0])
        if work.to_id == work.from_id:
            return self._book(job, work)
        memory["state"] = "target"
        return steps.target(work, memory["kits"])

    def _target(self, job: Job, work: KitWork, entry: Entry) -> Step:
        match = _read(job, entry.value, "location")
        if match.id != work.to_id:
            raise Refusal(
                _("This is %(there)s. The goods belong to %(place)s.")
                % {"there": match.code, "place": work.to_code},
                code="wrong_place",
            )
        return self._book(job, work)

    def _book(self, job: Job, work: KitWork) -> Step:
        memory: dict[str, Any] = job.memory
        lots = {int(key): code for key, code in memory["lots"].items()}
        done = kit_job_do(
            step=KitStepIn(
                work.id, memory["kits"], uuid4(), tuple(memory["serials"]), lots.get(work.kit.sku_id, ""), None, lots
            )
        )  # fmt: skip
        said = (_("%(count)s of %(kit)s put together") if work.assembles else _("%(count)s of %(kit)s taken apart")) % {
            "count": memory["kits"], "kit": work.kit.sku
        }  # fmt: skip
        if done.state == DONE:
            return self._next(job, said=said, tone="good")
        memory["step_id"] = done.step_id
        left = kit_work(work.id)
        assert left is not None
        return self._ask_place(job, left, said=said, tone="good")


def _read(job: Job, text: str, *kinds: Any) -> Match:
    scanned = scan_read(text, warehouse_id=job.warehouse_id)
    match = scanned.first(*kinds)
    if match is None:
        raise Refusal(
            _("“%(code)s” is not what is asked for here. Scan again.") % {"code": scanned.text[:60]},
            code="wrong_code" if scanned.matches else "code_unknown",
        )
    return match
