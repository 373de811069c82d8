"""Put away on the floor: scan goods or a container, carry them where it says, scan the place; the next one."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.catalog.units import unit_text
from hecang.facility.selectors import locations_by_id
from hecang.inbound.models import PutawayState
from hecang.inbound.putting.base import strategies
from hecang.inbound.selectors.floor_goods import PutawayView, putaway_view, putaways_for_scan
from hecang.inbound.services.following import SUBJECT
from hecang.inbound.services.putaway_plans import putaways_plan
from hecang.inbound.services.putaways import OVERRIDE_REASONS, putaway_confirm
from hecang.inventory.models import Condition
from hecang.kernel.db import fetch_one
from hecang.kernel.permissions import declare
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step, Tone
from hecang.work.models import TaskKind
from hecang.work.scanning import scan_read
from hecang.work.services import task_claim_next, task_release, task_start

WORK = declare("inbound.putaway.work")
_GOODS = ("container", "lot", "serial", "sku", "location")


def reason_label(reason: str) -> str:
    """Why goods went elsewhere, in the language in force."""
    return {
        "full": _("The place is full"),
        "blocked": _("The way or the place is blocked"),
        "does_not_fit": _("The goods do not fit"),
        "better": _("I know a better place"),
        "other": _("Another reason"),
    }[reason]


class PutawayScenario(Scenario):
    """Works off putaways: those that are scanned, or the next one of the pool."""

    code = "putaway"
    title = gettext_noop("Put away")
    permission = WORK
    icon = "putaway"
    task_kinds = (TaskKind.PUTAWAY.value,)

    def begin(self, job: Job) -> Step:
        given = job.given.get("task_id", "")
        if given.isdigit():
            row = fetch_one(
                "SELECT subject_id FROM task WHERE id = %s AND subject_kind = %s", [int(given), SUBJECT]
            )
            if row is None:
                raise Refusal(_("That is no task of putting away. Take another one."), code="task_unknown")
            return self._take_up(job, row[0])
        return self._idle(job)

    def take(self, job: Job, entry: Entry) -> Step:
        if entry.name == "next":
            return self._next(job)
        if entry.name == "goods":
            return self._goods(job, entry.value)
        if entry.name == "quantity":
            job.memory["quantity"] = int(entry.value)
            return self._carry(job, said=_("%(units)s of them.") % {"units": entry.value})
        if entry.name == "place":
            return self._place(job, entry.value)
        if entry.name == "reason":
            return self._confirm(job, job.memory.pop("place"), entry.value)
        if entry.name == "otherwise":
            return self._give_back(job) if entry.value == "give_back" else self._part(job)
        raise Refusal(_("This step does not take that entry."), code="input_unknown")

    # ------------------------------------------------------------ steps

    def _idle(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        job.memory.clear()
        job.task_id = None
        return Step(
            state="scan_goods",
            prompt=_("Scan goods or a container"),
            inputs=(
                Input("scan", "goods", _("Goods, container or dock place"), accepts=_GOODS),
                Input("confirm", "next", _("Give me the next one")),
            ),
            said=said,
            tone=tone,
        )

    def _next(self, job: Job) -> Step:
        task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.PUTAWAY.value])
        if task is None:
            raise Refusal(
                _("Nothing waits to be put away. Scan goods, or look again later."), code="nothing_to_do"
            )
        return self._take_up(job, task.subject_id)

    def _goods(self, job: Job, text: str) -> Step:
        scanned = scan_read(text, warehouse_id=job.warehouse_id)
        match = scanned.first("container", "lot", "serial", "sku", "location")
        if match is None:
            raise Refusal(
                _(
                    "Nobody knows the code “%(code)s”. Scan the goods, their container, or the place where they lie."
                )
                % {"code": text[:40]},
                code="code_unknown",
            )
        lot = scanned.first("lot")
        found = putaways_for_scan(
            job.warehouse_id,
            job.user_id,
            container_id=match.id if match.kind == "container" else None,
            location_id=match.id if match.kind == "location" else None,
            sku_id=(match.sku_id or match.id) if match.kind in ("sku", "serial", "lot") else None,
            lot_id=lot.id if lot is not None else None,
        )
        if not found:
            raise Refusal(
                _("Nothing of %(code)s waits to be put away.") % {"code": match.code}, code="nothing_to_do"
            )
        return self._take_up(job, found[0].id)

    def _take_up(self, job: Job, putaway_id: int) -> Step:
        """The worker has it in hand: a place is found now where none was, and the task is theirs."""
        view = putaway_view(putaway_id)
        if view is not None and view.state in (PutawayState.WAITING, PutawayState.STUCK):
            putaways_plan(warehouse_id=job.warehouse_id, putaway_ids=[putaway_id], retry_stuck=True)
            view = putaway_view(putaway_id)
        if view is None or view.state in (PutawayState.DONE, PutawayState.CANCELLED):
            raise Refusal(
                _("These goods are put away already. Take the next ones."), code="putaway_state_conflict"
            )
        if view.task_id is not None:
            task_start(task_id=view.task_id)
            job.task_id = view.task_id
        job.memory.clear()
        job.memory["putaway"] = view.id
        return self._carry(job)

    def _carry(self, job: Job, said: str = "", tone: Tone = "plain") -> Step:
        view = self._view(job)
        units = job.memory.get("quantity", view.left)
        what = view.container if view.is_whole else f"{units} {unit_text(view.unit)} {view.sku_code}"
        if view.to_code:
            prompt = _("%(what)s to %(place)s") % {"what": what, "place": view.to_code}
        else:
            prompt = _("No place was found for %(what)s: scan a free one") % {"what": what}
        inputs = [Input("scan", "place", _("Place"), accepts=("location",))]
        otherwise = [Option("give_back", _("Give it back"))]
        if not view.is_whole and view.left > 1:
            otherwise.insert(0, Option("part", _("Only a part")))
        inputs.append(Input("choice", "otherwise", _("Otherwise"), options=tuple(otherwise)))
        return Step(
            state="scan_place",
            prompt=prompt,
            inputs=tuple(inputs),
            facts=self._facts(view),
            said=said,
            tone=tone,
        )

    def _part(self, job: Job) -> Step:
        view = self._view(job)
        return Step(
            state="say_part",
            prompt=_("How many of %(units)s?") % {"units": view.left},
            inputs=(Input("quantity", "quantity", _("Units"), minimum=1, maximum=view.left, unit=view.unit),),
            facts=self._facts(view),
        )

    def _facts(self, view: PutawayView) -> tuple[Fact, ...]:
        facts = [Fact(_("Place"), view.to_code or "—", "good" if view.to_code else "warn")]
        if view.zone:
            facts.append(Fact(_("Zone"), view.zone))
        facts.append(Fact(_("From"), view.from_code))
        if view.sku_name:
            facts.append(Fact(_("Product"), view.sku_name))
        if view.lot:
            facts.append(Fact(_("Lot"), f"{view.lot} {view.expires_on or ''}".strip()))
        if view.condition != Condition.GOOD:
            facts.append(Fact(_("Condition"), str(Condition(view.condition).label), "warn"))
        if view.demand:
            facts.append(Fact(_("Orders wait"), ", ".join(one["number"] for one in view.demand[:3]), "warn"))
        if view.strategy in strategies():
            facts.append(Fact(_("Why there"), translation.gettext(strategies()[view.strategy].title)))
        return tuple(facts)

    # ------------------------------------------------------------ doing

    def _place(self, job: Job, text: str) -> Step:
        match = scan_read(text, warehouse_id=job.warehouse_id).first("location")
        if match is None:
            raise Refusal(
                _("“%(code)s” is no place. Scan the label of the place where the goods lie now.")
                % {"code": text[:40]},
                code="place_unknown",
            )
        view = self._view(job)
        code = locations_by_id([match.id])[match.id].code
        if not view.to_code or code == view.to_code:
            return self._confirm(job, code, "")
        job.memory["place"] = code
        return Step(
            state="say_reason",
            prompt=_("%(place)s, not %(planned)s: why?") % {"place": code, "planned": view.to_code},
            inputs=(
                Input(
                    "choice",
                    "reason",
                    _("Reason"),
                    options=tuple(Option(one, reason_label(one)) for one in OVERRIDE_REASONS),
                ),
                Input("scan", "place", _("Or scan the planned place"), accepts=("location",)),
            ),
            tone="warn",
        )

    def _confirm(self, job: Job, code: str, reason: str) -> Step:
        view = self._view(job)
        done = putaway_confirm(
            putaway_id=view.id, location_code=code, quantity=job.memory.get("quantity"), reason=reason
        )
        what = view.container if view.is_whole else f"{done.quantity} {unit_text(view.unit)} {view.sku_code}"
        said = _("%(what)s put to %(place)s.") % {"what": what, "place": done.location.code}
        if done.left:
            job.memory.pop("quantity", None)
            job.memory.pop("place", None)
            return self._carry(job, said=said, tone="good")
        return self._idle(job, said=said, tone="good")

    def _give_back(self, job: Job) -> Step:
        if job.task_id is not None:
            task_release(task_id=job.task_id)
        return self._idle(job, said=_("Given back."))

    def _view(self, job: Job) -> PutawayView:
        view = putaway_view(int(job.memory.get("putaway", 0)))
        if view is None:
            raise Refusal(_("Scan the goods first."), code="nothing_in_hand")
        return view
