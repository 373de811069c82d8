"""Replenish on a handheld: go to the reserve place, take the goods, bring them to the face."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.catalog.units import unit_text
from hecang.kernel.permissions import declare
from hecang.stockkeeping.errors_replenishing import UnitsTaken
from hecang.stockkeeping.selectors.floor_supply import CarryJob, carry_job, stock_there
from hecang.stockkeeping.services.carrying import replenishment_confirm, replenishment_replan
from hecang.stockkeeping.services.replenishing import SUBJECT, replenishments_top_up
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step, Tone
from hecang.work.models import TaskKind
from hecang.work.scanning import Match, scan_read
from hecang.work.services import task_claim, task_claim_next, task_start


class ReplenishScenario(Scenario):
    """Work off replenishments: source, goods, quantity, face. Nothing is booked before the face is scanned."""

    code = "replenish"
    title = gettext_noop("Replenish")
    permission = declare("stockkeeping.replenishment.work")
    icon = "replenish"
    task_kinds = (TaskKind.REPLENISH.value,)

    def begin(self, job: Job) -> Step:
        """Take the task that was named, else the next one."""
        task_id = job.given.get("task_id", "")
        if task_id.isdigit():
            task_claim(task_id=int(task_id))
            return self._start(job, int(task_id))
        return self._next(job)

    def take(self, job: Job, entry: Entry) -> Step:
        carry = self._carry(job)
        if carry is None or carry.state != "open":
            return self._next(job, said=_("This replenishment has ended meanwhile."), tone="warn")
        taking = {
            ("source", "source"): self._source,
            ("source", "trouble"): self._trouble,
            ("goods", "goods"): self._goods,
            ("goods", "trouble"): self._trouble,
            ("quantity", "quantity"): self._quantity,
            ("face", "face"): self._face,
        }.get((job.memory.get("state", ""), entry.name))
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        return taking(job, carry, entry)

    def undo(self, job: Job) -> Step:
        """Take back what was scanned for this walk; what lies at the face stays there."""
        carry = self._carry(job)
        return self._ask_source(job, carry, said=_("Taken back"), tone="warn") if carry else self._next(job)

    # ------------------------------------------------------------ tasks

    def _next(self, job: Job, *, said: str = "", tone: Tone = "plain") -> Step:
        task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.REPLENISH.value])
        near = job.memory.get("face_id")
        if task is None and near:
            # Somebody stands there with nothing else to do: fill what has room beside it.
            job.memory.pop("face_id")
            if replenishments_top_up(warehouse_id=job.warehouse_id, near_location_id=int(near)):
                task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.REPLENISH.value])
        if task is None:
            job.task_id = None
            job.memory.clear()
            return Step(
                state="over",
                prompt=_("No face wants goods now"),
                said=said,
                tone=tone if said else "good",
                is_over=True,
            )
        return self._start(job, task.id, said=said, tone=tone)

    def _start(self, job: Job, task_id: int, *, said: str = "", tone: Tone = "plain") -> Step:
        row = task_start(task_id=task_id)
        carry = carry_job(row.subject_id) if row.subject_kind == SUBJECT else None
        if carry is None:
            raise Refusal(
                _("The replenishment behind this task is gone. Take another task."), code="carry_gone"
            )
        job.task_id = task_id
        job.memory["id"] = carry.id
        return self._ask_source(job, carry, said=said, tone=tone)

    def _carry(self, job: Job) -> CarryJob | None:
        key = job.memory.get("id")
        return carry_job(int(key)) if key else None

    # ------------------------------------------------------------ steps

    def _ask_source(self, job: Job, carry: CarryJob, *, said: str = "", tone: Tone = "plain") -> Step:
        job.memory |= {"state": "source", "stock_id": carry.stock_id, "from": carry.from_code, "quantity": 0}
        return Step(
            state="source",
            prompt=_("Go to %(place)s") % {"place": carry.from_code},
            inputs=(
                Input("scan", "source", _("Place"), accepts=("location",)),
                Input("choice", "trouble", _("Trouble"), options=self._troubles()),
            ),
            facts=self._facts(carry),
            said=said,
            tone=tone,
        )

    def _ask_goods(self, job: Job, carry: CarryJob) -> Step:
        job.memory["state"] = "goods"
        return Step(
            state="goods",
            prompt=_("Scan %(sku)s") % {"sku": carry.sku},
            inputs=(
                Input("scan", "goods", _("Goods"), accepts=("sku", "lot", "serial")),
                Input("choice", "trouble", _("Trouble"), options=self._troubles()),
            ),
            facts=self._facts(carry),
            can_undo=True,
        )

    def _facts(self, carry: CarryJob) -> tuple[Fact, ...]:
        facts = [
            Fact(_("Goods"), f"{carry.sku} {carry.name}"),
            Fact(_("Quantity"), f"{carry.left} {unit_text(carry.unit)}"),
            Fact(_("To"), carry.to_code),
        ]
        return (*facts, Fact(_("Lot"), carry.lot)) if carry.lot else tuple(facts)

    def _troubles(self) -> tuple[Option, ...]:
        return (
            Option("missing", _("Not there"), _("The place will be counted"), tone="bad"),
            Option("replan", _("Take from elsewhere"), _("The system looks for another place")),
        )

    # ------------------------------------------------------------ entries

    def _source(self, job: Job, carry: CarryJob, entry: Entry) -> Step:
        place = _scanned(entry.value, job, "location")
        rows = stock_there(place.id, carry.sku_id, carry.owner_id)
        if place.id == carry.from_location_id:
            known = next((row for row in rows if row.stock_id == carry.stock_id), None)
            chosen = known or (rows[0] if rows else None)
        else:
            chosen = rows[0] if rows and place.id != carry.to_location_id else None
        if chosen is None:
            raise Refusal(
                _(
                    "Nothing of %(sku)s can be taken from %(place)s. Go to %(from)s, or say that it is not there."
                )
                % {"sku": carry.sku, "place": place.code, "from": carry.from_code},
                code="wrong_place",
            )
        job.memory |= {"stock_id": chosen.stock_id, "from": place.code, "free": chosen.free}
        return self._ask_goods(job, carry)

    def _goods(self, job: Job, carry: CarryJob, entry: Entry) -> Step:
        found = scan_read(entry.value, warehouse_id=job.warehouse_id).first("sku", "lot", "serial")
        sku_id = found and (found.id if found.kind == "sku" else found.sku_id)
        if sku_id != carry.sku_id:
            raise Refusal(
                _("This is not %(sku)s. Take the goods that the screen names.") % {"sku": carry.sku},
                code="wrong_goods",
            )
        most = min(carry.left, int(job.memory.get("free", carry.left)))
        job.memory["state"] = "quantity"
        return Step(
            state="quantity",
            prompt=_("How many do you take?"),
            inputs=(
                Input(
                    "quantity",
                    "quantity",
                    _("Quantity"),
                    value=str(most),
                    minimum=1,
                    maximum=most,
                    unit=carry.unit,
                ),
            ),
            facts=self._facts(carry),
            can_undo=True,
        )

    def _quantity(self, job: Job, carry: CarryJob, entry: Entry) -> Step:
        units = int(entry.value) if entry.value.isdigit() else 0
        most = min(carry.left, int(job.memory.get("free", carry.left)))
        if not 1 <= units <= most:
            raise Refusal(_("Name a quantity from 1 to %(most)s.") % {"most": most}, code="wrong_quantity")
        job.memory |= {"state": "face", "quantity": units}
        return Step(
            state="face",
            prompt=_("Bring %(units)s to %(place)s") % {"units": units, "place": carry.to_code},
            inputs=(Input("scan", "face", _("Pick face"), accepts=("location",)),),
            facts=self._facts(carry),
            can_undo=True,
        )

    def _face(self, job: Job, carry: CarryJob, entry: Entry) -> Step:
        place = _scanned(entry.value, job, "location")
        if place.id != carry.to_location_id:
            raise Refusal(
                _("This is %(there)s. The goods belong to %(place)s.")
                % {"there": place.code, "place": carry.to_code},
                code="wrong_place",
            )
        units, stock_id = int(job.memory["quantity"]), int(job.memory["stock_id"])
        try:
            done = replenishment_confirm(
                replenishment_id=carry.id,
                quantity=units,
                from_stock_id=stock_id if stock_id != carry.stock_id else None,
            )
        except UnitsTaken as error:
            raise Refusal(str(error), code="units_taken", data=error.data) from error
        job.memory["face_id"] = place.id
        said = _("%(units)s of %(sku)s lie at %(place)s") % {
            "units": units,
            "sku": carry.sku,
            "place": carry.to_code,
        }
        if done.ended:
            return self._next(job, said=said, tone="good")
        left = self._carry(job)
        assert left is not None
        return self._ask_source(job, left, said=said, tone="good")

    def _trouble(self, job: Job, carry: CarryJob, entry: Entry) -> Step:
        if entry.value == "missing":
            replenishment_confirm(replenishment_id=carry.id, quantity=0, is_short=True)
            said = _("%(place)s will be counted") % {"place": carry.from_code}
        elif entry.value == "replan":
            new = replenishment_replan(replenishment_id=carry.id)
            said = _("Planned from elsewhere") if new else _("No other goods are left for this face")
        else:
            raise Refusal(_("Choose one of the answers."), code="wrong_choice")
        return self._next(job, said=said, tone="warn")


def _scanned(text: str, job: Job, kind: str) -> Match:
    """What was scanned, of a kind. Raises Refusal."""
    match = scan_read(text, warehouse_id=job.warehouse_id).first(kind)  # type: ignore[arg-type]
    if match is None:
        raise Refusal(
            _("Nobody here knows this code as a place. Scan the label of the place."), code="code_unknown"
        )
    return match
