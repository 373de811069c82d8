"""Transfers on a handheld: bring the goods to the dock and let the truck leave; take them off at the other end."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.kernel.errors import HecangError
from hecang.kernel.ids import new_id
from hecang.kernel.permissions import declare
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.selectors.floor_supply import (
    DockPick,
    OnRoad,
    TransferWaiting,
    dock_picks,
    on_road,
    transfer_of,
    transfers_waiting,
)
from hecang.stockkeeping.services.transfer_receiving import (
    TransferReceiveIn,
    transfer_close,
    transfer_receive,
    transfer_receive_container,
)
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    transfer_pick,
    transfer_pick_container,
    transfer_ship,
)
from hecang.stockkeeping.services.transfer_tasks import SUBJECT, standing_task
from hecang.stockkeeping.services.transfers import transfer_release
from hecang.work.errors import TaskNotReady, TaskTaken, TaskUnfit
from hecang.work.floor.protocol import Entry, Fact, Input, Job, Option, Refusal, Scenario, Step, Tone
from hecang.work.holders import TaskRow
from hecang.work.models import TaskKind
from hecang.work.scanning import scan_read
from hecang.work.services import task_claim_next, task_release, task_start


class TransferScenario(Scenario):
    """One door for both ends: what is to be sent from here is sent, what is on the road to here is received."""

    code = "transfer"
    title = gettext_noop("Transfer")
    permission = declare("stockkeeping.transfer.work")
    icon = "transfer"
    task_kinds = (TaskKind.TRANSFER.value,)

    def begin(self, job: Job) -> Step:
        """The task or transfer that was named, else the next of the pool, else a choice of those that wait."""
        task_id = job.given.get("task_id", "")
        if task_id.isdigit():
            return self._of_task(job, task_start(task_id=int(task_id)))
        if job.given.get("tasks"):
            task = task_claim_next(warehouse_id=job.warehouse_id, kinds=[TaskKind.TRANSFER.value])
            if task is not None:
                return self._of_task(job, task_start(task_id=task.id))
        named = job.given.get("transfer_id", "")
        if named.isdigit():
            return self._open(job, int(named))
        return self._ask_document(job)

    def take(self, job: Job, entry: Entry) -> Step:
        state = job.memory.get("state", "document")
        taking = {
            ("document", "document"): self._document,
            ("document", "choice"): self._choice,
            ("place", "place"): self._place,
            ("place", "leaves"): self._leaves,
            ("goods", "goods"): self._goods,
            ("quantity", "quantity"): self._quantity,
            ("ship", "leaves"): self._leaves,
            ("receive", "goods"): self._come,
            ("receive", "nothing_more"): self._nothing_more,
            ("close", "lost"): self._lost,
            ("close", "more"): self._more,
            ("come", "quantity"): self._received,
            ("come", "condition"): self._condition,
        }.get((state, entry.name))
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        try:
            return taking(job, entry)
        except Refusal:
            raise
        except HecangError as error:
            raise Refusal(str(error), code=error.instance_code, data=error.data) from error

    def undo(self, job: Job) -> Step:
        """Take back what was scanned and not booked."""
        return self._go_on(job, said=_("Taken back"), tone="warn")

    # ------------------------------------------------------------ which

    def _of_task(self, job: Job, task: TaskRow) -> Step:
        if (task.kind, task.subject_kind) != (TaskKind.TRANSFER.value, SUBJECT):
            raise Refusal(_("This task is no transfer. Open it where it belongs."), code="wrong_task")
        job.task_id = task.id
        return self._open(job, task.subject_id)

    def _ask_document(self, job: Job, *, said: str = "", tone: Tone = "plain") -> Step:
        job.memory.clear()
        job.memory["state"] = "document"
        job.task_id = None
        waiting = transfers_waiting(job.warehouse_id)
        inputs = [Input("scan", "document", _("Transfer or its container"), accepts=("document",))]
        if waiting:
            inputs.append(
                Input(
                    "choice",
                    "choice",
                    _("Transfers that wait"),
                    options=tuple(self._option(one) for one in waiting),
                )
            )
        return Step(
            state="document",
            prompt=_("Scan the transfer") if waiting else _("No transfer waits here. Scan one"),
            inputs=tuple(inputs),
            said=said,
            tone=tone,
        )

    def _option(self, one: TransferWaiting) -> Option:
        way = _("From %(place)s, %(units)s pcs") if one.comes else _("To %(place)s, %(units)s pcs")
        return Option(str(one.id), one.number, way % {"place": one.other, "units": one.units})

    def _document(self, job: Job, entry: Entry) -> Step:
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        match = next((one for one in scanned.matches if one.document == "transfer"), None)
        if match is None:
            raise Refusal(_("This is no transfer. Scan the number on its papers."), code="code_unknown")
        return self._open(job, match.id)

    def _choice(self, job: Job, entry: Entry) -> Step:
        if not entry.value.isdigit():
            raise Refusal(_("Choose one of the answers."), code="wrong_choice")
        return self._open(job, int(entry.value))

    def _open(self, job: Job, transfer_id: int) -> Step:
        transfer = transfer_of(job.warehouse_id, transfer_id)
        if transfer is None:
            raise Refusal(_("This transfer has no end here."), code="code_unknown")
        if transfer.state not in {states.APPROVED, states.PICKING, *states.ON_THE_ROAD}:
            raise Refusal(
                _("Transfer %(number)s waits for nobody here: it is to be approved, or over.")
                % {"number": transfer.number},
                code="wrong_state",
            )
        if not _is_here(transfer):
            text = (
                _("Transfer %(number)s has not left %(place)s yet.")
                if transfer.comes
                else _("Transfer %(number)s is on the road; %(place)s receives it.")
            )
            raise Refusal(text % {"number": transfer.number, "place": transfer.other}, code="other_end")
        if transfer.state == states.APPROVED:
            transfer_release(transfer_id=transfer_id)
        job.memory["id"] = transfer_id
        if job.task_id is None and not self._take_task(job, transfer_id):
            return self._go_on(job, said=_("Somebody works on this transfer already; you help."), tone="warn")
        return self._go_on(job)

    def _take_task(self, job: Job, transfer_id: int) -> bool:
        """Take the task that stands for it; ``False`` where somebody else has it.

        A truck that comes before its time, or a worker whom the task does not fit, goes on without: what lies at the
        dock is booked whoever does it, and the task ends with it.
        """
        task_id = standing_task(transfer_id)
        if task_id is None:
            return True
        try:
            task_start(task_id=task_id)
        except TaskTaken:
            return False
        except (TaskNotReady, TaskUnfit):
            return True
        job.task_id = task_id
        return True

    def _go_on(self, job: Job, *, said: str = "", tone: Tone = "plain") -> Step:
        key = job.memory.get("id")
        transfer = transfer_of(job.warehouse_id, int(key)) if key else None
        if transfer is None or transfer.state in states.ENDED or not _is_here(transfer):
            return self._ask_document(job, said=said, tone=tone)
        if transfer.state in states.ON_THE_ROAD:
            return self._ask_receive(job, transfer, said=said, tone=tone)
        return self._ask_place(job, transfer, said=said, tone=tone)

    # ------------------------------------------------------------ sending

    def _ask_place(
        self, job: Job, transfer: TransferWaiting, *, said: str = "", tone: Tone = "plain"
    ) -> Step:
        picks = dock_picks(transfer.id)
        leaves = Input("confirm", "leaves", _("The truck leaves"), tone="bad" if picks else "good")
        if not picks:
            job.memory["state"] = "ship"
            return Step(
                state="ship",
                prompt=_("Everything lies at the dock. Load it"),
                inputs=(leaves,),
                facts=(Fact(_("Transfer"), transfer.number), Fact(_("To"), transfer.other)),
                said=said,
                tone=tone,
            )
        one = picks[0]
        job.memory |= {"state": "place", "allocation": one.allocation_id}
        return Step(
            state="place",
            prompt=_("Go to %(place)s") % {"place": one.location},
            inputs=(
                Input("scan", "place", _("Place or container"), accepts=("location", "container")),
                leaves,
            ),
            facts=self._pick_facts(transfer, one),
            said=said,
            tone=tone,
        )

    def _pick_facts(self, transfer: TransferWaiting, one: DockPick) -> tuple[Fact, ...]:
        facts = [Fact(_("Goods"), _goods(one)), Fact(_("Quantity"), str(one.quantity))]
        facts += [Fact(_("Lot"), one.lot)] if one.lot else []
        facts += [Fact(_("Container"), one.container)] if one.container else []
        return (*facts, Fact(_("Transfer"), f"{transfer.number} → {transfer.other}"))

    def _place(self, job: Job, entry: Entry) -> Step:
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        box, place = scanned.first("container"), scanned.first("location")
        if box is not None:
            units = transfer_pick_container(transfer_id=int(job.memory["id"]), container_id=box.id)
            return self._go_on(
                job,
                said=_("%(box)s with %(units)s pcs at the dock") % {"box": box.code, "units": units},
                tone="good",
            )
        mine = [one for one in dock_picks(int(job.memory["id"])) if place and one.location_id == place.id]
        if not mine:
            raise Refusal(
                _("Nothing of this transfer lies there. Go to the place that is named."), code="wrong_place"
            )
        job.memory |= {"state": "goods", "allocation": mine[0].allocation_id}
        return Step(
            state="goods",
            prompt=_("Scan %(sku)s") % {"sku": mine[0].sku},
            inputs=(Input("scan", "goods", _("Goods"), accepts=("sku", "lot", "container")),),
            facts=(Fact(_("Goods"), _goods(mine[0])), Fact(_("Quantity"), str(mine[0].quantity))),
            can_undo=True,
        )

    def _pick_of(self, job: Job) -> DockPick:
        found = next(
            (
                one
                for one in dock_picks(int(job.memory["id"]))
                if one.allocation_id == job.memory.get("allocation")
            ),
            None,
        )
        if found is None:
            raise Refusal(
                _("Somebody has brought these units meanwhile. Go on with the next place."), code="gone"
            )
        return found

    def _goods(self, job: Job, entry: Entry) -> Step:
        one = self._pick_of(job)
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        if box := scanned.first("container"):
            return self._place(job, Entry("place", box.code))
        match = scanned.first("sku", "lot", "serial")
        sku_id = match and (match.id if match.kind == "sku" else match.sku_id)
        # Whatever else of this transfer lies at the place may come first.
        near = [pick for pick in dock_picks(int(job.memory["id"])) if pick.location_id == one.location_id]
        mine = [pick for pick in near if pick.sku_id == sku_id]
        if match is None or not mine:
            raise Refusal(_("This is not %(sku)s.") % {"sku": one.sku}, code="wrong_goods")
        if match.kind == "lot":
            mine = [pick for pick in mine if not pick.lot or pick.lot == match.code]
            if not mine:
                raise Refusal(_("This is another lot; take %(lot)s.") % {"lot": one.lot}, code="wrong_lot")
        one = next((pick for pick in mine if pick.allocation_id == one.allocation_id), mine[0])
        job.memory |= {"state": "quantity", "allocation": one.allocation_id}
        return Step(
            state="quantity",
            prompt=_("How many do you take?"),
            inputs=(
                Input(
                    "quantity",
                    "quantity",
                    _("Quantity"),
                    value=str(one.quantity),
                    minimum=1,
                    maximum=one.quantity,
                ),
            ),
            facts=(
                Fact(_("Goods"), _goods(one)),
                *([Fact(_("Lot"), one.lot)] if one.lot else []),
                Fact(_("Quantity"), str(one.quantity)),
            ),
            can_undo=True,
        )

    def _quantity(self, job: Job, entry: Entry) -> Step:
        one = self._pick_of(job)
        units = int(entry.value) if entry.value.isdigit() else 0
        if not 1 <= units <= one.quantity:
            raise Refusal(
                _("Name a quantity from 1 to %(most)s.") % {"most": one.quantity}, code="wrong_quantity"
            )
        transfer_pick(transfer_id=int(job.memory["id"]), picks=[TransferPick(one.allocation_id, units)])
        return self._go_on(
            job, said=_("%(units)s of %(sku)s at the dock") % {"units": units, "sku": one.sku}, tone="good"
        )

    def _leaves(self, job: Job, _entry: Entry) -> Step:
        units = transfer_ship(transfer_id=int(job.memory["id"]))
        return self._ask_document(
            job, said=_("%(units)s pcs are on the road") % {"units": units}, tone="good"
        )

    # ------------------------------------------------------------ receiving

    def _ask_receive(
        self, job: Job, transfer: TransferWaiting, *, said: str = "", tone: Tone = "plain"
    ) -> Step:
        job.memory["state"] = "receive"
        left = on_road(transfer.id)
        return Step(
            state="receive",
            prompt=_("Scan what comes off the truck"),
            inputs=(
                Input("scan", "goods", _("Goods or container"), accepts=("sku", "lot", "container")),
                Input("confirm", "nothing_more", _("Nothing more comes")),
            ),
            facts=(
                Fact(_("Transfer"), f"{transfer.number} ← {transfer.other}"),
                *(Fact(_goods(one), str(one.left)) for one in left),
            ),
            said=said,
            tone=tone,
        )

    def _come(self, job: Job, entry: Entry) -> Step:
        key = int(job.memory["id"])
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        if box := scanned.first("container"):
            done = transfer_receive_container(transfer_id=key, container_id=box.id, scan_id=new_id())
            return self._go_on(
                job,
                said=_("%(box)s with %(units)s pcs received") % {"box": box.code, "units": done.units},
                tone="good",
            )
        match = scanned.first("sku", "lot")
        sku_id = match and (match.id if match.kind == "sku" else match.sku_id)
        left = next((one for one in on_road(key) if one.sku_id == sku_id), None)
        if match is None or left is None:
            raise Refusal(
                _("This transfer has no such goods on the road. Put them aside and tell the office."),
                code="not_of_transfer",
            )
        job.memory |= {
            "state": "come", "sku_id": left.sku_id, "sku": left.sku, "goods": _goods(left), "left": left.left, "damaged": False,
            "lot_id": match.id if match.kind == "lot" else None, "scan": str(new_id()),
        }  # fmt: skip
        return self._ask_come(job)

    def _ask_come(self, job: Job) -> Step:
        left = int(job.memory["left"])
        damaged = bool(job.memory.get("damaged"))
        return Step(
            state="come",
            prompt=_("How many damaged?") if damaged else _("How many?"),
            inputs=(
                Input(
                    "quantity",
                    "quantity",
                    _("Quantity"),
                    value="1" if damaged else str(left),
                    minimum=1,
                    maximum=left,
                ),
                Input(
                    "choice",
                    "condition",
                    _("Condition"),
                    options=(
                        Option("good", _("Not damaged"))
                        if damaged
                        else Option("damaged", _("These are damaged"), tone="bad"),
                    ),
                ),
            ),
            facts=(
                Fact(_("Goods"), str(job.memory.get("goods", job.memory["sku"]))),
                Fact(_("On the road"), str(left)),
            ),
            can_undo=True,
        )

    def _condition(self, job: Job, entry: Entry) -> Step:
        job.memory["damaged"] = entry.value == "damaged"
        return self._ask_come(job)

    def _received(self, job: Job, entry: Entry) -> Step:
        units = int(entry.value) if entry.value.isdigit() else 0
        if not 1 <= units <= int(job.memory["left"]):
            raise Refusal(
                _("Name a quantity from 1 to %(most)s.") % {"most": job.memory["left"]}, code="wrong_quantity"
            )
        damaged = bool(job.memory.get("damaged"))
        scan_id = uuid5(UUID(str(job.memory["scan"])), f"{units}:{damaged}")
        transfer_receive(
            transfer_id=int(job.memory["id"]),
            received=[
                TransferReceiveIn(
                    scan_id,
                    int(job.memory["sku_id"]),
                    units,
                    lot_id=job.memory.get("lot_id"),
                    is_damaged=damaged,
                )
            ],
        )
        return self._go_on(
            job,
            said=_("%(units)s of %(sku)s received") % {"units": units, "sku": job.memory["sku"]},
            tone="good",
        )

    def _nothing_more(self, job: Job, _entry: Entry) -> Step:
        left = on_road(int(job.memory["id"]))
        job.memory["state"] = "close"
        return Step(
            state="close",
            prompt=_("%(units)s pcs have not come. Write them off as lost?")
            % {"units": sum(one.left for one in left)},
            inputs=(
                Input("confirm", "more", _("No, more will come")),
                Input("confirm", "lost", _("Lost on the way"), tone="bad"),
            ),
            facts=tuple(Fact(_goods(one), str(one.left), tone="bad") for one in left),
        )

    def _lost(self, job: Job, _entry: Entry) -> Step:
        lost = transfer_close(transfer_id=int(job.memory["id"]))
        return self._ask_document(job, said=_("Closed; %(units)s pcs lost") % {"units": lost}, tone="warn")

    def _more(self, job: Job, _entry: Entry) -> Step:
        if job.task_id is not None:
            task_release(task_id=job.task_id)
        return self._ask_document(job, said=_("The rest is still expected"), tone="plain")


def _is_here(transfer: TransferWaiting) -> bool:
    """Whether this end of it is the one that has to do something."""
    return transfer.comes == (transfer.state in states.ON_THE_ROAD)


def _goods(one: DockPick | OnRoad) -> str:
    """Code and name, as people know the goods."""
    return f"{one.sku} {one.name[:60]}".strip()
