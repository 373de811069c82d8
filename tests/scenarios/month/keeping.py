"""Who keeps goods: counters, replenishers, movers, kitters, transfer clerks, those who change what goods are."""

from __future__ import annotations

import uuid
from datetime import timedelta

from tests.scenarios.month.company import FACES
from tests.scenarios.month.people import Pda, Person

from hecang.inventory.models import Container, Serial, Stock, StockHold
from hecang.kernel import clock
from hecang.stockkeeping.models import (
    Count,
    CountLine,
    CountPlace,
    KitJob,
    KitStep,
    PickFace,
    Replenishment,
    StockChange,
    Transfer,
    TransferUnit,
)
from hecang.stockkeeping.services.carrying import replenishments_cancel
from hecang.stockkeeping.services.changes import Becomes, Which, change_approve, change_reject, change_request
from hecang.stockkeeping.services.counts import (
    CountIn,
    Scope,
    count_cancel,
    count_create,
    count_lines_approve,
    count_lines_dismiss,
    count_post,
    count_release,
)
from hecang.stockkeeping.services.kitting import (
    KitJobIn,
    KitStepIn,
    kit_job_cancel,
    kit_job_create,
    kit_job_do,
    kit_step_undo,
)
from hecang.stockkeeping.services.moving import MoveIn, moves_ask
from hecang.stockkeeping.services.replenishing import replenishment_ask
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_cancel,
    transfer_create,
)
from hecang.work.models import Task


class Counter(Person):
    """Counts places blind; now and then wrong, so that somebody else counts again."""

    job = "counter"
    deeds = ("places counted", "counted wrong", "places skipped", "doubted places")
    turns = 3

    def work(self) -> bool:
        if not CountPlace.objects.filter(count__warehouse=self.site, state__in=("open", "counting")).exists():  # noqa: SIM102
            if not self.now_and_then(0.1):
                return False
        pda = self.pda().begin("count")
        for _place in range(2):
            if pda.state == "any_place":
                if (
                    not self.now_and_then(0.3)
                    or not pda.enter("location", self.chance.choice(self.company.places[self.site.pk])).ok
                ):
                    break
                self.did("doubted places")
            elif pda.state == "place":
                if self.now_and_then(0.03):
                    pda.enter("skip", "blocked")
                    self.did("places skipped")
                    continue
                if not pda.enter("location", pda.prompt.split()[2]).ok:
                    break
            if pda.state != "goods" or not self._count(pda):
                break
        pda.away()
        return True

    def _count(self, pda: Pda) -> bool:
        place = CountPlace.objects.get(pk=pda.session.memory["at"]["place_id"])
        boxes: set[int] = set()
        for row in (
            Stock.objects.filter(location=place.location_id, quantity__gt=0)
            .select_related("container")
            .order_by("container_id", "id")
        ):
            if row.container_id is not None:
                if row.container_id not in boxes:
                    boxes.add(row.container_id)
                    assert row.container is not None
                    pda.enter("goods", row.container.code)
                    if pda.has("opened"):
                        pda.enter("opened", "sealed")
                continue
            self._row(pda, row)
            if pda.state != "goods":
                pda.enter("undo")
        if not pda.enter("done" if pda.has("done") else "empty").ok:
            return False
        if pda.state == "confirm" and not pda.enter("all").ok:
            return False
        self.did("places counted")
        return True

    def _row(self, pda: Pda, row: Stock) -> None:
        goods = self.goods(row.sku_id)
        wrong = self.now_and_then(0.04)
        units = max(row.quantity + (self.chance.choice((-1, 1, -4)) if wrong else 0), 0)
        pda.enter("goods", goods.barcode)
        if wrong:
            self.did("counted wrong")
        numbers = list(Serial.objects.filter(stock=row).order_by("id").values_list("number", flat=True))[
            : units or 1
        ]
        for _step in range(len(numbers) + 6):
            match pda.state:
                case "owner":
                    answer = pda.enter("owner", row.owner_id)
                case "lot":
                    known = pda.options("lot") if pda.has("lot") else []
                    if str(row.lot_id) in known:
                        answer = pda.enter("lot", row.lot_id)
                    else:
                        assert row.lot is not None
                        answer = pda.enter("lot_code", row.lot.code)
                case "serials" if numbers:
                    answer = pda.enter("serial", numbers.pop())
                case "serials":
                    answer = pda.enter("enough")
                case "quantity":
                    if (
                        row.condition != "good"
                        and pda.session.memory["pending"].get("condition") != row.condition
                    ):
                        pda.enter("condition", row.condition)
                    answer = pda.enter("quantity", units)
                case _:
                    return
            if not answer.ok:
                return


class CountOffice(Person):
    """Orders counts, agrees with differences or does not, has them posted."""

    job = "count_office"
    roles = ("warehouse_manager",)
    deeds = ("counts ordered", "differences approved", "differences dismissed")

    def morning(self) -> None:
        super().morning()
        self.wanted = 0 if self.is_closing else 1

    def work(self) -> bool:
        if self.wanted:
            self.wanted = 0
            kind, scope = self.chance.choice(
                (("sample", {"limit": 10}), ("full", {"limit": 12}), ("risk", {"limit": 8}))
            )
            made = count_create(
                count=CountIn(self.site.pk, kind, Scope(**scope), note=f"day {self.company.day}")
            )  # type: ignore[arg-type]
            count_release(count_id=made)
            self.did("counts ordered")
            return True
        lines = CountLine.objects.filter(count__warehouse=self.site)
        waiting = lines.filter(state="approve").order_by("id").first()
        if waiting is not None:
            if self.now_and_then(0.3):
                done = count_lines_dismiss(line_ids=[waiting.pk], note="not believed")
                self.did("differences dismissed")
            else:
                done = count_lines_approve(line_ids=[waiting.pk])
                self.did("differences approved")
            for one in done:
                if one.error is not None:
                    self.refused(one.error.instance_code)
            return True
        draft = Count.objects.filter(warehouse=self.site, state="draft").order_by("id").first()
        if draft is not None:
            try:
                count_release(count_id=draft.pk)
            except Exception:
                count_cancel(count_id=draft.pk, note="nothing to count")
            return True
        return self.is_closing and self._clear(lines)

    def _clear(self, lines: object) -> bool:
        """At the end: what others hold is posted as far as it goes now, the rest is let be."""
        count = (
            Count.objects.filter(warehouse=self.site, state="counted", lines__state="blocked")
            .order_by("id")
            .first()
        )
        if count is None:
            return False
        ids = list(CountLine.objects.filter(count=count, state="blocked").values_list("id", flat=True))
        count_lines_dismiss(line_ids=ids, note="others hold the units")
        if Count.objects.filter(pk=count.pk, state="counted").exists():
            count_post(count_id=count.pk)
        self.did("differences dismissed")
        return True


class Replenisher(Person):
    """Fills pick faces from the reserve; now and then finds nothing, or is sent elsewhere."""

    job = "replenisher"
    deeds = ("replenished", "not found")
    turns = 3
    roles = ("operator", "warehouse_manager")

    def work(self) -> bool:  # noqa: C901
        if self.now_and_then(0.1):
            faces = list(PickFace.objects.filter(warehouse=self.site, is_active=True).order_by("id")[:FACES])
            replenishment_ask(face_id=self.chance.choice(faces).pk)
            self.did("asked for")
        rows = Replenishment.objects.filter(warehouse=self.site, state="open")
        if not rows.exists():
            return False
        if (
            self.is_closing
            and not Task.objects.filter(
                warehouse=self.site, kind="replenish", state__in=("open", "assigned", "started", "paused")
            ).exists()
        ):
            replenishments_cancel(replenishment_ids=list(rows.values_list("id", flat=True)))
            return True
        pda = self.pda().begin("replenish")
        for _step in range(12):
            if pda.is_over:
                break
            memory = pda.session.memory
            carry = Replenishment.objects.select_related("from_location", "to_location").get(pk=memory["id"])
            match pda.state:
                case "source" if self.now_and_then(0.08):
                    answer = pda.enter("trouble", self.chance.choice(("missing", "replan")))
                    self.did("not found")
                case "source":
                    answer = pda.enter("source", carry.from_location.code)
                case "goods":
                    answer = pda.enter("goods", self.goods(carry.sku_id).barcode)
                case "quantity":
                    most = next(one["maximum"] for one in pda.step["inputs"] if one["name"] == "quantity")
                    answer = pda.enter("quantity", max(1, most // 2) if self.now_and_then(0.1) else most)
                case "face":
                    answer = pda.enter("face", carry.to_location.code)
                    if answer.ok:
                        self.did("replenished")
                case _:
                    break
            if not answer.ok and not (pda.has("trouble") and pda.enter("trouble", "replan").ok):  # noqa: SIM102
                if not (pda.step["can_undo"] and pda.enter("undo").ok and pda.enter("trouble", "replan").ok):
                    break
        pda.away()
        return True


class Mover(Person):
    """Carries goods and containers about, packs goods into containers and those into others."""

    job = "mover"
    roles = ("operator", "warehouse_manager")
    deeds = ("moved", "into containers", "containers moved", "containers nested", "asked for", "tasks done")
    turns = 4

    def work(self) -> bool:
        if self.is_closing:
            return self._task()
        draw = self.chance.random()
        if draw < 0.2:
            return self._ask()
        if draw < 0.4:
            return self._task() or True
        return self._containers() if draw < 0.65 else self._goods()

    def _free(self) -> Stock | None:
        rows = Stock.objects.filter(
            warehouse=self.site, location__kind__in=("pick_face", "reserve"), container=None, quantity__gt=0
        ).extra(where=["stock.allocated < stock.quantity"]).select_related("location").order_by("id")  # fmt: skip
        found = list(rows[self.chance.randint(0, 150) :][:1]) or list(rows[:1])
        return found[0] if found else None

    def _ask(self) -> bool:
        row = self._free()
        if row is None:
            return False
        from hecang.facility.models import Location

        target = Location.objects.get(
            warehouse=self.site, code=self.chance.choice(self.company.places[self.site.pk])
        )
        if target.pk != row.location_id:
            moves_ask(moves=[MoveIn(target.pk, stock_id=row.pk, quantity=1)])
            self.did("asked for")
        return True

    def _task(self) -> bool:
        standing = Task.objects.filter(
            warehouse=self.site, kind="move", state__in=("open", "assigned", "started")
        )
        if not standing.exists():
            return False
        pda = self.pda().begin("move", {"tasks": "1"})
        task = pda.session.memory.get("task")
        if task is None:
            pda.away()
            return False
        ok = pda.enter("from", task["container"] or task["from"]).ok
        if ok and pda.state == "goods":
            ok = pda.enter("row", task["stock_id"]).ok if pda.has("row") else False
        if ok and pda.state == "quantity":
            ok = pda.enter(
                "quantity", next(one["value"] for one in pda.step["inputs"] if one["name"] == "quantity")
            ).ok
        if ok and pda.enter("to", task["to"]).ok:
            self.did("tasks done")
        elif self.is_closing:
            from hecang.work.services import tasks_cancel

            pda.enter("leave")
            tasks_cancel(task_ids=[task["id"]], note="the goods have gone another way")
            self.did("tasks called off")
            return True
        pda.away()
        return True

    def _goods(self) -> bool:
        row = self._free()
        if row is None:
            return False
        pda = self.pda().begin("move")
        if pda.enter("from", row.location.code).ok and pda.has("row") and str(row.pk) in pda.options("row"):
            pda.enter("row", row.pk)
        if pda.state == "quantity" and pda.enter("quantity", 1).ok:
            if self.now_and_then(0.3) and pda.has("new"):
                if pda.enter("new", "tote").ok:
                    self.did("into containers")
            elif pda.enter("to", self.chance.choice(self.company.places[self.site.pk])).ok:
                self.did("moved")
                if self.now_and_then(0.1) and pda.step["can_undo"] and pda.enter("undo").ok:
                    self.did("undone")
        pda.away()
        return True

    def _containers(self) -> bool:
        boxes = list(Container.objects.filter(location__warehouse=self.site, location__kind__in=("pick_face", "reserve"),
                                              closed_at=None).order_by("-id")[:12])  # fmt: skip
        if not boxes:
            return self._goods()
        box = self.chance.choice(boxes)
        pallets = [one for one in boxes if one.kind == "pallet" and one.pk != box.pk]
        pda = self.pda().begin("move")
        if pda.enter("from", box.code).ok and pda.state == "container":
            if pda.has("out") and self.now_and_then(0.3):
                pda.enter("out")
            elif pallets and box.kind != "pallet" and self.now_and_then(0.4):
                if pda.enter("to", pallets[0].code).ok:
                    self.did("containers nested")
            elif pda.enter("to", self.chance.choice(self.company.places[self.site.pk])).ok:
                self.did("containers moved")
        pda.away()
        if not any(one.kind == "pallet" for one in boxes):
            from hecang.inventory.services import ContainerIn, containers_make

            containers_make(specs=[ContainerIn("pallet", location_id=box.location_id)])
        return True


class Kitter(Person):
    """Makes kits of what orders leave, takes some apart again."""

    job = "kitter"
    roles = ("operator", "warehouse_manager")
    deeds = ("jobs", "kits made", "steps undone")
    turns = 5

    def work(self) -> bool:
        from hecang.catalog.models import KitComponent

        job = KitJob.objects.filter(warehouse=self.site, state__in=("open", "started")).order_by("id").first()
        if job is None:
            if self.is_closing:
                return False
            kit = self.chance.choice(self.company.kits)
            parts = list(KitComponent.objects.filter(kit_id=kit).values_list("component_id", flat=True))
            rows = Stock.objects.filter(
                warehouse=self.site, sku_id=parts[0], container=None, condition="good", quantity__gt=2
            )
            row = rows.filter(location__kind="pick_face").order_by("-quantity").first()
            if row is None:
                return False
            others = Stock.objects.filter(
                warehouse=self.site, sku_id=parts[1], container=None, condition="good", quantity__gt=3
            )
            other = (
                others.exclude(location=row.location_id)
                .filter(location__kind="pick_face")
                .order_by("-quantity")
                .first()
            )
            if other is not None and not others.filter(location=row.location_id).exists():
                moves_ask(moves=[MoveIn(row.location_id, stock_id=other.pk, quantity=4)])
            kit_job_create(
                job=KitJobIn(self.site.pk, self.company.owner.pk, kit, 2, row.location_id, key=uuid.uuid4())
            )
            self.did("jobs")
            return True
        if self.is_closing:
            kit_job_cancel(job_id=job.pk, note="end of the month")
            return True
        step = KitStepIn(job.pk, 1, uuid.uuid4())
        self.again(lambda: kit_job_do(step=step))
        self.did("kits made")
        if self.now_and_then(0.15):
            last = KitStep.objects.filter(job=job).order_by("-id").first()
            assert last is not None
            kit_step_undo(step_id=last.pk)
            self.did("steps undone")
        return True


class RoadOffice(Person):
    """Asks for transfers to the other warehouse, agrees to those that were asked for."""

    job = "road_office"
    roles = ("warehouse_manager", "purchaser")
    deeds = ("asked for", "approved")
    turns = 6
    #: Transfers have two ends.
    is_everywhere = True

    def morning(self) -> None:
        super().morning()
        self.wanted = 0 if self.is_closing else 1

    def work(self) -> bool:
        asked = Transfer.objects.filter(from_warehouse=self.site, state="requested").order_by("id").first()
        if asked is not None:
            if self.is_closing:
                transfer_cancel(transfer_id=asked.pk, note="end of the month")
            else:
                transfer_approve(transfer_id=asked.pk, partial=True)
                self.did("approved")
            return True
        if not self.wanted:
            return False
        self.wanted = 0
        other = next(one for one in self.company.sites.values() if one.pk != self.site.pk)
        skus = [sku for sku in self.company.goods if self.goods(sku).code.startswith("G")]
        lines = [
            TransferLineIn(sku, self.chance.randint(1, 6)) for sku in sorted(self.chance.sample(skus, 3))
        ]
        key = f"T-{self.site.code}-{self.company.day}"
        self.again(lambda: transfer_create(from_warehouse_id=self.site.pk, to_warehouse_id=other.pk,
                                           owner_id=self.company.owner.pk, lines=lines, key=key))  # fmt: skip
        self.did("asked for")
        return True


class RoadClerk(Person):
    """Brings transfers to the dock and takes them off at the other end; some of it breaks or is lost."""

    job = "road_clerk"
    deeds = ("picked", "shipped", "received", "lost")

    def work(self) -> bool:
        out = (
            Transfer.objects.filter(from_warehouse=self.site, state__in=("approved", "picking"))
            .order_by("id")
            .first()
        )
        if out is not None:
            self._send(out)
            return True
        come = (
            Transfer.objects.filter(to_warehouse=self.site, state__in=("in_transit", "receiving"))
            .order_by("id")
            .first()
        )
        if come is not None:
            self._take(come)
        return come is not None

    def _send(self, transfer: Transfer) -> None:
        pda = self.pda().begin("transfer", {"transfer_id": str(transfer.pk)})
        for _step in range(30):
            match pda.state:
                case "place":
                    box = next((one["value"] for one in pda.step["facts"] if one["label"] == "Container"), "")
                    answer = pda.enter("place", pda.prompt.removeprefix("Go to "))
                    if not answer.ok and box:
                        answer = pda.enter("place", box)
                case "goods":
                    code = pda.prompt.removeprefix("Scan ")
                    answer = pda.enter(
                        "goods", next(one.barcode for one in self.company.goods.values() if one.code == code)
                    )
                case "quantity":
                    answer = pda.enter(
                        "quantity",
                        next(one["value"] for one in pda.step["inputs"] if one["name"] == "quantity"),
                    )
                    self.did("picked")
                case "ship":
                    if pda.enter("leaves").ok:
                        self.did("shipped")
                    break
                case _:
                    break
            if not answer.ok:
                if pda.has("leaves") and pda.enter("leaves").ok:
                    self.did("shipped")
                break
        pda.away()

    def _take(self, transfer: Transfer) -> None:
        chance = self.company.chance("road", transfer.number)
        pda = self.pda().begin("transfer", {"transfer_id": str(transfer.pk)})
        lose = chance.random() < 0.3
        for unit in TransferUnit.objects.filter(transfer=transfer).select_related("container").order_by("id"):
            left = unit.quantity - unit.received - unit.lost
            if left <= 0 or pda.state != "receive" or lose:
                lose = False
                continue
            if not pda.enter(
                "goods", unit.container.code if unit.container else self.goods(unit.sku_id).barcode
            ).ok:
                continue
            if pda.state == "come":
                if self.now_and_then(0.1):
                    pda.enter("condition", "damaged")
                most = next(one["maximum"] for one in pda.step["inputs"] if one["name"] == "quantity")
                if pda.enter("quantity", min(left, most)).ok:
                    self.did("received")
        if pda.state == "receive" and pda.has("nothing_more"):
            pda.enter("nothing_more")
            if pda.enter("lost").ok:
                self.did("lost")
        pda.away()


class Changer(Person):
    """Says that goods are something else: broken, held, of another lot; asks where much is at stake."""

    job = "changer"
    roles = ("warehouse_manager",)
    deeds = ("changes asked for", "holds", "released")
    turns = 4

    def work(self) -> bool:
        holds = StockHold.objects.filter(
            released_at=None, placed_at__lt=clock.now() - timedelta(days=0 if self.is_closing else 2)
        )
        hold = holds.order_by("id").first()
        if (
            hold is not None
            and not StockChange.objects.filter(hold=hold, kind="release", state="requested").exists()
        ):
            change_request(
                kind="release", which=Which(), becomes=Becomes(hold_id=hold.pk), reason="looked at"
            )
            self.did("released")
            return True
        if self.is_closing:
            return False
        rows = Stock.objects.filter(
            location__kind="pick_face", container=None, condition="good", quantity__gt=1
        ).order_by("id")
        row = rows[self.chance.randint(0, max(rows.count() - 1, 0))]
        if self.now_and_then(0.3):
            which = (
                Which(lot_id=row.lot_id)
                if row.lot_id
                else Which(sku_id=row.sku_id, warehouse_id=row.warehouse_id)
            )
            change_request(kind="hold", which=which, becomes=Becomes(), reason="doubted", key=uuid.uuid4())
            self.did("holds")
        else:
            units = row.quantity if self.now_and_then(0.2) else 1
            key = uuid.uuid4()
            self.again(lambda: change_request(
                kind="condition", which=Which(stock={row.pk: units}), becomes=Becomes(condition="damaged"),
                reason="fallen", key=key,
            ))  # fmt: skip
            self.did("changes asked for")
        return True


class ChangeApprover(Person):
    """Another person's word on changes."""

    job = "change_approver"
    roles = ("warehouse_manager",)
    deeds = ("approved", "rejected")

    def work(self) -> bool:
        change = StockChange.objects.filter(state="requested").order_by("id").first()
        if change is None:
            return False
        if change.kind != "release" and self.now_and_then(0.3):
            change_reject(change_id=change.pk, note="no")
            self.did("rejected")
        else:
            change_approve(change_id=change.pk)
            self.did("approved")
        return True


KEEPERS = (Counter, Counter, Counter, CountOffice, Replenisher, Mover, Kitter, RoadOffice, RoadClerk)
HOUSE = (Changer, ChangeApprover)
