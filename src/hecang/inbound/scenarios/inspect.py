"""Inspect on the floor: take a lot, answer its checklist, note defects, count, decide."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inbound.models import DefectClass, Severity
from hecang.inbound.selectors.floor_goods import (
    InspectionView,
    inspection_for_scan,
    inspection_view,
    items_answered,
)
from hecang.inbound.services.checklists import Item, items_of
from hecang.inbound.services.deciding import DecisionIn, inspection_decide
from hecang.inbound.services.inspections import (
    SUBJECT,
    ResultIn,
    inspection_answer,
    inspection_count,
    inspection_give_back,
    inspection_start,
)
from hecang.kernel.db import fetch_one
from hecang.kernel.permissions import declare
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step, Tone
from hecang.work.models import TaskKind
from hecang.work.scanning import scan_read
from hecang.work.services import task_claim_next, task_start

WORK = declare("inbound.inspection.work")


class InspectScenario(Scenario):
    """Works off inspections: the lot whose goods or number are scanned, or the next one of the pool."""

    code = "inspect"
    title = gettext_noop("Inspect")
    permission = WORK
    icon = "inspect"
    task_kinds = (TaskKind.INSPECT.value,)

    def begin(self, job: Job) -> Step:
        given = job.given.get("task_id", "")
        if given.isdigit():
            row = fetch_one(
                "SELECT subject_id FROM task WHERE id = %s AND subject_kind = %s", [int(given), SUBJECT]
            )
            if row is None:
                raise Refusal(_("That is no task of inspection. Take another one."), code="task_unknown")
            return self._take_up(job, row[0])
        return self._idle(job)

    def take(self, job: Job, entry: Entry) -> Step:
        steps = {
            "lot": lambda: self._scan(job, entry.value),
            "next": lambda: self._next(job),
            "answer": lambda: self._answer(job, entry.value),
            "skip": lambda: self._skip(job),
            "units": lambda: self._bad_units(job, int(entry.value)),
            "act": lambda: self._act(job, entry.value),
            "defect": lambda: self._defect(job, entry.value),
            "defect_text": lambda: self._defect_text(job, entry.value),
            "counted": lambda: self._counted(job, int(entry.value)),
            "rejected_to": lambda: self._rejected_to(job, entry.value),
            "reason": lambda: self._decide(job, "reject", entry.value),
        }
        step = steps.get(entry.name)
        if step is None:
            raise Refusal(_("This step does not take that entry."), code="input_unknown")
        return step()

    def leave(self, job: Job) -> None:
        if job.memory.get("inspection"):
            inspection_give_back(inspection_id=job.memory["inspection"])

    # ------------------------------------------------------------ choosing a lot

    def _idle(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        job.memory.clear()
        job.task_id = None
        return Step(
            state="scan_lot",
            prompt=_("Scan goods in quarantine or the inspection"),
            inputs=(
                Input(
                    "scan", "lot", _("Product, lot or inspection number"), accepts=("sku", "lot", "document")
                ),
                Input("confirm", "next", _("Give me the next one")),
            ),
            said=said,
            tone=tone,
        )

    def _next(self, job: Job) -> Step:
        task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.INSPECT.value])
        if task is None:
            raise Refusal(_("Nothing waits to be inspected. Look again later."), code="nothing_to_do")
        return self._take_up(job, task.subject_id)

    def _scan(self, job: Job, text: str) -> Step:
        scanned = scan_read(text, warehouse_id=job.warehouse_id)
        document = next(
            (m for m in scanned.matches if m.kind == "document" and m.document == "inspection"), None
        )
        match = scanned.first("lot", "serial", "sku")
        if document is None and match is None:
            raise Refusal(
                _("“%(code)s” is neither goods nor an inspection. Scan the label of the goods.")
                % {"code": text[:40]},
                code="code_unknown",
            )
        lot = scanned.first("lot")
        found = inspection_for_scan(
            job.warehouse_id,
            inspection_id=document.id if document else None,
            sku_id=(match.sku_id or match.id) if match and not document else None,
            lot_id=lot.id if lot and not document else None,
        )
        if found is None:
            raise Refusal(_("No inspection waits for these goods."), code="nothing_to_do")
        return self._take_up(job, found)

    def _take_up(self, job: Job, inspection_id: int) -> Step:
        view = inspection_view(inspection_id)
        if view is None:
            raise Refusal(_("There is no such inspection."), code="inspection_not_found")
        inspection_start(inspection_id=inspection_id)
        if view.task_id is not None:
            task_start(task_id=view.task_id)
            job.task_id = view.task_id
        job.memory.clear()
        job.memory.update({"inspection": inspection_id, "skipped": []})
        return self._go_on(job)

    # ------------------------------------------------------------ the checklist

    def _go_on(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        view = self._view(job)
        item = self._open_item(job, view)
        if item is not None:
            return self._ask(job, view, item, said, tone)
        return self._look(view, said, tone)

    def _open_item(self, job: Job, view: InspectionView) -> Item | None:
        done = items_answered(view.id) | set(job.memory.get("skipped", []))
        return next((item for item in items_of(view.checklist) if item.code not in done), None)

    def _ask(self, job: Job, view: InspectionView, item: Item, said: str, tone: Tone) -> Step:
        job.memory["item"] = item.code
        label = f"{item.label} ({item.unit})" if item.unit else item.label
        if item.kind == "yes_no":
            field = Input(
                "choice",
                "answer",
                label,
                options=(Option("yes", _("Yes"), tone="good"), Option("no", _("No"), tone="bad")),
            )
        elif item.kind == "photo":
            field = Input("photo", "answer", label)
        else:
            field = Input("text", "answer", label)
        inputs = [field]
        if not item.required:
            inputs.append(Input("confirm", "skip", _("Leave it out")))
        items = items_of(view.checklist)
        limits = [f"≥ {item.low}" if item.low else "", f"≤ {item.high}" if item.high else ""]
        facts = self._facts(view)
        if item.kind == "measure":
            facts = (
                Fact(_("Limits"), f"{' '.join(one for one in limits if one)} {item.unit}".strip()),
                *facts,
            )
        return Step(
            state="answer",
            prompt=label,
            inputs=tuple(inputs),
            facts=facts,
            said=said,
            tone=tone,
            progress=([one.code for one in items].index(item.code), len(items)),
        )

    def _answer(self, job: Job, value: str) -> Step:
        view = self._view(job)
        good = inspection_answer(inspection_id=view.id, result=ResultIn(item=job.memory["item"], value=value))
        if good:
            return self._go_on(job, said=_("Good."), tone="good")
        job.memory["bad"] = value
        return Step(
            state="bad_units",
            prompt=_("Not good. How many units have it?"),
            inputs=(
                Input(
                    "quantity",
                    "units",
                    _("Units with this defect"),
                    value="1",
                    minimum=1,
                    maximum=view.quantity,
                ),
            ),
            facts=self._facts(view),
            tone="bad",
        )

    def _bad_units(self, job: Job, units: int) -> Step:
        inspection_answer(
            inspection_id=self._view(job).id,
            result=ResultIn(item=job.memory["item"], value=job.memory.pop("bad"), units=units),
        )
        return self._go_on(job, said=_("%(units)s units noted.") % {"units": units}, tone="warn")

    def _skip(self, job: Job) -> Step:
        job.memory["skipped"] = [*job.memory.get("skipped", []), job.memory["item"]]
        return self._go_on(job)

    # ------------------------------------------------------------ defects, count, decision

    def _look(self, view: InspectionView, said: str = "", tone: Tone = "plain") -> Step:
        """What can be done with the lot now: one list, the most likely first."""
        ready = view.inspected >= view.sample_size
        accept = [Option("accept", _("Accept"), tone="good")] if ready and self._passes(view) else []
        counts = [
            Option(
                "all", _("All %(size)s of the sample looked at") % {"size": view.sample_size}, tone="good"
            ),
            Option("other", _("Another number looked at")),
        ]
        options = (
            *accept,
            *(counts[1:] if ready else counts),
            Option("defect", _("Note a defect"), tone="warn"),
            Option("reject", _("Reject the lot"), tone="bad"),
        )
        return Step(
            state="look",
            prompt=_("Look at %(size)s of %(units)s units")
            % {"size": view.sample_size, "units": view.quantity},
            inputs=(Input("choice", "act", _("What now?"), options=options),),
            facts=self._facts(view),
            said=said,
            tone=tone,
            progress=(min(view.inspected, view.sample_size), view.sample_size) if view.sample_size else None,
        )

    def _act(self, job: Job, act: str) -> Step:
        if act == "defect":
            return self._class(job)
        if act in ("accept", "reject"):
            return self._decision(job, act)
        return self._looked_at(job, act)

    def _class(self, job: Job) -> Step:
        classes = (DefectClass.CRITICAL, DefectClass.MAJOR, DefectClass.MINOR)
        return Step(
            state="defect_class",
            prompt=_("How bad is it?"),
            inputs=(
                Input("choice", "defect", _("Class of the defect"), options=tuple(
                    Option(one.value, str(one.label), tone="warn") for one in classes
                )),
            ),
            facts=self._facts(self._view(job)),
        )  # fmt: skip

    def _defect(self, job: Job, defect_class: str) -> Step:
        job.memory["class"] = defect_class
        return Step(
            state="defect",
            prompt=_("What is wrong?"),
            inputs=(Input("text", "defect_text", _("Defect")),),
            facts=self._facts(self._view(job)),
            tone="warn",
        )

    def _defect_text(self, job: Job, text: str) -> Step:
        view = self._view(job)
        inspection_answer(
            inspection_id=view.id, result=ResultIn(value=text, defect_class=job.memory.pop("class"), units=1)
        )
        return self._look(self._view(job), said=_("Noted: %(text)s") % {"text": text[:60]}, tone="warn")

    def _looked_at(self, job: Job, answer: str) -> Step:
        view = self._view(job)
        if answer == "all":
            return self._counted(job, view.sample_size)
        return Step(
            state="say_counted",
            prompt=_("How many of %(units)s?") % {"units": view.quantity},
            inputs=(Input("quantity", "counted", _("Units looked at"), minimum=0, maximum=view.quantity),),
            facts=self._facts(view),
        )

    def _counted(self, job: Job, units: int) -> Step:
        view = self._view(job)
        inspection_count(inspection_id=view.id, inspected=units)
        return self._look(self._view(job), said=_("%(units)s units looked at.") % {"units": units})

    def _decision(self, job: Job, decision: str) -> Step:
        if decision == "accept":
            return self._decide(job, "accept", "")
        return Step(
            state="rejected_to",
            prompt=_("What becomes of the refused goods?"),
            inputs=(
                Input("choice", "rejected_to", _("They go"), options=(
                    Option("vendor", _("Back to the supplier")), Option("damaged", _("To the damaged goods")),
                )),
            ),
            facts=self._facts(self._view(job)),
            tone="warn",
        )  # fmt: skip

    def _rejected_to(self, job: Job, target: str) -> Step:
        job.memory["rejected_to"] = target
        return Step(
            state="reason",
            prompt=_("Why is it refused?"),
            inputs=(Input("text", "reason", _("Reason")),),
            facts=self._facts(self._view(job)),
            tone="warn",
        )

    def _decide(self, job: Job, decision: str, reason: str) -> Step:
        view = self._view(job)
        target = job.memory.get("rejected_to", "damaged" if decision == "accept" else "vendor")
        good = inspection_decide(
            inspection_id=view.id,
            decision=DecisionIn(
                "accept" if decision == "accept" else "reject",
                reason=reason,
                rejected_to=target,
                claim=decision == "reject" and target == "vendor",
            ),
        )
        said = _("%(number)s: %(good)s good, %(bad)s refused.") % {
            "number": view.number, "good": good, "bad": view.quantity - good,
        }  # fmt: skip
        return self._idle(job, said=said, tone="good" if decision == "accept" else "warn")

    # ------------------------------------------------------------ showing

    def _passes(self, view: InspectionView) -> bool:
        return all(getattr(view, name) < limit["reject"] for name, limit in view.limits.items())

    def _facts(self, view: InspectionView) -> tuple[Fact, ...]:
        facts = [
            Fact(_("Product"), f"{view.sku_code} {view.sku_name}"),
            Fact(_("Lot"), view.lot or view.number),
            Fact(_("Place"), ", ".join(view.places) or "—"),
            Fact(_("Looked at"), f"{view.inspected} / {view.sample_size}"),
        ]
        names = {"critical": _("Critical"), "major": _("Major"), "minor": _("Minor")}
        for name in (one for one in names if one in view.limits):
            limit, found = view.limits[name], getattr(view, name)
            if limit["reject"] <= view.quantity:
                tone: Tone = "bad" if found >= limit["reject"] else "plain"
                facts.append(Fact(names[name], f"{found} / {limit['accept']}", tone))
        if view.supplier:
            facts.append(Fact(_("Supplier"), view.supplier))
        if view.severity != Severity.NORMAL:
            facts.append(Fact(_("Severity"), str(Severity(view.severity).label), "warn"))
        if view.instructions:
            facts.append(Fact(_("Instructions"), view.instructions))
        return tuple(facts)

    def _view(self, job: Job) -> InspectionView:
        view = inspection_view(int(job.memory.get("inspection", 0)))
        if view is None:
            raise Refusal(_("Take a lot first."), code="nothing_in_hand")
        return view
